#!/usr/bin/python3 -B
"""Every setting does what it says: in the INI for all routes, and as a column
for one.  Each test fails where its setting is read and then forgotten; the
last one fails for a setting of etc/viaduct.ini that has no test here."""
import contextlib
import json
import os
import re
import socket
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
from cases import APP, BAD, JSON, cors_of, sanitizer_reports  # noqa: E402

NEW = "https://new.example"


class Run:
    """One setting at a time, given as `way' says: "ini" or "row"."""

    def __init__(self, tap, tree, site, origin, front):
        self.tap, self.tree, self.site = tap, tree, site
        self.origin, self.front = origin, front
        self.url, self.away = origin.url, origin.url.replace("127.0.0.1",
                                                             "localhost")
        self.name = self.way = None

    @contextlib.contextmanager
    def given(self, value, url=None, **more):
        """The route x under the setting; `more' are columns beside it."""
        section, key = self.name.split(".")
        columns, undo = dict(more), None
        if self.way == "row":
            columns[key] = value
        else:
            undo = self.site.settings(section, **{key: value})
        self.site.route("x", url or self.url, **columns)
        self.origin.arrived()
        try:
            yield
        finally:
            if undo:
                undo()
            self.site.drop("x")

    def ask(self, path="/echo", *fields, method="GET", body=None, **how):
        return self.front.ask(method, "/x" + path, [JSON, *fields], body,
                              **how)

    def preflight(self, *fields):
        return cors_of(self.ask("/echo", (
            "Origin", APP), ("Access-Control-Request-Method", "PUT"),
            *fields, method="OPTIONS"))

    def hits(self):
        return len(self.origin.arrived())

    def log(self):
        return self.tree.read(self.front.log)

    def equal(self, got, want, what="", answer=""):
        return self.tap.equal(got, want, "%s (%s)%s%s" % (
            self.name, self.way, what and ": ", what),
            lambda: "%s\n%s" % (answer, self.front.tail()))

    def refused(self, answer, status, rule, what=""):
        return self.equal((answer.status, answer.rule), (status, rule), what,
                          answer)

    def cut(self, path, word, what):
        """The answer begins, ends cut, and the log says why."""
        before = len(self.log())
        steps = self.front.open("GET", "/x" + path)
        steps.finish()
        head = steps.head()
        while steps.more():
            pass
        self.equal((head and head[0], steps.whole()), (200, False), what)
        self.equal(trees.until(lambda: "%s: the answer is cut" % word
                               in self.log()[before:]), True,
                   what + ", and logged")
        steps.close()
        return len(steps.have)

    def within(self, seconds, since):
        """Sooner than the default would have it, by far."""
        took = time.monotonic() - since
        self.equal(took < seconds, True, "in time", "%.1f s" % took)


def shown(run, marks):
    """Each text stands in the page alone by its own setting."""
    for path, text in marks:
        page = run.front.ask("GET", path, [("Accept", "text/html")])
        run.equal(text in page.body.decode(), True, "shown at " + path, page)


def app_name(run):
    with run.given("The Name"):
        shown(run, [("/", "The Name")])


def general_error(run):
    with run.given("Sorry for that"):
        shown(run, [("/nowhere", "Sorry for that")])
    page = run.front.ask("GET", "/nowhere", [("Accept", "text/html"),
                                             ("Accept-Language", "de")])
    run.equal("Gateway-Fehler" in page.body.decode(), True,
              "the default is said in the page's language", page)


def contact(run):
    with run.given("ops@mark.example"):
        shown(run, [("/nowhere", "ops@mark.example")])


def pages(run):
    """A template is shown from the next request on; one with a mistake gives
    way to the page made here, which the log says once."""
    def shown_at(path):
        answer = run.front.ask("GET", path, [("Accept", "text/html")])
        return answer.status, answer.body.decode()

    run.tree.write("site/pages/error.html", "[{{status}} {{rule}}]", 0o600)
    with run.given("pages"):
        run.equal(shown_at("/nowhere"), (404, "[404 no_route]"))
        run.tree.write("site/pages/error.html", "({{status}})", 0o600)
        run.equal(shown_at("/nowhere"), (404, "(404)"), "edited")
        before = len(run.log())
        run.tree.write("site/pages/error.html", "({{statu}})", 0o600)
        for _ in range(3):
            status, page = shown_at("/nowhere")
            run.equal((status, "<h1>" in page), (404, True), "a mistake", page)
        run.equal(run.log()[before:].count("error.html:1: there is no "
                                           "{{statu}}"), 1, "is logged once")
        run.tree.write("site/pages/error.html", "{{status}}", 0o622)
        run.equal("<h1>" in shown_at("/nowhere")[1], True,
                  "what others may write is not shown")
        os.unlink(run.tree.at("site/pages/error.html"))
        run.equal("<h1>" in shown_at("/nowhere")[1], True, "removed")


def operator_key_file(run):
    """Who has the key is the operator, and the key goes no further."""
    key, user = "the-operator-has-5f2c", lambda: run.site.access_log(
        ).splitlines()[-1].split()[2]
    run.tree.write("site/operator.key", key + "\n", 0o600)
    with run.given("operator.key"):
        answer = run.ask("/echo", ("X-API-Key", key))
        run.equal((answer.status, answer.sent("X-API-Key")), (200, []),
                  "not forwarded", answer)
        run.equal(trees.until(lambda: user() == "operator"), True,
                  "and named in the log", run.site.access_log()[-500:])
        run.equal(run.ask("/echo", ("X-API-Key", "another")).sent(
            "X-API-Key"), ["another"], "another key is the target's")
    run.equal(key in run.site.access_log() + run.log(), False,
              "the key is in no log")


def base_path(run):
    """A server that tells the whole path as SCRIPT_NAME."""
    whole = {"SCRIPT_NAME": "/viaduct/x/echo", "PATH_INFO": ""}
    with run.given("/viaduct"):
        answer = run.ask("/echo", extra=whole.items())
        run.equal((answer.status, run.hits()), (200, 1), "", answer)


def database(run):
    other = run.site.folder + "/other.db"
    run.site.sql("VACUUM INTO '%s';" % other)
    with run.given("other.db"):
        run.refused(run.ask(), 404, "no_route", "another table")
    os.unlink(other)


def remote_url(run):
    with run.given(run.url + "/echo/all"):
        run.front.ask("GET", "/some/thing")
        run.equal([a["target"] for a in run.origin.arrived()],
                  ["/echo/all/some/thing"])


def filtered_path(run):
    """Whatever the spelling; a row adds to the settings' own."""
    undo = run.site.settings("routes", filtered_path="/all") \
        if run.way == "row" else lambda: None
    with run.given("/admin|/private/*"):
        for path in ("/admin", "//Admin;x/", "/%2561dmin", "/private/x",
                     "/redirect?to=/private"):
            run.refused(run.ask(path), 403, "filtered_path", path)
        run.equal(run.ask("/echo/admin").status, 200, "its neighbour")
        run.equal(run.ask("/all").status, 403 if run.way == "row" else 200,
                  "the settings' own")
    undo()


def detail(answer):
    return json.loads(answer.body)["detail"]


def filtered_url_msg(run):
    undo = run.site.settings("routes", filtered_path="/no")
    with run.given("Not for <you>."):
        shown(run, [("/x/no", ">Not for &lt;you&gt;.</p>")])
        run.equal(detail(run.ask("/no")), "Not for <you>.",
                  "and said to scripts")
    with run.given("Filtered URL."):
        run.equal("has blocked this path" in detail(run.ask("/no")), True,
                  "in the default's place is the rule's sentence")
    undo()


def whole(run):
    answer = run.front.ask("GET", "/http://%s/echo" % run.origin.host,
                           [JSON, ("Origin", APP)])
    return answer.status, answer.rule


def targets(run):
    undo = run.site.settings("access", rate_limit="1000/s burst 10000")
    run.site.settings("routes", target_hosts=run.origin.host)
    for value, want in (("named", (403, "target_not_allowed")),
                        ("listed", (200, None)), ("any", (200, None))):
        with run.given(value):
            run.equal(whole(run), want, value)
    undo()


def target_hosts(run):
    undo = run.site.settings("routes", targets="listed", target_hosts="a.b")
    for value, want in (("a.b " + run.origin.host, (200, None)),
                        ("a.b", (403, "target_not_allowed"))):
        with run.given(value):
            run.equal(whole(run), want, value)
    undo()


def ports(run):
    undo = run.site.settings("routes", targets="listed",
                             target_hosts="127.0.0.1")
    for value, want in (("80 %d" % run.origin.ports["http"], (200, None)),
                        ("80 443", (403, "target_not_allowed"))):
        with run.given(value):
            run.equal(whole(run), want, value)
    undo()


def allow_origins(run):
    with run.given(NEW):
        run.equal(cors_of(run.ask("/echo", ("Origin", NEW)))["allow-origin"],
                  NEW)
        run.refused(run.ask("/echo", ("Origin", APP)), 403,
                    "origin_not_allowed")


def require_origin(run):
    with run.given("yes"):
        run.refused(run.ask(), 403, "origin_required")
        run.equal(run.ask("/echo", ("Origin", APP)).status, 200, "with one")


def own_origin(run):
    with run.given(NEW):
        run.equal(run.ask("/echo", ("Origin", NEW)).status, 200)


def embed(run):
    image = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")]
    with run.given("yes"):
        answer = run.ask("/echo", *image)
        run.equal((answer.status, answer.get("cross-origin-resource-policy")),
                  (200, "cross-origin"))
    with run.given("no"):
        run.refused(run.ask("/echo", *image), 403, "fetch_mode", "no")


def allow_methods(run):
    with run.given("GET PUT"):
        answer = run.ask(method="DELETE")
        run.refused(answer, 405, "method_not_allowed")
        run.equal((answer.get("allow"), run.preflight()["allow-methods"]),
                  ("GET, PUT", "GET, PUT"), "told")


def allow_headers(run):
    with run.given("X-One X-Two"):
        run.equal(run.preflight()["allow-headers"], "X-One, X-Two")


def expose_headers(run):
    with run.given("X-One X-Two"):
        answer = run.ask("/echo", ("Origin", APP))
        run.equal(cors_of(answer).get("expose-headers"), "X-One, X-Two")


def allow_credentials(run):
    with run.given("yes"):
        answer = run.ask("/echo", ("Origin", APP))
        run.equal((cors_of(answer).get("allow-credentials"),
                   run.preflight().get("allow-credentials")),
                  ("true", "true"))


def max_age(run):
    with run.given("7"):
        run.equal(run.preflight()["max-age"], "7")


def cors(run):
    with run.given("target"):
        answer = run.ask("/say?h=Access-Control-Allow-Origin:theirs",
                         ("Origin", BAD))
        run.equal(cors_of(answer), {"allow-origin": "theirs"})


def allow_private_network(run):
    asks = ("Access-Control-Request-Private-Network", "true")
    with run.given("yes"):
        run.equal(run.preflight(asks).get("allow-private-network"), "true")


def timing_allow_origin(run):
    with run.given("yes"):
        answer = run.ask("/echo", ("Origin", APP))
        run.equal(answer.all("timing-allow-origin"), [APP])
        run.equal([t.partition(";")[0] for t in (answer.get(
            "server-timing") or "").split(", ")], ["gateway", "target"],
            "Server-Timing", answer)
        answer = run.ask("/echo", ("Origin", BAD))
        run.equal(answer.all("server-timing"), [], "not of others", answer)
    with run.given("no"):
        answer = run.ask("/echo", ("Origin", APP))
        run.equal(answer.all("server-timing"), [], "none", answer)


def request_timeout(run):
    with run.given("0.3"):
        since = time.monotonic()
        run.refused(run.ask("/wait/rt" + run.way), 504, "response_timeout")
        run.within(8, since)


@contextlib.contextmanager
def full_queue():
    """A listener whose queue is full lets a connection wait for ever."""
    with socket.socket() as full, contextlib.ExitStack() as others:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            sock = others.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(full.getsockname())
        yield "http://127.0.0.1:%d" % full.getsockname()[1]


def connect_timeout(run):
    with full_queue() as url, run.given("0.3", url):
        since = time.monotonic()
        run.refused(run.ask(), 504, "connection_timeout")
        run.within(4, since)


def idle_timeout(run):
    with full_queue() as url, run.given("0.4", url):
        steps = run.front.open("POST", "/x/echo", [JSON], length=10)
        steps.write(b"x" * 10)
        run.refused(steps.answer("POST"), 504, "connection_timeout",
                    "up, not connected")
        steps.close()
    with run.given("0.4"):
        since = time.monotonic()
        run.cut("/cut/20000/300000/it" + run.way, "read_timeout", "down")
        steps = run.front.open("POST", "/x/echo", [JSON], length=100)
        steps.write(b"x" * 10)
        run.refused(steps.answer("POST"), 408, "upload_stalled", "up")
        steps.close()
        run.within(20, since)


def total_timeout(run):
    """The other times are too long to end it."""
    token = "tt" + run.way
    undo = run.site.settings("upstream", request_timeout="60",
                             idle_timeout="60")
    try:
        with run.given("0.5"):
            run.refused(run.ask("/wait/" + token), 504, "total_timeout",
                        "before the head")
            run.cut("/cut/20000/300000/" + token, "total_timeout", "after it")
    finally:
        undo()


def payload_quota(run):
    with run.given("64K"):
        run.refused(run.ask("/bytes/65537"), 502, "body_too_large",
                    "announced")
        run.equal(run.ask("/bytes/65536").status, 200, "just so much")
        came = run.cut("/chunks/3000000", "body_too_large", "in mid-body")
        run.equal(came <= 65536, True, "no more than that came", came)


def upload_quota(run):
    with run.given("1K"):
        for chunked in (False, True):
            answer = run.ask("/echo", method="POST", body=b"x" * 2000,
                             chunked=chunked)
            run.refused(answer, 413, "upload_too_large")


def redirects(run):
    here, away = "/redirect?to=/echo", "/redirect?to=%s/echo" % run.away
    for value, want in (("same-site", (200, 302)), ("follow", (200, 502)),
                        ("pass", (302, 302))):
        with run.given(value):
            run.equal((run.ask(here).status, run.ask(away).status), want,
                      value)


def same_site(run):
    """The host of another route counts, while that route is enabled."""
    away = "/redirect?to=%s/echo" % run.away
    with run.given("same-site"):
        run.site.route("twin", run.away)
        run.equal(run.ask(away).status, 200, "the host of a route")
        run.site.route("twin", run.away, enabled=0)
        run.equal(run.ask(away).status, 302, "of one that is switched off")
        run.site.drop("twin")


def leaving_the_origin(run):
    """What proves the caller to one origin is not shown to the next."""
    secrets = [("Authorization", "Bearer s"), ("X-API-Key", "s")]
    run.site.route("twin", run.away)    # else its address is a stranger's
    with run.given("follow", preserve_host="yes"):
        here = run.ask("/redirect?to=/echo", *secrets)
        run.equal([here.sent(n) for n, _ in secrets],
                  [["Bearer s"], ["s"]], "kept on the same origin", here)
        away = run.ask("/redirect?to=%s/echo" % run.away, *secrets)
        run.equal([away.sent(n) for n, _ in secrets], [[], []],
                  "dropped for another", away)
        run.equal(away.sent("Host"), [run.away.removeprefix("http://")],
                  "the host too", away)
    run.site.drop("twin")


def max_redirects(run):
    with run.given("1"):
        answer = run.ask("/redirect?to=/redirect%3Fto%3D/echo")
        run.equal((answer.status, run.hits()), (302, 2), "", answer)


def verify_tls(run):
    with run.given("no", run.origin.tls_url):
        run.equal(run.ask().status, 200)
    with run.given("yes", run.origin.tls_url):
        run.refused(run.ask(), 502, "tls_certificate", "yes")


def ca_file(run):
    with run.given(run.tree.at("localhost.crt"), run.origin.tls_url):
        run.equal(run.ask().status, 200)


def tls_pin(run):
    cert = run.tree.at("localhost.crt")
    with run.given(origins.pin(cert), run.origin.tls_url):
        run.equal(run.ask().status, 200, "the right one")
    with run.given("sha256//" + "A" * 43 + "=", run.origin.tls_url,
                   ca_file=cert):
        run.refused(run.ask(), 502, "tls_certificate", "another")


def outbound_proxy(run):
    """The origin stands in for a proxy: it is asked for a whole URL."""
    with run.given(run.url, "http://no-such-name.invalid/at"):
        run.ask("/rest?q")
        run.equal([a["target"] for a in run.origin.arrived()],
                  ["http://no-such-name.invalid/at/rest?q"])


def allow_private(run):
    with run.given("no"):
        run.refused(run.ask(), 502, "address_prohibited", "no")
    with run.given("10.0.0.0/8"):
        run.refused(run.ask(), 502, "address_prohibited", "another block")
    with run.given("yes"):
        run.equal(run.ask().status, 200, "yes")


def forward_headers(run):
    with run.given("X-One"):
        answer = run.ask("/echo", ("X-One", "1"), ("X-Two", "2"))
        run.equal((answer.sent("X-One"), answer.sent("X-Two")), (["1"], []))


def no_headers(run):
    with run.given("yes"):
        answer = run.ask("/echo", ("X-One", "1"), ("If-Match", '"v"'))
        run.equal((answer.sent("X-One"), answer.sent("Accept"),
                   answer.sent("If-Match")), ([], [], ['"v"']))


def forwarded(run):
    for value, want in (("rfc7239", (["for=127.0.0.1;proto=http"], [])),
                        ("x", ([], ["127.0.0.1"])), ("none", ([], []))):
        with run.given(value):
            answer = run.ask("/echo", ("X-Forwarded-For", "1.2.3.4"),
                             ("Forwarded", "for=1.2.3.4"))
            run.equal((answer.sent("Forwarded"),
                       answer.sent("X-Forwarded-For")), want, value)


def user_agent(run):
    with run.given("fixed/1"):
        answer = run.ask("/echo", ("User-Agent", "mine"))
        run.equal(answer.sent("User-Agent"), ["fixed/1"])


def cookies(run):
    tls = {"extra": [("HTTPS", "on")]}
    with run.given("isolate"):
        answer = run.ask("/say?h=Set-Cookie:s%3d1", **tls)
        run.equal(answer.all("set-cookie"), [
            "__Secure-vd.x.s=1; Path=/viaduct/x/; Secure; HttpOnly; "
            "SameSite=Lax"], "down")
        answer = run.ask("/echo", ("Cookie", "t=1; __Secure-vd.x.s=2"), **tls)
        run.equal(answer.sent("Cookie"), ["s=2"], "up")


def render(run):
    page = "/say?b=x&h=Content-Security-Policy:theirs"
    link = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")]
    with run.given("yes"):
        answer = run.ask(page, *link)
        run.equal((answer.status, answer.all("content-security-policy")),
                  (200, ["theirs"]), "yes", answer)
        run.equal(run.ask("/redirect?to=/echo").status, 302, "redirects")
    with run.given("no"):
        answer = run.ask(page)
        run.equal(answer.all("content-security-policy"),
                  ["sandbox; default-src 'none'"], "no", answer)
        run.equal(run.ask(page, *link).status, 403, "no: a link")


def preserve_host(run):
    with run.given("yes"):
        run.equal(run.ask().sent("Host"), ["viaduct.test"])


def header_quota(run):
    with run.given("1K"):
        run.refused(run.ask("/say?h=X-A:" + "a" * 1000), 502,
                    "head_too_large")
    with run.given("64K"):
        many = "&".join("h=X-%d:%s" % (i, "a" * 700) for i in range(10))
        run.equal(run.ask("/say?" + many).status, 200, "more room")


def access(run):
    path = run.site.folder + "/own.log"

    def text():
        with contextlib.suppress(OSError):
            with open(path, encoding="ascii") as file:
                return file.read()
        return ""
    with run.given("own.log"):
        run.ask("/echo/in-a-file")
        run.equal(bool(trees.until(lambda: "/in-a-file" in text())), True,
                  "a file")
    with run.given("stderr"):
        run.ask("/echo/in-stderr")
        run.equal(bool(trees.until(lambda: '"GET /viaduct/x/echo/in-stderr'
                                   in run.log())), True, "stderr")
    with run.given("off"):
        run.ask("/echo/not-kept")
    with run.given("own.log"):
        run.ask("/echo/the-last")
        trees.until(lambda: "/the-last" in text())
    run.equal(["/not-kept" in t for t in (text(), run.log(),
                                         run.site.access_log())],
              [False] * 3, "off")


def access_key(run):
    """[access] access; keys.t has the keys."""
    with run.given("key"):
        run.refused(run.ask(), 401, "key_required")
        run.equal(run.ask("/echo", ("X-API-Key", run.key)).status, 200,
                  "with one")
    with run.given("open"):
        run.equal(run.ask().status, 200, "open")


def max_size(run):
    path = run.site.folder + "/small.log"
    undo = run.site.settings("log", access="small.log")

    def renamed():
        run.ask("/echo/" + "a" * 100)
        return os.path.exists(path + ".1")
    try:
        with run.given("1K"):
            run.equal(bool(trees.until(renamed)), True, "renamed")
    finally:
        undo()


def format_(run):
    """cases_log.py has what stands in a line."""
    for name, want in (("json", "{"), ("combined", "1")):
        with run.given(name):
            run.ask("/echo/" + name)
            lines = trees.until(lambda: [
                line for line in run.site.access_log().splitlines()
                if "/echo/" + name in line])
            run.equal(lines and lines[0][0], want, name)


def level(run):
    """A refusal is info, a target's failure a warning, a bad row an error."""
    def look(name):
        before = len(run.log())
        run.ask("/echo/refused", ("Origin", BAD))
        run.ask("/fault/ssh/failed")
        run.front.ask("GET", "/broken/x")
        trees.until(lambda: "routes/broken" in run.log()[before:])
        return [word in run.log()[before:] for word in ("/refused",
                                                        "/failed")]
    # CIDRs with host bits: beyond what the database can tell.
    run.site.route("broken", run.url, allow_private="10.0.0.1/8")
    for name, want in (("info", [True, True]), ("warning", [False, True]),
                       ("error", [False, False])):
        with run.given(name):
            run.equal(look(name), want, name)
    run.site.drop("broken")


def rate_limit(run):
    unit = "h" if run.way == "ini" else "d"     # another rate, other buckets
    with run.given("2/" + unit):
        got = [run.ask().status for _ in range(3)]
        run.equal(got, [200, 200, 429])
    with run.given("1/%s burst 3" % unit):      # in force at once
        got = [run.ask().status for _ in range(4)]
        run.equal(got, [200, 200, 200, 429], "a burst")
    with run.given("0"):
        run.equal({run.ask().status for _ in range(150)}, {200}, "none")


def trusted_proxies(run):
    """Whom a proxy names is who asks; it is told to the target."""
    names = ("X-Forwarded-For", "192.0.2.7")
    undo = run.site.settings("upstream", forwarded="x")
    try:
        for value, want in (("127.0.0.0/8 ::1", "192.0.2.7"),
                            ("127.0.0.2", "127.0.0.1")):
            with run.given(value):
                run.equal(run.ask("/echo", names).sent("X-Forwarded-For"),
                          [want], value)
    finally:
        undo()


def state(run):
    """Counters are kept there, from the next request on."""
    run.tree.folder("site", "elsewhere")
    with run.given("elsewhere"):
        run.ask()
        run.equal(os.listdir(run.site.folder + "/elsewhere"), ["shm.v1"])


HERE = [("HTTP_HOST", "localhost")]     # the operator
AFAR = HERE + [("REMOTE_ADDR", "192.0.2.7")]


def dump_request(run):
    path = "/echo?a=1&dump_request=y"
    with run.given("yes"):
        answer = run.ask(path, extra=HERE)
        text = answer.body.decode()
        run.equal((answer.status, answer.get("content-type"), run.hits()),
                  (200, "text/plain; charset=utf-8", 0), "the operator",
                  answer)
        run.equal("REQUEST_URI      /viaduct/x" + path in text and
                  "GET              %s/echo?a=1\n" % run.url in text, True,
                  "sees both sides", answer)
        answer = run.ask(path, extra=AFAR)
        run.equal(answer.echo["target"], path, "nobody else", answer)
    with run.given("no"):
        run.equal(run.ask(path, extra=HERE).echo["target"], path, "no")


def trace_connection(run):
    """Its lines come whatever the log's level is."""
    undo = run.site.settings("log", level="error")
    path = "/echo?a=1&trace_connection=y"

    def ask(extra=HERE):
        before = len(run.log())
        answer = run.ask(path, extra=extra)
        lines = [line.split("viaduct: info: ")[-1] for line in
                 run.log()[before:].splitlines()]
        wanted = "request %s: " % answer.get("x-request-id")
        run.equal([line.startswith(wanted) for line in lines],
                  [True] * len(lines), "each has the request's id", lines)
        return answer.echo.get("target"), [x.removeprefix(wanted) for x in lines]
    try:
        with run.given("yes"):
            target, (how, took) = ask()
            run.equal(target, "/echo?a=1", "not sent")
            run.equal(bool(re.fullmatch(
                r"GET %s/echo at 127\.0\.0\.1 port \d+, (new|kept) "
                r"connection, HTTP/1\.1" % run.url, how)), True, "where to",
                how)
            run.equal(bool(re.fullmatch(
                r"name [\d.]+ ms, .*, all [\d.]+ ms; status 200, 0 bytes "
                r"sent, [1-9]\d* received; ok", took)), True, "how", took)
            run.equal(ask(AFAR), (path, []), "nobody else")
        with run.given("yes", run.origin.tls_url, verify_tls="no"):
            how = ask()[1][0]
            run.equal(bool(re.search(r"new connection, HTTP/1\.1, "
                                     r"TLSv1\.[23] / \S+$", how)), True,
                      "by TLS", how)
        with run.given("yes", "http://no-such-name.invalid"):
            how, took = ask()[1]
            run.equal((how, took.split("; ")[-1] in ("dns",
                                                     "connection_timeout")),
                      ("GET http://no-such-name.invalid/echo, no connection",
                       True), "to nowhere")
        with run.given("no"):
            run.equal(ask(), (path, []), "no")
    finally:
        undo()


def max_requests(run):
    """The process ends after so many; those have their answers."""
    with run.given("3"):
        front = fronts.Listen(run.tree, run.site).start()
        got = [front.ask("GET", "/x/echo").status for _ in range(3)]
        run.equal((got, front.process.wait(trees.WAIT)), ([200] * 3, 0))
        front.stop()


INI = [app_name, general_error, contact, pages, operator_key_file, base_path,
       database, remote_url, targets, target_hosts, ports, filtered_url_msg,
       outbound_proxy, access, format_, max_size, level, trusted_proxies, state,
       dump_request, trace_connection, max_requests]
BOTH = [filtered_path, allow_origins, require_origin, own_origin, embed,
        allow_methods,
        allow_headers, expose_headers, allow_credentials, max_age, cors,
        allow_private_network, timing_allow_origin, rate_limit,
        request_timeout,
        connect_timeout, idle_timeout, total_timeout, payload_quota,
        upload_quota, redirects, same_site, leaving_the_origin,
        max_redirects, verify_tls, ca_file, tls_pin, allow_private,
        forward_headers, no_headers, forwarded, user_agent, cookies, render,
        preserve_host, header_quota, access_key]
# More of what one setting promises.
ALSO = {"same_site": "redirects", "leaving_the_origin": "redirects",
        "format_": "format"}
ELSEWHERE = {
    "threads": "threads.t: the 60 that wait at a time are 3/4 of it",
    "jwt_algorithm": "jwt.t: no other one is taken",
    "jwt_key_file": "jwt.t: no other key is taken",
    "jwt_issuer": "jwt.t: parties",
    "jwt_audience": "jwt.t: parties",
}


def setting_of(story):
    return ALSO.get(story.__name__, story.__name__)


def known(tree):
    """section.key of every setting in the commented settings."""
    section, found = None, []
    with open(tree.source("etc/viaduct.ini"), encoding="utf-8") as file:
        for line in file:
            if match := re.match(r"\[(\w+)\]|(\w+) =", line):
                section = match[1] or section
                if match[2]:
                    found.append("%s.%s" % (section, match[2]))
    return found


def main():
    trees.need("sqlite3", "openssl")
    tree = trees.Tree()
    origin = origins.Origin(tree, tls=True)
    site = sites.Site(tree)
    tap = taps.Tap()
    front = fronts.Listen(tree, site).start()
    run = Run(tap, tree, site, origin, front)
    run.key = site.key("all")
    names = {n.split(".")[1]: n for n in known(tree)}
    names["access"], names["access_key"] = "log.access", "access.access"
    for way, stories in (("ini", INI + BOTH), ("row", BOTH)):
        for story in stories:
            key = setting_of(story)
            run.name, run.way = names[key], way
            tap.guard("%s (%s)" % (run.name, way), story, run)
    tested = {names[setting_of(s)] for s in INI + BOTH}
    tested |= {names[key] for key in ELSEWHERE}
    tap.equal(sorted(set(known(tree)) - tested), [],
              "each setting has a test here")
    front.stop()
    for report in sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
