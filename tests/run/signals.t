#!/usr/bin/python3 -B
"""SIGTERM finishes what is under way, but not for ever; nothing is left."""
import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fcgi                                             # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

KEPT = 24                               # over all threads
DRAIN = 6 + (10 if trees.SANITIZED else 1)      # seconds; 1 for a busy machine

def ended(process):
    """Its exit status; None if it would not end."""
    try:
        return process.wait(DRAIN)
    except subprocess.TimeoutExpired:
        return None

def taken(process):
    """Has the process been given every signal sent to it?"""
    with open("/proc/%d/status" % process.pid, encoding="ascii") as file:
        return re.search(r"^ShdPnd:\s*0+$", file.read(), re.M)


def idle(tap, front, number):
    front.start()
    front.ask("GET", "/o/echo")
    front.process.send_signal(number)
    tap.equal(ended(front.process), 0, "%s: an idle process ends"
              % signal.Signals(number).name, front.tail())
    front.stop()

def under_way(tap, front, origin):
    front.start()
    steps = front.open("GET", "/o/hold/drain")
    steps.finish()
    head = steps.head()
    origin.wait("held drain")
    front.process.send_signal(signal.SIGTERM)
    trees.until(lambda: taken(front.process))
    origin.release("drain")
    answer = steps.until(b"the end")
    while steps.more():
        pass
    tap.ok(head and head[0] == 200 and answer and steps.whole(),
           "SIGTERM: an answer under way is finished", front.tail())
    tap.equal(ended(front.process), 0, "... and the process ends",
              front.tail())
    front.stop()

def kept(tap, front, origin):
    """Connections that a server keeps are closed at once, in whatever thread:
    what it sent there would wait for the end of what is under way."""
    front.start()
    conns = [fcgi.Connection(front.address) for _ in range(KEPT)]
    asked = [front.open("GET", "/any/wait/spread", conn=conn, keep=True)
             for conn in conns]
    for steps in asked:
        steps.finish()
    origin.wait("held spread", KEPT)
    origin.release("spread", KEPT)
    got = [steps.answer().status for steps in asked]
    tap.equal(got, [200] * KEPT, "%d connections are kept" % KEPT)
    steps = front.open("GET", "/o/hold/beside")
    steps.finish()
    steps.head()
    origin.wait("held beside")
    front.process.send_signal(signal.SIGTERM)
    tap.equal([conn.hung_up() for conn in conns], [True] * KEPT,
              "SIGTERM: they are closed")
    origin.release("beside")
    steps.until(b"the end")
    while steps.more():
        pass
    tap.ok(steps.whole(), "... before what is under way has ended",
           front.tail())
    tap.equal(ended(front.process), 0, "... and the process ends",
              front.tail())
    front.stop()

def unread(tap, front, _):
    """An upload was refused in its midst, and the server goes on with it: a
    connection that is closed now resets it, before it has read the answer."""
    front.start()
    steps = front.open("POST", "/nowhere", length=1000000)
    steps.write(b"x" * 100000)
    trees.until(lambda: "/nowhere" in front.site.access_log())
    front.process.send_signal(signal.SIGTERM)
    trees.until(lambda: not trees.accepts(front.address))
    try:
        steps.write(b"x" * 100000)
        steps.write(b"x" * 100000)
        taken_on = True
    except OSError:
        taken_on = False
    tap.ok(taken_on, "SIGTERM: the rest of an upload is still taken",
           front.tail())
    tap.equal(steps.answer("POST").status, 404, "... so that its refusal is "
              "read", front.tail())
    steps.close()
    tap.equal(ended(front.process), 0, "... and the process ends",
              front.tail())
    front.stop()

def never_ending(tap, front, origin):
    """One whose target does not go on, and one whose caller does not read: a
    thread that hangs in a write does not keep the process."""
    front.start()
    held = [front.open("GET", path)
            for path in ("/o/hold/never", "/o/bytes/50000000")]
    for steps in held:
        steps.finish()
        steps.head()
    origin.wait("held never")
    front.process.send_signal(signal.SIGTERM)
    tap.equal(ended(front.process), 0,
              "SIGTERM: what would not end is cut within 6 s",
              front.tail())
    for steps in held:
        while steps.more():
            steps.have = b""
        tap.ok(not steps.whole(), "... visibly")
    front.stop()
    origin.release("never")

def waiting(tap, front, origin):
    front.start()
    steps = front.open("GET", "/o/wait/mute", [cases.JSON])
    steps.finish()
    origin.wait("held mute")
    front.process.send_signal(signal.SIGTERM)
    answer = steps.answer()
    tap.ok(answer.status in (502, 503, 504) or not answer.whole,
           "SIGTERM: one that got no answer is told so", answer)
    tap.equal(ended(front.process), 0, "... and the process ends",
              front.tail())
    front.stop()
    origin.release("mute")

def killed(tap, front, origin):
    """kill -9 leaves nothing behind that disturbs the next process."""
    front.start()
    held = [front.open("GET", "/o/wait/kill") for _ in range(4)]
    for steps in held:
        steps.finish()
    origin.wait("held kill", 4)
    front.process.kill()
    front.process.wait()
    front.stop()
    front.start()
    answer = front.ask("GET", "/o/echo")
    tap.equal(answer.status, 200, "SIGKILL: the next process serves", answer)
    front.stop()
    origin.release("kill", 4)

def main():
    trees.need("sqlite3")
    tree, origin, site = cases.prepare()
    tap = taps.Tap()
    front = fronts.Listen(tree, site)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
        tap.guard("idle", idle, tap, front, number)
    for story in (under_way, kept, unread, never_ending, waiting, killed):
        tap.guard(story.__name__, story, tap, front, origin)
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()

main()
