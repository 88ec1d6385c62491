#!/usr/bin/python3 -B
"""Rates are limited per client and route, exactly, by all processes together,
whatever becomes of the processes and of the file in which they count."""
import json
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

FIVE = "1/h burst 5"                    # none comes back during a test
PAGE = ("Origin", cases.APP)
FILE_BYTES = 4706288                    # of this form, counters and all
ASKS = ("Access-Control-Request-Method", "PUT")


class Run:
    """A route `x' with a limit of its own, each time with full buckets."""

    def __init__(self, tap, tree, origin, site):
        self.tap, self.tree, self.origin = tap, tree, origin
        self.site, self.count = site, 0
        self.cgi = fronts.Cgi(tree, site)
        self.equal = tap.equal

    def fresh(self, limit=FIVE, **columns):
        """A state folder that nobody has counted in."""
        self.count += 1
        self.state = "state%d" % self.count
        self.tree.folder("site", self.state)
        self.site.settings("server", state=self.state)
        self.site.route("x", self.origin.url, rate_limit=limit, **columns)

    def listen(self, argv=()):
        """A process more; `argv' stands before its own."""
        front = fronts.Listen(self.tree, self.site)
        front.log = "listen%d.log" % self.count
        for _ in range(5):
            front.address = ("127.0.0.1", trees.free_port())
            if front.run([*argv, self.tree.program, "-c", self.site.config,
                          "listen", "127.0.0.1:%d" % front.address[1]],
                         front.address):
                front.process = front.started[-1]
                return front
        raise AssertionError(front.tail())

    def logged(self, text):
        """How often the CGI programs have said so."""
        return self.tree.read(self.cgi.log).count(text)

    def file(self):
        return os.path.join(self.site.folder, self.state, "shm.v1")


def statuses(front, tries, path="/x/echo", fields=(), **how):
    return [front.ask("GET", path, fields, **how).status
            for _ in range(tries)]


def passing(front, tries, *more, **how):
    got = statuses(front, tries, *more, **how)
    if set(got) - {200, 429}:
        raise AssertionError(got)
    return got.count(200)


def at_once(front, tries):
    """All are there before the first is waited for."""
    steps = [front.open("GET", "/x/echo") for _ in range(tries)]
    for step in steps:
        step.finish()
    return sorted(step.answer().status for step in steps)


# --- exactly, whoever counts

def twenty_programs(run):
    """Each makes the file, or finds it."""
    run.fresh()
    warned = run.logged("others may read the keys")
    run.equal(at_once(run.cgi, 20), [200] * 5 + [429] * 15,
              "20 CGI programs at once, the first to run: 5 pass")
    run.equal(at_once(run.cgi, 20), [429] * 20, "20 more: none")
    run.equal(run.logged("others may read the keys") - warned, 1,
              "what all of them find, one says")
    run.equal(os.listdir(os.path.dirname(run.file())), ["shm.v1"],
              "nothing else is left in the folder")
    stat = os.stat(run.file())
    run.equal((stat.st_mode & 0o777, stat.st_size,
               stat.st_blocks * 512 >= stat.st_size), (0o600, FILE_BYTES, True),
              "the file is its user's alone and has all its blocks")


def threads_and_processes(run):
    run.fresh()
    one, two = run.listen(), run.listen()
    steps = [f.open("GET", "/x/echo") for f in (one, two) * 10]
    for step in steps:
        step.finish()
    got = sorted(step.answer().status for step in steps)
    run.equal(got, [200] * 5 + [429] * 15, "20 at once in 2 processes")
    run.equal(passing(run.cgi, 2), 0, "a CGI program knows it")
    one.stop()
    two.stop()
    again = run.listen()
    run.equal(passing(again, 2), 0, "a new process knows it")
    again.stop()


def killed(run):
    """SIGKILL in mid-use, with requests under way and others to come."""
    run.fresh("1/h burst 12")
    one, two = run.listen(), run.listen()
    held = [one.open("GET", "/x/wait/killed") for _ in range(3)]
    for step in held:
        step.finish()
    run.origin.wait("held killed", 3)
    one.process.kill()
    one.process.wait()
    run.equal(passing(two, 4), 4, "beside a killed process")
    run.origin.release("killed", 3)
    for i in range(5):                  # CGI programs too
        step = run.cgi.open("GET", "/x/wait/again%d" % i)
        step.finish()
        run.origin.wait("held again%d" % i)
        step.process.kill()
        step.close()
        run.origin.release("again%d" % i)
    run.equal(passing(two, 3), 0,
              "what the killed ones took is taken, and no more")
    one.stop()
    two.stop()


# --- who counts as one

def clients(run):
    run.fresh("1/h burst 1")
    for what, want, *peers in (
            ("IPv4, each address", 2, "192.0.2.1", "192.0.2.2"),
            ("IPv6, one /64", 1, "2001:db8::1", "2001:db8::ffff:1"),
            ("IPv6, two of them", 2, "2001:db8:0:1::1", "2001:db8:0:2::1"),
            ("IPv4 in IPv6", 1, "192.0.2.3", "::ffff:192.0.2.3"),
            ("no address", 1, "", "unix:")):
        got = [run.cgi.ask("GET", "/x/echo", extra={"REMOTE_ADDR": peer})
               .status for peer in peers]
        run.equal(got.count(200), want, "clients: " + what)
    run.site.route("y", run.origin.url, rate_limit="1/h")
    run.equal(passing(run.cgi, 2, "/y/echo",
                      extra={"REMOTE_ADDR": "192.0.2.1"}), 1,
              "clients: another route")


PROXIES = [
    # name, REMOTE_ADDR, X-Forwarded-For, who that is
    ("a proxy names the client", "10.0.0.1", "192.0.2.1", "192.0.2.1"),
    ("through two of them", "10.0.0.1", "192.0.2.2, 10.0.0.2", "192.0.2.2"),
    ("what the client wrote itself", "10.0.0.1", "6.6.6.6, 192.0.2.3",
     "192.0.2.3"),
    ("no address in it", "10.0.0.1", "6.6.6.6, unknown", "10.0.0.1"),
    ("nobody named", "10.0.0.3", None, "10.0.0.3"),
    ("a stranger is not believed", "192.0.2.4", "6.6.6.6", "192.0.2.4"),
    ("a socket file is not either", "", "6.6.6.6", "-"),
]


def proxies(run):
    run.fresh("1/h burst 1")
    run.site.settings("access", trusted_proxies="10.0.0.0/8")
    for name, peer, names, who in PROXIES:
        fields = [("X-Forwarded-For", names)] if names else []
        extra = {"REMOTE_ADDR": peer}
        first = run.cgi.ask("GET", "/x/echo", fields, extra=extra)
        # The same person directly, by the address that was found.
        direct = {"REMOTE_ADDR": "" if who == "-" else who}
        second = run.cgi.ask("GET", "/x/echo", extra=direct)
        logged = run.site.access_log().splitlines()[-2].split()[0]
        run.equal((first.status, second.status, logged), (200, 429, who),
                  "proxies: " + name)
    run.site.settings("access", trusted_proxies=None)


# --- what the caller is told

def told(run):
    """A page can read it all."""
    run.fresh("2/m", expose_headers="X-One")
    passing(run.cgi, 2)
    answer = run.cgi.ask("GET", "/x/echo", [cases.JSON, PAGE])
    wait = answer.get("retry-after") or ""
    run.equal((answer.status, answer.rule, answer.get("content-type")),
              (429, "rate_limited", "application/problem+json"), "told: rule",
              answer)
    run.tap.ok(re.fullmatch("[1-9]|[12][0-9]|30", wait),
               "told: Retry-After, in whole seconds", answer)
    run.equal((answer.get("ratelimit-policy"), answer.get("ratelimit")),
              ('"x";q=2;w=60', '"x";r=0;t=' + wait),
              "told: the IETF's fields", answer)
    shown = cases.cors_of(answer)
    run.equal((shown.get("allow-origin"), shown.get("expose-headers")),
              (cases.APP, "X-One, Retry-After, RateLimit, RateLimit-Policy"),
              "told: to a page's script", answer)
    run.equal(json.loads(answer.body)["status"], 429, "told: the problem")
    page = run.cgi.ask("GET", "/x/echo", [("Accept", "text/html")])
    run.tap.ok(page.status == 429 and b"Too Many Requests" in page.body,
               "told: to a person", page)
    run.site.route("z", run.origin.url, rate_limit="1/h")
    good = run.cgi.ask("GET", "/z/echo", [PAGE])
    run.equal([good.get(n) for n in ("retry-after", "ratelimit",
                                     "ratelimit-policy")], [None] * 3,
              "told: nothing while there is enough", good)


def preflights(run):
    """A tenth of a request each, and never refused."""
    run.fresh("1/h burst 2")
    got = [run.cgi.ask("OPTIONS", "/x/echo", [PAGE, ASKS]).status
           for _ in range(10)]
    run.equal((got, statuses(run.cgi, 2)), ([204] * 10, [200, 429]),
              "preflights: ten cost one request")
    answer = run.cgi.ask("OPTIONS", "/x/echo", [PAGE, ASKS])
    run.equal((answer.status, answer.get("ratelimit")), (204, None),
              "preflights: answered when nothing is left", answer)


def foreign_pages(run):
    """They cannot use up what their visitor may ask for."""
    run.fresh()
    image = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")]
    got = statuses(run.cgi, 6, "/x/echo", image) + \
        statuses(run.cgi, 6, "/x/echo", [("Origin", cases.BAD)])
    run.equal((set(got), passing(run.cgi, 6)), ({403}, 5), "foreign pages")


def no_route(run):
    """By the settings' rate, all unknown names together."""
    run.fresh()
    run.site.settings("access", rate_limit="1/h burst 3")
    got = [run.cgi.ask("GET", path).status
           for path in ("/un", "/known", "/", "/names")]
    run.equal(got, [404, 404, 200, 429], "no route")
    run.equal(statuses(run.cgi, 5, "/_health"), [200] * 5,
              "no route: who watches is not limited")
    run.equal(passing(run.cgi, 6), 5, "no route: routes are apart from that")
    run.site.settings("access", rate_limit="0")


def waiting(run):
    """A request that waited for its route's turn has paid once."""
    run.fresh("1/h burst 4")
    undo = run.site.settings("server", threads="4")
    front = run.listen()
    steps = [front.open("GET", "/x/wait/turn") for _ in range(4)]
    for step in steps:
        step.finish()
    run.origin.wait("held turn", 3)     # three quarters of four
    run.origin.release("turn", 4)
    run.equal([step.answer().status for step in steps], [200] * 4,
              "one that waited is not charged twice")
    run.equal(passing(front, 1), 0, "... and once it is")
    front.stop()
    undo()


# --- what becomes of the file

def no_room(run):
    """As on a full disk: served, counted by the process, one line of log."""
    run.fresh()
    front = run.listen(["/bin/sh", "-c", "ulimit -f 200; exec \"$@\"", "sh"])
    run.equal(passing(front, 9), 5, "no room: the process counts by itself")
    trees.until(lambda: front.ask("GET", "/_health") and
                "shm.v1" in front.tail())
    run.equal((front.tail().count("shm.v1: cannot be made: File too large"),
               front.process.poll(), os.listdir(os.path.dirname(
                   run.file()))), (1, None, []),
              "no room: one line, it lives, nothing is left", front.tail())
    front.stop()


def full_log(run):
    """Neither does a log that may grow no more end it."""
    run.fresh("0")
    front = run.listen(["/bin/sh", "-c", "ulimit -f 1; exec \"$@\"", "sh"])
    got = statuses(front, 30, "/x/echo/" + "a" * 100)
    run.equal((set(got), front.process.poll()), ({200}, None), "a full log",
              front.tail())
    front.stop()


def not_writable(run):
    """Mended while the process lives: it counts with the others again."""
    run.fresh()
    os.chmod(os.path.dirname(run.file()), 0o500)
    front = run.listen()
    run.equal(passing(front, 9), 5, "not writable: counts by itself")
    run.tap.ok("cannot be made: Permission denied" in front.tail(),
               "not writable: the log says so", front.tail())
    os.chmod(os.path.dirname(run.file()), 0o700)
    trees.until(lambda: front.ask("GET", "/_health") and
                os.path.exists(run.file()))
    run.equal((passing(front, 3), passing(run.cgi, 9)), (3, 2),
              "mended: counts with others", front.tail())
    front.stop()


def not_trusted(run):
    """What others may write says nothing: there is another in its place."""
    run.fresh()
    passing(run.cgi, 5)
    os.chmod(run.file(), 0o622)
    front = run.listen()
    run.equal((passing(front, 3), passing(run.cgi, 9)), (3, 2),
              "others may write: not obeyed, and counted anew")
    run.equal((front.tail().count("may be written by others: it was made "
                                  "anew"), os.stat(run.file()).st_mode),
              (1, 0o100600), "others may write: said once", front.tail())
    front.stop()


def damaged(run):
    """Programs that live for one request mend it together."""
    for what, damage in (
            ("cut short", lambda name: os.truncate(name, 100)),
            ("of another form", lambda name: os.pwrite(
                os.open(name, os.O_RDWR), b"?", 0)),
            ("open to others", lambda name: os.chmod(name, 0o666))):
        run.fresh()
        passing(run.cgi, 1)
        damage(run.file())
        before = run.logged("it was made anew")
        run.equal(at_once(run.cgi, 20), [200] * 5 + [429] * 15,
                  "damaged, %s: 20 at once, 5 pass" % what)
        run.equal((run.logged("it was made anew") - before,
                   os.listdir(os.path.dirname(run.file()))),
                  (1, ["shm.v1"]), "damaged, %s: one line says so" % what)


def unusable(run):
    """Then a program counts the one request that it lives for."""
    run.fresh()
    os.rmdir(os.path.dirname(run.file()))
    run.equal(passing(run.cgi, 9), 9, "no folder: under CGI no limit holds")
    os.mkdir(os.path.dirname(run.file()), 0o700)
    run.equal(passing(run.cgi, 9), 5, "no folder: mended")


def cut_short(run):
    """Written over in place, as by an upload: it ends no process."""
    if trees.TSAN:
        run.tap.note("left out: this sanitizer keeps the signal to itself")
        return
    run.fresh()
    front = run.listen()
    passing(front, 5)
    os.truncate(run.file(), 0)
    front.ask("GET", "/x/echo", extra={"REMOTE_ADDR": "192.0.2.99"})
    trees.until(lambda: front.ask("GET", "/_health") and
                os.path.getsize(run.file()) == FILE_BYTES)
    run.equal((front.process.poll(), front.tail().count(
        "not of the right size: it was made anew")), (None, 1),
        "cut short: it lives, and says so", front.tail())
    run.equal((passing(front, 3), passing(run.cgi, 9)), (3, 2),
              "cut short: counts with others again", front.tail())
    front.stop()


def deleted(run):
    """All processes come to the new one, within a second or at SIGHUP."""
    run.fresh()
    one, two = run.listen(), run.listen()
    passing(one, 5)
    os.unlink(run.file())

    def moved(front):
        front.ask("GET", "/_health")
        maps = "/proc/%d/maps" % front.process.pid
        with open(maps, encoding="latin-1") as file:
            mapped = [line for line in file if "/shm.v1" in line]
        return len(mapped) == 1 and "(deleted)" not in mapped[0]
    for front in (one, two):
        run.tap.ok(trees.until(lambda f=front: moved(f)),
                   "deleted: a process comes to the new one", front.tail())
    run.equal((passing(one, 3), passing(two, 9)), (3, 2),
              "deleted: full again, and shared")
    two.process.send_signal(signal.SIGHUP)
    run.equal((passing(two, 1), two.process.poll()), (0, None),
              "SIGHUP takes nothing away")
    one.stop()
    two.stop()


STORIES = [twenty_programs, threads_and_processes, killed, clients, proxies,
           told, preflights, foreign_pages, no_route, waiting, no_room,
           full_log, not_writable, not_trusted, damaged, unusable, cut_short,
           deleted]


def main():
    trees.need("sqlite3")
    tree, origin, site = cases.prepare()
    tap = taps.Tap()
    run = Run(tap, tree, origin, site)
    for story in STORIES:
        tap.guard(story.__name__, story, run)
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
