#include "core/err.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

static const struct {
	int		 status;
	bool		 target;
	const char	*word, *type, *detail, *mend;
} table[ERR__MAX] = {
	[OK] = { 200, false, "ok", "", "", "" },
#define ERR(member, status, target, word, type, detail, mend) \
	[member] = { status, target, word, type, detail, mend },
#include "core/err.def"
#undef ERR
};

int
err_status(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].status;
}

const char *
err_word(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].word;
}

const char *
err_type(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].type;
}

const char *
err_detail(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].detail;
}

const char *
err_mend(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].mend;
}

int
err_from_target(enum err e)
{
	assert(e < ERR__MAX);
	return table[e].target;
}
