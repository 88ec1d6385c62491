#ifndef VIADUCT_SERVE_EXPLAIN_OUT_H
#define VIADUCT_SERVE_EXPLAIN_OUT_H

struct buf;
struct explanation;

/* Append an explanation; each makes every text safe for where it goes. */

/* For people at a terminal: lines of at most 79 columns, but for statements,
 * fields and long words. */
void	 explain_put_text(struct buf *, const struct explanation *);
/* One document; viaduct(1) says what its members are. */
void	 explain_put_json(struct buf *, const struct explanation *);
/* What goes into a page's <main>. */
void	 explain_put_html(struct buf *, const struct explanation *);

#endif
