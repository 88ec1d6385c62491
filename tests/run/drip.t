#!/usr/bin/python3 -B
"""An answer of less than 64 bytes a second is cut after half a minute, though
it never pauses as long as idle_timeout; events may come as seldom as they
like.  This takes those 30 seconds, for all of them at a time."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from cases import sanitizer_reports                     # noqa: E402

# token, what follows it in the path, is it cut?
ANSWERS = [
    ("slow", "/1", True),
    ("faster", "/128", False),
    ("events", "/1?t=text/event-stream", False),
]


def main():
    trees.need("sqlite3")
    tree = trees.Tree()
    origin, site = origins.Origin(tree), sites.Site(tree)
    site.route("o", origin.url)
    tap = taps.Tap()
    front = fronts.Listen(tree, site).start()
    asked = []
    for token, rest, _ in ANSWERS:
        steps = front.open("GET", "/o/drip/%s%s" % (token, rest))
        steps.finish()
        asked.append(steps)
    origin.wait("closed slow", 1, 40)
    for (token, _, cut), steps in zip(ANSWERS, asked):
        if not cut:
            tap.equal(origin.count("closed " + token), 0, token + " goes on")
            steps.close()
            continue
        while steps.more():
            pass
        tap.ok(not steps.whole(), token + " is cut", steps.have[:400])
        tap.ok(trees.until(lambda: "read_timeout: the answer is cut"
                           in tree.read(front.log)), "... and logged",
               front.tail())
    front.stop()
    for report in sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
