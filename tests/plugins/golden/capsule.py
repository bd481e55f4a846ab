# SPDX-License-Identifier: Apache-2.0
"""Capsule layers, written with operations of Keras as the paper (arXiv 1710.09829) has them: squash (equation 1), votes, routing by agreement with its logits (equations 2 and 3, procedure 1),
lengths, and the mask of the true class. JAX differentiates through all iterations; for "last" the votes that make the couplings are stopped."""
import numpy as np

from golden import Book, jax, jnp, keras

ops = keras.ops


def squash(s):
    square = ops.sum(ops.square(s), axis=-1, keepdims=True)
    return square / (1 + square) * s / ops.sqrt(square)


class Squash(keras.layers.Layer):
    def call(self, x):
        return squash(x)


class Capsules(keras.layers.Layer):
    def __init__(self, num_capsule, dim_capsule, routings, exact=True):
        super().__init__()
        self.num_capsule, self.dim_capsule, self.routings, self.exact = num_capsule, dim_capsule, routings, exact

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[2], self.num_capsule, self.dim_capsule, shape[1]), name="kernel")

    def call(self, x):
        votes = ops.einsum("nie,ejdi->nijd", x, self.kernel)
        judged = votes if self.exact else jax.lax.stop_gradient(votes)
        logits = ops.zeros(votes.shape[:3], dtype=votes.dtype)
        for r in range(self.routings):
            couplings = ops.softmax(logits, axis=2)
            last = r == self.routings - 1
            y = squash(ops.einsum("nij,nijd->njd", couplings, votes if last else judged))
            if not last:
                logits = logits + ops.einsum("nijd,njd->nij", judged, y)
        return y


class Length(keras.layers.Layer):
    def call(self, x):
        return ops.sqrt(ops.sum(ops.square(x), axis=-1))


class Mask(keras.layers.Layer):
    def call(self, xs):
        capsules, classes = xs
        rows = classes if len(classes.shape) == 2 else ops.one_hot(ops.cast(classes, "int32"), capsules.shape[1], dtype=capsules.dtype)
        return ops.reshape(capsules * ops.expand_dims(rows, -1), (capsules.shape[0], -1))


book = Book(__file__)
book.record("squash", Squash(), [(2, 5, 8)], 1)
book.record("squash_long", Squash(), [(3, 40)], 2)
for routings in (1, 2, 3, 5):
    book.record(f"routings_{routings}", Capsules(3, 4, routings), [(2, 6, 5)], 10 + routings)
book.record("wide", Capsules(3, 5, 3), [np.random.default_rng(3).standard_normal((2, 70, 5)) * 0.3], 3)
book.record("last", Capsules(4, 3, 3, exact=False), [(3, 7, 2)], 4)
book.record("last_of_one", Capsules(4, 3, 1, exact=False), [(3, 7, 2)], 5)
book.record("length", Length(), [(3, 4, 5)], 6)
book.record("mask", Mask(), [(4, 3, 5), np.array([2, 0, 1, 2])], 7)
book.record("mask_rows", Mask(), [(3, 4, 2), np.eye(4)[[3, 1, 0]]], 8, differentiable=[0])

book.write()
