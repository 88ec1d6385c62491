#ifndef VIADUCT_CORE_CLOCK_H
#define VIADUCT_CORE_CLOCK_H

#include <stdint.h>

int64_t	 clock_ms(void);	/* CLOCK_MONOTONIC, milliseconds; never 0 */

#endif
