"""Header fields: what crosses to the target, and what comes back."""
import re

from cases import APP, JSON, OWN, Row

ID = re.compile(r"[0-9a-f]{32}")
VIA = re.compile(r"1\.1 viaduct-\S+")

# What a caller sends; what the target may see of it (None: nothing).
UP = [
    ("X-Custom", "one, two", "one, two"),
    ("X-Empty-Not", "a;b=\"c d\"", "a;b=\"c d\""),
    ("Accept", "text/x, */*;q=0.1", "text/x, */*;q=0.1"),
    ("Accept-Language", "de, en;q=0.5", "de, en;q=0.5"),
    ("User-Agent", "tester/1.0 (x)", "tester/1.0 (x)"),
    ("Authorization", "Bearer abc.def", "Bearer abc.def"),
    ("X-API-Key", "targets-own", "targets-own"),
    ("Cache-Control", "no-cache", "no-cache"),
    ("DNT", "1", "1"),
    ("Sec-GPC", "1", "1"),
    ("Accept-Encoding", "gzip, dcb, br;q=0.5", None),      # judged below
    ("Referer", "https://app.example/page?secret=1", None),
    ("Cookie", "session=1", None),
    ("Cookie2", "x", None),
    ("Origin", APP, None),
    ("Proxy", "http://127.0.0.1:9", None),
    ("Proxy-Authorization", "Basic eDp5", None),
    ("Proxy-Connection", "keep-alive", None),
    ("Keep-Alive", "timeout=5", None),
    ("TE", "trailers", None),
    ("Trailer", "X-T", None),
    ("Upgrade", "h2c", None),
    ("HTTP2-Settings", "AAMAAABk", None),
    ("Forwarded", "for=1.2.3.4", None),
    ("X-Forwarded-For", "1.2.3.4", None),
    ("X-Forwarded-Host", "evil.example", None),
    ("X-Forwarded-Proto", "https", None),
    ("X-Forwarded-Port", "1", None),
    ("X-Forwarded-Server", "x", None),
    ("X-Forwarded-Prefix", "/x", None),
    ("X-Real-IP", "1.2.3.4", None),
    ("X-Client-IP", "1.2.3.4", None),
    ("True-Client-IP", "1.2.3.4", None),
    ("CF-Connecting-IP", "1.2.3.4", None),
    ("Fastly-Client-IP", "1.2.3.4", None),
    ("X-Cluster-Client-IP", "1.2.3.4", None),
    ("X-Original-URL", "/admin", None),
    ("X-Rewrite-URL", "/admin", None),
    ("Client-IP", "1.2.3.4", None),
    ("X-Host", "evil.example", None),
    ("Front-End-Https", "on", None),
    ("Remote-User", "root", None),
    ("X-Remote-User", "root", None),
    ("X-WebAuth-User", "root", None),
    ("SSL-Client-Cert", "x", None),
    ("X-SSL-Client-S-DN", "CN=root", None),
    ("X-HTTP-Method", "DELETE", None),
    ("X-HTTP-Method-Override", "DELETE", None),
    ("X-Method-Override", "DELETE", None),
    ("Sec-Fetch-Site", "cross-site", None),
    ("Sec-Fetch-Mode", "cors", None),
    ("Sec-CH-UA", "x", None),
    ("Purpose", "prefetch", None),
    ("Sec-Purpose", "prefetch", None),
    ("Available-Dictionary", ":x:", None),
    ("Dictionary-ID", "x", None),
    ("Access-Control-Request-Headers", "x", None),
]

# What a target sends; what a caller may see of it (None: nothing).
DOWN = [
    ("Content-Type", "text/x", "text/x"),
    ("Content-Language", "de", "de"),
    ("Content-Disposition", "attachment", "attachment"),
    ("Cache-Control", "max-age=5", "max-age=5"),
    ("Expires", "Tue, 01 Sep 2026 10:00:00 GMT",
     "Tue, 01 Sep 2026 10:00:00 GMT"),
    ("X-Custom", "a b", "a b"),
    ("Retry-After", "7", "7"),
    ("Deprecation", "@1", "@1"),
    ("Link", "<https://x.example/2>; rel=\"next\"",
     "<https://x.example/2>; rel=\"next\""),
    ("RateLimit", "\"d\";r=1", "\"d\";r=1"),
    ("Server-Timing", "db;dur=1", "db;dur=1"),
    ("Age", "3", "3"),
    ("Set-Cookie", "a=b", None),
    ("Set-Cookie2", "a=b", None),
    ("Keep-Alive", "timeout=9", None),
    ("Proxy-Connection", "keep-alive", None),
    ("Proxy-Authenticate", "Basic", None),
    ("Trailer", "X-T", None),
    ("Upgrade", "h2c", None),
    ("X-Accel-Buffering", "no", None),
    ("X-Accel-Expires", "9", None),
    ("X-Accel-Limit-Rate", "1", None),
    ("X-LiteSpeed-Location", "/secret.txt", None),
    ("X-LIGHTTPD-KBytes-per-second", "1", None),
    ("X-Pad", "x", None),
    ("Script-Control", "no-abort", None),
    ("Variable-X", "1", None),
    ("Nph-X", "1", None),
    ("Strict-Transport-Security", "max-age=9", None),
    ("Public-Key-Pins", "x", None),
    ("Expect-CT", "x", None),
    ("Clear-Site-Data", "\"*\"", None),
    ("Alt-Svc", "h2=\":9\"", None),
    ("Service-Worker-Allowed", "/", None),
    ("Origin-Agent-Cluster", "?1", None),
    ("Accept-CH", "DPR", None),
    ("Critical-CH", "DPR", None),
    ("NEL", "{}", None),
    ("Report-To", "{}", None),
    ("Reporting-Endpoints", "x=\"/x\"", None),
    ("Set-Login", "logged-in", None),
    ("Origin-Trial", "x", None),
    ("Permissions-Policy", "x=()", None),
    ("P3P", "x", None),
    ("Cross-Origin-Embedder-Policy", "require-corp", None),
    ("Cross-Origin-Opener-Policy", "same-origin", None),
    ("X-XSS-Protection", "1", None),
    ("X-Permitted-Cross-Domain-Policies", "all", None),
    ("Refresh", "0; url=/x", None),
    ("SourceMap", "/x.map", None),
    ("X-SourceMap", "/x.map", None),
    ("X-Powered-By", "PHP", None),
    ("Authentication-Info", "x", None),
]

# Fields by which a target would command the web server itself.
COMMANDS = ["X-Accel-Redirect:/secret.txt", "x-accel-redirect:/secret.txt",
            "X_Accel_Redirect:/secret.txt", "X-Sendfile:SECRET",
            "X-LIGHTTPD-send-file:SECRET", "X-Sendfile2:SECRET%200-",
            "X-LiteSpeed-Location:/secret.txt", "Status:503%20Gone",
            "status:404", "Location:/secret.txt",
            "Location:https://evil.example/", "Content-Location:/secret.txt"]

# What every relayed answer carries.
PROTECT = {"x-content-type-options": "nosniff",
           "content-security-policy": "sandbox; default-src 'none'",
           "x-frame-options": "DENY",
           "cross-origin-resource-policy": "same-origin",
           "x-request-id": ID, "via": VIA, "server": None}
del PROTECT["server"]                   # each server adds its own


def rows(origin):
    out = [Row("NTLM and Negotiate: " + scheme, "/o/echo", 403,
               fields=[JSON, ("Authorization", scheme + " abc")],
               rule="auth_scheme") for scheme in
           ("NTLM", "Negotiate", "negotiate")]
    out += [
        Row("protected", "/o/say?b=x", has=PROTECT),
        Row("embeddable", "/embed/say?b=x",
            has={"cross-origin-resource-policy": "cross-origin"}),
        Row("pages are guarded by their target", "/pages/say?b=x&h=Content-"
            "Security-Policy:default-src%20self&h=X-Frame-Options:SAMEORIGIN"
            "&h=Strict-Transport-Security:max-age%3d9", has=dict(
                PROTECT, **{"content-security-policy": "default-src self",
                            "x-frame-options": "SAMEORIGIN",
                            "strict-transport-security": None})),
        Row("pages without a guard have none", "/pages/say?b=x", has=dict(
            PROTECT, **{"content-security-policy": None,
                        "x-frame-options": None})),
        Row("pages: a link from elsewhere", "/pages/echo",
            fields=[("Sec-Fetch-Mode", "navigate"),
                    ("Sec-Fetch-Site", "cross-site")]),
        Row("pages: an image for elsewhere", "/pages/echo", 403,
            fields=[JSON, ("Sec-Fetch-Mode", "no-cors"),
                    ("Sec-Fetch-Site", "cross-site")], rule="fetch_mode"),
        Row("pages: our own errors are ours", "/pages/fault/ssh", 502,
            fields=[("Accept", "text/html")], hits=1, has={
                "content-security-policy": re.compile("default-src 'none'.*"),
                "x-frame-options": None}, rule="bad_response"),
        Row("pages: not modified", "/pages/range", 304,
            fields=[("If-None-Match", '"v1"')], body=b"",
            has={"etag": '"v1"', "content-security-policy": None}),
        Row("pages: HEAD", "/pages/range", method="HEAD", body=b"",
            has={"content-length": "16", "content-security-policy": None}),
        Row("pages: redirects are the browser's", "/pages/redirect?to=/echo/x",
            302, has={"location": re.compile(".*/pages/echo/x")}),
        Row("pages: by the host that was sent", "/pages-host/redirect?"
            "to=http://viaduct.test/echo/x", 302,
            has={"location": re.compile("/.*/pages-host/echo/x")}),
        Row("no type is no guess", "/o/say?b=%3Cp%3E",
            has={"content-type": "application/octet-stream"}),
        Row("our own errors are protected", "/nowhere", 404, fields=[JSON],
            rule="no_route", has={
                "x-content-type-options": "nosniff", "x-request-id": ID,
                "content-type": "application/problem+json",
                "cache-control": "no-store", "x-robots-tag":
                re.compile("noindex.*")}),
        Row("Basic challenges go", "/o/say?s=401%20No&h=WWW-Authenticate:"
            "Basic%20realm=x&h=WWW-Authenticate:Digest%20x", 401,
            has={"www-authenticate": 'Upstream realm="o"'}),
        Row("Bearer challenges stay", "/o/say?s=401%20No&h=WWW-Authenticate:"
            "Bearer%20realm=x", 401, has={
                "www-authenticate": "Bearer realm=x"}),
        Row("preload links go", "/o/say?h=Link:%3C/x%3E;%20rel=preload",
            has={"link": None}),
        Row("201 keeps its Location",
            "/o/say?s=201%20Created&h=Location:/echo/new", 201,
            has={"location": re.compile(r".*/o/echo/new")}),
    ]
    for status in ("200 OK", "203 X", "404 Not Found", "410 Gone", "500 X",
                   "429 X", "599 X"):
        out.append(Row("status " + status, "/o/say?b=x&s=" +
                       status.replace(" ", "%20"), int(status[:3]),
                       body=b"x"))
    out += conditional()
    return out


def conditional():
    """RFC 9110 13 and 14, end to end."""
    def row(name, status, body, has=None, **fields):
        given = [(k.replace("_", "-"), v) for k, v in fields.items()]
        return Row(name, "/o/range", status, fields=given, body=body,
                   has=has or {})
    etag = {"etag": '"v1"'}
    return [
        row("full", 200, b"0123456789abcdef",
            dict(etag, **{"accept-ranges": "bytes", "content-length": "16"})),
        row("a range", 206, b"234", {"content-range": "bytes 2-4/16"},
            Range="bytes=2-4"),
        row("the last bytes", 206, b"ef", {"content-range": "bytes 14-15/16"},
            Range="bytes=-2"),
        row("no such range", 416, b"", {"content-range": "bytes */16"},
            Range="bytes=99-"),
        row("If-Range holds", 206, b"0", Range="bytes=0-0", If_Range='"v1"'),
        row("If-Range fails", 200, b"0123456789abcdef",
            Range="bytes=0-0", If_Range='"v0"'),
        row("If-None-Match", 304, b"", etag, If_None_Match='"v1"'),
        row("If-None-Match of another", 200, b"0123456789abcdef",
            If_None_Match='"v0"'),
        row("If-Modified-Since", 304, b"",
            If_Modified_Since="Tue, 01 Sep 2026 10:00:00 GMT"),
        row("If-Match fails", 412, b"", If_Match='"v0"'),
        Row("HEAD has the length and no body", "/o/range", method="HEAD",
            has={"etag": '"v1"', "content-length": "16"}, body=b""),
        Row("204", "/o/say?s=204%20No&h=X-A:b", 204, body=b"",
            has={"x-a": "b", "content-type": None}),
    ]


def request_fields(run):
    """One request with everything a caller may send."""
    fields = [(n, v) for n, v, _ in UP] + [
        ("Connection", "close, X-Listed"), ("X-Listed", "1"),
        ("Via", "1.0 fred"), ("X-Request-Id", "mine")]
    answer = run.ask("GET", "/o/echo", fields)
    if not run.ok(answer.status == 200, "request_fields: 200", answer):
        return
    wrong = []
    for name, _, want in UP:
        got = answer.sent(name)
        if name == "Accept-Encoding":
            want = "gzip, br;q=0.5"
        elif name == "Referer":
            want = "https://app.example/"
        if got != ([] if want is None else [want]):
            wrong.append("%s: %s, not %s" % (name, got, want))
    run.equal(wrong, [], "request_fields: each as it should be", answer)
    run.equal(answer.sent("X-Listed"), [], "request_fields: Connection's")
    run.equal(answer.sent("Host"), [run.origin.host], "request_fields: Host")
    via = answer.sent("Via")
    run.ok(len(via) == 1 and re.fullmatch(r"1\.0 fred, 1\.1 viaduct-\S+",
                                          via[0]),
           "request_fields: Via goes on", via)
    run.equal(answer.sent("X-Request-Id"), answer.all("x-request-id"),
              "request_fields: one id on both sides")
    run.ok(ID.fullmatch(answer.get("x-request-id") or ""),
           "request_fields: the id is ours")


def pages_of_the_target(run):
    """What they say of themselves is what their target knows."""
    def got(route, *fields):
        answer = run.ask("POST", route + "/echo", fields, b"x")
        return [answer.sent(n) for n in ("Origin", "Referer",
                                         "Sec-Fetch-Site")]
    page = OWN + run.front.mount + "/%s/x?y"
    asks = [("Origin", OWN), ("Sec-Fetch-Site", "same-origin")]
    run.equal(got("/pages", *asks, ("Referer", page % "pages")),
              [[run.origin.url], [run.origin.url + "/x?y"], ["same-origin"]],
              "pages_of_the_target: its own")
    run.equal(got("/pages-host", *asks, ("Referer", page % "pages-host")),
              [[OWN], [page % "pages-host"], ["same-origin"]],
              "pages_of_the_target: this host's")
    run.equal(got("/pages", ("Origin", APP), ("Referer", APP + "/x"),
                  ("Sec-Fetch-Site", "cross-site")),
              [[], [APP + "/"], []], "pages_of_the_target: others'")


def request_choices(run):
    """no_headers, forward_headers, user_agent, preserve_host, forwarded."""
    sent = [("X-One", "1"), ("X-Two", "2"), ("Range", "bytes=0-0"),
            ("Accept", "a/b"), ("User-Agent", "tester"),
            ("Content-Type", "text/x"), ("If-None-Match", '"v"')]

    def got(route, *names):
        answer = run.ask("POST", "/%s/echo" % route, sent, b"x")
        return [answer.sent(n) for n in names]
    run.equal(got("bare", "X-One", "User-Agent", "Range", "Content-Type",
                  "If-None-Match"),
              [[], [], ["bytes=0-0"], ["text/x"], ['"v"']],
              "request_choices: no_headers")
    run.equal(got("only", "X-One", "X-Two", "Accept", "Range",
                  "Content-Type"),
              [["1"], [], ["a/b"], ["bytes=0-0"], ["text/x"]],
              "request_choices: forward_headers")
    run.equal(got("agent", "User-Agent"), [["fixed/1"]],
              "request_choices: user_agent")
    run.equal(got("host", "Host"), [["viaduct.test"]],
              "request_choices: preserve_host")
    run.equal(got("tells", "Forwarded", "X-Forwarded-For"),
              [["for=127.0.0.1;proto=http"], []],
              "request_choices: forwarded = rfc7239")
    run.equal(got("tells-x", "Forwarded", "X-Forwarded-For",
                  "X-Forwarded-Proto"), [[], ["127.0.0.1"], ["http"]],
              "request_choices: forwarded = x")


def repeated_fields(run):
    """Servers join or repeat: the target gets one value with both."""
    answer = run.ask("GET", "/o/echo", [("X-Twice", "a"), ("X-Twice", "b")])
    run.equal(answer.sent("X-Twice"), ["a, b"], "repeated_fields", answer)


def answer_fields(run):
    """One answer with everything a target may send."""
    query = "&".join("h=%s:%s" % (n, "".join("%%%02x" % b for b in
                                             v.encode()))
                     for n, v, _ in DOWN)
    answer = run.ask("GET", "/o/say?b=x&" + query)
    wrong = ["%s: %s, not %s" % (n, answer.all(n), want)
             for n, _, want in DOWN
             if answer.all(n) != ([] if want is None else [want])
             and not (n == "Keep-Alive")]      # a server's own
    run.ok(answer.status == 200 and not wrong, "answer_fields",
           "\n".join(wrong) + "\n%s" % answer)


def commands_to_the_server(run):
    """No target reaches the server's own files, or its status line."""
    secret = run.tree_path("docroot/secret.txt")
    for command in COMMANDS:
        answer = run.ask("GET", "/o/say?b=mine&h=" +
                         command.replace("SECRET", secret))
        run.ok((answer.status, answer.body) == (200, b"mine") and
               answer.get("location") is None,
               "commands_to_the_server: " + command, answer)


def encoded_bodies(run):
    """Compressed content passes byte for byte."""
    import gzip
    answer = run.ask("GET", "/o/gzip", [("Accept-Encoding", "gzip")])
    run.ok(answer.get("content-encoding") == "gzip" and answer.body ==
           gzip.compress(b"squeezed " * 1000, 9, mtime=0),
           "encoded_bodies", answer)


def httpoxy(run):
    """The Proxy field names a listener; nothing may come there."""
    before = run.origin.connections()["accepted"]
    run.origin.arrived()
    run.ask("GET", "/down/x", [("Proxy", run.origin.url)])
    run.equal((run.origin.arrived(), run.origin.connections()["accepted"]),
              ([], before), "httpoxy")


STORIES = [request_fields, pages_of_the_target, request_choices, repeated_fields, answer_fields,
           commands_to_the_server, encoded_bodies, httpoxy]
