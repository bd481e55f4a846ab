# SPDX-License-Identifier: Apache-2.0
"""Draws what a net is trained for and how: last layers, losses with fitting targets, metrics, optimizer, schedule."""
import numpy as np

import layer_draws
from coverage import OMIT, Picker
from layer_draws import real

# Losses by the kind of target they judge.
LOSSES = {
    "mean_squared_error": "numbers", "mean_absolute_error": "numbers", "huber": "numbers", "log_cosh": "numbers",
    "mean_absolute_percentage_error": "numbers", "mean_squared_logarithmic_error": "numbers",
    "binary_crossentropy": "yes_no", "hinge": "margin", "squared_hinge": "margin", "categorical_crossentropy": "one_hot",
    "sparse_categorical_crossentropy": "classes", "kl_divergence": "shares", "poisson": "counts", "perceptron": "yes_no",
}
METRICS = {
    "numbers": ["mse", "rmse", "mae", "mape", "mean_squared_error", "root_mean_squared_error", "mean_absolute_error",
                "mean_absolute_percentage_error", "r2_score"],
    "yes_no": ["accuracy", "binary_accuracy", "precision", "recall", "auc", "f1_score", "f1", "confusion_matrix"],
    "margin": ["mae"],
    "one_hot": ["accuracy", "categorical_accuracy", "top_k_categorical_accuracy", "precision", "recall", "auc", "f1_score", "f1", "confusion_matrix"],
    "classes": ["accuracy", "sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy", "f1_score", "confusion_matrix"],
    "shares": ["mae", "categorical_accuracy"], "counts": ["mse", "mae"],
}


def loss_options(draw, p, kind):
    if kind == "huber":
        p.pick("delta", OMIT, real(draw, 0.3, 2.0))
    if kind in ("binary_crossentropy", "categorical_crossentropy"):
        p.pick("label_smoothing", OMIT, real(draw, 0.05, 0.3))
    if kind in ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"):
        p.pick("from_logits", OMIT, True)
    if kind == "sparse_categorical_crossentropy":
        p.pick("ignore_class", OMIT, 0)
    return p.options


def last_activation(draw, kind, options):
    if options.get("from_logits"):
        return None
    choices = {"binary_crossentropy": ["sigmoid"], "categorical_crossentropy": ["softmax"], "sparse_categorical_crossentropy": ["softmax"],
               "kl_divergence": ["softmax", "sigmoid"], "poisson": ["softplus", "exponential"], "perceptron": ["step"],
               "mean_absolute_percentage_error": [None], "mean_squared_logarithmic_error": ["softplus"], "hinge": [None, "tanh"],
               "squared_hinge": [None, "tanh"]}.get(kind, [None, None, "linear", "tanh", "leaky_relu", "elu"])
    chosen = draw.random.choice(choices)
    if chosen:
        draw.offer("activation", chosen)
        draw.count("activation", chosen)
    return chosen


def targets(rng, kind, loss, shape):
    """Targets for outputs of that shape (with samples)."""
    if kind == "numbers":
        values = rng.standard_normal(shape)
        if loss == "mean_absolute_percentage_error":
            values = np.sign(values) * (0.5 + np.abs(values))
        return (np.abs(values) if loss == "mean_squared_logarithmic_error" else values).astype(np.float32)
    if kind == "yes_no":
        return rng.integers(0, 2, shape).astype(np.float32)
    if kind == "margin":
        return (rng.integers(0, 2, shape) * 2 - 1 if rng.random() < 0.5 else rng.integers(0, 2, shape)).astype(np.float32)
    if kind == "one_hot":
        return np.eye(shape[-1], dtype=np.float32)[rng.integers(0, shape[-1], shape[:-1])]
    if kind == "classes":
        labels = rng.integers(0, shape[-1], shape[:-1]).astype(np.int32)
        labels.reshape(-1)[:shape[-1]] = np.arange(shape[-1])[:labels.size]  # every class is there
        return labels
    if kind == "shares":
        shares = rng.random(shape) + 0.05
        return (shares / shares.sum(-1, keepdims=True)).astype(np.float32)
    return rng.poisson(1.5, shape).astype(np.float32)


def metrics(draw, kind, outputs, rank, logits):
    """Two metrics for outputs of that width; as components."""
    out = []
    names = [m for m in METRICS[kind] if not (logits and m in ("precision", "recall")) and not (m == "r2_score" and rank > 1) and not (m in ("f1", "f1_score") and outputs < 2)
             and not (m == "confusion_matrix" and kind == "yes_no" and outputs > 1) and not (m == "auc" and rank > 1)]
    for item in draw.item("metric", names)[:2]:
        p = Picker(draw, "metric", item)
        if item in ("binary_accuracy", "confusion_matrix") and kind == "yes_no":
            p.pick("threshold", OMIT, real(draw, 0.3, 0.7))
        elif "top_k" in item:
            p.pick("k", OMIT, 2)
        elif item in ("precision", "recall"):
            p.pick("thresholds", OMIT, real(draw, 0.15, 0.6))
            p.pick("class_id", OMIT, draw.random.randrange(outputs))
        elif item in ("f1", "f1_score"):
            p.pick("average", OMIT, "macro", "micro", "weighted")
            p.pick("threshold", OMIT, real(draw, 0.1, 0.4))
        elif item == "auc":
            # A sigmoid of what is a probability already is as good a number to compare.
            p.pick("from_logits", *([True] if logits else [OMIT, True]))
            p.pick("num_thresholds", OMIT, draw.random.choice([20, 51]))
            p.pick("curve", OMIT, "ROC", "PR")
            p.pick("summation_method", OMIT, "interpolation", "minoring", "majoring")
        elif item == "r2_score":
            p.pick("class_aggregation", OMIT, "uniform_average", "variance_weighted_average")
            p.pick("num_regressors", OMIT, 2)
        out.append({"type": item, **p.options} if p.options else item)
    return out


OPTIMIZERS = ["sgd", "adagrad", "rmsprop", "adam", "adamw", "adadelta", "adamax", "nadam", "lion", "ftrl", "lamb", "muon", "adafactor"]
SCHEDULES = ["constant", "exponential_decay", "step_decay", "piecewise_constant_decay", "polynomial_decay", "inverse_time_decay", "cosine_decay",
             "cosine_decay_restarts", "reduce_on_plateau"]
RATES = {"sgd": (0.005, 0.03), "adagrad": (0.005, 0.05), "adadelta": (0.1, 1.0), "ftrl": (0.01, 0.05), "lion": (0.0005, 0.002), "adafactor": (0.02, 0.1)}


def schedule(draw, rate):
    item = draw.item("schedule", SCHEDULES)[0]
    p = Picker(draw, "schedule", item)
    if item == "constant":
        p.pick("learning_rate", OMIT if rate > 0.008 else rate, rate)
        return {"type": item, **p.options}
    p.give("initial_learning_rate", rate) if item != "piecewise_constant_decay" else None
    if item in ("exponential_decay", "inverse_time_decay"):
        p.give("decay_steps", draw.random.choice([7, 11]))
        p.give("decay_rate", real(draw, 0.6, 0.9))
        p.pick("staircase", OMIT, True)
    elif item == "step_decay":
        p.pick("drop", OMIT, 0.6)
        p.pick("epochs_drop", 1, 2)
    elif item == "piecewise_constant_decay":
        p.give("boundaries", [6, 19, 33])
        p.give("values", [rate, rate / 2, rate / 3, rate])
    elif item == "polynomial_decay":
        p.give("decay_steps", 17)
        p.pick("end_learning_rate", OMIT, rate / 10)
        p.pick("power", OMIT, 2.0)
        p.pick("cycle", OMIT, True)
    elif item == "cosine_decay":
        warm = p.pick("warmup_target", OMIT, rate * 1.5)
        p.give("decay_steps", 29)
        p.pick("alpha", OMIT, 0.2)
        p.pick("warmup_steps", OMIT if warm is OMIT else 5, 5 if warm is not OMIT else OMIT)
    elif item == "cosine_decay_restarts":
        p.give("first_decay_steps", 9)
        p.pick("t_mul", OMIT, 1.5)
        p.pick("m_mul", OMIT, 0.8)
        p.pick("alpha", OMIT, 0.1)
    elif item == "reduce_on_plateau":
        p.give("monitor", "loss")
        p.pick("factor", OMIT, 0.5)
        p.pick("patience", 1, 0)
        p.pick("min_delta", OMIT, 0.05)
        p.pick("cooldown", OMIT, 1)
        p.pick("min_lr", OMIT, rate / 3)
        p.pick("mode", OMIT, "auto", "min", "max")
    return {"type": item, **p.options}


def optimizer(draw):
    item = draw.item("optimizer", OPTIMIZERS)[0]
    p = Picker(draw, "optimizer", item)
    rate = real(draw, *RATES.get(item, (0.002, 0.01)))
    if item == "sgd":
        if p.pick("momentum", OMIT, real(draw, 0.5, 0.9)) is not OMIT:
            p.pick("nesterov", OMIT, True)
    elif item == "rmsprop":
        p.pick("rho", OMIT, real(draw, 0.8, 0.95))
        p.pick("momentum", OMIT, 0.5)
        p.pick("centered", OMIT, True)
        p.pick("epsilon", OMIT, 1e-4)
        if "centered" in p.options:
            p.options["epsilon"] = 1e-3  # v - a^2 is a small difference: the default would divide by rounding errors
    elif item == "muon":
        for key, value in (("adam_beta_1", 0.8), ("adam_beta_2", 0.99), ("adam_weight_decay", 0.01), ("adam_lr_ratio", 0.5), ("epsilon", 1e-4), ("momentum", 0.8), ("ns_steps", 3), ("rms_rate", 0.1)):
            p.pick(key, OMIT, value)
        p.pick("nesterov", OMIT, False)
        p.pick("exclude_embeddings", OMIT, False)
        p.pick("exclude_layers", OMIT, ["dense", "conv"])
    elif item == "adafactor":
        for key, value in (("beta_2_decay", -0.6), ("epsilon_1", 1e-8), ("epsilon_2", 0.01), ("clip_threshold", 0.5)):
            p.pick(key, OMIT, value)
    elif item in ("adam", "adamw", "adamax", "nadam", "lion", "lamb"):
        p.pick("beta_1", OMIT, real(draw, 0.7, 0.95))
        p.pick("beta_2", OMIT, real(draw, 0.9, 0.995))
        if item != "lion":
            p.pick("epsilon", OMIT, 1e-4)
        if item in ("adam", "adamw"):
            p.pick("amsgrad", OMIT, True)
    elif item == "adagrad":
        p.pick("initial_accumulator_value", OMIT, 0.3)
        p.pick("epsilon", OMIT, 1e-4)
    elif item == "adadelta":
        p.pick("rho", OMIT, 0.9)
        p.pick("epsilon", OMIT, 1e-4)
    elif item == "ftrl":  # (a larger l1 makes all weights 0, where activations have kinks)
        for key, value in (("learning_rate_power", -0.7), ("initial_accumulator_value", 0.3), ("l1_regularization_strength", 0.001),
                           ("l2_regularization_strength", 0.02), ("l2_shrinkage_regularization_strength", 0.01), ("beta", 0.1)):
            p.pick(key, OMIT, value)
    given = p.pick("learning_rate", OMIT, rate, "schedule")
    if given == "schedule":
        p.options["learning_rate"] = schedule(draw, rate)
    common = Picker(draw, "optimizer", "(any)")
    common.pick("weight_decay", OMIT, real(draw, 0.001, 0.02))
    clip = draw.random.choice([None, "clipnorm", "clipvalue", "global_clipnorm"])
    for each in ("clipnorm", "clipvalue", "global_clipnorm"):
        common.pick(each, real(draw, 0.02, 0.5) if each == clip else OMIT)
        draw.offer("optimizer", "(any)", each, ["given"])
    is_plateau = given == "schedule" and p.options["learning_rate"]["type"] == "reduce_on_plateau"
    if not is_plateau and common.pick("warmup_steps", OMIT, OMIT, draw.random.randint(3, 12)) is not OMIT:
        common.pick("warmup_from", OMIT, 0.25)
    return item, {**p.options, **common.options}


def head(draw, net, place, loss, loss_options_drawn, rank):
    """The last layers, for one loss; the place and the width of the output."""
    if rank == 1:
        place = net.flat(place)
    width = {"yes_no": draw.random.randint(1, 4), "numbers": draw.random.randint(1, 4)}.get(LOSSES[loss], draw.random.randint(3, 7))
    p = Picker(draw, "layer", "dense")
    layer_draws.dense(draw, p, place.shape)
    p.options["units"] = width
    chosen = last_activation(draw, loss, loss_options_drawn)
    if chosen and (chosen == "step" or draw.random.random() < 0.6):
        p.options["activation"] = chosen
        return net.put("dense", p.options, [place])
    place = net.put("dense", p.options, [place])
    if chosen is None:
        return place
    draw.offer("layer", chosen)
    draw.count("layer", chosen)
    return net.put(chosen, {}, [place])
