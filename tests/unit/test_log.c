#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/log.h"

static char		 folder[64], path[128], old[140], said[128];
static char		 text[1 << 20];
static struct log	*log_;
static struct conf	 conf;
static int		 real_stderr;

static int
setup(void **state)
{
	int	 fd;

	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/viaduct-log.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/access.log", folder);
	snprintf(old, sizeof(old), "%s.1", path);
	snprintf(said, sizeof(said), "%s/stderr", folder);
	fd = open(said, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
	real_stderr = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	log_ = log_open();
	conf = (struct conf){ .access_log = path,
	    .log_level = LOG_LEVEL_WARNING };
	log_use(log_, &conf);
	return log_ == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	log_close(log_);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	unlink(path);
	unlink(old);
	unlink(said);
	return rmdir(folder);
}

static const char *
contents(const char *file)
{
	FILE	*f = fopen(file, "r");
	size_t	 n;

	if (f == NULL)
		return "";
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static const struct access plain = {
	.peer = "192.0.2.1", .method = "GET", .path = "/feed/x", .status = 200,
};

static void
lines_are_in_the_format_that_is_set(void **state)
{
	(void)state;
	log_access(log_, &plain);
	assert_memory_equal(contents(path), "192.0.2.1 - - [", 15);
	unlink(path);
	log_reopen(log_);
	conf.log_format = LOG_JSON;
	log_use(log_, &conf);
	log_access(log_, &plain);
	assert_memory_equal(contents(path), "{\"time\":\"", 9);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void
the_file_is_the_owners_alone(void **state)
{
	struct stat	 st;

	(void)state;
	log_access(log_, &plain);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
a_link_is_not_followed(void **state)
{
	char	 to[140];

	(void)state;
	snprintf(to, sizeof(to), "%s/elsewhere", folder);
	assert_int_equal(symlink(to, path), 0);
	log_access(log_, &plain);
	log_access(log_, &plain);
	assert_int_equal(access(to, F_OK), -1);
	assert_int_equal(log_dropped(log_), 2);
	assert_non_null(strstr(contents(said), "cannot be written"));
	assert_null(strstr(strchr(text, '\n'), "cannot be written"));
	unlink(path);
	log_reopen(log_);
	log_access(log_, &plain);
	assert_string_not_equal(contents(path), "");
}

static void
what_is_no_file_holds_nobody(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	log_access(log_, &plain);
	assert_int_equal(log_dropped(log_), 1);
}

static void
a_file_that_was_moved_away_is_made_anew(void **state)
{
	(void)state;
	log_access(log_, &plain);
	assert_int_equal(rename(path, old), 0);
	log_reopen(log_);
	log_access(log_, &plain);
	assert_string_not_equal(contents(path), "");
	unlink(path);
	/* and without being told, within a second or so */
	while (access(path, F_OK) == -1)
		log_access(log_, &plain);
}

static int
lines(const char *file)
{
	const char	*s = contents(file);
	int		 n = 0;

	for (; (s = strchr(s, '\n')) != NULL; s++)
		n++;
	return n;
}

static void
a_full_file_is_renamed(void **state)
{
	(void)state;
	log_access(log_, &plain);
	conf.log_max_bytes = 1;
	log_use(log_, &conf);
	log_reopen(log_);
	log_access(log_, &plain);
	assert_int_equal(lines(old), 1);
	assert_int_equal(lines(path), 1);
}

/* As if it had been renamed, and written to, some time ago. */
static void
age(const char *file)
{
	const struct timespec	 then[2] = { { 1000000000, 0 },
				    { 1000000000, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, file, then, 0), 0);
}

/* Another process, between two looks, still writes to what was renamed: that
 * file is not to be replaced yet. */
static void
what_was_just_renamed_stays(void **state)
{
	struct log	*other = log_open();

	(void)state;
	log_use(other, &conf);
	log_access(log_, &plain);
	log_access(other, &plain);
	conf.log_max_bytes = 1;
	log_use(log_, &conf);
	log_reopen(log_);
	log_access(log_, &plain);
	assert_int_equal(lines(old), 2);
	log_reopen(log_);
	log_access(log_, &plain);
	log_access(other, &plain);
	log_close(other);
	assert_int_equal(lines(old) + lines(path), 5);
	assert_true(lines(path) >= 2);

	age(old);
	log_reopen(log_);
	log_access(log_, &plain);
	assert_true(lines(old) >= 2);
	assert_int_equal(lines(path), 1);
}

/* What was there long before is replaced, and its name is told once. */
static void
what_cannot_be_renamed_is_said_once(void **state)
{
	(void)state;
	assert_int_equal(mkdir(old, 0700), 0);
	age(old);
	log_access(log_, &plain);
	conf.log_max_bytes = 1;
	log_use(log_, &conf);
	log_reopen(log_);
	log_access(log_, &plain);
	while (lines(path) < 4 || strchr(contents(said), '\n') == NULL)
		log_access(log_, &plain);
	assert_non_null(strstr(contents(said), "cannot be renamed"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_int_equal(log_dropped(log_), 0);
	assert_int_equal(rmdir(old), 0);
}

enum { PROCESSES = 4, LINES = 200 };

static void
write_at_once(void)
{
	pid_t	 pids[PROCESSES];
	int	 i, j, status;

	for (i = 0; i < PROCESSES; i++) {
		if ((pids[i] = fork()) != 0)
			continue;
		log_use(log_, &conf);
		for (j = 0; j < LINES; j++) {
			log_reopen(log_);	/* so that each line looks */
			log_access(log_, &plain);
		}
		_exit(log_dropped(log_) == 0 ? 0 : 1);
	}
	for (i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
}

/* Three times, so that a file takes the place of another. */
static void
of_several_processes_one_renames(void **state)
{
	int	 round, kept = 1;

	(void)state;
	log_access(log_, &plain);
	conf.log_max_bytes = lines(path) * (int)strlen(text) *
	    PROCESSES * LINES / 2;
	for (round = 0; round < 3; round++) {
		write_at_once();
		/* full once, so that none is lost */
		assert_int_equal(lines(old) + lines(path),
		    kept + PROCESSES * LINES);
		/* or more: who renames may be held up meanwhile */
		assert_true(lines(old) >= PROCESSES * LINES / 2);
		kept = lines(path);
		age(old);
	}
}

/* The limit of a file's size stands in for a disk that is full. */
static void
half_a_line_does_not_spoil_the_next(void **state)
{
	struct rlimit	 was, limit;

	(void)state;
	log_access(log_, &plain);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	limit = was;
	limit.rlim_cur = strlen(contents(path)) + 10;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	log_access(log_, &plain);
	log_access(log_, &plain);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	log_access(log_, &plain);
	log_access(log_, &plain);
	assert_int_equal(log_dropped(log_), 2);
	assert_int_equal(lines(path), 4);
	assert_memory_equal(strchr(text, '\n') + 1, "192.0.2.1 \n192.0.2.1 ",
	    21);
	assert_null(strstr(text, "\n\n"));
}

static void
off_means_off(void **state)
{
	(void)state;
	conf.access_log = NULL;
	log_use(log_, &conf);
	log_access(log_, &plain);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(log_dropped(log_), 0);
	conf.access_log = "stderr";
	log_use(log_, &conf);
	log_access(log_, &plain);
	assert_memory_equal(contents(said), "192.0.2.1 - - [", 15);
}

static void
errors_are_one_safe_line(void **state)
{
	(void)state;
	log_line(log_, LOG_LEVEL_ERROR, "%s is %d", "a\nb\x1b", 7);
	assert_string_equal(contents(said),
	    "viaduct: error: a\\x0Ab\\x1B is 7\n");
}

static void
the_level_is_obeyed(void **state)
{
	(void)state;
	log_line(log_, LOG_LEVEL_INFO, "no");
	assert_string_equal(contents(said), "");
	conf.log_level = LOG_LEVEL_INFO;
	log_use(log_, &conf);
	log_line(log_, LOG_LEVEL_INFO, "yes");
	assert_string_equal(contents(said), "viaduct: info: yes\n");
}

/* A web server that does not read its error log must not stop the program:
 * this test would not end. */
static void
a_full_pipe_holds_nobody(void **state)
{
	static char	 much[900];
	int		 pipes[2], i;

	(void)state;
	memset(much, 'x', sizeof(much) - 1);
	assert_int_equal(pipe(pipes), 0);
	dup2(pipes[1], STDERR_FILENO);
	for (i = 0; i < 500; i++)
		log_line(log_, LOG_LEVEL_ERROR, "%s", much);
	assert_true(log_dropped(log_) > 0);
	close(pipes[0]);
	close(pipes[1]);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(lines_are_in_the_format_that_is_set),
		T(the_file_is_the_owners_alone),
		T(a_link_is_not_followed),
		T(what_is_no_file_holds_nobody),
		T(a_file_that_was_moved_away_is_made_anew),
		T(a_full_file_is_renamed),
		T(what_was_just_renamed_stays),
		T(what_cannot_be_renamed_is_said_once),
		T(of_several_processes_one_renames),
		T(half_a_line_does_not_spoil_the_next),
		T(off_means_off),
		T(errors_are_one_safe_line),
		T(the_level_is_obeyed),
		T(a_full_pipe_holds_nobody),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
