#include "store/conf_value.h"

#include <limits.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/fields.h"
#include "http/url.h"

bool
conf_keep(const struct conf_reading *r, const char *text, void *at)
{
	const char	**where = at;

	if ((*where = arena_strdup(r->arena, text)) != NULL)
		return true;
	buf_str(r->why, "no memory is left");
	return false;
}

bool
conf_printable(const struct conf_reading *r, const struct setting *s,
    const char *text)
{
	const char	*c;

	if ((int64_t)strlen(text) > s->max) {
		buf_fmt(r->why, "is too long: at most %d bytes", (int)s->max);
		return false;
	}
	for (c = text; *c != '\0'; c++) {
		if ((unsigned char)*c >= 0x20 && *c != 0x7f)
			continue;
		buf_str(r->why, "holds a control character: take it out");
		return false;
	}
	if (text[0] == '"' || text[0] == '\'') {
		buf_str(r->why, "begins with a quote, which would be part of "
		    "it: write it without quotes");
		return false;
	}
	return true;
}

static bool
read_text(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	if (text[0] == '\0') {
		buf_str(r->why, "may not be empty: give it a text, or leave "
		    "the setting out");
		return false;
	}
	return conf_printable(r, s, text) && conf_keep(r, text, at);
}
const struct conf_type conf_text = { read_text, NULL };

/* Empty is "", never NULL. */
static bool
read_optional(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	return conf_printable(r, s, text) && conf_keep(r, text, at);
}
const struct conf_type conf_optional = { read_optional, NULL };

/* What a page may link to; nothing else, lest it runs as a script there. */
static bool
read_contact(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	struct url	 url;
	const char	*why, *sign;

	if (!conf_printable(r, s, text))
		return false;
	sign = strchr(text, '@');
	if (text[0] == '\0' ||
	    url_split(r->arena, text, &url, &why) == OK ||
	    (sign != NULL && sign != text && sign[1] != '\0' &&
	    strchr(sign + 1, '@') == NULL &&
	    strpbrk(text, " \"'<>()[],;:/\\") == NULL))
		return conf_keep(r, text, at);
	buf_fmt(r->why, "is neither a mail address nor a URL: %s", text);
	return false;
}
const struct conf_type conf_contact = { read_contact, NULL };

static bool
read_base_path(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	size_t	 len = strlen(text);

	if (!conf_printable(r, s, text))
		return false;
	if (len == 0 || strcmp(text, "/") == 0 ||
	    (text[0] == '/' && text[len - 1] != '/' &&
	    strstr(text, "//") == NULL && strchr(text, '?') == NULL &&
	    url_path_check(text, len) == OK))
		return conf_keep(r, text, at);
	buf_fmt(r->why, "must be empty, /, or a path like /api without a / at "
	    "its end, not %s", text);
	return false;
}
const struct conf_type conf_base_path = { read_base_path, NULL };

/* NULL where it is empty. */
static bool
read_agent(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at;

	*where = NULL;
	if (text[0] == '\0')
		return true;
	if (!conf_printable(r, s, text))
		return false;
	if (field_ok("User-Agent", text))
		return conf_keep(r, text, at);
	buf_str(r->why, "cannot stand in a header field");
	return false;
}
const struct conf_type conf_agent = { read_agent, NULL };

static bool
read_truth(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	bool	*where = at;

	(void)s;
	*where = strcmp(text, "yes") == 0 ||
	    (r->row && strcmp(text, "1") == 0);
	if (*where || strcmp(text, "no") == 0 ||
	    (r->row && strcmp(text, "0") == 0))
		return true;
	buf_fmt(r->why, "must be yes or no, not '%s'", text);
	return false;
}
const struct conf_type conf_truth = { read_truth, NULL };

/* 1*DIGIT.  Returns what follows; NULL if there is none or it is beyond max.
 * A fraction's digits are not for here. */
static const char *
digits(const char *s, int64_t max, int64_t *n)
{
	if (*s < '0' || *s > '9')
		return NULL;
	for (*n = 0; *s >= '0' && *s <= '9'; s++) {
		if (*n > max / 10 || *n * 10 > max - (*s - '0'))
			return NULL;
		*n = *n * 10 + (*s - '0');
	}
	return s;
}

/* Whole and decimal seconds as milliseconds; more decimals than three are
 * refused, since they would be lost. */
static bool
milliseconds(const char *text, int64_t *ms)
{
	int64_t	 seconds, unit = 100;

	if ((text = digits(text, INT_MAX / 1000, &seconds)) == NULL)
		return false;
	*ms = seconds * 1000;
	if (*text == '\0')
		return true;
	if (*text++ != '.' || *text == '\0')
		return false;
	for (; *text >= '0' && *text <= '9' && unit > 0; text++, unit /= 10)
		*ms += (*text - '0') * unit;
	return *text == '\0';
}

static bool
read_seconds(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	int64_t	 ms;
	int	*where = at;

	if (milliseconds(text, &ms) && ms >= s->min && ms <= s->max) {
		*where = (int)ms;
		return true;
	}
	buf_fmt(r->why, "must be seconds from %g to %g, like 2.5, not '%s'",
	    (double)s->min / 1000, (double)s->max / 1000, text);
	return false;
}
const struct conf_type conf_seconds = { read_seconds, NULL };

static bool
bytes(const char *text, int64_t *n)
{
	static const char	 units[] = "KMG";
	const char		*unit, *end;
	int			 shift = 0;

	if ((end = digits(text, INT64_MAX, n)) == NULL)
		return false;
	if (*end != '\0' && (unit = strchr(units, *end)) != NULL) {
		shift = 10 * (int)(unit - units + 1);
		end++;
	}
	if (*end != '\0' || *n > INT64_MAX >> shift)
		return false;
	*n <<= shift;
	return true;
}

static bool
read_size(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	int64_t	*where = at;

	if (bytes(text, where) && *where >= s->min && *where <= s->max)
		return true;
	buf_fmt(r->why, "must be a number of bytes from %lld to %lld, or with "
	    "K, M or G behind it, like 10M, not '%s'", (long long)s->min,
	    (long long)s->max, text);
	return false;
}
const struct conf_type conf_size = { read_size, NULL };

static bool
number(const struct conf_reading *r, const struct setting *s, const char *text,
    int64_t *n)
{
	const char	*end = digits(text, s->max, n);

	if (end != NULL && *end == '\0' && *n >= s->min)
		return true;
	buf_fmt(r->why, "must be a whole number from %lld to %lld, not '%s'",
	    (long long)s->min, (long long)s->max, text);
	return false;
}

static bool
read_int(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	int64_t	 n = 0;
	bool	 ok = number(r, s, text, &n);

	*(int *)at = (int)n;
	return ok;
}
const struct conf_type conf_int = { read_int, NULL };

static bool
read_long(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	int64_t	 n = 0;
	bool	 ok = number(r, s, text, &n);

	*(long *)at = (long)n;
	return ok;
}
const struct conf_type conf_long = { read_long, NULL };

/* "20/s", "20/s burst 100".  Without a burst, as many as in one unit may come
 * at once.  The period is rounded up, so that never more than N pass. */
static bool
rate(const char *s, int64_t max_burst, struct rate *r)
{
	static const char	 units[] = "smhd";
	static const int64_t	 unit_us[] = { 1000000, INT64_C(60000000),
				    INT64_C(3600000000), RATE_MAX_PERIOD_US };
	const char		*unit;
	int64_t			 n, us;

	if ((s = digits(s, RATE_MAX_PERIOD_US, &n)) == NULL || n == 0 ||
	    *s++ != '/' || *s == '\0' || (unit = strchr(units, *s)) == NULL)
		return false;
	us = unit_us[unit - units];
	if (n > us / RATE_MIN_PERIOD_US)
		return false;
	r->period_us = (us + n - 1) / n;
	r->burst = n;
	if (*++s != '\0') {
		if (strncmp(s, " burst ", 7) != 0)
			return false;
		s = digits(s + 7, max_burst, &r->burst);
	}
	return s != NULL && *s == '\0' && r->burst >= 1 &&
	    r->burst <= max_burst;
}

static bool
read_rate(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	if (strcmp(text, "0") == 0) {
		*(struct rate *)at = (struct rate){ 0 };
		return true;
	}
	if (rate(text, s->max, at))
		return true;
	buf_fmt(r->why, "must be 0 or like 20/s burst 100, by s, m, h or d, "
	    "at most %d a second and a burst of %d, not '%s'",
	    1000000 / RATE_MIN_PERIOD_US, (int)s->max, text);
	return false;
}
const struct conf_type conf_rate = { read_rate, NULL };

bool
conf_word(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char *const	*w = s->type->words;
	size_t			 i;

	for (i = 0; w[i] != NULL; i++) {
		if (strcmp(text, w[i]) != 0)
			continue;
		*(int *)at = (int)i;
		return true;
	}
	buf_str(r->why, "must be ");
	for (i = 0; w[i] != NULL; i++)
		buf_fmt(r->why, "%s%s", i == 0 ? "" : w[i + 1] ? ", " : " or ",
		    w[i]);
	buf_fmt(r->why, ", not '%s'", text);
	return false;
}
_Static_assert(sizeof(enum redirect_mode) == sizeof(int), "read as int");
static const char *const redirect_words[] = {
	[REDIRECT_SAME_SITE] = "same-site", [REDIRECT_FOLLOW] = "follow",
	[REDIRECT_PASS] = "pass", NULL };
const struct conf_type conf_redirects = { conf_word, redirect_words };
static const char *const forwarded_words[] = {
	[FORWARDED_NONE] = "none", [FORWARDED_RFC7239] = "rfc7239",
	[FORWARDED_X] = "x", NULL };
const struct conf_type conf_forwarded = { conf_word, forwarded_words };
static const char *const cookie_words[] = {
	[COOKIES_DROP] = "drop", [COOKIES_ISOLATE] = "isolate", NULL };
const struct conf_type conf_cookies = { conf_word, cookie_words };
_Static_assert(sizeof(enum whole_targets) == sizeof(int), "read as int");
static const char *const targets_words[] = {
	[WHOLE_NAMED] = "named", [WHOLE_LISTED] = "listed",
	[WHOLE_ANY] = "any", NULL };
const struct conf_type conf_targets = { conf_word, targets_words };
static const char *const level_words[] = {
	[LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug", NULL };
const struct conf_type conf_level = { conf_word, level_words };

static const char *const format_words[] = {
	[LOG_COMBINED] = "combined", [LOG_JSON] = "json", NULL };
const struct conf_type conf_log_format = { conf_word, format_words };

static bool
read_cors(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	int	 word = 0;
	bool	 ok = conf_word(r, s, text, &word);

	*(bool *)at = word == 1;
	return ok;
}
static const char *const cors_words[] = { "own", "target", NULL };
const struct conf_type conf_cors = { read_cors, cors_words };
