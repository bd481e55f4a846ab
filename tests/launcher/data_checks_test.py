# SPDX-License-Identifier: Apache-2.0
"""What recipe and data say of each other is told by check --data and before a training, and each hint helps where it is followed."""
import unittest

from mistakes import TEXTS
from program import ProgramTest, npy

RECIPE = """schema = 1
[data]
DATA
[[layer]]
type = "dense"
units = UNITS
activation = "ACTIVATION"
[loss]
type = "LOSS"
[optimizer]
type = "sgd"
learning_rate = 0.1
[training]
epochs = 1
batch_size = 4
"""
WORDS = """schema = 1
[data]
type = "npy"
train = ["x.npy", "y.npy"]
[[layer]]
type = "embedding"
input_dim = 10
output_dim = 3
[[layer]]
type = "global_average_pooling1d"
[[layer]]
type = "dense"
units = 1
activation = "sigmoid"
[loss]
type = "binary_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 4
"""
NPY = 'type = "npy"\ntrain = ["x.npy", "y.npy"]'
NAN, INFINITY = float("nan"), float("inf")


class DataChecks(ProgramTest):
    def write(self, x, y, width=1, kind="f", target="i", steps=None):
        (self.place / "x.npy").write_bytes(npy((len(x) // width, width), kind, x))
        (self.place / "y.npy").write_bytes(npy((len(y),) if steps is None else (len(y) // steps, steps), target, y))

    def recipe_of(self, loss, units=1, activation="sigmoid", data=NPY):
        (self.place / "recipe.toml").write_text(RECIPE.replace("DATA", data).replace("UNITS", str(units)).replace("ACTIVATION", activation).replace("LOSS", loss))

    def test_a_check_counts_the_warnings_of_the_data(self):
        (self.place / "table.csv").write_text("id,number,x,y\n" + "".join(f"{i},{7 + i},{i % 3},{i % 5}\n" for i in range(24)))
        self.recipe_of("mean_squared_error", activation="linear", data='type = "csv"\ntrain = "table.csv"')
        code, out, err = self.run_it("check", "recipe.toml", "--data")
        self.assertEqual(code, 0, err)
        self.assertIn('table.csv: the columns "id", "number" count the rows; where they are no features: ignore = ["id", "number"]', err)
        self.assertIn("recipe.toml: 1 warning; 1 layer, ", out)
        # Several processes read the same table: one of them speaks for all, and once into the log.
        for ranks in (1, 2):
            code, out, err = self.run_it("train", "recipe.toml", "--run", f"run{ranks}", "--progress", "none", ranks=ranks)
            self.assertEqual(code, 0, err)
            self.assertEqual((err + out).count("count the rows"), 1, err)
            self.assertEqual((self.place / f"run{ranks}/log.txt").read_text().count("count the rows"), 1)
        code, out, err = self.run_it("check", "recipe.toml", "--data", "--set", 'data.ignore=["id", "number"]')
        self.assertIn("recipe.toml: in order; ", out, err)

    def told(self, code, *words):
        """What both say; the one of the training begins with nothing trained."""
        said = [self.run_it("check", "recipe.toml", "--data", *words), self.run_it("train", "recipe.toml", "--run", "refused", "--threads", 1, *words)]
        for found, _, text in said:
            self.assertEqual(found, code, text)
        self.assertFalse((self.place / "refused").exists())
        return [text for _, _, text in said]

    def follows(self, *words):
        """With these the training runs, and check has nothing against it."""
        changes = [part for word in words for part in ("--set", word)]
        self.good("check", "recipe.toml", "--data", *changes)
        self.runs = getattr(self, "runs", 0) + 1
        self.good("train", "recipe.toml", "--run", f"followed{self.runs}", "--threads", 1, "--progress", "none", *changes)

    def test_columns_far_from_one_scale_are_told_where_nothing_normalises_them(self):
        (self.place / "table.csv").write_text("year,age,income,price\n" + "".join(f"{2000 + i % 20},{i % 50},{1000 * i},{100000 + i}\n" for i in range(24)))
        data = 'type = "csv"\ntrain = "table.csv"'
        self.recipe_of("mean_squared_error", activation="linear", data=data)
        code, out, err = self.run_it("check", "recipe.toml", "--data")
        self.assertEqual(code, 0, err)
        self.assertIn('warning: the feature columns "year", "income" hold numbers up to 23000 in magnitude, and networks learn slowly from such numbers: normalize = "standard" in [data] brings all feature columns to one scale\n', err)
        self.assertIn('warning: the target column "price" holds numbers up to 100023 in magnitude, and networks are slow to reach such numbers: normalize_target = true in [data] with normalize = "standard" brings the target to one scale', err)
        self.assertIn("the feature columns", self.run_it("train", "recipe.toml", "--run", "run", "--set", "optimizer.learning_rate=1e-12", "--progress", "none")[2])
        for good in ('\nnormalize = "standard"\nnormalize_target = true', '\nnormalize = "minmax"\nnormalize_target = true'):
            self.recipe_of("mean_squared_error", activation="linear", data=data + good)
            self.assertNotIn("magnitude", self.run_it("check", "recipe.toml", "--data")[2])
        # Ids that an embedding takes, and features that a layer normalises.
        (self.place / "table.csv").write_text("word,other,y\n" + "".join(f"{i * 9},{i * 3},{i % 2}.5\n" for i in range(24)))
        layers = '[[layer]]\ntype = "embedding"\ninput_dim = 300\noutput_dim = 2\n[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "dense"'
        for layer in (layers, '[[layer]]\ntype = "batch_normalization"\n[[layer]]\ntype = "dense"'):
            self.recipe_of("mean_squared_error", activation="linear", data=data)
            (self.place / "recipe.toml").write_text((self.place / "recipe.toml").read_text().replace('[[layer]]\ntype = "dense"', layer))
            code, out, err = self.run_it("check", "recipe.toml", "--data")
            self.assertEqual(code, 0, err)
            self.assertNotIn("magnitude", err)

    def test_classes_that_the_output_cannot_tell_apart_are_listed(self):
        (self.place / "table.csv").write_text("a,y\n" + "".join(f"{i},{('yes', 'Yes', 'no', 'No')[i % 4]}\n" for i in range(24)))
        self.recipe_of("binary_crossentropy", data='type = "csv"\ntrain = "table.csv"')
        self.assertIn('which has 4 classes ("No", "Yes", "no", "yes")', self.bad(2, "check", "recipe.toml"))

    def test_labels_outside_of_what_a_yes_no_loss_takes(self):
        self.write(range(8), [1, 2] * 4)
        self.recipe_of("binary_crossentropy")
        for said in self.told(5):
            self.assertIn('the loss binary_crossentropy expects targets from 0 to 1, found 2 in the field "y" (training part (x.npy, y.npy), record 1); the data have 3 classes and the output 1 unit', said)
            self.assertIn('hint: type = "sparse_categorical_crossentropy" in the loss, and units = 3 in the layer "dense" with activation = "softmax"', said)
        self.follows("layer.dense.units=3", 'layer.dense.activation="softmax"', 'loss.type="sparse_categorical_crossentropy"')

    def test_three_classes_and_one_unit_are_told_without_reading_samples(self):
        self.write(range(8), [0, 1, 2, 1] * 2)
        self.recipe_of("binary_crossentropy")
        said = self.bad(2, "check", "recipe.toml")
        self.assertRegex(said, r'recipe.toml:10:\d+: error: the loss binary_crossentropy compares the output of the layer "dense" with the target "y", which has 3 classes')
        self.recipe_of("sparse_categorical_crossentropy", units=2, activation="softmax")
        said = self.bad(2, "check", "recipe.toml")
        self.assertIn("compares the 2 outputs of the layer \"dense\" with the target \"y\", which has 3 classes", said)
        self.assertIn('hint: units = 3 in the layer "dense"', said)
        for said in self.told(5):
            self.assertIn('expects targets that are class numbers from 0 to 1, found 2 in the field "y"', said)
            self.assertIn('hint: units = 3 in the layer "dense"', said)
        self.follows("layer.dense.units=3")

    def test_more_units_than_classes_are_a_warning(self):
        self.write(range(8), [0, 1, 2, 1] * 2)
        self.recipe_of("sparse_categorical_crossentropy", units=10, activation="softmax")
        for words in (("check", "recipe.toml"), ("check", "recipe.toml", "--data"), ("train", "recipe.toml")):
            code, _, said = self.run_it(*words)
            self.assertEqual(code, 0)
            self.assertIn("which has 3 classes: 7 outputs belong to no class", said)
        self.recipe_of("sparse_categorical_crossentropy", units=3, activation="softmax")
        self.assertNotIn("to no class", self.run_it("check", "recipe.toml")[2])

    def test_a_softmax_over_one_unit_is_told_at_its_loss(self):
        self.write(range(8), [0, 1] * 4)
        self.recipe_of("binary_crossentropy", activation="softmax")
        said = self.bad(2, "check", "recipe.toml")
        self.assertRegex(said, r"recipe.toml:10:\d+: error: .*: the output of a softmax over one unit is always 1")
        self.assertIn('hint: activation = "sigmoid" in the layer "dense"', said)
        self.assertIn("a softmax over one unit is always 1", self.told(2)[1])
        self.follows('layer.dense.activation="sigmoid"')
        self.write(range(8), [0] * 8)
        self.recipe_of("sparse_categorical_crossentropy", activation="softmax")
        self.assertIn('hint: units = 2 in the layer "dense"', self.bad(2, "check", "recipe.toml"))
        self.follows("layer.dense.units=2")

    def test_ids_beyond_a_table_are_told_over_all_data_at_once(self):
        ids = [3, 9, 12, 4, 5, 6] * 20_000  # the largest stands behind what a training looks at first
        ids[-1] = 7459
        self.write(ids, [0, 1] * 30_000, width=2, kind="i")
        (self.place / "recipe.toml").write_text(WORDS)
        for said in self.told(5):
            self.assertIn('the layer "embedding" expects ids from 0 to 9 in the field "x", found ids up to 7459 (training part (x.npy, y.npy), record 59999)', said)
            self.assertIn('hint: input_dim = 7460 in the layer "embedding"', said)
        self.follows("layer.embedding.input_dim=7460", "training.steps_per_epoch=3")

    def test_a_training_looks_at_the_first_samples_of_each_part_and_check_at_all(self):
        ids = [3, 9] * 20_000
        ids[-1] = 10
        self.write(ids, [0, 1] * 10_000, width=2, kind="i")
        (self.place / "recipe.toml").write_text(WORDS)
        self.assertIn("found ids up to 10", self.bad(5, "check", "recipe.toml", "--data"))
        self.good("train", "recipe.toml", "--run", "early", "--threads", 1, "--progress", "none", "--set", "training.steps_per_epoch=2", "--set", "training.shuffle=false")
        # The step that meets the first of them tells the largest of all.
        ids[2 * 15_000] = 12
        ids[-1] = 7459
        self.write(ids, [0, 1] * 10_000, width=2, kind="i")
        for ranks in (1, 2):
            code, _, said = self.run_it("train", "recipe.toml", "--run", f"late{ranks}", "--threads", 1, "--progress", "none", "--set", "training.batch_size=5000", "--set", "training.shuffle=false",
                                        ranks=ranks)
            self.assertEqual(code, 5, said)
            self.assertIn("found ids up to 7459 (training part (x.npy, y.npy), record 19999)", said)
            self.assertIn('hint: input_dim = 7460 in the layer "embedding"', said)

    def test_ids_that_are_no_numbers_of_rows(self):
        (self.place / "recipe.toml").write_text(WORDS)
        self.write([1, -2, 3, 4], [0, 1], width=2, kind="i")
        self.assertIn('found -2 (training part (x.npy, y.npy), record 0)', self.told(5)[1])
        self.write([1, 2, 3, 4.5], [0, 1], width=2)
        self.assertIn("found 4.5 (training part (x.npy, y.npy), record 1)", self.told(5)[0])

    def test_nan_and_infinities_are_told_with_part_and_record(self):
        for bad, name in ((NAN, "NaN"), (INFINITY, "an infinity"), (-INFINITY, "an infinity")):
            self.write([0, 1, 2, 3, 4, bad, 6, 7, 8, 9, 10, 11, bad, 13], [0, 1] * 3 + [0], width=2)
            self.recipe_of("binary_crossentropy")
            for said in self.told(5):
                self.assertIn(f'training part (x.npy, y.npy), record 2: expected finite numbers, found {name} in the field "x"; 2 samples hold such numbers', said)
            # Split off, record 6 of the file is the validation part's.
            self.write([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, bad, 13], [0, 1] * 3 + [0], width=2)
            for said in self.told(5, "--set", "data.validation_split=0.2"):
                self.assertIn(f'validation part (x.npy, y.npy), record 6: expected finite numbers, found {name} in the field "x"', said)
        self.write([0, 1, 2, 3], [1, NAN], width=2, target="f")
        self.recipe_of("mean_squared_error", activation="linear")
        self.assertIn('record 1: expected finite numbers, found NaN in the field "y"', self.told(5)[0])

    def test_nan_that_a_training_meets_is_not_the_learning_rate_s_fault(self):
        x = [0.25] * 30_000
        x[-1] = NAN
        self.write(x, [0, 1] * 15_000)
        self.recipe_of("binary_crossentropy")
        for ranks in (1, 2):
            code, _, said = self.run_it("train", "recipe.toml", "--run", f"nan{ranks}", "--threads", 1, "--progress", "none", "--set", "training.batch_size=15000", "--set", "training.shuffle=false", ranks=ranks)
            self.assertEqual(code, 5, said)
            self.assertIn('the loss is NaN at step 2 (epoch 1), because the data hold NaN in the field "x" of record 29999 of the training data', said)
            self.assertNotIn("learning rate", said)
            self.assertIn("hint: teranga check recipe.toml --data looks at all samples", said)
            code, _, said = self.run_it("train", "recipe.toml", "--run", f"judged{ranks}", "--threads", 1, "--progress", "none", "--set", "data.validation_split=0.4", ranks=ranks,
                                        *("--set", "training.batch_size=15000"))
            self.assertEqual(code, 5, said)
            self.assertIn('because of the data: validation part (x.npy, y.npy), record 29999: the field "x" holds NaN', said)

    def test_an_evaluation_names_the_data_too(self):
        self.write(range(8), [0, 1] * 4)
        self.recipe_of("binary_crossentropy")
        self.good("train", "recipe.toml", "--run", "run", "--threads", 1, "--progress", "none")
        (self.place / "bad.npy").write_bytes(npy((8, 1), "f", [0, 1, 2, NAN, 4, 5, 6, 7]))
        code, out, said = self.run_it("evaluate", "run", "--set", 'data.test=["bad.npy", "y.npy"]', "--data", "part=test")
        self.assertEqual(code, 5, said)
        self.assertIn('the loss is not finite because of the data: test part (bad.npy, y.npy), record 3: the field "x" holds NaN', said)
        self.assertIn("nan", out.lower())

    def test_targets_that_a_loss_cannot_judge(self):
        eight = [i / 8 for i in range(8)]
        cases = (
            ("sparse_categorical_crossentropy", 3, "softmax", [0, 1, 1.5, 2] * 2, "expects class numbers, found 1.5"),
            ("sparse_categorical_crossentropy", 3, "softmax", [0, -1, 1, 2] * 2, "class numbers from 0 to 2, found -1"),
            ("hinge", 1, "linear", [1, 2] * 4, "expects targets -1 and 1, or 0 and 1, found 2"),
            ("squared_hinge", 1, "linear", [-1, -3] * 4, "expects targets -1 and 1, or 0 and 1, found -3"),
            ("poisson", 1, "exponential", [3, -1] * 4, "expects targets of 0 or more, found -1"),
            ("perceptron", 1, "step", [0, 0.5] * 4, "expects targets 0 or 1, found 0.5"),
            ("binary_crossentropy", 1, "sigmoid", [0, 1.01] * 4, "expects targets from 0 to 1, found 1.01"),
        )
        for loss, units, activation, targets, expected in cases:
            with self.subTest(loss=loss, expected=expected):
                self.write(eight, targets, target="f")
                self.recipe_of(loss, units, activation, NPY + '\ntarget_is = "numbers"')
                for said in self.told(5):
                    self.assertIn(expected, said)
                    self.assertIn("record", said)

    def test_targets_that_losses_take(self):
        eight = [i / 8 for i in range(8)]
        for loss, activation, targets in (("hinge", "linear", [0, 1] * 4), ("hinge", "linear", [-1, 1] * 4), ("binary_crossentropy", "sigmoid", [0, 0.5] * 4), ("poisson", "exponential", [0, 7] * 4),
                                          ("mean_squared_error", "linear", [-3, 1e6] * 4)):
            self.write(eight, targets, target="f")
            self.recipe_of(loss, 1, activation, NPY + '\ntarget_is = "numbers"')
            _, _, said = self.run_it("check", "recipe.toml", "--data")
            self.assertNotIn("target", said, loss)
        self.write(eight, [-1, 0, 1, 1] * 2, target="f")
        self.recipe_of("hinge", 1, "linear", NPY + '\ntarget_is = "numbers"')
        code, _, said = self.run_it("check", "recipe.toml", "--data")
        self.assertEqual(code, 0)
        self.assertIn('the field "y" holds -1, 0 and 1: for the loss hinge a target of 0 is one of -1', said)
        self.write(eight, [1, 0.3, -0.7, 1] * 2, target="f")
        self.assertIn('the loss hinge expects targets -1 and 1, or 0 and 1, found 0.3 in the field "y"', self.run_it("check", "recipe.toml", "--data")[2])

    def test_one_hot_targets_add_up_to_one(self):
        self.write([i / 8 for i in range(8)], [0, 1, 1, 0] * 4, target="f", steps=2)
        self.recipe_of("categorical_crossentropy", 2, "softmax")
        self.assertNotIn("add up", self.run_it("check", "recipe.toml", "--data")[2])
        self.write([i / 8 for i in range(8)], [0, 1, 1, 1] * 4, target="f", steps=2)
        code, _, said = self.run_it("check", "recipe.toml", "--data")
        self.assertEqual(code, 0)
        self.assertIn('the loss categorical_crossentropy expects targets that add up to 1, found the sum 2 in the field "y" (training part (x.npy, y.npy), record 1)', said)

    def test_an_ignored_class_is_no_class(self):
        self.write([i / 8 for i in range(8)], [0, -1, 1, 1] * 2, target="f")
        self.recipe_of("sparse_categorical_crossentropy", 2, "softmax", NPY + '\ntarget_is = "numbers"')
        self.assertIn("found -1", self.told(5)[0])
        self.follows("loss.ignore_class=-1")

    def test_a_class_that_one_of_two_losses_ignores_is_judged_by_the_other(self):
        self.write([i / 8 for i in range(8)], [0, -1, 1, 1] * 2, target="f")
        layers = "".join(f'[[layer]]\ntype = "dense"\nname = "{name}"\ninput = "common"\nunits = 2\nactivation = "softmax"\n' for name in ("first", "second"))
        loss = '[[loss]]\ntype = "sparse_categorical_crossentropy"\ntarget = "y"\noutput = "{}"\n'
        (self.place / "recipe.toml").write_text('schema = 1\n[data]\n' + NPY + '\ntarget_is = "numbers"\n[[layer]]\ntype = "dense"\nname = "common"\nunits = 2\n' + layers + loss.format("first") + loss.format("second") +
                                                'ignore_class = -1\n[optimizer]\ntype = "sgd"\n[training]\nepochs = 1\nbatch_size = 4\n')
        self.assertIn("found -1", self.told(5)[0])
        self.follows("loss[0].ignore_class=-1")

    def test_class_numbers_and_one_hot_targets_are_sent_to_each_other_s_loss(self):
        self.write(range(8), [0, 1, 2, 1] * 2)
        self.recipe_of("categorical_crossentropy", 3, "softmax")
        self.assertIn('type = "sparse_categorical_crossentropy"', self.bad(2, "check", "recipe.toml"))
        self.follows('loss.type="sparse_categorical_crossentropy"')
        self.write([i / 8 for i in range(8)], [0, 1, 1, 0] * 4, target="f", steps=2)
        self.recipe_of("sparse_categorical_crossentropy", 2, "softmax")
        self.assertIn('type = "categorical_crossentropy"', self.bad(2, "check", "recipe.toml"))
        self.follows('loss.type="categorical_crossentropy"')

    def test_pixels_that_are_scaled_already_are_not_scaled_again(self):
        first = '[[layer]]\ntype = "rescaling"\nscale = 0.00392156862745098\n[[layer]]\ntype = "flatten"\n[[layer]]\n'
        (self.place / "recipe.toml").write_text(RECIPE.replace("[[layer]]\n", first).replace("DATA", 'type = "digits"').replace("UNITS", "10").replace("ACTIVATION", "softmax").replace("LOSS", "sparse_categorical_crossentropy"))
        code, out, err = self.run_it("check", "recipe.toml")
        self.assertEqual(code, 0, err)
        self.assertIn('the layer "rescaling" multiplies by 0.00392 what is 1 at most', err)
        for silent in "data.scale=16.0", "layer.rescaling.scale=2.0":  # levels from 0 to 255; a layer that makes them larger
            code, out, err = self.run_it("check", "recipe.toml", "--set", silent)
            self.assertEqual((code, "multiplies by" in err), (0, False), err)

    def test_padding_behind_texts_needs_a_mask_before_recurrent_layers(self):
        (self.place / "moods.csv").write_text("sentence,mood\n" + "".join(f"the film was {('bad', 'so good')[i % 2]},{('sad', 'happy')[i % 2]}\n" for i in range(24)))
        behind = TEXTS.replace("maxlen = 6", 'maxlen = 6\npadding = "post"')
        wrapped = behind.replace('type = "lstm"\nunits = 3', 'type = "bidirectional"\nlayer = { type = "gru", units = 3 }')
        for recipe, warns in (behind, True), (wrapped, True), (TEXTS, False), (behind.replace('type = "lstm"\nunits = 3', 'type = "global_average_pooling1d"'), False), (behind.replace("output_dim = 4", "output_dim = 4\nmask_zero = true"), False):
            (self.place / "recipe.toml").write_text(recipe)
            code, out, err = self.run_it("check", "recipe.toml")
            self.assertEqual((code, 'hint: mask_zero = true in the layer "embedding"' in err), (0, warns), err)

    def test_what_check_accepts_begins_to_train(self):
        self.write(range(8), [0, 1] * 4)
        self.recipe_of("binary_crossentropy")
        self.assertIn("training part: 8 samples read", self.good("check", "recipe.toml", "--data"))
        self.follows()


if __name__ == "__main__":
    unittest.main(verbosity=2)
