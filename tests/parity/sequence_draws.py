# SPDX-License-Identifier: Apache-2.0
"""Cases over sequences: ids or vectors of unequal lengths, padded; a net over them, and losses per sequence or step."""
import numpy as np

import objectives
from coverage import OMIT, Picker
from nets import Misfit
from plan import Case, STEPS_PER_EPOCH
from sequence_net import OF_SEQUENCES, RECURRENT, TO_VECTORS, SequenceNet, masked

LOSSES = ["sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "mean_squared_error", "mean_absolute_error", "huber",
          "log_cosh", "kl_divergence", "poisson", "hinge"]
# What nets must have had in the end, with every option that the binary declares but these.
VOCABULARY = [*RECURRENT, "bidirectional", "time_distributed", "multi_head_attention", "embedding", "position_embedding", "sine_position_encoding", "tied_dense",
              "masking", "repeat_vector", "reverse_time", "upsampling1d", "conv1d"]
UNDRAWN = {
    "stateful": "Keras wants a fixed batch size for it", "resets_each_epoch": "belongs to stateful",
    "lazy": "Keras moves all vectors of an embedding",
    "zero_output_for_mask": "what bidirectional sets; by itself it is held against Keras by tests/plugins/golden/recurrent.py",
}


def begin(draw, net, index):
    steps = draw.random.randint(4, 8)
    ids = index % 3 != 2
    if ids:
        vocabulary = draw.random.randint(5, 12)
        place = net.embed(net.begin_sequence((steps,), True), vocabulary, mask=index % 3 == 0)
        return place, lambda rng, count: padded(rng, rng.integers(1, vocabulary, (count, steps)).astype(np.int32), 0)
    width = draw.random.randint(1, 4)
    place = net.begin_sequence((steps, width), False)
    p = Picker(draw, "layer", "masking")
    value = p.pick("mask_value", OMIT, -1.5)
    place = net.put("masking", p.options, [place])
    return place, lambda rng, count: padded(rng, rng.standard_normal((count, steps, width)).astype(np.float32), 0 if value is OMIT else value)


def padded(rng, x, value):
    """Sequences of unequal lengths: padding behind their end, and at times within."""
    count, steps = x.shape[:2]
    keep = np.arange(steps) < rng.integers(1, steps + 1, count)[:, None]
    keep[:, 1:] &= rng.random((count, steps - 1)) > 0.1
    x[~keep] = value
    return x


def draw_losses(draw, net, place):
    kind = draw.item("loss", LOSSES)[0]
    p = Picker(draw, "loss", kind)
    options = objectives.loss_options(draw, p, kind)
    out = objectives.head(draw, net, place, kind, options, len(place.shape))
    losses = [{"type": kind, "options": options, "place": out, "weight": OMIT, "named": False}]
    numbers = objectives.LOSSES[kind] == "numbers"
    two = draw.choose("training", "training", "losses", [OMIT, "two"] if numbers else [OMIT])
    draw.count("training", "training", "losses", two)
    if two is not OMIT:
        other = draw.item("loss", ["mean_squared_error", "mean_absolute_error", "huber", "log_cosh"])[0]
        second = objectives.loss_options(draw, Picker(draw, "loss", other), other)
        losses[0]["named"] = True
        losses.append({"type": other, "options": second, "place": net.put("dense", {"units": out.shape[-1]}, [place]), "weight": 0.4, "named": True})
    return losses


def draw_training(draw, losses):
    """Keys of [training] and factors of classes."""
    draw.offer("training", "training")
    draw.count("training", "training")
    of_classes = objectives.LOSSES[losses[0]["type"]] == "classes"
    weighted = draw.choose("training", "training", "class_weight", [OMIT, "given"] if of_classes else [OMIT])
    draw.count("training", "training", "class_weight", weighted)
    training = {}
    for key, values in (("slice", [OMIT, draw.random.randint(1, 5), "auto"]), ("seed", [OMIT, draw.random.randrange(1, 100000)])):
        chosen = draw.choose("training", "training", key, values)
        draw.count("training", "training", key, chosen)
        if chosen is not OMIT:
            training[key] = chosen
    return training, {} if weighted is OMIT else {0: 0.5, 2: 2.0}


def draw_case(draw, index):
    net = SequenceNet(draw)
    place, data = begin(draw, net, index)
    earlier = [place]
    for _ in range(draw.random.randint(2, 4)):
        place = net.another(place, OF_SEQUENCES, earlier, True)
        earlier.append(place)
    decodes = index % 4 == 3
    per_step = index % 2 == 0 or decodes
    if not per_step or decodes:
        place = net.another(place, [kind for kind in TO_VECTORS if not decodes or "pooling" not in kind], earlier, False)  # (those may keep the axis)
    if decodes:
        place = net.another(place, ["repeat_vector"], earlier, False)
        place = net.another(place, RECURRENT, [], True)
    losses = draw_losses(draw, net, place)
    if len(net.reached_from([loss["place"] for loss in losses])) < len(net.layers):
        raise Misfit("a layer leads nowhere")
    training, class_weight = draw_training(draw, losses)
    kind, out = losses[0]["type"], losses[0]["place"]
    # (metrics leave out masked steps, Keras's do not)
    metrics = [] if masked(out) else objectives.metrics(draw, objectives.LOSSES[kind], out.shape[-1], len(out.shape), losses[0]["options"].get("from_logits"))
    case = Case(net, losses, objectives.optimizer(draw), metrics, class_weight, training, draw.random.randint(3, 8), draw.random.randrange(1 << 30), masked=True)
    rng = np.random.default_rng(case.seed)
    samples, test = case.batch * STEPS_PER_EPOCH, 2 * case.batch
    x = data(rng, samples + test)
    y = objectives.targets(rng, objectives.LOSSES[kind], kind, (samples + test, *out.shape))
    case.x, case.x_test, case.y, case.y_test = x[:samples], x[samples:], y[:samples], y[samples:]
    return case
