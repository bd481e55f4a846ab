# SPDX-License-Identifier: Apache-2.0
"""Weights that Keras saved come to the right layers of a recipe, and back: those of recurrent layers lie in a cell, those of wrapped layers and of
attention in parts. By the layers' names where the recipe has them all, otherwise by class and order; where random generators stand is no weight.
Layers of inner models, and those of whole models in an .h5 file, too. Keras loads what Teranga exports, and computes the same."""
import os
import subprocess
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import h5py
import keras
import numpy as np

PLACES = {  # in the recipe -> in Keras's file
    "embedding/embeddings": "embedding/vars/0",
    "first/kernel": "lstm/cell/vars/0", "first/recurrent_kernel": "lstm/cell/vars/1", "first/bias": "lstm/cell/vars/2",
    "second/kernel": "lstm_1/cell/vars/0", "second/recurrent_kernel": "lstm_1/cell/vars/1", "second/bias": "lstm_1/cell/vars/2",
    "gated/bias": "gru/cell/vars/2",
    "both/forward_layer/kernel": "bidirectional/forward_layer/cell/vars/0", "both/backward_layer/recurrent_kernel": "bidirectional/backward_layer/cell/vars/1",
    "query/query/kernel": "multi_head_attention/query_dense/vars/0", "query/key/bias": "multi_head_attention/key_dense/vars/1",
    "query/value/kernel": "multi_head_attention/value_dense/vars/0", "query/attention_output/kernel": "multi_head_attention/output_dense/vars/0",
    "norm/gamma": "layer_normalization/vars/0", "norm/beta": "layer_normalization/vars/1",
    "each/layer/kernel": "time_distributed/layer/vars/0", "each/layer/bias": "time_distributed/layer/vars/1",
    "dense/kernel": "dense/vars/0", "dense/bias": "dense/vars/1",
}
RECIPE = """schema = 1
layer = [
  { type = "embedding", name = "embedding", input_dim = 6, output_dim = 3 },
  { type = "lstm", name = "first", units = 3, return_sequences = true, dropout = 0.2 },
  { type = "lstm", name = "second", units = 3, return_sequences = true },
  { type = "gru", name = "gated", units = 3, return_sequences = true },
  { type = "bidirectional", name = "both", layer = { type = "simple_rnn", units = 3, return_sequences = true }, merge_mode = "sum" },
  { type = "dropout", name = "dropout", rate = 0.3 },
  { type = "multi_head_attention", name = "query", num_heads = 2, key_dim = 2 },
  { type = "layer_normalization", name = "norm" },
  { type = "time_distributed", name = "each", layer = { type = "dense", units = 3 } },
  { type = "dense", name = "dense", units = 3 },
]
[data]
type = "npz"
train = "data.npz"
[loss]
type = "sparse_categorical_crossentropy"
from_logits = true
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 4
"""


def model():
    layers = keras.layers
    x = at = keras.Input((4,), dtype="int32")
    at = layers.Embedding(6, 3, name="embedding")(at)
    at = layers.LSTM(3, return_sequences=True, dropout=0.2, name="first")(at)
    at = layers.LSTM(3, return_sequences=True, name="second")(at)
    at = layers.GRU(3, return_sequences=True, name="gated")(at)
    at = layers.Bidirectional(layers.SimpleRNN(3, return_sequences=True), merge_mode="sum", name="both")(at)
    at = layers.Dropout(0.3, name="dropout")(at)
    at = layers.MultiHeadAttention(2, 2, name="query")(at, at)
    at = layers.LayerNormalization(name="norm")(at)
    at = layers.TimeDistributed(layers.Dense(3, name="dense"), name="each")(at)  # a part may be named as another layer
    return keras.Model(x, layers.Dense(3, name="dense")(at))


def saved(path):
    made = model()
    rng = np.random.default_rng(1)
    for variable in made.weights:
        variable.assign(rng.standard_normal(variable.shape))
    made.save_weights(path)


def exported(binary, run, folder):
    """What a run has come to, loaded into Keras, gives its outputs."""
    weights, ids = os.path.join(folder, "exported.weights.h5"), np.random.default_rng(3).integers(0, 6, (5, 4)).astype(np.int32)
    np.save(os.path.join(folder, "ids.npy"), ids)
    for call in (["checkpoint", "export", run, "--to", "keras", "--output", weights],
                 ["predict", run, "--input", os.path.join(folder, "ids.npy"), "--output", os.path.join(folder, "out.npy")]):
        subprocess.run([binary, *call], check=True, timeout=60)
    loaded = model()
    loaded.load_weights(weights)
    mine, theirs = np.load(os.path.join(folder, "out.npy")), np.asarray(loaded.predict_on_batch(ids))
    apart = np.abs(mine - theirs).max() / np.abs(theirs).max()
    if not apart < 1e-5:
        sys.exit(f"with the exported weights Keras's outputs are {apart:.2g} of their scale apart")
    return weights


NESTED = """schema = 1
layer = [
  { type = "dense", name = "first", units = 5, activation = "relu" },
  { type = "dense", name = "NAMEa", units = 3, activation = "tanh" },
  { type = "dense", name = "NAMEb", units = 4 },
  { type = "dense", name = "last", units = 1 },
]
[data]
type = "npz"
train = "nested.npz"
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
[training]
epochs = 1
"""


def nested_models():
    """A model with an inner one: as a Sequential, as a Functional, as a subclass whose layers are attributes."""
    layers = keras.layers
    inner = lambda: keras.Sequential([layers.Dense(3, activation="tanh", name="inner_a"), layers.Dense(4, name="inner_b")], name="inner")
    first, last = lambda: layers.Dense(5, activation="relu", name="first"), lambda: layers.Dense(1, name="last")
    yield "sequential", keras.Sequential([keras.Input((2,)), first(), inner(), last()]), True
    x, at = keras.Input((2,)), keras.Input((5,))
    h = layers.Dense(4, name="inner_b")(layers.Dense(3, activation="tanh", name="inner_a")(at))
    yield "functional", keras.Model(x, last()(keras.Model(at, h, name="inner")(first()(x)))), True

    class Subclass(keras.Model):
        def __init__(self):
            super().__init__()
            self.begin, self.middle, self.end = first(), inner(), last()

        def call(self, x):
            return self.end(self.middle(self.begin(x)))
    made = Subclass()
    made(np.zeros((1, 2), "float32"))
    yield "subclass", made, False  # groups are named after attributes: the layers' names have to tell


def nested(binary, folder):
    """Inner models come to their places by name and, where only one order fits, by shape; whole models in an .h5 file by name; a .keras file is told."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((7, 2)).astype("float32")
    np.savez(os.path.join(folder, "nested.npz"), x=x, y=rng.standard_normal((7, 1)).astype("float32"))
    np.save(os.path.join(folder, "x.npy"), x)
    checked = 0
    for name, made, by_order in nested_models():
        for variable in made.weights:
            variable.assign(rng.standard_normal(variable.shape))
        expected = np.asarray(made(x))
        files = [os.path.join(folder, name + ".weights.h5")]
        made.save_weights(files[0])
        if name != "subclass":
            files.append(os.path.join(folder, name + ".h5"))
            made.save(files[1])
        for recipe_names in ["inner_"] + ["renamed_"] * by_order:
            recipe = os.path.join(folder, recipe_names + "nested.toml")
            with open(recipe, "w", encoding="utf-8") as out:
                out.write(NESTED.replace("NAME", recipe_names))
            for file in files:
                if recipe_names == "renamed_" and file.endswith(name + ".h5"):
                    continue  # by name alone
                run = os.path.join(folder, f"run{checked}")
                subprocess.run([binary, "train", recipe, "--run", run, "--dry-run", "--init-weights", file, "--progress", "none"], check=True, timeout=60)
                subprocess.run([binary, "predict", run, "--input", os.path.join(folder, "x.npy"), "--output", os.path.join(folder, "out.npy")], check=True, timeout=60)
                apart = np.abs(np.load(os.path.join(folder, "out.npy")) - expected).max() / np.abs(expected).max()
                if not apart < 1e-5:
                    sys.exit(f"with the weights of {os.path.basename(file)} and layers named {recipe_names} the outputs are {apart:.2g} of their scale apart from Keras's")
                checked += 1
        whole = os.path.join(folder, name + ".keras")
        if name != "subclass":
            made.save(whole)
            told = subprocess.run([binary, "train", recipe, "--run", run, "--fresh", "--init-weights", whole, "--progress", "none"], capture_output=True, text=True, timeout=60)
            if told.returncode != 5 or "teranga import" not in told.stderr:
                sys.exit(f"a .keras file was met with code {told.returncode}: {told.stderr}")
    return checked


def main():
    binary = os.path.abspath(sys.argv[sys.argv.index("--teranga") + 1])
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "keras.weights.h5")
        saved(source)
        rng = np.random.default_rng(2)
        np.savez(os.path.join(folder, "data.npz"), x=rng.integers(0, 6, (8, 4)).astype(np.int32), y=rng.integers(0, 3, (8, 4)).astype(np.int32))
        for renamed in ("second", "again"):  # by name, and by order
            recipe = os.path.join(folder, renamed + ".toml")
            with open(recipe, "w", encoding="utf-8") as out:
                out.write(RECIPE.replace("second", renamed))
            subprocess.run([binary, "train", recipe, "--run", os.path.join(folder, renamed), "--init-weights", source, "--progress", "none"], check=True, timeout=60)
            with h5py.File(source) as theirs, h5py.File(os.path.join(folder, renamed, "checkpoints/step-000000000000.h5")) as mine:
                for own, keras_name in PLACES.items():
                    if not np.array_equal(mine["parameters"][own.replace("second", renamed)][()], theirs["layers"][keras_name][()]):
                        sys.exit(f"{own} is not {keras_name}, with a layer named {renamed}")
        weights = exported(binary, os.path.join(folder, "again"), folder)
        subprocess.run([binary, "train", recipe, "--run", os.path.join(folder, "back"), "--init-weights", weights, "--dry-run", "--progress", "none"], check=True, timeout=60)
        print(f"{len(PLACES)} tensors of Keras came to their places, and back; {nested(binary, folder)} files with inner models did too")


main()
