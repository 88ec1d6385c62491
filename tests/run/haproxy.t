#!/usr/bin/python3 -B
"""HAProxy in front of `viaduct listen', with kept connections."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402

cases.main("haproxy")
