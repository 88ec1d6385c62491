#ifndef VIADUCT_HTTP_LANGUAGE_H
#define VIADUCT_HTTP_LANGUAGE_H

#include <stddef.h>

/*
 * Which of these languages suits best who sent this Accept-Language (RFC 9110
 * 12.5.4; NULL: it did not come), by lookup (RFC 4647 3.4): "de-CH" is served
 * by "de", and "*" only where no range that is named is.
 *
 *   tags   n language tags (RFC 5646), at least one, each once
 *
 * The index of the tag; 0 where none suits.  What a range with q=0 names is
 * never chosen for a range of less weight; a range or weight that is none is
 * passed over.  The time it takes is linear in the length of the text.
 */
size_t	 language_choose(const char *accept_language, const char *const *tags,
	    size_t n);

#endif
