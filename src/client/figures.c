#include "client/figures.h"

#include <inttypes.h>

#include "core/buf.h"

void
figure_count(struct buf *b, uint64_t n)
{
	if (n >= 1000) {
		figure_count(b, n / 1000);
		buf_fmt(b, ",%03" PRIu64, n % 1000);
	} else
		buf_fmt(b, "%" PRIu64, n);
}

/* One decimal as long as there is one digit before it. */
static void
rounded(struct buf *b, double x, const char *unit)
{
	buf_fmt(b, x < 9.95 ? "%.1f %s" : "%.0f %s", x, unit);
}

void
figure_bytes(struct buf *b, uint64_t n)
{
	static const char *const	 units[] = { "KiB", "MiB", "GiB",
					    "TiB", "PiB" };
	double				 x = (double)n / 1024;
	size_t				 i = 0;

	if (n < 1024) {
		buf_fmt(b, "%" PRIu64 " B", n);
		return;
	}
	for (; x >= 1023.5 && i < sizeof(units) / sizeof(units[0]) - 1; i++)
		x /= 1024;
	rounded(b, x, units[i]);
}

void
figure_time(struct buf *b, int64_t us)
{
	if (us < 0)
		buf_char(b, '-');
	else if (us < 999500)
		rounded(b, (double)us / 1e3, "ms");
	else if (us < 119500000)
		rounded(b, (double)us / 1e6, "s");
	else
		rounded(b, (double)us / 60e6, "min");
}

void
figure_share(struct buf *b, uint64_t of, uint64_t all)
{
	double	 percent = all == 0 ? 0 : 100.0 * (double)of / (double)all;

	if (all == 0)
		buf_char(b, '-');
	else if (of == 0 || of == all)
		buf_str(b, of == 0 ? "0 %" : "100 %");
	else if (percent < 0.1)
		buf_str(b, "< 0.1 %");
	else if (percent > 99.9)
		buf_str(b, "> 99.9 %");
	else
		rounded(b, percent, "%");
}

void
figure_age(struct buf *b, int64_t seconds)
{
	static const struct { int64_t s; const char *unit; } units[] = {
		{ 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" },
	};
	size_t	 i = 0;

	if (seconds < 0)
		seconds = 0;
	while (i < 3 && seconds < 2 * units[i].s)
		i++;
	buf_fmt(b, "%" PRId64 " %s", seconds / units[i].s, units[i].unit);
}
