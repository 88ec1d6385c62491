"""High load on several servers at once, with faults switched on and off; each
answer is judged, and afterwards what the processes hold and have counted.

Clients ask in threads, each by a row of numbers of its own.  Beside them one
thread brings the faults about, one after the other (Trouble).  An answer may
be an error only where a fault was on while it was under way.
"""
import collections
import hashlib
import json
import os
import random
import re
import signal
import socket
import threading
import time

import cases
import fronts
import origin as origins
import sites
import sums
import tree as trees
import wire
from cases import APP, BAD, JSON

CLIENTS = 16
QUIET = 3               # seconds for which a fault is felt after its end
RESTS = 12              # those for which a target that refused is left alone
# These start processes by themselves.
STARTERS = (fronts.Lighttpd, fronts.ApacheFcgid)
KEY = "the-operators-own-key-which-is-long-0"
FAULTS = ("slow", "cut", "reset", "garbage")
# What is answered while the target does that.
ERRORS = {"response_incomplete", "bad_response", "connection_refused",
          "target_down", "response_timeout"}


class Trouble:
    """Which faults are on, and which may still be felt."""

    def __init__(self):
        self.until = {}

    def begin(self, name):
        self.until[name] = float("inf")

    def end(self, name, felt=QUIET):
        self.until[name] = time.monotonic() + felt

    def felt(self, since):
        """The names of those that were on at any time since then."""
        return {name for name, end in list(self.until.items()) if end > since}


class Soak:
    def __init__(self, tap, tree, names):
        self.tap, self.tree = tap, tree
        self.trouble = Trouble()
        self.good, self.bad = origins.Origin(tree), origins.Origin(tree)
        tree.write("operator.key", KEY, 0o600)
        self.site = sites.Site(
            tree, app={"operator_key_file": tree.at("operator.key")},
            log={"access": "access.log", "max_size": "0"})
        self.site.routes({
            "sum": (self.good.url, {}), "other": (self.good.url, {}),
            "keyed": (self.good.url, {"access": "key"}),
            "weak": (self.bad.url, {}), "row": (self.good.url, {})})
        self.key = self.site.key("soak")
        self.fronts = [fronts.FRONTS[name](tree, self.site).start()
                       for name in names]
        self.version = self.age = 1     # what the last edit has made so
        self.edit_row()
        self.lock = threading.Lock()
        self.sent = self.lost = self.unserved = 0
        self.ids = set()
        self.seen = collections.Counter()
        self.wrong = []
        self.over = threading.Event()

    # --- what is asked, and what must come -------------------------------

    def fetch(self, front, pick, route="sum"):
        """A body with its checksum."""
        size = pick.choice((0, 300, 300, 8000, 8200, 100_000, 400_000))
        path = "/%s/sum/%d/%d" % (route, pick.randrange(10**9), size)
        answer = front.ask("GET", path, [("Origin", APP), JSON])
        if answer.status == 200 and answer.whole:
            seed = path.split("/")[3]
            return answer, answer.body == sums.body(seed, size) and \
                sums.sound(answer.body)
        return answer, False

    def fetch_weak(self, front, pick):
        return self.fetch(front, pick, "weak")

    def fetch_keyed(self, front, pick):
        answer = front.ask("GET", "/keyed/echo", [
            JSON, ("X-API-Key", self.key)])
        return answer, answer.status == 200 and not answer.sent("X-API-Key")

    def upload(self, front, pick):
        size = pick.choice((1, 5000, 70_000, 500_000))
        if isinstance(front, fronts.ApacheFcgid):
            size = min(size, 70_000)    # its FcgidMaxRequestLen is 128 KiB
        data = pick.randbytes(size)
        answer = front.ask("POST", "/other/echo", [("Origin", APP)], data)
        return answer, answer.status == 200 and answer.whole and \
            answer.echo["body_sha256"] == hashlib.sha256(data).hexdigest()

    def refused(self, front, pick):
        path, fields, status = pick.choice((
            ("/sum/sum/1/10", [("Origin", BAD)], 403),
            ("/nowhere/x", [("Origin", APP)], 404),
            ("/keyed/echo", [("Origin", APP)], 401)))
        if status == 401:               # who fails often is told no more
            answer = front.ask("GET", path, fields)
            return answer, answer.status in (401, 429)
        answer = front.ask("GET", path, fields)
        return answer, answer.status == status

    def edited(self, front, pick):
        """An edit of the table holds from the next request on."""
        least = self.version
        answer = front.ask("GET", "/row/say?b=x", [("Origin", APP), JSON])
        got = int(answer.get("x-version") or 0)
        return answer, answer.status == 200 and got >= least

    def preflight(self, front, pick):
        """So does one of the settings."""
        least = self.age
        answer = front.ask("OPTIONS", "/sum/x", [
            ("Origin", APP), ("Access-Control-Request-Method", "PUT")])
        got = int(answer.get("access-control-max-age") or 0)
        return answer, answer.status == 204 and got >= least

    def vanish(self, front, pick):
        """A client that leaves in mid-answer."""
        steps = front.open("GET", "/sum/sum/%d/2000000"
                           % pick.randrange(10**9), [("Origin", APP)])
        steps.finish()
        if isinstance(steps, fronts.HttpSteps):
            steps.more()
        else:
            while not steps.have and steps.more():
                pass
        steps.close()
        return None, True

    KINDS = [(fetch, 50), (upload, 10), (refused, 10), (edited, 10),
             (preflight, 8), (fetch_keyed, 8), (vanish, 2), (fetch_weak, 4)]

    # --- one request ------------------------------------------------------

    def one(self, pick):
        ask = pick.choices([k for k, _ in self.KINDS],
                           [n for _, n in self.KINDS])[0]
        front = pick.choice(self.fronts)
        since = time.monotonic()
        try:
            answer, right = ask(self, front, pick)
        except (OSError, AssertionError) as why:
            answer, right = wire.Nothing("%s: %s" % (type(why), why)), False
        felt = self.trouble.felt(since)
        with self.lock:
            self.note(ask, front, answer, right, felt)

    def note(self, ask, front, answer, right, felt):
        self.sent += 1
        killed = "kill " + front.name in felt
        if answer is None:
            self.seen[ask.__name__, "left"] += 1
            self.lost += killed
            return
        ours = answer.get("x-request-id")
        if ours is None or killed:      # between an answer and its line, too
            self.lost += 1
        elif cases.rule_of(answer) == "configuration":
            self.unserved += 1          # it neither counts nor logs
        else:
            self.ids.add(ours)
        self.seen[ask.__name__, answer.status] += 1
        if not right and not self.excused(ask, front, answer, felt):
            self.wrong.append("%s by %s (felt: %s): %s" % (
                ask.__name__, front.name, sorted(felt), str(answer)[:700]))

    def excused(self, ask, front, answer, felt):
        """Is it what comes of a fault that is on?"""
        if "kill " + front.name in felt:
            return answer.status is None or answer.status >= 500 or \
                not answer.whole
        if ask is Soak.preflight and "spoilt" in felt and \
                answer.status == 204:
            return True                 # by the last good ones it has seen
        rule = cases.rule_of(answer)
        if "spoilt" in felt and rule == "configuration":
            return isinstance(front, STARTERS)
        if ask is Soak.fetch and felt & set(FAULTS) or \
                ask is Soak.fetch_weak and felt & {"refuse", *FAULTS}:
            return answer.status is None or rule in ERRORS or \
                not answer.whole
        return False

    # --- faults -----------------------------------------------------------

    def edit_row(self):
        version = self.version + 1
        self.site.sql("BEGIN; DELETE FROM route_headers; INSERT INTO "
                      "route_headers(route, direction, name, value) VALUES "
                      "('row', 'response', 'X-Version', '%d'); COMMIT;"
                      % version)
        self.version = version

    def edit_settings(self):
        self.site.settings("cors", max_age=str(self.age + 1))
        self.age += 1

    def spoil_settings(self, seconds):
        """The last good ones stay in use, but by who has seen them."""
        self.trouble.begin("spoilt")
        self.tree.write("site/viaduct.ini", "nonsense\n", 0o600)
        self.over.wait(seconds)
        self.site.write_ini()
        self.trouble.end("spoilt")

    def target(self, mode, seconds):
        self.trouble.begin(mode)
        self.good.order(do="mode", mode=mode)
        self.over.wait(seconds)
        self.good.order(do="mode", mode="well")
        self.trouble.end(mode)

    def refuse(self, seconds):
        self.trouble.begin("refuse")
        self.bad.order(do="refuse", on=True)
        self.over.wait(seconds)
        self.bad.order(do="refuse", on=False, port=self.bad.ports["http"])
        self.trouble.end("refuse", RESTS)

    def kill(self, seconds):
        """A process under a server that starts another."""
        for front in self.fronts:
            if not isinstance(front, STARTERS):
                continue
            self.trouble.begin("kill " + front.name)
            for pid in programs(front):
                os.kill(pid, signal.SIGKILL)
            self.over.wait(seconds)
            self.trouble.end("kill " + front.name)

    def troubles(self, seconds, kills):
        """Until it is over, each in turn."""
        pick = random.Random(1)
        while not self.over.is_set():
            for mode in FAULTS:
                self.target(mode, seconds)
                self.over.wait(seconds / 2)
                self.edit_row()
                self.edit_settings()
            self.refuse(seconds)
            self.spoil_settings(seconds / 2)
            if kills and pick.random() < 0.5:
                self.kill(seconds / 2)

    # --- all of it ----------------------------------------------------------

    def load(self, seconds, troubles=None):
        """All clients for that long, and the faults beside them."""
        self.over.clear()
        end = time.monotonic() + seconds

        def client(seed):
            pick = random.Random(seed)
            while time.monotonic() < end:
                self.one(pick)
        crew = [threading.Thread(target=client, args=(n + self.sent,))
                for n in range(CLIENTS)]
        if troubles is not None:
            crew.append(threading.Thread(target=self.troubles,
                                         args=troubles))
        for thread in crew:
            thread.start()
        for thread in crew[:CLIENTS]:
            thread.join()
        self.over.set()
        for thread in crew[CLIENTS:]:
            thread.join()

    def pids(self):
        return sorted(pid for front in self.fronts for pid in programs(front))

    def status(self):
        answer = self.fronts[0].ask("GET", "/_status.json",
                                    [("X-API-Key", KEY)])
        return json.loads(answer.body)

    def settled(self):
        """The counters, once nothing but their own request is open."""
        asked = 0

        def quiet():
            nonlocal asked
            asked += 1
            now = self.status()
            return now if now["all"]["open"] <= 1 else None
        return trees.until(quiet), asked - 1

    def judge_counters(self):
        """Each request has been counted once, but that some may not have
        reached us, or were cut short by a kill: those that got no answer of
        ours, and those that were under way when a process was killed."""
        now, asked = self.settled()
        if not self.tap.ok(now, "nothing stays open", self.status):
            return
        counted = now["all"]["ever"]["requests"] - asked
        most = self.sent - self.unserved
        self.tap.ok(most - self.lost <= counted <= most,
                    "counted as often as asked: %d" % counted,
                    "%d to %d" % (most - self.lost, most))
        logged = collections.Counter(re.findall(
            r"\b[0-9a-f]{32}\b", self.site.access_log()))
        missing = [i for i in self.ids if logged[i] != 1]
        self.tap.ok(not missing, "and each answer is in the log once",
                    "%d are not: %s" % (len(missing), missing[:5]))

    def run(self, seconds, step, kills=False, warm=2):
        self.load(warm, (step, False))
        before = {pid: (rss_kib(pid), files(pid)) for pid in self.pids()}
        self.load(seconds, (step, kills))
        self.tap.ok(not self.wrong, "no answer was wrong, of %d" % self.sent,
                    "%d were\n%s" % (len(self.wrong),
                                     "\n".join(self.wrong[:20])))
        for ask in (Soak.fetch, Soak.fetch_weak):
            self.tap.ok(self.seen[ask.__name__, 502] > 0,
                        "faults were felt by " + ask.__name__)
        for kind, count in sorted(self.seen.items(), key=str):
            self.tap.note("%s %s: %d" % (*kind, count))
        self.judge_counters()
        for pid, (kib, held) in before.items():
            if os.path.exists("/proc/%d" % pid):
                self.judge_process(pid, kib, held)

    def judge_process(self, pid, kib, held):
        now = rss_kib(pid)
        self.tap.ok(trees.SANITIZED or now < kib * 1.5 + GROWTH_KIB,
                    "process %d holds %d KiB after, %d before"
                    % (pid, now, kib))
        def no_more():
            for front in self.fronts:   # a request closes what it finds old
                front.ask("GET", "/_health")
            return not set(files(pid) - held) - {"socket"}
        self.tap.ok(trees.until(no_more), "... and no more files",
                    lambda: files(pid) - held)
        sockets = trees.until(lambda: files(pid)["socket"] <= SOCKETS)
        self.tap.ok(sockets, "... nor many sockets", files(pid)["socket"])

    def stop(self):
        for front in self.fronts:
            front.stop()
        for report in cases.sanitizer_reports(self.tree):
            self.tap.ok(False, "no sanitizer report", report)


GROWTH_KIB = 6 * 1024
SOCKETS = 3 * CLIENTS + 20              # kept to two targets, and from servers


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid),
              encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def programs(front):
    """The processes of viaduct below those of a front."""
    found, left = [], [p.pid for p in front.started]
    while left:
        pid = left.pop()
        try:
            left += children(pid)
            if os.readlink("/proc/%d/exe" % pid).endswith("/viaduct"):
                found.append(pid)
        except OSError:
            continue                    # it has ended meanwhile
    return found


def rss_kib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


def files(pid):
    """What descriptors lead to, and how many to each."""
    found = collections.Counter()
    for name in os.listdir("/proc/%d/fd" % pid):
        try:
            found[os.readlink("/proc/%d/fd/%s" % (pid, name))
                  .split(":")[0]] += 1
        except OSError:
            continue
    return found
