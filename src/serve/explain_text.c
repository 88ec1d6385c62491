#include "serve/explain_out.h"

#include <string.h>

#include "client/pages.h"
#include "core/buf.h"
#include "core/escape.h"
#include "serve/explain.h"

enum { WIDTH = 79, OUTCOME_COLUMN = 2, TITLE_COLUMN = 11, FACT_COLUMN = 28 };

static const char *const	 outcomes[] = {
	[WALK_NOT_REACHED] = "-", [WALK_PASSED] = "pass",
	[WALK_REFUSED] = "REFUSE", [WALK_OPEN] = "open",
};

static void
blanks(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_char(b, ' ');
}

/* `at': the column that the line has come to. */
static void
column(struct buf *b, size_t *at, size_t to)
{
	if (*at < to)
		blanks(b, to - *at);
	*at = *at < to ? to : *at;
}

/* Words of a text, made safe, from the column `at' on; further lines begin at
 * `indent'.  Ends the line. */
static void
wrap(struct buf *b, size_t at, size_t indent, const char *text)
{
	struct buf	 safe;
	const char	*word;
	size_t		 len;
	bool		 first = true;

	buf_init(&safe, b->arena, b->max);
	escape_terminal(&safe, text);
	for (word = safe.data; *word != '\0'; word += len) {
		word += strspn(word, " ");
		if ((len = strcspn(word, " ")) == 0)
			break;
		if (!first && at + 1 + len > WIDTH) {
			buf_char(b, '\n');
			blanks(b, at = indent);
		} else if (!first) {
			buf_char(b, ' ');
			at++;
		}
		buf_add(b, word, len);
		at += len;
		first = false;
	}
	buf_char(b, '\n');
}

static void
paragraph(struct buf *b, size_t indent, const char *text)
{
	blanks(b, indent);
	wrap(b, indent, indent, text);
}

static void
step(struct buf *b, const struct explained_step *s)
{
	size_t	 at = OUTCOME_COLUMN + strlen(outcomes[s->outcome]);

	blanks(b, OUTCOME_COLUMN);
	buf_str(b, outcomes[s->outcome]);
	column(b, &at, TITLE_COLUMN);
	buf_str(b, s->title);
	at += strlen(s->title);
	column(b, &at, FACT_COLUMN);
	wrap(b, at, FACT_COLUMN, s->fact != NULL ? s->fact : "");
}

static void
steps(struct buf *b, const struct explanation *e)
{
	struct buf	 rest;

	buf_init(&rest, b->arena, 1024);
	buf_str(b, "\nRules\n");
	for (size_t i = 0; i < e->n_steps; i++) {
		if (e->steps[i].outcome != WALK_NOT_REACHED)
			step(b, &e->steps[i]);
		else
			buf_fmt(&rest, "%s%s", rest.len > 0 ? ", " :
			    "not reached: ", e->steps[i].title);
	}
	if (rest.len > 0)
		paragraph(b, OUTCOME_COLUMN, rest.data);
}

static void
answer(struct buf *b, const struct explanation *e)
{
	buf_fmt(b, "\nAnswer\n  %d %s%s\n", e->status,
	    page_reason(e->status), e->relayed ? ", or what the target says" :
	    "");
	for (size_t i = 0; i < e->fields.count; i++) {
		buf_str(b, "  ");
		escape_terminal(b, e->fields.list[i].name);
		buf_str(b, ": ");
		escape_terminal(b, e->fields.list[i].value);
		buf_char(b, '\n');
	}
	if (e->relayed)
		buf_str(b, "  and those fields of the target that may "
		    "cross\n");
}

static void
statement(struct buf *b, const char *text)
{
	size_t	 len;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		struct buf line;

		len = strcspn(text, "\n");
		buf_init(&line, b->arena, b->max);
		buf_add(&line, text, len);
		blanks(b, 4);
		escape_terminal(b, line.data);
		buf_char(b, '\n');
	}
}

static void
remedies(struct buf *b, const struct explanation *e)
{
	struct buf	 what;

	if (e->n_remedies > 0)
		buf_str(b, "\nWhat would change it\n");
	for (size_t i = 0; i < e->n_remedies; i++) {
		const struct remedy *r = &e->remedies[i];

		buf_init(&what, b->arena, b->max);
		buf_fmt(&what, "%s%s%s%s", r->what,
		    r->statement != NULL ? "  In " : "",
		    r->statement != NULL ? r->where : "",
		    r->statement != NULL ? ":" : "");
		paragraph(b, 2, what.data);
		if (r->statement != NULL)
			statement(b, r->statement);
	}
}

void
explain_put_text(struct buf *b, const struct explanation *e)
{
	const struct explained_view	*v = &e->view;

	escape_terminal(b, e->asked->method);
	buf_char(b, ' ');
	escape_terminal(b, e->path);
	if (e->origin != NULL) {
		buf_str(b, ", for a page of ");
		escape_terminal(b, e->origin);
	}
	if (e->err != OK)
		buf_fmt(b, "\nis refused: %s\n", err_word(e->err));
	else
		buf_str(b, v->script && !v->may_send ?
		    "\nis permitted, but browsers do not send it: the "
		    "preflight fails.\n" : "\nis permitted.\n");
	if (e->detail != NULL)
		paragraph(b, 0, e->detail);
	steps(b, e);
	answer(b, e);
	buf_str(b, "\nBrowser\n");
	for (size_t i = 0; i < v->n_sentences; i++)
		paragraph(b, 2, v->sentences[i]);
	remedies(b, e);
}
