#ifndef VIADUCT_CLIENT_FIGURES_H
#define VIADUCT_CLIENT_FIGURES_H

#include <stdint.h>

struct buf;

/* Numbers as people read them, plain ASCII. */

void	 figure_count(struct buf *, uint64_t);	/* 12,345 */
void	 figure_bytes(struct buf *, uint64_t);	/* 12 B, 1.2 KiB, 3 GiB */
void	 figure_time(struct buf *, int64_t us);	/* 0.3 ms, 12 ms, 1.2 s,
						 * 3.5 min; - below 0 */
void	 figure_share(struct buf *, uint64_t of, uint64_t all);	/* 0 %,
						 * < 0.1 %, 1.2 %; - of none */
void	 figure_age(struct buf *, int64_t seconds);	/* 5 s, 12 min, 3 h,
						 * 4 d */

#endif
