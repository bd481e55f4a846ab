#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Losses and metrics that judge one of several outputs of a layer."""
import json
import unittest

from program import ProgramTest

RECIPE = """schema = 1
[data]
type = "random"
shape = [5, 3]
samples = 48
test_samples = 16
target = "uniform"
target_shape = [4]
[[layer]]
type = "lstm"
name = "first"
units = 4
OPTIONS
[loss]
type = "mean_squared_error"
OUTPUT
[optimizer]
type = "sgd"
learning_rate = 0.1
[training]
epochs = 3
batch_size = 8
seed = 3
metrics = [METRIC]
"""


class LayerOutputs(ProgramTest):
    def trained(self, name, options="", output="", metric='"mean_absolute_error"'):
        """The numbers of each epoch, and the predictions."""
        (self.place / f"{name}.toml").write_text(RECIPE.replace("OPTIONS", options).replace("OUTPUT", output).replace("METRIC", metric))
        self.good("check", f"{name}.toml")
        self.good("train", f"{name}.toml", "--run", name, "--threads", "1", "--progress", "none")
        lines = [json.loads(line) for line in (self.place / name / "metrics.jsonl").read_text().splitlines()]
        wanted = ("epoch", "loss", "mean_absolute_error", "test_loss", "test_mean_absolute_error")
        return [[line[key] for key in wanted if key in line] for line in lines if line["event"] == "epoch"], json.loads(self.good("evaluate", name, "--json", "--threads", "1"))["loss"]

    def test_a_loss_on_the_last_state_is_one_on_the_last_step(self):
        plain = self.trained("plain")
        self.assertEqual(len(plain[0]), 3)
        self.assertLess(plain[0][-1][1], plain[0][0][1])
        at_state = {"output": 'output = "first.state_h"', "metric": '{ type = "mean_absolute_error", output = "first.state_h" }'}
        self.assertEqual(self.trained("state", "return_state = true", **at_state), plain)
        self.assertEqual(self.trained("sequence", "return_state = true\nreturn_sequences = true", **at_state), plain)
        self.assertEqual(self.trained("first", "return_state = true", 'output = "first.output"', '{ type = "mean_absolute_error", output = "first.output" }'), plain)
        self.assertNotEqual(self.trained("cell", "return_state = true", 'output = "first.state_c"', '{ type = "mean_absolute_error", output = "first.state_c" }'), plain)

    def test_an_output_that_the_layer_lacks_is_told_with_those_that_it_has(self):
        for output, metric in (('output = "first.state_x"', '{ type = "mean_absolute_error", output = "first.state_h" }'), ('output = "first.state_h"', '{ type = "mean_absolute_error", output = "first.state_x" }')):
            (self.place / "wrong.toml").write_text(RECIPE.replace("OPTIONS", "return_state = true").replace("OUTPUT", output).replace("METRIC", metric))
            for command in ("check", "train"):
                said = self.bad(2, command, "wrong.toml")
                self.assertRegex(said, r'wrong.toml:\d+:\d+: error: the layer "first" has no output "state_x"')
                self.assertIn("hint: its outputs are: ", said)
                self.assertIn("state_h, state_c", said)


if __name__ == "__main__":
    unittest.main()
