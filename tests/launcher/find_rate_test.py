# SPDX-License-Identifier: Apache-2.0
"""teranga find-rate: the losses are those of a training with these rates, and the rate that it finds trains well."""
import csv
import json
import math
import unittest

from mistakes import GAN
from program import ProgramTest, RECIPES

# w is 0 at first, the input 1 and the target 1: the loss is (1 - w)^2, and w becomes w + 2 rate (1 - w).
LINE = """schema = 1
[data]
type = "csv"
train = "one.csv"
[[layer]]
type = "dense"
units = 1
use_bias = false
kernel_initializer = "zeros"
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
[training]
epochs = 2
batch_size = 1
"""


class FindRate(ProgramTest):
    def rows(self):
        with open(self.place / "rates.csv") as file:
            return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]

    def test_losses_are_those_by_hand(self):
        (self.place / "net.toml").write_text(LINE)
        (self.place / "one.csv").write_text("x,y\n1,1\n")
        out = self.good("find-rate", "net.toml", "--low", "0.001", "--high", "0.1", "--steps", "21", "--output", "rates.csv")
        w, smooth, weight = 0.0, 0.0, 0.0
        rows = self.rows()
        self.assertEqual(len(rows), 21)
        for i, row in enumerate(rows):
            rate, loss = 0.001 * 100 ** (i / 20), (1 - w) ** 2
            smooth, weight = 0.9 * smooth + loss, 0.9 * weight + 1
            self.assertAlmostEqual(row["learning_rate"], rate, delta=1e-9)
            self.assertAlmostEqual(row["loss"], loss, delta=1e-5)
            self.assertAlmostEqual(row["smooth_loss"], smooth / weight, delta=1e-5)
            w += 2 * rate * (1 - w)
        self.assertIn("or a smaller one: teranga train net.toml --set optimizer.learning_rate=", out)
        self.assertEqual(sorted(path.name for path in self.place.iterdir()), ["net.toml", "one.csv", "rates.csv"])

    def test_it_ends_where_the_loss_explodes(self):
        (self.place / "net.toml").write_text(LINE)
        (self.place / "one.csv").write_text("x,y\n1,1\n")
        found = json.loads(self.good("find-rate", "net.toml", "--low", "1e-3", "--high", "1e6", "--json"))
        self.assertLess(found["steps"], 100)
        self.assertLess(found["steepest"], 1)  # beyond a rate of 1, w goes further away with each step
        self.assertGreater(found["steepest"], 1e-3)

    def test_the_rate_trains_better_than_others(self):
        found = json.loads(self.good("find-rate", RECIPES / "mlp-digits.toml", "--json"))["steepest"]

        def loss_at(rate):
            code, _, err = self.run_it("train", RECIPES / "mlp-digits.toml", "--run", "run", "--fresh", "--set", "training.epochs=2", "--set", f"optimizer.learning_rate={rate}")
            if code != 0:
                return math.inf
            with open(self.place / "run/metrics.csv") as file:
                return float(list(csv.DictReader(file))[-1]["loss"])

        good = loss_at(found)
        self.assertLess(good, loss_at(found / 100))
        self.assertLess(good, loss_at(found * 1000))

    def test_mistakes(self):
        self.assertIn("--low 1e-7 --high 10", self.bad(2, "find-rate", RECIPES / "mlp-digits.toml", "--low", "1", "--high", "0.1"))
        (self.place / "gan.toml").write_text(GAN)
        self.assertIn("teranga sweep", self.bad(2, "find-rate", "gan.toml"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
