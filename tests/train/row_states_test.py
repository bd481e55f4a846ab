# SPDX-License-Identifier: Apache-2.0
"""Stateful nets as whole jobs: killed in the middle of an epoch they go on with the same bits, on any number of ranks; threads change no bit; what
does not fit them is refused at its place."""
from job import *

STATEFUL = """schema = 1
[data]
type = "csv"
train = "walk.csv"
target = "next"
validation_split = 0.2
[[layer]]
type = "reshape"
target_shape = [4, 3]
[[layer]]
type = "bidirectional"
layer = { type = "lstm", units = 7, stateful = true, return_sequences = true, dropout = 0.2 }
[[layer]]
type = "gru"
name = "last"
units = 9
stateful = true
resets_each_epoch = true
[[layer]]
type = "dense"
units = 1
[loss]
type = "mean_squared_error"
[optimizer]
type = "adam"
learning_rate = 0.003
[training]
epochs = 8
batch_size = 6
shuffle = false
seed = 5
log_every_steps = 1
early_stopping = { monitor = "val_loss", patience = 7 }
[checkpoint]
every_steps = 7
every_epochs = 1
keep = 1000
"""
SAMPLES, TRAINING, STEPS = 210, 168, 28  # of the table, of the training part; steps of an epoch


def walk():
    """A table of numbers, each row near the one before it."""
    draw, at, lines = random.Random(2), 0.0, [",".join([f"x{i}" for i in range(12)] + ["next"])]
    for _ in range(SAMPLES):
        at = 0.9 * at + draw.gauss(0, 1)
        lines.append(",".join(f"{value:.6f}" for value in [*(at + draw.gauss(0, 0.3) for _ in range(12)), 0.9 * at]))
    return "\n".join(lines) + "\n"


class RowStates(Jobs):
    def setUp(self):
        super().setUp()
        self.table = self.folder / "walk.csv"
        self.table.write_text(walk())
        self.recipe.write_text(STATEFUL)

    def losses(self, run):
        return [line["loss"] for line in self.lines(run) if line["event"] == "step"]

    def outputs(self, run, table, *arguments):
        file = self.folder / "outputs.csv"
        self.teranga("predict", self.folder / run, "--input", table, "--output", file, *arguments)
        return [float(line) for line in file.read_text().splitlines()[1:]]

    def test_killed_on_one_rank(self):
        self.killed_and_resumed(1)

    def test_killed_on_two_ranks(self):
        self.killed_and_resumed(2)

    def test_from_any_checkpoint(self):
        self.resumed_from_any(4, lambda files: [file for file in files if int(file.stem[5:]) % STEPS and file.stem[5:] < "000000000190"])

    def test_epochs_that_are_parts_of_a_pass_go_on_like_one(self):
        self.recipe.write_text(STATEFUL.replace("resets_each_epoch = true", "resets_each_epoch = false"))
        self.train("whole", "--set", "training.epochs=2")
        self.train("parts", "--set", "training.epochs=6", "--set", "training.steps_per_epoch=10")  # 10, 10 and 8 of 28
        self.assertEqual(self.losses("whole"), self.losses("parts"))

    def test_threads_change_no_bit(self):
        for threads in (1, 2, 4):
            self.train(f"t{threads}", "--set", "training.slice=2", "--set", "training.epochs=3", threads=threads)
            self.assert_same_bits("t1", f"t{threads}")

    def test_ranks_agree_and_go_on_for_one_another(self):
        self.train("r1")
        for ranks in (2, 4, 8):  # of 8, two have no row of a batch
            self.train(f"r{ranks}", "--set", "training.epochs=3", ranks=ranks)
        for ranks in (2, 4, 8):
            for step, (a, b) in enumerate(zip(self.losses("r1"), self.losses(f"r{ranks}"))):
                self.assertLess(abs(a - b), 1e-3 * abs(a), f"{ranks} ranks, step {step + 1}")
            run = f"r1-{ranks}"  # one rank's checkpoint in the middle of an epoch
            (self.folder / run / "checkpoints").mkdir(parents=True)
            shutil.copy(self.folder / "r1/checkpoints/step-000000000042.h5", self.folder / run / "checkpoints")
            self.train(run, "--set", "training.epochs=3", ranks=ranks)
            for a, b in zip(self.losses("r1")[42:], self.losses(run)):
                self.assertLess(abs(a - b), 1e-3 * abs(a))
            back = f"{ranks}-r1"  # and the other way
            (self.folder / back / "checkpoints").mkdir(parents=True)
            shutil.copy(self.folder / f"r{ranks}/checkpoints/step-000000000042.h5", self.folder / back / "checkpoints")
            self.train(back, "--set", "training.epochs=3")
            for a, b in zip(self.losses("r1")[42:], self.losses(back)):
                self.assertLess(abs(a - b), 1e-3 * abs(a))

    def test_epochs_reset_only_what_says_so(self):
        for run, reset in (("never", "false"), ("each", "true")):
            self.recipe.write_text(STATEFUL.replace("resets_each_epoch = true", f"resets_each_epoch = {reset}"))
            self.train(run, "--set", "training.epochs=2")
        never, each = self.losses("never"), self.losses("each")
        self.assertEqual(never[:STEPS], each[:STEPS])
        self.assertNotEqual(never[STEPS], each[STEPS])

    def test_a_row_goes_on_where_it_stopped(self):
        self.train("kept", "--set", "training.epochs=1")
        self.recipe.write_text(STATEFUL.replace("stateful = true", "stateful = false"))
        self.train("plain", "--set", "training.epochs=1")
        self.assertEqual(self.losses("kept")[0], self.losses("plain")[0])
        self.assertNotEqual(self.losses("kept")[1], self.losses("plain")[1])

    def test_evaluation_and_prediction_begin_at_the_initial_states(self):
        self.train("net", "--set", "training.epochs=2")
        last = [line for line in self.lines("net") if line["event"] == "epoch"][-1]["val_loss"]
        for ranks in (1, 2, 4):
            found = json.loads(self.teranga("evaluate", self.folder / "net", "--data", "part=validation", "--json", ranks=ranks))
            self.assertLess(abs(found["loss"] - last), 1e-5 * last)
        whole = self.outputs("net", self.table)
        self.assertEqual(whole, self.outputs("net", self.table))
        # The last batch may be short; a batch of the table twice gives others the second time.
        text = self.table.read_text().splitlines()
        some, twice = self.folder / "some.csv", self.folder / "twice.csv"
        some.write_text("\n".join(text[:1 + 16]) + "\n")
        twice.write_text("\n".join(text[:7] + text[1:7]) + "\n")
        self.assertEqual(self.outputs("net", some), whole[:16])
        found = self.outputs("net", twice)
        self.assertEqual(found[:6], whole[:6])
        self.assertTrue(all(a != b for a, b in zip(found[6:], whole[:6])))
        # One sequence after the other: each row's samples by themselves are a batch of one.
        alone = self.folder / "alone.csv"
        alone.write_text("\n".join(text[:1] + text[3::6]) + "\n")
        for a, b in zip(self.outputs("net", alone, "--set", "training.batch_size=1"), whole[2::6]):
            self.assertLess(abs(a - b), 1e-5)

    def test_weights_have_no_states_of_rows(self):
        self.train("net", "--set", "training.epochs=1")
        self.assertRegex(self.teranga("checkpoint", "show", self.checkpoints("net")[-1]), r"row_states/last/state_h +f32 \(6, 9\)")
        self.teranga("checkpoint", "export", self.folder / "net", "--to", "keras", "--output", self.folder / "net.weights.h5")
        self.recipe.write_text(STATEFUL.replace("stateful = true", "stateful = false"))
        for number, weights in enumerate((self.checkpoints("net")[-1], self.folder / "net.weights.h5")):
            self.train(f"plain{number}", "--set", "training.epochs=1", "--init-weights", str(weights))

    def test_what_does_not_fit_is_refused_at_its_place(self):
        said = self.train("no", "--set", "training.shuffle=true", "--set", "training.batch_size=5", expect=2)
        self.assertRegex(said, r'--set training.shuffle=true: error: the layer "bidirectional/forward_layer" is stateful.*expected shuffle = false, found true')
        self.assertRegex(said, r"--set training.batch_size=5: error: .*expected a multiple of 5 samples in the training part, so that no batch is short, found 168")
        self.assertIn("batch_size = 3 fills the batches of all parts\n", said)
        self.assertIn("in the validation part, so that no batch is short, found 42", said)
        self.recipe.write_text(STATEFUL.replace("shuffle = false\n", ""))
        said = self.teranga("check", self.recipe, expect=2)
        self.assertRegex(said, r"net.toml:27:1: error: .*expected shuffle = false")
        self.recipe.write_text(STATEFUL)
        self.assertIn("batch_size = 3 fills", self.train("no", "--set", "training.batch_size=5", "--set", "training.steps_per_epoch=33", expect=2))  # epochs go on to the short batch
        alone = ("--set", "data.validation_split=0.0", "--set", "training.early_stopping.monitor=loss", "--set", "training.epochs=1")
        self.assertIn("limit = 208 in [data] leaves out the last 2 training samples", self.train("no", "--set", "training.batch_size=4", *alone, expect=2))
        self.train("left", "--set", "training.batch_size=4", "--set", "data.limit=208", *alone)
        self.assertIn("found 42", self.teranga("evaluate", self.folder / "left", "--set", "data.validation_split=0.2", "--set", "data.limit=210", "--data", "part=validation", expect=2))

    def test_another_batch_size_does_not_go_on(self):
        self.train("net", "--set", "training.epochs=1")
        said = self.train("net", "--set", "training.batch_size=3", expect=2)
        self.assertIn('the state "last/state_h" of the batch\'s rows: expected (3, 9), found (6, 9)', said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
