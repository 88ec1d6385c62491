"""From the start of a process to its first byte, as CGI."""
import os
import time

import figures
import ours
import program
import target as targets

NAME = "start"
RUNS = 40                               # in a round, of each program


def environment(**more):
    return {"PATH": "/usr/bin:/bin", "GATEWAY_INTERFACE": "CGI/1.1",
            "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_SOFTWARE": "bench",
            "SERVER_NAME": "bench", "SERVER_PORT": "80",
            "REQUEST_METHOD": "GET", "REMOTE_ADDR": "127.0.0.1",
            "SCRIPT_NAME": "/cgi", "REQUEST_URI": "/cgi/plain/small",
            "QUERY_STRING": "", "HTTP_HOST": "bench",
            "HTTP_ORIGIN": program.ORIGIN, **more}


def run(path, env):
    """(microseconds to the first byte, of processor time, well answered)."""
    ours, its = os.pipe()
    begin = time.monotonic_ns()
    pid = os.posix_spawn(path, [path], env, file_actions=[
        (os.POSIX_SPAWN_DUP2, its, 1), (os.POSIX_SPAWN_CLOSE, ours),
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)])
    os.close(its)
    got = os.read(ours, 65536)
    first = time.monotonic_ns() - begin
    while more := os.read(ours, 65536):
        got += more
    os.close(ours)
    _, status, used = os.wait4(pid, 0)
    good = status == 0 and b"Status: 200" in got and \
        got.endswith(targets.small().encode())
    return first / 1000, (used.ru_utime + used.ru_stime) * 1e6, good


def sample(name, found, round_number):
    times = [first for first, _, _ in found]
    made = {"work": NAME, "program": name, "round": round_number,
            "sent": len(found), "answered": sum(good for *_, good in found),
            "rate": 1e6 / figures.median(times), "opened": None,
            "p50_us": figures.percentile(times, 50),
            "p99_us": figures.percentile(times, 99),
            "cpu_us": figures.median([cpu for _, cpu, _ in found])}
    made["faults"] = figures.faults(made, RUNS)
    return made


def measure(bench, round_number):
    """A sample of each; their runs alternate."""
    site = ours.site(bench, "start-%d" % round_number)
    kinds = {
        "viaduct-cgi": (bench.tree.program,
                        environment(VIADUCT_CONFIG=site.config)),
        "bare-cgi": (bench.tree.at("bin", "bare_cgi"),
                     environment(BARE_PLAIN=bench.target.plain))}
    runs = {name: [] for name in kinds}
    for _ in range(RUNS):
        for name, (path, env) in kinds.items():
            runs[name].append(run(path, env))
    return [sample(name, found, round_number)
            for name, found in runs.items()]
