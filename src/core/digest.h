#ifndef VIADUCT_CORE_DIGEST_H
#define VIADUCT_CORE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_BYTES = 32, DIGEST_BASE64 = 45 };

/* SHA-256 (FIPS 180-4). */
void	 digest(const void *bytes, size_t n, unsigned char out[DIGEST_BYTES]);
/* HMAC with SHA-256 (RFC 2104). */
void	 digest_hmac(const void *key, size_t key_bytes, const void *bytes,
	    size_t n, unsigned char out[DIGEST_BYTES]);
/* In a time that tells nothing of where they differ. */
bool	 digest_same(const unsigned char a[DIGEST_BYTES],
	    const unsigned char b[DIGEST_BYTES]);
/* RFC 4648 section 4, with a NUL. */
void	 digest_base64(const unsigned char[DIGEST_BYTES],
	    char out[DIGEST_BASE64]);

#endif
