# SPDX-License-Identifier: Apache-2.0
"""The data set "arrays": several inputs, outputs and weights of samples from one .npz file, and what is wrong with such files."""
import json
import sys
import unittest
import zipfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "launcher"))
from program import ProgramTest, npy

NET = '''schema = 1
[data]
type = "arrays"
train = "data.npz"
features = ["a", "b"]
targets = ["kind", "size"]
ids = ["b"]
[[layer]]
type = "input"
name = "first"
field = "a"
[[layer]]
type = "input"
name = "second"
field = "b"
[[layer]]
type = "embedding"
input_dim = 9
output_dim = 3
[[layer]]
type = "flatten"
name = "looked_up"
[[layer]]
type = "concatenate"
name = "both"
input = ["first", "looked_up"]
[[layer]]
type = "dense"
name = "kind"
units = 3
activation = "softmax"
[[layer]]
type = "dense"
name = "size"
input = "both"
units = 1
[[loss]]
type = "sparse_categorical_crossentropy"
output = "kind"
target = "kind"
[[loss]]
type = "mean_squared_error"
output = "size"
target = "size"
[optimizer]
type = "sgd"
[training]
epochs = 2
batch_size = 4
'''
SAMPLES = 12
DATA = {"a": npy((SAMPLES, 4), "f", [i % 5 / 5 for i in range(SAMPLES * 4)]), "b": npy((SAMPLES, 2), "i", [i % 9 for i in range(SAMPLES * 2)]), "kind": npy((SAMPLES,), "i", [i % 3 for i in range(SAMPLES)]),
        "size": npy((SAMPLES, 1), "f", [i / SAMPLES for i in range(SAMPLES)])}


class Arrays(ProgramTest):
    def write(self, name="data.npz", text=NET, **changed):
        with zipfile.ZipFile(self.place / name, "w") as archive:
            for array, content in {**DATA, **changed}.items():
                if content is not None:
                    archive.writestr(array + ".npy", content)
        (self.place / "net.toml").write_text(text)

    def test_two_inputs_and_two_outputs_are_trained_and_predicted(self):
        self.write()
        self.good("train", "net.toml", "--run", "run", "--progress", "none")
        last = [json.loads(line) for line in (self.place / "run/metrics.jsonl").read_text().splitlines() if '"epoch"' in line]
        self.assertLess(last[-1]["loss"], last[0]["loss"] + 1)
        self.write("new.npz", kind=None, size=None)
        for layer, columns in (("kind", 3), ("size", 1)):
            self.good("predict", "run", "--input", "new.npz", "--layer", layer, "--output", "out.csv")
            lines = (self.place / "out.csv").read_text().splitlines()
            self.assertEqual((len(lines), len(lines[0].split(","))), (SAMPLES + 1, columns))
        self.good("evaluate", "run", "--input", "data.npz", "--json")
        # A column is the one of its name, not of its place.
        with zipfile.ZipFile(self.place / "turned.npz", "w") as archive:
            for array in reversed(DATA):
                archive.writestr(array + ".npy", DATA[array])
        self.good("predict", "run", "--input", "turned.npz", "--layer", "kind", "--output", "turned.csv")
        self.good("predict", "run", "--input", "data.npz", "--layer", "kind", "--output", "out.csv")
        self.assertEqual((self.place / "turned.csv").read_text(), (self.place / "out.csv").read_text())

    def test_weights_of_samples_count(self):
        losses = []
        for weights in ([1] * SAMPLES, [1] + [0] * (SAMPLES - 1)):
            self.write(text=NET.replace('ids = ["b"]', 'ids = ["b"]\nsample_weight = "w"').replace("batch_size = 4", "batch_size = 12\nshuffle = false").replace("epochs = 2", "epochs = 1"), w=npy((SAMPLES,), "f", weights))
            self.good("train", "net.toml", "--run", f"run{sum(weights)}", "--progress", "none")
            losses.append(json.loads((self.place / f"run{sum(weights)}/metrics.jsonl").read_text().splitlines()[0])["loss"])
        self.assertGreater(losses[0], 2 * losses[1])

    def refused(self, words, text=NET, **changed):
        self.write(text=text, **changed)
        self.assertIn(words, self.bad(5, "check", "net.toml", "--data"))

    def test_files_that_do_not_fit(self):
        self.refused('expected 12 samples, as "a" has, found 11', kind=npy((11,), "i", [0] * 11))
        self.refused("expected whole numbers from 0 on, found -1", b=npy((SAMPLES, 2), "i", [-1] * SAMPLES * 2))
        self.refused("expected whole numbers from 0 on, found 0.5", b=npy((SAMPLES, 2), "f", [0.5] * SAMPLES * 2))
        self.refused('expected an array "b", found a, kind, size', b=None)
        self.refused("expected elements, found none", a=npy((0, 4), "f", []))
        self.refused("expected one weight for each sample", NET.replace('ids = ["b"]', 'ids = ["b"]\nsample_weight = "w"'), w=npy((SAMPLES, 2), "f", [1] * SAMPLES * 2))

    def test_other_parts_are_like_the_training_part(self):
        text = NET.replace('train = "data.npz"', 'train = "data.npz"\nvalidation = "more.npz"')
        for words, changed in (("expected class numbers from 0 to 2, as in the training part, found 7", {"kind": npy((SAMPLES,), "i", [7] * SAMPLES)}), ("expected samples of shape [4], found [5]", {"a": npy((SAMPLES, 5), "f", [0] * SAMPLES * 5)})):
            with self.subTest(words):
                self.write("more.npz", **changed)
                self.refused(words, text)


if __name__ == "__main__":
    unittest.main()
