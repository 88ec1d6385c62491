#include "store/bus.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

/* Where this thread goes on when its access fails; NULL outside of one. */
static _Thread_local sigjmp_buf	*volatile back;

/* The signal comes at the access itself, in its thread.  One of any other
 * access comes again, and then ends the process as ever. */
static void
failed(int sig)
{
	if (back != NULL)
		siglongjmp(*back, 1);
	signal(sig, SIG_DFL);
}

void
bus_watch(void)
{
	struct sigaction	 sa = { .sa_handler = failed,
				    .sa_flags = SA_NODEFER };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGBUS, &sa, NULL);
}

bool
bus_safe(void (*touch)(void *), void *arg)
{
	sigjmp_buf	 here;

	if (sigsetjmp(here, 0) != 0) {
		back = NULL;
		return false;
	}
	back = &here;
	touch(arg);
	back = NULL;
	return true;
}
