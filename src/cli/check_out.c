#include "cli/check_out.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/escape.h"
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
check_out_json(struct buf *b, const char *text)
{
	if (text == NULL) {
		buf_str(b, "null");
		return;
	}
	buf_char(b, '"');
	escape_json(b, text);
	buf_char(b, '"');
}

void
check_out_finding(void *out, bool warning, const char *where,
    const char *what)
{
	struct check_out	*o = out;
	struct buf		*b = &o->findings;

	if (!o->json) {
		check_out_line(o, "%s%s%s%s", where != NULL ? where : "",
		    where != NULL ? ": " : "", warning ? "warning: " : "",
		    what);
		return;
	}
	buf_fmt(b, "%s\n    {\"kind\": \"%s\", \"where\": ",
	    b->len > 0 ? "," : "", warning ? "warning" : "problem");
	check_out_json(b, where);
	buf_str(b, ", \"text\": ");
	check_out_json(b, what);
	buf_char(b, '}');
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

static void
put_document(const struct check_out *o, int status)
{
	struct buf	 b;

	buf_init(&b, &o->ck->arena, MAX_LINE);
	check_out_json(&b, o->settings);
	printf("{\n  \"settings\": %s,\n  \"findings\": [%s%s],\n", b.data,
	    o->findings.data, o->findings.len > 0 ? "\n  " : "");
	if (o->probed)
		printf("  \"targets\": [%s%s],\n", o->targets.data,
		    o->targets.len > 0 ? "\n  " : "");
	printf("  \"problems\": %d,\n  \"warnings\": %d,\n  \"status\": %d\n"
	    "}\n", o->ck->problems, o->ck->warnings, status);
}

static void
put_verdict(const struct check *ck)
{
	if (ck->problems == 0 && ck->warnings == 0)
		printf("sound\n");
	else
		printf("%d problem%s, %d warning%s\n", ck->problems,
		    ck->problems == 1 ? "" : "s", ck->warnings,
		    ck->warnings == 1 ? "" : "s");
}

int
check_out_end(struct check_out *o)
{
	const struct check	*ck = o->ck;
	int			 status;

	status = ck->blind ? CHECK_BLIND : ck->problems > 0 ? CHECK_PROBLEMS :
	    CHECK_SOUND;
	if (buf_failed(&o->findings) || buf_failed(&o->targets)) {
		/* What is not whole says that there is nothing else. */
		fprintf(stderr, "viaduct check: no memory is left\n");
		return CHECK_BLIND;
	}
	if (o->json)
		put_document(o, status);
	else if (o->settings != NULL)
		put_verdict(ck);
	return status;
}
