#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arena.h"
#include "core/clock.h"
#include "upstream/transfer.h"

/* Whose connections are whose, and how long; by a clock that is set. */

enum { KEEP_MS = 30000 };

static int64_t		 now_ms;
static long		 max_connects, pipelining;
static struct arena	 arena;
static struct rules	 rules;
static struct fetch	 fetch;
static struct loop	*loop;
static struct fetcher	*f;

int64_t
clock_us(void)
{
	return now_ms * 1000;
}

int64_t
clock_ms(void)
{
	return now_ms;
}

#undef curl_multi_setopt

CURLMcode
curl_multi_setopt(CURLM *m, CURLMoption option, ...)
{
	va_list	 ap;

	(void)m;
	va_start(ap, option);
	if (option == CURLMOPT_MAXCONNECTS)
		max_connects = va_arg(ap, long);
	else if (option == CURLMOPT_PIPELINING)
		pipelining = va_arg(ap, long);
	va_end(ap);
	return CURLM_OK;
}

static int
setup(void **state)
{
	(void)state;
	now_ms = 1000000;
	max_connects = pipelining = -1;
	arena_init(&arena, 256 * 1024);
	memset(&rules, 0, sizeof(rules));
	fetch = (struct fetch){ .rules = &rules };
	loop = loop_new();
	f = fetcher_new(loop);
	return f != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	fetcher_free(f);
	loop_free(loop);
	arena_free(&arena);
	return 0;
}

static struct handle *
take(const char *policy)
{
	struct handle	*p;

	rules.tls_policy = policy;
	p = handle_take(f, &fetch, &arena);
	assert_non_null(p);
	return p;
}

static size_t
hubs(void)
{
	size_t	 n = 0;

	for (const struct hub *h = f->hubs; h != NULL; h = h->next)
		n++;
	return n;
}

/* Connections of stricter rules are not those of laxer ones. */
static void
each_policy_has_its_own_connections(void **state)
{
	struct handle	*strict, *lax, *by_proxy;

	(void)state;
	strict = take("strict");
	assert_int_equal(max_connects, 4096);
	assert_int_equal(pipelining, CURLPIPE_NOTHING);
	lax = take("lax");
	assert_ptr_not_equal(lax->hub, strict->hub);
	handle_give(strict);
	assert_ptr_equal(take("strict"), strict);
	fetch.outbound_proxy = "http://127.0.0.1:3128";
	by_proxy = take("lax");
	assert_ptr_not_equal(by_proxy->hub, lax->hub);
	assert_int_equal(hubs(), 3);
	handle_give(lax);
	handle_give(by_proxy);
	handle_give(strict);
}

static void
the_last_used_goes_first(void **state)
{
	struct handle	*a, *b;

	(void)state;
	a = take("");
	b = take("");
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(a->hub, b->hub);
	handle_give(b);
	handle_give(a);
	assert_ptr_equal(take(""), a);
	assert_ptr_equal(take(""), b);
	handle_give(a);
	handle_give(b);
}

static void
later(int ms)
{
	now_ms += ms;
	fetcher_turn(f);
}

/* What a rush has left behind goes, and then what nobody asks for at all. */
static void
what_nobody_takes_is_closed(void **state)
{
	struct handle	*p[5];

	(void)state;
	for (size_t i = 0; i < 5; i++)
		p[i] = take("");
	for (size_t i = 0; i < 5; i++)
		handle_give(p[i]);
	later(KEEP_MS);
	assert_int_equal(f->hubs->n_idle, 5);
	for (size_t i = 0; i < 2; i++)
		p[i] = take("");
	for (size_t i = 0; i < 2; i++)
		handle_give(p[i]);
	later(KEEP_MS - 1);
	assert_int_equal(f->hubs->n_idle, 5);
	later(1);
	assert_int_equal(f->hubs->n_idle, 2);
	p[0] = take("");
	later(KEEP_MS);
	assert_int_equal(f->hubs->n_idle, 0);
	handle_give(p[0]);
	later(KEEP_MS);
	assert_int_equal(hubs(), 1);
	later(KEEP_MS);
	assert_int_equal(hubs(), 0);
}

/* Where descriptors are short. */
static void
what_is_idle_can_be_dropped(void **state)
{
	struct handle	*busy = take("busy");

	(void)state;
	handle_give(take("idle"));
	assert_int_equal(hubs(), 2);
	fetcher_drop_idle(f);
	assert_int_equal(hubs(), 1);
	assert_ptr_equal(f->hubs, busy->hub);
	handle_give(busy);
	fetcher_drop_idle(f);
	assert_int_equal(hubs(), 0);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		RULE(each_policy_has_its_own_connections),
		RULE(the_last_used_goes_first),
		RULE(what_nobody_takes_is_closed),
		RULE(what_is_idle_can_be_dropped),
	};

	return cmocka_run_group_tests_name("fetch_pool", tests, NULL, NULL);
}
