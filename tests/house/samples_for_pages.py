# SPDX-License-Identifier: Apache-2.0
"""The files that a reader of the guides has and the tests have not: a table of fruit, a folder of pictures, sentences of two kinds, a model of Keras."""
import random
import shutil
import struct
import zlib
from pathlib import Path


def write_png(path, rows):
    """A picture of 8-bit grey, a list of bytes for each row."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path.parent.mkdir(parents=True, exist_ok=True)
    lines = b"".join(b"\0" + bytes(row) for row in rows)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def stripes(chance, upright):
    """16 x 16 pixels with bars of either direction, and noise."""
    phase = chance.randrange(4)
    return [[min(255, max(0, (200 if ((column if upright else row) + phase) // 2 % 2 else 40) + chance.randrange(-30, 31))) for column in range(16)] for row in range(16)]


def write_pictures(folder, chance):
    for part, count in (("train", 40), ("test", 10)):
        for kind in ("rows", "columns"):
            for i in range(count):
                write_png(folder / part / kind / f"{i:03}.png", stripes(chance, kind == "columns"))
    for i in range(4):
        write_png(folder.parent / "new_pictures" / f"{i}.png", stripes(chance, i % 2 == 1))


def write_table(path, chance):
    lines = ["weight,diameter,colour,fruit"]
    for _ in range(120):
        kind, weight, diameter, colours = chance.choice([("apple", 180, 8, ["red", "green"]), ("plum", 60, 5, ["blue", "red"]), ("lemon", 110, 6, ["yellow", "green"])])
        lines.append(f"{chance.gauss(weight, 12):.1f},{chance.gauss(diameter, 0.4):.2f},{chance.choice(colours)},{kind}")
    path.write_text("\n".join(lines) + "\n")


def write_sentences(path, chance):
    good, bad, things = ["lovely", "fine", "great", "warm"], ["awful", "poor", "cold", "sad"], ["film", "meal", "song", "room", "walk"]
    lines = ["sentence,mood"]
    for _ in range(200):
        mood, words = chance.choice([("happy", good), ("unhappy", bad)])
        lines.append(f"the {chance.choice(things)} was {chance.choice(words)} and the {chance.choice(things)} was {chance.choice(words)},{mood}")
    path.write_text("\n".join(lines) + "\n")


def write_array(path, rows):
    """As numpy.save() writes rows of float32."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows))


def make_samples(place):
    chance = random.Random(1)
    write_table(place / "fruit.csv", chance)
    write_pictures(place / "pictures", chance)
    write_sentences(place / "sentences.csv", chance)
    shutil.copy(Path(__file__).resolve().parents[1] / "exchange/golden/small.keras", place / "model.keras")
    write_array(place / "new.npy", [[chance.random() for _ in range(4)] for _ in range(10)])
