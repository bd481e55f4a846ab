#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs that take a target of the data, and sheets of changed numbers inside of a network: a small capsule network uses both."""
import json
import struct
import unittest

import pictures_test
import shifted_pictures
from pictures_test import VARIATIONAL, floats, pixels
from program import ProgramTest

HEAD = """
schema = 1
[data]
type = "digits"
limit = 96
"""
CAPSULES = HEAD + """
[[layer]]
type = "primary_capsules"
name = "primary"
num_channels = 2
dim_capsule = 4
kernel_size = 3
strides = 3
[[layer]]
type = "capsules"
name = "digits"
num_capsule = 10
dim_capsule = 3
routings = 2
[[layer]]
type = "capsule_length"
name = "lengths"
[[layer]]
type = "input"
name = "digit"
from = "target"
[[layer]]
type = "capsule_mask"
name = "one"
input = ["digits", "digit"]
[[layer]]
type = "dense"
units = 64
activation = "sigmoid"
[[layer]]
type = "reshape"
name = "drawing"
target_shape = [8, 8, 1]
[[loss]]
type = "margin_loss"
output = "lengths"
[[loss]]
type = "mean_squared_error"
output = "drawing"
target = "x"
weight = 0.5
[optimizer]
type = "adam"
learning_rate = 0.01
[training]
epochs = 2
metrics = [{ type = "accuracy", output = "lengths" }]
"""
NUMBER = HEAD + """
[[layer]]
type = "input"
name = "picture"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
name = "out"
units = 10
activation = "softmax"
[[layer]]
type = "input"
name = "digit"
from = "target"
MORE
[[layer]]
type = "rescaling"
name = "number"
scale = 2.0
[loss]
type = "sparse_categorical_crossentropy"
output = "out"
[optimizer]
type = "adam"
[training]
epochs = 1
"""


class Capsules(ProgramTest):
    file = pictures_test.Pictures.file
    write_digits = pictures_test.Pictures.write_digits

    def train(self, text=CAPSULES, *words, run="run"):
        (self.place / "net.toml").write_text(text)
        self.good("train", "net.toml", "--run", run, "--threads", "1", "--progress", "none", *words)

    def refused(self, text):
        (self.place / "net.toml").write_text(text)
        return self.bad(2, "check", "net.toml")

    def array(self, *words):
        self.good(*words, "--output", "out.npy", "--threads", "1")
        return floats(self.file("out.npy"))[1]

    def test_an_input_takes_the_target_that_evaluation_has_and_prediction_has_not(self):
        self.train(NUMBER.replace("MORE", ""))
        self.write_digits()
        self.assertEqual(self.array("predict", "run", "--layer", "number", "--input", "x.npy"), (-2.0,) * 3)
        self.assertEqual(len(self.array("predict", "run", "--input", "x.npy")), 30)
        (self.place / "table.csv").write_text("a,b,x\n1,2,5.5\n2,3,7.5\n3,4,8.5\n")
        (self.place / "new.csv").write_text("a,b\n1,2\n")
        of_table = NUMBER.replace(HEAD, 'schema = 1\n[data]\ntype = "csv"\ntrain = "table.csv"\n').replace('units = 10\nactivation = "softmax"', "units = 1").replace("sparse_categorical_crossentropy", "mean_squared_error")
        (self.place / "net.toml").write_text(of_table.replace("MORE", ""))
        self.good("train", "net.toml", "--run", "table", "--progress", "none")
        self.assertIn("nan", self.good("predict", "table", "--layer", "number", "--input", "new.csv").lower())

    def test_a_target_that_there_is_not_is_refused(self):
        self.assertIn('the data have no target "label"', self.refused(NUMBER.replace("MORE", 'field = "label"')))
        self.assertIn("the targets are: y", self.refused(NUMBER.replace("MORE", 'field = "label"')))
        second = '[[layer]]\ntype = "input"\nname = "again"\nfrom = "target"\n'
        self.assertIn('the data have 1 target and no further one for the input "again"', self.refused(NUMBER.replace("MORE", second)))
        self.assertRegex(self.refused(NUMBER.replace("MORE", "shape = [3]")), r'expects samples of shape \(3,\), the data\'s "y" has \(\)\n(.*\n)*.*hint: leave out shape\n')

    def test_keras_and_onnx_have_no_such_input(self):
        self.train(NUMBER.replace("MORE", "").replace("[loss]", "[[loss]]").replace("[optimizer]", '[[loss]]\ntype = "mean_squared_error"\noutput = "number"\ntarget = 0\n[optimizer]'))
        for kind in ("keras", "onnx"):
            self.assertIn(f'"digit" (input): it takes a target of the data, which no input of {"Keras" if kind == "keras" else "ONNX"} does', self.bad(2, "export", "run", "--to", kind, "--output", f"a.{kind}"))

    def test_training_learns_from_the_true_capsule_and_evaluation_draws_the_longest_one(self):
        self.train(CAPSULES, "--set", "training.epochs=0")
        self.write_digits()
        kept = self.array("predict", "run", "--layer", "one", "--input", "x.npy")
        lengths = self.array("predict", "run", "--input", "x.npy")
        for n in range(3):
            longest = max(range(10), key=lambda j: lengths[n * 10 + j])
            self.assertEqual([j for j in range(10) if any(kept[n * 30 + j * 3:n * 30 + j * 3 + 3])], [longest])
        loss = json.loads(self.good("evaluate", "run", "--json"))["loss"]
        self.train(CAPSULES.replace('input = ["digits", "digit"]', 'input = "digits"'), "--set", "training.epochs=0", run="alone")
        self.assertEqual(json.loads(self.good("evaluate", "alone", "--json"))["loss"], loss, "an evaluation knows the answer")
        first = {}
        for name, text in (("told", CAPSULES), ("alone", CAPSULES.replace('input = ["digits", "digit"]', 'input = "digits"'))):
            self.train(text, "--set", "training.epochs=1", run=name + "1")
            first[name] = json.loads((self.place / (name + "1") / "metrics.jsonl").read_text().splitlines()[-1])
        self.assertNotEqual(first["told"], first["alone"], "the true class makes no difference in training")

    def test_pictures_are_those_of_the_loss_that_judges_some(self):
        self.train()
        self.assertIn("5 pictures of 8 x 8, each below the sample", self.good("generate", "run", "--output", "pictures.png", "--count", 5))
        self.assertEqual(pixels(self.file("pictures.png"))[:2], (5 * 34 + 2, 2 * 34 + 2))

    def test_a_row_for_each_number_of_the_capsule_that_is_kept(self):
        self.train()
        drawn = self.array("generate", "run", "--count", "2")
        said = self.good("generate", "run", "--output", "out.npy", "--vary", "one", "--count", "2", "--changes", "5", "--range", "0.5", "--threads", "2")
        self.assertIn('30 pictures of 8 x 8; each row changes one number of "one" by -0.5 to 0.5', said)
        for n in range(2):
            self.assertRegex(said, f"sample {n}: the numbers [0-9]+ to [0-9]+ ")
        head, values = floats(self.file("out.npy"))
        self.assertIn("(30,8,8,1,)", head)
        for row in range(6):
            middle = values[(row * 5 + 2) * 64:(row * 5 + 3) * 64]  # no change
            self.assertLess(max(abs(a - b) for a, b in zip(middle, drawn[row // 3 * 64:])), 1e-6)
            self.assertNotEqual(values[row * 5 * 64:(row * 5 + 1) * 64], middle)
        self.good("generate", "run", "--output", "sheet.png", "--vary", "one")
        self.assertEqual(pixels(self.file("sheet.png"))[:2], (11 * 34 + 2, 3 * 34 + 2))

    def test_noise_and_codes_vary_too(self):
        (self.place / "net.toml").write_text(VARIATIONAL.replace("END", "sigmoid").replace("SHAPE", "[8, 8, 1]"))
        self.good("train", "net.toml", "--run", "run", "--threads", "1", "--progress", "none")
        said = self.good("generate", "run", "--output", "sheet.npy", "--vary", "input", "--changes", "3")
        self.assertIn("sample 0: the numbers 0 to 3", said)
        self.assertIn("12 pictures of 8 x 8", said)

    def test_what_cannot_vary_is_refused(self):
        self.train()
        self.assertIn('the network has no layer "on"', self.bad(2, "generate", "run", "--output", "a.png", "--vary", "on"))
        self.assertIn("--vary one", self.bad(2, "generate", "run", "--output", "a.png", "--vary", "on"))
        self.assertIn("do not depend on it", self.bad(2, "generate", "run", "--output", "a.png", "--vary", "lengths"))
        self.assertIn("--range needs --vary", self.bad(2, "generate", "run", "--output", "a.png", "--range", "1"))
        self.assertIn("--columns and --vary do not go together", self.bad(2, "generate", "run", "--output", "a.png", "--vary", "one", "--columns", "3"))
        self.assertIn("--changes", self.bad(2, "generate", "run", "--output", "a.png", "--vary", "one", "--changes", "1"))
        self.assertIn("at most 1000", self.bad(2, "generate", "run", "--output", "a.png", "--vary", "one", "--changes", "1001"))
        self.assertIn("--vary is for pictures", self.bad(2, "generate", "run", "--vary", "one"))
        self.assertIn("more than 1000 numbers to change", self.bad(2, "generate", "run", "--output", "a.png", "--vary", "digits", "--count", "40"))

    def test_pictures_that_are_moved_lose_what_moves_out(self):
        picture = bytes(range(1, 7))  # two rows of three
        self.assertEqual(shifted_pictures.shifted(picture, 2, 3, 0, 0), picture)
        self.assertEqual(shifted_pictures.shifted(picture, 2, 3, 1, 1), bytes([0, 0, 0, 0, 1, 2]))
        self.assertEqual(shifted_pictures.shifted(picture, 2, 3, -1, -2), bytes([6, 0, 0, 0, 0, 0]))
        self.assertEqual(shifted_pictures.shifted(picture, 2, 3, 0, 5), bytes(6))
        data = struct.pack(">IIII", 0x803, 3, 2, 3) + picture * 3
        self.assertEqual(shifted_pictures.shifted_file(data, 0, 1), data)
        self.assertNotEqual(shifted_pictures.shifted_file(data, 2, 1), data)


if __name__ == "__main__":
    unittest.main()
