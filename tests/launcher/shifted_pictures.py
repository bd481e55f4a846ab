# SPDX-License-Identifier: Apache-2.0
"""Pictures of an idx file, each moved by a random number of pixels in both directions, to see what a network makes of pictures that lie elsewhere than those of its training. What moves in is
black, what moves out is lost.

usage: shifted_pictures.py IMAGES OUTPUT [--by N] [--seed S]

Moves are whole numbers from -N to N (default: 2). The files may be plain or gzip; the output is plain."""
import argparse
import gzip
import random
import struct
from pathlib import Path


def shifted(picture, height, width, down, right):
    """The bytes of a picture, moved."""
    out = bytearray(height * width)
    first, last = max(0, right), min(width, width + right)
    for y in range(max(0, down), min(height, height + down)):
        if first < last:
            out[y * width + first:y * width + last] = picture[(y - down) * width + first - right:(y - down) * width + last - right]
    return bytes(out)


def shifted_file(data, by, seed):
    """The bytes of an idx file of bytes with three axes, its pictures moved."""
    kind, count, height, width = struct.unpack(">IIII", data[:16])
    if kind != 0x803 or len(data) != 16 + count * height * width:
        raise SystemExit("expected an idx file of bytes with three axes: pictures, rows, columns")
    draw, size, out = random.Random(seed), height * width, [data[:16]]
    for n in range(count):
        out.append(shifted(data[16 + n * size:16 + (n + 1) * size], height, width, draw.randint(-by, by), draw.randint(-by, by)))
    return b"".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--by", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    data = args.images.read_bytes()
    args.output.write_bytes(shifted_file(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data, args.by, args.seed))


if __name__ == "__main__":
    main()
