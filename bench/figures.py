"""What is made of measured numbers: no I/O, tested by tables.

A sample is one program under one kind of work in one round.  All its times are
microseconds; what was not measured is None.
"""
import statistics

# Of each sample, what is compared between programs.
FIGURES = ["rate", "p50_us", "p99_us", "cpu_us", "cpu_all_us", "pss_kib",
           "pss_each_kib", "opened"]


def percentile(values, percent):
    """The smallest value that so many of all do not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]


def median(values):
    """Of those that were measured."""
    known = [v for v in values if v is not None]
    return statistics.median(known) if known else None


def parse_log(lines):
    """h2load's log of requests: (start, status, duration) each."""
    return [tuple(int(word) for word in line.split("\t")[:3])
            for line in lines if line.strip()]


def summary(requests):
    """Rate, percentiles and outcome of these requests."""
    good = [r for r in requests if 200 <= r[1] < 300]
    times = [r[2] for r in good]
    begin = min((r[0] for r in requests), default=0)
    end = max((r[0] + r[2] for r in requests), default=0)
    return {"sent": len(requests), "answered": len(good),
            "seconds": (end - begin) / 1e6,
            "rate": len(good) * 1e6 / (end - begin) if end > begin else None,
            "p50_us": percentile(times, 50), "p99_us": percentile(times, 99)}


def faults(sample, wanted):
    """What makes a sample worthless, in words; empty: nothing.

    `wanted' requests were to be sent, each with an answer of 2xx."""
    found = []
    if sample["sent"] != wanted:
        found.append("%d of %d requests were sent" % (sample["sent"], wanted))
    if sample["answered"] != sample["sent"]:
        found.append("%d of %d were not answered with 2xx" % (
            sample["sent"] - sample["answered"], sample["sent"]))
    if sample.get("short"):
        found.append("%d bytes are missing" % sample["short"])
    return found


def ratio(a, b):
    return a / b if a is not None and b else None


def by_round(samples, work, program):
    """{round: sample}, without the worthless."""
    return {s["round"]: s for s in samples
            if (s["work"], s["program"]) == (work, program)
            and not s["faults"]}


def compare(samples, work, program, other, figure):
    """The median over the rounds of one program's figure by the other's.

    Both of a ratio are of one round, so that what else the machine did then
    weighs on both."""
    ours, theirs = (by_round(samples, work, p) for p in (program, other))
    return median([ratio(ours[n][figure], theirs[n][figure])
                   for n in ours if n in theirs])


def added(samples, work, program, direct, figure):
    """The same of the difference."""
    ours, theirs = (by_round(samples, work, p) for p in (program, direct))
    return median([ours[n][figure] - theirs[n][figure]
                   for n in ours if n in theirs])


def medians(samples, work, program):
    """{figure: median over the rounds}; None without a good round."""
    good = by_round(samples, work, program).values()
    if not good:
        return None
    return {f: median([s.get(f) for s in good]) for f in FIGURES}


class Target:
    """A promise: that a number measured is at most or at least a bound."""

    def __init__(self, text, measure, most=None, least=None, unit="",
                 program=None, of=None):
        """`of': the same of another than this program, by its name."""
        self.text, self.measure, self.unit = text, measure, unit
        self.most, self.least = most, least
        self.program, self.of = program, of

    @property
    def bound(self):
        return self.least if self.most is None else self.most

    def judge(self, samples):
        """(measured, "met", "missed" or "not measured")."""
        value = self.measure(samples)
        if value is None:
            return None, "not measured"
        good = value >= self.least if self.most is None else \
            value <= self.most
        return value, "met" if good else "missed"

    def distance(self, samples):
        """How far from the bound, 1 at it, more is better."""
        value = self.measure(samples)
        return ratio(value, self.least) if self.most is None else \
            ratio(self.most, value)


def of_ratio(text, work, program, other, figure, **bound):
    def of(samples, another):
        return None if another == other else \
            compare(samples, work, another, other, figure)
    return Target(text, lambda samples: of(samples, program),
                  program=program, of=of, **bound)


def of_median(text, work, program, figure, scale=1, **bound):
    def measure(samples):
        found = medians(samples, work, program)
        value = found and found[figure]
        return None if value is None else value / scale
    return Target(text, measure, **bound)


def of_added(text, work, program, figure, scale=1, **bound):
    def measure(samples):
        value = added(samples, work, program, "direct", figure)
        return None if value is None else value / scale
    return Target(text, measure, **bound)
