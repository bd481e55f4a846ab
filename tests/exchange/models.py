# SPDX-License-Identifier: Apache-2.0
"""Models of Keras that Teranga takes in: every layer that both have, in Sequential and functional models, models within models, shared layers, several inputs and
outputs, masks, a residual network and transformers. Each function makes one; `draws` marks those whose training draws noise, which the two sides draw
differently."""
import keras
import numpy as np
from keras import layers as L

SAMPLES, CLASSES = 24, 3
MODELS = {}


def model(draws=False, target="classes"):
    """What the function gives is compiled, unless it did so itself or the target is None."""
    def add(make):
        MODELS[make.__name__] = (make, draws, target)
        return make
    return add


def numbers(rng, *shape):
    return rng.normal(size=(SAMPLES, *shape)).astype(np.float32)


def data_of(net, rng):
    """Random numbers for each input; ids where an embedding takes them, the last ones 0, as padding is."""
    out = []
    for tensor in net.inputs:
        if "int" in tensor.dtype:
            ids = rng.integers(1, 11, size=(SAMPLES, *tensor.shape[1:])).astype(np.int32)
            if len(tensor.shape) == 2:
                for row, length in zip(ids, rng.integers(1, tensor.shape[1] + 1, size=SAMPLES)):
                    row[length:] = 0
            out.append(ids)
        else:
            out.append(numbers(rng, *tensor.shape[1:]))
    return out


def targets_of(net, losses, rng):
    out = []
    for tensor, loss in zip(net.outputs, losses):
        shape = tuple(tensor.shape[1:])
        if "sparse" in loss:
            out.append(rng.integers(0, shape[-1], size=(SAMPLES, *shape[:-1])).astype(np.int32))
        elif loss == "categorical_crossentropy":
            out.append(np.eye(shape[-1], dtype=np.float32)[rng.integers(0, shape[-1], size=(SAMPLES, *shape[:-1]))])
        elif loss == "binary_crossentropy":
            out.append(rng.integers(0, 2, size=(SAMPLES, *shape)).astype(np.int32))
        else:
            out.append(rng.random(size=(SAMPLES, *shape)).astype(np.float32))
    return out


def sequence(*layers, shape, dtype="float32"):
    return keras.Sequential([keras.Input(shape, dtype=dtype), *layers])


def ends(x):
    return L.Dense(CLASSES, activation="softmax")(x)


@model()
def dense_classes():
    return sequence(L.Dense(8, activation="relu"), L.Dense(CLASSES, activation="softmax"), shape=(5,))


@model(target="numbers")
def dense_numbers():
    net = sequence(L.Dense(6, activation="tanh", kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.02), kernel_initializer="he_normal", bias_initializer=keras.initializers.RandomNormal(stddev=0.1)),
                   L.Dense(2, use_bias=False, kernel_regularizer=keras.regularizers.L1L2(0.01, 0.03)), shape=(4,))
    net.compile(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), keras.losses.Huber(), metrics=["mae"])
    return net


@model()
def constrained():
    net = sequence(L.Conv2D(4, 3, kernel_constraint=keras.constraints.MaxNorm(1.5, axis=[0, 1, 2]), bias_constraint="non_neg"), L.Reshape((9, 4), activity_regularizer=keras.regularizers.L1L2(0.01, 0.02)),
                   L.GRU(5, recurrent_constraint=keras.constraints.UnitNorm(), kernel_constraint=keras.constraints.MinMaxNorm(0.2, 0.9, rate=0.5)), L.Dense(CLASSES, activation="softmax", kernel_constraint="max_norm"), shape=(5, 5, 1))
    net.compile(keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


@model(target="yes")
def yes_or_no():
    net = sequence(L.Dense(7, activation="relu"), L.Dense(1, activation="sigmoid"), shape=(6,))
    net.compile(keras.optimizers.RMSprop(0.003), "binary_crossentropy", metrics=["accuracy"])
    return net


@model()
def logits():
    net = sequence(L.Dense(7, activation="relu"), L.Dense(CLASSES), shape=(6,))
    net.compile(keras.optimizers.AdamW(0.003, weight_decay=0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["sparse_categorical_accuracy"])
    return net


@model(target="one hot")
def one_hot_classes():
    net = sequence(L.Dense(7, activation="relu"), L.Dense(CLASSES, activation="softmax"), shape=(6,))
    net.compile("adagrad", keras.losses.CategoricalCrossentropy(label_smoothing=0.1), metrics=[keras.metrics.TopKCategoricalAccuracy(k=2)])
    return net


@model()
def activation_functions():
    names = ["elu", "selu", "gelu", "silu", "softplus", "softsign", "mish", "exponential", "hard_sigmoid", "relu6", "leaky_relu", "log_softmax", "sigmoid", "linear"]
    return sequence(*(L.Dense(5, activation=name) for name in names), L.Dense(CLASSES, activation="softmax"), shape=(5,))


@model()
def activation_layers():
    return sequence(L.Dense(6), L.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.2), L.Dense(6), L.LeakyReLU(0.15), L.Dense(6), L.ELU(0.7), L.Dense(6, activation=L.LeakyReLU(negative_slope=0.05)), L.Dense(6), L.Activation("swish"),
                    L.Dense(6), L.Activation("leaky_relu"), L.Dense(CLASSES), L.Softmax(), shape=(5,))


@model()
def lenet():
    return sequence(L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Conv2D(5, 3, padding="same"), L.Activation("tanh"), L.MaxPooling2D(pool_size=(2, 1), strides=2, padding="same"), L.Flatten(), L.Dense(CLASSES, activation="softmax"),
                    shape=(9, 8, 2))


@model()
def strides_and_dilation():
    return sequence(L.Conv2D(4, (3, 2), strides=(2, 1), padding="same", activation="relu"), L.Conv2D(4, 2, dilation_rate=2, use_bias=False), L.AveragePooling2D(2, strides=1, padding="same"), L.GlobalAveragePooling2D(),
                    L.Dense(CLASSES, activation="softmax"), shape=(9, 8, 2))


@model()
def depthwise():
    return sequence(L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="relu"), L.Conv2D(6, 1), L.GlobalMaxPooling2D(), L.Dense(CLASSES, activation="softmax"), shape=(6, 6, 3))


@model(target="numbers")
def larger_pictures():
    net = sequence(L.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu"), L.UpSampling2D((2, 1)), L.ZeroPadding2D(((1, 0), (2, 1))), L.Conv2D(1, 3), shape=(4, 5, 2))
    net.compile("adam", "mse")
    return net


@model()
def signals():
    return sequence(L.Conv1D(5, 3, padding="causal", activation="relu"), L.MaxPooling1D(2), L.Conv1D(4, 2, strides=2), L.AveragePooling1D(2), L.GlobalAveragePooling1D(), L.Dense(CLASSES, activation="softmax"), shape=(16, 3))


@model()
def padded_signals():
    return sequence(L.ZeroPadding1D((1, 2)), L.Conv1D(5, 3, dilation_rate=2), L.UpSampling1D(2), L.GlobalMaxPooling1D(), L.Dense(CLASSES, activation="softmax"), shape=(8, 3))


@model()
def batch_normalization():
    return sequence(L.Conv2D(4, 3, use_bias=False), L.BatchNormalization(momentum=0.9), L.ReLU(), L.Flatten(), L.Dense(5), L.BatchNormalization(scale=False, epsilon=1e-2), L.Dense(CLASSES, activation="softmax"), shape=(6, 6, 2))


@model()
def layer_normalization():
    return sequence(L.Dense(6), L.LayerNormalization(), L.LayerNormalization(axis=[1, 2], epsilon=1e-2), L.Flatten(), L.Dense(CLASSES, activation="softmax"), shape=(4, 5))


@model()
def other_shapes():
    return sequence(L.Rescaling(0.5, offset=-0.1), L.Reshape((3, -1)), L.Permute((2, 1)), L.Flatten(), L.Dense(4), L.RepeatVector(3), L.Reshape((12,)), L.Dense(CLASSES, activation="softmax"), shape=(4, 6))


@model(draws=True)
def noise():
    return sequence(L.GaussianNoise(0.2), L.Dense(6, activation="relu"), L.Dropout(0.3), L.Dense(6), L.GaussianDropout(0.1), L.Dense(CLASSES, activation="softmax"), shape=(5,))


@model()
def bag_of_words():
    return sequence(L.Embedding(11, 4), L.GlobalAveragePooling1D(), L.Dense(CLASSES, activation="softmax"), shape=(7,), dtype="int32")


@model()
def bag_of_words_of_float_ids():
    return keras.Sequential([keras.Input((7,)), L.Embedding(11, 4, embeddings_regularizer="l2"), L.Flatten(), L.Dense(CLASSES, activation="softmax")])


@model()
def masked_lstm():
    return sequence(L.Embedding(11, 4, mask_zero=True), L.LSTM(5), L.Dense(CLASSES, activation="softmax"), shape=(7,), dtype="int32")


@model()
def masked_gru():
    return sequence(L.Embedding(11, 4, mask_zero=True), L.GRU(5, return_sequences=True), L.GRU(4, reset_after=False, go_backwards=True), L.Dense(CLASSES, activation="softmax"), shape=(7,), dtype="int32")


@model()
def steps_of_a_sequence():
    return sequence(L.Embedding(11, 4), L.SimpleRNN(5, return_sequences=True, activation="relu", recurrent_initializer="identity"), L.TimeDistributed(L.Dense(CLASSES, activation="softmax")), shape=(6,), dtype="int32")


@model()
def masking():
    return sequence(L.Masking(mask_value=0.0), L.LSTM(5, recurrent_activation="hard_sigmoid", unit_forget_bias=False), L.Dense(CLASSES, activation="softmax"), shape=(7, 3))


@model()
def both_directions():
    return sequence(L.Embedding(11, 4, mask_zero=True), L.Bidirectional(L.LSTM(3)), L.Dense(CLASSES, activation="softmax"), shape=(7,), dtype="int32")


@model()
def both_directions_summed():
    return sequence(L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode="sum"), L.Bidirectional(L.SimpleRNN(4), merge_mode="ave", backward_layer=L.SimpleRNN(4, activation="relu", go_backwards=True)), L.Dense(CLASSES, activation="softmax"),
                    shape=(6, 3))


@model()
def functional_masks():
    ids = keras.Input((7,), dtype="int32", name="ids")
    x = L.Embedding(11, 4, mask_zero=True)(ids)
    x = L.Dropout(0.0)(L.LayerNormalization()(x))
    x = L.Bidirectional(L.LSTM(3, return_sequences=True))(x)
    return keras.Model(ids, ends(L.GlobalAveragePooling1D()(x)))


@model()
def encoder_and_decoder():
    source, begun = keras.Input((5,), dtype="int32", name="source"), keras.Input((4,), dtype="int32", name="begun")
    _, h, c = L.LSTM(6, return_state=True, name="encoder")(L.Embedding(11, 4, mask_zero=True)(source))
    x = L.LSTM(6, return_sequences=True, name="decoder")(L.Embedding(11, 4)(begun), initial_state=[h, c])
    return keras.Model([source, begun], L.Dense(CLASSES, activation="softmax")(x))


@model()
def two_inputs():
    picture, facts = keras.Input((6, 6, 1), name="picture"), keras.Input((4,), name="facts")
    x = L.Flatten()(L.Conv2D(3, 3, activation="relu")(picture))
    return keras.Model([picture, facts], ends(L.Concatenate()([x, L.Dense(5, activation="relu")(facts)])))


@model(target="several")
def two_outputs():
    x = keras.Input((5,), name="x")
    h = L.Dense(8, activation="relu", name="trunk")(x)
    net = keras.Model(x, [L.Dense(CLASSES, activation="softmax", name="kind")(h), L.Dense(2, name="place")(h)])
    net.compile("adam", ["sparse_categorical_crossentropy", "mse"], loss_weights=[1.0, 0.5], metrics=[["accuracy"], ["mae"]])
    return net


@model(target="several")
def two_inputs_and_named_outputs():
    a, b = keras.Input((5,), name="a"), keras.Input((3,), name="b")
    h = L.Concatenate(name="both")([L.Dense(4, activation="tanh")(a), L.Dense(4, activation="tanh")(b)])
    net = keras.Model({"a": a, "b": b}, {"left": L.Dense(1, activation="sigmoid", name="left")(h), "right": L.Dense(CLASSES, activation="softmax", name="right")(h)})
    net.compile("adam", {"left": "binary_crossentropy", "right": "sparse_categorical_crossentropy"}, loss_weights={"left": 0.3, "right": 1.0})
    return net


@model()
def merges():
    x = keras.Input((5,))
    parts = [L.Dense(4, activation=name)(x) for name in ("relu", "tanh", "sigmoid", "linear")]
    a, b = L.Add()(parts[:3]), L.Subtract()([parts[1], parts[3]])
    c, d = L.Multiply()([a, b]), L.Average()([parts[0], parts[2], b])
    e, f = L.Maximum()([c, d]), L.Minimum()([a, parts[3]])
    return keras.Model(x, ends(L.Concatenate(axis=1)([e, f, c])))


@model()
def operators():
    x = keras.Input((5,))
    a, b = L.Dense(4, activation="relu")(x), L.Dense(4)(x)
    return keras.Model(x, ends((a + b) * b - a))


@model()
def model_in_a_sequence():
    inner = keras.Sequential([keras.Input((6,)), L.Dense(5, activation="relu"), L.Dense(4)], name="inner")
    return sequence(L.Dense(6, activation="relu"), inner, L.Dense(CLASSES, activation="softmax"), shape=(5,))


@model()
def models_within_models():
    x = keras.Input((6,))
    deep = keras.Model(x, L.Dense(5, activation="relu", name="same")(L.Dense(5)(x)), name="deep")
    y = keras.Input((6,))
    middle = keras.Model(y, L.Add()([deep(y), L.Dense(5, name="same")(y)]), name="middle")
    z = keras.Input((6,))
    return keras.Model(z, ends(L.Concatenate()([middle(z), L.Dense(2, name="same")(z)])))


@model()
def shared_layer():
    a, b = keras.Input((5,), name="a"), keras.Input((5,), name="b")
    shared = L.Dense(4, activation="relu", name="shared")
    return keras.Model([a, b], ends(L.Subtract()([shared(a), shared(b)])))


@model(target="yes")
def shared_model():
    a, b = keras.Input((6, 6, 1), name="a"), keras.Input((6, 6, 1), name="b")
    tower = keras.Sequential([keras.Input((6, 6, 1)), L.Conv2D(3, 3, activation="relu"), L.Flatten(), L.Dense(4)], name="tower")
    net = keras.Model([a, b], L.Dense(1, activation="sigmoid")(L.Multiply()([tower(a), tower(b)])))
    net.compile("adam", "binary_crossentropy")
    return net


def residual(x, filters, strides=1):
    y = L.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
    y = L.ReLU()(L.BatchNormalization(momentum=0.9)(y))
    y = L.BatchNormalization(momentum=0.9)(L.Conv2D(filters, 3, padding="same", use_bias=False)(y))
    if strides != 1 or x.shape[-1] != filters:
        x = L.BatchNormalization(momentum=0.9)(L.Conv2D(filters, 1, strides=strides, use_bias=False)(x))
    return L.ReLU()(L.Add()([x, y]))


@model()
def residual_network():
    x = keras.Input((8, 8, 3))
    y = L.ReLU()(L.BatchNormalization(momentum=0.9)(L.Conv2D(4, 3, padding="same", use_bias=False)(x)))
    for filters, strides in ((4, 1), (6, 2), (8, 2)):
        y = residual(y, filters, strides)
    return keras.Model(x, ends(L.GlobalAveragePooling2D()(y)))


@model()
def branches():
    x = keras.Input((8, 8, 3))
    one = L.Conv2D(3, 1, activation="relu")(x)
    three = L.Conv2D(3, 3, padding="same", activation="relu")(L.Conv2D(3, 1, activation="relu")(x))
    pooled = L.Conv2D(3, 1)(L.MaxPooling2D(3, strides=1, padding="same")(x))
    return keras.Model(x, ends(L.GlobalMaxPooling2D()(L.Concatenate()([pooled, three, one]))))


def transformer_of(blocks, masked):
    ids = keras.Input((6,), dtype="int32")
    x = L.Embedding(11, 8, mask_zero=masked)(ids)
    for _ in range(blocks):
        x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, L.MultiHeadAttention(2, 4)(x, x)]))
        x = L.LayerNormalization(epsilon=1e-6)(L.Add()([x, L.Dense(8)(L.Dense(12, activation="gelu")(x))]))
    return keras.Model(ids, ends(L.GlobalAveragePooling1D()(x)))


@model()
def transformer():
    return transformer_of(2, False)


@model()
def masked_transformer():
    return transformer_of(1, True)  # the attention of a second block gets no mask from Keras


@model()
def attention_to_another():
    a, b = keras.Input((4, 6), name="a"), keras.Input((5, 6), name="b")
    return keras.Model([a, b], ends(L.GlobalMaxPooling1D()(L.MultiHeadAttention(2, 3, output_shape=5, use_bias=False)(a, b))))


@model()
def language_model():
    ids = keras.Input((6,), dtype="int32")
    x = L.Embedding(11, 8)(ids)
    x = x + L.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)
    return keras.Model(ids, L.Dense(CLASSES, activation="softmax")(x))


@model()
def frozen_layers():
    net = sequence(L.Dense(6, activation="relu"), L.Dense(5, activation="relu"), L.Dense(CLASSES, activation="softmax"), shape=(5,))
    net.layers[0].trainable = False
    return net


@model()
def scheduled():
    net = sequence(L.Dense(6, activation="relu"), L.Dense(CLASSES, activation="softmax"), shape=(5,))
    rate = keras.optimizers.schedules.ExponentialDecay(0.02, decay_steps=5, decay_rate=0.5, staircase=True)
    net.compile(keras.optimizers.Adam(rate, beta_1=0.8, clipnorm=0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return net


@model(target="not compiled")
def not_compiled():
    return sequence(L.Dense(6, activation="relu"), L.Dense(CLASSES, activation="softmax"), shape=(5,))


@model(target="numbers")
def autoencoder():
    encoder = keras.Sequential([keras.Input((8,)), L.Dense(5, activation="relu"), L.Dense(2)], name="encode")
    decoder = keras.Sequential([keras.Input((2,)), L.Dense(5, activation="relu"), L.Dense(8, activation="sigmoid")], name="decode")
    net = keras.Sequential([keras.Input((8,)), encoder, decoder])
    net.compile("nadam", "mae")
    return net


@model()
def names_that_recipes_do_not_take():
    x = keras.Input((5,), name="the input")
    h = L.Dense(4, activation="relu", name="block1.dense")(x)
    return keras.Model(x, L.Dense(CLASSES, activation="softmax", name="Größe")(L.Add(name="a+b")([h, L.Dense(4, name="block1_dense")(x)])))
