#!/usr/bin/python3 -B
"""A web application behind viaduct, used in Chromium: fossil, which keeps a
project's files, tickets and wiki.  As the whole of a host, below a mount, and
from behind a certificate of its own."""
import hashlib
import os
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import chromium                                         # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from cases import sanitizer_reports                     # noqa: E402

CONTENT = bytes(range(256)) * 300
PASSWORD = "swordfish"


class Whole:
    """A server with viaduct as all of a host: every path is its own, and
    files may have any name."""
    mount = ""
    changed = {}                        # in the file that users copy

    def copy(self, source, name, mode=0o644, **replaced):
        if source.endswith(".conf"):
            with open(self.tree.source(source), encoding="utf-8") as file:
                text = file.read()
            assert all(old in text for old in self.changed), source
            replaced.update(self.changed)
        return super().copy(source, name, mode, **replaced)


class Nginx(Whole, fronts.Nginx):
    changed = {"location ~ ^/viaduct(?:/|$)": "location /",
               "SCRIPT_NAME\t/viaduct": 'SCRIPT_NAME ""',
               "location ~ (?:": "location ~ /no-such-file(?:"}


class Lighttpd(Whole, fronts.Lighttpd):
    changed = {'"/viaduct.fcgi" => ((':
               '"/" => (( "fix-root-scriptname" => "enable",',
               "^/viaduct\\.fcgi(/|$)": "^/"}


class ApacheProxy(Whole, fronts.ApacheProxy):
    changed = {'<Location "/viaduct">': '<Location "/">',
               "<FilesMatch ": "<FilesMatch no-such-file-"}


class ApacheFcgid(fronts.ApacheFcgid):
    """The program and its .htaccess in the top folder."""
    mount = ""

    def folder(self):
        self.copy("cgi-bin/viaduct.fcgi", "docroot/viaduct.fcgi", 0o755)
        self.copy("apache/htaccess", "docroot/.htaccess",
                  **{"<FilesMatch ": "<FilesMatch no-such-file-"})


class Fossil:
    """A repository with one file, and its server."""

    def __init__(self, tree):
        self.tree = tree
        self.process, self.port = None, trees.free_port()
        self.repository = tree.at("repository.fossil")
        work = tree.folder("work")
        tree.write("work/data.bin", CONTENT)
        for words in (["init", "--admin-user", "ann", self.repository],
                      ["user", "password", "ann", PASSWORD, "-R",
                       self.repository],
                      ["user", "default", "ann", "-R", self.repository],
                      ["open", "--force", self.repository],
                      ["add", "data.bin"],
                      ["commit", "--no-warnings", "-m", "one file"]):
            self.run(words, work)

    def run(self, words, folder):
        subprocess.run([trees.find("fossil"), *words], cwd=folder,
                       check=True, capture_output=True, env={
                           "HOME": self.tree.path, "PATH": trees.PATH,
                           "USER": "ann"})

    def start(self, *options):
        for _ in range(5):
            self.process = self.tree.start(
                [trees.find("fossil"), "server", "--localhost", "--nojail",
                 "-P", str(self.port), *options, self.repository],
                "fossil.log", env={"USER": "ann"})
            trees.until(lambda: self.process.poll() is not None or
                        trees.accepts(("127.0.0.1", self.port)))
            if self.process.poll() is None:
                return self
            self.port = trees.free_port()
        raise AssertionError("fossil did not start:\n"
                             + self.tree.read("fossil.log"))

    def stop(self):
        if self.process:
            self.tree.stop(self.process)
        self.process = None

    def url(self, scheme="http", host="127.0.0.1"):
        return "%s://%s:%d" % (scheme, host, self.port)


class User:
    """Somebody who uses the application at `top'."""

    def __init__(self, tap, browser, name, top):
        self.tap, self.browser = tap, browser
        self.driver, self.name, self.top = browser.driver, name, top

    def ok(self, good, what):
        return self.tap.ok(good, "%s: %s" % (self.name, what), lambda: "\n"
                           .join([self.driver.current_url,
                                  self.browser.text()[:2000]]))

    def here(self):
        """No step leaves the gateway."""
        return self.driver.current_url.startswith(self.top + "/")

    def find(self, css):
        return self.driver.find_element("css selector", css)

    def submit(self, css):
        """Press a button, and wait for the page that it leads to."""
        button = self.find(css)
        self.browser.leave(button.click)

    def first_page(self):
        self.browser.open(self.top + "/")
        self.ok(self.here() and self.driver.current_url != self.top + "/" and
                "Unnamed Fossil Project" in self.driver.title,
                "the first page, by a redirect")
        color = self.driver.execute_script(
            "return getComputedStyle(document.querySelector('.mainmenu'))"
            ".backgroundColor")
        self.ok(color not in ("", "rgba(0, 0, 0, 0)"),
                "... has its style sheet: " + color)

    def login(self):
        self.browser.open(self.top + "/login")
        self.find("#u").send_keys("ann")
        self.find("#p").send_keys(PASSWORD)
        self.submit("input[name=in]")
        self.ok(self.here() and "/login" not in self.driver.current_url,
                "the login leads on, by a redirect")
        self.ok(self.logged_in(), "... and holds")

    def logged_in(self):
        self.browser.open(self.top + "/timeline")
        return self.find(".status").text.startswith("ann")

    def ticket(self):
        """A form, its preview, and the redirect to what it made."""
        title = "found by " + self.name
        self.browser.open(self.top + "/tktnew")
        self.find("input[name=title]").send_keys(title)
        self.find("textarea[name=icomment]").send_keys("steps & more")
        self.submit("input[name=preview]")
        self.submit("input[name=submit]")
        self.ok(self.here() and "/tktview/" in self.driver.current_url and
                title in self.browser.text() and "steps & more" in
                self.browser.text(), "a form is submitted")

    def scripts(self):
        """The graph of the timeline is drawn by the page's own script."""
        self.browser.open(self.top + "/timeline?n=200&y=ci")
        drawn = self.browser.until(lambda: self.driver.execute_script(
            "return document.querySelectorAll('.tl-node').length"))
        self.ok(drawn > 0, "the page's script runs")

    def download(self):
        self.browser.open(self.top + "/info/trunk")
        self.driver.find_element("partial link text", "ZIP").click()
        found = self.browser.until(self.browser.downloaded)
        with zipfile.ZipFile(found) as archive:
            names = [n for n in archive.namelist() if n.endswith("data.bin")]
            data = archive.read(names[0])
        self.ok(hashlib.sha256(data).digest() ==
                hashlib.sha256(CONTENT).digest(), "a file is downloaded")
        os.unlink(found)

    def use_all(self):
        self.first_page()
        self.login()
        self.ticket()
        self.scripts()
        self.download()
        self.logout()

    def logout(self):
        self.browser.open(self.top + "/login")
        self.submit("input[name=out]")
        self.ok(not self.logged_in(), "logged out")


class World:
    def __init__(self, tap):
        self.tap, self.tree = tap, trees.Tree()
        self.site = sites.Site(self.tree, app={"app_name": "The Relay"})
        self.tree.folder("docroot")
        self.fossil = Fossil(self.tree)
        self.running = None

    def front(self, kind):
        self.running = kind(self.tree, self.site).start()
        return self.running, "https://gate.test:%d" % self.running.tls_port

    def tidy(self):
        """Nothing of one story is left for the next."""
        self.fossil.stop()
        if self.running:
            self.running.stop()
        self.running = None
        self.site.sql("DELETE FROM routes;")
        self.site.settings("app", base_path=None)


def whole_host(w, browser):
    """The route * is all of the host."""
    w.site.settings("app", base_path="/")
    _, origin = w.front(Nginx)
    w.fossil.start("--https")
    w.site.route("*", w.fossil.url(), render=1, cookies="isolate",
                 own_origin=origin, preserve_host=1)
    user = User(w.tap, browser, "the whole host", origin)
    user.use_all()
    user.login()
    gone(w, browser, user)


def gone(w, browser, user):
    """The application stops, and comes back."""
    w.fossil.stop()
    browser.open(user.top + "/timeline")
    user.ok("The Relay" in browser.text() and "connection_refused" in
            browser.text() and "127.0.0.1" not in
            user.driver.page_source, "the splash page when it is gone")
    w.fossil.start("--https")
    user.ok(user.logged_in(), "... and once it is back, the login holds")


def below_a_mount(w, browser):
    """A named route, and an application that was told its address."""
    front, origin = w.front(fronts.Nginx)
    top = origin + front.mount + "/code"
    w.fossil.start("--baseurl", top)
    w.site.route("code", w.fossil.url(), render=1, cookies="isolate",
                 own_origin=origin, preserve_host=1)
    User(w.tap, browser, "below a mount", top).use_all()


def behind_tls(w, browser):
    """The application has a certificate that nobody vouches for."""
    front, origin = w.front(fronts.Nginx)
    cert, key = origins.certificate(w.tree)
    for name, columns in (("pin", {"tls_pin": origins.pin(cert)}),
                          ("ca", {"ca_file": cert}),
                          ("careless", {"verify_tls": 0}), ("strict", {})):
        top = origin + front.mount + "/" + name
        w.fossil.start("--cert", cert, "--pkey", key, "--baseurl", top)
        w.site.route(name, w.fossil.url("https", "localhost"), render=1,
                     cookies="isolate", own_origin=origin, **columns)
        user = User(w.tap, browser, "behind TLS, " + name, top)
        if columns:
            user.login()
        else:
            browser.open(top + "/")
            user.ok("tls_certificate" in browser.text(), "refused")
        w.fossil.stop()


def every_server(w, _):
    """All of a host, whatever serves it; by the settings alone."""
    target = origins.Origin(w.tree)
    undo = w.site.settings("routes", remote_url=target.url)
    w.site.settings("app", base_path="/")
    w.site.settings("upstream", render="yes", cookies="isolate")
    for kind in (Nginx, Lighttpd, ApacheProxy, ApacheFcgid):
        front, _ = w.front(kind)
        paths = ["/", "/echo//x%20y?q=1&r", "/viaduct.ini", "/a.db",
                 "/robots.txt", "/favicon.ico", "/echo/"]
        for path in paths:
            front.ask("GET", path)
        w.tap.equal([a["target"] for a in target.arrived()], paths,
                    "all of a host, %s: paths" % kind.name, front.tail())
        answer = front.ask("GET", "/redirect?to=/echo/x")
        w.tap.equal((answer.status, answer.get("location")),
                    (302, "/echo/x"), "... redirects", answer)
        answer = front.secure("GET", "/say?h=Set-Cookie:a%3d1;Path%3d/in"
                              "&h=Set-Cookie:b%3d2;Secure")
        w.tap.equal(answer.all("set-cookie"), [
            "a=1; Path=/in", "b=2; Path=/; Secure"], "... cookies", answer)
        front.stop()
        target.arrived()
    undo()


FORM = ("<!DOCTYPE html><title>form</title><form method=post action='%s'>"
        "<input name=a value=b><button>go</button></form>"
        "<a href='%s'>there</a>")


def hidden_page(origin):
    """What the target is to say: a page that tells nobody its address."""
    return ("/say?h=Content-Type:text/html&h=Referrer-Policy:no-referrer&b="
            + "".join("%%%02x" % b for b in (FORM % ("echo", "echo"))
                      .encode()))


def forms_and_links(w, browser):
    """Whose forms and links lead to a route of pages."""
    front, origin = w.front(fronts.Nginx)
    target = origins.Origin(w.tree)
    gate = origin + front.mount
    w.site.routes({
        "pages": (target.url, {"render": 1, "own_origin": origin,
                               "allow_origins": ""}),
        "data": (target.url, {"own_origin": origin, "allow_origins": ""})})
    w.tree.write("docroot/to-pages.html", FORM % ((gate + "/pages/echo",) * 2))
    w.tree.write("docroot/to-data.html", FORM % ((gate + "/data/echo",) * 2))

    def follow(page, css):
        target.arrived()
        browser.open(page)
        browser.leave(browser.driver.find_element("css selector", css).click)
        came = [a for a in target.arrived() if a["path"] == "/echo"]
        return came[0] if came else browser.text()

    def field(request, name):
        return [v for n, v in request["fields"] if n.lower() == name]
    foreign = "https://page.test:%d" % front.tls_port
    w.tap.ok("method" in follow(foreign + "/to-pages.html", "a"),
             "a link from another site leads to a page")
    for page, css, rule in (("pages", "button", "origin_not_allowed"),
                            ("data", "button", "origin_not_allowed"),
                            ("data", "a", "fetch_mode")):
        text = follow(foreign + "/to-%s.html" % page, css)
        w.tap.ok(rule in text, "from another site, %s %s: %s"
                 % (page, css, rule), text)
    request = follow(gate + "/pages" + hidden_page(origin), "button")
    w.tap.ok("method" in request and request["method"] == "POST",
             "a page that hides its address has forms all the same", request)
    request = follow(origin + "/to-pages.html", "button")
    w.tap.equal((field(request, "origin"), field(request, "sec-fetch-site")),
                ([target.url], ["same-origin"]),
                "a form of this host is one of the target's own")


def main():
    trees.need("fossil", *(p for name in (
        "nginx", "lighttpd", "apache-proxy", "apache-fcgid")
        for p in fronts.PROGRAMS[name]))
    chromium.need()
    tap = taps.Tap()
    w = World(tap)
    with chromium.Chromium(w.tree) as browser:
        for story in (whole_host, below_a_mount, behind_tls,
                      every_server, forms_and_links):
            tap.guard(story.__name__, story, w, browser)
            w.tidy()
    for report in sanitizer_reports(w.tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
