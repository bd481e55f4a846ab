# SPDX-License-Identifier: Apache-2.0
"""Twenty steps of every optimizer of Keras -> optimizers.txt"""
import re

from cases import keras, np, numbers, options, write

LENGTH, STEPS, SHOWN = 7, 20, (1, 2, 5, 20)


def gradient(step):
    """The test computes the same numbers."""
    return np.sin(1.7 * np.arange(LENGTH) + 0.9 * step) * (1 + 0.3 * np.arange(LENGTH))


def case(name, keras_class, rate=0.05, **given):
    optimizer = getattr(keras.optimizers, keras_class)(learning_rate=rate, **given)
    weights = keras.Variable(np.linspace(-1, 1, LENGTH))
    optimizer.build([weights])
    lines = [f"optimizer {name}"] + options(given) + [f"rate {rate!r}"]
    for step in range(1, STEPS + 1):
        optimizer.apply([keras.ops.convert_to_tensor(gradient(step))], [weights])
        if step in SHOWN:
            lines.append(numbers(f"weights_{step}", weights.numpy()))
    for variable in optimizer.variables:
        if tuple(variable.shape) == (LENGTH,):
            lines.append(numbers("slot_" + re.sub(r"^(variable_)?(\d+_)?", "", variable.path.split("/")[-1]), variable.numpy()))
    return lines


cases = [
    case("sgd", "SGD"), case("sgd", "SGD", momentum=0.9), case("sgd", "SGD", momentum=0.9, nesterov=True),
    case("adagrad", "Adagrad"), case("adagrad", "Adagrad", initial_accumulator_value=0.5, epsilon=1e-3),
    case("rmsprop", "RMSprop"), case("rmsprop", "RMSprop", rho=0.7, momentum=0.5), case("rmsprop", "RMSprop", centered=True, epsilon=1e-3),
    case("rmsprop", "RMSprop", momentum=0.5, centered=True, epsilon=1e-3),
    case("adadelta", "Adadelta", rate=1.0), case("adadelta", "Adadelta", rho=0.8, epsilon=1e-4),
    case("adam", "Adam"), case("adam", "Adam", beta_1=0.5, beta_2=0.9, epsilon=1e-3), case("adam", "Adam", amsgrad=True, beta_2=0.6),
    case("adamw", "AdamW"), case("adamw", "AdamW", weight_decay=0.1, amsgrad=True),
    case("adamax", "Adamax"), case("adamax", "Adamax", beta_1=0.5, beta_2=0.8, epsilon=1e-3),
    case("nadam", "Nadam"), case("nadam", "Nadam", beta_1=0.5, beta_2=0.8, epsilon=1e-3),
    case("lion", "Lion"), case("lion", "Lion", beta_1=0.5, beta_2=0.8),
    case("ftrl", "Ftrl"), case("ftrl", "Ftrl", learning_rate_power=-0.7, initial_accumulator_value=0.3, l1_regularization_strength=0.2,
                               l2_regularization_strength=0.1, l2_shrinkage_regularization_strength=0.05, beta=0.2),
]
write("optimizers.txt", cases)
