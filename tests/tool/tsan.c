/*
 * What the thread sanitizer is told, in a build with it: no variable reaches a
 * program that a web server starts.
 *
 * race:watch - epoll_ctl() hands a descriptor on to whichever thread is woken
 *	by it, which may close it before the call returns here; the sanitizer
 *	takes that for a race of the call with close().  (serve/worker.c)
 * libnss_wrapper.so - names for tests; it is loaded before the sanitizer, which
 *	so sees its locks given back that it has not seen taken.
 * report_thread_leaks - a process whose drain is over ends at once, and joins
 *	none of the threads that still hang.
 */
const char	*__tsan_default_suppressions(void);
const char	*__tsan_default_options(void);

const char *
__tsan_default_suppressions(void)
{
	return "race:^watch$\n"
	    "mutex:libnss_wrapper.so\nrace:libnss_wrapper.so\n";
}

const char *
__tsan_default_options(void)
{
	return "report_thread_leaks=0";
}
