#include "client/lang.h"

#include "http/language.h"

#define ADDRESS(code) &lang_##code,

static const struct lang *const	 langs[] = { LANGUAGES(ADDRESS) };

enum { N_LANGS = sizeof(langs) / sizeof(langs[0]) };

const struct lang *
lang_choose(const char *accept_language)
{
	const char	*tags[N_LANGS];

	for (size_t i = 0; i < N_LANGS; i++)
		tags[i] = langs[i]->tag;
	return langs[language_choose(accept_language, tags, N_LANGS)];
}
