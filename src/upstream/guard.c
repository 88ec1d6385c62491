#include "upstream/guard.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

/*
 * The addresses of this host's interfaces.  They change seldom (DHCP, a
 * container's network), so they are read again at most once a minute; the
 * comparison of both ends of a connection, made by fetch before each request,
 * catches what is newer.
 */
enum { MAX_OWN = 64, REFRESH_SECONDS = 60 };
static struct {
	pthread_mutex_t	 lock;
	time_t		 read_at;	/* monotonic seconds; 0: never */
	size_t		 count;
	struct sockaddr_storage list[MAX_OWN];
} own = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool
same_address(const struct sockaddr *a, const struct sockaddr *b)
{
	if (a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
		    ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
	    &((const struct sockaddr_in6 *)b)->sin6_addr,
	    sizeof(struct in6_addr)) == 0;
}

static void
read_interfaces(void)
{
	struct ifaddrs	*all, *i;
	size_t		 size;

	own.count = 0;
	if (getifaddrs(&all) != 0)
		return;
	for (i = all; i != NULL && own.count < MAX_OWN; i = i->ifa_next) {
		if (i->ifa_addr == NULL)
			continue;
		if (i->ifa_addr->sa_family == AF_INET)
			size = sizeof(struct sockaddr_in);
		else if (i->ifa_addr->sa_family == AF_INET6)
			size = sizeof(struct sockaddr_in6);
		else
			continue;
		memcpy(&own.list[own.count++], i->ifa_addr, size);
	}
	freeifaddrs(all);
}

static bool
is_interface(const struct sockaddr *sa)
{
	struct timespec	 now;
	bool		 found = false;
	size_t		 i;

	clock_gettime(CLOCK_MONOTONIC, &now);
	pthread_mutex_lock(&own.lock);
	if (own.read_at == 0 || now.tv_sec - own.read_at > REFRESH_SECONDS) {
		read_interfaces();
		own.read_at = now.tv_sec;
	}
	for (i = 0; i < own.count && !found; i++)
		found = same_address(sa, (struct sockaddr *)&own.list[i]);
	pthread_mutex_unlock(&own.lock);
	return found;
}

static bool
is_server(const struct sockaddr *sa, const char *server_addr)
{
	struct sockaddr_storage	 server;
	socklen_t		 len;

	return server_addr != NULL &&
	    ip_literal(server_addr, 0, &server, &len) &&
	    same_address(sa, (struct sockaddr *)&server);
}

bool
guard_permits(const struct sockaddr *sa, socklen_t len,
    const struct ip_allow *allow, const char *server_addr)
{
	if (!ip_allowed(sa, len, allow))
		return false;
	/* What allow_private opens may be this host: 127.0.0.1 always is. */
	if (ip_tier(sa, len) != IP_PUBLIC || ip_stated(sa, allow))
		return true;
	return !is_server(sa, server_addr) && !is_interface(sa);
}
