#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/forwarded.h"
#include "tests/unit/fixture.h"

/* 10.0.0.0/8, 127.0.0.1, 2001:db8:f::/48 */
static struct ip_net		 nets[3];
static const struct ip_allow	 trusted = { false, nets, 3 }, nobody;

static int
read_nets(void **state)
{
	(void)state;
	return ip_net_read("10.0.0.0/8", &nets[0]) &&
	    ip_net_read("127.0.0.1", &nets[1]) &&
	    ip_net_read("2001:db8:f::/48", &nets[2]) ? 0 : -1;
}

/* --- whose request it is ------------------------------------------------- */

#define NINE	"10.1.0.1, 10.1.0.2, 10.1.0.3, 10.1.0.4, 10.1.0.5, " \
		"10.1.0.6, 10.1.0.7, 10.1.0.8, 10.1.0.9"

static const struct { const char *peer, *list, *address; } rows[] = {
	{ "192.0.2.1", NULL, "192.0.2.1" },
	{ "2001:db8::1", NULL, "2001:db8::1" },
	/* no address at all */
	{ NULL, NULL, "" },
	{ NULL, "192.0.2.9", "" },
	{ "", "192.0.2.9", "" },
	{ "unix:", "192.0.2.9", "" },
	{ "a;by=b", NULL, "" },
	{ "192.0.2", NULL, "" },
	/* one text for each address */
	{ "2001:DB8:0:0::0001", NULL, "2001:db8::1" },
	{ "::ffff:192.0.2.1", NULL, "192.0.2.1" },
	{ "::ffff:c000:201", NULL, "192.0.2.1" },
	{ "fe80::1%eth0", NULL, "fe80::1" },
	{ "[2001:db8::1]", NULL, "2001:db8::1" },
	/* a stranger's word is nothing */
	{ "192.0.2.1", "192.0.2.9", "192.0.2.1" },
	{ "11.0.0.1", "192.0.2.9", "11.0.0.1" },
	{ "127.0.0.2", "192.0.2.9", "127.0.0.2" },
	{ "2001:db8:e::1", "192.0.2.9", "2001:db8:e::1" },
	/* a proxy's is the client */
	{ "10.0.0.1", "192.0.2.9", "192.0.2.9" },
	{ "::ffff:10.0.0.1", "192.0.2.9", "192.0.2.9" },
	{ "2001:db8:f::1", "192.0.2.9", "192.0.2.9" },
	{ "127.0.0.1", "2001:db8::9", "2001:db8::9" },
	{ "127.0.0.1", "::ffff:192.0.2.9", "192.0.2.9" },
	{ "127.0.0.1", "[2001:db8::9]", "2001:db8::9" },
	{ "127.0.0.1", "[2001:db8::9]:8080", "2001:db8::9" },
	{ "127.0.0.1", "192.0.2.9:8080", "192.0.2.9" },
	{ "127.0.0.1", " \t192.0.2.9\t ", "192.0.2.9" },
	/* from the right, past the proxies that are trusted */
	{ "127.0.0.1", "6.6.6.6, 192.0.2.9", "192.0.2.9" },
	{ "127.0.0.1", "6.6.6.6,192.0.2.9,10.0.0.7", "192.0.2.9" },
	{ "127.0.0.1", "10.0.0.6, 192.0.2.9", "192.0.2.9" },
	{ "127.0.0.1", "192.0.2.9, 10.0.0.7, 2001:db8:f::2", "192.0.2.9" },
	{ "127.0.0.1", "10.0.0.6, 10.0.0.7", "10.0.0.6" },
	{ "127.0.0.1", NULL, "127.0.0.1" },
	/* ten, no more */
	{ "127.0.0.1", "192.0.2.9, " NINE, "192.0.2.9" },
	{ "127.0.0.1", "192.0.2.9, 10.1.0.0, " NINE, "10.1.0.0" },
	/* what is no address ends the walk at the last good one */
	{ "127.0.0.1", "", "127.0.0.1" },
	{ "127.0.0.1", "unknown", "127.0.0.1" },
	{ "127.0.0.1", "6.6.6.6, unknown", "127.0.0.1" },
	{ "127.0.0.1", "6.6.6.6, , 10.0.0.7", "10.0.0.7" },
	{ "127.0.0.1", "6.6.6.6,", "127.0.0.1" },
	{ "127.0.0.1", "6.6.6.6, x, 10.0.0.7", "10.0.0.7" },
	{ "127.0.0.1", "1.2.3.4.5", "127.0.0.1" },
	{ "127.0.0.1", "01.2.3.4", "127.0.0.1" },
	{ "127.0.0.1", "192.0.2.9:", "127.0.0.1" },
	{ "127.0.0.1", "192.0.2.9:x", "127.0.0.1" },
	{ "127.0.0.1", "192.0.2.9 6.6.6.6", "127.0.0.1" },
	{ "127.0.0.1", "[2001:db8::9", "127.0.0.1" },
	{ "127.0.0.1", "[2001:db8::9]x", "127.0.0.1" },
	{ "127.0.0.1", "\"192.0.2.9\"", "127.0.0.1" },
	{ "127.0.0.1", "for=192.0.2.9", "127.0.0.1" },
	{ "127.0.0.1", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:"
	    "0000:0000:0000", "127.0.0.1" },
};

static void
the_client_is_the_last_that_no_proxy_is(void **state)
{
	struct client	 c;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		client_find(&c, rows[i].peer, rows[i].list, &trusted);
		if (strcmp(c.address, rows[i].address) != 0)
			fail_msg("row %zu: %s from %s is %s", i,
			    rows[i].list, rows[i].peer, c.address);
		client_find(&c, rows[i].peer, rows[i].list, &nobody);
		assert_false(c.proxied);
	}
}

/* --- who is limited together --------------------------------------------- */

static const struct { const char *one, *two; bool together; } blocks[] = {
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "192.0.2.1", "::ffff:192.0.2.1", true },
	{ "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true },
	{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
	{ "192.0.2.1", "c000:201::", false },
	{ NULL, "unix:", true },
	{ NULL, "0.0.0.0", false },
	{ NULL, "::", false },
};

static void
a_person_is_an_address_or_a_64(void **state)
{
	struct client	 one, two;

	(void)state;
	for (size_t i = 0; i < ROWS(blocks); i++) {
		client_find(&one, blocks[i].one, NULL, &nobody);
		client_find(&two, blocks[i].two, NULL, &nobody);
		if ((memcmp(one.block, two.block, sizeof(one.block)) == 0) !=
		    blocks[i].together)
			fail_msg("row %zu", i);
	}
}

/* --- https --------------------------------------------------------------- */

static const struct {
	const char *peer, *proto; bool server, https;
} schemes[] = {
	{ "192.0.2.1", NULL, false, false },
	{ "192.0.2.1", NULL, true, true },
	{ "192.0.2.1", "https", false, false },
	{ "192.0.2.1", "http", true, true },
	{ "10.0.0.1", NULL, true, true },
	{ "10.0.0.1", "https", false, true },
	{ "10.0.0.1", "HTTPS", false, true },
	{ "10.0.0.1", "http", true, false },
	{ "10.0.0.1", "https, http", false, false },
	{ "10.0.0.1", "wss", true, true },
	{ NULL, "https", false, false },
};

static void
a_trusted_proxy_says_how_the_client_speaks(void **state)
{
	struct client	 c;

	(void)state;
	for (size_t i = 0; i < ROWS(schemes); i++) {
		client_find(&c, schemes[i].peer, NULL, &trusted);
		if (client_speaks_https(&c, schemes[i].proto,
		    schemes[i].server) != schemes[i].https)
			fail_msg("row %zu", i);
	}
}

/* --- servers that let both spellings pass ------------------------------- */

static const struct { const char *server; bool repeated, believed; } both[] = {
	{ "lighttpd/1.4.69", true, false },
	{ "lighttpd", true, false },
	{ "Lighttpd/2", true, false },
	{ "lighttpd/1.4.69", false, true },
	{ "nginx/1.22.1", true, true },
	{ "nginx/1.22.1", false, true },
	{ "light", true, true },
	{ "", true, true },
	{ NULL, true, true },
	{ NULL, false, true },
};

static void
what_lighttpd_says_twice_is_not_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(both); i++)
		if (forwarded_believed(both[i].server, both[i].repeated) !=
		    both[i].believed)
			fail_msg("row %zu", i);
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(the_client_is_the_last_that_no_proxy_is),
		cmocka_unit_test(a_person_is_an_address_or_a_64),
		cmocka_unit_test(a_trusted_proxy_says_how_the_client_speaks),
		cmocka_unit_test(what_lighttpd_says_twice_is_not_believed),
	};

	return cmocka_run_group_tests_name("forwarded", tests, read_nets,
	    NULL);
}
