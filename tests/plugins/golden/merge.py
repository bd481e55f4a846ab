# SPDX-License-Identifier: Apache-2.0
"""Keras's merging layers."""
import numpy as np

from golden import Book, keras

book = Book(__file__)
L = keras.layers
for seed, (name, layer) in enumerate([("add", L.Add()), ("average", L.Average()), ("multiply", L.Multiply()), ("maximum", L.Maximum()), ("minimum", L.Minimum())]):
    book.record(name, layer, [(3, 2, 4)] * 3, seed)
book.record("subtract", L.Subtract(), [(3, 5)] * 2, 6)
book.record("concatenate", L.Concatenate(), [(3, 2), (3, 4), (3, 1)], 7)
book.record("concatenate_axis_1", L.Concatenate(axis=1), [(2, 3, 4), (2, 1, 4)], 8)
few = np.random.default_rng(9)
for seed, (name, layer) in enumerate([("maximum", L.Maximum()), ("minimum", L.Minimum())], 9):
    book.record(name + "_of_equals", layer, [few.integers(0, 3, (4, 9)).astype(np.float64) for _ in range(4)], seed)
book.write()
