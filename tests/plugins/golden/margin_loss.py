# SPDX-License-Identifier: Apache-2.0
"""Values and gradients of the margin loss (arXiv 1710.09829, equation 4), written with operations of Keras -> margin_loss.txt"""
from cases import jax, keras, np, numbers, options, shape, write

ops = keras.ops
random = np.random.default_rng(9)


def margin(t, p, m_plus=0.9, m_minus=0.1, absent_weight=0.5):
    return ops.sum(t * ops.square(ops.maximum(0.0, m_plus - p)) + absent_weight * (1 - t) * ops.square(ops.maximum(0.0, p - m_minus)), axis=-1)


def case(lengths, rows, target, kind="f64", **given):
    weights = np.round(random.uniform(0.2, 2, lengths.shape[:-1]), 3)
    gradient = jax.grad(lambda p: (margin(rows, p, **given) * weights).sum())(lengths)
    return ["loss margin_loss"] + options(given) + [
        shape("prediction_shape", lengths), numbers("prediction", lengths), f"target_type {kind}", shape("target_shape", target), numbers("target", target), numbers("weights", weights),
        numbers("values", margin(rows, lengths, **given)), numbers("gradient", gradient)]


cases = []
for extents in [(6, 5), (2, 3, 4), (2, 300)]:
    lengths = np.round(random.uniform(0, 1, extents), 4)
    classes = random.integers(0, extents[-1], extents[:-1])
    rows = np.eye(extents[-1])[classes]
    several = random.integers(0, 2, extents).astype(float)
    for kind in ("i32", "i64", "f64"):
        cases.append(case(lengths, rows, classes, kind))
    cases.append(case(lengths, rows, rows))
    cases.append(case(lengths, several, several, "u8" if len(extents) == 2 else "f64"))
    cases.append(case(lengths, rows, classes, "i32", m_plus=0.8, m_minus=0.25, absent_weight=2.0))
write("margin_loss.txt", cases)
