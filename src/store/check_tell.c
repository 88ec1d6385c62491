#include "core/buf.h"
#include "core/json.h"
#include "store/check.h"

void
check_json(struct buf *b, bool warning, const char *where, const char *what)
{
	json_open(b, NULL, '{');
	json_text(b, "kind", warning ? "warning" : "problem");
	json_text(b, "where", where);
	json_text(b, "text", what);
	json_close(b, '}');
}

void
check_count(struct buf *b, const struct check *ck)
{
	buf_fmt(b, "%d problem%s, %d warning%s", ck->problems,
	    ck->problems == 1 ? "" : "s", ck->warnings,
	    ck->warnings == 1 ? "" : "s");
}
