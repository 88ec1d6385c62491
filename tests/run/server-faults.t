#!/usr/bin/python3 -B
"""One slow target, callers that leave or do not read, processes that end: the
same behind every server, as it comes and as it is configured by default.  Names
of servers on the command line are those that are tried."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import cases_faults                                     # noqa: E402
import cases_flow                                       # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

# Of the list that each server runs (cases_flow), for those that are configured
# otherwise here.
FLOW = [cases_flow.upload_cut_short, cases_flow.answered_early,
        cases_flow.cut_with_length, cases_flow.cut_without_length,
        cases_flow.silent_in_the_middle,
        cases_flow.caller_leaves_in_the_middle,
        cases_flow.caller_leaves_in_silence]


class Named:
    """A report in which each case names its server."""

    def __init__(self, tap, name):
        self.tap, self.name = tap, name

    def ok(self, good, name, diagnosis=None):
        return self.tap.ok(good, "%s: %s" % (self.name, name), diagnosis)

    def allowed(self, name, reason):
        self.tap.allowed("%s: %s" % (self.name, name), reason)


def behind(tap, name):
    tree = trees.Tree()
    tree.write("site/operator", cases_faults.KEY + "\n", 0o600)
    origin = origins.Origin(tree)
    site = sites.Site(tree, server={"threads": "4"},
                      app={"operator_key_file": "operator"})
    routes = cases.routes(origin)
    site.routes({route: routes[route] for route in (
        "o", "any", "idle", "quick", "down")} | {"rated": (origin.url, {})})
    front = fronts.FRONTS[name](tree, site).start()
    run = cases.Run(front, origin, site, Named(tap, name))
    stories = cases_faults.STORIES
    if name.endswith("-buffered"):
        stories = FLOW + stories
    for story in stories:
        cases.run_story(run, story)
    front.stop()
    for report in cases.sanitizer_reports(tree):
        run.ok(False, "no sanitizer report", report)
    tree.close()


def main():
    names = sys.argv[1:] or list(fronts.FRONTS)
    for name in names:
        trees.need(*fronts.PROGRAMS[name])
    tap = taps.Tap()
    for name in names:
        tap.guard(name, behind, tap, name)
    tap.done()


main()
