#!/usr/bin/python3 -B
"""The pages made here in a Chromium that runs no script: each of them does its
work, by links, forms and fields of the answer alone, and what only a script
could do does not show."""
import os
import socket
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import chromium                                         # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

KEY = "0123456789-abcdefghijkl-operator"
SCRIPT = "<!DOCTYPE html><title>still</title><script>document.title = 'ran'" \
    "</script><noscript>no script runs</noscript>"


class World:
    def __init__(self, tap, browser_of):
        self.tap, self.tree = tap, trees.Tree()
        self.tree.folder("docroot")
        self.site = sites.Site(self.tree, routes={
            "database": "routes.db", "filtered_path": "/secret"})
        self.origin = origins.Origin(self.tree)
        # Taken, so that nobody else listens there; nor does anybody here.
        self.taken = socket.socket()
        self.taken.bind(("127.0.0.1", 0))
        self.nobody = "http://127.0.0.1:%d" % self.taken.getsockname()[1]
        self.site.route("page", self.origin.url, render=1)
        self.site.route("down", self.nobody, render=1)
        self.front = fronts.Lighttpd(self.tree, self.site).start()
        self.browser = browser_of(self.tree)
        self.driver = self.browser.driver

    def open(self, path):
        self.browser.open("http://127.0.0.1:%d%s%s" % (
            self.front.port, self.front.mount, path))

    def text(self):
        return self.browser.text()

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def fill(self, name, value):
        field = self.find("main [name=%s]" % name)
        field.clear()
        field.send_keys(value)

    def press(self, name):
        """The first button that shows of the form with this field, which may
        be the button itself."""
        buttons = self.driver.find_elements(
            "xpath", "//main//form[.//*[@name='%s']]//button" % name)
        shown = [b for b in buttons if b.is_displayed()]
        self.browser.leave(shown[0].click)


def no_script_runs(w):
    w.open("/page/say?" + urllib.parse.urlencode({
        "h": "Content-Type:text/html", "b": SCRIPT}))
    w.tap.equal((w.driver.title, w.text()), ("still", "no script runs"),
                "this browser runs none")


def explains(w, where):
    """The form of this page explains, and says so in the page that comes."""
    w.open(where)
    w.tap.ok(not w.find("#try-send").is_displayed() and
             not w.find("#try-answer").is_displayed(),
             where + ": what needs a script is hidden")
    w.fill("path", "/page/secret")
    w.fill("method", "PUT")
    w.fill("origin", "https://www.other.example")
    w.press("path")
    w.tap.ok("origin_not_allowed" in w.text() and
             "https://www.other.example" in w.text(),
             where + ": the form explains a refusal", w.text())
    w.tap.equal([w.find("[name=%s]" % name).get_attribute("value")
                 for name in ("path", "method", "origin")],
                ["/page/secret", "PUT", "https://www.other.example"],
                where + ": what was asked stands there again")
    w.fill("path", "/page/x")
    w.fill("method", "GET")
    w.fill("origin", "https://app.example")
    w.press("path")
    w.tap.ok("origin_not_allowed" not in w.text() and
             "/page/x" in w.driver.page_source,
             where + ": and from there what is permitted", w.text())


def start(w):
    w.open("/")
    w.tap.ok(w.nobody in w.text(), "the start page lists the routes",
             w.text())
    explains(w, "/")


def explain(w):
    explains(w, "/_explain")


def splash(w):
    """It asks again by itself: nobody touches the browser."""
    w.site.route("back", w.nobody, render=1)
    w.open("/back/")
    w.tap.ok("by itself in 5 seconds" in w.text(),
             "the splash page says that it asks again", w.text())
    w.site.route("back", w.origin.url + "/say?h=Content-Type:text/plain"
                 "&b=here+I+am", render=1)
    w.tap.ok(w.browser.until(lambda: "here I am" in w.text()),
             "the site takes its place")


def details(w, name):
    """The line of a route."""
    (line,) = [d for d in w.driver.find_elements(
        "css selector", "details.line") if d.find_element(
            "css selector", ".name").text == name]
    return line


def status(w):
    """With the key, and until it is forgotten."""
    w.open("/down/")
    w.tree.write("site/operator.key", KEY + "\n", 0o600)
    undo = w.site.settings("app", operator_key_file="operator.key")
    w.open("/_status")
    w.fill("key", "something-that-is-no-key")
    w.press("key")
    w.tap.ok("That is not the key." in w.text(), "a wrong key", w.text())
    w.fill("key", KEY)
    w.press("key")
    w.tap.ok("Requests per minute" in w.text(), "the key", w.text())
    line = details(w, "down")
    w.tap.equal(line.get_attribute("open"), None,
                "a route's rules are folded away")
    line.find_element("css selector", "summary").click()
    w.tap.ok(line.get_attribute("open") and "connection_refused" in
             line.find_element("css selector", "table").text,
             "... and unfold", line.text)
    w.browser.leave(line.find_element("css selector", "a").click)
    w.tap.ok('href="#' not in w.driver.page_source,
             "no link leads to a fragment, which would hold the page up")
    before = w.browser.page()
    w.tap.ok(w.browser.until(lambda: w.browser.page() not in (None, before)),
             "the page comes again by itself")
    w.tap.equal([h.text for h in w.driver.find_elements(
        "css selector", "h2")][:2], ["down", "All requests"],
                "... with what was chosen on top")
    w.press("leave")
    w.tap.ok("For the operator" in w.text(), "it is forgotten when asked to",
             w.text())
    undo()


def main():
    trees.need(*fronts.PROGRAMS["lighttpd"])
    chromium.need()
    tap = taps.Tap()
    w = World(tap, chromium.Chromium)
    with w.browser:
        w.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled",
                                 {"value": True})
        for story in (no_script_runs, splash, start, explain, status):
            tap.guard(story.__name__, story, w)
    for report in cases.sanitizer_reports(w.tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
