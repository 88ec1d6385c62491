#include "serve/server_facts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/io.h"
#include "core/arena.h"
#include "http/url.h"
#include "serve/serve.h"
#include "serve/serving.h"
#include "store/app.h"
#include "store/shm.h"

enum { MAX_TEXT = 1024 };

static void fact(const struct serving *, struct server_fact *,
    int state, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
fact(const struct serving *x, struct server_fact *f, int state,
    const char *fmt, ...)
{
	char	 text[MAX_TEXT];
	va_list	 ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	f->state = state;
	f->text = arena_strdup(x->rp.arena, text);
	f->text = f->text != NULL ? f->text : "";
}

static void
server(const struct serving *x, struct server_fact *f)
{
	const struct req	*rq = &x->rq;

	fact(x, f, FACT_PLAIN, "%.200s, which speaks %s; the client came by "
	    "%.20s", rq->server_software != NULL ? rq->server_software :
	    "a server without a name", x->io->framed ? "FastCGI" : "CGI",
	    rq->protocol != NULL ? rq->protocol : "an unknown protocol");
}

/* How target_mount() found it, in its order. */
static void
mount(const struct serving *x, struct server_fact *f)
{
	const struct req	*rq = &x->rq;
	const char		*at = x->m.mount[0] != '\0' ? x->m.mount : "/";
	const char		*script = rq->script_name != NULL ?
				    rq->script_name : "";

	if (x->s->conf.base_path[0] != '\0')
		fact(x, f, FACT_GOOD, "%.400s, by base_path", at);
	else if (rq->request_uri == NULL)
		fact(x, f, FACT_GOOD, "%.400s, by SCRIPT_NAME", at);
	else
		fact(x, f, FACT_GOOD, strcmp(script, x->m.mount) == 0 ?
		    "%.400s, by SCRIPT_NAME" : "%.400s, the folder of "
		    "SCRIPT_NAME, as behind a rewrite", at);
}

/* The path as the server reads it: decoded, and perhaps more than that. */
static const char *
servers_path(const struct serving *x)
{
	const char	*script = x->rq.script_name, *info = x->rq.path_info;
	size_t		 len = (script != NULL ? strlen(script) : 0) +
			    (info != NULL ? strlen(info) : 0) + 1;
	char		*path = arena_alloc(x->rp.arena, len);

	if (path != NULL)
		snprintf(path, len, "%s%s", script != NULL ? script : "",
		    info != NULL ? info : "");
	return path;
}

static void
request_uri(const struct serving *x, struct server_fact *f)
{
	const char	*uri = x->rq.request_uri, *theirs, *ours;

	if (uri == NULL) {
		fact(x, f, FACT_BAD, "it is not passed on: how a path was "
		    "encoded is lost, so that an encoded slash (%%2F) and two "
		    "slashes in a row are not what the client sent; let the "
		    "server pass REQUEST_URI, or use the ?route= and ?url= "
		    "forms");
		return;
	}
	ours = url_decode(x->rp.arena, uri, strcspn(uri, "?"));
	theirs = servers_path(x);
	if (ours != NULL && theirs != NULL && x->rq.path_info != NULL &&
	    strcmp(ours, theirs) != 0)
		fact(x, f, FACT_FAIR, "it is passed on, and the server reads "
		    "another path in it: %.300s; what was sent counts",
		    theirs);
	else
		fact(x, f, FACT_GOOD, "it is passed on as it was sent, so "
		    "that it does not matter what the server merges or "
		    "decodes");
}

/* Is there a pair of slashes in what was sent, and in what was read? */
static void
slashes(const struct serving *x, struct server_fact *f)
{
	const char	*uri = x->rq.request_uri, *theirs = servers_path(x);
	size_t		 len = uri != NULL ? strcspn(uri, "?") : 0;
	bool		 sent = uri != NULL && memmem(uri, len, "//", 2) !=
			    NULL;

	if (sent && theirs != NULL)
		fact(x, f, FACT_PLAIN, strstr(theirs, "//") != NULL ?
		    "the server leaves two in a row as they are" : "the "
		    "server makes one of two in a row; REQUEST_URI has both");
	else if (uri != NULL)
		fact(x, f, FACT_PLAIN, "this request has no two in a row; "
		    "REQUEST_URI would have both, whatever the server makes "
		    "of them");
	else
		fact(x, f, FACT_FAIR, "most servers make one of two in a row; "
		    "https:/host is understood, and ?url= survives all");
}

static void
authorization(const struct serving *x, struct server_fact *f)
{
	if (fields_get(&x->rq.fields, "Authorization") != NULL)
		fact(x, f, FACT_GOOD, "it arrives");
	else
		fact(x, f, FACT_PLAIN, "this request has none, or the server "
		    "withholds it: ask again with curl -H 'Authorization: "
		    "Bearer x'; callers can send X-Viaduct-Authorization "
		    "instead");
}

static void
https(const struct serving *x, struct server_fact *f)
{
	const char	*told = fields_get(&x->rq.fields,
			    "X-Forwarded-Proto");

	if (x->caller.https)
		fact(x, f, FACT_GOOD, "yes, %s", x->rq.https ?
		    "the server says so" : "a trusted proxy says so");
	else if (told != NULL && strcmp(told, "https") == 0 &&
	    !x->caller.client.proxied)
		fact(x, f, FACT_FAIR, "X-Forwarded-Proto says https, but its "
		    "sender is not in trusted_proxies");
	else
		fact(x, f, FACT_PLAIN, "no: the client speaks plain HTTP");
}

static void
client(const struct serving *x, struct server_fact *f)
{
	const char	*address = x->caller.client.address;
	const char	*peer = x->rq.peer != NULL ? x->rq.peer : "";
	const char	*told = fields_get(&x->rq.fields, "X-Forwarded-For");

	if (address[0] == '\0')
		fact(x, f, FACT_FAIR, "unknown: REMOTE_ADDR is no address, so "
		    "that all callers count as one");
	else if (x->caller.client.proxied)
		fact(x, f, FACT_GOOD, "%s, by X-Forwarded-For of the trusted "
		    "proxy %.60s", address, peer);
	else if (told != NULL)
		fact(x, f, FACT_FAIR, "%s, by REMOTE_ADDR; if that is a proxy "
		    "of yours, name it in trusted_proxies, or all callers "
		    "count as one", address);
	else
		fact(x, f, FACT_GOOD, "%s, by REMOTE_ADDR", address);
}

static void
host(const struct serving *x, struct server_fact *f)
{
	const char	*name = fields_get(&x->rq.fields, "Host");

	if (name == NULL)
		fact(x, f, FACT_FAIR, "it is not passed on, so that "
		    "preserve_host cannot work");
	else
		fact(x, f, FACT_GOOD, "%.200s", name);
}

static void
shared(const struct serving *x, struct server_fact *f)
{
	if (shm_is_of(x->s->shm, x->s->conf.state))
		fact(x, f, FACT_GOOD, "shared by all processes, in %.600s",
		    x->s->conf.state);
	else
		fact(x, f, FACT_BAD, "of this process alone: %.600s/" SHM_FILE
		    " cannot be used; the error log says why",
		    x->s->conf.state);
}

static void
operator_by(const struct serving *x, struct server_fact *f)
{
	if (x->s->conf.operator_key_file != NULL)
		fact(x, f, FACT_GOOD, "you have shown the operator's key");
	else
		fact(x, f, FACT_PLAIN, "you ask from this very host; set "
		    "operator_key_file to be known elsewhere");
}

static const struct {
	const char	*word, *title;
	void		 (*look)(const struct serving *,
			    struct server_fact *);
} rows[] = {
	{ "server", "Web server", server },
	{ "mount", "Mount", mount },
	{ "request_uri", "REQUEST_URI", request_uri },
	{ "slashes", "Slashes", slashes },
	{ "authorization", "Authorization", authorization },
	{ "https", "HTTPS", https },
	{ "client", "Client", client },
	{ "host", "Host", host },
	{ "counters", "Counters", shared },
	{ "operator", "Operator", operator_by },
};

size_t
server_facts(const struct serving *x, struct server_fact *to)
{
	size_t	 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		to[i].word = rows[i].word;
		to[i].title = rows[i].title;
		rows[i].look(x, &to[i]);
	}
	return i;
}
