# SPDX-License-Identifier: Apache-2.0
"""teranga generate: what it writes is what the network says, and the same each time."""
import json
import math
import struct
import unittest

from program import ProgramTest

WORDS = "the cat sat on the mat . the dog sat on the rug . a bird flew over the cat . a bird flew over the dog . " * 12
LANGUAGE = """
schema = 1
[data]
type = "language"
train = "words.txt"
level = "word"
length = 4
stride = 1
predict = "PREDICT"
num_words = 12
[[layer]]
type = "embedding"
input_dim = 12
output_dim = 8
[[layer]]
type = "gru"
units = 16
return_sequences = EVERY
[[layer]]
type = "dense"
units = 12
LAST
[loss]
type = "sparse_categorical_crossentropy"
from_logits = LOGITS
[optimizer]
type = "adam"
learning_rate = 0.02
[training]
epochs = 2
batch_size = 32
"""
PAIRS = """
schema = 1
[data]
type = "pairs"
train = "pairs.tsv"
[[layer]]
type = "input"
name = "source"
field = "source"
[[layer]]
type = "embedding"
input_dim = 20
output_dim = 8
mask_zero = true
[[layer]]
type = "gru"
name = "encoder"
units = 24
[[layer]]
type = "input"
name = "so_far"
field = "decoder_input"
[[layer]]
type = "embedding"
name = "target_words"
input = ["so_far"]
input_dim = 20
output_dim = 8
mask_zero = true
[[layer]]
type = "gru"
name = "decoder"
input = ["target_words", "encoder"]
units = 24
return_sequences = true
[[layer]]
type = "dense"
units = 20
[loss]
type = "sparse_categorical_crossentropy"
from_logits = true
[optimizer]
type = "adam"
learning_rate = 0.02
[training]
epochs = 40
batch_size = 4
"""
SENTENCES = [("red cat", "chat rouge"), ("blue cat", "chat bleu"), ("red dog", "chien rouge"), ("blue dog", "chien bleu"),
             ("red house", "maison rouge"), ("blue house", "maison bleue"), ("cat", "chat"), ("dog", "chien")]


class Generate(ProgramTest):
    def language(self, predict="last", logits=False, more=()):
        """The run folder of a little language model."""
        recipe = LANGUAGE.replace("PREDICT", predict).replace("EVERY", str(predict == "every").lower()).replace("LOGITS", str(logits).lower())
        (self.place / "words.txt").write_text(WORDS)
        (self.place / "lm.toml").write_text(recipe.replace("LAST", "" if logits else 'activation = "softmax"'))
        self.good("train", "lm.toml", "--run", predict, "--threads", "1", "--progress", "none", *(word for one in more for word in ("--set", one)))
        return predict

    def translator(self, lengths=""):
        (self.place / "pairs.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in SENTENCES))
        (self.place / "mt.toml").write_text(PAIRS.replace('train = "pairs.tsv"', 'train = "pairs.tsv"\n' + lengths))
        self.good("train", "mt.toml", "--run", "mt", "--threads", "1", "--progress", "none")
        return "mt"

    def written(self, *words, **more):
        return [json.loads(line) for line in self.good("generate", *words, "--json", **more).splitlines()]

    def vocabulary(self):
        """The ids of the words, as the data set numbers them; 12 are kept."""
        counts = {}
        for word in WORDS.split():
            counts[word] = counts.get(word, 0) + 1
        order = sorted(counts, key=lambda word: (counts[word], word.encode()), reverse=True)[:10]
        return ["", "[UNK]"] + order

    def test_the_same_seed_writes_the_same_on_any_number_of_threads(self):
        run = self.language("every", logits=True)
        ask = ("generate", run, "--prompt", "the cat", "--length", "40", "--count", "3")
        first = self.good(*ask, "--seed", "7", "--threads", "1")
        self.assertEqual(self.good(*ask, "--seed", "7", "--threads", "2"), first)
        self.assertNotEqual(self.good(*ask, "--seed", "8", "--threads", "1"), first)
        texts = first.split("---\n")
        self.assertEqual(len(texts), 3)
        self.assertEqual(len(set(texts)), 3)
        for text in texts:
            self.assertTrue(text.startswith("the cat "))
            self.assertEqual(len(text.split()), 42)
            self.assertNotIn("[UNK]", text)

    def greedy_by_predict(self, run, prompt, steps, read, logits):
        """What comes out when `predict` is asked step by step: the likeliest word that may be written, and log p of all of them."""
        names, log_p = self.vocabulary(), 0.0
        ids = [names.index(word) for word in prompt.split()]
        for _ in range(steps):
            window, at = read(ids)
            header = "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 4), }"
            header += " " * (63 - (10 + len(header)) % 64) + "\n"
            (self.place / "in.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack("<4i", *window))
            self.good("predict", run, "--input", "in.npy", "--output", "out.npy")
            data = (self.place / "out.npy").read_bytes()
            outputs = struct.unpack("<12f", data[10 + struct.unpack("<H", data[8:10])[0]:][48 * at:48 * at + 48])
            weights = [0, 0] + [math.exp(x) if logits else x for x in outputs[2:]]
            best = max(range(12), key=lambda i: weights[i])
            log_p += math.log(weights[best] / sum(weights))
            ids.append(best)
        return " ".join(names[i] for i in ids), log_p

    @staticmethod
    def each(ids):
        """The window of a network that tells the step after each of its steps, and where to read it."""
        return (ids[-4:] + [0, 0, 0, 0])[:4], min(len(ids), 4) - 1

    @staticmethod
    def after(ids):
        return ([0, 0, 0, 0] + ids)[-4:], 0

    def test_temperature_0_writes_what_predict_finds_likeliest(self):
        for predict, logits, read in (("last", False, self.after), ("every", True, self.each)):
            run = self.language(predict, logits)
            text, log_p = self.greedy_by_predict(run, "a bird", 6, read, logits)
            found, = self.written(run, "--prompt", "a bird", "--length", "6", "--temperature", "0")
            self.assertEqual(found["text"], text)
            self.assertAlmostEqual(found["log_p"], log_p, places=4)
            self.assertEqual((found["steps"], found["ended"]), (6, False))

    def test_a_stateful_network_reads_each_text_from_its_first_step_on(self):
        run = self.language("every", more=("layer.gru.stateful=true", "training.shuffle=false", "training.batch_size=4"))
        text, log_p = self.greedy_by_predict(run, "a bird", 6, self.each, False)
        found, = self.written(run, "--prompt", "a bird", "--length", "6", "--temperature", "0")
        self.assertEqual(found["text"], text)
        self.assertAlmostEqual(found["log_p"], log_p, places=4)

    def test_one_candidate_or_one_hypothesis_is_the_likeliest_step(self):
        run = self.language()
        ask = (run, "--prompt", "the dog", "--length", "20")
        greedy = self.written(*ask, "--temperature", "0")
        self.assertEqual(self.written(*ask, "--top-k", "1", "--seed", "5"), greedy)
        self.assertEqual(self.written(*ask, "--beam", "1"), greedy)
        self.assertEqual(self.written(*ask, "--beam", "5", "--threads", "1"), self.written(*ask, "--beam", "5", "--threads", "2"))

    def test_unknown_words_and_an_empty_prompt(self):
        run = self.language()
        code, out, err = self.run_it("generate", run, "--prompt", "the zebra sat", "--length", "3")
        self.assertEqual(code, 0, err)
        self.assertIn("1 of the 3 steps given are not in the vocabulary", err)
        self.assertNotIn("meaningless", self.run_it("generate", run, "--prompt", "zebra xyzzy", "--length", "3")[2])  # one warning is enough
        for known in (("--prompt", "the cat"), ()):
            self.assertNotIn("warning", self.run_it("generate", run, *known, "--length", "3")[2])
        self.assertTrue(out.startswith("the zebra sat "))
        self.assertTrue(self.written(run, "--prompt", "the \udcff cat", "--length", "1")[0]["text"].startswith("the \ufffd cat "))  # a byte that is no UTF-8
        self.assertEqual(len(self.good("generate", run, "--length", "3").split()), 3)

    def test_a_translator_that_learnt_from_pairs_of_several_lengths_has_room_for_the_longest(self):
        run = self.translator("buckets = [2, 3]")
        (self.place / "in.txt").write_text("".join(a + "\n" for a, b in SENTENCES))
        self.assertEqual(self.good("generate", run, "--input", "in.txt").splitlines(), [b for a, b in SENTENCES])
        self.assertEqual(self.good("generate", run, "--input", "in.txt", "--beam", "3").splitlines(), [b for a, b in SENTENCES])

    def test_a_translator_ends_its_texts(self):
        run = self.translator()
        (self.place / "in.txt").write_text("".join(a + "\n" for a, b in SENTENCES))
        self.assertEqual(self.good("generate", run, "--input", "in.txt").splitlines(), [b for a, b in SENTENCES])
        greedy = self.written(run, "--source", "red cat", "--source", "Blue DOG!")
        self.assertEqual([text["text"] for text in greedy], ["chat rouge", "chien bleu"])
        self.assertTrue(all(text["ended"] and text["steps"] == 3 for text in greedy))
        self.assertEqual([t["text"] for t in self.written(run, "--source", "red cat", "--source", "Blue DOG!", "--beam", "1")], [t["text"] for t in greedy])
        self.assertEqual(self.good("generate", run, "--input", "in.txt", "--beam", "3").splitlines(), [b for a, b in SENTENCES])
        self.assertEqual(self.good("generate", run, "--source", "red cat", "--prompt", "chien").split()[0], "chien")
        self.assertNotIn("warning", self.run_it("generate", run, "--source", "red cat")[2])
        self.assertEqual(self.written(run, "--source", "red cat", "--length", "1")[0]["text"], "chat")
        self.assertIn("expected", self.bad(5, "generate", run, "--input", "missing.txt"))
        self.assertIn("--source TEXT", self.bad(2, "generate", run))
        self.assertIn('--prompt "chat chat"\n', self.bad(2, "generate", run, "--source", "cat", "--prompt", "chat chat chat chat"))

    def test_what_writes_no_texts_is_refused(self):
        err = self.bad(2, "generate", self.trained(), "--prompt", "a")
        self.assertIn('its data set "csv" has no texts that go on', err)
        self.assertIn("teranga predict", err)
        (self.place / "words.txt").write_text(WORDS)
        recipe = LANGUAGE.replace("PREDICT", "last").replace("EVERY", "false").replace("LOGITS", "true").replace("LAST", "")
        recipe = recipe.replace("[[layer]]", "[[layer]]\nnetwork = \"all\"").replace("[loss]", "[[phase]]\nname = \"only\"\ntrain = \"all\"\n[[phase.loss]]")
        (self.place / "phases.toml").write_text(recipe)
        self.good("train", "phases.toml", "--run", "phases", "--threads", "1", "--progress", "none")
        self.assertIn("its networks are trained in phases", self.bad(2, "generate", "phases", "--prompt", "a"))

    def test_options_that_do_not_fit_are_refused(self):
        run = self.language()
        self.assertIn("takes no source", self.bad(2, "generate", run, "--source", "a"))
        self.assertIn("do not go together", self.bad(2, "generate", run, "--beam", "2", "--temperature", "1"))
        self.assertIn("--beam 4", self.bad(2, "generate", run, "--length-penalty", "1"))
        self.assertIn("expected at most 1000 hypotheses", self.bad(2, "generate", run, "--beam", "100000000"))
        self.assertIn("--temperature: expected a number of at least 0", self.bad(2, "generate", run, "--temperature", "-1"))
        self.assertIn("--top-k: expected a whole number from 1 to 2147483647", self.bad(2, "generate", run, "--top-k", "0"))
        self.assertIn("holds no checkpoint", self.bad(5, "generate", self.place))


if __name__ == "__main__":
    unittest.main()
