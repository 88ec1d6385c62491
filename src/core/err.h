#ifndef VIADUCT_CORE_ERR_H
#define VIADUCT_CORE_ERR_H

/*
 * Every way a request can end other than well.  The table in err.c gives each
 * its HTTP status (RFC 9110), its stable snake_case word (the problem+json
 * member `rule', the `details' of Proxy-Status, the log), its Proxy-Status
 * error type (RFC 9209 section 2.3) and one sentence for the caller.
 */
enum err {
	OK,
	/* 400: the request itself */
	ERR_MALFORMED_REQUEST,		/* a CGI variable we cannot read */
	ERR_BAD_PATH,			/* dot segments, controls, bad %XX */
	ERR_AMBIGUOUS_PATH,		/* the server read another path */
	ERR_BAD_QUERY,			/* the ? forms: unknown, repeated */
	ERR_BAD_URL,			/* a whole URL that is none */
	ERR_MALFORMED_ORIGIN,
	ERR_BAD_LENGTH,			/* CONTENT_LENGTH */
	ERR_UPLOAD_INCOMPLETE,		/* fewer bytes than announced */
	/* 401: who asks */
	ERR_KEY_REQUIRED,		/* none, or one that opens nothing */
	ERR_TOKEN_REQUIRED,		/* none, or none that is valid */
	/* 403: policy */
	ERR_ORIGIN_NOT_ALLOWED,
	ERR_ORIGIN_REQUIRED,
	ERR_FETCH_MODE,			/* embedding or navigation from afar */
	ERR_SERVICE_WORKER,
	ERR_AUTH_SCHEME,		/* NTLM, Negotiate */
	ERR_FILTERED_PATH,
	ERR_TARGET_NOT_ALLOWED,		/* a whole URL where none may be */
	ERR_WHOLE_URL_PROOF,		/* a whole URL without an origin */
	ERR_METHOD_PROOF,		/* &method= without an allowed origin */
	ERR_OPERATOR_ONLY,		/* a page of the operator's */
	/* 404, 405, 408, 413, 414, 429, 431 */
	ERR_NO_ROUTE,
	ERR_METHOD_NOT_ALLOWED,
	ERR_UPLOAD_STALLED,
	ERR_UPLOAD_TOO_LARGE,
	ERR_URL_TOO_LONG,
	ERR_RATE_LIMITED,
	ERR_FIELDS_TOO_LARGE,
	/* 500, 503: the gateway */
	ERR_ROUTE_INVALID,		/* the row in routes.db */
	ERR_MOUNT_UNKNOWN,		/* base_path must be set */
	ERR_NO_MEMORY,
	ERR_INTERNAL,
	ERR_CONFIGURATION,		/* settings or database unreadable */
	ERR_KEYS_STALE,			/* the database cannot be read */
	ERR_ROUTE_BUSY,			/* the route's share of threads */
	ERR_NO_DESCRIPTORS,
	ERR_SHUTTING_DOWN,
	/* 502, 504: the target */
	ERR_DNS,
	ERR_ADDRESS_PROHIBITED,
	ERR_CONNECTION_REFUSED,
	ERR_CONNECTION_TIMEOUT,
	ERR_DESTINATION_UNAVAILABLE,	/* any of these four, of a whole URL */
	ERR_RESPONSE_TIMEOUT,
	ERR_READ_TIMEOUT,
	ERR_TOTAL_TIMEOUT,
	ERR_TLS_PROTOCOL,
	ERR_TLS_CERTIFICATE,
	ERR_BAD_RESPONSE,		/* not HTTP, bad framing */
	ERR_UPGRADE,			/* 101 */
	ERR_HEAD_TOO_LARGE,
	ERR_BODY_TOO_LARGE,
	ERR_RESPONSE_INCOMPLETE,
	ERR_LOOP,
	/* nobody is left to tell */
	ERR_CLIENT_GONE,
	ERR__MAX
};

int		 err_status(enum err);	/* 200..599; 499 for ERR_CLIENT_GONE */
const char	*err_word(enum err);	/* "no_route"; "ok" for OK */
const char	*err_type(enum err);	/* RFC 9209 error type */
const char	*err_detail(enum err);	/* one plain sentence */
int		 err_from_target(enum err);	/* true: the splash page's case */

#endif
