# SPDX-License-Identifier: Apache-2.0
"""A net that grows layer by layer, as a list of recipe layers and as a Keras graph at the same time; Keras says what fits where."""
import keras
import numpy as np

import layer_draws
import reference
from coverage import OMIT

LARGEST = 700  # numbers of a sample at any place
WEIGHTY = ("dense", "conv1d", "conv2d", "depthwise_conv2d", "conv2d_transpose")


class Misfit(Exception):
    """This net cannot go on; another one is to be drawn."""


class Place:
    """The output of a layer; `noise` of it is known by the layer's name."""

    def __init__(self, name, tensor, further=()):
        self.name, self.tensor, self.further = name, tensor, list(further)

    @property
    def shape(self):
        return tuple(self.tensor.shape[1:])


class Net:
    def __init__(self, draw):
        self.draw = draw
        self.layers = []      # of the recipe, in order
        self.keras = {}       # name -> Keras layer, of those that others may share weights with
        self.noise = []       # (name, kind, options, Keras input)
        self.input = None
        self.explicit_input = False

    def name(self, kind):
        count = sum(layer["type"] == kind for layer in self.layers)
        return f"{kind}_{count}" if count else kind

    def begin(self, shape):
        self.input = keras.Input(shape, name="x")
        if not self.draw.random.random() < 0.6:
            return Place(None, self.input)
        return self.another_input()

    def another_input(self):
        layer = {"type": "input", "name": self.name("input")}
        self.draw.offer("layer", "input")
        self.draw.count("layer", "input")
        for key, value in (("shape", list(self.input.shape[1:])), ("field", "x")):
            given = self.draw.choose("layer", "input", key, [OMIT, "given"] if key == "shape" or not self.explicit_input else ["given"])
            self.draw.count("layer", "input", key, given)
            if given is not OMIT:
                layer[key] = value
        self.explicit_input = True
        self.layers.append(layer)
        return Place(layer["name"], self.input)

    def put(self, kind, options, places, trainable=True, shared=None):
        """Adds a layer behind the places; raises where it does not fit."""
        name = self.name(kind)
        made = self.made(kind, name, options, trainable, shared)
        tensors = [place.tensor for place in places]
        noises = self.noises(kind, name, options, tensors)
        outputs = self.call(made, kind, tensors, options, [each[3] for each in noises])
        out, *further = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        if "activation" in options and kind not in reference.WITH_ACTIVATION and kind != "activation":
            out = keras.layers.Activation(reference.activation(options["activation"]), name=name + "_then")(out)
        if not all(out.shape[1:]) or int(np.prod(out.shape[1:])) > LARGEST:
            raise ValueError("too large, or empty")
        self.noise += noises
        layer = {"type": kind, "name": name}
        before = self.layers[-1]["name"] if self.layers else None
        names = [place.name for place in places]
        if None in names and self.layers:
            raise Misfit("only the first layer takes the data without naming an input")
        if names != [before] or self.draw.random.random() < 0.2 and None not in names:
            layer["input"] = names[0] if len(names) == 1 and self.draw.random.random() < 0.5 else names
        if not trainable:
            layer["trainable"] = False
        if shared:
            layer["weights_of"] = shared
        layer.update(options)
        self.layers.append(layer)
        self.keras[name] = made
        return Place(name, out, further)

    def made(self, kind, name, options, trainable, shared):
        return self.keras[shared] if shared else reference.layer(kind, name, options, trainable)

    def noises(self, kind, name, options, tensors):
        """What a layer draws in training: (name of its stream, kind, options, Keras input)."""
        return [(name, kind, options, self.noise_input(name, tensors[0].shape[1:]))] if kind in reference.NOISE else []

    def noise_input(self, name, shape):
        return keras.Input(shape, name="noise_" + name.replace("/", "_"))

    def call(self, made, kind, tensors, options, noises):
        tensors = [*tensors, *noises]
        return made(tensors if len(tensors) > 1 else tensors[0])

    def rarely(self, key, chance):
        """Whether a key that any layer takes is given here."""
        self.draw.offer("layer", "(any)", key, [OMIT, "given"])
        given = self.draw.random.random() < chance
        self.draw.count("layer", "(any)", key, "given" if given else OMIT)
        return given

    def unary(self, place, kinds=None, keep_shape=False):
        """One more layer behind a place; where none fits, the place itself."""
        if self.draw.counts[("layer", "step", "", "")] > 1:
            kinds = kinds or [kind for kind in layer_draws.UNARY if kind != "step"]  # nothing before it learns
        fitting = [kind for kind, (ranks, _) in layer_draws.UNARY.items() if len(place.shape) in ranks and (kinds is None or kind in kinds)]
        for kind in self.draw.item("layer", fitting)[:25]:
            before = self.draw.snapshot()
            self.draw.count("layer", "(any)")
            options = layer_draws.options(self.draw, kind, place.shape)
            trainable = not (kind in WEIGHTY + ("batch_normalization", "layer_normalization") and self.rarely("trainable", 0.12))
            if kind not in layer_draws.ACTIVATIONS + ["activation", "input"] and self.rarely("activation", 0.35 if kind in WEIGHTY else 0.08):
                options["activation"] = layer_draws.activation(self.draw, without=("step", "exponential") if self.draw.random.random() < 0.8 else ())
            try:
                made = self.put(kind, options, [place], trainable)
            except (ValueError, TypeError, ZeroDivisionError):
                self.draw.restore(before)
                continue
            if keep_shape and made.shape != place.shape:
                self.layers.pop()
                self.draw.restore(before)
                self.noise = [each for each in self.noise if each[0] != made.name]
                continue
            return made
        return place

    def width(self, place, width, shared=None):
        """A layer that changes the last extent only, to `width`."""
        rank = len(place.shape)
        if shared:
            return self.put(shared["type"], {key: value for key, value in shared.items() if key not in ("type", "name", "input", "weights_of", "trainable")}, [place],
                            shared=shared["name"])
        for kind in self.draw.item("layer", ["dense"] + (["conv1d"] if rank == 2 else ["conv2d"] if rank == 3 else [])):
            before = self.draw.snapshot()
            options = layer_draws.options(self.draw, kind, place.shape)
            for key in ("strides", "groups"):
                if key == "groups" and width % options.get(key, 1) == 0:
                    continue
                if options.pop(key, OMIT) is not OMIT:
                    self.draw.counts[("layer", kind, key, "given")] -= 1
            options["units" if kind == "dense" else "filters"] = width
            if kind != "dense":
                options["padding"] = "same"
            if options.get("kernel_initializer", "") in ("identity",) and kind != "dense":
                options.pop("kernel_initializer")
            try:
                return self.put(kind, options, [place])
            except (ValueError, TypeError):
                self.draw.restore(before)
        return place

    def fork(self, place, depth=0):
        """Two or three ways from a place, and a merging layer at their ends."""
        draw = self.draw
        if place.name is None or len(self.layers) > 18:
            return self.unary(place, keep_shape=depth > 0)  # a way within a way goes on to a merging layer
        kind = draw.item("layer", layer_draws.MERGES)[0]
        width = draw.random.choice([place.shape[-1], draw.random.randint(2, 6)])
        ends = []
        count = 2 if kind == "subtract" or draw.random.random() < 0.6 else 3
        for i in range(count):
            end = place
            for _ in range(draw.random.randint(0, 2)):
                end = self.fork(end, depth + 1) if depth < 1 and draw.random.random() < 0.2 else self.unary(end, keep_shape=True)
            wanted = draw.random.randint(1, 5) if kind == "concatenate" else width
            twins = [layer for layer in self.layers if layer["type"] in WEIGHTY and self.keras[layer["name"]].built and "weights_of" not in layer
                     and layer.get("units", layer.get("filters")) == wanted and layer.get("padding", "same") == "same" and "strides" not in layer
                     and self.keras[layer["name"]].input.shape == end.tensor.shape and end.tensor is not self.keras[layer["name"]].input]
            if twins and self.rarely("weights_of", 0.7):
                end = self.width(end, wanted, draw.random.choice(twins))
            elif end.shape[-1] != wanted or draw.random.random() < 0.3 or (end is place and i):
                end = self.width(end, wanted)
            ends.append(end)
        options = {}
        picker = layer_draws.Picker(draw, "layer", kind)
        if kind == "concatenate":
            picker.pick("axis", OMIT, -1 if draw.random.random() < 0.5 or len(place.shape) == 1 else len(place.shape))
            options = picker.options
        try:
            return self.put(kind, options, ends)
        except ValueError as error:
            raise Misfit("the ways do not meet") from error

    def reached_from(self, places):
        """The names of the layers that these places need."""
        inputs, names, open_names = {}, set(), [place.name for place in places]
        before = None
        for layer in self.layers:
            given = layer.get("input", [before] if before and layer["type"] != "input" else [])
            inputs[layer["name"]] = [given] if isinstance(given, str) else given
            before = layer["name"]
        while open_names:
            name = open_names.pop()
            if name not in names:
                names.add(name)
                open_names += [each.split(".")[0] for each in inputs[name]]  # "lstm.state_h"
        return names

    def flat(self, place):
        """A place of rank 1 behind it."""
        while len(place.shape) > 1:
            axes = len(place.shape) - 1
            kinds = ["flatten", f"global_max_pooling{axes}d", f"global_average_pooling{axes}d"]
            place = self.unary(place, kinds=kinds)
        return place
