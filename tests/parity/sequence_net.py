# SPDX-License-Identifier: Apache-2.0
"""A net over sequences that grows layer by layer: recurrent and attention layers with masks, states, directions and the noise of their dropout."""
import keras

import layer_draws
import reference
import sequence_reference
from coverage import OMIT, Picker
from layer_draws import real
from nets import Misfit, Net, Place

GATES = {"simple_rnn": 1, "lstm": 4, "gru": 3}
RECURRENT = list(GATES)
PLAIN = ["layer_normalization", "batch_normalization", "conv1d", "dense", "dropout", "gaussian_dropout", "gaussian_noise", "upsampling1d", "max_pooling1d",
         "average_pooling1d", "zero_padding1d", "activation"]
OF_SEQUENCES = [*RECURRENT, "bidirectional", "time_distributed", "multi_head_attention", "position_embedding", "sine_position_encoding", "reverse_time",
                "tied_dense", *layer_draws.MERGES, *PLAIN]
TO_VECTORS = [*RECURRENT, "bidirectional", "global_average_pooling1d", "global_max_pooling1d", "flatten"]
ACTIVATIONS = [OMIT, "relu", "sigmoid", "softsign", "elu", "hard_sigmoid", "linear", "silu"]
RECURRENT_ACTIVATIONS = [OMIT, "hard_sigmoid", "sigmoid", "tanh", "softsign"]
OF_STEPS = ["dense", "layer_normalization", "dropout", "activation"]                       # what time_distributed wraps: of a vector each step,
OF_TABLES = ["conv1d", *RECURRENT, "flatten", "global_average_pooling1d", "reshape"]       # or of a small table each step


def masked(place):
    return getattr(place.tensor, "_keras_mask", None) is not None


def recurrent_noise(kind, options, channels):
    """Parts (numbers, rate) of what a recurrent layer draws: one mask of the input, or one each gate beside dropout of the state."""
    dropout, of_state = options.get("dropout", 0), options.get("recurrent_dropout", 0)
    parts = [((GATES[kind] if of_state else 1) * channels, dropout)] if dropout else []
    return parts + ([(GATES[kind] * options["units"], of_state)] if of_state else [])


def ways(options):
    """The layers of a bidirectional one."""
    return options["layer"], options.get("backward_layer", options["layer"])


class SequenceNet(Net):
    def __init__(self, draw):
        super().__init__(draw)
        self.looked_at = set()  # names of places that attention took: when Keras runs, it takes their masks away from all that come later
        self.states = []  # last states of layers: (units, places, of a bidirectional layer)

    def name(self, kind):
        # Keras names the operations on masks after what they do.
        return ("merging_" if kind in layer_draws.MERGES else "") + super().name(kind)

    def begin_sequence(self, shape, ids):
        self.input = keras.Input(shape, name="x", dtype="int32" if ids else "float32")
        return Place(None, self.input) if self.draw.random.random() < 0.6 else self.another_input()

    def made(self, kind, name, options, trainable, shared):
        if kind == "tied_dense" and shared:
            return sequence_reference.TiedDense(options["units"], self.keras[shared], name=name)
        if kind == "softmax":
            # As a layer, Keras's takes the mask of the steps for one of the classes.
            return keras.layers.Activation("softmax", name=name)
        return super().made(kind, name, options, trainable, shared)

    def noises(self, kind, name, options, tensors):
        channels = tensors[0].shape[-1]
        parts = [(name, kind, options)] if kind in RECURRENT else []
        if kind == "bidirectional":
            parts = [(f"{name}/{way}_layer", layer["type"], layer) for way, layer in zip(("forward", "backward"), ways(options), strict=True)]
        out = []
        for stream, part, each in parts:
            if shares := recurrent_noise(part, each, channels):
                drawn = {"parts": shares, **({"seed": each["seed"]} if "seed" in each else {})}
                out.append((stream, "recurrent", drawn, self.noise_input(stream, (sum(count for count, _ in shares),))))
        if kind == "multi_head_attention" and options.get("dropout"):
            shape = (options["num_heads"], tensors[0].shape[1], tensors[1 if len(tensors) > 1 else 0].shape[1])
            out.append((name, "dropout", {"rate": options["dropout"]}, self.noise_input(name, shape)))
        if kind == "time_distributed" and options["layer"]["type"] in reference.NOISE:
            out.append((name + "/layer", options["layer"]["type"], {**options["layer"], "fold": tensors[0].shape[1]}, self.noise_input(name, tensors[0].shape[1:])))
        return out or super().noises(kind, name, options, tensors)

    def call(self, made, kind, tensors, options, noises):
        noise = {"noise": noises[0]} if noises else {}
        if kind == "bidirectional" and noises:
            left = list(noises)
            noise = {"noise": [left.pop(0) if recurrent_noise(each["type"], each, 1) else None for each in ways(options)]}
        if kind == "multi_head_attention":
            # Asked for its scores, Keras computes them as its layer says. JAX's own attention knows one width only, and lets a query that sees no key
            # see them all.
            query, value, *key = [*tensors, tensors[0]] if len(tensors) == 1 else tensors
            return made(query, value, *key, return_attention_scores=True, use_causal_mask=options.get("use_causal_mask", False), **noise)[0]
        if kind in (*RECURRENT, "bidirectional"):
            states = {"initial_state": tensors[1:]} if len(tensors) > 1 else {}
            # Keras hands on the mask of a layer's only input, and would leave it out beside others.
            return made(tensors[0], mask=getattr(tensors[0], "_keras_mask", None), **states, **noise)
        return super().call(made, kind, tensors, options, noises)

    def outputs(self, place, names):
        """The further outputs of the layer behind a place."""
        return [Place(f"{place.name}.{name}", tensor) for name, tensor in zip(names, place.further, strict=True)]

    def embed(self, place, vocabulary, mask):
        p = Picker(self.draw, "layer", "embedding")
        p.give("input_dim", vocabulary)
        p.give("output_dim", self.draw.random.randint(2, 5))
        p.pick("mask_zero", *([True] if mask else [OMIT, False]))
        self.given_weights(p, "embeddings", 2)
        return self.put("embedding", p.options, [place])

    def given_weights(self, p, name, rank):
        """Initializer and regularizer of a weight."""
        for what, make in (("initializer", lambda: layer_draws.initializer(self.draw, rank)), ("regularizer", lambda: layer_draws.regularizer(self.draw))):
            if p.pick(f"{name}_{what}", OMIT, "given") is not OMIT:
                p.options[f"{name}_{what}"] = make()

    def recurrent_options(self, kind, sequences, units, backwards=(OMIT, True), states=(OMIT, True), unrolls=True):
        draw, p = self.draw, Picker(self.draw, "layer", kind)
        p.give("units", units)
        p.pick("activation", *ACTIVATIONS)
        if kind != "simple_rnn":
            p.pick("recurrent_activation", *RECURRENT_ACTIVATIONS)
        p.pick("use_bias", OMIT, False)
        if kind == "lstm":
            p.pick("unit_forget_bias", OMIT, False)
        if kind == "gru":
            p.pick("reset_after", OMIT, False)
        for name, rank in (("kernel", 2), ("recurrent", 2), ("bias", 1)):
            self.given_weights(p, name, rank)
        p.pick("dropout", OMIT, real(draw, 0.1, 0.4))
        p.pick("recurrent_dropout", OMIT, real(draw, 0.1, 0.4))
        p.pick("seed", OMIT, draw.random.randrange(1, 1000))
        p.pick("return_sequences", *([True] if sequences else [OMIT, False]))
        p.pick("go_backwards", *backwards)
        p.pick("return_state", *states)
        # (unrolled, Keras has zeros and not the initial state for skipped steps at the start)
        p.pick("unroll", *([OMIT, True] if unrolls and draw.random.random() < 0.3 else [OMIT]))
        return p.options

    def initial_states(self, place, kind, bidirectional):
        """The units of a layer and the states that it starts from: none, those of another recurrent layer, or what a dense layer makes."""
        item = "bidirectional" if bidirectional else kind
        source = self.draw.choose("layer", item, "initial states", [OMIT, "of a layer", "dense"])
        count, units = (2 if kind == "lstm" else 1) * (2 if bidirectional else 1), self.draw.random.randint(2, 5)
        fitting = [each for each in self.states if each[2] == bidirectional and len(each[1]) == count]
        given = []
        if source == "of a layer" and not fitting:
            self.recurrent(place, kind, True, lone=True) if not bidirectional else self.bidirectional(place, False, lone=kind)
            fitting = self.states[-1:]
        if source == "of a layer":
            units, given, _ = self.draw.random.choice(fitting)
        elif source == "dense":
            vector = self.put("global_average_pooling1d", {}, [place])
            given = [self.put("dense", {"units": units}, [vector]) for _ in range(count)]
        self.draw.count("layer", item, "initial states", source)
        return units, given

    def remember(self, place, kind, units, bidirectional):
        names = ["state_h", "state_c"] if kind == "lstm" else ["state_h"]
        if bidirectional:
            names = [f"{way}_{name}" for way in ("forward", "backward") for name in names]
        place.further, others = place.further[-len(names):], place.further[:-len(names)]
        self.states.append((units, self.outputs(place, names), bidirectional))
        place.further = others

    def recurrent(self, place, kind, sequences, lone=False):
        """`lone`: for its states alone."""
        units, given = self.initial_states(place, kind, False) if not lone else (self.draw.random.randint(2, 5), [])
        options = self.recurrent_options(kind, sequences, units, states=(True,) if lone else (OMIT, True), unrolls=not given)
        made = self.put(kind, options, [place, *given])
        if options.get("return_state"):
            self.remember(made, kind, options["units"], False)
        return made

    def bidirectional(self, place, sequences, lone=""):
        draw, p = self.draw, Picker(self.draw, "layer", "bidirectional")
        kind = lone or draw.item("layer", RECURRENT)[0]
        units, given = self.initial_states(place, kind, True) if not lone else (draw.random.randint(2, 5), [])
        own_back = p.pick("backward_layer", OMIT, "given") is not OMIT
        backwards = draw.random.random() < 0.5 if own_back else False
        unrolls = not given and not masked(place)  # (unrolled, Keras repeats the output for skipped steps)
        options = self.recurrent_options(kind, sequences, units, (True,) if backwards else (OMIT, False), (True,) if lone else (OMIT, True), unrolls)
        p.draw.count("layer", "bidirectional", "layer", "given")
        draw.offer("layer", "bidirectional", "layer", ["given"])
        p.options["layer"] = {"type": kind, **options}
        if own_back:
            back = kind if given or options.get("return_state") else draw.item("layer", RECURRENT)[0]
            both = (True,) if options.get("return_state") else (OMIT, False)
            p.options["backward_layer"] = {"type": back, **self.recurrent_options(back, sequences, units, (OMIT, False) if backwards else (True,), both, unrolls)}
        mode = p.pick("merge_mode", OMIT, "concat", "sum", "mul", "ave", "none")
        made = self.put("bidirectional", p.options, [place, *given])
        if options.get("return_state"):
            self.remember(made, kind, options["units"], True)
        if mode != "none" or lone:
            return made
        return self.put(draw.random.choice(["add", "concatenate"]), {}, [made, *self.outputs(made, ["backward"])])

    def attention(self, place, earlier):
        draw, p = self.draw, Picker(self.draw, "layer", "multi_head_attention")
        p.give("num_heads", draw.random.randint(1, 3))
        p.give("key_dim", draw.random.randint(1, 4))
        p.pick("value_dim", OMIT, draw.random.randint(1, 4))
        p.pick("dropout", OMIT, real(draw, 0.1, 0.4))
        p.pick("use_causal_mask", OMIT, True)
        p.pick("output_shape", OMIT, draw.random.randint(2, 5))
        layer_draws.weights(draw, p, "kernel", 3)
        others = [each for each in earlier if each.name and each.name not in self.looked_at and each.name != place.name and len(each.shape) == 2]
        sources = [OMIT] + ["value"] * bool(others) + ["value and key"] * any(a.shape[0] == b.shape[0] for a in others for b in others if a is not b)
        source = draw.choose("layer", "multi_head_attention", "source", sources)
        draw.count("layer", "multi_head_attention", "source", source)
        value, key = [], []
        if source != OMIT:
            value = [draw.random.choice(others)]
        if source == "value and key":
            pairs = [[a, b] for a in others for b in others if a is not b and a.shape[0] == b.shape[0]]
            value, key = [[each] for each in draw.random.choice(pairs)]
        made = self.put("multi_head_attention", p.options, [place, *value, *key])
        self.looked_at.update(each.name for each in (place, *value, *key))
        return made

    def merge(self, place, kind, earlier):
        same = [each for each in earlier if each.name and each.name not in self.looked_at and each.name != place.name and (each.shape[:-1] if kind == "concatenate" else each.shape) == place.shape[:len(place.shape) - (kind == "concatenate")]]
        Picker(self.draw, "layer", kind)
        if not same:
            raise ValueError("nothing to merge with")
        ends = [place, self.draw.random.choice(same)]
        self.draw.random.shuffle(ends)
        return self.put(kind, {}, ends)

    def each_step(self, place, kind):
        """A layer of that kind on every step; of kinds that want a table each step, with others around that make one of a vector and a vector of it."""
        p = Picker(self.draw, "layer", "time_distributed")
        p.pick("layer", kind)
        self.draw.offer("layer", "time_distributed", "layer", OF_STEPS + OF_TABLES)
        if kind in RECURRENT:
            inner = self.recurrent_options(kind, False, self.draw.random.randint(2, 4), states=(OMIT,))
            for noisy in ("dropout", "recurrent_dropout"):
                if inner.pop(noisy, None):
                    self.draw.counts[("layer", kind, noisy, "given")] -= 1
        elif kind == "reshape":
            inner = {"target_shape": [2, place.shape[-1] // 2]}
        else:
            inner = layer_draws.options(self.draw, kind, place.shape[1:])
        p.options["layer"] = {"type": kind, **inner}
        return self.put("time_distributed", p.options, [place])

    def time_distributed(self, place):
        # (a layer inside that reads masks is handed that of the steps by Keras)
        fitting = [kind for kind in OF_STEPS + OF_TABLES if not masked(place) or kind not in (*RECURRENT, "global_average_pooling1d")]
        kind = self.draw.choose("layer", "time_distributed", "layer", fitting)
        if kind in OF_STEPS:
            return self.each_step(place, kind)
        if place.shape[-1] % 2:
            place = self.put("dense", {"units": 2 * self.draw.random.randint(2, 3)}, [place])
        place = self.each_step(place, "reshape")
        if kind != "reshape":
            place = self.each_step(place, kind)
        return place if len(place.shape) == 2 else self.each_step(place, "flatten")

    def to_vocabulary(self, place):
        """Back through an embedding, that of the net where it fits."""
        p = Picker(self.draw, "layer", "tied_dense")
        table = next((layer for layer in self.layers if layer["type"] == "embedding"), None)
        tied = table and self.draw.choose("layer", "tied_dense", "weights", ["own", "of the embedding"]) != "own"
        self.draw.offer("layer", "tied_dense", "weights", ["own", "of the embedding"])
        self.draw.count("layer", "tied_dense", "weights", "of the embedding" if tied else "own")
        if not tied:
            p.give("units", self.draw.random.randint(3, 7))
            self.given_weights(p, "embeddings", 2)
            return self.put("tied_dense", p.options, [place])
        if place.shape[-1] != table["output_dim"]:
            place = self.put("dense", {"units": table["output_dim"]}, [place])
        p.give("units", table["input_dim"])
        return self.put("tied_dense", p.options, [place], shared=table["name"])

    def positions(self, place, kind):
        p = Picker(self.draw, "layer", kind)
        if kind == "position_embedding":
            p.give("sequence_length", place.shape[0] + self.draw.random.randint(0, 2))
            if p.pick("initializer", OMIT, "given") is not OMIT:
                p.options["initializer"] = layer_draws.initializer(self.draw, 2)
        elif kind == "sine_position_encoding":
            p.pick("max_wavelength", OMIT, float(self.draw.random.randint(10, 1000)))
        return self.put(kind, p.options, [place])

    def grow(self, place, kind, earlier, sequences):
        if kind in RECURRENT:
            return self.recurrent(place, kind, sequences)
        if kind == "bidirectional":
            return self.bidirectional(place, sequences)
        if kind == "multi_head_attention":
            return self.attention(place, earlier)
        if kind in layer_draws.MERGES:
            return self.merge(place, kind, earlier)
        if kind == "time_distributed":
            return self.time_distributed(place)
        if kind == "tied_dense":
            return self.to_vocabulary(place)
        if kind in ("position_embedding", "sine_position_encoding", "reverse_time"):
            return self.positions(place, kind)
        if kind == "repeat_vector":
            p = Picker(self.draw, "layer", kind)
            p.give("n", self.draw.random.randint(2, 5))
            return self.put(kind, p.options, [place])
        if kind == "batch_normalization" and masked(place) and place.shape[-1] == 1:
            raise ValueError("Keras fails for one masked channel")
        options = layer_draws.options(self.draw, kind, place.shape)
        if kind in ("conv1d", "dense") and self.draw.random.random() < 0.4:
            options["activation"] = self.draw.random.choice(["tanh", "relu", "gelu"])
        return self.put(kind, options, [place])

    def another(self, place, kinds, earlier, sequences):
        """One more layer of these kinds, the rarest that fits."""
        for kind in self.draw.item("layer", kinds):
            before, layers, states, noise = self.draw.snapshot(), list(self.layers), list(self.states), list(self.noise)
            try:
                return self.grow(place, kind, earlier, sequences)
            except (ValueError, TypeError, ZeroDivisionError):
                self.draw.restore(before)
                self.layers, self.states, self.noise = layers, states, noise
        raise Misfit("nothing fits")
