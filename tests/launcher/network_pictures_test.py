# SPDX-License-Identifier: Apache-2.0
"""The pictures of a report: what the network makes by epoch, its first layers, its attention, and where samples lie. They are those of the trained network, bounded, and change nothing
of the training."""
import base64
import hashlib
import html
import json
import random
import re
import struct
import unittest
import zlib

from program import ProgramTest, npy

CONVOLUTION = """schema = 1
[data]
type = "npy"
train = ["x.npy", "y.npy"]
test = ["x.npy", "y.npy"]
class_names = ["<b>round</b>", "square", "flat"]
[[layer]]
type = "conv2d"
name = "edges"
filters = 4
kernel_size = 3
use_bias = false
[[layer]]
type = "max_pooling2d"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
name = "hidden"
units = 5
activation = "relu"
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 2
batch_size = 8
"""
TEXTS = """schema = 1
[data]
type = "text"
train = "films.csv"
text_column = "text"
label_column = "label"
test_split = 0.25
maxlen = 12
padding = "post"
standardize = "none"
[[layer]]
type = "embedding"
input_dim = 40
output_dim = 8
mask_zero = true
[[layer]]
type = "multi_head_attention"
name = "look"
num_heads = 2
key_dim = 4
[[layer]]
type = "global_average_pooling1d"
[[layer]]
type = "dense"
units = 1
activation = "sigmoid"
[loss]
type = "binary_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 2
batch_size = 8
"""
# A decoder that looks at itself, and then at the source.
PAIRS = """schema = 1
[data]
type = "pairs"
train = "pairs.tsv"
test_split = 0.2
[[layer]]
type = "input"
name = "source"
[[layer]]
type = "embedding"
name = "read"
input_dim = 11
output_dim = 8
mask_zero = true
[[layer]]
type = "input"
name = "decoder_input"
[[layer]]
type = "embedding"
name = "written"
input_dim = 11
output_dim = 8
mask_zero = true
[[layer]]
type = "multi_head_attention"
name = "back"
num_heads = 1
key_dim = 4
use_causal_mask = true
[[layer]]
type = "multi_head_attention"
name = "across"
input = ["back", "read"]
num_heads = 1
key_dim = 4
[[layer]]
type = "dense"
units = 11
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 1
"""
# Steps of zeros are skipped by a layer, and the data do not tell which these are.
MASKED = """schema = 1
[data]
type = "npy"
train = ["x.npy", "y.npy"]
[[layer]]
type = "masking"
[[layer]]
type = "multi_head_attention"
name = "look"
num_heads = 1
key_dim = 4
[[layer]]
type = "global_average_pooling1d"
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 1
batch_size = 8
"""
ADVERSARIES = """schema = 1
[data]
type = "digits"
[[layer]]
network = "generator"
type = "input"
from = "normal"
shape = [4]
[[layer]]
network = "generator"
type = "dense"
units = 64
activation = "sigmoid"
[[layer]]
network = "generator"
type = "reshape"
target_shape = [8, 8, 1]
[[layer]]
network = "discriminator"
type = "input"
field = "x"
[[layer]]
network = "discriminator"
type = "flatten"
[[layer]]
network = "discriminator"
type = "dropout"
rate = 0.3
[[layer]]
network = "discriminator"
type = "dense"
units = 1
activation = "sigmoid"
[[phase]]
name = "judging"
train = "discriminator"
[[phase.call]]
network = "generator"
name = "fake"
[[phase.call]]
network = "discriminator"
name = "of_fake"
input = "fake"
[[phase.loss]]
type = "binary_crossentropy"
target = 0
[[phase]]
name = "making"
train = "generator"
[[phase.call]]
network = "generator"
name = "fake"
[[phase.call]]
network = "discriminator"
input = "fake"
[[phase.loss]]
type = "binary_crossentropy"
target = 1
[optimizer]
type = "adam"
[training]
epochs = 3
batch_size = 64
steps_per_epoch = 4
"""


def gray(address):
    """The rows of levels of a gray PNG; its sums are checked."""
    png = base64.b64decode(address.removeprefix("data:image/png;base64,"), validate=True)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, {}
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length:at + 12 + length])[0] == zlib.crc32(name + body)
        chunks[name] = body
        at += 12 + length
    width, height, bits, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (bits, kind) == (8, 0)
    rows = zlib.decompress(chunks[b"IDAT"])
    assert len(rows) == height * (width + 1)
    return [list(rows[y * (width + 1) + 1:(y + 1) * (width + 1)]) for y in range(height)]


def tile(sheet, index, columns, side, times):
    """One of the square pictures of a sheet, which is enlarged so many times."""
    top, left = index // columns * (side * times + 1) + 1, index % columns * (side * times + 1) + 1
    return [[sheet[top + y * times][left + x * times] for x in range(side)] for y in range(side)]


def levels(numbers, least, most):
    return [[round(255 * (number - least) / (most - least)) for number in row] for row in numbers]


class NetworkPictures(ProgramTest):
    def train(self, recipe, run="run", *words, **more):
        (self.place / "net.toml").write_text(recipe)
        return self.good("train", "net.toml", "--run", run, "--threads", "1", "--progress", "none", *words, **more)

    def page(self, run="run"):
        text = (self.place / run / "report.html").read_text()
        self.assertLess(len(text), 3 << 20)
        return text

    def lines(self, run="run"):
        return [json.loads(line) for line in (self.place / run / "pictures.jsonl").read_text().splitlines()]

    def near(self, found, expected):
        """Of levels, which rounding may move by one."""
        self.assertEqual([len(row) for row in found], [len(row) for row in expected])
        for one, other in zip(sum(found, []), sum(expected, [])):
            self.assertLessEqual(abs(one - other), 1, (found, expected))

    def write_pictures(self):
        """Pictures of 5 x 5, of which the first one is a single point in the middle, so that a convolution makes its own turned kernel of it."""
        draw = random.Random(1)
        points = [0.0] * 25
        points[12] = 1.0
        pictures = points + [draw.random() for _ in range(25 * 31)]
        (self.place / "x.npy").write_bytes(npy([32, 5, 5, 1], "f", pictures))
        (self.place / "y.npy").write_bytes(npy([32], "i", [i % 3 for i in range(32)]))

    def maps_of_edges(self):
        """What the layer makes of each sample, as `teranga predict` tells it: samples of 3 rows of 3 of 4 numbers."""
        self.good("predict", "run", "--input", "x.npy", "--layer", "edges", "--output", "maps.npy")
        data = (self.place / "maps.npy").read_bytes()
        numbers = struct.unpack(f"<{32 * 36}f", data[-32 * 36 * 4:])
        return [[[[numbers[s * 36 + (y * 3 + x) * 4 + f] for x in range(3)] for y in range(3)] for f in range(4)] for s in range(32)]

    def test_filters_and_maps_are_those_of_the_trained_network(self):
        self.write_pictures()
        self.train(CONVOLUTION)
        maps, lines = self.maps_of_edges(), self.lines()
        self.assertEqual(lines.pop(0), {"event": "network", "step": 8})
        self.assertEqual([line["event"] for line in lines[:5]], ["filters", "sample", "maps", "sample", "maps"])  # what is pooled to one number is no picture
        kernels = [[row[::-1] for row in maps[0][f][::-1]] for f in range(4)]
        most = max(abs(number) for kernel in kernels for row in kernel for number in row)
        sheet = gray(lines[0]["picture"])
        for f in range(4):
            self.near(tile(sheet, f, 4, 3, 5), levels(kernels[f], -most, most))
        for line, sample in ((lines[2], 0), (lines[4], 16)):
            for f in range(4):
                of_map = maps[sample][f]
                self.near(tile(gray(line["picture"]), f, 4, 3, 5), levels(of_map, min(map(min, of_map)), max(map(max, of_map))))

    def test_a_page_has_a_picture_for_each_line_and_names_are_no_elements(self):
        self.write_pictures()
        self.train(CONVOLUTION)
        text, lines = self.page(), self.lines()
        self.assertEqual(sorted(re.findall(r'data:image/png;base64,[^"]*', text)),
                         sorted([line["picture"] for line in lines if "picture" in line] + [json.loads(line)["picture"] for line in (self.place / "run/samples.jsonl").read_text().splitlines() if '"picture"' in line]))
        self.assertIn("<h2>The first layers: filters and feature maps</h2>", text)
        self.assertIn("4 of 4 filters of the layer edges, 3 x 3", text)
        self.assertNotIn("<b>", text)
        self.assertIn("a sample of the test part: &lt;b&gt;round&lt;/b&gt;", text)
        # Each of the 32 samples of both planes is a spot, under its class.
        self.assertEqual(len(re.findall(r'class="spot[^>]*><title>', text)), 2 * 32)
        self.assertEqual(len(re.findall(r"<title>square</title>", text)), 2 * 11)
        self.assertNotIn("Left out", text)

    def test_attention_is_shown_by_word(self):
        words = "good bad film <i>plot</i> actor scene music story light sound".split()
        draw = random.Random(2)
        rows = [f"{i % 2},{' '.join(draw.choice(words) for _ in range(3 + i % 9))}\n" for i in range(48)]
        (self.place / "films.csv").write_text("label,text\n" + "".join(rows))
        self.train(TEXTS)
        text = self.page()
        heads = [line for line in self.lines() if line["event"] == "head"]
        self.assertEqual(len(heads), 2)
        self.assertEqual(text.count('<svg class="head"'), 2)
        for head in heads:
            steps = head["queries"].split("\x1f")
            self.assertEqual(head["keys"].split("\x1f"), steps)
            self.assertLessEqual(set(steps) - {"[START]"}, set(words))
            self.assertGreater(len(steps), 5)
            weights = gray(head["picture"])
            self.assertEqual((len(weights), len(weights[0])), (len(steps), len(steps)))
            self.assertEqual(max(map(max, weights)), 255)
            sums = [sum(row) for row in weights]  # all weights of a step add up to 1; none is left to padding
            self.assertLessEqual(max(sums) - min(sums), len(steps))
        self.assertIn("&lt;i&gt;plot&lt;/i&gt;", text)
        self.assertNotIn("<i>", text)
        self.assertIn("rows of the table of the layer embedding", text)
        self.assertIn(">music</text>", text)

    def test_a_decoder_is_shown_by_its_words_and_those_of_the_source(self):
        english, french, draw = "one two three four five six seven".split(), "un deux trois quatre cinq six sept".split(), random.Random(1)
        pairs = [[draw.randrange(7) for _ in range(draw.randrange(3, 8))] for _ in range(80)]
        (self.place / "pairs.tsv").write_text("".join(" ".join(english[i] for i in pair) + "\t" + " ".join(french[i] for i in pair) + "\n" for pair in pairs))
        self.train(PAIRS)
        back, across = [line for line in self.lines() if line["event"] == "head"]
        self.assertIn("of the layer back", back["words"])
        self.assertEqual(back["keys"], back["queries"])
        weights = gray(back["picture"])
        for t, row in enumerate(weights):
            self.assertEqual(set(row[t + 1:]), set() if t + 1 == len(row) else {0})  # none that comes later
        self.assertEqual(weights[0][0], 255)  # the first step sees itself alone
        self.assertEqual(across["queries"], back["queries"])
        words, sources = across["queries"].split("\x1f"), across["keys"].split("\x1f")
        self.assertEqual(words[0], "[START]")
        self.assertEqual([french.index(word) for word in words[1:]], [english.index(word) for word in sources])
        self.assertEqual((len(gray(across["picture"])), len(gray(across["picture"])[0])), (len(words), len(sources)))

    def test_attention_whose_weights_cannot_be_told_is_left_out_with_a_reason(self):
        draw = random.Random(3)
        steps = [[draw.uniform(-1, 1) if t < 4 + s % 3 else 0.0 for _ in range(5)] for s in range(32) for t in range(8)]
        (self.place / "x.npy").write_bytes(npy([32, 8, 5], "f", sum(steps, [])))
        (self.place / "y.npy").write_bytes(npy([32], "i", [i % 3 for i in range(32)]))
        self.train(MASKED)
        text = html.unescape(self.page())
        self.assertIn("The attention of the layer look: its weights do not follow from its inputs", text)
        self.assertNotIn("<h2>Attention</h2>", text)
        self.train(MASKED.replace('[[layer]]\ntype = "masking"\n', ""), "plain")
        self.assertIn("<h2>Attention</h2>", self.page("plain"))
        self.assertNotIn("Left out", self.page("plain"))

    def test_a_generator_is_shown_epoch_by_epoch(self):
        self.train(ADVERSARIES)
        made = [line for line in self.lines() if line["event"] == "made"]
        self.assertEqual([line["epoch"] for line in made], [1, 2, 3])
        text = self.page()
        self.assertEqual(re.findall(r"<figcaption>(epoch \d+)</figcaption>", text), ["epoch 1", "epoch 2", "epoch 3"])
        self.assertEqual(len({line["picture"] for line in made}), 3)
        # The last one is what the command makes of the same noise.
        self.good("generate", "run", "--count", "16", "--output", "made.npy")
        data = (self.place / "made.npy").read_bytes()
        numbers, sheet = struct.unpack(f"<{16 * 64}f", data[-16 * 64 * 4:]), gray(made[-1]["picture"])
        for n in range(16):
            self.near(tile(sheet, n, 4, 8, 2), levels([numbers[n * 64 + y * 8:n * 64 + y * 8 + 8] for y in range(8)], 0, 1))

    def test_an_autoencoder_is_shown_below_its_samples(self):
        self.good("train", self.recipe("autoencoder-digits"), "--run", "run", "--threads", "1", "--progress", "none", "--set", "training.epochs=2")
        made = [line for line in self.lines() if line["event"] == "made"]
        sheets = [gray(line["picture"]) for line in made]
        self.assertEqual([(len(sheet[0]), len(sheet)) for sheet in sheets], 2 * [(8 * 17 + 1, 2 * 17 + 1)])
        self.assertEqual([tile(sheets[0], n, 8, 8, 2) for n in range(8)], [tile(sheets[1], n, 8, 8, 2) for n in range(8)])
        self.assertNotEqual(tile(sheets[0], 8, 8, 8, 2), tile(sheets[1], 8, 8, 8, 2))

    def hashes(self, run):
        """Of what the newest checkpoint holds: the outputs of the network."""
        self.good("generate", run, "--count", "16", "--output", f"{run}.npy")
        return hashlib.sha256((self.place / f"{run}.npy").read_bytes()).hexdigest()

    def test_a_run_that_goes_on_keeps_the_pictures_and_the_bits(self):
        self.train(ADVERSARIES.replace("epochs = 3", "epochs = 5"), "whole")
        self.train(ADVERSARIES.replace("epochs = 3", "epochs = 2"), "parts")
        self.train(ADVERSARIES.replace("epochs = 3", "epochs = 5"), "parts")
        self.assertEqual(self.hashes("parts"), self.hashes("whole"))
        self.assertEqual(self.lines("parts"), self.lines("whole"))
        self.assertEqual([line.get("epoch", line) for line in self.lines("parts")], [1, 2, 3, 4, 5, {"event": "network", "step": 20}])
        # The page can be made again from the files alone.
        written = self.page("parts")
        self.good("report", "parts")
        self.assertEqual(re.findall(r"data:image[^\"]*", self.page("parts")), re.findall(r"data:image[^\"]*", written))
        self.train(ADVERSARIES, "parts", "--fresh")
        self.assertEqual([line["epoch"] for line in self.lines("parts")[:-1]], [1, 2, 3])
        self.assertTrue((self.place / "parts/former-1/pictures.jsonl").exists())

    def test_of_very_many_epochs_a_dozen_is_kept(self):
        self.train(ADVERSARIES.replace("epochs = 3", "epochs = 40").replace("steps_per_epoch = 4", "steps_per_epoch = 1"))
        self.assertEqual([line["epoch"] for line in self.lines()[:-1]], [1, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40])

    def test_several_ranks_draw_once_and_the_same(self):
        self.write_pictures()
        (self.place / "net.toml").write_text(CONVOLUTION)
        for ranks in (1, 2):
            self.train(CONVOLUTION, f"run{ranks}", "--reproducible", "--set", "training.compare_ranks_every=1", ranks=ranks)
            self.train(ADVERSARIES, f"pair{ranks}", "--set", "training.compare_ranks_every=1", ranks=ranks)
            self.assertEqual([line["epoch"] for line in self.lines(f"pair{ranks}")[:-1]], [1, 2, 3])
        self.assertEqual(self.lines("run2"), self.lines("run1"))

    def test_pictures_that_cannot_be_kept_end_no_training(self):
        (self.place / "run/pictures.jsonl/in_the_way").mkdir(parents=True)
        self.write_pictures()
        self.train(CONVOLUTION)
        log = (self.place / "run/log.txt").read_text()
        self.assertEqual(log.count("the report shows no pictures of the network"), 1)
        self.assertIn("The training is complete.", self.page())


if __name__ == "__main__":
    unittest.main()
