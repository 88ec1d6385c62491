#include "upstream/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/buf.h"

static void
forget_place(struct told *told)
{
	free(told->place);
	free(told->host);
	told->place = told->host = NULL;
}

void
told_free(struct told *told)
{
	forget_place(told);
	curl_url_cleanup(told->url);
}

static void
add_part(struct buf *b, CURLU *u, CURLUPart part)
{
	char	*text = NULL;

	if (curl_url_get(u, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
		b->failed = true;
	else
		buf_str(b, text);
	curl_free(text);
}

/* Does libcurl find the place there that policy looked at?  To ask for its
 * parts is half as long as to ask for the whole. */
static bool
same_place(struct transfer *t, CURLU *u)
{
	struct url	 theirs;
	const char	*why;
	struct buf	 b;

	buf_init(&b, t->arena, FIELD_MAX_VALUE);
	add_part(&b, u, CURLUPART_SCHEME);
	buf_str(&b, "://");
	add_part(&b, u, CURLUPART_HOST);
	buf_char(&b, ':');
	add_part(&b, u, CURLUPART_PORT);
	return !buf_failed(&b) &&
	    url_split(t->arena, b.data, &theirs, &why) == OK &&
	    url_same_origin(t->f->target, &theirs);
}

/*
 * libcurl's parser is generous, ours is not: what both read must be the same
 * place, else one of them could be led elsewhere than policy looked.  libcurl
 * connects to what was compared here (CURLOPT_CURLU), and reads no text again;
 * URL is what it repeats a request by, and says the same.
 */
static enum err
new_place(struct transfer *t, const char *text)
{
	struct told	*told = &t->handle->told;
	CURL		*c = t->handle->easy;

	forget_place(told);
	if (told->url == NULL && (told->url = curl_url()) == NULL)
		return ERR_NO_MEMORY;
	if (curl_url_set(told->url, CURLUPART_URL, text, CURLU_DISALLOW_USER |
	    CURLU_PATH_AS_IS) != CURLUE_OK || !same_place(t, told->url) ||
	    curl_easy_setopt(c, CURLOPT_URL, text) != CURLE_OK ||
	    curl_easy_setopt(c, CURLOPT_CURLU, told->url) != CURLE_OK)
		return ERR_INTERNAL;
	told->judged = *t->f->target;
	told->judged.host = told->host = strdup(t->f->target->host);
	if (told->host == NULL || (told->place = strdup(text)) == NULL)
		return ERR_NO_MEMORY;
	return OK;
}

/* These bytes of the URL are all that libcurl is to read. */
static enum err
set_place(struct transfer *t, size_t len)
{
	const struct told	*told = &t->handle->told;
	char			*text;

	if (told->place != NULL &&
	    strncmp(told->place, t->f->url, len) == 0 &&
	    told->place[len] == '\0')
		return url_same_origin(t->f->target, &told->judged) ? OK :
		    ERR_INTERNAL;
	text = arena_strndup(t->arena, t->f->url, len);
	return text == NULL ? ERR_NO_MEMORY : new_place(t, text);
}

/*
 * What is sent of the URL, byte for byte as policy judged it.  These are the
 * bytes that url_split() takes; no other may end the line that they stand in.
 */
static enum err
set_target(struct transfer *t, const char *target)
{
	const char	*c;
	struct buf	 b;

	for (c = target; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || *c == '#')
			return ERR_INTERNAL;
	if (*target != '/') {
		buf_init(&b, t->arena, (size_t)(c - target) + 2);
		buf_char(&b, '/');
		buf_str(&b, target);
		if (buf_failed(&b))
			return ERR_NO_MEMORY;
		target = b.data;
	}
	return curl_easy_setopt(t->handle->easy, CURLOPT_REQUEST_TARGET,
	    target) == CURLE_OK ? OK : ERR_INTERNAL;
}

/* A proxy that is asked for plain HTTP is sent the whole URL, which libcurl
 * makes of what it has read. */
static enum err
set_url(struct transfer *t)
{
	const char	*url = t->f->url, *host = strstr(url, "://");
	size_t		 len;
	enum err	 e;

	if (host == NULL)
		return ERR_INTERNAL;
	if (t->f->outbound_proxy != NULL && !t->f->target->https) {
		curl_easy_setopt(t->handle->easy, CURLOPT_REQUEST_TARGET,
		    NULL);
		return set_place(t, strlen(url));
	}
	host += strlen("://");
	len = (size_t)(host - url) + strcspn(host, "/?");
	e = set_place(t, len);
	return e == OK ? set_target(t, url + len) : e;
}

/* One line of the list; the nodes are the arena's, libcurl only reads them. */
static enum err
add_line(struct transfer *t, struct curl_slist ***tail, const char *name,
    const char *value)
{
	struct curl_slist	*line;
	size_t			 n = strlen(name), length = strlen(value);
	char			*text;

	line = arena_alloc(t->arena, sizeof(*line));
	text = arena_bytes(t->arena, n + 2 + length + 1);
	if (line == NULL || text == NULL)
		return ERR_NO_MEMORY;
	memcpy(text, name, n);
	/* "Name:" would remove the field. */
	memcpy(text + n, length > 0 ? ": " : ";", 2);
	memcpy(text + n + (length > 0 ? 2 : 1), value, length + 1);
	line->data = text;
	**tail = line;
	*tail = &line->next;
	return OK;
}

/* What libcurl would add by itself, taken away. */
static char			 accept_gone[] = "Accept:",
				 expect_gone[] = "Expect:";
static struct curl_slist	 no_expect = { .data = expect_gone };
static struct curl_slist	 no_accept = { .data = accept_gone,
				    .next = &no_expect };

static enum err
set_fields(struct transfer *t)
{
	struct curl_slist	*list = NULL, **tail = &list;
	const struct fields	*up = t->f->fields;
	size_t			 i;
	enum err		 e;

	for (i = 0; i < up->count; i++) {
		if (!field_ok(up->list[i].name, up->list[i].value))
			return ERR_INTERNAL;
		e = add_line(t, &tail, up->list[i].name, up->list[i].value);
		if (e != OK)
			return e;
	}
	if (t->f->host != NULL &&
	    (e = add_line(t, &tail, "Host", t->f->host)) != OK)
		return e;
	*tail = fields_get(up, "Accept") == NULL ? &no_accept : &no_expect;
	return curl_easy_setopt(t->handle->easy, CURLOPT_HTTPHEADER, list) ==
	    CURLE_OK ? OK : ERR_INTERNAL;
}

/* PUT, POST and PATCH say the length of their body even when it is nothing. */
static bool
means_content(const char *method)
{
	return method[0] == 'P';
}

/*
 * libcurl sends again what was lost on a kept connection.  With a body it
 * cannot, since we keep none; POST and PATCH without one may do a thing twice
 * then (RFC 9110 9.2.2), and get a connection of their own.
 */
static bool
must_not_repeat(const struct fetch *f)
{
	return f->body_bytes == 0 && (strcmp(f->method, "POST") == 0 ||
	    strcmp(f->method, "PATCH") == 0);
}

static enum err
set_method(struct transfer *t)
{
	CURL		*c = t->handle->easy;
	const char	*method = t->f->method;
	bool		 sends, head, named;
	int		 bad = 0;

	sends = t->f->body_bytes != 0 || means_content(method);
	head = !sends && strcmp(method, "HEAD") == 0;
	named = sends || (!head && strcmp(method, "GET") != 0);
	bad |= curl_easy_setopt(c, CURLOPT_FRESH_CONNECT,
	    must_not_repeat(t->f) ? 1L : 0L) != CURLE_OK;
	bad |= curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST,
	    named ? method : NULL) != CURLE_OK;
	/* This ends UPLOAD and NOBODY, which one of the next may begin. */
	bad |= curl_easy_setopt(c, CURLOPT_HTTPGET, 1L) != CURLE_OK;
	if (sends) {
		bad |= curl_easy_setopt(c, CURLOPT_UPLOAD, 1L) != CURLE_OK;
		bad |= curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE,
		    (curl_off_t)t->f->body_bytes) != CURLE_OK;
	} else if (head)
		bad |= curl_easy_setopt(c, CURLOPT_NOBODY, 1L) != CURLE_OK;
	return bad ? ERR_INTERNAL : OK;
}

/*
 * What no transfer changes is stated when a handle is new, and anew after each
 * transfer that may have left something else, too: libcurl counts how often it
 * repeats requests until there is a reset, and gives up at the sixth.  What a
 * transfer may change, each of them states, whether it wants it otherwise or
 * not.  Nobody states options but this, transfer_watch(), after which a handle
 * begins anew, and who cuts a transfer short, by FORBID_REUSE.
 */
enum err
transfer_options(struct transfer *t)
{
	CURL		*c = t->handle->easy;
	struct told	*told = &t->handle->told;
	enum err	 e;

	if (!told->fixed) {
		forget_place(told);
		if ((e = transfer_fixed(t)) != OK)
			return e;
	}
	told->fixed = false;	/* until transfer_report() */
	if ((e = set_url(t)) != OK || (e = set_fields(t)) != OK ||
	    (e = set_method(t)) != OK)
		return e;
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 0L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)t->f->rules->connect_timeout_ms);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t);
	curl_easy_setopt(c, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_READDATA, t);
	return OK;
}
