#include "store/conf_value.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "http/url.h"

const char *
conf_absolute(struct arena *a, const char *folder, const char *path)
{
	struct buf	 b;

	if (path[0] == '/')
		return arena_strdup(a, path);
	buf_init(&b, a, PATH_MAX);
	buf_fmt(&b, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, path);
	return buf_failed(&b) ? NULL : b.data;
}

/* A file or folder; whether it is there is judged by who opens it. */
static bool
read_path(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at;

	if (!conf_text.read(r, s, text, at))
		return false;
	if ((*where = conf_absolute(r->arena, r->folder, text)) != NULL)
		return true;
	buf_str(r->why, "is too long for a path");
	return false;
}
const struct conf_type conf_path = { read_path, NULL };

/* NULL where it is empty; what is there is judged by who reads it. */
static bool
read_place(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at;

	*where = NULL;
	return text[0] == '\0' || read_path(r, s, text, at);
}
const struct conf_type conf_place = { read_place, NULL };

static bool
read_log_path(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at;

	*where = NULL;
	if (strcmp(text, "off") == 0)
		return true;
	if (strcmp(text, "stderr") == 0)
		return conf_keep(r, text, at);
	return read_path(r, s, text, at);
}
const struct conf_type conf_log_path = { read_log_path, NULL };

/* A file that cannot be read shows before a TLS handshake fails.  Not so for a
 * row: it is judged once, but the file may be mended without the row. */
static bool
read_ca_file(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at;
	struct stat	 st;

	*where = NULL;
	if (text[0] == '\0')
		return true;
	if (!read_path(r, s, text, at))
		return false;
	if (r->row)
		return true;
	if (stat(*where, &st) == -1 ||
	    faccessat(AT_FDCWD, *where, R_OK, AT_EACCESS) == -1)
		buf_fmt(r->why, "cannot be read: %s: %s", *where,
		    strerror(errno));
	else if (!S_ISREG(st.st_mode))
		buf_fmt(r->why, "is no file: %s", *where);
	else
		return true;
	return false;
}
const struct conf_type conf_ca_file = { read_ca_file, NULL };

/* libcurl's form: one or more "sha256//" with the base64 of 32 bytes, ";"
 * between. */
static bool
pins(const char *s)
{
	static const char	 letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	enum { BASE64_LEN = 43 };

	do {
		if (*s == ';')
			s++;
		if (strncmp(s, "sha256//", 8) != 0)
			return false;
		s += 8;
		if (strspn(s, letters) != BASE64_LEN || s[BASE64_LEN] != '=')
			return false;
		s += BASE64_LEN + 1;
	} while (*s == ';');
	return *s == '\0';
}

static bool
read_pin(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at;

	(void)s;
	*where = NULL;
	if (text[0] == '\0')
		return true;
	if (strlen(text) <= (size_t)s->max && pins(text))
		return conf_keep(r, text, at);
	buf_str(r->why, "must be sha256// and the 44 characters of a public "
	    "key's hash in base64, several joined by ;");
	return false;
}
const struct conf_type conf_pin = { read_pin, NULL };

static bool
read_url(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at, *why = "no memory is left";
	struct url	 url;

	*where = NULL;
	if (text[0] == '\0')
		return true;
	if (!conf_printable(r, s, text))
		return false;
	if (url_split(r->arena, text, &url, &why) == OK)
		return conf_keep(r, text, at);
	buf_fmt(r->why, "is no URL that can be fetched: %s", why);
	return false;
}
const struct conf_type conf_url = { read_url, NULL };

/* The URL of a proxy with its scheme and its name and password taken away, so
 * that the rest can be judged like any other. */
static bool
proxy_ok(const struct conf_reading *r, const char *text)
{
	static const char *const schemes[] = { "http://", "https://",
	    "socks5://", "socks5h://" };
	struct buf	 b;
	struct url	 url;
	const char	*why, *sign;
	size_t		 i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncmp(text, schemes[i], strlen(schemes[i])) == 0)
			break;
	if (i == sizeof(schemes) / sizeof(schemes[0]))
		return false;
	text += strlen(schemes[i]);
	if ((sign = strrchr(text, '@')) != NULL) {
		if (sign == text || strcspn(text, "/?#") < strlen(text))
			return false;
		text = sign + 1;
	}
	buf_init(&b, r->arena, 512);
	buf_fmt(&b, "http://%s", text);
	return !buf_failed(&b) &&
	    url_split(r->arena, b.data, &url, &why) == OK &&
	    (url.path[0] == '\0' || strcmp(url.path, "/") == 0) &&
	    url.query == NULL;
}

static bool
read_proxy(const struct conf_reading *r, const struct setting *s,
    const char *text, void *at)
{
	const char	**where = at;

	*where = NULL;
	if (text[0] == '\0')
		return true;
	if (!conf_printable(r, s, text))
		return false;
	if (strpbrk(text, " \t") == NULL && proxy_ok(r, text))
		return conf_keep(r, text, at);
	buf_str(r->why, "must be http://, https://, socks5:// or socks5h://, "
	    "a host and a port, like http://127.0.0.1:3128");
	return false;
}
const struct conf_type conf_proxy = { read_proxy, NULL };
