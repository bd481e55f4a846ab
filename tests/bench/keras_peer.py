#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keras 3 on the workloads of `teranga bench run`, for `compare` (peer.py says how they talk).

usage: KERAS_BACKEND=jax|tensorflow keras_peer.py NAME FOLDER [--threads N]

Times are those inside model.fit on arrays in memory, as a user would train; the first epoch is not counted. The comparison of losses makes TensorFlow add up
the gradients of a word before an optimizer sees them, as the other back end does."""
import argparse
import functools
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import peer


def workloads():
    """name: (model without and with dropout, loss, optimizer). Layers with weights are called as in the recipe; what has no name there, Keras calls alike."""
    import keras
    from keras import layers as L

    class Position(L.Layer):
        def build(self, shape):
            self.embeddings = self.add_weight(shape=shape[1:], initializer="zeros", name="embeddings")

        def call(self, x):
            return x + self.embeddings

    bce = lambda: keras.losses.BinaryCrossentropy(from_logits=True)
    sce = lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    mse = keras.losses.MeanSquaredError
    sgd = lambda: keras.optimizers.SGD(0.01, momentum=0.9)
    adam = lambda: keras.optimizers.Adam(0.001)
    rmsprop = lambda: keras.optimizers.RMSprop(0.001)

    def mlp(*widths):
        def make(dropout):
            parts = [L.Input((widths[0],))]
            for units in widths[1:-1]:
                parts += [L.Dense(units, "relu")] + ([L.Dropout(0.5)] if dropout else [])
            return keras.Sequential(parts + [L.Dense(widths[-1])])
        return make

    def plain(*parts):
        return lambda dropout: keras.Sequential([part() for part in parts])

    def sentiment(time, embedding, *cells):
        return plain(lambda: L.Input((time,), dtype="int32"), lambda: L.Embedding(10_000, embedding), *cells, lambda: L.Dense(1))

    def alexnet(dropout):
        drop = [L.Dropout(0.5)] if dropout else []
        return keras.Sequential([
            L.Input((224, 224, 3)), L.ZeroPadding2D(2), L.Conv2D(64, 11, 4, activation="relu"), L.MaxPooling2D(3, 2), L.Conv2D(192, 5, padding="same", activation="relu"),
            L.MaxPooling2D(3, 2), L.Conv2D(384, 3, padding="same", activation="relu"), L.Conv2D(256, 3, padding="same", activation="relu"),
            L.Conv2D(256, 3, padding="same", activation="relu"), L.MaxPooling2D(3, 2), L.Flatten(), *drop, L.Dense(4096, "relu"), *drop, L.Dense(4096, "relu"), L.Dense(1000)])

    def resnet20(dropout):
        def conv(x, name, outputs, kernel, stride):
            return L.Conv2D(outputs, kernel, stride, "same", use_bias=False, name=name)(x)

        def norm(x, name=None):
            return L.BatchNormalization(momentum=0.9, epsilon=1e-5, name=name)(x)

        entry = L.Input((32, 32, 3))
        x = L.ReLU()(norm(conv(entry, "stem", 16, 3, 1)))
        for stage, outputs in enumerate((16, 32, 64), 1):
            for block in (1, 2, 3):
                name, stride = f"s{stage}b{block}", 2 if stage > 1 and block == 1 else 1
                y = L.ReLU()(norm(conv(x, f"{name}_conv1", outputs, 3, stride)))
                y = norm(conv(y, f"{name}_conv2", outputs, 3, 1), f"{name}_norm")
                x = L.ReLU()(L.Add()([y, conv(x, f"{name}_short", outputs, 1, stride) if stride > 1 else x]))
        return keras.Model(entry, L.Dense(10)(L.GlobalAveragePooling2D()(x)))

    def transformer(dropout):
        entry = L.Input((128,), dtype="int32")
        x = Position(name="b0_out")(L.Embedding(8000, 128)(entry))
        for b in (1, 2):
            x = L.LayerNormalization(epsilon=1e-5, name=f"b{b}_mid")(x + L.MultiHeadAttention(4, 32, name=f"b{b}_attention")(x, x))
            x = L.LayerNormalization(epsilon=1e-5, name=f"b{b}_out")(x + L.Dense(128, name=f"b{b}_narrow")(L.Dense(512, "gelu", name=f"b{b}_wide")(x)))
        return keras.Model(entry, L.Dense(2)(L.GlobalAveragePooling1D()(x)))

    return {
        "tiny_mlp": (mlp(16, 64, 64, 1), mse, adam),
        "mlp": (mlp(784, 512, 512, 10), sce, sgd),
        "dropout_mlp": (mlp(256, 256, 256, 256, 256, 10), sce, sgd),
        "lenet": (plain(lambda: L.Input((28, 28, 1)), lambda: L.Conv2D(20, 5), L.MaxPooling2D, lambda: L.Conv2D(50, 5), L.MaxPooling2D, L.Flatten,
                        lambda: L.Dense(500, "relu"), lambda: L.Dense(10)), sce, sgd),
        "resnet20": (resnet20, sce, sgd),
        "alexnet": (alexnet, sce, sgd),
        "imdb_rnn": (sentiment(256, 32, lambda: L.SimpleRNN(8, return_sequences=True), lambda: L.SimpleRNN(8)), bce, rmsprop),
        "rnn": (sentiment(500, 32, lambda: L.SimpleRNN(32)), bce, rmsprop),
        "lstm": (sentiment(200, 128, lambda: L.LSTM(128)), bce, adam),
        "gru": (sentiment(200, 128, lambda: L.GRU(128)), bce, adam),
        "char_lstm": (plain(lambda: L.Input((64,), dtype="int32"), lambda: L.Embedding(96, 64), lambda: L.LSTM(256, return_sequences=True), lambda: L.Dense(96)), sce, adam),
        "transformer": (transformer, sce, adam),
        "text_bag": (plain(lambda: L.Input((256,), dtype="int32"), lambda: L.Embedding(100_000, 64), L.GlobalAveragePooling1D, lambda: L.Dense(1)), bce,
                     lambda: keras.optimizers.SGD(0.01)),
        "autoencoder": (mlp(784, 256, 64, 256, 784), bce, adam),
    }


def compilers():
    """Of Keras's back end, by name: what model.compile takes as jit_compile. XLA's convolutions and products are not always those of TensorFlow."""
    import keras

    return {"XLA": True, "kernels": False} if keras.config.backend() == "tensorflow" else {"XLA": True}


def take_weights(layers, weights):
    """Teranga's weights, which have Keras's names."""
    for layer in layers:
        for variable in layer.trainable_variables:
            parts = variable.path.split("/")
            inner = [part for part in parts[parts.index(layer.name) + 1:] if not part.endswith("_cell")]
            variable.assign(weights.pop("/".join([layer.name, *inner])))
    if weights:
        raise RuntimeError(f"Keras has no place for {', '.join(weights)}")


def add_up_words(optimizer):
    """TensorFlow leaves a word's gradients apart, one for each place where the word stands, and Adam and RMSprop then add squares instead of squaring the sum."""
    import tensorflow as tf

    apply = optimizer.apply
    optimizer.apply = lambda gradients, variables=None: apply([tf.convert_to_tensor(gradient) for gradient in gradients], variables)


class Workload(peer.Workload):
    def __init__(self, name, folder):
        import keras

        self.keras, (self.make, self.loss, self.optimizer) = keras, workloads()[name]
        self.folder = folder
        fields = peer.load(folder, "batch.npz")
        self.x, self.y = fields["x"], fields["y"]
        if isinstance(self.loss(), keras.losses.BinaryCrossentropy):
            self.y = self.y.astype("float32").reshape(len(self.y), -1)

    def model(self, dropout, **options):
        self.keras.backend.clear_session()  # names are counted anew
        self.keras.utils.set_random_seed(1)
        model = self.make(dropout)
        model.compile(optimizer=self.optimizer(), loss=self.loss(), **options)
        return model

    def losses(self, steps, rate):
        model = self.model(dropout=False)
        model.optimizer.learning_rate = rate
        take_weights(model.layers, peer.load(self.folder, "weights.npz"))
        if self.keras.config.backend() == "tensorflow":
            add_up_words(model.optimizer)
        return [float(model.train_on_batch(self.x, self.y)) for _ in range(steps)]

    def forms(self):
        def ready(jit, steps):
            return lambda: self.timed(self.model(dropout=True, jit_compile=jit, steps_per_execution=steps))

        return {f"{how}, {steps} step(s) a call": ready(jit, steps) for how, jit in compilers().items() for steps in (1, 16)}

    def timed(self, model):
        import numpy as np

        def epochs(steps):
            """ms a step of all epochs but the first."""
            clock, xs, ys = self.clock(), np.concatenate([self.x] * steps), np.concatenate([self.y] * steps)
            model.fit(xs, ys, batch_size=len(self.x), epochs=3, shuffle=False, verbose=0, callbacks=[clock])
            return 1e3 * statistics.mean(clock.epochs[1:]) / steps

        guess = epochs(2)

        def form(seconds):
            nonlocal guess
            guess = epochs(int(min(max(2, 1e3 * seconds / 3 / guess), 5000, 4e8 // self.x.nbytes)))
            return guess
        return form

    def clock(self):
        class Clock(self.keras.callbacks.Callback):
            def __init__(self):
                super().__init__()
                self.epochs = []

            def on_epoch_begin(self, epoch, logs=None):
                self.start = time.perf_counter()

            def on_epoch_end(self, epoch, logs=None):
                self.epochs.append(time.perf_counter() - self.start)

        return Clock()


class Gan(peer.Workload):
    """Two optimizers do not fit into fit: a loop of its own, as Keras's guides write it for each back end."""

    def __init__(self, name, folder):
        import keras

        self.keras, self.folder = keras, folder
        fields = peer.load(folder, "batch.npz")
        self.real, self.noise = fields["x"], fields["noise"]
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)

    def stepper(self, jit, weights=None, rate=2e-4):
        """Gives a function that trains one step and gives both losses, which may still be under way."""
        keras, L = self.keras, self.keras.layers
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        leaky = lambda units: [L.Dense(units), L.LeakyReLU(negative_slope=0.2)]
        generator = keras.Sequential([L.Input((64,)), *leaky(256), *leaky(512), L.Dense(784, "tanh")])
        critic = keras.Sequential([L.Input((784,)), *leaky(512), *leaky(256), L.Dense(1)])
        if weights:
            take_weights(generator.layers + critic.layers, weights)
        optimizers = []
        for net in (generator, critic):
            optimizers.append(keras.optimizers.Adam(rate))
            optimizers[-1].build(net.trainable_variables)
        make = self.for_jax if keras.config.backend() == "jax" else self.for_tensorflow
        return make(generator, critic, *optimizers, jit)

    def for_jax(self, generator, critic, of_generator, of_critic, jit):
        import jax
        import numpy as np

        ones, zeros = np.ones((len(self.real), 1), "float32"), np.zeros((len(self.real), 1), "float32")
        call = lambda net, variables, x: net.stateless_call(variables, [], x)[0]

        @functools.partial(jax.jit, donate_argnums=0)
        def train(state, real, noise):
            make, judge, make_slots, judge_slots = state
            fake, back = jax.vjp(lambda variables: call(generator, variables, noise), make)
            first, gradients = jax.value_and_grad(
                lambda variables: self.bce(ones, call(critic, variables, real)) + self.bce(zeros, call(critic, variables, fake)))(judge)
            judge, judge_slots = of_critic.stateless_apply(judge_slots, gradients, judge)
            second, gradients = jax.value_and_grad(lambda fake: self.bce(ones, call(critic, judge, fake)))(fake)
            make, make_slots = of_generator.stateless_apply(make_slots, back(gradients)[0], make)
            return (make, judge, make_slots, judge_slots), (first, second)

        state = tuple([variable.value for variable in what] for what in (generator.trainable_variables, critic.trainable_variables, of_generator.variables,
                                                                         of_critic.variables))
        real, noise = jax.numpy.asarray(self.real), jax.numpy.asarray(self.noise)

        def step():
            nonlocal state
            state, losses = train(state, real, noise)
            return losses
        return step

    def for_tensorflow(self, generator, critic, of_generator, of_critic, jit):
        import tensorflow as tf

        ones, zeros = tf.ones((len(self.real), 1)), tf.zeros((len(self.real), 1))
        real, noise = tf.constant(self.real), tf.constant(self.noise)

        @tf.function(jit_compile=jit)
        def step():
            with tf.GradientTape() as tape:
                fake = generator(noise)
            with tf.GradientTape() as critics:
                first = self.bce(ones, critic(real)) + self.bce(zeros, critic(fake))
            of_critic.apply(critics.gradient(first, critic.trainable_variables), critic.trainable_variables)
            with tape:
                second = self.bce(ones, critic(fake))
            of_generator.apply(tape.gradient(second, generator.trainable_variables), generator.trainable_variables)
            return first, second
        return step

    def losses(self, steps, rate):
        step = self.stepper(compilers()["XLA"], peer.load(self.folder, "weights.npz"), rate)
        return [sum(float(loss) for loss in step()) for _ in range(steps)]

    def forms(self):
        return {how: lambda jit=jit: self.timed(self.stepper(jit)) for how, jit in compilers().items()}

    def timed(self, step):
        for _ in range(5):
            step()

        def form(seconds):
            times, stop = [], time.perf_counter() + seconds
            while time.perf_counter() < stop or len(times) < 2:
                start = time.perf_counter()
                for _ in range(10):
                    done = step()
                [float(loss) for loss in done]
                times.append((time.perf_counter() - start) / 10)
            return 1e3 * statistics.median(times)
        return form


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    # XLA takes the processors that it is bound to; TensorFlow is told.
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(args.threads)

    def make():
        import keras

        return f"keras {keras.__version__} {keras.config.backend()}", (Gan if args.name == "gan" else Workload)(args.name, args.folder)

    peer.serve(make, args.threads)


if __name__ == "__main__":
    main()
