#ifndef VIADUCT_CLIENT_STATUS_SCOPE_H
#define VIADUCT_CLIENT_STATUS_SCOPE_H

#include <stdint.h>

struct buf;
struct stats_scope_view;
struct status;
struct stats_view;

/* What the parts of the counters' page are made from. */
struct status_part {
	struct buf		*b;
	const struct status	*st;
	const struct stats_view	*v;
	const char		*mount;
};

/* "18:31", a moment of the day in UTC. */
void	 status_moment(struct buf *, int64_t seconds);
/* What stands for a scope; it is HTML. */
void	 status_name(struct buf *, const struct stats_scope_view *);
/* How its target is, and for how long; nothing where that is not known. */
void	 status_target(const struct status_part *,
	    const struct stats_scope_view *);
/* The beginning of a link to the page with this scope on top. */
void	 status_link(const struct status_part *,
	    const struct stats_scope_view *);

/* Requests per minute and times, as plots and as tables, below headings of
 * this level. */
void	 status_plots(const struct status_part *,
	    const struct stats_scope_view *, int level);
/* By rule, by status, time taken and bytes, below headings of this level. */
void	 status_tables(const struct status_part *,
	    const struct stats_scope_view *, int level);
/* All of the one that is chosen, or that there is none of the name; nothing
 * where none is. */
void	 status_chosen(const struct status_part *);
/* Each scope in a line that opens, and all of them in one table. */
void	 status_routes(const struct status_part *);

#endif
