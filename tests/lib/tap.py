"""TAP 13 on standard output: one line per case, the plan at the end."""
import os
import sys
import traceback


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
        print("TAP version 13")

    def ok(self, good, name, diagnosis=None):
        """One case.  `diagnosis' is text, or a function that makes it."""
        self.count += 1
        self.failed += not good
        name = name.replace("#", "\\#")
        print("%sok %d - %s" % ("" if good else "not ", self.count, name))
        if not good and diagnosis is not None:
            self.note(diagnosis() if callable(diagnosis) else diagnosis)
        return good

    def equal(self, got, want, name, diagnosis=None):
        def both():
            more = diagnosis() if callable(diagnosis) else diagnosis
            return "got:  %r\nwant: %r\n%s" % (got, want, more or "")
        return self.ok(got == want, name, both)

    def skip(self, name, reason):
        """A case that this machine cannot run: in CI that is a failure."""
        self.count += 1
        if os.environ.get("CI"):
            self.failed += 1
            print("not ok %d - %s: %s" % (self.count, name, reason))
        else:
            print("ok %d - %s # SKIP %s" % (self.count, name, reason))

    def allowed(self, name, reason):
        """A case that a server is known not to do, with the reason."""
        self.count += 1
        print("ok %d - %s (differs: %s)" % (self.count, name, reason))

    def note(self, text):
        for line in str(text).splitlines():
            print("# " + line[:2000])

    def guard(self, name, function, *args):
        """Run a case; an exception is its failure."""
        try:
            return function(*args)
        except Exception:
            self.ok(False, name, traceback.format_exc())

    def done(self):
        print("1..%d" % self.count)
        sys.exit(self.failed != 0)


def bail_or_skip(reason):
    """A whole file of tests that cannot run."""
    print("TAP version 13")
    if os.environ.get("CI"):
        print("1..1\nnot ok 1 - " + reason)
        sys.exit(1)
    print("1..0 # SKIP " + reason)
    sys.exit(0)
