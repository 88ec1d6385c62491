#include "http/pass.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of the form and its meaning: a proof of another kind by the same key is none
 * of this one. */
static const char	 prefix[] = "1.";
static const char	 purpose[] = "viaduct operator pass 1.";

enum { HEX = 2 * DIGEST_BYTES, MAX_DIGITS = 20 };

static void
prove(const unsigned char key_hash[DIGEST_BYTES], const char *until,
    char hex[HEX + 1])
{
	unsigned char	 mac[DIGEST_BYTES];
	char		 text[sizeof(purpose) + MAX_DIGITS + 1];
	int		 n;

	n = snprintf(text, sizeof(text), "%s%s", purpose, until);
	digest_hmac(key_hash, DIGEST_BYTES, text, (size_t)n, mac);
	for (size_t i = 0; i < sizeof(mac); i++)
		snprintf(hex + 2 * i, 3, "%02x", mac[i]);
}

void
pass_make(const unsigned char key_hash[DIGEST_BYTES], int64_t now_s,
    char text[PASS_TEXT])
{
	char	 until[MAX_DIGITS + 1], hex[HEX + 1];

	snprintf(until, sizeof(until), "%" PRId64, now_s + PASS_SECONDS);
	prove(key_hash, until, hex);
	snprintf(text, PASS_TEXT, "%s%s.%s", prefix, until, hex);
}

/* 1.DIGITS.HEX; the proof is compared in a time that tells nothing of it. */
static bool
holds(const unsigned char key_hash[DIGEST_BYTES], const char *text, size_t len,
    int64_t now_s)
{
	char		 until[MAX_DIGITS + 1] = "", hex[HEX + 1];
	unsigned char	 shown[DIGEST_BYTES], wanted[DIGEST_BYTES];
	size_t		 digits, begin = sizeof(prefix) - 1;
	int64_t		 until_s = 0;

	if (len < begin || memcmp(text, prefix, begin) != 0)
		return false;
	text += begin;
	len -= begin;
	for (digits = 0; digits < len && text[digits] >= '0' &&
	    text[digits] <= '9' && digits < MAX_DIGITS - 8; digits++)
		until_s = until_s * 10 + (text[digits] - '0');
	if (digits == 0 || len != digits + 1 + HEX || text[digits] != '.')
		return false;
	memcpy(until, text, digits);
	prove(key_hash, until, hex);
	digest(text + digits + 1, HEX, shown);
	digest(hex, HEX, wanted);
	return digest_same(shown, wanted) && now_s < until_s &&
	    until_s <= now_s + PASS_SECONDS;
}

bool
pass_is_shown(const unsigned char key_hash[DIGEST_BYTES], const char *cookies,
    int64_t now_s)
{
	static const char	 name[] = PASS_COOKIE "=";
	size_t			 n, begin = sizeof(name) - 1;

	for (; cookies != NULL && *cookies != '\0'; cookies += n) {
		cookies += strspn(cookies, "; \t");
		n = strcspn(cookies, "; \t");
		if (n > begin && memcmp(cookies, name, begin) == 0 &&
		    holds(key_hash, cookies + begin, n - begin, now_s))
			return true;
	}
	return false;
}
