# SPDX-License-Identifier: Apache-2.0
"""The usual first recurrent listing of Keras on film reviews, in Keras and in Teranga, epoch by epoch: the same ids, the same first weights, the
same order of batches. Prints both curves and that of Keras after the first weights were moved by one unit in the last place: late in the training the net is
chaotic, and Keras differs from itself. Fails where a loss differs by more than 1e-3 of itself and ten times what Keras differs by, or the last
accuracy by more than a point.

    python imdb_curve.py --teranga build/release/bin/teranga [--csv FILE] [--mask]

FILE has a label and a text a line, as the reviews in Debian's python3-pattern (read where they lie); without it, seeded texts are made up.
By hand, not in the suite: the reviews are an optional package."""
import argparse
import collections
import csv
import json
import os
import pathlib
import random
import subprocess
import tempfile

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np

STEPS, WORDS, EPOCHS, BATCH = 256, 10000, 10, 128
RECIPE = """schema = 1
[data]
type = "npz"
train = "ids.npz"
test = "ids.npz"
test_arrays = ["x_test", "y_test"]
[[layer]]
type = "embedding"
input_dim = 10000
output_dim = 32
mask_zero = MASK
[[layer]]
type = "simple_rnn"
units = 8
return_sequences = true
[[layer]]
type = "simple_rnn"
units = 8
[[layer]]
type = "dense"
units = 1
activation = "sigmoid"
[loss]
type = "binary_crossentropy"
[optimizer]
type = "rmsprop"
[training]
epochs = 10
batch_size = 128
shuffle = false
metrics = ["accuracy"]
"""


def texts_of(path):
    if not path:
        chosen = random.Random(7)
        words = [f"w{i}" for i in range(3000)]
        return [(i % 2, chosen.choices(words, weights=[1 / (j + 5) * (3 if j % 2 == i % 2 else 1) for j in range(3000)], k=chosen.randint(20, 400))) for i in range(1500)]
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [(int(float(row[0]) > 0), row[1].lower().split()) for row in csv.reader(file) if len(row) > 1]
    random.Random(1).shuffle(rows)
    return rows


def ids_of(rows, kept):
    counts = collections.Counter(word for _, words in rows[:kept] for word in words)
    number = {word: 3 + i for i, (word, _) in enumerate(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: WORDS - 3])}
    x = keras.utils.pad_sequences([[1] + [number.get(word, 2) for word in words] for _, words in rows], value=0, padding="post", maxlen=STEPS).astype(np.int32)
    y = np.array([label for label, _ in rows], np.float32)[:, None]
    return x, y


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--teranga", required=True)
parser.add_argument("--csv")
parser.add_argument("--mask", action="store_true", help="mask_zero = true")
arguments = parser.parse_args()
teranga = str(pathlib.Path(arguments.teranga).resolve())
rows = texts_of(arguments.csv)
kept = len(rows) * 4 // 5
x, y = ids_of(rows, kept)

def fitted(nudge):
    """Model with its first weights (in Keras's file), and what it reached."""
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.Input((STEPS,), dtype="int32"), keras.layers.Embedding(WORDS, 32, mask_zero=arguments.mask),
                              keras.layers.SimpleRNN(8, return_sequences=True), keras.layers.SimpleRNN(8), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
    if nudge:
        model.set_weights([np.nextafter(w, np.float32(np.inf)) for w in model.get_weights()])
    else:
        model.save_weights(folder / "first.weights.h5")
    history = model.fit(x[:kept], y[:kept], epochs=EPOCHS, batch_size=BATCH, shuffle=False, verbose=0).history
    return history, model.evaluate(x[kept:], y[kept:], batch_size=BATCH, verbose=0)


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    history, test = fitted(nudge=False)
    nudged, _ = fitted(nudge=True)
    np.savez(folder / "ids.npz", x=x[:kept], y=y[:kept], x_test=x[kept:], y_test=y[kept:])
    (folder / "net.toml").write_text(RECIPE.replace("MASK", str(arguments.mask).lower()))
    subprocess.run([teranga, "train", "net.toml", "--run", "run", "--init-weights", "first.weights.h5", "--progress", "none"], cwd=folder, check=True, timeout=600)
    lines = [json.loads(line) for line in (folder / "run/metrics.jsonl").read_text().splitlines()]
epochs = [line for line in lines if line["event"] == "epoch"]
ours = next(line for line in lines if line["event"] == "test")
print("epoch    Keras loss  accuracy    Teranga loss  accuracy    difference    Keras, 1 ulp")
apart = False
for i, line in enumerate(epochs):
    loss, accuracy = history["loss"][i], history["accuracy"][i]
    difference, own = abs(loss - line["loss"]) / loss, abs(loss - nudged["loss"][i]) / loss
    apart = apart or difference > max(1e-3, 10 * own)
    print(f"{i + 1:5d}  {loss:12.6f}  {accuracy:8.4f}  {line['loss']:14.6f}  {line['accuracy']:8.4f}  {difference:12.1e}  {own:14.1e}")
print(f"test   {test[0]:12.6f}  {test[1]:8.4f}  {ours['test_loss']:14.6f}  {ours['test_accuracy']:8.4f}")
if apart or abs(history["accuracy"][-1] - epochs[-1]["accuracy"]) > 0.01:
    raise SystemExit("the curves differ")
