"""What the operator keeps to himself: fields that a route adds, and that
nothing planted here is ever seen in an answer or in a log."""
import urllib.parse

from cases import APP, BAD, JSON, Row

PLANTED = "planted-"                    # begins every secret of the list
KEY = PLANTED + "key-of-the-target"
LOGIN = "Basic " + PLANTED + "login-of-the-target"
ORIGIN = ("Origin", APP)

# Of the route "secret": direction, name, value.
FIELDS = [("request", "X-Api-Key", KEY), ("request", "authorization", LOGIN),
          ("request", "Accept", None), ("request", "User-Agent", "operator/1"),
          ("response", "Cache-Control", "max-age=77"),
          ("response", "X-Gone", None), ("response", "X-Added", "by route"),
          ("response", "X-Frame-Options", "SAMEORIGIN")]

# What callers have on them.
CALLER = [("Authorization", "Bearer %stoken-of-a-caller" % PLANTED),
          ("Cookie", "session=%scookie" % PLANTED),
          ("X-API-Key", PLANTED + "key-of-a-caller"),
          ("X_API_KEY", PLANTED + "key-of-a-caller"),
          ("Referer", "https://app.example/?%sreferer" % PLANTED)]
# Ways to write /admin and what is below /private.
SLIPS = ["/admin", "/admin/", "//admin", "/ADMIN", "/%61dmin", "/%2561dmin",
         "/admin;x=1", "/;/admin", "/admin.", "/admin%20", "/admin%3Fx",
         "/admin?x", "/%5Cadmin", "/admin%2F", "/%2Fadmin", "/private",
         "/private/x", "/Private//x", "/private;a/x", "/private%2Fx"]
QUERY = "?token=%squery-of-a-caller" % PLANTED


def routes(url):
    return {"secret": (url, {"allow_origins": APP}),
            "filter": (url, {"filtered_path": "/admin|/private/*"}),
            "login": (url, {"allow_headers": "X-One Authorization"}),
            "hidden": (url + "/echo?appid=%squery-of-the-table" % PLANTED,
                       {})}


def fields(site):
    for direction, name, value in FIELDS:
        site.header("secret", direction, name, value)


def rows(origin):
    away = "https://elsewhere.example/?k="
    stand_in = ("X-Viaduct-Authorization", "Bearer stand-in")
    return filtered() + [
        Row("Authorization: NTLM is refused under the other name as well",
            "/o/echo", 403, rule="auth_scheme",
            fields=[JSON, (stand_in[0], "NTLM abc")]),
        Row("Authorization: the other name is allowed with it", "/login/x",
            204, method="OPTIONS", hits=0, fields=[
                ORIGIN, ("Access-Control-Request-Method", "GET")],
            has={"access-control-allow-headers": "X-One, Authorization, "
                 + stand_in[0]}),
        Row("secrets: an answer's fields are set and removed",
            "/secret/say?h=Cache-Control:no-store&h=X-Gone:1&h=X-Kept:2",
            has={"cache-control": "max-age=77", "x-gone": None,
                 "x-kept": "2", "x-added": "by route",
                 "x-frame-options": "SAMEORIGIN"}),
        Row("secrets: not those of an error made here",
            "/?route=secret&path=/../x", 400, fields=[JSON], rule="bad_path",
            has={"cache-control": "no-store", "x-added": None}),
        Row("secrets: strangers do not use them", "/secret/echo", 403,
            fields=[JSON, ("Origin", BAD)], rule="origin_not_allowed"),
        Row("secrets: nor does an image of theirs", "/secret/echo", 403,
            fields=[JSON, ("Sec-Fetch-Mode", "no-cors"),
                    ("Sec-Fetch-Site", "cross-site")], rule="fetch_mode"),
        Row("secrets: a preflight shows none", "/secret/echo", 204,
            method="OPTIONS", hits=0, fields=[
                ORIGIN, ("Access-Control-Request-Method", "GET")],
            has={"x-added": None}),
        Row("secrets: not in a Location", "/secret/redirect?to=%s%s"
            % (away, KEY), 302, has={"location": None}),
        Row("secrets: nor encoded", "/secret/redirect?to=%s%s"
            % (away, KEY.replace("-", "%252D")), 302,
            has={"location": None}),
        Row("secrets: not in a Link", "/secret/say?h=Link:%3C/x?k=" + KEY +
            "%3E;rel=next", has={"link": None}),
        Row("secrets: not in X-Final-URL", "/secret/redirect?to=/echo/" + KEY,
            hits=2, has={"x-final-url": None}),
        Row("secrets: the table's query is sent and not told",
            "/hidden" + QUERY, target="/echo?appid=%squery-of-the-table&%s"
            % (PLANTED, QUERY[1:])),
    ]


def filtered():
    out = [Row("refuses filtered " + path, "/filter" + path, 403,
               fields=[JSON], rule="filtered_path") for path in SLIPS]
    out += [Row("refuses filtered by the query: " + path,
                "/?route=filter&path=" + path.replace("%", "%25").replace(
                    "?", "%3F"), 403,
                fields=[JSON], rule="filtered_path") for path in SLIPS]
    out += [Row("passes beside the filter: " + path, "/filter" + path,
                target=path) for path in (
                    "/admins", "/x/admin", "/admin/x", "/privates", "/")]
    return out + [
        Row("filtered: a redirect is judged again",
            "/filter/redirect?to=/private/x", 403, fields=[JSON], hits=1,
            rule="filtered_path"),
        Row("filtered: the page says so", "/filter/admin", 403,
            fields=[("Accept", "text/html")], hits=0,
            has={"content-type": "text/html; charset=utf-8"}),
        Row("filtered: the method does not matter", "/filter/admin", 403,
            method="DELETE", fields=[JSON], rule="filtered_path"),
        Row("filtered: a page can read it", "/filter/admin", 403,
            fields=[JSON, ORIGIN], rule="filtered_path",
            cors={"allow-origin": APP, "expose-headers": "*"}),
    ]


def filtered_whole(run):
    """Of whole URLs the target's path, and that of a redirect they take."""
    host = run.origin.host
    undo = run.site.settings("routes", targets="listed", target_hosts=host,
                             filtered_path="/admin|/private/*")
    ask = [JSON, ORIGIN]
    try:
        for path in SLIPS:
            run.row(Row("refuses filtered whole URL: " + path,
                        "/http://" + host + path, 403, fields=ask,
                        rule="filtered_path"))
            run.row(Row("refuses filtered by the query: whole URL " + path,
                        "/?url=" + urllib.parse.quote(
                            "http://" + host + path, safe=""), 403,
                        fields=ask, rule="filtered_path"))
        run.row(Row("filtered: a whole URL beside it",
                    "/http://%s/x/admin" % host, fields=[ORIGIN],
                    target="/x/admin"))
        run.row(Row("filtered: a redirect of a whole URL",
                    "/http://%s/redirect?to=/private/x" % host, 403,
                    fields=ask, hits=1, rule="filtered_path"))
    finally:
        undo()


def authorization(run):
    """What stands in for Authorization is sent under that name, and where
    that is there is left out."""
    other = ("X-Viaduct-Authorization", "Bearer stand-in")
    for own, want in (([], ["Bearer stand-in"]),
                      ([("Authorization", "Bearer own")], ["Bearer own"])):
        answer = run.ask("GET", "/o/echo", [*own, other])
        run.equal([answer.sent(n) for n in ("Authorization", other[0])],
                  [want, []], "authorization: with %d of its own" % len(own),
                  answer)


def route_headers(run):
    """Set in place of the caller's, whatever its spelling; removed."""
    for path in ("/secret/echo", "/?route=secret&path=/echo"):
        answer = run.ask("GET", path, [ORIGIN, *CALLER, (
            "Accept", "a/b"), ("User-Agent", "caller")])
        run.equal([answer.sent(n) for n in (
            "X-Api-Key", "X_Api_Key", "Authorization", "Accept",
            "User-Agent")], [[KEY], [], [LOGIN], [], ["operator/1"]],
            "route_headers: " + path, answer)
    answer = run.ask("GET", "/o/echo", [ORIGIN])
    run.equal([answer.sent(n) for n in ("X-Api-Key", "Authorization")],
              [[], []], "route_headers: not on another route", answer)


def route_headers_stay(run):
    """A redirect to another origin takes none of them along, and what was
    removed does not come back."""
    away = run.origin.url.replace("127.0.0.1", "localhost")
    run.site.route("twin", away)        # else it is not followed
    answer = run.ask("GET", "/secret/redirect?to=/echo", [ORIGIN])
    run.equal(answer.sent("X-Api-Key"), [KEY], "route_headers_stay: on the "
              "same origin", answer)
    answer = run.ask("GET", "/secret/redirect?to=%s/echo" % away,
                     [ORIGIN, *CALLER, ("Accept", "a/b")])
    run.equal([answer.status] + [answer.sent(n) for n in (
        "X-Api-Key", "X_Api_Key", "Authorization", "Accept", "User-Agent")],
        [200, [], [], [], [], []], "route_headers_stay: not to another",
        answer)
    run.site.drop("twin")


def route_headers_unguarded(run):
    """The program asks again whether strangers could use them."""
    run.site.sql("DROP TRIGGER routes_update; UPDATE routes SET "
                 "allow_origins = '*' WHERE name = 'secret';")
    try:
        answer = run.ask("GET", "/secret/echo", [JSON, ("Origin", BAD)])
        open_to_all = run.ask("GET", "/secret/echo", [JSON])
        run.equal((answer.status, open_to_all.status, open_to_all.rule,
                   run.origin.arrived()), (403, 500, "route_invalid", []),
                  "route_headers_unguarded", open_to_all)
    finally:
        run.site.sql("UPDATE routes SET allow_origins = '%s' "
                     "WHERE name = 'secret';" % APP)
        run.site.make_database()        # its trigger again
    run.equal(run.ask("GET", "/secret/echo").status, 200,
              "route_headers_unguarded: mended")


def debugged(run):
    """What the operator is shown, and what is logged for him, has no secret;
    he opens it on this very host, by a name that is nobody else's."""
    here = [("Host", "localhost"), ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document")]
    undo = run.site.settings("debug", dump_request="yes",
                             trace_connection="yes")
    for path in ("/secret/echo", "/hidden", "/secret/..;/x"):
        answer = run.ask("GET", path + "?dump_request=y", here + CALLER[:-1])
        text = answer.body.decode("latin-1")
        run.ok(answer.status == 200 and text.startswith("The request as it")
               and PLANTED not in text and "(not shown)" in text and
               answer.get("cache-control") == "no-store" and
               not run.origin.arrived(), "debugged: dump of " + path, answer)
        run.ask("GET", path + "?trace_connection=y", here + CALLER)
        run.ok(all("trace_connection" not in a["target"]
                   for a in run.origin.arrived()),
               "debugged: trace of " + path)
    answer = run.ask("GET", "/o/echo?dump_request=y")
    run.equal(answer.echo.get("target"), "/echo?dump_request=y",
              "debugged: not by a name that a page may have", answer)
    run.origin.arrived()
    undo()


def with_secrets(run):
    """Requests of every outcome with all that a caller may have on him, while
    the error log says all that it can."""
    undo = run.site.settings("log", level="debug")
    ask_them(run)
    undo()
    undo = run.site.settings("log", format="json")
    ask_them(run)
    undo()


def ask_them(run):
    for path in ("/o/echo", "/secret/echo", "/hidden", "/down/x", "/nowhere",
                 "/quick/wait/with-secrets", "/o/..%2f", "/small/bytes/2000",
                 "/o/fault/ssh", "/pass", "/o/redirect?to=/echo/x",
                 "/o/cut/20000/0"):
        for accept in ("application/json", "text/html"):
            more = QUERY if "?" not in path else "&" + QUERY[1:]
            run.ask("GET", path + more, [ORIGIN, *CALLER,
                                         ("Accept", accept)])


def nothing_leaks(run):
    """After all of the list: what was planted is in no answer (but in what
    the origin itself repeats) and in no log."""
    def shown(answer):
        text = "".join("%s: %s\n" % pair for pair in answer.fields)
        if b'"connection": ' not in answer.body:
            text += answer.body.decode("latin-1")
        return text
    leaks = ["%s %s\n%s" % (method, path, answer)
             for method, path, answer in run.seen
             if PLANTED in shown(answer)]
    run.equal(leaks[:3], [], "nothing_leaks: in answers")
    run.ok(len(run.seen) > 300, "nothing_leaks: of which there were many")
    for name, text in (("access", run.site.access_logs()),
                       ("error", run.front.ours())):
        lines = [line for line in text.split("\n") if PLANTED in line]
        run.equal(lines[:3], [], "nothing_leaks: in the %s log" % name)


STORIES = [filtered_whole, authorization, route_headers, route_headers_stay,
           route_headers_unguarded, debugged, with_secrets]
