#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/torture/torture.h"

/*
 * The same for the allocations of the whole process, those of libraries too.
 * Loaded before all else (LD_PRELOAD); glibc's own functions are beneath.
 * There are ten thousand of them in a request, most by the same ways: only the
 * first by each way counts, and a way is its innermost frames.
 */
enum { FRAMES = 8, WAYS = 1 << 14 };

void		*__libc_malloc(size_t);
void		*__libc_calloc(size_t, size_t);
void		*__libc_realloc(void *, size_t);
void		 torture_begin_all(struct torture *, int);

static bool			 on;
static int			 trace_fd;
static uint64_t			 ways[WAYS];
static _Thread_local bool	 inside;

/* Where it happened, so that the test sees in whose code. */
static void
crash(int sig)
{
	void	*frames[FRAMES * 3];

	inside = true;
	if (write(trace_fd, "crash\n", 6) == 6)
		backtrace_symbols_fd(frames, backtrace(frames, FRAMES * 3),
		    trace_fd);
	signal(sig, SIG_DFL);
	raise(sig);
}

void
torture_begin_all(struct torture *t, int fd)
{
	void	*frames[1];

	backtrace(frames, 1);	/* loads what it needs */
	trace_fd = fd;
	signal(SIGSEGV, crash);
	signal(SIGBUS, crash);
	signal(SIGABRT, crash);
	signal(SIGFPE, crash);
	torture_begin(t, fd);
	on = true;
}

static bool
is_new_way(void)
{
	void		*frames[FRAMES];
	int		 n = backtrace(frames, FRAMES);
	uint64_t	 hash = 14695981039346656037u;
	size_t		 i;

	while (n > 0)
		hash = (hash ^ (uintptr_t)frames[--n]) * 1099511628211u;
	for (i = hash % WAYS; ways[i] != 0 && ways[i] != hash;)
		i = (i + 1) % WAYS;
	if (ways[i] == hash)
		return false;
	ways[i] = hash;
	return true;
}

static bool
fails(void)
{
	bool	 yes;

	if (!on || inside)
		return false;
	inside = true;
	yes = is_new_way() && torture_fails();
	inside = false;
	return yes;
}

void *
malloc(size_t bytes)
{
	return fails() ? NULL : __libc_malloc(bytes);
}

void *
calloc(size_t n, size_t bytes)
{
	return fails() ? NULL : __libc_calloc(n, bytes);
}

void *
realloc(void *p, size_t bytes)
{
	return fails() ? NULL : __libc_realloc(p, bytes);
}
