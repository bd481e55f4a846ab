# SPDX-License-Identifier: Apache-2.0
"""teranga predict: what it writes, in which form, of which part of the network, and for which input."""
import csv
import io
import json
import math
import re
import subprocess
import unittest

from program import PROGRAM, SOURCE, ProgramTest, npy

# Weights of 1 and no steps: every value can be told by hand.
SUMS = """schema = 1
[data]
type = "csv"
train = "train.csv"
[[layer]]
type = "dense"
name = "hidden"
units = 2
kernel_initializer = "ones"
[[layer]]
type = "dense"
name = "out"
units = 1
kernel_initializer = "ones"
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
[training]
epochs = 0
batch_size = 2
"""
YES_OR_NO = SUMS.replace('"out"\nunits = 1\nkernel_initializer = "ones"', '"out"\nunits = 1\nkernel_initializer = "zeros"\nactivation = "sigmoid"').replace("mean_squared_error", "binary_crossentropy")

class Predict(ProgramTest):
    def net(self, recipe, table="a,b,y\n1,2,3\n4,5,6\n"):
        (self.place / "net.toml").write_text(recipe)
        (self.place / "train.csv").write_text(table)
        self.good("train", "net.toml", "--run", "run", "--threads", "1", "--progress", "none")
        (self.place / "new.csv").write_text("a,b,y\n1,2,6\n0,1,0\n")
        return "run"

    def test_without_output_it_prints_csv_and_nothing_else(self):
        run = self.net(SUMS)
        self.assertEqual(self.good("predict", run, "--input", "new.csv"), "y\n6\n2\n")
        self.assertEqual(json.loads(self.good("predict", run, "--input", "new.csv", "--format", "json")), [{"output": {"y": 6}}, {"output": {"y": 2}}])

    def test_a_normalised_target_is_predicted_in_its_own_units_and_judged_in_normalised_ones(self):
        recipe = SUMS.replace("[data]", '[data]\nnormalize = "minmax"\nnormalize_target = true').replace("epochs = 0", "epochs = EPOCHS")
        table = "a,b,y\n1,2,1000\n4,5,3000\n"
        run = self.net(recipe.replace("EPOCHS", "0"), table)
        # Features are 0 and 1; the net gives 2 * (a + b), and 1 is worth 2000 behind 1000.
        (self.place / "new.csv").write_text("a,b,y\n1,2,1000\n4,5,3000\n")
        self.assertEqual(self.good("predict", run, "--input", "new.csv"), "y\n1000\n9000\n")
        self.assertIn("loss  4.5\n", self.good("evaluate", run, "--input", "new.csv"))
        # A run that goes on has the scale of its beginning, and ends with the same bits.
        (self.place / "net.toml").write_text(recipe.replace("EPOCHS", "2"))
        self.good("train", "net.toml", "--run", "whole", "--threads", "1", "--progress", "none")
        (self.place / "net.toml").write_text(recipe.replace("EPOCHS", "1"))
        self.good("train", "net.toml", "--run", "parts", "--threads", "1", "--progress", "none")
        (self.place / "net.toml").write_text(recipe.replace("EPOCHS", "2"))
        self.good("train", "net.toml", "--run", "parts", "--threads", "1", "--progress", "none")
        self.assertEqual(self.good("predict", "parts", "--input", "new.csv"), self.good("predict", "whole", "--input", "new.csv"))

    def test_outputs_are_called_as_the_columns_of_the_target(self):
        table = "a,price,b,area\n1,3,2,4\n4,6,5,7\n"
        targets = lambda names: SUMS.replace('train = "train.csv"', f'train = "train.csv"\ntarget = {names}')
        self.net(targets('"price"\nignore = ["area"]'), table)
        (self.place / "new.csv").write_text("b,a\n2,1\n")
        self.assertEqual(self.good("predict", "run", "--input", "new.csv"), "price\n6\n")
        two = targets('["price", "area"]').replace('"out"\nunits = 1', '"out"\nunits = 2')
        (self.place / "net.toml").write_text(two)
        self.good("train", "net.toml", "--run", "two", "--threads", "1", "--progress", "none")
        self.assertEqual(self.good("predict", "two", "--input", "new.csv"), "price,area\n6,6\n")
        self.assertEqual(json.loads(self.good("predict", "two", "--input", "new.csv", "--format", "json")), [{"output": {"price": 6, "area": 6}}])
        (self.place / "x.npy").write_bytes(npy([1, 2], "f", [1, 2]))
        (self.place / "train.csv").unlink()
        self.assertEqual(self.good("predict", "two", "--input", "x.npy"), "price,area\n6,6\n")
        self.assertEqual(self.good("predict", "two", "--input", "new.csv", "--layer", "hidden"), "y0,y1\n3,3\n")
        self.assertEqual(self.texts_of("two", "columns"), ["price", "area"])

    def test_numbers_that_a_loss_takes_as_classes_name_the_columns(self):
        self.net(SUMS.replace('"out"\nunits = 1', '"out"\nunits = 2').replace("mean_squared_error", "sparse_categorical_crossentropy"), "a,b,kind\n1,2,0\n4,5,1\n")
        self.assertEqual(self.good("predict", "run", "--text", "1,2"), "0,1\n6,6\n")

    def test_columns_of_the_input_stand_beside_the_predictions(self):
        run = self.net(SUMS.replace('train = "train.csv"', 'train = "train.csv"\ntarget = "y"\nignore = ["who", "note"]'), "who,a,b,y,note\n7,1,2,3,-\n8,4,5,6,-\n")
        (self.place / "new.csv").write_text('note,b,who,a\n"late, but\nthere",2,007,1\n\n"says ""no""",1,008,0\n')
        keep = lambda *words: self.good("predict", run, "--input", "new.csv", *words)
        self.assertEqual(keep("--keep", "who"), "who,y\n007,6\n008,2\n")
        self.assertEqual(list(csv.reader(io.StringIO(keep("--keep", "note", "--keep", "-2")))), [["note", "who", "y"], ["late, but\nthere", "007", "6"], ['says "no"', "008", "2"]])
        self.assertEqual(keep("--keep", "3", "--keep", "who", "--keep", "-2"), "who,y\n007,6\n008,2\n")
        self.assertEqual(json.loads(keep("--keep", "who", "--format", "json")), [{"who": "007", "output": {"y": 6}}, {"who": "008", "output": {"y": 2}}])
        self.assertIn("hint: --keep who", self.bad(5, "predict", run, "--input", "new.csv", "--keep", "Who"))
        (self.place / "new.csv").write_text("a,b,y\n1,2,6\n0,1,0\n")
        self.assertEqual(keep("--keep", "y"), "y,predicted_y\n6,6\n0,2\n")
        # Without a line of names a number is a place, whatever stands in the first row.
        self.assertEqual(self.good("predict", run, "--text", "2,1", "--text", "1,0", "--keep", "2", "--keep", "2"), "2,y\n1,6\n0,2\n")
        (self.place / "new.csv").write_text("2;1\n1;0\n")
        self.assertEqual(keep("--keep", "1"), "1,y\n2,6\n1,2\n")
        self.assertIn("expected the number of a column, from 1 to 2", self.bad(5, "predict", run, "--input", "new.csv", "--keep", "who"))
        # The table is read once more as it was read: comments above it, and two columns of one name.
        (self.place / "new.csv").write_text("# made,by,hand\na,b,who\n1,2,7\n0,1,8\n")
        self.assertEqual(keep("--keep", "who"), "who,y\n7,6\n8,2\n")
        (self.place / "new.csv").write_text("a,tag,b,tag\n1,7,2,8\n")
        self.assertIn("hint: --keep 2, the number of one of them", self.bad(5, "predict", run, "--input", "new.csv", "--keep", "tag"))
        self.assertEqual(keep("--keep", "4"), "4,y\n8,6\n")
        code, out, said = self.run_it("predict", run, "--input", "-", "--keep", "nobody", given="a,b\n1,2\n")
        self.assertEqual((code, out), (5, ""))
        self.assertNotIn("/teranga-input-", said)

    def test_faults_of_the_recipe_are_told_at_the_checkpoint(self):
        run = self.net(SUMS.replace('train = "train.csv"', 'train = "train.csv"\ntarget = "y"'))
        (self.place / "net.toml").unlink()
        (self.place / "train.csv").write_text("a,b,price\n1,2,3\n4,5,6\n")
        self.assertRegex(self.bad(2, "evaluate", run), r"^the recipe in run/checkpoints/step-0+\.h5:\d+:\d+: error: data set csv: target:")

    def test_an_evaluation_says_which_label_is_unknown_and_nothing_against_it(self):
        run = self.net(YES_OR_NO, "a,b,kind\n1,2,no\n4,5,yes\n")
        (self.place / "new.csv").write_text("a,b,kind\n1,2,no\n4,5,perhaps\n")
        said = self.bad(5, "evaluate", run, "--input", "new.csv")
        self.assertIn('"perhaps" in line 3 is none of the labels of the training part', said)
        self.assertIn('there is no target "kind" to judge the samples by', said)

    def texts_of(self, run, name, *words):
        """A data set of texts of the .h5 file that predict writes."""
        self.good("predict", run, "--input", "new.csv", "--output", "p.h5", *words)
        done = subprocess.run(["h5dump", "-d", f"/{name}", "p.h5"], cwd=self.place, capture_output=True, text=True, check=True)
        return re.findall(r'"([^"]*?)(?:\\000)*"', done.stdout.split("DATA {")[1])

    def test_the_class_is_called_as_its_column(self):
        run = self.net(YES_OR_NO, "a,b,kind\n1,2,no\n4,5,yes\n")
        self.assertEqual(self.good("predict", run, "--input", "train.csv", "--classes"), "kind\nno\nno\n")
        self.assertEqual(self.good("predict", run, "--input", "train.csv", "--top", "2").splitlines()[0], "kind_1,probability_1,kind_2,probability_2")
        self.assertEqual(json.loads(self.good("predict", run, "--input", "train.csv", "--classes", "--format", "json")), [{"kind": "no"}] * 2)
        self.assertEqual(self.texts_of(run, "classes", "--classes"), ["no", "yes"])
        self.assertEqual(self.texts_of(run, "columns"), ["yes"])  # y holds one number a sample

    def test_a_layer_tells_its_own_outputs(self):
        run = self.net(SUMS)
        self.assertEqual(self.good("predict", run, "--input", "new.csv", "--layer", "hidden"), "y0,y1\n3,3\n1,1\n")
        self.assertEqual(self.good("predict", run, "--input", "new.csv", "--layer", "out"), "y0\n6\n2\n")
        self.assertIn("--layer hidden", self.bad(2, "predict", run, "--input", "new.csv", "--layer", "hiden"))
        self.assertIn("its layers are: hidden, out", self.bad(2, "predict", run, "--input", "new.csv", "--layer", "elsewhere"))

    def test_what_standard_input_gave_is_left_nowhere(self):
        run = self.net(SUMS)
        kept = self.place / "temporary"
        kept.mkdir()
        for words in (("--input", "-", "--layer", "elsewhere"), ("--input", "-")):
            code, _, said = self.run_it("predict", run, *words, given="no,table\nat,all\n", TMPDIR=str(kept))
            self.assertNotEqual(code, 0, said)
            self.assertEqual(list(kept.iterdir()), [])

    def test_weights_that_no_step_has_changed_are_told(self):
        (self.place / "new.csv").write_text("sepal_length,sepal_width,petal_length,petal_width\n5,3,1,0.2\n")
        self.trained("mlp-iris", "--dry-run")
        self.assertIn("step 0: no step of a training has changed these weights", self.run_it("predict", "run", "--input", "new.csv")[2])
        self.trained("mlp-iris")
        self.assertNotIn("step 0", self.run_it("predict", "run", "--input", "new.csv")[2])

    def test_classes_that_are_numbers_are_told_as_numbers(self):
        (self.place / "net.toml").write_text("""schema = 1
[data]
type = "csv"
train = "table.csv"
target = "kind"
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
learning_rate = 0.3
[training]
epochs = 60
metrics = ["accuracy"]
""")
        (self.place / "table.csv").write_text("a,b,kind\n" + "".join(f"{i % 3 == 0:d},{i % 3 == 1:d},{i % 3}\n" for i in range(30)))
        (self.place / "new.csv").write_text("a,b\n1,0\n0,1\n0,0\n")
        self.good("train", "net.toml", "--run", "run", "--threads", "1", "--progress", "none")
        self.assertEqual(self.good("predict", "run", "--input", "new.csv", "--classes").split()[1:], ["0", "1", "2"])
        self.assertIn("recall", self.good("evaluate", "run"))

    def test_the_loss_of_each_sample(self):
        run = self.net(SUMS)
        self.assertEqual(self.good("predict", run, "--input", "new.csv", "--error"), "y,loss\n6,0\n2,4\n")  # (6 - 6)^2, (2 - 0)^2
        self.assertEqual(json.loads(self.good("predict", run, "--input", "new.csv", "--error", "--format", "json"))[1], {"output": {"y": 2}, "loss": 4})
        self.good("predict", run, "--input", "new.csv", "--error", "--output", "p.h5")
        (self.place / "x.npy").write_bytes(npy([2, 2], "f", [1, 2, 0, 1]))
        self.assertIn('needs the target "y"', self.bad(5, "predict", run, "--input", "x.npy", "--error"))
        self.assertIn("--output FILE.csv", self.bad(2, "predict", run, "--input", "new.csv", "--error", "--output", "p.npy"))

    def test_new_samples_are_evaluated_by_what_the_training_learnt(self):
        run = self.net(SUMS)
        (self.place / "train.csv").unlink()
        found = json.loads(self.good("evaluate", run, "--input", "new.csv", "--json"))
        self.assertEqual((found["samples"], found["loss"]), (2, 2))  # ((6 - 6)^2 + (2 - 0)^2) / 2
        self.assertEqual(json.loads(self.good("evaluate", run, "--input", "new.csv", "--json", ranks=2))["loss"], 2)
        (self.place / "bare.csv").write_text("a,b\n1,2\n")
        self.assertIn('there is no target "y" to judge the samples by', self.bad(5, "evaluate", run, "--input", "bare.csv"))
        self.assertIn("there is no such file", self.bad(5, "evaluate", run, "--input", "absent.csv"))

    def test_a_sigmoid_unit_tells_both_classes(self):
        run = self.net(YES_OR_NO, "a,b,y\n1,2,no\n4,5,yes\n")
        self.assertEqual(self.good("predict", run, "--input", "train.csv"), "no,yes\n0.5,0.5\n0.5,0.5\n")
        self.assertEqual(self.good("predict", run, "--input", "train.csv", "--top", "1").splitlines()[0], "y_1,probability_1")
        self.assertEqual(json.loads(self.good("predict", run, "--input", "train.csv", "--format", "json"))[0], {"y": "no", "probabilities": {"no": 0.5, "yes": 0.5}})
        self.good("predict", run, "--input", "train.csv", "--output", "p.npy")
        self.assertIn(b"(2, 1,)".replace(b" ", b""), (self.place / "p.npy").read_bytes().replace(b" ", b""))

    def test_logits_are_called_so_and_become_probabilities(self):
        logits = lambda loss: f'{loss}"\nfrom_logits = true'
        run = self.net(SUMS.replace('mean_squared_error"', logits("binary_crossentropy")), "a,b,kind\n1,-2,no\n4,5,yes\n")
        p = 1 / (1 + math.exp(2))  # the two units give -1 each
        self.assertEqual(self.good("predict", run, "--text", "1,-2"), "logit_yes\n-2\n")
        self.assertEqual(self.good("predict", run, "--text", "1,-2", "--classes"), "kind\nno\n")
        first, q, second, r = self.good("predict", run, "--text", "1,-2", "--top", "2").splitlines()[1].split(",")
        self.assertEqual((first, second), ("no", "yes"))
        self.assertAlmostEqual(float(q), 1 - p, 6)
        self.assertAlmostEqual(float(r), p, 6)
        (answer,) = json.loads(self.good("predict", run, "--text", "1,-2", "--format", "json"))
        self.assertEqual((answer["kind"], answer["logits"]), ("no", {"yes": -2}))
        self.assertAlmostEqual(answer["probabilities"]["yes"], p, 6)
        self.assertEqual(self.texts_of(run, "columns"), ["logit_yes"])
        self.assertNotIn("logits", self.good("predict", run, "--text", "1,-2", "--top", "1", "--format", "json"))

    def test_logits_of_several_classes_become_probabilities_together(self):
        one_layer = SUMS.replace('[[layer]]\ntype = "dense"\nname = "hidden"\nunits = 2\nkernel_initializer = "ones"\n', "")
        run = self.net(one_layer.replace('units = 1\nkernel_initializer = "ones"', 'units = 3\nkernel_initializer = "identity"').replace('mean_squared_error"', 'sparse_categorical_crossentropy"\nfrom_logits = true'),
                       "a,b,c,kind\n1,2,3,low\n4,5,6,high\n7,8,9,other\n")
        self.assertEqual(self.good("predict", run, "--text", "100,101,99"), "logit_high,logit_low,logit_other\n100,101,99\n")
        e = [math.exp(z) for z in (0, 1, -1)]
        (answer,) = json.loads(self.good("predict", run, "--text", "100,101,99", "--format", "json"))
        self.assertEqual(answer["kind"], "low")
        for name, wanted in zip(("high", "low", "other"), e, strict=True):
            self.assertAlmostEqual(answer["probabilities"][name], wanted / sum(e), 6)

    def test_the_likeliest_classes(self):
        run = self.trained()
        table = self.place / "iris.csv"
        rows = (SOURCE / "datasets/tables/iris.csv").read_text().splitlines()
        table.write_text("\n".join(rows[:4]) + "\n")
        whole = [list(map(float, line.split(","))) for line in self.good("predict", run, "--input", table).splitlines()[1:]]
        top = [line.split(",") for line in self.good("predict", run, "--input", table, "--top", "2").splitlines()[1:]]
        names = ["setosa", "versicolor", "virginica"]
        for numbers, (first, p, second, q) in zip(whole, top, strict=True):
            order = sorted(range(3), key=lambda k: -numbers[k])
            self.assertEqual([first, second], [names[k] for k in order[:2]])
            self.assertEqual([float(p), float(q)], [numbers[k] for k in order[:2]])
        self.assertEqual(len(self.good("predict", run, "--input", table, "--top", "50").splitlines()[0].split(",")), 6)
        self.assertIn("an array cannot hold", self.bad(2, "predict", run, "--input", table, "--top", "2", "--output", "p.npy"))

    def test_arrays_go_in_as_the_network_takes_them(self):
        run = self.net(SUMS)
        (self.place / "x.npy").write_bytes(npy([2, 2], "f", [1, 2, 0, 1]))
        self.assertEqual(self.good("predict", run, "--input", "x.npy"), "y\n6\n2\n")
        self.assertIn("expected samples of shape (2), as the network was trained on", self.bad(5, "predict", run, "--input", self.wide()).replace(",)", ")"))

    def wide(self):
        (self.place / "wide.npy").write_bytes(npy([1, 3], "f", [1, 2, 3]))
        return "wide.npy"

    def test_arrays_need_no_file_of_the_training(self):
        run = self.net(SUMS)
        (self.place / "x.npy").write_bytes(npy([2, 2], "f", [1, 2, 0, 1]))
        (self.place / "train.csv").unlink()
        self.assertEqual(self.good("predict", run, "--input", "x.npy"), "y\n6\n2\n")

    def test_rows_of_a_table_may_be_typed(self):
        run = self.net(SUMS)
        self.assertEqual(self.good("predict", run, "--text", "1,2", "--text", "0,1"), "y\n6\n2\n")
        self.assertEqual(self.good("predict", run, "--text", "b,a", "--text", "2,1"), "y\n6\n")

    def test_arrays_cannot_be_typed(self):
        for name, shape in (("x.npy", (2, 2)), ("y.npy", (2,))):
            (self.place / name).write_bytes(npy(shape, "f", range(2 * len(shape))))
        run = self.net(SUMS.replace('type = "csv"\ntrain = "train.csv"', 'type = "npy"\ntrain = ["x.npy", "y.npy"]'))
        self.assertIn("expected files of arrays, found typed text", self.bad(5, "predict", run, "--text", "1,2"))

    def test_what_does_not_go_together_is_told(self):
        run = self.net(SUMS)
        self.assertIn("--input and --text are missing", self.bad(2, "predict", run))
        self.assertIn("do not go together", self.bad(2, "predict", run, "--input", "new.csv", "--text", "a"))
        self.assertIn("there is no such file or folder", self.bad(5, "predict", run, "--input", "absent.csv"))
        self.assertIn("none called \"b\"; there are \"a\"", self.bad(5, "predict", run, "--text", "a"))
        self.assertIn("--input new2.csv", self.bad(2, "predict", run, "--input", "new.csv", "new2.csv"))
        self.assertIn("without blanks", self.bad(2, "predict", run, "--input", "new.csv", "--set", "data.unknown", "=", "zeros"))
        self.assertIn("is for classifiers", self.bad(2, "predict", run, "--input", "new.csv", "--classes"))
        self.assertIn("is for classifiers", self.bad(2, "predict", run, "--input", "new.csv", "--top", "2"))
        self.assertIn("--top 1 tells the class", self.bad(2, "predict", run, "--input", "new.csv", "--top", "2", "--classes"))
        self.assertIn("expected npy, csv, json or h5", self.bad(2, "predict", run, "--input", "new.csv", "--format", "xml"))
        self.assertIn("named .npy, .csv, .json or .h5", self.bad(2, "predict", run, "--input", "new.csv", "--output", "p.txt"))

    def test_arrays_that_are_damaged_in_their_file_are_told(self):
        (self.place / "recipe.toml").write_text('schema = 1\n[data]\ntype = "random"\nshape = [4]\nsamples = 8\ntarget = "normal"\n[[layer]]\ntype = "dense"\nunits = 1\n'
                                                '[loss]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\n[training]\nepochs = 1\n')
        self.good("train", "recipe.toml", "--run", "run", "--progress", "none", "--threads", "1")
        # Its size must be likely for what it holds. The name looks as if a hint with an option of the recipe followed.
        damaged = self.place / "rows\nhint: scale = 1.h5"
        damaged.write_bytes((SOURCE / "tests/datasets/golden/damaged_block.h5").read_bytes() + bytes(4 << 20))
        self.assertIn("cannot read rows 0 to ", self.bad(5, "predict", "run", "--input", damaged))


SERIES = """schema = 1
[data]
type = "windows"
train = "series.csv"
columns = ["flow", "level"]
window = 1
normalize = "standard"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 2
kernel_initializer = "identity"
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
[training]
epochs = 0
"""


class Series(ProgramTest):
    """The network tells the row that it is shown: what comes out are the numbers of the table."""

    def predicted(self, *words, recipe=SERIES):
        (self.place / "series.csv").write_text("flow,level\n" + "".join(f"{100 + 10 * i},{i * i}\n" for i in range(9)))
        (self.place / "new.csv").write_text("level,flow\n2,150\n-30,77\n")
        (self.place / "net.toml").write_text(recipe)
        self.good("train", "net.toml", "--run", "run", "--fresh", "--threads", "1", "--progress", "none")
        head, *rows = self.good("predict", "run", *words).splitlines()
        return head, [[float(number) for number in row.split(",")] for row in rows]

    def same(self, found, expected):
        self.assertEqual(len(found), len(expected))
        for one, other in zip(found, expected, strict=True):
            for a, b in zip(one, other, strict=True):
                self.assertAlmostEqual(a, b, 3)

    def test_predictions_of_normalised_targets_are_in_the_units_of_the_table(self):
        for normalize in ("standard", "minmax"):
            head, rows = self.predicted("--input", "new.csv", recipe=SERIES.replace("standard", normalize))
            self.assertEqual(head, "flow,level")
            self.same(rows, [[150, 2], [77, -30]])

    def test_so_are_those_of_arrays_which_the_checkpoint_knows(self):
        (self.place / "x.npy").write_bytes(npy([2, 1, 2], "f", [0] * 4))
        head, rows = self.predicted("--input", "x.npy")
        self.assertEqual(head, "flow,level")
        self.same(rows, [[140, sum(i * i for i in range(9)) / 9]] * 2)

    def test_steps_are_numbered_and_each_has_its_unit(self):
        every = SERIES.replace("window = 1", 'window = 1\nhorizon = 2\npredict = "every"').replace("units = 2", "units = 4")
        head, rows = self.predicted("--input", "new.csv", recipe=every.replace('[loss]', '[[layer]]\ntype = "reshape"\ntarget_shape = [2, 2]\n[loss]'))
        self.assertEqual(head, "flow_0,level_0,flow_1,level_1")
        self.same([row[:2] for row in rows], [[150, 2], [77, -30]])
        self.same([row[2:] for row in rows], [[140, sum(i * i for i in range(9)) / 9]] * 2)  # zeros stand for means

    def test_other_outputs_and_targets_stay_as_they_are(self):
        x = (150 - 140) / math.sqrt(sum((10 * i - 40) ** 2 for i in range(9)) / 9)
        for recipe in (SERIES.replace('normalize = "standard"', 'normalize = "standard"\nnormalize_target = false'),):
            self.assertAlmostEqual(self.predicted("--input", "new.csv", recipe=recipe)[1][0][0], x, 4)
        self.assertAlmostEqual(self.predicted("--input", "new.csv", "--layer", "flatten")[1][0][0], x, 4)


REVIEWS = """schema = 1
[data]
type = "text"
train = "reviews.csv"
text_column = "review"
label_column = "sentiment"
encoding = "count"
[[layer]]
type = "dense"
units = 1
activation = "sigmoid"
[loss]
type = "binary_crossentropy"
[optimizer]
type = "adam"
learning_rate = 0.1
[training]
epochs = 20
batch_size = 4
"""


class Sentences(ProgramTest):
    def setUp(self):
        super().setUp()
        rows = ["good fine film,yes", "bad dull film,no", "a fine good plot,yes", "dull plot a bad end,no"] * 4
        (self.place / "reviews.csv").write_text("review,sentiment\n" + "\n".join(rows) + "\n")
        (self.place / "net.toml").write_text(REVIEWS)
        self.good("train", "net.toml", "--run", "run", "--threads", "1", "--progress", "none")
        (self.place / "reviews.csv").unlink()  # the vocabulary is in the checkpoint

    def test_sentences_are_typed_or_stand_in_lines(self):
        typed = self.good("predict", "run", "--text", "a good film", "--text", "BAD, dull!", "--classes")
        self.assertEqual(typed, "sentiment\nyes\nno\n")
        (self.place / "new.txt").write_text("a good film\nBAD, dull!\n")
        self.assertEqual(self.good("predict", "run", "--input", "new.txt", "--classes"), typed)
        answers = json.loads(self.good("predict", "run", "--text", "a good film", "--format", "json"))
        self.assertEqual(answers[0]["sentiment"], "yes")
        self.assertEqual(list(answers[0]["probabilities"]), ["no", "yes"])

    def test_numbers_for_ids_are_whole_and_small_enough(self):
        (self.place / "reviews.csv").write_text("review,sentiment\ngood fine film,yes\nbad dull film,no\n")
        (self.place / "ids.toml").write_text(REVIEWS.replace('encoding = "count"', 'maxlen = 8\n[[layer]]\ntype = "embedding"\ninput_dim = 20\noutput_dim = 2\n[[layer]]\ntype = "flatten"'))
        self.good("train", "ids.toml", "--run", "ids", "--threads", "1", "--progress", "none")
        for number in (1.7, 1e30, -1e30, 4294967296.0, math.nan):
            (self.place / "ids.npy").write_bytes(npy((2, 8), "f", [2.0] * 9 + [number] + [2.0] * 6))
            said = self.bad(5, "predict", "ids", "--input", "ids.npy")
            self.assertIn("ids.npy: row 1, column 1 (both counted from 0): the network takes a whole number from -2147483648 to 2147483647, found", said)
        (self.place / "ids.npy").write_bytes(npy((2, 8), "f", [2.0] * 16))
        self.good("predict", "ids", "--input", "ids.npy")

    def test_samples_are_shown_with_words_and_names_of_columns(self):
        (self.place / "few.csv").write_text("review,sentiment\ngood film,yes\nbad film,no\n")
        (self.place / "few.toml").write_text(REVIEWS.replace("reviews.csv", "few.csv"))
        # film is the most frequent word; then good before bad, by their bytes.
        self.assertEqual(self.good("data", "peek", "few.toml", "-n", "1"), """train sample 0
  x (6,)
             0
    [START]  1
    [UNK]    0
    film     1
    good     1
    bad      0
  y () of sentiment  1 (yes)
""")
        self.assertIn("  x (3,)  1 ([START]) 4 (good) 3 (film)\n", self.good("data", "peek", "few.toml", "-n", "1", "--set", 'data.encoding="ids"'))
        self.assertIn("  x (5,)  0 0 1 ([START]) 4 (good) 3 (film)\n", self.good("data", "peek", "few.toml", "-n", "1", "--set", 'data.encoding="ids"', "--set", "data.maxlen=5"))
        (self.place / "many.csv").write_text("review,sentiment\n" + "\n".join(f"word{i},{'yes' if i % 2 else 'no'}" for i in range(30)) + "\n")
        (self.place / "many.toml").write_text(REVIEWS.replace("reviews.csv", "many.csv"))
        self.assertEqual(self.good("data", "peek", "many.toml", "-n", "1"), "train sample 0\n  x (33,)\n    [START]  1\n    word0    1\n    31 of 33 numbers are 0\n  y () of sentiment  0 (no)\n")
        (self.place / "table.csv").write_text("size,colour,kind\n1.5,red,a\n2,blue,b\n")
        (self.place / "table.toml").write_text(SUMS.replace("train.csv", "table.csv"))
        self.assertEqual(self.good("data", "peek", "table.toml", "-n", "1"), "train sample 0\n  x (3,)\n    size         1.5\n    colour=blue  0\n    colour=red   1\n  y () of kind  0 (a)\n")

    def test_a_missing_run_is_told_before_missing_samples(self):
        said = self.bad(5, "predict", "runs/none")
        self.assertIn("runs/none: there is no such file or folder", said)
        self.assertNotIn("--input", said)

    def test_texts_of_unknown_words_alone_are_counted_in_a_warning(self):
        (self.place / "new.txt").write_text("a good film\nxyzzy plugh\n\nbad\n")
        code, out, said = self.run_it("predict", "run", "--input", "new.txt", "--classes")
        self.assertEqual((code, len(out.splitlines())), (0, 5), said)
        self.assertIn("warning: text: 2 of 4 texts have none of the words that the training knows, the first one is number 2: their predictions are meaningless\n", said)
        self.assertNotIn("warning", self.run_it("predict", "run", "--text", "a xyzzy")[2])

    def test_sentences_come_from_standard_input(self):
        done = subprocess.run([PROGRAM, "predict", "run", "--input", "-", "--classes"], cwd=self.place, input="a good film\nbad dull\n", capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, "sentiment\nyes\nno\n"), done.stderr)
        done = subprocess.run([PROGRAM, "predict", "run", "--input", "-"], cwd=self.place, input="", capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 5)
        self.assertIn("standard input: expected texts, one a line, found none", done.stderr)

    def test_a_table_needs_the_column_of_texts_alone(self):
        (self.place / "new.csv").write_text("id,review\n1,a good film\n2,bad\n")
        self.assertEqual(self.good("predict", "run", "--input", "new.csv", "--classes"), "sentiment\nyes\nno\n")
        self.assertIn('needs the target "sentiment"', self.bad(5, "predict", "run", "--input", "new.csv", "--error"))
        (self.place / "told.csv").write_text("review,sentiment\na good film,yes\na good film,no\n")
        (right, wrong) = [float(line.split(",")[2]) for line in self.good("predict", "run", "--input", "told.csv", "--error").splitlines()[1:]]
        p = float(self.good("predict", "run", "--text", "a good film").splitlines()[1].split(",")[1])
        self.assertAlmostEqual(right, -math.log(p), 5)
        self.assertAlmostEqual(wrong, -math.log(1 - p), 5)

    def test_options_of_the_data_are_hinted_as_they_are_typed(self):
        (self.place / "fruit.csv").write_text("weight,colour,fruit\n" + "".join(f"{100 + i * i},{('red', 'blue')[i % 2]},{('apple', 'plum')[i % 2]}\n" for i in range(12)))
        (self.place / "fruit.toml").write_text(SUMS.replace('train = "train.csv"', 'train = "fruit.csv"\ntest_split = 0.25'))
        (self.place / "green.csv").write_text("weight,colour\n120,green\n")
        (self.place / "bare.csv").write_text("weight,colour\n,red\n")
        self.good("train", "fruit.toml", "--run", "fruit", "--progress", "none", "--threads", "1")
        for table, option in (("green.csv", "data.unknown=zeros"), ("bare.csv", "data.missing=mean")):
            code, _, said = self.run_it("predict", "fruit", "--input", table)
            self.assertEqual(code, 5, said)
            self.assertIn(f"hint: --set {option}\n", said)
            self.good("predict", "fruit", "--input", table, "--set", option)
        (self.place / "green.csv").write_text("weight,colour\n120,red\n,red\n120,green\n")
        code, _, said = self.run_it("predict", "fruit", "--input", "green.csv", "--set", "data.unknown=zeros", "--set", "data.missing=mean")
        self.assertIn('1 of 3 rows have words that no training row has, encoded as zeros; the first one is in line 4, "green" in the column "colour"\n', said)
        (self.place / "fruit.csv").write_text((self.place / "fruit.csv").read_text() + "90,,plum\n")
        code, _, said = self.run_it("evaluate", "fruit")
        self.assertEqual(code, 5, said)
        self.assertIn("hint: --set data.missing=mean\n", said)


if __name__ == "__main__":
    unittest.main()
