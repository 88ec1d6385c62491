#!/usr/bin/python3 -B
"""viaduct check --probe: what it says of each target, in lines and as JSON,
and that what it says to do mends it."""
import json
import os
import pty
import re
import struct
import subprocess
import sys
import threading
import time
import fcntl
import termios

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import authority                                        # noqa: E402
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import names as name_servers                            # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from authority import Server, say                       # noqa: E402

APP = "https://app.example"             # in allow_origins
SECRET = "planted-secret"


class Probe:
    """One run of it over the site's targets."""

    def __init__(self, tree, site, *options, **environment):
        self.done = subprocess.run(
            [tree.program, "check", "-c", site.config, "--probe", *options],
            env={"PATH": trees.PATH, **trees.DEAD_PROXY, **environment},
            capture_output=True, check=False)
        self.status = self.done.returncode
        self.bytes = self.done.stdout
        self.text = self.bytes.decode("utf-8", "backslashreplace")
        self.errors = self.done.stderr.decode()

    def asked(self, where):
        """The lines of facts about a target."""
        found, inside = [], False
        for line in self.text.splitlines():
            if line.startswith("asked: "):
                inside = line.startswith("asked: %s, " % where)
            elif not line.startswith("  "):
                inside = False
            if inside:
                found.append(line)
        return "\n".join(found)

    def said(self, where):
        """The findings about it, but for those of every such route."""
        return "\n".join(
            line for line in self.text.splitlines()
            if line.startswith(where + ": ")
            and "may reach private addresses" not in line)

    def statement(self, where):
        """The SQL that it gives."""
        found = re.search("UPDATE routes SET .* WHERE name = '[^']*';",
                          self.said(where))
        return found.group(0) if found else "-- nothing\n"


class World:
    def __init__(self):
        self.tree = trees.Tree()
        self.origin = origins.Origin(self.tree)
        self.ca = authority.Authority(self.tree)
        self.tap = taps.Tap()
        self.sites = 0

    def site(self, table, **sections):
        self.sites += 1
        site = sites.Site(self.tree, "site%d" % self.sites, **sections)
        site.routes({name: row if isinstance(row, tuple) else (row, {})
                     for name, row in table.items()})
        return site

    def probe(self, site, *options, **environment):
        return Probe(self.tree, site, *options, **environment)

    def facts(self, probe, where, pattern, name):
        self.tap.ok(re.search(pattern, probe.asked(where), re.M), name,
                    probe.text + probe.errors)

    def finds(self, probe, where, pattern, name):
        said = probe.said(where)
        good = re.search(pattern, said, re.M) if pattern else said == ""
        self.tap.ok(good, name, probe.text + probe.errors)


def answers(w):
    """What each kind of answer is called."""
    url = w.origin.url
    table = {
        "good": url + "/say?s=200%20OK&h=Content-Type:text/x&key=" + SECRET,
        "e401": url + "/say?s=401%20Who", "e403": url + "/say?s=403%20No",
        "e404": url + "/say?s=404%20None", "e405": url + "/say?s=405%20No",
        "e418": url + "/say?s=418%20Tea", "e429": url + "/say?s=429%20Many",
        "e503": url + "/say?s=503%20Down",
        "big": (url + "/bytes/3000", {"payload_quota": "1K"}),
        "head": (url + "/fault/head-1m", {}),
        "garbage": url + "/fault/garbage",
        "upgrade": url + "/fault/upgrade",
        "endless": url + "/endless/e", "events": url + "/sse/s/2",
        "mute": (url + "/wait/mute", {"request_timeout": "1"}),
        "post": (url + "/echo/post", {"allow_methods": "POST"}),
        "dead": "http://127.0.0.1:%d/" % trees.free_port(),
        "tls": w.origin.url.replace("http:", "https:"),
        "filtered": (url + "/echo", {"filtered_path": "/"}),
        "host": (url + "/echo/host", {"preserve_host": 1}),
    }
    site = w.site(table)
    site.sql("UPDATE routes SET allow_origins = '%s' WHERE name = 'good'"
             % APP)
    site.header("good", "request", "X-Key", SECRET)
    w.origin.arrived()
    p = w.probe(site)
    came = {rq["target"]: dict(rq["fields"]) for rq in w.origin.arrived()}
    w.tap.equal(p.status, 1, "problems: status 1", p.text)
    w.tap.equal(p.errors, "", "no progress where nobody looks on")
    w.facts(p, "routes/good", r"^    200 in \d+ ms: name \d+, connection \d+,"
            r" TLS 0, first byte \d+; text/x$", "a good answer")
    w.facts(p, "routes/good", r"^    127\.0\.0\.1 port %d, HTTP/1\.1$"
            % w.origin.ports["http"], "... from where")
    w.facts(p, "routes/good", "no CORS fields: pages need the gateway",
            "... which pages cannot read")
    w.finds(p, "routes/good", None, "... and nothing to mend")
    keyed = [fields.get("X-Key") for target, fields in came.items()
             if SECRET in target]
    w.tap.equal(keyed, [SECRET], "... asked with its keys, once")
    for name, kind, text in (
            ("e401", "warning: ", "answers 401: .*route_headers"),
            ("e403", "warning: ", "answers 403: .*route_headers"),
            ("e404", "warning: ", "answers 404: mend the URL, unless"),
            ("e418", "warning: ", "answers 418 to a GET$"),
            ("e429", "warning: ", "answers 429: it limits"),
            ("e503", "", "answers 503: the target itself fails"),
            ("big", "", r".*\(body_too_large\): .*payload_quota"),
            ("head", "", r".*\(head_too_large\): .*header_quota"),
            ("garbage", "", r".*\(bad_response\): see whether a web server"),
            ("upgrade", "", r".*\(upgrade\): No setting"),
            ("mute", "", r".*\(response_timeout\): request_timeout is the"),
            ("dead", "", r".*\(connection_refused\): .*WHERE name = 'dead';"),
            ("tls", "", r".*\((tls_protocol|bad_response)\): .*http://"),
            ("filtered", "", r"cannot be asked \(filtered_path\): ")):
        w.finds(p, "routes/" + name, "^routes/%s: %s%s" % (name, kind, text),
                "%s: %s" % (name, text))
    for name in ("e405", "endless", "events", "post"):
        w.finds(p, "routes/" + name, None, name + ": nothing to mend")
    w.facts(p, "routes/events", "text/event-stream", "events end with it")
    w.tap.ok(w.origin.wait("closed e"), "what does not end is left")
    w.tap.equal(came["/echo/host"]["Host"], "own.example",
                "preserve_host: the host of own_origin")
    w.tap.ok(SECRET not in p.text, "no secret is shown", p.text)
    order = re.findall("^asked: routes/([^,]*)", p.text, re.M)
    w.tap.equal(order, sorted(table), "in the order of the table")
    document(w, site, table)


def document(w, site, table):
    """The same as JSON."""
    p = w.probe(site, "--json")
    d = json.loads(p.text)
    w.tap.equal((d["status"], p.status), (1, 1), "JSON: the status")
    w.tap.equal([t["where"] for t in d["targets"]],
                ["routes/" + name for name in sorted(table)],
                "... all targets in order")
    t = {t["where"][7:]: t for t in d["targets"]}
    good = t["good"]
    w.tap.equal((good["rule"], good["status"], good["type"], good["readers"],
                 good["origin"]), ("ok", 200, "text/x", None, APP),
                "... what is known of one")
    hop = good["hops"][0]
    w.tap.equal((hop["url"], hop["address"], hop["http"], hop["certificate"]),
                (w.origin.url + "/say", "127.0.0.1", "HTTP/1.1", None),
                "... and of its fetch")
    w.tap.ok(hop["ms"]["all"] >= hop["ms"]["first_byte"] > 0, "... its times",
             hop)
    w.tap.equal((t["dead"]["rule"], t["dead"]["hops"][0]["status"]),
                ("connection_refused", 0), "... and of one that is down")
    w.tap.equal(d["problems"], sum(f["kind"] == "problem"
                                   for f in d["findings"]), "... counted")
    w.tap.ok(SECRET not in p.text, "... no secret is shown", p.text)


def certificates(w):
    """Each fault of one, and that the statement for it mends it."""
    def made(name, *how, **more):
        how = how or (-1, 90)
        more.setdefault("names", "DNS:localhost")
        return Server(say(), w.ca.make(name, "localhost", *how, **more))
    servers = {
        "good": made("good"), "soon": made("soon", -70, 20),
        "urgent": made("urgent", -85, 5), "short": made("short", -1, 2),
        "expired": made("expired", -90, -1), "early": made("early", 1, 90),
        "name": made("name", names="DNS:other.example,DNS:*.b.example"),
        "self": made("self", own=True), "stranger": made("stranger"),
        "pin": made("pin", own=True), "off": made("off", own=True),
        "sound": made("sound"),
        "hostile": made("hostile", own=True, names="",
                        organisation="\x1b[2J\u202e\u009b2Jx"),
    }
    table = {name: (server.url, {"ca_file": w.ca.certificate})
             for name, server in servers.items()}
    for name in ("self", "stranger", "hostile"):
        del table[name][1]["ca_file"]
    table["pin"] = (servers["pin"].url, {"tls_pin": "sha256//" + "A" * 43
                                         + "="})
    table["off"] = (servers["off"].url, {"verify_tls": "no"})
    table["sound"][1]["verify_tls"] = "no"
    site = w.site(table)
    p = w.probe(site)
    w.tap.equal(p.status, 1, "certificates: problems", p.text)
    w.facts(p, "routes/good", r"certificate of localhost\n        until "
            r"20\d\d-\d\d-\d\d \(89 days\), issuer: CN = CA", "a good one")
    w.facts(p, "routes/good", r"port \d+, HTTP/1\.1, TLSv1\.3$", "... by TLS")
    for name, text in (
            ("good", None), ("short", None),
            ("soon", r"warning: the certificate of localhost ends on .*, in "
             r"19 days: see that"),
            ("urgent", r"the certificate of localhost ends .*, in 4 days: "
             r"renew it"),
            ("expired", r"the certificate of localhost ended on .*: renew"),
            ("early", r"the certificate of localhost holds from .*: see "
             r"whether the clock"),
            ("name", r"the certificate of localhost is for other\.example, "
             r"\*\.b\.example and not for localhost: give"),
            ("self", r"the certificate of localhost is signed by itself: if"),
            ("stranger", r"the certificate of localhost comes from an "
             r"authority that is not known here \(CN = CA.*\): put"),
            ("pin", r"the key of localhost is not that of tls_pin: if its"),
            ("off", r"warning: verify_tls is off: if this is its key, UPD"),
            ("sound", r"warning: verify_tls is off, and the certificate of "
             r"localhost is sound: UPDATE")):
        w.finds(p, "routes/" + name, text and "^routes/%s: %s" % (name, text),
                "%s: %s" % (name, text))
    for name in ("expired", "early", "name", "self", "stranger", "pin",
                 "hostile"):
        w.tap.equal(servers[name].heads, [], name + ": is sent nothing")
    hostile(w, p, w.probe(site, "--json"))
    mended(w, site, p, servers)


def hostile(w, plain, document_):
    """A terminal obeys nothing that a target says."""
    for p, what in ((plain, "lines"), (document_, "JSON")):
        w.tap.ok(re.search(b"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|"
                           b"\xe2\x80\xae", p.bytes) is None,
                 "a hostile certificate does nothing in " + what, p.bytes)
    found = [t["hops"][0]["certificate"]
             for t in json.loads(document_.text)["targets"]
             if t["where"] == "routes/hostile"]
    w.tap.equal(found[0]["subject"],
                "CN = localhost, O = \\1B[2J\u202e\u009b2Jx",
                "... which JSON has in full")


def mended(w, site, before, servers):
    """The statements, carried out: the next look and real requests pass."""
    refused = ("expired", "early", "name", "self", "stranger", "pin", "off",
               "sound")
    front = fronts.Listen(w.tree, site).start()
    for name in refused[:6]:
        answer = front.ask("GET", "/" + name, [cases.JSON])
        w.tap.equal((answer.status, answer.rule), (502, "tls_certificate"),
                    name + ": a request is refused", answer)
    for name in refused:
        statement = before.statement("routes/" + name)
        site.sql(statement)
        w.tap.ok(name == "sound" or "sha256//" in statement,
                 name + ": a pin is given", statement)
    p = w.probe(site)
    for name in refused:
        w.finds(p, "routes/" + name, None, name + ": is mended by it")
        answer = front.ask("GET", "/" + name)
        w.tap.equal((answer.status, answer.body), (200, b"hello"),
                    "... and serves", answer)
    front.stop()
    pinned = origins.pin(w.ca.path + "/self.crt")
    w.tap.equal(site.sql("SELECT tls_pin FROM routes WHERE name = 'self'"),
                pinned + "\n", "the pin is that of openssl")
    del servers


def cross_origin(w):
    """Who needs no proxy."""
    def echo(head):
        origin = authority.origin_of(head)
        return say("Access-Control-Allow-Origin: %s" % origin,
                   "Access-Control-Allow-Credentials: true")

    def refuses(head):
        return say(status="403 No" if authority.origin_of(head) else "200 OK")

    def only(head):
        origin = authority.origin_of(head)
        return say(*(["Access-Control-Allow-Origin: " + APP]
                     if origin == APP else []))
    star = say("Access-Control-Allow-Origin: *")
    other = say("Access-Control-Allow-Origin: https://other.example")
    kinds = {"star": star, "echo": echo, "only": only, "other": other,
             "refuses": refuses, "secret": star, "passed": echo,
             "target": say(), "target-refuses": refuses, "nobody": star}
    servers = {name: Server(answer) for name, answer in kinds.items()}
    table = {name: (server.url, {}) for name, server in servers.items()}
    table["secret"] = (servers["secret"].url + "?key=" + SECRET, {})
    table["nobody"] = (servers["nobody"].url, {"allow_origins": ""})
    for name in ("passed", "target", "target-refuses"):
        table[name] = (servers[name].url, {"cors": "target"})
    p = w.probe(w.site(table))
    w.tap.equal(p.status, 0, "warnings alone: status 0", p.text)
    for name, text in (
            ("star", "every origin, without cookies:\n +no proxy is needed"),
            ("echo", "every origin, with cookies:\n +no proxy is needed"),
            ("only", APP + r", without cookies:\n +no proxy is needed"),
            ("other", "CORS for https://other.example alone: pages of "
             + APP + " need the gateway"),
            ("refuses", r"\(403 to requests of a page of " + APP),
            ("secret", r"without cookies:\n +they need the gateway for what"),
            ("passed", r"with cookies:\n +the gateway passes it on"),
            ("nobody", "every origin, without")):
        w.facts(p, "routes/" + name, text, "%s: %s" % (name, text))
    for name in ("star", "echo", "only", "other", "refuses", "passed"):
        w.finds(p, "routes/" + name, None, name + ": nothing to mend")
    w.finds(p, "routes/target", "warning: cors = target, but it lets no page "
            "of " + APP, "cors = target without CORS")
    w.finds(p, "routes/target-refuses", "warning: cors = target, but it "
            r"refuses pages of %s \(403\)" % APP, "... or with a refusal")
    w.tap.ok(SECRET not in p.text, "a key in a URL is not shown", p.text)
    w.tap.equal([authority.origin_of(h) for h in servers["nobody"].heads],
                ["https://example.invalid"], "an origin that nobody has")
    w.tap.equal([authority.origin_of(h) for h in servers["refuses"].heads],
                [APP, None], "asked again as the gateway does")


def redirects(w):
    """Which are followed, and what to write instead."""
    def to(place, status="302 Found"):
        return say("Location: " + place, status=status)
    away = Server(say())
    inner = Server(lambda head: to("/end", "301 Moved")
                   if b"GET / " in head else say())
    tls = Server(say(), w.ca.make("r", "localhost", -1, 90,
                                  names="DNS:localhost"))
    plain = Server(to(tls.url + "x"))
    table = {
        "moved": (inner.url, {}),
        "secure": (plain.url, {"ca_file": w.ca.certificate}),
        "away": (Server(to("https://other.example/y")).url, {}),
        "away-good": (Server(to("https://other.example/y",
                                "308 For good")).url, {}),
        "query": (Server(to("https://other.example/?token=" + SECRET)).url,
                  {}),
        "keyed": (Server(to(away.url + "in/" + SECRET)).url, {
            "redirects": "follow", "allow_origins": APP}),
        "junk": (Server(say("Location: http://\x1b[2J/",
                            status="302 F")).url, {}),
        "passed": (Server(to("/y")).url, {"redirects": "pass"}),
        "quoted": (Server(to("/it's", "301 M")).url, {})}
    site = w.site(table, routes={
        "targets": "listed", "target_hosts": "localhost:%d" % away.port})
    site.header("keyed", "request", "X-Key", SECRET)
    p = w.probe(site)
    w.tap.equal(p.status, 0, "redirects are no problems", p.text)
    w.facts(p, "routes/moved", r"301 in [\s\S]*leads to, and is followed, "
            r"%send\n  then %send\n    200" % (inner.url, inner.url),
            "a redirect that is followed")
    for name, text in (
            ("moved", r"redirects \(301\) to %send, which costs each request"
             r" another: UPDATE" % inner.url),
            ("secure", r"redirects \(302\) to %sx, which" % tls.url),
            ("away", r"redirects \(302\) to https://other\.example/y, which "
             r"the caller is sent to: put that into url, or UPDATE"),
            ("away-good", r"redirects \(308\) to https://other\.example/y, "
             r"which the caller is sent to: UPDATE routes SET url"),
            ("query", r"redirects \(302\) to https://other\.example/ with "
             r"more that is not shown"),
            ("keyed", r"redirects \(302\) to %s with more" % away.url[:-1]),
            ("junk", r"redirects \(302\) to what is no URL")):
        w.finds(p, "routes/" + name, "^routes/%s: warning: %s"
                % (name, text), "%s: %s" % (name, text))
    w.finds(p, "routes/passed", None, "passed as it is to be: nothing")
    w.facts(p, "routes/passed", "points to, and is passed on, http", "...")
    w.tap.ok(SECRET not in p.text + w.probe(site, "--json").text,
             "no secret of a redirect is shown", p.text)
    w.tap.ok(b"\x1b" not in p.bytes, "nor what a terminal obeys", p.bytes)
    came = [h for h in away.heads if b"GET /in/" in h]
    w.tap.ok(came and not any(b"X-Key" in h for h in came),
             "another origin gets no key", came)
    for name in ("moved", "secure", "quoted"):
        site.sql(p.statement("routes/" + name))
    p = w.probe(site)
    for name in ("moved", "secure"):
        w.finds(p, "routes/" + name, None, name + ": mended by it")
    w.tap.equal(site.sql("SELECT url FROM routes WHERE name = 'quoted'")[-6:],
                "/it's\n", "a quote is quoted")


def places(w):
    """Addresses, names, whole URLs, remote_url, the outbound proxy."""
    names = name_servers.Names(w.tree, w.origin)
    names.know(inner_test="127.0.0.1", meta_test="169.254.169.254")
    site = w.site({"unknown": "http://none.test/",
                   "inner": ("http://inner.test:%d/echo"
                             % w.origin.ports["http"], {"allow_private": "no"}),
                   "meta": "http://meta.test/"})
    p = w.probe(site, **names.environment)
    w.finds(p, "routes/unknown", r"^routes/unknown: .*\(dns\): .*WHERE name "
            "= 'unknown';", "a name that there is not")
    w.finds(p, "routes/inner", "^routes/inner: its address 127.0.0.1 is not "
            "public: .*allow_private = '127.0.0.1/32'", "a private address")
    w.finds(p, "routes/meta", "^routes/meta: its address 169.254.169.254 is "
            "opened by no setting", "one that stays closed")
    site.sql(p.statement("routes/inner"))
    p = w.probe(site, **names.environment)
    w.finds(p, "routes/inner", None, "opened by the statement")
    tls = Server(say(), w.ca.make("p", "localhost", -1, 90,
                                  names="DNS:localhost"))
    site = w.site({}, routes={
        "targets": "listed", "target_hosts": "localhost:%d %s *.b.example"
        % (tls.port, w.origin.host)}, upstream={
        "ca_file": w.ca.certificate})
    w.origin.arrived()
    p = w.probe(site)
    w.tap.equal(p.status, 0, "hosts of whole URLs", p.text)
    w.facts(p, "target_hosts/localhost:%d" % tls.port,
            r", %s\n    200 [\s\S]*certificate of localhost" % tls.url,
            "... over TLS")
    w.facts(p, "target_hosts/" + w.origin.host, r", %s/\n    200"
            % w.origin.url, "... and over none where there is none")
    w.tap.equal(len(re.findall("^asked: ", p.text, re.M)), 2,
                "... no pattern", p.text)
    own = Server(say(), w.ca.make("q", "localhost", -1, 90, own=True,
                                  names="DNS:localhost"))
    p = w.probe(w.site({}, routes={"remote_url": own.url}))
    w.finds(p, r"routes/*", r"if this is its key, set tls_pin = sha256//\S* "
            "in viaduct.ini", "remote_url: mended in its file")
    p = w.probe(w.site({"far": "http://far.example/"}, upstream={
        "outbound_proxy": w.origin.url}))
    w.facts(p, "routes/far", r"200 in [\s\S]*through outbound_proxy, "
            r"127\.0\.0\.1 port", "through the proxy")


def together(w):
    """Eight at once: none of these is answered before all have come."""
    site = w.site({"r%d" % i: (w.origin.url + "/wait/all", {
        "request_timeout": "60"}) for i in range(8)})

    def release():
        w.origin.wait("held all", 8, 50)
        w.origin.release("all", 8)
    waiter = threading.Thread(target=release)
    waiter.start()
    p = w.probe(site)
    waiter.join()
    w.tap.equal(len(re.findall("^    200 in", p.text, re.M)), 8,
                "targets are asked together", p.text)


def slow(w):
    """More than half of what it may take."""
    def late(_):
        time.sleep(10.5)
        return say()
    p = w.probe(w.site({"late": (Server(late).url, {
        "request_timeout": "20"})}))
    w.finds(p, "routes/late", r"^routes/late: warning: begins to answer after"
            r" \d+ ms, more than half of request_timeout", "a slow target")


def terminal(w):
    """Progress in one line, which is gone in the end."""
    site = w.site({"a": w.origin.url + "/wait/t",
                   "b" * 60: w.origin.url + "/echo"})
    controller, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    process = subprocess.Popen(
        [w.tree.program, "check", "-c", site.config, "--probe"],
        stdout=side, stderr=side, env={"PATH": trees.PATH})
    os.close(side)
    seen = b""
    while True:
        try:
            more = os.read(controller, 4096)
        except OSError:
            break
        if not more:
            break
        seen += more
        if b"1 of 2 asked; waiting for routes/a" in seen:
            w.origin.release("t")
    process.wait()
    w.tap.ok(b"1 of 2 asked; waiting for routes/a" in seen,
             "a terminal shows how far it is", seen)
    longest = max(len(part) for line in seen.split(b"\n")
                  for part in line.split(b"\r") if b" asked; " in part)
    w.tap.equal(longest, 39, "... within its width", seen)
    lines = [shown(line) for line in seen.decode().split("\n")]
    w.tap.ok(not any("waiting for" in line for line in lines),
             "... and clears it", "\n".join(lines))
    w.tap.ok(any(line.startswith("asked: routes/a, ") for line in lines),
             "... before what it says", "\n".join(lines))
    os.close(controller)


def shown(line):
    """What is left in a terminal's line after its carriage returns."""
    cells = []
    for part in line.split("\r"):
        cells[:len(part)] = part
    return "".join(cells).rstrip()


def main():
    trees.need("sqlite3", "openssl")
    w = World()
    for story in (answers, certificates, cross_origin, redirects, places,
                  together, slow, terminal):
        w.tap.guard(story.__name__, story, w)
    w.tap.done()


main()
