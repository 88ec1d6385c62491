#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include <cmocka.h>

#include "serve/serve.h"
#include "serve/serving.h"
#include "serve/worker.h"

/* A CGI program that is told to end, at the worst of all moments: when it has
 * looked whether it was, and begins to wait. */

static struct serving	*request;
static int		 waits, found;	/* in the first of them */

void
serve(struct serving *x)
{
	request = x;
}

/* In the place of the library's (--wrap). */
int	 __wrap_epoll_wait(int, struct epoll_event *, int, int);
int	 __real_epoll_wait(int, struct epoll_event *, int, int);

int
__wrap_epoll_wait(int fd, struct epoll_event *events, int most, int wait_ms)
{
	(void)wait_ms;
	if (waits++ > 0) {
		request->means->ended(request);
		return 0;
	}
	raise(SIGTERM);
	return found = __real_epoll_wait(fd, events, most, 0);
}

static void
a_signal_before_the_wait_ends_it(void **state)
{
	static char	*vars[] = { NULL };

	(void)state;
	assert_int_equal(worker_cgi(NULL, vars), 0);
	assert_int_equal(found, 1);
	assert_int_equal(waits, 2);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(a_signal_before_the_wait_ends_it),
	};

	return cmocka_run_group_tests_name("worker_cgi", tests, NULL, NULL);
}
