"""Whole URLs as targets: every spelling, what is refused before any name is
asked for, and redirects; the same behind every server."""
import re
import urllib.parse

from cases import APP, BAD, JSON, Row
from cases_path import PASS, REFUSE

PAGE = ("Origin", APP)
SCHEMES = ["file", "ftp", "gopher", "dict", "ldap", "smb", "tftp", "scp",
           "data", "javascript", "ws", "httpx"]
# What some reader of URLs takes for this host, or for one that is listed.
HOSTILE = ["127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0",
           "127.0.0.01", "0177.0.0.1", "127.0.0.1..", "127.0.0.1.x",
           "127..0.0.1", ".127.0.0.1", "127.0.0.2", "[::1]", "[::]",
           "[::ffff:127.0.0.1]", "%31%32%37.0.0.1", "127%2e0%2e0%2e1",
           "localhost.localdomain", "x.localhost", "localhost..",
           "lOCALhOST%2e", "u@127.0.0.1", "u:p@127.0.0.1", "@127.0.0.1",
           "127.0.0.1%40x", "127.0.0.1%2f", "127.0.0.1,", "intranet",
           "metadata.google.internal", "x.local", "x.internal",
           "x.home.arpa", "x.onion", "x.test", "x.invalid", "-h", "a..b",
           "a_.", "*.wild.example"]
PORTS = ["0", "00", "22", "25", "8080", "65536", "-1", "+80", "080", "0x50",
         "http", ""]


def encoded(url):
    return "/?url=" + urllib.parse.quote(url, safe="")


def spellings(host, rest):
    """One URL as it may stand in a request; name -> what follows the mount."""
    url = "http://%s%s" % (host, rest)
    return {"http://": "/" + url, "http:/": "/http:/%s%s" % (host, rest),
            "http/": "/http/%s%s" % (host, rest), "HTTP://": "/HTTP" + url[4:],
            "Http/": "/Http/%s%s" % (host, rest), "?url=": encoded(url)}


def passing(host):
    ask = [PAGE]
    out = []
    for name, path in spellings(host, "/echo/x?a=b%2Fc%20d&&e=%C3%A9").items():
        out.append(Row("whole URL, " + name, path, fields=ask,
                       target="/echo/x?a=b%2Fc%20d&&e=%C3%A9"))
    for name, path in spellings(host, "").items():
        out.append(Row("whole URL of a host alone, " + name, path, fields=ask,
                       target="/"))
    for name, path in spellings(host, "?q=1").items():
        out.append(Row("whole URL without a path, " + name, path, fields=ask,
                       target="/?q=1"))
    out += [Row("passes http://H" + p, "/http://%s/echo%s" % (host, p),
                fields=ask, target="/echo" + p) for p in PASS]
    out += [Row("encoded: passes http://H" + p.replace("%", "%25"),
                encoded("http://%s/echo%s" % (host, p)), fields=ask,
                target="/echo" + p) for p in PASS]
    return out + [
        Row("whole URL, a dot at the end of the host",
            "/http/localhost.:%s/echo/x" % host.split(":")[1], fields=ask,
            target="/echo/x", echo={}),
        Row("whole URL, decoded once", "/?url=http://%s/echo/a%%252Fb%%3Fx"
            "%%3D1%%2526y+z" % host, fields=ask,
            target="/echo/a%2Fb?x=1%26y+z"),
        Row("whole URL with a query of several ?",
            "/http://%s/echo?u=https://e.example/?z=1?" % host, fields=ask,
            target="/echo?u=https://e.example/?z=1?"),
        Row("whole URL with method= beside it",
            "/?method=DELETE&url=http://%s/echo" % host, fields=ask,
            echo={"method": "DELETE"}),
        Row("whole URL, method= within it is the target's",
            "/http://%s/echo?method=DELETE" % host, fields=ask,
            target="/echo?method=DELETE", echo={"method": "GET"}),
        Row("whole URL, another method", "/http://%s/echo" % host, fields=ask,
            method="PUT", send=b"{}", echo={"method": "PUT",
                                            "body_bytes": 2}),
        Row("whole URL of the page's own host", "/http://%s/echo" % host,
            fields=[("Sec-Fetch-Site", "same-origin")], target="/echo"),
    ]


def refused(host):
    ask = [JSON, PAGE]
    port = host.split(":")[1]
    not_allowed = dict(fields=ask, rule="target_not_allowed")
    out = [Row("refuses http://H" + p, "/http://%s/echo%s" % (host, p), 400,
               fields=ask, rule="bad_path") for p in REFUSE]
    out += [Row("encoded: refuses http://H" + p.replace("%", "%25"),
                encoded("http://%s/echo%s" % (host, p)), 400, fields=ask,
                rule="bad_path") for p in REFUSE]
    for s in SCHEMES:
        for path in ("/%s://%s/x", "/%s:/%s/x", "/%s%%3A//%s/x",
                     "/?url=%s%%3A%%2F%%2F%s%%2Fx"):
            out.append(Row("no " + path % (s, "H"), path % (s, host), 403,
                           **not_allowed))
        out.append(Row("no /%s/H" % s, "/%s/%s/x" % (s, host), 404,
                       fields=ask, rule="no_route"))
    places = ["%s:%s" % (h, port) for h in HOSTILE]
    for place in places + ["127.0.0.1:" + p for p in PORTS]:
        url = "http://%s/echo" % place
        name = url.replace(port, "P")
        out.append(Row("refuses " + name, "/" + url, (400, 403), fields=ask,
                       hits=0))
        out.append(Row("encoded: refuses " + name, encoded(url), (400, 403),
                       fields=ask, hits=0))
    return out + [
        Row("a host that is not listed", "/https://other.example/",
            403, **not_allowed),
        Row("a listed host at another port", "/http://a.example:22/", 403,
            **not_allowed),
        Row("what a pattern has not", "/?url=http://wild.example/", 403,
            **not_allowed),
        Row("refuses http:%2F%2FH", "/http:%%2F%%2F%s%%2Fecho" % host, 400,
            fields=ask, rule="bad_url"),
        Row("an encoded colon", "/http%%3A//%s/echo" % host, 400, fields=ask,
            rule="bad_url"),
        Row("three slashes", "/http:///%s/echo" % host, 400, fields=ask,
            rule="bad_url"),
        Row("no scheme", "/?url=%s/echo" % host, 400, fields=ask,
            rule="bad_url"),
        Row("no slash", "/http:" + host, 400, fields=ask, rule="bad_url"),
        Row("a fragment", encoded("http://%s/echo#f" % host), 400, fields=ask,
            rule="bad_url"),
        Row("bytes that are not encoded", encoded("http://%s/\xe9" % host),
            400, fields=ask, rule="bad_url"),
        Row("refuses ?url=http://H/%0d%0aX", encoded("http://%s/\r\nX: y"
            % host), 400, fields=ask, rule="bad_url"),
        Row("a URL and a path", "/?url=http://%s&path=/x" % host, 400,
            fields=ask, rule="bad_query"),
        Row("a whole URL without an origin", "/http://%s/echo" % host, 403,
            fields=[JSON], rule="whole_url_proof"),
        Row("a whole URL typed into the address bar",
            "/http://%s/echo" % host, 403, fields=[
                JSON, ("Sec-Fetch-Site", "none"),
                ("Sec-Fetch-Mode", "navigate")], rule="whole_url_proof"),
        Row("a whole URL for a strange page", "/http://%s/echo" % host, 403,
            fields=[JSON, ("Origin", BAD)], rule="origin_not_allowed"),
        Row("a whole URL as a strange page's image",
            "/http://%s/echo" % host, 403, fields=[
                JSON, ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Mode", "no-cors")], rule="fetch_mode"),
        Row("a preflight of what is refused", "/ftp://h/x", 204,
            method="OPTIONS", hits=0, fields=[
                PAGE, ("Access-Control-Request-Method", "PUT")]),
        Row("a page reads why", "/https://other.example/", 403,
            has={"access-control-allow-origin": APP}, **not_allowed),
    ]


def redirected(host):
    """`away' is listed too, and another origin."""
    ask = [PAGE]
    away = "localhost:" + host.split(":")[1]
    whole = "/http://%s/redirect?to=" % host

    def here(url):
        return re.compile("(http://[^/]*)?/[^:]*/" + re.escape(url))
    return [
        Row("whole URL, redirect on the host", whole + "/echo/y?a=1", hits=2,
            fields=ask, target="/echo/y?a=1",
            has={"x-final-url": "http://%s/echo/y" % host}),
        Row("whole URL, redirect to a listed host",
            whole + "http://%s/echo/y" % away, hits=2, fields=ask,
            target="/echo/y", has={"x-final-url": "http://%s/echo/y" % away}),
        Row("whole URL, a redirect that is passed on", whole + "/echo/y",
            302, method="POST", send=b"x", fields=ask,
            has={"location": here("http://%s/echo/y" % host)}),
        Row("whole URL, passed on to a listed host",
            whole + "http://%s/echo/y%%3Fa=1" % away, 302, method="POST",
            send=b"x", fields=ask,
            has={"location": here("http://%s/echo/y?a=1" % away)}),
        Row("whole URL, redirect to a host that is not listed",
            whole + "http://other.example/y", 302, fields=ask,
            has={"location": "http://other.example/y"}),
        Row("whole URL, redirect to an address",
            whole + "http://127.0.0.2:%s/y" % host.split(":")[1], 302,
            fields=ask, has={"location": re.compile("http://127.0.0.2:.*")}),
        Row("whole URL, redirect to metadata",
            whole + "http://169.254.169.254/latest/", 302, fields=ask,
            has={"location": "http://169.254.169.254/latest/"}),
        Row("whole URL, redirect to a file", whole + "file:///etc/passwd",
            302, fields=ask, has={"location": None}),
        Row("whole URL, redirect to another scheme",
            whole + "gopher://%s/" % host, 302, fields=ask,
            has={"location": None}),
    ]


def fields_of_whole_urls(run, host):
    """The target learns who asks, and nothing of the page."""
    answer = run.ask("GET", "/http://%s/echo" % host, [
        PAGE, ("Referer", APP + "/x"), ("Cookie", "a=b"), ("X-One", "1"),
        ("Forwarded", "for=1.2.3.4"), ("X-Forwarded-For", "1.2.3.4")])
    got = [answer.sent(n) for n in ("Referer", "Cookie", "Origin", "X-One",
                                    "Forwarded", "X-Forwarded-For", "Host")]
    run.equal(got, [[], [], [], ["1"], ["for=127.0.0.1;proto=http"], [],
                    [host]], "whole_urls: fields", answer)


def the_client_goes_on(run, host):
    """The address that a redirect was given is one that can be asked for."""
    answer = run.ask("POST", "/http://%s/redirect?to=/echo/on" % host, [PAGE],
                     b"x")
    path = re.sub("^http://[^/]*", "", answer.get("location") or "")
    again = run.ask("GET", path.removeprefix(run.front.mount), [PAGE])
    run.equal((path.startswith(run.front.mount), again.echo["target"]),
              (True, "/echo/on"), "whole_urls: the client goes on", answer)


def whole_urls(run):
    host = run.origin.host
    port = host.split(":")[1]
    undo = run.site.settings(
        "routes", targets="listed", target_hosts="%s localhost:%s "
        "*.wild.example a.example" % (host, port))
    try:
        for row in passing(host) + refused(host) + redirected(host):
            run.row(row)
        fields_of_whole_urls(run, host)
        the_client_goes_on(run, host)
    finally:
        undo()


def rows(_):
    return []


STORIES = [whole_urls]
