#include "serve/explain_out.h"

#include "core/buf.h"
#include "core/json.h"
#include "serve/explain.h"

static void
steps(struct buf *b, const struct explanation *e)
{
	static const char *const outcomes[] = {
		[WALK_NOT_REACHED] = "not_reached", [WALK_PASSED] = "pass",
		[WALK_REFUSED] = "refuse", [WALK_OPEN] = "open",
	};

	json_open(b, "steps", '[');
	for (size_t i = 0; i < e->n_steps; i++) {
		const struct explained_step *s = &e->steps[i];

		json_open(b, NULL, '{');
		json_text(b, "step", s->word);
		json_text(b, "outcome", outcomes[s->outcome]);
		json_text(b, "rule", s->err != OK ? err_word(s->err) : NULL);
		json_text(b, "fact", s->fact);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void
answer(struct buf *b, const struct explanation *e)
{
	json_open(b, "answer", '{');
	json_number(b, "status", e->status);
	json_truth(b, "relayed", e->relayed);
	json_open(b, "fields", '[');
	for (size_t i = 0; i < e->fields.count; i++) {
		json_open(b, NULL, '{');
		json_text(b, "name", e->fields.list[i].name);
		json_text(b, "value", e->fields.list[i].value);
		json_close(b, '}');
	}
	json_close(b, ']');
	json_close(b, '}');
}

static void
view(struct buf *b, const struct explained_view *v)
{
	static const char *const reads[] = { [VIEW_NO] = "no",
	    [VIEW_YES] = "yes", [VIEW_UNKNOWN] = "unknown" };

	json_open(b, "browser", '{');
	json_truth(b, "script", v->script);
	if (v->script) {
		json_truth(b, "preflight", v->asks_first);
		json_truth(b, "sends", v->may_send);
		json_text(b, "reads", reads[v->plain]);
		json_text(b, "reads_with_credentials",
		    reads[v->credentials]);
	}
	json_text(b, "sees", v->sees);
	json_open(b, "sentences", '[');
	for (size_t i = 0; i < v->n_sentences; i++)
		json_text(b, NULL, v->sentences[i]);
	json_close(b, ']');
	json_close(b, '}');
}

static void
remedies(struct buf *b, const struct explanation *e)
{
	json_open(b, "remedies", '[');
	for (size_t i = 0; i < e->n_remedies; i++) {
		json_open(b, NULL, '{');
		json_text(b, "what", e->remedies[i].what);
		json_text(b, "statement", e->remedies[i].statement);
		json_text(b, "where", e->remedies[i].where);
		json_close(b, '}');
	}
	json_close(b, ']');
}

void
explain_put_json(struct buf *b, const struct explanation *e)
{
	json_open(b, NULL, '{');
	json_truth(b, "permitted", e->err == OK);
	json_text(b, "method", e->asked->method);
	json_text(b, "path", e->path);
	json_text(b, "origin", e->origin);
	json_text(b, "rule", e->err != OK ? err_word(e->err) : NULL);
	json_text(b, "detail", e->detail);
	json_text(b, "route", e->route);
	json_text(b, "sends", e->sends);
	steps(b, e);
	answer(b, e);
	view(b, &e->view);
	remedies(b, e);
	json_close(b, '}');
	buf_char(b, '\n');
}
