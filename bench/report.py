"""The results as JSON, as Markdown and as a picture."""
import json
import os
import platform
import re
import subprocess
import time

import figures
import goals
import picture
import starts
import tree as trees
import work as works

MARK = "<!-- what follows is results.md of the last run -->\n"
NAMES = ("results.json", "results.md", "results.svg")
HEAD = """\
Measured {day}: {rounds} rounds in turn of {seconds:g} s each, {machine}.
The load, the programs and their target share these processors, so that rates
are of use only beside each other. With {versions}.
"""
VERSIONS = [("lighttpd", "-v"), ("nginx", "-v"), ("apache2", "-v"),
            ("node", "-v"), ("php", "-v"), ("curl", "-V"),
            ("h2load", "--version")]
COLUMNS = [
    ("requests/s", "rate", 1, "%.0f"),
    ("µs of processor", "cpu_us", 1, "%.1f"),
    ("with its server", "cpu_all_us", 1, "%.1f"),
    ("p50 added, ms", "p50_us", 1000, "%.2f"),
    ("p99 added, ms", "p99_us", 1000, "%.2f"),
    ("memory, MB", "pss_kib", 1024, "%.1f"),
    ("connections opened", "opened", 1, "%.0f"),
]


class Files:
    """Opened before anything is measured, written when all is."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.files = [open(os.path.join(folder, name), "a", encoding="utf-8")
                      for name in NAMES]

    def write(self, samples, how):
        texts = (json.dumps({"how": how, "samples": samples}, indent=1),
                 markdown(samples, how), picture.svg(samples))
        for file, text in zip(self.files, texts):
            file.truncate(0)
            file.write(text.rstrip("\n") + "\n")
            file.close()


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"^model name\s*: (.*)$", file.read(), re.M)
    return "%d processors (%s), Linux %s" % (
        os.cpu_count(), model.group(1) if model else platform.machine(),
        platform.release().split("-")[0])


def version(program, option):
    """"NAME 1.2.3" as the program tells it; None where it is missing."""
    path = trees.find(program)
    if path is None:
        return None
    done = subprocess.run([path, option], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return "%s %s" % (program, found.group()) if found else None


def facts(rounds, seconds):
    """Of this run, for its head."""
    return {"rounds": rounds, "seconds": seconds, "machine": machine(),
            "versions": ", ".join(filter(None, (version(*v)
                                                for v in VERSIONS))),
            "day": time.strftime("%Y-%m-%d")}


def table(rows):
    """Markdown of a head and its rows."""
    head, *rest = [["%s" % cell for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in
                     [head, ["---"] + ["---:"] * (len(head) - 1), *rest])


def shown(value, scale, form):
    return "" if value is None else form % (value / scale)


def beside(goal, samples):
    """What others behind lighttpd reach of a goal that is a ratio."""
    return [shown(goal.of(samples, name) if goal.program == goals.OURS
                  else None, 1, "%.2f") for name in goals.BESIDE]


def judgements(samples):
    """The goals, the farthest from its bound first."""
    found = []
    for goal in goals.GOALS:
        value, verdict = goal.judge(samples)
        found.append((goal.distance(samples), goal, value, verdict))
    found.sort(key=lambda row: (row[0] is None, row[0]))
    return table([("goal", "bound", "measured", "",
                   *goals.BESIDE.values())] + [
        (goal.text, "%s %g%s" % ("at least" if goal.most is None
                                 else "at most", goal.bound, goal.unit),
         "" if value is None else "%.2f%s" % (value, goal.unit),
         verdict if verdict == "met" else "**%s**" % verdict,
         *beside(goal, samples))
        for _, goal, value, verdict in found])


def row(samples, name, program):
    found = figures.medians(samples, name, program)
    if found is None:
        return [program, "no good round"] + [""] * (len(COLUMNS) - 1)
    for figure in ("p50_us", "p99_us"):
        if name != starts.NAME and program != "direct":
            found[figure] = figures.added(samples, name, program, "direct",
                                          figure)
    return [program] + [shown(found[figure], scale, form)
                        for _, figure, scale, form in COLUMNS]


def section(samples, name, text):
    order = dict.fromkeys(s["program"] for s in samples if s["work"] == name)
    if not order:
        return ""
    heads = [head for head, *_ in COLUMNS]
    if name == starts.NAME:
        heads[3:5] = ["p50, ms", "p99, ms"]
    return "### %s\n\n%s\n" % (text, table(
        [[""] + heads] + [row(samples, name, p) for p in sorted(order)]))


def faulty(samples):
    """What went wrong, by work and program."""
    lines = ["- %s, %s, round %d: %s" % (
        s["work"], s["program"], s["round"] + 1, "; ".join(s["faults"]))
        for s in samples if s["faults"]]
    return "### Left out\n\n%s\n" % "\n".join(lines) if lines else ""


def publish(folder, document):
    """Put the tables of the last run into a document, below its mark."""
    source = os.path.join(folder, "results.md")
    if not os.path.exists(source):
        return False
    with open(source, encoding="utf-8") as file:
        tables = file.read()
    with open(document, encoding="utf-8") as file:
        above, mark, _ = file.read().partition(MARK)
    if not mark or not tables:
        return False
    with open(document, "w", encoding="utf-8") as file:
        file.write(above + MARK + "\n" + tables)
    return True


def markdown(samples, how):
    parts = [HEAD.format(**how), judgements(samples) + "\n"]
    kinds = [(w.name, w.text) for w in works.WORKS] + [(
        starts.NAME, "From the start of a CGI program to its first byte")]
    parts += [section(samples, *kind) for kind in kinds]
    parts.append(faulty(samples))
    return "\n".join(part[:1].upper() + part[1:] for part in parts if part)
