#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENOUGH_BYTES = 64 << 20 };

_Noreturn void
fuzz_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line,
	    condition);
	abort();
}

static char *
copy_line(const uint8_t *from, size_t len)
{
	char	*text = malloc(len + 1);

	HOLDS(text != NULL);
	for (size_t i = 0; i < len; i++)
		text[i] = from[i] == 0x1f ? '\n' : (char)from[i];
	text[len] = '\0';
	return text;
}

static void
split(struct fuzz *f)
{
	const uint8_t	*p = f->data, *end = p + f->size;

	while (p < end && f->n_lines < FUZZ_LINES) {
		const uint8_t *mark = memchr(p, '\n', (size_t)(end - p));

		if (mark == NULL)
			mark = end;
		f->line[f->n_lines++] = copy_line(p, (size_t)(mark - p));
		p = mark + 1;
	}
}

/* A number that depends on all of the input, the same at each replay
 * (FNV-1a). */
static size_t
hash(const uint8_t *data, size_t size)
{
	uint32_t	 h = 2166136261u;

	for (size_t i = 0; i < size; i++)
		h = (h ^ data[i]) * 16777619u;
	return h;
}

static size_t
run_within(struct fuzz *f, size_t max_bytes, void (*one)(struct fuzz *))
{
	size_t	 used;

	arena_init(&f->arena, max_bytes);
	f->enough = max_bytes == ENOUGH_BYTES;
	arena_init(&f->spare, ENOUGH_BYTES);
	one(f);
	used = f->arena.used_bytes;
	arena_free(&f->arena);
	arena_free(&f->spare);
	return used;
}

int
fuzz_run(const uint8_t *data, size_t size, void (*one)(struct fuzz *))
{
	struct fuzz	 f = { .data = data, .size = size };
	size_t		 used;

	split(&f);
	used = run_within(&f, ENOUGH_BYTES, one);
	/* One in four, for speed. */
	if (used > 0 && hash(data, size) % 4 == 0)
		run_within(&f, hash(data, size) / 4 % used, one);
	for (size_t i = 0; i < f.n_lines; i++)
		free(f.line[i]);
	return 0;
}

const char *
fuzz_line(const struct fuzz *f, size_t i)
{
	return i < f->n_lines && strcmp(f->line[i], "-") != 0 ? f->line[i] :
	    NULL;
}

size_t
fuzz_words(struct fuzz *f, const char *text, const char **words, size_t max)
{
	size_t	 n = 0, len;

	if (text == NULL)
		return 0;
	for (text += strspn(text, " "); *text != '\0' && n < max; n++) {
		len = strcspn(text, " ");
		words[n] = arena_strndup(&f->spare, text, len);
		HOLDS(words[n] != NULL);
		text += len;
		text += strspn(text, " ");
	}
	return n;
}
