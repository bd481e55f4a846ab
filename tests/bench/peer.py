# SPDX-License-Identifier: Apache-2.0
"""How `compare` talks to another program's script, over its stdin and stdout, a line each:

script NAME FOLDER [options]    FOLDER holds batch.npz (the batch, by field) and weights.npz (first weights, by Teranga's names)
  says {"peer": what and which version}, or {"missing": why it cannot}
losses N RATE  ->  [loss of each of N steps on the batch from these weights, at this learning rate, without dropout]
choose S       ->  the form that is used from now on: the fastest of those that this program knows, each tried twice for S seconds
round S        ->  median time of a step in ms, over about S seconds"""
import json
import os
import sys
from pathlib import Path


class Missing(Exception):
    pass


class Workload:
    """A script's workloads have `losses(steps, rate)` and `forms()`: for each way to write the same training, by name, a function that makes it ready and gives
    the function that trains S seconds and gives the ms of a step. A constructor raises Missing where the program has no such workload."""

    chosen = None

    def choose(self, seconds):
        if not self.chosen:
            self.ready = {}
            for name, make in self.forms().items():
                try:
                    self.ready[name] = make()
                    self.ready[name](0)  # compiles
                except Exception as error:
                    self.ready.pop(name, None)
                    print(f"the form {name}: {error}", file=sys.stderr)
                    fault = error
            if not self.ready:
                raise fault
        times = {name: 0 for name in self.ready}
        if len(times) > 1:
            tries = [{name: form(seconds) for name, form in self.ready.items()} for _ in range(2)]
            times = {name: min(each[name] for each in tries) for name in times}
        self.chosen = min(times, key=times.get)
        return self.chosen

    def round(self, seconds):
        self.ready = {self.chosen: self.ready[self.chosen]}  # the others' memory is not needed
        return self.ready[self.chosen](seconds)


def load(folder, file):
    import numpy as np

    with np.load(Path(folder) / file) as arrays:
        return dict(arrays)


def serve(make, threads):
    """`make` gives (name of the peer, workload)."""
    # What a library prints must not come between the lines.
    answers, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    os.dup2(2, 1)

    def say(what):
        answers.write(json.dumps(what) + "\n")
        answers.flush()

    try:
        peer, workload = make()
    except (ImportError, Missing) as error:
        say({"missing": str(error)})
        return
    say({"peer": peer, "threads": threads})
    for line in sys.stdin:
        word, *values = line.split()
        say(workload.losses(int(values[0]), float(values[1])) if word == "losses" else getattr(workload, word)(float(values[0])))
