#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	setenv("TZ", "UTC", 1);
	tzset();
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

static const struct access plain = { "192.0.2.1", "GET", "/feed/x",
    "HTTP/1.1", "https://p.example/a", "Mozilla/5.0", 200, 1234,
    1000000000000 };
#define PREFIX	"192.0.2.1 - - [09/Sep/2001:01:46:40 +0000] "

static const struct { struct access x; const char *line; } rows[] = {
	{ { "192.0.2.1", "GET", "/feed/x", "HTTP/1.1", "https://p.example/a",
	    "Mozilla/5.0", 200, 1234, 1000000000000 },
	    PREFIX "\"GET /feed/x HTTP/1.1\" 200 1234 "
	    "\"https://p.example/a\" \"Mozilla/5.0\"\n" },
	{ { NULL, NULL, NULL, NULL, NULL, NULL, 400, 0, 1000000000000 },
	    "- - - [09/Sep/2001:01:46:40 +0000] \"- - -\" 400 0 "
	    "\"-\" \"-\"\n" },
	/* queries and fragments hold secrets */
	{ { "192.0.2.1", "GET", "/f?key=secret", "HTTP/1.1",
	    "https://p.example/a?token=secret#secret", NULL, 200, 1,
	    1000000000000 },
	    PREFIX "\"GET /f HTTP/1.1\" 200 1 \"https://p.example/a\" "
	    "\"-\"\n" },
	{ { "192.0.2.1", "GET", "/f", "HTTP/1.1",
	    "https://me:secret@p.example/a", NULL, 200, 1, 1000000000000 },
	    PREFIX "\"GET /f HTTP/1.1\" 200 1 \"-\" \"-\"\n" },
	/* nothing of a client's makes a line or moves a terminal */
	{ { "192.0.2.1", "GET", "/a\nforged \"line\"", "HTTP/1.1", NULL,
	    "\x1b[2J\\ \xff\r", 200, 1, 1000000000000 },
	    PREFIX "\"GET /a\\x0Aforged \\x22line\\x22 HTTP/1.1\" 200 1 "
	    "\"-\" \"\\x1B[2J\\x5C \\xFF\\x0D\"\n" },
	/* nor does a name shift what stands behind it */
	{ { "192.0.2.1", "GET", "/f", "HTTP/1.1", NULL, NULL, 200, 1,
	    1000000000000, "aaaaaaaa" },
	    "192.0.2.1 - aaaaaaaa [09/Sep/2001:01:46:40 +0000] \"GET /f "
	    "HTTP/1.1\" 200 1 \"-\" \"-\"\n" },
	{ { "192.0.2.1", "GET", "/f", "HTTP/1.1", NULL, NULL, 200, 1,
	    1000000000000, "root [1]\n" },
	    "192.0.2.1 - root\\x20[1]\\x0A [09/Sep/2001:01:46:40 +0000] "
	    "\"GET /f HTTP/1.1\" 200 1 \"-\" \"-\"\n" },
};

static void
lines_are_in_combined_format(void **state)
{
	size_t	 i, seen = 0;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		log_access(log_, &rows[i].x);
		assert_string_equal(contents(path) + seen, rows[i].line);
		seen = strlen(text);
	}
}

static void
a_line_is_bounded(void **state)
{
	static char	 much[20000];
	struct access	 x = plain;

	(void)state;
	memset(much, 1, sizeof(much) - 1);
	x.peer = x.method = x.path = x.protocol = x.referer = x.user_agent =
	    x.user = much;
	log_access(log_, &x);
	assert_int_equal(log_dropped(log_), 0);
	assert_true(strlen(contents(path)) <= 4096);
	assert_non_null(strchr(text, '\n'));
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
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
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

static void
of_several_processes_one_renames(void **state)
{
	enum { PROCESSES = 4, LINES = 200 };
	pid_t	 pids[PROCESSES];
	int	 i, j, status;

	(void)state;
	log_access(log_, &plain);
	conf.log_max_bytes = 50000;
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
	/* 801 lines of 112 bytes: full once, so that none is lost */
	assert_int_equal(lines(old) + lines(path), PROCESSES * LINES + 1);
	assert_true(lines(old) > 0);
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
	assert_int_equal(strncmp(contents(said), PREFIX, strlen(PREFIX)), 0);
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
		T(lines_are_in_combined_format),
		T(a_line_is_bounded),
		T(the_file_is_the_owners_alone),
		T(a_link_is_not_followed),
		T(what_is_no_file_holds_nobody),
		T(a_file_that_was_moved_away_is_made_anew),
		T(a_full_file_is_renamed),
		T(of_several_processes_one_renames),
		T(off_means_off),
		T(errors_are_one_safe_line),
		T(the_level_is_obeyed),
		T(a_full_pipe_holds_nobody),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
