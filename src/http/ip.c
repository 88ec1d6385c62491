#include "http/ip.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Addresses are judged by their bytes alone, never by a text (RFC 6890 and the
 * IANA registries of special-purpose addresses).  The first row that fits
 * decides, so metadata services stand before the blocks they lie in.
 */

struct row {
	unsigned char	 bytes[16];
	int		 bits;
	enum ip_tier	 tier;
};

static const struct row v4[] = {
	{ { 169, 254, 169, 254 }, 32, IP_METADATA },	/* AWS, GCP, Azure */
	{ { 169, 254, 169, 253 }, 32, IP_METADATA },	/* AWS, names */
	{ { 169, 254, 170, 2 }, 32, IP_METADATA },	/* AWS, containers */
	{ { 169, 254, 170, 23 }, 32, IP_METADATA },
	{ { 169, 254, 42, 42 }, 32, IP_METADATA },	/* Scaleway */
	{ { 169, 254, 0, 23 }, 32, IP_METADATA },	/* Tencent */
	{ { 100, 100, 100, 200 }, 32, IP_METADATA },	/* Alibaba */
	{ { 192, 0, 0, 192 }, 32, IP_METADATA },	/* Oracle */
	{ { 168, 63, 129, 16 }, 32, IP_METADATA },	/* Azure */
	{ { 0 }, 8, IP_NEVER },			/* 0.0.0.0 is localhost */
	{ { 10 }, 8, IP_PRIVATE },
	{ { 100, 64 }, 10, IP_PRIVATE },		/* RFC 6598 */
	{ { 127 }, 8, IP_PRIVATE },
	{ { 169, 254 }, 16, IP_NEVER },			/* link-local */
	{ { 172, 16 }, 12, IP_PRIVATE },
	{ { 192, 0, 0 }, 24, IP_NEVER },		/* IETF */
	{ { 192, 0, 2 }, 24, IP_NEVER },		/* documentation */
	{ { 192, 31, 196 }, 24, IP_NEVER },		/* AS112 */
	{ { 192, 52, 193 }, 24, IP_NEVER },		/* AMT */
	{ { 192, 88, 99 }, 24, IP_NEVER },		/* 6to4 relays */
	{ { 192, 168 }, 16, IP_PRIVATE },
	{ { 192, 175, 48 }, 24, IP_NEVER },		/* AS112 */
	{ { 198, 18 }, 15, IP_PRIVATE },		/* benchmarking */
	{ { 198, 51, 100 }, 24, IP_NEVER },		/* documentation */
	{ { 203, 0, 113 }, 24, IP_NEVER },
	{ { 224 }, 4, IP_NEVER },			/* multicast */
	{ { 240 }, 4, IP_NEVER },
	{ { 0 }, 0, IP_PUBLIC },
};

static const struct row v6[] = {
	/* fd00:ec2::254, ::23 (AWS), fd20:ce::254 (GCP), fd00:42::42
	 * (Scaleway), fe80::a9fe:a9fe (169.254.169.254 link-local) */
	{ { 0xfd, 0, 0x0e, 0xc2, [14] = 0x02, 0x54 }, 128, IP_METADATA },
	{ { 0xfd, 0, 0x0e, 0xc2, [15] = 0x23 }, 128, IP_METADATA },
	{ { 0xfd, 0x20, 0, 0xce, [14] = 0x02, 0x54 }, 128, IP_METADATA },
	{ { 0xfd, 0, 0, 0x42, [15] = 0x42 }, 128, IP_METADATA },
	{ { 0xfe, 0x80, [12] = 0xa9, 0xfe, 0xa9, 0xfe }, 128, IP_METADATA },
	{ { [15] = 1 }, 128, IP_PRIVATE },		/* ::1 */
	{ { 0xfc }, 7, IP_PRIVATE },			/* unique local */
	{ { 0x20, 0x01, 0x00 }, 23, IP_NEVER },	/* IETF, Teredo */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, IP_NEVER },	/* documentation */
	{ { 0x20, 0x02 }, 16, IP_NEVER },		/* 6to4 */
	{ { 0x26, 0x20, 0, 0x4f, 0x80 }, 48, IP_NEVER }, /* AS112 */
	{ { 0x3f, 0xff }, 20, IP_NEVER },		/* RFC 9637 */
	{ { 0x20 }, 3, IP_PUBLIC },
	{ { 0 }, 0, IP_NEVER },
};

static const struct ip_net link_local[] = {
	{ { 169, 254 }, AF_INET, 16 },
	{ { 0xfe, 0x80 }, AF_INET6, 10 },
};

static bool
prefix(const unsigned char *a, const unsigned char *b, int bits)
{
	for (; bits >= 8; bits -= 8)
		if (*a++ != *b++)
			return false;
	return bits == 0 || (*a ^ *b) >> (8 - bits) == 0;
}

/* The address in network order, NULL for a family that is none of the two. */
static const unsigned char *
bytes_of(const struct sockaddr *sa, unsigned char bytes[16])
{
	memset(bytes, 0, 16);
	if (sa->sa_family == AF_INET)
		memcpy(bytes, &((const struct sockaddr_in *)(const void *)
		    sa)->sin_addr, 4);
	else if (sa->sa_family == AF_INET6)
		memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)
		    sa)->sin6_addr, 16);
	else
		return NULL;
	return bytes;
}

static enum ip_tier
look_up(const struct row *row, const unsigned char *bytes)
{
	while (!prefix(bytes, row->bytes, row->bits))
		row++;		/* the last row fits everything */
	return row->tier;
}

/* 00005efe or 02005efe before an IPv4 address that a router would unwrap. */
static bool
is_isatap(const unsigned char *bytes)
{
	return (bytes[8] & ~2) == 0 && bytes[9] == 0 && bytes[10] == 0x5e &&
	    bytes[11] == 0xfe;
}

enum ip_tier
ip_tier(const struct sockaddr *sa, socklen_t len)
{
	unsigned char	 b[16];
	enum ip_tier	 tier;

	if (len >= sizeof(struct sockaddr_in) && sa->sa_family == AF_INET)
		return look_up(v4, bytes_of(sa, b));
	if (len < sizeof(struct sockaddr_in6) || sa->sa_family != AF_INET6)
		return IP_NEVER;
	tier = look_up(v6, bytes_of(sa, b));
	if (tier != IP_METADATA && (is_isatap(b) ||
	    ((const struct sockaddr_in6 *)(const void *)sa)->sin6_scope_id))
		return IP_NEVER;
	return tier;
}

bool
ip_within(const struct ip_net *net, const struct sockaddr *sa)
{
	unsigned char	 b[16];

	return net->family == sa->sa_family && bytes_of(sa, b) != NULL &&
	    prefix(b, net->bytes, net->bits);
}

bool
ip_is_loopback(const struct sockaddr *sa)
{
	static const struct ip_net	 nets[] = {
		{ .bytes = { 127 }, .family = AF_INET, .bits = 8 },
		{ .bytes = { [15] = 1 }, .family = AF_INET6, .bits = 128 },
	};

	return ip_within(&nets[0], sa) || ip_within(&nets[1], sa);
}

bool
ip_names_loopback(const char *text)
{
	struct sockaddr_storage	 sa;
	socklen_t		 len;

	return text != NULL && ip_literal(text, 0, &sa, &len) &&
	    ip_is_loopback((const struct sockaddr *)&sa);
}

bool
ip_stated(const struct sockaddr *sa, const struct ip_allow *allow)
{
	for (size_t i = 0; allow != NULL && i < allow->n_nets; i++)
		if (ip_within(&allow->nets[i], sa))
			return true;
	return false;
}

/* A link-local address needs a CIDR that lies within its block: that of a
 * greater block was not written with it in mind. */
static bool
link_local_stated(const struct sockaddr *sa, const struct ip_allow *allow)
{
	const struct ip_net	*block, *net;

	block = &link_local[sa->sa_family == AF_INET6];
	for (size_t i = 0; i < allow->n_nets; i++) {
		net = &allow->nets[i];
		if (ip_within(net, sa) && net->bits >= block->bits &&
		    prefix(net->bytes, block->bytes, block->bits))
			return true;
	}
	return false;
}

static int
port_of(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET6)
		return ((const struct sockaddr_in6 *)(const void *)
		    sa)->sin6_port;
	return ((const struct sockaddr_in *)(const void *)sa)->sin_port;
}

bool
ip_allowed(const struct sockaddr *sa, socklen_t len,
    const struct ip_allow *allow)
{
	enum ip_tier	 tier = ip_tier(sa, len);

	if (tier == IP_METADATA || len < sizeof(struct sockaddr_in) ||
	    (tier != IP_PUBLIC && allow == NULL) || port_of(sa) == 0)
		return false;
	if (tier == IP_PUBLIC)
		return true;
	if (tier == IP_PRIVATE)
		return allow->all_private || ip_stated(sa, allow);
	return link_local_stated(sa, allow);
}

/* --- reading --- */

static bool
host_bits_clear(const unsigned char *bytes, int bits, int size)
{
	for (int i = bits; i < size; i++)
		if (bytes[i / 8] & 0x80 >> i % 8)
			return false;
	return true;
}

/* 1*DIGIT without a leading zero, up to max; -1 for anything else. */
static int
number(const char *s, int max)
{
	int	 n = 0;

	if (*s == '\0' || (s[0] == '0' && s[1] != '\0'))
		return -1;
	for (; *s >= '0' && *s <= '9' && n <= max; s++)
		n = n * 10 + (*s - '0');
	return *s != '\0' || n > max ? -1 : n;
}

bool
ip_net_read(const char *text, struct ip_net *net)
{
	struct ip_net	 n = { .family = AF_INET };
	char		 address[INET6_ADDRSTRLEN];
	size_t		 len = strcspn(text, "/");
	int		 size = 32;

	if (len >= sizeof address)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (inet_pton(AF_INET, address, n.bytes) != 1) {
		if (inet_pton(AF_INET6, address, n.bytes) != 1)
			return false;
		n.family = AF_INET6;
		size = 128;
	}
	n.bits = text[len] == '/' ? number(text + len + 1, size) : size;
	if (n.bits < 0 || !host_bits_clear(n.bytes, n.bits, size))
		return false;
	*net = n;
	return true;
}

bool
ip_literal(const char *text, int port, struct sockaddr_storage *sa,
    socklen_t *len)
{
	struct sockaddr_in	 in = { .sin_family = AF_INET,
	    .sin_port = htons(port) };
	struct sockaddr_in6	 in6 = { .sin6_family = AF_INET6,
	    .sin6_port = htons(port) };

	memset(sa, 0, sizeof *sa);
	if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
		memcpy(sa, &in, *len = sizeof in);
		return true;
	}
	if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
		memcpy(sa, &in6, *len = sizeof in6);
		return true;
	}
	return false;
}

/* --- writing --- */

void
ip_unmap(struct sockaddr_storage *sa, socklen_t *len)
{
	static const unsigned char	 mapped[12] = { [10] = 0xff, 0xff };
	struct sockaddr_in		 in = { .sin_family = AF_INET };
	const struct sockaddr_in6	*in6 = (const void *)sa;

	if (sa->ss_family != AF_INET6 ||
	    memcmp(&in6->sin6_addr, mapped, sizeof mapped) != 0)
		return;
	memcpy(&in.sin_addr, (const char *)&in6->sin6_addr + sizeof mapped, 4);
	in.sin_port = in6->sin6_port;
	memset(sa, 0, sizeof *sa);
	memcpy(sa, &in, *len = sizeof in);
}

static void
text_of_v4(const unsigned char *b, char *text)
{
	for (int i = 0; i < 4; i++) {
		if (b[i] >= 100)
			*text++ = (char)('0' + b[i] / 100);
		if (b[i] >= 10)
			*text++ = (char)('0' + b[i] / 10 % 10);
		*text++ = (char)('0' + b[i] % 10);
		*text++ = i < 3 ? '.' : '\0';
	}
}

void
ip_text(const struct sockaddr *sa, char text[INET6_ADDRSTRLEN])
{
	unsigned char	 b[16];

	if (bytes_of(sa, b) == NULL)
		text[0] = '\0';
	else if (sa->sa_family == AF_INET)
		text_of_v4(b, text);	/* inet_ntop() goes by printf() */
	else if (inet_ntop(AF_INET6, b, text, INET6_ADDRSTRLEN) == NULL)
		text[0] = '\0';
}

void
ip_bytes(const struct sockaddr *sa, unsigned char *bytes, size_t n)
{
	unsigned char	 b[16];

	bytes_of(sa, b);
	memcpy(bytes, b, n);
}

void
ip_of_bytes(int family, const unsigned char *bytes, size_t n,
    struct sockaddr_storage *sa)
{
	struct sockaddr_in	*in = (void *)sa;
	struct sockaddr_in6	*in6 = (void *)sa;
	void			*to = family == AF_INET ?
				    (void *)&in->sin_addr : &in6->sin6_addr;
	size_t			 room = family == AF_INET ? 4 : 16;

	memset(sa, 0, sizeof *sa);
	sa->ss_family = (sa_family_t)family;
	memcpy(to, bytes, n < room ? n : room);
}
