#ifndef VIADUCT_CLIENT_REQ_H
#define VIADUCT_CLIENT_REQ_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "http/fields.h"
#include "http/target.h"

struct arena;
struct io;

/* What the web server says of one request; strings live in the carrier's
 * environment or in the arena. */
struct req {
	const char	*method;	/* as sent; "" if the server gave none */
	const char	*peer;		/* REMOTE_ADDR */
	const char	*protocol, *server_software, *server_addr;
	const char	*document_root;
	const char	*request_uri, *script_name, *path_info, *query_string;
	bool		 https;
	const char	*origin;	/* NULL: none */
	struct fields	 fields;	/* HTTP_*, Content-Type; Authorization
					 * never is the web server's own */
	bool		 stand_in;	/* it came as X-Viaduct-Authorization,
					 * which caches do not know */
	int64_t		 body_bytes;	/* -1: unknown, read to the end */
	char		 id[33];	/* X-Request-Id: a version 4 UUID
					 * (RFC 9562) in hex, no dashes */
};

/*
 * Read the environment.  Repeated variables are joined (", "; Cookie "; ");
 * what a proxy may not have written (forwarded_believed()) is left out.
 * X-Viaduct-Authorization stands in for an Authorization that the server
 * withholds or has judged itself (AUTH_TYPE), and is gone under its own name.
 * Everything readable is filled in even when it returns an error, so that the
 * answer can carry CORS fields: ERR_MALFORMED_REQUEST, ERR_BAD_LENGTH,
 * ERR_FIELDS_TOO_LARGE, ERR_NO_MEMORY.
 */
enum err req_read(struct req *, struct io *, struct arena *);

#endif
