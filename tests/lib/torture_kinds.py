"""What is tried without memory: every kind of request, every command."""
import re
import time

import bearer
import sites
from cases import APP, BAD, JSON
from torture import Command, Kind

PAGE = [("Origin", APP)]
HTML = ("Accept", "text/html")
OPERATOR = "the-operators-own-key-which-is-long-0"
OF_OPERATOR = [("X-API-Key", OPERATOR)]
NAVIGATE = [HTML, ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document")]
END = re.compile(rb"</html>\n$")
STRANGER = [("REMOTE_ADDR", "{pid}")]


def site_of(tree, origin):
    """The site that all of it is asked of."""
    tree.write("site/operator.key", OPERATOR, 0o600)
    tree.write("site/token.key", bearer.SECRET, 0o600)
    site = sites.Site(
        tree, app={"operator_key_file": "operator.key"},
        routes={"targets": "listed", "target_hosts": origin.host,
                "filtered_path": "/no/way"},
        upstream={"allow_private": "127.0.0.0/8", "upload_quota": "100K"},
        access={"rate_limit": "0", "jwt_algorithm": "HS256",
                "jwt_key_file": "token.key", "jwt_issuer": "me",
                "jwt_audience": "here"})
    routes(site, origin)
    site.page = site.key("page", "--routes", "keyed,https")
    site.other = site.key("other", "--routes", "o")
    return site


def routes(site, origin):
    url = origin.url
    site.routes({
        "o": (url, {}),
        "keyed": (url, {"access": "key"}),
        "token": (url, {"access": "jwt"}),
        "secret": (url, {"allow_origins": APP, "filtered_path": "/no/*"}),
        "cred": (url, {"allow_origins": APP, "allow_credentials": 1}),
        "iso": (url, {"cookies": "isolate"}),
        "pages": (url, {"forwarded": "x",
                        "forward_headers": "Accept X-One"}),
        "their": (url, {"cors": "target"}),
        "follow": (url, {"redirects": "follow"}),
        "down": ("http://127.0.0.1:9", {}),
        "rated": (url, {"rate_limit": "1/d"}),
        "bad": (url, {"allow_origins": "*"}),
    })
    site.header("secret", "request", "X-Secret", "s3cr3t")
    site.header("secret", "response", "X-Gone", None)
    site.header("secret", "response", "X-Here", "yes")


def kinds(rack):
    origin, site = rack.origin, rack.site
    key, other = ("X-API-Key", site.page), ("X-API-Key", site.other)
    whole = "/" + origin.url
    return [
        Kind("permitted", "/o/echo/a?b=c", fields=PAGE, reaches=True),
        Kind("no origin", "/o/echo", fields=[
            ("Cookie", "a=b"), ("Accept-Encoding", "gzip, br"),
            ("Range", "bytes=0-1"), ("Connection", "X-Off"), ("X-Off", "1"),
            ("Authorization", "Basic YTpi")], reaches=True),
        Kind("refused origin", "/o/echo", 403, fields=[("Origin", BAD)]),
        Kind("preflight", "/o/echo", 204, "OPTIONS", PAGE + [
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "x-one")]),
        Kind("refused preflight", "/o/echo", 403, "OPTIONS", [
            ("Origin", BAD), ("Access-Control-Request-Method", "PUT")]),
        Kind("credentials", "/cred/say?h=X-A:b", fields=PAGE, reaches=True),
        Kind("method", "/o/echo", 405, "TRACE", PAGE + [JSON]),
        Kind("key", "/keyed/echo", fields=PAGE + [key], reaches=True),
        Kind("no key", "/keyed/echo", 401, fields=PAGE + [JSON],
             extra=STRANGER),
        Kind("wrong key", "/keyed/echo", 401, fields=PAGE + [
            JSON, (key[0], key[1][:-1] + "AE"[key[1][-1] == "A"])],
             extra=STRANGER),
        Kind("key for another route", "/keyed/echo", 401, fields=PAGE + [
            JSON, other], extra=STRANGER),
        Kind("token", "/token/echo", fields=[
            ("Authorization", "Bearer " + token(3600))], reaches=True),
        Kind("old token", "/token/echo", 401, fields=[
            JSON, ("Authorization", "Bearer " + token(-3600))],
            extra=STRANGER),
        Kind("forged token", "/token/echo", 401, fields=[
            JSON, ("Authorization", "Bearer " + token(3600)[:-2] + "AA")],
            extra=STRANGER),
        Kind("whole URL", whole + "/echo", fields=PAGE, reaches=True),
        Kind("whole URL not listed", "/http://127.0.0.2/echo", 403,
             fields=PAGE + [JSON]),
        Kind("whole URL without proof", whole + "/echo", 403, fields=[JSON]),
        Kind("upload", "/o/echo", method="POST", fields=PAGE + [
            ("Content-Type", "text/plain")], body=b"x" * 70000, reaches=True),
        Kind("too large an upload", "/o/echo", 413, "POST", PAGE + [JSON],
             body=b"x" * 300000),
        Kind("redirect", "/o/redirect?to=/echo/there", fields=PAGE,
             reaches=True),
        Kind("redirect to elsewhere", "/o/redirect?to=http://127.0.0.2/", 302,
             fields=PAGE, reaches=True),
        Kind("secret", "/secret/say?h=X-Gone:1&h=Set-Cookie:a=b&b=body",
             fields=PAGE, reaches=True),
        Kind("filtered", "/secret/no/x", 403, fields=PAGE + [HTML]),
        Kind("filtered everywhere", "/o/no/way", 403, fields=PAGE + [JSON]),
        Kind("isolate", "/iso/say?h=Set-Cookie:a=b;%20Path=/&b=x", fields=[
            ("Cookie", "iso.a=1; other=2")], reaches=True),
        Kind("render", "/pages/say?h=Content-Type:text/html&b=%3Cp%3E",
             fields=[("X-One", "1"), ("X-Two", "2"), ("Cookie", "a=b")],
             reaches=True, ini={"upstream": {"render": "yes"}}),
        Kind("cors of the target", "/their/say?h=Access-Control-Allow-Origin:"
             + BAD, fields=[("Origin", BAD)], reaches=True),
        Kind("splash", "/o/fault/ssh", 502, fields=NAVIGATE, reaches=True),
        Kind("error in JSON", "/o/fault/ssh", 502, fields=PAGE,
             reaches=True),
        Kind("error as image", "/o/fault/ssh", 502, fields=[
            ("Accept", "image/*")], reaches=True),
        Kind("error as text", "/o/fault/ssh", 502, fields=[
            ("Accept", "text/plain")], reaches=True),
        Kind("down", "/down/", (502, 503), fields=NAVIGATE),
        Kind("rated", "/rated/echo", 429, fields=[JSON]),
        Kind("unknown route", "/nowhere/x", 404, fields=PAGE + NAVIGATE),
        Kind("bad row", "/bad/echo", 500, fields=PAGE + [JSON],
             ini={"cors": {"allow_credentials": "yes"}}),
        Kind("bad settings", "/o/echo", 503, fields=PAGE + [JSON],
             ini={"cors": {"allow_origins": "nonsense"}}),
        Kind("start", "/", fields=NAVIGATE + OF_OPERATOR, whole=END),
        Kind("start for strangers", "/", fields=NAVIGATE, extra=STRANGER),
        Kind("health", "/_health"),
        Kind("page of one's own", "/nowhere/x", 404, fields=NAVIGATE,
             ini={"app": {"pages": rack.tree.source("etc/pages")}}),
        Kind("dump", "/o/echo?dump_request=y", fields=OF_OPERATOR,
             ini={"debug": {"dump_request": "yes"}}, whole=re.compile(b".")),
        Kind("login", "/_status", 303, "POST", NAVIGATE + [
            ("Content-Type", "application/x-www-form-urlencoded")],
            body=b"key=" + OPERATOR.encode(), varies=["set-cookie"]),
        Kind("HEAD", "/o/echo", method="HEAD", fields=PAGE, reaches=True),
        Kind("status", "/_status", fields=NAVIGATE + OF_OPERATOR, whole=END),
        Kind("status for strangers", "/_status", 403, fields=NAVIGATE,
             extra=STRANGER),
        Kind("status.json", "/_status.json", fields=OF_OPERATOR,
             whole=re.compile(rb"\}\n$")),
        Kind("metrics", "/_metrics", fields=OF_OPERATOR,
             whole=re.compile(rb"\n$")),
        Kind("metrics for strangers", "/_metrics", 403, fields=[JSON],
             extra=STRANGER),
        Kind("explain", "/_explain?path=/o/echo&origin=" + APP,
             fields=NAVIGATE + OF_OPERATOR, whole=END),
        Kind("check", "/_check", fields=NAVIGATE + OF_OPERATOR, whole=END),
    ]


def token(seconds):
    return bearer.hashed({"alg": "HS256", "typ": "JWT"}, {
        "iss": "me", "aud": "here", "sub": "one",
        "exp": int(time.time()) + seconds})


def commands(rack):
    """What an operator calls; {pid} is another word each time."""
    use = ["-c", rack.site.config]
    return [
        Command("check", ["check", *use], 0),
        Command("check --json", ["check", *use, "--json"], 0),
        Command("check of bad settings", ["check", *use], 1,
                ini={"cors": {"allow_origins": "nonsense"}}),
        Command("explain", ["explain", *use, "-o", APP, "/o/echo"], 0),
        Command("explain --json", ["explain", *use, "--json", "-o", BAD,
                                   "/secret/x"], 1),
        Command("init", ["init", "-s", "{pid}"], 0,
                whole=re.compile(rb"^made .*UPDATE routes .*\n$", re.S)),
        Command("key add", ["key", *use, "add", "{pid}"], 0,
                whole=re.compile(rb"^vd1_[0-9a-z]+_[\w-]+\n$")),
        Command("key list", ["key", *use, "list"], 0),
        Command("key revoke", ["key", *use, "revoke", "other"], 0),
        Command("status", ["status", *use], 0,
                whole=re.compile(rb"^LAST HOUR.*\nall\t.*\nRULE\t.*\n$", re.S)),
        Command("status --json", ["status", *use, "--json"], 0,
                whole=re.compile(rb"\}\n$")),
    ]
