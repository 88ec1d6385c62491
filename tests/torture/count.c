#include <errno.h>
#include <execinfo.h>
#include <stddef.h>

#include "tests/torture/torture.h"

static struct torture	*torture;
static int		 trace_fd = -1;

void
torture_begin(struct torture *t, int fd)
{
	torture = t;
	trace_fd = fd;
}

bool
torture_fails(void)
{
	void	*frames[24];
	int64_t	 n, at;

	if (torture == NULL)
		return false;
	n = ++torture->counted;
	at = torture->at;
	if (at == 0 || n < at || (n > at && !torture->lasting))
		return false;
	if (torture->failed++ == 0 && trace_fd != -1)
		backtrace_symbols_fd(frames, backtrace(frames, 24), trace_fd);
	errno = ENOMEM;
	return true;
}
