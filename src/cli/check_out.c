#include "cli/check_out.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/escape.h"
#include "core/json.h"
#include "store/check.h"

enum { MAX_DOCUMENT = 32 << 20, MAX_LINE = 256 * 1024 };

void
check_out_init(struct check_out *o, struct check *ck, bool json)
{
	*o = (struct check_out){ .ck = ck, .json = json };
	buf_init(&o->findings, &ck->arena, MAX_DOCUMENT);
	buf_init(&o->targets, &ck->arena, MAX_DOCUMENT);
}

void
check_out_finding(void *out, bool warning, const char *where,
    const char *what)
{
	struct check_out	*o = out;

	if (!o->json) {
		check_out_line(o, "%s%s%s%s", where != NULL ? where : "",
		    where != NULL ? ": " : "", warning ? "warning: " : "",
		    what);
		return;
	}
	check_json(&o->findings, warning, where, what);
}

void
check_out_line(struct check_out *o, const char *fmt, ...)
{
	char		 text[MAX_LINE];
	struct buf	 b;
	va_list		 ap;

	if (o->json)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_init(&b, &o->ck->arena, MAX_LINE);
	escape_terminal(&b, text);
	printf("%s\n", b.data);
}

/* An array of what stands there already. */
static void
put_list(struct buf *b, const char *name, const struct buf *elements)
{
	json_open(b, name, '[');
	buf_add(b, elements->data, elements->len);
	json_close(b, ']');
}

static bool
put_document(const struct check_out *o, int status)
{
	struct buf	 b;

	buf_init(&b, &o->ck->arena, 2 * MAX_DOCUMENT);
	json_open(&b, NULL, '{');
	json_text(&b, "settings", o->settings);
	put_list(&b, "findings", &o->findings);
	if (o->probed)
		put_list(&b, "targets", &o->targets);
	json_number(&b, "problems", o->ck->problems);
	json_number(&b, "warnings", o->ck->warnings);
	json_number(&b, "status", status);
	json_close(&b, '}');
	if (!buf_failed(&b))
		puts(b.data);
	return !buf_failed(&b);
}

static void
put_verdict(struct check *ck)
{
	struct buf	 b;

	buf_init(&b, &ck->arena, 128);
	if (ck->problems == 0 && ck->warnings == 0)
		buf_str(&b, "sound");
	else
		check_count(&b, ck);
	puts(b.data);
}

int
check_out_end(struct check_out *o)
{
	struct check	*ck = o->ck;
	int		 status;

	status = ck->blind ? CHECK_BLIND : ck->problems > 0 ? CHECK_PROBLEMS :
	    CHECK_SOUND;
	if (buf_failed(&o->findings) || buf_failed(&o->targets) ||
	    (o->json && !put_document(o, status))) {
		/* What is not whole says that there is nothing else. */
		fprintf(stderr, "viaduct check: no memory is left\n");
		return CHECK_BLIND;
	}
	if (!o->json && o->settings != NULL)
		put_verdict(ck);
	return status;
}
