#include "http/field_edit.h"

#include <string.h>

#include "http/fields.h"
#include "http/fields_value.h"
#include "http/url.h"

static const char	 of_message[] = "this field belongs to the connection "
    "or to the length of the message: it cannot be set";
static const char	 of_cors[] = "CORS fields follow from the columns of "
    "the route: they cannot be set";
static const char	 of_server[] = "this field would command the web "
    "server in front: it cannot be set";
static const char	 of_host[] = "this field would change what browsers "
    "keep for the whole host: set it in the web server";
static const char	 of_login[] = "a challenge would make browsers keep a "
    "password for this host: it cannot be set";
static const char	 of_ours[] = "this field is viaduct's own: it cannot "
    "be set";

/* A name that ends in "*" stands for all that begin so.  sql/schema.sql has
 * the same lists. */
static const struct {
	const char	*name;
	bool		 up;		/* else only in answers */
	const char	*why;
} closed[] = {
	{ "connection",			true, of_message },
	{ "content-encoding",		true, of_message },
	{ "content-length",		true, of_message },
	{ "date",			true, of_message },
	{ "expect",			true, of_message },
	{ "host",			true, of_message },
	{ "http2-settings",		true, of_message },
	{ "keep-alive",			true, of_message },
	{ "proxy",			true, of_message },
	{ "proxy-authenticate",		true, of_message },
	{ "proxy-authentication-info",	true, of_message },
	{ "proxy-authorization",	true, of_message },
	{ "proxy-connection",		true, of_message },
	{ "proxy-status",		true, of_message },
	{ "te",				true, of_message },
	{ "trailer",			true, of_message },
	{ "transfer-encoding",		true, of_message },
	{ "upgrade",			true, of_message },
	{ "via",			true, of_message },
	{ "access-control-*",		true, of_cors },
	{ "origin",			true, of_cors },
	{ "timing-allow-origin",	true, of_cors },
	{ "location",			false, of_server },
	{ "nph-*",			false, of_server },
	{ "proxy-*",			false, of_server },
	{ "script-control",		false, of_server },
	{ "status",			false, of_server },
	{ "variable-*",			false, of_server },
	{ "x-accel-*",			false, of_server },
	{ "x-lighttpd-*",		false, of_server },
	{ "x-litespeed-*",		false, of_server },
	{ "x-pad",			false, of_server },
	{ "x-reproxy-url",		false, of_server },
	{ "x-sendfile*",		false, of_server },
	{ "accept-ch",			false, of_host },
	{ "alt-svc",			false, of_host },
	{ "clear-site-data",		false, of_host },
	{ "critical-ch",		false, of_host },
	{ "expect-ct",			false, of_host },
	{ "nel",			false, of_host },
	{ "origin-agent-cluster",	false, of_host },
	{ "public-key-pins*",		false, of_host },
	{ "report-to",			false, of_host },
	{ "sec-session-*",		false, of_host },
	{ "service-worker-allowed",	false, of_host },
	{ "set-cookie*",		false, of_host },
	{ "set-login",			false, of_host },
	{ "strict-transport-security",	false, of_host },
	{ "use-as-dictionary",		false, of_host },
	{ "www-authenticate",		false, of_login },
	{ "x-request-id",		false, of_ours },
};

bool
field_same_name(const char *a, const char *b)
{
	for (; *a != '\0'; a++, b++)
		if (value_fold(*a) != value_fold(*b))
			return false;
	return *b == '\0';
}

const char *
field_edit_fault(enum field_way way, const struct field *f)
{
	size_t	 i;

	if (!field_ok(f->name, ""))
		return "name must be the name of a header field";
	if (f->value != NULL && !field_ok(f->name, f->value))
		return "value must be text without control characters and "
		    "without a blank at its ends, at most 8,000 bytes, or "
		    "NULL to remove the field";
	for (i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		if ((closed[i].up || way == FIELD_DOWN) &&
		    value_compare_name(f->name, closed[i].name) == 0)
			return closed[i].why;
	if (way == FIELD_UP && f->value != NULL &&
	    field_same_name(f->name, "Authorization") &&
	    value_binds_connection(f->value))
		return "NTLM and Negotiate log in a connection, which routes "
		    "to the same target share: they cannot be set";
	return NULL;
}

/* Take out all fields of that name. */
static void
take_out(struct fields *fs, const char *name)
{
	for (size_t i = 0; i < fs->count;)
		if (field_same_name(fs->list[i].name, name))
			fields_remove(fs, fs->list[i].name);
		else
			i++;
}

enum err
fields_edit(struct fields *fs, const struct field_edits *edits)
{
	enum err	 e;

	for (size_t i = 0; i < edits->count; i++) {
		const struct field *f = &edits->list[i];

		take_out(fs, f->name);
		if (f->value != NULL &&
		    (e = fields_add(fs, f->name, f->value)) != OK)
			return e;
	}
	return OK;
}

void
fields_unset(struct fields *fs, const struct field_edits *edits)
{
	for (size_t i = 0; i < edits->count; i++)
		if (edits->list[i].value != NULL)
			take_out(fs, edits->list[i].name);
}

static bool
shows(const char *text, const char *plain, const char *secret)
{
	return strlen(secret) >= URL_MIN_SECRET &&
	    (strstr(text, secret) != NULL || strstr(plain, secret) != NULL);
}

bool
field_edits_show(struct arena *a, const struct field_edits *edits,
    const char *text)
{
	const char	*plain, *last;

	if (edits->count == 0)
		return false;
	if ((plain = url_decode_all(a, text)) == NULL)
		return true;
	for (size_t i = 0; i < edits->count; i++) {
		const struct field *f = &edits->list[i];

		if (f->value == NULL)
			continue;
		/* of "Bearer KEY", KEY is what must not be seen */
		last = strrchr(f->value, ' ');
		if (shows(text, plain, f->value) ||
		    (last != NULL && shows(text, plain, last + 1)))
			return true;
	}
	return false;
}
