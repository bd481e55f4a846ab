# SPDX-License-Identifier: Apache-2.0
"""The case in Teranga: the binary is run on files, as a user would."""
import json
import os
import pathlib
import subprocess

import numpy as np

import plan

TIME_LIMIT = 120


class Failed(Exception):
    pass


def layer_options(binary, item):
    """The options that a layer declares, but for the activation behind it that any layer takes."""
    said = subprocess.run([os.path.abspath(binary), "plugin", "describe", item], capture_output=True, text=True, check=True, timeout=TIME_LIMIT).stdout
    table = said[said.index("\n-----"):].splitlines()[2:]
    return [line.split()[0] for line in table if not line.endswith("function applied to the output")]


class TerangaRun:
    def __init__(self, binary, case, folder):
        self.binary, self.case, self.folder = binary, case, pathlib.Path(folder)
        np.savez(self.folder / "data.npz", x=case.x, y=case.y, x_test=case.x_test, y_test=case.y_test)
        np.save(self.folder / "x.npy", case.x_test)
        (self.folder / "net.toml").write_text(plan.recipe(case, self.folder))

    def call(self, *arguments):
        command = [self.binary, *map(str, arguments)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=TIME_LIMIT, env=dict(os.environ, TERANGA_PARITY="1"))
        if done.returncode != 0:
            raise Failed(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def train(self, weights, threads):
        self.call("train", "net.toml", "--run", "run", "--init-weights", weights, "--progress", "none", "--threads", threads)
        steps, test = [], {}
        for line in (self.folder / "run/metrics.jsonl").read_text().splitlines():
            event = json.loads(line)
            if event["event"] == "step":
                steps.append(event["loss"])
            elif event["event"] == "test":
                test = event
        return np.array(steps), test

    @property
    def first(self):
        return self.folder / "run/checkpoints/step-000000000000.h5"

    def predict(self):
        self.call("predict", self.first, "--input", "x.npy", "--output", "y.npy")
        return np.load(self.folder / "y.npy")

    def evaluate(self):
        """Loss and metrics of the test part before the first step."""
        return json.loads(self.call("evaluate", self.first, "--json"))
