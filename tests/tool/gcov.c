/*
 * In a build with --enable-coverage: what a process has counted is also written
 * down where it ends by _exit(), or by SIGTERM as a CGI program does.
 */
#include <signal.h>

void		 __gcov_dump(void);
void		 __real__exit(int) __attribute__((noreturn));
void		 __wrap__exit(int) __attribute__((noreturn));

void
__wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

static void
ended(int sig)
{
	__gcov_dump();
	signal(sig, SIG_DFL);
	raise(sig);
}

__attribute__((constructor)) static void
begin(void)
{
	signal(SIGTERM, ended);
}
