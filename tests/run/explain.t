#!/usr/bin/python3 -B
"""What `viaduct explain' and MOUNT/_explain say of a request is what the
gateway makes of it: status, rule, CORS fields, over the list of cases.  And
they show no secret, ask nobody, count nothing and log nothing."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import json                                             # noqa: E402
import re                                               # noqa: E402
import subprocess                                       # noqa: E402

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


def main():
    tree, origin, site = cases.prepare()
    tap = taps.Tap()
    front = fronts.FRONTS["cgi"](tree, site).start()
    run = cases.Run(front, origin, site, tap)
    rows = [row for row in cases.case_list(origin)
            if isinstance(row, cases.Row) and is_sent(row)]
    tap.ok(len(rows) > 200, "there are rows enough: %d" % len(rows))
    for row in rows:
        tap.guard(row.name, compare, run, row)
    front.stop()
    tap.done()


main()
