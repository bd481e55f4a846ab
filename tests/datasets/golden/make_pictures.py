#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the pictures that the tests of the data set `images` read, and what is expected of them (pictures.hpp): python3 make_pictures.py, in this folder, with
numpy, Pillow and jax. PNG files are put together here byte by byte, so that their pixels are known without a decoder; those of JPEG files are what Pillow reads."""
import struct
import zlib
from pathlib import Path

import jax
import numpy as np
from PIL import Image

H, W = 5, 7
FOLDER = Path("pictures")
FOLDER.mkdir(exist_ok=True)
ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]  # first row and column, steps
expected = {}


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def rows_of(samples, depth):
    """Rows of [h, w, c] samples, packed, each behind the filter byte 0."""
    out = b""
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            packed = row.astype(">u2").tobytes()
        elif depth == 8:
            packed = row.astype("u1").tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            packed = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        out += b"\0" + packed
    return out


def png(name, samples, depth, colour_type, palette=None, transparent=None, interlaced=False):
    data = rows_of(samples, depth)
    if interlaced:
        passes = [samples[y::dy, x::dx] for y, x, dy, dx in ADAM7]
        data = b"".join(rows_of(one, depth) for one in passes if one.size)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], depth, colour_type, 0, 0, int(interlaced)))
    if palette is not None:
        out += chunk(b"PLTE", palette.astype("u1").tobytes())
    if transparent is not None:
        out += chunk(b"tRNS", transparent)
    (FOLDER / name).write_bytes(out + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))


def rgba(colours, alpha=255):
    """[h, w, 4] of [h, w, 1 or 3] bytes."""
    colours = np.repeat(colours, 3, axis=2) if colours.shape[2] == 1 else colours
    return np.concatenate([colours, np.broadcast_to(np.asarray(alpha), colours.shape[:2] + (1,))], axis=2)


random = np.random.default_rng(3)
for depth in (1, 2, 4, 8, 16):
    grey = random.integers(0, 2 ** depth, (H, W, 1))
    in_bytes = grey >> 8 if depth == 16 else grey * (255 // (2 ** depth - 1))
    png(f"grey{depth}.png", grey, depth, 0)
    expected[f"grey{depth}.png"] = rgba(in_bytes)
    png(f"grey{depth}_interlaced.png", grey, depth, 0, interlaced=True)
    expected[f"grey{depth}_interlaced.png"] = rgba(in_bytes)
for depth in (8, 16):
    shift = depth - 8
    colours = random.integers(0, 2 ** depth, (H, W, 4))
    png(f"rgb{depth}.png", colours[:, :, :3], depth, 2)
    expected[f"rgb{depth}.png"] = rgba(colours[:, :, :3] >> shift)
    png(f"rgba{depth}.png", colours, depth, 6)
    expected[f"rgba{depth}.png"] = colours >> shift
    png(f"grey_alpha{depth}.png", colours[:, :, :2], depth, 4, interlaced=depth == 8)
    expected[f"grey_alpha{depth}.png"] = rgba(colours[:, :, :1] >> shift, colours[:, :, 1:2] >> shift)
colours = random.integers(0, 256, (H, W, 3))
png("rgb8_interlaced.png", colours, 8, 2, interlaced=True)
expected["rgb8_interlaced.png"] = rgba(colours)
for depth in (2, 8):
    palette = random.integers(0, 256, (2 ** min(depth, 4), 3))
    places = random.integers(0, len(palette), (H, W, 1))
    png(f"palette{depth}.png", places, depth, 3, palette=palette)
    expected[f"palette{depth}.png"] = rgba(palette[places[:, :, 0]])
alphas = np.array([0, 128, 200] + [255] * (len(palette) - 3))
png("palette_transparent.png", places, 8, 3, palette=palette, transparent=bytes([0, 128, 200]))
expected["palette_transparent.png"] = rgba(palette[places[:, :, 0]], alphas[places])
greys = np.repeat(random.integers(0, 256, (4, 1)), 3, axis=1)
places = random.integers(0, 4, (H, W, 1))
png("palette_grey.png", places, 2, 3, palette=greys)
expected["palette_grey.png"] = rgba(greys[places[:, :, 0]])
grey = random.integers(0, 4, (H, W, 1)) * 60
png("grey_transparent.png", grey, 8, 0, transparent=struct.pack(">H", 120))
expected["grey_transparent.png"] = rgba(grey, np.where(grey == 120, 0, 255))

y, x = np.mgrid[0:12, 0:16]
smooth = np.stack([x * 15, y * 20, 255 - x * 7 - y * 9], axis=2).astype("u1")
photo = Image.fromarray(smooth)
exif = Image.Exif()
exif[0x0112] = 6
for name, kind, channels, largest in (("grey.pgm", b"P5", 1, 255), ("grey_dark.pgm", b"P5", 1, 100), ("grey_wide.pgm", b"P5", 1, 1000), ("colour.ppm", b"P6", 3, 255), ("grey_words.pgm", b"P2", 1, 15), ("words.ppm", b"P3", 3, 255)):
    values = random.integers(0, largest + 1, (H, W, channels))
    head = kind + b" # made\n# here\n" + f"{W} {H}\n{largest}\n".encode()
    binary = values.astype(">u2" if largest > 255 else "u1").tobytes()
    (FOLDER / name).write_bytes(head + (binary if kind in (b"P5", b"P6") else " ".join(map(str, values.ravel())).encode()))
    expected[name] = rgba(np.floor(values * 255 / largest + 0.5).astype(int))
photo.save(FOLDER / "rgb.jpg", quality=80)
photo.save(FOLDER / "full_colour.jpg", quality=95, subsampling=0)
photo.save(FOLDER / "progressive.jpg", quality=80, progressive=True)
photo.save(FOLDER / "turned.jpg", quality=80, exif=exif)
photo.convert("L").save(FOLDER / "grey.jpg", quality=90)
photo.convert("CMYK").save(FOLDER / "inks.jpg", quality=90)
for path in sorted(FOLDER.glob("*.jpg")):
    expected[path.name] = rgba(np.asarray(Image.open(path).convert("RGB")))

resized = []
for height, width in ((3, 4), (10, 14), (8, 3), (1, 1), (5, 20), (64, 2)):
    values = np.asarray(jax.image.resize(expected["rgb8.png"][:, :, :3].astype("float32"), (height, width, 3), "linear", antialias=False))
    resized.append((height, width, values))
grey = (expected["rgb8.png"][:, :, :3] @ np.array([19595, 38470, 7471]) + 0x8000) >> 16
assert (grey == np.asarray(Image.fromarray(expected["rgb8.png"][:, :, :3].astype("u1")).convert("L"))).all()


def listed(values):
    return "{" + ", ".join(values) + "}"


with open("pictures.hpp", "w") as out:
    out.write("""// SPDX-License-Identifier: Apache-2.0
// Made by make_pictures.py.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace teranga::test::golden {

struct Picture {
  std::string file;
  std::int64_t height, width;
  std::vector<int> rgba;
};
inline const std::vector<Picture> pictures = {
""")
    for name, pixels in sorted(expected.items()):
        out.write(f'    {{"{name}", {pixels.shape[0]}, {pixels.shape[1]}, {listed(str(int(v)) for v in pixels.ravel())}}},\n')
    out.write("};\n\n// rgb8.png in other sizes, before values are rounded to bytes.\nstruct Resized {\n  std::int64_t height, width;\n  std::vector<float> rgb;\n};\ninline const std::vector<Resized> resized = {\n")
    for height, width, values in resized:
        out.write(f"    {{{height}, {width}, {listed(f'{v:.7g}F' if '.' in f'{v:.7g}' else f'{v:.7g}.F' for v in values.ravel())}}},\n")
    out.write("};\ninline const std::vector<int> rgb8_as_grey = " + listed(str(int(v)) for v in grey.ravel()) + ";\n\n}  // namespace teranga::test::golden\n")
