"""The kinds of work, and one measurement of one of them."""
import figures
import load
import processes
import program as shared
import target as targets

SAMPLE_SECONDS = 0.2                    # between two looks at the memory
WARM_SECONDS = 0.3


class Work:
    """`kind' says which programs do it (Program.works)."""

    def __init__(self, name, kind, path, connections, warm, most=None, **how):
        self.name, self.kind, self.path = name, kind, path
        self.connections, self.warm, self.most = connections, warm, most
        self.method, self.body = how.get("method"), how.get("body", False)
        self.secure = how.get("secure", False)
        self.least = how.get("least", 2)
        self.text = how["text"]

    @property
    def many(self):
        return self.connections >= 1000

    def fields(self):
        more = shared.ASKING if self.method == "OPTIONS" else []
        return shared.FIELDS + more


def small(kind, connections, secure, text):
    return Work("%s-%d" % (kind, connections), kind, "/small", connections,
                max(50, 4 * connections), secure=secure,
                text="%s, %d connection%s" % (text, connections,
                                              "s"[connections == 1:]))


WORKS = [
    *(small("get", n, False, "300 bytes over HTTP") for n in (1, 16, 64)),
    *(small("tls", n, True, "300 bytes, HTTPS to the target")
      for n in (1, 16, 64)),
    Work("preflight", "preflight", "/small", 16, 64, method="OPTIONS",
         text="preflights, 16 connections"),
    Work("100K", "100K", "/100K", 16, 64, text="100 kB, 16 connections"),
    Work("100M", "100M", "/100M", 1, 1, most=20,
         text="100 MB, 1 connection"),
    Work("upload", "upload", "/upload", 4, 4, most=80, body=True,
         text="uploads of 20 MB, 4 connections"),
    Work("waiting", "waiting", "/waiting", 1000, 2000, least=5,
         text="a target that takes %d ms, 1,000 connections"
         % targets.WAITING_MS),
]


def send(bench, work, program, count):
    return load.Load(bench.tree, program.url(work.secure, work.path), count,
                     work.connections, work.fields(), work.method,
                     bench.target.body if work.body else None)


def finish(run, look=None):
    """Wait for h2load; look at the memory while it runs."""
    for _ in range(int(load.LIMIT_SECONDS / SAMPLE_SECONDS)):
        if run.wait(SAMPLE_SECONDS):
            return
        if look:
            look()
    run.give_up()


def requests_wanted(bench, work, rate):
    """As many as fill the time, at the rate of the warming up."""
    count = int((rate or 0) * bench.seconds)
    return max(min(count, work.most or count),
               work.least * work.connections)


def warm_up(bench, work, program):
    """Bring connections, threads and caches up; the rate at the end."""
    count, seconds, rate = work.warm, 0, 0
    while seconds < WARM_SECONDS:
        run = send(bench, work, program, count)
        finish(run)
        found = run.result()[0]
        if not found["answered"]:
            break
        rate = found["rate"]
        seconds += found["seconds"]
        count = max(work.warm, int(rate * WARM_SECONDS / 2))
    return rate


def heat(bench, program):
    """Until a compiler at run time has seen enough."""
    if program.heat:
        for work in WORKS:
            if program.does(work) and work.connections == 64:
                finish(send(bench, work, program, program.heat))
                break


def shortage(bench, work, sample):
    """Bytes that did not come, or were not sent."""
    if work.body:
        lengths = bench.target.uploaded()
        return sum(max(targets.UPLOAD_BYTES - n, 0) for n in lengths) + \
            max(sample["answered"] - len(lengths), 0) * targets.UPLOAD_BYTES
    if work.method:
        return 0
    return max(sample["answered"] * targets.SIZES[work.path]
               - sample["bytes"], 0)


def measure(bench, work, program, round_number):
    """One sample."""
    rate = warm_up(bench, work, program)
    bench.target.uploaded()
    opened = bench.target.accepts()
    use = processes.Use(program.roots(), program.names, program.children)
    run = send(bench, work, program, requests_wanted(bench, work, rate))
    finish(run, use.sample_memory)
    use.sample_memory()
    own, whole = use.spent_ns()
    sample, said = run.result()
    sample.update(
        work=work.name, program=program.name, round=round_number,
        cpu_us=own / 1000 / max(sample["answered"], 1),
        cpu_all_us=whole / 1000 / max(sample["answered"], 1),
        pss_kib=use.peak_kib or None, pss_each_kib=use.peak_each_kib or None,
        opened=bench.target.accepts() - opened)
    sample["short"] = shortage(bench, work, sample)
    sample["faults"] = figures.faults(sample, run.count)
    if sample["faults"]:
        sample["said"] = said[-2000:]
    return sample
