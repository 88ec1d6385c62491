#ifndef VIADUCT_CORE_JSON_H
#define VIADUCT_CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Append JSON piece by piece; the comma between two pieces comes with the
 * second.  `name' is that of a member of an object, written as it is; NULL: an
 * element of an array.  An object that is an element begins a line.
 */
void	json_open(struct buf *, const char *name, char bracket); /* { or [ */
void	json_close(struct buf *, char bracket);			/* } or ] */
/* null for NULL; escape_json() says how. */
void	json_text(struct buf *, const char *name, const char *value);
/* null for NULL and for nothing; escape_log_json() says how. */
void	json_log_text(struct buf *, const char *name, const char *value,
	    size_t max_bytes);
void	json_number(struct buf *, const char *name, int64_t);
void	json_truth(struct buf *, const char *name, bool);
void	json_null(struct buf *, const char *name);
/* Microseconds, as milliseconds with three decimals. */
void	json_ms(struct buf *, const char *name, int64_t us);

#endif
