#ifndef VIADUCT_STORE_LOG_FILE_H
#define VIADUCT_STORE_LOG_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct log;

/*
 * The file that processes append their accesses to.  At most once a second each
 * looks whether it is still the one of that name, so that whoever renames or
 * removes it need tell nobody; and whether it is full.  Private to store/log,
 * which locks it.
 */
struct log_file {
	char		 path[PATH_MAX];	/* "": none */
	int64_t		 max_bytes;	/* 0: never full */
	int		 fd;		/* -1: not open */
	dev_t		 dev;
	ino_t		 ino;
	time_t		 next_look;	/* monotonic seconds */
	bool		 torn;		/* the disk took half of a line; the
					 * writer's to set */
	bool		 unopened, unrenamed;	/* and the log has said so */
};

void	 log_file_init(struct log_file *);
/* Another path closes what is open; "" for none. */
void	 log_file_use(struct log_file *, const char *path, int64_t max_bytes);
/* Until the next line. */
void	 log_file_close(struct log_file *);

/*
 * Where a line is to be written, O_APPEND; -1 if it cannot, which `log' says
 * once.  A file of max_bytes is first renamed to PATH.1, in place of the one
 * before: by one process, and not while another may still write to that one.
 */
int	 log_file_fd(struct log_file *, struct log *);

#endif
