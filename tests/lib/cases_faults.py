"""What may happen to callers, processes and targets, alike behind every server:
one slow target, callers that leave or do not read, processes that end."""
import collections
import os
import random
import re
import signal
import threading

import cases_flow
import differences
import tree as trees
import wire
from cases import JSON, rule_of

PATTERN = bytes(range(256)) * 4096
LARGE = 12 << 20                        # more than all buffers on the way
CEILING_KIB = 40 * 1024
CREW, EACH = 8, 125                     # a thousand requests
KEY = "0123456789abcdefghijklmnop-operator"
OPERATOR = ("X-API-Key", KEY)


# --- processes

def processes(tree):
    """Those that run this tree's viaduct, whoever has started them."""
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdecimal() and os.readlink("/proc/%s/exe" % name) == \
                    tree.program:
                found.append(int(name))
        except OSError:
            pass
    return found


def status(pid, name):
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as file:
            return re.search(r"^%s:\s*(\S+)" % name, file.read(), re.M)[1]
    except (OSError, TypeError):        # it has ended
        return None


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    trees.until(lambda: status(pid, "State") in (None, "Z"))


def send(tree, number):
    """This signal to all of them; they have got it on return."""
    for pid in processes(tree):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
        trees.until(lambda: not int(status(pid, "ShdPnd") or "0", 16))


def asked(front, path):
    """One answer; None where nobody listens just now."""
    try:
        return front.ask("GET", path, [JSON])
    except ConnectionRefusedError:
        return None
    except OSError as error:
        return wire.Nothing(str(error))


def is_served(front):
    answer = asked(front, "/_health")
    return answer is not None and answer.status == 200


def serves_again(run, name):
    """Whatever ended is there once more, and holds nothing."""
    run.ok(trees.until(lambda: is_served(run.front)), name + ": it is there")
    answer = run.ask("GET", "/o/echo", [JSON])
    run.equal(answer.status, 200, name + ": ... and serves as before", answer)


def open_requests(run):
    told = run.ask("GET", "/_status.json", [OPERATOR])
    return [(s["name"], s["open"]) for s in told.json["scopes"]]


def nothing_open(run):
    """All that began has ended; the page that says so is open."""
    run.ok(trees.until(lambda: sum(n for _, n in open_requests(run)) == 1),
           "nothing_open", open_requests(run))


# --- one slow target

def slow_beside_quick(run):
    """One of 4 threads is left for others, and the slow ones are all served."""
    token = "slow-" + run.front.name
    slow = [run.open("GET", "/o/wait/" + token) for _ in range(4)]
    for steps in slow:
        steps.finish()
    run.origin.wait("held " + token, 3)
    got = [run.ask("GET", "/any/echo/%d" % i).status for i in range(3)]
    run.equal(got, [200] * 3, "slow_beside_quick: others are served")
    run.origin.release(token, 4)
    got = [steps.answer().body for steps in slow]
    run.equal(got, [b"released"] * 4, "slow_beside_quick: and so are they")


# --- callers

def slow_reader(run):
    """Who does not read holds up nobody else, and misses nothing."""
    path = "/o/bytes/%d" % LARGE
    steps = run.open("GET", path)
    steps.finish()
    run.origin.wait("reached bytes %d" % LARGE)
    got = [run.ask("GET", "/any/echo/%d" % i).status for i in range(3)]
    run.equal(got, [200] * 3, "slow_reader: others are served")
    answer = steps.answer()
    steps.close()
    run.ok(answer.status == 200 and answer.whole and
           answer.body == PATTERN * (LARGE // len(PATTERN)),
           "slow_reader: misses nothing", "%s, %d bytes" % (
               answer.status, len(answer.body)))
    peaks = [int(status(pid, "VmHWM") or 0)
             for pid in processes(run.front.tree)]
    run.ok(trees.SANITIZED or max(peaks, default=0) < CEILING_KIB,
           "slow_reader: in little memory", peaks)


def caller_leaves_unseen(run):
    """A server that does not tell: then request_timeout ends the fetch."""
    cases_flow.leaves_in_silence(run, "caller_leaves_unseen", "quick",
                                 trees.WAIT)


def upload_abandoned(run):
    """Of half an upload that the target has got, it never sees the end."""
    if differences.of(run.front.name, "upload_streams"):
        return                          # it never sees the beginning
    token = "drop-" + run.front.name
    steps = run.open("POST", "/o/echo/" + token, length=200_000)
    steps.write(b"x" * 100_000)
    came = run.origin.wait("upload " + token, 1, 5)
    steps.close()
    run.ok(came, "upload_abandoned: it streams")
    run.ok(run.origin.wait("dropped " + token, 1, trees.WAIT),
           "upload_abandoned: the target's connection ends")


# --- processes that end

def restarted_in_the_middle(run):
    """SIGTERM: what is under way is finished, and the next one is served."""
    token = "restart-" + run.front.name
    steps = run.open("GET", "/o/hold/" + token)
    steps.finish()
    run.origin.wait("held " + token)
    send(run.front.tree, signal.SIGTERM)
    run.origin.release(token)
    answer = steps.answer()
    steps.close()
    run.ok(answer.status == 200 and answer.whole and
           answer.body == PATTERN[:20000] + b"the end",
           "restarted_in_the_middle: it is finished", answer)
    run.front.again()
    serves_again(run, "restarted_in_the_middle")


def killed_in_the_middle(run):
    """SIGKILL: the caller sees that the answer is not whole."""
    token = "killed-" + run.front.name
    steps = run.open("GET", "/o/cut/20000/300000/" + token)
    steps.finish()
    run.origin.wait("held " + token)
    send(run.front.tree, signal.SIGKILL)
    answer = steps.answer()
    steps.close()
    run.ok(answer.status is None or not answer.whole or answer.status >= 500,
           "killed_in_the_middle: it shows", answer)
    run.origin.release(token)
    run.front.again()
    serves_again(run, "killed_in_the_middle")


class Load:
    """A thousand requests of eight callers, and what became of them."""

    def __init__(self, run):
        self.run = run
        self.lock = threading.Lock()
        self.got = collections.Counter()
        self.done = 0

    def one(self, path):
        answer = trees.until(lambda: asked(self.run.front, path))
        word = rule_of(answer) or "ok"
        if answer.get("x-request-id") is None or not answer.whole:
            word = "lost"
        with self.lock:
            self.got[path, word] += 1
            self.done += 1
        if word == "lost":              # until a process is there again
            trees.until(lambda: is_served(self.run.front))

    def caller(self, seed):
        pick = random.Random(seed)
        for _ in range(EACH):
            self.one(pick.choice(("/o/echo", "/rated/echo", "/down/x")))

    def go(self):
        """With one process killed after each hundred."""
        crew = [threading.Thread(target=self.caller, args=(n,))
                for n in range(CREW)]
        for thread in crew:
            thread.start()
        for hundred in range(1, CREW * EACH // 100):
            trees.until(lambda: self.done >= hundred * 100)
            for pid in processes(self.run.front.tree)[:1]:
                kill(pid)
            self.run.front.again()
        for thread in crew:
            thread.join()

    def of(self, path):
        return {word: n for (at, word), n in self.got.items() if at == path}


def killed_under_load(run):
    """kill -9 amid a thousand requests: all of them come to an end, and
    counters, limits and what is known of targets stay right."""
    run.down_anew()
    run.site.sql("UPDATE routes SET rate_limit = '1/h burst 40' WHERE name = "
                 "'rated';")
    load = Load(run)
    load.go()
    run.equal(load.done, CREW * EACH, "killed_under_load: all have ended")
    serves_again(run, "killed_under_load")
    rated, down, o = [load.of(p) for p in ("/rated/echo", "/down/x",
                                           "/o/echo")]
    lost = sum(d.get("lost", 0) for d in (rated, down, o))
    run.ok(o.get("ok", 0) > 100, "killed_under_load: most are answered", o)
    run.ok(40 - rated.get("lost", 0) <= rated.get("ok", 0) <= 40 and
           rated.get("rate_limited", 0) > 0, "killed_under_load: the rate holds",
           rated)
    run.ok(down.get("connection_refused", 0) <= 5 + 2 * CREW and
           down.get("target_down", 0) > 0, "killed_under_load: one target rests",
           down)
    words = [rule_of(run.ask("GET", "/down/x", [JSON])) for _ in range(2)]
    run.ok("target_down" in words, "killed_under_load: ... still", words)
    told = {s["name"]: s["ever"]["outcomes"] for s in run.ask(
        "GET", "/_status.json", [OPERATOR]).json["scopes"]}
    short = [(name, word, n, told.get(name, {}).get(word, 0))
             for name, got in (("rated", rated), ("down", down))
             for word, n in got.items() if word != "lost" and
             not n <= told.get(name, {}).get(word, 0) <= n + lost + 2]
    run.equal(short, [], "killed_under_load: all that was answered is "
              "counted")


STORIES = [slow_beside_quick, slow_reader, caller_leaves_unseen,
           upload_abandoned, restarted_in_the_middle, killed_in_the_middle,
           killed_under_load, nothing_open]
