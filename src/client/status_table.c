#include "client/status_table.h"

#include "client/figures.h"
#include "core/buf.h"
#include "core/escape.h"

static void
label(struct buf *b, const struct status_table *t)
{
	buf_fmt(b, " aria-label=\"%s", t->label);
	if (t->of != NULL)
		escape_html_within(b, " of ", t->of, "");
	buf_char(b, '"');
}

void
status_table_open(struct buf *b, const struct status_table *t)
{
	if (t->wide) {
		buf_str(b, "<div class=\"scroll\" role=\"region\" "
		    "tabindex=\"0\"");
		label(b, t);
		buf_str(b, ">\n<table>\n<thead><tr>");
	} else {
		buf_str(b, "<table");
		label(b, t);
		buf_str(b, ">\n<thead><tr>");
	}
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct status_column	*c = &t->columns[i];

		if (c->title == NULL)
			buf_str(b, "<td></td>");
		else
			buf_fmt(b, "<th scope=\"col\"%s>%s</th>", c->number ?
			    " class=\"number\"" : "", c->title);
	}
	buf_str(b, "</tr></thead>\n<tbody>\n");
}

void
status_table_close(struct buf *b, const struct status_table *t)
{
	buf_fmt(b, "</tbody>\n</table>\n%s", t->wide ? "</div>\n" : "");
}

void
status_row(struct buf *b, const char *head)
{
	buf_fmt(b, "<tr><th scope=\"row\">%s</th>", head);
}

void
status_row_end(struct buf *b)
{
	buf_str(b, "</tr>\n");
}

void
status_cell(struct buf *b, void (*write)(struct buf *, uint64_t), uint64_t n)
{
	buf_str(b, "<td class=\"number\">");
	write(b, n);
	buf_str(b, "</td>");
}

void
status_cell_count(struct buf *b, uint64_t n)
{
	status_cell(b, figure_count, n);
}

void
status_cell_share(struct buf *b, uint64_t of, uint64_t all)
{
	buf_str(b, "<td class=\"number\">");
	figure_share(b, of, all);
	buf_str(b, "</td>");
}

void
status_cell_time(struct buf *b, int64_t us)
{
	buf_str(b, "<td class=\"number\">");
	figure_time(b, us);
	buf_str(b, "</td>");
}
