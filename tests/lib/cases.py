"""The one list of end-to-end cases, run alike through every front.

A Row is one request with what must come of it; a function is a story of
several.  What a server does in its own way stands in differences.py, with the
reason; everything else is the same everywhere.
"""
import json
import os
import re
import socket
import traceback

import differences
import fronts
import origin as origins
import sites
import tap as taps
import tree as trees

APP = "https://app.example"             # allowed by the settings
OWN = "https://own.example"             # own_origin
BAD = "https://evil.example"            # allowed nowhere
JSON = ("Accept", "application/json")


class Row:
    """One request.

    name        unique; differences.py goes by it
    path        below the mount
    status      expected; a tuple where several are right
    rule        the stable word of a refusal made here
    target      what the origin must have received as the request target
    hits        how many requests reach the origin; by default one, or none
                when there is a rule
    has         fields of the answer: exact value, a pattern, or None: absent
    body        of the answer: exact, or a pattern that is in it
    echo        parts of the origin's echo, exact
    cors        all CORS fields of the answer, exact
    vary        names that Vary must hold
    """

    def __init__(self, name, path, status=200, method="GET", fields=(),
                 rule=None, target=None, hits=None, has=None, body=None,
                 echo=None, send=None, chunked=False, cors=None, vary=None):
        self.name, self.path, self.status = name, path, status
        self.method, self.fields = method, list(fields)
        self.rule, self.target, self.has = rule, target, has or {}
        self.hits = (0 if rule else 1) if hits is None else hits
        self.body, self.echo = body, echo or {}
        self.send, self.chunked = send, chunked
        self.cors, self.vary = cors, vary

    def changed(self, other):
        """This row with what a front does otherwise."""
        row = Row.__new__(Row)
        row.__dict__.update(self.__dict__)
        row.__dict__.update(other)
        return row


class Run:
    """What a case needs: the front, the origin, the settings, the report."""

    def __init__(self, front, origin, site, tap):
        self.front, self.origin, self.site, self.tap = \
            front, origin, site, tap
        self.open = front.open
        self.seen = []                  # (method, path, answer)
        self.tree = front.tree
        self.excused = True             # differences.py counts

    def ask(self, method, path, *how, **more):
        answer = self.front.ask(method, path, *how, **more)
        self.seen.append((method, path, answer))
        return answer

    def tree_path(self, name):
        return self.front.tree.at(name)

    def tree_write(self, name, content):
        return self.front.tree.write(name, content)

    def down_anew(self):
        """The route `down' with another URL: what failed so far were
        connections to another target (target_down)."""
        self.site.sql("UPDATE routes SET url = url || '/x' WHERE name = "
                      "'down';")

    def tail(self):
        return "server's log:\n" + self.front.tail()

    def ok(self, good, name, answer=""):
        if not good and self.excused and (
                different := differences.of(self.front.name, name)):
            return self.tap.allowed(name, different.reason)
        return self.tap.ok(good, name,
                           lambda: "%s\n%s" % (answer, self.tail()))

    def equal(self, got, want, name, answer=""):
        return self.ok(got == want, name, "got:  %r\nwant: %r\n%s"
                       % (got, want, answer))

    def row(self, row):
        different = differences.of(self.front.name, row.name)
        if different:
            if different.expect is differences.NOTHING:
                self.tap.allowed(row.name, different.reason)
                return
            row = row.changed(different.expect)
        self.origin.arrived()
        answer = self.ask(row.method, row.path, row.fields, row.send,
                          row.chunked)
        arrived = self.origin.arrived()
        wrong = list(judge(row, answer, arrived))
        self.tap.ok(not wrong, row.name, lambda: "%s\n%s %s %s\n%s\n%s" % (
            "\n".join(wrong), row.method, row.path, row.fields, answer,
            self.tail()))


def judge(row, answer, arrived):
    """Yield everything that is not as the row says."""
    wanted = row.status if isinstance(row.status, tuple) else (row.status,)
    if answer.status not in wanted:
        yield "status %s, not %s" % (answer.status, row.status)
    if row.rule and rule_of(answer) != row.rule:
        yield "rule %s, not %s" % (rule_of(answer), row.rule)
    if len(arrived) != row.hits:
        yield "the origin was asked %d times, not %d: %s" % (
            len(arrived), row.hits, [a["target"] for a in arrived])
    if row.target is not None and arrived and \
            arrived[-1]["target"] != row.target:
        yield "the origin got %r" % arrived[-1]["target"]
    for name, want in row.has.items():
        yield from judge_field(name, answer.all(name), want)
    if row.body is not None and not (
            row.body.search(answer.body) if isinstance(row.body, re.Pattern)
            else answer.body == row.body):
        yield "body %r, not %r" % (answer.body[:200], row.body)
    for name, want in row.echo.items():
        if answer.echo.get(name) != want:
            yield "%s %r, not %r" % (name, answer.echo.get(name), want)
    if row.cors is not None and cors_of(answer) != row.cors:
        yield "CORS %s, not %s" % (cors_of(answer), row.cors)
    if row.vary is not None:
        yield from judge_vary(answer, row.vary)
    if row.method != "HEAD" and not answer.whole:
        yield "the answer was cut"
    if row.method == "HEAD" and answer.body:
        yield "HEAD with a body"


def cors_of(answer):
    """The CORS fields; a repeated one shows as a list."""
    found = {}
    for name, value in answer.fields:
        name = name.lower()
        if name.startswith("access-control-") or \
                name == "timing-allow-origin":
            name = name.removeprefix("access-control-")
            found[name] = [found[name], value] if name in found else value
    return found


def judge_vary(answer, want):
    lines = answer.all("vary")
    names = [n.strip().lower() for n in ",".join(lines).split(",")]
    if len(lines) != 1:
        yield "%d Vary fields: %s" % (len(lines), lines)
    if len(set(names)) != len(names):
        yield "Vary repeats: %s" % lines
    missing = {w.lower() for w in want} - set(names)
    if missing:
        yield "Vary %s lacks %s" % (lines, missing)


def judge_field(name, values, want):
    if want is None:
        if values:
            yield "%s: %s, but there should be none" % (name, values)
    elif len(values) != 1:
        yield "%s: %d of them: %s" % (name, len(values), values)
    elif hasattr(want, "fullmatch"):
        if not want.fullmatch(values[0]):
            yield "%s: %r" % (name, values[0])
    elif values[0] != want:
        yield "%s: %r, not %r" % (name, values[0], want)


def rule_of(answer):
    """The word in problem+json, else in Proxy-Status."""
    found = re.search(r'details="([a-z_]+)"', answer.get("proxy-status") or "")
    return answer.rule or (found and found.group(1))


def routes(origin):
    """Name -> (URL, columns)."""
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))       # never listens: refuses for good
    routes.closed = closed
    url = origin.url
    return {
        "o": (url, {}),
        "base": (url + "/echo/v1/", {}),
        "deep": (url + "/echo/v1", {}),
        "key": (url + "/echo/v1?appid=K1", {}),
        "any": (url, {"allow_origins": "*"}),
        "list": (url, {"allow_origins": APP + " https://*.pattern.example "
                       "null"}),
        "cred": (url, {"allow_origins": APP, "allow_credentials": 1}),
        "none": (url, {"allow_origins": ""}),
        "must": (url, {"require_origin": "yes"}),
        "get-only": (url, {"allow_methods": "GET"}),
        "embed": (url, {"embed": 1}),
        "off": (url, {"enabled": 0}),
        "private": (url, {"allow_private": "no"}),
        "quick": (url, {"request_timeout": "0.4"}),
        "idle": (url, {"idle_timeout": "0.4"}),
        "total": (url, {"total_timeout": "1.5"}),
        "small": (url, {"payload_quota": "1K", "upload_quota": "1K"}),
        "timed": (url, {"timing_allow_origin": 1, "embed": 1}),
        "slim": (url, {"header_quota": "1K"}),
        "down": ("http://127.0.0.1:%d" % closed.getsockname()[1], {}),
        "nodns": ("http://no-such-name.invalid/", {}),
        "pass": (url + "/redirect", {"redirects": "pass"}),
        "follow": (url, {"redirects": "follow"}),
        "host": (url, {"preserve_host": 1}),
        "their": (url, {"cors": "target", "allow_origins": APP}),
        "bare": (url, {"no_headers": 1}),
        "only": (url, {"forward_headers": "X-One Accept"}),
        "tells": (url, {"forwarded": "rfc7239"}),
        "tells-x": (url, {"forwarded": "x"}),
        "agent": (url, {"user_agent": "fixed/1"}),
        "iso": (url, {"cookies": "isolate"}),
        "iso-b": (url, {"cookies": "isolate"}),
        "pages": (url, {"render": 1}),
        "pages-host": (url, {"render": 1, "preserve_host": 1}),
        "member": (url, {"cookies": "isolate", "allow_credentials": 1}),
        **cases_secrets().routes(url),
        "keyed": (url, {"access": "key", "allow_headers": "X-One"}),
    }


def modules():
    """Those that hold the list; they import this one."""
    import cases_access
    import cases_cookies
    import cases_cors
    import cases_fields
    import cases_path
    import cases_flow
    import cases_log
    import cases_whole
    return (cases_path, cases_cors, cases_fields, cases_cookies,
            cases_flow, cases_secrets(), cases_access, cases_log,
            cases_whole)


def cases_secrets():
    import cases_secrets as module
    return module


def cases_log():
    import cases_log as module
    return module


def case_list(origin):
    """All cases in their order."""
    rows = []
    for module in modules():
        rows += module.rows(origin)
        rows += module.STORIES
    return rows


def run_story(run, story):
    name = story.__name__
    different = differences.of(run.front.name, name)
    if different and different.expect is differences.NOTHING:
        run.tap.allowed(name, different.reason)
        return
    run.origin.arrived()
    try:
        story(run)
    except Exception:
        run.tap.ok(False, name, traceback.format_exc() + run.tail())


def prepare(tls=False, **sections):
    """(tree, origin, site) with the routes of the list."""
    cases_cors = modules()[1]           # while the source can be read
    tree = trees.Tree()
    origin = origins.Origin(tree, tls=tls)
    site = sites.Site(tree, **sections)
    site.routes(routes(origin))
    cases_secrets().fields(site)
    origin.key = site.key("page", "--routes", "keyed,any")
    origin.tree, origin.refused = tree, set()
    for route, (url, columns) in cases_cors.table_routes(tree,
                                                         origin.url).items():
        try:
            site.route(route, url, **columns)
        except AssertionError:          # the database refuses such a row
            origin.refused.add(route)
    return tree, origin, site


def main(name, more=None):
    """The test program of one front; `more' are stories of its own."""
    trees.need(*fronts.PROGRAMS[name])
    tree, origin, site = prepare()
    tap = taps.Tap()
    front = fronts.FRONTS[name](tree, site).start()
    run = Run(front, origin, site, tap)
    for case in case_list(origin) + (more or []):
        if isinstance(case, Row):
            tap.guard(case.name, run.row, case)
        else:
            run_story(run, case)
    cases_secrets().nothing_leaks(run)
    cases_log().answers_agree(run)
    front.stop()
    for leak in sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", leak)
    tap.done()


def sanitizer_reports(tree):
    """What a sanitizer wrote into any log."""
    for log in sorted(os.listdir(tree.path)):
        text = tree.read(log) if log.endswith(".log") else ""
        at = re.search("ERROR: AddressSanitizer|runtime error:|"
                       "ERROR: LeakSanitizer|WARNING: ThreadSanitizer", text)
        if at:
            yield text[at.start():][:3000]


def problem(answer):
    try:
        return json.loads(answer.body)
    except ValueError:
        return {}
