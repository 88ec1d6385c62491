#ifndef VIADUCT_STORE_TRUST_H
#define VIADUCT_STORE_TRUST_H

#include <stdbool.h>

struct buf;
struct stat;

/*
 * Who besides the operator may change, or read, what the operator wrote?  The
 * operator is this user, root, or who owns the program file: on shared hosting
 * the program may run as another user than the one who uploaded it.
 */

/* The file itself: its owner and mode.  0, or -1 with a sentence in `why' that
 * has the file as its subject, and how to mend it. */
int	 trust_file(const struct stat *, struct buf *why);

/*
 * The folder in which it lies, and where `path' is a symbolic link, that of
 * what it leads to.  `beside': it is enough for others to be able to lay a file
 * beside it, else they must be able to replace it, which a sticky bit prevents.
 */
int	 trust_folder(const char *path, bool beside, struct buf *why);

/* Do others read the file, for whom it need not be readable?  Where it is not
 * this user's, the program itself may read it as one of the group. */
bool	 trust_is_read(const struct stat *);

#endif
