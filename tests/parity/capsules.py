# SPDX-License-Identifier: Apache-2.0
"""A capsule network in Teranga and in JAX, in double precision: convolution, primary capsules, routing by agreement, the margin loss, and a decoder that draws the picture from the capsule of the
true class. Compares the losses of every step, all weights after the last one, and then what both make of the samples without their classes, where the longest capsule is kept.

    python capsules.py --teranga build/release/bin/teranga"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import h5py
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
SIDE, CLASSES, LENGTH, ROWS, BATCH, EPOCHS, WEIGHT = 8, 4, 5, 64, 8, 4, 0.0005 * 64
STEPS = ROWS // BATCH * EPOCHS
RECIPE = """schema = 1
[data]
type = "npz"
train = "data.npz"
[[layer]]
type = "conv2d"
name = "conv"
filters = 6
kernel_size = 3
activation = "relu"
[[layer]]
type = "primary_capsules"
name = "primary"
num_channels = 3
dim_capsule = 4
kernel_size = 3
strides = 2
padding = "PADDING"
kernel_regularizer = { l2 = 0.01 }
[[layer]]
type = "capsules"
name = "classes"
num_capsule = 4
dim_capsule = 5
routings = ROUTINGS
kernel_initializer = { type = "truncated_normal", stddev = 0.5 }
[[layer]]
type = "capsule_length"
name = "lengths"
[[layer]]
type = "input"
name = "answer"
from = "target"
[[layer]]
type = "capsule_mask"
name = "one"
input = ["classes", "answer"]
[[layer]]
type = "dense"
name = "draw"
units = 64
activation = "sigmoid"
[[layer]]
type = "reshape"
name = "drawing"
target_shape = [8, 8, 1]
[[loss]]
type = "margin_loss"
output = "lengths"
[[loss]]
type = "mean_squared_error"
output = "drawing"
target = "x"
weight = 0.032
[optimizer]
type = "adam"
learning_rate = 0.01
[training]
epochs = 4
batch_size = 8
shuffle = false
log_every_steps = 1
[checkpoint]
keep = 100
"""


# --- what is computed, in the words of the paper (arXiv 1710.09829)

def squash(s):
    square = (s**2).sum(-1, keepdims=True)
    return square / (1 + square) * s / jnp.sqrt(square)


def convolution(x, weights, name, stride, padding):
    return jax.lax.conv_general_dilated(x, weights[f"{name}/kernel"], (stride, stride), padding.upper(), dimension_numbers=("NHWC", "HWIO", "NHWC")) + weights[f"{name}/bias"]


def capsules(weights, x, routings, padding):
    h = jax.nn.relu(convolution(x, weights, "conv", 1, "valid"))
    u = squash(convolution(h, weights, "primary/conv2d", 2, padding).reshape(len(x), -1, 4))
    votes = jnp.einsum("nie,ejdi->nijd", u, weights["classes/kernel"])
    logits = jnp.zeros(votes.shape[:3])
    for r in range(routings):
        y = squash((jax.nn.softmax(logits, axis=2)[..., None] * votes).sum(1))
        if r < routings - 1:
            logits = logits + (votes * y[:, None]).sum(-1)
    return y


def drawn(weights, y, kept):
    masked = (y * jax.nn.one_hot(kept, CLASSES)[..., None]).reshape(len(y), -1)
    return jax.nn.sigmoid(masked @ weights["draw/kernel"] + weights["draw/bias"]).reshape(-1, SIDE, SIDE, 1)


def loss(weights, x, answers, routings, padding):
    y = capsules(weights, x, routings, padding)
    t, p = jax.nn.one_hot(answers, CLASSES), jnp.sqrt((y**2).sum(-1))
    margin = (t * jnp.maximum(0, 0.9 - p) ** 2 + 0.5 * (1 - t) * jnp.maximum(0, p - 0.1) ** 2).sum(-1).mean()
    return margin + WEIGHT * ((drawn(weights, y, answers) - x) ** 2).mean() + 0.01 * (weights["primary/conv2d/kernel"] ** 2).sum()


def adam(weights, gradients, slots, step, rate=0.01, beta_1=0.9, beta_2=0.999):
    for name, g in gradients.items():
        m, v = slots.get(name, (0, 0))
        m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g * g
        slots[name] = m, v
        weights[name] = weights[name] - rate * jnp.sqrt(1 - beta_2**step) / (1 - beta_1**step) * m / (jnp.sqrt(v) + 1e-7)


# --- the comparison

def parameters(file):
    out = {}
    with h5py.File(file, "r") as f:
        f["parameters"].visititems(lambda name, item: out.update({name: item[()].astype(np.float64)}) if isinstance(item, h5py.Dataset) else None)
    return out


def compare(binary, folder, routings, padding):
    draw = np.random.default_rng(3)
    answers = draw.integers(0, CLASSES, ROWS).astype(np.int32)
    x = np.clip(draw.uniform(size=(CLASSES, SIDE, SIDE, 1))[answers] + 0.2 * draw.normal(size=(ROWS, SIDE, SIDE, 1)), 0, 1).astype(np.float32)
    np.savez(folder / "data.npz", x=x, y=answers)
    np.save(folder / "x.npy", x)
    run = f"routings-{routings}"
    (folder / "net.toml").write_text(RECIPE.replace("ROUTINGS", str(routings)).replace("PADDING", padding))

    def teranga(*words):
        subprocess.run([binary, *words], cwd=folder, check=True, timeout=120, stdout=subprocess.DEVNULL)

    teranga("train", "net.toml", "--run", run, "--progress", "none", "--threads", "2")
    lines = [line for line in map(json.loads, (folder / run / "metrics.jsonl").read_text().splitlines()) if line["event"] == "step"]
    first, last = (folder / run / "checkpoints" / f"step-{step:012d}.h5" for step in (0, STEPS))
    weights, slots, worst = parameters(first), {}, 0.0
    if len(lines) != STEPS:
        raise SystemExit(f"{run}: {len(lines)} steps were logged instead of {STEPS}")
    step_of = jax.jit(jax.value_and_grad(lambda w, x, y: loss(w, x, y, routings, padding)))
    for step in range(STEPS):
        begin = step * BATCH % ROWS
        value, gradients = step_of(weights, x[begin:begin + BATCH].astype(np.float64), answers[begin:begin + BATCH])
        worst = max(worst, abs(float(value) - lines[step]["loss"]) / float(value))
        adam(weights, gradients, slots, step + 1)
    found = parameters(last)
    if found.keys() != weights.keys():
        raise SystemExit(f"{run}: {sorted(found)} instead of {sorted(weights)}")
    apart = max(float(abs(np.asarray(weights[name]) - found[name]).max()) for name in found)
    y = capsules({name: jnp.asarray(value) for name, value in found.items()}, x.astype(np.float64), routings, padding)
    lengths = jnp.sqrt((y**2).sum(-1))
    outputs = 0.0
    for layer, expected in (("lengths", lengths), ("drawing", drawn(found, y, lengths.argmax(-1)))):
        teranga("predict", run, "--layer", layer, "--input", "x.npy", "--output", "out.npy")
        outputs = max(outputs, float(abs(np.load(folder / "out.npy") - np.asarray(expected)).max()))
    print(f"{routings} routings, {padding}: losses differ by {worst:.1e} of themselves, weights by {apart:.1e}, outputs of equal weights by {outputs:.1e}")
    return worst < 1e-5 and apart < 1e-3 and outputs < 1e-5


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--teranga", required=True)
program = str(pathlib.Path(parser.parse_args().teranga).resolve())
with tempfile.TemporaryDirectory() as place:
    agree = [compare(program, pathlib.Path(place), *case) for case in ((3, "valid"), (1, "same"))]
raise SystemExit(0 if all(agree) else "they differ")
