# SPDX-License-Identifier: Apache-2.0
"""Nets over sequences: ids or vectors of unequal lengths, padded; recurrent and attention layers, masks, states, losses per sequence or step."""
import keras
import numpy as np

import layer_draws
import objectives
from coverage import OMIT, Picker
from nets import Misfit, Net, Place
from plan import Case, STEPS_PER_EPOCH

RECURRENT = ["simple_rnn", "lstm", "gru"]
OF_SEQUENCES = [*RECURRENT, "bidirectional", "time_distributed", "multi_head_attention", "layer_normalization", "upsampling1d", "conv1d", "dense", "add",
                "concatenate"]
TO_VECTORS = [*RECURRENT, "bidirectional", "global_average_pooling1d", "global_max_pooling1d", "flatten"]
ACTIVATIONS = [OMIT, "relu", "sigmoid", "softsign", "elu", "hard_sigmoid", "linear", "silu"]
GATES = [OMIT, "hard_sigmoid", "sigmoid", "tanh", "softsign"]
LOSSES = ["sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "mean_squared_error", "mean_absolute_error", "huber",
          "log_cosh", "kl_divergence", "poisson", "hinge"]


class SequenceNet(Net):
    def __init__(self, draw):
        super().__init__(draw)
        self.states = []  # places of the last states of layers: (units, places, of a bidirectional layer)
        self.pad = None   # value of padding in the data

    def name(self, kind):
        # Keras names the operations on masks after what they do.
        return ("merging_" if kind in ("add", "concatenate") else "") + super().name(kind)

    def begin_sequence(self, shape, ids):
        self.input = keras.Input(shape, name="x", dtype="int32" if ids else "float32")
        return Place(None, self.input) if self.draw.random.random() < 0.6 else self.another_input()

    def call(self, made, kind, tensors, options):
        if kind == "multi_head_attention":
            # Asked for its scores, Keras computes them as its layer says. JAX's own attention knows one width only, and lets a query that sees no key
            # see them all.
            return made(tensors[0], tensors[-1], return_attention_scores=True, use_causal_mask=options.get("use_causal_mask", False))[0]
        if kind in (*RECURRENT, "bidirectional") and len(tensors) > 1:
            # Keras hands on the mask of a layer's only input, and would leave it out here.
            return made(tensors[0], initial_state=tensors[1:], mask=getattr(tensors[0], "_keras_mask", None))
        if kind == "softmax":
            # As a layer, Keras's takes the mask of the steps for one of the classes.
            made = keras.layers.Activation("softmax", name=made.name)
        return super().call(made, kind, tensors, options)

    def outputs(self, place, names):
        """The further outputs of the layer behind a place."""
        return [Place(f"{place.name}.{name}", tensor) for name, tensor in zip(names, place.further, strict=True)]

    def embed(self, place, vocabulary, mask):
        p = Picker(self.draw, "layer", "embedding")
        p.give("input_dim", vocabulary)
        p.give("output_dim", self.draw.random.randint(2, 5))
        p.pick("mask_zero", *([True] if mask else [OMIT, False]))
        p.pick("embeddings_initializer", OMIT, {"type": "random_normal", "stddev": 0.5, "seed": self.draw.random.randrange(1000)})
        if p.pick("embeddings_regularizer", OMIT, "given") != OMIT:
            p.options["embeddings_regularizer"] = layer_draws.regularizer(self.draw)
        return self.put("embedding", p.options, [place])

    def recurrent_options(self, kind, sequences, states, bidirectional=False):
        """Options, and the initial states that fit."""
        draw, p = self.draw, Picker(self.draw, "layer", kind)
        fitting = [each for each in self.states if each[2] == bidirectional and len(each[1]) == (2 if kind == "lstm" else 1) * (2 if bidirectional else 1)]
        units, given = draw.random.randint(2, 5), []
        if fitting and draw.random.random() < 0.7:
            units, given, _ = draw.random.choice(fitting)
        draw.offer("layer", kind, "initial states", [OMIT, "given"])
        draw.count("layer", kind, "initial states", "given" if given else OMIT)
        p.give("units", units)
        p.pick("activation", *ACTIVATIONS)
        if kind != "simple_rnn":
            p.pick("recurrent_activation", *GATES)
        p.pick("use_bias", OMIT, False)
        if kind == "lstm":
            p.pick("unit_forget_bias", OMIT, False)
        if kind == "gru":
            p.pick("reset_after", OMIT, False)
        for name, rank in (("kernel", 2), ("recurrent", 2), ("bias", 1)):
            for what, make in (("initializer", lambda rank=rank: layer_draws.initializer(draw, rank)), ("regularizer", lambda: layer_draws.regularizer(draw))):
                chosen = draw.choose("layer", kind, f"{name}_{what}", [OMIT, "given"]) if draw.random.random() < 0.4 else OMIT
                draw.offer("layer", kind, f"{name}_{what}", [OMIT, "given"])
                draw.count("layer", kind, f"{name}_{what}", chosen)
                if chosen != OMIT:
                    p.options[f"{name}_{what}"] = make()
        p.pick("return_sequences", *([True] if sequences else [OMIT, False]))
        p.pick("go_backwards", OMIT, True)
        if states:
            p.pick("return_state", OMIT, True)
        return p.options, given

    def remember(self, place, kind, units, bidirectional):
        names = ["state_h", "state_c"] if kind == "lstm" else ["state_h"]
        if bidirectional:
            names = [f"{way}_{name}" for way in ("forward", "backward") for name in names]
        place.further, others = place.further[-len(names):], place.further[:-len(names)]
        self.states.append((units, self.outputs(place, names), bidirectional))
        place.further = others

    def recurrent(self, place, kind, sequences):
        options, given = self.recurrent_options(kind, sequences, states=True)
        made = self.put(kind, options, [place, *given])
        if options.get("return_state"):
            self.remember(made, kind, options["units"], False)
        return made

    def bidirectional(self, place, sequences):
        draw, p = self.draw, Picker(self.draw, "layer", "bidirectional")
        if sequences and masked(place):
            raise ValueError("Keras has zeros where such a layer skips a step, Teranga the output before; they differ where a layer behind sees the step")
        kind = draw.item("layer", RECURRENT)[0]
        options, given = self.recurrent_options(kind, sequences, states=True, bidirectional=True)
        p.options["layer"] = {"type": kind, **options}
        mode = p.pick("merge_mode", OMIT, "concat", "sum", "mul", "ave", "none")
        made = self.put("bidirectional", p.options, [place, *given])
        if options.get("return_state"):
            self.remember(made, kind, options["units"], True)
        if mode != "none":
            return made
        return self.put(draw.random.choice(["add", "concatenate"]), {}, [made, *self.outputs(made, ["backward"])])

    def attention(self, place, earlier):
        p = Picker(self.draw, "layer", "multi_head_attention")
        p.give("num_heads", self.draw.random.randint(1, 3))
        p.give("key_dim", self.draw.random.randint(1, 4))
        p.pick("value_dim", OMIT, self.draw.random.randint(1, 4))
        p.pick("use_causal_mask", OMIT, True)
        p.pick("output_shape", OMIT, self.draw.random.randint(2, 5))
        layer_draws.weights(self.draw, p, "kernel", 3)
        others = [each for each in earlier if each.name and each.name != place.name and len(each.shape) == 2]
        value = self.draw.random.choice(others) if others and self.draw.choose("layer", "multi_head_attention", "value", [OMIT, "given"]) != OMIT else None
        self.draw.offer("layer", "multi_head_attention", "value", [OMIT, "given"])
        self.draw.count("layer", "multi_head_attention", "value", "given" if value else OMIT)
        return self.put("multi_head_attention", p.options, [place, value] if value else [place])

    def merge(self, place, kind, earlier):
        same = [each for each in earlier if each.name and each.name != place.name and (each.shape == place.shape if kind == "add" else each.shape[:-1] == place.shape[:-1])]
        Picker(self.draw, "layer", kind)
        if not same:
            raise ValueError("nothing to merge with")
        ends = [place, self.draw.random.choice(same)]
        self.draw.random.shuffle(ends)
        return self.put(kind, {}, ends)

    def time_distributed(self, place):
        p, inner = Picker(self.draw, "layer", "time_distributed"), Picker(self.draw, "layer", "dense")
        layer_draws.dense(self.draw, inner, place.shape)
        inner.pick("activation", OMIT, "tanh")
        p.options["layer"] = {"type": "dense", **inner.options}
        return self.put("time_distributed", p.options, [place])

    def grow(self, place, kind, earlier, sequences):
        if kind in RECURRENT:
            return self.recurrent(place, kind, sequences)
        if kind == "bidirectional":
            return self.bidirectional(place, sequences)
        if kind == "multi_head_attention":
            return self.attention(place, earlier)
        if kind in ("add", "concatenate"):
            return self.merge(place, kind, earlier)
        if kind == "time_distributed":
            return self.time_distributed(place)
        if kind == "repeat_vector":
            p = Picker(self.draw, "layer", kind)
            p.give("n", self.draw.random.randint(2, 5))
            return self.put(kind, p.options, [place])
        options = layer_draws.options(self.draw, kind, place.shape)
        if kind in ("conv1d", "dense") and self.draw.random.random() < 0.4:
            options["activation"] = self.draw.random.choice(["tanh", "relu", "gelu"])
        return self.put(kind, options, [place])

    def another(self, place, kinds, earlier, sequences):
        """One more layer of these kinds, the rarest that fits."""
        for kind in self.draw.item("layer", kinds):
            before, layers, states = self.draw.snapshot(), list(self.layers), list(self.states)
            try:
                return self.grow(place, kind, earlier, sequences)
            except (ValueError, TypeError, ZeroDivisionError):
                self.draw.restore(before)
                self.layers, self.states = layers, states
        raise Misfit("nothing fits")


def masked(place):
    return getattr(place.tensor, "_keras_mask", None) is not None


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
    kind = draw.item("loss", LOSSES)[0]
    p = Picker(draw, "loss", kind)
    options = objectives.loss_options(draw, p, kind)
    out = objectives.head(draw, net, place, kind, options, len(place.shape))
    if kind == "sparse_categorical_crossentropy" and out.shape[:-1] == (1,):
        raise Misfit("a column of class numbers is read as one number per sample")
    losses = [{"type": kind, "options": options, "place": out, "weight": OMIT, "named": False}]
    if len(net.reached_from([out])) < len(net.layers):
        raise Misfit("a layer leads nowhere")
    training = {}
    draw.offer("training", "training")
    draw.count("training", "training")
    for key, values in (("slice", [OMIT, draw.random.randint(1, 5), "auto"]),):
        training[key] = draw.choose("training", "training", key, values)
        draw.count("training", "training", key, training[key])
    case = Case(net, losses, objectives.optimizer(draw), [], {}, {k: v for k, v in training.items() if v is not OMIT}, draw.random.randint(3, 8),
                draw.random.randrange(1 << 30), masked=True)
    rng = np.random.default_rng(case.seed)
    samples, test = case.batch * STEPS_PER_EPOCH, 2 * case.batch
    x = data(rng, samples + test)
    y = objectives.targets(rng, objectives.LOSSES[kind], kind, (samples + test, *out.shape))
    case.x, case.x_test, case.y, case.y_test = x[:samples], x[samples:], y[:samples], y[samples:]
    return case
