# SPDX-License-Identifier: Apache-2.0
"""First weights drawn by numpy: Keras would compile a program for each shape of each initializer. Teranga starts from the same weights, whatever they are."""
import keras
import numpy as np


def generator(seed):
    return np.random.default_rng(np.asarray(keras.src.backend.jax.random.jax_draw_seed(seed)))


def truncated(rng, shape):
    drawn = rng.standard_normal(shape)
    while np.any(far := np.abs(drawn) > 2):
        drawn[far] = rng.standard_normal(int(far.sum()))
    return drawn


class Orthogonal(keras.initializers.Orthogonal):
    def __call__(self, shape, dtype=None):
        rows, columns = int(np.prod(shape[:-1])), shape[-1]
        q, r = np.linalg.qr(generator(self.seed).standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.sign(np.diag(r))
        return self.gain * np.reshape(q.T if rows < columns else q, shape)


def draw_with_numpy():
    random = keras.src.backend.jax.random
    random.normal = lambda shape, mean=0.0, stddev=1.0, dtype=None, seed=None: mean + stddev * generator(seed).standard_normal(shape)
    random.uniform = lambda shape, minval=0.0, maxval=1.0, dtype=None, seed=None: generator(seed).uniform(minval, maxval, shape)
    random.truncated_normal = lambda shape, mean=0.0, stddev=1.0, dtype=None, seed=None: mean + stddev * truncated(generator(seed), shape)
    keras.initializers.Orthogonal.__call__ = Orthogonal.__call__
