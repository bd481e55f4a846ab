# SPDX-License-Identifier: Apache-2.0
"""Draws the options of every kind of layer for an input of a given shape (of one sample, without the samples axis)."""
from coverage import OMIT, Picker

ACTIVATIONS = ["linear", "step", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "mish", "softplus", "softsign", "sigmoid",
               "hard_sigmoid", "tanh", "exponential", "softmax", "log_softmax"]
INITIALIZERS = ["zeros", "ones", "constant", "identity", "random_normal", "truncated_normal", "random_uniform", "glorot_uniform", "glorot_normal",
                "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "variance_scaling", "orthogonal"]


def real(draw, low, high):
    return round(draw.random.uniform(low, high), 3)


def activation_options(draw, kind, item):
    p = Picker(draw, kind, item)
    if item == "relu":
        p.pick("negative_slope", OMIT, real(draw, 0.05, 0.4))
        p.pick("max_value", OMIT, real(draw, 1.0, 2.5))
        p.pick("threshold", OMIT, real(draw, 0.1, 0.6))
    elif item == "leaky_relu":
        p.pick("negative_slope", OMIT, real(draw, 0.05, 0.5))
    elif item == "elu":
        p.pick("alpha", OMIT, real(draw, 0.3, 1.5))
    elif item == "gelu":
        p.pick("approximate", OMIT, True)
    elif item in ("softmax", "log_softmax"):
        p.pick("axis", OMIT, -1)
    return p.options


def component(draw, kind, item, options):
    return {"type": item, **options} if options or draw.random.random() < 0.5 else item


def activation(draw, without=()):
    """A component for activation = ...; some would stop the gradient or blow up and are rare by their caller's choice."""
    if draw.counts[("activation", "step", "", "")] > 2:
        without = (*without, "step")  # nothing before it learns
    item = draw.item("activation", [each for each in ACTIVATIONS if each not in without])[0]
    return component(draw, "activation", item, activation_options(draw, "activation", item))


def initializer(draw, rank, positive=False):
    items = [each for each in INITIALIZERS if (rank == 2 or each != "identity") and (rank > 1 or each != "orthogonal")]
    if rank > 1:
        items.remove("zeros")  # of a kernel: nothing would come through
    if positive:
        items = ["ones", "constant", "random_uniform"]
    item = draw.item("initializer", items)[0]
    p = Picker(draw, "initializer", item)
    if item == "constant":
        p.pick("value", OMIT if not positive else 0.8, 0.25)
    elif item == "identity":
        p.pick("gain", OMIT, 0.7)
    elif item == "orthogonal":
        p.pick("gain", OMIT, 0.9)
    elif item == "random_normal" or item == "truncated_normal":
        p.pick("mean", OMIT, 0.05)
        p.pick("stddev", OMIT, real(draw, 0.1, 0.4))
    elif item == "random_uniform":
        p.pick("minval", 0.5 if positive else OMIT, 0.4 if positive else -0.4)
        p.pick("maxval", 1.5 if positive else OMIT, 1.4 if positive else 0.3)
    elif item == "variance_scaling":
        p.pick("scale", OMIT, 1.5)
        p.pick("mode", OMIT, "fan_in", "fan_out", "fan_avg")
        p.pick("distribution", OMIT, "truncated_normal", "untruncated_normal", "uniform")
    if item not in ("zeros", "ones", "constant", "identity"):
        p.options["seed"] = draw.random.randrange(1000)  # so that Keras is reproducible
    return component(draw, "initializer", item, p.options)


def regularizer(draw):
    p = Picker(draw, "regularizer", "l1_l2")
    p.pick("l1", OMIT, 0.001)
    p.pick("l2", 0.002) if "l1" not in p.options else p.pick("l2", OMIT, 0.002)
    return p.options


def weights(draw, p, kernel, rank, bias=True):
    """Initializer and regularizer of the kernel and the bias."""
    names = [(kernel, rank)]
    if bias:
        p.pick("use_bias", OMIT, False)
        names.append(("bias", 1))
    for name, axes in names:
        first = draw.choose(p.kind, p.item, name + "_initializer", [OMIT, "given"])
        p.draw.count(p.kind, p.item, name + "_initializer", first)
        if first is not OMIT:
            p.options[name + "_initializer"] = initializer(draw, axes)
        penalty = draw.choose(p.kind, p.item, name + "_regularizer", [OMIT, "given"])
        p.draw.count(p.kind, p.item, name + "_regularizer", penalty)
        if penalty is not OMIT:
            p.options[name + "_regularizer"] = regularizer(draw)


def dense(draw, p, shape):
    p.give("units", draw.random.randint(2, 7))
    weights(draw, p, "kernel", 2)


def reshape(draw, p, shape):
    count = 1
    for extent in shape:
        count *= extent
    factors = [n for n in range(2, count) if count % n == 0]
    targets = [[count], [-1]] + [[n, count // n] for n in factors] + [[-1, n] for n in factors]
    targets += [[a, b, count // (a * b)] for a in factors for b in factors if count % (a * b) == 0]
    p.give("target_shape", draw.random.choice(targets))


def permute(draw, p, shape):
    dims = list(range(1, len(shape) + 1))
    draw.random.shuffle(dims)
    p.give("dims", dims)


def rescaling(draw, p, shape):
    p.give("scale", real(draw, 0.3, 1.4))
    p.pick("offset", OMIT, real(draw, -0.5, 0.5))


def per_axis(draw, axes, low, high):
    """One number, or one for each axis."""
    numbers = [draw.random.randint(low, high) for _ in range(axes)]
    return numbers if draw.random.random() < 0.5 else numbers[0]


def convolution(draw, p, shape):
    axes = len(shape) - 1
    p.give("kernel_size", per_axis(draw, axes, 1, 3))
    if p.item != "depthwise_conv2d":
        groups = p.pick("groups", OMIT, *[n for n in (2, 3, 4) if shape[-1] % n == 0][:1])
        p.give("filters", draw.random.randint(1, 3) * (groups if groups is not OMIT else 2))
    else:
        p.pick("depth_multiplier", OMIT, 2)
    dilation = p.pick("dilation_rate", OMIT, *([per_axis(draw, axes, 2, 2)] if draw.random.random() < 0.5 else []))
    p.pick("strides", *([OMIT] if dilation is not OMIT else [OMIT, per_axis(draw, axes, 2, 3) if draw.random.random() < 0.3 else per_axis(draw, axes, 2, 2)]))
    p.pick("padding", OMIT, "valid", "same", *(["causal"] if p.item == "conv1d" else []))
    if p.item == "depthwise_conv2d" and isinstance(p.options.get("strides"), list):
        p.options["strides"] = [2, 2]  # the one form that both have
    weights(draw, p, "depthwise" if p.item == "depthwise_conv2d" else "kernel", axes + 2)


def transposed_convolution(draw, p, shape):
    p.give("kernel_size", per_axis(draw, 2, 1, 3))
    p.give("filters", draw.random.randint(1, 3))
    dilation = p.pick("dilation_rate", OMIT, 2)
    strides = p.pick("strides", *([OMIT] if dilation is not OMIT else [OMIT, per_axis(draw, 2, 2, 3)]))
    p.pick("padding", OMIT, "valid", "same")
    p.pick("output_padding", *([OMIT] if strides is OMIT else [OMIT, draw.random.randint(0, 1)]))
    weights(draw, p, "kernel", 4)


def upsampling(draw, p, shape):
    p.pick("size", OMIT, draw.random.randint(1, 3) if p.item == "upsampling1d" else per_axis(draw, 2, 1, 3))
    if p.item == "upsampling2d":
        p.pick("interpolation", OMIT, "nearest", "bilinear")


def zero_padding(draw, p, shape):
    if p.item == "zero_padding1d":
        p.pick("padding", OMIT, draw.random.choice([2, [0, 2], [2, 1]]))
    else:
        p.pick("padding", OMIT, draw.random.choice([2, [0, 1], [1, 0, 2, 1]]))


def pooling(draw, p, shape):
    axes = len(shape) - 1
    p.pick("pool_size", OMIT, per_axis(draw, axes, 2, 3))
    p.pick("strides", OMIT, per_axis(draw, axes, 1, 2))
    p.pick("padding", OMIT, "valid", "same")


def global_pooling(draw, p, shape):
    p.pick("keepdims", OMIT, True)


def noise(draw, p, shape):
    if p.item == "gaussian_noise":
        p.give("stddev", real(draw, 0.05, 0.3))
    else:
        p.give("rate", real(draw, 0.1, 0.5))
    p.pick("seed", OMIT, draw.random.randrange(1, 1000))


def normalization(draw, p, shape):
    p.pick("epsilon", OMIT, real(draw, 0.002, 0.05))
    p.pick("center", OMIT, False)
    p.pick("scale", OMIT, False)
    if p.item == "batch_normalization":
        p.pick("axis", OMIT, -1)
        p.pick("momentum", OMIT, real(draw, 0.5, 0.95))
        p.pick("synchronized", OMIT, True)
    else:
        axes = [-1] if len(shape) == 1 or draw.random.random() < 0.5 else [len(shape) - 1, len(shape)]
        p.pick("axis", OMIT, axes if draw.random.random() < 0.5 else sorted(a - len(shape) - 1 if a > 0 else a for a in axes))
    for name in ("beta", "gamma") + (("moving_mean", "moving_variance") if p.item == "batch_normalization" else ()):
        first = draw.choose(p.kind, p.item, name + "_initializer", [OMIT, "given"])
        draw.count(p.kind, p.item, name + "_initializer", first)
        if first is not OMIT:
            p.options[name + "_initializer"] = initializer(draw, 1, positive=name in ("gamma", "moving_variance"))
        if name.startswith("moving"):
            continue
        penalty = draw.choose(p.kind, p.item, name + "_regularizer", [OMIT, "given"])
        draw.count(p.kind, p.item, name + "_regularizer", penalty)
        if penalty is not OMIT:
            p.options[name + "_regularizer"] = regularizer(draw)


def nothing(draw, p, shape):
    pass


# type -> (ranks of a sample that it takes, how its options are drawn)
UNARY = {
    "dense": ((1, 2, 3), dense), "flatten": ((2, 3), nothing), "reshape": ((1, 2, 3), reshape), "permute": ((2, 3), permute),
    "rescaling": ((1, 2, 3), rescaling), "conv1d": ((2,), convolution), "conv2d": ((3,), convolution), "depthwise_conv2d": ((3,), convolution),
    "conv2d_transpose": ((3,), transposed_convolution), "upsampling1d": ((2,), upsampling), "upsampling2d": ((3,), upsampling),
    "zero_padding1d": ((2,), zero_padding), "zero_padding2d": ((3,), zero_padding),
    "max_pooling1d": ((2,), pooling), "max_pooling2d": ((3,), pooling), "min_pooling1d": ((2,), pooling), "min_pooling2d": ((3,), pooling),
    "average_pooling1d": ((2,), pooling), "average_pooling2d": ((3,), pooling),
    "global_max_pooling1d": ((2,), global_pooling), "global_max_pooling2d": ((3,), global_pooling),
    "global_average_pooling1d": ((2,), global_pooling), "global_average_pooling2d": ((3,), global_pooling),
    "dropout": ((1, 2, 3), noise), "gaussian_dropout": ((1, 2, 3), noise), "gaussian_noise": ((1, 2, 3), noise),
    "batch_normalization": ((1, 2, 3), normalization), "layer_normalization": ((1, 2, 3), normalization),
    "activation": ((1, 2, 3), None), **{each: ((1, 2, 3), None) for each in ACTIVATIONS},
}
MERGES = ["add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"]


def options(draw, kind, shape):
    """Draws a layer of that kind for that input; its options."""
    if kind == "activation":
        p = Picker(draw, "layer", kind)
        p.draw.count("layer", kind, "activation", "given")
        draw.offer("layer", kind, "activation", ["given"])
        return {"activation": activation(draw)}
    if kind in ACTIVATIONS:
        return activation_options(draw, "layer", kind)
    p = Picker(draw, "layer", kind)
    UNARY[kind][1](draw, p, shape)
    return p.options
