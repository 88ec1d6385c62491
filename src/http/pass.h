#ifndef VIADUCT_HTTP_PASS_H
#define VIADUCT_HTTP_PASS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/digest.h"

/*
 * What a browser keeps in place of the operator's key: until when it holds, and
 * a proof of that which only who knows the key's hash can make.  Nothing is
 * kept here; with another key all of them are void, and none tells the key.
 */
enum { PASS_SECONDS = 12 * 3600, PASS_TEXT = 96 };
#define PASS_COOKIE	"vd_operator"

void	 pass_make(const unsigned char key_hash[DIGEST_BYTES], int64_t now_s,
	    char text[PASS_TEXT]);
/* Is one among the cookies of a request (NULL: there are none) that holds? */
bool	 pass_is_shown(const unsigned char key_hash[DIGEST_BYTES],
	    const char *cookies, int64_t now_s);

#endif
