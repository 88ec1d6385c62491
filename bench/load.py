"""Requests by h2load: so many, over so many connections, each answered.

h2load and not ab or wrk: it sends a given number of requests (so that none is
cut off at the end and all can be accounted for), holds 1,000 connections,
sends bodies and any method, and logs each request, hence exact percentiles.
"""
import re
import signal
import subprocess

import figures
import tree as trees

LIMIT_SECONDS = 120                     # of one measurement, whatever happens
CROWD = 1000                            # connections that come by and by
RAMP_MS, RAMP_STEPS = 200, 20


class Load:
    """One run of h2load, under way."""

    def __init__(self, tree, url, count, connections, fields=(), method=None,
                 body=None):
        self.count = max(count, connections)
        self.log = tree.at("h2load.log")
        open(self.log, "w", encoding="ascii").close()
        argv = [trees.find("h2load"), "--h1", "-n", str(self.count),
                "-c", str(connections), "--log-file", self.log]
        if connections >= CROWD:
            # One after the other, lest all ask at the same moment for ever.
            argv += ["-r", str(connections // RAMP_STEPS),
                     "--rate-period", "%dms" % (RAMP_MS // RAMP_STEPS)]
        for name, value in fields:
            argv += ["-H", "%s: %s" % (name, value)]
        if method:
            argv += ["-H", ":method: " + method]
        if body:
            argv += ["-d", body]
        self.tree = tree
        self.process = tree.start(argv + [url], "h2load.err", text=True,
                                  stdout=subprocess.PIPE)

    def wait(self, seconds):
        """True when it has ended within so many seconds."""
        try:
            self.process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def result(self):
        """The summary; what it said where it did not do its work."""
        said = self.process.stdout.read()
        self.process.stdout.close()
        self.tree.stop(self.process)
        with open(self.log, encoding="ascii") as file:
            found = figures.summary(figures.parse_log(file))
        found["bytes"] = body_bytes(said)
        return found, said

    def give_up(self):
        self.tree.stop(self.process, signal.SIGKILL)


def body_bytes(said):
    """Of all answers, as h2load's last lines tell; in bytes."""
    found = re.search(r"^traffic: .*\((\d+)\) data$", said, re.M)
    return int(found.group(1)) if found else 0
