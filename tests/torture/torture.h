#ifndef VIADUCT_TESTS_TORTURE_H
#define VIADUCT_TESTS_TORTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Which allocation of a process fails.  Lies in memory that the test shares
 * with the process, which is why the sizes are what they are: tests/lib/
 * torture.py writes it too.
 */
struct torture {
	_Atomic(int64_t)	 counted;	/* allocations until now */
	_Atomic(int64_t)	 at;		/* the one to fail; 0: none */
	_Atomic(int64_t)	 lasting;	/* not 0: and all behind it */
	_Atomic(int64_t)	 before;	/* when a request was read */
	_Atomic(int64_t)	 failed;	/* how many did */
};

/* One more allocation is asked for: is it one to fail?  Then errno says so,
 * and `trace_fd' has been told who asked, unless it is -1. */
bool		 torture_fails(void);
void		 torture_begin(struct torture *, int trace_fd);

#endif
