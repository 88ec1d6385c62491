#!/usr/bin/python3 -B
"""Apache with mod_fcgid as on shared hosting: .htaccess and the wrapper; then
what viaduct.conf adds for those who own the server."""
import base64
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import cases_flow                                       # noqa: E402
import fronts                                           # noqa: E402
import wire                                             # noqa: E402

# Below the folder, without the program's name; what a rewrite may break.
PRETTY = ["/o/echo", "/o/echo/a%20b", "/o/echo/a%25b", "/o/echo/a%3Fb",
          "/o/echo/a%23b", "/o/echo//a//b", "/o/echo?a=b?c&d=%2F"]


def pretty(run):
    """The rewrite rule keeps every byte."""
    for path in PRETTY:
        run.origin.arrived()
        answer = wire.ask(run.front.port, "GET", "/v" + path)
        run.equal([a["target"] for a in run.origin.arrived()], [path[2:]],
                  "pretty: " + path, answer)
    answer = wire.ask(run.front.port, "GET", "/v/", [("Accept",
                                                      "text/html")])
    run.equal(answer.status, 200, "pretty: the start page", answer)


def not_for_download(run):
    for name in ("viaduct.ini", "routes.db", "routes.db-journal", "x.log"):
        run.tree_write("docroot/v/" + name, "secret")
        answer = wire.ask(run.front.port, "GET", "/v/" + name)
        run.ok(answer.status == 403 and b"secret" not in answer.body,
               "not_for_download: " + name, answer)


class Protected(fronts.ApacheFcgid):
    """A host that does not hand Authorization on, and a folder that has a
    password of its own."""
    loads = fronts.ApacheFcgid.loads + ["auth_basic", "authn_core",
                                        "authn_file", "authz_user"]

    def folder(self):
        super().folder()
        with open(self.tree.at("docroot/v/.htaccess"),
                  encoding="ascii") as file:
            text = file.read().replace("CGIPassAuth On\n", "")
        hashed = subprocess.run(["openssl", "passwd", "-apr1", "pw"],
                                check=True, stdout=subprocess.PIPE).stdout
        users = self.tree.write("users", b"ann:" + hashed)
        self.tree.write("docroot/v/.htaccess", text)
        self.copy("cgi-bin/" + self.script, "docroot/w/" + self.script, 0o755)
        self.tree.write("docroot/w/.htaccess", text + (
            "AuthType Basic\nAuthName x\nAuthUserFile %s\n"
            "Require valid-user\nCGIPassAuth On\n" % users))


def authorization_withheld(run):
    """What stands in for it reaches the target; the folder's own login does
    not."""
    run.front.stop()
    front = Protected(run.tree, run.site).start()
    login = ("Authorization", "Basic " + base64.b64encode(
        b"ann:pw").decode())
    other = ("X-Viaduct-Authorization", "Bearer b")
    for folder, fields, want in (
            ("/v", [login], []), ("/v", [login, other], ["Bearer b"]),
            ("/w", [login], []), ("/w", [login, other], ["Bearer b"])):
        answer = wire.ask(front.port, "GET", folder +
                          "/viaduct.fcgi/o/echo", fields)
        run.equal((answer.status, answer.sent("Authorization")),
                  (200, want), "authorization_withheld: %s, %d fields"
                  % (folder, len(fields)), answer)
    answer = wire.ask(front.port, "GET", "/w/viaduct.fcgi/o/echo", [other])
    run.equal(answer.status, 401, "authorization_withheld: nor does the other "
              "way round open the folder", answer)
    front.stop()
    run.front.start()


class Owned(fronts.ApacheFcgid):
    """The same with viaduct.conf in the virtual host."""

    def conf(self):
        self.copy("apache/viaduct.conf", "apache.inc.conf")
        return super().conf() + (
            "LoadModule proxy_module {0}/mod_proxy.so\n"
            "LoadModule proxy_fcgi_module {0}/mod_proxy_fcgi.so\n"
            "<VirtualHost *:{1}>\nInclude {2}\n</VirtualHost>\n".format(
                self.modules, self.port, self.tree.at("apache.inc.conf")))


def owned(run):
    """Large uploads, pieces as they come, encoded slashes."""
    run.front.stop()
    front = Owned(run.tree, run.site).start()
    run = cases.Run(front, run.origin, run.site, run.tap)
    run.excused = False
    for story in (cases_flow.upload_large, cases_flow.events_stream,
                  cases_flow.answer_streams):
        story(run)
    for path in ("/o/echo/a%2Fb", "/o/echo/x"):
        run.origin.arrived()
        answer = run.ask("GET", path)
        run.equal([a["target"] for a in run.origin.arrived()], [path[2:]],
                  "owned: " + path, answer)
    front.stop()


if __name__ == "__main__":
    cases.main("apache-fcgid", [pretty, not_for_download,
                                authorization_withheld, owned])
