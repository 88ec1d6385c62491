#include "client/lang.h"

#include "http/language.h"

#define TAG(code) #code,
#define ADDRESS(code) &lang_##code,

const struct lang *
lang_choose(const char *accept_language)
{
	static const char *const	 tags[] = { LANGUAGES(TAG) };
	static const struct lang *const	 langs[] = { LANGUAGES(ADDRESS) };

	return langs[language_choose(accept_language, tags,
	    sizeof(tags) / sizeof(tags[0]))];
}
