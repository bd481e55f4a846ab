# SPDX-License-Identifier: Apache-2.0
"""Samples of several lengths as whole jobs: the losses are those of samples that are all padded to one length, a killed run goes on with the same
bits, threads change no bit, ranks agree; what cannot be of several lengths is refused at its place."""
import struct

from job import *

READER = """schema = 1
[data]
type = "text"
train = "texts.csv"
text_column = "text"
label_column = "label"
padding = "post"
validation_split = 0.25
LENGTHS
[[layer]]
type = "embedding"
input_dim = 40
output_dim = 6
mask_zero = true
[[layer]]
type = "bidirectional"
layer = { type = "lstm", units = 5 }
[[layer]]
type = "dropout"
rate = 0.3
""" + YES_OR_NO + """[optimizer]
type = "adam"
learning_rate = 0.01
[training]
epochs = 8
batch_size = 6
seed = 5
metrics = ["accuracy"]
log_every_steps = 1
early_stopping = { monitor = "val_loss", patience = 7 }
[checkpoint]
every_steps = 7
every_epochs = 1
keep = 1000
"""
BUCKETS, LONGEST = "buckets = [4, 9, 20]", "maxlen = 20"
TAGGER = """schema = 1
[data]
type = "tags"
train = "tagged.txt"
form = "inline"
LENGTHS
[[layer]]
type = "embedding"
input_dim = 45
output_dim = 6
mask_zero = true
[[layer]]
type = "gru"
units = 5
return_sequences = true
[[layer]]
type = "dense"
units = 4
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 2
batch_size = 6
shuffle = false
metrics = ["accuracy"]
log_every_steps = 1
"""
ATTENTIVE = READER.replace('type = "bidirectional"\nlayer = { type = "lstm", units = 5 }', '''type = "position_embedding"
sequence_length = 20
[[layer]]
type = "multi_head_attention"
num_heads = 2
key_dim = 3
[[layer]]
type = "global_average_pooling1d"''')
PHASES = READER.replace("[[layer]]", '[[layer]]\nnetwork = "reader"').replace('[loss]\ntype = "binary_crossentropy"', """[[phase]]
name = "reading"
train = "reader"
[[phase.loss]]
type = "binary_crossentropy"
[[phase]]
name = "again"
train = "reader"
every = 3
[[phase.loss]]
type = "binary_crossentropy"
weight = 0.5
""").replace('metrics = ["accuracy"]\n', "").replace('"val_loss"', '"val_reading_loss"')
TRAINING = 150  # samples


def steps_of(lengths, batch):
    """Batches of an epoch."""
    counts = [sum(low < length <= high for length in lengths) for low, high in ((0, 4), (4, 9), (9, 10**6))]
    return sum(-(-count // batch) for count in counts)


class Buckets(Jobs):
    def setUp(self):
        super().setUp()
        draw = random.Random(4)
        # Some are longer than the longest bucket. The start token is a step as well.
        self.write([draw.choice([*range(1, 9), draw.randrange(9, 26)]) for _ in range(200)])

    def write(self, lengths, recipe=READER):
        draw = random.Random(7)
        sentences = [[f"w{min(draw.randrange(30), draw.randrange(30))}" for _ in range(length)] for length in lengths]
        (self.folder / "texts.csv").write_text("text,label\n" + "".join(f"{' '.join(words)},{'good' if words[0] < 'w2' else 'bad'}\n" for words in sentences))
        (self.folder / "tagged.txt").write_text("".join(" ".join(f"{word}/{'ABC'[int(word[1:]) % 3]}" for word in words) + "\n" for words in sentences))
        self.lengths = [length + 1 for length in lengths]
        self.recipe.write_text(recipe.replace("LENGTHS", BUCKETS))

    def numbers(self, run, event="step"):
        return [line for line in self.lines(run) if line["event"] == event]

    def assert_near(self, a, b, most):
        self.assertEqual(len(a), len(b))
        for one, other in zip(a, b):
            self.assertEqual(one.keys(), other.keys())
            for name in one:
                if "loss" in name or "accuracy" in name:
                    self.assertLess(abs(one[name] - other[name]), most * max(abs(one[name]), 1e-3), f"{name} of step {one['step']}")

    def both_ways(self, recipe):
        """Texts that lie in the order of their lengths, so that batches hold the same ones with and without buckets."""
        self.write([2] * 24 + [3] * 12 + [7] * 18 + [5] * 6 + [12] * 30 + [25] * 6 + [2] * 6 + [8] * 6 + [13] * 24, recipe)
        arguments = ["--set", "training.shuffle=false", "--set", "training.epochs=3"]
        self.train("buckets", *arguments)
        self.recipe.write_text(recipe.replace("LENGTHS", LONGEST))
        self.train("padded", *arguments)

    def test_a_net_with_masks_has_the_losses_of_texts_that_are_all_padded_to_one_length(self):
        for recipe in (READER, ATTENTIVE, PHASES):
            self.both_ways(recipe)
            self.assertEqual(len(self.numbers("buckets")), 3 * 16 + 3)  # 99 training texts
            self.assert_near(self.numbers("padded"), self.numbers("buckets"), 1e-6)
            self.assert_near(self.numbers("padded", "epoch"), self.numbers("buckets", "epoch"), 1e-6)
            for run in ("padded", "buckets"):
                shutil.rmtree(self.folder / run)

    def test_so_has_one_that_judges_each_step(self):
        self.both_ways(TAGGER)
        self.assert_near(self.numbers("padded"), self.numbers("buckets"), 1e-6)
        self.assert_near(self.numbers("padded", "epoch"), self.numbers("buckets", "epoch"), 1e-6)

    def test_killed_on_one_rank(self):
        self.killed_and_resumed(1)

    def test_killed_on_two_ranks(self):
        self.killed_and_resumed(2)

    def test_from_any_checkpoint(self):
        steps = steps_of(self.lengths[:TRAINING], 6)
        self.resumed_from_any(4, lambda files: [file for file in files if int(file.stem[5:]) % steps])
        self.assertEqual(len(self.numbers("calm")), 8 * steps)

    def test_threads_change_no_bit(self):
        for threads in (1, 2, 4):
            self.train(f"t{threads}", "--set", "training.slice=2", "--set", "training.epochs=3", threads=threads)
            self.assert_same_bits("t1", f"t{threads}")

    def test_ranks_agree(self):
        for ranks in (1, 2, 4, 8):  # of 8, two have no row of a batch
            self.train(f"r{ranks}", "--set", "training.epochs=3", ranks=ranks)
            self.assert_near(self.numbers("r1"), self.numbers(f"r{ranks}"), 1e-3)

    def test_evaluation_judges_every_sample_at_its_length(self):
        self.train("net", "--set", "training.epochs=2")
        last = self.numbers("net", "epoch")[-1]
        for ranks in (1, 2, 4):
            output = self.teranga("evaluate", self.folder / "net", "--data", "part=validation", "--json", ranks=ranks)
            found = json.loads(output[output.index("{"):])
            self.assertEqual(found["samples"], 50)
            self.assertLess(abs(found["loss"] - last["val_loss"]), 1e-5)
            self.assertLess(abs(found["accuracy"] - last["val_accuracy"]), 1e-9)
            self.assertEqual(sum(map(sum, found["confusion"])), 50)

    def test_prediction_takes_samples_of_the_longest(self):
        self.train("net", "--set", "training.epochs=1")
        header = f"{{'descr': '<i4', 'fortran_order': False, 'shape': (1, 20), }}".ljust(117) + "\n"
        ids = self.folder / "ids.npy"
        ids.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack("<20i", 1, 5, 7, *[0] * 17))
        out = self.folder / "out.csv"
        self.teranga("predict", self.folder / "net", "--input", ids, "--output", out)
        self.assertEqual(len(out.read_text().splitlines()), 2)

    def test_the_data_say_how_many_samples_a_bucket_has(self):
        output = self.teranga("data", "list", self.recipe)
        for low, high in ((0, 4), (4, 9), (9, 10**6)):
            row = [sum(low < length <= high for length in part) for part in (self.lengths[:TRAINING], self.lengths[TRAINING:])]
            self.assertRegex(output, rf"\b{min(high, 20)}\s+{row[0]}\s+{row[1]}\b")

    def test_what_cannot_be_of_several_lengths_is_refused(self):
        net = READER.replace("LENGTHS", BUCKETS)
        flat = net.replace('[[layer]]\ntype = "dropout"', '[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "dense"\nname = "wide"\nunits = 3\n[[layer]]\ntype = "dropout"').replace("units = 5 }", "units = 5, return_sequences = true }")
        stateful = net.replace("units = 5 }", "units = 5, stateful = true }").replace("seed = 5", "seed = 5\nshuffle = false")
        for wrong, found in ((flat, [r'layer "wide" \(dense\) has weights that depend on the length of the samples', r"\(200, 3\) for those of the longest bucket, and \(40, 3\) for those of x \(4,?\)", "leave out buckets"]),
                             (stateful, ["is stateful", "expected samples of one length, found buckets", r"net.toml:\d+:\d+"]),
                             (net.replace("[4, 9, 20]", "[9, 4]"), ["expected ascending lengths", r"net.toml:\d+:\d+"]),
                             (net.replace(BUCKETS, BUCKETS + "\nmaxlen = 20"), ["maxlen: the longest of the buckets, 20", "leave out maxlen"]),
                             (net.replace(BUCKETS, BUCKETS + '\nencoding = "count"'), ["has no length", "leave out buckets"]),
                             (net.replace("[4, 9, 20]", "[]"), ["buckets"])):
            self.recipe.write_text(wrong)
            output = self.train("wrong", expect=2)
            for words in found:
                self.assertRegex(output, words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
