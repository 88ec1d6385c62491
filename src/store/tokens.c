#include "store/tokens.h"

#include <assert.h>
#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "http/token.h"

/* RFC 7518 section 3.1. */
static const struct algorithm {
	const char	*name;
	const EVP_MD	*(*hash)(void);		/* of a secret; NULL: PEM */
	int		 curve;			/* NID; 0 (undefined): RSA */
	int		 bits;			/* at least; 0: the curve's */
	const char	*fault;			/* of any other key */
} algorithms[] = {
	{ "HS256", EVP_sha256, 0, 256, "must hold a secret of 32 bytes at "
	    "least for HS256: make it with openssl rand -base64 48" },
	{ "HS384", EVP_sha384, 0, 384, "must hold a secret of 48 bytes at "
	    "least for HS384: make it with openssl rand -base64 48" },
	{ "HS512", EVP_sha512, 0, 512, "must hold a secret of 64 bytes at "
	    "least for HS512: make it with openssl rand -base64 48" },
	{ "RS256", NULL, 0, 2048, "must hold a public key of RSA "
	    "with 2,048 bits at least" },
	{ "RS384", NULL, 0, 2048, "must hold a public key of RSA "
	    "with 2,048 bits at least" },
	{ "RS512", NULL, 0, 2048, "must hold a public key of RSA "
	    "with 2,048 bits at least" },
	{ "ES256", NULL, NID_X9_62_prime256v1, 0, "must hold a public key "
	    "on the curve P-256 for ES256" },
	{ "ES384", NULL, NID_secp384r1, 0, "must hold a public key on the "
	    "curve P-384 for ES384" },
	{ "ES512", NULL, NID_secp521r1, 0, "must hold a public key on the "
	    "curve P-521 for ES512" },
};

bool
tokens_built(void)
{
	return true;
}

static const struct algorithm *
find(const char *name)
{
	const struct algorithm	*a;

	for (a = algorithms; a < algorithms + sizeof(algorithms) /
	    sizeof(*algorithms); a++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

const char *
tokens_algorithm(const char *text)
{
	const struct algorithm	*a = find(text);

	return a != NULL ? a->name : NULL;
}

bool
tokens_is_secret(const char *algorithm)
{
	return find(algorithm)->hash != NULL;
}

/* --- keys ---------------------------------------------------------------- */

static EVP_PKEY *
read_public(const char *pem, size_t n)
{
	BIO		*bio = BIO_new_mem_buf(pem, (int)n);
	EVP_PKEY	*key = NULL;

	if (bio != NULL)
		key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return key;
}

/* The name that it gives its curve; NID_undef if it has none. */
static int
curve(EVP_PKEY *key)
{
	const void	*name = NULL;
	X509_PUBKEY	*whole = NULL;
	X509_ALGOR	*how;
	int		 kind, nid = NID_undef;

	if (X509_PUBKEY_set(&whole, key) == 1 &&
	    X509_PUBKEY_get0_param(NULL, NULL, NULL, &how, whole) == 1) {
		X509_ALGOR_get0(NULL, &kind, &name, how);
		if (kind == V_ASN1_OBJECT)
			nid = OBJ_obj2nid(name);
	}
	X509_PUBKEY_free(whole);
	return nid;
}

/* Others have as many bits, and libjwt looks at no more. */
static bool
fits(const struct algorithm *a, EVP_PKEY *key)
{
	if (a->curve != NID_undef)
		return EVP_PKEY_base_id(key) == EVP_PKEY_EC &&
		    curve(key) == a->curve;
	return EVP_PKEY_base_id(key) == EVP_PKEY_RSA &&
	    EVP_PKEY_bits(key) >= a->bits;
}

static const char *
public_fault(const struct algorithm *a, const char *pem, size_t n)
{
	EVP_PKEY	*key;
	bool		 good;

	if (strstr(pem, "PRIVATE KEY-----") != NULL)
		return "holds a private key, which only who makes tokens "
		    "should have: put the public one there (openssl pkey "
		    "-pubout)";
	if (strncmp(pem, "-----BEGIN PUBLIC KEY-----", 26) != 0 ||
	    (key = read_public(pem, n)) == NULL)
		return "must hold a public key in PEM (-----BEGIN PUBLIC "
		    "KEY-----), as openssl pkey -pubout gives it";
	good = fits(a, key);
	EVP_PKEY_free(key);
	return good ? NULL : a->fault;
}

const char *
tokens_key_fault(const char *algorithm, const char *key, size_t bytes)
{
	const struct algorithm	*a = find(algorithm);

	if (a->hash == NULL)
		return public_fault(a, key, bytes);
	/* whoever has it could make tokens, and everybody may have it */
	if (memmem(key, bytes, "-----BEGIN", 10) != NULL)
		return "holds a key in PEM, which is no secret for HS256 and "
		    "the like: the algorithm of public keys is RS256 or ES256";
	return bytes * 8 < (size_t)a->bits ? a->fault : NULL;
}

/* --- signatures ---------------------------------------------------------- */

/*
 * libjwt before 1.17 compares a secret's signature letter by letter, and the
 * time tells how many are right (CVE-2024-25189): so that is seen to before it
 * has a look.
 */
static bool
is_hashed(const char *text, const struct algorithm *a, const char *key,
    size_t bytes, struct arena *arena)
{
	const char	*dot = strrchr(text, '.');
	unsigned char	 want[EVP_MAX_MD_SIZE];
	unsigned	 n = 0;
	size_t		 got;
	char		*signature;

	signature = token_decode(arena, dot + 1, strlen(dot + 1), &got);
	return signature != NULL && HMAC(a->hash(), key, (int)bytes,
	    (const unsigned char *)text, (size_t)(dot - text), want, &n) !=
	    NULL && got == n && CRYPTO_memcmp(signature, want, n) == 0;
}

/* libjwt takes any token for signed when it is given no key, and lets a token
 * choose the algorithm: neither is left to it.  Of a signature that is empty
 * it writes a byte behind its memory. */
bool
tokens_are_signed(const char *text, const char *algorithm, const char *key,
    size_t bytes, struct arena *arena)
{
	const struct algorithm	*a = find(algorithm);
	jwt_t			*jwt = NULL;
	bool			 good;

	assert(bytes > 0);
	if (text[strlen(text) - 1] == '.')
		return false;
	if (a->hash != NULL && !is_hashed(text, a, key, bytes, arena))
		return false;
	good = jwt_decode(&jwt, text, (const unsigned char *)key,
	    (int)bytes) == 0 && jwt_get_alg(jwt) != JWT_ALG_NONE &&
	    jwt_get_alg(jwt) == jwt_str_alg(algorithm);
	jwt_free(jwt);
	return good;
}
