#!/usr/bin/python3 -B
"""A target that takes no connections is given a rest by all processes together,
is tried by one of them, and is passed on to again as soon as it is there.  This
takes the 10 s of a pause, for all of it at a time."""
import json
import os
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

HTML = ("Accept", "text/html")
KEY = "0123456789abcdefghijklmnop-operator"
OPERATOR = ("X-API-Key", KEY)


class Dead:
    """A port that refuses, and then answers 204 to all."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.came = 0

    def rise(self):
        self.socket.listen(64)
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self):
        while True:
            conn, _ = self.socket.accept()
            self.came += 1
            conn.recv(65536)
            conn.sendall(b"HTTP/1.1 204 No Content\r\n"
                         b"Connection: close\r\n\r\n")
            conn.close()


class Full(Dead):
    """One whose queue is full, so that connections hang, until it rises."""

    def __init__(self):
        super().__init__()
        self.socket.listen(0)
        self.held = []
        for _ in range(3):
            conn = socket.socket()
            conn.setblocking(False)
            conn.connect_ex(self.socket.getsockname())
            self.held.append(conn)

    def rise(self):
        for conn in self.held:
            conn.close()
        super().rise()


def told(front, path):
    answer = front.ask("GET", path, [cases.JSON])
    return answer.status, answer.rule


def all_count(tap, fleet, cgi):
    """Failures in any process, and what all of them then say."""
    got = [told(f, "/dead/x") for f in (fleet[0], cgi, fleet[1], cgi,
                                        fleet[0])]
    tap.equal(got, [(502, "connection_refused")] * 5,
              "five failures, of a process of its own each")
    for name, front in (("listen", fleet[0]), ("another", fleet[1]),
                        ("CGI", cgi)):
        answer = front.ask("GET", "/dead/x", [HTML])
        tap.ok(answer.status == 503 and
               b"The site behind this address is not available" in answer.body
               and 5 <= int(answer.get("retry-after")) <= 10,
               "%s: the splash page at once" % name, answer)


def shown(tap, front, site):
    """The operator sees it, and explain."""
    scopes = json.loads(front.ask("GET", "/_status.json",
                                  [OPERATOR]).body)["scopes"]
    target = [s["target"] for s in scopes if s["name"] == "dead"][0]
    tap.ok(target["state"] == "down" and target["last_failure"] ==
           "connection_refused" and target["paused_until"] is not None,
           "_status.json says until when", target)
    page = front.ask("GET", "/_status", [HTML, OPERATOR])
    tap.ok(b"</code>, asked again in " in page.body, "... and _status", page)
    for state in ("state", "elsewhere"):
        undo = site.settings("server", state=state)
        done = subprocess.run(
            [site.tree.program, "explain", "-c", site.config, "--json",
             "dead/x"], text=True, capture_output=True, check=False)
        undo()
        steps = {s["step"]: s for s in json.loads(done.stdout)["steps"]}
        tap.equal((done.returncode, steps["reach"]["outcome"],
                   steps["reach"].get("rule")),
                  (1, "refuse", "target_down") if state == "state" else
                  (0, "pass", None), "explain, with what is in " + state,
                  done.stdout)
        tap.equal("it is asked again in" in steps["reach"]["fact"],
                  state == "state", "... and until when", steps["reach"])


def hang(fleet):
    """Five that hang in connecting, one of them as CGI would."""
    held = [f.open("GET", "/full/x", [cases.JSON])
            for f in (fleet[0], fleet[1], fleet[0], fleet[1], fleet[0])]
    for steps in held:
        steps.finish()
    return held


def tries(tap, front, target):
    """It comes back: one request finds out, and then all are passed on."""
    target.rise()
    tap.ok(trees.until(lambda: front.ask("GET", "/dead/x").status == 204, 30),
           "after the pause one request tries, and is answered",
           lambda: front.ask("GET", "/dead/x"))
    got = [front.ask("GET", "/dead/x").status for _ in range(8)]
    tap.equal((got, target.came), ([204] * 8, 9), "... then all")


def killed_while_it_tries(tap, fleet, target):
    """kill -9: it does not tell; the next one tries when its time is over."""
    first, asked = fleet[2], []

    def is_trying():
        """Whoever tries hangs in connecting; others are told at once."""
        asked.append(first.open("GET", "/full/x", [cases.JSON]))
        asked[-1].finish()
        asked[-1].conn.sock.settimeout(0.5)
        try:
            asked[-1].answer()
        except socket.timeout:
            return True
        return False
    tap.ok(trees.until(is_trying, 30), "one tries after the pause")
    tap.equal([told(f, "/full/x") for f in fleet[:2]],
              [(503, "target_down")] * 2, "... the others do not")
    first.process.kill()
    first.process.wait()
    target.rise()
    tap.ok(trees.until(lambda: fleet[0].ask("GET", "/full/x").status == 204,
                       30), "it was killed: the next one tries",
           fleet[0].tail)
    tap.equal([f.ask("GET", "/full/x").status for f in fleet[:2]], [204] * 2,
              "... and all are passed on")


def main():
    trees.need("sqlite3")
    tree = trees.Tree()
    tree.write("site/operator", KEY + "\n", 0o600)
    site = sites.Site(tree, app={"operator_key_file": "operator"})
    tree.folder("site", "elsewhere")
    dead, full = Dead(), Full()
    site.route("dead", dead.url)
    site.route("full", full.url, connect_timeout=2)
    tap = taps.Tap()
    fleet = [fronts.Listen(tree, site).start() for _ in range(3)]
    held = hang(fleet)
    all_count(tap, fleet, fronts.Cgi(tree, site))
    tap.guard("shown", shown, tap, fleet[0], site)
    tap.equal([s.answer().rule for s in held], ["connection_timeout"] * 5,
              "five that are not heard of")
    tap.equal(told(fleet[2], "/full/x"), (503, "target_down"),
              "... are enough")
    tap.guard("tries", tries, tap, fleet[1], dead)
    tap.guard("killed", killed_while_it_tries, tap, fleet, full)
    for front in fleet:
        front.stop()
    for report in cases.sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
