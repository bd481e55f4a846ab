# SPDX-License-Identifier: Apache-2.0
"""Keras's embedding, and KerasHub's layers over tables of tokens and positions: those in the words of their documentation, with Keras's operations."""
import numpy as np

from golden import Book, keras

ops = keras.ops


class TiedDense(keras.layers.Layer):
    """ReversibleEmbedding with reverse=True."""

    def build(self, shape):
        self.embeddings = self.add_weight(name="embeddings", shape=(7, shape[-1]))

    def call(self, x):
        return ops.matmul(x, ops.transpose(self.embeddings))


class PositionEmbedding(keras.layers.Layer):
    """x + PositionEmbedding(9)(x)."""

    def build(self, shape):
        self.embeddings = self.add_weight(name="embeddings", shape=(9, shape[-1]))

    def call(self, x):
        return x + ops.broadcast_to(self.embeddings[: x.shape[-2]], x.shape)


class SinePositionEncoding(keras.layers.Layer):
    """x + SinePositionEncoding(max_wavelength)(x)."""

    def __init__(self, max_wavelength):
        super().__init__()
        self.max_wavelength = max_wavelength

    def call(self, x):
        positions = ops.arange(x.shape[-2], dtype="float64")
        features = ops.arange(x.shape[-1])
        scales = ops.power(1 / self.max_wavelength, ops.cast(2 * (features // 2), "float64") / x.shape[-1])
        angles = ops.expand_dims(positions, 1) * ops.expand_dims(scales, 0)
        odd = ops.cast(features % 2, "float64")
        return x + ops.broadcast_to(ops.sin(angles) * (1 - odd) + ops.cos(angles) * odd, x.shape)


class SegmentEmbedding(keras.layers.Layer):
    """The sum that KerasHub's backbone of BERT makes of tokens and segments."""

    def build(self, shapes):
        self.embeddings = self.add_weight(name="embeddings", shape=(3, shapes[0][-1]))

    def call(self, inputs):
        x, segments = inputs
        return x + ops.take(self.embeddings, segments, axis=0)


class GatherSteps(keras.layers.Layer):
    """As KerasHub's MaskedLMHead gathers the masked steps."""

    def call(self, inputs):
        x, places = inputs
        return ops.take_along_axis(x, ops.expand_dims(places, -1), axis=1)


class PickStep(keras.layers.Layer):
    def call(self, x):
        return x[:, -2]


book = Book(__file__)
L = keras.layers
draw = np.random.default_rng(1)
for name, shape in (("embedding", (5,)), ("embedding_of_steps", (3, 4)), ("embedding_of_rank_3", (2, 3, 2))):
    ids = draw.integers(0, 6, shape)
    layer = L.Embedding(6, 3, mask_zero=True)
    book.record(name, layer, [ids], 2)
    book.put(f"{name}/output_mask", layer.compute_mask(ids))
book.record("tied_dense", TiedDense(), [(3, 2, 4)], 3)
book.record("position_embedding", PositionEmbedding(), [(3, 5, 4)], 4)
book.record("position_embedding_of_rank_4", PositionEmbedding(), [(2, 2, 9, 3)], 5)
book.record("sine_position_encoding", SinePositionEncoding(10000), [(2, 6, 5)], 6)
book.record("sine_position_encoding_of_short_waves", SinePositionEncoding(50), [(2, 2, 3, 4)], 7)
book.record("segment_embedding", SegmentEmbedding(), [(3, 4, 5), draw.integers(0, 3, (3, 4))], 8)
book.record("gather_steps", GatherSteps(), [(3, 6, 4), draw.integers(0, 6, (3, 5))], 9)
book.record("pick_step", PickStep(), [(3, 4, 2)], 10)
book.write()
