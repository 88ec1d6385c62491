"""Which target a request means: names, paths, queries, methods, edits."""
import re

from cases import APP, BAD, JSON, Row

# What may stand below a route and must arrive as it was written.
PASS = ["/", "/a//b", "/...", "/.well-known/x", "/a..b", "/..a", "/a%2Fb",
        "/a%20b", "/~u", "/a:b@c", "/x;p=1", "/%C3%A9", "/a%25b",
        "/a%252Fb", "/a%3Fb", "/a%23b", "/a%2B+b", "/a,b'c(d)!*$", "//a",
        "/a/", "/https://e.com/x", "/.hidden", "/a.%2e"]
QUERY = ["?", "?a=b", "?a=b%2Fc%20d&e=%C3%A9&&f", "?u=https://e.com/?z=1",
         "?a+b", "?%", "?a%3D%26", "?b=2&a=1&b=1", "?route=x&method=PUT",
         "?%0d%0aX:y", "?a=/../b"]
# What must not, in every spelling.
REFUSE = ["/..", "/../x", "/a/../../x", "/%2e%2e/x", "/.%2E/x", "/%2e/x",
          "/./x", "/a/..%2fx", "/a%2f..%2fx", "/a%5c..%5cx", "/..;/x",
          "/..;a=b/x", "/%2e%2e;/x", "/%2e%2e%3b/x", "/%252e%252e/x",
          "/%25252e./x", "/a%00b", "/a%0d%0aX:1", "/%c0%ae%c0%ae/x", "/%zz",
          "/a%"]
# What callers ask for, and the language of the page that they get.
LANGUAGES = [("de", "de"), ("de-CH, en;q=0.5", "de"), ("fr-CA", "fr"),
             ("ja, es-419;q=0.1", "es"), ("en-GB, de;q=0.9", "en"),
             ("ja", "en"), ("de;q=0", "en"), ("de;q=2, <script>", "en"),
             ("x-y;q=0.5," * 350 + "fr;q=0.1", "fr")]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def in_language(path, status=200):
    return [Row("page %s for %s" % (path, asked[:30]), path, status, hits=0,
                fields=[("Accept", "text/html"), ("Accept-Language", asked)],
                has={"content-language": got}, vary=["Accept-Language"],
                body=re.compile(b'<html lang="%s">' % got.encode()))
            for asked, got in LANGUAGES]


def rows(origin):
    ask = [JSON]
    out = [Row("passes " + p, "/o/echo" + p, target="/echo" + p)
           for p in PASS]
    out += [Row("query " + q, "/o/echo" + q, target="/echo" + q)
            for q in QUERY]
    out += [Row("refuses " + p, "/o/echo" + p, 400, fields=ask,
                rule="bad_path") for p in REFUSE]
    out += [
        Row("no rest", "/deep", target="/echo/v1"),
        Row("no rest, base ends in a slash", "/base", target="/echo/v1/"),
        Row("rest below a base with a slash", "/base/x", target="/echo/v1/x"),
        Row("rest is a slash", "/deep/", target="/echo/v1/"),
        Row("base of a host alone", "/o", target="/"),
        Row("the base's query first", "/key/x?b=2",
            target="/echo/v1/x?appid=K1&b=2"),
        Row("the base's query alone", "/key", target="/echo/v1?appid=K1"),
        # the query form
        Row("query form", "/?route=deep", target="/echo/v1"),
        Row("query form with a path", "/?route=deep&path=/x%2Fy",
            target="/echo/v1/x/y"),
        Row("query form, other order", "/?path=/x&route=deep",
            target="/echo/v1/x"),
        Row("query form, the path's own query", "/?route=deep&path=/x%3Fq=1",
            target="/echo/v1/x?q=1"),
        Row("query form keeps +", "/?route=deep&path=/a+b",
            target="/echo/v1/a+b"),
        Row("query form decodes once", "/?route=deep&path=/a%2520b",
            target="/echo/v1/a%20b"),
        Row("query form, a blank is no path", "/?route=deep&path=/a%20b", 400,
            fields=ask, rule="bad_path"),
        Row("query form with dots", "/?route=deep&path=/..%2Fx", 400,
            fields=ask, rule="bad_path"),
        Row("query form, dots encoded twice",
            "/?route=deep&path=/%252e%252e/x", 400, fields=ask,
            rule="bad_path"),
        Row("query form, unknown parameter", "/?route=deep&x=1", 400,
            fields=ask, rule="bad_query"),
        Row("query form, repeated parameter", "/?route=deep&route=o", 400,
            fields=ask, rule="bad_query"),
        Row("query form, no such route", "/?route=nowhere", 404, fields=ask,
            rule="no_route"),
        # method= counts only with proof that a page's script sent it
        Row("method= with an allowed origin",
            "/?route=deep&method=DELETE", fields=[("Origin", APP)],
            echo={"method": "DELETE"}),
        Row("method= without an origin", "/?route=deep&method=DELETE", 403,
            fields=ask, rule="method_proof"),
        Row("method= from a strange origin", "/?route=deep&method=DELETE",
            403, fields=ask + [("Origin", BAD)], rule="origin_not_allowed"),
        Row("method= that changes nothing", "/?route=deep&method=HEAD",
            fields=[("Origin", APP)], status=200),
        Row("method= that the route does not allow",
            "/?route=get-only&method=DELETE", 405,
            fields=ask + [("Origin", APP)], rule="method_not_allowed"),
        Row("method= that is none", "/?route=deep&method=BREW", (400, 405),
            fields=ask + [("Origin", APP)], hits=0),
        # names
        Row("unknown route", "/nowhere", 404, fields=ask, rule="no_route"),
        Row("unknown route for an allowed page", "/nowhere/x", 404,
            fields=ask + [("Origin", APP)], rule="no_route",
            has={"access-control-allow-origin": APP}),
        Row("route switched off", "/off/echo", 404, fields=ask,
            rule="no_route"),
        Row("names are lower case", "/O/echo", 404, fields=ask,
            rule="no_route"),
        Row("a name has no dot", "/o.x", 404, fields=ask, rule="no_route"),
        Row("a name does not go on", "/oecho", 404, fields=ask,
            rule="no_route"),
        Row("a whole URL is not for named targets",
            "/https://example.com/x", 403, fields=ask,
            rule="target_not_allowed"),
        Row("nor is ?url=", "/?url=https%3A%2F%2Fexample.com%2F", 403,
            fields=ask, rule="target_not_allowed"),
        # what is answered here
        Row("start page", "/", hits=0, fields=[("Accept", "text/html")],
            has={"content-type": "text/html; charset=utf-8"}),
        *in_language("/"), *in_language("/nowhere", 404),
        Row("JSON is English", "/nowhere", 404, rule="no_route",
            fields=ask + [("Accept-Language", "de")],
            has={"content-language": None}),
        Row("robots.txt", "/robots.txt", hits=0,
            body=b"User-agent: *\nDisallow: /\n"),
        Row("favicon.ico", "/favicon.ico", (200, 204, 404), hits=0),
        Row("health", "/_health", hits=0),
        # methods
        Row("lower-case get", "/o/echo", 405, method="get", fields=ask,
            rule="method_not_allowed"),
        Row("an unknown method", "/o/echo", 405, method="BREW", fields=ask,
            rule="method_not_allowed"),
        Row("TRACE", "/o/echo", 405, method="TRACE", fields=ask,
            rule="method_not_allowed"),
        Row("a method the route does not allow", "/get-only/echo", 405,
            method="DELETE", fields=ask, rule="method_not_allowed",
            has={"allow": "GET"}),
        Row("too long", "/o/echo" + ("/" + "a" * 98) * 80 + "/" + "a" * 73,
            414, fields=ask,
            rule="url_too_long"),
        Row("too many fields", "/o/echo", 431,
            fields=ask + [("X-%d" % i, "v") for i in range(101)],
            rule="fields_too_large"),
    ]
    out += [Row("method " + m, "/o/echo", method=m,
                send=b"{}" if m in ("POST", "PUT", "PATCH") else None)
            for m in METHODS]
    return out


def methods_arrive(run):
    got = []
    for method in METHODS:
        run.ask(method, "/o/echo", send_length(method), b"{}"
                if method in ("POST", "PUT", "PATCH") else None)
        got += [a["method"] for a in run.origin.arrived()]
    run.equal(got, METHODS, "methods_arrive")


def send_length(method):
    return [("Content-Type", "application/json")] \
        if method in ("POST", "PUT", "PATCH") else []


def edits_hold_at_once(run):
    """Insert, change, switch off, delete: from the next request on."""
    seen = []

    def look():
        answer = run.ask("GET", "/edited", [JSON])
        arrived = run.origin.arrived()
        seen.append(arrived[0]["target"] if arrived else answer.status)
    url = run.origin.url
    look()
    run.site.route("edited", url + "/echo/one")
    look()
    for i in range(10):
        run.site.sql("UPDATE routes SET url = '%s/echo/%d' WHERE name = "
                     "'edited';" % (url, i))
        look()
    run.site.sql("UPDATE routes SET enabled = 0 WHERE name = 'edited';")
    look()
    run.site.sql("UPDATE routes SET enabled = 1 WHERE name = 'edited';")
    look()
    run.site.drop("edited")
    look()
    want = [404, "/echo/one"] + ["/echo/%d" % i for i in range(10)] + \
        [404, "/echo/9", 404]
    run.equal(seen, want, "edits_hold_at_once")


def settings_hold_at_once(run):
    undo = run.site.settings("cors", allow_origins="https://new.example")
    try:
        got = [run.ask("GET", "/o/echo", [("Origin", origin)]).status
               for origin in ("https://new.example", APP)]
    finally:
        undo()
    got.append(run.ask("GET", "/o/echo", [("Origin", APP)]).status)
    run.equal(got, [200, 403, 200], "settings_hold_at_once")


def fallback_route(run):
    """remote_url takes all that no name takes; a row `*' wins over it."""
    url = run.origin.url
    undo = run.site.settings("routes", remote_url=url + "/echo/r")
    try:
        seen = []
        for path in ("/some/thing?q=1", "/", "/robots.txt", "/?route=o",
                     "/deep/x"):
            run.ask("GET", path)
            seen += [a["target"] for a in run.origin.arrived()]
        run.equal(seen, ["/echo/r/some/thing?q=1", "/echo/r/",
                         "/echo/r/robots.txt", "/echo/r/?route=o",
                         "/echo/v1/x"], "fallback_route")
        run.site.route("*", url + "/echo/star")
        run.ask("GET", "/some")
        run.equal([a["target"] for a in run.origin.arrived()],
                  ["/echo/star/some"], "fallback_route: the table wins")
        refused = run.ask("GET", "/some/%2e%2e/x", [JSON])
        run.equal((refused.status, run.origin.arrived()), (400, []),
                  "fallback_route: dots refused", refused)
    finally:
        run.site.drop("*")
        undo()


STORIES = [methods_arrive, edits_hold_at_once, settings_hold_at_once,
           fallback_route]
