"""How pages look and behave to people, in Chromium: on a phone and on a
desktop, light and dark.  Each is photographed; nothing may be written to the
console, stick out to the side, or be found wanting by axe-core (contrast,
names, landmarks, order of headings), and whatever can be used can be reached
by keyboard, with a focus that shows.
"""
import base64
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request

import tap as taps
import tree as trees

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
SCHEMES = ("light", "dark")
RUN_AXE = """
const [done] = arguments;
axe.run(document, {preload: false, resultTypes: ['violations']}).then(
    r => done(r.violations.map(v => v.id + ': ' + v.help + ': ' +
        v.nodes.map(n => n.html + ' ' + n.failureSummary).join('; '))),
    e => done([String(e)]));
"""
# What Tab should reach, in the order of the page; a group of radio buttons is
# one stop, and what is folded away is none.
STOPS = """
return [...document.querySelectorAll('a[href], button, input, select, ' +
    'textarea, summary, [tabindex="0"]')].filter(e => !e.disabled &&
    e.type != 'hidden' && (e.type != 'radio' || e.checked) &&
    e.getClientRects().length > 0 &&
    !e.closest('details:not([open]) > :not(summary)')).map(e => e.outerHTML);
"""
FOCUS = """
const e = document.activeElement, s = getComputedStyle(e);
return e == document.body ? null : [e.outerHTML,
    e.matches(':focus-visible') && s.outlineStyle != 'none' &&
    parseFloat(s.outlineWidth) >= 2];
"""
WIDER = """
const page = document.documentElement;
return page.scrollWidth > page.clientWidth ?
    [page.scrollWidth, page.clientWidth] : null;
"""


def axe():
    """The text of axe-core, which npm has for all users; bootstrap sees to
    it.  To be asked while the environment is still the caller's."""
    npm = shutil.which("npm")
    found = npm and subprocess.run(
        [npm, "root", "--global"], text=True, stdout=subprocess.PIPE,
        check=False).stdout.strip() + "/axe-core/axe.min.js"
    if not found or not os.path.exists(found):
        taps.bail_or_skip("not installed: axe-core (./bootstrap --tests)")
    with open(found, encoding="utf-8") as file:
        return file.read()


class Looks:
    """`script': of axe().  `folder': where the pictures are put; by default one that VIADUCT_LOOKS
    names, or else the tree's own, which goes with it."""

    def __init__(self, tap, browser, tree, script, folder=None):
        self.tap, self.browser, self.axe = tap, browser, script
        self.driver = browser.driver
        self.folder = folder or os.environ.get("VIADUCT_LOOKS") or \
            tree.folder("looks")
        self.tidy = trees.find("tidy")

    def cdp(self, command, **values):
        return self.driver.execute_cdp_cmd(command, values)

    def as_seen(self, size, scheme):
        """From now on the window has this size, and its user that taste."""
        width, height = SIZES[size]
        self.cdp("Emulation.setDeviceMetricsOverride", width=width,
                 height=height, deviceScaleFactor=1, mobile=size == "phone")
        self.cdp("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, name):
        """The whole page, however long."""
        tall = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.cdp("Page.captureScreenshot", captureBeyondViewport=True,
                        clip={"x": 0, "y": 0, "width": tall["width"],
                              "height": tall["height"], "scale": 1})
        with open(os.path.join(self.folder, name + ".png"), "wb") as out:
            out.write(base64.b64decode(shot["data"]))

    def console(self):
        """What was written there but that the page itself has this status."""
        return [e["message"] for e in self.driver.get_log("browser")
                if not (e["message"].startswith(self.driver.current_url) and
                        "the server responded with a status of" in
                        e["message"])]

    def look(self, name, url, act=None):
        """A page of the family; `act' brings it to what is looked at."""
        for size in SIZES:
            for scheme in SCHEMES:
                self.as_seen(size, scheme)
                self.driver.get_log("browser")
                self.browser.open(url)
                self.hold()
                if act:
                    act(self.browser)
                self.judge("%s-%s-%s" % (name, size, scheme))
        self.valid(name)
        self.keyboard(name)

    def hold(self):
        """A page that loads itself again waits while it is looked at."""
        self.cdp("Page.enable")
        self.cdp("Page.stopLoading")

    def judge(self, name):
        self.picture(name)
        self.tap.equal(self.driver.execute_script(WIDER), None,
                       name + ": nothing sticks out")
        self.driver.execute_script(self.axe)
        found = self.driver.execute_async_script(RUN_AXE)
        self.tap.equal(found, [], name + ": axe-core finds nothing",
                       "\n".join(found))
        self.tap.equal(self.console(), [], name + ": the console is empty")

    def valid(self, name):
        """The source as it comes to this browser, by Debian's tidy."""
        source = self.source(self.driver.current_url)
        done = subprocess.run([self.tidy, "-q", "-e"], text=True,
                              input=source, stderr=subprocess.PIPE,
                              timeout=60, check=False)
        self.tap.equal(done.stderr, "", name + ": valid HTML", source)

    def source(self, url):
        """Asked for once more: a page that nobody stores has no other."""
        cookies = "; ".join("%s=%s" % (c["name"], c["value"])
                            for c in self.driver.get_cookies())
        request = urllib.request.Request(url, headers={
            "Accept": "text/html", "Accept-Language": "en",
            **({"Cookie": cookies} if cookies else {})})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def keyboard(self, name):
        """Tab goes through all that can be used, in its order."""
        stops = self.driver.execute_script(STOPS)
        seen, shown = [], True
        self.driver.execute_script("document.activeElement.blur()")
        for _ in stops:
            self.cdp("Input.dispatchKeyEvent", type="keyDown", key="Tab",
                     code="Tab", windowsVirtualKeyCode=9)
            self.cdp("Input.dispatchKeyEvent", type="keyUp", key="Tab",
                     code="Tab", windowsVirtualKeyCode=9)
            focus = self.driver.execute_script(FOCUS)
            if focus is None:
                break
            seen.append(focus[0])
            shown = shown and focus[1]
        self.tap.equal(seen, stops, name + ": Tab reaches all of it")
        self.tap.ok(shown, name + ": and shows where it is", json.dumps(seen))
