"""Rounds: each kind of work by each program in turn, and all of it again."""
import os

import target as targets
import tree as trees
import work as works

HERE = os.path.dirname(os.path.realpath(__file__))
# What the servers' user must be able to read.
COPIES = [os.path.join(trees.BUILD, "bench", "bare"),
          os.path.join(trees.BUILD, "bench", "bare_cgi"),
          os.path.join(HERE, "anywhere.js"), os.path.join(HERE, "proxy.php")]


class Bench:
    """What all measurements share."""
    many = False                        # 1,000 requests at a time?

    def __init__(self, tree, seconds, say=lambda text: None):
        self.tree, self.seconds, self.say = tree, seconds, say
        self.target = targets.Target(tree)
        self.samples = []

    def note(self, sample):
        self.samples.append(sample)
        text = "%-10s %-20s" % (sample["work"], sample["program"])
        for name, unit in (("rate", "/s"), ("p50_us", " us"),
                           ("cpu_us", " us of processor")):
            text += " %9.1f%s" % (sample[name] or 0, unit)
        self.say(text + "".join("; " + fault for fault in sample["faults"]))

    def rounds(self, count, wanted, chosen):
        """All work with the same servers, then all of it again."""
        for work in wanted:
            self.target.provide(work.path)
        running = [kind(self).start() for kind in chosen
                   if any(kind.does(kind, work) for work in wanted)]
        for program in running:
            works.heat(self, program)
        for n in range(count):
            turn = n % len(running)
            for work in wanted:
                for program in running[turn:] + running[:turn]:
                    if program.does(work):
                        self.note(works.measure(self, work, program, n))
        for program in running:
            program.stop()
