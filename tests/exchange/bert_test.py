#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""BERT models of HuggingFace's transformers (golden/make_bert.py) come in with equal outputs, train on, and what is damaged is named; the vocabulary of a training goes out."""
import array
import ast
import json
import shutil
import struct
import sys
import unittest
import zipfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "launcher"))
from program import ProgramTest

GOLDEN = Path(__file__).resolve().parent / "golden"
APART = 1e-5


def of_npy(content):
    """Shape and numbers of an .npy file."""
    length = struct.unpack("<H", content[8:10])[0]
    facts = ast.literal_eval(content[10:10 + length].decode())
    numbers = array.array({"<f4": "f", "<f8": "d", "<i4": "i"}[facts["descr"]])
    numbers.frombytes(content[10 + length:])
    return facts["shape"], list(numbers)


def golden(file, name):
    with zipfile.ZipFile(GOLDEN / file) as archive:
        return of_npy(archive.read(f"{name}.npy"))


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


class Bert(ProgramTest):
    def brought(self, name):
        shutil.copytree(GOLDEN / name, self.place / name, dirs_exist_ok=True)
        shutil.copy(GOLDEN / "bert_inputs.npz", self.place / "inputs.npz")

    def compare(self, model, layer, expected, steps_only=False):
        self.good("predict", f"{model}.checkpoint.h5", "--input", "inputs.npz", "--layer", layer, "--output", "out.npy")
        (shape, found), (wanted_shape, wanted) = of_npy((self.place / "out.npy").read_bytes()), golden("bert_outputs.npz", expected)
        self.assertEqual(shape, wanted_shape)
        ids = golden("bert_inputs.npz", "x")[1]
        row = shape[-1]
        counted = [i for i in range(len(found)) if not steps_only or ids[i // row] != 0]  # outputs at padding are not compared
        most = max(abs(wanted[i]) for i in counted)
        self.assertLess(max(abs(found[i] - wanted[i]) for i in counted) / most, APART, f"{model}: {layer}")

    def test_a_model_with_the_heads_of_its_pretraining_answers_as_in_transformers(self):
        self.brought("bert_pretraining")
        said = self.good("import", "bert_pretraining")
        self.assertIn("bert_pretraining.toml: the recipe, ", said)
        self.compare("bert_pretraining", "encoder2_norm", "bert_pretraining.encoder", True)
        self.compare("bert_pretraining", "masked", "bert_pretraining.masked", True)
        self.compare("bert_pretraining", "next", "bert_pretraining.next")
        self.assertIn("exists, and is not replaced", self.bad(2, "import", "bert_pretraining"))

    def test_a_classifier_answers_as_in_transformers(self):
        self.brought("bert_classifier")
        self.good("import", "bert_classifier/model.safetensors", "--recipe", "bert.toml", "--weights", "bert.checkpoint.h5")
        self.compare("bert", "encoder1_norm", "bert_classifier.encoder", True)
        self.compare("bert", "classifier", "bert_classifier.classifier")

    def test_what_is_damaged_is_named_with_its_file(self):
        self.brought("bert_classifier")
        weights, config = self.place / "bert_classifier/model.safetensors", self.place / "bert_classifier/config.json"
        sound, told = weights.read_bytes(), json.loads(config.read_text())
        length = struct.unpack("<Q", sound[:8])[0]
        names = json.loads(sound[8:8 + length])

        def refuses(words, content=sound, settings=told):
            weights.write_bytes(content)
            config.write_text(json.dumps(settings))
            said = self.bad(5, "import", "bert_classifier")
            self.assertIn("bert_classifier/", said)
            self.assertIn(words, said)
            self.assertFalse((self.place / "bert_classifier.toml").exists() or (self.place / "bert_classifier.checkpoint.h5").exists())

        def changed(name, **facts):
            return safetensors({**names, name: {**names[name], **facts}}, sound[8 + length:])

        for end in (0, 7):
            refuses(f"expected a file of safetensors, found {end} bytes", sound[:end])
        refuses("the file is truncated, or of another kind", sound[:8 + length // 2])
        refuses("the file is truncated", sound[:-4])
        refuses("expected JSON", safetensors(b"{]"))
        refuses("a header of 18446744073709551615 bytes", b"\xff" * 8 + sound)
        words = "bert.embeddings.word_embeddings.weight"
        refuses("expected a known type of elements, found \"F31\"", changed(words, dtype="F31"))
        refuses("expected a shape that fits into memory", changed(words, shape=[2 ** 40, 2 ** 40]))
        refuses("expected the place of its 2560 bytes, found [8,4]", changed(words, data_offsets=[8, 4]))
        refuses("expected real numbers, found elements of the type I32", changed(words, dtype="I32"))
        refuses(f'the array "{words}": expected the shape (41, 16) by config.json, found (40, 16)', settings={**told, "vocab_size": 41})
        refuses('expected the array "bert.encoder.layer.1.attention.self.query.weight", found none', settings={**told, "num_hidden_layers": 2})
        refuses('the array "more" has no counterpart', safetensors({**names, "more": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}}, sound[8 + length:]))
        refuses("of a BERT model, found none among 0 arrays", safetensors({}))
        refuses('model_type: expected "bert", found "gpt2"', settings={**told, "model_type": "gpt2"})
        refuses("num_attention_heads: expected a divisor of hidden_size = 16, found 3", settings={**told, "num_attention_heads": 3})
        refuses("hidden_size: expected a whole number", settings={**told, "hidden_size": -1})
        refuses("hidden_act: expected", settings={**told, "hidden_act": "sine"})
        refuses('position_embedding_type: expected "absolute"', settings={**told, "position_embedding_type": "relative_key"})
        config.unlink()
        self.assertIn("config.json: there is no such file", self.bad(5, "import", "bert_classifier/model.safetensors"))

    def test_halves_are_read(self):
        self.brought("bert_classifier")
        weights = self.place / "bert_classifier/model.safetensors"
        sound = weights.read_bytes()
        length = struct.unpack("<Q", sound[:8])[0]
        header, data, at = json.loads(sound[8:8 + length]), b"", 0
        for name, facts in header.items():
            if name == "__metadata__":
                continue
            begin, end = facts["data_offsets"]
            numbers = array.array("f", sound[8 + length + begin:8 + length + end])
            one = struct.pack(f"<{len(numbers)}e", *numbers)
            facts.update(dtype="F16", data_offsets=[at, at + len(one)])
            data, at = data + one, at + len(one)
        weights.write_bytes(safetensors(header, data))
        self.good("import", "bert_classifier")
        self.good("predict", "bert_classifier.checkpoint.h5", "--input", "inputs.npz", "--output", "out.npy")
        found, wanted = of_npy((self.place / "out.npy").read_bytes())[1], golden("bert_outputs.npz", "bert_classifier.classifier")[1]
        self.assertLess(max(abs(a - b) for a, b in zip(found, wanted)), 0.02)

    def test_a_vocabulary_goes_out_and_serves_another_training(self):
        (self.place / "moods.csv").write_text("text,mood\n" + "".join(f"the film was {('bad', 'good')[i % 2]},{('sad', 'happy')[i % 2]}\n" for i in range(24)))
        recipe = ('schema = 1\n[data]\ntype = "text"\ntrain = "moods.csv"\ntext_column = "text"\nlabel_column = "mood"\nstandardize = "bert"\nsplit = "word_piece"\nmaxlen = 8\nnum_words = 60\n[[layer]]\ntype = "embedding"\ninput_dim = 60\noutput_dim = 4\n'
                  '[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "dense"\nunits = 2\nactivation = "softmax"\n[loss]\ntype = "sparse_categorical_crossentropy"\n[optimizer]\ntype = "adam"\n[training]\nepochs = 1\n')
        (self.place / "moods.toml").write_text(recipe)
        self.good("train", "moods.toml", "--run", "run", "--progress", "none")
        self.good("export", "run", "--to", "vocabulary", "--output", "vocab.txt")
        lines = (self.place / "vocab.txt").read_text().splitlines()
        self.assertEqual(lines[:5], ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
        self.assertIn("film", lines)
        (self.place / "moods.toml").write_text(recipe.replace("num_words = 60", 'vocabulary = "vocab.txt"'))
        self.good("train", "moods.toml", "--run", "other", "--progress", "none")
        (self.place / "moods.toml").write_text(recipe.replace('split = "word_piece"\n', ""))
        self.good("train", "moods.toml", "--run", "words", "--progress", "none")
        self.assertIn("the data of this one have none", self.bad(2, "export", "words", "--to", "vocabulary"))


if __name__ == "__main__":
    unittest.main()
