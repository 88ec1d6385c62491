#!/usr/bin/python3 -B
"""Bodies of any size pass through in little memory."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
import cases                                            # noqa: E402
import fronts                                           # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

GIGA = 1 << 30
CEILING_KIB = 30 * 1024
PATTERN = bytes(range(256)) * 8192              # 2 MiB

def peak_kib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s+(\d+) kB", file.read()).group(1))

def take(steps):
    """(bytes, all as they should be) of an answer's body."""
    count, good = 0, True
    while True:
        data = steps.have
        steps.have = b""
        start = count % 256
        good = good and data == PATTERN[start:start + len(data)]
        count += len(data)
        if not steps.more():
            data = steps.have
            start = count % 256
            good = good and data == PATTERN[start:start + len(data)]
            return count + len(data), good

def down(tap, front, path, size):
    steps = front.open("GET", path)
    steps.finish()
    head = steps.head()
    count, good = take(steps)
    tap.ok(head and head[0] == 200 and count == size and good and
           steps.whole(), "%s: %d bytes down" % (path, size),
           "%s, %d bytes, %s" % (head, count, "same" if good else "other"))
    steps.close()

def up(tap, front, size, length):
    steps = front.open("POST", "/o/echo", length=length)
    for _ in range(size // len(PATTERN)):
        steps.write(PATTERN)
    steps.finish()
    answer = steps.answer("POST")
    tap.equal(answer.echo["body_bytes"], size, "%d bytes up, length %s"
              % (size, "given" if length > 0 else "not given"), answer)
    steps.close()

def main():
    trees.need("sqlite3")
    tree, origin, site = cases.prepare(
        upstream={"allow_private": "127.0.0.0/8", "payload_quota": "0",
                  "upload_quota": "0", "total_timeout": "0"})
    tap = taps.Tap()
    front = fronts.Listen(tree, site).start()
    small = trees.SANITIZED
    size = GIGA // 8 if small else 2 * GIGA
    down(tap, front, "/o/bytes/%d" % size, size)
    down(tap, front, "/o/chunks/%d" % (size // 4), size // 4)
    up(tap, front, size // 8, size // 8)
    up(tap, front, size // 16, -1)
    peak = peak_kib(front.process.pid)
    if small:
        tap.ok(True, "peak of %d KiB, not judged: sanitizer build" % peak)
    else:
        tap.ok(peak < CEILING_KIB, "peak below 30 MB of resident memory",
               "VmHWM %d KiB" % peak)
        tap.note("VmHWM %d KiB" % peak)
    front.stop()
    tap.done()

main()
