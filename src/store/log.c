#include "store/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"

/* MAX_LINE is what POSIX writes to a pipe in one piece on Linux, and what no
 * other writer of the same file can break up. */
enum { MAX_LINE = 4096, MAX_PATH_LEN = 4096, RETRY_SECONDS = 1,
    REPORT_SECONDS = 60 };

/* Bytes of a field's source; four times as many when all are escaped.  Their
 * sum stays below MAX_LINE. */
enum { MAX_PEER = 46, MAX_USER = 64, MAX_METHOD = 16, MAX_URL = 512,
    MAX_PROTOCOL = 16, MAX_REFERER = 168, MAX_AGENT = 168 };

struct log {
	pthread_mutex_t	 lock;		/* all of these */
	struct arena	 arena;		/* the line being written */
	char		 path[MAX_PATH_LEN];	/* "": accesses are not kept */
	int		 fd;		/* -1: not open */
	bool		 to_stderr;
	int64_t		 max_bytes;
	dev_t		 dev;
	ino_t		 ino;
	time_t		 next_look;	/* monotonic seconds */
	time_t		 next_report;
	uint64_t	 reported;
	bool		 complained;	/* of not being able to open it */

	_Atomic(uint64_t) dropped;
	_Atomic(int)	 level;
};

struct log *
log_open(void)
{
	struct log	*l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	pthread_mutex_init(&l->lock, NULL);
	arena_init(&l->arena, 64 * 1024);
	l->fd = -1;
	atomic_init(&l->level, LOG_LEVEL_WARNING);
	return l;
}

void
log_close(struct log *l)
{
	if (l == NULL)
		return;
	if (l->fd != -1)
		close(l->fd);
	arena_free(&l->arena);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

uint64_t
log_dropped(struct log *l)
{
	return atomic_load(&l->dropped);
}

static time_t
seconds(void)
{
	struct timespec	 t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* One write, or none: half a line would spoil the next one too. */
static void
put(struct log *l, int fd, const char *line, size_t len)
{
	struct pollfd	 p = { .fd = fd, .events = POLLOUT };
	ssize_t		 n;

	/* a full pipe to the web server must not hold up a request */
	if (fd == STDERR_FILENO &&
	    (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT)))
		n = -1;
	else
		do
			n = write(fd, line, len);
		while (n == -1 && errno == EINTR);
	if (n != (ssize_t)len)
		atomic_fetch_add(&l->dropped, 1);
}

/* --- errors ------------------------------------------------------------- */

static void
say(struct log *l, enum log_level level, const char *fmt, va_list ap)
{
	static const char *const words[] = {
		[LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARNING] = "warning",
		[LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug" };
	char		 text[MAX_LINE / 4];
	struct arena	 a;
	struct buf	 b;

	vsnprintf(text, sizeof(text), fmt, ap);
	arena_init(&a, 64 * 1024);
	buf_init(&b, &a, MAX_LINE - 1);
	buf_fmt(&b, "viaduct: %s: ", words[level]);
	escape_log(&b, text, sizeof(text) - 40);
	buf_char(&b, '\n');
	if (buf_failed(&b))
		atomic_fetch_add(&l->dropped, 1);
	else
		put(l, STDERR_FILENO, b.data, b.len);
	arena_free(&a);
}

void
log_line(struct log *l, enum log_level level, const char *fmt, ...)
{
	va_list	 ap;

	if ((int)level > atomic_load(&l->level))
		return;
	va_start(ap, fmt);
	say(l, level, fmt, ap);
	va_end(ap);
}

void
log_trace(struct log *l, const char *fmt, ...)
{
	va_list	 ap;

	va_start(ap, fmt);
	say(l, LOG_LEVEL_INFO, fmt, ap);
	va_end(ap);
}

/* --- the file ----------------------------------------------------------- */

static void
shut(struct log *l)
{
	if (l->fd != -1)
		close(l->fd);
	l->fd = -1;
}

/* O_NONBLOCK: a FIFO of that name must hold nobody; it is then refused. */
static void
open_file(struct log *l)
{
	struct stat	 st;
	const char	*why = NULL;

	l->fd = open(l->path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW |
	    O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	if (l->fd == -1 || fstat(l->fd, &st) == -1)
		why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		why = "it is no file";
	if (why == NULL) {
		l->dev = st.st_dev;
		l->ino = st.st_ino;
		l->complained = false;
		return;
	}
	shut(l);
	if (!l->complained)
		log_line(l, LOG_LEVEL_ERROR, "the access log %s cannot be "
		    "written: %s", l->path, why);
	l->complained = true;
}

/* Does the file still have its name?  Then *st is of it. */
static bool
is_ours(const struct log *l, struct stat *st)
{
	return lstat(l->path, st) == 0 && st->st_dev == l->dev &&
	    st->st_ino == l->ino;
}

/*
 * Move a file that is full out of the way.  The lock is the file's own, so
 * that of several processes one renames it, and only while it still has that
 * name; the others find the name gone at their next look.
 */
static void
rotate(struct log *l)
{
	char		 old[MAX_PATH_LEN + 2];
	struct stat	 st;

	if (flock(l->fd, LOCK_EX | LOCK_NB) == -1)
		return;
	if (is_ours(l, &st) && st.st_size >= l->max_bytes) {
		snprintf(old, sizeof(old), "%s.1", l->path);
		if (rename(l->path, old) == -1)
			log_line(l, LOG_LEVEL_WARNING, "the access log cannot "
			    "be renamed to %s: %s", old, strerror(errno));
	}
	flock(l->fd, LOCK_UN);
}

static void
report(struct log *l, time_t now)
{
	uint64_t	 lost = log_dropped(l);

	if (lost == l->reported || now < l->next_report)
		return;
	log_line(l, LOG_LEVEL_WARNING, "%llu log lines could not be written",
	    (unsigned long long)(lost - l->reported));
	l->reported = lost;
	l->next_report = now + REPORT_SECONDS;
}

/* At most once a second: is the file still the one of that name, and not yet
 * full?  Also tries again what could not be opened. */
static void
look(struct log *l)
{
	struct stat	 st;
	time_t		 now = seconds();

	if (now < l->next_look)
		return;
	l->next_look = now + RETRY_SECONDS;
	report(l, now);
	if (l->fd != -1 && !is_ours(l, &st))
		shut(l);
	if (l->fd == -1)
		open_file(l);
	if (l->fd == -1 || l->max_bytes == 0 || !is_ours(l, &st) ||
	    st.st_size < l->max_bytes)
		return;
	rotate(l);
	shut(l);
	open_file(l);
}

void
log_use(struct log *l, const struct conf *c)
{
	const char	*path = c->access_log != NULL ? c->access_log : "";
	bool		 to_stderr = strcmp(path, "stderr") == 0;

	atomic_store(&l->level, (int)c->log_level);
	if (to_stderr)
		path = "";
	pthread_mutex_lock(&l->lock);
	l->max_bytes = c->log_max_bytes;
	l->to_stderr = to_stderr;
	if (strcmp(path, l->path) != 0) {
		shut(l);
		l->complained = false;
		l->next_look = 0;
		snprintf(l->path, sizeof(l->path), "%s", path);
	}
	pthread_mutex_unlock(&l->lock);
}

void
log_reopen(struct log *l)
{
	pthread_mutex_lock(&l->lock);
	shut(l);
	l->complained = false;
	l->next_look = 0;
	pthread_mutex_unlock(&l->lock);
}

/* --- accesses ----------------------------------------------------------- */

/* Up to the query or fragment, which may hold secrets. */
static void
bare(struct buf *b, const char *url, size_t max_bytes)
{
	char	 text[MAX_URL + 2];
	size_t	 n;

	if (url == NULL) {
		buf_char(b, '-');
		return;
	}
	n = strcspn(url, "?#");
	if (n >= sizeof(text))
		n = sizeof(text) - 1;
	memcpy(text, url, n);
	text[n] = '\0';
	escape_log(b, text, max_bytes);
}

/* "https://user:password@host/": no browser sends that, but a client may. */
static const char *
harmless(const char *referer)
{
	const char	*host;

	if (referer == NULL || (host = strstr(referer, "://")) == NULL)
		return referer;
	host += 3;
	return memchr(host, '@', strcspn(host, "/?#")) == NULL ? referer :
	    NULL;
}

static void
format(struct buf *b, const struct access *x)
{
	char		 when[64] = "-";
	time_t		 start = (time_t)(x->start_ms / 1000);
	struct tm	 tm;

	if (localtime_r(&start, &tm) != NULL)
		strftime(when, sizeof(when), "%d/%b/%Y:%H:%M:%S %z", &tm);
	escape_log(b, x->peer, MAX_PEER);
	buf_str(b, " - ");
	escape_log_word(b, x->user, MAX_USER);
	buf_fmt(b, " [%s] \"", when);
	escape_log(b, x->method, MAX_METHOD);
	buf_char(b, ' ');
	bare(b, x->path, MAX_URL);
	buf_char(b, ' ');
	escape_log(b, x->protocol, MAX_PROTOCOL);
	buf_fmt(b, "\" %d %lld \"", x->status, (long long)x->body_bytes);
	bare(b, harmless(x->referer), MAX_REFERER);
	buf_str(b, "\" \"");
	escape_log(b, x->user_agent, MAX_AGENT);
	buf_str(b, "\"\n");
}

void
log_access(struct log *l, const struct access *x)
{
	struct buf	 b;

	pthread_mutex_lock(&l->lock);
	if (l->path[0] != '\0')
		look(l);
	if (l->path[0] != '\0' || l->to_stderr) {
		arena_reset(&l->arena);
		buf_init(&b, &l->arena, MAX_LINE);
		format(&b, x);
		if (buf_failed(&b) || (l->fd == -1 && !l->to_stderr))
			atomic_fetch_add(&l->dropped, 1);
		else
			put(l, l->to_stderr ? STDERR_FILENO : l->fd, b.data,
			    b.len);
	}
	pthread_mutex_unlock(&l->lock);
}
