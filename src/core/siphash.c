#include "core/siphash.h"

#include <endian.h>
#include <string.h>

/* J.-P. Aumasson, D. J. Bernstein: SipHash: a fast short-input PRF (2012). */

struct state { uint64_t v[4]; };

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

/* Eight bytes, the first one lowest, whatever the machine's order. */
static uint64_t
word(const unsigned char *s)
{
	uint64_t	 x;

	memcpy(&x, s, sizeof(x));
	return le64toh(x);
}

static void
rounds(struct state *s, int n)
{
	uint64_t	*v = s->v;

	while (n-- > 0) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

static void
compress(struct state *s, uint64_t m)
{
	s->v[3] ^= m;
	rounds(s, 2);
	s->v[0] ^= m;
}

uint64_t
siphash(const unsigned char key[16], const void *data, size_t bytes)
{
	const unsigned char	*in = data;
	uint64_t		 k0 = word(key), k1 = word(key + 8);
	struct state		 s = { { k0 ^ 0x736f6d6570736575,
				    k1 ^ 0x646f72616e646f6d,
				    k0 ^ 0x6c7967656e657261,
				    k1 ^ 0x7465646279746573 } };
	unsigned char		 last[8] = { 0 };
	size_t			 left;

	for (left = bytes; left >= 8; left -= 8, in += 8)
		compress(&s, word(in));
	memcpy(last, in, left);
	compress(&s, (uint64_t)bytes << 56 | word(last));
	s.v[2] ^= 0xff;
	rounds(&s, 4);
	return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}
