#ifndef VIADUCT_HTTP_IP_H
#define VIADUCT_HTTP_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <netinet/in.h>

/* What kind of address this is; tests/data/addresses.txt has a row for each
 * end of each block. */
enum ip_tier {
	IP_PUBLIC,
	IP_PRIVATE,	/* P: allow_private = yes opens it */
	IP_NEVER,	/* N: not opened, but for the link-local blocks, by an
			 * explicit CIDR only */
	IP_METADATA	/* M: no setting opens it */
};

struct ip_net {
	unsigned char	 bytes[16];	/* IPv4 in the first four */
	int		 family;	/* AF_INET, AF_INET6 */
	int		 bits;
};

/* A parsed allow_private. */
struct ip_allow {
	bool			 all_private;	/* yes */
	const struct ip_net	*nets;
	size_t			 n_nets;
};

/* Family other than the two, or a short length: IP_NEVER. */
enum ip_tier	 ip_tier(const struct sockaddr *, socklen_t len);
bool		 ip_within(const struct ip_net *, const struct sockaddr *);

/* This very host: 127.0.0.0/8, ::1. */
bool		 ip_is_loopback(const struct sockaddr *);
/* The same of an address as text; NULL and what is none: false. */
bool		 ip_names_loopback(const char *);

/* May a connection go there?  `allow' NULL: nothing is opened.  Port 0: no. */
bool		 ip_allowed(const struct sockaddr *, socklen_t len,
		    const struct ip_allow *);
/* Is it inside a CIDR that `allow' states (yes is none)? */
bool		 ip_stated(const struct sockaddr *, const struct ip_allow *);

/* "10.0.0.0/8", "::1", "127.0.0.1/32".  Host bits that are set: false. */
bool		 ip_net_read(const char *text, struct ip_net *);
/* A literal (IPv6 without brackets) to a sockaddr; false if it is none. */
bool		 ip_literal(const char *text, int port,
		    struct sockaddr_storage *, socklen_t *len);

/* An IPv4 address inside of IPv6 (::ffff:0:0/96) becomes plain IPv4. */
void		 ip_unmap(struct sockaddr_storage *, socklen_t *len);
/* The canonical text (RFC 5952); "" for another family. */
void		 ip_text(const struct sockaddr *, char text[INET6_ADDRSTRLEN]);
/* The first bytes, in network order, zeros after an address's end; at most
 * 16. */
void		 ip_bytes(const struct sockaddr *, unsigned char *, size_t);
/* The address of this family that begins with these bytes, zeros behind
 * them. */
void		 ip_of_bytes(int family, const unsigned char *, size_t,
		    struct sockaddr_storage *);

#endif
