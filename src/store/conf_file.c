#include "store/conf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "store/conf.h"
#include "store/trust.h"

enum { MAX_FILE = 256 * 1024, MAX_LINE = 190, MAX_MESSAGE = 512 };

void
conf_say(struct buf *out, const char *path, int line, const char *fmt, ...)
{
	char	 text[MAX_MESSAGE];
	va_list	 ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (line > 0)
		buf_fmt(out, "%s:%d: %s\n", path, line, text);
	else
		buf_fmt(out, "%s: %s\n", path, text);
}

static int
judge_mode(struct conf_file *f, struct arena *a, const struct stat *st)
{
	struct buf	 why;

	if (!S_ISREG(st->st_mode)) {
		conf_say(f->problems, f->path, 0, "is no file");
		return -1;
	}
	if (st->st_size > MAX_FILE) {
		conf_say(f->problems, f->path, 0, "is larger than %d bytes",
		    MAX_FILE);
		return -1;
	}
	buf_init(&why, a, MAX_MESSAGE);
	if (trust_file(st, &why) == -1 ||
	    trust_folder(f->path, false, &why) == -1) {
		conf_say(f->problems, f->path, 0, "%s", why.data);
		return -1;
	}
	f->secret_open = trust_is_read(st);
	return 0;
}

static int
slurp(struct conf_file *f, struct arena *a, int fd, size_t bytes)
{
	ssize_t	 n = 0;

	if ((f->text = arena_alloc(a, bytes + 1)) == NULL) {
		conf_say(f->problems, f->path, 0, "no memory is left");
		return -1;
	}
	while (f->bytes <= bytes && (n = read(fd, f->text + f->bytes,
	    bytes + 1 - f->bytes)) > 0)
		f->bytes += (size_t)n;
	if (f->bytes == bytes && n == 0)
		return 0;
	conf_say(f->problems, f->path, 0, n < 0 ? "cannot be read: %s" :
	    "changed while it was being read", strerror(errno));
	return -1;
}

int
conf_file_read(struct conf_file *f, struct arena *a, const char *path,
    struct buf *problems)
{
	struct stat	 st;
	int		 fd, failed;

	*f = (struct conf_file){ .path = path, .problems = problems };
	/* O_NONBLOCK: a FIFO of that name must not hold us */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1 || fstat(fd, &st) == -1) {
		conf_say(problems, path, 0, "cannot be read: %s",
		    strerror(errno));
		if (fd != -1)
			close(fd);
		return -1;
	}
	failed = judge_mode(f, a, &st) == -1 ||
	    slurp(f, a, fd, (size_t)st.st_size) == -1;
	close(fd);
	return failed ? -1 : 0;
}

static bool
known_section(const char *name, size_t len)
{
	const struct setting	*s;
	size_t			 i, n;

	s = conf_settings(&n);
	for (i = 0; i < n; i++)
		if (strlen(s[i].section) == len &&
		    memcmp(s[i].section, name, len) == 0)
			return true;
	return false;
}

/* "[name]" and at most a comment. */
static const char *
section_fault(struct conf_file *f, const char *text)
{
	size_t	 len = strcspn(text, "]"), rest;

	if (text[len] == '\0')
		return "the section has no ]: write [name]";
	rest = strspn(text + len + 1, " \t\r");
	if (text[len + 1 + rest] != '\0' && text[len + 1 + rest] != ';')
		return "something follows the section's ]: put it on a line "
		    "of its own";
	f->skip = !known_section(text + 1, len - 1);
	return f->skip ? "there is no such section: app, routes, cors, "
	    "access, upstream, log, debug, server" : NULL;
}

/* inih cuts a value at a blank and ";".  Who means that as a comment puts a
 * blank behind it too; who does not would lose half of a value. */
static const char *
comment_fault(const char *value)
{
	const char	*s;

	for (s = value; *s != '\0'; s++) {
		if (s[0] != ' ' && s[0] != '\t')
			continue;
		if (s[1] == ';')
			return s[2] == '\0' || strchr(" \t\r;", s[2]) ? NULL :
			    "the value ends before \" ;\": put a blank behind "
			    "the ; if a comment begins there, or take the one "
			    "before it away";
	}
	return NULL;
}

/* Why inih is not to see this line; NULL where it may. */
static const char *
fault(struct conf_file *f, const char *text, size_t len)
{
	size_t	 i, blanks;

	if (memchr(text, '\0', len) != NULL)
		return "the line holds a NUL byte: is this a text file?";
	if (len > MAX_LINE)
		return "the line is longer than 190 bytes: shorten it; a list "
		    "may repeat its key";
	for (i = 0; i < len; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\t' &&
		    (text[i] != '\r' || i + 1 < len)) || text[i] == 0x7f)
			return "the line holds a control character: take it "
			    "out";
	blanks = strspn(text, " \t\r");
	if (text[blanks] == '\0' || text[blanks] == ';' || text[blanks] == '#')
		return NULL;
	if (blanks > 0)
		return "the line begins with a blank, so it would continue "
		    "the one before: move it to the margin, or repeat the key";
	if (text[0] == '[') {
		f->skip = true;
		return section_fault(f, text);
	}
	i = strcspn(text, "=:");
	if (text[i] != '=')
		return "this is no setting: write key = value";
	if (text[i + 1] == ';')
		return "put a blank before the ; or it is part of the value";
	return comment_fault(text + i + 1);
}

/* An ini_reader. */
static char *
line_for_inih(char *line, int size, void *file)
{
	/* what Windows editors put first: UTF-8's byte order mark */
	static const char	 mark[] = "\xef\xbb\xbf";
	struct conf_file	*f = file;
	const char		*why;
	char			*text = f->text + f->at, *end;
	size_t			 len;

	if (f->at >= f->bytes)
		return NULL;
	end = memchr(text, '\n', f->bytes - f->at);
	len = end != NULL ? (size_t)(end - text) : f->bytes - f->at;
	f->at += len + (end != NULL);
	f->text[f->at - (end != NULL)] = '\0';
	if (++f->line == 1 && len >= strlen(mark) &&
	    memcmp(text, mark, strlen(mark)) == 0) {
		text += strlen(mark);
		len -= strlen(mark);
	}
	if ((why = fault(f, text, len)) != NULL) {
		conf_say(f->problems, f->path, f->line, "%s", why);
		len = 0;
	} else if (len + 2 > (size_t)size)
		len = (size_t)size - 2;		/* cannot be: see MAX_LINE */
	memcpy(line, text, len);
	memcpy(line + len, "\n", 2);
	return line;
}

void
conf_file_parse(struct conf_file *f, int (*setting)(void *arg,
    const char *section, const char *key, const char *value), void *arg)
{
	size_t	 before = f->problems->len;
	int	 line = ini_parse_stream(line_for_inih, f, setting, arg);

	if (line != 0 && f->problems->len == before)
		conf_say(f->problems, f->path, line > 0 ? line : 0,
		    "cannot be read as a line of an INI file");
}
