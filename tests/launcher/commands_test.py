# SPDX-License-Identifier: Apache-2.0
"""Each sub-command: its help, one good use, and wrong words."""
import json
import re
import struct
import unittest
import zipfile
from pathlib import Path

from program import PROGRAM, ProgramTest, SOURCE

COMMANDS = ["train", "evaluate", "predict", "generate", "check", "summary", "resolve", "reference", "plugin list", "plugin describe", "plugin check", "plugin new", "data list", "data peek",
            "checkpoint list", "checkpoint verify", "checkpoint show", "checkpoint export", "scale"]


def read_npy(path):
    """Shape and type of an .npy file."""
    data = path.read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00"
    length = struct.unpack("<H", data[8:10])[0]
    assert (10 + length) % 64 == 0
    header = eval(data[10:10 + length], {"__builtins__": {}})
    return header["shape"], header["descr"], data[10 + length:]


def write_npz(path, **arrays):
    """i32 arrays, as (shape, numbers), for numpy.load."""
    with zipfile.ZipFile(path, "w") as out:
        for name, (shape, numbers) in arrays.items():
            header = f"{{'descr': '<i4', 'fortran_order': False, 'shape': {shape}, }}".encode()
            header += b" " * (-(len(header) + 11) % 64) + b"\n"
            out.writestr(name + ".npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(numbers)}i", *numbers))


TAGGER = """schema = 1
layer = [
  { type = "embedding", input_dim = 4, output_dim = 2 },
  { type = "time_distributed", layer = { type = "dense", units = 3, activation = "ACTIVATION" } },
]
data = { type = "npz", train = "steps.npz", features_are = "ids" }
loss = { type = "sparse_categorical_crossentropy" }
optimizer = { type = "sgd" }
training = { epochs = 1, batch_size = 2 }
"""


class Help(ProgramTest):
    def test_every_command_is_listed_and_has_help_with_an_example(self):
        whole = self.good("--help")
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", whole)
            own = self.good(*command.split(), "--help")
            self.assertIn(f"usage: teranga {command}", own)
            self.assertIn(f"\nexamples:\n  teranga {command}", own)

    def test_a_group_of_commands_has_help_too(self):
        self.assertIn("checkpoint verify", self.good("checkpoint", "--help"))

    def test_help_is_printed_once_under_mpirun(self):
        self.assertEqual(self.good("train", "--help", ranks=2).count("usage:"), 1)

    def test_the_version_is_a_number(self):
        self.assertRegex(self.good("version"), r"^teranga \d+\.\d+\.\d+\n$")


class WrongWords(ProgramTest):
    def test_an_unknown_command_is_met_with_the_nearest(self):
        self.assertIn("did you mean teranga train?", self.bad(2, "trian"))

    def test_an_unknown_option_is_met_with_the_nearest(self):
        self.assertIn("did you mean --threads?", self.bad(2, "train", "x.toml", "--thraeds", "2"))

    def test_a_shortened_option_is_not_guessed(self):
        self.assertIn("no option --thread", self.bad(2, "train", "x.toml", "--thread", "2"))

    def test_a_missing_operand_is_named(self):
        self.assertIn("expected RECIPE", self.bad(2, "train"))

    def test_a_word_too_many_is_named(self):
        self.assertIn("\"b.toml\" is one word too many", self.bad(2, "train", "a.toml", "b.toml"))
        self.assertIn("--fast-dev-run: expected N, found the option --threads", self.bad(2, "train", "a.toml", "--fast-dev-run", "--threads", "2"))
        self.assertIn("--run: expected FOLDER, found the option --fresh", self.bad(2, "train", "a.toml", "--run", "--fresh"))
        self.assertIn("--threads: expected N, found nothing", self.bad(2, "train", "a.toml", "--threads"))

    def test_a_number_that_is_none_is_refused(self):
        self.assertIn("--threads: expected a whole number from 1 to 2147483647, found \"0\"", self.bad(2, "train", "a.toml", "--threads", "0"))

    def test_no_command_at_all_is_wrong(self):
        self.assertIn("teranga --help", self.bad(2))


class Looking(ProgramTest):
    def test_summary_counts_the_parameters_of_lenet(self):
        recipe = (self.recipe("lenet-digits").read_text().replace("filters = 16", "filters = 20").replace("filters = 32", "filters = 50"))
        recipe = recipe.replace("kernel_size = 3", "kernel_size = 5").replace('padding = "same"\nactivation = "relu"', 'padding = "valid"').replace("units = 64", "units = 500")
        raw = self.place / "images.csv"
        raw.write_text("\n".join(",".join(["0.5"] * 784 + [f"c{i}"]) for i in range(10)) + "\n")
        recipe = recipe.replace('type = "digits"', 'type = "csv"\ntrain = "images.csv"\nheader = "false"')
        recipe = recipe.replace("[[layer]]", '[[layer]]\ntype = "reshape"\ntarget_shape = [28, 28, 1]\n\n[[layer]]', 1)
        (self.place / "lenet.toml").write_text(recipe)
        out = self.good("summary", "lenet.toml")
        self.assertRegex(out, r"parameters +431,080\n")
        self.assertRegex(out, r"conv2d_1 .*\(N, 8, 8, 50\) +25,050")
        self.assertRegex(out, r"memory +[0-9.]+ [KM]iB \(weights")
        self.assertRegex(out, r"work per step +[0-9.]+ [MG]flop")

    def test_check_finds_a_good_recipe_in_order(self):
        self.assertIn("in order", self.good("check", self.recipe("mlp-iris"), "--data"))

    def test_check_warns_of_a_loss_that_does_not_fit_the_output(self):
        code, out, err = self.run_it("check", self.recipe("mlp-iris"), "--set", 'layer.dense_1.activation="sigmoid"')
        self.assertEqual(code, 0, err)
        self.assertIn("warning: the loss sparse_categorical_crossentropy behind a sigmoid output", err)
        self.assertIn("softmax", err)

    def tagger(self, activation, classes):
        write_npz(self.place / "steps.npz", x=((2, 3), [0, 1, 2, 3, 2, 1]), y=((2, 3), classes))
        (self.place / "tagger.toml").write_text(TAGGER.replace("ACTIVATION", activation))
        return "tagger.toml"

    def test_check_sees_the_activation_inside_of_a_wrapper(self):
        for activation, warned in (("softmax", ""), ("tanh", "sparse_categorical_crossentropy behind a tanh output")):
            code, out, err = self.run_it("check", self.tagger(activation, [0, 1, 2, 0, 1, 2]))
            self.assertEqual(code, 0, err)
            self.assertIn(warned, err)
            self.assertEqual(bool(err), bool(warned), err)

    def test_classes_of_steps_are_counted_one_by_one(self):
        out = self.good("data", "list", self.tagger("softmax", [2, 1, 2, 0, 2, 2]))
        self.assertIn("class of y (3 a sample)", out)
        self.assertEqual(re.findall(r"^([012]) +(\d+)$", out, re.M), [("0", "1"), ("1", "1"), ("2", "4")])

    def test_resolve_prints_a_recipe_that_resolves_to_itself(self):
        once = self.good("resolve", self.recipe("mlp-digits"), "--set", "training.epochs=3")
        self.assertIn("epochs = 3\n", once)
        self.assertIn("teranga.dropout", once)
        (self.place / "mlp-digits.toml").write_text(once)
        self.assertEqual(self.good("resolve", "mlp-digits.toml"), once)

    def test_plugins_are_listed_by_kind(self):
        out = self.good("plugin", "list", "layer")
        self.assertIn("teranga.dense", out)
        self.assertNotIn("teranga.adam", out)
        self.assertIn("\"lyer\" is no kind", self.bad(2, "plugin", "list", "lyer"))

    def test_a_plugin_is_described_with_defaults_and_ranges(self):
        out = self.good("plugin", "describe", "conv2d")
        for part in ("teranga.conv2d", "formula", "filters", "integer >= 1", "required", '"glorot_uniform"', "activation"):
            self.assertIn(part, out)
        self.assertIn("teranga plugin describe dense", self.bad(2, "plugin", "describe", "dens"))

    def test_a_kind_and_a_type_are_described(self):
        out = self.good("plugin", "describe", "loss", "binary_crossentropy")
        self.assertTrue(out.startswith("loss teranga.binary_crossentropy\n"), out)
        self.assertTrue(self.good("plugin", "describe", "layer", "input").startswith("layer teranga.input\n"))
        both = self.good("plugin", "describe", "mean_squared_error")
        self.assertEqual([line for line in both.splitlines() if line.endswith(" teranga.mean_squared_error")], ["loss teranga.mean_squared_error", "metric teranga.mean_squared_error"])
        self.assertNotIn("several vendors", both)
        metric = self.good("plugin", "describe", "metric", "mean_squared_error")
        self.assertTrue(metric.startswith("metric teranga.mean_squared_error\n") and metric in both)
        self.assertIn('there is no plugin "loss dense"', self.bad(2, "plugin", "describe", "loss", "dense"))
        self.assertIn('there is no plugin "loss input"', self.bad(2, "plugin", "describe", "loss", "input"))
        self.assertIn('"lyer" is no kind', self.bad(2, "plugin", "describe", "lyer", "dense"))

    def test_a_type_of_several_vendors_is_described_for_all_of_them(self):
        own = Path(PROGRAM).resolve().parent.parent / "lib/teranga/plugins/datasets_random.so"
        (self.place / "guest.so").write_bytes(own.read_bytes().replace(b"teranga.random\0", b"foreign.random\0"))
        out = self.good("plugin", "describe", "random", "--plugin", "guest.so")
        for part in ("dataset foreign.random\n", "dataset teranga.random\n", 'the dataset "random" is offered by several vendors: in a recipe, write one of "foreign.random", "teranga.random"\n'):
            self.assertIn(part, out)
        self.assertNotIn("several vendors", self.good("plugin", "describe", "teranga.random", "--plugin", "guest.so"))

    def test_data_list_tells_what_each_column_of_a_table_is(self):
        (self.place / "people.csv").write_text("age,cabin,note,income\n30,C85,a,12\n?,77,b,15\n40,E46,c,11\n50,C85,d,12\n")
        (self.place / "recipe.toml").write_text('schema = 1\n[data]\ntype = "csv"\ntrain = "people.csv"\nmissing = "mean"\nignore = "note"\n[[layer]]\ntype = "dense"\nunits = 1\n'
                                                '[loss]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\n[training]\nepochs = 1\n')
        out = self.good("data", "list", "recipe.toml")
        for line in (r'table +the separator is ",": 5 of the first 5 lines have 4 cells; the first line names the columns: "note"\n +is one',
                     r"column age +number, 30 to 50, mean 40, deviation 8\.16496580\d \[1 of 4 are missing\]",
                     r"column cabin +3 categories: 77 \(1\), C85 \(2\), E46 \(1\) \[words: 3 of 4 cells are no numbers\]",
                     r"column note +left out", r"column income +target, number, 11 to 15, mean 12\.5, deviation 1\.5\n"):
            self.assertRegex(out, line)

    def test_data_are_listed_with_their_classes(self):
        out = self.good("data", "list", self.recipe("mlp-iris"))
        self.assertRegex(out, r"training +120\n")
        self.assertRegex(out, r"setosa +39 +11\n")

    def test_classes_without_samples_are_named(self):
        (self.place / "images").write_bytes(b"\0\0\x08\x02" + b"\0\0\0\x03" + b"\0\0\0\x01" + b"abc")
        (self.place / "labels").write_bytes(b"\0\0\x08\x01" + b"\0\0\0\x03" + b"\1\2\4")
        out = self.good("data", "list", self.recipe("mlp-digits"), "--set", 'data={type="idx", train=["images", "labels"]}'.replace('"images"', f'"{self.place}/images"').replace('"labels"', f'"{self.place}/labels"'))
        self.assertRegex(out, r"\n0 +0\n1 +1\n")
        self.assertIn("no training sample is of class 0, 3\n", out)
        self.assertNotIn("no training sample", self.good("data", "list", self.recipe("mlp-iris")))

    def test_the_first_samples_can_be_looked_at(self):
        out = self.good("data", "peek", self.recipe("mlp-digits"), "--part", "test", "-n", "2")
        self.assertEqual(out.count("test sample"), 2)
        self.assertIn("x (8, 8, 1)", out)

    def test_samples_can_be_looked_at_as_pictures_and_as_an_epoch_changes_them(self):
        digits = (self.recipe("mlp-digits"), "--set", 'data.random_flip="vertical"', "--set", "data.random_rotation=0.1")
        first, again, second = (self.good("data", "peek", *digits, "--epoch", epoch) for epoch in "112")
        plain = self.good("data", "peek", *digits)
        self.assertEqual(plain, self.good("data", "peek", self.recipe("mlp-digits")))
        self.assertEqual(first, again)
        self.assertEqual(len({plain, first, second}), 3)
        sheets = [self.place / f"{name}.png" for name in ("plain", "first", "second")]
        self.good("data", "peek", *digits, "-n", "9", "--sheet", str(sheets[0]))
        for epoch, sheet in enumerate(sheets[1:], 1):
            self.good("data", "peek", *digits, "-n", "9", "--sheet", str(sheet), "--epoch", str(epoch))
        self.assertEqual(len({sheet.read_bytes() for sheet in sheets}), 3)
        self.assertTrue(all(sheet.read_bytes().startswith(b"\x89PNG") for sheet in sheets))
        self.assertIn("--epoch: samples of the test part are never changed", self.bad(2, "data", "peek", *digits, "--part", "test", "--epoch", "1"))
        self.assertIn("--sheet: expected samples that are pictures", self.bad(2, "data", "peek", self.recipe("mlp-iris"), "--sheet", "x.png"))


class AfterATraining(ProgramTest):
    def test_evaluate_says_the_same_as_the_end_of_the_training(self):
        run = self.trained()
        last = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])
        self.assertEqual(last["event"], "test")
        found = json.loads(self.good("evaluate", run, "--json"))
        self.assertEqual(found["samples"], 30)
        self.assertAlmostEqual(found["loss"], last["test_loss"], places=9)
        self.assertEqual(found["accuracy"], last["test_accuracy"])
        self.assertEqual(found["classes"], ["setosa", "versicolor", "virginica"])
        right = sum(found["confusion"][k][k] for k in range(3))
        self.assertEqual(sum(map(sum, found["confusion"])), 30)
        self.assertAlmostEqual(right / 30, found["accuracy"])
        on_two = json.loads(self.good("evaluate", run, "--json", ranks=2))
        self.assertEqual(on_two["confusion"], found["confusion"])
        self.assertAlmostEqual(on_two["loss"], found["loss"], places=9)

    def test_evaluate_prints_a_confusion_matrix_for_people(self):
        out = self.good("evaluate", self.trained(), "--data", "part=train")
        self.assertIn("training part, 120 samples", out)
        self.assertIn("confusion matrix", out)
        self.assertRegex(out, r"versicolor +\d+ +\d+ +[01]\.\d{4}")

    def test_evaluate_ends_with_3_where_the_loss_is_not_finite(self):
        run = self.trained("mlp-regression")
        table = (SOURCE / "datasets/tables/diabetes.csv").read_text().splitlines()
        far = [",".join([*line.split(",")[:-1], "1e30"]) for line in table[1:]]
        (self.place / "far.csv").write_text("\n".join([table[0], *far]))
        for ranks in (1, 2):
            code, out, err = self.run_it("evaluate", run, "--data", f"train={self.place}/far.csv", "--json", ranks=ranks)
            self.assertEqual(code, 3, err)
            self.assertIn('"loss":1e999', out)
            self.assertIn("the loss of the test part is not finite", err)

    def test_predict_writes_classes_and_arrays(self):
        run = self.trained()
        table = SOURCE / "datasets/tables/iris.csv"
        self.good("predict", run, "--input", table, "--output", "out.csv", "--classes")
        words = (self.place / "out.csv").read_text().split()
        truth = [line.rsplit(",", 1)[1] for line in table.read_text().splitlines()[1:]]
        self.assertEqual(len(words), 151)
        self.assertGreater(sum(a == b for a, b in zip(words[1:], truth)), 120)
        self.good("predict", run, "--input", table, "--output", "out.npy")
        shape, kind, bytes_of = read_npy(self.place / "out.npy")
        self.assertEqual((shape, kind), ((150, 3), "<f4"))
        rows = struct.unpack("<450f", bytes_of)
        for row in range(150):
            self.assertAlmostEqual(sum(rows[3 * row:3 * row + 3]), 1, places=5)
        self.good("predict", run, "--input", table, "--output", "out.h5")
        self.assertEqual((self.place / "out.h5").read_bytes()[:4], b"\x89HDF")

    def test_predict_scales_bytes_as_the_training_did(self):
        run = self.trained("mlp-digits")
        pixels = bytes(i % 17 for i in range(128))
        for kind, data in (("|u1", pixels), ("<f4", struct.pack("<128f", *(p / 16 for p in pixels)))):
            header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': (2, 8, 8), }}"
            header += " " * (63 - (10 + len(header)) % 64) + "\n"
            (self.place / f"in{kind[1:]}.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)
            self.good("predict", run, "--input", f"in{kind[1:]}.npy", "--output", f"out{kind[1:]}.npy")
        self.assertEqual((self.place / "outu1.npy").read_bytes(), (self.place / "outf4.npy").read_bytes())

    def test_predict_refuses_samples_of_another_shape(self):
        run = self.trained()
        self.good("predict", run, "--input", SOURCE / "datasets/tables/iris.csv", "--output", "out.npy")
        self.assertIn("expected samples of shape (4), as the network was trained on, found (3)", self.bad(5, "predict", run, "--input", "out.npy", "--output", "o.npy").replace(",)", ")"))

    def test_hints_can_be_followed(self):
        def hint(*words):
            return self.bad(2, *words).rsplit("hint: ", 1)[1].strip()
        for words in (["train", self.recipe("mlp-iris"), "--trace-steps", "x"], ["bench", "step", self.recipe("mlp-iris"), "--trace-steps", "3-4"]):
            more = hint(*words).split()
            self.good(*words[:-2], *more, "--threads", "1", "--set", "training.epochs=2", *(["--run", "r", "--progress", "none"] if words[0] == "train" else ["--steps", "8", "--no-marks"]))
        self.assertIn("data peek", self.good(*hint("data", "shw").split()[1:]))
        self.assertNotIn("hint", self.bad(5, "checkpoint", "list", "nowhere"))

    def test_checkpoints_are_listed_verified_and_shown(self):
        run = self.trained()
        listed = self.good("checkpoint", "list", run)
        self.assertEqual(listed.count("intact"), 2)
        newest = sorted((run / "checkpoints").glob("step-*.h5"))[-1]
        self.assertIn("dense/kernel", self.good("checkpoint", "show", newest))
        self.assertEqual(self.good("checkpoint", "verify", run).count("intact"), 2)
        data = bytearray(newest.read_bytes())
        data[-100] ^= 1
        newest.write_bytes(data)
        code, out, err = self.run_it("checkpoint", "verify", run)
        self.assertEqual((code, out.count("intact")), (5, 1))
        self.assertIn(str(newest), err)
        self.assertIn("damaged", self.good("checkpoint", "list", run))

    def test_weights_are_exported_for_keras(self):
        self.assertIn("2 layers", self.good("checkpoint", "export", self.trained(), "--to", "keras", "--output", "w.weights.h5"))
        self.assertEqual((self.place / "w.weights.h5").read_bytes()[:4], b"\x89HDF")
        self.good("train", self.recipe("mlp-iris"), "--run", "again", "--init-weights", "w.weights.h5", "--dry-run", "--progress", "none")

    def test_layers_that_borrow_weights_are_not_counted_among_those_of_keras(self):
        recipe = self.recipe("mlp-iris").read_text().replace("../../datasets", str(SOURCE / "datasets"))
        first = recipe.index("[[layer]]")
        (self.place / "twice.toml").write_text(recipe[:first] + "".join(f'[[layer]]\ntype = "dense"\nname = "{name}"\nunits = 4\nactivation = "relu"\n{more}' for name, more in (("a", ""), ("b", 'weights_of = "a"\n'))) + recipe[first:])
        self.good("train", "twice.toml", "--run", "run", "--threads", "1", "--progress", "none", "--set", "training.epochs=1")
        self.good("checkpoint", "export", "run", "--to", "keras", "--output", "w.weights.h5")
        self.assertEqual(set(re.findall(rb"dense_\d", (self.place / "w.weights.h5").read_bytes())), {b"dense_1", b"dense_2"})
        self.good("train", "twice.toml", "--run", "again", "--init-weights", "w.weights.h5", "--dry-run", "--progress", "none")


if __name__ == "__main__":
    unittest.main()
