# SPDX-License-Identifier: Apache-2.0
"""Writing golden cases: lines of a key and its values, a blank line after each case. Run the scripts with KERAS_BACKEND=jax; all is f64."""
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)
import keras  # noqa: E402
import numpy as np  # noqa: E402

keras.config.set_floatx("float64")


def mean_in_f64(x, axis=None, keepdims=False):
    """Keras's own takes means in f32 whatever it is given, which would hide differences below 1e-7."""
    return jax.numpy.mean(jax.numpy.asarray(x), axis=axis, keepdims=keepdims)


def norm_in_f64(x, axis=None, keepdims=False):
    """Of a matrix; likewise."""
    return jax.numpy.sqrt(jax.numpy.sum(jax.numpy.square(jax.numpy.asarray(x)), axis=axis, keepdims=keepdims))


keras.src.ops.mean = mean_in_f64
keras.src.ops.norm = norm_in_f64


def text(value):
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    return repr(float(value)) if isinstance(value, (float, np.floating)) else str(value)


def options(given):
    """set NAME KIND VALUES: what the test gives to the item."""
    lines = []
    for name, value in given.items():
        if value is None:
            continue
        if isinstance(value, (list, tuple)) and all(isinstance(x, str) for x in value):
            lines.append(f"set {name} texts " + " ".join(value))
        elif isinstance(value, (list, tuple)):
            lines.append(f"set {name} list " + " ".join(text(float(x)) for x in value))
        else:
            kind = {bool: "boolean", int: "integer", float: "real", str: "text"}[type(value)]
            lines.append(f"set {name} {kind} {text(value)}")
    return lines


def numbers(key, values):
    return f"{key} " + " ".join(text(float(x)) for x in np.asarray(values, dtype=np.float64).ravel())


def shape(key, array):
    return f"{key} " + " ".join(str(n) for n in np.asarray(array).shape)


def write(name, cases):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, "w") as out:
        for case in cases:
            out.write("\n".join(case) + "\n\n")
    print(f"{name}: {len(cases)} cases", file=sys.stderr)
