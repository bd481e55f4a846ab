# SPDX-License-Identifier: Apache-2.0
"""Training on sounds: tones are told apart, and sequences of tones are written down as letters by CTC. The sounds are synthetic."""
import csv
import io
import json
import math
import random
import struct
import unittest
import wave
from array import array

from program import ProgramTest

RATE = 8000
TONES = {"a": 500, "b": 900, "c": 1500}
LETTERS = """schema = 1
[data]
type = "audio_folder"
train = "train.tsv"
test = "test.tsv"
target_is = "text"
target_column = "text"
file_column = "file"
n_mels = 16
normalize = "standard"
buckets = [60, 120]
[[layer]]
type = "masking"
[[layer]]
type = "bidirectional"
layer = { type = "gru", units = 12, return_sequences = true }
[[layer]]
type = "dense"
name = "letters"
units = 5
[loss]
type = "ctc"
[optimizer]
type = "adam"
learning_rate = 0.02
[training]
epochs = 10
batch_size = 8
seed = 1
metrics = ["letter_error_rate", { type = "letter_error_rate", strategy = "beam_search", beam_width = 5 }]
"""


def write_wav(path, samples):
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(array("h", (int(12000 * x) for x in samples)).tobytes())


def tones(text, draw):
    """A tone for each letter, longer or shorter, with pauses between them."""
    out = []
    for letter in text:
        out += [draw.gauss(0, 0.02) for _ in range(draw.randint(200, 700))]
        out += [0.6 * math.sin(2 * math.pi * TONES[letter] * draw.uniform(0.97, 1.03) * i / RATE) + draw.gauss(0, 0.02) for i in range(draw.randint(500, 1200))]
    return out


class Speech(ProgramTest):
    def texts(self, part, count, seed):
        draw = random.Random(seed)
        rows = ["file\ttext"]
        for number in range(count):
            text = "".join(draw.choice("abc") for _ in range(draw.randint(2, 5)))
            write_wav(self.place / f"{part}{number}.wav", tones(text, draw))
            rows.append(f"{part}{number}.wav\t{text}")
        (self.place / f"{part}.tsv").write_text("\n".join(rows) + "\n")
        return [row.split("\t") for row in rows[1:]]

    def test_letters_without_known_places_are_learnt_and_told_as_texts(self):
        self.texts("train", 160, 1)
        truth = self.texts("test", 24, 2)
        (self.place / "letters.toml").write_text(LETTERS)
        self.good("check", "letters.toml", "--data")
        self.good("train", "letters.toml", "--run", "run", "--threads", "2", "--progress", "none")
        lines = [json.loads(line) for line in (self.place / "run/metrics.jsonl").read_text().splitlines()]
        told = next(line for line in lines if line["event"] == "test")
        self.assertLess(told["test_letter_error_rate"], 0.1)
        self.assertLess(told["test_letter_error_rate_1"], 0.1)
        evaluated = json.loads(self.good("evaluate", "run", "--json"))
        self.assertAlmostEqual(evaluated["letter_error_rate"], told["test_letter_error_rate"], places=6)

        files = [word for file, _ in truth for word in ("--input", file)]
        rows = list(csv.DictReader(io.StringIO(self.good("predict", "run", *files))))
        self.assertEqual(list(rows[0]), ["file", "text"])
        right = sum(row["text"] == text for row, (_, text) in zip(rows, truth))
        self.assertGreater(right, 0.75 * len(truth))
        searched = json.loads(self.good("predict", "run", *files, "--beam", "8", "--format", "json"))
        self.assertGreater(sum(row["text"] == text for row, (_, text) in zip(searched, truth)), 0.75 * len(truth))
        # A table of new sounds is judged; arrays hold the numbers of the steps, or with --classes those of the letters.
        again = json.loads(self.good("evaluate", "run", "--input", "test.tsv", "--json"))
        self.assertAlmostEqual(again["letter_error_rate"], told["test_letter_error_rate"], places=6)
        self.good("predict", "run", "--input", "test0.wav", "--output", "steps.npy")
        self.good("predict", "run", "--input", "test0.wav", "--output", "letters.npy", "--classes")
        head, body = (self.place / "letters.npy").read_bytes().split(b"\n", 1)
        self.assertIn(b"'shape': (1,120,)", head)
        numbers = [n for n in struct.unpack("<120q", body) if n >= 0]
        self.assertEqual("".join("..abc"[n] for n in numbers), rows[0]["text"])
        self.assertIn(b"'shape': (1,120,5,)", (self.place / "steps.npy").read_bytes()[:128])
        self.assertIn("--beam searches for texts of the whole network", self.bad(2, "predict", "run", "--input", "test0.wav", "--layer", "letters", "--beam", "3"))
        self.assertIn("--top is for one class a sample", self.bad(2, "predict", "run", "--input", "test0.wav", "--top", "3"))
        self.assertIn("expected at most 10000", self.bad(2, "predict", "run", "--input", "test0.wav", "--beam", "20000"))

    def test_a_text_that_needs_more_steps_than_there_are_is_told(self):
        self.texts("train", 8, 1), self.texts("test", 2, 2)
        (self.place / "letters.toml").write_text(LETTERS.replace("buckets = [60, 120]", "hop_length = 4000").replace("epochs = 10", "epochs = 1"))
        code, out, err = self.run_it("train", "letters.toml", "--run", "run", "--progress", "none")
        self.assertEqual(code, 0, err)
        self.assertRegex(err, r"a text of \d letters needs \d steps of the output, and has \d: its loss is 100000")

    def test_a_broken_sound_ends_the_work_with_its_name_or_is_left_out(self):
        self.texts("train", 8, 1), self.texts("test", 2, 2)
        whole = (self.place / "train3.wav").read_bytes()
        (self.place / "train3.wav").write_bytes(whole[:len(whole) // 2])
        (self.place / "letters.toml").write_text(LETTERS.replace("epochs = 10", "epochs = 1"))
        said = self.bad(5, "train", "letters.toml", "--run", "run", "--progress", "none")
        self.assertRegex(said, r"train\.tsv:5.*train3\.wav: it ends early")
        self.good("train", "letters.toml", "--run", "run", "--progress", "none", "--set", "data.on_error=skip")


if __name__ == "__main__":
    unittest.main()
