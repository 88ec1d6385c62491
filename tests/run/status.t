#!/usr/bin/python3 -B
"""What _status.json, _metrics, the plots and tables of _status and `viaduct
status' tell agrees, to the request, with what was sent through eight processes
at once, some of them killed."""
import collections
import json
import os
import random
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import status_page as shows                             # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

KEY = "0123456789abcdefghijklmnop-operator"
OPERATOR = ("X-API-Key", KEY)
PROCESSES, THREADS, EACH = 8, 16, 60
BODY = b"x" * 100
# Per turn: scope, method, path, fields; the word of the rule where it is not
# up to the counters themselves.
MIX = [("x", "GET", "/x/echo", ()),
       ("x", "POST", "/x/echo", (("Origin", cases.APP),)),
       ("_none", "GET", "/nowhere", (cases.JSON,)),
       ("dead", "GET", "/dead/", (cases.JSON,)),
       ("x", "GET", "/x/echo", (("Origin", cases.BAD), cases.JSON)),
       ("few", "GET", "/few/echo", (cases.JSON,)),
       ("_own", "GET", "/_health", ())]


class Sent:
    """What clients sent and got, by scope."""

    def __init__(self):
        self.lock = threading.Lock()
        self.outcomes = collections.Counter()
        self.statuses = collections.Counter()
        self.received = collections.Counter()
        self.sent = collections.Counter()

    def note(self, scope, answer, body=b""):
        with self.lock:
            self.outcomes[scope, answer.rule or "ok"] += 1
            self.statuses[scope, "%dxx" % (answer.status // 100)] += 1
            self.received[scope] += len(body)
            self.sent[scope] += len(answer.body)


class Run:
    def __init__(self, tap, tree, origin, site):
        self.tap, self.tree, self.origin = tap, tree, origin
        self.site, self.count = site, 0
        self.equal, self.ok = tap.equal, tap.ok
        site.route("x", origin.url)
        site.route("few", origin.url, rate_limit="1/h burst 10")
        site.route("dead", "http://127.0.0.1:%d" % trees.free_port())
        tree.write("site/operator", KEY + "\n", 0o600)
        self.fresh()

    def fresh(self):
        self.count += 1
        self.state = "state%d" % self.count
        self.tree.folder("site", self.state)
        self.site.settings("server", state=self.state)
        self.site.settings("app", operator_key_file="operator")

    def listen(self):
        front = fronts.Listen(self.tree, self.site)
        front.log = "listen.log"
        return front.start()

    def command(self, *more, **how):
        return subprocess.run(
            [self.tree.program, "status", "-c", self.site.config, *more],
            text=True, capture_output=True, check=False, **how)


def seen(front, path="/_status.json"):
    answer = front.ask("GET", path, [OPERATOR])
    if answer.status != 200:
        raise AssertionError(answer)
    return answer.body.decode()


def one(front, i, sent):
    scope, method, path, fields = MIX[i % len(MIX)]
    body = BODY if method == "POST" else b""
    answer = front.ask(method, path, list(fields), body or None, extra=[
        ("REMOTE_ADDR", "192.0.2.1")])
    sent.note(scope, answer, body)


def load(choices, sent, threads=THREADS, each=EACH):
    """All threads at once, each request through any of the fronts."""
    failed = []

    def work(seed):
        pick = random.Random(seed)
        try:
            for i in range(each):
                one(pick.choice(choices), seed + i, sent)
        except Exception as e:          # told by the thread that waits
            failed.append(e)
    crew = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    if failed:
        raise failed[0]


def by_outcome(scopes, which):
    return {(s["name"], word): n for s in scopes
            for word, n in s[which]["outcomes"].items()}


def agrees(run, name, front, sent):
    """Of pages made here, those that ask for the counters count too: this one
    not yet."""
    told = json.loads(seen(front))
    scopes = told["scopes"]
    for which in ("ever", "hour"):
        run.equal(by_outcome(scopes, which), dict(sent.outcomes),
                  "%s: every request, by its rule (%s)" % (name, which))
    got = {(s["name"], digit): n for s in scopes if s["name"] != "_own"
           for digit, n in s["ever"]["statuses"].items() if n}
    want = {k: n for k, n in sent.statuses.items() if k[0] != "_own"}
    run.equal(got, want, name + ": by status")
    for s in scopes:
        if s["name"] != "_own":
            run.equal((s["ever"]["in_bytes"], s["ever"]["out_bytes"]),
                      (sent.received[s["name"]], sent.sent[s["name"]]),
                      "%s: bytes of %s" % (name, s["name"]))
    minutes = told["all"]["minutes"]
    run.equal(sum(sum(minutes[k]) for k in minutes),
              sum(sent.outcomes.values()), name + ": minute by minute")
    sent.outcomes["_own", "ok"] += 1    # the page that was looked at
    return told


# --- the load

def eight_at_once(run):
    sent = Sent()
    fleet = [run.listen() for _ in range(PROCESSES)]
    load(fleet, sent)
    told = agrees(run, "eight at once", fleet[0], sent)
    run.equal((told["processes"], told["shared"], told["all"]["open"]),
              (PROCESSES, True, 1), "all of them live, and share")
    killed_in_between(run, fleet, sent)
    as_metrics(run, fleet[3], sent)
    as_page(run, fleet[5], sent)
    as_text(run, sent)
    for front in fleet:
        front.stop()
    after_all(run, sent)


def killed_in_between(run, fleet, sent):
    """Half of them, with a request under way in each: it has not ended, so it
    counts as nothing, and holds nothing."""
    held = [f.open("GET", "/x/wait/killed") for f in fleet[:4]]
    for step in held:
        step.finish()
    run.origin.wait("held killed", 4)
    told = agrees(run, "beside open ones", fleet[4], sent)
    run.equal([s["open"] for s in told["scopes"] if s["name"] == "x"], [4],
              "what is open shows")
    as_figures(run, fleet[5], sent)
    for front in fleet[:2]:
        front.process.kill()
        front.process.wait()
    told = agrees(run, "two are killed", fleet[4], sent)
    run.equal(([s["open"] for s in told["scopes"] if s["name"] == "x"],
               told["processes"]), ([2], PROCESSES - 2),
              "nothing of theirs is open any more")
    kill = [threading.Timer(0, f.process.kill) for f in fleet[2:4]]
    for timer in kill:                  # while the others count
        timer.start()
    load(fleet[4:], sent)
    for front in fleet[2:4]:
        front.process.wait()
    run.origin.release("killed", 4)
    fleet[:4] = [run.listen() for _ in range(4)]
    load(fleet, sent)
    cgi = fronts.Cgi(run.tree, run.site)
    load([cgi] + fleet, sent, threads=8, each=14)
    told = agrees(run, "killed, and others in their place", fleet[0], sent)
    run.equal((told["processes"], told["all"]["open"]), (PROCESSES, 1),
              "as many as live")
    states = {s["name"]: s["target"]["state"] for s in told["scopes"]
              if s["kind"] == "route"}
    run.equal(states, {"x": "up", "few": "up", "dead": "down"},
              "targets are up or down")
    limited = sent.outcomes["few", "rate_limited"]
    run.equal([(c["client"], c["scope"], c["refused"])
               for c in told["limited_clients"]],
              [("192.0.2.1", "few", limited)], "who was refused, how often")
    run.equal(sent.outcomes["few", "ok"], 10, "... beyond the rate")


# --- the other forms

SAMPLE = re.compile(r'viaduct_([a-z_]+)(?:\{route="([^"]*)"'
                    r'(?:,(\w+)="([^"]*)")?\})? (\S+)')


def as_metrics(run, front, sent):
    answer = front.ask("GET", "/_metrics", [OPERATOR])
    text = answer.body.decode()
    run.equal(answer.get("content-type"),
              "text/plain; version=0.0.4; charset=utf-8", "metrics: type")
    done = subprocess.run([trees.find("promtool"), "check", "metrics"],
                          input=text, text=True, capture_output=True,
                          check=False)
    run.equal((done.returncode, done.stdout, done.stderr), (0, "", ""),
              "metrics: promtool is content", text)
    samples = [SAMPLE.fullmatch(line) for line in text.splitlines()
               if line[0] != "#"]
    run.ok(all(samples), "metrics: every line is understood", text)
    got = {(m[2], m[4]): int(m[5]) for m in samples
           if m[1] == "requests_total"}
    run.equal(got, dict(sent.outcomes), "metrics: every request by its rule")
    counts = {m[2]: int(m[5]) for m in samples
              if m[1] == "request_duration_seconds_count"}
    last = {m[2]: int(m[5]) for m in samples if m[4] == "+Inf" and
            m[1] == "request_duration_seconds_bucket"}
    want = collections.Counter()
    for (scope, _), n in sent.outcomes.items():
        want[scope] += n
    run.equal((counts, last), (dict(want), dict(want)),
              "metrics: every request is timed")
    sent.outcomes["_own", "ok"] += 1


FAILURES = ("connection_refused", "target_down")


def sorts(sent, only=None):
    """Answered, refused, failed: of all, or of one scope."""
    got = [0, 0, 0]
    for (scope, word), n in sent.outcomes.items():
        if only in (None, scope):
            got[2 if word in FAILURES else int(word != "ok")] += n
    return got


def asked(sent, *scopes):
    """For how many a target was asked."""
    return sum(n for (scope, word), n in sent.outcomes.items()
               if scope in scopes and word in ("ok", "connection_refused"))


def plots(run, name, page, want, timed, of=""):
    """Each bar has its numbers, and is as high as they; so has the table
    beside it.  `timed': how many, and for how many a target was asked."""
    bars = shows.BAR.findall(page)
    got = [sum(int(bar[i]) for bar in bars) for i in (1, 2, 3)]
    run.equal(got, want, name + ": the plot of minutes: every request", page)
    heights = [(float(height), int(n)) for bar in bars
               for n, (_, height) in zip([n for n in bar[1:4] if n != "0"],
                                         shows.RECT.findall(bar[4]))]
    tallest = max(heights)
    each = tallest[0] / tallest[1]      # the least rounded
    run.ok(len(heights) == sum(n != "0" for bar in bars for n in bar[1:4]) and
           all(abs(height - n * each) < 0.5 for height, n in heights),
           name + ": ... and its bars are as high as the numbers", heights)
    series = {s: n for bar in bars for s, n in zip(
        [s for s, _ in shows.RECT.findall(bar[4])],
        [i for i, n in zip("abc", bar[1:4]) if n != "0"])}
    run.equal(series, {s: i for s, i, n in zip("152", "abc", want) if n},
              name + ": ... in their colours")
    minutes = shows.table(page, "Requests minute by minute" + of)
    run.equal((len(minutes), [sum(row[i] for row in minutes.values())
                              for i in range(3)]), (60, want),
              name + ": the table beside it")
    times = page.split("How long the requests")[1].split("</svg>")[0]
    run.equal(sum(int(n) for n in re.findall(r": (\d+)</title>", times)),
              timed[0], name + ": the plot of times: every request", times)
    times = shows.table(page, "How many requests took how long" + of)
    run.equal([sum(row[i] for row in times.values()) for i in (0, 1)], timed,
              name + ": the table beside it, and the target's")


def as_page(run, front, sent):
    """Plots and tables."""
    answer = front.ask("GET", "/_status", [OPERATOR])
    page = answer.body.decode()
    all_of_them = sum(sent.outcomes.values())
    plots(run, "all", page, sorts(sent),
          [all_of_them, asked(sent, "x", "few", "dead")])
    routes = shows.table(page, "Routes")
    run.equal({name: row[0] for name, row in routes.items()},
              {"x": total(sent, "x"), "few": total(sent, "few"),
               "dead": total(sent, "dead"), "own pages": total(sent, "_own"),
               "nowhere": total(sent, "_none"), "all": all_of_them},
              "the table of routes")
    words = collections.Counter()
    for (_, word), n in sent.outcomes.items():
        words[word] += n
    rules = shows.table(page, "Requests by rule")
    run.equal({word: row[1] for word, row in rules.items()}, dict(words),
              "the table of rules")
    run.equal(list(rules), sorted(rules, key=lambda w: -words[w]),
              "... the most frequent first")
    route_by_route(run, page, sent)
    run.ok('<th scope="row">192.0.2.1</th><td>few</td>' in page,
           "the table of clients", page)
    run.equal((answer.get("refresh"), answer.get("cache-control")),
              ("20", "no-store"), "the page comes again by itself")
    sent.outcomes["_own", "ok"] += 1
    for name in ("x", "few", "dead"):
        page = seen(front, "/_status?route=" + name)
        sent.outcomes["_own", "ok"] += 1
        part = page.split("<h2>%s</h2>" % name)[1].split(
            "<h2>All requests</h2>")[0]
        plots(run, name, part, sorts(sent, name),
              [total(sent, name), asked(sent, name)], " of " + name)


def route_by_route(run, page, sent):
    """Each has its rules, with their shares, and its answers by status."""
    rules, shares, statuses = {}, {}, {}
    for name in ("x", "few", "dead", "_own", "_none"):
        part = 'aria-label="Requests by rule of %s"' % name
        for word, row in shows.table(page, part[12:-1]).items():
            rules[name, word] = row[0]
        for word, share in re.findall(
                r"<code>(\w+)</code></th><td class=\"number\">([\d.]+) %",
                page.split(part)[1].split("</table>")[0]):
            shares[name, word] = float(share)
        for digit, row in shows.table(
                page, "Answers by status of " + name).items():
            if row[0]:
                statuses[name, digit] = row[0]
    run.equal(rules, dict(sent.outcomes), "by rule, route by route")
    run.ok(shares.keys() == rules.keys() and all(
        abs(share - 100 * rules[key] / total(sent, key[0])) <= .5
        for key, share in shares.items()), "... and the share of each", shares)
    own = {k: n for k, n in statuses.items() if k[0] != "_own"}
    want = {k: n for k, n in sent.statuses.items() if k[0] != "_own"}
    run.equal(own, want, "by status, route by route")


# --- figures

PERCENTILES = ("p50", "p90", "p99")


def agree(run, name, got, want):
    run.ok(len(got) == len(want) and all(map(shows.means, got, want)),
           name, (got, want))


def of_one(run, page, told, again):
    """A route's figures, wherever the page has them."""
    name, hour, ever = told["name"], told["hour"], told["ever"]
    took = [hour["total_ms"][p] for p in PERCENTILES]
    row = shows.figures(page, "Routes")[name]
    agree(run, name + ": percentiles and bytes in the table of all", row[7:12],
          took + [hour["in_bytes"], hour["out_bytes"]])
    run.equal(row[12], str(told["open"]), name + ": what is open there")
    rows = shows.figures(page, "Percentiles of the time taken of " + name)
    for head, times in (("Whole request", "total_ms"),
                        ("Its target", "target_ms")):
        agree(run, "%s: %s" % (name, head), rows[head],
              [hour[times][p] for p in (*PERCENTILES, "mean")])
    rows = shows.figures(page, "Bytes of bodies of " + name)
    for head, which in (("Received", "in_bytes"), ("Sent", "out_bytes")):
        agree(run, "%s: %s" % (name, head), rows[head],
              [hour[which], ever[which]])
    shown, plot = shows.line_of(page, name)
    agree(run, name + ": percentiles in its line",
          [shown["p50"], shown["p99"]], [took[0], took[2]])
    run.equal(shown["requests"], "{:,}".format(hour["requests"]),
              name + ": requests in its line")
    sparks = shows.spark(told), shows.spark(again)
    run.ok(plot in sparks, name + ": its spark line", (plot, sparks))


def as_figures(run, front, sent):
    """What the page and the command show is what the JSON has.  Nothing of
    these routes ends meanwhile; a minute may."""
    told, page, again = (seen(front, path) for path in (
        "/_status.json", "/_status", "/_status.json"))
    sent.outcomes["_own", "ok"] += 3
    told, again = ({s["name"]: s for s in json.loads(text)["scopes"]}
                   for text in (told, again))
    lines = run.command().stdout.split("\n\n")[0].splitlines()
    heads = lines[0].split("\t")
    rows = {line.split("\t")[0]: dict(zip(heads, line.split("\t")))
            for line in lines[1:]}
    for name in ("x", "few", "dead"):
        s, row = told[name], rows[name]
        run.equal([sum(s["minutes"][k]) for k in (
            "answered", "refused", "failed")], sorts(sent, name),
                  name + ": minute by minute")
        of_one(run, page, s, again[name])
        run.equal(
            [float(row[p.upper()]) for p in PERCENTILES] +
            [int(row[k]) for k in ("IN", "OUT", "OPEN")],
            [s["hour"]["total_ms"][p] for p in PERCENTILES] +
            [s["hour"]["in_bytes"], s["hour"]["out_bytes"], s["open"]],
            name + ": the command's percentiles, bytes and open ones")
    run.ok('<b>%d</b><span>open now</span>' % (told["x"]["open"] + 1) in page,
           "what is open, and the page itself", page)


def total(sent, scope):
    return sum(n for (s, _), n in sent.outcomes.items() if s == scope)


def as_text(run, sent):
    """Without a terminal: one line each, tabs between."""
    done = run.command()
    run.equal((done.returncode, done.stderr), (0, ""), "the command")
    tables = [[line.split("\t") for line in part.splitlines()]
              for part in done.stdout.split("\n\n")]
    rows = {row[0]: dict(zip(tables[0][0], row)) for row in tables[0][1:]}
    run.equal(int(rows["all"]["EVER"]), sum(sent.outcomes.values()),
              "the command: all requests", done.stdout)
    words = collections.Counter()
    for (_, word), n in sent.outcomes.items():
        words[word] += n
    run.equal({row[0]: int(row[4]) for row in tables[1][1:]}, dict(words),
              "the command: by rule")
    run.equal({(row[0], row[1]): int(row[3]) for row in tables[2][1:]},
              dict(sent.outcomes), "the command: by rule, route by route")
    run.equal({row[0]: (row[1], row[4]) for row in tables[3][1:]
               if row[0] in ("x", "dead")},
              {"x": (str(sent.statuses["x", "2xx"]), "0"),
               "dead": ("0", str(sent.statuses["dead", "5xx"]))},
              "the command: by status, route by route")
    run.ok(re.fullmatch(r"down since 20\d\d-\S+Z: connection_refused"
                        "(, not asked now)?", rows["dead"]["TARGET"]),
           "the command: a target", rows)
    run.equal(by_outcome(json.loads(run.command("--json").stdout)["scopes"],
                         "ever"), dict(sent.outcomes),
              "the command: --json is the same")


def after_all(run, sent):
    """The counters outlive every process."""
    told = json.loads(run.command("--json").stdout)
    run.equal((by_outcome(told["scopes"], "ever"), told["processes"],
               told["all"]["open"]), (dict(sent.outcomes), 0, 0),
              "when all have ended")
    run.equal(told["settings_sound"], None,
              "the command says nothing of what it has not looked at")


# --- for whom, and what not

def on_a_terminal(run):
    """As wide as it must be, and in line."""
    done = subprocess.run(
        ["script", "-qec", "exec %s status -c %s" % (
            run.tree.program, run.site.config), "/dev/null"],
        text=True, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    table = done.stdout.replace("\r", "").split("\n\n")[1].splitlines()
    right = [m.end() for m in re.finditer(r"\S+", table[0])][2:-1]
    run.ok(len(table) == 7 and all(
        line[end - 1] != " " and line[end:end + 2] == "  "
        for line in table for end in right), "a terminal: numbers in line",
        done.stdout)


def for_the_operator(run):
    front = run.listen()
    for path in ("/_status.json", "/_metrics"):
        for fields in ([], [("X-API-Key", KEY + "x")],
                       [("X-API-Key", "vd1_" + "a" * 52)]):
            answer = front.ask("GET", path, [*fields, cases.JSON])
            run.equal((answer.status, answer.rule), (403, "operator_only"),
                      "%s: not for others" % path, answer)
        answer = front.ask("GET", path, [("Authorization", "Bearer " + KEY)])
        run.equal(answer.status, 200, path + ": by the field that Prometheus "
                  "sends", answer)
        answer = front.ask("GET", path, [OPERATOR])
        run.equal((answer.status, answer.get("cache-control")),
                  (200, "no-store"), path + ": no cache keeps it", answer)
        answer = front.ask("HEAD", path, [OPERATOR])
        run.equal((answer.status, answer.body), (200, b""), path + ": HEAD")
        answer = front.ask("POST", path, [OPERATOR], b"x")
        run.equal((answer.status, answer.get("allow")), (405, "GET, HEAD"),
                  path + ": nothing is posted")
    front.stop()


def health(run):
    """Also while the last good settings are in use: who starts now has none."""
    with open(run.site.config, encoding="utf-8") as file:
        good = file.read()
    front = run.listen()
    answer = front.ask("GET", "/_health")
    run.equal((answer.status, answer.body), (200, b"ok\n"), "health: ok")
    run.site.write_ini(good + "[server]\nthreads = none\n")
    answer = front.ask("GET", "/_health", [cases.JSON])
    run.equal((answer.status, answer.rule), (503, "configuration"),
              "health: settings are bad", answer)
    run.equal(front.ask("GET", "/x/echo").status, 200,
              "... and the last good ones in use")
    run.ok('"settings_sound":false' in seen(front) and
           "viaduct_settings_sound 0\n" in seen(front, "/_metrics"),
           "... which the counters say as well")
    run.equal(fronts.Cgi(run.tree, run.site).ask("GET", "/_health").status,
              503, "health: of a process that starts with them")
    done = run.command()
    run.equal((done.returncode, done.stdout), (78, ""),
              "the command names what is bad", done.stderr)
    run.site.write_ini(good)
    run.equal(front.ask("GET", "/_health").status, 200, "health: mended")
    os.rename(run.site.database, run.site.database + ".away")
    run.equal(front.ask("GET", "/_health").status, 503,
              "health: there is no table")
    os.rename(run.site.database + ".away", run.site.database)
    run.equal(front.ask("GET", "/_health").status, 200, "health: it is back")
    front.stop()


def no_file(run):
    """Each process by itself, and says so."""
    run.fresh()
    done = run.command()
    run.ok(done.returncode == 66 and "is not there: the first request makes "
           "it" in done.stderr, "the command: nothing was counted yet",
           done.stderr)
    os.chmod(os.path.join(run.site.folder, run.state), 0o500)
    fleet = [run.listen() for _ in range(2)]
    for front in fleet:
        front.ask("GET", "/x/echo")
        told = json.loads(seen(front))
        run.equal((told["shared"], told["all"]["ever"]["requests"]),
                  (False, 1), "no file: a process counts by itself")
        front.stop()
    os.chmod(os.path.join(run.site.folder, run.state), 0o700)


def as_documented(run):
    """The README's settings for Prometheus are such."""
    (text,) = re.findall(r"```yaml\n(.*?)```", run.readme, re.S)
    path = run.tree.write("prometheus.yml", text)
    done = subprocess.run(
        [trees.find("promtool"), "check", "config", "--syntax-only", path],
        text=True, capture_output=True, check=False)
    run.equal(done.returncode, 0, "the README's settings for Prometheus",
              done.stdout + done.stderr)
    run.ok("metrics_path: /gw/_metrics" in text and "authorization" in text,
           "... name the page and the key", text)


def hostile_words(run):
    """What comes with a request is no label and no text of ours."""
    front = run.listen()
    evil = "x\"><script>&\\'{}"
    front.ask("GET", "/" + "".join("%%%02x" % ord(c) for c in evil))
    front.ask("GET", "/?route=" + "".join("%%%02x" % ord(c) for c in evil))
    front.ask("GET", "/few/echo", [("User-Agent", evil), ("X-API-Key", evil)],
              extra=[("REMOTE_ADDR", evil)])
    for path in ("/_status", "/_status.json", "/_metrics"):
        run.ok("<script" not in seen(front, path), "hostile words: " + path)
    front.stop()


STORIES = [eight_at_once, on_a_terminal, for_the_operator, as_documented,
           health, no_file, hostile_words]


def main():
    trees.need("sqlite3", "promtool", "script")
    with open(os.path.join(trees.SOURCE, "README.md"),
              encoding="utf-8") as file:
        readme = file.read()            # while the source can be read
    tree, origin, site = cases.prepare()
    tap = taps.Tap()
    run = Run(tap, tree, origin, site)
    run.readme = readme
    for story in STORIES:
        tap.guard(story.__name__, story, run)
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
