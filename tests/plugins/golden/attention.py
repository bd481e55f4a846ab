# SPDX-License-Identifier: Apache-2.0
"""Keras's multi-head attention, with one, two and three inputs, masks and a causal mask. Where masks are given, dropout (idle in inference) makes Keras
take the path through its Softmax, which gives a query that sees nothing weights of 0; its fused path gives all keys the same weight there, and on JAX
cannot take a value_dim that is not key_dim."""
import numpy as np

from golden import Book, jnp, keras

put = keras.src.backend.set_keras_mask


class Attention(keras.layers.Layer):
    def __init__(self, masks=(None, None, None), causal=False, **options):
        super().__init__()
        self.attention, self.masks, self.causal = keras.layers.MultiHeadAttention(**options), masks, causal

    def build(self, shapes):
        shapes = shapes if isinstance(shapes, list) else [shapes, shapes]
        self.attention.build(*shapes)

    def call(self, xs, training=None):
        xs = list(xs) if isinstance(xs, (list, tuple)) else [xs, xs]
        query, value, key = ([*self.masks] + [None] * 3)[:3]
        if query is not None:
            xs[0] = jnp.asarray(xs[0]) + 0
            put(xs[0], jnp.asarray(query))
        given = {} if key is None else {"key_mask": jnp.asarray(key)}
        if value is not None:
            given["value_mask"] = jnp.asarray(value)
        return self.attention(*xs, training=training, use_causal_mask=self.causal, **given)


book = Book(__file__)
query = np.array([[1, 1, 0, 1], [0, 1, 1, 0], [1, 1, 1, 1]], dtype=bool)
value = np.array([[1, 0, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 0, 0, 0]], dtype=bool)
key = np.array([[1, 1, 0, 1, 1], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]], dtype=bool)
book.record("itself", Attention(num_heads=2, key_dim=3), [(3, 4, 5)], 1, training=False)
book.record("without_bias", Attention(num_heads=1, key_dim=3, value_dim=2, dropout=0.5, use_bias=False, output_shape=7), [(2, 4, 5)], 2, training=False)
book.record("causal", Attention(causal=True, num_heads=2, key_dim=3), [(3, 4, 5)], 3, training=False)
book.record("causal_cross", Attention(causal=True, num_heads=2, key_dim=3), [(3, 4, 5), (3, 6, 2)], 3, training=False)
book.record("cross", Attention(num_heads=3, key_dim=2, value_dim=4, dropout=0.5), [(2, 4, 5), (2, 3, 6)], 4, training=False)
book.record("three", Attention(num_heads=2, key_dim=2), [(2, 4, 5), (2, 3, 6), (2, 3, 2)], 5, training=False)
book.record("itself_masked", Attention((query, query), num_heads=2, key_dim=3, dropout=0.5), [(3, 4, 5)], 6, training=False)
book.put("itself_masked/mask0", query)
book.record("itself_masked_causal", Attention((query, query), True, num_heads=2, key_dim=3, dropout=0.5), [(3, 4, 5)], 7, training=False)
book.put("itself_masked_causal/mask0", query)
book.record("three_masked", Attention((query, value, key), num_heads=2, key_dim=3, dropout=0.5), [(3, 4, 5), (3, 5, 2), (3, 5, 4)], 8, training=False)
for i, mask in enumerate((query, value, key)):
    book.put(f"three_masked/mask{i}", mask)
book.write()
