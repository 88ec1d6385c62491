#ifndef VIADUCT_HTTP_FORWARDED_H
#define VIADUCT_HTTP_FORWARDED_H

#include <stdbool.h>

#include "http/ip.h"

enum { CLIENT_BLOCK_BYTES = 9, CLIENT_BLOCK_TEXT = INET6_ADDRSTRLEN + 4 };

/* Where a request comes from, through proxies that are believed. */
struct client {
	char		 address[INET6_ADDRSTRLEN];	/* "" if unknown */
	bool		 proxied;	/* the peer is one of those proxies */
	/* What a person is limited by: an IPv4 address, the /64 of an IPv6
	 * address; one for all whose address is unknown. */
	unsigned char	 block[CLIENT_BLOCK_BYTES];
};

/*
 * The client of a connection from `peer' (REMOTE_ADDR; NULL or no address:
 * unknown, as on a socket file).  From a peer that is `trusted',
 * `forwarded_for' (X-Forwarded-For; NULL: none) is read from its right end,
 * past further trusted addresses, ten at most: the client is the first that is
 * not trusted, or the last that could be read.  IPv4 inside of IPv6
 * (::ffff:0:0/96) is IPv4; a port and a zone are passed over.
 */
void	 client_find(struct client *, const char *peer,
	    const char *forwarded_for, const struct ip_allow *trusted);

/* "192.0.2.1", "2001:db8:0:1::/64" or "unknown", of the block of a client. */
void	 client_block_text(const unsigned char block[CLIENT_BLOCK_BYTES],
	    char text[CLIENT_BLOCK_TEXT]);

/*
 * May fields be believed that this server (SERVER_SOFTWARE; NULL: unknown) has
 * handed on as a variable that came twice (`repeated')?  lighttpd joins fields
 * of one name, and repeats the variable for X_Forwarded_For beside
 * X-Forwarded-For: of which one a proxy has written is not known then.  Others
 * repeat it for fields of one name.
 */
bool	 forwarded_believed(const char *server_software, bool repeated);

/* Does the client speak HTTPS?  `https' is the web server's word on its own
 * connection; that of a trusted peer (X-Forwarded-Proto; NULL: none) goes
 * before it. */
bool	 client_speaks_https(const struct client *,
	    const char *forwarded_proto, bool https);

#endif
