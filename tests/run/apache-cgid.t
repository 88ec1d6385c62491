#!/usr/bin/python3 -B
"""Apache with mod_cgid: .htaccess and the CGI wrapper."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402


def refusals_arrive(run):
    """mod_cgid has one socket for both ways: what ends with input unread must
    not take its own answer with it."""
    got = [run.ask("POST", "/small/echo", [cases.JSON], b"x" * size).status
           for size in (2000, 100_000) for _ in range(30)]
    run.equal(got.count(413), 60, "refusals_arrive", got)


if __name__ == "__main__":
    cases.main("apache-cgid", [refusals_arrive])
