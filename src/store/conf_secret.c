#include "store/conf_secret.h"

#include <stdbool.h>
#include <string.h>

#include "core/buf.h"
#include "store/conf.h"
#include "store/conf_file.h"
#include "store/tokens.h"

enum { MIN_KEY = 16, MAX_KEY = 256, MIN_LETTERS = 6, MIN_STEPS = 4 };

/* The file's bytes less one line end; NULL with a problem. */
static char *
read_file(struct watched *w, const char *path, struct arena *a,
    struct buf *problems, struct buf *warnings, size_t *bytes)
{
	struct conf_file	 f;

	watched_begin(w, path);
	if (conf_file_read(&f, a, path, problems) == -1)
		return NULL;
	if (f.secret_open && warnings != NULL)
		conf_say(warnings, path, 0, "others may read this secret: "
		    "chmod go-r it");
	*bytes = f.bytes;
	if (*bytes > 0 && f.text[*bytes - 1] == '\n')
		f.text[--*bytes] = '\0';
	if (*bytes > 0 && f.text[*bytes - 1] == '\r')
		f.text[--*bytes] = '\0';
	return f.text;
}

/* --- the operator's key ------------------------------------------------- */

static bool
is_printable(const char *key, size_t n)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (key[i] < '!' || key[i] > '~')
			return false;
	return true;
}

/* How many different bytes there are. */
static int
variety(const unsigned char *bytes, size_t n)
{
	bool	 seen[256] = { false };
	int	 count = 0;

	for (; n > 0; n--, bytes++) {
		count += !seen[*bytes];
		seen[*bytes] = true;
	}
	return count;
}

static bool
repeats(const char *key, size_t n)
{
	size_t	 period;

	for (period = 1; period <= n / 2; period++)
		if (memcmp(key, key + period, n - period) == 0)
			return true;
	return false;
}

/* What nobody drew by lot: few letters, a piece again and again, letters in
 * their order.  A sentence of words is not seen through. */
static bool
is_guessable(const char *key, size_t n)
{
	unsigned char	 steps[MAX_KEY];
	size_t		 i;

	if (n > MAX_KEY)
		n = MAX_KEY;
	for (i = 1; i < n; i++)
		steps[i - 1] = (unsigned char)(key[i] - key[i - 1]);
	return variety((const unsigned char *)key, n) < MIN_LETTERS ||
	    variety(steps, n - 1) < MIN_STEPS || repeats(key, n);
}

static const char *
operator_key_fault(const char *key, size_t n)
{
	if (n < MIN_KEY || n > MAX_KEY)
		return "must hold one key of 16 to 256 characters: make it "
		    "with openssl rand -hex 32";
	if (!is_printable(key, n))
		return "must hold one key, of letters, digits and signs of "
		    "ASCII, without blanks: make it with openssl rand -hex 32";
	if (strncmp(key, "vd1_", 4) == 0)
		return "holds a caller's key: the operator's must not begin "
		    "with vd1_";
	if (is_guessable(key, n))
		return "holds a key that can be guessed: make it with openssl "
		    "rand -hex 32";
	return NULL;
}

static void
operator_key(struct conf *c, struct arena *a, struct buf *problems,
    struct buf *warnings)
{
	const char	*path = c->operator_key_file, *why;
	size_t		 n;
	char		*key = read_file(&c->operator_file, path, a, problems,
			    warnings, &n);

	if (key == NULL)
		return;
	if ((why = operator_key_fault(key, n)) != NULL)
		conf_say(problems, path, 0, "%s", why);
	digest(key, n, c->operator_hash);
	explicit_bzero(key, n);
}

/* --- the key of tokens --------------------------------------------------- */

static void
token_key(struct conf *c, struct arena *a, struct buf *problems,
    struct buf *warnings)
{
	const char	*path = c->jwt_key_file, *why;
	bool		 secret = tokens_is_secret(c->jwt_algorithm);
	size_t		 n;

	c->jwt_key = read_file(&c->jwt_file, path, a, problems,
	    secret ? warnings : NULL, &n);
	if (c->jwt_key == NULL)
		return;
	c->jwt_key_bytes = n;
	why = tokens_key_fault(c->jwt_algorithm, c->jwt_key, n);
	if (why == NULL && secret && is_guessable(c->jwt_key, n))
		why = "holds a secret that can be guessed: make it with "
		    "openssl rand -base64 48";
	if (why != NULL)
		conf_say(problems, path, 0, "%s", why);
}

void
conf_secrets(struct conf *c, struct arena *a, struct buf *problems,
    struct buf *warnings)
{
	if (c->operator_key_file != NULL)
		operator_key(c, a, problems, warnings);
	if (c->jwt_key_file != NULL && c->jwt_algorithm != NULL)
		token_key(c, a, problems, warnings);
}
