#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <ifaddrs.h>

#include "upstream/guard.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

/* This host, as far as the guard can tell: it has two public addresses, a
 * private one, and an interface without any. */
static const char *const	 interfaces[] = { "127.0.0.1", "8.8.4.4",
    "10.1.2.3", "2606:4700::53" };
static struct sockaddr_storage	 own[ROWS(interfaces)];
static struct ifaddrs		 links[ROWS(interfaces) + 1];
static int			 asked;

int
getifaddrs(struct ifaddrs **all)
{
	socklen_t	 len;
	size_t		 i;

	asked++;
	memset(links, 0, sizeof(links));
	for (i = 0; i < ROWS(interfaces); i++) {
		ip_literal(interfaces[i], 0, &own[i], &len);
		links[i].ifa_addr = (struct sockaddr *)&own[i];
		links[i].ifa_next = &links[i + 1];
	}
	*all = links;
	return 0;
}

void
freeifaddrs(struct ifaddrs *all)
{
	(void)all;
}

static struct ip_net		 nets[3];
static const struct ip_allow	 none;
static const struct ip_allow	 private = { .all_private = true };
static const struct ip_allow	 stated = { .nets = nets, .n_nets = 3 };

static int
setup(void **state)
{
	(void)state;
	return ip_net_read("127.0.0.0/8", &nets[0]) &&
	    ip_net_read("8.8.4.4/32", &nets[1]) &&
	    ip_net_read("2606:4700::53/128", &nets[2]) ? 0 : -1;
}

static const struct row {
	const char		*address;
	int			 port;
	const struct ip_allow	*allow;
	const char		*server_addr;
	bool			 want;
} rows[] = {
	/* A public target. */
	{ "8.8.8.8", 443, &none, NULL, true },
	{ "8.8.8.8", 443, &none, "192.0.2.1", true },
	{ "2606:4700::1111", 443, &none, NULL, true },
	{ "8.8.8.8", 0, &none, NULL, false },
	/* What only allow_private opens. */
	{ "10.0.0.1", 80, &none, NULL, false },
	{ "127.0.0.1", 80, &none, NULL, false },
	{ "::1", 80, &none, NULL, false },
	{ "10.0.0.1", 80, &private, NULL, true },
	{ "127.0.0.1", 80, &private, NULL, true },
	{ "127.0.0.1", 80, &stated, NULL, true },
	{ "10.0.0.1", 80, &stated, NULL, false },
	{ "169.254.169.254", 80, &private, NULL, false },
	{ "0.0.0.0", 80, &private, NULL, false },
	/* This host by its private address: opened like any other. */
	{ "10.1.2.3", 80, &private, NULL, true },
	{ "10.1.2.3", 80, &private, "10.1.2.3", true },
	/* This host by a public one: only where it is written out. */
	{ "8.8.4.4", 443, &none, NULL, false },
	{ "8.8.4.4", 443, &private, NULL, false },
	{ "8.8.4.4", 443, &stated, NULL, true },
	{ "2606:4700::53", 443, &none, NULL, false },
	{ "2606:4700::53", 443, &stated, NULL, true },
	/* The address the request came in by, known before any interface. */
	{ "1.1.1.1", 443, &none, "1.1.1.1", false },
	{ "1.1.1.1", 443, &none, "1.1.1.2", true },
	{ "2606:4700::1", 443, &none, "2606:4700:0:0:0:0:0:1", false },
	{ "1.1.1.1", 443, &none, "", true },
	{ "1.1.1.1", 443, &none, "no address", true },
};

static void
this_host_is_no_target(void **state)
{
	struct sockaddr_storage	 sa;
	socklen_t		 len;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_true(ip_literal(rows[i].address, rows[i].port, &sa,
		    &len));
		if (guard_permits((struct sockaddr *)&sa, len, rows[i].allow,
		    rows[i].server_addr) != rows[i].want)
			fail_msg("row %zu: %s", i, rows[i].address);
	}
	/* Once a minute is enough. */
	assert_in_range(asked, 1, ROWS(rows) / 2);
}

static void
what_is_no_internet_address_is_refused(void **state)
{
	struct sockaddr_storage	 sa = { .ss_family = AF_UNIX };
	socklen_t		 len;

	(void)state;
	assert_false(guard_permits((struct sockaddr *)&sa, sizeof(sa),
	    &private, NULL));
	assert_true(ip_literal("8.8.8.8", 80, &sa, &len));
	assert_false(guard_permits((struct sockaddr *)&sa, len - 1, &private,
	    NULL));
	assert_false(guard_permits((struct sockaddr *)&sa, 0, &private,
	    NULL));
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(this_host_is_no_target),
		cmocka_unit_test(what_is_no_internet_address_is_refused),
	};

	return cmocka_run_group_tests_name("guard", tests, setup, NULL);
}
