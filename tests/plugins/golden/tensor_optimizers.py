# SPDX-License-Identifier: Apache-2.0
"""Twenty steps of the optimizers that update whole tensors, on tensors of several shapes -> tensor_optimizers.txt. Keras has no LARS: its numbers follow the paper, in NumPy."""
from cases import keras, np, numbers, options, write

STEPS, SHOWN = 20, (1, 2, 5, 20)


def gradient(shape, step):
    """The test computes the same numbers."""
    i = np.arange(np.prod(shape))
    return (np.sin(1.7 * i + 0.9 * step) * (1 + 0.3 * (i % 7))).reshape(shape)


def start(shape):
    return np.cos(0.37 * np.arange(np.prod(shape)) + 0.2).reshape(shape)


def header(name, given, rate, parameter, shape, zeros=False):
    return [f"optimizer {name}"] + options(given) + [f"rate {rate!r}", f"parameter {parameter}", "shape " + " ".join(map(str, shape)), f"start {'zeros' if zeros else 'cosines'}"]


def slots_of(optimizer, name):
    if name == "adafactor":
        factors = len(optimizer._r[0].shape) > 0 or len(optimizer._c[0].shape) > 0
        return {"row_means": optimizer._r[0], "column_means": optimizer._c[0]} if factors else {"velocity": optimizer._v[0]}
    if name == "muon":
        return {"momentum": optimizer.momentums[0], **({"velocity": optimizer.adam_velocities[0]} if optimizer.adam_velocities[0] is not None else {})}
    return {"momentum": optimizer._momentums[0], "velocity": optimizer._velocities[0]}


def case(name, keras_class, shape, parameter="dense/kernel", rate=0.05, zeros=False, **given):
    optimizer = getattr(keras.optimizers, keras_class)(learning_rate=rate, **given)
    weights = keras.Variable(np.zeros(shape) if zeros else start(shape))
    weights._path = parameter
    optimizer.build([weights])
    lines = header(name, given, rate, parameter, shape, zeros)
    for step in range(1, STEPS + 1):
        optimizer.apply([keras.ops.convert_to_tensor(gradient(shape, step))], [weights])
        if step in SHOWN:
            lines.append(numbers(f"weights_{step}", weights.numpy()))
    return lines + [numbers("slot_" + slot, variable.numpy()) for slot, variable in slots_of(optimizer, name).items()]


def lars(shape, rate=2.0, zeros=False, **given):
    """Algorithm 1 of arXiv 1708.03888 with the local rate of its equation 6; where the parameter or its gradient is zero that is 1."""
    said = {"momentum": 0.9, "trust_coefficient": 0.001, "weight_decay": 0.0005, "epsilon": 0.0, **given}
    lines = header("lars", given, rate, "dense/kernel", shape, zeros)
    w, v = np.zeros(shape) if zeros else start(shape), np.zeros(shape)
    for step in range(1, STEPS + 1):
        g = gradient(shape, step)
        length, slope = np.linalg.norm(w), np.linalg.norm(g)
        local = said["trust_coefficient"] * length / (slope + said["weight_decay"] * length + said["epsilon"]) if length > 0 and slope > 0 else 1.0
        v = said["momentum"] * v + rate * local * (g + said["weight_decay"] * w)
        w = w - v
        if step in SHOWN:
            lines.append(numbers(f"weights_{step}", w))
    return lines + [numbers("slot_momentum", v)]


cases = [
    case("lamb", "Lamb", (3, 5)), case("lamb", "Lamb", (7,), "dense/bias", zeros=True), case("lamb", "Lamb", (2, 3, 4), beta_1=0.5, beta_2=0.9, epsilon=1e-3, weight_decay=0.1),
    lars((3, 5)), lars((7,), 0.1, zeros=True), lars((2, 3, 4), momentum=0.5, trust_coefficient=0.02, weight_decay=0.01, epsilon=0.1),
    case("muon", "Muon", (3, 5)), case("muon", "Muon", (9, 4)), case("muon", "Muon", (4, 4), nesterov=False, momentum=0.8, ns_steps=3, weight_decay=0.1),
    case("muon", "Muon", (5, 3), muon_a=3.0, muon_b=-3.2, muon_c=1.2, rms_rate=0.5), case("muon", "Muon", (7,), "dense/bias", zeros=True),
    case("muon", "Muon", (2, 3, 4), "conv1d/kernel", adam_beta_1=0.5, adam_beta_2=0.9, epsilon=1e-3, adam_weight_decay=0.1, adam_lr_ratio=0.5),
    case("muon", "Muon", (6, 3), "Embedding_1/embeddings"), case("muon", "Muon", (6, 3), "embedding/embeddings", exclude_embeddings=False),
    case("muon", "Muon", (3, 5), "net/dense_1/kernel", exclude_layers=["output", "dense_1"]), case("muon", "Muon", (3, 5), "net/dense_10/kernel", exclude_layers=["dense_1/", "^dense"]),
    case("adafactor", "Adafactor", (3, 5)), case("adafactor", "Adafactor", (7,), "dense/bias", zeros=True), case("adafactor", "Adafactor", (2, 3, 4), "conv1d/kernel", weight_decay=0.1),
    case("adafactor", "Adafactor", (4, 2, 3), rate=3.0, beta_2_decay=-0.5, epsilon_1=1e-3, epsilon_2=0.1, clip_threshold=0.3),
]
write("tensor_optimizers.txt", cases)
