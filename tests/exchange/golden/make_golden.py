# SPDX-License-Identifier: Apache-2.0
"""Makes small.keras, the model that refused_test.py spoils in many ways, for tests that run without Keras."""
import pathlib

import keras

keras.utils.set_random_seed(3)
net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, activation="relu"), keras.layers.Dense(3, activation="softmax")])
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.save(pathlib.Path(__file__).resolve().parent / "small.keras")
