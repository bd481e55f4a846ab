# SPDX-License-Identifier: Apache-2.0
"""How `compare` talks to another program's script, over its stdin and stdout, a line each:

script NAME FOLDER [options]    FOLDER holds batch.npz (the batch, by field) and weights.npz (first weights, by Teranga's names)
  says {"peer": what and which version}, or {"missing": why it cannot}
losses N RATE  ->  [loss of each of N steps on the batch from these weights, at this learning rate, without dropout]
round S        ->  median time of a step in ms, over about S seconds

A workload is a class with `losses(steps, rate)` and `round(seconds)`; its constructor raises Missing where the program has no such workload."""
import json
import os
import sys
from pathlib import Path


class Missing(Exception):
    pass


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
        say(workload.losses(int(values[0]), float(values[1])) if word == "losses" else workload.round(float(values[0])))
