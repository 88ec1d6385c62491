#include "store/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/arena.h"
#include "core/utc.h"
#include "store/rows.h"

struct keys {
	struct key	*list;		/* by id */
	size_t		 count;
};

/* --- rows become keys -------------------------------------------------- */

/*
 * NULL: never.  A day lasts to its end where a key expires, and is over at its
 * begin where a key is revoked: in doubt a key is none.
 */
static bool
moment(const char *text, bool to_its_end, int64_t *seconds)
{
	bool	 whole_day;

	*seconds = INT64_MAX;
	if (text == NULL)
		return true;
	if (!utc_read(text, seconds, &whole_day))
		return false;
	if (whole_day && to_its_end)
		*seconds += UTC_DAY_SECONDS;
	return true;
}

/* The words of a list of routes, NULL-terminated; NULL with a fault, or for
 * "*". */
static const char *const *
routes(struct arena *a, const char *text, const char **fault)
{
	const char	**list;
	size_t		  n = 0, max = strlen(text) / 2 + 1, len;

	if (text[strspn(text, " ")] == '*' &&
	    text[strspn(text, " *")] == '\0')
		return NULL;
	*fault = "no memory is left for it";
	if ((list = arena_alloc(a, (max + 1) * sizeof(*list))) == NULL)
		return NULL;
	for (;; text += len) {
		text += strspn(text, " ");
		if ((len = strcspn(text, " ")) == 0)
			break;
		if ((list[n++] = arena_strndup(a, text, len)) == NULL)
			return NULL;
	}
	*fault = n > 0 ? NULL : "column routes must name routes, or be *";
	return list;
}

/* Judged as if the database had judged nothing, like routes. */
static const char *
lay(struct key *k, struct arena *a, const struct key_row *row)
{
	if (row->fault != NULL)
		return arena_strdup(a, row->fault);
	if (row->id == NULL || !key_is_id(row->id, strlen(row->id)))
		return "column id must be 8 characters of base32: make the "
		    "key anew with viaduct key add";
	if (!moment(row->expires, true, &k->expires) ||
	    !moment(row->revoked, false, &k->revoked))
		return "columns expires and revoked must be UTC, like "
		    "2030-12-31 or 2030-12-31 23:59:59";
	if (row->routes == NULL)
		return "column routes must name routes, or be *";
	k->routes = routes(a, row->routes, &k->fault);
	return k->fault;
}

static int
add(struct key *k, struct arena *a, const struct key_row *row)
{
	*k = (struct key){ .expires = INT64_MAX, .revoked = INT64_MAX,
	    .name = arena_strdup(a, row->name),
	    .id = arena_strdup(a, row->id != NULL ? row->id : ""),
	    .created = arena_strdup(a, row->created != NULL ? row->created :
	    ""), .until = arena_strdup(a, row->expires != NULL ?
	    row->expires : "") };
	if (k->name == NULL || k->id == NULL || k->created == NULL ||
	    k->until == NULL)
		return -1;
	memcpy(k->hash, row->hash, DIGEST_BYTES);
	k->fault = lay(k, a, row);
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->id,
	    ((const struct key *)b)->id);
}

struct keys *
keys_build(struct arena *a, const struct key_row *rows, size_t n)
{
	struct keys	*ks = arena_alloc(a, sizeof(*ks));
	size_t		 i;

	if (ks == NULL ||
	    (ks->list = arena_alloc(a, n * sizeof(*ks->list))) == NULL)
		return NULL;
	for (; ks->count < n; ks->count++)
		if (add(&ks->list[ks->count], a, &rows[ks->count]) == -1)
			return NULL;
	qsort(ks->list, n, sizeof(*ks->list), by_id);
	for (i = 1; i < n; i++)
		if (ks->list[i].id[0] != '\0' &&
		    by_id(&ks->list[i - 1], &ks->list[i]) == 0)
			ks->list[i - 1].fault = ks->list[i].fault =
			    "another key has the same id: make one of them "
			    "anew";
	return a->failed ? NULL : ks;
}

size_t
keys_count(const struct keys *ks)
{
	return ks->count;
}

const struct key *
keys_at(const struct keys *ks, size_t i)
{
	return &ks->list[i];
}

/* --- judging ----------------------------------------------------------- */

const char *
key_state(const struct key *k, int64_t now)
{
	if (k->fault != NULL)
		return "invalid";
	if (now >= k->revoked)
		return "revoked";
	return now >= k->expires ? "expired" : "valid";
}

bool
key_is_for(const struct key *k, const char *route)
{
	const char *const	*r;

	for (r = k->routes; r != NULL && *r != NULL; r++)
		if (strcmp(*r, route) == 0)
			return true;
	return k->routes == NULL && k->fault == NULL;
}

/* The hash is made and compared for unknown keys too, so that the time tells
 * nothing. */
const char *
keys_refuse(const struct keys *ks, const char *text, const char *route,
    int64_t now, char id[KEY_ID_LEN + 1])
{
	static const struct key	 nobody = { .name = "" };
	const struct key	*k;
	struct key_text		 t;
	unsigned char		 hash[DIGEST_BYTES];
	bool			 same;

	id[0] = '\0';
	if (!key_read(text, &t))
		return "it is not of the form of a key";
	memcpy(id, t.id, sizeof(t.id));
	k = bsearch(&(struct key){ .id = t.id }, ks->list, ks->count,
	    sizeof(*ks->list), by_id);
	digest(t.secret, KEY_SECRET_LEN, hash);
	same = digest_same(hash, (k != NULL ? k : &nobody)->hash);
	if (k == NULL)
		return "there is no such key";
	if (k->fault != NULL)
		return "its row in api_keys is invalid";
	if (!same)
		return "its secret is wrong";
	if (now >= k->revoked)
		return "it is revoked";
	if (now >= k->expires)
		return "it has expired";
	return key_is_for(k, route) ? NULL : "it is not for this route";
}

/* --- making one -------------------------------------------------------- */

/* Groups of `bits' of the bytes, high ones first, as letters; the last group
 * is filled up with zeros (RFC 4648, without padding). */
static void
encode(const unsigned char *bytes, size_t n, int bits, const char *letters,
    char *out)
{
	unsigned	 have = 0;
	int		 left = 0;
	size_t		 i;

	for (i = 0; i < n; i++) {
		have = (have << 8 | bytes[i]) & 0xffff;
		for (left += 8; left >= bits; left -= bits)
			*out++ = letters[have >> (left - bits) &
			    ((1u << bits) - 1)];
	}
	if (left > 0)
		*out++ = letters[have << (bits - left) & ((1u << bits) - 1)];
	*out = '\0';
}

int
keys_make(struct key_made *k)
{
	static const char	 base32[] = "abcdefghijklmnopqrstuvwxyz234567";
	static const char	 base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char		 random[37];	/* 5 for the id */
	char			 secret[KEY_SECRET_LEN + 1];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -1;
	encode(random, 5, 5, base32, k->id);
	encode(random + 5, 32, 6, base64url, secret);
	snprintf(k->text, sizeof(k->text), "vd1_%s_%s", k->id, secret);
	digest(secret, KEY_SECRET_LEN, k->hash);
	return 0;
}
