# SPDX-License-Identifier: Apache-2.0
"""Keras's core and reshaping layers."""
from golden import Book, keras

book = Book(__file__)
L = keras.layers
book.record("dense", L.Dense(5), [(4, 3)], 1)
book.record("dense_of_steps", L.Dense(4), [(3, 2, 6)], 2)
book.record("dense_without_bias", L.Dense(2, use_bias=False), [(3, 5)], 3)
book.record("flatten", L.Flatten(), [(2, 3, 2, 2)], 4)
book.record("reshape", L.Reshape((3, -1)), [(2, 4, 3)], 5)
book.record("permute", L.Permute((3, 1, 2)), [(2, 3, 4, 2)], 6)
book.record("rescaling", L.Rescaling(0.25, offset=-1.5), [(3, 4)], 7)
book.write()
