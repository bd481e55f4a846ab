# SPDX-License-Identifier: Apache-2.0
"""Every recipe that comes with the program trains in a short form, and says at its head what it reaches in full."""
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import unittest
from pathlib import Path

import bits_per_character
import bleu
import tunes
from program import RECIPES, SOURCE, ProgramTest

sys.path += [str(SOURCE / "tests"), str(SOURCE / "datasets/texts")]
import debian_data
import debian_pairs

CORPORA = debian_data.root_of("usr/share/doc/python3-pattern/test/corpora/polarity-en-pang&lee1.csv", "usr/share/doc/python3-pattern/test/corpora/tagged-en-oanc.txt")
STAMPS = debian_data.root_of("usr/share/tuxpaint/stamps/animals")
BOOKS = next((root for root in ("/", debian_data.UNPACKED) if debian_pairs.pages(root)), None)
SPEECH = debian_data.root_of("usr/share/asterisk/sounds/en_US_f_Allison/digits/0.wav")
VOICES = shutil.which("espeak-ng")
IMAGES = debian_data.root_of("usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz")


def from_unpacked(recipe):
    """What lets a recipe read its files where the tests have them."""
    words = []
    for key, value in tomllib.loads(recipe.read_text()).get("data", {}).items():
        files = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        if any(str(file).startswith("/usr/") and not os.path.exists(file) for file in files):
            moved = [str(debian_data.UNPACKED / file[1:]) for file in files]
            words += ["--set", f"data.{key}={json.dumps(moved if isinstance(value, list) else moved[0])}"]
    return words


class Short(ProgramTest):
    def short(self, name, *words):
        """The last epoch and the test line of a short run."""
        run = self.place / "run"
        self.good("train", self.recipe(name), "--run", run, "--threads", "2", "--progress", "none", "--set", "checkpoint.every_steps=0", *from_unpacked(self.recipe(name)), *words)
        lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        epochs = [line for line in lines if line["event"] == "epoch"]
        tests = [line for line in lines if line["event"] == "test"]
        return epochs, tests[-1] if tests else {}


class Recipes(Short):
    def test_every_recipe_says_what_it_reaches(self):
        for path in sorted(RECIPES.glob("*.toml")):
            head = path.read_text().split("schema", 1)[0]
            self.assertRegex(head, r"# Reaches: .*\d", path.name)

    def test_every_recipe_is_run_here(self):
        own = set(re.findall(r'short\("([a-z0-9-]+)"', Path(__file__).read_text()))
        self.assertEqual({path.stem for path in RECIPES.glob("*.toml")}, own)

    def test_drawn_digits_and_letters(self):
        self.assertGreaterEqual(self.short("drawn-digits", "--set", "training.epochs=1", "--set", "data.samples=5000")[1]["test_accuracy"], 0.3)
        shutil.rmtree(self.place / "run")
        self.assertGreaterEqual(self.short("finetune-letters", "--set", "training.epochs=3")[1]["test_accuracy"], 0.4)

    def test_a_boltzmann_machine_learns_the_distribution_of_digits(self):
        epochs, _ = self.short("rbm-digits", "--set", "training.epochs=20")
        found = json.loads(self.good("evaluate", "run", "--log-likelihood", "rbm", "--temperatures", 1000, "--json"))
        self.assertGreater(found["log_likelihood"], -22)  # the means of the pixels alone give -24.8
        self.assertLess(found["log_z_high"] - found["log_z_low"], 0.5)
        self.assertIn("pictures of 8 x 8, each below", self.good("generate", "run", "--layer", "rbm.reconstruction", "--set", "layer.rbm.steps=20", "--output", "dreams.png"))

    def test_the_perceptron_learns_and(self):
        epochs, test = self.short("perceptron-and")
        self.assertEqual(test["test_accuracy"], 1)

    def test_one_neuron_learns_and(self):
        self.assertEqual(self.short("one-neuron")[1]["test_accuracy"], 1)

    def test_logistic_regression_learns_iris(self):
        self.assertGreaterEqual(self.short("logistic-iris")[1]["test_accuracy"], 0.9)

    def test_a_small_network_learns_iris(self):
        self.assertGreaterEqual(self.short("mlp-iris")[1]["test_accuracy"], 0.9)

    def test_regression_explains_half_of_the_variance(self):
        self.assertGreaterEqual(self.short("mlp-regression")[1]["test_r2_score"], 0.4)

    def test_a_perceptron_of_several_layers_learns_digits(self):
        self.assertGreaterEqual(self.short("mlp-digits", "--set", "training.epochs=5")[1]["test_accuracy"], 0.8)

    def test_lenet_learns_digits(self):
        self.assertGreaterEqual(self.short("lenet-digits", "--set", "training.epochs=3")[1]["test_accuracy"], 0.8)

    def test_capsules_learn_digits_and_draw_them(self):
        self.assertGreaterEqual(self.short("capsule-digits", "--set", "training.epochs=3")[1]["test_accuracy"], 0.8)
        self.assertIn("176 pictures of 8 x 8", self.good("generate", "run", "--output", "changes.png", "--vary", "one_capsule"))

    def test_an_lstm_tells_the_sunspots_of_the_next_year(self):
        self.assertGreaterEqual(self.short("time-series")[1]["test_r2_score"], 0.8)

    def test_a_language_model_of_characters_needs_fewer_bits_than_xz(self):
        _, test = self.short("char-lm", "--set", "training.epochs=2")
        text = bits_per_character.held_out(bits_per_character.read(bits_per_character.BOOK))
        self.assertLess(bits_per_character.of_network(test["test_loss"]), bits_per_character.of_xz(text))

    def test_the_next_word_begins_to_be_told(self):
        epochs, _ = self.short("next-word", "--set", "data.limit=4096", "--set", "training.epochs=2")
        self.assertLess(epochs[-1]["loss"], 7)

    def test_an_autoencoder_draws_digits_again(self):
        self.assertLess(self.short("autoencoder-digits", "--set", "training.epochs=10")[1]["test_loss"], 0.03)

    def test_a_denoising_autoencoder_draws_digits_again(self):
        self.assertLess(self.short("denoising-autoencoder", "--set", "training.epochs=10")[1]["test_loss"], 0.03)


@debian_data.needs(IMAGES, "dataset-fashion-mnist")
class OnFashion(Short):
    FEW = ["--set", "data.limit=512", "--set", "training.epochs=1"]

    def test_lenet_begins_to_learn(self):
        epochs, _ = self.short("lenet-fashion-mnist", *self.FEW)
        self.assertLess(epochs[0]["loss"], 2.3)

    def test_capsules_begin_to_learn(self):
        epochs, _ = self.short("capsule-fashion-mnist", *self.FEW, "--set", "layer.conv2d.filters=16", "--set", "layer.primary_capsules.num_channels=2", "--set", "training.epochs=3")
        self.assertLess(epochs[-1]["loss"], epochs[0]["loss"])

    def test_a_perceptron_of_several_layers_begins_to_learn(self):
        epochs, _ = self.short("mlp-fashion-mnist", *self.FEW)
        self.assertLess(epochs[0]["loss"], 2.3)

    def test_a_large_batch_warms_up(self):
        epochs, _ = self.short("large-batch-fashion-mnist", "--set", "data.limit=8192", "--set", "training.epochs=2", "--set", "variables.warmup_steps=4")
        self.assertLess(epochs[0]["learning_rate"], epochs[1]["learning_rate"])
        self.assertLess(epochs[1]["loss"], epochs[0]["loss"])

    def test_a_residual_network_trains(self):
        epochs, _ = self.short("resnet20-fashion-mnist", "--set", "data.limit=64", "--set", "training.epochs=1", "--set", "training.batch_size=32")
        self.assertGreater(epochs[0]["accuracy"], 0)

    def sheet(self):
        self.assertIn("pictures of 28 x 28", self.good("generate", "run", "--output", "pictures.png", "--count", 20))
        self.assertEqual((self.place / "pictures.png").read_bytes()[:4], b"\x89PNG")

    def test_a_variational_autoencoder_begins_to_learn(self):
        epochs, test = self.short("vae-fashion-mnist", "--set", "data.limit=2048", "--set", "training.epochs=2")
        self.assertLess(epochs[1]["autoencoder_loss"], epochs[0]["autoencoder_loss"])
        self.assertLess(test["test_autoencoder_loss"], 450)  # of pixels all 0.5: 543
        self.sheet()

    def test_a_deep_belief_net_learns_layer_by_layer_and_then_classes(self):
        words = ("--set", "data.limit=2000", "--set", "training.epochs=4", "--set", "phase.first.to_epoch=2", "--set", "phase.second.from_epoch=3")
        epochs, test = self.short("dbn-fashion-mnist", *words)
        self.assertEqual([("first_loss" in line, "second_loss" in line) for line in epochs], [(True, False)] * 2 + [(False, True)] * 2)
        self.good("generate", "run", "--output", "pictures.png", "--count", 5, "--set", "layer.sampling.steps=20")
        (self.place / "run").rename(self.place / "dbn")
        _, test = self.short("dbn-500-labels", "--set", "training.epochs=3", "--set", "training.layer_rates=[]", "--init-weights", self.place / "dbn")
        self.assertGreater(test["test_accuracy"], 0.4)
        self.assertIn("4 tensors are taken: rbm_1/kernel, rbm_1/bias, rbm_2/kernel, rbm_2/bias", (self.place / "run/log.txt").read_text())
        shutil.rmtree(self.place / "run")
        self.short("dbn-dreams", "--set", "data.limit=1000", "--set", "training.epochs=1", "--init-weights", self.place / "dbn")
        self.assertIn("pictures of 28 x 28, each below", self.good("generate", "run", "--layer", "pictures", "--set", "layer.rbm_2.steps=5", "--output", "dreams.png", "--count", 5))

    def test_a_generator_begins_to_deceive(self):
        epochs, _ = self.short("gan-fashion-mnist", *self.FEW)
        self.assertLess(epochs[0]["discriminator_loss"], 0.7)
        self.assertGreater(epochs[0]["generator_loss"], 0.1)
        self.sheet()

    def test_a_convolutional_generator_begins_to_deceive(self):
        epochs, _ = self.short("dcgan-fashion-mnist", "--set", "data.limit=128", "--set", "training.epochs=1")
        self.assertLess(epochs[0]["discriminator_loss"], 0.8)
        self.sheet()


class OnFolders(Short):
    def test_alexnet_as_published_takes_a_step(self):
        for number in range(4):
            folder = self.place / f"imagenet/{('train', 'val')[number // 2]}/n{number % 2:08d}"
            folder.mkdir(parents=True)
            (folder / "1.ppm").write_bytes(b"P6 320 260 255\n" + bytes((x * (number % 2 + 1)) % 256 for x in range(320 * 260 * 3)))
        # The dense layers have 244 MB of weights; narrow ones take the same step.
        narrow = ["--set", "layer.dense.units=64", "--set", "layer.dense_1.units=64", "--set", "layer.dense_2.units=2"]
        epochs, _ = self.short("alexnet", "--set", f'data.folder="{self.place}/imagenet"', "--set", "training.epochs=1", "--set", "training.batch_size=2", "--set", 'training.metrics=["accuracy"]', *narrow)
        self.assertTrue(0 < epochs[0]["loss"] < 100, epochs)  # it begins at log(2)
        self.assertGreater(epochs[0]["val_loss"], 0)


@debian_data.needs(STAMPS, "tuxpaint-stamps-default")
class OnStamps(Short):
    def test_a_small_alexnet_begins_to_learn(self):
        epochs, test = self.short("alexnet-stamps", "--set", "data.limit=128", "--set", "training.epochs=3")
        self.assertLess(epochs[-1]["loss"], epochs[0]["loss"])
        (self.place / "run").rename(self.place / "trained")
        # On the middle part alone, and on ten parts: the same weights, and other probabilities.
        _, ten = self.short("alexnet-stamps-ten-crop", "--init-weights", self.place / "trained")
        self.assertLess(abs(ten["test_loss"] - test["test_loss"]), 0.5)
        self.assertNotEqual(ten["test_loss"], test["test_loss"])
        (self.place / "run").rename(self.place / "judged")
        _, fresh = self.short("alexnet-stamps-ten-crop")
        self.assertNotEqual(ten["test_loss"], fresh["test_loss"])


@debian_data.needs(CORPORA, "python3-pattern")
class OnReviews(Short):
    FEW = ["--set", "data.limit=256", "--set", "data.maxlen=64", "--set", "training.epochs=4"]

    def learns(self, epochs):
        self.assertLess(epochs[-1]["loss"], epochs[0]["loss"])

    def test_the_usual_listing_fits_its_training_texts(self):
        epochs, test = self.short("imdb-simple-rnn", "--set", "training.epochs=4")
        self.assertGreaterEqual(epochs[-1]["accuracy"], 0.9)
        self.assertIn("test_accuracy", test)

    def test_an_lstm_in_both_directions_begins_to_learn(self):
        self.learns(self.short("imdb-bidirectional-lstm", *self.FEW)[0])

    def test_an_lstm_begins_to_learn(self):
        self.learns(self.short("imdb-lstm", *self.FEW)[0])

    def test_gated_units_in_both_directions_begin_to_learn(self):
        self.learns(self.short("imdb-gru-bidirectional", *self.FEW)[0])

    def test_attention_begins_to_learn(self):
        self.learns(self.short("imdb-attention", *self.FEW, "--set", "layer.position_embedding.sequence_length=64")[0])

    def test_bert_begins_to_learn_from_text_and_goes_on_to_reviews(self):
        tagged = (Path(CORPORA) / "usr/share/doc/python3-pattern/test/corpora/tagged-en-oanc.txt").read_text().splitlines(keepends=True)[:700]
        (self.place / "oanc.txt").write_text(re.sub(r"/[^ \n]*", "", "".join(tagged)))
        smaller = ["--set", "data.limit=96", "--set", "variables.width=16", "--set", "training.batch_size=16"]
        epochs, test = self.short("bert-pretrain", *smaller, "--set", f'data.train=["{self.place}/oanc.txt"]', "--set", "training.epochs=4", "--set", "optimizer.warmup_steps=0", "--set", "optimizer.learning_rate=0.01")
        self.assertLess(epochs[-1]["loss"], epochs[0]["loss"])
        self.assertIn("test_loss", test)
        self.good("export", "run", "--to", "vocabulary", "--output", "vocabulary.txt")
        (self.place / "run").rename(self.place / "before")
        told = self.short("bert-sentiment", *smaller, "--set", f"data.vocabulary={self.place}/vocabulary.txt", "--set", f"initial_weights.from={self.place}/before", "--set", "training.epochs=2", "--set", "optimizer.warmup_steps=0")[0]
        self.assertLess(told[-1]["loss"], 0.9)
        log = (self.place / "run/log.txt").read_text()
        self.assertRegex(log, r"are taken: .*encoder2_attention")

    def test_a_bag_of_words_tells_sentiment(self):
        self.assertGreaterEqual(self.short("imdb-bag-of-words")[1]["test_accuracy"], 0.8)

    def test_tf_idf_tells_sentiment(self):
        self.assertGreaterEqual(self.short("imdb-tfidf")[1]["test_accuracy"], 0.8)


@debian_data.needs(CORPORA, "python3-pattern")
class OnSentences(Short):
    def test_tags_begin_to_be_told(self):
        epochs, _ = self.short("tagging", "--set", "data.limit=1024", "--set", "training.epochs=2")
        self.assertLess(epochs[-1]["loss"], epochs[0]["loss"])


@debian_data.needs(BOOKS, "debian-reference-en debian-reference-fr debian-handbook")
class OnBooks(Short):
    def test_translation_begins_to_be_learnt(self):
        pairs = self.place / "pairs"
        subprocess.run([sys.executable, "-B", SOURCE / "datasets/texts/debian_pairs.py", pairs, "16", BOOKS], check=True, capture_output=True)
        epochs, test = self.short("translate-en-fr", "--set", f"data.train={pairs}/train.tsv", "--set", f"data.test={pairs}/test.tsv", "--set", "data.limit=256",
                                  "--set", "training.epochs=3", "--set", "training.batch_size=16")
        self.assertLess(epochs[-1]["loss"], epochs[0]["loss"])
        self.assertIn("test_loss", test)
        (self.place / "few.tsv").write_text("".join((pairs / "test.tsv").read_text().splitlines(keepends=True)[:4]))
        network, copied = bleu.of_run(self.place / "run", self.place / "few.tsv", "--beam", "2")
        self.assertTrue(0 <= network <= 100 and 0 <= copied <= 100)


@debian_data.needs(SPEECH, "asterisk-core-sounds-en-wav")
class OnRecordings(Short):
    def test_letters_begin_to_be_heard(self):
        epochs, test = self.short("speech-letters", "--set", "data.limit=48", "--set", "training.epochs=3", "--set", "training.batch_size=8")
        self.assertLess(epochs[-1]["loss"], 0.9 * epochs[0]["loss"])
        self.assertTrue(0 < test["test_letter_error_rate"] < 1.5, test)


@debian_data.needs(VOICES, "espeak-ng")
class OnVoices(Short):
    def test_synthetic_digits_begin_to_be_told_apart(self):
        digits = self.place / "digits"
        subprocess.run([sys.executable, "-B", SOURCE / "datasets/speech/espeak_digits.py", digits, "6", "1"], check=True, capture_output=True)
        heard = [{path.name.split("-")[0] for path in (digits / part).glob("*/*.wav")} for part in ("train", "validation", "test")]
        self.assertEqual([len(voices) for voices in heard], [4, 1, 1])
        self.assertEqual(len(set.union(*heard)), 6, "a voice is in two parts")
        epochs, test = self.short("speech-digits", "--set", f"data.folder={digits}", "--set", "training.epochs=4", "--set", "training.batch_size=16")
        self.assertGreater(epochs[-1]["accuracy"], 0.3)
        self.assertIn("test_accuracy", test)


class OnTunes(Short):
    def test_tunes_begin_to_be_written(self):
        subprocess.run([sys.executable, "-B", SOURCE / "datasets/music/folk_tunes.py", self.place / "tunes.txt", "60"], check=True, capture_output=True)
        epochs, _ = self.short("music-abc", "--set", f"data.train={self.place}/tunes.txt", "--set", "training.epochs=3", "--set", "training.batch_size=8", "--set", "data.length=64")
        self.assertLess(epochs[-1]["loss"], 0.8 * epochs[0]["loss"])
        self.assertTrue(tunes.written(os.environ["TERANGA_PROGRAM"], self.place / "run", 2, 0.7)[1].startswith(tunes.PROMPT))
        if shutil.which("abc2midi"):
            self.assertEqual([tunes.judged(tune + "\n") for tune in (self.place / "tunes.txt").read_text().split("\n\n")[:5]], [(True, True)] * 5)
            self.assertFalse(tunes.judged("X:1\nno tune\n")[0])


if __name__ == "__main__":
    unittest.main()
