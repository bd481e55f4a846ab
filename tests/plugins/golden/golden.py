# SPDX-License-Identifier: Apache-2.0
"""Reference numbers from Keras 3 on JAX. Each script beside this file makes one book of tensors and writes it next to itself:

    KERAS_BACKEND=jax python3 tests/plugins/golden/core.py

A text file of two lines a tensor: its path and shape, then its values (17 digits; computed in float64)."""
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "jax"
import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import keras
import numpy as np

keras.backend.set_floatx("float64")


class Book:
    def __init__(self, script):
        self.path = pathlib.Path(script).with_suffix(".txt")
        self.tensors = {}

    def put(self, path, value):
        assert " " not in path and path not in self.tensors, path
        self.tensors[path] = np.asarray(value, dtype=np.float64)

    def write(self):
        with open(self.path, "w", encoding="utf-8") as out:
            out.write(f"# SPDX-License-Identifier: Apache-2.0\n# Made by {self.path.stem}.py with Keras {keras.__version__}.\n")
            for path, value in self.tensors.items():
                out.write(" ".join([path, *map(str, value.shape)]) + "\n")
                out.write(" ".join(np.format_float_positional(v, 9, fractional=False, trim="-") for v in value.ravel()) + "\n")
        print(self.path, len(self.tensors), "tensors")

    def record(self, path, layer, inputs, seed=0, training=None, weights=None, differentiable=None, mask=None, masks=()):
        """Runs a Keras layer on `inputs` (arrays, or shapes to draw normal numbers for) and records inputs, trainable weights (drawn, so
        that zeros and ones hide nothing, unless given), states, outputs, and the gradients for drawn d_outputs. A mask is one of the first input, masks are those of
        several: None where one has none."""
        given = {} if mask is None else {"mask": jnp.asarray(mask)}
        if training is not None:
            given["training"] = training
        draw = np.random.default_rng(seed)
        inputs = [draw.standard_normal(i) if isinstance(i, tuple) else np.asarray(i) for i in inputs]
        inputs = [i.astype(np.float32).astype(np.float64) if i.dtype.kind == "f" else i for i in inputs]
        def call(xs):
            for x, its_mask in zip(xs, masks):
                if its_mask is not None:
                    keras.src.backend.set_keras_mask(x, jnp.asarray(its_mask, dtype=bool))
            return xs[0] if len(xs) == 1 else xs

        layer(call([jnp.asarray(i) for i in inputs]), **given)
        parameters = weights or [draw.uniform(-0.9, 0.9, v.shape).astype(np.float32).astype(np.float64) for v in layer.trainable_variables]
        seeds = {id(v) for v in layer.non_trainable_variables if "seed" in v.path}
        others = [jnp.asarray(v.value) for v in layer.non_trainable_variables]

        def apply(trainable, xs):
            out, states = layer.stateless_call(trainable, others, call(xs), **given)
            return (out if isinstance(out, (list, tuple)) else [out]), states

        xs, ps = [jnp.asarray(i) for i in inputs], [jnp.asarray(p) for p in parameters]
        outputs, states = apply(ps, xs)
        d_outputs = [draw.standard_normal(o.shape).astype(np.float32).astype(np.float64) for o in outputs]
        if differentiable is None:
            differentiable = [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]

        def loss(trainable, moved):
            full = list(xs)
            for i, x in zip(differentiable, moved):
                full[i] = x
            return sum(jnp.sum(o * d) for o, d in zip(apply(trainable, full)[0], d_outputs))

        d_parameters, d_inputs = jax.grad(loss, argnums=(0, 1))(ps, [xs[i] for i in differentiable])
        for name, values in (("input", inputs), ("parameter", parameters), ("output", outputs), ("d_output", d_outputs), ("d_parameter", d_parameters)):
            for i, value in enumerate(values):
                self.put(f"{path}/{name}{i}", value)
        for i, value in zip(differentiable, d_inputs):
            self.put(f"{path}/d_input{i}", value)
        for i, value in enumerate([mask] if mask is not None else masks):
            if value is not None:
                self.put(f"{path}/mask{i}", value)
        kept = [i for i, v in enumerate(layer.non_trainable_variables) if id(v) not in seeds]
        for n, i in enumerate(kept):
            self.put(f"{path}/state{n}", others[i])
            self.put(f"{path}/new_state{n}", states[i])
