#ifndef VIADUCT_CLIENT_STATUS_TABLE_H
#define VIADUCT_CLIENT_STATUS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Tables of the counters' page. */

struct status_column {
	const char	*title;		/* NULL: none */
	bool		 number;	/* at the right */
};
struct status_table {
	const char	*label;		/* for who listens to the page */
	const char	*of;		/* the route; any text; NULL: of all */
	bool		 wide;		/* to be scrolled on a phone, so it can
					 * be reached by keys */
	const struct status_column *columns;
	size_t		 n_columns;
};
void	 status_table_open(struct buf *, const struct status_table *);
void	 status_table_close(struct buf *, const struct status_table *);

/* A row begins with a word of ours, and ends with its line. */
void	 status_row(struct buf *, const char *head);
void	 status_row_end(struct buf *);
void	 status_cell(struct buf *, void (*write)(struct buf *, uint64_t),
	    uint64_t);
void	 status_cell_count(struct buf *, uint64_t);
void	 status_cell_share(struct buf *, uint64_t of, uint64_t all);
void	 status_cell_time(struct buf *, int64_t us);

#endif
