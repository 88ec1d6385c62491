#!/usr/bin/python3 -B
"""Targets that speak HTTP/2, as most on the internet do: a real nginx with TLS
stands before the scripted origin."""
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

SERVER = """
	server {{
		listen 127.0.0.1:{port} ssl http2;
		ssl_certificate {cert};
		ssl_certificate_key {key};
		client_max_body_size 0;
		location / {{
			proxy_pass {origin};
			proxy_http_version 1.1;
			proxy_buffering off;
			proxy_request_buffering off;
			add_header X-Protocol $server_protocol always;
			add_header X-Connection $connection always;
		}}
	}}
"""


def start_target(tree, origin):
    """nginx on a free port; that port."""
    cert, key = origins.certificate(tree)
    for _ in range(5):
        port = trees.free_port()
        process = tree.start(fronts.nginx(tree, "h2", SERVER.format(
            port=port, cert=cert, key=key, origin=origin.url)), "h2.log")
        trees.until(lambda: process.poll() is not None or
                    trees.accepts(("127.0.0.1", port)))
        if process.poll() is None:
            return port
        tree.stop(process)
    raise AssertionError(tree.read("h2.log"))


def simple(tap, front):
    answer = front.ask("GET", "/h2/echo/a%20b//c?x=1&&y", [("X-A", "1")])
    tap.equal((answer.status, answer.get("x-protocol"),
               answer.echo["target"], answer.sent("X-A")),
              (200, "HTTP/2.0", "/echo/a%20b//c?x=1&&y", ["1"]), "GET", answer)
    first = answer.get("x-connection")
    seen = {front.ask("GET", "/h2/echo").get("x-connection")
            for _ in range(50)} | {first}
    tap.ok(len(seen) < 40, "connections are kept", seen)
    answer = front.ask("HEAD", "/h2/bytes/1000")
    tap.equal((answer.status, answer.body, answer.get("content-length")),
              (200, b"", "1000"), "HEAD", answer)
    answer = front.ask("GET", "/h2/say?s=204%20No%20Content")
    tap.equal((answer.status, answer.body), (204, b""), "204", answer)
    answer = front.ask("GET", "/h2/redirect?to=/echo/x")
    tap.equal((answer.status, answer.get("x-final-url") is not None),
              (200, True), "a redirect on its host", answer)


def bodies(tap, front):
    body = bytes(range(256)) * 1000
    for chunked in (False, True):
        answer = front.ask("POST", "/h2/echo", [], body, chunked=chunked)
        tap.equal((answer.status, answer.echo["body_sha256"]),
                  (200, hashlib.sha256(body).hexdigest()),
                  "POST" + (" without a length" if chunked else ""), answer)
    answer = front.ask("POST", "/h2/echo", [], b"")
    tap.equal((answer.status, answer.echo["body_bytes"]), (200, 0),
              "POST of nothing", answer)
    answer = front.ask("GET", "/h2/bytes/20000000")
    tap.ok(answer.status == 200 and answer.whole and
           len(answer.body) == 20_000_000, "20 MB come whole", answer.status)


def streams(tap, front, origin):
    steps = front.open("GET", "/h2/sse/h2/3")
    steps.finish()
    head, seen = steps.head(), []
    for i in (1, 2, 3):
        seen.append(steps.until(b"event %d" % i) is not None)
        origin.release("h2")
    steps.close()
    tap.ok(head and seen == [True] * 3, "each event comes before the next",
           "%s %s" % (head, seen))
    steps = front.open("POST", "/h2/echo/h2-up", length=20)
    steps.write(b"0123456789")
    came = origin.wait("upload h2-up", 10)
    steps.write(b"abcdefghij")
    steps.finish()
    answer = steps.answer("POST")
    tap.ok(came and answer.echo["body_bytes"] == 20,
           "an upload goes as it comes", answer)


def failures(tap, front, origin):
    answer = front.ask("GET", "/h2/cut/200000/300000")
    tap.ok(not answer.whole, "a stream that is reset is cut", answer.status)
    answer = front.ask("GET", "/h2/cut/200000/0")
    tap.ok(not answer.whole, "without a length too", answer.status)
    answer = front.ask("GET", "/h2-quick/wait/h2-never", [cases.JSON])
    tap.equal((answer.status, answer.rule), (504, "response_timeout"),
              "no answer", answer)
    steps = front.open("GET", "/h2/wait/h2-left")
    steps.finish()
    origin.wait("held h2-left")
    steps.close()
    tap.ok(origin.wait("closed h2-left"), "a caller that leaves ends it")
    answer = front.ask("GET", "/h2/echo")
    tap.equal(answer.status, 200, "and others go on", answer)


def main():
    trees.need("sqlite3", "openssl", "nginx")
    tree, origin, site = cases.prepare()
    url = "https://localhost:%d" % start_target(tree, origin)
    cert, _ = origins.certificate(tree)
    site.route("h2", url, ca_file=cert)
    site.route("h2-quick", url, ca_file=cert, request_timeout="0.5")
    tap = taps.Tap()
    front = fronts.Listen(tree, site).start()
    tap.guard("simple", simple, tap, front)
    tap.guard("bodies", bodies, tap, front)
    tap.guard("streams", streams, tap, front, origin)
    tap.guard("failures", failures, tap, front, origin)
    front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


if __name__ == "__main__":
    main()
