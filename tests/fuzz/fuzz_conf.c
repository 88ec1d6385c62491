#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "store/conf.h"
#include "tests/fuzz/fuzz.h"

/* viaduct.ini, the whole file; it stands in memory. */

enum { MAX_PROBLEMS = 256 * 1024 };

static const char *
path_of(const struct fuzz *f)
{
	static char	 path[64];
	static int	 fd = -1;

	if (fd == -1) {
		HOLDS((fd = memfd_create("viaduct.ini", MFD_CLOEXEC)) != -1);
		HOLDS(fchmod(fd, 0600) == 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	HOLDS(pwrite(fd, f->data, f->size, 0) == (ssize_t)f->size);
	HOLDS(ftruncate(fd, (off_t)f->size) == 0);
	return path;
}

/* "LINE: what", or " what". */
static bool
is_at_a_line(const char *text, size_t lines)
{
	unsigned long	 line;
	char		*end;

	if (*text == ' ')
		return true;
	line = strtoul(text, &end, 10);
	return line >= 1 && line <= lines && end[0] == ':' && end[1] == ' ';
}

/* Each is a line "FILE:LINE: what" or "FILE: what"; FILE is the settings, or
 * one that these name, in whose name any byte may stand. */
static void
are_placed(const struct fuzz *f, const char *path, const char *text)
{
	size_t	 len = strlen(path), lines = 1;
	bool	 names = memmem(f->data, f->size, "_file", 5) != NULL;

	for (size_t i = 0; i < f->size; i++)
		lines += f->data[i] == '\n';
	for (; *text != '\0'; text += strcspn(text, "\n") + 1) {
		HOLDS(strchr(text, '\n') != NULL);
		HOLDS(strcspn(text, "\n") > 10);
		if (strncmp(text, path, len) != 0 || text[len] != ':' ||
		    !is_at_a_line(text + len + 1, lines))
			HOLDS(names && *text == '/');
	}
}

/* --- another reader ----------------------------------------------------- */

/*
 * A file that is taken holds nothing but comments, sections and settings that
 * there are; none of them twice, but lists; what is set is what is written.
 */

static const struct setting *
find(const char *section, const char *key)
{
	const struct setting	*all;
	size_t			 n;

	for (all = conf_settings(&n); n > 0; all++, n--)
		if (strcmp(all->section, section) == 0 &&
		    strcmp(all->key, key) == 0)
			return all;
	return NULL;
}

/* Less the blanks at its ends. */
static char *
trim(char *s)
{
	size_t	 len;

	s += strspn(s, " \t\r");
	for (len = strlen(s); len > 0 && strchr(" \t\r", s[len - 1]); len--)
		s[len - 1] = '\0';
	return s;
}

/* The few whose value can be compared as it is written. */
static void
is_set(const struct conf *c, const char *key, const char *value)
{
	if (strcmp(key, "app_name") == 0)
		HOLDS(strcmp(c->app_name, value) == 0);
	else if (strcmp(key, "general_error") == 0)
		HOLDS(strcmp(c->general_error, value) == 0);
	else if (strcmp(key, "remote_url") == 0 && *value != '\0')
		HOLDS(strcmp(c->remote_url, value) == 0);
	else if (strcmp(key, "threads") == 0)
		HOLDS(c->threads == atoi(value));
	else if (strcmp(key, "max_age") == 0)
		HOLDS(c->rules.cors.max_age_seconds == atoi(value));
	else if (strcmp(key, "require_origin") == 0)
		HOLDS(c->rules.cors.require_origin == (*value == 'y'));
	else if (strcmp(key, "verify_tls") == 0)
		HOLDS(c->rules.verify_tls == (*value == 'y'));
	else if (strcmp(key, "allow_origins") == 0 && strchr(value, '*'))
		HOLDS(c->rules.cors.any || c->rules.cors.n_allow > 0);
	else if (strcmp(key, "redirects") == 0)
		HOLDS((c->rules.redirects == REDIRECT_PASS) ==
		    (strcmp(value, "pass") == 0));
}

static void
setting_is_taken(const struct conf *c, const char *section, char *line,
    bool *seen)
{
	const struct setting	*s, *all;
	char			*value = strchr(line, '='), *comment;
	size_t			 n;

	HOLDS(value != NULL);
	*value++ = '\0';
	for (comment = value; (comment = strchr(comment, ';')); comment++)
		if (comment[-1] == ' ' || comment[-1] == '\t') {
			*comment = '\0';
			break;
		}
	s = find(section, trim(line));
	HOLDS(s != NULL);
	all = conf_settings(&n);
	HOLDS(s->list || !seen[s - all]);
	seen[s - all] = true;
	is_set(c, s->key, trim(value));
}

static void
file_is_taken_whole(struct fuzz *f, const struct conf *c)
{
	bool	 seen[256] = { false };
	char	*text = arena_strndup(&f->spare, (const char *)f->data,
		    f->size);
	char	*section = NULL, *next;

	HOLDS(strlen(text) == f->size);
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	for (char *line = text; line != NULL; line = next) {
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		HOLDS(strlen(line) <= 190);
		line = trim(line);
		if (*line == '\0' || *line == ';' || *line == '#')
			continue;
		if (*line != '[') {
			HOLDS(section != NULL);
			setting_is_taken(c, section, line, seen);
			continue;
		}
		section = line + 1;
		HOLDS(strchr(section, ']') != NULL);
		*strchr(section, ']') = '\0';
	}
}

/* --- what holds of settings that may be used ---------------------------- */

static void
settings_are_sound(const struct conf *c)
{
	const struct rules	*r = &c->rules;

	HOLDS(cors_rule_fault(&r->cors) == NULL);
	HOLDS(r->methods != NULL && r->methods[0] != NULL);
	HOLDS(r->tls_policy != NULL);
	HOLDS(r->request_timeout_ms >= 100 && r->connect_timeout_ms >= 100);
	HOLDS(r->idle_timeout_ms >= 100 && r->total_timeout_ms >= 0);
	HOLDS(r->payload_quota_bytes >= 0 && r->upload_quota_bytes >= 0);
	HOLDS(r->header_quota_bytes >= 1024);
	HOLDS(r->header_quota_bytes <= 256 * 1024);
	HOLDS(r->max_redirects >= 0 && r->max_redirects <= 20);
	HOLDS(c->threads >= 1 && c->threads <= 1024);
	HOLDS(c->database[0] == '/' && c->state[0] == '/');
	HOLDS(*c->base_path == '\0' || *c->base_path == '/');
	for (const char *p = c->app_name; *p != '\0'; p++)
		HOLDS((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static void
one(struct fuzz *f)
{
	const char	*path = path_of(f);
	struct buf	 problems, warnings;
	struct conf	 conf;

	buf_init(&problems, &f->spare, MAX_PROBLEMS);
	buf_init(&warnings, &f->spare, MAX_PROBLEMS);
	if (conf_load(&conf, &f->arena, path, &problems, &warnings) == -1) {
		HOLDS(problems.len > 0);
		are_placed(f, path, problems.data);
		return;
	}
	HOLDS(problems.len == 0);
	are_placed(f, path, warnings.data);
	settings_are_sound(&conf);
	file_is_taken_whole(f, &conf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_run(data, size, one);
}
