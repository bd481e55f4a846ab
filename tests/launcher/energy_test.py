# SPDX-License-Identifier: Apache-2.0
"""Restricted Boltzmann machines as users meet them: likelihoods, outputs of a layer, dreams, and machines that go on from any checkpoint on any number of ranks."""
import itertools
import json
import math
import struct
import unittest

from program import ProgramTest, npy

DATA = """schema = 1
[data]
type = "random"
shape = [3, 2]
values = "uniform"
samples = 40
test_samples = 10
"""
MACHINE = DATA + """[[layer]]
type = "restricted_boltzmann_machine"
name = "rbm"
units = 4
[loss]
type = "contrastive_divergence"
output = "rbm.contrast"
[optimizer]
type = "sgd"
learning_rate = 0.5
[training]
epochs = 3
batch_size = 10
shuffle = false
seed = 2
"""
BELIEF = DATA + """[[layer]]
network = "first"
type = "restricted_boltzmann_machine"
name = "rbm_1"
units = 4
[[layer]]
network = "second"
type = "input"
name = "features"
from = "call"
shape = [4]
[[layer]]
network = "second"
type = "restricted_boltzmann_machine"
name = "rbm_2"
units = 5
[[layer]]
network = "dreams"
type = "input"
from = "normal"
shape = [4]
[[layer]]
network = "dreams"
type = "restricted_boltzmann_machine"
name = "sampling"
weights_of = "rbm_2"
units = 5
steps = 3
[[layer]]
network = "dreams"
type = "hidden_to_visible"
weights_of = "rbm_1"
input = "sampling.reconstruction"
shape = [3, 2, 1]
[[phase]]
name = "first"
train = "first"
to_epoch = 1
[[phase.loss]]
type = "contrastive_divergence"
output = "first/rbm_1.contrast"
[[phase]]
name = "second"
train = "second"
from_epoch = 2
[[phase.call]]
network = "first"
[[phase.call]]
network = "second"
input = "first"
[[phase.loss]]
type = "contrastive_divergence"
output = "second/rbm_2.contrast"
[optimizer]
type = "sgd"
[training]
epochs = 2
batch_size = 10
"""


class Energy(ProgramTest):
    def train(self, text, *words, run="run", **more):
        (self.place / "net.toml").write_text(text)
        self.good("train", "net.toml", "--run", run, "--fresh", "--progress", "none", *words, **more)

    def write(self, text):
        (self.place / "other.toml").write_text(text)
        return "other.toml"

    def losses(self, run):
        lines = map(json.loads, (self.place / run / "metrics.jsonl").read_text().splitlines())
        return [line["loss"] for line in lines if line["event"] == "epoch"]

    def numbers(self, name):
        """Of an .npy file of float32."""
        content = (self.place / name).read_bytes()
        begin = 10 + struct.unpack("<H", content[8:10])[0]
        return struct.unpack(f"<{(len(content) - begin) // 4}f", content[begin:])

    def energies(self, patterns):
        """F of each, as predict tells it."""
        (self.place / "patterns.npy").write_bytes(npy((len(patterns), 3, 2), "f", [x for pattern in patterns for x in pattern]))
        self.good("predict", "run", "--layer", "rbm.free_energy", "--input", "patterns.npy", "--output", "energies.npy")
        return self.numbers("energies.npy")

    def test_the_likelihood_is_that_of_all_patterns(self):
        self.train(MACHINE)
        found = json.loads(self.good("evaluate", "run", "--log-likelihood", "rbm", "--json"))
        log_z = math.log(sum(math.exp(-energy) for energy in self.energies(list(itertools.product((0, 1), repeat=6)))))
        self.assertAlmostEqual(found["log_z"], log_z, delta=1e-4)
        self.assertEqual((found["log_z_low"], found["log_z_high"]), (found["log_z"], found["log_z"]))
        for ranks in (1, 2, 3):
            again = json.loads(self.good("evaluate", "run", "--log-likelihood", "rbm", "--json", ranks=ranks))
            self.assertEqual(again["samples"], 10)
            self.assertAlmostEqual(again["log_likelihood"], found["log_likelihood"], delta=1e-5)
        part = json.loads(self.good("evaluate", "run", "--log-likelihood", "rbm", "--data", "part=train", "--json"))
        self.assertNotAlmostEqual(part["log_likelihood"], found["log_likelihood"], delta=1e-5)

    def test_chains_estimate_a_machine_of_many_units_on_any_number_of_ranks(self):
        self.train(MACHINE.replace("units = 4", "units = 30").replace("shape = [3, 2]", "shape = [6, 5]"))
        words = ("evaluate", "run", "--log-likelihood", "rbm", "--json", "--chains", "23", "--temperatures", "300")
        alone = json.loads(self.good(*words, "--threads", "1"))
        self.assertLess(alone["log_z_low"], alone["log_z"])
        self.assertLess(alone["log_z"], alone["log_z_high"])
        self.assertEqual(json.loads(self.good(*words, "--threads", "3"))["log_z"], alone["log_z"])
        self.assertAlmostEqual(json.loads(self.good(*words, ranks=2))["log_z"], alone["log_z"], delta=1e-3)
        other = json.loads(self.good(*words, "--seed", "1"))
        self.assertNotEqual(other["log_z"], alone["log_z"])
        self.assertAlmostEqual(other["log_z"], alone["log_z"], delta=0.5)
        self.assertIn("log_likelihood", self.good(*words[:-5]))

    def test_each_output_of_a_layer_can_be_asked_for(self):
        self.train(MACHINE)
        (self.place / "x.npy").write_bytes(npy((2, 3, 2), "f", [0, 1] * 6))
        for output, shape in (("rbm", "(2, 4)"), ("rbm.output", "(2, 4)"), ("rbm.contrast", "(2, 1)"), ("rbm.reconstruction", "(2, 3, 2)")):
            self.assertIn(shape, self.good("predict", "run", "--layer", output, "--input", "x.npy", "--output", "y.npy"))
        self.assertIn("its outputs are: output, contrast, free_energy, reconstruction", self.bad(2, "predict", "run", "--layer", "rbm.hidden", "--input", "x.npy", "--output", "y.npy"))

    def test_dreams_depend_on_the_seed_and_the_number_of_steps(self):
        self.train(MACHINE)
        sheets = []
        for words in ((), (), ("--seed", "4"), ("--set", "layer.rbm.steps=7")):
            self.assertIn("5 pictures of 3 x 2", self.good("generate", "run", "--layer", "rbm.reconstruction", "--output", "dreams.npy", "--count", 5, *words))
            sheets.append(self.numbers("dreams.npy"))
        self.assertEqual(sheets[0], sheets[1])
        self.assertEqual(len(set(sheets)), 3)

    def test_a_network_of_borrowed_weights_dreams_without_a_phase_of_its_own(self):
        self.train(BELIEF)
        self.assertIn("7 pictures of 3 x 2", self.good("generate", "run", "--output", "dreams.npy", "--count", 7))
        self.assertTrue(all(0 <= x <= 1 for x in self.numbers("dreams.npy")))
        self.assertIn("no phase calls the network \"dreams\"", self.bad(2, "check", self.write(BELIEF.replace('weights_of = "rbm_2"\n', "").replace('weights_of = "rbm_1"\n', ""))))

    def test_persistent_chains_need_full_batches_in_order(self):
        persistent = MACHINE.replace("units = 4", "units = 4\npersistent = true")
        self.train(persistent)
        self.assertIn("shuffle = false", self.bad(2, "check", self.write(persistent.replace("shuffle = false", "shuffle = true"))))
        self.assertIn("batch_size = 5 fills", self.bad(2, "check", self.write(persistent.replace("batch_size = 10", "batch_size = 7"))))

    def test_persistent_chains_go_on_from_a_checkpoint_and_on_two_ranks_alike(self):
        text = MACHINE.replace("units = 4", "units = 4\npersistent = true\nsparsity_cost = 0.1")
        words = ("--set", "training.slice=5", "--set", "training.reproducible=true")
        self.train(text, *words, run="whole")
        self.train(text, *words, run="ranks", ranks=2)
        self.train(text, *words, "--set", "training.epochs=1", run="parts")
        self.good("train", "net.toml", "--run", "parts", "--progress", "none", *words)
        self.assertEqual(len(self.losses("whole")), 3)
        self.assertEqual(self.losses("ranks"), self.losses("whole"))
        self.assertEqual(self.losses("parts"), self.losses("whole"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
