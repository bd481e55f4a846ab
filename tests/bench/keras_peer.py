#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keras 3 on the workloads of `teranga bench run`, for `compare` (peer.py says how they talk).

usage: KERAS_BACKEND=jax|tensorflow keras_peer.py NAME FOLDER [--threads N]

Times are those inside model.fit on arrays in memory, as a user would train; the first epoch is not counted."""
import argparse
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


class Workload:
    def __init__(self, name, folder):
        import keras

        if name not in (known := workloads()):
            raise peer.Missing(f"this script has no {name} for Keras")
        self.keras, (self.make, self.loss, self.optimizer) = keras, known[name]
        self.folder = folder
        fields = peer.load(folder, "batch.npz")
        self.x, self.y = fields["x"], fields["y"]
        if isinstance(self.loss(), keras.losses.BinaryCrossentropy):
            self.y = self.y.astype("float32").reshape(len(self.y), -1)
        self.timed = None

    def model(self, dropout):
        self.keras.backend.clear_session()  # names are counted anew
        self.keras.utils.set_random_seed(1)
        model = self.make(dropout)
        model.compile(optimizer=self.optimizer(), loss=self.loss(), jit_compile="auto")
        return model

    def losses(self, steps, rate):
        model, weights = self.model(dropout=False), peer.load(self.folder, "weights.npz")
        model.optimizer.learning_rate = rate
        for layer in model.layers:
            for variable in layer.trainable_variables:
                parts = variable.path.split("/")
                inner = [part for part in parts[parts.index(layer.name) + 1:] if not part.endswith("_cell")]
                variable.assign(weights.pop("/".join([layer.name, *inner])))
        if weights:
            raise RuntimeError(f"Keras has no place for {', '.join(weights)}")
        return [float(model.train_on_batch(self.x, self.y)) for _ in range(steps)]

    def round(self, seconds):
        if not self.timed:
            self.timed = self.model(dropout=True)
            self.fit(1)
        if not (steps := getattr(self, "steps", 0)):
            guess = self.fit(3)
            self.steps = steps = int(min(max(2, 1e3 * seconds / guess), 2000, 4e8 // self.x.nbytes))
        return self.fit(steps)

    def fit(self, steps):
        """ms a step of the second of two epochs."""
        import numpy as np

        clock = self.clock()
        xs, ys = np.concatenate([self.x] * steps), np.concatenate([self.y] * steps)
        self.timed.fit(xs, ys, batch_size=len(self.x), epochs=2, shuffle=False, verbose=0, callbacks=[clock])
        return 1e3 * statistics.median(clock.epochs[1:]) / steps

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

        return f"keras {keras.__version__} {keras.config.backend()}", Workload(args.name, args.folder)

    peer.serve(make, args.threads)


if __name__ == "__main__":
    main()
