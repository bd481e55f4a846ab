# SPDX-License-Identifier: Apache-2.0
"""Models of Keras go into Teranga and come back: they are imported, give Keras's outputs, also as models of ONNX, train on with the same losses in every step, and are opened by Keras again.

    python3 tests/exchange/exchange.py --teranga build/release/bin/teranga --only lenet"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import warnings

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true --xla_cpu_multi_thread_eigen=false")
sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))

warnings.filterwarnings("ignore", "The structure of `inputs`|Skipping variable loading for optimizer")
import keras
import numpy as np

import reference  # noqa: F401  (gives leaky_relu the gradient at 0 that other backends have)
from models import MODELS, SAMPLES, data_of, targets_of
from onnx_run import OnnxRun

OUTPUTS = 1e-5      # apart, relative to their scale
STEPS_APART = 1e-4  # of a loss, relative to it
TRAINED_APART = 2e-3
BATCH, STEPS = 8, 21
TIME_LIMIT = 60 * int(os.environ.get("TERANGA_TEST_TIME_FACTOR", "1"))


# Models over sequences whose layers take one length only.
ONE_LENGTH = {"layer_normalization": "one layer normalises over the steps", "other_shapes": "reshape, permute and flatten need the numbers of a sample", "bag_of_words_of_float_ids": "a dense layer behind flatten"}
# The reference implementation of ONNX has no relu in an RNN.
BEYOND_REFERENCE = ("steps_of_a_sequence", "both_directions_summed")
OLD_FORMAT = ("lenet", "dense_numbers", "both_directions", "batch_normalization", "model_in_a_sequence", "shared_model", "residual_network", "transformer")


class Differs(Exception):
    pass


def apart(mine, theirs, what, allowed):
    if mine.shape != theirs.shape:
        raise Differs(f"{what}: shape {mine.shape}, Keras's {theirs.shape}")
    found = float(np.abs(mine - theirs).max() / max(np.abs(theirs).max(), 1e-2))
    if not found <= allowed:
        raise Differs(f"{what}: {found:.2g} of their scale apart, allowed {allowed:.2g}")
    return found


def names_of(net, struct):
    """The names of inputs or outputs that are a dictionary, in Keras's order; else nothing."""
    found = getattr(net, struct, None)
    return sorted(found) if isinstance(found, dict) else []


def of_other_lengths(net, more):
    """The model for sequences that are longer by so many steps (of each input), with its weights."""
    config = net.get_config()
    inputs = [layer["config"] for layer in config["layers"] if layer["class_name"] == "InputLayer"]
    for one, steps in zip(inputs, more, strict=True):
        one["batch_shape"] = [None, one["batch_shape"][1] + steps, *one["batch_shape"][2:]] if steps else one["batch_shape"]
    config.pop("build_input_shape", None)
    made = type(net).from_config(config)
    made.set_weights(net.get_weights())
    return made


class Case:
    def __init__(self, name, binary, folder):
        self.name, self.binary, self.folder = name, binary, pathlib.Path(folder)
        make, self.draws, target = MODELS[name]
        rng = np.random.default_rng(sum(map(ord, name)))
        keras.utils.set_random_seed(7)
        self.net = make()
        for variable in self.net.weights:  # zeros and ones would hide mistakes
            value = np.array(variable)
            if value.size and np.all(value == value.flat[0]):
                variable.assign(value + rng.uniform(0.05, 0.2, value.shape))
        self.losses = {"numbers": ["mse"], "yes": ["binary_crossentropy"], "one hot": ["categorical_crossentropy"]}.get(target, ["sparse_categorical_crossentropy"])
        if target == "several":
            self.losses = ["sparse_categorical_crossentropy", "mse"] if name == "two_outputs" else ["binary_crossentropy", "sparse_categorical_crossentropy"]
        if target != "not compiled" and not self.net.compiled:
            self.net.compile(keras.optimizers.Adam(0.004), self.losses[0], metrics=["accuracy"])
        self.x = data_of(self.net, rng)
        if name == "masking":
            self.x[0][:, 5:] = 0
        if name == "bag_of_words_of_float_ids":
            self.x = [rng.integers(0, 11, size=(SAMPLES, 7)).astype(np.float32)]
        self.y = targets_of(self.net, self.losses, rng)
        self.net.save(self.folder / "model.keras")

    def call(self, *arguments):
        done = subprocess.run([self.binary, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=TIME_LIMIT, env=dict(os.environ, OMP_NUM_THREADS="1"))
        if done.returncode != 0:
            raise Differs(f"teranga {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
        return done.stdout

    @staticmethod
    def outputs_of(net, x):
        given = dict(zip(names_of(net, "_inputs_struct"), x)) if names_of(net, "_inputs_struct") else x if len(x) > 1 else x[0]
        return [np.asarray(each) for each in keras.tree.flatten(net(given, training=False))]

    def arrays(self):
        """The names of the recipe's arrays, features first, as it tells them."""
        table = re.search(r"numpy\.savez\(\"[^\"]*\", ([^)]*)\)", self.recipe).group(1)
        return [pair.split("=")[0] for pair in table.split(", ")]

    def output_layers(self):
        found = re.findall(r"\n\[\[?loss\]\]?\n(?:[^\n\[]+\n)*", self.recipe)
        named = [re.search(r'^output = "([^"]*)"', table, re.M) for table in found]
        return [each.group(1) if each else None for each in named]

    def predictions(self, checkpoint):
        out = []
        for layer in self.output_layers():
            file = self.folder / "data.npz" if len(self.x) > 1 else self.folder / "x.npy"
            self.call("predict", checkpoint, "--input", file, "--output", "out.npy", *(["--layer", layer] if layer else []))
            out.append(np.load(self.folder / "out.npy"))
        return out

    def come_in(self):
        self.call("import", "model.keras")
        self.recipe = (self.folder / "model.toml").read_text()
        names = self.arrays()
        np.savez(self.folder / "data.npz", **dict(zip(names, [*self.x, *self.y])))
        np.save(self.folder / "x.npy", self.x[0])
        own = f'[data]\ntype = "arrays"\ntrain = "data.npz"\nfeatures = {json.dumps(names[:len(self.x)])}\ntargets = {json.dumps(names[len(self.x):])}\n'
        ids = [name for name, tensor in zip(names, self.x) if tensor.dtype == np.int32 or self.name == "bag_of_words_of_float_ids"]
        own += f"ids = {json.dumps(ids)}\n" if ids else ""
        (self.folder / "own.toml").write_text(re.sub(r"\[data\]\n(?:[^\n]+\n)*", lambda _: own, self.recipe, count=1))
        self.call("check", "own.toml")
        if len(self.x) == 1 and len(self.y) == 1:
            self.call("check", "model.toml")
            self.call("train", "model.toml", "--init-weights", "model.checkpoint.h5", "--dry-run", "--run", "dry", "--progress", "none")
        theirs = self.outputs_of(self.net, self.x)
        mine = self.predictions("model.checkpoint.h5")
        return max(apart(m, t, "outputs", OUTPUTS) for m, t in zip(mine, theirs, strict=True))

    def come_in_from_hdf5(self):
        """The format of whole models before Keras 3, where the names of layers tell whose the weights are."""
        self.net.save(self.folder / "old.h5")
        self.call("import", "old.h5")
        for m, t in zip(self.predictions("old.checkpoint.h5"), self.outputs_of(self.net, self.x), strict=True):
            apart(m, t, "outputs of the .h5 file", OUTPUTS)

    def as_onnx(self):
        """For all samples, for one, and for other lengths where those are open; the largest distance of the outputs."""
        self.call("export", "model.checkpoint.h5", "--to", "onnx", "--output", "model.onnx")
        model = OnnxRun(self.folder / "model.onnx")
        longer = [2 if is_open else 0 for is_open in model.open_lengths()]
        if any(longer) != (self.name not in ONE_LENGTH and any(len(x.shape) == (2 if x.dtype == np.int32 else 3) for x in self.x)):
            raise Differs(f"the inputs of the model of ONNX are {[port.shape for port in model.inputs]}")
        cases = [(self.net, self.x), (self.net, [x[:1] for x in self.x])]
        if any(longer):
            other = of_other_lengths(self.net, longer)
            cases.append((other, data_of(other, np.random.default_rng(5))))
        programs = [model.run] if self.name in BEYOND_REFERENCE else [model.run, model.by_reference]
        return max(apart(m, t, f"outputs of the model of ONNX ({run.__name__}) for inputs of {[tuple(x.shape) for x in inputs]}", OUTPUTS)
                   for net, inputs in cases for run in programs for m, t in zip(run(inputs), self.outputs_of(net, inputs), strict=True))

    def train_on(self):
        """Both sides, for the same batches; the largest distance of a step's loss."""
        self.call("train", "own.toml", "--init-weights", "model.checkpoint.h5", "--run", "run", "--progress", "none", "--threads", 1,
                  *(word for value in (f"training.epochs={STEPS * BATCH // SAMPLES}", f"training.batch_size={BATCH}", "training.shuffle=false", "training.log_every_steps=1") for word in ("--set", value)))
        events = [json.loads(line) for line in (self.folder / "run/metrics.jsonl").read_text().splitlines()]
        mine = np.array([event["loss"] for event in events if event["event"] == "step"])
        if self.draws or not self.net.compiled:
            return 0.0
        theirs, inputs, outputs = [], names_of(self.net, "_inputs_struct"), names_of(self.net, "_outputs_struct")
        x, y = dict(zip(inputs, self.x)) if inputs else self.x, dict(zip(outputs, self.y)) if outputs else self.y
        for step in range(STEPS):
            part = slice(step * BATCH % SAMPLES, step * BATCH % SAMPLES + BATCH)
            batch = keras.tree.map_structure(lambda array: array[part], (x, y))
            alone = [each[0] if isinstance(each, list) and len(each) == 1 else each for each in batch]
            self.net.reset_metrics()  # else it tells the mean of all steps so far
            theirs.append(float(self.net.train_on_batch(*alone, return_dict=True)["loss"]))
        self.net.optimizer.finalize_variable_values(self.net.trainable_variables)  # as fit() does after its last epoch
        theirs = np.array(theirs)
        if len(mine) != STEPS:
            raise Differs(f"{len(mine)} steps were logged, wanted {STEPS}")
        distance = float((np.abs(mine - theirs) / np.maximum(np.abs(theirs), 1e-3 * np.abs(theirs).max())).max())
        if not distance <= STEPS_APART:
            raise Differs(f"losses of steps are {distance:.2g} apart, allowed {STEPS_APART:.2g}\n  Teranga {mine}\n  Keras   {theirs}")
        for m, t in zip(self.predictions("run"), self.outputs_of(self.net, self.x), strict=True):
            apart(m, t, "outputs after training", TRAINED_APART)
        return distance

    def go_out(self):
        self.call("export", "run", "--to", "keras", "--output", "back.keras")
        back = keras.saving.load_model(self.folder / "back.keras")
        if self.net.compiled and not back.compiled:
            raise Differs("the model that came back is not compiled")
        mine = self.predictions("run")
        return max(apart(t, m, "outputs of the model that came back", OUTPUTS) for m, t in zip(mine, self.outputs_of(back, self.x), strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teranga", required=True, help="the binary")
    parser.add_argument("--only", action="append", help="a model; may be given again")
    parser.add_argument("--part", default="1/1", help="2/3: the second third of the models")
    parser.add_argument("--keep", help="a folder for the files")
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    names = options.only or list(MODELS)[part - 1::parts]
    place = options.keep or tempfile.mkdtemp(prefix="teranga-exchange-")
    failed, began = 0, time.time()
    print("outputs  onnx     steps    back     seconds  model")
    for name in names:
        folder, start = os.path.join(place, name), time.time()
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        keras.backend.clear_session()
        try:
            case = Case(name, os.path.abspath(options.teranga), folder)
            came = case.come_in()
            if name in OLD_FORMAT:
                case.come_in_from_hdf5()
            print(f"{came:.1e}  {case.as_onnx():.1e}  {case.train_on():.1e}  {case.go_out():.1e}  {time.time() - start:5.1f}    {name}", flush=True)
        except Exception as problem:
            failed += 1
            print(f"{name} FAILS: " + (str(problem) if isinstance(problem, Differs) else traceback.format_exc()), flush=True)
    print(f"{len(names)} models, {failed} failed, {time.time() - began:.0f} s")
    if not options.keep:
        shutil.rmtree(place, ignore_errors=True)
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
