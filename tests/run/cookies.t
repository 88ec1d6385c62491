#!/usr/bin/python3 -B
"""Logins through routes that keep cookies apart, in Chromium, over TLS: from
pages of another site and of the gateway's own host."""
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


class World:
    """Two targets behind one gateway, and pages of three sites."""

    def __init__(self, tap):
        self.tap = tap
        self.tree = trees.Tree()
        self.a, self.b = origins.Origin(self.tree), origins.Origin(self.tree)
        self.site = sites.Site(self.tree)
        self.tree.write("docroot/page.html", BLANK)
        self.front = fronts.Nginx(self.tree, self.site).start()
        self.gate = self.host("gate.test") + self.front.mount
        foreign = {"cookies": "isolate", "allow_credentials": 1,
                   "allow_origins": "%s %s" % (self.host("page.test"),
                                               self.host("other.test"))}
        here = {"cookies": "isolate", "allow_origins": "",
                "own_origin": self.host("gate.test")}
        self.site.routes({
            "a": (self.a.url, foreign), "b": (self.b.url, foreign),
            "a-b": (self.b.url, foreign), "home": (self.a.url, here),
            "none": (self.a.url, {**foreign, "cookies": "drop"})})

    def host(self, name):
        return "https://%s:%d" % (name, self.front.tls_port)

    def page(self, browser, name):
        browser.open(self.host(name) + "/page.html")

    def ask(self, browser, path, method="GET", credentials="include"):
        return browser.fetch(self.gate + path, method=method,
                             credentials=credentials)

    def me(self, browser, route, want, name, **how):
        status, _, text = self.ask(browser, "/%s/me" % route, **how)
        return self.tap.equal((status, text), (200, "hello " + want)
                              if want else (401, "who?"), name)

    def cookies(self, origin):
        """The values of Cookie that came to a target."""
        return [v for a in origin.arrived() for n, v in a["fields"]
                if n.lower() == "cookie"]


def from_another_site(w, browser):
    w.page(browser, "page.test")
    w.me(browser, "a", None, "nobody is logged in")
    status, url, text = w.ask(browser, "/a/login?name=ann", method="POST")
    w.tap.equal((status, text), (200, "hello ann"), "a page of another site "
                "logs in, and is redirected")
    w.tap.equal(url, w.gate + "/a/me", "... by an address of the gateway")
    w.me(browser, "a", "ann", "the session holds")
    w.me(browser, "a", None, "... not without credentials",
         credentials="omit")
    w.cookies(w.a), w.cookies(w.b)
    for route in ("b", "a-b"):
        w.me(browser, route, None, "another route is not logged in: " + route)
    w.tap.equal(w.cookies(w.b), [], "... its target got no cookie")
    w.me(browser, "none", None, "one that drops cookies is not either")
    w.tap.equal(w.cookies(w.a), [], "... nor got one")


def two_at_a_time(w, browser):
    """Both targets name their cookie alike."""
    w.ask(browser, "/b/login?name=bob", method="POST")
    w.me(browser, "b", "bob", "another route, another login")
    w.me(browser, "a", "ann", "... beside the first")
    w.a.arrived(), w.b.arrived()
    w.ask(browser, "/a/me"), w.ask(browser, "/b/me")
    a, b = w.cookies(w.a), w.cookies(w.b)
    w.tap.ok(len(a) == len(b) == 1 and a != b and
             all(c.startswith("session=") and ";" not in c for c in a + b),
             "each target gets its own cookie, under its own name",
             "%s %s" % (a, b))


def partitioned(w, browser):
    w.page(browser, "other.test")
    w.me(browser, "a", None, "a login from one site is none on another")
    w.page(browser, "page.test")
    w.me(browser, "a", "ann", "... and stays where it is")


def logged_out(w, browser):
    status, _, text = w.ask(browser, "/a/logout")
    w.tap.equal((status, text), (200, "bye"), "log out")
    w.me(browser, "a", None, "... and the session is gone")
    w.me(browser, "b", "bob", "... of this route alone")


def from_its_own_host(w, browser):
    w.page(browser, "gate.test")
    w.ask(browser, "/home/login?name=eve", method="POST")
    w.me(browser, "home", "eve", "a page of the gateway's host logs in")
    w.tap.equal(browser.driver.execute_script("return document.cookie"), "",
                "no script sees the cookie")


def planted(w, browser):
    """What stands in the browser for all of the host stays there."""
    for cookie in ("PHPSESSID=1", "__Secure-vd.a.s=2", "vd_operator=3"):
        browser.driver.execute_script("document.cookie = arguments[0]",
                                      cookie + "; path=/; secure")
    kept = browser.driver.execute_script("return document.cookie")
    w.tap.equal(kept.count("="), 3, "cookies of the host itself", kept)
    w.cookies(w.a)
    w.me(browser, "home", "eve", "... harm no session")
    got = w.cookies(w.a)
    w.tap.ok(len(got) == 1 and got[0].startswith("session=") and
             ";" not in got[0], "... and go to no target", got)


def main():
    trees.need("sqlite3", "openssl", "nginx")
    chromium.need()
    tap = taps.Tap()
    w = World(tap)
    with chromium.Chromium(w.tree) as browser:
        for story in (from_another_site, two_at_a_time, partitioned,
                      logged_out, from_its_own_host, planted):
            tap.guard(story.__name__, story, w, browser)
    w.front.stop()
    for report in sanitizer_reports(w.tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
