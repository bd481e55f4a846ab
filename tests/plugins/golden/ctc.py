# SPDX-License-Identifier: Apache-2.0
"""Values and gradients of Keras's CTC -> ctc.txt. Keras knows no mask: the steps of a sample with `steps` given are cut off before it sees them."""
from cases import jax, keras, np, numbers, shape, write

random = np.random.default_rng(23)
loss = keras.losses.CTC(reduction=None)


def case(steps, classes, labels, lengths=None):
    labels = np.asarray(labels)
    logits = np.round(random.uniform(-3, 3, (len(labels), steps, classes)), 4)
    lengths = lengths or [steps] * len(labels)
    values, gradient = [], np.zeros_like(logits)
    for i, length in enumerate(lengths):
        of_one = lambda z: loss(labels[i:i + 1], z)[0]  # noqa: E731
        values.append(float(of_one(logits[i:i + 1, :length])))
        gradient[i, :length] = jax.grad(of_one)(logits[i:i + 1, :length])[0]
    return ["ctc", shape("prediction_shape", logits), numbers("prediction", logits), shape("target_shape", labels), numbers("target", labels), numbers("steps", lengths),
            numbers("values", values), numbers("gradient", gradient)]


write("ctc.txt", [case(7, 4, [[1, 2, 3], [3, 0, 0], [2, 2, 0]]), case(12, 6, [[5, 5, 5, 1], [1, 2, 1, 2]]), case(9, 3, [[1, 2, 2, 1], [2, 1, 0, 0], [1, 0, 0, 0]], [9, 4, 2]), case(40, 30, random.integers(1, 30, (2, 12)))])
