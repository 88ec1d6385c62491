#!/usr/bin/python3 -B
"""What a process does when the system has no more to give: descriptors, memory,
room on the disk.  It answers what it can, says what it cannot, neither spins nor
ends, and is as before when there is more again."""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import cases_faults                                     # noqa: E402
import fcgi                                             # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402


class Within(fronts.Listen):
    """`viaduct listen' started by this command of the shell."""

    def __init__(self, tree, site, command):
        super().__init__(tree, site)
        self.command = command

    def again(self):
        argv = ["/bin/sh", "-c", self.command + '; exec "$@"', "sh",
                self.tree.program, "-c", self.site.config, "listen",
                "127.0.0.1:%d" % self.address[1]]
        good = self.run(argv, self.address)
        self.process = self.started[-1] if good else None
        return good


def alive(front):
    return front.process.poll() is None


def cpu_s(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


# --- descriptors

def descriptors(tap, tree, site):
    """24 of them: 503 for a fetch, connections wait, and all goes on."""
    said = subprocess.run(["/bin/sh", "-c", 'ulimit -n 24; exec "$@"', "sh",
                           tree.program, "check", "-c", site.config],
                          text=True, capture_output=True, check=False)
    tap.ok("threads = 64 may need " in said.stdout + said.stderr,
           "descriptors: check warns before", said)
    front = Within(tree, site, "ulimit -n 24").start()
    idle = [fcgi.Connection(front.address) for _ in range(30)]

    def refused():
        """POST takes a connection of its own, not one that is kept."""
        answer = front.ask("POST", "/o/echo", [cases.JSON], conn=idle.pop(0))
        idle.append(fcgi.Connection(front.address))
        return answer if answer.status == 503 else None
    answer = trees.until(refused)
    tap.ok(answer and (answer.rule, answer.get("retry-after")) ==
           ("no_descriptors", "5"), "descriptors: none for a fetch", answer)
    tap.ok(trees.until(lambda: "no descriptor for another connection"
                       in front.tail()), "descriptors: none to accept by: "
           "said", front.tail())
    began, used = time.monotonic(), cpu_s(front.process.pid)
    waits = fcgi.Connection(front.address)
    waits.begin(fronts.variables(front, "GET", "/_health", [], None).items())
    waits.finish()
    for _ in range(20):                 # no room for one more of these
        front.ask("GET", "/_health", conn=idle.pop(0))
        idle.append(fcgi.Connection(front.address))
    elapsed = time.monotonic() - began
    tap.ok(cpu_s(front.process.pid) - used < max(0.5, elapsed / 2),
           "descriptors: it does not spin", "%.2f of %.2f s"
           % (cpu_s(front.process.pid) - used, elapsed))
    tap.equal(front.tail().count("no descriptor for another"), 1,
              "descriptors: said once a minute", front.tail())
    for conn in idle:
        conn.close()
    tap.ok(b"200" in (fronts.FcgiSteps(waits).until(b"\r\n") or b""),
           "descriptors: one that waited is served")
    tap.ok(trees.until(lambda: front.ask("GET", "/o/echo").status == 200),
           "descriptors: as before", front.tail())
    tap.ok(alive(front), "descriptors: it lives")
    front.stop()


# --- memory

LONG = [("X-%d" % i, "x" * 7000) for i in range(4)]


def hold(front, origin, token, count, fields):
    """So many at a time, and what they get in the end."""
    held = [front.open("GET", "/o/hold/" + token, fields)
            for _ in range(count)]
    for steps in held:
        steps.finish()
    trees.until(lambda: origin.count("held " + token) > 0)
    origin.release(token, count)
    return [steps.answer() for steps in held]


def memory(tap, tree, site, origin):
    """256 MiB of address space are enough for all threads at work."""
    front = Within(tree, site, "ulimit -v 262144").start()
    got = hold(front, origin, "enough", 48, LONG)
    tap.equal({(a.status, len(a.body), a.whole) for a in got},
              {(200, 20007, True)}, "memory: 48 at a time in 256 MiB",
              front.tail())
    size = int(cases_faults.status(front.process.pid, "VmSize"))
    tap.ok(alive(front) and size <= 262144, "memory: it lives", size)
    front.stop()


def no_memory(tap, tree, site, origin):
    """Less for 48 requests than ten need: each is served, or told so, or cut;
    or a library ends the process, and the server starts another.  Of address
    space that malloc keeps for a thread nobody is to live."""
    front = fronts.Listen(tree, site, MALLOC_ARENA_MAX="1").start()
    front.ask("GET", "/o/echo")
    size = int(cases_faults.status(front.process.pid, "VmSize"))
    front.stop()
    server = fronts.Lighttpd(tree, site)
    server.script_changed = {"exec ": "export MALLOC_ARENA_MAX=1; ulimit -v "
                             "%d; exec " % (size + 1024)}
    server.start()
    got = [(a.status, a.whole)
           for a in hold(server, origin, "scarce", 48, LONG[:1])]
    tap.ok(all(s is None or s == 200 or s >= 500 for s, _ in got),
           "no memory: all are answered, or told", got)
    tap.ok(set(got) != {(200, True)}, "no memory: it shows", got)
    tap.ok(trees.until(lambda: cases_faults.is_served(server)),
           "no memory: then it serves again", server.tail())
    tap.equal(server.ask("GET", "/o/echo").status, 200,
              "no memory: ... as before", server.tail())
    server.stop()


# --- the disk

def on_full_disk(tree, folder, size):
    """Commands of a shell after which this folder, with all that was in it, is
    a disk of its own on which there is no room."""
    copy = tree.folder("copy-of-" + os.path.basename(folder))
    return ("cp -a {0}/. {1}; mount -t tmpfs -o size={2} none {0}\n"
            "cp -a {1}/. {0}; dd if=/dev/zero of={0}/fill bs=1k 2>/dev/null\n"
            .format(folder, copy, size))


def private_mounts():
    return subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none",
                           "/mnt"], capture_output=True,
                          check=False).returncode == 0


def disk(tap, tree, site):
    """State and logs on a disk that is full from the start."""
    state = os.path.join(site.folder, "state")
    for name in os.listdir(state):
        os.unlink(os.path.join(state, name))
    script = tree.write("full.sh", on_full_disk(tree, state, "64k"))
    front = Within(tree, site, '[ "$INSIDE" ] || INSIDE=1 exec unshare -rm '
                   '/bin/sh -c ". %s; exec \\"\\$@\\"" sh "$@"' % script)
    front.start()
    got = {front.ask("GET", "/o/echo/%d" % i).status for i in range(50)}
    tap.equal(got, {200}, "disk: all are answered", front.tail())
    tap.equal(front.ask("GET", "/_health").status, 200, "disk: healthy")
    tap.ok("shm.v1: cannot be made: No space left" in front.tail(),
           "disk: that it counts by itself is said", front.tail())
    tap.ok(trees.until(lambda: front.ask("GET", "/o/echo").status == 200 and
                       "log lines could not be written" in front.tail()),
           "disk: lines that are lost are counted", front.tail())
    os.unlink("/proc/%d/root%s/fill" % (front.process.pid, state))
    log = "/proc/%d/root%s/access.log" % (front.process.pid, state)

    def written():
        front.ask("GET", "/o/echo/there-is-room")
        with open(log, encoding="latin-1") as file:
            return "there-is-room" in file.read()
    tap.ok(trees.until(written), "disk: with room it is written again")
    tap.ok(alive(front), "disk: it lives")
    front.stop()


def edit(tap, tree, site):
    """An edit of routes.db on a full disk is whole or not at all."""
    rows = "SELECT count(*), sum(length(url)) FROM routes; " \
        "PRAGMA integrity_check;"
    before = site.sql(rows)
    script = tree.write("edit.sh", "%s\ncd '%s'\n"
                        "sqlite3 routes.db \"$1\"; echo \"status $?\"\n"
                        "'%s' key -c viaduct.ini add more; echo \"status $?\"\n"
                        "sqlite3 routes.db '%s'\n"
                        % (on_full_disk(tree, site.folder, "8m"), site.folder,
                           tree.program, rows), 0o755)
    many = "BEGIN; UPDATE routes SET note = hex(zeroblob(60000)); COMMIT;"
    done = subprocess.run(["unshare", "-rm", "/bin/sh", script, many],
                          text=True, capture_output=True, check=False)
    tap.ok("full" in done.stderr and "status 0" not in done.stdout,
           "edit: it fails", done.stdout + done.stderr)
    tap.ok(done.stdout.endswith(before), "edit: ... whole",
           "%s\n%s\n%s" % (before, done.stdout, done.stderr))


def main():
    trees.need(*fronts.PROGRAMS["lighttpd"], "unshare")
    tree = trees.Tree()
    origin = origins.Origin(tree)
    site = sites.Site(tree, log={"access": "state/access.log"},
                      server={"threads": "64"})
    site.routes({"o": (origin.url, {})})
    tap = taps.Tap()
    tap.guard("descriptors", descriptors, tap, tree, site)
    if trees.SANITIZED:
        tap.ok(True, "memory: not limited, sanitizer build")
    else:
        tap.guard("memory", memory, tap, tree, site, origin)
        tap.guard("no_memory", no_memory, tap, tree, site, origin)
    if private_mounts():
        tap.guard("disk", disk, tap, tree, site)
        tap.guard("edit", edit, tap, tree, site)
    else:
        tap.skip("a full disk", "no mounts of one's own here")
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
