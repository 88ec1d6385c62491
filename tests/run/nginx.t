#!/usr/bin/python3 -B
"""nginx in front of `viaduct listen'; then with kept connections, and with
the parameters that nginx ships."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import tree as trees                                    # noqa: E402
import wire                                             # noqa: E402

STOCK = "/etc/nginx/fastcgi_params"


class Kept(fronts.Nginx):
    """An upstream block with keepalive, as viaduct.conf says."""
    pool = 8


class Stock(fronts.Nginx):
    """A mount with nothing but fastcgi_params."""
    mount = "/stock"
    server = ("location /stock { fastcgi_pass %s; include %s; }"
              % (fronts.LISTEN, STOCK))


def kept_connections(run):
    """More kept connections than threads, and none of them waits."""
    run.front.stop()
    undo = run.site.settings("server", threads="4")
    front = Kept(run.tree, run.site).start()
    try:
        slow = [front.open("GET", "/o/wait/pool") for _ in range(3)]
        came = run.origin.wait("held pool", 3)
        got = [front.ask("GET", "/any/echo/%d" % i).status
               for i in range(10)]
        run.equal((came, got), (True, [200] * 10),
                  "kept_connections: beside three slow ones", front.tail())
        run.origin.release("pool", 3)
        run.equal([s.answer().body for s in slow], [b"released"] * 3,
                  "kept_connections: the slow ones end")
        many = [wire.Connection(front.port) for _ in range(12)]
        for conn in many:
            conn.send(wire.request_bytes("GET", "/viaduct/any/echo", []))
        got = [conn.answer().status for conn in many]
        run.equal(got, [200] * 12, "kept_connections: 12 at a time")
        body = b"x" * 100_000
        refused = front.ask("POST", "/none/echo", [("Origin", cases.BAD)],
                            body)
        after = front.ask("POST", "/o/echo", [], body)
        run.equal((refused.status, after.echo["body_bytes"]),
                  (403, 100_000), "kept_connections: after an unread body",
                  after)
    finally:
        front.stop()
        undo()


def stock_parameters(run):
    """They tell no mount, but the whole path as the script's: every URL is the
    start page until base_path says better."""
    if not os.path.exists(STOCK):
        run.tap.skip("stock_parameters", "no " + STOCK)
        return
    front = Stock(run.tree, run.site).start()
    answer = front.ask("GET", "/o/echo", [cases.JSON])
    run.ok(answer.status in (200, 500) and not run.origin.arrived(),
           "stock_parameters: not without base_path", answer)
    undo = run.site.settings("app", base_path="/stock")
    try:
        seen = []
        for path in ("/o/echo//x%20y?q", "/?route=deep"):
            answer = front.ask("GET", path, [("X-Twice", "a"),
                                             ("X-Twice", "b")])
            seen += [a["target"] for a in run.origin.arrived()]
        run.equal(seen, ["/echo//x%20y?q", "/echo/v1"],
                  "stock_parameters: base_path", answer)
        answer = front.ask("GET", "/o/redirect?s=302%20F&to=/echo/z",
                           [], None)
        run.equal(answer.status, 200, "stock_parameters: redirects", answer)
    finally:
        undo()
        front.stop()


def responder_gone(run):
    """Without its responder nginx answers 502, and finds the next one."""
    front = fronts.Nginx(run.tree, run.site).start()
    front.inner.process.kill()
    trees.until(lambda: not trees.accepts(front.inner.address))
    run.equal(front.ask("GET", "/o/echo").status, 502, "responder_gone")
    front.stop()


if __name__ == "__main__":
    cases.main("nginx", [kept_connections, stock_parameters, responder_gone])
