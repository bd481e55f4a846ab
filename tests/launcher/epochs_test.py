# SPDX-License-Identifier: Apache-2.0
"""Epochs of a number of steps go through the data one after the other, by hand; what is odd of steps and batches is said."""
import json
import unittest

from program import ProgramTest

# w = 0 at first, the input is 1 and the targets 1, 2, 3, 4: w becomes w - 0.25 * 2 (w - y) with every sample.
RECIPE = """schema = 1
[data]
type = "csv"
train = "four.csv"
[[layer]]
type = "dense"
units = 1
use_bias = false
kernel_initializer = "zeros"
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
learning_rate = 0.25
[training]
epochs = 2
batch_size = 1
shuffle = false
steps_per_epoch = 2
"""


class Epochs(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "four.csv").write_text("x,y\n1,1\n1,2\n1,3\n1,4\n")
        (self.place / "recipe.toml").write_text(RECIPE)

    def train(self, run, *words, ranks=1):
        """What it says, and steps and loss of each epoch."""
        code, _, said = self.run_it("train", "recipe.toml", "--run", run, "--threads", 1, *words, ranks=ranks)
        self.assertEqual(code, 0, said)
        lines = [json.loads(line) for line in (self.place / run / "metrics.jsonl").read_text().splitlines()]
        return said, [(line["step"], line["loss"]) for line in lines if line["event"] == "epoch"]

    def test_an_epoch_begins_where_the_one_before_stopped(self):
        for ranks in (1, 2):
            _, epochs = self.train(f"two{ranks}", ranks=ranks)
            self.assertEqual(epochs, [(2, (1 + 2.25) / 2), (4, (1.75**2 + 1.875**2) / 2)])
        self.good("predict", "two1", "--input", "four.csv", "--output", "p.csv", "--threads", 1)
        self.assertEqual(float((self.place / "p.csv").read_text().splitlines()[1]), 3.0625)

    def test_a_pass_that_ends_within_an_epoch_ends_that_and_it_is_said(self):
        said, epochs = self.train("three", "--set", "training.steps_per_epoch=3", "--set", "training.epochs=3")
        self.assertEqual([step for step, _ in epochs], [3, 4, 7])
        self.assertIn("steps_per_epoch = 3: the training part has 4 batches, so the last of every 2 epochs has 1 step and ends with the data", said)
        said, epochs = self.train("six", "--set", "training.steps_per_epoch=6")
        self.assertEqual([step for step, _ in epochs], [4, 8])
        self.assertIn("steps_per_epoch = 6: the training part has 4 batches, so an epoch ends after 4 steps", said)
        _, _, said = self.run_it("check", "recipe.toml", "--set", "training.steps_per_epoch=6")
        self.assertIn("steps_per_epoch = 6", said)
        self.assertNotIn("steps_per_epoch", self.train("two")[0])

    def test_a_batch_larger_than_the_data_is_said(self):
        said, epochs = self.train("large", "--set", "training.batch_size=9", "--set", "training.steps_per_epoch=1")
        self.assertEqual([step for step, _ in epochs], [1, 2])
        self.assertIn("batch_size = 9: the training part has 4 samples, so every step takes them all", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
