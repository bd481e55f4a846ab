#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes picture_changes.hpp: what the layers of Keras make of one picture, each with a range of one value, so that nothing is left to chance; and the axes of
colours by NumPy. Run it with Keras 3 on JAX: KERAS_BACKEND=jax python3 make_picture_changes.py"""
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np

layers = keras.layers
HEIGHT, WIDTH = 6, 7
picture = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 3)).astype("float32") / 255


def changed(layer):
    return np.asarray(layer(picture[None], training=True))[0]


def sheared(x, y):
    layer = layers.RandomShear(x_factor=[x, x], y_factor=[y, y])
    for _ in range(50):  # the sign is drawn: the one with + is wanted
        drawn = layer.get_random_transformation(picture[None])
        if float(drawn["shear_factor"][0][0]) > 0:
            return np.asarray(layer.transform_images(picture[None], drawn))[0]
    sys.exit("no positive shear was drawn")


def with_hue(factor):
    layer = layers.RandomHue([factor, factor], value_range=(0, 1))
    for _ in range(50):
        drawn = layer.get_random_transformation(picture[None])
        if float(drawn["factor"][0]) > 0:
            return np.asarray(layer.transform_images(picture[None], drawn))[0]
    sys.exit("no positive turn was drawn")


cases = {"brightness": changed(layers.RandomBrightness([0.15, 0.15], value_range=(0, 1))),
         "saturation": changed(layers.RandomSaturation([0.3, 0.3], value_range=(0, 1))),
         "full_saturation": changed(layers.RandomSaturation([0.7, 0.7], value_range=(0, 1))),
         "hue": with_hue(0.4),
         "grayscale": changed(layers.RandomGrayscale(1.0)),
         "center_crop": changed(layers.CenterCrop(3, 4)),
         "shear": sheared(0.2, 0.1)}
contrast = layers.RandomContrast(0.5, value_range=(0, 1))
cases["contrast"] = np.asarray(contrast.transform_images(picture[None], {"contrast_factor": np.full((1, 1, 1, 1), 1.4, "float32")}))[0]
for mode in ("reflect", "constant", "wrap", "nearest"):
    cases[f"rotation_{mode}"] = changed(layers.RandomRotation([0.07, 0.07], fill_mode=mode, fill_value=0.25))
    cases[f"zoom_{mode}"] = changed(layers.RandomZoom([0.3, 0.3], [-0.2, -0.2], fill_mode=mode, fill_value=0.25))
    cases[f"translation_{mode}"] = changed(layers.RandomTranslation([0.3, 0.3], [-0.45, -0.45], fill_mode=mode, fill_value=0.25))

pixels = picture.reshape(-1, 3).astype("float64")
values, vectors = np.linalg.eigh(np.cov(pixels.T, bias=True))
order = values.argsort()[::-1]


def numbers(array):
    return ", ".join(f"{float(x):.9g}" for x in np.asarray(array).ravel())


out = ["// SPDX-License-Identifier: Apache-2.0", "// Made by make_picture_changes.py: a picture, and what Keras makes of it.", "#pragma once", "", "#include <map>", "#include <string>",
       "#include <vector>", "", "namespace golden {", "", f"constexpr int height = {HEIGHT}, width = {WIDTH};", f"const std::vector<float> picture = {{{numbers(picture)}}};", "",
       "const std::map<std::string, std::vector<float>> changed = {"]
out += [f"    {{\"{name}\", {{{numbers(made)}}}}}," for name, made in cases.items()]
out += ["};", "", "// Of the covariance of its colours: eigenvalues, the largest first, and their eigenvectors as rows.", f"const std::vector<double> eigenvalues = {{{numbers(values[order])}}};",
        f"const std::vector<double> eigenvectors = {{{numbers(vectors.T[order])}}};", "", "}  // namespace golden", ""]
Path(__file__).with_name("picture_changes.hpp").write_text("\n".join(out))
