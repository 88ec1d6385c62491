#include <string.h>

#include "core/buf.h"
#include "store/conf_value.h"
#include "store/tokens.h"

static bool
can_tokens(const struct conf_reading *r)
{
	if (tokens_built())
		return true;
	buf_str(r->why, "needs tokens, and this program was built without: "
	    "configure it with libjwt (--with-jwt), or leave this out");
	return false;
}

static bool
read_access(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	return conf_word(r, s, text, at) &&
	    (*(enum access_mode *)at != ACCESS_JWT || can_tokens(r));
}
_Static_assert(sizeof(enum access_mode) == sizeof(int), "read as int");
static const char *const access_words[] = { [ACCESS_OPEN] = "open",
	[ACCESS_KEY] = "key", [ACCESS_JWT] = "jwt", NULL };
const struct conf_type conf_access = { read_access, access_words };

/* One algorithm, so that no token can choose; NULL where it is empty. */
static bool
read_algorithm(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at;

	(void)s;
	*where = NULL;
	if (text[0] == '\0')
		return true;
	if (!can_tokens(r))
		return false;
	if ((*where = tokens_algorithm(text)) != NULL)
		return true;
	buf_fmt(r->why, "must be one of HS256, HS384, HS512, RS256, RS384, "
	    "RS512, ES256, ES384 and ES512, not '%s'", text);
	return false;
}
const struct conf_type conf_algorithm = { read_algorithm, NULL };

static bool
read_key_file(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	return (text[0] == '\0' || can_tokens(r)) &&
	    conf_place.read(r, s, text, at);
}
const struct conf_type conf_token_key = { read_key_file, NULL };

static bool
read_claim(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	return (text[0] == '\0' || can_tokens(r)) &&
	    conf_optional.read(r, s, text, at);
}
const struct conf_type conf_claim = { read_claim, NULL };
