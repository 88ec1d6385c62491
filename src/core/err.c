#include "core/err.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * `type' is the error type of RFC 9209 section 2.3; `target' marks what a
 * person should see as "the site is down" and not as a mistake of theirs.
 */
static const struct {
	int		 status;
	bool		 target;
	const char	*word, *type, *detail;
} table[ERR__MAX] = {
	[OK] = { 200, false, "ok", "", "" },
	[ERR_MALFORMED_REQUEST] = { 400, false, "malformed_request",
	    "http_request_error",
	    "The request cannot be read: its method, its target or one of its "
	    "header fields is malformed." },
	[ERR_BAD_PATH] = { 400, false, "bad_path", "http_request_error",
	    "The path holds a dot segment, a control byte, a backslash, a "
	    "fragment or a bad percent-encoding; send it percent-encoded and "
	    "without . and .. segments." },
	[ERR_AMBIGUOUS_PATH] = { 400, false, "ambiguous_path",
	    "http_request_error",
	    "The web server and the gateway read different paths in this "
	    "request; send the path without . and .. segments." },
	[ERR_BAD_QUERY] = { 400, false, "bad_query", "http_request_error",
	    "The query is malformed: use route, path and method, each at most "
	    "once and percent-encoded." },
	[ERR_BAD_URL] = { 400, false, "bad_url", "http_request_error",
	    "The URL to be fetched cannot be read; send it as browsers write "
	    "it, without a user name and without a fragment, behind ?url= "
	    "percent-encoded once." },
	[ERR_MALFORMED_ORIGIN] = { 400, false, "malformed_origin",
	    "http_request_error",
	    "The Origin field is not one origin as browsers send it." },
	[ERR_BAD_LENGTH] = { 400, false, "bad_length", "http_request_error",
	    "The Content-Length is not a number of bytes." },
	[ERR_UPLOAD_INCOMPLETE] = { 400, false, "upload_incomplete",
	    "http_request_error",
	    "Fewer bytes of the body arrived than Content-Length announced." },
	[ERR_KEY_REQUIRED] = { 401, false, "key_required",
	    "http_request_denied",
	    "A valid key of this gateway for this route is needed, in "
	    "X-API-Key or as Authorization: Bearer." },
	[ERR_TOKEN_REQUIRED] = { 401, false, "token_required",
	    "http_request_denied",
	    "A valid token (JWT) is needed, as Authorization: Bearer." },
	[ERR_ORIGIN_NOT_ALLOWED] = { 403, false, "origin_not_allowed",
	    "http_request_denied",
	    "Pages of this origin may not use this route; its operator can "
	    "add the origin to allow_origins." },
	[ERR_ORIGIN_REQUIRED] = { 403, false, "origin_required",
	    "http_request_denied",
	    "This route answers only to scripts of its pages: the request has "
	    "no Origin field." },
	[ERR_FETCH_MODE] = { 403, false, "fetch_mode", "http_request_denied",
	    "Pages of other sites may not embed this or link to it; use "
	    "fetch() with mode \"cors\"." },
	[ERR_SERVICE_WORKER] = { 403, false, "service_worker",
	    "http_request_denied",
	    "A relayed answer cannot be installed as a service worker." },
	[ERR_AUTH_SCHEME] = { 403, false, "auth_scheme", "http_request_denied",
	    "NTLM and Negotiate bind a login to a connection, which the "
	    "gateway shares; use another authentication scheme." },
	[ERR_FILTERED_PATH] = { 403, false, "filtered_path",
	    "http_request_denied",
	    "The operator of this gateway does not let this path be reached."
	    },
	[ERR_TARGET_NOT_ALLOWED] = { 403, false, "target_not_allowed",
	    "http_request_denied",
	    "Whole URLs are not accepted here; ask for a named route." },
	[ERR_WHOLE_URL_PROOF] = { 403, false, "whole_url_proof",
	    "http_request_denied",
	    "A whole URL is fetched for scripts of allowed pages and for who "
	    "has a key or token: the request has no Origin field, none of "
	    "these, and no Sec-Fetch-Site field with same-origin." },
	[ERR_METHOD_PROOF] = { 403, false, "method_proof",
	    "http_request_denied",
	    "A method that changes things is taken from the query only where "
	    "an allowed Origin or a valid key proves that a script sent it."
	    },
	[ERR_OPERATOR_ONLY] = { 403, false, "operator_only",
	    "http_request_denied",
	    "This is the operator's: send the key of operator_key_file in "
	    "X-API-Key, or without that setting ask from this machine." },
	[ERR_NO_ROUTE] = { 404, false, "no_route", "destination_not_found",
	    "There is no route of this name." },
	[ERR_METHOD_NOT_ALLOWED] = { 405, false, "method_not_allowed",
	    "http_request_denied",
	    "The route does not allow this method; Allow lists those it does."
	    },
	[ERR_UPLOAD_STALLED] = { 408, false, "upload_stalled",
	    "http_request_error",
	    "The body stopped arriving; send it again." },
	[ERR_UPLOAD_TOO_LARGE] = { 413, false, "upload_too_large",
	    "http_request_error",
	    "The body is larger than this route's upload_quota." },
	[ERR_URL_TOO_LONG] = { 414, false, "url_too_long",
	    "http_request_error",
	    "The request target is longer than 8,000 bytes." },
	[ERR_RATE_LIMITED] = { 429, false, "rate_limited",
	    "http_request_denied",
	    "Too many requests come from this address; Retry-After says in "
	    "how many seconds one more may." },
	[ERR_FIELDS_TOO_LARGE] = { 431, false, "fields_too_large",
	    "http_request_error",
	    "The header fields are more than 100, or larger than 8,000 bytes "
	    "one or 32 KiB together." },
	[ERR_ROUTE_INVALID] = { 500, false, "route_invalid",
	    "proxy_configuration_error",
	    "The settings of this route contradict themselves; `viaduct "
	    "check' tells its operator why." },
	[ERR_MOUNT_UNKNOWN] = { 500, false, "mount_unknown",
	    "proxy_configuration_error",
	    "The web server does not tell where the gateway is mounted; its "
	    "operator should set base_path." },
	[ERR_NO_MEMORY] = { 500, false, "no_memory", "proxy_internal_error",
	    "The request needs more memory than one request may use." },
	[ERR_INTERNAL] = { 500, false, "internal", "proxy_internal_error",
	    "The gateway failed; its error log says more." },
	[ERR_CONFIGURATION] = { 503, false, "configuration",
	    "proxy_configuration_error",
	    "The gateway's settings or routes cannot be read; its error log "
	    "and `viaduct check' say why." },
	[ERR_KEYS_STALE] = { 503, false, "keys_stale",
	    "proxy_configuration_error",
	    "The gateway could not read its keys for a minute; its error log "
	    "says why." },
	[ERR_ROUTE_BUSY] = { 503, false, "route_busy",
	    "connection_limit_reached",
	    "Too many requests to this route are waiting; try again." },
	[ERR_NO_DESCRIPTORS] = { 503, false, "no_descriptors",
	    "proxy_internal_error",
	    "The gateway is out of file descriptors; try again." },
	[ERR_SHUTTING_DOWN] = { 503, false, "shutting_down",
	    "proxy_internal_error",
	    "The gateway is being restarted; try again." },
	[ERR_DNS] = { 502, true, "dns", "dns_error",
	    "The target's name cannot be resolved." },
	[ERR_ADDRESS_PROHIBITED] = { 502, true, "address_prohibited",
	    "destination_ip_prohibited",
	    "The target has an address that this route may not reach." },
	[ERR_CONNECTION_REFUSED] = { 502, true, "connection_refused",
	    "connection_refused",
	    "The target does not accept connections." },
	[ERR_CONNECTION_TIMEOUT] = { 504, true, "connection_timeout",
	    "connection_timeout",
	    "The target cannot be reached within connect_timeout." },
	[ERR_DESTINATION_UNAVAILABLE] = { 502, true, "destination_unavailable",
	    "destination_unavailable",
	    "The host of this URL cannot be reached from here." },
	[ERR_RESPONSE_TIMEOUT] = { 504, true, "response_timeout",
	    "http_response_timeout",
	    "The target did not begin to answer within request_timeout." },
	[ERR_READ_TIMEOUT] = { 504, true, "read_timeout",
	    "connection_read_timeout",
	    "The target stopped in the middle of its answer." },
	[ERR_TOTAL_TIMEOUT] = { 504, true, "total_timeout",
	    "http_response_timeout",
	    "The target's answer took longer than total_timeout." },
	[ERR_TLS_PROTOCOL] = { 502, true, "tls_protocol",
	    "tls_protocol_error",
	    "No secure connection to the target can be made." },
	[ERR_TLS_CERTIFICATE] = { 502, true, "tls_certificate",
	    "tls_certificate_error",
	    "The target's certificate is not to be trusted." },
	[ERR_BAD_RESPONSE] = { 502, true, "bad_response",
	    "http_protocol_error",
	    "The target's answer is not proper HTTP." },
	[ERR_UPGRADE] = { 502, true, "upgrade", "http_upgrade_failed",
	    "The target wants to switch protocols, which cannot be relayed." },
	[ERR_HEAD_TOO_LARGE] = { 502, true, "head_too_large",
	    "http_response_header_section_size",
	    "The head of the target's answer is larger than header_quota." },
	[ERR_BODY_TOO_LARGE] = { 502, true, "body_too_large",
	    "http_response_body_size",
	    "The target's answer is larger than payload_quota." },
	[ERR_RESPONSE_INCOMPLETE] = { 502, true, "response_incomplete",
	    "http_response_incomplete",
	    "The target broke off in the middle of its answer." },
	[ERR_LOOP] = { 502, false, "loop", "proxy_loop_detected",
	    "The target leads back to this gateway." },
	[ERR_CLIENT_GONE] = { 499, false, "client_gone", "",
	    "The client left." },
};

int
err_status(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].status;
}

const char *
err_word(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].word;
}

const char *
err_type(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].type;
}

const char *
err_detail(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].detail;
}

int
err_from_target(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].target;
}
