#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "http/ip.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

struct address {
	struct sockaddr_storage	 sa;
	socklen_t		 len;
};

static struct address
address(const char *text, int port)
{
	struct address	 a;

	if (!ip_literal(text, port, &a.sa, &a.len))
		fail_msg("%s is no address", text);
	return a;
}

static const struct sockaddr *
sa(const struct address *a)
{
	return (const struct sockaddr *)&a->sa;
}

static bool
allowed(const char *text, const struct ip_allow *allow)
{
	struct address	 a = address(text, 80);

	return ip_allowed(sa(&a), a.len, allow);
}

/* --- tests/data/addresses.txt --- */

static const char *const words[] = { [IP_PUBLIC] = "ok", [IP_PRIVATE] = "P",
	[IP_NEVER] = "N", [IP_METADATA] = "M" };

static int
each_vector(void (*judge)(const char *text, const char *tier))
{
	char	 path[4096], line[256], text[64], tier[4];
	FILE	*f;
	int	 rows = 0;

	snprintf(path, sizeof path, "%s/tests/data/addresses.txt",
	    getenv("srcdir") != NULL ? getenv("srcdir") : ".");
	if ((f = fopen(path, "r")) == NULL)
		fail_msg("cannot read %s", path);
	while (fgets(line, sizeof line, f) != NULL) {
		if (line[0] == '#')
			continue;
		if (sscanf(line, "%63s %3s", text, tier) != 2)
			fail_msg("bad row: %s", line);
		judge(text, tier);
		rows++;
	}
	fclose(f);
	return rows;
}

static void
judge_tier(const char *text, const char *tier)
{
	struct address	 a = address(text, 80);

	print_message("# %s %s\n", text, tier);
	assert_string_equal(words[ip_tier(sa(&a), a.len)], tier);
}

static void
every_vector_has_its_tier(void **state)
{
	(void)state;
	assert_true(each_vector(judge_tier) >= 60);
}

static void
judge_closed(const char *text, const char *tier)
{
	print_message("# %s %s\n", text, tier);
	assert_int_equal(allowed(text, NULL), strcmp(tier, "ok") == 0);
}

static void
without_a_setting_only_public_addresses_are_open(void **state)
{
	(void)state;
	each_vector(judge_closed);
}

static void
judge_yes(const char *text, const char *tier)
{
	const struct ip_allow	 yes = { .all_private = true };

	print_message("# %s %s\n", text, tier);
	assert_int_equal(allowed(text, &yes),
	    strcmp(tier, "ok") == 0 || strcmp(tier, "P") == 0);
}

static void
yes_opens_private_addresses_alone(void **state)
{
	(void)state;
	each_vector(judge_yes);
}

static void
judge_everything(const char *text, const char *tier)
{
	const struct ip_net	 nets[] = { { { 0 }, AF_INET, 0 },
				    { { 0 }, AF_INET6, 0 } };
	const struct ip_allow	 all = { false, nets, 2 };
	struct address		 a = address(text, 80);

	print_message("# %s %s\n", text, tier);
	assert_int_equal(allowed(text, &all),
	    strcmp(tier, "ok") == 0 || strcmp(tier, "P") == 0);
	assert_true(ip_stated(sa(&a), &all));
}

static void
the_widest_cidr_opens_no_more(void **state)
{
	(void)state;
	each_vector(judge_everything);
}

/* --- CIDRs --- */

static const struct {
	const char	*net, *address;
	bool		 open;
} opened[] = {
	{ "10.0.0.0/8", "10.1.2.3", true },
	{ "10.0.0.0/8", "11.0.0.0", true },	/* public anyway */
	{ "10.0.0.0/8", "172.16.0.1", false },
	{ "10.0.0.0/8", "127.0.0.1", false },
	{ "127.0.0.1", "127.0.0.1", true },
	{ "127.0.0.1", "127.0.0.2", false },
	{ "127.0.0.1/32", "::1", false },
	{ "::1", "::1", true },
	{ "::1", "127.0.0.1", false },
	{ "fc00::/7", "fd12::1", true },
	{ "fd00::/8", "fd00:ec2::254", false },
	{ "fd00:ec2::254", "fd00:ec2::254", false },
	{ "100.100.100.200", "100.100.100.200", false },
	{ "168.63.129.16", "168.63.129.16", false },
	/* link-local, only by a CIDR of its own block */
	{ "169.254.0.0/16", "169.254.1.1", true },
	{ "169.254.1.0/24", "169.254.1.1", true },
	{ "169.254.1.1", "169.254.1.1", true },
	{ "169.254.2.0/24", "169.254.1.1", false },
	{ "169.254.0.0/15", "169.254.1.1", false },
	{ "0.0.0.0/0", "169.254.1.1", false },
	{ "169.254.0.0/16", "169.254.169.254", false },
	{ "169.254.169.254", "169.254.169.254", false },
	{ "fe80::/10", "fe80::1", true },
	{ "fe80::/64", "fe80::1", true },
	{ "fe80::/9", "fe80::1", false },
	{ "::/0", "fe80::1", false },
	{ "fe80::/10", "fe80::a9fe:a9fe", false },
	/* never */
	{ "0.0.0.0/8", "0.0.0.0", false },
	{ "0.0.0.0", "0.0.0.0", false },
	{ "224.0.0.0/4", "224.0.0.1", false },
	{ "240.0.0.0/4", "255.255.255.255", false },
	{ "::ffff:0:0/96", "::ffff:127.0.0.1", false },
	{ "64:ff9b::/96", "64:ff9b::808:808", false },
	{ "2002::/16", "2002:7f00:1::", false },
	{ "::/128", "::", false },
	{ "fec0::/10", "fec0::1", false },
	{ "ff00::/8", "ff02::1", false },
};

static void
a_cidr_opens_what_it_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(opened); i++) {
		struct ip_net		 net;
		struct ip_allow		 allow = { false, &net, 1 };

		print_message("# %s for %s\n", opened[i].net,
		    opened[i].address);
		assert_true(ip_net_read(opened[i].net, &net));
		assert_int_equal(allowed(opened[i].address, &allow),
		    opened[i].open);
	}
}

static const struct {
	const char	*text;
	int		 bits;		/* -1: refused */
	int		 family;
} nets[] = {
	{ "10.0.0.0/8", 8, AF_INET }, { "0.0.0.0/0", 0, AF_INET },
	{ "127.0.0.1", 32, AF_INET }, { "127.0.0.1/32", 32, AF_INET },
	{ "192.168.128.0/17", 17, AF_INET }, { "::/0", 0, AF_INET6 },
	{ "::1", 128, AF_INET6 }, { "::1/128", 128, AF_INET6 },
	{ "fd00::/8", 8, AF_INET6 }, { "2001:DB8::/32", 32, AF_INET6 },
	{ "", -1, 0 }, { "/", -1, 0 }, { "/8", -1, 0 }, { "10", -1, 0 },
	{ "10.0.0.0/", -1, 0 }, { "10.0.0.0/33", -1, 0 },
	{ "10.0.0.0/-1", -1, 0 }, { "10.0.0.0/+8", -1, 0 },
	{ "10.0.0.0/08", -1, 0 }, { "10.0.0.0/8 ", -1, 0 },
	{ "10.0.0.0/8/8", -1, 0 }, { " 10.0.0.0/8", -1, 0 },
	{ "10.0.0.1/8", -1, 0 }, { "192.168.128.0/16", -1, 0 },
	{ "10.0.0/8", -1, 0 }, { "10.0.0.00/8", -1, 0 },
	{ "010.0.0.0/8", -1, 0 }, { "0x0a.0.0.0/8", -1, 0 },
	{ "10.0.0.0/255.0.0.0", -1, 0 }, { "10.0.0.0/4294967304", -1, 0 },
	{ "::/129", -1, 0 }, { "fd00::1/8", -1, 0 }, { "[::1]", -1, 0 },
	{ "fe80::1%eth0", -1, 0 }, { "localhost", -1, 0 }, { "yes", -1, 0 },
	{ "1111:2222:3333:4444:5555:6666:7777:8888:9999", -1, 0 },
	{ "1111111111111111111111111111111111111111111111111111", -1, 0 },
};

static void
a_cidr_is_read_strictly(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(nets); i++) {
		struct ip_net	 net = { .bits = -7 };

		print_message("# %s\n", nets[i].text);
		assert_int_equal(ip_net_read(nets[i].text, &net),
		    nets[i].bits >= 0);
		if (nets[i].bits < 0) {
			assert_int_equal(net.bits, -7);
			continue;
		}
		assert_int_equal(net.bits, nets[i].bits);
		assert_int_equal(net.family, nets[i].family);
	}
}

static void
every_bit_of_a_prefix_counts(void **state)
{
	struct address	 v4 = address("255.255.255.255", 80);
	struct address	 v6 = address(
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 80);

	(void)state;
	for (int bits = 0; bits <= 128; bits++) {
		struct ip_net	 net = { .family = AF_INET6, .bits = bits };

		for (int i = 0; i < bits; i++)
			net.bytes[i / 8] |= 0x80 >> i % 8;
		assert_true(ip_within(&net, sa(&v6)));
		if (bits > 0) {
			net.bytes[(bits - 1) / 8] ^= 0x80 >> (bits - 1) % 8;
			assert_false(ip_within(&net, sa(&v6)));
			net.bytes[(bits - 1) / 8] ^= 0x80 >> (bits - 1) % 8;
		}
		net.family = AF_INET;
		if (bits <= 32)
			assert_true(ip_within(&net, sa(&v4)));
		assert_false(ip_within(&net, sa(&v6)));
	}
}

/* --- what is no address --- */

static void
other_families_and_short_lengths_are_never_open(void **state)
{
	const struct ip_allow	 yes = { .all_private = true };
	struct sockaddr_un	 un = { .sun_family = AF_UNIX };
	struct address		 v4 = address("8.8.8.8", 80);
	struct address		 v6 = address("2a00::1", 80);

	(void)state;
	assert_int_equal(ip_tier((struct sockaddr *)&un, sizeof un), IP_NEVER);
	assert_false(ip_allowed((struct sockaddr *)&un, sizeof un, &yes));
	assert_true(ip_allowed(sa(&v4), v4.len, NULL));
	assert_int_equal(ip_tier(sa(&v4), v4.len - 1), IP_NEVER);
	assert_false(ip_allowed(sa(&v4), v4.len - 1, &yes));
	assert_false(ip_allowed(sa(&v4), 0, &yes));
	assert_true(ip_allowed(sa(&v6), v6.len, NULL));
	assert_int_equal(ip_tier(sa(&v6), v6.len - 1), IP_NEVER);
	assert_false(ip_allowed(sa(&v6), v6.len - 1, &yes));
}

static void
port_zero_is_never_open(void **state)
{
	struct address	 v4 = address("8.8.8.8", 0);
	struct address	 v6 = address("2a00::1", 0);

	(void)state;
	assert_int_equal(ip_tier(sa(&v4), v4.len), IP_PUBLIC);
	assert_false(ip_allowed(sa(&v4), v4.len, NULL));
	assert_false(ip_allowed(sa(&v6), v6.len, NULL));
}

static void
a_scope_is_never_open_but_for_stated_link_local(void **state)
{
	struct ip_net	 net;
	struct ip_allow	 all = { true, &net, 1 };
	struct address	 a = address("2a00::1", 80);

	(void)state;
	assert_true(ip_net_read("fe80::/10", &net));
	((struct sockaddr_in6 *)&a.sa)->sin6_scope_id = 2;
	assert_int_equal(ip_tier(sa(&a), a.len), IP_NEVER);
	assert_false(ip_allowed(sa(&a), a.len, &all));
	a = address("::1", 80);
	((struct sockaddr_in6 *)&a.sa)->sin6_scope_id = 2;
	assert_false(ip_allowed(sa(&a), a.len, &all));
	a = address("fe80::1", 80);
	((struct sockaddr_in6 *)&a.sa)->sin6_scope_id = 2;
	assert_int_equal(ip_tier(sa(&a), a.len), IP_NEVER);
	assert_true(ip_allowed(sa(&a), a.len, &all));
	a = address("fe80::a9fe:a9fe", 80);
	((struct sockaddr_in6 *)&a.sa)->sin6_scope_id = 2;
	assert_int_equal(ip_tier(sa(&a), a.len), IP_METADATA);
	assert_false(ip_allowed(sa(&a), a.len, &all));
}

static void
yes_states_no_address(void **state)
{
	const struct ip_allow	 yes = { .all_private = true };
	struct address		 a = address("10.0.0.1", 80);

	(void)state;
	assert_false(ip_stated(sa(&a), &yes));
	assert_false(ip_stated(sa(&a), NULL));
}

static const struct { const char *text; int family; } literals[] = {
	{ "127.0.0.1", AF_INET }, { "0.0.0.0", AF_INET }, { "::", AF_INET6 },
	{ "::1", AF_INET6 }, { "::ffff:1.2.3.4", AF_INET6 },
	{ "2001:DB8::A", AF_INET6 }, { "", 0 }, { "127.1", 0 }, { "1", 0 },
	{ "0x7f000001", 0 }, { "127.0.0.01", 0 }, { "0177.0.0.1", 0 },
	{ "127.0.0.256", 0 }, { "1.2.3.4.5", 0 }, { "127.0.0.1 ", 0 },
	{ "127.0.0.1.", 0 }, { "[::1]", 0 }, { "::1%lo", 0 }, { ":::", 0 },
	{ "1::2::3", 0 }, { "12345::", 0 }, { "localhost", 0 },
};

static void
a_literal_has_one_reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(literals); i++) {
		struct address	 a;

		print_message("# %s\n", literals[i].text);
		if (!ip_literal(literals[i].text, 443, &a.sa, &a.len))
			assert_int_equal(literals[i].family, 0);
		else
			assert_int_equal(a.sa.ss_family, literals[i].family);
	}
}

static void
loopback_is_this_host(void **state)
{
	static const struct { const char *text; bool is; } rows[] = {
		{ "127.0.0.0", true }, { "127.0.0.1", true },
		{ "127.255.255.255", true }, { "128.0.0.0", false },
		{ "126.255.255.255", false }, { "0.0.0.0", false },
		{ "::1", true }, { "::", false }, { "::2", false },
		{ "::ffff:127.0.0.1", false }, { "fe80::1", false },
	};
	struct sockaddr_storage	 sa;
	socklen_t		 len;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(ip_literal(rows[i].text, 1, &sa, &len));
		assert_int_equal(ip_is_loopback((struct sockaddr *)&sa),
		    rows[i].is);
		assert_int_equal(ip_names_loopback(rows[i].text),
		    rows[i].is);
	}
	assert_false(ip_names_loopback(NULL));
	assert_false(ip_names_loopback(""));
	assert_false(ip_names_loopback("localhost"));
}

static void
each_octet_has_its_text(void **state)
{
	char		 text[INET6_ADDRSTRLEN], said[INET6_ADDRSTRLEN];
	struct address	 a;

	(void)state;
	for (int i = 0; i < 256; i++) {
		snprintf(text, sizeof text, "%d.%d.0.%d", i, 255 - i, i / 3);
		a = address(text, 80);
		ip_text(sa(&a), said);
		assert_string_equal(said, text);
	}
	a = address("2001:db8:0:0::1", 80);
	ip_text(sa(&a), said);
	assert_string_equal(said, "2001:db8::1");
	a.sa.ss_family = AF_UNIX;
	ip_text(sa(&a), said);
	assert_string_equal(said, "");
}

int
main(void)
{
	const struct CMUnitTest	 tests[] = {
		cmocka_unit_test(every_vector_has_its_tier),
		cmocka_unit_test(
		    without_a_setting_only_public_addresses_are_open),
		cmocka_unit_test(yes_opens_private_addresses_alone),
		cmocka_unit_test(the_widest_cidr_opens_no_more),
		cmocka_unit_test(a_cidr_opens_what_it_holds),
		cmocka_unit_test(a_cidr_is_read_strictly),
		cmocka_unit_test(every_bit_of_a_prefix_counts),
		cmocka_unit_test(
		    other_families_and_short_lengths_are_never_open),
		cmocka_unit_test(port_zero_is_never_open),
		cmocka_unit_test(
		    a_scope_is_never_open_but_for_stated_link_local),
		cmocka_unit_test(yes_states_no_address),
		cmocka_unit_test(a_literal_has_one_reading),
		cmocka_unit_test(loopback_is_this_host),
		cmocka_unit_test(each_octet_has_its_text),
	};

	return cmocka_run_group_tests_name("ip", tests, NULL, NULL);
}
