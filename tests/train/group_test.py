# SPDX-License-Identifier: Apache-2.0
"""What a group of ranks computes together, and what losses and metrics of a whole job are about."""
from job import *

SYNCHRONISED = """schema = 1
[data]
type = "digits"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 16
activation = "tanh"
[[layer]]
type = "batch_normalization"
synchronized = true
""" + TEN_CLASSES + """[optimizer]
type = "adam"
[training]
epochs = 2
batch_size = 479
seed = 3
metrics = ["accuracy"]
"""

TABLE = """schema = 1
[data]
type = "csv"
train = "{table}"
target = "species"
{one_hot}
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "{loss}"
[optimizer]
type = "sgd"
[training]
epochs = 2
batch_size = 20
class_weight = {{ setosa = 10 }}
"""

TWO_OUTPUTS = """schema = 1
[data]
type = "digits"
limit = 100
[[layer]]
type = "flatten"
name = "pixels"
[[layer]]
type = "dense"
name = "side"
units = 10
activation = "softmax"
kernel_initializer = "zeros"
trainable = false
[[layer]]
type = "dense"
name = "main"
input = ["pixels"]
units = 10
activation = "softmax"
[[loss]]
type = "sparse_categorical_crossentropy"
output = "side"
target = "y"
[[loss]]
type = "sparse_categorical_crossentropy"
target = "y"
[optimizer]
type = "adam"
learning_rate = 0.01
[training]
epochs = 20
batch_size = 20
metrics = ["accuracy"]
"""

CULPRIT = """schema = 1
[data]
type = "digits"
[[layer]]
type = "conv2d"
name = "innocent"
filters = 2
kernel_size = 3
[[layer]]
type = "average_pooling2d"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
name = "before"
units = 6
[[layer]]
type = "dense"
name = "culprit"
units = 5
kernel_initializer = { type = "constant", value = 1e30 }
activation = "exponential"
[[layer]]
type = "dense"
units = 10
[loss]
type = "sparse_categorical_crossentropy"
from_logits = true
[optimizer]
type = "sgd"
[training]
batch_size = 32
"""


LOOKUP = """schema = 1
[data]
type = "text"
train = "texts.csv"
text_column = "text"
label_column = "label"
maxlen = 6
[[layer]]
type = "embedding"
input_dim = 200
output_dim = 8
mask_zero = true
[[layer]]
type = "simple_rnn"
units = 5
""" + YES_OR_NO + """[optimizer]
type = "sgd"
learning_rate = 0.5
[training]
epochs = 3
batch_size = 8
seed = 3
log_every_steps = 1
"""


class Group(Jobs):
    def recipe_of(self, text, name="other.toml"):
        path = self.folder / name
        path.write_text(text)
        return path

    def test_ranks_without_samples_share_synchronised_statistics(self):
        # 1,438 samples in batches of 479: the last batch has one, so that two of three ranks have none.
        recipe = self.recipe_of(SYNCHRONISED)
        for ranks in (1, 2, 3):
            self.train(f"ranks{ranks}", recipe=recipe, ranks=ranks)
        alone = self.lines("ranks1")[-1]
        for ranks in (2, 3):
            self.assertAlmostEqual(self.lines(f"ranks{ranks}")[-1]["test_loss"], alone["test_loss"], delta=2e-4 * alone["test_loss"])

    def test_a_table_updated_by_rows_learns_as_one_updated_whole(self):
        words = [f"word{i}" for i in range(60)]
        chosen = random.Random(4)
        lines = ["label,text"] + [f"{'good' if i % 3 else 'bad'},{' '.join(chosen.choices(words, k=chosen.randint(1, 9)))}" for i in range(50)]
        (self.folder / "texts.csv").write_text("\n".join(lines) + "\n")
        recipe = self.recipe_of(LOOKUP)
        self.train("rows", recipe=recipe)
        # Multiplying by 1 - 1e-30 changes nothing, but makes the optimizer visit every row.
        self.train("whole", "--set", "optimizer.weight_decay=1e-30", recipe=recipe)
        self.assertEqual(self.lines("rows"), self.lines("whole"))
        for ranks in (2, 4):
            self.train(f"ranks{ranks}", recipe=recipe, ranks=ranks)
            for alone, together in zip(self.lines("rows"), self.lines(f"ranks{ranks}")):
                self.assertAlmostEqual(alone["loss"], together["loss"], delta=1e-5 * alone["loss"])

    def test_ranks_get_cores_of_their_own(self):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            self.skipTest("there is one core")
        self.recipe.write_text(NET.replace("epochs = 6", "epochs = 1"))
        told = r"cores of \S+: process 0 on (\d+), process 1 on (\d+)\n"
        found = re.search(told, self.train("pinned", ranks=2))
        self.assertTrue(found)
        self.assertEqual(len({found[1], found[2]} & set(map(str, cores))), 2)
        self.assertNotRegex(self.train("free", "--pin", "none", ranks=2), told)
        self.assertNotRegex(self.train("crowded", ranks=2, threads=len(cores)), told)
        self.assert_same_bits("pinned", "free")

    def test_class_weights_mean_the_same_for_numbers_and_one_hot_targets(self):
        table = pathlib.Path(__file__).resolve().parents[2] / "datasets/tables/iris.csv"
        losses = []
        for name, one_hot, loss in (("numbers", "", "sparse_categorical_crossentropy"), ("one_hot", "one_hot = true", "categorical_crossentropy")):
            recipe = self.recipe_of(TABLE.format(table=table, one_hot=one_hot, loss=loss), f"{name}.toml")
            self.train(name, recipe=recipe)
            losses.append([line["loss"] for line in self.lines(name) if line["event"] == "epoch"])
        self.assertEqual(len(losses[0]), 2)
        for numbers, one_hot in zip(*losses):
            self.assertAlmostEqual(numbers, one_hot, delta=1e-5 * numbers)

    def test_a_metric_without_an_output_judges_the_last_layer(self):
        self.train("two", recipe=self.recipe_of(TWO_OUTPUTS))
        # The side output stays at its zeros: 1 in 10 right. The main one learns.
        self.assertGreater([line for line in self.lines("two") if line["event"] == "epoch"][-1]["accuracy"], 0.9)

    def test_the_layer_that_made_the_first_infinity_is_named(self):
        output = self.train("culprit", expect=3, recipe=self.recipe_of(CULPRIT))
        self.assertRegex(output, r'the first layer with such an output is "culprit')


if __name__ == "__main__":
    unittest.main()
