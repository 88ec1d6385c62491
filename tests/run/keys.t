#!/usr/bin/python3 -B
"""Callers' keys from the command that makes them to the last request that
they open; what they open, what is said of those that open nothing, and that
their secrets are nowhere."""
import hashlib
import os
import re
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from cases import APP, JSON, sanitizer_reports          # noqa: E402

FORM = re.compile(r"vd1_([a-z2-7]{8})_([A-Za-z0-9_-]{43})\n")
TEXT = ("Accept", "text/plain")


class Run:
    def __init__(self, tap, tree, site, origin, front):
        self.tap, self.tree, self.site = tap, tree, site
        self.origin, self.front = origin, front
        self.equal, self.ok = tap.equal, tap.ok
        self.callers = 0
        self.secrets = []

    def key(self, *arguments, config=None):
        return subprocess.run(
            [self.tree.program, "key", "-c", config or self.site.config,
             *arguments], text=True, capture_output=True, check=False)

    def add(self, name, *arguments):
        text = self.site.key(name, *arguments)
        self.secrets.append(text.rsplit("_", 1)[1] if text.count("_") == 2
                            else text[13:])
        return text

    def ask(self, path, *fields, method="GET"):
        """From an address that has not failed before."""
        self.callers += 1
        return self.front.ask(method, path, list(fields), extra=[
            ("REMOTE_ADDR", "192.0.2.%d" % (self.callers % 250 + 1))])

    def opens(self, key, path="/keyed/echo"):
        answer = self.ask(path, ("X-API-Key", key), JSON)
        return answer.status if answer.rule is None else answer.rule


# --- the command

def made(run):
    done = run.key("add", "first", "--routes", "keyed,other", "--expires",
                   "2099-12-31")
    form = FORM.fullmatch(done.stdout)
    run.equal((done.returncode, bool(form)), (0, True),
              "add: the key alone on standard output", done)
    run.secrets.append(form[2])
    run.ok("first" in done.stderr and form[1] in done.stderr and
           "keyed other" in done.stderr and "2099-12-31" in done.stderr and
           form[2] not in done.stderr,
           "add: what it is for on standard error", done.stderr)
    rows = run.site.sql("SELECT name, id, hex(hash), routes, expires, revoked "
                        "FROM api_keys WHERE name = 'first';")
    run.equal(rows.strip(), "first|%s|%s|keyed other|2099-12-31|" % (
        form[1], hashlib.sha256(form[2].encode()).hexdigest().upper()),
        "add: the database has the hash alone")
    run.equal([run.opens(done.stdout.strip(), path) for path in
               ("/keyed/echo", "/other/echo", "/third/echo")],
              [200, 200, "key_required"], "add: opens its routes alone")
    key = run.add("all")
    run.equal([run.opens(key, path) for path in
               ("/keyed/echo", "/third/echo")], [200, 200],
              "add: without --routes, every route")


def listed(run):
    done = run.key("list")
    lines = [re.split(r"  +", line) for line in done.stdout.splitlines()]
    run.equal((done.returncode, lines[0], [line[:3] + line[4:] for line in
                                           lines[1:] if line[0] == "first"]),
              (0, ["NAME", "ID", "ROUTES", "CREATED", "EXPIRES", "STATE"],
               [["first", lines[-1][1], "keyed,other", "2099-12-31",
                 "valid"]]), "list: a table", done.stdout)
    run.ok(not any(s in done.stdout + done.stderr for s in run.secrets) and
           not re.search("[0-9a-fA-F]{32}", done.stdout),
           "list: no secrets and no hashes", done.stdout)
    run.site.sql("DROP TRIGGER api_keys_insert;"
                 "INSERT INTO api_keys(name, id) VALUES ('x' || char(27) ||"
                 " '[2J', 'odd');")
    out = run.key("list").stdout
    run.site.sql("DELETE FROM api_keys WHERE id = 'odd';")
    run.site.make_database()            # its triggers again
    run.ok("\x1b" not in out and re.search(
        r"^x\?\[2J +odd +\? .* invalid$", out, re.M),
        "list: a bad row, and nothing that moves the terminal", out)


def revoked(run):
    key = run.add("short")
    got = [run.opens(key)]
    done = run.key("revoke", "short")
    got.append(run.opens(key))
    run.equal((done.returncode, got), (0, [200, "key_required"]),
              "revoke: from the next request on", done)
    run.ok(re.search(r"^short .* revoked$", run.key("list").stdout, re.M),
           "revoke: listed so")
    again = run.key("revoke", "short")
    run.equal((again.returncode, "before" in again.stderr), (0, True),
              "revoke: once more changes nothing", again)
    run.equal(run.key("add", "short").returncode, 65,
              "revoke: the name stays taken")


WRONG = [
    ("a name that is taken", ["add", "first"], 65, "there is a key named"),
    ("no such name", ["revoke", "nobody"], 65, "there is no key named nobody"),
    ("no such route", ["add", "n", "--routes", "keyed,nowhere"], 65,
     "there is no route named nowhere"),
    ("no date", ["add", "n", "--expires", "tomorrow"], 65, "--expires takes"),
    ("no such day", ["add", "n", "--expires", "2099-02-30"], 65,
     "--expires takes"),
    ("a day gone by", ["add", "n", "--expires", "2020-01-01"], 65,
     "in the past"),
    ("no name", ["add", ""], 65, "name must be"),
    ("no routes", ["add", "n", "--routes", ""], 65, "routes takes"),
    ("nothing at all", [], 64, "usage:"),
    ("no such action", ["frob"], 64, "usage:"),
    ("add what", ["add"], 64, "usage:"),
    ("add two", ["add", "a", "b"], 64, "usage:"),
    ("list what", ["list", "a"], 64, "usage:"),
    ("revoke with a date", ["revoke", "first", "--expires", "2099-01-01"],
     64, "usage:"),
    ("an unknown option", ["add", "n", "--for", "x"], 64, "usage:"),
]


def refused(run):
    before = run.site.sql("SELECT count(*) FROM api_keys;")
    for name, arguments, status, text in WRONG:
        done = run.key(*arguments)
        run.ok((done.returncode, done.stdout) == (status, "") and
               text in done.stderr, "%s: status %d" % (name, status), done)
    run.equal(run.site.sql("SELECT count(*) FROM api_keys;"), before,
              "... and nothing is made")


def without_database(run):
    """Each way not to have one, with its status."""
    run.equal(run.key("list", config=run.tree.at("none.ini")).returncode, 78,
              "no settings: status 78")
    bad = run.tree.write("bad/viaduct.ini", "[nonsense]\n", 0o600)
    run.equal(run.key("list", config=bad).returncode, 78,
              "bad settings: status 78")
    ini = run.tree.write("lone/viaduct.ini", "", 0o600)
    lone = run.tree.at("lone/routes.db")

    def statuses():
        return [run.key(*words, config=ini).returncode for words in
                (("add", "n"), ("revoke", "n"), ("list",))]
    run.equal((statuses(), os.path.exists(lone)), ([66] * 3, False),
              "no database: status 66, and none is made")
    run.tree.write("lone/routes.db", "this is no database, but a text " * 9)
    run.equal(statuses(), [66] * 3, "another file: status 66")
    os.unlink(lone)
    with open(run.tree.source("sql/schema.sql"), encoding="utf-8") as file:
        base = sqlite3.connect(lone, isolation_level=None)
        base.executescript(file.read())
    base.execute("BEGIN EXCLUSIVE")
    run.equal(statuses(), [75] * 3, "locked: status 75")
    base.execute("ROLLBACK")
    base.close()
    run.secrets.append(run.key("add", "n", config=ini).stdout[13:-1])
    os.chmod(lone, 0o400)
    run.equal(statuses()[1:], [77, 0], "read-only: status 77")
    os.chmod(lone, 0o600)
    os.chmod(run.tree.at("lone"), 0o500)
    run.equal(statuses()[2], 0, "a folder read-only: it can be listed")
    os.chmod(run.tree.at("lone"), 0o700)


def full(run):
    """The key is lost where it cannot be written, and that is said."""
    with open("/dev/full", "w", encoding="ascii") as sink:
        done = subprocess.run(
            [run.tree.program, "key", "-c", run.site.config, "add", "lost"],
            stdout=sink, stderr=subprocess.PIPE, text=True, check=False)
    run.equal((done.returncode, "revoke 'lost'" in done.stderr), (74, True),
              "a key that nobody saw", done)


# --- requests

def not_opened(run):
    """The same answer, whatever is wrong with it; the log knows."""
    undo = run.site.settings("log", level="info")
    good = run.add("good", "--routes", "keyed")
    wrong = [("none", None, "there is none"),
             ("no key's form", good + "x", "not of the form"),
             ("unknown", "vd1_zzzzzzzz_" + good[13:], "no such key"),
             ("another secret", good[:-4] + ("AAAA" if good[-4:] != "AAAA"
                                             else "BBBB"), "secret is wrong"),
             ("of another route", run.add("other", "--routes", "other"),
              "not for this route"),
             ("expired", run.add("past"), "has expired"),
             ("revoked", run.add("gone"), "is revoked"),
             ("invalid", run.add("spoilt"), "row in api_keys is invalid")]
    run.site.sql("UPDATE api_keys SET expires = '2020-01-01' WHERE name = "
                 "'past'; UPDATE api_keys SET revoked = '2020-01-01' WHERE "
                 "name = 'gone'; DROP TRIGGER api_keys_update; UPDATE "
                 "api_keys SET hash = 'x' WHERE name = 'spoilt';")
    run.site.make_database()            # its triggers again
    run.equal(run.opens(good), 200, "a good one, for comparison")
    seen = set()
    for name, key, why in wrong:
        before = len(run.tree.read(run.front.log))
        fields = [("X-API-Key", key)] if key else []
        answer = run.ask("/keyed/echo", TEXT, *fields)
        log = run.tree.read(run.front.log)[before:]
        seen.add((answer.status, answer.get("www-authenticate"),
                  answer.get("proxy-status"), answer.body))
        run.ok("info: key_required: " in log and why in log,
               "%s: the log says why" % name, log)
        if key and name != "no key's form":
            run.ok("key %s: " % key[4:12] in log, name + ": and which", log)
    run.equal(len(seen), 1, "the caller sees no difference", seen)
    run.equal(next(iter(seen))[:2], (401, 'VdKey realm="viaduct"'),
              "... but 401, with a challenge that opens no login box")
    undo()


def too_often(run):
    """After five failures 429, for that address alone; good keys pass."""
    good = run.add("often")
    here = [("REMOTE_ADDR", "198.51.100.7")]

    def rule(*fields):
        return run.front.ask("GET", "/keyed/echo", [JSON, *fields],
                             extra=here)
    got = []                            # one comes back every 6 seconds
    while len(got) < 30 and "rate_limited" not in got:
        answer = rule(("X-API-Key", "vd1_guess"), ("Origin", APP))
        got.append(answer.rule)
    run.equal((got[:5], got[-1]), (["key_required"] * 5, "rate_limited"),
              "too_often", answer)
    run.ok(answer.status == 429 and 1 <= int(answer.get("retry-after")) <= 6
           and answer.get("access-control-allow-origin") == APP,
           "too_often: when to try again, and pages may read it", answer)
    run.equal([rule(("X-API-Key", good)).status, run.opens(good)],
              [200, 200], "too_often: a good key passes")
    answer = run.front.ask("GET", "/?route=keyed&path=/echo&method=DELETE",
                           [JSON, ("X-API-Key", "vd1_guess")], extra=here)
    run.equal(answer.rule, "rate_limited",
              "too_often: nor are keys tried by &method=", answer)


def on_open_routes(run):
    """A key that is shown must be good, also where none is asked for."""
    good = run.add("for-open", "--routes", "open")
    run.equal([run.opens(good, "/open/echo"), run.opens(good, "/keyed/echo"),
               run.opens(good[:-1] + "_", "/open/echo"),
               run.opens("theirs", "/open/echo")],
              [200, "key_required", "key_required", 200],
              "on_open_routes")
    path = "/?route=open&path=/echo&method=DELETE"
    answer = run.ask(path, ("X-API-Key", good))
    run.equal((answer.status, answer.echo["method"]), (200, "DELETE"),
              "on_open_routes: it proves who sends a method", answer)
    run.equal(run.ask(path, JSON).rule, "method_proof",
              "on_open_routes: nobody else does")


def followed(run):
    """Neither the target nor one it points to sees the key."""
    key = run.add("follow")
    for name in ("X-API-Key", "Authorization"):
        value = key if name == "X-API-Key" else "Bearer " + key
        run.origin.arrived()
        answer = run.ask("/keyed/redirect?to=/echo", (name, value))
        seen = run.origin.arrived()
        run.ok(answer.status == 200 and len(seen) == 2 and key[13:] not in
               str(seen) + str(answer), "followed: " + name, answer)


def whole_urls(run):
    """They are no rows, and go by the names http and https."""
    host = run.origin.url.removeprefix("http://")
    undo = run.site.settings("routes", targets="listed", target_hosts=host)
    for_all, for_http = run.add("whole"), run.add("http", "--routes", "http")
    for_one = run.add("https", "--routes", "https,keyed")
    path = "/http://%s/echo" % host
    run.equal([run.opens(key, path) for key in (for_all, for_http, for_one)],
              [200, 200, "key_required"], "whole_urls", run.front.tail())
    run.equal(run.opens(for_http), "key_required",
              "whole_urls: and no route by that")
    undo()


def expiry(run):
    """A moment ends a key while it is in use."""
    key = run.add("brief")
    run.site.sql("UPDATE api_keys SET expires = strftime('%Y-%m-%d "
                 "%H:%M:%S', 'now', '+2 seconds') WHERE name = 'brief';")
    run.equal(run.opens(key), 200, "expiry: before")
    run.equal(trees.until(lambda: run.opens(key) == "key_required"), True,
              "expiry: after")
    today = time.strftime("%Y-%m-%d", time.gmtime())
    run.site.sql("UPDATE api_keys SET expires = '%s' WHERE name = 'brief';"
                 % today)
    if time.strftime("%Y-%m-%d", time.gmtime()) == today:
        run.equal(run.opens(key), 200, "expiry: a day lasts to its end")


def by_the_shell(run):
    """The table is the operator's, without the command too."""
    secret = "s" * 43
    run.site.sql("INSERT INTO api_keys(name, id, hash) VALUES ('shell', "
                 "'abcdefg7', x'%s');"
                 % hashlib.sha256(secret.encode()).hexdigest())
    key = "vd1_abcdefg7_" + secret
    got = [run.opens(key)]
    run.site.sql("UPDATE api_keys SET routes = 'other' WHERE id = "
                 "'abcdefg7';")
    got += [run.opens(key), run.opens(key, "/other/echo")]
    run.site.sql("DELETE FROM api_keys WHERE id = 'abcdefg7';")
    got.append(run.opens(key, "/other/echo"))
    run.equal(got, [200, "key_required", 200, "key_required"],
              "by_the_shell: each edit holds at once")


def in_the_log(run):
    """The key's id stands for the user."""
    key = run.add("logged")
    run.ask("/keyed/echo/by-key", ("X-API-Key", key))
    run.ask("/keyed/echo/by-none")
    lines = trees.until(lambda: [line for line in
                                 run.site.access_log().splitlines()
                                 if "/by-" in line][1:] and
                        run.site.access_log().splitlines())
    users = {line.split('"')[1].split("/by-")[1].split()[0]: line.split()[2]
             for line in lines if "/by-" in line}
    run.equal(users, {"key": key[4:12], "none": "-"}, "in_the_log")


def as_cgi(run):
    """A process per request knows the same keys."""
    key = run.add("cgi", "--routes", "keyed")
    front = fronts.Cgi(run.tree, run.site)
    got = [front.ask("GET", "/keyed/echo", [("X-API-Key", key)]).status]
    run.key("revoke", "cgi")
    got.append(front.ask("GET", "/keyed/echo", [("X-API-Key", key)]).status)
    run.equal(got, [200, 401], "as_cgi", front.tail())


def with_credentials(run):
    """An allowed page may read why; its preflight needs no key."""
    answer = run.ask("/keyed/echo", ("Origin", APP), JSON)
    run.equal((answer.rule, answer.get("access-control-allow-origin")),
              ("key_required", APP), "a page reads the refusal", answer)
    answer = run.ask("/keyed/echo", ("Origin", APP), (
        "Access-Control-Request-Method", "PUT"), method="OPTIONS")
    run.equal((answer.status, answer.get("access-control-allow-headers")),
              (204, "*, Authorization"), "a preflight needs no key", answer)


def unreadable(run):
    """While the database is gone, for a minute the keys hold."""
    key = run.add("held")
    run.equal(run.opens(key), 200, "unreadable: before")
    os.rename(run.site.database, run.site.database + ".away")
    run.equal(run.opens(key), 200, "unreadable: the last good look counts")
    os.rename(run.site.database + ".away", run.site.database)
    run.equal(run.opens(key), 200, "unreadable: back")


def nowhere(run):
    """What was shown once is in no file that the program writes."""
    found = []
    for folder, _, files in os.walk(run.tree.path):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.islink(path):
                continue
            with open(path, "rb") as file:
                text = file.read()
            found += [(path, s) for s in run.secrets if s.encode() in text]
    run.ok(len(run.secrets) > 10 and all(len(s) == 43 for s in run.secrets),
           "there were secrets", run.secrets)
    run.equal(found, [], "their secrets are nowhere")


def main():
    trees.need("sqlite3")
    tree = trees.Tree()
    origin = origins.Origin(tree)
    site = sites.Site(tree)
    site.routes({name: (origin.url, {"access": access}) for name, access in (
        ("keyed", "key"), ("other", "key"), ("third", "key"),
        ("open", "open"))})
    tap = taps.Tap()
    front = fronts.Listen(tree, site).start()
    run = Run(tap, tree, site, origin, front)
    for story in (made, listed, revoked, refused, without_database, full,
                  not_opened, too_often, on_open_routes, followed,
                  whole_urls, expiry, by_the_shell, in_the_log, as_cgi, with_credentials,
                  unreadable, nowhere):
        tap.guard(story.__name__, story, run)
    front.stop()
    for report in sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
