#!/usr/bin/python3 -B
"""`viaduct listen', spoken to in FastCGI: the list, and what only a process
that lives on can show."""
import os
import socket
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fcgi                                             # noqa: E402
import fronts                                           # noqa: E402
import tree as trees                                    # noqa: E402


def upload_stalls(run):
    """A caller that stops in mid-upload gets 408 after idle_timeout."""
    steps = run.open("POST", "/idle/echo", [cases.JSON], length=100)
    steps.write(b"x" * 10)
    answer = steps.answer("POST")
    run.equal((answer.status, answer.rule), (408, "upload_stalled"),
              "upload_stalls", answer)
    steps.close()


def refused_while_it_stalls(run):
    """A target's refusal ends an upload that waits for its caller."""
    steps = run.open("POST", "/o/refuse/stalled", length=100_000)
    steps.write(b"x" * 10)
    answer = steps.answer("POST")
    run.equal((answer.status, answer.body, steps.conn.foreign),
              (413, b"too much", False), "refused_while_it_stalls", answer)
    steps.close()


def head_with_a_body(run):
    """A body of HEAD means nothing, and is not waited for."""
    steps = run.open("HEAD", "/o/echo", length=1000)
    steps.write(b"x" * 10)
    answer = steps.answer("HEAD")
    run.equal((answer.status, steps.conn.foreign), (200, False),
              "head_with_a_body", answer)
    steps.close()


def upload_ends_early(run):
    """Fewer bytes than announced are no upload."""
    steps = run.open("POST", "/o/echo", [cases.JSON], length=100)
    steps.write(b"x" * 10)
    steps.finish()
    answer = steps.answer("POST")
    run.ok((answer.status, answer.rule) == (400, "upload_incomplete") and
           not [a for a in run.origin.arrived() if a["body_bytes"] == 100],
           "upload_ends_early", answer)
    steps.close()


def upload_over_quota_unannounced(run):
    """Counted while it comes, where no length announced it."""
    answer = run.ask("POST", "/small/echo", [cases.JSON], b"x" * 3000,
                     chunked=True)
    run.equal((answer.status, answer.rule), (413, "upload_too_large"),
              "upload_over_quota_unannounced", answer)


def total_time(run):
    """total_timeout ends an answer that goes on and on; events are exempt."""
    steps = run.open("GET", "/total/endless/total")
    steps.finish()
    head = steps.head()
    while steps.more():
        steps.have = b""
    run.ok(head and head[0] == 200 and not steps.whole(),
           "total_time: cut", head)
    run.ok(run.origin.wait("closed total"), "total_time: the fetch ends")
    steps.close()
    steps = run.open("GET", "/total/sse/exempt/2")
    steps.finish()
    steps.until(b"event 1")
    other = run.open("GET", "/total/endless/total")
    other.finish()
    while other.more():                 # until total_timeout has gone by
        other.have = b""
    other.close()
    run.origin.release("exempt")
    run.ok(steps.until(b"event 2"), "total_time: not for events")
    steps.close()


def connections_are_kept(run):
    """One request after the other needs one connection to their target, for
    each thread that serves any."""
    run.origin.arrived()
    for _ in range(200):
        run.ask("GET", "/o/echo")
    used = {a["connection"] for a in run.origin.arrived()}
    run.ok(len(used) <= os.cpu_count(), "connections_are_kept", used)


def nothing_is_left_over(run):
    """Of one request nothing is in the next on the same connection."""
    run.ask("PUT", "/o/echo", [("X-One", "1"), ("Content-Type", "a/b"),
                               ("Range", "bytes=0-1")], b"body")
    answer = run.ask("GET", "/o/echo")
    left = [n for n in ("X-One", "Content-Type", "Range", "Content-Length",
                        "Transfer-Encoding", "Expect") if answer.sent(n)]
    run.equal((answer.echo["method"], answer.echo["body_bytes"], left),
              ("GET", 0, []), "nothing_is_left_over", answer)


def repeated_parameters(run):
    """nginx sends a repeated field as two parameters of one name."""
    conn = fcgi.Connection(run.front.address)
    pairs = list(fronts.variables(run.front, "GET", "/o/echo", [],
                                  None).items())
    pairs += [("HTTP_X_TWICE", "a"), ("HTTP_X_TWICE", "b"),
              ("HTTP_COOKIE", "a=1"), ("HTTP_COOKIE", "b=2")]
    conn.begin(pairs)
    conn.finish()
    answer = fronts.FcgiSteps(conn).answer()
    run.equal(answer.sent("X-Twice"), ["a, b"], "repeated_parameters", answer)
    conn.close()


def no_fastcgi(run):
    """Whatever else comes to the port harms nobody."""
    for junk in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 64, b"\x01\x01" * 50,
                 fcgi.record(fcgi.PARAMS, b"x" * 20),
                 fcgi.record(fcgi.BEGIN, b"\0\1\0\0\0\0\0\0")
                 + fcgi.record(fcgi.PARAMS, b"\xff\xff\xff\xff" * 4)):
        with socket.create_connection(run.front.address) as sock:
            sock.sendall(junk)
    answer = run.ask("GET", "/o/echo")
    run.equal((answer.status, run.front.process.poll()), (200, None),
              "no_fastcgi", run.tail())


def on_a_socket(run):
    """A Unix socket, for its owner alone; its file goes with the process."""
    path = run.tree.at("fcgi.sock")
    front = fronts.Listen(run.tree, run.site)
    front.address = path
    up = front.again()
    answer = front.ask("GET", "/o/echo")
    run.ok(up and answer.status == 200, "on_a_socket", answer)
    mode = stat.S_IMODE(os.stat(path).st_mode)
    run.ok(mode & 0o007 == 0, "on_a_socket: not for everyone", oct(mode))
    front.stop()


def on_ipv6(run):
    """In brackets, as libfcgi would take them for the name of a file."""
    front = fronts.Listen(run.tree, run.site)
    for _ in range(5):
        front.address = ("::1", trees.free_port("::1"))
        if front.run([run.tree.program, "-c", run.site.config, "listen",
                      "[::1]:%d" % front.address[1]], front.address):
            break
    answer = front.ask("GET", "/o/echo")
    run.equal(answer.status, 200, "on_ipv6", answer)
    front.stop()


def log_is_renamed(run):
    """max_size: the file becomes .1, and no line is lost."""
    undo = run.site.settings("log", max_size="2K")
    try:
        # The size is looked at once a second.
        def renamed():
            run.ask("GET", "/any/echo/renamed")
            return os.path.exists(os.path.join(run.site.folder,
                                               "access.log.1"))
        run.ok(trees.until(renamed), "log_is_renamed", run.tail())
        run.ask("GET", "/any/echo/after-that")
        run.ok(trees.until(lambda: "after-that" in run.site.access_log()),
               "log_is_renamed: the new one is written", run.tail())
    finally:
        undo()


if __name__ == "__main__":
    cases.main("listen", [
        upload_stalls, refused_while_it_stalls, head_with_a_body,
        upload_ends_early, upload_over_quota_unannounced, total_time,
        connections_are_kept, nothing_is_left_over, repeated_parameters,
        no_fastcgi, on_a_socket, on_ipv6, log_is_renamed])
