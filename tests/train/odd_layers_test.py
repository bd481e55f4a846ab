# SPDX-License-Identifier: Apache-2.0
"""Layers of guests, as whole jobs, that do what no built-in layer does: random numbers in every mode, a shared and a row state at once, a rule that is no gradient. They
go on with the same bits from any checkpoint, and ranks agree."""
from job import *
from row_states_test import walk

GUEST = str(BUILD / "lib/teranga/test_plugins/guest_odd.so")
HEAD = f"""schema = 1
plugins = ["{GUEST}"]
[data]
type = "csv"
"""
TAIL = """[training]
epochs = 4
batch_size = 6
shuffle = false
seed = 5
log_every_steps = 1
[checkpoint]
every_steps = 5
keep = 1000
"""
STATES = HEAD + """train = "walk.csv"
target = "next"
validation_split = 0.2
[[layer]]
type = "dense"
units = 5
activation = "tanh"
[[layer]]
type = "guest.two_states"
name = "two"
[[layer]]
type = "guest.always_noisy"
stddev = 0.1
[[layer]]
type = "dense"
units = 1
[loss]
type = "mean_squared_error"
[optimizer]
type = "adam"
learning_rate = 0.01
""" + TAIL
MACHINE = HEAD + """train = "bits.csv"
[[layer]]
type = "guest.rbm"
units = 4
persistent = true
[loss]
type = "wasserstein"
target = 1
[optimizer]
type = "sgd"
learning_rate = 0.2
""" + TAIL


class OddLayers(Jobs):
    def setUp(self):
        super().setUp()
        self.table = self.folder / "walk.csv"
        self.table.write_text(walk())
        draw = random.Random(3)
        rows = [draw.choice(("0,0,0,1,1,1", "1,1,1,0,0,0", "1,0,1,0,1,0")) for _ in range(120)]
        (self.folder / "bits.csv").write_text("\n".join(["a,b,c,d,e,f", *rows]) + "\n")
        self.recipe.write_text(STATES)

    def losses(self, run):
        return [line["loss"] for line in self.lines(run) if line["event"] == "step"]

    def test_states_go_on_from_any_checkpoint(self):
        self.resumed_from_any(3)

    def test_states_go_on_from_any_checkpoint_on_two_ranks(self):
        self.resumed_from_any(2, ranks=2)

    def test_a_chain_of_samples_goes_on_from_any_checkpoint(self):
        self.recipe.write_text(MACHINE)
        self.resumed_from_any(2, ranks=2)

    def test_threads_change_no_bit_and_ranks_agree(self):
        for recipe in (STATES, MACHINE):
            self.recipe.write_text(recipe)
            for run, options in (("one", {}), ("threads", {"threads": 4}), ("ranks", {"ranks": 2})):
                self.train(run, "--fresh", "--set", "training.slice=2", "--set", "training.reproducible=true", **options)
                self.assert_same_bits("one", run)
            self.train("plain", "--fresh")
            self.train("two", "--fresh", ranks=2)
            for a, b in zip(self.losses("plain")[:20], self.losses("two")):
                self.assertLess(abs(a - b), 1e-3 * abs(a) + 1e-4)

    def test_draws_of_an_evaluation_and_of_a_prediction_come_again(self):
        self.train("net", "--set", "training.epochs=2")
        line = [line for line in self.lines("net") if line["event"] == "epoch"][-1]
        for ranks in (1, 2):
            found = json.loads(self.teranga("evaluate", self.folder / "net", "--data", "part=validation", "--json", "--trust", ranks=ranks))
            self.assertLess(abs(found["loss"] - line["val_loss"]), 1e-4 * line["val_loss"])
        outputs = []
        for checkpoint in (self.folder / "net", self.folder / "net", self.checkpoints("net")[-2]):
            file = self.folder / "outputs.csv"
            self.teranga("predict", checkpoint, "--input", self.table, "--output", file, "--trust")
            outputs.append(file.read_text())
        self.assertEqual(outputs[0], outputs[1])
        self.assertNotEqual(outputs[0], outputs[2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
