#!/usr/bin/python3 -B
"""Many requests at a time in one process: slow ones leave fast ones alone,
and connections that a server keeps pin nobody."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import cases_log                                        # noqa: E402
import fcgi                                             # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

def tasks(front):
    return len(os.listdir("/proc/%d/task" % front.process.pid))

def sixty_slow(tap, front, origin, site):
    slow = [front.open("GET", "/o/wait/slow") for _ in range(60)]
    for steps in slow:
        steps.finish()
    tap.ok(origin.wait("held slow", 60, trees.WAIT),
           "60 slow requests wait at their target at a time",
           lambda: "%d came\n%s" % (origin.count("held slow"), front.tail()))
    tap.ok(tasks(front) <= 1 + os.cpu_count(), "and hold no thread each",
           tasks(front))
    for i in range(5):
        answer = front.ask("GET", "/any/echo/fast%d" % i)
        tap.equal(answer.status, 200, "a fast one passes, %d" % i, answer)
    # One more waits its turn; one after the other, since
    # requests of two connections may come in either order.
    busy = front.ask("GET", "/o/echo", [cases.JSON])
    tap.equal((busy.status, busy.rule, busy.get("retry-after") is None),
              (503, "route_busy", False),
              "the route itself has its three quarters of 80: one that waits too "
              "long is told", busy)
    line = cases_log.line_of(site, busy)
    tap.ok(float(line["total_s"]) > 9.9 and line["target_s"] is None,
           "... and the log counts its wait", line)
    slow.append(front.open("GET", "/o/wait/slow"))
    slow[-1].finish()
    tap.equal(origin.count("held slow"), 60, "the 61st waits in line")
    origin.release("slow", 1)
    tap.ok(origin.wait("held slow", 61, trees.WAIT), "... and is served when "
           "one of the 60 has ended", front.tail)
    origin.release("slow", 60)
    got = [steps.answer().body for steps in slow]
    tap.equal(got, [b"released"] * 61, "the slow ones end well")
    answer = front.ask("GET", "/o/echo")
    tap.equal(answer.status, 200, "and give their places back", answer)

def route_goes(tap, front, origin, site):
    """Who waits in line for a route that goes away is told at once."""
    site.route("gone", origin.url)
    slow = [front.open("GET", "/gone/wait/goes") for _ in range(3)]
    for steps in slow:
        steps.finish()
    origin.wait("held goes", 3, trees.WAIT)
    line = [front.open("GET", "/gone/echo", [cases.JSON], keep=True)
            for _ in range(8)]
    for steps in line:
        steps.finish()
    tap.equal(front.ask("GET", "/o/echo").status, 200, "others are served")
    site.drop("gone")
    start = time.monotonic()
    origin.release("goes", 3)
    got = [(a.status, a.rule) for a in [s.answer() for s in line]]
    seconds = time.monotonic() - start
    tap.equal(got, [(404, "no_route")] * 8, "the route they waited for is "
              "gone")
    tap.ok(seconds < 5, "... which they are told at once", "%.1f s" % seconds)
    for steps in slow:
        steps.answer()

def kept(tap, front):
    """20 idle connections at 4 threads."""
    conns = [fcgi.Connection(front.address) for _ in range(20)]
    got = [front.ask("GET", "/o/echo", conn=conn, keep=True).status
           for conn in conns]
    tap.equal(got, [200] * 20, "20 kept connections at 4 threads")
    tap.equal(front.ask("GET", "/o/echo").status, 200, "a new one besides")
    got = [front.ask("GET", "/o/echo", conn=conn, keep=True).status
           for conn in reversed(conns)]
    tap.equal(got, [200] * 20, "and all of them again")
    silent = [fcgi.Connection(front.address) for _ in range(8)]
    tap.equal(front.ask("GET", "/o/echo").status, 200,
              "connections that never speak pin nobody")
    for conn in conns + silent:
        conn.close()

def few_connections(tap, front, origin):
    """Of 64 that may come, 4 callers: as many connections as there are requests
    at a time, for each loop, and not as there were in a rush before."""
    busy = [front.open("GET", "/o/wait/all") for _ in range(40)]
    for steps in busy:
        steps.finish()
    origin.wait("held all", 40, trees.WAIT)
    origin.release("all", 40)
    for steps in busy:
        steps.answer()
    origin.arrived()
    callers = [threading.Thread(target=lambda: [
        front.ask("GET", "/o/echo") for _ in range(100)]) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    came = origin.arrived()
    used = {a["connection"] for a in came}
    tap.equal(len(came), 400, "4 callers get 400 answers")
    most = 4 * min(os.cpu_count(), 3)
    tap.ok(len(used) <= most, "... over at most %d connections to the target"
           % most, used)

def unread_body(tap, front, origin):
    """A body left unread must not become the next request."""
    conn = fcgi.Connection(front.address)
    steps = front.open("POST", "/none/echo", [("Origin", cases.BAD)],
                       length=5, conn=conn, keep=True)
    answer = steps.answer("POST")
    tap.equal(answer.status, 403, "refused before the body came", answer)
    tap.ok(conn.hung_up(), "... and the connection with it")
    origin.arrived()
    after = front.ask("GET", "/o/echo")
    tap.equal(after.status, 200, "the next request is whole", after)
    conn.close()

def late_parts(tap, front, origin):
    """Heads and forms that come in parts hold up nobody, however few threads
    there are."""
    found = fronts.variables(front, "GET", "/o/echo", [], None, {})
    heads = [fcgi.Connection(front.address) for _ in range(16)]
    rests = [conn.begin(found.items(), False, 40 + 10 * i)
             for i, conn in enumerate(heads)]
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    whole = front.ask("POST", "/_status", form, b"operator=nothing-key")
    forms = [front.open("POST", "/_status", form, length=20)
             for _ in range(16)]
    for steps in forms:
        steps.write(b"operator=")
    for i in range(3):
        tap.equal(front.ask("GET", "/o/echo").status, 200,
                  "served beside 16 parts of heads and 16 of forms, %d" % i)
    for conn, rest in zip(heads, rests):
        conn.sock.sendall(rest[:-1])
    for conn, rest in zip(heads, rests):
        conn.sock.sendall(rest[-1:])
        conn.finish()
    got = [fronts.FcgiSteps(conn).answer().status for conn in heads]
    tap.equal(got, [200] * 16, "the heads are whole, and answered")
    for steps in forms:
        steps.write(b"nothing-key")
        steps.finish()
    got = [steps.answer("POST").status for steps in forms]
    tap.equal(got, [whole.status] * 16, "the forms too")
    late = front.open("POST", "/_status", form + [cases.JSON], length=20)
    late.write(b"operator=")
    answer = late.answer("POST")
    tap.equal((answer.status, answer.rule), (408, "upload_stalled"),
              "one that does not go on is told so", answer)


def main():
    trees.need("sqlite3")
    tree, origin, site = cases.prepare(
        server={"state": "state", "threads": "80"},
        upstream={"allow_private": "127.0.0.0/8", "request_timeout": "60",
                  "idle_timeout": "60"})
    tap = taps.Tap()
    front = fronts.Listen(tree, site).start()
    tap.guard("sixty_slow", sixty_slow, tap, front, origin, site)
    tap.guard("unread_body", unread_body, tap, front, origin)
    front.stop()
    site.settings("server", threads="64")
    front.start()
    tap.guard("few_connections", few_connections, tap, front, origin)
    front.stop()
    site.settings("server", threads="4")
    front.start()
    tap.guard("kept", kept, tap, front)
    tap.guard("late_parts", late_parts, tap, front, origin)
    tap.guard("route_goes", route_goes, tap, front, origin, site)
    front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()

main()
