#!/usr/bin/python3 -B
"""Pages of a target that run as pages of this host (render), in the operator's
own browser, in Chromium: whatever their scripts do, none of his pages is shown
to them; he himself opens each.  Once with a pass, once as who is at the
machine itself where there is no key."""
import itertools
import os
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import chromium                                         # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from cases import sanitizer_reports                     # noqa: E402

KEY = "0123456789-abcdefghijkl-operator"
# What is below the mount, and what of it nobody else is to read.
EXPLAINED = "/_explain?path=/app/x"
PAGES = {"/_status": "Requests per minute", "/_status.json": '"limited_clients"',
         "/_metrics": "viaduct_requests", "/_check": "viaduct.ini",
         EXPLAINED: "permitted",
         "/": "not for everybody",
         "/app/echo?dump_request=y": "The request as it came"}

# Each gives what it could read of the URL u; b is what a form would send.
WAYS = {
    "fetch": "return (await fetch(u)).text()",
    "fetch with credentials":
        "return (await fetch(u, {credentials: 'include'})).text()",
    "fetch in another mode":
        "return (await fetch(u, {mode: 'same-origin', headers:"
        "{Accept: 'text/html'}})).text()",
    "fetch with POST": "return (await fetch(u, {method: 'POST', body:"
                       "new URLSearchParams('path=/app/x')})).text()",
    "fetch of a request of its own":
        "return (await fetch(new Request(u, {referrer: mount + '_status'})))"
        ".text()",
    "fetch out of the cache":
        "return (await fetch(u, {cache: 'only-if-cached',"
        "mode: 'same-origin'})).text()",
    "an old request": "const x = new XMLHttpRequest(); x.open('GET', u,"
                      "false); x.send(); return x.responseText",
    "a frame": "return framed('iframe', 'src')",
    "an object": "return framed('object', 'data')",
    "an embedded one": "return framed('embed', 'src')",
    "a window": "return seen(window.open(u))",
    "a window that it had": "const w = window.open(location.href, 'w');"
                            "await loaded(w); w.location = u;"
                            "return seen(w)",
    "a form's window":
        "const f = document.createElement('form'); f.action = u;"
        "f.method = 'post'; f.target = 'f'; f.innerHTML ="
        "'<input name=path value=/app/x>'; document.body.append(f);"
        "const w = window.open('', 'f'); f.submit(); return seen(w)",
    "a worker": "return new Promise(done => { const w = new Worker(URL"
                ".createObjectURL(new Blob(['fetch(' + JSON.stringify(u) +"
                "').then(a => a.text()).then(postMessage)'])));"
                "w.onmessage = e => done(e.data);"
                "w.onerror = () => done('') })",
}
ACT = """
const [u, mount, done] = arguments;
const text = w => { try { return w.document.documentElement.innerText }
                    catch (e) { return '' } };
const ready = w => { try { return w.document.readyState == 'complete' &&
                           w.location.href != 'about:blank' }
                     catch (e) { return true } };
const until = async good => { while (!good())
    await new Promise(next => setTimeout(next, 5)) };
const loaded = w => until(() => w.closed || ready(w));
const seen = async w => { await until(() => w.closed || (ready(w) &&
    (w.location.href == u || w.closed))); return w.closed ? '' : text(w) };
const framed = (name, from) => new Promise(next => {
    const e = document.createElement(name);
    e.onload = e.onerror = () => next(e.contentDocument ?
        e.contentDocument.documentElement.innerText : '');
    e[from] = u;
    document.body.append(e) });
(async () => { %s })().then(t => done(String(t)), e => done('! ' + e));
"""
REGISTER = """
const [script, scope, done] = arguments;
navigator.serviceWorker.register(script, {scope}).then(
    () => done('registered'), e => done(String(e)));
"""


class World:
    def __init__(self, tap):
        self.tap, self.tree = tap, trees.Tree()
        self.tree.folder("docroot")
        self.tree.write("site/operator.key", KEY + "\n", 0o600)
        self.site = sites.Site(self.tree, debug={"dump_request": "yes"})
        self.origin = origins.Origin(self.tree)
        self.front = fronts.Lighttpd(self.tree, self.site).start()
        self.here = "http://127.0.0.1:%d" % self.front.port
        self.there = "https://gate.test:%d" % self.front.tls_port
        self.site.route("app", self.origin.url, render=1, own_origin=" ".join(
            (self.here, self.there)), note="not for everybody")

    def page(self, top, fields):
        """A page that runs, of the target."""
        return top + "/app/say?" + urllib.parse.urlencode(
            [("h", "Content-Type:text/html")] +
            [("h", "%s:%s" % f) for f in fields.items()] +
            [("b", "<!DOCTYPE html><title>theirs</title><p>theirs")])


def show(browser, url):
    """What somebody sees who types that."""
    browser.open(url)
    return browser.driver.execute_script(
        "return document.documentElement.innerText")


def attack(w, browser, top, pages, ways, fields):
    """What the page of a target reads by these ways."""
    driver, read, tried = browser.driver, [], 0
    first = driver.current_window_handle
    for path, way in itertools.product(pages, ways):
        browser.open(w.page(top, fields))
        got = driver.execute_async_script(ACT % WAYS[way], top + path,
                                          top + "/")
        tried += not got.startswith("! Syntax")
        if PAGES[path] in got:
            read.append("%s by %s" % (path, way))
        for handle in driver.window_handles:
            if handle != first:
                driver.switch_to.window(handle)
                driver.close()
        driver.switch_to.window(first)
    w.tap.equal((read, tried), ([], len(pages) * len(ways)), "%s: a page "
                "with %s reads none of %s by %s" % (
                    top, fields or "no policy", pages, ways))


def workers(w, browser, top):
    """One that ruled over the operator's pages would be handed them."""
    browser.open(w.page(top, {}))
    mount = urllib.parse.urlsplit(top).path
    say = urllib.parse.quote("/say?h=Content-Type:text/javascript&b=0")
    for script, scope in ((mount + "/app/say?h=Content-Type:text/javascript"
                           "&b=0", mount + "/app/"),
                          (mount + "/?route=app&path=" + say, mount + "/")):
        told = browser.driver.execute_async_script(REGISTER, script, scope)
        w.tap.ok("(403)" in told, "%s: no service worker for %s"
                 % (top, scope), told)


def story(w, browser, top, pages):
    for path in pages:
        text = show(browser, top + path)
        w.tap.ok(PAGES[path] in text, "%s: the operator opens %s"
                 % (top, path), text)
    w.tap.ok("theirs" in show(browser, w.page(top, {})),
             "%s: a page of a target runs" % top)
    attack(w, browser, top, pages, ["fetch", "a window"], {})
    workers(w, browser, top)


def by_place(w, browser):
    top = w.here + w.front.mount
    story(w, browser, top, list(PAGES))
    attack(w, browser, top, [EXPLAINED], list(WAYS), {})
    attack(w, browser, top, [EXPLAINED],
           [way for way in WAYS if "window" in way],
           {"Cross-Origin-Opener-Policy": "same-origin"})


def by_pass(w, browser):
    """A dump is for who shows the key itself."""
    undo = w.site.settings("app", operator_key_file="operator.key")
    top = w.there + w.front.mount
    browser.open(top + "/_status")
    browser.driver.find_element("id", "key").send_keys(KEY)
    browser.leave(browser.driver.find_element("css selector", "button").click)
    story(w, browser, top, list(PAGES)[:-1])
    attack(w, browser, top, [EXPLAINED], ["a form's window"], {})
    undo()


def main():
    trees.need(*fronts.PROGRAMS["lighttpd"])
    chromium.need()
    tap = taps.Tap()
    w = World(tap)
    with chromium.Chromium(w.tree) as browser:
        for each in (by_place, by_pass):
            tap.guard(each.__name__, each, w, browser)
    w.front.stop()
    for report in sanitizer_reports(w.tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
