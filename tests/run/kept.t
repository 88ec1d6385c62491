#!/usr/bin/python3 -B
"""Connections that nginx, Apache and HAProxy keep, ten for each thread: they
neither hang nor starve anybody."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
import wire                                             # noqa: E402

THREADS, KEPT = 4, 40


class Nginx(fronts.Nginx):
    pool = KEPT


def kept_by(front):
    """The servers' ports of connections to viaduct that are open."""
    ours = ":%04X" % front.inner.address[1]
    with open("/proc/net/tcp") as table:
        lines = [line.split() for line in table]
    return {line[1] for line in lines if line[3] == "01" and
            line[2].endswith(ours)}


def at_once(tap, front, origin, clients):
    """Requests of all clients, each on a connection of its own."""
    token = "all-" + front.name
    for client in clients:
        client.send(wire.request_bytes(
            "GET", front.mount + "/any/wait/" + token, []))
    tap.ok(trees.until(lambda: len(kept_by(front)) >= KEPT),
           "%s: %d requests at a time" % (front.name, KEPT),
           lambda: "%s\n%s" % (kept_by(front), front.tail()))
    origin.release(token, KEPT)
    got = [client.answer().status for client in clients]
    tap.equal(got, [200] * KEPT, "%s: all are answered" % front.name,
              front.tail())


def story(tap, front, origin):
    clients = [wire.Connection(front.port) for _ in range(KEPT)]
    at_once(tap, front, origin, clients)
    kept = kept_by(front)
    tap.ok(len(kept) >= KEPT, "%s: keeps its connections" % front.name, kept)
    tap.equal(front.inner.ask("GET", "/any/echo").status, 200,
              "%s: a new connection is served beside them" % front.name)
    got = [front.ask("GET", "/any/echo").status for _ in range(2 * KEPT)]
    tap.equal(got, [200] * 2 * KEPT, "%s: one after the other" % front.name)
    tap.ok(len(kept & kept_by(front)) >= KEPT - THREADS,
           "%s: over what was kept" % front.name,
           lambda: "%s\n%s" % (kept, kept_by(front)))
    at_once(tap, front, origin, clients)
    for client in clients:
        client.sock.close()


def main():
    tap = taps.Tap()
    ways = [Nginx, fronts.ApacheProxy, fronts.Haproxy]
    for way in ways:
        trees.need(*fronts.PROGRAMS[way.name])
    tree, origin, site = cases.prepare(
        server={"state": "state", "threads": str(THREADS)},
        upstream={"allow_private": "127.0.0.0/8"})
    for way in ways:
        front = way(tree, site).start()
        tap.guard(way.name, story, tap, front, origin)
        front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
