#ifndef VIADUCT_UPSTREAM_CERTIFICATE_H
#define VIADUCT_UPSTREAM_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

struct arena;

/* What a TLS server shows of itself.  Texts are the server's word, in UTF-8
 * without control characters of ASCII, and not escaped. */
struct certificate {
	const char	*subject;	/* "CN = a.example"; NULL: no TLS */
	const char	*issuer;
	const char	*names;		/* "a.example, 10.0.0.1": the first of
					 * them; "" for none */
	int64_t		 from_s, until_s;	/* valid, since 1970 */
	char		 pin[64];	/* of its key, as tls_pin takes it */
	bool		 self_signed;
	bool		 names_host;	/* is it for the host that was asked? */
};

/*
 * Read the first certificate of a text in PEM form; `host' is a name or an
 * address, IPv6 in brackets.  ERR_TLS_CERTIFICATE when there is none that can
 * be read, ERR_NO_MEMORY.
 */
enum err certificate_read(struct arena *, const char *pem, const char *host,
	    struct certificate *);

#endif
