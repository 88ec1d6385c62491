#!/usr/bin/python3 -B
"""Name servers that do not answer hold nobody up for longer than the settings
say; and of the addresses that one gives, each is judged for itself.  A library
before libc's plays them."""
import os
import shlex
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

MUTE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

static int	(*real)(const char *, const char *, const struct addrinfo *,
		    struct addrinfo **);

/* "10.0.0.1-127.0.0.1-several.test" has both addresses, in this order. */
static int
several(const char *name, const char *service, const struct addrinfo *hints,
    struct addrinfo **all)
{
	char	 text[64];
	size_t	 len = strcspn(name, "-");
	int	 rc;

	if (strcmp(name, "several.test") == 0)
		return 0;
	memcpy(text, name, len);
	text[len] = '\\0';
	if ((rc = real(text, service, hints, all)) != 0)
		return rc;
	while (*all != NULL)
		all = &(*all)->ai_next;
	return several(name + len + 1, service, hints, all);
}

int
getaddrinfo(const char *name, const char *service,
    const struct addrinfo *hints, struct addrinfo **all)
{

	if (name != NULL && strcmp(name, "mute.test") == 0) {
		sleep(30);
		return EAI_AGAIN;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (name != NULL && strstr(name, "-several.test") != NULL)
		return several(name, service, hints, all);
	return real(name, service, hints, all);
}
"""
LIMIT = 10 if trees.SANITIZED else 5            # seconds; connect_timeout is 1


def library(tree):
    source, made = tree.write("mute.c", MUTE), tree.at("mute.so")
    subprocess.run([*shlex.split(os.environ.get("CC") or "cc"), "-shared",
                    "-fPIC", "-o", made, source, "-ldl"], check=True)
    return {"LD_PRELOAD": made, "ASAN_OPTIONS": "verify_asan_link_order=0"}


def in_time(tap, front):
    start = time.monotonic()
    answer = front.ask("GET", "/mute/x", [cases.JSON])
    seconds = time.monotonic() - start
    tap.equal((answer.status, answer.rule), (504, "connection_timeout"),
              "%s: no answer to a name" % front.name, answer)
    tap.ok(seconds < LIMIT, "%s: connect_timeout holds" % front.name,
           "%.1f s" % seconds)


# Only 127.0.0.1 is open (allow_private), and the target listens there.
SEVERAL = [
    # addresses of the target's host, the answer
    ("127.0.0.1", 200),
    ("10.0.0.1-127.0.0.1", 200),
    ("10.0.0.1-169.254.169.254-0.0.0.0-127.0.0.1", 200),
    ("127.0.0.1-10.0.0.1", 200),
    ("10.0.0.1-192.168.0.1", 502),
]


def each_for_itself(tap, front):
    for i, (addresses, want) in enumerate(SEVERAL):
        answer = front.ask("GET", "/several%d/echo" % i, [cases.JSON])
        tap.equal((answer.status, answer.rule),
                  (want, None if want == 200 else "address_prohibited"),
                  "%s: a host of %s" % (front.name, addresses), answer)


def main():
    trees.need("sqlite3")
    tree, origin, site = cases.prepare(upstream={
        "allow_private": "127.0.0.1"})
    environment = library(tree)
    site.route("mute", "http://mute.test/", connect_timeout=1)
    for i, (addresses, _) in enumerate(SEVERAL):
        site.route("several%d" % i, "http://%s-several.test:%s"
                   % (addresses, origin.url.rsplit(":", 1)[1]))
    tap = taps.Tap()
    for kind in (fronts.Cgi, fronts.Listen):
        front = kind(tree, site, **environment).start()
        tap.guard(front.name, in_time, tap, front)
        tap.guard(front.name, each_for_itself, tap, front)
        tap.equal(front.ask("GET", "/o/echo").status, 200,
                  "%s: as well as before" % front.name)
        front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
