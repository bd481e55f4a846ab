# SPDX-License-Identifier: Apache-2.0
"""What follows an update, against Keras: constraints of weights, and moving averages of them. The same first weights and batches; the weights after 20 steps must agree."""
import os
import subprocess
import sys
import tempfile
import warnings

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import keras
import numpy as np

warnings.filterwarnings("ignore", message="Skipping variable loading for optimizer")
TOLERANCE = 2e-5
EPOCHS, SAMPLES, BATCH = 4, 40, 8
RECIPE = """schema = 1
layer = [
  {{ type = "embedding", name = "ids", input_dim = 9, output_dim = 12{embeddings} }},
  {{ type = "reshape", name = "square", target_shape = [6, 6, 2] }},
  {{ type = "conv2d", name = "conv", filters = 4, kernel_size = 3, activation = "tanh"{conv} }},
  {{ type = "reshape", name = "steps", target_shape = [4, 16] }},
  {{ type = "gru", name = "gru", units = 5{gru} }},
  {{ type = "dense", name = "out", units = 3{dense} }},
]
[data]
type = "npz"
train = "data.npz"
validation = "data.npz"
[loss]
type = "mean_squared_error"
[optimizer]
type = "{optimizer}"
learning_rate = {rate}
{average}
[training]
epochs = 4
batch_size = 8
shuffle = false
"""
CONSTRAINTS = {"max_norm": keras.constraints.MaxNorm, "min_max_norm": keras.constraints.MinMaxNorm, "unit_norm": keras.constraints.UnitNorm, "non_neg": keras.constraints.NonNeg}
OPTIMIZERS = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW, "muon": keras.optimizers.Muon, "lamb": keras.optimizers.Lamb}
CASES = [
    # layer -> parameter -> constraint and options; optimizer, rate; options of the average
    ({"dense": {"kernel": ("max_norm", {"max_value": 0.7}), "bias": ("non_neg", {})}}, "sgd", 0.3, {}),
    ({"conv": {"kernel": ("max_norm", {"max_value": 0.5, "axis": [0, 1, 2]})}, "gru": {"recurrent": ("unit_norm", {}), "kernel": ("min_max_norm", {"min_value": 0.6, "max_value": 0.8, "rate": 0.5})}}, "adam", 0.02, {}),
    ({"embeddings": {"embeddings": ("unit_norm", {"axis": 1})}, "dense": {"kernel": ("max_norm", {})}}, "adam", 0.05, {}),
    ({"embeddings": {"embeddings": ("min_max_norm", {"axis": [-1]})}, "conv": {"kernel": ("non_neg", {})}}, "muon", 0.02, {}),
    ({}, "adam", 0.02, {"use_ema": True}),
    ({}, "sgd", 0.2, {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 7}),
    ({"dense": {"kernel": ("max_norm", {"max_value": 0.4})}}, "adamw", 0.03, {"use_ema": True, "ema_momentum": 0.6}),
    ({}, "lamb", 0.02, {"use_ema": True, "ema_momentum": 0.9}),
]


def toml(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def in_recipe(constraints):
    words = ""
    for parameter, (kind, options) in constraints.items():
        rest = "".join(f", {key} = {toml(value)}" for key, value in options.items())
        words += f', {parameter}_constraint = ' + (f'{{ type = "{kind}"{rest} }}' if rest else f'"{kind}"')
    return words


def in_keras(constraints):
    return {f"{parameter}_constraint": CONSTRAINTS[kind](**{key: tuple(value) if isinstance(value, list) else value for key, value in options.items()}) for parameter, (kind, options) in constraints.items()}


def model(constraints, optimizer, rate, average):
    layers, given = keras.layers, {place: in_keras(of) for place, of in constraints.items()}
    made = keras.Sequential([keras.Input((6,), dtype="int32"), layers.Embedding(9, 12, name="ids", **given.get("embeddings", {})), layers.Reshape((6, 6, 2), name="square"),
                             layers.Conv2D(4, 3, activation="tanh", name="conv", **given.get("conv", {})), layers.Reshape((4, 16), name="steps"), layers.GRU(5, name="gru", **given.get("gru", {})),
                             layers.Dense(3, name="out", **given.get("dense", {}))])
    made.compile(optimizer=OPTIMIZERS[optimizer](learning_rate=rate, **average), loss="mean_squared_error")
    rng = np.random.default_rng(5)
    for variable in made.weights:
        variable.assign(rng.standard_normal(variable.shape) * 0.4)
    return made


def weights_of(binary, folder, run):
    """The weights that Teranga judges by, in a model of Keras."""
    path = os.path.join(folder, "out.weights.h5")
    subprocess.run([binary, "checkpoint", "export", run, "--to", "keras", "--output", path], check=True, timeout=60, stdout=subprocess.DEVNULL)
    loaded = model({}, "sgd", 0.1, {})
    loaded.load_weights(path)
    os.remove(path)
    return [np.array(v) for v in loaded.weights]


def train(binary, folder, run, *words):
    subprocess.run([binary, "train", os.path.join(folder, "net.toml"), "--run", run, "--progress", "none", "--set", "checkpoint.every_seconds=0", *words], check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main(binary):
    failed = 0
    for number, (constraints, optimizer, rate, average) in enumerate(CASES):
        with tempfile.TemporaryDirectory(prefix="teranga-updates-") as folder:
            rng = np.random.default_rng(number)
            x, y = rng.integers(0, 9, (SAMPLES, 6)).astype(np.int32), rng.standard_normal((SAMPLES, 3)).astype(np.float32)
            np.savez(os.path.join(folder, "data.npz"), x=x, y=y)
            reference, first = model(constraints, optimizer, rate, average), os.path.join(folder, "first.weights.h5")
            reference.save_weights(first)
            place = {key: in_recipe(constraints.get(key, {})) for key in ("embeddings", "conv", "gru", "dense")}
            settings = "\n".join(f"{key} = {toml(value)}" for key, value in average.items())
            with open(os.path.join(folder, "net.toml"), "w", encoding="utf-8") as file:
                file.write(RECIPE.format(optimizer=optimizer, rate=rate, average=settings, **place))
            reference.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
            whole, parts = os.path.join(folder, "whole"), os.path.join(folder, "parts")
            train(binary, folder, whole, "--init-weights", first)
            train(binary, folder, parts, "--init-weights", first, "--set", "training.epochs=2")
            train(binary, folder, parts)
            apart = 0.0
            for mine, theirs in zip(weights_of(binary, folder, whole), reference.weights):
                theirs = np.array(theirs)
                apart = max(apart, float(np.abs(mine - theirs).max() / np.abs(theirs).max()))
            resumed = all(np.array_equal(a, b) for a, b in zip(weights_of(binary, folder, whole), weights_of(binary, folder, parts)))
            judged = subprocess.run([binary, "evaluate", whole, "--data", "part=validation", "--json"], check=True, timeout=60, capture_output=True, text=True).stdout
            with open(os.path.join(whole, "metrics.jsonl"), encoding="utf-8") as file:
                told = [line for line in file if '"event":"epoch"' in line][-1]
            number_in = lambda text, key: float(text.split(f'"{key}":')[1].split(",")[0].rstrip("}\n"))
            same_loss = abs(number_in(judged, "loss") - number_in(told, "val_loss")) < 1e-6 and abs(number_in(judged, "loss") - float(reference.evaluate(x, y, batch_size=BATCH, verbose=0))) < 1e-4
            good = apart < TOLERANCE and resumed and same_loss
            failed += not good
            print(f"{'ok  ' if good else 'FAIL'} {optimizer:6} {constraints or ''} {average or ''}: {apart:.1e} apart, {'resumed to the same bits' if resumed else 'RESUMED TO OTHER WEIGHTS'}, {'judged by them' if same_loss else 'JUDGED OTHERWISE'}")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[2]) != 0)
