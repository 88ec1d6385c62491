#ifndef VIADUCT_UPSTREAM_GUARD_H
#define VIADUCT_UPSTREAM_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "http/ip.h"

/*
 * May a connection go to this address?  ip_allowed(), and not to this host
 * itself (its interfaces, read at most once a minute) unless `allow' opens the
 * address; an own public address needs its CIDR stated there (decision 6).
 * `server_addr' is the request's SERVER_ADDR, NULL if unknown.
 */
bool	guard_permits(const struct sockaddr *, socklen_t,
	    const struct ip_allow *, const char *server_addr);

#endif
