#ifndef VIADUCT_STORE_CONF_FILE_H
#define VIADUCT_STORE_CONF_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;

/*
 * The text of viaduct.ini, given to inih line by line.  What inih would repair
 * or misread in silence (a NUL, a line cut at 200 bytes, an indented line
 * taken for more of the one before, "[broken") is a problem here, and the line
 * is kept from it.
 */
struct conf_file {
	const char	*path;		/* as messages name it */
	char		*text;
	size_t		 bytes, at;
	int		 line;		/* handed out last; from 1 */
	bool		 skip;		/* below what is no section */
	bool		 secret_open;	/* its mode lets others read it */
	struct buf	*problems;
};

/* Read it whole and judge owner and mode.  -1: the problems say why. */
int	 conf_file_read(struct conf_file *, struct arena *, const char *path,
	    struct buf *problems);

/* Call `setting' for each key = value; conf_file.line then is its line.
 * Whatever inih cannot read is a problem. */
void	 conf_file_parse(struct conf_file *, int (*setting)(void *arg,
	    const char *section, const char *key, const char *value),
	    void *arg);

/* Append "PATH:LINE: ..." and a newline; line 0: "PATH: ...". */
void	 conf_say(struct buf *, const char *path, int line,
	    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
