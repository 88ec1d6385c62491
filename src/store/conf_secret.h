#ifndef VIADUCT_STORE_CONF_SECRET_H
#define VIADUCT_STORE_CONF_SECRET_H

struct arena;
struct buf;
struct conf;

/*
 * Read the files with secrets that the settings name.  They are judged as the
 * settings are, by owner and mode, and by what they hold: every problem is
 * appended to `problems' as a line "FILE: what, how to mend it", and that others
 * may read one to `warnings' (may be NULL).
 */
void	 conf_secrets(struct conf *, struct arena *, struct buf *problems,
	    struct buf *warnings);

#endif
