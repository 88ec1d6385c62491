#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/lang.h"
#include "tests/unit/fixture.h"

#define ADDRESS(code) &lang_##code,

static const struct lang *const	 langs[] = { LANGUAGES(ADDRESS) };

static const struct { const char *accept, *want; } choices[] = {
	{ NULL, "en" },
	{ "en-GB,en;q=0.9", "en" },
	{ "ja", "en" },
	{ "de", "de" },
	{ "de-AT,de;q=0.9,en;q=0.8", "de" },
	{ "es-419,es;q=0.9", "es" },
	{ "fr-CA", "fr" },
	{ "ja, fr;q=0.5, de;q=0.4", "fr" },
};

static void
each_caller_has_a_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(choices); i++)
		assert_string_equal(lang_choose(choices[i].accept)->tag,
		    choices[i].want);
}

/* Each once, and before no other that is the same. */
static void
each_language_is_found_by_its_tag(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(langs); i++)
		assert_ptr_equal(lang_choose(langs[i]->tag), langs[i]);
}

/* What is the same in English and in that language. */
static const struct { const char *tag; enum text text; } same[] = {
	{ "de", TEXT_START_TITLE },
};

static bool
may_be_same(const struct lang *l, enum text text)
{
	for (size_t i = 0; i < ROWS(same); i++)
		if (strcmp(same[i].tag, l->tag) == 0 && same[i].text == text)
			return true;
	return l == &lang_en;
}

/* The next {{name}}, its braces included; false if there is none. */
static bool
next_name(const char **text, char *name, size_t max)
{
	const char	*end;

	if ((*text = strstr(*text, "{{")) == NULL)
		return false;
	end = strstr(*text, "}}");
	assert_non_null(end);
	assert_in_range(end + 2 - *text, 5, max - 1);
	snprintf(name, max, "%.*s", (int)(end + 2 - *text), *text);
	*text = end + 2;
	return true;
}

static void
names_are_in(const char *text, const char *other)
{
	char	 name[32];

	while (next_name(&text, name, sizeof(name)))
		if (strstr(other, name) == NULL)
			fail_msg("%s is not in: %s", name, other);
}

/* In the form of a whole text of that language, and not in English. */
static void
text_is_sound(const struct lang *l, const char *text, const char *english)
{
	static const char *const	 loose[] = { " ;", " :", " !", " ,",
					    "  ", "...", "\xc2\xab ",
					    " \xc2\xbb" };

	for (size_t i = 0; i < ROWS(loose); i++)
		if (strstr(text, loose[i]) != NULL)
			fail_msg("%s: \"%s\" in: %s", l->tag, loose[i], text);
	if (english != NULL && strcmp(text, english) == 0)
		fail_msg("%s has in English: %s", l->tag, text);
	assert_null(strpbrk(text, "<>\"'"));
	assert_true(*text != '\0' && *text != ' ');
	assert_true(text[strlen(text) - 1] != ' ');
}

static void
each_text_is_there(void **state)
{
	const char	*text, *english;

	(void)state;
	for (size_t i = 0; i < ROWS(langs); i++) {
		for (enum text t = 0; t < TEXT__MAX; t++) {
			if ((text = langs[i]->text[t]) == NULL)
				fail_msg("%s lacks text %d", langs[i]->tag, t);
			english = lang_en.text[t];
			text_is_sound(langs[i], text,
			    may_be_same(langs[i], t) ? NULL : english);
			assert_null(strchr(text, '&'));
			names_are_in(text, english);
			names_are_in(english, text);
		}
	}
}

/* A word that no translation changes: allow_origins, X-API-Key, fetch(), or
 * part of a request. */
static bool
is_a_name(const char *word, size_t len)
{
	static const char *const	 signs[] = { "_", "=", "()", "://",
					    "X-", "-L", "-A" };

	for (size_t i = 0; i < ROWS(signs); i++)
		if (memmem(word, len, signs[i], strlen(signs[i])) != NULL)
			return true;
	return false;
}

static void
names_are_kept(const struct lang *l, const char *rule, const char *english)
{
	char	 name[64];
	size_t	 len, bare;

	for (; *english != '\0'; english += len + (english[len] == ' ')) {
		len = bare = strcspn(english, " ");
		while (bare > 0 && strchr(",;:.", english[bare - 1]) != NULL)
			bare--;
		if (!is_a_name(english, bare))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)bare, english);
		if (strstr(rule, name) == NULL)
			fail_msg("%s lacks %s in: %s", l->tag, name, rule);
	}
}

static void
each_rule_has_its_sentence(void **state)
{
	const char	*rule;

	(void)state;
	for (size_t i = 0; i < ROWS(langs); i++) {
		assert_null(langs[i]->rule[OK]);
		for (enum err e = OK + 1; e < ERR__MAX; e++) {
			if ((rule = langs[i]->rule[e]) == NULL)
				fail_msg("%s lacks the rule %s", langs[i]->tag,
				    err_word(e));
			text_is_sound(langs[i], rule, langs[i] == &lang_en ?
			    NULL : err_detail(e));
			names_are_kept(langs[i], rule, err_detail(e));
			assert_int_equal(rule[strlen(rule) - 1], '.');
		}
	}
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(each_caller_has_a_language),
		cmocka_unit_test(each_language_is_found_by_its_tag),
		cmocka_unit_test(each_text_is_there),
		cmocka_unit_test(each_rule_has_its_sentence),
	};

	return cmocka_run_group_tests_name("lang", tests, NULL, NULL);
}
