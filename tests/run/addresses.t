#!/usr/bin/python3 -B
"""What a name resolves to decides, at the moment of connecting: names are
given their addresses by libnss-wrapper."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

WRAPPER = trees.library("/usr/lib/x86_64-linux-gnu/libnss_wrapper.so",
                        "/usr/lib/aarch64-linux-gnu/libnss_wrapper.so",
                        "/usr/lib/libnss_wrapper.so",
                        "/usr/lib64/libnss_wrapper.so")

# name, its addresses, allow_private, status, does the origin see it?
NAMES = [
    ("loop4", ["127.0.0.1"], "no", 502, False),
    ("loop6", ["::1"], "no", 502, False),
    ("ten", ["10.0.0.1"], "no", 502, False),
    ("carrier", ["100.64.0.1"], "no", 502, False),
    ("zero", ["0.0.0.0"], "yes", 502, False),
    ("meta", ["169.254.169.254"], "no", 502, False),
    ("meta-yes", ["169.254.169.254"], "yes", 502, False),
    ("meta-cidr", ["169.254.169.254"], "169.254.0.0/16", 502, False),
    ("meta-six", ["fd00:ec2::254"], "fc00::/7", 502, False),
    ("mapped", ["::ffff:127.0.0.1"], "yes", 502, False),
    ("nat64", ["64:ff9b::7f00:1"], "yes", 502, False),
    ("doc", ["192.0.2.1"], "yes", 502, False),
    ("loop-yes", ["127.0.0.1"], "yes", 200, True),
    ("loop-cidr", ["127.0.0.1"], "127.0.0.0/8", 200, True),
    ("loop-other", ["127.0.0.1"], "10.0.0.0/8", 502, False),
    ("mixed", ["10.0.0.1", "127.0.0.1"], "127.0.0.0/8", 200, True),
    ("mixed-6", ["::1", "127.0.0.1"], "127.0.0.0/8", 200, True),
    ("mixed-no", ["10.0.0.1", "169.254.169.254"], "127.0.0.0/8", 502, False),
]

def names(tap, front, origin):
    for name, addresses, allow, status, seen in NAMES:
        origin.arrived()
        answer = front.ask("GET", "/%s/echo" % name, [cases.JSON])
        came = bool(origin.arrived())
        good = answer.status == status and came == seen and \
            (seen or answer.rule == "address_prohibited") and \
            not any(a.encode() in answer.body for a in addresses)
        tap.ok(good, "%s = %s, allow_private = %s: %d" % (
            name, addresses, allow, status),
            "arrived: %s\n%s\n%s" % (came, answer, front.tail()))

def reuse(tap, front, origin):
    """A kept connection that one route may use is not another's."""
    conn = None
    got = []
    for name in ("kept-lax", "kept-strict", "kept-lax", "kept-strict"):
        answer = front.ask("GET", "/%s/echo" % name, [cases.JSON])
        got.append(answer.status)
    tap.equal(got, [200, 502, 200, 502],
              "a kept connection is judged again for a stricter route",
              front.tail())
    tap.ok(conn is None and origin.connections()["accepted"] >= 1,
           "the laxer route did reach the origin")

def rebinding(tap, front, origin, tree):
    """The address that is judged is the one that is connected to."""
    got = []
    for address in ("127.0.0.1", "10.0.0.1"):
        tree.write("hosts", "%s flips\n" % address)
        got.append(front.ask("GET", "/flips/echo", [cases.JSON]).status)
    tap.equal(got, [502, 502], "a name that changes is judged each time")


def main():
    trees.need("sqlite3", WRAPPER or "libnss-wrapper")
    tree, origin, site = cases.prepare()
    port = origin.host.rsplit(":", 1)[1]
    hosts = [a + " " + name for name, addresses, *_ in NAMES
             for a in addresses]
    hosts += ["127.0.0.1 kept", "127.0.0.1 flips"]
    tree.write("hosts", "\n".join(hosts) + "\n")
    url = "http://%s:" + port
    table = {name: (url % name, {"allow_private": allow})
             for name, _, allow, *_ in NAMES}
    table["kept-lax"] = (url % "kept", {"allow_private": "127.0.0.0/8"})
    table["kept-strict"] = (url % "kept", {"allow_private": "no"})
    table["flips"] = (url % "flips", {"allow_private": "no"})
    site.routes(table)
    tap = taps.Tap()
    front = fronts.Listen(
        tree, site, LD_PRELOAD=WRAPPER, NSS_WRAPPER_HOSTS=tree.at("hosts"),
        NSS_WRAPPER_DISABLE_DEEPBIND="1",       # sanitizers refuse it
        ASAN_OPTIONS="verify_asan_link_order=0:"
        + os.environ.get("ASAN_OPTIONS", "")).start()
    names(tap, front, origin)
    reuse(tap, front, origin)
    rebinding(tap, front, origin, tree)
    front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()

main()
