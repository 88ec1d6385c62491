#!/usr/bin/python3 -B
"""Every answer that no sound server gives (tests/lib/faults.py): one process
takes them all, answers as the rule says, and is as well as before."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))

import cases                                            # noqa: E402
import faults                                           # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

# Of a sound answer with one bad field line: these must not get through.
DROPPED = ["x-a", "x-b", "x a", "", "nocolonhere", "set-cookie"]

# These fail in mid-body.  A busy machine may let the 50 ms go by for which the
# head is held back; then the answer is cut instead.
LATE = ["short", "chunk-bad", "chunk-ends", "chunk-no-last", "chunk-huge"]


def ask(front, name):
    answer = None
    for _ in range(3):
        answer = front.ask("GET", "/o/fault/" + name, [cases.JSON])
        if name not in LATE or answer.status != 200 or answer.whole:
            break
    return answer


def judge(tap, front, row):
    name, _, status, rule, body = row
    answer = ask(front, name)
    wanted = status if isinstance(status, tuple) else (status,)
    good = answer.status in wanted and answer.whole
    if rule:
        good = good and answer.rule == rule
    if answer.status == 502:
        good = good and answer.rule is not None
    if body is not None:
        good = good and answer.body == body
    if answer.status == 200 and name != "bare-lf":
        good = good and not any(answer.all(n) for n in DROPPED)
    if name == "folded":
        good = good and answer.all("x-fold") == ["a b"]
    tap.ok(good, "%s: %s %s" % (name, status, rule or ""),
           "%s\n%s" % (answer, front.tail()))

def not_twice(tap, front, origin):
    """A request that its connection swallowed may have had its effect: only
    what may be repeated is sent again."""
    for method, body, status, count in (
            ("GET", None, 200, 2), ("DELETE", None, 200, 2),
            ("POST", None, 200, 1), ("PATCH", None, 200, 1),
            ("POST", b"x" * 1000, 502, 1), ("PATCH", b"x", 502, 1)):
        front.ask("GET", "/o/echo")
        origin.arrived()
        answer = front.ask(method, "/o/lost", [cases.JSON], body)
        tap.equal((answer.status, answer.rule, len(origin.arrived())),
                  (status, "response_incomplete" if status == 502 else None,
                   count), "lost on a kept connection: %s, %s" % (
                      method, "with a body" if body else "without"), answer)


def large_head(tap, front):
    """header_quota may be 256 KiB: such a head passes whole."""
    fields = [("X-%02d" % i, "a" * 7900) for i in range(31)]
    answer = front.ask("GET", "/large/fault/head-245k", [cases.JSON])
    tap.ok(answer.status == 200 and all(
        answer.get(name.lower()) == value for name, value in fields),
        "a head of 245 kB within header_quota", answer.status)


def silent(tap, front):
    """Neither a hint nor a redirect without its body stops the clock."""
    for name, want in (("hints", (504, "response_timeout")),
                       ("redirect", (200, None))):
        start = time.monotonic()
        answer = front.ask("GET", "/soon/fault/%s-silent" % name, [cases.JSON])
        seconds = time.monotonic() - start
        tap.ok((answer.status, answer.rule) == want and seconds < 10,
               name + ", then silence", "%.1f s\n%s" % (seconds, answer))


def main():
    trees.need("sqlite3")
    tree, origin, site = cases.prepare()
    tap = taps.Tap()
    front = fronts.Listen(tree, site).start()
    for row in faults.ROWS:
        tap.guard(row[0], judge, tap, front, row)
        if front.process.poll() is not None:
            tap.ok(False, "the process lives after " + row[0], front.tail())
            front.start()
    site.route("soon", origin.url, request_timeout=4)
    tap.guard("silent", silent, tap, front)
    site.route("large", origin.url, header_quota="256K")
    tap.guard("large_head", large_head, tap, front)
    for path in ("/o/reset", "/o/cut/100/0?rst"):
        answer = front.ask("GET", path, [cases.JSON])
        tap.ok(answer.status == 502, path + " is 502", answer)
    # A connection that the target closed while it was idle is no failure.
    for i in range(3):
        front.ask("GET", "/o/echo")
        answer = front.ask("GET", "/o/fault/sound", [cases.JSON])
        tap.equal(answer.status, 200, "sound again, %d" % i, answer)
    front.stop()
    # One thread: each request finds the connection of the one before.
    site.settings("server", threads="1")
    front.start()
    tap.guard("not_twice", not_twice, tap, front, origin)
    front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()

main()
