# SPDX-License-Identifier: Apache-2.0
"""Whether more or less of a monitored number is better is what its loss or metric says, never what its name suggests."""
import json
import unittest

from program import ProgramTest

LINE = "x,y\n" + "".join(f"{i / 8},{i / 4 + 1}\n" for i in range(8))
PHASE = """schema = 1
[data]
type = "csv"
train = "table.csv"
[[layer]]
network = "net"
type = "input"
name = "in"
field = "x"
[[layer]]
network = "net"
type = "dense"
units = 1
kernel_initializer = "zeros"
[[phase]]
name = "NAME"
train = "net"
[[phase.call]]
network = "net"
[[phase.loss]]
type = "mean_squared_error"
output = "net"
[optimizer]
type = "sgd"
learning_rate = { type = "reduce_on_plateau", initial_learning_rate = 0.1, monitor = "NAME_loss", patience = 1, factor = 0.5, min_delta = 0.0 }
[training]
epochs = 6
batch_size = 8
"""
# Two classes that a line parts: the accuracy rises.
CLASSES = """schema = 1
[data]
type = "csv"
train = "kinds.csv"
target = "kind"
validation_split = 0.25
[[layer]]
network = "net"
type = "input"
name = "in"
field = "x"
[[layer]]
network = "net"
type = "dense"
units = 2
activation = "softmax"
kernel_initializer = "zeros"
[[phase]]
name = "disc"
train = "net"
metrics = ["accuracy"]
[[phase.call]]
network = "net"
[[phase.loss]]
type = "sparse_categorical_crossentropy"
output = "net"
[optimizer]
type = "sgd"
learning_rate = 0.1
[training]
epochs = 12
batch_size = 4
seed = 3
early_stopping = { monitor = "MONITOR", patience = 1 }
"""


class Monitors(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "table.csv").write_text(LINE)
        (self.place / "kinds.csv").write_text("x,kind\n" + "".join(f"{i * 5 % 12 / 4 + 1},{'high' if i * 5 % 12 > 6 else 'low'}\n" for i in range(48)))

    def epochs(self, run, text, *words):
        (self.place / "recipe.toml").write_text(text)
        self.good("train", "recipe.toml", "--run", run, "--threads", 1, "--progress", "none", *words)
        return [line for line in map(json.loads, (self.place / run / "metrics.jsonl").read_text().splitlines()) if line["event"] == "epoch"]

    def test_a_loss_falls_whatever_its_phase_is_called(self):
        for name in ("account", "accent", "auc", "r2", "ledger"):
            epochs = self.epochs(name, PHASE.replace("NAME", name))
            losses = [line[f"{name}_loss"] for line in epochs]
            self.assertEqual(losses, sorted(losses, reverse=True))
            self.assertEqual({line[f"{name}_learning_rate"] for line in epochs}, {0.1})

    def test_the_metric_of_a_phase_has_the_direction_of_the_metric(self):
        for monitor in ("disc_accuracy", "val_disc_accuracy"):
            epochs = self.epochs(monitor, CLASSES.replace("MONITOR", monitor))
            values = [line[monitor] for line in epochs]
            bettered = [i for i in range(len(values)) if values[i] > max(values[:i], default=-1)]
            self.assertGreater(values[bettered[-1]], values[0])  # it rose, and stopped one epoch after it did so the last time
            self.assertEqual(len(values), min(bettered[-1] + 2, 12), values)

    def test_why_it_stops_is_told_behind_the_epoch(self):
        text = CLASSES.replace('monitor = "MONITOR"', 'monitor = "disc_learning_rate", mode = "min"')
        for restores, end in (("", "best 0.1 at epoch 1"), (", restore_best_weights = true", "best 0.1 at epoch 1, whose weights are restored")):
            (self.place / "recipe.toml").write_text(text.replace(", patience", f"{restores}, patience"))
            said = self.run_it("train", "recipe.toml", "--fresh", "--threads", 1, ranks=2)[2].splitlines()
            why = [line for line in said if "early stopping" in line]
            self.assertEqual(len(why), 1, said)
            self.assertTrue(why[0].endswith(f"early stopping: disc_learning_rate has not improved for 1 epoch; {end}"), why)
            self.assertIn("epoch 2/12", said[said.index(why[0]) - 1])

    def test_a_number_without_a_direction_needs_a_mode(self):
        text = CLASSES.replace("MONITOR", "disc_learning_rate")
        (self.place / "recipe.toml").write_text(text)
        for command in ("check", "train"):
            said = self.bad(2, command, "recipe.toml")
            self.assertIn('"early_stopping" monitors "disc_learning_rate", and neither the recipe nor the number itself says whether more or less of it is better', said)
            self.assertIn('hint: mode = "min" where less is better, mode = "max" where more is', said)
        self.good("check", "recipe.toml", "--set", 'training.early_stopping.mode="min"')
        (self.place / "recipe.toml").write_text(PHASE.replace("NAME", "net"))
        said = self.bad(2, "check", "recipe.toml", "--set", 'optimizer.learning_rate.monitor="net_learning_rate"')
        self.assertIn('the schedule "reduce_on_plateau" monitors "net_learning_rate", and neither', said)
        self.good("check", "recipe.toml", "--set", 'optimizer.learning_rate.monitor="net_learning_rate"', "--set", 'optimizer.learning_rate.mode="max"')


if __name__ == "__main__":
    unittest.main(verbosity=2)
