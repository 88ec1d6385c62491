#include "core/clock.h"

#include <time.h>

static int64_t
us(clockid_t clock)
{
	struct timespec	 ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_us(void)
{
	return us(CLOCK_MONOTONIC) + 1;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000 + 1;
}

int64_t
clock_wall_ms(void)
{
	return us(CLOCK_REALTIME) / 1000;
}
