#include "store/conf_value.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/fields.h"
#include "http/target.h"

enum { MAX_ORIGINS = 200, MAX_NAMES = 64, MAX_NETS = 64, MAX_PORTS = 64,
    MAX_METHODS = 8, MAX_FILTERS = 200, MAX_HOSTS = 500 };

static size_t
count_words(const char *text)
{
	size_t	 n = 0;

	for (;; text += strcspn(text, " \t"), n++) {
		text += strspn(text, " \t");
		if (*text == '\0')
			return n;
	}
}

const char **
conf_words(const struct conf_reading *r, const char *text, size_t max,
    size_t *count)
{
	const char	**list;
	size_t		  i, len;

	if ((*count = count_words(text)) > max) {
		buf_fmt(r->why, "names more than %zu", max);
		return NULL;
	}
	list = arena_alloc(r->arena, (*count + 1) * sizeof(*list));
	for (i = 0; list != NULL && i < *count; i++, text += len) {
		text += strspn(text, " \t");
		len = strcspn(text, " \t");
		if (text[len - 1] == ',' || text[len - 1] == ';') {
			buf_fmt(r->why, "is separated by blanks, not by '%c'",
			    text[len - 1]);
			return NULL;
		}
		if ((list[i] = arena_strndup(r->arena, text, len)) == NULL)
			list = NULL;
	}
	if (list == NULL)
		buf_str(r->why, "no memory is left");
	return list;
}

static bool
twice(const struct conf_reading *r, const char *const *list, size_t n)
{
	size_t	 i;

	for (i = 0; i < n; i++) {
		if (strcmp(list[i], list[n]) != 0)
			continue;
		buf_fmt(r->why, "names %s twice", list[n]);
		return true;
	}
	return false;
}

/* "A, B" as a header field wants it. */
static const char *
joined(const struct conf_reading *r, const char *const *list)
{
	struct buf	 b;

	buf_init(&b, r->arena, FIELD_MAX_VALUE);
	for (; *list != NULL; list++)
		buf_fmt(&b, "%s%s", b.len == 0 ? "" : ", ", *list);
	if (!buf_failed(&b))
		return b.data;
	buf_str(r->why, "is too long for a header field");
	return NULL;
}

/* Into rules->methods and rules->cors.methods alike. */
static bool
read_methods(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	struct rules	 *rules = at;
	const char	**list;
	size_t		  i, n;

	(void)s;
	if ((list = conf_words(r, text, MAX_METHODS, &n)) == NULL)
		return false;
	for (i = 0; i < n; i++) {
		const char	*known = target_method(list[i]);

		if (known == NULL) {
			buf_fmt(r->why, "knows no method '%s': GET HEAD POST "
			    "PUT PATCH DELETE OPTIONS, in capitals", list[i]);
			return false;
		}
		list[i] = known;
		if (twice(r, list, i))
			return false;
	}
	if (n == 0) {
		buf_str(r->why, "must name a method at least");
		return false;
	}
	rules->methods = list;
	return (rules->cors.methods = joined(r, list)) != NULL;
}
const struct conf_type conf_methods = { read_methods, NULL };

/* The words as names of header fields; "*" only where it may stand, alone. */
static const char **
names(const struct conf_reading *r, const char *text, bool star, size_t *n)
{
	const char	**list;
	size_t		  i;

	if ((list = conf_words(r, text, MAX_NAMES, n)) == NULL)
		return NULL;
	if (star && *n == 1 && strcmp(list[0], "*") == 0)
		return list;
	for (i = 0; i < *n; i++) {
		if (strcmp(list[i], "*") == 0)
			buf_str(r->why, star ? "has * beside names: * means "
			    "all, write it alone" : "takes names, not *: "
			    "leave it empty for all");
		else if (strlen(list[i]) > FIELD_MAX_NAME ||
		    !field_is_token(list[i], strlen(list[i])))
			buf_fmt(r->why, "has '%s', which is no name of a "
			    "header field", list[i]);
		else if (!twice(r, list, i))
			continue;
		return NULL;
	}
	return list;
}

static bool
read_names(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at, **list;
	size_t		  n;

	(void)s;
	if ((list = names(r, text, true, &n)) == NULL)
		return false;
	return (*where = joined(r, list)) != NULL;
}
const struct conf_type conf_names = { read_names, NULL };

/* forward_headers: NULL where it is empty. */
static bool
read_only(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	struct rules	 *rules = at;
	const char	**list;
	size_t		  n;

	(void)s;
	if ((list = names(r, text, false, &n)) == NULL)
		return false;
	rules->forward_headers = n == 0 ? NULL : list;
	rules->n_forward_headers = n;
	return true;
}
const struct conf_type conf_only = { read_only, NULL };

static struct cors_origin *
origins(const struct conf_reading *r, const char *const *list, size_t n)
{
	struct cors_origin	*o;
	const char		*why = "no memory is left";
	size_t			 i;

	if ((o = arena_alloc(r->arena, (n + 1) * sizeof(*o))) == NULL) {
		buf_str(r->why, why);
		return NULL;
	}
	for (i = 0; i < n; i++) {
		if (strcmp(list[i], "*") == 0) {
			buf_str(r->why, "has * beside origins, or where it "
			    "may not stand: * means every page, write it "
			    "alone");
			return NULL;
		}
		if (cors_origin_read(r->arena, list[i], &o[i], &why) != OK) {
			buf_fmt(r->why, "has '%s': %s", list[i], why);
			return NULL;
		}
	}
	return o;
}

static bool
read_origins(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	struct cors_rule	*rule = at;
	const char		**list;
	size_t			  n;

	(void)s;
	if ((list = conf_words(r, text, MAX_ORIGINS, &n)) == NULL)
		return false;
	rule->any = n == 1 && strcmp(list[0], "*") == 0;
	rule->n_allow = rule->any ? 0 : n;
	rule->allow = origins(r, list, rule->n_allow);
	return rule->allow != NULL;
}
const struct conf_type conf_origins = { read_origins, NULL };

/* Only whole origins: a pattern or null would let strangers count as own. */
static bool
read_own(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	struct cors_rule	 *rule = at;
	struct cors_origin	 *own;
	const char		**list;
	size_t			  i, n;

	(void)s;
	if ((list = conf_words(r, text, MAX_ORIGINS, &n)) == NULL ||
	    (own = origins(r, list, n)) == NULL)
		return false;
	for (i = 0; i < n; i++) {
		if (own[i].kind == CORS_EXACT &&
		    strcmp(own[i].text, "null") != 0)
			continue;
		buf_fmt(r->why, "has '%s', but must name whole origins, like "
		    "https://www.example.com", list[i]);
		return false;
	}
	rule->own = own;
	rule->n_own = n;
	return true;
}
const struct conf_type conf_own = { read_own, NULL };

/* "form" says what else may stand there. */
static bool
nets(const struct conf_reading *r, const char *text, const char *form,
    struct ip_allow *allow)
{
	struct ip_net	 *list;
	const char	**words;
	size_t		  i, n;

	if ((words = conf_words(r, text, MAX_NETS, &n)) == NULL)
		return false;
	if ((list = arena_alloc(r->arena, (n + 1) * sizeof(*list))) == NULL) {
		buf_str(r->why, "no memory is left");
		return false;
	}
	for (i = 0; i < n; i++) {
		if (ip_net_read(words[i], &list[i]))
			continue;
		buf_fmt(r->why, "must be %sCIDRs like 10.0.0.0/8 or ::1/128 "
		    "without host bits, not '%s'", form, words[i]);
		return false;
	}
	*allow = (struct ip_allow){ .nets = list, .n_nets = n };
	return true;
}

static bool
read_nets(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	(void)s;
	return nets(r, text, "addresses or ", at);
}
const struct conf_type conf_nets = { read_nets, NULL };

static bool
read_private(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	struct ip_allow	*allow = at;

	*allow = (struct ip_allow){ 0 };
	if (conf_truth.read(r, s, text, &allow->all_private))
		return true;
	buf_init(r->why, r->arena, r->why->max);
	if (!nets(r, text, "no, yes or ", allow))
		return false;
	if (allow->n_nets > 0)
		return true;
	buf_str(r->why, "may not be empty: no, yes or CIDRs");
	return false;
}
const struct conf_type conf_private = { read_private, NULL };

/* One "/a|/b" of them, behind what is there. */
static bool
add_filters(const struct conf_reading *r, const char *text,
    struct filter *list, size_t *n)
{
	const char	*why;
	size_t		 len;

	for (;; text += len + 1) {
		len = strcspn(text, "|");
		if (*n == MAX_FILTERS) {
			buf_fmt(r->why, "names more than %d", MAX_FILTERS);
			return false;
		}
		if (filter_read(r->arena, text, len, &list[(*n)++], &why) !=
		    OK) {
			buf_fmt(r->why, "has '%.*s': %s", (int)len, text, why);
			return false;
		}
		if (text[len] == '\0')
			return true;
	}
}

/* A route's are refused beside those of the INI. */
static bool
read_filters(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	struct filters	 *where = at;
	struct filter	 *list;
	const char	**words;
	size_t		  i, n = r->row ? where->count : 0, n_words;

	(void)s;
	if ((words = conf_words(r, text, MAX_FILTERS, &n_words)) == NULL)
		return false;
	if ((list = arena_alloc(r->arena, MAX_FILTERS * sizeof(*list))) ==
	    NULL) {
		buf_str(r->why, "no memory is left");
		return false;
	}
	if (n > 0)
		memcpy(list, where->list, n * sizeof(*list));
	for (i = 0; i < n_words; i++)
		if (!add_filters(r, words[i], list, &n))
			return false;
	*where = (struct filters){ list, n };
	return true;
}
const struct conf_type conf_filters = { read_filters, NULL };

static bool
read_hosts(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	struct whole_rule	 *whole = at;
	struct whole_host	 *hosts;
	const char		**list, *why = "no memory is left";
	size_t			  i, n;

	(void)s;
	if ((list = conf_words(r, text, MAX_HOSTS, &n)) == NULL)
		return false;
	if ((hosts = arena_alloc(r->arena, (n + 1) * sizeof(*hosts))) ==
	    NULL) {
		buf_str(r->why, why);
		return false;
	}
	for (i = 0; i < n; i++) {
		if (whole_host_read(r->arena, list[i], &hosts[i], &why) == OK)
			continue;
		buf_fmt(r->why, "has '%s', which is no host, host:port or "
		    "*.example.com: %s", list[i], why);
		return false;
	}
	whole->hosts = hosts;
	whole->n_hosts = n;
	return true;
}
const struct conf_type conf_hosts = { read_hosts, NULL };

static bool
read_ports(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	struct whole_rule	 *whole = at;
	const char		**list;
	int			 *ports;
	size_t			  i, n;

	if ((list = conf_words(r, text, MAX_PORTS, &n)) == NULL)
		return false;
	if (n == 0) {
		buf_str(r->why, "must name a port at least");
		return false;
	}
	if ((ports = arena_alloc(r->arena, n * sizeof(*ports))) == NULL) {
		buf_str(r->why, "no memory is left");
		return false;
	}
	for (i = 0; i < n; i++)
		if (!conf_int.read(r, s, list[i], &ports[i]))
			return false;
	whole->ports = ports;
	whole->n_ports = n;
	return true;
}
const struct conf_type conf_ports = { read_ports, NULL };
