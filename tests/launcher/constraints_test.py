# SPDX-License-Identifier: Apache-2.0
"""Constraints of weights and penalties on outputs where they meet something else: several processes, sample weights, predictions."""
import json
import struct
import unittest

from program import ProgramTest, npy

TABLE = """schema = 1
[data]
type = "random"
values = "ids"
ids = 40
samples = 65
shape = [3]
classes = 2
[[layer]]
type = "embedding"
name = "table"
input_dim = 40
output_dim = 4
embeddings_constraint = { type = "max_norm", max_value = 0.05, axis = 1 }
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
learning_rate = 0.5
[training]
epochs = 3
batch_size = 8
averaging = { every = 3 }
compare_ranks_every = 1
"""
NET = """schema = 1
[data]
type = "arrays"
train = "arrays.npz"
features = ["x"]
targets = ["y"]
SAMPLE_WEIGHT
[[layer]]
type = "dense"
name = "hidden"
units = 5
activation = "tanh"
[[layer]]
type = "dense"
name = "head"
units = 1
LOSSES
[optimizer]
type = "sgd"
learning_rate = 0.0
[training]
epochs = 1
batch_size = 8
shuffle = false
"""
PENALTY = '[[loss]]\ntype = "activity_penalty"\nl2 = 0.5\noutput = "hidden"\n'
ERROR = '[[loss]]\ntype = "mean_squared_error"\noutput = "head"\n'


class Constraints(ProgramTest):
    def loss(self, losses, weight):
        (self.place / "net.toml").write_text(NET.replace("LOSSES", losses).replace("SAMPLE_WEIGHT", 'sample_weight = "w"' if weight else ""))
        self.good("train", "net.toml", "--run", "run", "--fresh", "--progress", "none")
        lines = [json.loads(line) for line in (self.place / "run/metrics.jsonl").read_text().splitlines()]
        return next(line["loss"] for line in lines if line["event"] == "epoch")

    def write_arrays(self):
        import zipfile

        with zipfile.ZipFile(self.place / "arrays.npz", "w") as file:
            file.writestr("x.npy", npy((16, 3), "f", [(i * 7 % 13) / 13 - 0.5 for i in range(48)]))
            file.writestr("y.npy", npy((16, 1), "f", [(i * 5 % 11) / 11 for i in range(16)]))
            file.writestr("w.npy", npy((16,), "f", [3.0] * 16))

    def test_a_constrained_table_is_the_same_on_all_processes(self):
        (self.place / "table.toml").write_text(TABLE)
        self.good("train", "table.toml", "--run", "run", "--progress", "none", "--threads", "1", ranks=3)
        self.good("export", "run", "--to", "safetensors", "--output", "out.safetensors")
        data = (self.place / "out.safetensors").read_bytes()
        size = struct.unpack("<Q", data[:8])[0]
        begin, end = json.loads(data[8:8 + size])["table/embeddings"]["data_offsets"]
        numbers = struct.unpack(f"<{(end - begin) // 4}f", data[8 + size + begin:8 + size + end])
        for row in range(40):
            self.assertLessEqual(sum(x * x for x in numbers[4 * row:4 * row + 4]) ** 0.5, 0.0501)

    def test_weights_of_samples_do_not_weigh_a_penalty(self):
        self.write_arrays()
        error, both, weighed = self.loss(ERROR, False), self.loss(ERROR + PENALTY, False), self.loss(ERROR + PENALTY, True)
        self.assertGreater(both - error, 0.01)
        self.assertAlmostEqual(weighed, 3 * error + (both - error), delta=1e-5 * weighed)

    def test_a_penalty_that_stands_first_makes_no_prediction(self):
        self.write_arrays()
        self.loss(PENALTY + ERROR, False)
        (self.place / "new.npy").write_bytes(npy((2, 3), "f", [0.1] * 6))
        said = self.good("predict", "run", "--input", "new.npy").splitlines()
        self.assertEqual(len(said), 3)
        self.assertEqual([len(line.split(",")) for line in said], [1, 1, 1])


if __name__ == "__main__":
    unittest.main()
