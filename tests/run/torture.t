#!/usr/bin/python3 -B
"""No memory: what becomes of each kind of request, and of each command, when
one allocation fails, for each of them.  `make torture' is the long form."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import torture                                          # noqa: E402
import torture_kinds                                    # noqa: E402
import tree as trees                                    # noqa: E402

# Settings and routes are read alike for all kinds: in full for these alone.
FULL = ["permitted", "no key", "filtered"]
STEP = 7 if trees.SANITIZED else 1


def main():
    tap, rack = torture.prepare(torture_kinds.site_of)
    for kind in torture_kinds.kinds(rack):
        tap.guard(kind.name, rack.torture, tap, kind,
                  1 if kind.name in FULL else "request", False, STEP)
    for command in torture_kinds.commands(rack):
        tap.guard(command.name, rack.torture, tap, command, 1, False,
                  10 * STEP)
        tap.guard(command.name, rack.torture, tap, command, 1, True,
                  25 * STEP)
    tap.done()


main()
