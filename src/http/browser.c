#include "http/browser.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/fields.h"
#include "http/fields_value.h"

/* Of one safe field, and of all of them together. */
enum { MAX_SAFE_VALUE = 128, MAX_SAFE_BYTES = 1024 };

static bool
is_in(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcasecmp(*list, name) == 0)
			return true;
	return false;
}

/* --- what needs leave --- */

static bool
is_safe_method(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
	    strcmp(method, "POST") == 0;
}

bool
browser_forbids(const char *method)
{
	static const char *const names[] = { "CONNECT", "TRACE", "TRACK",
	    NULL };

	return is_in(names, method);
}

/* Forbidden request-header names, and User-Agent: the browser's own. */
static bool
is_browsers(const char *name)
{
	static const char *const names[] = { "Accept-Charset",
	    "Accept-Encoding", "Access-Control-Request-Headers",
	    "Access-Control-Request-Method",
	    "Access-Control-Request-Private-Network", "Connection",
	    "Content-Length", "Cookie", "Cookie2", "Date", "DNT", "Expect",
	    "Host", "Keep-Alive", "Origin", "Referer", "Set-Cookie", "TE",
	    "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Via",
	    NULL };

	return is_in(names, name) || strncasecmp(name, "Sec-", 4) == 0 ||
	    strncasecmp(name, "Proxy-", 6) == 0;
}

static bool
is_of(const char *value, const char *also)
{
	for (; *value != '\0'; value++)
		if (!isalnum((unsigned char)*value) &&
		    strchr(also, *value) == NULL)
			return false;
	return true;
}

/* No CORS-unsafe request-header byte. */
static bool
is_plain(const char *value)
{
	for (; *value != '\0'; value++)
		if (((unsigned char)*value < 0x20 && *value != '\t') ||
		    strchr("\"():<>?@[\\]{}\177", *value) != NULL)
			return false;
	return true;
}

/* The types that a form can send. */
static bool
is_form_type(const char *value)
{
	static const char *const types[] = {
	    "application/x-www-form-urlencoded", "multipart/form-data",
	    "text/plain" };
	size_t	 len = strcspn(value, "; \t");

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i]) == len &&
		    strncasecmp(types[i], value, len) == 0)
			return is_plain(value);
	return false;
}

/* bytes=FIRST- or bytes=FIRST-LAST. */
static bool
is_simple_range(const char *value)
{
	size_t	 n;

	if (strncasecmp(value, "bytes=", 6) != 0)
		return false;
	value += 6;
	if ((n = strspn(value, "0123456789")) == 0 || value[n] != '-')
		return false;
	value += n + 1;
	return value[strspn(value, "0123456789")] == '\0';
}

static bool
is_safe_field(const struct field *f)
{
	static const char	 language[] = " *,-.;=";

	if (strlen(f->value) > MAX_SAFE_VALUE)
		return false;
	if (strcasecmp(f->name, "Accept") == 0)
		return is_plain(f->value);
	if (strcasecmp(f->name, "Accept-Language") == 0 ||
	    strcasecmp(f->name, "Content-Language") == 0)
		return is_of(f->value, language);
	if (strcasecmp(f->name, "Content-Type") == 0)
		return is_form_type(f->value);
	return strcasecmp(f->name, "Range") == 0 && is_simple_range(f->value);
}

/* Safe ones that are too long together need leave, too. */
static bool
are_too_long(const struct fields *fs)
{
	size_t	 bytes = 0;

	for (size_t i = 0; i < fs->count; i++)
		if (!is_browsers(fs->list[i].name) &&
		    is_safe_field(&fs->list[i]))
			bytes += strlen(fs->list[i].value);
	return bytes > MAX_SAFE_BYTES;
}

/* The next from *i on; NULL when there is none. */
static const char *
next_unsafe(const struct fields *fs, size_t *i)
{
	bool	 all = are_too_long(fs);

	while (*i < fs->count) {
		const struct field *f = &fs->list[(*i)++];

		if (!is_browsers(f->name) && (all || !is_safe_field(f)))
			return f->name;
	}
	return NULL;
}

struct browser_reason
browser_asks_first(const struct browser_request *r)
{
	struct browser_reason	 why = { BROWSER_ASKS_NOT, NULL };
	size_t			 i = 0;

	if (!is_safe_method(r->method))
		why = (struct browser_reason){ BROWSER_ASKS_METHOD,
		    r->method };
	else if ((why.name = next_unsafe(r->fields, &i)) != NULL)
		why.kind = BROWSER_ASKS_FIELD;
	return why;
}

/* --- the preflight --- */

/* The least name that is greater than `last': the list is sorted, each name
 * once. */
static const char *
after(const struct fields *fs, const char *last)
{
	const char	*name, *best = NULL;
	size_t		 i = 0;

	while ((name = next_unsafe(fs, &i)) != NULL)
		if ((last == NULL || strcasecmp(name, last) > 0) &&
		    (best == NULL || strcasecmp(name, best) < 0))
			best = name;
	return best;
}

static void
lower(struct buf *b, const char *name)
{
	for (; *name != '\0'; name++)
		buf_char(b, (char)tolower((unsigned char)*name));
}

enum err
browser_preflight(const struct browser_request *r, struct fields *out)
{
	const char	*name = NULL;
	struct buf	 names;
	enum err	 e;

	buf_init(&names, out->arena, FIELDS_MAX_BYTES);
	while ((name = after(r->fields, name)) != NULL) {
		buf_str(&names, names.len > 0 ? "," : "");
		lower(&names, name);
	}
	if (buf_failed(&names))
		return ERR_NO_MEMORY;
	if ((e = fields_add(out, "Origin", r->origin)) != OK ||
	    (e = fields_add(out, "Access-Control-Request-Method",
	    r->method)) != OK)
		return e;
	return names.len == 0 ? OK : fields_add(out,
	    "Access-Control-Request-Headers", names.data);
}

/* --- the answer --- */

static struct browser_fault
fault(enum browser_fault_kind kind, const char *name)
{
	return (struct browser_fault){ kind, name };
}

/* Fetch, "CORS check". */
struct browser_fault
browser_may_read(const struct browser_request *r, const struct fields *answer)
{
	const char	*origin, *credentials;

	origin = fields_get(answer, "Access-Control-Allow-Origin");
	credentials = fields_get(answer, "Access-Control-Allow-Credentials");
	if (origin == NULL)
		return fault(BROWSER_NO_ORIGIN, NULL);
	if (strcmp(origin, "*") == 0)
		return fault(r->credentials ? BROWSER_STAR : BROWSER_CONTENT,
		    NULL);
	if (strcmp(origin, r->origin) != 0)
		return fault(BROWSER_OTHER_ORIGIN, NULL);
	return fault(!r->credentials || (credentials != NULL &&
	    strcmp(credentials, "true") == 0) ? BROWSER_CONTENT :
	    BROWSER_NO_CREDENTIALS, NULL);
}

/* Does the answer's list hold it, or a "*" that stands for all? */
static bool
grants(const struct browser_request *r, const char *list, const char *name,
    bool star)
{
	return list != NULL && (field_lists(list, name) ||
	    (star && !r->credentials && field_lists(list, "*")));
}

/* Methods are compared byte for byte: "patch" is not PATCH. */
static bool
grants_method(const struct browser_request *r, const char *list)
{
	const char	*member;
	size_t		 len;

	if (is_safe_method(r->method) || (!r->credentials && list != NULL &&
	    field_lists(list, "*")))
		return true;
	while (list != NULL && value_member(&list, &member, &len))
		if (strlen(r->method) == len &&
		    memcmp(r->method, member, len) == 0)
			return true;
	return false;
}

struct browser_fault
browser_may_send(const struct browser_request *r, int status,
    const struct fields *answer)
{
	struct browser_fault	 f = browser_may_read(r, answer);
	const char		*list, *name;
	size_t			 i = 0;

	if (f.kind != BROWSER_CONTENT)
		return f;
	if (status < 200 || status > 299)
		return fault(BROWSER_STATUS, NULL);
	list = fields_get(answer, "Access-Control-Allow-Methods");
	if (!grants_method(r, list))
		return fault(BROWSER_METHOD, r->method);
	list = fields_get(answer, "Access-Control-Allow-Headers");
	while ((name = next_unsafe(r->fields, &i)) != NULL)
		if (!grants(r, list, name,
		    strcasecmp(name, "Authorization") != 0))
			return fault(BROWSER_FIELD, name);
	return f;
}

bool
browser_shows(const struct browser_request *r, const struct fields *answer,
    const char *name)
{
	static const char *const safe[] = { "Cache-Control",
	    "Content-Language", "Content-Length", "Content-Type", "Expires",
	    "Last-Modified", "Pragma", NULL };

	if (strcasecmp(name, "Set-Cookie") == 0 ||
	    strcasecmp(name, "Set-Cookie2") == 0)
		return false;
	return is_in(safe, name) || grants(r, fields_get(answer,
	    "Access-Control-Expose-Headers"), name, true);
}
