"""The access log: a line per request, which says what was sent."""
import json
import re

import tree as trees
from cases import APP, BAD, JSON, Row, rule_of

ORIGIN = ("Origin", APP)
MEMBERS = ["time", "id", "client", "user", "method", "path", "protocol",
           "origin", "referer", "user_agent", "route", "target", "status",
           "rule", "cause", "cut", "bytes", "upload_bytes", "target_first_ms",
           "target_ms", "total_ms"]
COMBINED = re.compile(
    r'(?P<client>\S+) - (?P<user>\S+) \[[^]]+\] "(?P<method>\S+) '
    r'(?P<path>[^"]*) (?P<protocol>\S+)" (?P<status>\d+) (?P<bytes>\d+) '
    r'"(?P<referer>[^"]*)" "(?P<user_agent>[^"]*)" (?P<route>\S+) '
    r'(?P<rule>\S+) (?P<target_s>-|\d+\.\d{3}) (?P<total_s>\d+\.\d{3}) '
    r'(?P<id>[0-9a-f]{32})')


# How long both took, and what the target says of itself.
TIMES = r"gateway;dur=\d+\.\d{3}, target;dur=\d+\.\d{3}"
SAYS = "/say?h=Server-Timing:db;dur=5"


def rows(_):
    def row(name, path, want, **more):
        more.setdefault("fields", [ORIGIN])
        return Row("times: " + name, path, has={
            "server-timing": want and re.compile(want)}, **more)
    return [
        row("of a target", "/timed/echo", TIMES),
        row("before what it says of itself", "/timed" + SAYS,
            TIMES + ", db;dur=5"),
        row("of an error", "/timed/fault/ssh", TIMES, status=502, hits=1,
            rule="bad_response", fields=[ORIGIN, JSON]),
        row("of what asked nobody", "/timed/echo", r"gateway;dur=\d+\.\d{3}",
            method="PROPFIND", status=405, rule="method_not_allowed",
            fields=[ORIGIN, JSON]),
        row("for a program", "/timed/echo", TIMES, fields=[]),
        row("not for another origin", "/timed/echo", None, status=403,
            rule="origin_not_allowed", fields=[("Origin", BAD), JSON]),
        row("not for a page that embeds it", "/timed/echo", None, fields=[
            ("Sec-Fetch-Site", "cross-site")]),
        row("not in a preflight", "/timed/echo", None, status=204, hits=0,
            method="OPTIONS", fields=[
                ORIGIN, ("Access-Control-Request-Method", "PUT")]),
        row("not unless the settings say so", "/o/echo", None),
        row("then the target's alone", "/o" + SAYS, "db;dur=5"),
    ]


def read(line):
    """A line in either format, by the names of JSON's members; None for what
    is in neither."""
    if not line.startswith("{"):
        found = COMBINED.fullmatch(line)
        if not found:
            return None
        found = {k: None if v == "-" else v
                 for k, v in found.groupdict().items()}
        found["status"], found["bytes"] = (int(found["status"]),
                                           int(found["bytes"] or 0))
        return found
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if list(found) == MEMBERS else None


def line_of(site, answer):
    """What is logged of this answer's request."""
    name = answer.get("x-request-id")

    def look():
        return [line for line in site.access_log().splitlines()
                if name in line]
    lines = trees.until(look) or [""]
    return read(lines[0]) if len(lines) == 1 else lines


def part(line, *names):
    return [line.get(n) for n in names] if isinstance(line, dict) else line


def lines_of_json(run):
    """Each member agrees with what was sent and received."""
    undo = run.site.settings("log", format="json")
    try:
        plain(run)
        refused(run)
        incomplete(run)
        hops(run)
        hostile(run)
    finally:
        undo()


def plain(run):
    secret = "&token=planted-in-a-logged-query"
    answer = run.ask("GET", "/o/bytes/300?x=1" + secret, [
        ORIGIN, ("Referer", APP + "/page?a=1" + secret),
        ("User-Agent", "agent/1 (x; y)")])
    line = line_of(run.site, answer)
    run.equal(part(line, "client", "user", "method", "path", "protocol",
                   "origin", "referer", "user_agent", "route", "target",
                   "status", "rule", "cause", "cut", "bytes", "upload_bytes"),
              ["127.0.0.1", None, "GET", run.front.mount + "/o/bytes/300",
               "HTTP/1.1", APP, APP + "/page", "agent/1 (x; y)", "o",
               run.origin.url, 200, None, None, False, 300, 0],
              "lines_of_json: a GET", line)
    first, target, total = part(line, "target_first_ms", "target_ms",
                                "total_ms")
    run.ok(0 < first <= target <= total, "lines_of_json: its times", line)
    run.ok(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
                        part(line, "time")[0]), "lines_of_json: and begin",
           line)
    answer = run.ask("POST", "/o/echo", [ORIGIN, (
        "Content-Type", "text/plain")], b"12345")
    line = line_of(run.site, answer)
    run.equal(part(line, "method", "upload_bytes", "bytes"),
              ["POST", 5, len(answer.body)], "lines_of_json: a POST", line)


def refused(run):
    run.down_anew()
    down = run.site.sql("SELECT rtrim(url, '/x') FROM routes WHERE name = "
                        "'down';").strip()
    for path, want in (
            ("/nowhere", [404, None, None, "no_route"]),
            ("/get-only/echo", [405, "get-only", None,
                                "method_not_allowed"]),
            ("/down/x", [502, "down", down, "connection_refused"])):
        method = "PUT" if "only" in path else "GET"
        answer = run.ask(method, path, [ORIGIN, JSON],
                         b"" if method == "PUT" else None)
        line = line_of(run.site, answer)
        run.equal(part(line, "status", "route", "target", "rule", "bytes"),
                  want + [len(answer.body)], "lines_of_json: " + path, line)
        run.equal(part(line, "target_ms") != [None], want[2] is not None,
                  "lines_of_json: the target's time of " + path, line)


def incomplete(run):
    """The head is out: the status is the target's, the rule is ours."""
    answer = run.ask("GET", "/o/cut/200000/300000", [ORIGIN])
    line = line_of(run.site, answer)
    run.equal(part(line, "status", "rule", "cut"),
              [200, "response_incomplete", True], "lines_of_json: a cut", line)


def hops(run):
    """The origin that was asked last; its time holds that of all hops."""
    away = run.origin.url.replace("127.0.0.1", "localhost")
    run.site.route("twin", away)        # else it may not be reached
    answer = run.ask("GET", "/follow/redirect?to=%s/echo" % away, [ORIGIN])
    run.site.drop("twin")
    line = line_of(run.site, answer)
    run.equal(part(line, "route", "target", "status"), ["follow", away, 200],
              "lines_of_json: a redirect", line)


def hostile(run):
    """Whatever a server lets through, and it is UTF-8 afterwards."""
    agent = "\xc3\xa9\"\\ \xff" + "x" * 3000
    answer = run.ask("GET", "/o/echo/%1B%FF%22%5C%0A", [
        ORIGIN, ("User-Agent", agent)])
    if answer.get("x-request-id") is None:
        return                          # that server refuses it by itself
    line = line_of(run.site, answer)
    name, path = part(line, "user_agent", "path")
    run.ok(name.startswith("\xe9\"\\ \ufffdxxx") and name.endswith("x...")
           and len(name) < 800, "lines_of_json: hostile bytes", line)
    run.ok(path.startswith(run.front.mount), "lines_of_json: and path", line)


def logged(site):
    """The lines by their ids, and what is no line."""
    lines, odd = {}, []
    for text in site.access_logs().splitlines():
        line = read(text)
        if line is None or len(text) > 4095 or not text.isprintable():
            odd.append(text)
        else:
            lines.setdefault(line["id"], []).append(line)
    return lines, odd


def answers_agree(run):
    """After all of the list: each answer that has an id has its line, in the
    one format or the other, and that says what was received.  A line is
    written when an answer has gone out, so the last may be still to come."""
    names = {answer.get("x-request-id"): (method, path, answer)
             for method, path, answer in run.seen
             if answer.get("x-request-id") is not None
             and rule_of(answer) != "configuration"}    # that names no log
    trees.until(lambda: names.keys() <= logged(run.site)[0].keys())
    lines, odd = logged(run.site)
    run.equal(odd[:3], [], "answers_agree: every line can be read")
    wrong = ["%s %s: %s" % (method, path, fault)
             for name, (method, path, answer) in names.items()
             for fault in disagreements(answer, lines.get(name, []))]
    run.equal(wrong[:3], [], "answers_agree: with what was received")
    run.ok(len(names) > 300, "answers_agree: of which there were many")


def disagreements(answer, lines):
    if len(lines) != 1:
        yield "%d lines" % len(lines)
        return
    line, rule = lines[0], rule_of(answer)
    if line["status"] != answer.status:
        yield "status %s, not %s" % (line["status"], answer.status)
    if answer.whole and line["bytes"] != len(answer.body):
        yield "%s bytes, not %d" % (line["bytes"], len(answer.body))
    if answer.get("proxy-status") and line["rule"] != rule and \
            rule != "loop":             # an answer of the inner one
        yield "rule %s, not %s" % (line["rule"], rule)


STORIES = [lines_of_json]
