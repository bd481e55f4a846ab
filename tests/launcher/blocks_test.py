# SPDX-License-Identifier: Apache-2.0
"""Recipes with blocks, variables and included files, through the program: the nets that come with it are those that they were when every layer was written
out, names go into checkpoints, a run folder needs no other file, and a hostile recipe is refused quickly and in little memory."""
import json
import os
import shutil
import subprocess
import time
import tomllib
import unittest
from pathlib import Path

from program import PROGRAM, RECIPES, SOURCE, ProgramTest

BENCHMARKS = SOURCE / "launcher/benchmarks"

SMALL = """schema = 1
[data]
type = "random"
shape = [4]
samples = 16
classes = 2
[block.plus]
parameters = { units = 4 }
[[block.plus.layer]]
type = "dense"
name = "way"
units = "$units"
[[block.plus.layer]]
type = "add"
input = ["way", "input"]
[[layer]]
type = "dense"
name = "first"
units = 4
[[layer]]
type = "block:plus"
name = "more"
repeat = 2
[[layer]]
type = "dense"
name = "out"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 1
"""


def chained(layers):
    """The layers with what each takes, also where it is the one before."""
    before, out = [], []
    for layer in layers:
        out.append({"input": before, **layer})
        before = [layer["name"]]
    return out


def residual_net(first, norm):
    """ResNet-20 layer by layer: the layers of a chain, with an input where it is another one than that before."""
    layers, numbers = [], {}

    def add(type, name=None, **options):
        if name is None:
            numbers[type] = numbers.get(type, -1) + 1
            name = type + (f"_{numbers[type]}" if numbers[type] else "")
        layers.append({"type": type, "name": name, **options})
        return name

    def convolution(name, filters, size=3, strides=1, **more):
        add("conv2d", name, filters=filters, kernel_size=size, strides=strides, padding="same", use_bias=False, **first, **more)

    convolution("stem", 16)
    add("batch_normalization", **norm)
    end = add("activation", "stem_out", activation="relu")
    for stage, filters in ((1, 16), (2, 32), (3, 64)):
        for number in (1, 2, 3):
            block, smaller = f"s{stage}b{number}", stage > 1 and number == 1
            convolution(f"{block}_conv1", filters, strides=2 if smaller else 1)
            add("batch_normalization", **norm)
            add("activation", activation="relu")
            convolution(f"{block}_conv2", filters)
            add("batch_normalization", f"{block}_norm", **norm)
            if smaller:
                convolution(f"{block}_short", filters, 1, 2, input=[end])
                end = f"{block}_short"
            add("add", f"{block}_add", input=[f"{block}_norm", end])
            end = add("activation", f"{block}_out", activation="relu")
    add("global_average_pooling2d")
    return layers, add


def encoder_net():
    layers = [{"type": "embedding", "name": "embedding", "input_dim": 8000, "output_dim": 128}, {"type": "position_embedding", "name": "b0_out", "sequence_length": 128, "initializer": "zeros"}]
    for number in (1, 2):
        block, adds = f"b{number}", ["add" if number == 1 else "add_2", f"add_{2 * number - 1}"]
        layers += [{"type": "multi_head_attention", "name": f"{block}_attention", "num_heads": 4, "key_dim": 32},
                   {"type": "add", "name": adds[0], "input": [f"b{number - 1}_out", f"{block}_attention"]},
                   {"type": "layer_normalization", "name": f"{block}_mid", "epsilon": 1e-05},
                   {"type": "dense", "name": f"{block}_wide", "units": 512, "activation": "gelu"},
                   {"type": "dense", "name": f"{block}_narrow", "units": 128},
                   {"type": "add", "name": adds[1], "input": [f"{block}_mid", f"{block}_narrow"]},
                   {"type": "layer_normalization", "name": f"{block}_out", "epsilon": 1e-05}]
    return layers + [{"type": "global_average_pooling1d", "name": "global_average_pooling1d"}, {"type": "dense", "name": "dense", "units": 2}]


def as_text(layers):
    def value(one):
        return json.dumps(one) if isinstance(one, (str, bool, list)) else repr(one)
    return "".join("[[layer]]\n" + "".join(f"{key} = {value(one)}\n" for key, one in layer.items()) for layer in layers)


class AsBefore(ProgramTest):
    def layers_of(self, path):
        return tomllib.loads(self.good("resolve", path))["layer"]

    def same(self, path, layers):
        """The recipe against one with these layers written out."""
        head = tomllib.loads(self.good("resolve", path))
        (self.place / "written.toml").write_text('schema = 1\nloss = "mean_squared_error"\noptimizer = "sgd"\n' + as_text(layers))
        written = self.layers_of("written.toml")
        self.assertEqual(chained(head["layer"]), chained(written))

    def test_resnet_20_is_short_and_the_same_net(self):
        for path, first, norm, last in ((RECIPES / "resnet20-fashion-mnist.toml", {"kernel_initializer": "he_normal"}, {}, {"activation": "softmax"}), (BENCHMARKS / "resnet20.toml", {}, {"momentum": 0.9, "epsilon": 1e-05}, {})):
            self.assertLessEqual(len(path.read_text().splitlines()), 60)
            layers, add = residual_net(first, norm)
            add("dense", units=10, **last)
            self.assertEqual(len(layers), 70)
            self.same(path, layers)

    def test_the_transformer_is_the_same_net(self):
        self.same(BENCHMARKS / "transformer.toml", encoder_net())

    def test_variables_make_other_nets_of_it(self):
        layers = tomllib.loads(self.good("resolve", BENCHMARKS / "transformer.toml", "--set", "variables.width=64", "--set", "layer.b.repeat=3"))["layer"]
        self.assertEqual([layer["key_dim"] for layer in layers if layer["type"] == "teranga.multi_head_attention"], [16, 16, 16])
        self.assertEqual([layer["units"] for layer in layers if layer["name"].endswith("_wide")], [256, 256, 256])

    def test_repeated_layers_without_names_are_the_same_net(self):
        names = [(layer["name"], layer.get("units")) for layer in self.layers_of(BENCHMARKS / "dropout_mlp.toml")]
        self.assertEqual(names, [("dense", 256), ("dropout", None), ("dense_1", 256), ("dropout_1", None), ("dense_2", 256), ("dropout_2", None), ("dense_3", 256), ("dropout_3", None), ("dense_4", 10)])


class Runs(ProgramTest):
    def write(self, name, text):
        (self.place / name).parent.mkdir(parents=True, exist_ok=True)
        (self.place / name).write_text(text)

    def train(self, recipe, run, *words):
        return self.good("train", recipe, "--run", run, "--progress", "none", "--threads", "1", *words)

    def test_checkpoints_have_the_names_of_the_layers(self):
        self.write("net.toml", SMALL)
        self.train("net.toml", "run")
        shown = self.good("checkpoint", "show", "run")
        for name in ("first/kernel", "more1_way/kernel", "more2_way/kernel", "out/kernel"):
            self.assertIn(name, shown)
        self.train("net.toml", "other", "--init-weights", "run")

    def test_a_run_needs_no_other_file(self):
        self.write("shared/net.toml", SMALL)
        self.write("net.toml", 'include = "shared/net.toml"\n[variables]\nrate = 0.5\n[optimizer]\nlearning_rate = "$rate"\n')
        self.train("net.toml", "run")
        shutil.rmtree(self.place / "shared")
        kept = (self.place / "run/recipe.toml").read_text()
        self.assertNotIn("include", kept)
        self.assertNotIn("$", kept)
        self.assertNotIn("block", kept)
        self.assertIn("learning_rate = 0.5", kept)
        self.good("evaluate", "run", "--data", "train")
        self.good("summary", "run")
        self.train("run/recipe.toml", "again")
        self.assertEqual((self.place / "again/recipe.toml").read_text(), kept)
        self.assertIn("no such file", self.bad(2, "train", "net.toml", "--run", "run", "--progress", "none"))

    def test_a_run_goes_on_and_tells_what_is_otherwise(self):
        self.write("net.toml", SMALL)
        self.train("net.toml", "run")
        self.train("net.toml", "run", "--set", "training.epochs=2")
        code, out, err = self.run_it("train", "net.toml", "--run", "run", "--progress", "none", "--threads", "1", "--set", "training.epochs=3", "--set", "layer.more.units=4", "--set", "layer.more2_way.activation=relu")
        self.assertIn('layer.more2_way.activation: then none, now { type = "teranga.relu"', err + out)
        self.assertNotIn("layer.more1_way", err + out)

    def test_faults_of_shapes_name_the_use(self):
        self.write("net.toml", SMALL.replace("repeat = 2", "units = 5"))
        said = self.bad(2, "check", "net.toml", "--data")
        self.assertRegex(said, r"net\.toml:\d+:\d+: error: ")
        self.assertIn('in block "plus", used as "more" at net.toml:', said)

    def test_processes_with_other_included_files_end_at_once(self):
        for folder, rate in (("a", 0.1), ("b", 0.2)):
            self.write(f"{folder}/rate.toml", f'[optimizer]\ntype = "sgd"\nlearning_rate = {rate}\n')
            self.write(f"{folder}/net.toml", 'include = "rate.toml"\n' + SMALL)
        command = lambda folder: [PROGRAM, "train", f"{folder}/net.toml", "--run", "run", "--progress", "none", "--threads", "1"]
        apart = ["mpirun", "--oversubscribe", "--bind-to", "none", "--timeout", "60", "-n", "1"]
        code, out, err = self.run_command([*apart, *command("a"), ":", "-n", "1", *command("b")], None, {})
        self.assertEqual(code, 2, err)
        self.assertIn('rank 1 has another recipe than rank 0: "learning_rate = 0.2", and rank 0 "learning_rate = 0.1"', err)
        code, out, err = self.run_command([*apart, *command("a"), ":", "-n", "1", *command("a")], None, {})
        self.assertEqual(code, 0, err)


class Hostile(ProgramTest):
    def refused(self, recipe, part):
        """Within 20 seconds and 1.5 GB."""
        (self.place / "net.toml").write_text(recipe)
        began = time.monotonic()
        limit = "true" if os.environ.get("TERANGA_SANITIZE") else "ulimit -v 1500000"  # sanitizers map terabytes of addresses
        done = subprocess.run(["bash", "-c", f'{limit}; exec "{PROGRAM}" check net.toml'], cwd=self.place, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 2, done.stderr[-2000:])
        self.assertIn(part, done.stderr)
        self.assertLess(len(done.stderr), 1 << 20)
        self.assertLess(time.monotonic() - began, 20)

    def test_short_recipes_do_not_fill_the_memory(self):
        rest = '[loss]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\n'
        twice = "".join(f'[block.b{i}]\nlayer = [{{ type = "block:b{i + 1}" }}, {{ type = "block:b{i + 1}" }}]\n' for i in range(30))
        self.refused('[[layer]]\ntype = "block:b0"\n' + twice + '[block.b30]\nlayer = [{ type = "dense", units = 1 }]\n' + rest, "more than 10000 layers")
        words = json.dumps(["x" * 50] * 10000)
        self.refused(f'[[layer]]\ntype = "block:b"\nrepeat = 10000\n[block.b]\nlayer = [{{ type = "dense", units = {words} }}]\n' + rest, "blocks and variables make more than")
        text = json.dumps("x" * 500000)
        self.refused(f'[variables]\nt = {text}\n[[layer]]\ntype = "block:b"\nrepeat = 10000\n[block.b]\nlayer = [{{ type = "dense", units = "$t" }}]\n' + rest, "blocks and variables make more than")
        tens = 'v0 = [1]\n' + "".join(f"v{i} = [{', '.join([json.dumps(f'$v{i - 1}')] * 10)}]\n" for i in range(1, 40))
        self.refused("[variables]\n" + tens + '[training]\nmetrics = "$v39"\n[[layer]]\ntype = "dense"\nunits = 1\n' + rest, "blocks and variables make more than")

    def test_a_wrong_line_of_a_block_that_is_used_very_often_is_told_once(self):
        (self.place / "net.toml").write_text('[[layer]]\ntype = "block:b"\nname = "u"\nrepeat = 9000\n[block.b]\nlayer = [{ type = "dense", name = "d", unist = 3 }]\n[loss]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\n')
        said = self.bad(2, "check", "net.toml")
        self.assertIn("the same is wrong in 8999 more uses of this line", said)
        self.assertTrue(said.rstrip().endswith("1 error in net.toml"), said)


if __name__ == "__main__":
    unittest.main()
