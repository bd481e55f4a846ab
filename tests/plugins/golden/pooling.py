# SPDX-License-Identifier: Apache-2.0
"""Keras's pooling and padding layers: values and gradients. The inputs named "ties" hold few distinct values, so that windows have several
largest cells."""
from golden import Book, keras, np

book = Book(__file__)
L = keras.layers
ties = np.random.default_rng(0).integers(0, 3, (2, 5, 6, 3)).astype(np.float32)
line_ties = ties.reshape(2, 10, 9)
book.record("max2d", L.MaxPooling2D(), [(2, 4, 6, 3)], 1)
book.record("max2d_ties", L.MaxPooling2D(), [ties], 2)
book.record("max2d_overlap", L.MaxPooling2D((3, 2), strides=(2, 1), padding="same"), [ties], 3)
book.record("max1d", L.MaxPooling1D(3, strides=2, padding="same"), [line_ties], 4)
book.record("average2d", L.AveragePooling2D(2), [(2, 5, 6, 3)], 5)
book.record("average2d_same", L.AveragePooling2D((3, 4), strides=2, padding="same"), [(2, 5, 6, 3)], 6)
book.record("average1d", L.AveragePooling1D(3, strides=1, padding="same"), [(2, 7, 2)], 7)
book.record("global_max1d", L.GlobalMaxPooling1D(), [(2, 5, 3)], 8)
book.record("global_max2d_ties", L.GlobalMaxPooling2D(keepdims=True), [ties], 9)
book.record("global_average1d", L.GlobalAveragePooling1D(keepdims=True), [(2, 5, 3)], 10)
book.record("global_average2d", L.GlobalAveragePooling2D(), [(2, 3, 5, 3)], 11)
book.record("zero_padding1d", L.ZeroPadding1D((1, 2)), [(2, 3, 2)], 12)
book.record("zero_padding2d", L.ZeroPadding2D(2), [(1, 2, 3, 2)], 13)
book.record("zero_padding2d_pair", L.ZeroPadding2D((1, 2)), [(2, 2, 3, 2)], 14)
book.record("zero_padding2d_four", L.ZeroPadding2D(((1, 0), (2, 3))), [(2, 2, 3, 1)], 15)


class MinPooling2D(L.MaxPooling2D):
    """Keras has no minimum over windows: the maximum of -x, negated."""

    def call(self, inputs):
        return -super().call(-inputs)


class MinPooling1D(L.MaxPooling1D):
    def call(self, inputs):
        return -super().call(-inputs)


book.record("min2d_ties", MinPooling2D((2, 3), strides=(1, 2), padding="same"), [ties], 16)
book.record("min1d", MinPooling1D(2), [line_ties], 17)
book.write()
