#include "client/req.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "client/io.h"
#include "core/arena.h"
#include "http/fields_value.h"
#include "http/forwarded.h"

/* Read aside, and judged when all variables have been seen. */
struct aside {
	size_t		 fields;	/* HTTP_*, repeated ones too */
	const char	*content_length, *content_type, *https, *scheme,
			*auth_type, *redirect_authorization;
	bool		 forwarded_twice;	/* one of those fields */
};

/* A CGI variable (RFC 3875), and where its value goes: as it stands, or
 * aside unless it is empty. */
struct variable { const char *name; size_t offset; bool aside; };
#define TAKEN(name, member)	{ name, offsetof(struct req, member), false }
#define ASIDE(name, member)	{ name, offsetof(struct aside, member), true }

enum { LONGEST = 27, MOST = 5 };

/* By the length of the name. */
static const struct variable variables[LONGEST + 1][MOST] = {
	[5] = { ASIDE("HTTPS", https) },
	[9] = { TAKEN("PATH_INFO", path_info), ASIDE("AUTH_TYPE", auth_type) },
	[11] = { TAKEN("REQUEST_URI", request_uri),
	    TAKEN("SCRIPT_NAME", script_name), TAKEN("REMOTE_ADDR", peer),
	    TAKEN("SERVER_ADDR", server_addr) },
	[12] = { TAKEN("QUERY_STRING", query_string),
	    ASIDE("CONTENT_TYPE", content_type) },
	[13] = { TAKEN("DOCUMENT_ROOT", document_root) },
	[14] = { TAKEN("REQUEST_METHOD", method),
	    ASIDE("CONTENT_LENGTH", content_length),
	    ASIDE("REQUEST_SCHEME", scheme) },
	[15] = { TAKEN("SERVER_PROTOCOL", protocol),
	    TAKEN("SERVER_SOFTWARE", server_software) },
	[27] = { ASIDE("REDIRECT_HTTP_AUTHORIZATION",
	    redirect_authorization) },
};

enum { ID_BYTES = 16, IDS = 16 };	/* fetched at a time */

/* A thread has its own, so that none waits for another. */
static unsigned char *
random_bytes(void)
{
	static _Thread_local unsigned char	 fetched[IDS][ID_BYTES];
	static _Thread_local size_t		 left;
	ssize_t					 got;

	if (left == 0) {
		got = getrandom(fetched, sizeof(fetched), 0);
		(void)got;	/* never short for 256 bytes (getrandom(2)) */
		left = IDS;
	}
	return fetched[--left];
}

static void
new_id(char id[33])
{
	static const char	 hex[] = "0123456789abcdef";
	unsigned char		*bytes = random_bytes();
	size_t			 i;

	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (i = 0; i < ID_BYTES; i++) {
		id[2 * i] = hex[bytes[i] >> 4];
		id[2 * i + 1] = hex[bytes[i] & 15];
	}
	id[32] = '\0';
}

/* "X_FORWARDED_FOR" of len bytes to "X-Forwarded-For". */
static char *
field_name(struct arena *a, const char *var, size_t len)
{
	char	*name = arena_strndup(a, var, len);
	bool	 first = true;
	size_t	 i;

	for (i = 0; name != NULL && i < len; i++) {
		if (!first || name[i] == '_')
			name[i] = (char)value_fold(name[i]);
		first = name[i] == '-';
	}
	return name;
}

static struct field *
find(struct fields *fs, const char *name)
{
	size_t	 i;

	for (i = 0; i < fs->count; i++)
		if (field_named(&fs->list[i], name))
			return &fs->list[i];
	return NULL;
}

/* nginx and HAProxy hand on a repeated field as a repeated variable. */
static enum err
join(struct fields *fs, struct field *f, const char *value)
{
	const char	*comma = field_named(f, "Cookie") ? "; " : ", ";
	size_t		 len = strlen(f->value), more = strlen(value);
	char		*both = arena_alloc(fs->arena, len + more + 3);

	if (both == NULL)
		return ERR_NO_MEMORY;
	memcpy(both, f->value, len);
	memcpy(both + len, comma, 2);
	memcpy(both + len + 2, value, more);
	f->value = both;
	fs->bytes += more + 2;
	return OK;
}

/*
 * Content-Length and Transfer-Encoding are of the server's connection, the
 * body has been taken out of them; Proxy is httpoxy.
 */
static bool
of_no_use(const struct field *f)
{
	return field_named(f, "Content-Length") ||
	    field_named(f, "Transfer-Encoding") || field_named(f, "Proxy");
}

/* What proxies write, and are believed for. */
static const char *const	 forwarded[] = { "X-Forwarded-For",
    "X-Forwarded-Proto" };
enum { N_FORWARDED = sizeof(forwarded) / sizeof(forwarded[0]) };

static bool
is_forwarded(const struct field *f)
{
	for (size_t i = 0; i < N_FORWARDED; i++)
		if (field_named(f, forwarded[i]))
			return true;
	return false;
}

/*
 * Beyond the number of fields a repeated one is not joined any more: each time
 * takes as much memory as all before it.  Others are still read, Origin may be
 * among them.
 */
static enum err
add_field(struct req *rq, struct aside *x, const char *var, size_t len,
    const char *value)
{
	const struct field	 said = { field_name(rq->fields.arena, var,
				    len), value };
	struct field		*f;

	if (said.name == NULL)
		return ERR_NO_MEMORY;
	if (of_no_use(&said)) {
		if (field_named(&said, "Transfer-Encoding"))
			rq->body_bytes = -1;
		return OK;
	}
	x->fields++;
	if ((f = find(&rq->fields, said.name)) == NULL)
		return fields_add(&rq->fields, said.name, value);
	if (is_forwarded(f))
		x->forwarded_twice = true;
	return x->fields > FIELDS_MAX_COUNT ? ERR_FIELDS_TOO_LARGE :
	    join(&rq->fields, f, value);
}

static const struct variable *
variable_named(const char *name, size_t len)
{
	const struct variable	*v;

	if (len > LONGEST)
		return NULL;
	for (v = variables[len]; v->name != NULL; v++)
		if (*name == *v->name && memcmp(name, v->name, len) == 0)
			return v;
	return NULL;
}

static enum err
read_var(struct req *rq, struct aside *x, const char *var)
{
	const char		*value = strchr(var, '=');
	const struct variable	*v;
	size_t			 len;

	if (value == NULL)
		return OK;
	len = (size_t)(value++ - var);
	if (len > 5 && memcmp(var, "HTTP_", 5) == 0)
		return add_field(rq, x, var + 5, len - 5, value);
	v = variable_named(var, len);
	if (v != NULL && (!v->aside || *value != '\0'))
		memcpy((v->aside ? (char *)x : (char *)rq) + v->offset,
		    &value, sizeof(value));
	return OK;
}

/*
 * Absent, empty (nginx without request buffering) or -1 (Caddy) with a body
 * that was chunked: read to the end.  A plain CGI program must not look for a
 * body that nothing announces, it would wait for ever.
 */
static enum err
read_length(struct req *rq, const char *text, bool framed)
{
	int64_t	 n = 0;

	if (text == NULL || strcmp(text, "-1") == 0) {
		if (framed)
			rq->body_bytes = -1;
		return OK;
	}
	for (; *text >= '0' && *text <= '9'; text++) {
		n = n * 10 + (*text - '0');
		if (n > (INT64_C(1) << 53))
			return ERR_BAD_LENGTH;
	}
	if (*text != '\0')
		return ERR_BAD_LENGTH;
	rq->body_bytes = n;
	return OK;
}

static enum err
judge_fields(const struct req *rq)
{
	const struct fields	*fs = &rq->fields;
	size_t			 i;

	if (fs->count > FIELDS_MAX_COUNT || fs->bytes > FIELDS_MAX_BYTES)
		return ERR_FIELDS_TOO_LARGE;
	for (i = 0; i < fs->count; i++)
		if (!field_ok(fs->list[i].name, fs->list[i].value))
			return strlen(fs->list[i].value) > FIELD_MAX_VALUE ||
			    strlen(fs->list[i].name) > FIELD_MAX_NAME ?
			    ERR_FIELDS_TOO_LARGE : ERR_MALFORMED_REQUEST;
	return OK;
}

/*
 * Authorization as the caller means it for us or for the target.  What the
 * server has judged itself (AUTH_TYPE) is for nobody else, and some servers
 * withhold the field altogether: then another one, which none of them knows,
 * stands in for it.
 */
static enum err
authorization(struct req *rq, const struct aside *x)
{
	static const char	 stand_in[] = "X-Viaduct-Authorization";
	struct fields		*fs = &rq->fields;
	const char		*value = fields_get(fs, "Authorization");
	const char		*other = fields_get(fs, stand_in);

	if (value != NULL)
		fields_remove(fs, "Authorization");
	if (other != NULL)
		fields_remove(fs, stand_in);
	if (value == NULL || *value == '\0')	/* so by SetEnvIf */
		value = x->redirect_authorization;
	if (x->auth_type != NULL)
		value = NULL;
	if (value == NULL) {
		value = other;
		rq->stand_in = other != NULL;
	}
	return value == NULL ? OK : fields_add(fs, "Authorization", value);
}

static enum err
judge(struct req *rq, const struct aside *x, bool framed)
{
	enum err	 e;

	rq->https = (x->https != NULL && strcasecmp(x->https, "off") != 0) ||
	    (x->scheme != NULL && strcasecmp(x->scheme, "https") == 0);
	rq->origin = fields_get(&rq->fields, "Origin");
	if (x->content_type != NULL &&
	    (e = fields_set(&rq->fields, "Content-Type", x->content_type))
	    != OK)
		return e;
	if (!forwarded_believed(rq->server_software, x->forwarded_twice))
		for (size_t i = 0; i < N_FORWARDED; i++)
			fields_remove(&rq->fields, forwarded[i]);
	if ((e = authorization(rq, x)) != OK || (e = judge_fields(rq)) != OK)
		return e;
	if (rq->method[0] == '\0')
		return ERR_MALFORMED_REQUEST;
	return read_length(rq, x->content_length, framed);
}

enum err
req_read(struct req *rq, struct io *io, struct arena *a)
{
	struct aside	 x = { 0 };
	enum err	 e = OK, first = OK;
	char		**v;

	memset(rq, 0, sizeof(*rq));
	rq->method = "";
	fields_init(&rq->fields, a);
	new_id(rq->id);
	for (v = io->vars; v != NULL && *v != NULL; v++)
		if ((e = read_var(rq, &x, *v)) != OK && first == OK)
			first = e;
	if ((e = judge(rq, &x, io->framed)) != OK && first == OK)
		first = e;
	if (first == OK && rq->body_bytes == -1 && io->at_end(io))
		rq->body_bytes = 0;
	return first;
}
