# SPDX-License-Identifier: Apache-2.0
"""What a first course works out on the blackboard: a neuron's sum, the activations at a few points, one step of gradient descent by its formulas."""
import json
import math
import shutil
import unittest

from program import ProgramTest

TABLE = [((0, 0), 0), ((0, 1), 0), ((1, 0), 0), ((1, 1), 1)]
POINTS = [-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0]
FIXED = """
schema = 1
[data]
type = "csv"
train = "points.csv"
target = "y"
target_is = "numbers"
[[layer]]
type = "dense"
units = UNITS
kernel_initializer = { type = "constant", value = KERNEL }
bias_initializer = { type = "constant", value = BIAS }
ACTIVATION
[loss]
type = "mean_squared_error"
target = 0
[optimizer]
type = "sgd"
"""


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


# Each activation, as a recipe writes it, and its formula.
ACTIVATIONS = [
    ('"linear"', lambda z: z),
    ('"relu"', lambda z: max(z, 0)),
    ('{ type = "leaky_relu", negative_slope = 0.25 }', lambda z: 0.25 * z if z < 0 else z),  # piecewise linear
    ('{ type = "relu", negative_slope = 0.1, max_value = 2.0 }', lambda z: 0.1 * z if z < 0 else min(z, 2)),
    ('"sigmoid"', sigmoid),
    ('"tanh"', math.tanh),
]


class Course(ProgramTest):
    def outputs(self, run, table, *words):
        """What the network says of each line of a table."""
        self.good("predict", run, "--input", table, "--output", "out.csv", *words)
        return [[float(cell) for cell in line.split(",")] for line in (self.place / "out.csv").read_text().splitlines()[1:]]

    def fixed(self, columns, rows, units=1, kernel=1.0, bias=0.0, activation=""):
        """Outputs of a layer whose weights are given, before any step."""
        (self.place / "points.csv").write_text(",".join([*columns, "y"]) + "\n" + "".join(",".join(map(str, [*row, 0])) + "\n" for row in rows))
        text = FIXED.replace("UNITS", str(units)).replace("KERNEL", str(kernel)).replace("BIAS", str(bias)).replace("ACTIVATION", activation)
        (self.place / "net.toml").write_text(text)
        self.good("train", "net.toml", "--run", "fixed", "--dry-run", "--progress", "none")
        outputs = self.outputs("fixed", "points.csv")
        shutil.rmtree(self.place / "fixed")
        return outputs

    def test_a_neuron_sums_its_weighted_inputs(self):
        rows = [(1, 2, 3), (0, 0, 0), (-1.5, 4, 0.25)]
        for row, (z,) in zip(rows, self.fixed("abc", rows, kernel=0.5, bias=-2.0)):
            self.assertAlmostEqual(z, 0.5 * sum(row) - 2, 6)

    def test_activations_at_a_few_points(self):
        for written, formula in ACTIVATIONS:
            for z, (found,) in zip(POINTS, self.fixed("x", [(z,) for z in POINTS], activation=f"activation = {written}")):
                self.assertAlmostEqual(found, formula(z), 6, f"{written} of {z}")

    def test_softmax_shares_one_among_the_classes(self):
        for z, found in zip(POINTS, self.fixed("x", [(z,) for z in POINTS], units=4, activation='activation = "softmax"')):
            for share in found:
                self.assertAlmostEqual(share, 0.25, 6)

    def test_heaviside_steps_at_zero(self):
        text = FIXED.replace('type = "mean_squared_error"\ntarget = 0', 'type = "perceptron"')
        (self.place / "points.csv").write_text("x,y\n" + "".join(f"{z},0\n" for z in POINTS))
        (self.place / "net.toml").write_text(text.replace("UNITS", "1").replace("KERNEL", "1.0").replace("BIAS", "0.0").replace("ACTIVATION", 'activation = "step"'))
        self.good("train", "net.toml", "--run", "step", "--dry-run", "--progress", "none")
        self.assertEqual([y for (y,) in self.outputs("step", "points.csv")], [0, 0, 0, 1, 1, 1, 1])

    def test_steps_of_one_neuron_follow_the_formulas(self):
        steps, rate = 3, 1.0
        self.good("train", self.recipe("one-neuron"), "--run", "run", "--progress", "none", "--set", f"training.epochs={steps}", "--set", "training.log_every_steps=1")
        losses = [line["loss"] for line in map(json.loads, (self.place / "run/metrics.jsonl").read_text().splitlines()) if line["event"] == "step"]
        w, b = [0.5, 0.5], -1.0
        for loss in losses:
            a = [sigmoid(w[0] * x[0] + w[1] * x[1] + b) for x, _ in TABLE]
            self.assertAlmostEqual(loss, -sum(y * math.log(p) + (1 - y) * math.log(1 - p) for p, (_, y) in zip(a, TABLE)) / 4, 6)
            w = [w[i] - rate * sum((p - y) * x[i] for p, (x, y) in zip(a, TABLE)) / 4 for i in range(2)]
            b -= rate * sum(p - y for p, (_, y) in zip(a, TABLE)) / 4
        self.assertEqual(len(losses), steps)
        table = self.place / "and.csv"
        table.write_text("a,b,and\n" + "".join(f"{x[0]},{x[1]},{y}\n" for x, y in TABLE))
        for (x, _), (_, found) in zip(TABLE, self.outputs("run", table)):  # probabilities of 0 and of 1
            self.assertAlmostEqual(found, sigmoid(w[0] * x[0] + w[1] * x[1] + b), 6)

    def test_the_perceptron_rule_moves_weights_by_what_is_missing(self):
        # One sample a step: w += rate (target - output) x, from zeros.
        self.good("train", self.recipe("perceptron-and"), "--run", "run", "--progress", "none", "--set", "training.epochs=1")
        w, b = [0.0, 0.0], 0.0
        for x, y in TABLE:
            missing = y - (1 if w[0] * x[0] + w[1] * x[1] + b >= 0 else 0)
            w, b = [w[i] + 0.5 * missing * x[i] for i in range(2)], b + 0.5 * missing
        table = self.place / "and.csv"
        table.write_text("a,b,and\n" + "".join(f"{x[0]},{x[1]},{y}\n" for x, y in TABLE))
        self.assertEqual([found for (found,) in self.outputs("run", table)], [1.0 if w[0] * x[0] + w[1] * x[1] + b >= 0 else 0.0 for x, _ in TABLE])


if __name__ == "__main__":
    unittest.main()
