#include "store/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/clock.h"
#include "core/escape.h"
#include "store/log_file.h"

/* MAX_LINE is what POSIX writes to a pipe in one piece on Linux, and what no
 * other writer of the same file can break up. */
enum { MAX_LINE = 4096, REPORT_MS = 60000, NOWHERE = -1 };
_Static_assert((int)ACCESS_LINE_MAX < (int)MAX_LINE,
    "no room for the end of the line before");

struct log {
	pthread_mutex_t	 lock;		/* all of these */
	struct log_file	 file;
	bool		 to_stderr;
	int64_t		 next_report_ms;	/* monotonic */
	uint64_t	 reported;

	_Atomic(uint64_t) dropped;
	_Atomic(int)	 level;
	_Atomic(int)	 format;	/* written under the lock; NOWHERE */
};

struct log *
log_open(void)
{
	struct log	*l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	pthread_mutex_init(&l->lock, NULL);
	log_file_init(&l->file);
	atomic_init(&l->level, LOG_LEVEL_WARNING);
	atomic_init(&l->format, NOWHERE);
	return l;
}

void
log_close(struct log *l)
{
	if (l == NULL)
		return;
	log_file_close(&l->file);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

uint64_t
log_dropped(struct log *l)
{
	return atomic_load(&l->dropped);
}

/* One write, or none: half a line would spoil the next one too.  Returns how
 * much is written. */
static size_t
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
	return n > 0 ? (size_t)n : 0;
}

/* --- errors ------------------------------------------------------------- */

static void
say(struct log *l, enum log_level level, const char *fmt, va_list ap)
{
	static const char *const words[] = {
		[LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARNING] = "warning",
		[LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug" };
	char		 text[MAX_LINE / 4];
	char		 line[MAX_LINE];
	struct buf	 b;

	vsnprintf(text, sizeof(text), fmt, ap);
	buf_within(&b, line, sizeof(line));
	buf_fmt(&b, "viaduct: %s: ", words[level]);
	escape_log(&b, text, sizeof(text) - 40);
	buf_char(&b, '\n');
	if (buf_failed(&b))
		atomic_fetch_add(&l->dropped, 1);
	else
		put(l, STDERR_FILENO, b.data, b.len);
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

/* --- accesses ----------------------------------------------------------- */

void
log_use(struct log *l, const struct conf *c)
{
	const char	*path = c->access_log != NULL ? c->access_log : "";
	bool		 to_stderr = strcmp(path, "stderr") == 0;

	atomic_store(&l->level, (int)c->log_level);
	pthread_mutex_lock(&l->lock);
	l->to_stderr = to_stderr;
	atomic_store(&l->format, *path != '\0' ? (int)c->log_format : NOWHERE);
	log_file_use(&l->file, to_stderr ? "" : path, c->log_max_bytes);
	pthread_mutex_unlock(&l->lock);
}

void
log_reopen(struct log *l)
{
	pthread_mutex_lock(&l->lock);
	log_file_close(&l->file);
	pthread_mutex_unlock(&l->lock);
}

static void
report(struct log *l)
{
	uint64_t	 lost = log_dropped(l);
	int64_t		 now_ms;

	if (lost == l->reported || (now_ms = clock_ms()) < l->next_report_ms)
		return;
	log_line(l, LOG_LEVEL_WARNING, "%llu log lines could not be written",
	    (unsigned long long)(lost - l->reported));
	l->reported = lost;
	l->next_report_ms = now_ms + REPORT_MS;
}

/* With the end of the line before, which is wanted where that one is torn. */
static void
write_text(struct buf *b, int format, const struct access *x)
{
	b->len = 0;
	buf_char(b, '\n');
	if (format == LOG_JSON)
		access_json(b, x);
	else if (format == LOG_COMBINED)
		access_combined(b, x);
}

static void
write_line(struct log *l, const struct buf *b)
{
	int	 fd = l->to_stderr ? STDERR_FILENO :
		     log_file_fd(&l->file, l);
	bool	 torn = !l->to_stderr && l->file.torn;
	size_t	 done;

	if (fd == -1 || buf_failed(b)) {
		atomic_fetch_add(&l->dropped, 1);
		return;
	}
	done = put(l, fd, b->data + !torn, b->len - !torn);
	if (done > 0 && !l->to_stderr)
		l->file.torn = b->data[!torn + done - 1] != '\n';
}

/* The line is made before anybody has to wait for it. */
void
log_access(struct log *l, const struct access *x)
{
	char		 line[MAX_LINE + 1];
	struct buf	 b;
	int		 format = atomic_load(&l->format);

	buf_within(&b, line, sizeof(line));
	write_text(&b, format, x);
	pthread_mutex_lock(&l->lock);
	report(l);
	if (format != l->format)	/* it has changed meanwhile */
		write_text(&b, format = l->format, x);
	if (format != NOWHERE)
		write_line(l, &b);
	pthread_mutex_unlock(&l->lock);
}
