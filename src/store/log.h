#ifndef VIADUCT_STORE_LOG_H
#define VIADUCT_STORE_LOG_H

#include <stdint.h>

#include "store/access_line.h"
#include "store/conf.h"

/*
 * Errors go to standard error, where the web server keeps them; accesses to
 * the file of [log] access.  One record is one line of at most 4,096 bytes and one
 * write(2); what cannot be written is counted, and never blocks or ends a
 * request.  Any thread may call.
 */
struct log;
struct log	*log_open(void);	/* errors only, until log_use() */
void		 log_close(struct log *);
/* Write accesses where these settings say; the same again costs nothing. */
void		 log_use(struct log *, const struct conf *);
void		 log_reopen(struct log *);	/* SIGHUP */
uint64_t	 log_dropped(struct log *);	/* lines lost so far */

void		 log_access(struct log *, const struct access *);

/* One line "viaduct: level: ..."; every argument's text is made safe by
 * escape_log. */
void		 log_line(struct log *, enum log_level, const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));
/* The same at level info, whatever the settings' level: it was asked for. */
void		 log_trace(struct log *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

#endif
