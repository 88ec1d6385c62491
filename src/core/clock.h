#ifndef VIADUCT_CORE_CLOCK_H
#define VIADUCT_CORE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC; never 0. */
int64_t	 clock_ms(void);
int64_t	 clock_us(void);
/* Since 1970. */
int64_t	 clock_wall_ms(void);

#endif
