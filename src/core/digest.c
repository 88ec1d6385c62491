#include "core/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

_Static_assert(DIGEST_BYTES == SHA256_DIGEST_LENGTH, "one size");

void
digest(const void *bytes, size_t n, unsigned char out[DIGEST_BYTES])
{
	SHA256(bytes, n, out);
}

void
digest_hmac(const void *key, size_t key_bytes, const void *bytes, size_t n,
    unsigned char out[DIGEST_BYTES])
{
	HMAC(EVP_sha256(), key, (int)key_bytes, bytes, n, out, NULL);
}

bool
digest_same(const unsigned char a[DIGEST_BYTES],
    const unsigned char b[DIGEST_BYTES])
{
	return CRYPTO_memcmp(a, b, DIGEST_BYTES) == 0;
}

void
digest_base64(const unsigned char hash[DIGEST_BYTES], char out[DIGEST_BASE64])
{
	EVP_EncodeBlock((unsigned char *)out, hash, DIGEST_BYTES);
}
