#!/usr/bin/python3 -B
"""The access log while it is renamed, removed, cut short and rotated, by who
tells the program and by who does not: each request has one line, in one of the
files.  cases_log.py has what stands in a line."""
import contextlib
import gzip
import json
import os
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases_log                                        # noqa: E402
import fronts                                           # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from cases import sanitizer_reports                     # noqa: E402

PROCESSES = 3


class World:
    def __init__(self, tap):
        self.tap = tap
        self.tree = trees.Tree()
        self.site = sites.Site(self.tree)
        self.path = os.path.join(self.site.folder, "access.log")
        self.fronts = [fronts.Listen(self.tree, self.site).start()
                       for _ in range(PROCESSES)]
        self.fronts.append(fronts.Cgi(self.tree, self.site))
        self.ids = []                   # of all that was asked for

    def ask(self, front):
        name = front.ask("GET", "/robots.txt").get("x-request-id")
        self.ids.append(name)
        return name

    def clear(self):
        """Begin with no file, which every process has noticed."""
        for name in os.listdir(self.site.folder):
            if name.startswith("access.log"):
                os.unlink(os.path.join(self.site.folder, name))
        self.noticed()
        self.ids.clear()
        os.truncate(self.path, 0)

    def noticed(self):
        """Ask until each process writes to the file of that name."""
        def one(front):
            name = self.ask(front)
            return name in self.site.access_log()
        for front in self.fronts:
            trees.until(lambda f=front: one(f))

    @contextlib.contextmanager
    def load(self):
        """Requests through all of them, as fast as they go."""
        stop = threading.Event()

        def run(front):
            while not stop.is_set():
                self.ask(front)
        threads = [threading.Thread(target=run, args=[f])
                   for f in self.fronts]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def whole(self, texts, what):
        """Each request has one line in all of these together."""
        lines = "".join(texts).splitlines()
        read = [cases_log.read(line) for line in lines]
        self.tap.equal([line for line, x in zip(lines, read) if not x][:3],
                       [], what + ": every line is one")
        found = sorted(x["id"] for x in read if x)
        self.tap.equal((len(found), set(found) ^ set(self.ids)),
                       (len(self.ids), set()),
                       what + ": each request has one line")


def renamed(w):
    w.clear()
    with w.load():
        os.rename(w.path, w.path + ".away")
        trees.until(lambda: os.path.exists(w.path))
    w.noticed()
    w.whole([w.site.access_log(".away"), w.site.access_log()],
            "renamed, untold")


def removed(w):
    w.clear()
    os.unlink(w.path)
    w.noticed()
    w.tap.ok(os.path.exists(w.path), "removed: made anew")
    w.tap.equal(os.stat(w.path).st_mode & 0o777, 0o600,
                "removed: for its owner alone")


def told(w):
    """What cannot be opened is said once, and once more after SIGHUP."""
    w.clear()
    front = w.fronts[0]

    def said():
        w.ask(front)
        return w.tree.read(front.log).count("access.log cannot be written")
    os.unlink(w.path)
    os.mkdir(w.path)
    trees.until(lambda: said() > 0)
    front.process.send_signal(signal.SIGHUP)
    w.tap.ok(trees.until(lambda: said() > 1), "SIGHUP: opened again",
             front.tail)
    os.rmdir(w.path)


def logrotate(w, change=lambda text: text):
    """The example as it is shipped, once, whatever it says of time."""
    with open(w.tree.source("etc/viaduct.logrotate"), encoding="ascii") as f:
        text = f.read()
    path, user = "/srv/gw/state/access.log", "su www-data www-data"
    w.tap.ok(path in text and user in text, "logrotate: the example")
    text = text.replace(path, w.path).replace(user, "su %d %d" % (
        os.geteuid(), os.getegid()))
    conf = w.tree.write("logrotate.conf", change(text), 0o600)
    done = subprocess.run(
        [trees.find("logrotate"), "-f", "-s", w.tree.at("logrotate.state"),
         conf], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    w.tap.equal((done.returncode, done.stdout), (0, ""),
                "logrotate: is content")


def all_files(w):
    for name in sorted(os.listdir(w.site.folder)):
        if name.startswith("access.log"):
            path = os.path.join(w.site.folder, name)
            with (gzip.open if name.endswith(".gz") else open)(path, "rt",
                                                               encoding="ascii"
                                                               ) as file:
                yield file.read()


def rotated(w):
    w.clear()
    with w.load():
        w.noticed()
        for _ in range(3):
            logrotate(w)
            trees.until(lambda: os.path.exists(w.path))
            w.noticed()
    w.tap.ok(os.path.exists(w.path + ".3.gz"), "logrotate: three times",
             os.listdir(w.site.folder))
    w.whole(all_files(w), "logrotate without a signal")


def rotated_by_signal(w):
    w.clear()
    pids = " ".join(str(f.process.pid) for f in w.fronts[:PROCESSES])
    with w.load():
        for _ in range(2):
            logrotate(w, lambda text: text.replace(
                "}", "\tpostrotate\n\t\tkill -HUP %s\n\tendscript\n}" % pids))
            trees.until(lambda: os.path.exists(w.path))
            w.noticed()
    w.whole(all_files(w), "logrotate with SIGHUP")


def copied(w):
    """Who only cuts the file short finds the next line at its begin."""
    w.clear()
    w.noticed()
    before = w.site.access_log()
    logrotate(w, lambda text: text.replace("nocreate", "copytruncate"))
    w.noticed()
    w.tap.equal(w.site.access_log(".1"), before, "copytruncate: the copy")
    w.whole([before, w.site.access_log()], "copytruncate")


def full(w):
    """max_size: of several processes one renames, and what they still write
    to it stays, however soon the next one is full."""
    undo = w.site.settings("log", max_size="4K")
    w.clear()
    kept = {}

    def keep():
        try:
            inode = os.stat(w.path + ".1").st_ino
        except FileNotFoundError:
            return False
        if inode not in kept:
            kept[inode] = w.path + ".kept%d" % len(kept)
            os.link(w.path + ".1", kept[inode])
        return len(kept) == 3
    with w.load():
        trees.until(keep)
    keep()
    undo()
    texts = [w.tree.read(path) for path in kept.values()]
    w.tap.ok(len(kept) >= 3, "max_size: full three times", kept)
    w.tap.ok(all(len(text) >= 4096 for text in texts),
             "max_size: none before its time", [len(t) for t in texts])
    w.whole(texts + [w.site.access_log()], "max_size")


def counted(w):
    """A program for the combined format reads it as it is."""
    w.clear()
    with w.load():
        trees.until(lambda: len(w.ids) > 50)
    with open(w.tree.at("goaccess.err"), "wb") as err:
        subprocess.run([trees.find("goaccess"), w.path, "--no-progress",
                        "--no-global-config", "--log-format=COMBINED",
                        "-o", w.tree.at("report.json")], check=False,
                       stdin=subprocess.DEVNULL, stdout=err, stderr=err)
    with open(w.tree.at("report.json"), encoding="utf-8") as file:
        report = json.load(file)
    w.tap.equal((report["general"]["valid_requests"],
                 report["general"]["failed_requests"],
                 [x["data"] for x in report["requests"]["data"] +
                  report["static_requests"]["data"]]),
                (len(w.ids), 0, [f.mount + "/robots.txt"
                                 for f in (w.fronts[0], w.fronts[-1])]),
                "goaccess counts each line")


def main():
    trees.need("sqlite3", "logrotate", "goaccess", "gzip")
    tap = taps.Tap()
    w = World(tap)
    for story in (renamed, removed, told, rotated, rotated_by_signal, copied,
                  full, counted):
        tap.guard(story.__name__, story, w)
    for front in w.fronts:
        front.stop()
    for report in sanitizer_reports(w.tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
