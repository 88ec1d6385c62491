#!/usr/bin/python3 -B
"""Targets over TLS: verified by default; ca_file, tls_pin, verify_tls."""
import base64
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

def stays(tap, front, site, origin, cert):
    """No target moves later requests: not to another host or port (Alt-Svc),
    nor from http to https (HSTS)."""
    site.route("tls", origin.tls_url, ca_file=cert)
    site.route("plain", origin.url.replace("127.0.0.1", "localhost"),
               ca_file=cert)            # to be asked by the same handle
    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.1", 0))        # refuses
        port = elsewhere.getsockname()[1]
        for name in ("h2", "http/1.1"):
            answer = front.ask("GET", "/tls/say?h=Connection:close&h=Alt-Svc:"
                               "%s%%3d%%22localhost:%d%%22" % (name, port))
            tap.equal(answer.status, 200, "a target names %s elsewhere" % name,
                      answer)
            got = [front.ask("GET", "/tls/echo").status for _ in range(3)]
            tap.equal(got, [200] * 3, "... and is asked where it was", got)
    answer = front.ask("GET", "/tls/say?h=Strict-Transport-Security:"
                       "max-age%3d1000")
    tap.equal(answer.status, 200, "a target wants TLS for its host", answer)
    got = [front.ask("GET", "/plain/echo").status for _ in range(3)]
    tap.equal(got, [200] * 3, "... and a route without stays without", got)


def main():
    trees.need("sqlite3", "openssl")
    tree, origin, site = cases.prepare(tls=True)
    url = origin.tls_url
    cert = tree.at("localhost.crt")
    pin = origins.pin(cert)
    wrong = "sha256//" + base64.b64encode(b"\0" * 32).decode()
    other = url.replace("localhost", "127.0.0.1")
    # route, URL, columns, status, rule
    rows = [
        ("unknown", url, {}, 502, "tls_certificate"),
        ("known", url, {"ca_file": cert}, 200, None),
        ("other-name", other, {"ca_file": cert}, 502, "tls_certificate"),
        ("pinned", url, {"tls_pin": pin, "ca_file": cert}, 200, None),
        ("pinned-alone", url, {"tls_pin": pin}, 200, None),
        ("pinned-wrong", url, {"tls_pin": wrong, "ca_file": cert}, 502,
         "tls_certificate"),
        ("careless", url, {"verify_tls": "no"}, 200, None),
        ("no-tls", "https://" + origin.host, {}, 502, "tls_protocol"),
    ]
    site.routes({name: (u, columns) for name, u, columns, *_ in rows})
    tap = taps.Tap()
    # Whoever reads that file can read what was said over TLS.
    keys = tree.at("keys.log")
    front = fronts.Listen(tree, site, SSLKEYLOGFILE=keys).start()
    # Twice and mixed: a connection that a laxer route opened is its own.
    for turn in ("", ", again"):
        for name, _, columns, status, rule in rows:
            origin.arrived()
            answer = front.ask("GET", "/%s/echo" % name, [cases.JSON])
            came = len(origin.arrived())
            good = answer.status == status and answer.rule == rule and \
                came == (status == 200)
            tap.ok(good, "%s %s: %s%s" % (name, sorted(columns), status,
                                          turn),
                   "%s\n%s" % (answer, front.tail()))
    answer = front.ask("GET", "/o/redirect?to=" + url + "/echo")
    tap.equal(answer.status, 302, "another scheme and host is the caller's",
              answer)
    tap.ok(not os.path.exists(keys), "no session's keys are written down")
    tap.guard("stays", stays, tap, front, site, origin, cert)
    front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()

main()
