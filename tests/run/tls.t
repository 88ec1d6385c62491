#!/usr/bin/python3 -B
"""Targets over TLS: verified by default; ca_file, tls_pin, verify_tls."""
import base64
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

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
    front = fronts.Listen(tree, site).start()
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
    front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()

main()
