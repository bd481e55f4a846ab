# SPDX-License-Identifier: Apache-2.0
"""The random numbers that Teranga's noise layers draw, made a second time from their definition: Philox 4x32-10 streams, one for each
sample, keyed by seed, step and the layer's name."""
import ctypes

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
# The hash of names is libxxhash's, which the product is built against too.
XXHASH = ctypes.CDLL("libxxhash.so.0")
XXHASH.XXH3_64bits.restype = ctypes.c_uint64
XXHASH.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def hash64(text):
    return XXHASH.XXH3_64bits(text.encode(), len(text.encode()))


def mix(a, b):
    x = a ^ ((b + GOLDEN + (a << 6) + (a >> 2)) & MASK)
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def stream_key(seed, step, layer, stir=None):
    """`step` counts finished updates; `stir` is the layer's own option seed."""
    step_key = ((seed + 1) * GOLDEN + step) & MASK
    key = mix(step_key, hash64(layer))
    return key ^ ((stir * GOLDEN) & MASK) if stir is not None else key


def words(key, rows, count):
    """32-bit words [rows, count] of the streams (key, row)."""
    blocks = (count + 3) // 4
    low = np.uint64(0xFFFFFFFF)
    c0 = np.broadcast_to(np.arange(blocks, dtype=np.uint64), (len(rows), blocks)).copy()
    c1 = np.zeros_like(c0)
    row = np.asarray(rows, dtype=np.uint64)[:, None]
    c2, c3 = np.broadcast_to(row & low, c0.shape).copy(), np.broadcast_to(row >> np.uint64(32), c0.shape).copy()
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for i in range(10):
        p0, p1 = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        r0, r1 = np.uint64((k0 + i * 0x9E3779B9) & 0xFFFFFFFF), np.uint64((k1 + i * 0xBB67AE85) & 0xFFFFFFFF)
        c0, c1, c2, c3 = (p1 >> np.uint64(32)) ^ c1 ^ r0, p1 & low, (p0 >> np.uint64(32)) ^ c3 ^ r1, p0 & low
    return np.stack([c0, c1, c2, c3], axis=-1).reshape(len(rows), 4 * blocks)[:, :count]


def uniform(key, rows, count):
    return ((words(key, rows, count) >> np.uint64(8)).astype(np.float64) * 2.0**-24).astype(np.float32)


def normal(key, rows, count):
    w = words(key, rows, (count + 1) // 2 * 2)
    radius = np.sqrt(-2 * np.log(((w[:, 0::2] >> np.uint64(1)).astype(np.float64) + 0.5) * 2.0**-31))
    angle = 2 * np.pi * (w[:, 1::2].astype(np.float64) * 2.0**-32)
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return pairs.reshape(len(rows), -1)[:, :count].astype(np.float32)


def injected(kind, options, key, rows, count):
    """What a noise layer multiplies by (dropout, gaussian_dropout) or adds (gaussian_noise), [rows, count]; of a recurrent layer the
    factors of parts (numbers, rate)."""
    if "fold" in options:  # a layer that sees each step as a sample
        steps = options["fold"]
        rows = [mix(int(row), step + 1) for row in rows for step in range(steps)]
        options = {name: value for name, value in options.items() if name != "fold"}
        return injected(kind, options, key, rows, count // steps).reshape(-1, count)
    if kind == "recurrent":
        drawn, at = uniform(key, rows, count), 0
        for width, rate in options["parts"]:
            part = drawn[:, at:at + width]
            part[...] = np.where(part >= np.float32(rate), np.float32(1 / (1 - rate)), 0)
            at += width
        return drawn
    if kind == "dropout":
        rate = options["rate"]
        keep = uniform(key, rows, count) >= np.float32(rate)
        return keep.astype(np.float32) * np.float32(1 / (1 - rate) if rate < 1 else 0)
    if kind == "gaussian_dropout":
        rate = options["rate"]
        return (1 + np.float32(np.sqrt(rate / (1 - rate))) * normal(key, rows, count)).astype(np.float32)
    return (np.float32(options["stddev"]) * normal(key, rows, count)).astype(np.float32)
