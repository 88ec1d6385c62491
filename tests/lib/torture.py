"""The program with allocations that fail, one after the other: what it may
then do, and what it may not.

An answer is right if it is the one that is given with enough memory, and clean
if it is an error that says so, or is cut visibly, or is none and the program
says that it failed.  Everything else is wrong: a crash, a hang, a leak (where a
sanitizer looks), another answer, a request to a target that would else not
have been sent, or sent otherwise.
"""
import mmap
import os
import re
import shutil
import signal
import struct
import subprocess

import cases
import fronts
import origin as origins
import tap as taps
import tree as trees
import wire

FOLDER = os.path.join(trees.BUILD, "tests", "torture")
PROGRAM = os.path.join(FOLDER, "torture")
# Other with each answer.
VARIES = ("x-request-id", "server-timing", "date", "content-length",
          "retry-after", "ratelimit", "refresh")
VARIED = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|"
                    rb'"connection": \d+|203(\.\d+){3}')
# What stands between a crash and the code that brought it about.
SYSTEM = ("preload.so", "libc.so.6")
MANY = 10**9                            # more than there are allocations
REPORT = re.compile("Sanitizer|runtime error:")


class Kind:
    """One kind of request.

    status      with enough memory; a tuple where it differs by the time
    reaches     may its target be asked?
    whole       what tells a whole body, where bodies differ each time
    varies      fields of the answer that differ each time
    ini         settings that it needs: {section: {key: value}}
    """

    def __init__(self, name, path, status=200, method="GET", fields=(),
                 body=None, reaches=False, whole=None, varies=(), ini=None,
                 extra=()):
        self.name, self.path, self.status = name, path, status
        self.method, self.fields, self.body = method, list(fields), body
        self.reaches, self.whole, self.ini = reaches, whole, ini or {}
        self.varies, self.extra = [*VARIES, *varies], extra


def is_as(kind, status):
    """Is it the status of the kind?"""
    return status in (kind.status if isinstance(kind.status, tuple)
                      else (kind.status,))


class Command:
    """One command; `status' is that of its exit."""

    def __init__(self, name, arguments, status, whole=None, ini=None):
        self.name, self.arguments, self.status = name, arguments, status
        self.whole, self.ini, self.body = whole, ini or {}, None
        self.reaches = False


class Outcome:
    """What a run came to."""

    def __init__(self, folder, line):
        self.n, self.exit, self.counted, self.before, self.failed = \
            map(int, line.split())
        self.out, self.err, self.at = (
            read("%s/%d.%s" % (folder, self.n, what))
            for what in ("out", "err", "at"))
        self.err = self.err.decode("latin-1")

    def __str__(self):
        return "allocation %d of %d, exit %d\n%s\n%s\n%s" % (
            self.n, self.counted, self.exit, self.err[-1500:],
            self.out[:1500].decode("latin-1"),
            places(self.at.decode("latin-1")))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def places(trace):
    """Who asked in vain, by name and line."""
    at = re.findall(r"viaduct\(\+(0x[0-9a-f]+)\)", trace)
    if not shutil.which("addr2line") or not at:
        return trace
    done = subprocess.run(["addr2line", "-s", "-f", "-p", "-e", PROGRAM,
                           *at], text=True, capture_output=True, check=False)
    return done.stdout


def answer_of(out, method="GET"):
    """What a web server makes of it; None where there is no head."""
    raw, end, body = out.partition(b"\r\n\r\n")
    if not end:
        return None
    _, fields = wire.read_head(b"- 0\r\n" + raw)
    if not fields or fields[0][0] != "Status":
        return None
    answer = wire.Answer(int(fields[0][1][:3]), fields[1:], body, True)
    length = answer.get("content-length")
    answer.whole = length is None or int(length) == len(body) or \
        method == "HEAD"
    return answer


def head_of(kind, answer):
    return [(n, v) for n, v in answer.fields if n.lower() not in kind.varies]


def same(kind, usual, answer):
    """Is it the answer that is given with enough memory?"""
    return answer.status == usual.status and \
        head_of(kind, answer) == head_of(kind, usual) and \
        same_text(kind, usual.body, answer.body)


def same_text(kind, usual, text):
    if kind.whole is not None:
        return kind.whole.search(text) is not None
    return VARIED.sub(b"", text) == VARIED.sub(b"", usual)


def is_error(usual, answer):
    """Is it an error that says what it is, and grants nothing more?"""
    grants, granted = cases.cors_of(answer), cases.cors_of(usual)
    for name in ("allow-origin", "allow-credentials"):
        if grants.get(name) not in (None, granted.get(name)):
            return False
    told = answer.get("proxy-status") or ""
    return answer.whole and answer.get("set-cookie") is None and (
        answer.status in (500, 503) and told.startswith("viaduct; error=") or
        # The same error, but without all of its page.
        answer.status == usual.status and
        told != "" and told == usual.get("proxy-status"))


def is_refusal(usual, answer):
    """Some error: libraries do not always say that it was memory."""
    return answer.status >= 400 and answer.whole and \
        "viaduct; error=" in (answer.get("proxy-status") or "") and \
        cases.cors_of(answer).get("allow-origin") in (
            None, cases.cors_of(usual).get("allow-origin"))


def is_cut(kind, usual, answer, status):
    """Did the head go out, and the rest not, and does it show?"""
    return head_of(kind, answer) == head_of(kind, usual) and \
        usual.body.startswith(answer.body) and \
        (status != 0 or not answer.whole)


def judge(kind, usual, run, refused=is_error):
    """What is wrong with a run; None: nothing."""
    if run.exit < 0:
        return "killed by signal %d" % -run.exit
    if REPORT.search(run.err):
        return "a sanitizer complains"
    if isinstance(kind, Command):
        return judge_command(kind, usual, run)
    answer = answer_of(run.out, kind.method)
    if answer is None:
        return None if run.exit != 0 and not run.out else "no clean failure"
    return judge_answer(kind, answer_of(usual.out, kind.method), answer,
                        run.exit, refused)


def judge_answer(kind, usual, answer, status, refused=is_error):
    if isinstance(kind.status, tuple):
        refused = is_refusal            # it is not the same each time
    if same(kind, usual, answer) or refused(usual, answer) or \
            is_cut(kind, usual, answer, status):
        return None
    return "another answer"


def judge_command(kind, usual, run):
    """As with memory, or it says that it failed."""
    if run.exit == usual.exit and same_text(kind, usual.out, run.out):
        return None
    if run.exit != 0 and (run.err or run.out):
        return None
    return "neither right nor failed"


def prepare(site_of):
    """(tap, rack) with the program that fails in place of the usual one."""
    trees.need("sqlite3")
    if not os.access(PROGRAM, os.X_OK):
        taps.bail_or_skip("no program at " + PROGRAM)
    trees.PROGRAM = PROGRAM
    preload = os.path.join(FOLDER, "preload.so")
    tree = trees.Tree(*(p for p in [preload] if os.path.exists(p)))
    origin = origins.Origin(tree)
    return taps.Tap(), Rack(tree, site_of(tree, origin), origin)


class Rack:
    """A site and a target, and runs of the program against them."""

    def __init__(self, tree, site, origin):
        self.tree, self.site, self.origin = tree, site, origin
        self.folder = tree.folder("torture")
        self.mount = "/v"
        self.preload = None             # makes libraries' fail, too
        self.foreign = {}               # crashes inside of them, how often

    def runs(self, arguments, environment, body, first, last, lasting, step):
        """Yield an Outcome for each allocation."""
        with open(os.path.join(self.folder, "input"), "wb") as file:
            file.write(body or b"")
        done = subprocess.run(
            [self.tree.program, "each", self.folder, str(first), str(last),
             str(step), "lasting" if lasting else "once", *arguments],
            cwd=self.tree.folder("torture/cwd"), env={"PATH": trees.PATH, "HOME": self.tree.path,
                 "VIADUCT_CONFIG": self.site.config, **environment,
                 **({"LD_PRELOAD": self.preload} if self.preload else {})},
            capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            yield Outcome(self.folder, line)

    def arguments(self, kind):
        return kind.arguments if isinstance(kind, Command) else []

    def environment(self, kind):
        if isinstance(kind, Command):
            return {}
        length = None if kind.body is None else len(kind.body)
        return {k: v.encode("latin-1") for k, v in fronts.variables(
            self, kind.method, kind.path, kind.fields, length,
            dict(kind.extra)).items()}

    def run(self, kind, first, last=MANY, lasting=False, step=1):
        """Outcomes of a kind."""
        return self.runs(self.arguments(kind), self.environment(kind),
                         kind.body, first, last, lasting, step)

    def usual(self, kind):
        """The outcome with memory, the second time; was the target asked?"""
        for _ in range(2):
            self.origin.arrived()
            (usual,) = self.run(kind, MANY)
        return usual, self.origin.arrived()

    def torture(self, tap, kind, first=1, lasting=False, step=1):
        """A kind with each allocation failing from `first', which may be
        "request": those for settings and routes are left out."""
        undo = [self.site.settings(s, **v) for s, v in kind.ini.items()]
        usual, arrived = self.usual(kind)
        status = usual.exit if isinstance(kind, Command) else \
            getattr(answer_of(usual.out), "status", None)
        tap.ok(is_as(kind, status) and bool(arrived) == kind.reaches,
               kind.name + ": with memory", usual)
        if first == "request":
            first = usual.before + 1
        wrong, count = [], 0
        for run in self.run(kind, first, MANY, lasting, step):
            count += run.failed > 0
            why = judge(kind, usual, run,
                        is_refusal if self.preload else is_error)
            if why and not self.excused(kind, why, run):
                wrong.append("%s: %s" % (why, run))
        strange = list(self.strange(arrived))
        if self.preload and arrived:
            self.count_foreign("asks a target otherwise", len(strange))
        else:
            wrong += strange
        tap.ok(not wrong and count > 0, "%s: %d allocations fail%s" % (
            kind.name, count, ", and all behind each" if lasting else ""),
            lambda: "%d wrong\n%s" % (len(wrong), "\n".join(wrong)))
        for back in reversed(undo):
            back()

    def count_foreign(self, what, times=1):
        self.foreign[what] = self.foreign.get(what, 0) + times

    def excused(self, kind, why, run):
        """Is it of a library's own making: a crash inside of it, or other
        words of a target that may be asked?"""
        if self.preload and kind.reaches and why == "another answer":
            self.count_foreign("gives another answer of the target")
            return True
        _, crashed, trace = run.at.decode("latin-1").partition("crash\n")
        where = [os.path.basename(line.split("(")[0])
                 for line in trace.splitlines()]
        where = [name for name in where if name not in SYSTEM]
        if not crashed or not where or where[0] == "viaduct":
            return False
        self.count_foreign("crashes inside of " + where[0])
        return True

    def strange(self, usual):
        """Requests that came to the target and are not as they should be."""
        right = [likeness(record) for record in usual]
        for record in self.origin.arrived():
            if likeness(record) not in right:
                yield "the target got %s" % record


class Control:
    """struct torture of tests/torture/torture.h, shared with a process."""
    NAMES = ("counted", "at", "lasting", "before", "failed")

    def __init__(self, path):
        with open(path, "wb") as file:
            file.write(bytes(8 * len(self.NAMES)))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)

    def __getitem__(self, name):
        return struct.unpack_from("q", self.map, 8 * self.NAMES.index(name))[0]

    def __setitem__(self, name, value):
        struct.pack_into("q", self.map, 8 * self.NAMES.index(name), value)


class Served:
    """The same in one process that serves FastCGI, and outlives it all."""

    def __init__(self, rack):
        self.rack, self.tree, self.site = rack, rack.tree, rack.site
        path = self.tree.at("torture", "control")
        self.control = Control(path)
        self.front = fronts.Listen(self.tree, self.site, TORTURE_FILE=path)
        self.front.start()
        self.clients = 0

    def ask(self, kind, n=0, reread=False):
        """(answer, how many allocations failed)."""
        if reread:
            os.utime(self.site.config)
            os.utime(self.site.database)
        extra = dict(kind.extra)
        if extra.get("REMOTE_ADDR") == "{pid}":
            self.clients += 1
            extra["REMOTE_ADDR"] = "203.%d.%d.%d" % (
                100 + self.clients // 65536, self.clients // 256 % 256,
                self.clients % 256)
        self.control["at"] = 0
        self.control["counted"] = self.control["failed"] = 0
        self.control["at"] = n
        answer = self.front.ask(kind.method, kind.path, kind.fields,
                                kind.body, extra=list(extra.items()))
        self.control["at"] = 0
        return answer, self.control["failed"]

    def judge(self, kind, usual, answer):
        if self.front.process.poll() is not None:
            return "the process has ended: %s" % self.front.process.poll()
        if answer.status is None:
            return None                 # the server in front says so
        return judge_answer(kind, usual, answer, 0)

    def wrong(self, kind, usual, reread):
        """Yield what is wrong; then how many failed."""
        for n in range(1, MANY):
            answer, failed = self.ask(kind, n, reread)
            why = self.judge(kind, usual, answer)
            if why:
                yield "%s: allocation %d\n%s\n%s" % (
                    why, n, answer, places(self.front.tail()))
            if failed == 0 or self.front.process.poll() is not None:
                self.count = n - 1
                return

    def torture(self, tap, kind, reread=False):
        """A kind; with `reread' settings and routes are read each time."""
        undo = [self.site.settings(s, **v) for s, v in kind.ini.items()]
        for _ in range(2):
            self.rack.origin.arrived()
            usual = self.ask(kind)[0]
        arrived = self.rack.origin.arrived()
        # What was good stays in use.
        tap.ok(is_as(kind, usual.status) or
               kind.status == 503 and usual.status == 200,
               kind.name + ": served", usual)
        wrong = list(self.wrong(kind, usual, reread))
        wrong += self.rack.strange(arrived)
        after = self.ask(kind)[0]
        if after.status is None or self.judge(kind, usual, after):
            wrong.append("with memory again: %s" % after)
        tap.ok(not wrong and self.count > 0, "%s: %d allocations fail%s" % (
            kind.name, self.count, ", read anew" if reread else ""),
            lambda: "%d wrong\n%s" % (len(wrong), "\n".join(wrong)))
        for back in reversed(undo):
            back()

    def resident_kib(self):
        with open("/proc/%d/status" % self.front.process.pid,
                  encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))

    def stop(self, tap):
        process = self.front.process
        process.send_signal(signal.SIGTERM)
        tap.equal(process.wait(trees.WAIT), 0, "the process ends in order",
                  self.front.tail())
        for report in cases.sanitizer_reports(self.tree):
            tap.ok(False, "no sanitizer report", report)


def likeness(record):
    """What all requests of a kind have in common, once they arrive."""
    return (record["method"], record["target"], record["body_bytes"], [
        f for f in record["fields"] if f[0].lower() not in VARIES and
        not f[1].startswith("203.")])
