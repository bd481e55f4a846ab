# SPDX-License-Identifier: Apache-2.0
"""Weights that Keras 3 saved, read and written by Teranga, load into a second Keras model bit for bit. A must where CI=true."""
import os
import subprocess
import sys
import tempfile

TOOL = sys.argv[1]
PYTHON = os.environ.get("TERANGA_PARITY_PYTHON", "")


def models(keras):
    layers = keras.layers
    functional_in = keras.Input((3,))
    hidden = layers.Dense(4)(functional_in)
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.Dense(4)])
    yield "convolutional", keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.BatchNormalization(), layers.Flatten(), layers.Dense(3), layers.Dense(4, name="head")])
    yield "recurrent", keras.Sequential(
        [keras.Input((5,)), layers.Embedding(7, 3), layers.LSTM(4, return_sequences=True), layers.GRU(2, return_sequences=True),
         layers.SimpleRNN(2), layers.Dropout(0.5, seed=1), layers.Dense(1)])
    yield "functional", keras.Model(functional_in, layers.Add()([hidden, inner(hidden)]))
    yield "deep", keras.Sequential([keras.Input((2,))] + [layers.Dense(2) for _ in range(12)])


def check():
    import keras
    import numpy

    with tempfile.TemporaryDirectory() as folder:
        for (name, saved), (_, loaded) in zip(models(keras), models(keras)):
            values = numpy.random.default_rng(1)
            saved.set_weights([values.standard_normal(w.shape).astype("float32") for w in saved.get_weights()])
            source, copy = os.path.join(folder, name + ".weights.h5"), os.path.join(folder, name + "_copy.weights.h5")
            saved.save_weights(source)
            subprocess.run([TOOL, source, copy], check=True, timeout=30)
            loaded.load_weights(copy)
            pairs = list(zip(saved.get_weights(), loaded.get_weights(), strict=True))
            if not pairs or not all(numpy.array_equal(a, b) for a, b in pairs):
                sys.exit(f"{name}: the weights came back changed")
            print(f"{name}: {len(pairs)} tensors came back bit for bit")


if len(sys.argv) > 2:
    check()
    sys.exit(0)
environment = dict(os.environ, KERAS_BACKEND="jax")
try:
    found = subprocess.run([PYTHON, "-c", "import keras, jax, h5py, numpy"], env=environment, timeout=100).returncode == 0
except OSError:
    found = False
if not found:
    print(f"SKIPPED: TERANGA_PARITY_PYTHON ('{PYTHON}') has no keras, jax, h5py and numpy. tests/run makes one that has.")
    sys.exit(1 if os.environ.get("CI") == "true" else 77)
sys.exit(subprocess.run([PYTHON, "-B", __file__, TOOL, "check"], env=environment, timeout=150).returncode)
