/*
 * The program, of which allocations fail.
 *
 *	torture each FOLDER FIRST LAST STEP lasting|once [ARGUMENT]...
 *		runs it again and again, the n-th time with its n-th allocation
 *		failing, from FIRST to LAST by STEP or until none fails.  Its
 *		output goes to FOLDER/n.out and n.err, who asked in vain to
 *		n.at; standard input is FOLDER/input.  For each run a line:
 *		n, exit status or minus the signal, allocations, those
 *		before the request was read, how many failed.  {pid} as
 *		an ARGUMENT is replaced by a number that was not there
 *		before, as REMOTE_ADDR by an address.
 *	torture [ARGUMENT]...
 *		runs it once; TORTURE_FILE names the struct torture, which the
 *		test changes as it goes.  Without it nothing fails.
 *
 * Allocations of libraries fail, too, where the linker has loaded preload.so.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/io.h"
#include "client/req.h"
#include "tests/torture/torture.h"

enum { MAX_ARGUMENTS = 32, HANGS_S = 60 };

int		 __real_main(int, char **);
int		 __wrap_main(int, char **);
enum err	 __real_req_read(struct req *, struct io *, struct arena *);
enum err	 __wrap_req_read(struct req *, struct io *, struct arena *);

static struct torture	*torture;

static _Noreturn void
give_up(const char *what)
{
	perror(what);
	exit(3);
}

/* What was asked for until now was for settings and routes. */
enum err
__wrap_req_read(struct req *rq, struct io *io, struct arena *a)
{
	if (torture != NULL)
		torture->before = torture->counted;
	return __real_req_read(rq, io, a);
}

/* --- beginning ----------------------------------------------------------- */

/* Shared with who began us, or with our children (-1). */
static struct torture *
shared(int fd)
{
	void	*at = mmap(NULL, sizeof(struct torture), PROT_READ |
	    PROT_WRITE, fd == -1 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED,
	    fd, 0);

	if (at == MAP_FAILED)
		give_up("mmap");
	return at;
}

static void
begin(struct torture *t, int trace_fd)
{
	void	(*all)(struct torture *, int);

	torture = t;
	*(void **)&all = dlsym(RTLD_DEFAULT, "torture_begin_all");
	(all != NULL ? all : torture_begin)(t, trace_fd);
}

static int
once(const char *path, int argc, char **argv)
{
	int	 fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd == -1)
		give_up(path);
	begin(shared(fd), STDERR_FILENO);
	close(fd);
	return __real_main(argc, argv);
}

/* --- each in turn -------------------------------------------------------- */

static int
open_file(const char *folder, long n, const char *what, int flags)
{
	char	 path[4096];
	int	 fd;

	if (n == 0)
		snprintf(path, sizeof(path), "%s/%s", folder, what);
	else
		snprintf(path, sizeof(path), "%s/%ld.%s", folder, n, what);
	if ((fd = open(path, flags | O_CLOEXEC, 0644)) == -1)
		give_up(path);
	return fd;
}

static void
place(int fd, int where)
{
	if (dup2(fd, where) == -1)
		give_up("dup2");
	close(fd);
}

/* Another client each time, since one is limited. */
static void
choose_address(long pid)
{
	const char	*address = getenv("REMOTE_ADDR");
	char		 text[64];

	if (address == NULL || strcmp(address, "{pid}") != 0)
		return;
	snprintf(text, sizeof(text), "203.%ld.%ld.%ld", pid >> 16 & 255,
	    pid >> 8 & 255, pid & 255);
	setenv("REMOTE_ADDR", text, 1);
}

/* In the child. */
static _Noreturn void
run(struct torture *t, const char *folder, long n, int argc, char **argv)
{
	char	*words[MAX_ARGUMENTS + 1], number[32];
	int	 out = O_WRONLY | O_CREAT | O_TRUNC, trace, i;

	snprintf(number, sizeof(number), "%ld", (long)getpid());
	for (i = 0; i < argc && i < MAX_ARGUMENTS; i++)
		words[i] = strcmp(argv[i], "{pid}") == 0 ? number : argv[i];
	words[i] = NULL;
	choose_address(getpid());
	place(open_file(folder, 0, "input", O_RDONLY), STDIN_FILENO);
	trace = open_file(folder, n, "at", out);
	place(open_file(folder, n, "err", out), STDERR_FILENO);
	place(open_file(folder, n, "out", out), STDOUT_FILENO);
	alarm(HANGS_S);
	begin(t, trace);
	i = __real_main(i, words);
	torture_begin(NULL, -1);	/* what ends now is not ours */
	exit(i);
}

static void
each(struct torture *t, const char *folder, const char *const range[3],
    int argc, char **argv)
{
	long	 last = atol(range[1]), step = atol(range[2]);
	int	 status;
	pid_t	 pid;

	for (long n = atol(range[0]); n <= last; n += step) {
		t->counted = t->before = t->failed = 0;
		t->at = n;
		fflush(stdout);
		if ((pid = fork()) == 0)
			run(t, folder, n, argc, argv);
		if (pid == -1 || waitpid(pid, &status, 0) == -1)
			give_up("fork");
		printf("%ld %d %lld %lld %lld\n", n, WIFSIGNALED(status) ?
		    -WTERMSIG(status) : WEXITSTATUS(status),
		    (long long)t->counted, (long long)t->before,
		    (long long)t->failed);
		if (t->failed == 0)
			return;
	}
}

int
__wrap_main(int argc, char **argv)
{
	const char	*file = getenv("TORTURE_FILE");
	struct torture	*t;

	if (file != NULL)
		return once(file, argc, argv);
	if (argc < 7 || strcmp(argv[1], "each") != 0)
		return __real_main(argc, argv);
	t = shared(-1);
	t->lasting = strcmp(argv[6], "lasting") == 0;
	argv[6] = argv[0];
	each(t, argv[2], (const char *const[]){ argv[3], argv[4], argv[5] },
	    argc - 6, argv + 6);
	return 0;
}
