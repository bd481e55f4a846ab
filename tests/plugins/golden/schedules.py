# SPDX-License-Identifier: Apache-2.0
"""Learning rates of Keras's schedules over steps, and of ReduceLROnPlateau over epochs -> schedules.txt"""
from types import SimpleNamespace

from cases import keras, np, numbers, options, write

STEPS = [0, 1, 2, 9, 10, 11, 19, 20, 21, 29, 35, 40, 69, 75, 99, 150]


def case(name, keras_class, **given):
    schedule = getattr(keras.optimizers.schedules, keras_class)(**given)
    return [f"schedule {name}"] + options(given) + [numbers("steps", STEPS), numbers("rates", [float(schedule(step)) for step in STEPS])]


def plateau(metric, values, **given):
    callback = keras.callbacks.ReduceLROnPlateau(monitor=metric, **{k: v for k, v in given.items() if k != "initial_learning_rate"})
    model = SimpleNamespace(optimizer=keras.optimizers.SGD(learning_rate=given["initial_learning_rate"]), metrics=[], loss=None)
    callback.set_model(model)
    callback.on_train_begin()
    if callback.monitor_op is None:
        callback.monitor_op = np.less if given.get("mode", "auto") != "max" else np.greater
        callback.min_delta = abs(given.get("min_delta", 1e-4)) * (1 if callback.monitor_op is np.greater else -1)
    rates = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {metric: value})
        rates.append(float(model.optimizer.learning_rate.numpy()))
    return ["schedule reduce_on_plateau"] + options({"monitor": metric, **given}) + [f"metric {metric}", numbers("values", values), numbers("rates", rates)]


flat = [1.0, 0.9, 0.95, 0.89995, 0.9, 0.9, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.2, 0.3, 0.3, 0.3]
ten = dict(initial_learning_rate=0.1, decay_steps=10)
write("schedules.txt", [
    case("exponential_decay", "ExponentialDecay", decay_rate=0.9, **ten), case("exponential_decay", "ExponentialDecay", decay_rate=0.9, staircase=True, **ten),
    case("inverse_time_decay", "InverseTimeDecay", decay_rate=0.5, **ten), case("inverse_time_decay", "InverseTimeDecay", decay_rate=0.5, staircase=True, **ten),
    case("polynomial_decay", "PolynomialDecay", **ten), case("polynomial_decay", "PolynomialDecay", end_learning_rate=0.01, power=0.5, **ten),
    case("polynomial_decay", "PolynomialDecay", end_learning_rate=0.01, power=2.0, cycle=True, **ten),
    case("piecewise_constant_decay", "PiecewiseConstantDecay", boundaries=[10, 20, 75], values=[1.0, 0.5, 0.25, 0.1]),
    case("cosine_decay", "CosineDecay", **ten), case("cosine_decay", "CosineDecay", initial_learning_rate=0.1, decay_steps=60, alpha=0.2),
    case("cosine_decay", "CosineDecay", initial_learning_rate=0.01, decay_steps=60, warmup_target=0.3, warmup_steps=20),
    case("cosine_decay_restarts", "CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=9),
    case("cosine_decay_restarts", "CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=9, t_mul=1.0, m_mul=0.5, alpha=0.1),
    case("cosine_decay_restarts", "CosineDecayRestarts", initial_learning_rate=0.1, first_decay_steps=9, t_mul=1.5, m_mul=0.9),
    plateau("val_loss", flat, initial_learning_rate=0.5, patience=2), plateau("val_loss", flat, initial_learning_rate=0.5, patience=2, factor=0.5, cooldown=3),
    plateau("loss", flat, initial_learning_rate=0.5, patience=1, factor=0.5, min_lr=0.1, min_delta=0.15, mode="min"),
    plateau("val_accuracy", flat, initial_learning_rate=0.5, patience=3, factor=0.5, mode="max"),
    plateau("val_loss", flat, initial_learning_rate=0.5, patience=0),
])
