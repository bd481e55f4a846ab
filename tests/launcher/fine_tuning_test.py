# SPDX-License-Identifier: Apache-2.0
"""Weights of another training: which layers take them, what the log says of them, and that letters are learnt better after digits."""
import json
import unittest

from program import ProgramTest

NET = """schema = 1
[data]
type = "random"
samples = 32
shape = [3]
classes = 2
[[layer]]
type = "dense"
name = "hidden"
units = 4
[[layer]]
type = "dense"
name = "head"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
learning_rate = 0.1
[training]
epochs = 0
"""


class FineTuning(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "recipes").mkdir()
        self.write("first", NET)
        self.good("train", "recipes/first.toml", "--run", "runs/first", "--progress", "none", "--set", "training.seed=7")

    def write(self, name, text):
        (self.place / f"recipes/{name}.toml").write_text(text)

    def weights(self, run):
        """The values of each parameter."""
        self.good("export", run, "--to", "safetensors", "--output", f"{run.replace('/', '-')}.safetensors")
        data = (self.place / f"{run.replace('/', '-')}.safetensors").read_bytes()
        size = int.from_bytes(data[:8], "little")
        head = json.loads(data[8:8 + size])
        return {name: data[8 + size + about["data_offsets"][0]:8 + size + about["data_offsets"][1]] for name, about in head.items() if name != "__metadata__"}

    def begun(self, text, *words):
        """The weights of a training that makes no step, and what it said."""
        self.write("second", text)
        said = self.run_it("train", "recipes/second.toml", "--run", "runs/second", "--progress", "none", "--fresh", *words)
        self.assertEqual(said[0], 0, said)
        return self.weights("runs/second"), said[2] + said[1]

    def test_a_recipe_names_the_run_and_the_layers(self):
        first = self.weights("runs/first")
        drawn, _ = self.begun(NET)
        self.assertNotEqual(drawn["hidden/kernel"], first["hidden/kernel"])
        got, said = self.begun(NET + '[initial_weights]\nfrom = "../runs/first"\nexclude = ["head"]\n')
        self.assertEqual(got["hidden/kernel"], first["hidden/kernel"])
        self.assertEqual(got["head/kernel"], drawn["head/kernel"])
        self.assertIn("2 tensors are taken: hidden/kernel, hidden/bias", said)
        self.assertIn("2 tensors of the network keep their initial values: head/kernel (4, 2), head/bias (2,)", said)
        self.assertIn("2 tensors of the file are not used: head/kernel (4, 2), head/bias (2,)", said)

    def test_the_command_line_counts_more(self):
        self.good("train", "recipes/first.toml", "--run", "runs/other", "--progress", "none", "--set", "training.seed=8")
        other = self.weights("runs/other")
        got, _ = self.begun(NET + '[initial_weights]\nfrom = "../runs/first"\ninclude = "hid*"\n', "--init-weights", "runs/other")
        self.assertEqual(got["hidden/kernel"], other["hidden/kernel"])

    def test_a_layer_may_have_another_name_there(self):
        first = self.weights("runs/first")
        got, _ = self.begun(NET.replace('"hidden"', '"features"') + '[initial_weights]\nfrom = "../runs/first"\nrename = { hidden = "features" }\n')
        self.assertEqual(got["features/kernel"], first["hidden/kernel"])
        self.assertEqual(got["head/kernel"], first["head/kernel"])

    def test_a_new_name_counts_more_than_that_of_another_layer_there(self):
        self.write("first", NET.replace("units = 2", "units = 4\nactivation = \"relu\"\n[[layer]]\ntype = \"dense\"\nname = \"end\"\nunits = 2").replace('"head"', '"other"').replace("shape = [3]", "shape = [4]"))
        self.good("train", "recipes/first.toml", "--run", "runs/three", "--progress", "none", "--set", "training.seed=9")
        three = self.weights("runs/three")
        got, said = self.begun(NET.replace("shape = [3]", "shape = [4]") + '[initial_weights]\nfrom = "../runs/three"\nrename = { other = "hidden" }\nexclude = "head"\n')
        self.assertEqual(got["hidden/kernel"], three["other/kernel"])
        self.assertNotEqual(got["hidden/kernel"], three["hidden/kernel"])
        self.assertIn("hidden of the file/kernel (4, 4)", said)

    def test_without_a_name_the_weights_are_drawn_and_the_log_says_so(self):
        drawn, _ = self.begun(NET)
        got, said = self.begun(NET + '[initial_weights]\nexclude = "head"\n')
        self.assertEqual(got, drawn)
        self.assertIn("all weights are random", said)

    def test_a_file_that_is_not_there_is_an_error_that_names_it(self):
        self.write("second", NET + '[initial_weights]\nfrom = "../runs/frist"\n')
        said = self.bad(5, "train", "recipes/second.toml", "--run", "runs/second", "--progress", "none")
        self.assertIn("runs/frist: there is no such file or folder", said)

    def test_the_kept_recipe_begins_with_the_same_weights(self):
        self.begun(NET + '[initial_weights]\nfrom = "../runs/first"\nrename = { "hidden" = "hidden" }\ninclude = ["h*"]\npartial = true\n')
        kept = (self.place / "runs/second/recipe.toml").read_text()
        self.assertIn("[initial_weights]\n", kept)
        self.assertIn('rename = { hidden = "hidden" }', kept)
        self.assertIn("partial = true", kept)
        self.good("check", "runs/second/recipe.toml")

    def test_resting_layers_keep_their_weights_until_their_epoch(self):
        self.write("second", NET.replace("epochs = 0", 'epochs = 1\nlayer_rates = [{ layers = "hidden", to_epoch = 1 }]') + '[initial_weights]\nfrom = "../runs/first"\n')
        self.good("train", "recipes/second.toml", "--run", "runs/second", "--progress", "none")
        first, second = self.weights("runs/first"), self.weights("runs/second")
        self.assertEqual(second["hidden/kernel"], first["hidden/kernel"])
        self.assertNotEqual(second["head/kernel"], first["head/kernel"])

    def test_letters_are_learnt_better_after_digits(self):
        short = ("--progress", "none", "--threads", "2")
        self.good("train", self.recipe("drawn-digits"), "--run", "digits", *short, "--set", "training.epochs=3")

        def letters(run, *words):
            self.good("train", self.recipe("finetune-letters"), "--run", run, *short, "--set", "training.epochs=6", *words)
            lines = [json.loads(line) for line in (self.place / run / "metrics.jsonl").read_text().splitlines()]
            return next(line["test_accuracy"] for line in lines if line["event"] == "test")

        drawn, tuned = letters("drawn", "--set", "training.layer_rates=[]"), letters("tuned", "--init-weights", "digits")
        self.assertGreater(drawn, 0.6)
        self.assertGreater(tuned, drawn + 0.01)


if __name__ == "__main__":
    unittest.main()
