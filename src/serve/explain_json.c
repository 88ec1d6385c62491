#include "serve/explain_out.h"

#include "core/buf.h"
#include "core/escape.h"
#include "serve/explain.h"

static void
text(struct buf *b, const char *value)
{
	if (value == NULL) {
		buf_str(b, "null");
		return;
	}
	buf_char(b, '"');
	escape_json(b, value);
	buf_char(b, '"');
}

static void
member(struct buf *b, const char *name, const char *value)
{
	buf_fmt(b, "\"%s\": ", name);
	text(b, value);
}

static const char *
truth(bool is)
{
	return is ? "true" : "false";
}

static void
steps(struct buf *b, const struct explanation *e)
{
	static const char *const outcomes[] = {
		[WALK_NOT_REACHED] = "not_reached", [WALK_PASSED] = "pass",
		[WALK_REFUSED] = "refuse", [WALK_OPEN] = "open",
	};

	buf_str(b, "  \"steps\": [");
	for (size_t i = 0; i < e->n_steps; i++) {
		const struct explained_step *s = &e->steps[i];

		buf_str(b, i > 0 ? ",\n    {" : "\n    {");
		member(b, "step", s->word);
		buf_str(b, ", ");
		member(b, "outcome", outcomes[s->outcome]);
		buf_str(b, ", ");
		member(b, "rule", s->err != OK ? err_word(s->err) : NULL);
		buf_str(b, ", ");
		member(b, "fact", s->fact);
		buf_char(b, '}');
	}
	buf_str(b, "\n  ],\n");
}

static void
answer(struct buf *b, const struct explanation *e)
{
	buf_fmt(b, "  \"answer\": {\n    \"status\": %d,\n    \"relayed\": "
	    "%s,\n    \"fields\": [", e->status, truth(e->relayed));
	for (size_t i = 0; i < e->fields.count; i++) {
		buf_str(b, i > 0 ? ",\n      {" : "\n      {");
		member(b, "name", e->fields.list[i].name);
		buf_str(b, ", ");
		member(b, "value", e->fields.list[i].value);
		buf_char(b, '}');
	}
	buf_str(b, "\n    ]\n  },\n");
}

static void
view(struct buf *b, const struct explained_view *v)
{
	static const char *const reads[] = { [VIEW_NO] = "no",
	    [VIEW_YES] = "yes", [VIEW_UNKNOWN] = "unknown" };

	buf_fmt(b, "  \"browser\": {\n    \"script\": %s,\n",
	    truth(v->script));
	if (v->script)
		buf_fmt(b, "    \"preflight\": %s,\n    \"sends\": %s,\n"
		    "    \"reads\": \"%s\",\n    \"reads_with_credentials\": "
		    "\"%s\",\n", truth(v->asks_first), truth(v->may_send),
		    reads[v->plain], reads[v->credentials]);
	buf_str(b, "    ");
	member(b, "sees", v->sees);
	buf_str(b, ",\n    \"sentences\": [");
	for (size_t i = 0; i < v->n_sentences; i++) {
		buf_str(b, i > 0 ? ",\n      " : "\n      ");
		text(b, v->sentences[i]);
	}
	buf_str(b, "\n    ]\n  },\n");
}

static void
remedies(struct buf *b, const struct explanation *e)
{
	buf_str(b, "  \"remedies\": [");
	for (size_t i = 0; i < e->n_remedies; i++) {
		buf_str(b, i > 0 ? ",\n    {" : "\n    {");
		member(b, "what", e->remedies[i].what);
		buf_str(b, ", ");
		member(b, "statement", e->remedies[i].statement);
		buf_str(b, ", ");
		member(b, "where", e->remedies[i].where);
		buf_char(b, '}');
	}
	buf_str(b, e->n_remedies > 0 ? "\n  ]\n" : "]\n");
}

void
explain_put_json(struct buf *b, const struct explanation *e)
{
	const struct { const char *name, *value; } members[] = {
		{ "method", e->asked->method }, { "path", e->path },
		{ "origin", e->origin },
		{ "rule", e->err != OK ? err_word(e->err) : NULL },
		{ "detail", e->detail }, { "route", e->route },
		{ "sends", e->sends },
	};

	buf_fmt(b, "{\n  \"permitted\": %s,\n", truth(e->err == OK));
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		buf_str(b, "  ");
		member(b, members[i].name, members[i].value);
		buf_str(b, ",\n");
	}
	steps(b, e);
	answer(b, e);
	view(b, &e->view);
	remedies(b, e);
	buf_str(b, "}\n");
}
