# SPDX-License-Identifier: Apache-2.0
"""Values and gradients of Keras's losses -> losses.txt"""
from cases import jax, keras, np, numbers, options, shape, write

random = np.random.default_rng(11)


def case(name, prediction, target, kind="f64", producer=None, **given):
    function = getattr(keras.losses, name)
    lead = prediction.shape[:-1] if prediction.ndim > 1 else prediction.shape
    weights = np.round(random.uniform(0.2, 2, lead), 3)
    of = dict(given)
    shown = dict(given)
    if producer:
        of["from_logits"] = True
    values = function(target, prediction, **of)
    gradient = jax.grad(lambda p: (function(target, p, **of) * weights).sum())(prediction)
    return [f"loss {name}"] + options(shown) + ([f"producer teranga.{producer}"] if producer else []) + [
        shape("prediction_shape", prediction), numbers("prediction", prediction), f"target_type {kind}", shape("target_shape", target),
        numbers("target", target), numbers("weights", weights), numbers("values", values), numbers("gradient", gradient)]


def real(*extents, low=-2.0, high=2.0):
    return np.round(random.uniform(low, high, extents), 4)


cases = []
for extents in [(3, 1), (4, 7), (2, 3, 5), (2, 41)]:
    for name in ["mean_squared_error", "mean_absolute_error", "huber", "log_cosh"]:
        cases.append(case(name, real(*extents), real(*extents)))
cases.append(case("huber", real(3, 5), real(3, 5), delta=0.3))
cases.append(case("mean_absolute_percentage_error", real(3, 5), real(3, 5)))
cases.append(case("mean_squared_logarithmic_error", real(3, 5), real(3, 5)))
for name in ["hinge", "squared_hinge"]:
    cases.append(case(name, real(4, 3), random.integers(0, 2, (4, 3)).astype(float)))
    cases.append(case(name, real(4, 3), random.integers(0, 2, (4, 3)) * 2.0 - 1))
cases.append(case("poisson", real(4, 3, low=0.1), random.integers(0, 5, (4, 3)).astype(float)))
p = real(4, 6, low=0.01, high=1)
q = real(4, 6, low=0.01, high=1)
cases.append(case("kl_divergence", p / p.sum(-1, keepdims=True), q / q.sum(-1, keepdims=True)))
for smoothing in [0.0, 0.1]:
    for extents in [(5, 1), (3, 19), (2, 3, 4)]:
        y = random.integers(0, 2, extents).astype(float)
        cases.append(case("binary_crossentropy", real(*extents, low=0.02, high=0.98), y, label_smoothing=smoothing))
        cases.append(case("binary_crossentropy", real(*extents, low=-30, high=30), y, label_smoothing=smoothing, from_logits=True))
        cases.append(case("binary_crossentropy", real(*extents), y, producer="sigmoid", label_smoothing=smoothing))
    for extents in [(3, 4), (2, 3, 5), (2, 41)]:
        y = np.eye(extents[-1])[random.integers(0, extents[-1], extents[:-1])]
        soft = real(*extents, low=0.1, high=1)
        cases.append(case("categorical_crossentropy", real(*extents, low=0.02, high=0.98), y, label_smoothing=smoothing))
        cases.append(case("categorical_crossentropy", real(*extents, low=-20, high=20), y, label_smoothing=smoothing, from_logits=True))
        cases.append(case("categorical_crossentropy", real(*extents), soft, label_smoothing=smoothing, producer="softmax"))
clipped = np.array([[1e-9, 0.3, 0.7 - 1e-9], [0.2, 0.0, 0.8]])
cases.append(case("categorical_crossentropy", clipped, np.eye(3)[[0, 2]]))
cases.append(case("binary_crossentropy", np.array([[1e-9, 0.5], [0.3, 0.0]]), np.array([[1.0, 1.0], [0.0, 0.0]])))
for extents in [(3, 4), (2, 3, 5), (2, 41)]:
    y = random.integers(0, extents[-1], extents[:-1])
    cases.append(case("sparse_categorical_crossentropy", real(*extents, low=0.02, high=0.98), y, kind="i32"))
    cases.append(case("sparse_categorical_crossentropy", real(*extents, low=-20, high=20), y, kind="i64", from_logits=True))
    cases.append(case("sparse_categorical_crossentropy", real(*extents), y, kind="i32", producer="softmax"))
    ignored = y.copy()
    ignored[0] = 1
    cases.append(case("sparse_categorical_crossentropy", real(*extents), ignored, kind="f64", from_logits=True, ignore_class=1))
write("losses.txt", cases)
