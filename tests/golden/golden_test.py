# SPDX-License-Identifier: Apache-2.0
"""Plugins of the first release, kept as binaries, load with this build, train, and give the bits that were written down then: on one thread and on several, by the widest instruction set
of the machine and by the narrowest."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["TERANGA_BUILD_FOLDER"])
TERANGA = BUILD / "bin/teranga"
HERE = pathlib.Path(__file__).resolve().parent
FIRST = HERE / "border-1.0"
EXPECTED = FIRST / "expected.json"

RECIPE = """schema = 1
plugins = ["{folder}/golden.so", "{folder}/golden_c.so"]
[data]
type = "golden.points"
[[layer]]
type = "golden.mix"
units = 8
[[layer]]
type = "golden.center"
[[layer]]
type = "activation"
activation = "golden.bend"
[[layer]]
type = "golden.mix"
units = 3
[loss]
type = "{loss}"
[optimizer]
type = "golden.momentum"
learning_rate = {{ type = "golden.slope", start = 0.125 }}
[training]
epochs = 6
batch_size = 16
slice = 4
seed = 3
metrics = ["golden.hits"]
[checkpoint]
every_epochs = 1
[[observer]]
type = "golden.diary"
[log]
report = false
"""

WITH_NEWER = """schema = 1
plugins = ["{plugin}"]
[data]
type = "digits"
[[layer]]
type = "flatten"
[[layer]]
type = "later.twice"
factor = 3
sign = true
[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 1
"""


class Golden(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="teranga-golden-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_it(self, *words, **variables):
        done = subprocess.run([TERANGA, *words], cwd=self.folder, env=os.environ | variables, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def bits(self, loss, threads, instruction_set):
        """What a training gives: numbers of all epochs, the bits of the weights and states, and what the observer was told."""
        (self.folder / "net.toml").write_text(RECIPE.format(folder=FIRST, loss=loss))
        run = self.folder / f"run-{loss}-{threads}-{instruction_set}"
        self.run_it("train", "net.toml", "--run", run, "--threads", str(threads), "--progress", "none", **({"TERANGA_ISA": instruction_set} if instruction_set else {}))
        epochs = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        last = sorted((run / "checkpoints").glob("step-*.h5"))[-1]
        tensors = subprocess.run([BUILD / "bin/hash_parameters", "--each", last], capture_output=True, text=True, timeout=60)
        self.assertEqual(tensors.returncode, 0, tensors.stdout)
        return {"epochs": [{name: epoch[name] for name in ("loss", "hits", "val_loss", "test_loss", "learning_rate") if name in epoch} for epoch in epochs if epoch.get("event") == "epoch"],
                "tensors": dict(line.split() for line in tensors.stdout.splitlines()), "diary": (run / "diary.txt").read_text().splitlines()}

    def test_the_libraries_of_the_first_release_give_the_bits_that_they_gave_then(self):
        written = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
        for loss in ("golden.distance", "golden.gap"):
            for threads, instruction_set in ((1, ""), (2, ""), (1, "x86-64-v2")):
                with self.subTest(loss=loss, threads=threads, instruction_set=instruction_set):
                    self.assertEqual(self.bits(loss, threads, instruction_set), written.get(loss))

    def test_their_facts_are_read(self):
        words = [option for file in ("golden.so", "golden_c.so") for option in ("--plugin", str(FIRST / file))]
        for name in ("golden.mix", "golden.bend", "golden.distance", "golden.momentum", "golden.hits", "golden.slope", "golden.spread", "golden.points", "golden.diary", "golden.center", "golden.gap"):
            self.assertIn(name, self.run_it("plugin", "describe", name, *words))

    def test_a_plugin_of_a_newer_minor_version_is_read_as_far_as_this_host_knows(self):
        plugin = BUILD / "lib/teranga/test_plugins/guest_newer_minor.so"
        (self.folder / "net.toml").write_text(WITH_NEWER.format(plugin=plugin))
        self.run_it("train", "net.toml", "--run", "run", "--progress", "none")
        told = self.run_it("plugin", "describe", "later.twice", "--plugin", plugin)
        for word in ("factor", "sign", "Twice as much"):
            self.assertIn(word, told)

    def test_a_plugin_that_needs_a_newer_minor_version_is_refused_with_both_versions(self):
        plugin = BUILD / "lib/teranga/test_plugins/guest_needs_newer.so"
        (self.folder / "net.toml").write_text(WITH_NEWER.format(plugin=plugin))
        done = subprocess.run([TERANGA, "train", "net.toml", "--run", "run"], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertRegex(done.stderr, r"guest_needs_newer\.so: was built for plugin border 1\.7 and needs at least 1\.7; this Teranga offers 1\.\d+")


if __name__ == "__main__":
    unittest.main(verbosity=2)
