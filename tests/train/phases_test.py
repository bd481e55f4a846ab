# SPDX-License-Identifier: Apache-2.0
"""Several networks trained in turn, as whole jobs: killed in the middle they go on with the same bits, threads change no bit, ranks agree; logs and
checkpoints say which phase a number is of."""
from job import *

ADVERSARIAL = """schema = 1
[data]
type = "digits"
validation_split = 0.1
[[layer]]
network = "generator"
type = "input"
from = "normal"
shape = [8]
[[layer]]
network = "generator"
type = "dense"
units = 24
activation = "tanh"
[[layer]]
network = "generator"
type = "batch_normalization"
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
type = "flatten"
[[layer]]
network = "discriminator"
type = "dropout"
rate = 0.3
[[layer]]
network = "discriminator"
type = "dense"
units = 20
activation = "leaky_relu"
[[layer]]
network = "discriminator"
type = "dense"
units = 1
activation = "sigmoid"
[[phase]]
name = "discriminator"
train = "discriminator"
steps = 2
metrics = [{ type = "binary_accuracy", output = "of_real" }]
[[phase.call]]
network = "generator"
[[phase.call]]
network = "discriminator"
name = "of_fake"
input = "generator"
[[phase.call]]
network = "discriminator"
name = "of_real"
[[phase.loss]]
type = "binary_crossentropy"
output = "of_fake"
target = 0
[[phase.loss]]
type = "binary_crossentropy"
output = "of_real"
target = 1
[phase.optimizer]
type = "nadam"
learning_rate = { type = "exponential_decay", initial_learning_rate = 0.003, decay_steps = 40, decay_rate = 0.9 }
[[phase]]
name = "generator"
train = "generator"
every = 2
[[phase.call]]
network = "generator"
[[phase.call]]
network = "discriminator"
input = "generator"
[[phase.loss]]
type = "binary_crossentropy"
target = 1
[phase.optimizer]
type = "adam"
beta_1 = 0.5
[training]
epochs = 6
batch_size = 50
seed = 5
log_every_steps = 1
early_stopping = { monitor = "val_discriminator_loss", patience = 5, restore_best_weights = true }
[checkpoint]
every_steps = 7
every_epochs = 1
keep = 1000
"""


class Phases(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(ADVERSARIAL)

    def test_killed_on_one_rank(self):
        self.killed_and_resumed(1)

    def test_killed_on_two_ranks(self):
        self.killed_and_resumed(2)

    def test_from_any_checkpoint(self):
        self.resumed_from_any(3)

    def test_threads_change_no_bit(self):
        self.train("one", threads=1)
        for threads in (2, 4):
            self.train(f"t{threads}", threads=threads)
            self.assert_same_bits("one", f"t{threads}")

    def test_ranks_agree(self):
        # Batch statistics are each rank's own, so the net is one without.
        self.recipe.write_text(ADVERSARIAL.replace('[[layer]]\nnetwork = "generator"\ntype = "batch_normalization"\n', ""))
        steps = {}
        for ranks in (1, 2, 4):
            self.train(f"r{ranks}", "--set", "training.epochs=2", ranks=ranks)
            steps[ranks] = [line for line in self.lines(f"r{ranks}") if line["event"] == "step"]
            self.assertEqual(len(steps[ranks]), 2 * STEPS_PER_EPOCH)
        for ranks in (2, 4):
            for alone, shared in zip(steps[1], steps[ranks]):
                self.assertEqual(alone.keys(), shared.keys())
                for name in alone:
                    if name.endswith("_loss"):
                        self.assertLess(abs(alone[name] - shared[name]), 1e-3 * abs(alone[name]), f"{ranks} ranks, {name} of step {alone['step']}")

    def test_more_ranks_than_samples_of_a_batch(self):
        self.train("few", "--set", "training.batch_size=3", "--set", "training.epochs=1", "--set", "data.limit=20", "--set", "training.early_stopping.patience=1", ranks=4)

    def test_numbers_are_called_by_their_phase(self):
        self.train("short", "--set", "training.epochs=2")
        steps = [line for line in self.lines("short") if line["event"] == "step"]
        for line in steps:
            self.assertEqual("generator_loss" in line, line["step"] % 2 == 0)
            self.assertIn("discriminator_loss", line)
        epoch = next(line for line in self.lines("short") if line["event"] == "epoch")
        for name in ("discriminator_loss", "discriminator_binary_accuracy", "generator_loss", "val_discriminator_loss", "val_generator_loss", "discriminator_learning_rate"):
            self.assertIn(name, epoch)
            self.assertIn(name, (self.folder / "short/metrics.csv").read_text().splitlines()[0].split(","))
        shown = subprocess.run([TERANGA, "checkpoint", "show", str(self.checkpoints("short")[-1])], capture_output=True, text=True, timeout=60).stdout
        for name in ("discriminator/updates", "generator/updates", "discriminator/dense_2/kernel/"):
            self.assertIn(name, shown)

    def test_a_phase_in_which_the_net_diverges_is_named(self):
        output = self.train("lost", "--set", "phase.generator.loss[0].weight=1e38", "--set", "phase.generator.optimizer.learning_rate=1e30", expect=3)
        self.assertRegex(output, r'phase "\w+"')
        self.assertIn("--set phase.", output)

    def test_a_step_of_many_updates_is_stopped_within_and_goes_on_with_the_same_bits(self):
        many = ("--set", "phase.discriminator.steps=3", "--set", "phase.generator.every=1", "--set", "phase.generator.steps=2", "--set", "training.steps_per_epoch=2", "--set", "training.epochs=1")
        for ranks in (1, 2):
            self.train(f"calm{ranks}", *many, ranks=ranks)
            run, said = f"stopped{ranks}", []
            while len(said) < 20:  # each with time for an update or a few
                code, output = self.finish(self.start(self.command(run, *many, "--max-time", "0.001", ranks=ranks)))
                said.append(output)
                if code == 0:
                    break
                self.assertEqual(code, 75, output)
            self.assertEqual(code, 0, output)
            self.assertGreater(sum("stopped between two updates of step" in output for output in said), 3, said)
            self.assert_same_bits(f"calm{ranks}", run)

    def test_a_step_that_never_ends_is_ended_by_signals_and_time(self):
        endless = ("--set", "phase.discriminator.steps=1000000000000")
        self.assertIn("stopped between two updates of step 1 ", self.train("limited", *endless, "--max-time", "3", expect=75))
        job = self.start(self.command("terminated", *endless))
        self.wait_for_step(job, "terminated", 0)
        while not (self.folder / "terminated/resumable").exists() and job.poll() is None:  # made just before the first step
            time.sleep(0.01)
        time.sleep(2)
        job.send_signal(signal.SIGTERM)
        code, output = self.finish(job)
        self.assertEqual(code, 75, output)
        for output in (output, self.train("terminated", *endless, "--max-time", "1", expect=75)):
            self.assertIn("stopped between two updates of step 1 ", output)
        shown = subprocess.run([TERANGA, "checkpoint", "show", str(self.checkpoints("terminated")[-1])], capture_output=True, text=True, timeout=60).stdout
        self.assertIn("turn", shown)

    def test_a_phase_has_its_epochs(self):
        self.train("early", "--set", "phase.generator.to_epoch=1", "--set", "training.epochs=2")
        losses = {line["epoch"]: "generator_loss" in line for line in self.lines("early") if line["event"] == "epoch"}
        self.assertEqual(losses, {1: True, 2: False})

    def test_who_watches_a_number_waits_for_the_phase_that_has_it(self):
        watched = 'training.early_stopping={ monitor = "generator_loss", patience = 1 }'
        plateau = 'phase.discriminator.optimizer.learning_rate={ type = "reduce_on_plateau", monitor = "generator_loss", initial_learning_rate = 0.003, patience = 1, min_delta = 100.0 }'
        self.train("late", "--set", "phase.generator.from_epoch=3", "--set", watched, "--set", plateau, "--set", "training.epochs=5")
        epochs = [line for line in self.lines("late") if line["event"] == "epoch"]
        self.assertEqual(["generator_loss" in line for line in epochs], [False, False] + [True] * (len(epochs) - 2))
        self.assertGreater(len(epochs), 3)
        self.assertEqual([line["discriminator_learning_rate"] for line in epochs[:4]], [0.003] * 4)  # it is reduced for the epoch behind the first without an improvement

    def test_evaluation_draws_the_noise_that_the_training_drew(self):
        self.train("noisy", "--set", "training.epochs=2")
        judged = next(line for line in self.lines("noisy") if line["event"] == "test")
        found = json.loads(subprocess.run([TERANGA, "evaluate", str(self.folder / "noisy"), "--json", "--threads", "2"], capture_output=True, text=True, timeout=60).stdout)
        for name in ("discriminator_loss", "discriminator_binary_accuracy", "generator_loss"):
            self.assertEqual(found[name], judged["test_" + name], name)

    def test_what_does_not_fit_phases_is_refused(self):
        for wrong, found in ((ADVERSARIAL.replace('type = "dense"\nunits = 24', 'type = "dense"\nunits = 24\ntrainable = false').replace('units = 64\n', 'units = 64\ntrainable = false\n').replace('type = "batch_normalization"\n', 'type = "batch_normalization"\ntrainable = false\n'), "trains nothing"),
                             (ADVERSARIAL.replace('from = "normal"\nshape = [8]', 'from = "normal"'), "needs a shape"),
                             ('[data]\ntype = "digits"\n[[layer]]\ntype = "input"\nfrom = "call"\nshape = [4]\n[[layer]]\ntype = "dense"\nunits = 10\n[loss]\ntype = "sparse_categorical_crossentropy"\n[optimizer]\ntype = "sgd"\n',
                              "a recipe without phases has no calls"),
                             (ADVERSARIAL.replace('from = "normal"', 'from = "call"'), "gives nothing to"),
                             (ADVERSARIAL.replace('units = 64', 'units = 63'), "reshape"),
                             ('input = "generator/dense"\n'.join(ADVERSARIAL.rsplit('input = "generator"\n', 1)), "is (64, 20) where its network runs by itself, and (24, 20) for the input (24,) that it gets here"),
                             (ADVERSARIAL.replace('"val_discriminator_loss"', '"val_loss"'), "val_discriminator_loss"),
                             (ADVERSARIAL.replace("[training]", "[training]\nclass_weight = { 3 = 2.0 }"), "needs a target that is a class"),
                             (ADVERSARIAL.replace('type = "dense"\nunits = 24\nactivation = "tanh"', 'type = "reshape"\ntarget_shape = [2, 4]\n[[layer]]\nnetwork = "generator"\ntype = "gru"\nunits = 24\nstateful = true'), "stateful")):
            self.recipe.write_text(wrong)
            self.assertIn(found, self.train("wrong", expect=2))


class ForgedPhases(Jobs):
    def test_a_forged_count_of_updates_is_left_aside(self):
        self.recipe.write_text(ADVERSARIAL)
        self.train("run", "--set", "training.epochs=1")
        self.rewrite("run", "--empty", "generator/updates")
        self.train("run", "--set", "training.epochs=2")


if __name__ == "__main__":
    unittest.main(verbosity=2)
