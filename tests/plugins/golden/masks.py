# SPDX-License-Identifier: Apache-2.0
"""What Keras's layers do with masks: which of them pass one on, the masks of merges, and the layers that read one."""
import numpy as np

from golden import Book, jnp, keras

get, put = keras.src.backend.get_keras_mask, keras.src.backend.set_keras_mask
L = keras.layers
book = Book(__file__)
mask = np.array([[1, 1, 0, 1], [0, 1, 0, 0], [1, 1, 1, 1]], dtype=bool)


def masked(shape, its_mask):
    x = jnp.asarray(np.random.default_rng(1).standard_normal(shape))
    if its_mask is not None:
        put(x, jnp.asarray(its_mask))
    return x


LAYERS = {
    "dense": L.Dense(2), "dropout": L.Dropout(0.5), "gaussian_dropout": L.GaussianDropout(0.5), "gaussian_noise": L.GaussianNoise(0.5), "rescaling": L.Rescaling(2.0),
    "flatten": L.Flatten(), "reshape": L.Reshape((2, 6)), "permute": L.Permute((2, 1)), "batch_normalization": L.BatchNormalization(),
    "layer_normalization": L.LayerNormalization(), "conv1d": L.Conv1D(2, 3), "max_pooling1d": L.MaxPooling1D(), "average_pooling1d": L.AveragePooling1D(2),
    "global_average_pooling1d": L.GlobalAveragePooling1D(), "global_max_pooling1d": L.GlobalMaxPooling1D(), "zero_padding1d": L.ZeroPadding1D(),
}
for name, layer in LAYERS.items():
    passed = get(layer(masked((3, 4, 3), mask)))
    assert passed is None or np.array_equal(passed, mask)
    book.put(f"{name}/passes", [passed is not None])

other = np.array([[0, 1, 0, 0], [0, 1, 0, 1], [1, 0, 1, 1]], dtype=bool)
for name, layer in {"add": L.Add(), "subtract": L.Subtract(), "multiply": L.Multiply(), "maximum": L.Maximum(), "minimum": L.Minimum(), "average": L.Average(),
                    "concatenate": L.Concatenate(), "concatenate_steps": L.Concatenate(axis=1)}.items():
    for how, second in (("both", other), ("one", None)):
        merged = get(layer([masked((3, 4, 2), mask), masked((3, 4, 2), second)]))
        if merged is not None:
            book.put(f"{name}/{how}", merged)
book.put("first", mask)
book.put("second", other)

book.record("batch_masked", L.BatchNormalization(), [(3, 4, 2)], 3, training=True, mask=mask)
book.record("batch_of_vectors_masked", L.BatchNormalization(), [(6, 3)], 4, training=True, mask=[1, 0, 0, 1, 1, 0])
book.record("batch_inference_masked", L.BatchNormalization(), [(3, 4, 2)], 3, training=False, mask=mask)
book.record("global_average_masked", L.GlobalAveragePooling1D(), [(3, 4, 2)], 5, mask=mask)
for name, layer in {"multiply": L.Multiply, "maximum": L.Maximum, "minimum": L.Minimum}.items():
    for how, masks in {"both": [mask, other], "one": [mask, None], "other": [None, other, mask]}.items():
        book.record(f"{name}_masked_{how}", layer(), [(3, 4, 2)] * len(masks), 6, masks=masks)
few = np.random.default_rng(7)
for name, layer in {"maximum": L.Maximum, "minimum": L.Minimum}.items():
    book.record(f"{name}_masked_of_equals", layer(), [few.integers(0, 2, (3, 4, 2)).astype(np.float64) for _ in range(3)], 7, masks=[mask, other, mask[::-1]])
book.write()
