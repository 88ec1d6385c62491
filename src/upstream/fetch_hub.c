#include "upstream/transfer.h"

#include <sys/epoll.h>

#include "core/clock.h"

/* libcurl's sockets and timer in the loop: each hub has a timer, which is
 * that of all its transfers. */

struct transfer *
transfer_of(CURL *easy)
{
	char	*t = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
	return (struct transfer *)(void *)t;
}

static void
on_target(void *arg, int fd, unsigned events)
{
	struct hub	*h = arg;
	int		 mask = 0, running;

	if (events & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	curl_multi_socket_action(h->multi, fd, mask, &running);
	hub_harvest(h);
}

static void
on_time(void *arg)
{
	struct hub	*h = arg;
	int		 running;

	curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	hub_harvest(h);
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	struct hub	*h = arg;
	struct loop	*l = h->fetcher->loop;
	struct transfer	*t = known != NULL ? known : transfer_of(easy);
	unsigned	 events = 0;

	if (what == CURL_POLL_REMOVE) {
		if (known != NULL)
			t->n_sockets--;
		loop_unwatch(l, fd);
		return 0;
	}
	if (known == NULL && t != NULL) {
		t->n_sockets++;
		curl_multi_assign(h->multi, fd, t);
	}
	/* What it has opened for a name, or in an attempt to connect, libcurl
	 * closes without a word. */
	if (known == NULL && (t == NULL || !t->connected))
		loop_take(l, fd);
	if (what & CURL_POLL_IN)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		events |= EPOLLOUT;
	if (loop_watch(l, fd, events, on_target, h) == -1 && t != NULL) {
		transfer_fail(t, ERR_NO_MEMORY);
		transfer_touch(t);
	}
	return 0;		/* an error would end all of the hub's */
}

/* Without memory it is called too early, and says again when: an error would
 * end all of the hub's, and any that it is ever to have. */
static int
on_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct hub	*h = arg;
	struct loop	*l = h->fetcher->loop;

	(void)multi;
	if (timeout_ms < 0)
		loop_no_more(l, &h->due);
	else if (loop_at(l, &h->due, timeout_ms == 0 ? loop_now_ms(l) :
	    clock_ms() + timeout_ms) == -1)
		loop_soon(l, &h->due);
	return 0;
}

void
hub_watch(struct hub *h)
{
	h->due.due = on_time;
	h->due.arg = h;
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
}
