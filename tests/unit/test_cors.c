#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "core/arena.h"
#include "http/cors.h"
#include "http/fields.h"
#include "tests/unit/fixture.h"

static struct cors_origin
entry(const char *text)
{
	struct cors_origin	 o;
	const char		*why = "";

	if (cors_origin_read(&arena, text, &o, &why) != OK)
		fail_msg("%s: %s", text, why);
	return o;
}

/* A rule with the settings' defaults. */
static struct cors_rule
rule(void)
{
	return (struct cors_rule){ .methods = "GET, HEAD, POST, PUT, OPTIONS",
		.headers = "*", .expose = "*", .max_age_seconds = 600 };
}

/* --- tests/data/cors.txt --- */

enum { ORIGINS, CREDENTIALS, ORIGIN, REQUEST, STATUS, WANTED, COLUMNS };

/* Cut a row at "|" and at the blanks round it. */
static void
columns(char *line, char *column[COLUMNS])
{
	char	*p = line, *end;

	for (int i = 0; i < COLUMNS; i++) {
		if (p == NULL)
			fail_msg("a row has too few columns");
		p += strspn(p, " ");
		column[i] = p;
		end = p + strcspn(p, "|\n");
		p = *end == '|' ? end + 1 : NULL;
		while (end > column[i] && end[-1] == ' ')
			end--;
		*end = '\0';
	}
	if (p != NULL)
		fail_msg("a row has too many columns");
}

static struct cors_rule
rule_of(char *const *column)
{
	struct cors_rule	 r = rule();
	struct cors_origin	*own, *list;
	char			*save, *word;

	own = arena_alloc(&arena, sizeof *own);
	list = arena_alloc(&arena, 8 * sizeof *list);
	*own = entry("https://proxy.example");
	r.own = own;
	r.n_own = 1;
	r.allow = list;
	r.credentials = strcmp(column[CREDENTIALS], "yes") == 0;
	if (strcmp(column[ORIGINS], "*") == 0)
		r.any = true;
	else if (strcmp(column[ORIGINS], "empty") != 0)
		for (word = strtok_r(column[ORIGINS], " ", &save);
		    word != NULL; word = strtok_r(NULL, " ", &save))
			list[r.n_allow++] = entry(word);
	return r;
}

static const char *
full_name(const char *name)
{
	static const char *const names[][2] = {
		{ "ACAO", "Access-Control-Allow-Origin" },
		{ "ACAC", "Access-Control-Allow-Credentials" },
		{ "ACAM", "Access-Control-Allow-Methods" },
		{ "ACAH", "Access-Control-Allow-Headers" },
		{ "ACMA", "Access-Control-Max-Age" },
		{ "ACEH", "Access-Control-Expose-Headers" },
		{ "Vary", "Vary" },
	};

	for (size_t i = 0; i < ROWS(names); i++)
		if (strcmp(names[i][0], name) == 0)
			return names[i][1];
	fail_msg("unknown name %s", name);
	return NULL;
}

/* Exactly the fields that the row wants, each once, and no others but those
 * that stood there before. */
static void
compare(const struct fields *out, size_t before, char *wanted)
{
	size_t	 count = 0;
	char	*save, *text;

	for (text = strtok_r(wanted, ";", &save);
	    text != NULL && strcmp(text, "-") != 0;
	    text = strtok_r(NULL, ";", &save), count++) {
		char		*value = strchr(text, ':');
		const char	*got;

		text += strspn(text, " ");
		*value = '\0';
		value += 2;
		got = fields_get(out, full_name(text));
		assert_non_null(got);
		if (strcmp(value, "@names") != 0)
			assert_string_equal(got, value);
		else
			assert_true(*got != '\0' && strchr(got, '*') == NULL);
	}
	assert_int_equal(out->count, before + count);
}

static int
status_of(enum err e, bool preflight)
{
	if (e == OK)
		return preflight ? 204 : 200;
	return err_status(e);
}

static void
judge(char *const *column)
{
	struct cors_rule	 r = rule_of(column);
	const char		*origin = column[ORIGIN];
	bool			 asks, is_preflight;
	struct cors_grant	 g;
	struct fields		 in, out;

	asks = strcmp(column[REQUEST], "preflight") == 0;
	if (strcmp(column[STATUS], "500") == 0) {
		assert_non_null(cors_rule_fault(&r));
		return;
	}
	assert_null(cors_rule_fault(&r));
	in = FIELDS("Accept", "*/*");
	out = FIELDS("Content-Type", "text/plain", "X-Sent", "1");
	if (strcmp(origin, "-") != 0)
		fields_add(&in, "Origin", origin);
	else
		origin = NULL;
	if (asks) {
		fields_add(&in, "Access-Control-Request-Method", "PUT");
		fields_add(&in, "Access-Control-Request-Headers",
		    "x-one,content-type");
	}
	is_preflight = cors_is_preflight(asks ? "OPTIONS" : column[REQUEST],
	    &in);
	assert_int_equal(is_preflight, asks);
	g = cors_decide(&r, origin);
	assert_int_equal(status_of(g.err, asks), atoi(column[STATUS]));
	if (g.err == ERR_MALFORMED_ORIGIN)
		assert_null(g.allow_origin);
	else if (asks && g.err == OK) {
		assert_int_equal(cors_preflight(&g, &in, &out), OK);
		compare(&out, 2, column[WANTED]);
	} else {
		assert_int_equal(cors_answer(&g, &out), OK);
		compare(&out, 2, column[WANTED]);
	}
}

static void
every_row_of_the_table_holds(void **state)
{
	char	 path[4096], line[1024], *column[COLUMNS];
	FILE	*f;
	int	 rows = 0;

	(void)state;
	snprintf(path, sizeof path, "%s/tests/data/cors.txt",
	    getenv("srcdir") != NULL ? getenv("srcdir") : ".");
	if ((f = fopen(path, "r")) == NULL)
		fail_msg("cannot read %s", path);
	while (fgets(line, sizeof line, f) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		print_message("# %s", line);
		columns(line, column);
		judge(column);
		rows++;
	}
	fclose(f);
	assert_true(rows >= 90);
}

/* --- entries --- */

static const struct {
	const char	*text, *canonical;	/* NULL: refused */
	enum cors_kind	 kind;
} entries[] = {
	{ "https://a.example", "https://a.example", CORS_EXACT },
	{ "HTTPS://A.Example", "https://a.example", CORS_EXACT },
	{ "https://a.example:443", "https://a.example", CORS_EXACT },
	{ "http://a.example:80", "http://a.example", CORS_EXACT },
	{ "http://a.example:443", "http://a.example:443", CORS_EXACT },
	{ "https://a.example:8443", "https://a.example:8443", CORS_EXACT },
	{ "http://localhost", "http://localhost", CORS_EXACT },
	{ "http://127.0.0.1:3000", "http://127.0.0.1:3000", CORS_EXACT },
	{ "http://[::1]:3000", "http://[::1]:3000", CORS_EXACT },
	{ "http://[::1]:80", "http://[::1]", CORS_EXACT },
	{ "http://[2001:DB8::1]", "http://[2001:db8::1]", CORS_EXACT },
	{ "http://[2001:db8:0:1::]", "http://[2001:db8:0:1::]", CORS_EXACT },
	{ "http://[1:0:0:2:0:0:0:3]", NULL, 0 },
	{ "http://[1:0:0:2::3]", "http://[1:0:0:2::3]", CORS_EXACT },
	{ "http://[1::2:0:0:3]", "http://[1::2:0:0:3]", CORS_EXACT },
	{ "http://[1:0:2:3:4:5:6:7]", "http://[1:0:2:3:4:5:6:7]", CORS_EXACT },
	{ "http://[1::2:3:4:5:6:7]", NULL, 0 },
	{ "http://[::]", "http://[::]", CORS_EXACT },
	{ "http://[0::1]", NULL, 0 }, { "http://[::01]", NULL, 0 },
	{ "http://[::ffff:127.0.0.1]", NULL, 0 },
	{ "http://[::ffff:7f00:1]", "http://[::ffff:7f00:1]", CORS_EXACT },
	{ "null", "null", CORS_EXACT }, { "NULL", "null", CORS_EXACT },
	{ "chrome-extension://abcdef", "chrome-extension://abcdef",
	    CORS_EXACT },
	{ "https://*.example.org", "https://*.example.org", CORS_SUBDOMAINS },
	{ "https://*.Example.org:443", "https://*.example.org",
	    CORS_SUBDOMAINS },
	{ "https://*.example.org:8443", "https://*.example.org:8443",
	    CORS_SUBDOMAINS },
	{ "http://localhost:*", "http://localhost:*", CORS_ANY_PORT },
	{ "http://127.0.0.1:*", "http://127.0.0.1:*", CORS_ANY_PORT },
	{ "", NULL, 0 }, { "*", NULL, 0 }, { "a.example", NULL, 0 },
	{ "//a.example", NULL, 0 }, { "https:a.example", NULL, 0 },
	{ "https:/a.example", NULL, 0 }, { "https://", NULL, 0 },
	{ "://a.example", NULL, 0 }, { "1https://a.example", NULL, 0 },
	{ "https://a.example/", NULL, 0 }, { "https://a.example/x", NULL, 0 },
	{ "https://a.example?x", NULL, 0 }, { "https://a.example#x", NULL, 0 },
	{ "https://u@a.example", NULL, 0 }, { "https://a.example\\", NULL, 0 },
	{ "https://b\xc3\xbc" "cher.example", NULL, 0 },
	{ "https://a.example ", NULL, 0 }, { "https://a example", NULL, 0 },
	{ "https://a.example,https://b.example", NULL, 0 },
	{ "https://a..example", NULL, 0 }, { "https://.example", NULL, 0 },
	{ "https://a.example.", NULL, 0 }, { "https://a.example:", NULL, 0 },
	{ "https://a.example:0", NULL, 0 },
	{ "https://a.example:0443", NULL, 0 },
	{ "https://a.example:65536", NULL, 0 },
	{ "https://a.example:x", NULL, 0 },
	{ "http://127.1", NULL, 0 }, { "http://0x7f.0.0.1", NULL, 0 },
	{ "http://127.0.0.01", NULL, 0 }, { "https://[::1", NULL, 0 },
	{ "https://*", NULL, 0 }, { "https://*.", NULL, 0 },
	{ "https://*.org", NULL, 0 }, { "https://*example.org", NULL, 0 },
	{ "https://a.*.example.org", NULL, 0 },
	{ "https://*.*.example.org", NULL, 0 },
	{ "https://example.*", NULL, 0 },
	{ "https://*.example..org", NULL, 0 },
	{ "https://*.1.2.3.4", NULL, 0 }, { "https://*.0.1", NULL, 0 },
	{ "*://a.example", NULL, 0 }, { "*.example.org", NULL, 0 },
	{ "https://*.example.org:*", NULL, 0 },
	{ "https://a.example:*", NULL, 0 }, { "https://localhost:*", NULL, 0 },
	{ "http://localhost:80*", NULL, 0 }, { "http://[::1]:*", NULL, 0 },
	{ "ftp://*.example.org", NULL, 0 },
};

static void
an_entry_is_made_canonical_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(entries); i++) {
		struct cors_origin	 o;
		const char		*why = NULL;
		enum err		 e;

		print_message("# %s\n", entries[i].text);
		e = cors_origin_read(&arena, entries[i].text, &o, &why);
		if (entries[i].canonical == NULL) {
			assert_int_equal(e, ERR_CONFIGURATION);
			assert_non_null(why);
			continue;
		}
		assert_int_equal(e, OK);
		assert_int_equal(o.kind, entries[i].kind);
		assert_string_equal(o.text, entries[i].canonical);
	}
}

static const struct { const char *text; bool shared; } suffixes[] = {
	{ "https://*.github.io", true }, { "https://*.co.uk", true },
	{ "https://*.workers.dev:8443", true }, { "https://*.web.app", true },
	{ "https://*.amplifyapp.com", true },
	{ "https://*.me.github.io", false },
	{ "https://*.example.org", false },
	{ "https://github.io", false }, { "http://localhost:*", false },
};

static void
a_suffix_of_strangers_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(suffixes); i++) {
		struct cors_origin	 o = entry(suffixes[i].text);

		print_message("# %s\n", suffixes[i].text);
		assert_int_equal(cors_shared_suffix(&o), suffixes[i].shared);
	}
}

/* --- the rule --- */

static void
a_contradicting_rule_is_faulted(void **state)
{
	struct cors_origin	 null = entry("null");
	struct cors_origin	 exact = entry("https://a.example");
	struct cors_origin	 pattern = entry("https://*.example.org");
	struct cors_rule	 r = rule();

	(void)state;
	assert_null(cors_rule_fault(&r));
	r.max_age_seconds = 86400;
	assert_null(cors_rule_fault(&r));
	r.max_age_seconds = 86401;
	assert_non_null(cors_rule_fault(&r));
	r.max_age_seconds = -1;
	assert_non_null(cors_rule_fault(&r));

	r = rule();
	r.own = &exact;
	r.n_own = 1;
	assert_null(cors_rule_fault(&r));
	r.own = &pattern;
	assert_non_null(cors_rule_fault(&r));
	r.own = &null;
	assert_non_null(cors_rule_fault(&r));

	r = rule();
	r.any = true;
	assert_null(cors_rule_fault(&r));
	r.allow = &exact;
	r.n_allow = 1;
	assert_non_null(cors_rule_fault(&r));
	r.any = false;
	r.credentials = true;
	assert_null(cors_rule_fault(&r));
}

static void
require_origin_refuses_requests_without(void **state)
{
	struct cors_origin	 a = entry("https://a.example");
	struct cors_rule	 r = rule();

	(void)state;
	r.require_origin = true;
	assert_int_equal(cors_decide(&r, NULL).err, ERR_ORIGIN_REQUIRED);
	r.any = true;
	assert_int_equal(cors_decide(&r, NULL).err, ERR_ORIGIN_REQUIRED);
	assert_null(cors_decide(&r, NULL).allow_origin);
	assert_int_equal(cors_decide(&r, "https://b.example").err, OK);
	assert_true(cors_decide(&r, "https://b.example").vary_origin);
	r.any = false;
	r.allow = &a;
	r.n_allow = 1;
	assert_int_equal(cors_decide(&r, NULL).err, ERR_ORIGIN_REQUIRED);
	assert_int_equal(cors_decide(&r, "https://a.example").err, OK);
}

static void
with_the_targets_policy_nobody_is_refused(void **state)
{
	struct cors_origin	 a = entry("https://a.example");
	struct cors_rule	 r = rule();
	struct cors_grant	 g;

	(void)state;
	r.target = true;
	r.allow = &a;
	r.n_allow = 1;
	g = cors_decide(&r, "https://b.example");
	assert_int_equal(g.err, OK);
	assert_int_equal(g.class, CORS_UNLISTED);
	assert_null(g.allow_origin);
	g = cors_decide(&r, "null");
	assert_int_equal(g.err, OK);
	assert_null(g.allow_origin);
	g = cors_decide(&r, "https://a.example");
	assert_string_equal(g.allow_origin, "https://a.example");
	g = cors_decide(&r, "https://b.example/");
	assert_int_equal(g.err, ERR_MALFORMED_ORIGIN);
}

static void
every_origin_has_its_class(void **state)
{
	struct cors_origin	 allow[] = { entry("https://a.example"),
		    entry("https://*.example.org"),
		    entry("https://me.example") };
	struct cors_origin	 own[] = { entry("https://me.example"),
		    entry("https://me2.example"),
		    entry("https://o.example.org") };
	struct cors_rule	 r = rule();

	(void)state;
	r.allow = allow;
	r.n_allow = ROWS(allow);
	r.own = own;
	r.n_own = ROWS(own);
	assert_int_equal(cors_decide(&r, NULL).class, CORS_ABSENT);
	assert_int_equal(cors_decide(&r, "null").class, CORS_NULL);
	assert_int_equal(cors_decide(&r, "https://me2.example").class,
	    CORS_OWN);
	assert_int_equal(cors_decide(&r, "https://o.example.org").class,
	    CORS_OWN);
	assert_int_equal(cors_decide(&r, "https://a.example").class,
	    CORS_LISTED);
	assert_int_equal(cors_decide(&r, "https://me.example").class,
	    CORS_LISTED);
	assert_int_equal(cors_decide(&r, "https://x.example.org").class,
	    CORS_PATTERN);
	assert_int_equal(cors_decide(&r, "https://b.example").class,
	    CORS_UNLISTED);
	assert_int_equal(cors_decide(&r, "").class, CORS_MALFORMED);
}

/* --- origins as they come --- */

static void
an_origin_has_at_most_255_bytes(void **state)
{
	struct cors_rule	 r = rule();
	char			 text[300] = "https://";

	(void)state;
	r.any = true;
	memset(text + 8, 'a', 247);
	for (int i = 8 + 50; i < 8 + 247; i += 50)
		text[i] = '.';
	assert_int_equal(strlen(text), 255);
	assert_int_equal(cors_decide(&r, text).err, OK);
	text[255] = 'a';
	assert_int_equal(cors_decide(&r, text).err, ERR_MALFORMED_ORIGIN);
}

static void
no_byte_but_those_of_an_origin_passes(void **state)
{
	static const char	 good[] = "abcdefghijklmnopqrstuvwxyz"
				    "0123456789-_.";
	struct cors_rule	 r = rule();

	(void)state;
	r.any = true;
	for (int c = 1; c < 256; c++) {
		char	 text[] = "https://aXb.example";

		text[9] = (char)c;
		print_message("# %02x\n", c);
		assert_int_equal(cors_decide(&r, text).err == OK,
		    strchr(good, c) != NULL);
	}
}

/* --- preflights --- */

static const struct {
	const char	*method, *origin, *asked, *twice;
	bool		 preflight;
} preflights[] = {
	{ "OPTIONS", "https://a.example", "PUT", NULL, true },
	{ "OPTIONS", "https://a.example", "patch", NULL, true },
	{ "OPTIONS", "null", "GET", NULL, true },
	{ "OPTIONS", "https://a.example", NULL, NULL, false },
	{ "OPTIONS", NULL, "PUT", NULL, false },
	{ "OPTIONS", "https://a.example", "", NULL, false },
	{ "OPTIONS", "https://a.example", "PUT, GET", NULL, false },
	{ "OPTIONS", "https://a.example", "P UT", NULL, false },
	{ "OPTIONS", "https://a.example", "PUT", "PUT", false },
	{ "options", "https://a.example", "PUT", NULL, false },
	{ "GET", "https://a.example", "PUT", NULL, false },
	{ "POST", "https://a.example", "PUT", NULL, false },
};

static void
a_preflight_asks_for_one_method(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(preflights); i++) {
		struct fields	 in = FIELDS("Accept", "*/*");

		if (preflights[i].origin != NULL)
			fields_add(&in, "Origin", preflights[i].origin);
		if (preflights[i].asked != NULL)
			fields_add(&in, "access-control-request-method",
			    preflights[i].asked);
		if (preflights[i].twice != NULL)
			fields_add(&in, "Access-Control-Request-Method",
			    preflights[i].twice);
		assert_int_equal(cors_is_preflight(preflights[i].method, &in),
		    preflights[i].preflight);
	}
}

/* The answer to a preflight of an exactly listed origin. */
static struct fields
preflight(struct cors_rule *r, struct fields in)
{
	struct cors_origin	*a = arena_alloc(&arena, sizeof *a);
	struct cors_grant	 g;
	struct fields		 out;

	*a = entry("https://a.example");
	r->allow = a;
	r->n_allow = !r->any;
	g = cors_decide(r, "https://a.example");
	fields_init(&out, &arena);
	assert_int_equal(cors_preflight(&g, &in, &out), OK);
	return out;
}

#define X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct { const char *asked, *answer; } reflected[] = {
	{ "x-one", "x-one" }, { "x-one,x-two", "x-one, x-two" },
	{ " x-one , authorization ", "x-one, authorization" },
	{ NULL, NULL }, { "", NULL }, { ",", NULL },
	{ "x one", NULL }, { "x-one,x\ntwo", NULL }, { "x-one,*,@", NULL },
	/* what would not cross is not promised */
	{ "x-http-method-override,x-one", "x-one" },
	{ "cookie", NULL }, { "x-forwarded-for,x-real-ip,host", NULL },
	{ "x-one,connection", "x-one" },
	{ "x-one,*", "x-one" }, { "*", NULL },
	/* 64 bytes, 65 bytes */
	{ X32 X32, X32 X32 }, { X32 X32 "x", NULL },
};

static void
with_credentials_the_asked_names_are_reflected(void **state)
{
	struct cors_rule	 r = rule();

	(void)state;
	r.credentials = true;
	for (size_t i = 0; i < ROWS(reflected); i++) {
		struct fields	 in = FIELDS("Origin", "https://a.example");
		struct fields	 out;
		const char	*got;

		if (reflected[i].asked != NULL)
			fields_add(&in, "Access-Control-Request-Headers",
			    reflected[i].asked);
		out = preflight(&r, in);
		got = fields_get(&out, "Access-Control-Allow-Headers");
		if (reflected[i].answer == NULL)
			assert_null(got);
		else
			assert_string_equal(got, reflected[i].answer);
		assert_string_equal(fields_get(&out, "Vary"),
		    "Origin, Access-Control-Request-Headers");
	}
}

static void
at_most_64_names_are_reflected(void **state)
{
	struct cors_rule	 r = rule();
	char			 asked[200] = "";
	struct fields		 out;

	(void)state;
	r.credentials = true;
	for (int i = 0; i < 64; i++)
		memcpy(asked + 2 * i, "x,", 3);
	out = preflight(&r, FIELDS("Access-Control-Request-Headers", asked));
	assert_non_null(fields_get(&out, "Access-Control-Allow-Headers"));
	memcpy(asked + 128, "x", 2);
	out = preflight(&r, FIELDS("Access-Control-Request-Headers", asked));
	assert_null(fields_get(&out, "Access-Control-Allow-Headers"));
}

static void
a_configured_list_is_sent_as_it_is(void **state)
{
	struct cors_rule	 r = rule();
	struct fields		 out;

	(void)state;
	r.headers = "X-One, X-Two";
	r.methods = "GET, PATCH";
	r.max_age_seconds = 0;
	for (int i = 0; i < 2; i++, r.credentials = true) {
		out = preflight(&r, FIELDS("Access-Control-Request-Headers",
		    "x-two"));
		assert_string_equal(fields_get(&out,
		    "Access-Control-Allow-Headers"), "X-One, X-Two");
		assert_string_equal(fields_get(&out,
		    "Access-Control-Allow-Methods"), "GET, PATCH");
		assert_string_equal(fields_get(&out,
		    "Access-Control-Max-Age"), "0");
		assert_string_equal(fields_get(&out, "Vary"), "Origin");
	}
	r.headers = "";
	out = preflight(&r, FIELDS("Access-Control-Request-Headers", "x-two"));
	assert_null(fields_get(&out, "Access-Control-Allow-Headers"));
}

/* Behind a server that withholds it the page sends another field. */
static const struct { const char *listed, *answer; } stand_ins[] = {
	{ "X-One, Authorization",
	    "X-One, Authorization, X-Viaduct-Authorization" },
	{ "authorization", "authorization, X-Viaduct-Authorization" },
	{ "x-viaduct-authorization, Authorization",
	    "x-viaduct-authorization, Authorization" },
	{ "X-Viaduct-Authorization", "X-Viaduct-Authorization" },
	{ "X-Authorization", "X-Authorization" },
	{ "*", "*, Authorization" },	/* "*" holds all others */
};

static void
what_stands_in_for_authorization_is_allowed_with_it(void **state)
{
	struct cors_rule	 r = rule();
	struct fields		 out;

	(void)state;
	for (size_t i = 0; i < ROWS(stand_ins); i++) {
		r.headers = stand_ins[i].listed;
		out = preflight(&r, FIELDS("Access-Control-Request-Headers",
		    "x-viaduct-authorization"));
		assert_string_equal(fields_get(&out,
		    "Access-Control-Allow-Headers"), stand_ins[i].answer);
	}
	r.headers = "*";
	r.credentials = true;
	out = preflight(&r, FIELDS("Access-Control-Request-Headers",
	    "x-viaduct-authorization"));
	assert_string_equal(fields_get(&out, "Access-Control-Allow-Headers"),
	    "x-viaduct-authorization");
}

static void
some_names_belong_to_every_list(void **state)
{
	static const char *const also[] = { "X-API-Key", "Authorization",
	    NULL };
	static const struct { const char *headers, *want; } lists[] = {
		{ "X-One", "X-One, X-API-Key, Authorization, "
		    "X-Viaduct-Authorization" },
		{ "x-api-key, X-One", "x-api-key, X-One, Authorization, "
		    "X-Viaduct-Authorization" },
		{ "AUTHORIZATION, X-Api-Key", "AUTHORIZATION, X-Api-Key, "
		    "X-Viaduct-Authorization" },
		{ "", "X-API-Key, Authorization, X-Viaduct-Authorization" },
		{ "*", "*, Authorization" },
	};
	struct cors_rule	 r = rule();
	struct fields		 out;

	(void)state;
	r.also = also;
	for (size_t i = 0; i < ROWS(lists); i++) {
		r.headers = lists[i].headers;
		out = preflight(&r, FIELDS("X-Any", "1"));
		assert_string_equal(fields_get(&out,
		    "Access-Control-Allow-Headers"), lists[i].want);
	}
}

static void
a_private_network_is_for_exact_origins(void **state)
{
	struct fields		 asks = FIELDS(
		    "Access-Control-Request-Private-Network", "true");
	struct cors_rule	 r = rule();
	struct fields		 out;

	(void)state;
	out = preflight(&r, asks);
	assert_null(fields_get(&out, "Access-Control-Allow-Private-Network"));
	assert_string_equal(fields_get(&out, "Vary"), "Origin");
	r.private_network = true;
	out = preflight(&r, asks);
	assert_string_equal(fields_get(&out,
	    "Access-Control-Allow-Private-Network"), "true");
	assert_string_equal(fields_get(&out, "Vary"),
	    "Origin, Access-Control-Request-Private-Network");
	out = preflight(&r, FIELDS("Access-Control-Request-Private-Network",
	    "false"));
	assert_null(fields_get(&out, "Access-Control-Allow-Private-Network"));
	r.any = true;
	out = preflight(&r, asks);
	assert_null(fields_get(&out, "Access-Control-Allow-Private-Network"));
}

/* --- answers --- */

static struct fields
answer(struct cors_rule *r, struct fields out)
{
	struct cors_origin	*a = arena_alloc(&arena, sizeof *a);
	struct cors_grant	 g;

	*a = entry("https://a.example");
	r->allow = a;
	r->n_allow = !r->any;
	g = cors_decide(r, "https://a.example");
	assert_int_equal(cors_answer(&g, &out), OK);
	return out;
}

static void
with_credentials_the_sent_names_are_exposed(void **state)
{
	struct cors_rule	 r = rule();
	struct fields		 out;

	(void)state;
	r.credentials = true;
	out = answer(&r, FIELDS("Content-Type", "a/b", "ETag", "\"x\"",
	    "X-One", "1", "x-one", "2", "Set-Cookie", "a=b", "Cache-Control",
	    "no-store", "Link", "<x>", "Vary", "Accept"));
	assert_string_equal(fields_get(&out, "Access-Control-Expose-Headers"),
	    "ETag, X-One, Link");
	assert_string_equal(fields_get(&out, "Vary"), "Accept, Origin");
	out = answer(&r, FIELDS("Content-Type", "a/b", "*", "1"));
	assert_null(fields_get(&out, "Access-Control-Expose-Headers"));
	r.expose = "X-Two";
	out = answer(&r, FIELDS("X-One", "1"));
	assert_string_equal(fields_get(&out, "Access-Control-Expose-Headers"),
	    "X-Two");
	r.expose = "";
	out = answer(&r, FIELDS("X-One", "1"));
	assert_null(fields_get(&out, "Access-Control-Expose-Headers"));
}

static void
each_field_stands_once(void **state)
{
	struct cors_rule	 r = rule();
	struct fields		 out;
	size_t			 count = 0;

	(void)state;
	out = answer(&r, FIELDS("Access-Control-Allow-Origin", "*",
	    "access-control-allow-origin", "https://b.example",
	    "Access-Control-Expose-Headers", "X", "Vary", "Origin", "vary",
	    "Accept, origin"));
	for (size_t i = 0; i < out.count; i++)
		count += strcasecmp(out.list[i].name,
		    "Access-Control-Allow-Origin") == 0;
	assert_int_equal(count, 1);
	assert_int_equal(out.count, 3);
	assert_string_equal(fields_get(&out, "Vary"), "Origin, Accept");
}

static void
timing_is_for_the_same_origin(void **state)
{
	struct cors_rule	 r = rule();
	struct fields		 out;

	(void)state;
	out = answer(&r, FIELDS("X-One", "1"));
	assert_null(fields_get(&out, "Timing-Allow-Origin"));
	r.timing = true;
	out = answer(&r, FIELDS("X-One", "1"));
	assert_string_equal(fields_get(&out, "Timing-Allow-Origin"),
	    "https://a.example");
	r.any = true;
	out = answer(&r, FIELDS("X-One", "1"));
	assert_string_equal(fields_get(&out, "Timing-Allow-Origin"), "*");
}

static void
a_vary_of_all_stays_so(void **state)
{
	struct cors_rule	 r = rule();
	struct fields		 out = answer(&r, FIELDS("Vary", "*"));

	(void)state;
	assert_string_equal(fields_get(&out, "Vary"), "*");
}

/* --- a property, of origins made by chance --- */

static uint64_t	 seed = 20260101;

static unsigned
chance(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

static const char *
pick(const char *const *words, size_t n)
{
	return words[chance((unsigned)n)];
}

static void
make_origin(char *text, size_t size)
{
	static const char *const schemes[] = { "https://", "https://",
	    "http://", "HTTPS://", "https:/", "", "ftp://" };
	static const char *const heads[] = { "", "", "a.", "b.a.", "a..", ".",
	    "x-y.", "evil", "A.", "a_b.", "*.", "u@", "a-." };
	static const char *const hosts[] = { "example.org", "example.org",
	    "app.example", "localhost", "127.0.0.1", "example.org.evil.net",
	    "xample.org", "example", "[::1]", "" };
	static const char *const tails[] = { "", "", "", ":8443", ":443", ":",
	    ":0", ":99999", "/", ".", " ", ",", ":3000", ":8443/" };

	if (chance(40) == 0)
		snprintf(text, size, "null");
	else
		snprintf(text, size, "%s%s%s%s", pick(schemes, ROWS(schemes)),
		    pick(heads, ROWS(heads)), pick(hosts, ROWS(hosts)),
		    pick(tails, ROWS(tails)));
	if (chance(20) == 0 && *text != '\0')
		text[chance((unsigned)strlen(text))] = (char)(1 + chance(255));
}

/* The list below by another way: label after label from the right. */
static bool
is_member(const char *origin)
{
	const char	*end;

	if (strcmp(origin, "https://app.example") == 0 ||
	    strcmp(origin, "http://localhost:3000") == 0 ||
	    strcmp(origin, "null") == 0)
		return true;
	if (strncmp(origin, "http://127.0.0.1", 16) == 0) {
		char	*rest;
		long	 port;

		if (origin[16] == '\0')
			return true;
		if (origin[16] != ':' || origin[17] < '1' || origin[17] > '9')
			return false;
		port = strtol(origin + 17, &rest, 10);
		return *rest == '\0' && port <= 65535;
	}
	if (strncmp(origin, "https://", 8) != 0)
		return false;
	end = strstr(origin, ".example.org");
	if (end == NULL || end == origin + 8 ||
	    (strcmp(end, ".example.org") != 0 &&
	    strcmp(end, ".example.org:8443") != 0))
		return false;
	for (const char *p = origin + 8; p < end; p++)
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') &&
		    *p != '-' && (*p != '.' || p[-1] == '/' ||
		    p[-1] == '.' || p[1] == '.'))
			return false;
	return true;
}

static void
only_members_are_echoed(void **state)
{
	struct cors_origin	 allow[] = { entry("https://app.example"),
		    entry("https://*.example.org"), entry("null"),
		    entry("https://*.example.org:8443"),
		    entry("http://localhost:3000"),
		    entry("http://127.0.0.1:*") };
	struct cors_rule	 r = rule();
	int			 echoed = 0, refused = 0, malformed = 0;

	(void)state;
	r.allow = allow;
	r.n_allow = ROWS(allow);
	for (int i = 0; i < 100000; i++) {
		char			 text[128];
		struct cors_grant	 g;

		make_origin(text, sizeof text);
		g = cors_decide(&r, text);
		if ((g.allow_origin != NULL) != is_member(text))
			fail_msg("%s: %s", text, g.allow_origin != NULL ?
			    "echoed" : "not echoed");
		if (g.allow_origin != NULL)
			assert_string_equal(g.allow_origin, text);
		assert_int_equal(g.err == OK, g.allow_origin != NULL);
		echoed += g.err == OK;
		refused += g.err == ERR_ORIGIN_NOT_ALLOWED;
		malformed += g.err == ERR_MALFORMED_ORIGIN;
	}
	assert_true(echoed > 1000 && refused > 1000 && malformed > 1000);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(every_row_of_the_table_holds),
		cmocka_unit_test(an_entry_is_made_canonical_or_refused),
		cmocka_unit_test(a_suffix_of_strangers_is_known),
		cmocka_unit_test(a_contradicting_rule_is_faulted),
		cmocka_unit_test(require_origin_refuses_requests_without),
		cmocka_unit_test(with_the_targets_policy_nobody_is_refused),
		cmocka_unit_test(every_origin_has_its_class),
		cmocka_unit_test(an_origin_has_at_most_255_bytes),
		cmocka_unit_test(no_byte_but_those_of_an_origin_passes),
		cmocka_unit_test(a_preflight_asks_for_one_method),
		cmocka_unit_test(
		    with_credentials_the_asked_names_are_reflected),
		cmocka_unit_test(at_most_64_names_are_reflected),
		cmocka_unit_test(a_configured_list_is_sent_as_it_is),
		cmocka_unit_test(
		    what_stands_in_for_authorization_is_allowed_with_it),
		cmocka_unit_test(some_names_belong_to_every_list),
		cmocka_unit_test(a_private_network_is_for_exact_origins),
		cmocka_unit_test(with_credentials_the_sent_names_are_exposed),
		cmocka_unit_test(each_field_stands_once),
		cmocka_unit_test(timing_is_for_the_same_origin),
		cmocka_unit_test(a_vary_of_all_stays_so),
		cmocka_unit_test(only_members_are_echoed),
	};

	return cmocka_run_group_tests_name("cors", tests, setup, teardown);
}
