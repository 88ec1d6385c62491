#!/usr/bin/python3 -B
"""One loop serves many connections: whatever comes late, in part, not at all
or from nobody, each request gets its own answer, and no other waits for it."""
import os
import signal
import socket
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import cases_log                                        # noqa: E402
import fcgi                                             # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

NO_MORE = fcgi.record(fcgi.PARAMS, b"")
FORM = [("Content-Type", "application/x-www-form-urlencoded")]
LARGE = 8_000_000                       # no sockets' buffers hold so much
MANY = 16
SOON = 60 if trees.SANITIZED else 5     # seconds: nobody was waited for


def passes(front):
    """Another request is answered, and not late: by then whoever accepts
    has seen what was sent before."""
    conn = fcgi.Connection(front.address, SOON)
    return front.ask("GET", "/any/echo", conn=conn).status


def hold(front, origin, route, token, count, held=None):
    """So many requests that wait at their target, which then keeps its
    connections."""
    steps = [front.open("GET", "/%s/stall/%s" % (route, token))
             for _ in range(count)]
    for step in steps:
        step.finish()
    origin.wait("held " + token, held or count, trees.WAIT)
    return steps


def known(front, route="any"):
    """A connection that has been served, and is kept."""
    conn = fcgi.Connection(front.address)
    front.ask("GET", "/%s/echo" % route, conn=conn, keep=True)
    return conn


def ask_whole(front, conn, path, fields=()):
    """In one piece, so that all of it is there when it is looked at."""
    found = fronts.variables(front, "GET", path, fields, None)
    conn.sock.sendall(conn.begin(found.items(), True, 0) +
                      fcgi.record(fcgi.STDIN, b""))


def ends(tap, front, name):
    """The process has nothing under way, so it ends long before the 5 s that
    this could have."""
    front.process.send_signal(signal.SIGTERM)
    try:
        status = front.process.wait(30 if trees.SANITIZED else 3)
    except subprocess.TimeoutExpired:
        status = None
    tap.equal(status, 0, name + ": the process ends at once", front.tail())
    front.stop()


# --- in line for a route ---

def leaves_the_line(tap, front, origin):
    held, = hold(front, origin, "o", "left", 1)
    conn = known(front)
    ask_whole(front, conn, "/o/echo/secret")
    tap.equal(passes(front), 200, "one waits in line, others pass")
    conn.close()
    tap.equal(passes(front), 200, "it leaves, others pass")
    other = known(front)                # with the descriptor of the former
    origin.release("left")
    tap.equal(held.answer().status, 200, "the line goes on")
    tap.equal([front.ask("GET", "/o/echo").status for _ in range(3)],
              [200] * 3, "the route is free again")
    other.sock.setblocking(False)
    try:
        got = other.sock.recv(100)
    except BlockingIOError:
        got = None
    tap.equal(got, None, "who asked nothing gets nothing")
    other.sock.settimeout(SOON)
    tap.equal(front.ask("GET", "/o/echo", conn=other).status, 200,
              "... and is served when it asks")
    tap.equal(front.process.poll(), None, "the process lives", front.tail())


def body_in_line(tap, front, origin):
    held, = hold(front, origin, "o", "body", 1)
    conn = known(front)
    steps = front.open("POST", "/o/echo", length=20_000, conn=conn, keep=True)
    tap.equal(passes(front), 200, "a POST waits in line, others pass")
    for _ in range(2):
        steps.write(b"y" * 10_000)
        tap.equal(passes(front), 200, "half of its body comes, others pass")
    steps.finish()
    origin.release("body")
    tap.equal(held.answer().status, 200, "the line goes on")
    answer = steps.answer("POST")
    tap.equal((answer.status, answer.echo["body_bytes"]), (200, 20_000),
              "its turn comes, and its body is whole", answer)
    tap.equal(front.ask("GET", "/o/echo", conn=conn).status, 200,
              "... and nothing of it is left on the connection")
    tap.equal(front.process.poll(), None, "the process lives", front.tail())


def says_no_more(tap, front):
    """A server that ends its side in the middle of a head or of a form, for
    which 60 s and 5 s would be waited."""
    head, form = known(front), known(front)
    found = fronts.variables(front, "GET", "/any/echo", [], None)
    head.begin(found.items(), True, 40)
    steps = front.open("POST", "/_status", FORM, length=20, conn=form)
    passes(front)                       # by now the form is waited for
    form.sock.sendall(fcgi.record(fcgi.STDIN, b"operator=")[:4])
    tap.equal(passes(front), 200, "a part of a head and one of a form")
    for conn in (head, form):
        conn.sock.settimeout(SOON - 1)
        conn.sock.shutdown(socket.SHUT_WR)
    tap.equal(steps.answer("POST").status, 408,
              "where no more comes of a form, it is told")
    tap.ok(head.hung_up(), "... of a head, its connection is closed")


def stopped(process):
    with open("/proc/%d/stat" % process.pid, encoding="latin-1") as file:
        return file.read().rpartition(") ")[2].startswith("T")


def leaves_at_once(tap, front, origin):
    """A request whose caller has left by the time at which it is read; on a
    connection where an upload has waited for him."""
    conn = known(front)
    steps = front.open("POST", "/o/echo/later", length=10, conn=conn,
                       keep=True)
    origin.wait("reached echo later")
    passes(front)
    conn.sock.sendall(fcgi.record(fcgi.STDIN, b"x" * 10) +
                      fcgi.record(fcgi.STDIN, b""))
    tap.equal(steps.answer("POST").status, 200, "an upload that comes late")
    front.process.send_signal(signal.SIGSTOP)
    trees.until(lambda: stopped(front.process))
    ask_whole(front, conn, "/any/wait/at-once")
    conn.close()
    front.process.send_signal(signal.SIGCONT)
    tap.ok(origin.wait("closed at-once", 1, SOON),
           "who left with his request is not asked for", front.tail)
    origin.release("at-once")


def begin_late(front, origin):
    """One that will wait too long in line.  The process is stopped until it
    has so much to do at once that its loop's clock is late when it comes to
    this one."""
    held = hold(front, origin, "any", "late", 6)
    conns = [known(front, "o") for _ in range(50)]
    front.process.send_signal(signal.SIGSTOP)
    trees.until(lambda: stopped(front.process))
    for conn in conns[:-1]:
        ask_whole(front, conn, "/_explain", [("X-Long", "x" * 30_000)])
    ask_whole(front, conns[-1], "/any/echo", [cases.JSON])
    front.process.send_signal(signal.SIGCONT)
    return held, fronts.FcgiSteps(conns[-1])


def told_once(tap, origin, site, held, steps):
    answer = steps.answer()
    tap.equal((answer.status, answer.rule), (503, "route_busy"),
              "one that waits too long in line is told", answer)
    line = cases_log.line_of(site, answer)
    tap.ok(9_900 < line["total_ms"] < 15_000,
           "... after 10 s, not after twice that", line)
    origin.release("late", len(held))
    tap.equal([step.answer().status for step in held], [200] * len(held),
              "those before it end well")


# --- answers and uploads ---

def crawl(front, steps):
    """Read so slowly that others are served between any two pieces."""
    for _ in range(20):
        steps.more()
        passes(front)


def rejected(tap, front, site, framed, slowly):
    """The target refuses by a large answer, and the upload does not go on."""
    name = "%d bytes%s, read %s" % (LARGE, framed,
                                    "slowly" if slowly else "quickly")
    steps = front.open("POST", "/any/reject/%d%s" % (LARGE, framed),
                       length=100_000)
    steps.write(b"x" * 1000)
    if slowly:
        crawl(front, steps)
    answer = steps.answer("POST")
    whole = len(answer.body) == LARGE
    tap.equal((answer.status, steps.whole()), (403, whole),
              "403 with %s: all of it comes, or its end shows that not"
              % name, len(answer.body))
    line = cases_log.line_of(site, answer)
    tap.equal((line["status"], line["cut"]), (403, not whole),
              "... and the log says the same", line)
    tap.ok(line["bytes"] == LARGE or not whole, "... and how much", line)
    steps.close()


def tail(tap, front, origin):
    """The target falls silent before the end, where the sockets' buffers are
    full, whatever they hold; then the client begins to read."""
    sizes = list(range(100_000, 500_000, 12_000))
    answers = [front.open("GET", "/any/cut/%d/%d/tail" % (n, n + 1),
                          conn=fcgi.Connection(front.address, SOON))
               for n in sizes]
    for steps in answers:
        steps.finish()
    tap.ok(origin.wait("held tail", len(sizes), trees.WAIT),
           "a target falls silent in %d answers" % len(sizes))
    tap.equal([passes(front) for _ in range(5)], [200] * 5, "others pass")
    missing = []
    for n, steps in zip(sizes, answers):
        try:
            steps.head()
            while len(steps.have) < n and steps.more():
                pass
        except TimeoutError:
            pass
        if len(steps.have) < n:
            missing.append((n, n - len(steps.have)))
    tap.equal(missing, [], "what it has said arrives without its saying more")
    for steps in answers:
        steps.close()
    origin.release("tail", len(sizes))


def times(front, conn):
    """Seconds of five answers; of fewer, where the connection ends."""
    took = []
    while len(took) < 5:
        start = time.monotonic()
        try:
            answer = front.ask("GET", "/any/echo", conn=conn, keep=True)
        except OSError:
            break
        if answer.status != 200:
            break
        took.append(time.monotonic() - start)
    return took


def late_end(tap, front, origin):
    """TCP_CORK left on would hold answers for 200 ms, which only a clock
    shows."""
    conn = known(front)
    steps = front.open("POST", "/any/hold/cork", length=5, conn=conn,
                       keep=True)
    steps.write(b"12345")
    steps.head()
    steps.finish()
    origin.release("cork")
    while steps.more():
        pass
    tap.ok(steps.whole() and steps.have.endswith(b"the end"),
           "a body's end comes after the answer's head", steps.have[-100:])
    took = times(front, conn)
    tap.ok(len(took) == 5 and statistics.median(took) < 0.15,
           "... and the next answers there are not late", took)
    late = [took for took in (ends_midway(front) for _ in range(5))
            if took and statistics.median(took) >= 0.15]
    tap.equal(late, [], "where it ends when the answer is being read, the "
              "connection is closed, or the next answers there are not late")


def ends_midway(front):
    """times() behind an answer that is large, and was read in part when its
    request's body ended."""
    conn = known(front)
    steps = front.open("POST", "/any/reject/%d" % LARGE, length=5, conn=conn,
                       keep=True)
    while len(steps.have) < 100_000 and steps.more():
        pass
    passes(front)
    steps.finish()
    steps.answer("POST")
    return times(front, conn)


# --- heads that are longer than what a socket holds ---

def long_heads(tap, front):
    """Apache lets such pass.  That they are too long is said, and nothing is
    waited for that the socket has no room for."""
    for count in (8, 16, 32, 100):
        fields = [("X-Long-%d" % i, "x" * 8000) for i in range(count)]
        conn = fcgi.Connection(front.address, SOON)
        answer = front.ask("GET", "/any/echo", fields + [cases.JSON],
                           conn=conn)
        tap.equal((answer.status, answer.rule), (431, "fields_too_large"),
                  "a head of %d KB is answered" % (8 * count), answer)


def ends_in_the_midst(tap, front):
    """A server that does not send the rest of such a head."""
    conn = fcgi.Connection(front.address, SOON)
    found = fronts.variables(front, "GET", "/any/echo", [
        ("X-Long-%d" % i, "x" * 8000) for i in range(8)], None)
    conn.begin(found.items(), False, 60_000)
    tap.ok(conn.hung_up(), "one that does not go on is closed")
    tap.equal(passes(front), 200, "... and others pass")


# --- connections that do not go on ---

class Silent:
    """MANY connections of a kind, while others are served."""

    def __init__(self, front, origin):
        self.front = front
        self.conns = [self.begin() for _ in range(MANY)]
        self.wait(origin)

    def wait(self, origin):
        """For what is to come before the silence."""

    def connect(self):
        return fcgi.Connection(self.front.address, trees.WAIT)

    def asked(self):
        """Each asks on."""
        for conn in self.conns:
            conn.finish()
        return [fronts.FcgiSteps(conn).answer("POST").status
                for conn in self.conns]


class Values(Silent):
    """GET_VALUES, then silence"""
    told = fcgi.record(fcgi.GET_VALUES_RESULT,
                       fcgi.params([("FCGI_MPXS_CONNS", "0")]), 0)

    def begin(self):
        conn = self.connect()
        conn.sock.sendall(fcgi.record(fcgi.GET_VALUES, fcgi.params(
            [("FCGI_MPXS_CONNS", "")]), 0))
        return conn

    def go_on(self, tap):
        tap.equal([conn.sock.recv(100) for conn in self.conns],
                  [self.told] * MANY, "... they are told the values")
        got = [self.front.ask("GET", "/any/echo", conn=conn).status
               for conn in self.conns]
        tap.equal(got, [200] * MANY, "... and served when they ask")


class Foreign(Silent):
    """the end of another request's head"""

    def begin(self):
        conn = self.connect()
        found = fronts.variables(self.front, "GET", "/any/echo", [], None)
        conn.rest = conn.begin(found.items(), False, -len(NO_MORE))
        conn.sock.sendall(fcgi.record(fcgi.PARAMS, b"", 2))
        return conn

    def go_on(self, tap):
        for conn in self.conns:
            conn.sock.sendall(conn.rest)
        tap.equal(self.asked(), [200] * MANY, "... and served when they "
                  "go on")


class Noise(Silent):
    """bytes that are no FastCGI"""
    sent = b"GET / HTTP/1.0\r\n\r\n"

    def begin(self):
        conn = self.connect()
        conn.sock.sendall(self.sent)
        return conn

    def go_on(self, tap):
        tap.equal([conn.hung_up() for conn in self.conns], [True] * MANY,
                  "... they are closed")


class Headless(Noise):
    """a head that nothing begins"""
    sent = NO_MORE


class Upload(Silent):
    """the header of a body's record, for a target"""
    path, fields, body = "/any/echo/part", [], b"x" * 100

    def begin(self):
        return self.front.open("POST", self.path, self.fields,
                               length=len(self.body),
                               conn=self.connect()).conn

    def wait(self, origin):
        if self.path != Form.path:
            origin.wait("reached echo part", MANY, trees.WAIT)
        passes(self.front)              # these wait for the body by now
        for conn in self.conns:
            conn.sock.sendall(fcgi.record(fcgi.STDIN, self.body)[:8])

    def go_on(self, tap):
        whole = self.front.ask("POST", self.path, self.fields, self.body)
        for conn in self.conns:
            conn.sock.sendall(self.body)
        tap.equal(self.asked(), [whole.status] * MANY, "... and answered "
                  "when it is there")


class Form(Upload):
    """the header of a body's record, for a form"""
    path, fields, body = "/_status", FORM, b"operator=nothing-key"


def silent(tap, front, origin, kind):
    many = kind(front, origin)
    try:
        got = [passes(front) for _ in range(3)]
    except OSError as e:
        got = e
    if tap.equal(got, [200] * 3, "%s: others are served at once"
                 % kind.__doc__, front.tail()):
        many.go_on(tap)
    for conn in many.conns:
        conn.close()


# --- the end, and the count ---

def stops(tap, front):
    """Connections that are no request do not hold up the end."""
    front.start()
    heads = [b"", b"\1\1\0\1", fcgi.record(fcgi.BEGIN, b"\0\1\0\0\0\0\0\0")]
    stay = [fcgi.Connection(front.address) for _ in heads]
    for conn, head in zip(stay, heads):
        conn.sock.sendall(head)
    tap.equal(passes(front), 200, "silent connections and parts of heads")
    ends(tap, front, "beside them")
    for conn in stay:
        tap.ok(conn.hung_up(), "... and closes them")


def rush(tap, front, origin, token):
    """Of all that is counted, some of each; what of it stays open."""
    kept = [known(front) for _ in range(30)]
    asked = [front.open("GET", "/o/echo", conn=conn, keep=True)
             for conn in kept]
    forms = [front.open("POST", "/_status", FORM, length=20)
             for _ in range(30)]
    for steps in asked:
        steps.finish()
    for steps in forms:
        steps.write(b"operator=")
    got = [steps.answer().status for steps in asked]
    tap.equal(got, [200] * 30, "30 at once, on kept connections, beside forms")
    held = hold(front, origin, "any", token, 12)
    line = [front.open("GET", "/any/echo", conn=known(front, "o"))
            for _ in range(6)]
    for steps in line:
        steps.finish()
    tap.equal(front.ask("GET", "/o/echo").status, 200, "and beside a line")
    for steps in line[:3] + forms[:10]:
        steps.close()
    origin.release(token, 12)
    got = [steps.answer().status for steps in held + line[3:]]
    tap.equal(got, [200] * 15, "half of the line and some forms leave, the "
              "rest is served")
    for steps in forms[10:]:
        steps.write(b"nothing-key")
        steps.finish()
    got = {steps.answer("POST").status for steps in forms[10:]}
    tap.equal(len(got), 1, "the forms are answered alike", got)
    return kept


def full(tap, front, origin, token):
    """As many as `threads' says are under way, and not one more."""
    held = hold(front, origin, "o", token, 8) + \
        hold(front, origin, "any", token, 8, 16)
    tap.equal(origin.count("held " + token), 16, "16 are under way again")
    held += hold(front, origin, "embed", token, 1, 16)
    tap.equal(origin.count("held " + token), 16, "... and not one more")
    origin.release(token)
    tap.ok(origin.wait("held " + token, 17, trees.WAIT),
           "... until one of them ends", front.tail)
    origin.release(token, 16)
    tap.equal([steps.answer().status for steps in held], [200] * 17,
              "all are served")


def main():
    trees.need("sqlite3")
    tree, origin, site = cases.prepare(
        server={"state": "state", "threads": "8"}, log={"format": "json"},
        upstream={"allow_private": "127.0.0.0/8", "request_timeout": "60",
                  "idle_timeout": "60"})
    tap = taps.Tap()
    slow = fronts.Listen(tree, site).start()
    late = tap.guard("begin_late", begin_late, slow, origin)

    def process(threads, address=None):
        site.settings("server", threads=str(threads))
        front = fronts.Listen(tree, site)
        if address is None:
            return front.start()
        front.address = address
        front.again()
        return front

    front = process(2)
    for story in (leaves_the_line, body_in_line, leaves_at_once):
        tap.guard(story.__name__, story, tap, front, origin)
    tap.guard("says_no_more", says_no_more, tap, front)
    ends(tap, front, "after a line")
    front = process(64)
    for framed in ("", "/chunked"):
        for slowly in (False, True):
            tap.guard("rejected", rejected, tap, front, site, framed, slowly)
    tap.guard("late_end", late_end, tap, front, origin)
    tap.guard("long_heads", long_heads, tap, front)
    ends(tap, front, "after rejections")
    front = process(64, tree.at("fcgi.sock"))
    for story in (long_heads, ends_in_the_midst):
        tap.guard(story.__name__, story, tap, front)
    tap.guard("tail", tail, tap, front, origin)
    ends(tap, front, "after tails")
    for kind in (Values, Foreign, Noise, Headless, Upload, Form):
        front = process(64)
        tap.guard(kind.__name__, silent, tap, front, origin, kind)
        ends(tap, front, kind.__doc__)
    front = process(16)
    for token in ("once", "twice"):
        kept = tap.guard("rush", rush, tap, front, origin, "rush-" + token)
        tap.guard("full", full, tap, front, origin, token)
        tap.equal([front.ask("GET", "/o/echo", conn=conn).status
                   for conn in kept], [200] * len(kept),
                  "what was kept still serves")
    ends(tap, front, "after a rush")
    tap.guard("stops", stops, tap, front)
    if late is not None:
        tap.guard("told_once", told_once, tap, origin, site, *late)
    slow.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
