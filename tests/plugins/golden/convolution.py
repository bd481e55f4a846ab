# SPDX-License-Identifier: Apache-2.0
"""Keras's convolution layers: values and gradients."""
from golden import Book, keras

book = Book(__file__)
L = keras.layers
book.record("conv2d", L.Conv2D(3, 3), [(2, 6, 5, 2)], 1)
book.record("conv2d_same", L.Conv2D(3, (2, 4), strides=(2, 3), padding="same"), [(2, 5, 7, 2)], 2)
book.record("conv2d_dilated", L.Conv2D(2, (3, 2), dilation_rate=(2, 3), padding="same", use_bias=False), [(1, 6, 7, 3)], 3)
book.record("conv2d_groups", L.Conv2D(6, 2, groups=2), [(2, 4, 4, 4)], 4)
book.record("conv2d_strided_1x1", L.Conv2D(3, 1, strides=2), [(2, 5, 4, 3)], 5)
book.record("conv1d", L.Conv1D(4, 3, strides=2, padding="same"), [(2, 7, 3)], 6)
book.record("conv1d_causal", L.Conv1D(3, 3, dilation_rate=2, padding="causal"), [(2, 7, 2)], 7)
book.record("conv1d_groups", L.Conv1D(4, 2, groups=2, use_bias=False), [(2, 5, 6)], 8)
book.record("depthwise", L.DepthwiseConv2D(3), [(2, 5, 4, 3)], 9)
book.record("depthwise_multiplier", L.DepthwiseConv2D((2, 3), strides=2, padding="same", depth_multiplier=2), [(2, 5, 6, 3)], 10)
book.record("depthwise_dilated", L.DepthwiseConv2D(2, dilation_rate=2, padding="same", use_bias=False), [(1, 5, 4, 2)], 11)
book.write()
