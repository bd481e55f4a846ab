# SPDX-License-Identifier: Apache-2.0
"""The samples of the data set `random` once more, by numpy: what Teranga trains on, for another program to train on. Philox 4x32-10 as Salmon and others
(2011) give it; normal numbers by Box and Muller, which differ from Teranga's in the last bits of an f32."""
import tomllib

import numpy as np

M32 = np.uint64(0xFFFFFFFF)
PARTS = {"training": 0, "validation": 1, "test": 2}


def words(key, rows, count):
    """u32 [rows, count] of the streams (key, row)."""
    blocks = -(-count // 4)
    counter = [np.broadcast_to(np.arange(blocks, dtype=np.uint64), (len(rows), blocks)), np.zeros((len(rows), blocks), np.uint64)]
    counter += [np.broadcast_to((rows[:, None] >> np.uint64(s)) & M32, (len(rows), blocks)) for s in (0, 32)]
    k = [key & 0xFFFFFFFF, key >> 32]
    c = counter
    for turn in range(10):
        k0, k1 = ((k[0] + turn * 0x9E3779B9) & 0xFFFFFFFF, (k[1] + turn * 0xBB67AE85) & 0xFFFFFFFF)
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> np.uint64(32)) ^ c[1] ^ np.uint64(k0), b & M32, (a >> np.uint64(32)) ^ c[3] ^ np.uint64(k1), a & M32]
    return np.stack(c, axis=-1).reshape(len(rows), 4 * blocks)[:, :count]


def uniform(key, rows, count):
    return (words(key, rows, count) >> np.uint64(8)).astype(np.float32) * np.float32(2.0**-24)


def normal(key, rows, count):
    w = words(key, rows, count + count % 2)
    radius = np.sqrt(-2 * np.log(((w[:, 0::2] >> np.uint64(1)) + 0.5) * 2.0**-31))
    angle = 2 * np.pi * w[:, 1::2] * 2.0**-32
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1).reshape(len(rows), -1)[:, :count].astype(np.float32)


def batch(recipe, rows=None, part="training"):
    """The fields of the first samples, by name: x, perhaps noise, perhaps y. `recipe` is the path of one whose data are random."""
    with open(recipe, "rb") as file:
        read = tomllib.load(file)
    data = read["data"]
    assert data["type"] == "random", f"{recipe} has data of the type {data['type']}"
    samples = np.arange(rows or read["training"]["batch_size"], dtype=np.uint64)
    shape = lambda name: [data[name]] if isinstance(data.get(name), int) else data.get(name, [])
    columns = [("x", data.get("values", "normal"), shape("shape"), data.get("ids", 0), data.get("minimum", 0.0), data.get("maximum", 1.0))]
    if shape("noise"):
        columns.append(("noise", "normal", shape("noise"), 0, 0.0, 1.0))
    if data.get("target", "classes") != "none":
        columns.append(("y", data.get("target", "classes"), shape("target_shape"), data.get("classes", 2), 0.0, 1.0))
    out = {}
    for number, (name, values, extents, kinds, least, most) in enumerate(columns):
        key = ((data.get("seed", 1) + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) ^ PARTS[part] << 8 ^ number
        count = int(np.prod(extents, dtype=np.int64))
        if values == "normal":
            drawn = normal(key, samples, count)
        elif values == "uniform":
            drawn = np.float32(least) + uniform(key, samples, count) * np.float32(most - least)
        else:
            drawn = (uniform(key, samples, count).astype(np.float64) * kinds).astype(np.int32)
        out[name] = drawn.reshape([len(samples), *extents])
    return out
