# SPDX-License-Identifier: Apache-2.0
"""Keras's layers that make images and sequences larger: upsampling and transposed convolution."""
from golden import Book, keras

book = Book(__file__)
L = keras.layers
book.record("upsampling1d", L.UpSampling1D(3), [(2, 3, 2)], 1)
book.record("upsampling2d", L.UpSampling2D((2, 3)), [(2, 2, 3, 2)], 2)
book.record("bilinear", L.UpSampling2D((2, 3), interpolation="bilinear"), [(2, 3, 2, 2)], 3)
book.record("bilinear_of_one_row", L.UpSampling2D(4, interpolation="bilinear"), [(2, 1, 3, 1)], 4)
book.record("transpose", L.Conv2DTranspose(3, 3), [(2, 4, 3, 2)], 5)
book.record("transpose_strided", L.Conv2DTranspose(2, (2, 5), strides=(3, 2), padding="valid"), [(2, 3, 4, 3)], 6)
book.record("transpose_same", L.Conv2DTranspose(3, (3, 4), strides=2, padding="same"), [(2, 3, 4, 2)], 7)
book.record("transpose_same_thin", L.Conv2DTranspose(2, (1, 2), strides=(3, 4), padding="same", use_bias=False), [(2, 2, 3, 2)], 8)
book.record("transpose_same_wide", L.Conv2DTranspose(2, 5, strides=2, padding="same"), [(1, 3, 3, 2)], 9)
book.record("transpose_same_padded", L.Conv2DTranspose(2, (3, 4), strides=(2, 3), padding="same", output_padding=(1, 0)), [(2, 3, 3, 2)], 10)
book.record("transpose_padded", L.Conv2DTranspose(2, 3, strides=3, output_padding=(2, 1)), [(2, 2, 3, 2)], 11)
book.record("transpose_dilated", L.Conv2DTranspose(2, (3, 2), padding="same", dilation_rate=(2, 3)), [(1, 5, 4, 3)], 12)
book.write()
