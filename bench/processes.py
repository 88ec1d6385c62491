"""What processes have used: processor time and memory, from /proc."""
import os
import time

SCHEDULED = 2                           # CPUCLOCK_SCHED of the kernel's clocks
TICK_NS = 10**9 // os.sysconf("SC_CLK_TCK")


def stat(pid):
    """(name, parent, ns of children that ended) or None."""
    try:
        with open("/proc/%d/stat" % pid, encoding="latin-1") as file:
            text = file.read()
    except OSError:
        return None
    name = text[text.index("(") + 1:text.rindex(")")]
    rest = text[text.rindex(")") + 2:].split()
    return name, int(rest[1]), (int(rest[13]) + int(rest[14])) * TICK_NS


def below(roots):
    """{pid: name} of these processes and all that descend from them."""
    table = {int(p): stat(int(p)) for p in os.listdir("/proc") if p.isdigit()}
    table = {p: s for p, s in table.items() if s}
    found = {p: table[p][0] for p in roots if p in table}
    while more := {p: s[0] for p, s in table.items()
                   if s[1] in found and p not in found}:
        found.update(more)
    return found


def cpu_ns(pid):
    """Processor time of the whole process, threads that ended included: utime
    and stime of its stat, but in nanoseconds."""
    try:
        return time.clock_gettime_ns((~pid << 3) | SCHEDULED)
    except OSError:
        return 0


def pss_kib(pid):
    """The proportional set size; 0 where it is gone."""
    try:
        with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


class Use:
    """Of a program's processes since this was made, by name and in all."""

    def __init__(self, roots, names, children):
        """`names': of the program itself.  `children': it has a process for
        each request, whose time its parent inherits."""
        self.roots, self.names, self.children = roots, names, children
        self.before = self.clocks()
        self.peak_kib = self.peak_each_kib = 0

    def own(self, pids):
        return [p for p, name in pids.items() if name in self.names]

    def clocks(self):
        pids = below(self.roots)
        clocks = {p: cpu_ns(p) for p in pids}
        ended = sum(s[2] for s in map(stat, self.roots) if s)
        own = set(self.own(pids))
        return clocks, own, ended

    def sample_memory(self):
        sizes = [s for s in map(pss_kib, self.own(below(self.roots))) if s]
        if sizes:
            self.peak_kib = max(self.peak_kib, sum(sizes))
            self.peak_each_kib = max(self.peak_each_kib,
                                     sum(sizes) // len(sizes))

    def spent_ns(self):
        """(of the program itself, with the server in front)."""
        clocks, own, ended = self.clocks()
        spent = {p: ns - self.before[0].get(p, 0)
                 for p, ns in clocks.items()}
        inherited = ended - self.before[2] if self.children else 0
        return (inherited if self.children else sum(spent[p] for p in own),
                sum(spent.values()) + inherited)
