#!/usr/bin/python3 -B
"""What pages can make the gateway do, in Chromium: none of another site sends
a method that changes things, whatever element it uses; a script of an allowed
page does.  No target makes the browser log in at the gateway's host.  And how
long an answer took shows only where the settings and the page's origin are."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import chromium                                         # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from cases import sanitizer_reports                     # noqa: E402

BLANK = "<!DOCTYPE html><title>page</title><body>"

# Each makes an element that asks for the URL u.
ELEMENTS = {
    "an image": "new Image().src = u",
    "an image with crossorigin":
        "let i = new Image(); i.crossOrigin = 'anonymous'; i.src = u",
    "a script": "let s = document.createElement('script'); s.src = u;"
                "document.body.append(s)",
    "a module": "let s = document.createElement('script'); s.src = u;"
                "s.type = 'module'; document.body.append(s)",
    "a style sheet": "let l = document.createElement('link'); l.href = u;"
                     "l.rel = 'stylesheet'; document.head.append(l)",
    "a frame": "let f = document.createElement('iframe'); f.src = u;"
               "document.body.append(f)",
    "a sandboxed frame's script":
        "let f = document.createElement('iframe'); f.sandbox ="
        "'allow-scripts'; f.srcdoc = '<script>fetch(' + JSON.stringify(u) +"
        "')</' + 'script>'; document.body.append(f)",
    "an object": "let o = document.createElement('object'); o.data = u;"
                 "document.body.append(o)",
    "a video": "let v = document.createElement('video'); v.src = u;"
               "document.body.append(v); v.load()",
    "a beacon": "navigator.sendBeacon(u, 'x')",
    "fetch": "fetch(u).catch(() => 0)",
    "fetch without CORS": "fetch(u, {mode: 'no-cors'}).catch(() => 0)",
    "fetch with credentials":
        "fetch(u, {credentials: 'include'}).catch(() => 0)",
    "fetch with POST": "fetch(u, {method: 'POST', mode: 'no-cors'})"
                       ".catch(() => 0)",
    "a link": "let a = document.createElement('a'); a.href = u;"
              "document.body.append(a); a.click()",
    "a form": "let f = document.createElement('form'); f.action ="
              "u.split('?')[0]; for (let p of new URL(u).searchParams) {"
              "let i = document.createElement('input'); i.name = p[0];"
              "i.value = p[1]; f.append(i) } document.body.append(f);"
              "f.submit()",
    "a form with POST": "let f = document.createElement('form'); f.action = u;"
                        "f.method = 'post'; document.body.append(f);"
                        "f.submit()",
    "a new address": "location.href = u",
}
# Scripts of a page may say which method they want.
MAY = {"fetch", "fetch with credentials", "fetch with POST",
       "an image with crossorigin", "a module", "a beacon",
       "a form with POST"}


class World:
    def __init__(self, tap):
        self.tap = tap
        self.tree = trees.Tree()
        self.origin = origins.Origin(self.tree)
        self.site = sites.Site(self.tree)
        self.tree.write("docroot/page.html", BLANK)
        self.front = fronts.Nginx(self.tree, self.site).start()
        for scheme in ("http", "https"):
            # With embed, no other rule stands before the one that is tried.
            self.site.route("by-" + scheme, self.origin.url, embed=1,
                            allow_origins=self.at(scheme, "app.test"),
                            allow_methods="GET POST DELETE")

    def at(self, scheme, host):
        return "%s://%s:%d" % (scheme, host, self.front.port
                               if scheme == "http" else self.front.tls_port)

    def answered(self):
        return self.site.access_log().count("\n")

    def use(self, browser, scheme, page, element):
        """The methods that reach the origin when that page uses that."""
        browser.open(self.at(scheme, page) + "/page.html")
        url = (self.at(scheme, "gate.test") + self.front.mount +
               "/?route=by-%s&path=/echo&method=DELETE" % scheme)
        self.origin.arrived()
        before = self.answered()
        browser.driver.execute_script("let u = arguments[0];"
                                      + ELEMENTS[element], url)
        asked = browser.until(lambda: self.answered() > before)
        return asked, {a["method"] for a in self.origin.arrived()}


def elements(w, browser):
    """Over http the browser says nothing of who asks but Origin."""
    for scheme in ("http", "https"):
        for element in ELEMENTS:
            asked, methods = w.use(browser, scheme, "evil.test", element)
            w.tap.equal((asked, methods), (True, set()), "%s: %s of another "
                        "site deletes nothing" % (scheme, element))
            asked, methods = w.use(browser, scheme, "app.test", element)
            w.tap.equal(methods, {"DELETE"} if element in MAY else set(),
                        "%s: %s of an allowed page" % (scheme, element))


CHALLENGE = ("/say?s=401%20No&h=WWW-Authenticate:Basic%20realm=x"
             "&h=Content-Type:text/plain&b=no")


def logins(w, browser):
    """A browser that has a name and password at hand gives it to who asks."""
    def given(url):
        w.origin.arrived()
        browser.open(url.replace("://", "://ann:pw@") + CHALLENGE)
        return [v for a in w.origin.arrived() for n, v in a["fields"]
                if n == "Authorization"]
    direct = w.origin.url.replace("127.0.0.1", "origin.test")
    w.tap.equal(given(direct), ["Basic YW5uOnB3"],
                "a target that asks itself is given the password")
    for scheme in ("http", "https"):
        url = w.at(scheme, "gate.test") + w.front.mount + "/by-" + scheme
        w.tap.equal((given(url), browser.text()), ([], "no"),
                    "through the gateway nothing asks for one: " + scheme)


ASK = """
const [url, done] = arguments;
fetch(url, {credentials: "include"}).then(
    a => done([a.status, a.headers.get("Retry-After"),
               a.headers.get("RateLimit"), a.headers.get("X-Two")]),
    e => done([String(e)]));
"""


def limits(w, browser):
    """A page's script reads when to ask again; a page of another site cannot
    use up what its visitor may ask for."""
    w.site.route("rated", w.origin.url, rate_limit="1/h burst 2",
                 allow_origins=w.at("https", "app.test"), allow_credentials=1,
                 expose_headers="X-One")
    url = w.at("https", "gate.test") + w.front.mount + "/rated/echo"
    browser.open(w.at("https", "evil.test") + "/page.html")
    for i in range(4):
        before = w.answered()
        browser.driver.execute_script(
            "new Image().src = arguments[0]", "%s?%d" % (url, i))
        browser.until(lambda n=before: w.answered() > n)
    browser.open(w.at("https", "app.test") + "/page.html")
    got = [browser.driver.execute_async_script(ASK, url) for _ in range(3)]
    w.tap.equal([g[0] for g in got], [200, 200, 429],
                "limits: two pass, whatever another site asked for", got)
    again = got[2][1] or ""
    w.tap.ok(again.isdecimal() and got[2][2:] == [
        '"rated";r=0;t=' + again, None], "limits: a script reads why", got)


TIMES = """
const [url, done] = arguments, names = () => {
    const [e] = performance.getEntriesByName(url);
    return e && e.serverTiming.map(t => t.name + (t.duration > 0 ? "+" : ""));
};
const look = header => names() ? done([names(), header]) :
    setTimeout(look, 10, header);
fetch(url).then(async a => {
    await a.text();
    look(a.headers.get("Server-Timing"));
}, () => { const i = new Image(); i.onload = i.onerror = () => look(null);
           i.src = url; });
"""


def times(w, browser):
    """What performance.getEntries() tells a page; of strangers an image."""
    app = w.at("https", "app.test")
    w.site.route("timed", w.origin.url, allow_origins=app, embed=1,
                 timing_allow_origin=1, filtered_path="/admin")
    w.site.route("untimed", w.origin.url, allow_origins=app, embed=1)
    gate = w.at("https", "gate.test")
    says = "/say?h=Server-Timing:db;dur=5&h=Content-Type:text/plain&%d"
    for page, path, want, ours in (
            ("app.test", "/timed" + says, ["gateway+", "target+", "db+"],
             True),
            ("app.test", "/timed/admin?%d", ["gateway+"], True),
            ("app.test", "/untimed" + says, [], False),
            ("gate.test", "/timed" + says, ["gateway+", "target+", "db+"],
             True),
            ("gate.test", "/untimed" + says, ["db+"], False),
            ("evil.test", "/timed" + says, [], False)):
        browser.open(w.at("https", page) + "/page.html")
        times.n += 1
        names, header = browser.driver.execute_async_script(
            TIMES, gate + w.front.mount + path % times.n)
        w.tap.equal((names, "gateway" in (header or "")), (want, ours),
                    "times: of %s for a page of %s" % (path.split("?")[0],
                                                       page), header)


times.n = 0                             # no two addresses are the same


def main():
    trees.need("sqlite3", "openssl", "nginx")
    chromium.need()
    tap = taps.Tap()
    w = World(tap)
    with chromium.Chromium(w.tree) as browser:
        for story in (elements, logins, limits, times):
            tap.guard(story.__name__, story, w, browser)
    w.front.stop()
    for report in sanitizer_reports(w.tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
