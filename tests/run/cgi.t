#!/usr/bin/python3 -B
"""Plain CGI: the environment is the request.  Besides the list, what only an
environment can say."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import cases_log                                        # noqa: E402
import fronts                                           # noqa: E402
import tree as trees                                    # noqa: E402

# name, changes of the environment (None: taken out), status, rule, target
ENVIRONMENTS = [
    ("absolute form", {"REQUEST_URI": "http://viaduct.test/v/o/echo/x?y"},
     200, None, "/echo/x?y"),
    ("asterisk form", {"REQUEST_URI": "*"}, 400, "malformed_request", None),
    ("a fragment", {"REQUEST_URI": "/v/o/echo#x"}, 400, "bad_path", None),
    ("no REQUEST_URI", {"REQUEST_URI": None, "PATH_INFO": "/o/echo/p",
                        "QUERY_STRING": "q=1"}, 200, None, "/echo/p?q=1"),
    ("the script's folder is the mount", {
        "SCRIPT_NAME": "/v/viaduct.cgi", "PATH_INFO": None}, 200, None,
     "/echo/x"),
    ("no mount fits", {"SCRIPT_NAME": "/other/viaduct.cgi"}, 500,
     "mount_unknown", None),
    ("a mount ends at a slash", {"SCRIPT_NAME": "/v/o/ec",
                                 "PATH_INFO": None}, 404, "no_route", None),
    ("the server read another path", {"PATH_INFO": "/deep/x"}, 400,
     "ambiguous_path", None),
    ("a second ? read into PATH_INFO", {
        "REQUEST_URI": "/v/o/echo/x?u=a?b",
        "PATH_INFO": "/o/echo/x?u=a"}, 200, None, "/echo/x?u=a?b"),
    ("Caddy's length of a chunked body", {"CONTENT_LENGTH": "-1"}, 200,
     None, "/echo/x"),
    ("a length that is none", {"CONTENT_LENGTH": "1x"}, 400, "bad_length",
     None),
    ("an empty length", {"CONTENT_LENGTH": ""}, 200, None, "/echo/x"),
    ("a field of 8,001 bytes", {"HTTP_X_A": "a" * 8001}, 431,
     "fields_too_large", None),
    ("32 KiB of fields", {"HTTP_X_%d" % i: "a" * 7900 for i in range(5)},
     431, "fields_too_large", None),
    ("a field with a line break", {"HTTP_X_A": "a\r\nX-B: c"}, 400,
     "malformed_request", None),
    ("HTTP_PROXY from a caller", {"HTTP_PROXY": "http://127.0.0.1:9"}, 200,
     None, "/echo/x"),
]


def environments(run):
    for name, changes, status, rule, target in ENVIRONMENTS:
        extra = {"REQUEST_URI": "/v/o/echo/x", "SCRIPT_NAME": "/v",
                 "PATH_INFO": "/o/echo/x", **changes}
        front = Changed(run.front, extra)
        run.origin.arrived()
        answer = front.ask("GET", "/", [cases.JSON])
        seen = [a["target"] for a in run.origin.arrived()]
        run.ok(answer.status == status and answer.rule == rule and
               seen == ([target] if target else []),
               "environment: " + name, "%s\n%s" % (seen, answer))


class Changed:
    """The front with variables put in and taken out."""

    def __init__(self, front, extra):
        self.front = front
        self.gone = {k for k, v in extra.items() if v is None}
        self.put = {k: v for k, v in extra.items() if v is not None}

    def ask(self, method, path, fields):
        env = {**self.front.environment,
               **fronts.variables(self.front, method, path, fields, None,
                                  self.put)}
        env = {k: v.encode("latin-1") for k, v in env.items()
               if k not in self.gone}
        steps = fronts.CgiSteps([self.front.script], env,
                                self.front.tree.at(self.front.log))
        steps.finish()
        return steps.answer(method)


def known_to_the_server(run):
    """A login that the web server judged is not handed to the target."""
    front = Changed(run.front, {
        "REQUEST_URI": "/v/o/echo", "SCRIPT_NAME": "/v", "PATH_INFO":
        "/o/echo", "AUTH_TYPE": "Basic", "REMOTE_USER": "u"})
    for more, want in (([], []), ([("X-Viaduct-Authorization", "Bearer b")],
                                  ["Bearer b"])):
        answer = front.ask("GET", "/", [("Authorization", "Basic eDp5"),
                                        *more])
        run.equal(answer.sent("Authorization"), want,
                  "known_to_the_server: %s" % more, answer)


def no_settings(run):
    """Nothing found: 503, and the log names the places searched."""
    os.rename(run.site.config, run.site.config + ".away")
    try:
        answer = run.ask("GET", "/o/echo", [cases.JSON])
        run.equal((answer.status, answer.rule), (503, "configuration"),
                  "no_settings", answer)
        run.ok("viaduct.ini" in run.tail().splitlines()[-2] or
               run.site.config in run.tail(), "no_settings: named in the log",
               run.tail())
    finally:
        os.rename(run.site.config + ".away", run.site.config)


def query_is_no_argument(run):
    """Servers make arguments from a query without `=': they go nowhere."""
    answer = run.ask("GET", "/?--version", [cases.JSON])
    run.equal((answer.status, answer.rule), (400, "bad_query"),
              "query_is_no_argument", answer)


def told_to_end(run):
    """By a server that has all it wants: the request ends well, and is
    logged."""
    steps = run.front.open("GET", "/o/wait/term", [("Origin", cases.APP)])
    steps.finish()
    run.ok(run.origin.wait("held term", 1, trees.WAIT),
           "told_to_end: it waits for its target", run.tail)
    steps.process.terminate()
    run.origin.release("term", 1)
    answer = steps.answer()
    run.equal((answer.status, answer.body), (200, b"released"),
              "told_to_end: it goes on", answer)
    line = cases_log.line_of(run.site, answer)
    run.equal(cases_log.part(line, "status"), [200], "told_to_end: and is "
              "logged", line)


if __name__ == "__main__":
    cases.main("cgi", [environments, known_to_the_server, no_settings,
                       query_is_no_argument, told_to_end])
