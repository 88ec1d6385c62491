#!/usr/bin/python3 -B
"""`make bench' on a small scale: what it counts is what was sent, what fails
is left out, and its arithmetic is right."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
BENCH = os.path.join(HERE, os.pardir, os.pardir, "bench")
sys.path[:0] = [os.path.join(HERE, os.pardir, "lib"), BENCH]
import figures                                          # noqa: E402
import needs                                            # noqa: E402
import picture                                          # noqa: E402
import floor                                            # noqa: E402
import ours                                             # noqa: E402
import program                                          # noqa: E402
import report                                           # noqa: E402
import rounds                                           # noqa: E402
import starts                                           # noqa: E402
import target                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
import work as works                                    # noqa: E402

def sample(program, number, rate, **more):
    return {"work": "w", "program": program, "round": number, "rate": rate,
            "faults": [], **more}

# What a table of numbers gives: two programs, three rounds, one of them bad.
GIVEN = [
    sample("a", 0, 90.0, p50_us=7), sample("b", 0, 100.0, p50_us=5),
    sample("a", 1, 30.0, p50_us=90), sample("b", 1, 20.0, p50_us=20),
    sample("a", 2, 80.0, p50_us=8), sample("b", 2, 100.0, p50_us=5),
    sample("a", 3, 900.0, p50_us=1, faults=["lost"]),
    sample("b", 3, 100.0, p50_us=5),
    sample("a", 4, 900.0, p50_us=1), sample("c", 0, 5.0, p50_us=None),
]
LOG = ["1000\t200\t50\n", "1010\t200\t90\n", "1020\t503\t5\n",
       "1030\t204\t70\n"]
SUMMARY = {"sent": 4, "answered": 3, "seconds": 100e-6, "rate": 30000.0,
           "p50_us": 70, "p99_us": 90}
PERCENTILES = [([], 50, None), ([3], 50, 3), ([3], 99, 3),
               ([4, 1, 3, 2], 50, 2), ([4, 1, 3, 2], 51, 3),
               (range(1, 101), 99, 99), (range(1, 102), 99, 100),
               (range(1, 1001), 99, 990)]
FAULTS = [((9, 9, 0), 9, 0), ((8, 8, 0), 9, 1), ((9, 8, 0), 9, 1),
          ((9, 9, 1), 9, 1), ((8, 7, 1), 9, 3)]

def arithmetic(tap):
    for values, percent, want in PERCENTILES:
        tap.equal(figures.percentile(values, percent), want,
                  "%d%% of %r" % (percent, values))
    tap.equal(figures.summary(figures.parse_log(LOG)), SUMMARY,
              "a log of four requests")
    tap.equal(figures.summary([])["rate"], None, "an empty one has no rate")
    tap.equal(figures.median([3, None, 1, 2, None]), 2,
              "a median leaves out what is not known")
    for (sent, answered, short), wanted, count in FAULTS:
        found = figures.faults({"sent": sent, "answered": answered,
                                "short": short}, wanted)
        tap.equal(len(found), count, "faults of %d wanted, %d sent, %d well, "
                  "%d bytes short" % (wanted, sent, answered, short), found)

def comparison(tap):
    compare = figures.compare
    tap.equal(compare(GIVEN, "w", "a", "b", "rate"), 0.9,
              "the median of a round's ratios, without what is bad or alone")
    tap.equal(figures.medians(GIVEN, "w", "a")["rate"], 85.0,
              "the median of one program")
    tap.equal(figures.added(GIVEN, "w", "a", "b", "p50_us"), 3,
              "what it adds to another")
    tap.equal(compare(GIVEN, "w", "a", "d", "rate"), None, "no such program")
    tap.equal(compare(GIVEN, "v", "a", "b", "rate"), None, "no such work")
    tap.equal(figures.ratio(None, 3), None, "nothing by three")
    tap.equal(figures.ratio(3, 0), None, "three by nothing")
    for bound, verdict in (({"least": 0.9}, "met"),
                           ({"least": 0.91}, "missed"),
                           ({"most": 0.9}, "met"), ({"most": 0.89}, "missed")):
        goal = figures.of_ratio("", "w", "a", "b", "rate", **bound)
        tap.equal(goal.judge(GIVEN), (0.9, verdict), "judged by %r" % bound)
    tap.equal([goal.of(GIVEN, p) for p in ("a", "b", "c", "d")],
              [0.9, None, 0.05, None], "what others reach of it")
    goal = figures.of_ratio("", "w", "a", "d", "rate", least=1)
    tap.equal(goal.judge(GIVEN), (None, "not measured"), "... by nothing")
    goal = figures.of_median("", "w", "c", "p50_us", most=1)
    tap.equal(goal.judge(GIVEN), (None, "not measured"), "... without a value")

class Wrong(ours.OursLighttpd):
    """It asks for a route that does not exist."""
    name = "wrong"
    works = {"get"}

    def url(self, secure, path):
        return super().url(secure, path).replace("/plain/", "/missing/")

def well(tap, found, bench):
    """Of a program that works."""
    name = "%s, %s, round %d: " % (found["work"], found["program"],
                                   found["round"])
    tap.equal(found["faults"], [], name + "nothing lost", found.get("said"))
    tap.ok(found["sent"] == found["answered"] > 0, name + "all is answered")
    tap.ok(found["p50_us"] <= found["p99_us"], name + "percentiles in order")
    tap.ok(0 < found["cpu_us"] < 1e7, name + "it takes processor time", found)
    if found["work"] != starts.NAME:
        tap.ok(found["cpu_us"] <= found["cpu_all_us"], name + "no more than "
               "with the server in front", found)
        tap.ok(found["pss_kib"] >= found["pss_each_kib"] > 0,
               name + "it takes memory", found)

def small_run(tap, tree):
    bench = rounds.Bench(tree, 0.05)
    wanted = [w for w in works.WORKS if w.name in ("get-16", "upload")]
    chosen = [program.Direct, ours.OursLighttpd, floor.Bare, Wrong]
    bench.rounds(2, wanted, chosen)
    for found in starts.measure(bench, 0):
        bench.note(found)
    tap.equal(len(bench.samples), 2 * (4 + 3) + 2, "each in each round")
    for found in bench.samples:
        if found["program"] != "wrong":
            well(tap, found, bench)
            continue
        tap.equal((found["answered"], found["faults"]), (0, [
            "%d of %d were not answered with 2xx" % (
                found["sent"], found["sent"])]), "%s: 404 is no answer"
            % found["work"])
    return bench.samples

def counted(tap, tree, samples):
    """viaduct's own log has what was sent, and more: the warming up."""
    lines = tree.read("site-viaduct-lighttpd/access.log").splitlines()
    sent = sum(s["sent"] for s in samples if s["program"] ==
               "viaduct-lighttpd")
    good = [line for line in lines if '" 200 ' in line]
    tap.ok(len(good) >= sent > 0, "viaduct has logged them all",
           "%d of %d" % (len(good), sent))

def publishing(tap, text):
    """Into a document of its own."""
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "page.md")

        def write(name, content):
            with open(os.path.join(folder, name), "w") as file:
                file.write(content)
        write("results.md", text)
        write("page.md", "above\n" + report.MARK + "old\n")
        tap.equal(report.publish(folder, page), True, "a page takes it")
        with open(page) as file:
            tap.equal(file.read(), "above\n" + report.MARK + "\n" + text,
                      "... in place of the old")
        write("page.md", "no mark\n")
        tap.equal(report.publish(folder, page), False, "or has no mark")
        os.unlink(os.path.join(folder, "results.md"))
        tap.equal(report.publish(folder, page), False, "nothing to take")
        with open(os.path.join(HERE, os.pardir, os.pardir, "docs",
                               "performance.md")) as file:
            tap.equal(file.read().count(report.MARK), 1, "ours has one")

def reported(tap, samples):
    facts = report.facts(2, 0.05)
    tap.ok("lighttpd 1." in facts["versions"], "versions", facts)
    text = report.markdown(samples, facts)
    tap.ok("| viaduct-lighttpd |" in text and "no good round" in text,
           "a table, with what failed named", text)
    ours = figures.compare(samples, "get-16", "viaduct-lighttpd",
                           "bare-lighttpd", "cpu_us")
    tap.ok("| at most 1.15 | %.2f |" % ours in text, "a ratio in it", text)
    tap.ok("get-16, wrong, round 2: " in text, "what was left out", text)
    publishing(tap, text)
    svg = picture.svg(samples)
    tap.ok("bare-lighttpd" in svg and "wrong" not in svg, "a picture", svg)
    tap.equal(json.loads(json.dumps(samples)), samples, "they go into JSON")

REFUSED = [({"BENCH_ONLY": "get-17"},
            "no work and no program is called get-17"),
           ({"BENCH_ROUNDS": "x"}, "BENCH_ROUNDS=x: give a number above 0"),
           ({"BENCH_SECONDS": "-1"}, "give a number above 0")]

def refusals(tap):
    for environment, want in REFUSED:
        done = subprocess.run([os.path.join(BENCH, "run")], text=True,
                              env={**os.environ, **environment},
                              capture_output=True)
        tap.ok(done.returncode == 1 and want in done.stderr,
               "refuses %r" % environment, done.stderr)
    needs.OF_PROGRAM["direct"] = {"nosuch": "some-package"}
    tap.equal(needs.missing([program.Direct]),
              ["nosuch (package some-package)"], "names what is missing")

def main():
    trees.need("h2load", "nginx", "lighttpd", "openssl", "sqlite3",
               target.ECHO or "libnginx-mod-http-echo")
    tap = taps.Tap()
    arithmetic(tap)
    comparison(tap)
    refusals(tap)
    tree = trees.Tree(*rounds.COPIES)
    samples = small_run(tap, tree)
    counted(tap, tree, samples)
    reported(tap, samples)
    tap.done()

main()
