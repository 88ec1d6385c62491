#!/usr/bin/python3 -B
"""The pages made here as people see them, in Chromium (tests/lib/looks.py):
whoever makes a new one gives it a row in `PAGES'.  With VIADUCT_LOOKS=FOLDER
the pictures stay there."""
import os
import socket
import sys
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import chromium                                         # noqa: E402
import fronts                                           # noqa: E402
import looks                                            # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from cases import sanitizer_reports                     # noqa: E402

EVIL = "x\"><script>alert('1')</script><img/src=x/onerror=alert(2)>&{{id}}"
# Name, path below the mount.
PAGES = [
    ("start", "/"),
    ("splash", "/down/some/page"),
    ("filtered", "/page/secret"),
    ("error", "/nowhere"),
    ("status", "/_status"),
    ("check", "/_check"),
    ("explain", "/_explain"),
    ("explain-refused", "/_explain?" + urllib.parse.urlencode({
        "method": "PUT", "path": "/page/secret", "origin":
        "https://www.other.example", "header": "X-Library-Card: 7"})),
    ("explain-permitted", "/_explain?" + urllib.parse.urlencode({
        "path": "/page/x", "origin": "https://app.example"})),
]


class World:
    def __init__(self, tap):
        self.tap, self.tree, self.states = tap, trees.Tree(), 0
        self.tree.folder("docroot")
        self.site = sites.Site(self.tree, app={
            "app_name": "Town Library", "contact": "help@library.example"},
            routes={"database": "routes.db", "filtered_path": "/secret",
                    "filtered_url_msg": "The catalogue of manuscripts is "
                                        "open to readers in the house."})
        self.origin = origins.Origin(self.tree)
        # Taken, so that nobody else listens there; nor does anybody here.
        self.taken = socket.socket()
        self.taken.bind(("127.0.0.1", 0))
        self.nobody = "http://127.0.0.1:%d" % self.taken.getsockname()[1]
        self.site.route("page", self.origin.url)
        self.site.route("down", self.nobody)
        self.front = fronts.Lighttpd(self.tree, self.site).start()

    def url(self, path):
        return "http://127.0.0.1:%d%s%s" % (self.front.port,
                                            self.front.mount, path)


def every_page(w, look):
    for name, path in PAGES:
        w.tap.guard(name, look.look, name, w.url(path))


def the_operators_own(w, look):
    """The samples of templates, which users copy."""
    undo = w.site.settings("app", pages=w.tree.source("etc/pages"))
    for name, path in PAGES[1:4]:
        w.tap.guard(name, look.look, "own-" + name, w.url(path))
        w.tap.ok("Georgia" in look.driver.page_source,
                 "own-%s: it is the template" % name)
    undo()


def whatever_is_set(w, look):
    """What the operator or a stranger writes stays text, and in its place."""
    undo = w.site.settings("app", app_name=EVIL[:60], general_error=EVIL,
                           contact="https://a.example/" + EVIL)
    w.site.settings("routes", filtered_url_msg=EVIL)
    for name, path in (("hostile-start", "/"),
                       ("hostile-filtered", "/page/secret"),
                       ("hostile-error", "/" + urllib.parse.quote(EVIL)),
                       ("hostile-explain", "/_explain?" +
                        urllib.parse.urlencode([
                            ("method", EVIL), ("path", "/page/" + EVIL),
                            ("origin", EVIL), ("header", "X-A: " + EVIL)])),
                       ("hostile-query", "/?route="
                        + urllib.parse.quote(EVIL))):
        w.tap.guard(name, look.look, name, w.url(path))
        w.tap.ok(EVIL[:60] in look.browser.text(), name + ": it stays text",
                 look.browser.text)
    w.tap.guard("hostile-status", look.look, "hostile-status",
                w.url("/_status?route=" + urllib.parse.quote(EVIL)))
    w.tap.ok(EVIL[:60] in look.browser.text() and "No route x%22%3E" in
             look.browser.text(), "hostile-status: it stays text",
             look.browser.text)
    w.tree.write("site/operator.key", KEY + "\n", 0o600)
    w.site.settings("app", operator_key_file="operator.key")
    w.tap.guard("hostile-ask", look.look, "hostile-ask", w.url("/_check"))
    w.tap.ok(EVIL[:60] in look.browser.text() and "opens it with a key" in
             look.browser.text(), "hostile-ask: it stays text",
             look.browser.text)
    undo()


def comes_back(w, look):
    """The splash page asks again by itself, and goes when its site is there:
    nobody touches the browser meanwhile."""
    browser = look.browser
    w.site.route("back", w.nobody)
    browser.open(w.url("/back/"))
    w.tap.ok("by itself in 5 seconds" in browser.text(),
             "the splash page says that it asks again", browser.text)
    w.site.route("back", w.origin.url + "/say?h=Content-Type:text/plain"
                 "&b=here+I+am")
    w.tap.ok(browser.until(lambda: "here I am" in browser.text()),
             "the site takes its place once it is back")


def tries(w, look, path):
    """Fill in the form, send it, and wait for what is shown."""
    find = look.driver.find_element
    find("id", "try-path").clear()
    find("id", "try-path").send_keys(path)
    find("id", "try-send").click()
    look.browser.until(lambda: find("id", "try-answer").get_attribute(
        "data-done") == "yes")
    return find("id", "try-answer").text


def the_form(w, look):
    """The operator's start page sends a real request, and shows what a script
    sees of its answer; of a refusal, why, and what would change it."""
    look.driver.get_log("browser")
    look.browser.open(w.url("/"))
    text = tries(w, look, "/page/say?" + urllib.parse.urlencode({
        "h": "X-Shelf:12", "b": "a rare book"}))
    w.tap.ok("200" in text and "a rare book" in text and
             "x-shelf: 12" in text, "the form shows an answer", text)
    w.tap.ok("until the first byte" in text and " ms" in text,
             "... with its time", text)
    w.tap.equal([a["target"].split("?")[0] for a in w.origin.arrived()][-1:],
                ["/say"], "... that the target gave")
    w.tap.equal(look.console(), [], "... and the console is empty")
    for size in looks.SIZES:
        for scheme in looks.SCHEMES:
            look.as_seen(size, scheme)
            for name, path in (("answered", "/page/say?b=a+rare+book"),
                               ("refused", "/page/secret")):
                look.browser.open(w.url("/"))
                tries(w, look, path)
                look.driver.get_log("browser")  # a 403 is told there
                look.judge("try-%s-%s-%s" % (name, size, scheme))
    w.origin.arrived()
    text = tries(w, look, "/page/secret")
    w.tap.ok("403" in text and "(filtered_path)" in text and
             "[routes]\nfiltered_path =" in text,
             "of a refusal it shows why, and what would change it", text)
    w.tap.equal(w.origin.arrived(), [], "... and the target is not asked")
    text = tries(w, look, "/nowhere")
    w.tap.ok("INSERT INTO routes(name, url) VALUES ('nowhere'" in text,
             "of a missing route the statement", text)
    # not /down, which may have failed often enough by now to be given a rest
    w.site.route("failing", w.nobody)
    text = tries(w, look, "/failing/x")
    w.tap.ok("502" in text and "No rule refuses it" in text,
             "of a target that is down that it is none of the rules", text)


def the_form_beside_pages(w, look):
    """Where pages of targets run on this host, no script is told why a
    request is refused; the form itself says it."""
    w.site.route("page", w.origin.url, render=1)
    for size in looks.SIZES:
        for scheme in looks.SCHEMES:
            look.as_seen(size, scheme)
            look.browser.open(w.url("/"))
            text = tries(w, look, "/page/secret")
            look.driver.get_log("browser")
            look.judge("try-brief-%s-%s" % (size, scheme))
    w.tap.ok("open to readers in the house" in text and "(filtered_path)" in
             text and "says more" in text and "What would change" not in
             text, "beside pages: of a refusal its own words", text)
    look.browser.leave(look.driver.find_element(
        "css selector", "#try button:not([type])").click)
    text = look.browser.text()
    w.tap.ok("is refused" in text and "filtered_path =" in text,
             "... and the form says what would change it", text)
    w.site.route("page", w.origin.url)


def asked_otherwise(w, look):
    """The same form, where there is more to say of it."""
    undo = w.site.settings("access", trusted_proxies="127.0.0.1")
    look.cdp("Network.enable")
    look.cdp("Network.setExtraHTTPHeaders", headers={
        "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "http"})
    w.tap.guard("ask-exposed", look.look, "ask-exposed", w.url("/_check"))
    w.tap.ok("can read the key" in look.browser.text(),
             "by plain http it warns", look.browser.text)
    look.cdp("Network.setExtraHTTPHeaders", headers={})
    undo()
    w.site.route("page", w.origin.url, render=1)
    w.tap.guard("ask-beside", look.look, "ask-beside", w.url("/_explain"))
    plain = w.url("/_explain").replace("127.0.0.1", "gate.test")
    look.browser.open(plain)
    w.tap.ok("Open this page by https" in look.browser.text(),
             "beside pages there is no pass by plain http",
             look.browser.text)
    look.judge("ask-in-vain")
    w.site.route("page", w.origin.url)


KEY = "0123456789-abcdefghijkl-operator"


def the_counters(w, look):
    """Who has the operator's key sees them, and need not show it again."""
    browser = look.browser
    w.tree.write("site/operator.key", KEY + "\n", 0o600)
    undo = w.site.settings("app", operator_key_file="operator.key")
    w.tap.guard("start-stranger", look.look, "start-stranger", w.url("/"))
    browser.leave(look.driver.find_element("partial link text",
                                           "operator").click)
    w.tap.ok(look.driver.find_element("id", "key").is_displayed(),
             "the start page leads to the form", browser.text)
    w.tap.guard("ask", look.look, "ask", w.url("/_status"))
    asked_otherwise(w, look)

    def send(text):
        browser.open(w.url("/_status"))
        look.driver.find_element("id", "key").send_keys(text)
        browser.leave(look.driver.find_element("css selector",
                                               "button").click)
    send("something-that-is-no-key")
    w.tap.ok("That is not the key." in browser.text(), "a wrong key",
             browser.text)
    look.judge("ask-again")
    send(KEY)
    w.tap.ok("Requests per minute" in browser.text(), "the key",
             browser.text)
    browser.open(w.url("/_explain?path=/page/secret"))
    w.tap.ok("filtered_path" in browser.text(), "... is that of all pages",
             browser.text)
    w.tap.equal(look.driver.execute_script("return document.cookie"), "",
                "no script sees the pass")
    (kept,) = look.driver.get_cookies()
    w.tap.ok(KEY not in kept["value"] and kept["httpOnly"] and
             kept["sameSite"] == "Strict", "what is kept is no key", kept)
    w.tap.guard("status-kept", look.look, "status-kept", w.url("/_status"))
    unfolded(w, look)
    browser.open(w.url("/"))
    w.tap.ok("down" in browser.text(), "the start page knows its operator",
             browser.text)
    addresses(w, look)
    browser.open(w.url("/page/say?b=x"))
    sent = w.origin.arrived()[-1]
    w.tap.ok("vd_operator" not in str(sent), "no target sees the pass", sent)
    browser.open(w.url("/_status"))
    browser.leave(look.driver.find_element("name", "leave").click)
    w.tap.ok("For the operator" in browser.text() and
             not look.driver.get_cookies(), "it is forgotten when asked to")
    undo()


def unfolded(w, look):
    """All lines and tables, also of the route on top; and of none that there
    is."""
    for name, query in (("unfolded", ""), ("unfolded-chosen", "?route=down"),
                        ("nobody", "?route=nobody")):
        w.tap.guard("status-" + name, look.look, "status-" + name,
                    w.url("/_status" + query), unfold)
        w.tap.ok(look.driver.execute_script(
            "return [...document.querySelectorAll('details.line table')]"
            ".some(t => t.getClientRects().length > 0)"),
                 "status-%s: lines stand open" % name)
    w.tap.ok("No route nobody has counters here" in look.browser.text(),
             "... which the page says", look.browser.text)


def unfold(browser):
    browser.driver.execute_script(
        "document.querySelectorAll('details').forEach(d => d.open = true)")


def addresses(w, look):
    """What is typed into the form stands in no address, and in no log."""
    find = look.driver.find_element
    before = w.tree.read(w.front.log) + w.site.access_log()
    tries(w, look, "/page/secret")
    find("id", "try-header-0").send_keys("X-Card: typed-in")
    find("id", "try-send").click()
    look.browser.until(lambda: find("id", "try-answer").get_attribute(
        "data-done") == "yes")
    look.browser.leave(find("css selector",
                            "#try button:not([type])").click)
    w.tap.ok("is refused" in look.browser.text() and "typed-in" in
             find("id", "try-header-0").get_attribute("value") and
             look.driver.current_url == w.url("/_explain"),
             "the form is explained by an address without it",
             look.driver.current_url)
    logs = w.tree.read(w.front.log) + w.site.access_log()
    w.tap.ok(len(logs) > len(before) and "typed-in" not in logs,
             "... and no log has it", logs[-2000:])


LONGEST = "the-catalogue-of-manuscripts-and-early-prints-of-the-town-library"


def counted(w, routes):
    """Counters that begin with requests to these: most are answered, some
    refused, and some fail."""
    w.states += 1
    state = "counters%d" % w.states
    w.tree.folder("site", state)
    w.site.settings("server", state=state)
    for i, (name, path) in enumerate(routes):
        for n in range(4 + i % 3):
            tail = "/secret" if n == 2 + i % 7 else path
            look_up(w.url("/%s%s" % (name, tail)))


def look_up(url):
    """Whatever it is answered."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        error.read()


def as_many_as_have_counters(w, look):
    """One of them stands open, with plots of its own."""
    undo = w.site.settings("server", state="state")
    names = [LONGEST[:63]] + ["route-%d" % i for i in range(43)]
    for i, name in enumerate(names):
        w.site.route(name, w.nobody if i % 9 == 4 else w.origin.url)
    counted(w, [(name, "/say?b=" + "x" * 40) for name in names])
    w.tap.guard("status-many", look.look, "status-many",
                w.url("/_status?route=" + names[4]))
    w.tap.equal(look.browser.text().count("Time taken"), 2,
                "the chosen route has plots of its own", look.browser.text())
    w.site.drop(*names)
    undo()


def an_image(w, look):
    """<img> of what fails shows the status."""
    w.site.route("page", w.origin.url, render=1)
    path = w.front.mount + "/down/picture.png"
    page = "".join('<p><img width=%d height=%d src="%s" alt="x">'
                   % (200 * n, 60 * n, path) for n in (1, 2, 4))
    for scheme in looks.SCHEMES:
        look.as_seen("desktop", scheme)
        look.browser.open(w.url("/page/say?" + urllib.parse.urlencode({
            "h": "Content-Type:text/html", "b": "<!DOCTYPE html>" + page})))
        sizes = look.driver.execute_script(
            "return [...document.images].map("
            "i => [i.complete, i.naturalWidth, i.naturalHeight])")
        w.tap.equal(sizes, [[True, 200, 60]] * 3,
                    "an image that fails is one: " + scheme)
        look.picture("image-" + scheme)
    w.site.route("page", w.origin.url)


def main():
    trees.need("tidy", *fronts.PROGRAMS["lighttpd"])
    chromium.need()
    axe = looks.axe()
    tap = taps.Tap()
    w = World(tap)
    with chromium.Chromium(w.tree) as browser:
        look = looks.Looks(tap, browser, w.tree, axe)
        for story in (every_page, the_operators_own, whatever_is_set,
                      comes_back, an_image, the_form, the_form_beside_pages,
                      the_counters, as_many_as_have_counters):
            tap.guard(story.__name__, story, w, look)
    for report in sanitizer_reports(w.tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
