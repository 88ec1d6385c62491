#!/usr/bin/python3 -B
"""Name servers that do not answer hold nobody up for longer than the settings
say.  A library before libc's plays them."""
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

int
getaddrinfo(const char *name, const char *service,
    const struct addrinfo *hints, struct addrinfo **all)
{
	int	(*real)(const char *, const char *, const struct addrinfo *,
		    struct addrinfo **);

	if (name != NULL && strcmp(name, "mute.test") == 0) {
		sleep(30);
		return EAI_AGAIN;
	}
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
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


def main():
    trees.need("sqlite3")
    tree, _, site = cases.prepare()
    environment = library(tree)
    site.route("mute", "http://mute.test/", connect_timeout=1)
    tap = taps.Tap()
    for kind in (fronts.Cgi, fronts.Listen):
        front = kind(tree, site, **environment).start()
        tap.guard(front.name, in_time, tap, front)
        tap.equal(front.ask("GET", "/o/echo").status, 200,
                  "%s: as well as before" % front.name)
        front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
