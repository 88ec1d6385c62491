#include "upstream/certificate.h"

#include <stdio.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/digest.h"
#include "core/utc.h"

enum { MAX_TEXT = 1024, MAX_NAMES = 20 };

static const char *
name_text(struct arena *a, const X509_NAME *name)
{
	BIO		*out = BIO_new(BIO_s_mem());
	const char	*made = NULL;
	char		*text;
	long		 len;

	if (out == NULL)
		return NULL;
	X509_NAME_print_ex(out, name, 0, (XN_FLAG_ONELINE |
	    ASN1_STRFLGS_UTF8_CONVERT) & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	len = BIO_get_mem_data(out, &text);
	made = arena_strndup(a, text, len > MAX_TEXT ? MAX_TEXT : (size_t)len);
	BIO_free(out);
	return made;
}

/* A NUL in a name would hide what follows it. */
static void
add_bytes(struct buf *b, const ASN1_STRING *s)
{
	const unsigned char	*p = ASN1_STRING_get0_data(s);
	int			 i;

	for (i = 0; i < ASN1_STRING_length(s) && i < 255; i++)
		buf_char(b, p[i] < ' ' || p[i] > 0x7e ? '?' : (char)p[i]);
}

static void
add_address(struct buf *b, const ASN1_STRING *s)
{
	const unsigned char	*p = ASN1_STRING_get0_data(s);
	int			 i;

	if (ASN1_STRING_length(s) == 4)
		buf_fmt(b, "%d.%d.%d.%d", p[0], p[1], p[2], p[3]);
	else if (ASN1_STRING_length(s) == 16)
		for (i = 0; i < 16; i += 2)
			buf_fmt(b, "%s%x", i > 0 ? ":" : "",
			    (unsigned int)(p[i] << 8 | p[i + 1]));
}

static const char *
alternatives(struct arena *a, const X509 *x)
{
	GENERAL_NAMES		*all;
	const GENERAL_NAME	*n;
	struct buf		 b;
	int			 i;

	buf_init(&b, a, MAX_NAMES * 260);
	all = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	for (i = 0; i < sk_GENERAL_NAME_num(all) && i < MAX_NAMES; i++) {
		n = sk_GENERAL_NAME_value(all, i);
		if (n->type != GEN_DNS && n->type != GEN_IPADD)
			continue;
		buf_str(&b, b.len > 0 ? ", " : "");
		if (n->type == GEN_DNS)
			add_bytes(&b, n->d.dNSName);
		else
			add_address(&b, n->d.iPAddress);
	}
	GENERAL_NAMES_free(all);
	return buf_failed(&b) ? NULL : b.data;
}

/* As libcurl judges it: a host that is an address is looked for among the
 * addresses alone. */
static bool
is_for(X509 *x, const char *host)
{
	char	 text[256];

	snprintf(text, sizeof(text), "%s", host + (host[0] == '['));
	text[strcspn(text, "]")] = '\0';
	if (host[0] == '[' || strspn(text, "0123456789.") == strlen(text))
		return X509_check_ip_asc(x, text, 0) == 1;
	return X509_check_host(x, text, 0, 0, NULL) == 1;
}

/* The hash of the key's SubjectPublicKeyInfo (RFC 7469 2.4). */
static bool
pin_of(X509 *x, char pin[64])
{
	unsigned char	*der = NULL, hash[DIGEST_BYTES];
	char		 text[DIGEST_BASE64];
	int		 len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);

	if (len <= 0)
		return false;
	digest(der, (size_t)len, hash);
	OPENSSL_free(der);
	digest_base64(hash, text);
	snprintf(pin, 64, "sha256//%s", text);
	return true;
}

static int64_t
seconds(const ASN1_TIME *t)
{
	struct tm	 tm;
	int64_t		 days;

	if (ASN1_TIME_to_tm(t, &tm) != 1 || !utc_days(tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, &days))
		return 0;
	return days * UTC_DAY_SECONDS + tm.tm_hour * 3600 + tm.tm_min * 60 +
	    tm.tm_sec;
}

enum err
certificate_read(struct arena *a, const char *pem, const char *host,
    struct certificate *c)
{
	BIO	*in = BIO_new_mem_buf(pem, -1);
	X509	*x;
	bool	 pinned;

	if (in == NULL)
		return ERR_NO_MEMORY;
	x = PEM_read_bio_X509(in, NULL, NULL, NULL);
	BIO_free(in);
	if (x == NULL)
		return ERR_TLS_CERTIFICATE;
	pinned = pin_of(x, c->pin);
	c->subject = name_text(a, X509_get_subject_name(x));
	c->issuer = name_text(a, X509_get_issuer_name(x));
	c->names = alternatives(a, x);
	c->from_s = seconds(X509_get0_notBefore(x));
	c->until_s = seconds(X509_get0_notAfter(x));
	c->self_signed = X509_check_issued(x, x) == X509_V_OK &&
	    X509_verify(x, X509_get0_pubkey(x)) == 1;
	c->names_host = is_for(x, host);
	X509_free(x);
	return !pinned ? ERR_TLS_CERTIFICATE : c->subject == NULL ||
	    c->issuer == NULL || c->names == NULL ? ERR_NO_MEMORY : OK;
}
