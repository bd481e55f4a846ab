# SPDX-License-Identifier: Apache-2.0
"""The most usual mistakes in recipes: each is told in words, the words tell the fix, and the fixed recipe trains."""
import random
import struct
import unittest
import zipfile

import mistakes
from program import ProgramTest


def write_npz(path, **arrays):
    """Arrays as (shape, type, bytes)."""
    with zipfile.ZipFile(path, "w") as out:
        for name, (shape, kind, data) in arrays.items():
            header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
            header += b" " * (-(len(header) + 11) % 64) + b"\n"
            out.writestr(name + ".npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data)


def flowers(chance, count):
    return "length,width,kind\n" + "".join(f"{chance.random() + i % 3:.2f},{chance.random():.2f},{('rose', 'tulip', 'aster')[i % 3]}\n" for i in range(count))


def write_data(place):
    chance = random.Random(1)
    (place / "flowers.csv").write_text(flowers(chance, 30))
    (place / "more_flowers.csv").write_text(flowers(chance, 12))
    (place / "houses.csv").write_text("area,rooms,price\n" + "".join(f"{50 + 3 * i},{1 + i % 5},{150 + 9 * i}\n" for i in range(30)))
    (place / "answers.csv").write_text("length,width,answer\n" + "".join(f"{chance.random():.2f},{chance.random():.2f},{('no', 'yes')[i % 2]}\n" for i in range(24)))
    (place / "moods.csv").write_text("sentence,mood\n" + "".join(f"the {('film', 'meal', 'song')[i % 3]} was {('bad,sad', 'good,happy')[i % 2]}\n" for i in range(24)))
    pixels = bytes(chance.randrange(256) for _ in range(24 * 64))
    for name, shape, first in (("pictures", (24, 8, 8, 1), 0), ("flat", (24, 8, 8), 0), ("from_one", (24, 8, 8, 1), 1)):
        write_npz(place / f"{name}.npz", x=(shape, "|u1", pixels), y=((24,), "<i4", struct.pack("<24i", *(first + i % 3 for i in range(24)))))


def edited(text, edits):
    for old, new in edits:
        assert old in text, f"{old!r} is not in the recipe"
        text = text.replace(old, new, 1)
    return text


class Mistakes(ProgramTest):
    def setUp(self):
        super().setUp()
        write_data(self.place)

    def train(self, text, folder):
        (self.place / "recipe.toml").write_text(text)
        code, _, said = self.run_it("train", "recipe.toml", "--run", folder, "--progress", "none", "--threads", "1")
        return code, said

    def good_ones_train(self, *recipes):
        for i, text in enumerate(recipes):
            code, said = self.train(text, f"good{i}")
            self.assertEqual(code, 0, said)
            self.assertNotIn("warning", said)

    def told_and_mended(self, list_of_mistakes):
        self.assertGreaterEqual(len(list_of_mistakes), 10)
        for i, mistake in enumerate(list_of_mistakes):
            with self.subTest(mistake.name):
                write_data(self.place)
                for name, text in mistake.files:
                    (self.place / name).write_text(text)
                wrong = edited(mistake.of, mistake.wrong)
                code, said = self.train(wrong, f"wrong{i}")
                self.assertEqual(code, mistake.code, said)
                self.assertIn(mistake.says, said)
                self.assertIn(mistake.tells or mistake.fix[0][1], said)
                code, said = self.train(edited(wrong, mistake.fix), f"mended{i}")
                self.assertEqual(code, 0, said)
                self.assertNotIn("warning", said)

    def test_the_recipes_without_a_mistake_train(self):
        self.good_ones_train(mistakes.TABLE, mistakes.PRICES, mistakes.YES_NO, mistakes.PICTURES, mistakes.AUTOENCODER, mistakes.TEXTS, mistakes.GAN, mistakes.BLOCKS)

    def test_mistakes_with_tables(self):
        self.told_and_mended(mistakes.TABLES)

    def test_mistakes_with_pictures(self):
        self.told_and_mended(mistakes.OF_PICTURES)

    def test_mistakes_with_texts(self):
        self.told_and_mended(mistakes.OF_TEXTS)

    def test_mistakes_with_blocks(self):
        self.told_and_mended(mistakes.OF_BLOCKS)

    def test_mistakes_with_adversarial_nets(self):
        self.told_and_mended(mistakes.OF_NETS)


if __name__ == "__main__":
    unittest.main()
