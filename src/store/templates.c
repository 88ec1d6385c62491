#include "store/templates.h"

#include <string.h>
#include <sys/stat.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/escape.h"
#include "http/csp.h"
#include "store/conf_file.h"

/* With the values filled in it has to be a page still (client/reply). */
enum { MAX_BYTES = 32 * 1024, MAX_PATH = 4096, MAX_POLICY = 1024 };

#define TEMPLATE_TEXT(id, name) #name,
const char *const	 template_names[NAME__MAX] = {
	TEMPLATE_NAMES(TEMPLATE_TEXT)
};

static const char *const files[TEMPLATE__MAX] = {
	[TEMPLATE_SPLASH] = "splash.html",
	[TEMPLATE_FILTERED] = "filtered.html",
	[TEMPLATE_ERROR] = "error.html",
};

/* A line ends in "\n": browsers make that of a CR, alone or with a LF behind
 * it, before they compare a style with its hash (HTML 13.2.3.5). */
static void
end_lines(struct conf_file *f)
{
	char	*to = f->text;

	for (const char *s = f->text, *end = s + f->bytes; s < end; s++) {
		if (s[0] == '\r' && s[1] == '\n')
			continue;
		*to++ = *s == '\r' ? '\n' : *s;
	}
	*to = '\0';
	f->bytes = (size_t)(to - f->text);
}

/* The line of the first byte that is no text; 0: there is none. */
static int
bad_line(const char *s, size_t bytes)
{
	const char	*end = s + bytes;
	int		 line = 1;
	size_t		 n;

	for (; s < end; s += n) {
		n = utf8_len((const unsigned char *)s);
		if (n == 0 || *s == '\0')
			return line;
		line += *s == '\n';
	}
	return 0;
}

static const char *
policy(struct arena *a, const char *text)
{
	const struct csp	 may = { .page = text, .images = true };
	struct buf		 b;

	buf_init(&b, a, MAX_POLICY);
	csp_write(&b, &may);
	return buf_failed(&b) ? NULL : b.data;
}

static void
read_one(struct template *t, struct arena *a, struct buf *faults)
{
	struct conf_file	 f;
	int			 line;

	watched_begin(&t->file, t->path);
	if (!t->file.stamp.there ||
	    conf_file_read(&f, a, t->path, faults) == -1)
		return;
	end_lines(&f);
	if (f.bytes > MAX_BYTES)
		conf_say(faults, t->path, 0, "is larger than %d bytes",
		    MAX_BYTES);
	else if ((line = bad_line(f.text, f.bytes)) != 0)
		conf_say(faults, t->path, line, "is not UTF-8: save it as "
		    "that");
	else if (template_judge(t->path, f.text, t->uses, faults)) {
		if ((t->policy = policy(a, f.text)) == NULL)
			conf_say(faults, t->path, 0, "has too many <style>: "
			    "make one of them");
		else
			t->text = f.text;
	}
}

void
templates_read(struct template list[TEMPLATE__MAX], struct arena *a,
    const char *folder, struct buf *faults)
{
	struct stat	 st;
	struct buf	 path;

	if (folder == NULL)
		return;
	if (stat(folder, &st) == -1 || !S_ISDIR(st.st_mode))
		conf_say(faults, folder, 0, "is no folder: make it, or name "
		    "another in [app] pages");
	for (int i = 0; i < TEMPLATE__MAX; i++) {
		buf_init(&path, a, MAX_PATH);
		buf_fmt(&path, "%s/%s", folder, files[i]);
		if (buf_failed(&path))
			return;
		list[i].path = path.data;
		read_one(&list[i], a, faults);
	}
}

bool
templates_hold(const struct template list[TEMPLATE__MAX])
{
	for (int i = 0; i < TEMPLATE__MAX; i++)
		if (!watched_holds(&list[i].file))
			return false;
	return true;
}
