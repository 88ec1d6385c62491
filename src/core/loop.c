#include "core/loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/clock.h"

/*
 * What is known of a descriptor, by its number.  That is used again as soon as
 * it is closed, when an event of the former may still be among those that were
 * fetched at once: its age tells them apart.
 */
struct watched {
	/* NULL: nobody waits */
	void		(*ready)(void *, int, unsigned);
	void		 *arg;
	unsigned	 wanted, told;	/* to the kernel; 0: it is not there */
	unsigned	 age;
	bool		 taken;		/* loop_close() ends it */
};

enum { BATCH = 64, MAX_WAIT_MS = 60000, FIRST_ROOM = 64 };

struct loop {
	int			 epoll_fd;
	int64_t			 now_ms;
	int			 found;
	struct watched		*fds;
	size_t			 n_fds;
	struct loop_timer	**heap;		/* from 1, the soonest first */
	size_t			 n_timers, room;
	struct loop_timer	*soon, *now;	/* the next turn's, and this */
};

struct loop *
loop_new(void)
{
	struct loop	*l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->now_ms = clock_ms();
	if ((l->epoll_fd = epoll_create1(EPOLL_CLOEXEC)) == -1) {
		free(l);
		return NULL;
	}
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	close(l->epoll_fd);
	free(l->fds);
	free(l->heap);
	free(l);
}

int64_t
loop_now_ms(const struct loop *l)
{
	return l->now_ms;
}

int
loop_found(const struct loop *l)
{
	return l->found;
}

/* --- descriptors --- */

static struct watched *
known(const struct loop *l, int fd)
{
	return fd >= 0 && (size_t)fd < l->n_fds ? &l->fds[fd] : NULL;
}

static struct watched *
place(struct loop *l, int fd)
{
	size_t		 n = l->n_fds > 0 ? l->n_fds : FIRST_ROOM;
	struct watched	*more;

	if (known(l, fd) != NULL)
		return known(l, fd);
	while (n <= (size_t)fd)
		n *= 2;
	if ((more = realloc(l->fds, n * sizeof(*more))) == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	memset(more + l->n_fds, 0, (n - l->n_fds) * sizeof(*more));
	l->fds = more;
	l->n_fds = n;
	return &l->fds[fd];
}

static int
tell(struct loop *l, int fd, struct watched *w, unsigned events)
{
	struct epoll_event	 ev = { .events = events };
	int			 op = w->told == 0 ? EPOLL_CTL_ADD :
				    events == 0 ? EPOLL_CTL_DEL :
				    EPOLL_CTL_MOD;

	ev.data.u64 = (uint64_t)w->age << 32 | (unsigned)fd;
	/* It may have been there all the time, and be taken anew; or have gone
	 * without a word. */
	if (epoll_ctl(l->epoll_fd, op, fd, &ev) == -1 &&
	    (errno != EEXIST || op != EPOLL_CTL_ADD ||
	    epoll_ctl(l->epoll_fd, EPOLL_CTL_MOD, fd, &ev) == -1) &&
	    (errno != ENOENT || op != EPOLL_CTL_MOD ||
	    epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == -1))
		return -1;
	w->told = events;
	return 0;
}

int
loop_watch(struct loop *l, int fd, unsigned events,
    void (*ready)(void *, int, unsigned), void *arg)
{
	struct watched	*w = place(l, fd);

	if (w == NULL)
		return -1;
	if (((events & ~w->told) != 0 || ((events ^ w->told) & EPOLLET)) &&
	    tell(l, fd, w, events) == -1)
		return -1;
	w->wanted = events;
	w->ready = ready;
	w->arg = arg;
	return 0;
}

int
loop_listen(struct loop *l, int fd, void (*ready)(void *, int, unsigned),
    void *arg)
{
	return loop_watch(l, fd, EPOLLIN | EPOLLEXCLUSIVE, ready, arg);
}

void
loop_unwatch(struct loop *l, int fd)
{
	struct watched	*w = known(l, fd);

	if (w == NULL)
		return;
	w->ready = NULL;
	if (!w->taken && w->told != 0)
		tell(l, fd, w, 0);
}

static void
forget(struct watched *w)
{
	w->ready = NULL;
	w->told = 0;
	w->age++;
}

void
loop_take(struct loop *l, int fd)
{
	struct watched	*w = place(l, fd);

	if (w == NULL)
		return;		/* loop_watch() will say so */
	forget(w);
	w->taken = true;
}

/* With its last descriptor closed, the kernel watches it no more. */
void
loop_close(struct loop *l, int fd)
{
	struct watched	*w = known(l, fd);

	if (w != NULL) {
		forget(w);
		w->taken = false;
	}
	close(fd);
}

void
loop_each(struct loop *l, void (*ready)(void *, int, unsigned))
{
	for (size_t fd = 0; fd < l->n_fds; fd++)
		if (l->fds[fd].ready == ready)
			ready(l->fds[fd].arg, (int)fd, 0);
}

static void
dispatch(struct loop *l, const struct epoll_event *ev)
{
	int		 fd = (int)(ev->data.u64 & 0xffffffff);
	struct watched	*w = known(l, fd);
	unsigned	 got;

	if (w == NULL || w->told == 0 || w->age != ev->data.u64 >> 32)
		return;
	/* By its edge it comes once; who waits next is to be told as well. */
	if (w->told & EPOLLET)
		w->told &= ~(ev->events & EPOLLRDHUP);
	got = ev->events & (w->wanted | EPOLLERR | EPOLLHUP);
	if (w->ready == NULL)
		tell(l, fd, w, 0);
	else if (got == 0)
		tell(l, fd, w, w->wanted);
	else
		w->ready(w->arg, fd, got);
}

/* --- times: a heap, each of whose members is not before its half --- */

static void
put(struct loop *l, size_t at, struct loop_timer *t)
{
	l->heap[at] = t;
	t->place = at;
}

static void
rise(struct loop *l, size_t at, struct loop_timer *t)
{
	for (; at > 1 && l->heap[at / 2]->due_ms > t->due_ms; at /= 2)
		put(l, at, l->heap[at / 2]);
	put(l, at, t);
}

static void
sink(struct loop *l, size_t at, struct loop_timer *t)
{
	size_t	 next;

	for (; (next = at * 2) <= l->n_timers; at = next) {
		if (next < l->n_timers &&
		    l->heap[next + 1]->due_ms < l->heap[next]->due_ms)
			next++;
		if (l->heap[next]->due_ms >= t->due_ms)
			break;
		put(l, at, l->heap[next]);
	}
	put(l, at, t);
}

static bool
make_room(struct loop *l)
{
	size_t			 n = l->room > 0 ? l->room * 2 : FIRST_ROOM;
	struct loop_timer	**more;

	if (l->n_timers + 1 < l->room)
		return true;
	if ((more = realloc(l->heap, n * sizeof(*more))) == NULL)
		return false;
	l->heap = more;
	l->room = n;
	return true;
}

static void
not_soon(struct loop *l, struct loop_timer *t)
{
	struct loop_timer	**lists[] = { &l->soon, &l->now }, **at;

	t->soon = false;
	for (size_t i = 0; i < 2; i++)
		for (at = lists[i]; *at != NULL; at = &(*at)->next)
			if (*at == t) {
				*at = t->next;
				return;
			}
}

int
loop_at(struct loop *l, struct loop_timer *t, int64_t due_ms)
{
	int64_t	 was_ms = t->due_ms;

	if (t->soon)
		not_soon(l, t);
	if (t->place == 0) {
		if (!make_room(l))
			return -1;
		t->due_ms = due_ms;
		rise(l, ++l->n_timers, t);
		return 0;
	}
	t->due_ms = due_ms;
	if (due_ms < was_ms)
		rise(l, t->place, t);
	else
		sink(l, t->place, t);
	return 0;
}

void
loop_soon(struct loop *l, struct loop_timer *t)
{
	loop_no_more(l, t);
	t->soon = true;
	t->next = l->soon;
	l->soon = t;
}

void
loop_no_more(struct loop *l, struct loop_timer *t)
{
	struct loop_timer	*last;
	size_t			 at = t->place;

	if (t->soon)
		not_soon(l, t);
	if (at == 0)
		return;
	t->place = 0;
	last = l->heap[l->n_timers--];
	if (last == t)
		return;
	if (last->due_ms < t->due_ms)
		rise(l, at, last);
	else
		sink(l, at, last);
}

/* What is set meanwhile for now is done now as well, within reason. */
static void
do_what_is_due(struct loop *l)
{
	struct loop_timer	*t;
	size_t			 left = l->n_timers + BATCH;

	for (; left > 0 && l->n_timers > 0; left--) {
		if ((t = l->heap[1])->due_ms > l->now_ms)
			return;
		loop_no_more(l, t);
		t->due(t->arg);
	}
}

static int
wait_ms(const struct loop *l)
{
	int64_t	 left;

	if (l->now != NULL)
		return 0;
	if (l->n_timers == 0)
		return -1;
	left = l->heap[1]->due_ms - clock_ms();
	return left < 0 ? 0 : left < MAX_WAIT_MS ? (int)left : MAX_WAIT_MS;
}

void
loop_turn(struct loop *l)
{
	struct epoll_event	 events[BATCH];
	struct loop_timer	*t;
	int			 i, n;

	if (l->now == NULL) {
		l->now = l->soon;
		l->soon = NULL;
	}
	n = epoll_wait(l->epoll_fd, events, BATCH, wait_ms(l));
	l->now_ms = clock_ms();
	l->found = n;
	for (i = 0; i < n; i++)
		dispatch(l, &events[i]);
	while ((t = l->now) != NULL) {
		l->now = t->next;
		t->soon = false;
		t->due(t->arg);
	}
	do_what_is_due(l);
}
