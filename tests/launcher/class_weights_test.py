# SPDX-License-Identifier: Apache-2.0
"""Class weights: names are names, balanced weights are those of a hand, and what fits no class is refused."""
import json
import unittest

from program import ProgramTest

RECIPE = """schema = 1
[data]
type = "csv"
train = "table.csv"
target = "kind"
target_is = "classes"
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
learning_rate = 0.1
[training]
epochs = 3
batch_size = 4
"""


class ClassWeights(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("1st 2nd 3rd")

    def write(self, names, counts=(6, 4, 2)):
        kinds = [name for name, count in zip(names.split(), counts) for _ in range(count)]
        (self.place / "table.csv").write_text("a,b,kind\n" + "".join(f"{i % 5},{i * i % 7},{kind}\n" for i, kind in enumerate(kinds)))
        (self.place / "recipe.toml").write_text(RECIPE)

    def losses(self, run, *words, ranks=1):
        code, _, said = self.run_it("train", "recipe.toml", "--run", run, "--threads", 1, "--progress", "none", *words, ranks=ranks)
        self.assertEqual(code, 0, said)
        return [line["loss"] for line in map(json.loads, (self.place / run / "metrics.jsonl").read_text().splitlines()) if line["event"] == "epoch"], said

    def test_balanced_weights_are_samples_over_classes_times_samples_of_the_class(self):
        by_hand = '{ "1st" = %r, "2nd" = 1.0, "3rd" = 2.0 }' % (12 / (3 * 6))
        for ranks in (1, 2):
            balanced, said = self.losses(f"balanced{ranks}", "--set", 'training.class_weight="balanced"', ranks=ranks)
            self.assertEqual(balanced, self.losses(f"hand{ranks}", "--set", f"training.class_weight={by_hand}", ranks=ranks)[0])
            self.assertNotIn("class_weight", said)
        self.assertNotEqual(balanced, self.losses("plain")[0])

    def test_one_hot_targets_are_balanced_too(self):
        hot = ("--set", "data.one_hot=true", "--set", 'loss.type="categorical_crossentropy"')
        self.assertEqual(self.losses("hot", *hot, "--set", 'training.class_weight="balanced"')[0],
                         self.losses("hand", *hot, "--set", 'training.class_weight={ "1st" = %r, "3rd" = 2.0 }' % (12 / 18))[0])

    def test_only_training_samples_count_and_a_class_without_any_is_told(self):
        # Of 12 rows the last two, all of the 3rd class, validate: 10 / (2 * 6) and 10 / (2 * 4).
        split = ("--set", "data.validation_split=0.17", "--set", "training.epochs=2")
        self.write("1st 2nd 3rd")
        code, _, said = self.run_it("train", "recipe.toml", "--run", "split", *split, "--set", 'training.class_weight="balanced"')
        if code == 0:  # classes are learnt from all that is known of them
            self.assertIn("the class 3rd has no sample in the training part and is left out of the balance", said)
        else:
            self.assertIn("3rd", said)
        (self.place / "y.csv").write_text("a,kind\n" + "".join(f"{i},{2 if i % 4 else 0}\n" for i in range(12)))
        numbers = RECIPE.replace('train = "table.csv"', 'train = "y.csv"')
        (self.place / "recipe.toml").write_text(numbers)
        self.good("check", "recipe.toml", "--set", "layer.dense.units=2", "--set", 'training.class_weight="balanced"')

    def test_names_are_taken_as_they_are(self):
        for given in ('{ "2dn" = 10.0 }', '{ "1,5" = 2.0 }', '{ "2" = 2.0 }', '{ "7" = 5.0 }', '{ "" = 5.0 }', '{ " 2nd" = 5.0 }'):
            said = self.bad(2, "check", "recipe.toml", "--set", f"training.class_weight={given}")
            self.assertIn('"class_weight": the data have no class "', said)
            self.assertIn("hint: the classes are 1st, 2nd, 3rd", said)
        self.good("check", "recipe.toml", "--set", 'training.class_weight={ "2nd" = 10.0 }')

    def test_where_classes_are_called_by_numbers_a_number_is_a_name(self):
        self.write("3 4 5")
        self.assertIn("the classes are 3, 4, 5", self.bad(2, "check", "recipe.toml", "--set", 'training.class_weight={ "0" = 5.0 }'))
        (self.place / "recipe.toml").write_text(RECIPE)
        named, _ = self.losses("named", "--set", 'training.class_weight={ "4" = 5.0 }')
        self.write("a b c")
        self.assertEqual(named, self.losses("second", "--set", 'training.class_weight={ "b" = 5.0 }')[0])

    def test_classes_without_names_go_by_number(self):
        (self.place / "recipe.toml").write_text(RECIPE.replace('type = "csv"\ntrain = "table.csv"\ntarget = "kind"\ntarget_is = "classes"', 'type = "random"\nsamples = 12\nshape = 2\nclasses = 3'))
        self.good("check", "recipe.toml", "--set", 'training.class_weight={ "2" = 5.0 }')
        said = self.bad(2, "check", "recipe.toml", "--set", 'training.class_weight={ "2" = 5.0, "02" = 3.0 }')
        self.assertIn('"class_weight": "2" and "02" are one class', said)
        self.assertIn("hint: leave one of them out", said)
        for label in ("3", "-1", "1.0", "1x", "x", "+1"):
            self.assertIn("the classes are 0 to 2", self.bad(2, "check", "recipe.toml", "--set", 'training.class_weight={ "%s" = 5.0 }' % label))

    def test_without_a_loss_of_classes_they_are_refused(self):
        for given in ('"balanced"', '{ "1st" = 2.0 }'):
            (self.place / "table.csv").write_text("a,kind\n1,2.5\n2,3.5\n3,1\n")
            (self.place / "recipe.toml").write_text(RECIPE.replace('target_is = "classes"\n', "").replace("units = 3", "units = 1").replace('activation = "softmax"\n', "")
                                                    .replace("sparse_categorical_crossentropy", "mean_squared_error") + f"class_weight = {given}\n")
            said = self.bad(2, "check", "recipe.toml")
            self.assertRegex(said, r'recipe.toml:\d+:16: error: "class_weight" needs a target that is a class')


if __name__ == "__main__":
    unittest.main(verbosity=2)
