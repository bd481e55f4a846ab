# SPDX-License-Identifier: Apache-2.0
"""Several networks trained in turn, in Teranga and by JAX's gradients in double precision: adversarial nets in their usual forms (both losses of the
generator, batch normalization, several updates of one network for one of the other, a critic with clipped weights), a variational autoencoder, and
pretraining with a layer that two networks share. Noise is part of the data, so that both sides see the same. Compares the losses of every step, then
all weights.

    python networks.py --teranga build/release/bin/teranga"""
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
WIDTH, BATCH, ROWS, EPOCHS, SLOPE, EPSILON, MOMENTUM = 6, 8, 64, 6, 0.2, 1e-3, 0.9
STEPS = ROWS // BATCH * EPOCHS


# --- what is computed, in the words of Keras's documentation

def dense(weights, name, x):
    return x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]


def leaky(x):
    return jnp.where(x > 0, x, SLOPE * x)


def normalized(weights, moving, name, x, training):
    """And what becomes of the moving statistics."""
    mean, variance = (x.mean(0), x.var(0)) if training else (moving[f"{name}/moving_mean"], moving[f"{name}/moving_variance"])
    y = (x - mean) / jnp.sqrt(variance + EPSILON) * weights[f"{name}/gamma"] + weights[f"{name}/beta"]
    if not training:
        return y, {}
    old = [moving[f"{name}/{m}"] for m in ("moving_mean", "moving_variance")]
    return y, {f"{name}/moving_mean": MOMENTUM * old[0] + (1 - MOMENTUM) * mean, f"{name}/moving_variance": MOMENTUM * old[1] + (1 - MOMENTUM) * variance}


def crossentropy(p, target):
    p = jnp.clip(p, 1e-7, 1 - 1e-7)
    return -(target * jnp.log(p) + (1 - target) * jnp.log(1 - p)).mean()


def sgd(rate, clip=None):
    def update(weights, gradients, slots, step):
        for name, g in gradients.items():
            weights[name] = weights[name] - rate * g
            if clip:
                weights[name] = jnp.clip(weights[name], -clip, clip)
    return update


def adam(rate, beta_1=0.5, beta_2=0.999):
    def update(weights, gradients, slots, step):
        for name, g in gradients.items():
            m, v = slots.get(name, (0, 0))
            m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g * g
            slots[name] = m, v
            weights[name] = weights[name] - rate * jnp.sqrt(1 - beta_2**step) / (1 - beta_1**step) * m / (jnp.sqrt(v) + 1e-7)
    return update


class Phase:
    """loss(weights, moving, picture, noise) -> loss, new moving statistics; of the weights of `layers`."""
    def __init__(self, name, layers, loss, update, steps=1, every=1, first=1, last=10**9):
        self.name, self.layers, self.loss, self.update, self.steps, self.every, self.first, self.last = name, layers, loss, update, steps, every, first, last
        self.slots, self.updates = {}, 0

    def run(self, weights, moving, picture, noise):
        def of_mine(mine):
            return self.loss({**weights, **mine}, moving, picture, noise)
        mine = {name: w for name, w in weights.items() if name.split("/")[0] in self.layers}
        (loss, moved), gradients = jax.value_and_grad(of_mine, has_aux=True)(mine)
        self.updates += 1
        self.update(weights, gradients, self.slots, self.updates)
        moving.update(moved)
        return float(loss)


# --- the cases: a recipe's layers and phases, and the same by hand

PICK = """
[[layer]]
network = "pick"
type = "input"
field = "x"
[[layer]]
network = "pick"
type = "max_pooling1d"
pool_size = 1
strides = 2
[[layer]]
network = "pick"
type = "flatten"
"""
NOISE = """
[[layer]]
network = "NETWORK"
type = "input"
field = "x"
[[layer]]
network = "NETWORK"
type = "reverse_time"
[[layer]]
network = "NETWORK"
type = "max_pooling1d"
pool_size = 1
strides = 2
[[layer]]
network = "NETWORK"
type = "flatten"
name = "noise"
"""


def layer(network, **options):
    def text(value):
        return json.dumps(value) if not isinstance(value, dict) else "{ " + ", ".join(f"{k} = {text(v)}" for k, v in value.items()) + " }"
    return f'[[layer]]\nnetwork = "{network}"\n' + "".join(f"{key} = {text(value)}\n" for key, value in options.items())


def phase(name, train, calls, losses, optimizer, **more):
    def table(header, values):
        return f"[{header}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
    return (table("[phase]", dict(name=name, train=train, **more)) + "".join(table("[phase.call]", call) for call in calls)
            + "".join(table("[phase.loss]", loss) for loss in losses) + table("phase.optimizer", optimizer))


def adversarial(end, generator_normalizes):
    text = PICK + NOISE.replace("NETWORK", "make")
    text += layer("make", type="dense", name="g1", units=9, activation="tanh")
    if generator_normalizes:
        text += layer("make", type="batch_normalization", name="bn", momentum=MOMENTUM)
    text += layer("make", type="dense", name="g2", units=WIDTH)
    text += layer("judge", type="input", shape=[WIDTH], **{"from": "call"})
    text += layer("judge", type="dense", name="d1", units=7, activation=dict(type="leaky_relu", negative_slope=SLOPE))
    return text + layer("judge", type="dense", name="d2", units=1, activation=end)


def make(weights, moving, noise, training):
    h, moved = jnp.tanh(dense(weights, "g1", noise)), {}
    if "bn/gamma" in weights:
        h, moved = normalized(weights, moving, "bn", h, training)
    return dense(weights, "g2", h), moved


def judge(weights, x, end):
    score = dense(weights, "d2", leaky(dense(weights, "d1", x)))
    return jax.nn.sigmoid(score) if end == "sigmoid" else score


MADE, OF_MADE, REAL, OF_REAL = (dict(network="make"), dict(network="judge", name="of_made", input=["make"]), dict(network="pick"), dict(network="judge", name="of_real", input=["pick/flatten"]))
LAYERS_OF_JUDGE, LAYERS_OF_MAKE = {"d1", "d2"}, {"g1", "bn", "g2"}


def gan(saturating):
    losses = [dict(type="binary_crossentropy", output="of_made", target=0), dict(type="binary_crossentropy", output="of_real", target=1.0, weight=0.7)]
    towards = dict(type="binary_crossentropy", target=0, weight=-1.0) if saturating else dict(type="binary_crossentropy", target=1)
    text = adversarial("sigmoid", not saturating)
    text += phase("judge", ["judge"], [MADE, OF_MADE, REAL, OF_REAL], losses, dict(type="adam", learning_rate=0.01, beta_1=0.5), steps=1 if saturating else 2)
    text += phase("make", ["make"], [MADE, OF_MADE], [towards], dict(type="sgd", learning_rate=0.1), every=1 if saturating else 2)

    def loss_of_judge(weights, moving, picture, noise):
        made, _ = make(weights, moving, noise, False)
        return crossentropy(judge(weights, made, "sigmoid"), 0) + 0.7 * crossentropy(judge(weights, picture, "sigmoid"), 1), {}

    def loss_of_make(weights, moving, picture, noise):
        made, moved = make(weights, moving, noise, True)
        p = judge(weights, made, "sigmoid")
        return (-crossentropy(p, 0) if saturating else crossentropy(p, 1)), moved
    return text, [Phase("judge", LAYERS_OF_JUDGE, loss_of_judge, adam(0.01), steps=1 if saturating else 2), Phase("make", LAYERS_OF_MAKE, loss_of_make, sgd(0.1), every=1 if saturating else 2)]


def wasserstein():
    losses = [dict(type="wasserstein", output="of_made", target=1), dict(type="wasserstein", output="of_real", target=-1)]
    text = adversarial("linear", True)
    text += phase("judge", ["judge"], [MADE, OF_MADE, REAL, OF_REAL], losses, dict(type="sgd", learning_rate=0.05, clip_weights=0.3))
    text += phase("make", ["make"], [MADE, OF_MADE], [dict(type="wasserstein", target=-1)], dict(type="adam", learning_rate=0.01, beta_1=0.5), every=3)

    def loss_of_judge(weights, moving, picture, noise):
        made, _ = make(weights, moving, noise, False)
        return judge(weights, made, "linear").mean() - judge(weights, picture, "linear").mean(), {}

    def loss_of_make(weights, moving, picture, noise):
        made, moved = make(weights, moving, noise, True)
        return -judge(weights, made, "linear").mean(), moved
    return text, [Phase("judge", LAYERS_OF_JUDGE, loss_of_judge, sgd(0.05, 0.3)), Phase("make", LAYERS_OF_MAKE, loss_of_make, adam(0.01), every=3)]


def variational():
    """The draw z = mean + exp(log_var / 2) noise is made of plain layers, as the noise comes from the data."""
    text = PICK + layer("encode", type="input", name="picture", shape=[WIDTH], **{"from": "call"}) + NOISE.replace("NETWORK", "encode").replace('type = "input"', 'type = "input"\nname = "both"').replace('name = "noise"', 'name = "noise"')
    text += layer("encode", type="dense", name="h", input=["picture"], units=8, activation="tanh")
    text += layer("encode", type="dense", name="mean", input=["h"], units=WIDTH) + layer("encode", type="dense", name="log_var", input=["h"], units=WIDTH)
    text += layer("encode", type="concatenate", name="moments", input=["mean", "log_var"])
    text += layer("encode", type="rescaling", name="half", input=["log_var"], scale=0.5) + layer("encode", type="exponential", name="deviation")
    text += layer("encode", type="multiply", name="drawn", input=["deviation", "noise"]) + layer("encode", type="add", name="z", input=["mean", "drawn"])
    text += layer("decode", type="input", shape=[WIDTH], **{"from": "call"}) + layer("decode", type="dense", name="d1", units=8, activation="tanh") + layer("decode", type="dense", name="d2", units=WIDTH)
    calls = [dict(network="pick"), dict(network="encode", input=["pick"]), dict(network="decode", input=["encode"])]
    losses = [dict(type="normal_divergence", output="encode/moments"), dict(type="mean_squared_error", output="decode", target=0.5, weight=float(WIDTH))]
    text += phase("all", ["encode", "decode"], calls, losses, dict(type="adam", learning_rate=0.02, beta_1=0.5))

    def loss(weights, moving, picture, noise):
        h = jnp.tanh(dense(weights, "h", picture))
        mean, log_var = dense(weights, "mean", h), dense(weights, "log_var", h)
        z = mean + jnp.exp(log_var / 2) * noise
        out = dense(weights, "d2", jnp.tanh(dense(weights, "d1", z)))
        return 0.5 * (mean**2 + jnp.exp(log_var) - log_var - 1).sum(1).mean() + WIDTH * ((out - 0.5) ** 2).mean(), {}
    return text, [Phase("all", {"h", "mean", "log_var", "d1", "d2"}, loss, adam(0.02))]


def pretrained():
    """A layer is trained by the first network for two epochs, then used by a second one that borrows it and leaves another layer frozen."""
    text = PICK + layer("first", type="input", shape=[WIDTH], **{"from": "call"}) + layer("first", type="dense", name="shared", units=5, activation="tanh") + layer("first", type="dense", name="back", units=WIDTH)
    text += layer("second", type="input", shape=[WIDTH], **{"from": "call"}) + layer("second", type="dense", name="fixed", units=WIDTH, activation="tanh", trainable=False)
    text += layer("second", type="dense", name="again", units=5, activation="tanh", weights_of="shared") + layer("second", type="dense", name="end", units=1)
    text += phase("early", ["first"], [dict(network="pick"), dict(network="first", input=["pick"])], [dict(type="mean_squared_error", target=0.25)], dict(type="sgd", learning_rate=0.1), to_epoch=2)
    text += phase("late", ["second"], [dict(network="pick"), dict(network="second", input=["pick"])], [dict(type="mean_squared_error", target=1.5)], dict(type="adam", learning_rate=0.02, beta_1=0.5), from_epoch=3)

    def early(weights, moving, picture, noise):
        return ((dense(weights, "back", jnp.tanh(dense(weights, "shared", picture))) - 0.25) ** 2).mean(), {}

    def late(weights, moving, picture, noise):
        h = jnp.tanh(dense(weights, "shared", jnp.tanh(dense(weights, "fixed", picture))))
        return ((dense(weights, "end", h) - 1.5) ** 2).mean(), {}
    return text, [Phase("early", {"shared", "back"}, early, sgd(0.1), last=2), Phase("late", {"shared", "end"}, late, adam(0.02), first=3)]


# --- the comparison

def tensors(file, group):
    out = {}
    with h5py.File(file, "r") as f:
        f[group].visititems(lambda name, item: out.update({name: item[()].astype(np.float64)}) if isinstance(item, h5py.Dataset) else None)
    return out


def compare(name, text, phases, binary, folder):
    data = np.random.default_rng(3).normal(size=(ROWS, 2, WIDTH)).astype(np.float32)
    np.savez(folder / "data.npz", x=data)
    head = f'schema = 1\n[data]\ntype = "npz"\ntrain = "data.npz"\ntrain_arrays = ["x"]\n'
    tail = f"[training]\nepochs = {EPOCHS}\nbatch_size = {BATCH}\nshuffle = false\nseed = 5\nlog_every_steps = 1\n[checkpoint]\nkeep = 100\n"
    (folder / "net.toml").write_text(head + text + tail)
    subprocess.run([binary, "train", "net.toml", "--run", name, "--progress", "none", "--threads", "2"], cwd=folder, check=True, timeout=120)
    lines = [line for line in map(json.loads, (folder / name / "metrics.jsonl").read_text().splitlines()) if line["event"] == "step"]
    first, last = (folder / name / "checkpoints" / f"step-{step:012d}.h5" for step in (0, STEPS))
    weights, moving = tensors(first, "parameters"), tensors(first, "states")
    if len(lines) != STEPS:
        raise SystemExit(f"{name}: {len(lines)} steps were logged instead of {STEPS}")
    worst = 0.0
    for step in range(STEPS):
        begin = step * BATCH % ROWS
        picture, noise = data[begin:begin + BATCH, 0].astype(np.float64), data[begin:begin + BATCH, 1].astype(np.float64)
        for phase in phases:
            epoch = step * BATCH // ROWS + 1
            due = (step + 1) % phase.every == 0 and phase.first <= epoch <= phase.last
            if due != (f"{phase.name}_loss" in lines[step]):
                raise SystemExit(f"{name}: step {step + 1}: the phase {phase.name} ran out of turn")
            for _ in range(phase.steps if due else 0):
                loss = phase.run(weights, moving, picture, noise)
            if due:
                worst = max(worst, abs(loss - lines[step][f"{phase.name}_loss"]) / max(abs(loss), 0.1))
    apart = 0.0
    for group, expected in (("parameters", weights), ("states", moving)):
        found = tensors(last, group)
        if found.keys() != expected.keys():
            raise SystemExit(f"{name}: {group}: {sorted(found)} instead of {sorted(expected)}")
        apart = max([apart] + [float(abs(np.asarray(expected[key]) - found[key]).max()) for key in found])
    print(f"{name:12s} {STEPS} steps, {sum(p.updates for p in phases)} updates: losses differ by {worst:.1e} of themselves, weights by {apart:.1e}")
    return worst < 1e-4 and apart < 1e-3


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--teranga", required=True)
binary = str(pathlib.Path(parser.parse_args().teranga).resolve())
cases = {"gan": gan(False), "minimax": gan(True), "wasserstein": wasserstein(), "variational": variational(), "pretrained": pretrained()}
with tempfile.TemporaryDirectory() as folder:
    agree = [compare(name, text, phases, binary, pathlib.Path(folder)) for name, (text, phases) in cases.items()]
raise SystemExit(0 if all(agree) else "they differ")
