#ifndef VIADUCT_CORE_LOOP_H
#define VIADUCT_CORE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One thread's wait for descriptors and times, by epoll(7).  All of it is for
 * that thread alone.
 *
 * Of a descriptor that is the loop's to close (loop_take()) the kernel may watch
 * more than what is wanted: a connection that is kept is wanted again and again,
 * and to say so each time would be a system call each time.  What nobody wants
 * is told to the kernel when it comes.
 */
struct loop;

/* Its owner's, who sets the last two; all else is zero before its first use.
 * It is called once, at its time. */
struct loop_timer {
	int64_t		 due_ms;	/* monotonic */
	size_t		 place;		/* the loop's; 0: not in its heap */
	struct loop_timer *next;	/* the loop's: in the next turn */
	bool		 soon;
	void		(*due)(void *arg);
	void		*arg;
};

struct loop	*loop_new(void);	/* NULL: no memory or descriptor */
void		 loop_free(struct loop *);

/* A descriptor that is new here; what was known of that number is not true any
 * more.  Who closes it says so by loop_close(), or by taking what comes next by
 * that number. */
void		 loop_take(struct loop *, int fd);
/* Call when one of these events (those of epoll(7); EPOLLERR and EPOLLHUP come
 * unasked) is there, as long as it is.  0, or -1 with errno: EPERM for a file,
 * which is always ready. */
int		 loop_watch(struct loop *, int fd, unsigned events,
		    void (*ready)(void *arg, int fd, unsigned events),
		    void *arg);
/* As loop_watch(), of a listening socket that other loops and processes watch
 * too: not all of them are woken for one connection. */
int		 loop_listen(struct loop *, int fd,
		    void (*ready)(void *arg, int fd, unsigned events),
		    void *arg);
/* Nobody waits for it any more, or for now. */
void		 loop_unwatch(struct loop *, int fd);
void		 loop_close(struct loop *, int fd);
/* Call this now, without events, for each descriptor that it waits for. */
void		 loop_each(struct loop *,
		    void (*ready)(void *arg, int fd, unsigned events));

/* Call it then; one that is set already is moved.  -1: no memory. */
int		 loop_at(struct loop *, struct loop_timer *, int64_t due_ms);
/* Call it in the next turn, when others have been heard. */
void		 loop_soon(struct loop *, struct loop_timer *);
void		 loop_no_more(struct loop *, struct loop_timer *);

/* Wait for what comes first, and call whom it is for. */
void		 loop_turn(struct loop *);
/* How many events it has found in this turn. */
int		 loop_found(const struct loop *);
/* The time of this turn: monotonic milliseconds, not read anew at each call. */
int64_t		 loop_now_ms(const struct loop *);

#endif
