#!/usr/bin/python3 -B
"""Whole URLs where any host may be asked for: which addresses are reached,
what is refused before a name is asked for, how little a caller learns of the
rest, and where redirects lead."""
import contextlib
import os
import re
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import names as resolver                                # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from cases import APP, JSON                             # noqa: E402

PAGE = ("Origin", APP)
UNAVAILABLE = "destination_unavailable"
PUBLIC = resolver.PUBLIC


class Run:
    def __init__(self):
        self.tree, self.tap = trees.Tree(), taps.Tap()
        self.origin = origins.Origin(self.tree, tls=True)
        self.port = self.origin.ports["http"]
        self.names = resolver.Names(self.tree, self.origin)
        self.closed, self.full = closed_port(), FullPort()
        hosts = ["inner.example:%d" % self.port, "*.wild.example",
                 "twin.example:%d" % self.port, "inner10.example",
                 "refuses.example:%d" % self.closed.getsockname()[1],
                 "silent.example:%d" % self.full.port]
        self.site = sites.Site(
            self.tree, routes={"targets": "any", "target_hosts": hosts},
            access={"rate_limit": "1000/s burst 10000"},
            upstream={"verify_tls": "no", "connect_timeout": "0.5",
                      "redirects": "follow"}, log={"level": "info"})
        self.names.know(
            open_example=PUBLIC, other_example=PUBLIC,
            www_open_example=PUBLIC, mixed_example="10.0.0.1 " + PUBLIC,
            x_wild_example=PUBLIC, y_wild_example="127.0.0.1",
            loop_example="127.0.0.1", six_example="::1",
            ten_example="10.0.0.1", meta_example="169.254.169.254",
            mapped_example="::ffff:127.0.0.1", zero_example="0.0.0.0",
            inner_example="127.0.0.1", inner10_example="10.0.0.1",
            twin_example="127.0.0.1", refuses_example="127.0.0.1",
            unheard_example=PUBLIC, z_wild_example=PUBLIC,
            silent_example="127.0.0.1")
        self.front = fronts.Listen(self.tree, self.site,
                                   **self.names.environment).start()

    def ask(self, url, *fields, method="GET", body=None, form=JSON):
        return self.front.ask(method, "/" + url, [PAGE, form, *fields], body)

    def log(self):
        return self.tree.read(self.front.log)

    def fresh(self):
        self.origin.arrived()
        self.names.asked()

    def result(self, answer):
        return answer.status, answer.rule, [
            a["target"] for a in self.origin.arrived()]

    def ok(self, good, name, more=""):
        return self.tap.ok(good, name, lambda: "%s\n%s" % (
            more, self.front.tail()))

    def equal(self, got, want, name, answer=""):
        return self.tap.equal(got, want, name, lambda: "%s\n%s" % (
            answer, self.front.tail()))


def closed_port():
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))         # never listens: refuses for good
    return sock


class FullPort:
    """A listener whose queue is full lets a connection wait for ever."""

    def __init__(self):
        self.stack = contextlib.ExitStack()
        sock = self.stack.enter_context(socket.socket())
        sock.bind(("127.0.0.1", 0))
        sock.listen(0)
        self.port = sock.getsockname()[1]
        for _ in range(4):
            one = self.stack.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(sock.getsockname())


def addresses(run):
    """host, status, what the log says"""
    rows = [
        ("http://open.example", 200, None),
        ("https://open.example", 200, None),
        ("http://mixed.example", 200, None),
        ("http://x.wild.example", 200, None),
        ("http://inner.example:%d" % run.port, 200, None),
        # a pattern opens no private address, nor does a name at other ports
        ("http://y.wild.example", 502, "address_prohibited"),
        ("http://inner.example", 502, "address_prohibited"),
        # allow_private has 127.0.0.0/8 only
        ("http://inner10.example", 502, "address_prohibited"),
        ("http://loop.example", 502, "address_prohibited"),
        ("http://six.example", 502, "address_prohibited"),
        ("http://ten.example", 502, "address_prohibited"),
        ("http://meta.example", 502, "address_prohibited"),
        ("http://mapped.example", 502, "address_prohibited"),
        ("http://zero.example", 502, "address_prohibited"),
        ("http://gone.example", 502, "dns"),
    ]
    for url, status, said in rows:
        run.fresh()
        before = len(run.log())
        answer = run.ask(url + "/echo/a")
        want = (200, None, ["/echo/a"]) if status == 200 else \
            (502, UNAVAILABLE, [])
        run.equal(run.result(answer), want, "%s: %d" % (url, status), answer)
        if said:
            run.ok(trees.until(lambda: said + ": " in run.log()[before:]),
                   "%s: the log says %s" % (url, said))


def nothing_is_asked_for(run):
    """Refused by the URL alone: no name is resolved, no target asked."""
    hosts = ["localhost", "intranet", "127.0.0.1", "10.0.0.1", "8.8.8.8",
             "127.1", "0x7f.1", "2130706433", "017700000001", "0", "[::1]",
             "[2606:4700::1111]", "a..example", "x.localhost", "x.local",
             "metadata.google.internal", "x.home.arpa", "x.onion", "x.test",
             "x.invalid", "%6fpen.example", "u:p@open.example",
             "open.example%2f", "inner.example:65536"]
    ports = [1, 21, 22, 25, 81, 110, 6379, 8080, 8443, 11211, 65535]
    run.fresh()
    got = {}
    for host in hosts + ["open.example:%d" % p for p in ports]:
        for path in ("http://%s/echo" % host, "https/%s/echo" % host,
                     "?url=https%%3A%%2F%%2F%s%%2Fecho"
                     % host.replace("%", "%25")):
            got[path] = run.ask(path).status
    for scheme in ("file", "ftp", "gopher", "dict", "ldap", "smb", "tftp",
                   "scp", "data", "javascript"):
        for path in ("%s://open.example/x", "?url=%s%%3A%%2F%%2Fopen.example"):
            got[path % scheme] = run.ask(path % scheme).status
    wrong = {p: s for p, s in got.items() if s not in (400, 403)}
    run.equal(wrong, {}, "%d URLs are refused" % len(got))
    run.equal(run.names.asked(), [], "... no name is asked for")
    run.equal(run.origin.arrived(), [], "... and no target")


def ports(run):
    undo = run.site.settings("upstream", ports="8080 443")
    try:
        got = [run.ask("http://open.example:%d/echo" % port).status
               for port in (8080, 80, 8081)]
        run.equal(got, [200, 403, 403], "ports: those that are listed")
        answer = run.ask("http://inner.example:%d/echo" % run.port)
        run.equal(answer.status, 200, "ports: the one of its entry", answer)
    finally:
        undo()


def bare(answer):
    """An answer without what tells it from the next."""
    ident = answer.get("x-request-id")
    body = answer.body.replace(ident.encode(), b"ID")
    uuid = "-".join(ident[i:j] for i, j in (
        (0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
    return answer.status, [(n, v) for n, v in answer.fields
                           if n.lower() != "x-request-id"], \
        body.replace(uuid.encode(), b"ID")


def all_alike(run):
    """Unknown, prohibited, refused, silent: the same answer to the byte."""
    urls = {"dns": "http://gone.example/x",
            "address_prohibited": "http://ten.example/x",
            "connection_refused": "http://refuses.example:%d/x"
            % run.closed.getsockname()[1],
            "connection_timeout": "http://silent.example:%d/x"
            % run.full.port}
    for name, form in (("JSON", JSON), ("HTML", ("Accept", "text/html")),
                       ("text", ("Accept", "text/plain"))):
        before = len(run.log())
        got = {why: run.ask(url, form=form) for why, url in urls.items()}
        first = bare(got["dns"])
        for why, answer in got.items():
            run.equal(bare(answer), first, "all_alike: %s, %s" % (why, name),
                      answer)
            run.ok(trees.until(lambda: why + ": " in run.log()[before:]),
                   "all_alike: the log says %s" % why)
        run.ok(first[0] == 502 and UNAVAILABLE.encode() in first[2],
               "all_alike: it is %s, %s" % (UNAVAILABLE, name), first)
        held = [w for w in (b"example", b"127.0.0.1", b"10.0.0", b"prohibit",
                            b"resolve", b"refuse") if w in first[2]]
        run.equal(held, [], "all_alike: it tells nothing, " + name)


def redirects(run):
    """from, to, what comes of it, requests, Location"""
    here, there = "http://open.example", "http://other.example"
    tls = "https://open.example"
    inner = "http://inner.example:%d" % run.port
    direct = "http://127.0.0.1:%d" % run.port
    mount = run.front.mount
    rows = [
        (here, "/echo/y?q", 200, 2, None),
        (here, there + "/echo/y", 200, 2, None),
        (here, tls + "/echo/y", 200, 2, None),
        (here, "http://www.open.example/echo/y", 200, 2, None),
        (here, inner + "/echo/y", 200, 2, None),
        (here, "http://other.example./echo/y", 302, 1, None),
        # private: asked for by name, and refused when connecting
        (here, "http://ten.example/echo/y", UNAVAILABLE, 1, None),
        (here, "http://loop.example/echo/y", UNAVAILABLE, 1, None),
        (here, "http://y.wild.example/echo/y", UNAVAILABLE, 1, None),
        (here, "http://inner.example/echo/y", UNAVAILABLE, 1, None),
        (here, "http://gone.example/echo/y", UNAVAILABLE, 1, None),
        (inner, "http://inner.example/echo/y", UNAVAILABLE, 1, None),
        # not to be asked for at all
        (here, direct + "/echo/y", 302, 1, direct + "/echo/y"),
        (here, "http://169.254.169.254/latest", 302, 1,
         "http://169.254.169.254/latest"),
        (here, "http://localhost/y", 302, 1, "http://localhost/y"),
        (here, there + ":22/y", 302, 1, there + ":22/y"),
        (here, there + "/a/../y", 302, 1, there + "/a/../y"),
        (here, "http://u:p@other.example/", 302, 1, None),
        (here, "gopher://other.example/", 302, 1, None),
        (here, "file:///etc/passwd", 302, 1, None),
        (here, "ftp://other.example/", 302, 1, None),
        # https is not left for http
        (tls, here + "/echo/y", 302, 1, here + "/echo/y"),
        (tls, there + "/echo/y", 302, 1, there + "/echo/y"),
        (tls, tls + "/echo/y", 200, 2, None),
    ]
    for start, to, want, hits, location in rows:
        run.fresh()
        answer = run.ask("%s/redirect?to=%s" % (start, to))
        got = answer.rule or answer.status
        run.equal((got, len(run.origin.arrived()), answer.get("location")),
                  (want, hits, location), "%s to %s: %s" % (start, to, want),
                  answer)
    undo = run.site.settings("upstream", redirects="same-site")
    try:
        answer = run.ask(here + "/redirect?to=" + there + "/echo/y%3Fq%23f")
        to = answer.get("location")
        run.equal((answer.status, to), (302, "%s/%s/echo/y?q#f"
                                        % (mount, there)),
                  "same-site: another host goes to the client", answer)
        run.fresh()
        answer = run.front.ask("GET", to.removeprefix(mount).split("#")[0],
                               [PAGE])
        run.equal(run.result(answer), (200, None, ["/echo/y?q"]),
                  "same-site: who can ask for it", answer)
        answer = run.ask(here + "/redirect?to=http://x.wild.example/echo/y")
        run.equal(answer.status, 200, "same-site: a pattern lists it", answer)
    finally:
        undo()


def secrets_stay(run):
    """What the caller has for one origin is not shown to the next."""
    secrets = [("Authorization", "Bearer s"), ("X-API-Key", "s"),
               ("Cookie", "s=1")]
    answer = run.ask("http://open.example/redirect?to=http://other.example/"
                     "echo", *secrets)
    got = [answer.sent(n) for n, _ in secrets]
    run.equal(got, [[], [], []], "secrets_stay: another host", answer)
    answer = run.ask("http://open.example/redirect?to=/echo", *secrets)
    got = [answer.sent(n) for n, _ in secrets]
    run.equal(got, [["Bearer s"], ["s"], []], "secrets_stay: the same",
              answer)
    answer = run.ask("https://open.example/redirect?to=/echo",
                     ("Referer", APP + "/x"), ("Host", "gate.example"))
    run.equal((answer.sent("Referer"), answer.sent("Host"),
               answer.sent("Forwarded")),
              ([], ["open.example"], ["for=127.0.0.1;proto=http"]),
              "secrets_stay: of the page", answer)


def no_pages_of_this_host(run):
    """Whatever the settings make of routes, a stranger's page does not run."""
    undo = run.site.settings("upstream", render="yes", cookies="isolate",
                             preserve_host="yes")
    try:
        answer = run.ask("https://open.example/say?h=Set-Cookie:a%3Db&"
                         "h=Content-Type:text/html&b=x", ("Cookie", "c=d"))
        run.equal((answer.status, answer.get("content-security-policy"),
                   answer.all("set-cookie")),
                  (200, "sandbox; default-src 'none'", []),
                  "no_pages_of_this_host", answer)
        answer = run.ask("http://open.example/redirect?to=/echo",
                         ("Cookie", "__Secure-vd.https.c=d"))
        run.equal((answer.sent("Cookie"), answer.sent("Host")),
                  ([], ["open.example"]),
                  "no_pages_of_this_host: redirects, cookies, Host", answer)
    finally:
        undo()


def named_routes(run):
    """target_hosts counts for their redirects as well."""
    inner = "http://inner.example:%d" % run.port
    undo = run.site.settings("upstream", redirects="same-site")
    undo2 = run.site.settings("routes", targets="named")
    run.site.route("r", inner)
    try:
        for to, want, hits in (
                ("http://twin.example:%d/echo/y" % run.port, 200, 2),
                ("http://x.wild.example/echo/y", 200, 2),
                ("http://y.wild.example/echo/y", "address_prohibited", 1),
                ("http://other.example/echo/y", 302, 1)):
            run.fresh()
            answer = run.ask("r/redirect?to=" + to)
            run.equal((answer.rule or answer.status,
                       len(run.origin.arrived())), (want, hits),
                      "named_routes: to %s: %s" % (to, want), answer)
        answer = run.ask("http://open.example/")
        run.equal((answer.status, answer.rule), (403, "target_not_allowed"),
                  "named_routes: and no whole URLs", answer)
    finally:
        run.site.drop("r")
        undo2()
        undo()


def the_log_names_the_host(run):
    """Of every spelling, and never the query."""
    for path in ("http://open.example/echo/l?secret=1",
                 "https/open.example/echo/l?secret=1",
                 "?url=http%3A%2F%2FOpen.example%2Fecho%2Fl%3Fsecret=1"):
        before = len(run.site.access_log())
        run.ask(path)

        def line():
            return run.site.access_log()[before:]
        trees.until(line)
        run.ok(re.search(r'^127\.0\.0\.1 .*"GET /viaduct/https?:?/+'
                         r'open\.example/echo/l HTTP', line()),
               "the_log_names_the_host: " + path, line())
    run.ok("secret" not in run.site.access_log() and "secret" not in
           run.log(), "the_log_names_the_host: and no query")


def listed(run):
    """The same with a list: nothing else is asked for."""
    undo = run.site.settings("routes", targets="listed")
    try:
        run.fresh()
        run.names.asked()           # of before
        got = [run.ask(url).status for url in (
            "http://inner.example:%d/echo" % run.port,
            "http://z.wild.example/echo", "http://unheard.example/echo",
            "http://wild.example/", "http://inner.example/",
            "http://inner.example.:%d/echo" % run.port)]
        run.equal(got, [200, 200, 403, 403, 403, 200], "listed")
        # The other listed one, unless it is still known.
        run.equal(set(run.names.asked()) - {"inner.example"},
                  {"z.wild.example"}, "listed: no other name is asked for")
    finally:
        undo()


ENVIRONMENTS = [
    ("a whole host", {"SCRIPT_NAME": "", "REQUEST_URI": "/{U}",
                      "PATH_INFO": "/{M}"}),
    ("the slashes are merged", {"SCRIPT_NAME": "/v", "REQUEST_URI": "/v/{M}",
                                "PATH_INFO": "/{M}"}),
    ("a rewrite hides the program", {
        "SCRIPT_NAME": "/a/b/viaduct.cgi", "REQUEST_URI": "/a/b/{U}"}),
    ("the whole path is the script's", {
        "SCRIPT_NAME": "/base/{M}", "REQUEST_URI": "/base/{U}"}),
    ("absolute form", {"SCRIPT_NAME": "/v",
                       "REQUEST_URI": "http://gate.example/v/{U}"}),
    ("no REQUEST_URI", {"SCRIPT_NAME": "/v", "PATH_INFO": "/{M}"}),
    ("no REQUEST_URI, not merged", {"SCRIPT_NAME": "/v",
                                    "PATH_INFO": "/{U}"}),
    ("lighttpd reads a second ? into the path", {
        "SCRIPT_NAME": "/v", "REQUEST_URI": "/v/{U}",
        "PATH_INFO": "/{M}?q=1"}),
]


def every_mount(run):
    """What the servers were seen to say of it."""
    url = "http://inner.example:%d/echo/x" % run.port
    cgi = fronts.Cgi(run.tree, run.site, **run.names.environment)
    for name, changes in ENVIRONMENTS:
        undo = run.site.settings("app", base_path="/base" if "script's" in
                                 name else "")
        found = fronts.variables(cgi, "GET", "/", [PAGE, JSON], None)
        del found["REQUEST_URI"], found["PATH_INFO"]
        found.update({key: value.format(U=url, M=url.replace("//", "/"))
                      for key, value in changes.items()})
        found["QUERY_STRING"] = "q=1?2"
        if "REQUEST_URI" in found:
            found["REQUEST_URI"] += "?q=1?2"
        run.fresh()
        steps = fronts.CgiSteps([cgi.script], {**cgi.environment, **found},
                                run.tree.at("cgi.log"))
        steps.finish()
        answer = steps.answer()
        run.equal(run.result(answer), (200, None, ["/echo/x?q=1?2"]),
                  "every_mount: " + name, answer)
        undo()


def main():
    trees.need("sqlite3", "openssl")
    run = Run()
    for story in (addresses, nothing_is_asked_for, ports, all_alike,
                  redirects, secrets_stay, no_pages_of_this_host, named_routes,
                  the_log_names_the_host, listed, every_mount):
        run.tap.guard(story.__name__, story, run)
    run.front.stop()
    for report in cases.sanitizer_reports(run.tree):
        run.tap.ok(False, "no sanitizer report", report)
    run.tap.done()


main()
