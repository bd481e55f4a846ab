# SPDX-License-Identifier: Apache-2.0
"""Keras's part of `whole_job`: model.fit, as its guides write it.

usage: KERAS_BACKEND=jax|tensorflow keras_job.py TRAIN_IMAGES TRAIN_LABELS TEST_IMAGES TEST_LABELS [--seed N] [--threads N] [--epochs N]"""
import json
import os

import idx

args = idx.arguments()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_NUM_INTRAOP_THREADS"] = str(args.threads)

import keras  # noqa: E402
from keras import layers as L  # noqa: E402

keras.utils.set_random_seed(args.seed)
model = keras.Sequential([L.Input((28, 28, 1)), L.Conv2D(20, 5), L.MaxPooling2D(), L.Conv2D(50, 5), L.MaxPooling2D(), L.Flatten(), L.Dense(500, "relu"),
                          L.Dense(10)])
# TensorFlow's own convolutions are faster here than XLA's.
model.compile(optimizer=keras.optimizers.Adam(0.001), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"],
              jit_compile=keras.config.backend() == "jax", steps_per_execution=16)
say = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(json.dumps({"val_accuracy": float(logs["val_accuracy"])}), flush=True))
test = idx.pictures(args.test_images), idx.read(args.test_labels).astype("int32")
model.fit(idx.pictures(args.train_images), idx.read(args.train_labels).astype("int32"), batch_size=64, epochs=args.epochs, verbose=0, callbacks=[say],
          validation_data=test, validation_batch_size=500)
