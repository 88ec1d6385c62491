#ifndef VIADUCT_TESTS_FUZZ_FUZZ_H
#define VIADUCT_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

/*
 * What the fuzz targets stand on.  Each is one fuzz_MODULE.c with an
 * LLVMFuzzerTestOneInput() that hands its input to fuzz_run().  clang's
 * libFuzzer drives it in `make fuzz', replay.c over its corpus in `make check'.
 */
int	 LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { FUZZ_LINES = 128 };

struct fuzz {
	const uint8_t	*data;
	size_t		 size;
	/* The input's lines.  A line end within one is written as the byte
	 * 0x1f, so that a corpus is text.  Each stands in memory of just its
	 * size. */
	char		*line[FUZZ_LINES];
	size_t		 n_lines;	/* further ones are left out */
	struct arena	 arena;		/* for what is tested; it may be small */
	bool		 enough;	/* it is not */
	struct arena	 spare;		/* for what the checks need */
};

/* Call `one' with the input and memory enough; and some inputs again with less
 * than that took, where an error is right and a laxer decision is not. */
int		 fuzz_run(const uint8_t *data, size_t size,
		    void (*one)(struct fuzz *));

/* Line i; NULL for "-" and where there is none. */
const char	*fuzz_line(const struct fuzz *, size_t i);

/* The words of a text, separated by blanks, each copied into the spare arena.
 * At most `max'. */
size_t		 fuzz_words(struct fuzz *, const char *text, const char **words,
		    size_t max);

/* Ends the program unless it holds. */
#define HOLDS(condition) ((condition) ? (void)0 : \
    fuzz_fail(__FILE__, __LINE__, #condition))
_Noreturn void	 fuzz_fail(const char *file, int line, const char *condition);

#endif
