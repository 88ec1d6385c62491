#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/clock.h"
#include "store/shm.h"
#include "store/stats_area.h"
#include "tests/unit/fixture.h"

enum { FILE_BYTES = 4096 + (65536 + 4096) * 8 + sizeof(struct stats_area) };

static const struct rate	 five = { INT64_C(3600000000), 5 };

/* The clock is the tests' own, and stands still; what comes in between while
 * it is read happens once. */
static int64_t		 now_us = INT64_C(7776000000000);
static void		(*meanwhile)(void);

int64_t
clock_us(void)
{
	int64_t	 read_us = now_us;
	void	(*come)(void) = meanwhile;

	meanwhile = NULL;
	if (come != NULL)
		come();
	return read_us;
}

static char		 folder[64], path[128];
static struct buf	 why;

static int
make_folder(void **state)
{
	setup(state);
	buf_init(&why, &arena, 4096);
	snprintf(folder, sizeof(folder), "/tmp/viaduct-shm.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/shm.v1", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	if (remove(path) == -1)
		rmdir(path);
	teardown(state);
	return rmdir(folder);	/* fails where anything is left in it */
}

static struct shm *
attached(void)
{
	struct shm	*m = shm_attach(folder, &why);

	if (m == NULL)
		fail_msg("%s", why.data);
	return m;
}

static int
passing(struct shm *m, const char *scope, const char *client, int tries)
{
	int	 n = 0;

	while (tries-- > 0)
		n += shm_take(m, scope, client, strlen(client), &five,
		    COST_REQUEST) == 0;
	return n;
}

static void
the_file_is_made_and_found_again(void **state)
{
	struct shm	*one = attached(), *two;
	struct stat	 st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_size, FILE_BYTES);
	assert_true(st.st_blocks >= FILE_BYTES / 512);
	assert_int_equal(passing(one, "r", "a", 3), 3);
	shm_drop(one);
	one = attached();
	two = attached();
	assert_int_equal(passing(two, "r", "a", 9), 2);
	assert_int_equal(passing(one, "r", "a", 9), 0);
	assert_true(shm_is_of(one, folder));
	shm_drop(one);
	shm_drop(two);
	assert_int_equal(why.len, 0);
}

static void
buckets_are_apart_by_scope_client_and_rate(void **state)
{
	const struct rate	 quick = { 1000, 1 };
	struct shm		*m = shm_private();

	(void)state;
	assert_non_null(m);
	assert_int_equal(passing(m, "r", "a", 9), 5);
	assert_int_equal(passing(m, "r", "b", 9), 5);
	assert_int_equal(passing(m, "o", "a", 9), 5);
	assert_int_equal(passing(m, "ra", "", 9), 5);
	/* An edit that loosens a limit holds at once. */
	assert_int_equal(shm_take(m, "r", "a", 1, &quick, COST_REQUEST), 0);
	assert_true(shm_take(m, "r", "a", 1, &five, COST_REQUEST) ==
	    five.period_us);
	shm_drop(m);
}

/* Who could tell which clients share a word could use up another's. */
static void
each_file_hashes_by_a_key_of_its_own(void **state)
{
	unsigned char	 seeds[2][16];
	int		 fd;

	(void)state;
	for (int i = 0; i < 2; i++) {
		shm_drop(attached());
		fd = open(path, O_RDONLY);
		assert_int_equal(pread(fd, seeds[i], 16, 16), 16);
		close(fd);
		assert_int_equal(unlink(path), 0);
	}
	assert_memory_not_equal(seeds[0], seeds[1], 16);
}

/* Which of many clients find their bucket in use at their first request. */
static void
meet(char met[3000])
{
	const struct rate	 once = { five.period_us, 1 };
	struct shm		*m = shm_private();

	assert_non_null(m);
	for (int i = 0; i < 3000; i++)
		met[i] = shm_take(m, "r", &i, sizeof(i), &once,
		    COST_REQUEST) != 0;
	shm_drop(m);
}

static void
who_shares_a_word_is_another_in_each_table(void **state)
{
	char	 one[3000], two[3000];
	int	 met = 0;

	(void)state;
	meet(one);
	meet(two);
	assert_memory_not_equal(one, two, sizeof(one));
	for (size_t i = 0; i < sizeof(one); i++)
		met += one[i];
	assert_in_range(met, 60, 250);	/* 137 are to be expected */
}

/* An address block has many clients: all words of slow rates may be busy. */
static void
slow_rates_shut_out_no_quick_ones(void **state)
{
	static const struct rate	 quick = { 50000, 100 };
	struct shm			*m = shm_private();

	(void)state;
	assert_non_null(m);
	for (int i = 0; i < 200000; i++)
		shm_take(m, "slow", &i, sizeof(i), &five, COST_REQUEST);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(shm_take(m, "quick", &i, sizeof(i), &quick,
		    COST_REQUEST), 0);
	shm_drop(m);
}

/* --- many processes ------------------------------------------------------ */

/* What `work' returns in a process of its own. */
static pid_t
start(int (*work)(void))
{
	pid_t	 pid = fork();

	if (pid == 0)
		_exit(work());
	assert_true(pid > 0);
	return pid;
}

enum { NONE, PASSED, MADE_ANEW, REFUSED = 4 };

static int
one_request(void)
{
	struct shm	*m = shm_attach(folder, &why);

	if (m == NULL)
		return REFUSED;
	return (passing(m, "r", "a", 1) ? PASSED : NONE) |
	    (why.len > 0 ? MADE_ANEW : NONE);
}

/* How many of 20 made the file anew. */
static int
five_of_20_pass(void)
{
	pid_t	 pids[20];
	int	 status, passed = 0, made = 0;

	buf_init(&why, &arena, 4096);
	for (int i = 0; i < 20; i++)
		pids[i] = start(one_request);
	for (int i = 0; i < 20; i++) {
		waitpid(pids[i], &status, 0);
		assert_true(WIFEXITED(status));
		assert_true(WEXITSTATUS(status) < REFUSED);
		passed += (WEXITSTATUS(status) & PASSED) != 0;
		made += (WEXITSTATUS(status) & MADE_ANEW) != 0;
	}
	assert_int_equal(passed, 5);
	return made;
}

static void
of_20_processes_at_once_five_pass(void **state)
{
	(void)state;
	assert_int_equal(five_of_20_pass(), 0);	/* it was not there */
}

/* So many that processes meet in the middle of a count. */
enum { MANY = 40000 };
static int	 counts[2];

static int
many_requests(void)
{
	const struct rate	 rate = { five.period_us, MANY };
	struct shm		*m = shm_attach(folder, &why);
	int			 n = 0;

	for (int i = 0; m != NULL && i < MANY; i++)
		n += shm_take(m, "r", "a", 1, &rate, COST_REQUEST) == 0;
	return write(counts[1], &n, sizeof(n)) != sizeof(n);
}

static void
none_is_counted_twice_or_not_at_all(void **state)
{
	int	 n, sum = 0;

	(void)state;
	assert_int_equal(pipe(counts), 0);
	for (int i = 0; i < 4; i++)
		start(many_requests);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(read(counts[0], &n, sizeof(n)), sizeof(n));
		sum += n;
		wait(NULL);
	}
	close(counts[0]);
	close(counts[1]);
	assert_int_equal(sum, MANY);
}

static struct shm	*busy;

static void
four_come(void)
{
	now_us += 50000;
	assert_int_equal(passing(busy, "r", "a", 4), 4);
}

/* One that was held up between its look at the clock and its count. */
static void
who_is_overtaken_is_not_early(void **state)
{
	(void)state;
	busy = shm_private();
	assert_non_null(busy);
	meanwhile = four_come;
	assert_int_equal(passing(busy, "r", "a", 1), 1);
	assert_int_equal(passing(busy, "r", "a", 1), 0);
	shm_drop(busy);
}

static int	 ready[2];

static int
endless_requests(void)
{
	struct shm	*m = shm_attach(folder, &why);

	for (int i = 0;; i++) {
		passing(m, "r", "a", 1);
		passing(m, "r", "b", 1);
		if (i == 100 && write(ready[1], "x", 1) != 1)
			return 1;
	}
}

static void
a_killed_process_holds_nothing(void **state)
{
	struct shm	*m = attached();
	char		 byte;
	pid_t		 pid;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	for (int i = 0; i < 20; i++) {
		pid = start(endless_requests);
		assert_int_equal(read(ready[0], &byte, 1), 1);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	close(ready[0]);
	close(ready[1]);
	assert_int_equal(passing(m, "r", "a", 9), 0);
	assert_int_equal(passing(m, "r", "c", 9), 5);
	shm_drop(m);
}

/* --- what cannot be used ------------------------------------------------- */

static void
assert_refused(const char *says)
{
	buf_init(&why, &arena, 4096);
	assert_null(shm_attach(folder, &why));
	if (strstr(why.data, says) == NULL)
		fail_msg("not %s: %s", says, why.data);
	assert_memory_equal(why.data, folder, strlen(folder));
}

static void
write_file(const char *bytes, size_t n, off_t size, mode_t mode)
{
	int	 fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd != -1 && write(fd, bytes, n) == (ssize_t)n);
	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static const struct damage {
	char		 bytes[12];	/* at its beginning; "-": as it was */
	off_t		 size;
	mode_t		 mode;
	const char	*says;
} damages[] = {
	{ "-", FILE_BYTES, 0620, "may be written by others" },
	{ "-", FILE_BYTES, 0602, "may be written by others" },
	{ "-", 0, 0600, "is not of the right size" },
	{ "-", FILE_BYTES - 1, 0600, "is not of the right size" },
	{ "-", FILE_BYTES + 1, 0600, "is not of the right size" },
	{ "", FILE_BYTES, 0600, "is not of this program's form" },
	{ "2tcudaiv\0\0\1", FILE_BYTES, 0600,
	    "is not of this program's form" },
	{ "1tcudaiv\0\0\2", FILE_BYTES, 0600,
	    "is not of this program's form" },
};

/* A good one that has come to this. */
static void
make_damaged(const struct damage *d)
{
	int	 fd;

	unlink(path);
	shm_drop(attached());
	if (d->bytes[0] != '-')
		write_file(d->bytes, sizeof(d->bytes), FILE_BYTES, 0600);
	assert_int_equal(truncate(path, d->size), 0);
	assert_true((fd = open(path, O_RDONLY)) != -1);
	assert_int_equal(fchmod(fd, d->mode), 0);
	close(fd);
}

static void
what_is_damaged_is_made_anew(void **state)
{
	struct shm	*m;
	struct stat	 was, is;
	int		 fd;

	(void)state;
	for (size_t i = 0; i < ROWS(damages); i++) {
		make_damaged(&damages[i]);
		assert_true((fd = open(path, O_RDONLY)) != -1);
		buf_init(&why, &arena, 4096);
		m = attached();
		if (strstr(why.data, damages[i].says) == NULL ||
		    strstr(why.data, ": it was made anew") == NULL)
			fail_msg("not %s: %s", damages[i].says, why.data);
		assert_memory_equal(why.data, path, strlen(path));
		/* Another one: who has the old one open may keep it. */
		assert_int_equal(fstat(fd, &was), 0);
		assert_int_equal(was.st_nlink, 0);
		close(fd);
		assert_int_equal(stat(path, &is), 0);
		assert_int_equal(is.st_mode, S_IFREG | 0600);
		assert_int_equal(is.st_size, FILE_BYTES);
		assert_true(shm_is_of(m, folder));
		assert_int_equal(passing(m, "r", "a", 9), 5);
		shm_drop(m);
		buf_init(&why, &arena, 4096);
		m = attached();
		assert_int_equal(why.len, 0);
		assert_int_equal(passing(m, "r", "a", 9), 0);
		shm_drop(m);
	}
}

/* Also by its owner: root may all. */
static int
attach_as_nobody(void)
{
	struct shm	*m;

	if (geteuid() == 0 && (chown(path, 65534, 65534) != 0 ||
	    chown(folder, 65534, 65534) != 0 || setgid(65534) != 0 ||
	    setuid(65534) != 0))
		return 1;
	if (chmod(path, 0) != 0 || (m = shm_attach(folder, &why)) == NULL)
		return 2;
	return strstr(why.data, "may not be opened: it was made anew") ==
	    NULL || passing(m, "r", "a", 9) != 5 || access(path, R_OK) != 0;
}

static void
what_may_not_be_opened_is_made_anew(void **state)
{
	int	 status;

	(void)state;
	shm_drop(attached());
	waitpid(start(attach_as_nobody), &status, 0);
	assert_int_equal(status, 0);
}

static void
many_that_mend_it_share_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(damages); i++) {
		make_damaged(&damages[i]);
		assert_int_equal(five_of_20_pass(), 1);
	}
}

/* Who has it mapped comes to the new one. */
static void
what_others_may_write_is_used_no_longer(void **state)
{
	struct shm	*m = attached();

	(void)state;
	assert_true(shm_is_of(m, folder));
	assert_int_equal(chmod(path, 0660), 0);
	assert_false(shm_is_of(m, folder));
	shm_drop(m);
}

static void
assert_holds(const char *file, const char *text)
{
	char	 bytes[64] = "";
	int	 fd = open(file, O_RDONLY);

	assert_true(fd != -1);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), strlen(text));
	assert_string_equal(bytes, text);
	close(fd);
}

static void
what_is_not_ours_is_left_alone(void **state)
{
	char		 other[160];
	struct stat	 st;

	(void)state;
	snprintf(other, sizeof(other), "%s/other", folder);
	write_file("dear", 4, 4, 0600);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_refused("cannot be opened");
	assert_holds(other, "dear");
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	unlink(path);
	unlink(other);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused("is no file");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_refused("cannot be opened");
	rmdir(path);
	if (geteuid() == 0) {
		write_file("dear", 4, 4, 0622);
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_refused("belongs to another user");
		assert_holds(path, "dear");
	}
}

/* --- while it is made ---------------------------------------------------- */

static const char *
fresh(void)
{
	static char	 text[160];

	snprintf(text, sizeof(text), "%s.new", path);
	return text;
}

static int	 locked[2], over[2];

/* Holds up the others until it is killed, or the test is over. */
static int
makes_for_ever(void)
{
	char	 byte;
	int	 fd = open(fresh(), O_RDWR | O_CREAT, 0600);

	close(over[1]);
	if (fd == -1 || flock(fd, LOCK_EX) == -1 ||
	    ftruncate(fd, FILE_BYTES + 1) == -1 ||
	    write(locked[1], "x", 1) != 1)
		return 1;
	return (int)read(over[0], &byte, 1);
}

static void
who_is_killed_while_he_makes_it_leaves_nothing(void **state)
{
	char	 byte;
	pid_t	 pid;

	(void)state;
	assert_int_equal(pipe(locked), 0);
	assert_int_equal(pipe(over), 0);
	for (int i = 0; i < 2; i++) {
		pid = start(makes_for_ever);
		assert_int_equal(read(locked[0], &byte, 1), 1);
		if (i == 0)	/* nor does it hold up for ever */
			assert_refused("makes it, and does not finish");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		assert_int_equal(five_of_20_pass(), 0);
		assert_int_equal(access(fresh(), F_OK), -1);
		unlink(path);
	}
	close(locked[0]);
	close(locked[1]);
	close(over[0]);
	close(over[1]);
}

/* A file made and locked, as by another process that makes it. */
static int
locks(void)
{
	int	 fd = open(fresh(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
		    0600);

	assert_true(fd != -1);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	return fd;
}

/* Until that process has opened the file that is open here, or has ended; what
 * it was given is no sign. */
static void
until_it_waits_for(pid_t pid, int fd, int given)
{
	const struct timespec	 nap = { 0, 1000000 };
	struct stat		 st, its;
	char			 link[64];

	assert_int_equal(fstat(fd, &st), 0);
	for (;; nanosleep(&nap, NULL)) {
		siginfo_t	 end = { .si_pid = 0 };

		waitid(P_PID, (id_t)pid, &end, WEXITED | WNOHANG | WNOWAIT);
		if (end.si_pid != 0)
			return;
		for (int i = 0; i < 64; i++) {
			snprintf(link, sizeof(link), "/proc/%d/fd/%d",
			    (int)pid, i);
			if (i != given && stat(link, &its) == 0 &&
			    its.st_ino == st.st_ino)
				return;
		}
	}
}

/* Whoever has waited looks again, and takes away nobody's work. */
static void
who_waited_uses_what_came(void **state)
{
	char	 aside[160];
	int	 first, second, status;
	pid_t	 pid;

	(void)state;
	snprintf(aside, sizeof(aside), "%s/aside", folder);
	shm_drop(attached());
	assert_int_equal(five_of_20_pass(), 0);
	assert_int_equal(rename(path, aside), 0);
	first = locks();
	pid = start(one_request);
	until_it_waits_for(pid, first, first);
	unlink(fresh());
	second = locks();
	assert_int_equal(flock(first, LOCK_UN), 0);
	until_it_waits_for(pid, second, first);
	assert_int_equal(access(fresh(), F_OK), 0);
	assert_int_equal(rename(aside, path), 0);
	close(first);
	close(second);
	waitpid(pid, &status, 0);
	assert_int_equal(status, NONE);
	assert_int_equal(access(fresh(), F_OK), -1);
}

/* Whatever lies in its place: nothing of it is written to. */
static void
no_other_file_is_written_to_while_it_is_made(void **state)
{
	char	 other[160];

	(void)state;
	snprintf(other, sizeof(other), "%s/other", folder);
	write_file("", 0, 0, 0600);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(link(other, fresh()), 0);
	shm_drop(attached());
	assert_holds(other, "");
	unlink(path);
	assert_int_equal(symlink(other, fresh()), 0);
	assert_refused("cannot be made");
	assert_holds(other, "");
	unlink(fresh());
	assert_int_equal(chmod(other, 0666), 0);
	assert_int_equal(rename(other, fresh()), 0);
	buf_init(&why, &arena, 4096);
	shm_drop(attached());		/* others may have it open */
	assert_int_equal(why.len, 0);
	assert_null(shm_fault(path, geteuid(), &(bool){ false }));
	assert_int_equal(access(fresh(), F_OK), -1);
	unlink(path);
	assert_int_equal(mkfifo(fresh(), 0600), 0);
	assert_refused("is no file");
	unlink(fresh());
}

static void
a_folder_that_is_none_is_named(void **state)
{
	struct shm	*m;

	(void)state;
	memcpy(folder + strlen(folder), "/no", 4);
	assert_refused("cannot be made: No such file");
	folder[strlen(folder) - 3] = '\0';
	assert_non_null(m = shm_private());
	assert_int_equal(passing(m, "r", "a", 9), 5);
	assert_false(shm_is_of(m, folder));
	shm_drop(m);
}

static int
on_a_full_disk(void)
{
	const struct rlimit	 small = { FILE_BYTES / 2, FILE_BYTES / 2 };
	struct stat		 st;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &small) != 0 ||
	    shm_attach(folder, &why) != NULL)
		return 1;
	return strstr(why.data, "cannot be made: File too large") == NULL ||
	    stat(path, &st) == 0;
}

static void
without_room_no_file_is_made(void **state)
{
	int	 status;

	(void)state;
	waitpid(start(on_a_full_disk), &status, 0);
	assert_int_equal(status, 0);
}

/* Written over by a copy of another day, say: that must end nobody. */
static void
a_file_that_is_cut_short_ends_nobody(void **state)
{
	struct shm	*m = attached(), *other = attached();

	(void)state;
	assert_int_equal(passing(m, "r", "a", 3), 3);
	assert_int_equal(truncate(path, 0), 0);
	assert_false(shm_has_failed(m));
	assert_int_equal(passing(m, "r", "a", 9), 5);
	assert_true(shm_has_failed(m));
	assert_int_equal(passing(other, "r", "a", 3), 3);
	/* Nor is it used again, when it has become longer. */
	assert_int_equal(truncate(path, FILE_BYTES), 0);
	assert_int_equal(passing(m, "r", "a", 9), 0);
	assert_int_equal(passing(other, "r", "a", 9), 2);
	shm_drop(m);
	shm_drop(other);
	m = shm_private();
	assert_false(shm_has_failed(m));
	shm_drop(m);
}

static void *
takes_on(void *arg)
{
	/* few clients: of many, one would now and then share its bucket with
	 * the one that is asked about afterwards */
	for (int i = 0, client; i < 2000; i++) {
		client = i % 4;
		shm_take(arg, "r", &client, sizeof(client), &five,
		    COST_REQUEST);
	}
	return NULL;
}

static void
nor_any_of_its_threads(void **state)
{
	struct shm	*m = attached();
	pthread_t	 threads[4];

	(void)state;
	assert_int_equal(truncate(path, 0), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, takes_on,
		    m), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(passing(m, "r", "a", 9), 5);
	shm_drop(m);
}

/* --- counters (test_stats has what they count) --------------------------- */

static uint64_t
counted(const struct shm *m)
{
	struct arena		 a;
	const struct stats_view	*v;
	uint64_t		 n;

	arena_init(&a, 8 << 20);
	assert_non_null(v = stats_read(shm_stats(m), &a, NULL,
	    60));
	n = stats_all(&v->all.ever);
	arena_free(&a);
	return n;
}

static void
count_one(const struct shm *m)
{
	const struct stats_request	 r = { .status = 200 };
	struct stats			*s = shm_stats(m);

	struct stats_entry		 e = stats_enter(s, STATS_NAMED, "a");

	stats_count(s, e.place, &r, 60);
	stats_leave(&e);
}

static void
counters_outlive_who_counted(void **state)
{
	struct shm	*m = attached();

	(void)state;
	count_one(m);
	shm_drop(m);
	m = attached();
	count_one(m);
	assert_int_equal(counted(m), 2);
	shm_drop(m);
}

static void
a_count_goes_on_where_the_file_is_cut_short(void **state)
{
	struct shm	*m = attached();
	struct stats_entry open;

	(void)state;
	count_one(m);
	open = stats_enter(shm_stats(m), STATS_NAMED, "b");
	assert_int_equal(truncate(path, 0), 0);
	count_one(m);
	assert_true(shm_has_failed(m));
	stats_leave(&open);
	count_one(m);
	assert_int_equal(counted(m), 2);
	assert_int_equal(stats_target(shm_stats(m), &open, ERR_DNS,
	    60), 0);
	assert_int_equal(passing(m, "r", "a", 9), 5);
	shm_drop(m);
}

static void
who_looks_makes_nothing_and_takes_nothing(void **state)
{
	struct shm	*m, *seen;

	(void)state;
	assert_null(shm_look(folder, &why));
	assert_non_null(strstr(why.data, "shm.v1: is not there: the first"));
	assert_int_equal(access(path, F_OK), -1);
	m = attached();
	count_one(m);
	assert_int_equal(chmod(path, 0400), 0);
	assert_non_null(seen = shm_look(folder, &why));
	assert_int_equal(counted(seen), 1);
	count_one(m);
	assert_int_equal(counted(seen), 2);
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(counted(seen), 0);
	shm_drop(seen);
	shm_drop(m);
	buf_init(&why, &arena, 4096);
	assert_null(shm_look(folder, &why));
	assert_non_null(strstr(why.data, "not of the right size"));
}

/* ------------------------------------------------------------------------- */

/* What is no access of ours ends the process as it always did. */
static int
fails_elsewhere(void)
{
	struct shm	*m = shm_attach(folder, &why);
	char		*page;
	int		 fd = open(path, O_RDWR);

	passing(m, "r", "a", 1);
	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd,
	    (FILE_BYTES / 4096 + 1) * 4096);
	return page == MAP_FAILED ? 2 : *(volatile char *)page;
}

static void
another_fault_is_not_hidden(void **state)
{
	int	 status;

	(void)state;
	waitpid(start(fails_elsewhere), &status, 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
}

static void
another_file_of_its_name_is_seen(void **state)
{
	struct shm	*m = attached(), *fresh;

	(void)state;
	assert_int_equal(truncate(path, FILE_BYTES - 1), 0);
	assert_false(shm_is_of(m, folder));
	assert_int_equal(unlink(path), 0);
	assert_false(shm_is_of(m, folder));
	assert_int_equal(passing(m, "r", "a", 2), 2);
	fresh = attached();
	assert_false(shm_is_of(m, folder));
	assert_true(shm_is_of(fresh, folder));
	assert_int_equal(passing(fresh, "r", "a", 9), 5);
	shm_drop(m);
	shm_drop(fresh);
}

static void
another_owner_is_a_fault(void **state)
{
	unsigned long	 me = geteuid();
	bool		 mends;

	(void)state;
	assert_null(shm_fault(path, me, &mends));	/* not yet made */
	shm_drop(attached());
	assert_null(shm_fault(path, me, &mends));
	assert_non_null(strstr(shm_fault(path, me + 1, &mends),
	    "belongs to another user"));
	assert_false(mends);
	assert_int_equal(truncate(path, 1), 0);
	assert_non_null(strstr(shm_fault(path, me, &mends),
	    "is not of the right size"));
	assert_true(mends);
}

/* --- what is said once --------------------------------------------------- */

static void
one_says_what_all_find(void **state)
{
	struct shm	*one = attached(), *two = attached();
	const int64_t	 now = 1800000000;

	(void)state;
	assert_true(shm_may_say(one, SHM_OPEN_SECRETS, now));
	assert_false(shm_may_say(one, SHM_OPEN_SECRETS, now));
	assert_false(shm_may_say(two, SHM_OPEN_SECRETS, now + 3599));
	assert_true(shm_may_say(two, SHM_OPEN_FOLDER, now));
	assert_true(shm_may_say(two, SHM_OPEN_SECRETS, now + 3600));
	assert_false(shm_may_say(one, SHM_OPEN_SECRETS, now + 3600));
	/* The clock was set back. */
	assert_true(shm_may_say(one, SHM_OPEN_SECRETS, now));
	/* Mended, and again. */
	shm_unsay(two, SHM_OPEN_SECRETS);
	assert_false(shm_may_say(one, SHM_OPEN_FOLDER, now));
	assert_true(shm_may_say(one, SHM_OPEN_SECRETS, now));
	/* No bucket has become fuller by it. */
	assert_int_equal(passing(one, "r", "a", 9), 5);
	shm_drop(two);
	assert_int_equal(truncate(path, 0), 0);
	assert_true(shm_may_say(one, SHM_OPEN_SECRETS, now));
	assert_false(shm_may_say(one, SHM_OPEN_SECRETS, now));
	shm_drop(one);
	one = shm_private();
	assert_true(shm_may_say(one, SHM_OPEN_SECRETS, now));
	assert_false(shm_may_say(one, SHM_OPEN_SECRETS, now));
	shm_drop(one);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		T(the_file_is_made_and_found_again),
		T(buckets_are_apart_by_scope_client_and_rate),
		T(each_file_hashes_by_a_key_of_its_own),
		T(who_shares_a_word_is_another_in_each_table),
		T(slow_rates_shut_out_no_quick_ones),
		T(of_20_processes_at_once_five_pass),
		T(none_is_counted_twice_or_not_at_all),
		T(who_is_overtaken_is_not_early),
		T(a_killed_process_holds_nothing),
		T(what_is_damaged_is_made_anew),
		T(what_may_not_be_opened_is_made_anew),
		T(many_that_mend_it_share_one),
		T(what_others_may_write_is_used_no_longer),
		T(what_is_not_ours_is_left_alone),
		T(who_is_killed_while_he_makes_it_leaves_nothing),
		T(who_waited_uses_what_came),
		T(no_other_file_is_written_to_while_it_is_made),
		T(a_folder_that_is_none_is_named),
		T(without_room_no_file_is_made),
		T(a_file_that_is_cut_short_ends_nobody),
		T(nor_any_of_its_threads),
		T(counters_outlive_who_counted),
		T(a_count_goes_on_where_the_file_is_cut_short),
		T(who_looks_makes_nothing_and_takes_nothing),
		T(another_fault_is_not_hidden),
		T(another_file_of_its_name_is_seen),
		T(another_owner_is_a_fault),
		T(one_says_what_all_find),
	};

	return cmocka_run_group_tests_name("shm", tests, NULL, NULL);
}
