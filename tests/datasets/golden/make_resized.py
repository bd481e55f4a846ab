#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes resized.hpp and bmp_*.bmp: what Pillow makes of a picture when it is made smaller, what Keras takes of it for another aspect ratio, what Pillow turns it into by
its Exif orientation, and BMP files. Run it in this folder with NumPy, Pillow and Keras 3 on JAX."""
import io
import os
import struct
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from PIL import Image, ImageOps

rng = np.random.default_rng(11)
HEIGHT, WIDTH = 23, 31
picture = rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype("u1")
image = Image.fromarray(picture)
smaller = {(h, w): np.asarray(image.resize((w, h), Image.BILINEAR)) for h, w in ((7, 9), (10, 40), (46, 12), (23, 31), (1, 1))}
cut = {(h, w): np.asarray(keras.utils.img_to_array(keras.preprocessing.image.smart_resize(picture.astype("float32"), (h, w)))) for h, w in ((8, 8), (23, 5), (6, 31))}

small = rng.integers(0, 256, (3, 4, 3)).astype("u1")
turned = []
for orientation in range(1, 9):
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(small).save(file, "PNG", exif=exif)
    Path(f"pictures/turned_{orientation}.png").write_bytes(file.getvalue())
    turned.append(np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(file.getvalue())))))

bitmaps = {}
for name, form in (("bits1", "1"), ("grey", "L"), ("palette", "P"), ("rgb", "RGB"), ("rgba", "RGBA")):
    one = image.convert(form)
    one.save(f"pictures/bmp_{name}.bmp")
    bitmaps[name] = np.asarray(Image.open(f"pictures/bmp_{name}.bmp").convert("RGB"))
# 16 bits, 5 - 6 - 5, from the top down, of 3 pixels: red, green, half of blue.
pixels = struct.pack("<HHHH", 0xF800, 0x07E0, 0x000F, 0)
Path("pictures/bmp_565.bmp").write_bytes(b"BM" + struct.pack("<IHHI", 66 + 8, 0, 0, 66) + struct.pack("<IiiHHIIiiII", 40, 3, -1, 1, 16, 3, 8, 0, 0, 0, 0) + struct.pack("<III", 0xF800, 0x7E0, 0x1F) + pixels)
bitmaps["565"] = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, round(15 * 255 / 31)]]])


def numbers(array, form="d"):
    return ", ".join(format(x, form) for x in np.asarray(array).ravel())


out = ["// SPDX-License-Identifier: Apache-2.0", "// Made by make_resized.py.", "#pragma once", "", "#include <cstdint>", "#include <map>", "#include <string>", "#include <utility>", "#include <vector>", "",
       "namespace teranga::test::golden {", "", f"constexpr unsigned height = {HEIGHT}, width = {WIDTH};", "using Size = std::pair<std::int64_t, std::int64_t>;", f"const std::vector<unsigned char> picture = {{{numbers(picture)}}};",
       "const std::map<Size, std::vector<int>> smaller = {"]
out += [f"    {{{{{h}, {w}}}, {{{numbers(made)}}}}}," for (h, w), made in smaller.items()]
out += ["};", "const std::map<Size, std::vector<float>> cut = {"]
out += [f"    {{{{{h}, {w}}}, {{{numbers(made.astype(float), '.6g')}}}}}," for (h, w), made in cut.items()]
out += ["};", "// By orientation, from 1; [height, width] of the first four is 3 x 4.", "const std::vector<std::vector<float>> turned = {"]
out += [f"    {{{numbers(made)}}}," for made in turned]
out += ["};", "const std::map<std::string, std::vector<float>> bitmaps = {"]
out += [f"    {{\"{name}\", {{{numbers(made)}}}}}," for name, made in bitmaps.items()]
out += ["};", "", "}  // namespace teranga::test::golden", ""]
Path("resized.hpp").write_text("\n".join(out))
