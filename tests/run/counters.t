#!/usr/bin/python3 -B
"""What is counted of targets, end to end: since when one is down, and what the
splash page makes of it; percentiles of a load with known delays; routes that
are gone."""
import collections
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

KEY = "0123456789abcdefghijklmnop-operator"
HTML = ("Accept", "text/html")
PLACES = 44
# The bounds of the histograms, in ms: six to a power of ten.
BOUNDS = [.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500,
          700, 1000, 1500, 2000, 3000, 5000, 7000, 10000, 12000, 20000, 60000,
          600000]


class Run:
    def __init__(self, tap):
        self.tap, self.tree = tap, trees.Tree()
        self.equal, self.ok = tap.equal, tap.ok
        self.tool = os.path.join(trees.BUILD, "tests", "tool", "shift-down")
        self.tree.folder("site")
        self.tree.write("site/operator", KEY + "\n", 0o600)
        self.site = sites.Site(self.tree, app={"operator_key_file":
                                               "operator"},
                               log={"access": "access.log",
                                    "format": "json"})
        self.origin = origins.Origin(self.tree)
        self.site.route("up", self.origin.url)
        self.front = fronts.Listen(self.tree, self.site).start()

    def told(self):
        answer = self.front.ask("GET", "/_status.json", [("X-API-Key", KEY)])
        return {s["name"]: s for s in json.loads(answer.body)["scopes"]}

    def metrics(self):
        answer = self.front.ask("GET", "/_metrics", [("X-API-Key", KEY)])
        return answer.body.decode()

    def refresh(self, route):
        """(status, Refresh) of its page."""
        answer = self.front.ask("GET", "/%s/" % route, [HTML])
        return answer.status, answer.get("refresh")

    def later(self, seconds):
        """As if all of them had changed so much earlier."""
        subprocess.run([self.tool, os.path.join(
            self.site.folder, "state", "shm.v1"), str(seconds)], check=True)


# --- since when

def the_longer_it_is_down_the_more_rarely(run, route="site"):
    """Seconds more, and what the page of the next failure says; the fifth
    failure would give the target a rest."""
    port = trees.free_port()
    run.site.route(route, "http://127.0.0.1:%d" % port)
    run.equal(run.refresh(route), (502, "5"), route + ": it went down")
    for more, wanted in ((40, "10"), (80, "30"), (7200, "300")):
        run.later(more)
        run.equal(run.refresh(route), (502, wanted),
                  "%s: %d s later" % (route, more))
    run.site.route(route, run.origin.url)
    run.equal(run.front.ask("GET", "/%s/echo" % route).status, 200,
              route + ": it is back")
    run.site.route(route, "http://127.0.0.1:%d" % port)
    run.equal(run.refresh(route), (502, "5"),
              route + ": it went down again, from now on")
    run.site.route(route, run.origin.url)
    run.equal(run.front.ask("GET", "/%s/echo" % route).status, 200,
              route + ": and is up")


def one_with_counters(run):
    run.site.route("site", "http://127.0.0.1:%d" % trees.free_port())
    run.refresh("site")
    target = run.told()["site"]["target"]
    run.equal((target["state"], target["last_failure"]),
              ("down", "connection_refused"), "it shows as down")
    run.later(7200)
    before = target["since"]
    target = run.told()["site"]["target"]
    run.ok(target["since"] < before, "... since long ago", target)
    run.equal(run.refresh("site"), (502, "300"), "... as its page has it")
    run.site.route("site", run.origin.url)
    run.front.ask("GET", "/site/echo")
    the_longer_it_is_down_the_more_rarely(run)
    run.equal(run.told()["site"]["target"]["state"], "up", "it shows as up")


def one_without(run):
    """Where other routes have all the places."""
    names = ["route-%d" % i for i in range(PLACES)]
    for name in names:
        run.site.route(name, run.origin.url)
        run.front.ask("GET", "/%s/echo" % name)
    the_longer_it_is_down_the_more_rarely(run, "crowded")
    told = run.told()
    run.ok("crowded" not in told and
           sum(s["kind"] == "route" for s in told.values()) == PLACES and
           told["_others"]["ever"]["outcomes"]["connection_refused"] == 5,
           "its requests are those of other routes", told.keys())


def one_that_is_gone(run):
    """It is no route any more at once, and nothing of it is lost."""
    before = run.told()
    run.site.drop("site")
    after = run.told()
    run.ok("site" in before and "site" not in after, "a gone route is none")
    run.equal(after["_others"]["ever"]["requests"],
              before["_others"]["ever"]["requests"] +
              before["site"]["ever"]["requests"], "... but of others")


def counted(run):
    """Requests by route, as Prometheus has them."""
    got = collections.Counter()
    for route, n in re.findall(r'viaduct_requests_total\{route="([\w-]+)",'
                               r'rule="\w+"\} (\d+)', run.metrics()):
        got[route] += int(n)
    return got


def for_prometheus(run):
    """What one counter has is in no other later on: the difference of two is
    that of requests."""
    run.site.route("site", run.origin.url)
    run.front.ask("GET", "/site/echo")
    before, text = counted(run), run.metrics()
    run.ok(before["site"] > 1 and 'target_up{route="site"} 1' in text,
           "a route for Prometheus", text)
    run.site.drop("site")
    run.front.ask("GET", "/site/echo")
    after, text = counted(run), run.metrics()
    run.equal({route: after[route] - before[route]
               for route in {**before, **after}
               if route != "_own" and after[route] != before[route]},
              {"_none": 1}, "a gone route's requests stay where they were")
    run.ok('target_up{route="site"}' not in text,
           "... and its target is none any more", text)
    run.site.route("site", run.origin.url)
    run.front.ask("GET", "/site/echo")
    run.equal(counted(run)["site"], before["site"] + 1,
              "one that comes back in time goes on")


# --- how long

def bucket(ms):
    return sum(ms > bound for bound in BOUNDS)


def known_delays(run):
    """Of 40 requests, 16 are answered at once, 20 after 35 ms, 4 after 160 ms.
    The log has how long the target really took; the counters must have each in
    its bucket, and a percentile in the bucket of the request it stands for."""
    run.site.route("late", run.origin.url)
    front = run.front
    for i in range(40):
        delay = 160 if i % 10 == 0 else 35 if i % 5 > 2 or i % 10 == 1 else 0
        front.ask("GET", "/late/late/%d" % delay)
    lines = [json.loads(line) for line in run.site.access_log().splitlines()]
    rows = [(int(line["path"].rpartition("/")[2]), line["target_ms"])
            for line in lines if line["route"] == "late"]
    asked = sorted(delay for delay, _ in rows)
    run.equal(asked, [0] * 16 + [35] * 20 + [160] * 4, "all were asked")
    run.ok(all(took >= delay for delay, took in rows),
           "none came before its time", rows)
    took = sorted(ms for _, ms in rows)
    found = re.findall(r'target_duration_seconds_bucket\{route="late",'
                       r'le="([^"]*)"\} (\d+)', run.metrics())
    run.equal([int(n) for _, n in found],
              [sum(ms <= 1000 * float(le) for ms in took) for le, _ in found],
              "each is in its bucket", took)
    run.ok(len(found) > 10 and found[-1] == ("+Inf", "40"), "... of many",
           found)
    hour = run.told()["late"]["hour"]
    for name, rank in (("p50", 20), ("p90", 36), ("p99", 40)):
        at = bucket(took[rank - 1])
        low, high = ([0] + BOUNDS)[at], (BOUNDS + [BOUNDS[-1]])[at]
        run.ok(low <= hour["target_ms"][name] <= high,
               "%s is in the bucket of the %dth" % (name, rank),
               (hour, low, high))
        run.ok(hour["target_ms"][name] >= {"p50": 30, "p90": 30,
                                           "p99": 150}[name],
               "... and not below what is known of it", hour)
        run.ok(hour["total_ms"][name] >= low, "... nor is the whole", hour)
    run.ok(abs(hour["target_ms"]["mean"] - sum(took) / 40) < .01,
           "the mean is exact", (hour, sum(took) / 40))


STORIES = [one_with_counters, known_delays, one_without, one_that_is_gone,
           for_prometheus]


def main():
    trees.need("sqlite3")
    tap = taps.Tap()
    run = Run(tap)
    for story in STORIES:
        tap.guard(story.__name__, story, run)
    for report in cases.sanitizer_reports(run.tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
