#include "cli/settings.h"

#include <stdio.h>
#include <sysexits.h>

#include "core/arena.h"
#include "core/buf.h"
#include "store/conf.h"

enum { MAX_TEXT = 64 * 1024 };

int
settings_read(struct conf *c, struct arena *a, const char *given,
    const char *command)
{
	struct buf	 text;
	const char	*path;

	buf_init(&text, a, MAX_TEXT);
	if ((path = conf_find(a, given, &text)) == NULL) {
		fprintf(stderr, "%s: no viaduct.ini was found; searched: %s\n",
		    command, text.data);
		return EX_CONFIG;
	}
	if (conf_load(c, a, path, &text, NULL) == 0)
		return 0;
	fputs(text.data, stderr);
	if (a->failed)
		fprintf(stderr, "%s: no memory is left\n", command);
	return EX_CONFIG;
}
