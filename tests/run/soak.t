#!/usr/bin/python3 -B
"""Some seconds of high load with faults switched on and off, behind several
servers at once.  `make soak' goes on for as long as SOAK_SECONDS says."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import fronts                                           # noqa: E402
import soak                                             # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

SHORT = ["listen", "lighttpd", "nginx"]
LONG = SHORT + ["apache-fcgid"]


def main():
    seconds = int(os.environ.get("SOAK_SECONDS") or 0)
    names = LONG if seconds else SHORT
    trees.need(*sorted({p for n in names for p in fronts.PROGRAMS[n]}))
    tap = taps.Tap()
    run = soak.Soak(tap, trees.Tree(), names)
    if seconds:
        run.run(seconds, 2, kills=True, warm=30)
    else:
        run.run(7, 0.5)
    run.stop()
    tap.done()


main()
