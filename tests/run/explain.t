#!/usr/bin/python3 -B
"""What `viaduct explain' and MOUNT/_explain say of a request is what the
gateway makes of it: status, rule, CORS fields, over the list of cases.  And
they show no secret, ask nobody, count nothing and log nothing."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import json                                             # noqa: E402
import subprocess                                       # noqa: E402
import urllib.parse                                     # noqa: E402

import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

# What only asking shows: of the target, and of a body as it comes.
LATER = {"dns", "address_prohibited", "connection_refused",
         "connection_timeout", "destination_unavailable", "response_timeout",
         "read_timeout", "total_timeout", "tls_protocol", "tls_certificate",
         "bad_response", "upgrade", "head_too_large", "body_too_large",
         "response_incomplete", "upload_incomplete", "upload_stalled",
         "rate_limited"}
# A target has to say where it sends.
ASKED = {"filtered: a redirect is judged again"}
# Answered here from the path as a server reads it, which nobody sent here.
SERVERS = {"ambiguous_path"}


def command(run, *words):
    """Exit status, standard output, standard error."""
    done = subprocess.run([run.tree.program, "explain", "-c",
                           run.site.config, *words], text=True,
                          capture_output=True, check=False, timeout=60,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def words_of(row):
    """A row of the list as arguments."""
    words = ["--json", "-X", row.method]
    for name, value in row.fields:
        words += ["-H", "%s: %s" % (name, value)]
    if row.send is not None and not row.chunked:
        words += ["-H", "Content-Length: %d" % len(row.send)]
    return words + ["--", row.path]


def said(explained, name):
    return [f["value"] for f in explained["answer"]["fields"]
            if f["name"].lower() == name]


def cors_said(explained):
    return {f["name"].lower().removeprefix("access-control-"): f["value"]
            for f in explained["answer"]["fields"]
            if f["name"].lower().startswith("access-control-")
            or f["name"].lower() == "timing-allow-origin"}


def differ(explained, answer):
    """Yield where the explanation is not what happened."""
    rule = cases.rule_of(answer)
    relayed = explained["answer"]["relayed"]
    if relayed != (rule is None or rule in LATER) and answer.status != 204 \
            and explained["route"]:
        yield "relayed %s, but %s" % (relayed, rule)
    if not relayed and explained["answer"]["status"] != answer.status:
        yield "status %s" % explained["answer"]["status"]
    if explained["rule"] != (None if rule in LATER else rule):
        yield "rule %s, not %s" % (explained["rule"], rule)
    want, got = cases.cors_of(answer), cors_said(explained)
    if rule in LATER or (relayed and got.get("allow-credentials")):
        want.pop("expose-headers", None)    # names what the target sends
        got.pop("expose-headers", None)
    if want != got and not explained["browser"]["sentences"][-1].startswith(
            "With cors = target"):
        yield "CORS %s, not %s" % (got, want)
    for name in "allow", "www-authenticate":
        if not relayed and said(explained, name) != answer.all(name):
            yield "%s %s, not %s" % (name, said(explained, name),
                                     answer.all(name))


def compare(run, row):
    answer = run.front.ask(row.method, row.path, row.fields, row.send,
                           row.chunked)
    if cases.rule_of(answer) in SERVERS:
        return
    log = run.tree.read("site/access.log")
    run.origin.arrived()
    status, out, err = command(run, *words_of(row))
    wrong = []
    try:
        explained = json.loads(out)
        wrong += differ(explained, answer)
        if explained["permitted"] and status == 1 and \
                explained["browser"].get("sends", True):
            wrong.append("status 1 for what is permitted")
        if not explained["permitted"] and status != 1:
            wrong.append("status %d for what is refused" % status)
    except ValueError:
        wrong.append("no JSON, status %d: %s" % (status, err))
    if run.origin.arrived():
        wrong.append("the target was asked")
    if run.tree.read("site/access.log") != log:
        wrong.append("it was logged")
    run.tap.ok(not wrong, "explained: " + row.name, lambda: "%s\n%s %s %s\n"
               "%s\n%s" % ("\n".join(wrong), row.method, row.path, row.fields,
                           answer, out))


def is_sent(row):
    """Can the words of a command carry it?"""
    text = row.path + "".join(n + v for n, v in row.fields)
    return "\0" not in text and not row.chunked and row.name not in ASKED


def ask(run, path, fields=(), method="GET", body=None):
    """As the operator asks: by no name that leads here by chance."""
    return run.front.ask(method, path, [("Host", "localhost"), *fields],
                         body)


# What is refused, and the column or setting by which the first statement for
# that rule changes it.
MENDED = [
    ("origin_not_allowed", "allow_origins", ["-o", "https://new.example",
                                             "o/echo"]),
    ("origin_not_allowed", "allow_origins", ["-o", "null", "o/echo"]),
    ("origin_not_allowed", "allow_origins", ["-o", cases.BAD, "none/echo"]),
    ("origin_not_allowed", "[cors]\nallow_origins", ["-o", cases.BAD,
                                                     "nowhere"]),
    ("origin_required", "require_origin", ["must/echo"]),
    ("method_not_allowed", "allow_methods", ["-X", "PUT", "get-only/echo"]),
    ("method_not_allowed", "allow_methods", ["get-only/echo?x=1", "-X",
                                             "DELETE"]),
    ("filtered_path", "filtered_path", ["filter/private/x"]),
    ("fetch_mode", "embed", ["-H", "Sec-Fetch-Mode: no-cors", "-H",
                             "Sec-Fetch-Site: cross-site", "o/echo"]),
    ("fetch_mode", "render", ["-H", "Sec-Fetch-Mode: navigate", "-H",
                              "Sec-Fetch-Site: cross-site", "o/echo"]),
    ("upload_too_large", "upload_quota", ["-X", "POST", "-H",
                                          "Content-Length: 1100000",
                                          "small/echo"]),
    ("no_route", "INSERT INTO routes", ["brand-new/x"]),
    ("no_route", "enabled", ["off/echo"]),
    ("key_required", "access", ["keyed/echo"]),
    ("target_not_allowed", "[routes]\ntarget", ["-o", cases.APP,
                                                "https://t.example/"]),
]


def apply(run, statement):
    """As an operator would."""
    if statement[0] != "[":
        run.site.sql(statement)
        return
    section, line = statement.split("\n")
    key, value = line.split("=", 1)
    run.site.settings(section.strip("[]"), **{key.strip(): value.strip()})


def mended(run):
    """Each statement that is proposed changes what it is proposed for."""
    database = run.site.database
    for rule, changes, words in MENDED:
        with open(database, "rb") as file:
            before = file.read()
        undo = run.site.settings("cors")
        status, out, _ = command(run, "--json", *words)
        told = json.loads(out)
        name = "mended: %s by %s" % (rule, changes.split("\n")[-1])
        run.equal((status, told["rule"]), (1, rule), name + ": refused", out)
        for remedy in told["remedies"]:
            if changes in (remedy["statement"] or ""):
                apply(run, remedy["statement"])
        again = json.loads(command(run, "--json", *words)[1])
        refused = [s["rule"] for s in again["steps"]
                   if s["outcome"] == "refuse"]
        run.ok(rule not in refused, name, "%s\n%s" % (out, refused))
        undo()
        with open(database, "wb") as file:
            file.write(before)
    preflights(run)


def preflights(run):
    """What a browser holds against the answer has its statement, too."""
    for words, changes in (
            (["-X", "POST", "-H", "X-New: 1", "-o", cases.APP, "keyed/x"],
             "allow_headers"),
            (["-H", "Cookie: a=b", "-o", cases.APP, "o/x"],
             "allow_credentials")):
        before = json.loads(command(run, "--json", *words)[1])
        statements = [r["statement"] for r in before["remedies"]
                      if changes in (r["statement"] or "")]
        run.equal(len(statements), 1, "mended: there is a statement for "
                  + changes, before)
        apply(run, statements[0])
        after = json.loads(command(run, "--json", *words)[1])
        run.ok(before["browser"]["sentences"] !=
               after["browser"]["sentences"] and after["browser"]["sends"] and
               (changes == "allow_headers" or
                after["browser"]["reads_with_credentials"] == "yes"),
               "mended: %s is held against it no more" % changes, after)


def pages_with_forms(run):
    """Who may not see a page of the operator's may not send its form."""
    for path in "/_status", "/_check", "/_explain":
        for fields in ([], [("Origin", cases.APP)], [
                ("Origin", cases.APP), ("Host", "app.example")]):
            answer = run.front.ask("POST", path, [
                cases.JSON, ("X-Forwarded-For", "192.0.2.7"), *fields], b"")
            words = [w for f in fields for w in ("-H", "%s: %s" % f)]
            status, out, _ = command(run, "--json", "-X", "POST", *words,
                                     path)
            told = json.loads(out)
            run.equal((status, told["permitted"], told["rule"],
                       told["answer"]["status"]),
                      (1, False, answer.rule, 403),
                      "POST %s %s: refused" % (path, fields), answer)
            run.ok(not [r for r in told["remedies"] if r["statement"]],
                   "... and no statement changes it", told["remedies"])


def in_a_terminal(run):
    """Lines are short, nothing in them commands a terminal, and what the
    operator keeps to himself is not shown."""
    for words in (["-X", "PUT", "-o", cases.BAD, "o/echo"],
                  ["-o", cases.APP, "-H", "X-A: 1", "secret/echo"],
                  ["-o", cases.APP, "-H", "Authorization: Bearer planted-x",
                   "hidden/x?a=b"], ["keyed/echo"], ["nowhere"],
                  ["-H", "X-API-Key: vd1_planted-key", "keyed/echo"],
                  ["-X", "\x1b[1m", "o/\x1b[2J\x9b31m\u202ex"],
                  ["-o", "\x1b]0;x\x07", "o/x"]):
        status, out, err = command(run, *words)
        run.ok(status in (0, 1) and not err and out.count("\n") > 10,
               "terminal: %r" % words, err)
        long = [line for line in out.split("\n") if len(line) > 79
                and line[:4] != "    " and ": " not in line]
        run.equal(long, [], "... in short lines")
        run.ok(all(c == "\n" or c.isprintable() for c in out),
               "... that command nothing", ascii(out))
        run.ok("planted-" not in out.replace("Bearer planted-x", ""),
               "... and hold no secret", out)
    for words, status in ((["-H", "frob", "o"], 64), (["-Q", "o"], 64),
                          ([], 64), (["o", "p"], 64),
                          (["-c", "/nowhere.ini", "o"], 78)):
        run.equal(command(run, *words)[0], status, "status %d: %s"
                  % (status, words))


def over_http(run):
    """MOUNT/_explain says the same, and to nobody but the operator."""
    query = urllib.parse.urlencode
    rows = [row for row in cases.modules()[1].rows(run.origin)
            if is_sent(row)][::7]
    run.ok(len(rows) > 10, "there are rows for _explain: %d" % len(rows))
    for row in rows:
        asked = "/_explain?" + query(
            [("method", row.method), ("path", row.path)] +
            [("header", "%s: %s" % f) for f in row.fields])
        got = ask(run, asked, [cases.JSON])
        want = json.loads(command(run, *words_of(row))[1])
        for each in want, (told := cases.problem(got)):
            for field in each["answer"]["fields"]:
                if field["name"] == "Via":      # of each front its own
                    field["value"] = ""
        run.equal(told, want, "_explain: " + row.name, got)


def forms(run):
    """Forms of _explain and _check, and whom they are for."""
    answer = ask(run, "/_explain?path=/o/a+b%2Bc&origin=" + cases.APP)
    run.ok(answer.status == 200 and answer.get("content-type").startswith(
        "text/plain") and b"GET /o/a b+c, for a page of https://app.example\n"
        in answer.body, "_explain: text; + is a blank", answer)
    answer = ask(run, "/_explain?path=/o/x&method=PUT&header=X-A:1&header="
                 "&header=Origin:+https%3A%2F%2Fapp.example", [cases.JSON])
    told = cases.problem(answer)
    run.equal((told["origin"], told["browser"]["sentences"][:1]),
              (cases.APP, ["A preflight comes first, for the method PUT."]),
              "_explain: several fields, one empty", answer)
    for query, rule in (("", "bad_query"), ("path=/o&path=/o", "bad_query"),
                        ("path=/o&frob=1", "bad_query"),
                        ("path=/o&header=frob", "bad_query"),
                        ("path=%zz", "bad_query")):
        answer = ask(run, "/_explain?" + query, [cases.JSON])
        run.equal((answer.status, answer.rule), (400, rule),
                  "_explain: %s" % query, answer)
    answer = ask(run, "/_explain?path=/o", [cases.JSON], "PUT", b"")
    run.equal((answer.status, answer.rule, answer.get("allow")),
              (405, "method_not_allowed", "GET, HEAD, POST"),
              "_explain: PUT", answer)
    posted(run)
    for page in "/_explain?path=/o", "/_check":
        answer = ask(run, page, [cases.JSON, ("X-Forwarded-For",
                                                "192.0.2.7")])
        run.equal((answer.status, answer.rule), (403, "operator_only"),
                  page + ": not for others", answer)
        answer = ask(run, page, [cases.JSON, ("Origin", cases.BAD)])
        run.equal((answer.status, answer.rule), (403, "origin_not_allowed"),
                  page + ": nor for pages of others", answer)


def posted(run):
    """What a form sends is explained likewise, and stands in no log."""
    form = urllib.parse.urlencode([
        ("path", "/o/planted-path?planted-query"), ("origin", cases.APP),
        ("header", "X-Secret: planted-value")])
    for accept in "application/json", "text/html", "text/plain":
        fields = [("Accept", accept)]
        want = ask(run, "/_explain?" + form, fields)
        before = run.site.access_log()
        got = ask(run, "/_explain", [*fields, (
            "Content-Type", "application/x-www-form-urlencoded")], "POST",
                  form.encode())
        run.ok(got.status == want.status == 200 and
               b"planted-path" in got.body and got.body == want.body,
               "_explain: a form, as " + accept, got)
        def logged():
            return run.site.access_log()[len(before):] + run.front.ours()
        run.ok(trees.until(lambda: "POST /viaduct.fcgi/_explain " in logged())
               and "planted" not in logged(), "... is in no log", logged)


def too_many(run, few):
    """What the page has no room for it counts."""
    run.site.sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                 "FROM n WHERE i < 1100) INSERT INTO routes(name, url, "
                 "verify_tls) SELECT 'many' || i, 'https://192.0.2.1/', 0 "
                 "FROM n;")
    got = cases.problem(ask(run, "/_check", [cases.JSON]))
    run.equal((few, len(got["findings"]), got["more"]),
              (0, 1000, got["problems"] + got["warnings"] - 1000),
              "_check: what is not shown is counted")
    run.ok(got["more"] > 100 and b"\nand %d more, which viaduct check "
           b"lists\n" % got["more"] in ask(run, "/_check").body,
           "_check: as text, too", got["more"])
    run.ok(b"There are %d more; " % got["more"] in ask(
        run, "/_check", [("Accept", "text/html")]).body,
           "_check: and in HTML", got["more"])
    run.site.sql("DELETE FROM routes WHERE name LIKE 'many%';")


def checked(run):
    """MOUNT/_check says what the command says, and what the server is."""
    done = subprocess.run([run.tree.program, "check", "--json", "-c",
                           run.site.config], text=True, capture_output=True,
                          check=False, timeout=60)
    want, answer = json.loads(done.stdout), ask(
        run, "/_check", [cases.JSON, ("Authorization", "Bearer x")])
    got = cases.problem(answer)
    for key in "settings", "problems", "warnings":
        run.equal(got.get(key), want[key], "_check: %s" % key, answer)
    # whoever serves may hold other limits than a command
    same = [[f for f in told["findings"] if "open files" not in f["text"]]
            for told in (got, want)]
    run.equal(*same, "_check: the findings of the command", answer)
    facts = {f["fact"]: (f["state"], f["text"]) for f in got["server"]}
    for fact, state, text in (
            ("server", "plain", "lighttpd"), ("mount", "good",
                                              "/viaduct.fcgi, by SCRIPT_NAME"),
            ("request_uri", "good", "as it was sent"),
            ("authorization", "good", "it arrives"),
            ("https", "plain", "plain HTTP"),
            ("client", "good", "127.0.0.1, by REMOTE_ADDR"),
            ("counters", "good", run.site.folder + "/state"),
            ("operator", "plain", "this very host")):
        run.ok(facts[fact][0] == state and text in facts[fact][1],
               "_check: %s" % fact, facts[fact])
    too_many(run, got["more"])
    answer = ask(run, "/_check")
    run.ok(answer.get("content-type").startswith("text/plain") and
           b"\nREQUEST_URI: " in answer.body, "_check: as text", answer)


def main():
    trees.need(*fronts.PROGRAMS["lighttpd"])
    tree, origin, site = cases.prepare()
    tap = taps.Tap()
    front = fronts.FRONTS["cgi"](tree, site).start()
    run = cases.Run(front, origin, site, tap)
    rows = [row for row in cases.case_list(origin)
            if isinstance(row, cases.Row) and is_sent(row)]
    tap.ok(len(rows) > 200, "there are rows enough: %d" % len(rows))
    for row in rows:
        tap.guard(row.name, compare, run, row)
    tap.guard("pages_with_forms", pages_with_forms, run)
    front.stop()
    tap.guard("mended", mended, run)
    tap.guard("in_a_terminal", in_a_terminal, run)
    run.front = fronts.FRONTS["lighttpd"](tree, site).start()
    # Beside these a program without a key is nobody (render.t).
    site.sql("UPDATE routes SET render = NULL;")
    for story in over_http, forms, checked:
        tap.guard(story.__name__, story, run)
    run.front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
