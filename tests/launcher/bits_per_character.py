# SPDX-License-Identifier: Apache-2.0
"""bits_per_character.py RUN [TEXT]: bits that the trained recipe char-lm needs for a character of its test text, and those that `xz -9` needs for
the same text. A loss of l nats is l / ln 2 bits. TEXT is what the recipe trained on, by default its own book; TERANGA_PROGRAM names the command."""
import gzip
import json
import lzma
import math
import os
import subprocess
import sys
from pathlib import Path

BOOK = Path(__file__).resolve().parents[2] / "datasets/texts/northanger-abbey.txt.gz"


def held_out(text, share=0.1):
    """The test part that the data set `language` splits off."""
    return text[math.floor(len(text) * (1 - share)):]


def of_xz(text):
    return 8 * len(lzma.compress(text.encode(), preset=9)) / len(text)


def of_network(loss):
    return loss / math.log(2)


def read(path):
    data = Path(path).read_bytes()
    return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()


if __name__ == "__main__":
    found = json.loads(subprocess.run([os.environ.get("TERANGA_PROGRAM", "teranga"), "evaluate", sys.argv[1], "--json"], check=True, stdout=subprocess.PIPE).stdout)
    text = held_out(read(sys.argv[2] if len(sys.argv) > 2 else BOOK))
    print(f"{len(text)} characters: {of_network(found['loss']):.3f} bits each by the network, {of_xz(text):.3f} by xz -9")
