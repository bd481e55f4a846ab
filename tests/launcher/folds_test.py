# SPDX-License-Identifier: Apache-2.0
"""Cross-validation: each fold is a validation part, of one training and of a sweep, whose table has the mean over the folds."""
import csv
import statistics
import unittest

from program import ProgramTest

NET = """schema = 1
[data]
type = "csv"
train = "table.csv"
target = "kind"
[[layer]]
type = "dense"
units = 8
activation = "relu"
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
learning_rate = 0.02
[training]
epochs = 2
batch_size = 8
metrics = ["accuracy", "confusion_matrix"]
"""


class Folds(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "net.toml").write_text(NET)
        # Sorted by class, as tables often are; the last class is the smallest.
        rows = [(kind, i) for kind, count in (("ash", 20), ("birch", 15), ("cedar", 10)) for i in range(count)]
        (self.place / "table.csv").write_text("a,b,kind\n" + "".join(f"{i % 7 + len(kind)},{i % 5},{kind}\n" for kind, i in rows))

    def test_a_fold_is_the_validation_part_with_its_share_of_each_class(self):
        self.good("train", "net.toml", "--fold", "2/5", "--run", "run", "--progress", "none")
        self.assertEqual(self.classes_judged(), [4, 3, 2])
        self.assertIn('fold = "2/5"', (self.place / "run/recipe.toml").read_text())

    def classes_judged(self):
        """How many samples of each class the validation part has, by what data peek prints."""
        said = self.good("data", "peek", "net.toml", "--part", "validation", "--set", "data.fold=2/5", "-n", "100")
        return [said.count(kind) for kind in ("ash", "birch", "cedar")]

    def test_folds_of_small_classes_are_of_one_size(self):
        (self.place / "table.csv").write_text("a,b,kind\n" + "".join(f"{i % 7},{i % 5},k{i // 3:02}\n" for i in range(90)))
        for fold in range(1, 6):
            said = self.good("data", "peek", "net.toml", "--part", "validation", "--set", f"data.fold={fold}/5", "-n", "100")
            self.assertEqual(said.count(" k"), 18, said)

    def test_another_fold_is_no_resume(self):
        self.good("train", "net.toml", "--fold", "1/5", "--run", "run", "--progress", "none")
        said = self.bad(5, "train", "net.toml", "--fold", "2/5", "--run", "run", "--progress", "none", "--set", "training.epochs=3")
        self.assertIn("data.fold", said)

    def test_a_sweep_of_folds_has_their_mean(self):
        out = self.good("sweep", "net.toml", "--folds", "3", "--grid", "optimizer.learning_rate=0.0,0.02", "--monitor", "val_accuracy")
        with open(self.place / "sweeps/net/table.csv") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 6)
        with open(self.place / "sweeps/net/folds.csv") as file:
            folds = list(csv.DictReader(file))
        self.assertEqual(len(folds), 2)
        for one in folds:
            values = [float(row["val_accuracy"]) for row in rows if row["optimizer.learning_rate"] == one["optimizer.learning_rate"]]
            self.assertEqual(one["folds"], "3 of 3")
            self.assertAlmostEqual(float(one["mean_val_accuracy"]), statistics.mean(values), delta=1e-5)
            self.assertAlmostEqual(float(one["deviation"]), statistics.stdev(values), delta=1e-5)
        self.assertGreaterEqual(float(folds[0]["mean_val_accuracy"]), float(folds[1]["mean_val_accuracy"]))
        self.assertIn("folds.csv has this table", out)

    def test_folds_alone_need_no_grid(self):
        out = self.good("sweep", "net.toml", "--folds", "3")
        self.assertIn("3 rows, 3 to train; val_loss decides", out)
        self.assertIn("3 of 3", out)

    def test_what_cannot_be(self):
        self.assertIn("expected the number of a fold and how many there are", self.bad(2, "check", "net.toml", "--set", "data.fold=6/5"))
        self.assertIn("--halving leaves out rows", self.bad(2, "sweep", "net.toml", "--folds", "3", "--halving", "2"))
        self.assertIn("the grid has data.fold", self.bad(2, "sweep", "net.toml", "--folds", "3", "--grid", "data.fold=1/3,2/3"))


if __name__ == "__main__":
    unittest.main()
