# SPDX-License-Identifier: Apache-2.0
"""Parts of a recipe as Keras 3 objects: layers, activations, initializers, losses, optimizers, schedules and metrics. Names and arguments are
Keras's own, so most of it is spelling; what Keras has not (step, min_pooling, the perceptron criterion, warm-up) is written out here."""
import keras
import numpy as np
from keras import ops

import sequence_reference

def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def parts(component):
    """A component, "name" or { type = "name", ... }, as its name and options."""
    if isinstance(component, str):
        return component, {}
    return component["type"], {key: value for key, value in component.items() if key != "type"}


def step(x):
    return ops.cast(x >= 0, x.dtype)


def activation(component):
    name, options = parts(component)
    if name == "step":
        return step
    if name == "swish":
        name = "silu"
    function = getattr(keras.activations, name)
    return (lambda x: function(x, **options)) if options else function


INITIALIZERS = {"zeros": "Zeros", "ones": "Ones", "constant": "Constant", "identity": "Identity"}


def initializer(component):
    name, options = parts(component)
    return getattr(keras.initializers, INITIALIZERS.get(name, camel(name)))(**options)


def leaky_relu(x, negative_slope=0.2):
    """With the slope as its gradient at 0, where JAX has 1: TensorFlow and PyTorch have the slope."""
    return ops.where(x > 0, x, negative_slope * x)


keras.src.backend.nn.leaky_relu = leaky_relu  # what the activation, its layer and a ReLU with a slope come to


@keras.saving.register_keras_serializable("parity")
class Penalty(keras.regularizers.L1L2):
    """With a gradient of 0 where a weight is 0: JAX has 1 for |0|, other backends 0."""

    def __call__(self, x):
        absolute = ops.maximum(x, 0) + ops.maximum(-x, 0)
        return self.l1 * ops.sum(absolute) + self.l2 * ops.sum(ops.square(x))


def regularizer(table):
    return Penalty(l1=table.get("l1", 0.0), l2=table.get("l2", 0.0))


class Noise(keras.layers.Layer):
    """A noise layer of Keras whose noise is handed in: a factor or an addend, and nothing at all in inference."""

    supports_masking = True

    def __init__(self, kind, **kwargs):
        super().__init__(**kwargs)
        self.kind = kind

    def compute_mask(self, inputs, previous_mask=None):
        return previous_mask[0] if isinstance(previous_mask, (list, tuple)) else previous_mask

    def call(self, inputs, training=None):
        x, noise = inputs
        if not training:
            return x
        return x + noise if self.kind == "gaussian_noise" else x * noise


class MinPooling1D(keras.layers.MaxPooling1D):
    def call(self, inputs):
        return -super().call(-inputs)


class MinPooling2D(keras.layers.MaxPooling2D):
    def call(self, inputs):
        return -super().call(-inputs)


LAYERS = {
    "dense": keras.layers.Dense, "flatten": keras.layers.Flatten, "reshape": keras.layers.Reshape, "permute": keras.layers.Permute,
    "rescaling": keras.layers.Rescaling, "conv1d": keras.layers.Conv1D, "conv2d": keras.layers.Conv2D,
    "depthwise_conv2d": keras.layers.DepthwiseConv2D, "zero_padding1d": keras.layers.ZeroPadding1D, "zero_padding2d": keras.layers.ZeroPadding2D,
    "max_pooling1d": keras.layers.MaxPooling1D, "max_pooling2d": keras.layers.MaxPooling2D, "min_pooling1d": MinPooling1D,
    "min_pooling2d": MinPooling2D, "average_pooling1d": keras.layers.AveragePooling1D, "average_pooling2d": keras.layers.AveragePooling2D,
    "global_max_pooling1d": keras.layers.GlobalMaxPooling1D, "global_max_pooling2d": keras.layers.GlobalMaxPooling2D,
    "global_average_pooling1d": keras.layers.GlobalAveragePooling1D, "global_average_pooling2d": keras.layers.GlobalAveragePooling2D,
    "batch_normalization": keras.layers.BatchNormalization, "layer_normalization": keras.layers.LayerNormalization,
    "add": keras.layers.Add, "subtract": keras.layers.Subtract, "multiply": keras.layers.Multiply, "average": keras.layers.Average,
    "maximum": keras.layers.Maximum, "minimum": keras.layers.Minimum, "concatenate": keras.layers.Concatenate,
    "conv2d_transpose": keras.layers.Conv2DTranspose, "upsampling2d": keras.layers.UpSampling2D, **sequence_reference.LAYERS,
    # Layers of their own in Keras, with defaults of their own; other activations are Activation(name) there.
    "relu": keras.layers.ReLU, "leaky_relu": keras.layers.LeakyReLU, "elu": keras.layers.ELU, "softmax": keras.layers.Softmax,
}
NOISE = ("dropout", "gaussian_dropout", "gaussian_noise")
WITH_ACTIVATION = ("dense", "conv1d", "conv2d", "depthwise_conv2d", "conv2d_transpose", "simple_rnn", "lstm", "gru")


def layer(kind, name, options, trainable=True):
    """The Keras layer of a recipe's [[layer]], without its activation where Keras's class takes none."""
    if kind in NOISE:
        return Noise(kind, name=name)
    if kind == "time_distributed" and options["layer"]["type"] in NOISE:
        return Noise(options["layer"]["type"], name=name)  # of each element by itself
    if kind == "activation":
        return keras.layers.Activation(activation(options["activation"]), name=name)
    if kind not in LAYERS:
        return keras.layers.Activation(activation({"type": kind, **options}), name=name)
    arguments = {}
    for key, value in options.items():
        if key.endswith("initializer"):
            value = initializer(value)
        elif key.endswith("_regularizer"):
            value = regularizer(value)
        elif key == "activation":
            if kind not in WITH_ACTIVATION:
                continue
            value = activation(value)
        elif key == "recurrent_activation":
            value = activation(value)
        elif key in ("layer", "backward_layer"):
            value = layer(value["type"], None, {name: each for name, each in value.items() if name != "type"})
        elif key == "use_causal_mask":
            continue  # an argument of the call
        elif value == "none":
            value = None
        elif isinstance(value, list):
            value = tuple(value)
            if kind == "zero_padding2d" and key == "padding" and len(value) == 4:
                value = (value[:2], value[2:])
        if key == "synchronized":
            continue  # Keras has it on TensorFlow only; it means something with several ranks only
        arguments[key] = value
    made = LAYERS[kind](name=name, **arguments)
    made.trainable = trainable
    return made


class Perceptron(keras.losses.Loss):
    """Of the numbers before the step."""

    def call(self, y_true, z):
        return ops.sum((step(z) - y_true) * z, axis=-1)


LOSSES = {"kl_divergence": keras.losses.KLDivergence, "log_cosh": keras.losses.LogCosh, "perceptron": Perceptron}


def loss(kind, options):
    return (LOSSES.get(kind) or getattr(keras.losses, camel(kind)))(**options)


class LeastProbability(keras.metrics.Metric):
    """The least probability that a cross-entropy gave to what was so."""

    def __init__(self, loss, options):
        super().__init__(name="least_probability")
        self.of_classes, self.smooths = loss != "binary_crossentropy", "label_smoothing" in options
        self.least = self.add_variable((), "ones", name="least")

    def update_state(self, target, prediction, sample_weight=None):
        if len(target.shape) < len(prediction.shape):
            target = ops.one_hot(ops.cast(target, "int32"), prediction.shape[-1])
        other = 1.0 if self.of_classes else 1 - prediction
        judged = ops.minimum(prediction, other) if self.smooths else ops.where(target > 0.5, prediction, other)
        self.least.assign(ops.minimum(self.least, ops.min(judged)))

    def result(self):
        return ops.convert_to_tensor(self.least)

    def reset_state(self):
        self.least.assign(1.0)


class Rate(keras.optimizers.schedules.LearningRateSchedule):
    """A rate or a schedule behind a linear warm-up."""

    def __init__(self, base, warmup_steps, warmup_from):
        self.base, self.steps, self.start = base, warmup_steps, warmup_from

    def __call__(self, step_number):
        base = self.base(step_number) if callable(self.base) else self.base
        now = ops.cast(step_number, "float32")
        return base * ops.where(now < self.steps, self.start + (1 - self.start) * now / max(self.steps, 1), 1.0)


class StepDecay(keras.optimizers.schedules.LearningRateSchedule):
    """The usual LearningRateScheduler callback, by the step within epochs of known length."""

    def __init__(self, initial_learning_rate, steps_per_epoch, drop=0.5, epochs_drop=10):
        self.initial, self.drop, self.every = initial_learning_rate, drop, epochs_drop * steps_per_epoch

    def __call__(self, step_number):
        return self.initial * self.drop ** ops.floor(ops.cast(step_number, "float32") / self.every)


SCHEDULES = {"exponential_decay": "ExponentialDecay", "inverse_time_decay": "InverseTimeDecay", "polynomial_decay": "PolynomialDecay",
             "piecewise_constant_decay": "PiecewiseConstantDecay", "cosine_decay": "CosineDecay", "cosine_decay_restarts": "CosineDecayRestarts"}


def schedule(component, steps_per_epoch):
    name, options = parts(component)
    if name == "constant":
        return options.get("learning_rate", 0.01)
    if name == "reduce_on_plateau":
        return options["initial_learning_rate"]
    if name == "step_decay":
        return StepDecay(steps_per_epoch=steps_per_epoch, **options)
    return getattr(keras.optimizers.schedules, SCHEDULES[name])(**options)


def plateau(component):
    """The callback of a plateau schedule, or None."""
    name, options = parts(component) if component is not None and not isinstance(component, float) else ("", {})
    if name != "reduce_on_plateau":
        return None
    return keras.callbacks.ReduceLROnPlateau(**{key: value for key, value in options.items() if key != "initial_learning_rate"})


class Ftrl(keras.optimizers.Ftrl):
    """Keras's, but for a rate of 0, which the formula divides by: there nothing moves."""

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        moved = [variable, self._accumulators[index], self._linears[index]]
        before = [ops.convert_to_tensor(one) for one in moved]
        rate = ops.convert_to_tensor(learning_rate)
        still = ops.equal(rate, 0)
        super().update_step(gradient, variable, ops.where(still, 1.0, rate))
        for one, was in zip(moved, before):
            one.assign(ops.where(still, was, ops.convert_to_tensor(one)))


OPTIMIZERS = {"sgd": "SGD", "rmsprop": "RMSprop", "adamw": "AdamW"}


def optimizer(kind, options, steps_per_epoch):
    arguments = {key: value for key, value in options.items() if not key.startswith("warmup_")}
    rate = arguments.get("learning_rate")
    if rate is not None and not isinstance(rate, float):
        arguments["learning_rate"] = rate = schedule(rate, steps_per_epoch)
    if options.get("warmup_steps"):
        base = rate if rate is not None else {"sgd": 0.01}.get(kind, 0.001)
        arguments["learning_rate"] = Rate(base, options["warmup_steps"], options.get("warmup_from", 0.0))
    return (Ftrl if kind == "ftrl" else getattr(keras.optimizers, OPTIMIZERS.get(kind, kind.capitalize())))(**arguments)


METRICS = {"precision": "Precision", "recall": "Recall", "auc": "AUC", "r2_score": "R2Score", "f1_score": "F1Score", "f1": "F1Score",
           "top_k_categorical_accuracy": "TopKCategoricalAccuracy", "mse": "MeanSquaredError", "rmse": "RootMeanSquaredError",
           "mae": "MeanAbsoluteError", "mape": "MeanAbsolutePercentageError"}


def resolved_accuracy(prediction, target):
    """As Keras finds out what "accuracy" means."""
    if prediction.shape[-1] == 1:
        return "binary_accuracy"
    sparse = target.ndim < prediction.ndim or target.shape[-1] == 1
    return "sparse_categorical_accuracy" if sparse else "categorical_accuracy"


def metric(kind, options, prediction, target, yes_above=0.5):
    """The value over all samples at once. Where no threshold is given, yes begins above that number: of logits, Keras takes 0.5, too, and we 0."""
    prediction = prediction + np.float32(0)  # no -0, which Keras's argmax ranks below 0
    if kind == "accuracy":
        kind = resolved_accuracy(prediction, target)
    classes = prediction.shape[-1]
    if kind in ("binary_accuracy", "confusion_matrix"):
        options = {"threshold": yes_above, **options}
    if kind == "confusion_matrix":
        said = prediction.argmax(-1) if classes > 1 else prediction[..., 0] > options["threshold"]
        labels = target.argmax(-1) if target.shape == prediction.shape and classes > 1 else target.reshape(said.shape)
        return float(np.mean(said == labels))
    if kind in ("f1_score", "f1"):
        options = {"average": "macro", **options}
        if target.ndim < prediction.ndim:
            target = np.eye(classes, dtype=np.float32)[target.astype(int)]
        prediction, target = prediction.reshape(-1, classes), target.reshape(-1, classes).astype(np.float32)
    made = getattr(keras.metrics, METRICS.get(kind, camel(kind)))(**options)
    made.update_state(target, prediction)
    return float(made.result())
