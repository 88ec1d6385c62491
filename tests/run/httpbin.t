#!/usr/bin/python3 -B
"""A real application behind viaduct: httpbin, as Debian packages it."""
import base64
import gzip
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

SERVE = """
import socketserver, wsgiref.simple_server as simple
from httpbin import app
class Server(socketserver.ThreadingMixIn, simple.WSGIServer):
    daemon_threads = True
class Quiet(simple.WSGIRequestHandler):
    def log_message(self, *args): pass
server = simple.make_server("127.0.0.1", 0, app, Server, Quiet)
print(server.server_port, flush=True)
server.serve_forever()
"""

def main():
    trees.need("sqlite3")
    probe = subprocess.run(["/usr/bin/python3", "-c", "import httpbin"],
                           capture_output=True, check=False)
    if probe.returncode:
        taps.bail_or_skip("not installed: python3-httpbin")
    tree = trees.Tree()
    process = tree.start(["/usr/bin/python3", "-B", "-c", SERVE],
                         "httpbin.log", stdout=subprocess.PIPE)
    port = int(process.stdout.readline())
    site = sites.Site(tree)
    site.route("bin", "http://127.0.0.1:%d" % port)
    tap = taps.Tap()
    front = fronts.Listen(tree, site).start()

    def get(path, method="GET", fields=(), body=None):
        return front.ask(method, "/bin" + path, [("Origin", cases.APP),
                                                 *fields], body)

    answer = get("/get?a=1&b=%20")
    tap.equal((answer.status, json.loads(answer.body or "{}").get("args")),
              (200, {"a": "1", "b": " "}), "GET with a query", answer)
    tap.equal(answer.all("access-control-allow-origin"), [cases.APP],
              "one grant, though httpbin sends its own", answer)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = get("/" + method.lower(), method,
                     [("Content-Type", "application/json")], b'{"x": [1]}')
        tap.equal((answer.status, json.loads(answer.body or "{}").get("json")),
                  (200, {"x": [1]}), method + " with JSON", answer)
    for status in (200, 201, 204, 304, 400, 404, 418, 429, 500, 503):
        answer = get("/status/%d" % status)
        tap.equal((answer.status, answer.get("access-control-allow-origin")),
                  (status, cases.APP), "status %d" % status, answer)
    answer = get("/gzip", fields=[("Accept-Encoding", "gzip")])
    tap.ok(answer.get("content-encoding") == "gzip" and
           json.loads(gzip.decompress(answer.body))["gzipped"],
           "gzip is not touched", answer)
    answer = get("/redirect/3")
    tap.ok(answer.status == 200 and
           (answer.get("x-final-url") or "").endswith("/get"),
           "three redirects on its own host", answer)
    answer = get("/redirect-to?url=http%3A%2F%2Fexample.com%2F")
    tap.equal((answer.status, answer.get("location")),
              (302, "http://example.com/"), "one to elsewhere is passed",
              answer)
    answer = get("/cookies/set?a=b")
    tap.equal(answer.all("set-cookie"), [], "its cookies stay here", answer)
    answer = get("/basic-auth/u/p")
    tap.ok(answer.status == 401 and "basic" not in
           (answer.get("www-authenticate") or "").lower(),
           "no Basic challenge in the browser", answer)
    word = base64.b64encode(b"u:p").decode()
    answer = get("/basic-auth/u/p", fields=[("Authorization",
                                             "Basic " + word)])
    tap.equal(answer.status, 200, "but a script may send it", answer)
    answer = get("/range/26", fields=[("Range", "bytes=3-6")])
    tap.equal((answer.status, answer.body), (206, b"defg"), "a range", answer)
    answer = get("/etag/abc", fields=[("If-None-Match", '"abc"')])
    tap.equal(answer.status, 304, "If-None-Match", answer)
    answer = get("/stream-bytes/50000?seed=1")
    tap.equal(len(answer.body), 50000, "bytes", answer.status)
    answer = get("/get", "HEAD")
    tap.equal((answer.status, answer.body), (200, b""), "HEAD", answer)
    answer = front.ask("OPTIONS", "/bin/put", [
        ("Origin", cases.APP), ("Access-Control-Request-Method", "PUT")])
    tap.equal((answer.status, answer.get("access-control-allow-origin")),
              (204, cases.APP), "a preflight is answered here", answer)
    front.stop()
    tap.done()

main()
