#!/usr/bin/python3 -B
"""Settings and routes change, spoil and are mended under a living process."""
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

BAD_INI = [
    ("an unknown section", "[nonsense]\na = b\n", 1),
    ("an unknown key", "[cors]\nallow_origin = x\n", 2),
    ("a bad number", "[upstream]\nrequest_timeout = soon\n", 2),
    ("a bad origin", "[cors]\nallow_origins = app.example\n", 2),
    ("a key twice", "[cors]\nmax_age = 1\nmax_age = 2\n", 3),
    ("no section", "max_age = 1\n", 1),
    ("a broken section", "[cors\nmax_age = 1\n", 1),
    ("a word that is none", "[log]\nformat = xml\n", 2),
    ("a very long line", "[cors]\nallow_origins = " + "x" * 300 + "\n", 2),
    ("a NUL", "[cors]\nmax_age = 1\0\n", 2),
]

def bad_settings(tap, front, site):
    """The last good settings stay, and the log names the line, once."""
    good = open(site.config, encoding="utf-8").read()
    front.ask("GET", "/o/echo")         # it has seen the good ones
    for name, text, line in BAD_INI:
        before = len(site.tree.read(front.log))
        site.write_ini(text)
        got = [front.ask("GET", "/o/echo", [("Origin", cases.APP)]).status
               for _ in range(3)]
        log = site.tree.read(front.log)[before:]
        tap.equal(got, [200] * 3, name + ": the good settings stay", log)
        tap.equal(log.count("viaduct.ini:%d:" % line), 1,
                  name + ": the log names the line once", log)
    site.write_ini(good)
    tap.equal(front.ask("GET", "/o/echo").status, 200, "mended")

def bad_at_start(tap, front, site):
    """503 to all until it is mended; the process lives."""
    good = open(site.config, encoding="utf-8").read()
    site.write_ini(BAD_INI[1][1])
    front.start()
    answer = front.ask("GET", "/o/echo", [cases.JSON])
    tap.equal((answer.status, answer.rule), (503, "configuration"),
              "bad at start: 503", answer)
    tap.ok(b"allow_origin" not in answer.body and
           site.folder.encode() not in answer.body,
           "bad at start: the caller learns no details", answer)
    tap.equal(front.ask("GET", "/_health").status, 503,
              "bad at start: not healthy")
    site.write_ini(good)
    tap.equal(front.ask("GET", "/o/echo").status, 200,
              "bad at start: mended without a restart", front.tail())
    os.unlink(site.config)
    tap.equal(front.ask("GET", "/o/echo").status, 200,
              "removed: the last good settings stay")
    site.write_ini(good)
    front.stop()

def by_mode(tap, front, site):
    """Settings that others may write are not obeyed."""
    os.chmod(site.config, 0o666)
    front.start()
    answer = front.ask("GET", "/o/echo", [cases.JSON])
    tap.equal(answer.status, 503, "writable by others: 503", answer)
    os.chmod(site.config, 0o600)
    tap.equal(front.ask("GET", "/o/echo").status, 200, "mode mended")
    front.stop()

def database_by_mode(tap, front, site):
    """Nor are routes that others may change."""
    os.chmod(site.database, 0o660)
    front.start()
    answer = front.ask("GET", "/o/echo", [cases.JSON])
    tap.equal((answer.status, answer.rule), (503, "configuration"),
              "routes.db writable by others: 503", answer)
    tap.ok("routes.db may be written by others" in front.tail(),
           "... and the log says so", front.tail())
    os.chmod(site.database, 0o600)
    tap.equal(front.ask("GET", "/o/echo").status, 200, "its mode mended")
    os.chmod(site.database, 0o606)
    answer = front.ask("GET", "/o/echo")
    tap.equal(answer.status, 200, "spoilt again: the last good rows", answer)
    os.chmod(site.database, 0o600)
    front.stop()

def below_the_root(tap, front, site):
    """What lies below the web server's folder is named in the log, once."""
    front.start()
    for _ in range(3):
        front.ask("GET", "/_health", extra=[("DOCUMENT_ROOT",
                                             site.tree.path)])
    said = [line for line in front.tail().splitlines()
            if "hands out" in line]
    tap.ok(len(said) == 1 and all(name in said[0] for name in (
        "viaduct.ini", "routes.db", "/state", "access.log")),
        "files below DOCUMENT_ROOT are named once", front.tail())
    front.stop()

def unreadable(path):
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0))

def database(tap, front, site):
    """The last good rows stay whatever becomes of the file."""
    good = site.tree.at("good.db")
    shutil.copy2(site.database, good)
    with open(good, "rb") as file:
        content = file.read()
    front.start()
    front.ask("GET", "/o/echo")
    flipped = bytearray(content)
    flipped[4096:4096 + 200] = b"\xff" * 200
    spoilt = [("no database", b"nothing of the kind" * 500),
              ("empty", b""), ("cut short", content[:len(content) // 2]),
              ("a damaged page", bytes(flipped)), ("missing", None),
              ("a folder", os.mkdir), ("unreadable", unreadable)]
    for name, text in spoilt:
        if not isinstance(text, bytes):
            os.unlink(site.database)
            if text is not None:
                text(site.database)
        else:
            site.tree.write("site/routes.db", text)
        answer = front.ask("GET", "/o/echo", [cases.JSON])
        tap.equal(answer.status, 200, "routes.db %s: the good rows stay"
                  % name, "%s\n%s" % (answer, front.tail()))
        # A process that never saw the good rows has none.
        fresh = fronts.Cgi(site.tree, site).ask("GET", "/o/echo",
                                                [cases.JSON])
        tap.equal((fresh.status, fresh.rule), (503, "configuration"),
                  "routes.db %s: 503 in a new process" % name, fresh)
        shutil.copy2(good, site.database + ".new")
        if os.path.isdir(site.database):
            os.rmdir(site.database)
        os.rename(site.database + ".new", site.database)
        tap.equal(front.ask("GET", "/o/echo").status, 200,
                  "routes.db %s: mended" % name)
    front.stop()

def begun(site, statements):
    """A writer in the midst of its edit."""
    shell = subprocess.Popen(["sqlite3", site.database], text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    shell.stdin.write(statements + " SELECT 'begun';\n")
    shell.stdin.flush()
    shell.stdout.readline()
    return shell

def locked(tap, front, site):
    """A writer that holds the file costs nothing but its own edit."""
    front.start()
    front.ask("GET", "/o/echo")
    shell = begun(site, "BEGIN EXCLUSIVE; UPDATE routes SET url = "
                  "'%s/echo/new' WHERE name = 'deep';" % front.origin.url)
    front.origin.arrived()
    answer = front.ask("GET", "/deep")
    tap.equal((answer.status, [a["target"] for a in front.origin.arrived()]),
              (200, ["/echo/v1"]), "locked: the last good rows", answer)
    shell.stdin.write("COMMIT;\n")
    shell.stdin.close()
    shell.wait()
    front.ask("GET", "/deep")
    tap.equal([a["target"] for a in front.origin.arrived()], ["/echo/new"],
              "committed: the new row")
    # A file put in its place is seen too, though the old one was open.
    shutil.copy2(site.database, site.database + ".new")
    subprocess.run(["sqlite3", site.database + ".new", "UPDATE routes SET "
                    "url = '%s/echo/moved' WHERE name = 'deep';"
                    % front.origin.url], check=True)
    os.rename(site.database + ".new", site.database)
    front.ask("GET", "/deep")
    tap.equal([a["target"] for a in front.origin.arrived()], ["/echo/moved"],
              "replaced by another file: seen")
    front.stop()

def half_an_edit(tap, front, site):
    """A writer that is killed leaves a journal, which readers cannot undo."""
    front.start()
    front.ask("GET", "/o/echo")
    shell = begun(site, "PRAGMA cache_size = 2; BEGIN; UPDATE routes SET "
                  "note = hex(zeroblob(4000));")
    shell.kill()
    shell.wait()
    answer = front.ask("GET", "/o/echo", [cases.JSON])
    tap.equal(answer.status, 200, "half an edit: the good rows stay",
              "%s\n%s" % (answer, front.tail()))
    fresh = fronts.Cgi(site.tree, site)
    answer = fresh.ask("GET", "/o/echo", [cases.JSON])
    tap.equal((answer.status, answer.rule), (503, "configuration"),
              "half an edit: 503 in a new process", answer)
    tap.ok("run viaduct check" in fresh.tail(),
           "half an edit: the log says who mends it", fresh.tail())
    subprocess.run([site.tree.program, "check", "-c", site.config],
                   capture_output=True, check=False)
    answer = fresh.ask("GET", "/o/echo")
    tap.equal((answer.status, site.sql("SELECT count(note) FROM routes;")),
              (200, "0\n"), "half an edit: undone by check", answer)
    front.origin.arrived()
    front.stop()


def many_edits(tap, front, site):
    """No stale row in any of many edits."""
    front.start()
    stale = []
    for i in range(60):
        site.sql("UPDATE routes SET url = '%s/echo/e%d' WHERE name = 'deep';"
                 % (front.origin.url, i))
        front.ask("GET", "/deep")
        got = [a["target"] for a in front.origin.arrived()]
        if got != ["/echo/e%d" % i]:
            stale.append((i, got))
    tap.equal(stale, [], "60 edits, each in force at once")
    front.stop()

REFUSED_ROWS = [
    ("a bad name", "INSERT INTO routes(name, url) VALUES ('A B', 'http://x.e/')"),
    ("the name http", "INSERT INTO routes(name, url) VALUES ('http', "
     "'http://x.e/')"),
    ("no scheme", "INSERT INTO routes(name, url) VALUES ('z', 'x.example')"),
    ("another scheme", "INSERT INTO routes(name, url) VALUES ('z', "
     "'ftp://x.example/')"),
    ("a userinfo", "INSERT INTO routes(name, url) VALUES ('z', "
     "'http://u:p@x.example/')"),
    ("a word for a number", "INSERT INTO routes(name, url, max_age) VALUES "
     "('z', 'http://x.example/', 'often')"),
    ("* with credentials", "INSERT INTO routes(name, url, allow_origins, "
     "allow_credentials) VALUES ('z', 'http://x.example/', '*', 1)"),
    ("a secret for all", "INSERT INTO routes(name, url, allow_origins) VALUES "
     "('z', 'http://x.example/', '*'); INSERT INTO route_headers VALUES "
     "('z', 'request', 'X-Key', 'secret')"),
    ("a framing field", "INSERT INTO route_headers VALUES ('list', "
     "'response', 'Content-Length', '1')"),
    ("a field of our own", "INSERT INTO route_headers VALUES ('list', "
     "'response', 'Access-Control-Allow-Origin', '*')"),
    ("a command to the server", "INSERT INTO route_headers VALUES ('list', "
     "'response', 'X-Accel-Redirect', '/x')"),
]

def refused_rows(tap, site):
    for name, text in REFUSED_ROWS:
        try:
            said = site.sql("BEGIN; %s; COMMIT;" % text, fails=True)
            tap.ok(len(said.split()) > 5, "the shell refuses %s in a sentence"
                   % name, said)
        except AssertionError as error:
            tap.ok(False, "the shell refuses " + name, error)

def hangup(tap, front, site):
    """SIGHUP: settings, and the log that was moved away."""
    front.start()
    front.ask("GET", "/o/echo/one")
    trees.until(lambda: "/one" in site.access_log())
    os.rename(os.path.join(site.folder, "access.log"),
              os.path.join(site.folder, "access.log.old"))
    front.process.send_signal(signal.SIGHUP)

    def written():
        front.ask("GET", "/o/echo/two")
        return "/two" in site.access_log()
    tap.ok(trees.until(written), "SIGHUP: the log is opened again",
           front.tail())
    tap.equal(front.process.poll(), None, "SIGHUP: the process lives")
    front.stop()

def main():
    trees.need("sqlite3")
    tree, origin, site = cases.prepare()
    tap = taps.Tap()
    front = fronts.Listen(tree, site)
    front.origin = origin
    front.start()
    tap.guard("bad_settings", bad_settings, tap, front, site)
    front.stop()
    for story in (bad_at_start, by_mode, database_by_mode, below_the_root,
                  database, locked, half_an_edit, many_edits, hangup):
        tap.guard(story.__name__, story, tap, front, site)
        front.stop()
    refused_rows(tap, site)
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()

main()
