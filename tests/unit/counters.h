#ifndef VIADUCT_TESTS_UNIT_COUNTERS_H
#define VIADUCT_TESTS_UNIT_COUNTERS_H

#include "store/stats_area.h"
#include "tests/unit/fixture.h"

/* Counters in a file that processes share, as store/shm has them. */
extern struct stats_area	*area;
extern struct stats		*s;	/* this process's */
extern const unsigned char	 counters_seed[16];
extern const int64_t		 noon;	/* a minute's begin */

int	 counters_setup(void **state);
int	 counters_teardown(void **state);

/* s, as another process would have it.  Its file stays open until then. */
struct stats	*counters_open(int *fd);
int		 counters_read(void);	/* the file, to be read only */
void		 counters_close(struct stats *, int fd);
/* As who comes after this process. */
void		 counters_again(void);

const struct stats_view	*view(int64_t now_s);
const struct stats_scope_view *scope(const struct stats_view *,
	    const char *name);	/* it is there */
uint64_t	 outcome(const struct stats_view *, const struct stats_sum *,
	    const char *word);

/* Where requests to this route are counted; NULL: of no route. */
struct stats_entry place(const char *route);
/* One that takes 1.5 ms. */
void		 one(const char *route, enum err, int64_t now_s);

#endif
