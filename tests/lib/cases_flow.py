"""Redirects, failures, limits, streaming, and who leaves first."""
import hashlib
import html.parser
import json
import re

import fronts
import tree as trees
import wire
from cases import APP, JSON, Row, cors_of, problem

META = "http://169.254.169.254/latest/"


def rows(origin):
    ask = [JSON]
    away = "http://localhost:%s" % origin.host.rsplit(":", 1)[1]
    return [
        # redirects
        Row("followed on the host", "/o/redirect?to=/echo/x", hits=2,
            target="/echo/x", has={"x-final-url": origin.url + "/echo/x"}),
        Row("followed without its query in X-Final-URL",
            "/o/redirect?to=/echo/x%3Fsecret=1", hits=2,
            target="/echo/x?secret=1",
            has={"x-final-url": origin.url + "/echo/x"}),
        Row("301, 303, 307, 308 too",
            "/o/redirect?s=308%20P&to=/echo/x", hits=2, target="/echo/x"),
        Row("HEAD is followed", "/o/redirect?to=/echo/x", method="HEAD",
            hits=2, echo={}),
        Row("POST is not", "/o/redirect?to=/echo/x", 302, method="POST",
            send=b"x", has={"location": re.compile(".*/o/echo/x")}),
        Row("another host goes to the caller",
            "/o/redirect?to=%s/echo/x" % away, 302,
            has={"location": away + "/echo/x"}),
        Row("follow: another host, but not at a private address",
            "/follow/redirect?to=%s/echo/x" % away, 502, fields=ask,
            rule="address_prohibited", hits=1),
        Row("pass: to the caller, rewritten below the route",
            "/pass?to=%s/redirect/x%%3Fa=b" % origin.url, 302,
            has={"location": re.compile(r".*/pass/x\?a=b")}),
        Row("pass: elsewhere stays absolute",
            "/pass?to=/other", 302, has={"location": origin.url + "/other"}),
        Row("no other schemes", "/follow/redirect?to=file:///etc/passwd",
            302, has={"location": None}),
        Row("follow: never to a metadata address",
            "/follow/redirect?to=" + META, 502, fields=ask,
            rule="address_prohibited", hits=1),
        Row("a redirect is not followed for ever",
            "/o/redirect?to=/redirect%3Fto%3D/redirect%253Fto%253D/redirect"
            "%25253Fto%25253D/redirect%2525253Fto%2525253D/redirect"
            "%252525253Fto%252525253D/redirect", 302, hits=6),
        # targets that cannot be reached
        Row("refused", "/down/x", 502, fields=ask, rule="connection_refused"),
        Row("no such name", "/nodns/x", (502, 504), fields=ask, hits=0),
        Row("private address", "/private/echo", 502, fields=ask,
            rule="address_prohibited"),
        # limits
        Row("no answer in time", "/quick/wait/never-%d" % id(origin), 504,
            fields=ask, rule="response_timeout", hits=1),
        Row("an answer with a length above the quota", "/small/bytes/2000",
            502, fields=ask, rule="body_too_large", hits=1),
        Row("an answer within it", "/small/bytes/1024", 200),
        Row("an upload above the quota", "/small/echo", 413, method="POST",
            send=b"x" * 2000, fields=ask, rule="upload_too_large"),
        Row("an upload within it", "/small/echo", 200, method="POST",
            send=b"x" * 1024, echo={"body_bytes": 1024}),
        Row("a head above the quota",
            "/slim/say?h=X-A:%s" % ("a" * 1100), 502, fields=ask,
            rule="head_too_large", hits=1),
        Row("a length that is none", "/o/echo", 400, method="POST",
            fields=ask + [("Content-Length", "abc")], hits=0),
        # answers as they are
        Row("nothing", "/o/bytes/0", body=b"", has={"content-length": "0"}),
        Row("a length is kept", "/o/bytes/300000",
            has={"content-length": "300000"}),
        Row("hints before the answer", "/o/fault/hints-5", body=b"ok",
            has={"x-a": None}),
        Row("sound after the connection was lost", "/o/fault/sound",
            body=b"ok"),
    ]


def bodies(run):
    """Uploads and answers of several sizes arrive byte for byte."""
    for size in (0, 1, 8191, 8192, 65536, 120_000):
        body = bytes(i * 7 % 256 for i in range(size))
        answer = run.ask("POST", "/o/echo", [], body)
        run.equal((answer.echo["body_bytes"], answer.echo["body_sha256"]),
                  (size, hashlib.sha256(body).hexdigest()),
                  "bodies: %d up" % size, answer)
    for size in (1, 8192, 8193, 65536, 1_000_000):
        for way in ("bytes", "chunks"):
            answer = run.ask("GET", "/o/%s/%d" % (way, size))
            want = (bytes(range(256)) * (size // 256 + 1))[:size]
            run.ok(answer.whole and answer.body == want,
                   "bodies: %d %s down" % (size, way), answer)


def upload_large(run):
    """More than any server keeps in memory."""
    body = b"0123456789abcdef" * 65536 * 2
    answer = run.ask("PUT", "/o/echo", [], body)
    run.equal((answer.echo["body_bytes"], answer.echo["body_sha256"]),
              (len(body), hashlib.sha256(body).hexdigest()),
              "upload_large", answer)


def upload_without_length(run):
    body = b"chunk by chunk " * 1000
    answer = run.ask("POST", "/o/echo", [], body, chunked=True)
    run.equal((answer.status, answer.echo["body_bytes"],
               answer.echo["body_sha256"]),
              (200, len(body), hashlib.sha256(body).hexdigest()),
              "upload_without_length", answer)


def upload_streams(run):
    """The target has the first bytes before the caller sends the last."""
    token = "up-" + run.front.name
    steps = run.open("POST", "/o/echo/" + token, length=20)
    steps.write(b"0123456789")
    came = run.origin.wait("upload " + token, 10, 5)
    steps.write(b"abcdefghij")
    steps.finish()
    answer = steps.answer("POST")
    run.ok(came and answer.echo["body_bytes"] == 20, "upload_streams",
           "first half %s\n%s" % ("came" if came else "did not come", answer))


def upload_cut_short(run):
    """Half an upload never arrives as if it were whole."""
    token = "half-" + run.front.name
    run.origin.arrived()
    steps = run.open("POST", "/o/echo/" + token, length=1000)
    steps.write(b"x" * 100)
    steps.close()
    # The next request proves that nothing is stuck behind the lost one.
    answer = run.ask("GET", "/o/echo/after")
    whole = [a for a in run.origin.arrived()
             if token in a["target"] and a["body_bytes"] == 1000]
    run.ok(answer.status == 200 and not whole, "upload_cut_short", answer)


def answered_early(run):
    """An answer given before the upload was read reaches the caller."""
    answer = run.ask("POST", "/o/early/e-" + run.front.name, [],
                     b"x" * 100_000)
    run.ok((answer.status, answer.body) == (409, b"no thanks"),
           "answered_early", answer)


def events_stream(run):
    """Each event is with the caller before the next one is sent."""
    token = "sse-" + run.front.name
    steps = run.open("GET", "/o/sse/%s/3" % token)
    steps.finish()
    head = steps.head()
    seen = []
    for i in (1, 2, 3):
        seen.append(steps.until(b"event %d" % i) is not None)
        run.origin.release(token)
    steps.close()
    run.ok(head and head[0] == 200 and seen == [True] * 3, "events_stream",
           "%s %s" % (head, seen))


def answer_streams(run):
    """So is the first part of any answer that pauses."""
    token = "part-" + run.front.name
    steps = run.open("GET", "/o/hold/" + token)
    steps.finish()
    head = steps.head()
    while (size := steps.size()) < 20000 and steps.more():
        pass
    run.origin.release(token)
    end = steps.until(b"the end")
    steps.close()
    run.ok(head and head[0] == 200 and size >= 20000 and end,
           "answer_streams", "%s, %d bytes" % (head, size))


def cut_with_length(run):
    answer = run.ask("GET", "/o/cut/200000/300000")
    run.ok(answer.status is None or not answer.whole or answer.status >= 500,
           "cut_with_length", answer)


def cut_without_length(run):
    answer = run.ask("GET", "/o/cut/200000/0")
    run.ok(answer.status is None or not answer.whole or answer.status >= 500,
           "cut_without_length", answer)


def silent_in_the_middle(run):
    """idle_timeout cuts; what came before arrives."""
    answer = run.ask("GET", "/idle/cut/20000/300000/never")
    run.ok(answer.status is None or not answer.whole or answer.status >= 500,
           "silent_in_the_middle", answer)


def quota_in_the_middle(run):
    answer = run.ask("GET", "/small/chunks/300000")
    run.ok(not answer.whole or answer.status == 502,
           "quota_in_the_middle", answer)


def caller_leaves_in_the_middle(run):
    """The fetch stops when nobody takes its answer any more."""
    token = "gone-" + run.front.name
    steps = run.open("GET", "/o/endless/" + token)
    steps.finish()
    good = steps.head() and steps.more()
    steps.close()
    run.ok(good and run.origin.wait("closed " + token, 1, trees.WAIT),
           "caller_leaves_in_the_middle")


def leaves_in_silence(run, name, route, seconds):
    """The fetch of who leaves a target that says nothing ends in this time."""
    token = "%s-%s" % (name, run.front.name)
    steps = run.open("GET", "/%s/wait/%s" % (route, token))
    steps.finish()
    came = run.origin.wait("held " + token, 1)
    steps.close()
    run.ok(came and run.origin.wait("closed " + token, 1, seconds), name)
    run.origin.release(token)


def caller_leaves_in_silence(run):
    """The fetch stops although the target says nothing."""
    leaves_in_silence(run, "caller_leaves_in_silence", "o", 5)


def pages_by_accept(run):
    """The same failure as a page, as a problem, as a line."""
    run.down_anew()
    page = run.ask("GET", "/down/x", [("Accept", "text/html,*/*;q=0.8")])
    text = page.body.decode()
    run.ok(page.status == 502 and page.get("content-type") ==
           "text/html; charset=utf-8" and "noindex" in
           (page.get("x-robots-tag") or "") and "127.0.0.1" not in text and
           "http://" not in text and "<script" not in text,
           "pages_by_accept: HTML", page)
    parser = Balanced()
    parser.feed(text)
    run.equal(parser.faults(), [], "pages_by_accept: well formed", page)
    for fields in ([JSON], [("Accept", "*/*"), ("Origin", APP)],
                   [("Accept", "*/*"), ("Sec-Fetch-Mode", "cors"),
                    ("Sec-Fetch-Site", "same-origin")]):
        answer = run.ask("GET", "/down/x", fields)
        found = problem(answer)
        run.ok(answer.get("content-type") == "application/problem+json" and
               found.get("status") == 502 and found.get("rule") ==
               "connection_refused" and all(found.get(k) for k in (
                   "type", "title", "detail", "instance")) and
               "127.0.0.1" not in json.dumps(found),
               "pages_by_accept: problem for %s" % fields, answer)
    line = run.ask("GET", "/down/x", [("Accept", "*/*")])
    run.ok(line.get("content-type") == "text/plain; charset=utf-8" and
           line.body.count(b"\n") <= 1 and line.body, "pages_by_accept: text",
           line)
    run.ok('viaduct; error=connection_refused; details="connection_refused"'
           == line.get("proxy-status"), "pages_by_accept: Proxy-Status", line)


class Balanced(html.parser.HTMLParser):
    VOID = {"meta", "link", "br", "hr", "img", "input"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def faults(self):
        return self.wrong + self.open


def dead_target(run):
    """One that takes no connections is not asked any more, by no process."""
    run.down_anew()
    got = [run.ask("GET", "/down/x", [JSON]) for _ in range(5)]
    run.equal([problem(a).get("rule") for a in got],
              ["connection_refused"] * 5, "dead_target: five failures")
    page = run.ask("GET", "/down/x", [("Accept", "text/html,*/*;q=0.8")])
    again = page.get("retry-after") or ""
    run.ok(page.status == 503 and again.isdecimal() and
           5 <= int(again) <= 300 and page.get("refresh") == again and
           b"The site behind this address is not available" in page.body,
           "dead_target: the splash page at once", page)
    run.equal(page.get("proxy-status"), "viaduct; error=destination_"
              'unavailable; details="target_down"', "dead_target: why", page)
    script = run.ask("GET", "/down/x", [JSON, ("Origin", APP)])
    run.equal((script.status, problem(script).get("rule"),
               cors_of(script).get("allow-origin")),
              (503, "target_down", APP), "dead_target: for scripts", script)
    run.equal(run.ask("GET", "/o/echo").status, 200,
              "dead_target: others are asked")
    run.down_anew()
    answer = run.ask("GET", "/down/x", [JSON])
    run.equal(answer.status, 502, "dead_target: an edited URL at once",
              answer)


def hostile_text(run):
    """Nothing of the request is markup in a page."""
    evil = '"\'><script>alert(1)</script>'
    fields = [("Accept", "text/html"), ("Referer", evil),
              ("User-Agent", evil), ("X-Evil", evil)]
    for path in ("/%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
                 "/down/%3Cscript%3E?q=%3Cscript%3E%22'",
                 "/?route=%3Cscript%3E&path=%3Cscript%3E",
                 "/?%3Cscript%3E=1"):
        answer = run.ask("GET", path, fields)
        run.ok(b"<script" not in answer.body and b"alert(1)" not in
               answer.body, "hostile_text: " + path, answer)


def loop(run):
    """A request that has been here is not sent out again."""
    via = run.ask("GET", "/o/echo").get("via")
    run.origin.arrived()
    answer = run.ask("GET", "/o/echo", [JSON, ("Via", "1.0 fred, " + via)])
    run.equal((answer.status, problem(answer).get("rule"),
               run.origin.arrived()), (502, "loop", []), "loop", answer)


def loop_by_route(run):
    """A route to viaduct itself ends after one hop."""
    if not hasattr(run.front, "port"):
        return                          # no server to come back to
    run.site.route("self", "http://127.0.0.1:%d%s/self" %
                   (run.front.port, run.front.mount))
    answer = run.ask("GET", "/self/x", [JSON])
    run.site.drop("self")
    run.equal((answer.status, problem(answer).get("rule")), (502, "loop"),
              "loop_by_route", answer)


def row_at_fault(run):
    """What only the settings can tell is wrong makes that route alone 500."""
    run.site.route("broken", run.origin.url, allow_credentials=1)
    undo = run.site.settings("cors", allow_origins="*")
    try:
        answer = run.ask("GET", "/broken/echo", [JSON])
        run.equal((answer.status, problem(answer).get("rule"),
                   run.origin.arrived()), (500, "route_invalid", []),
                  "row_at_fault", answer)
        run.equal(run.ask("GET", "/any/echo").status, 200,
                  "row_at_fault: the others live")
    finally:
        undo()
        run.site.drop("broken")


def access_log(run):
    """One line per request, whatever is in it; no query, no secret."""
    mark = "mark-" + run.front.name
    run.ask("GET", "/o/echo/%s?token=topsecret" % mark, [
        ("User-Agent", 'a"b\\c\t' + mark), ("Authorization",
                                            "Bearer topsecret"),
        ("Referer", "https://app.example/p?token=topsecret")])
    line = trees.until(lambda: [x for x in run.site.access_log().split("\n")
                                if "/" + mark in x])
    good = len(line) == 1 and re.fullmatch(
        r'127\.0\.0\.1 - - \[[^]]+\] "GET \S*/o/echo/%s HTTP/1\.[01]" 200 '
        r'\d+ "https://app\.example/p" "a\\x22b\\x5[cC]c\\x09%s"'
        r' o - \d+\.\d{3} \d+\.\d{3} [0-9a-f]{32}' % (mark, mark), line[0])
    run.ok(good, "access_log: one safe line in combined format", line)
    run.ok("topsecret" not in run.site.access_log(),
           "access_log: no query and no secret")


def settings_spoilt(run):
    """Bad settings or a lost database: never half obeyed, and mended at
    once."""
    before = run.site.ini
    run.site.write_ini("[cors]\nallow_origins = *\nno_such_setting = 1\n")
    answer = run.ask("GET", "/o/echo", [JSON, ("Origin", "https://x.example")])
    run.ok((answer.status, problem(answer).get("rule")) in
           ((503, "configuration"), (403, "origin_not_allowed")),
           "settings_spoilt: not obeyed", answer)
    run.site.ini = before
    run.site.write_ini()
    answer = run.ask("GET", "/o/echo")
    run.equal(answer.status, 200, "settings_spoilt: mended", answer)
    with open(run.site.database, "rb") as file:
        good = file.read()
    run.tree_write("site/routes.db", b"not a database" * 1000)
    answer = run.ask("GET", "/o/echo", [JSON])
    run.ok((answer.status, problem(answer).get("rule")) in
           ((503, "configuration"), (200, None)),
           "settings_spoilt: a damaged database", answer)
    run.tree_write("site/routes.db", good)
    answer = run.ask("GET", "/o/echo")
    run.equal(answer.status, 200, "settings_spoilt: database mended", answer)


def rate(run):
    """The third of two; a page's script can read why."""
    run.site.route("rated", run.origin.url, rate_limit="1/h burst 2",
                   expose_headers="X-One")
    page = [JSON, ("Origin", APP)]
    got = [run.ask("GET", "/rated/echo", page).status for _ in range(2)]
    answer = run.ask("GET", "/rated/echo", page)
    run.equal((got, answer.status, problem(answer).get("rule")),
              ([200, 200], 429, "rate_limited"), "rate", answer)
    again = answer.get("retry-after") or ""
    run.ok(again.isdecimal() and 3000 < int(again) <= 3600 and
           answer.all("ratelimit") == ['"rated";r=0;t=' + again] and
           answer.all("ratelimit-policy") == ['"rated";q=2;w=7200'],
           "rate: when to come back", answer)
    shown = cors_of(answer)
    run.equal((shown.get("allow-origin"), shown.get("expose-headers")),
              (APP, "X-One, Retry-After, RateLimit, RateLimit-Policy"),
              "rate: for scripts", answer)
    preflight = run.ask("OPTIONS", "/rated/echo", page + [
        ("Access-Control-Request-Method", "PUT")])
    run.equal((preflight.status, preflight.get("retry-after")), (204, None),
              "rate: a preflight is never refused", preflight)
    run.site.drop("rated")


def not_handed_out(run):
    """Settings, routes and counters, should they lie where the web looks."""
    if not isinstance(run.front, fronts.Server):
        return
    for name, want in (("plain.txt", 200), ("viaduct.ini", 403),
                       ("routes.db", 403), ("state/shm.v1", 403),
                       ("state/access.log", 403),
                       ("state/access.log.1", 403),
                       ("state/access.log.12.gz", 403),
                       ("state/access.log-20261125.gz", 403)):
        run.tree_write("docroot/v/" + name, "a file")
        answer = wire.ask(run.front.port, "GET", "/v/" + name)
        run.equal(answer.status, want, "not_handed_out: " + name, answer)


STORIES = [bodies, upload_large, upload_without_length, upload_streams,
           upload_cut_short, answered_early, events_stream, answer_streams,
           cut_with_length, cut_without_length, silent_in_the_middle,
           quota_in_the_middle, caller_leaves_in_the_middle,
           caller_leaves_in_silence, pages_by_accept, dead_target,
           hostile_text, loop,
           loop_by_route, row_at_fault, access_log, settings_spoilt,
           rate, not_handed_out]
