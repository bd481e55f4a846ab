# SPDX-License-Identifier: Apache-2.0
"""Updates of several batches: they are those of batches so many times as large, go on with the same bits after a stop, and are told at their end."""
from job import *
from group_test import LOOKUP
from phases_test import ADVERSARIAL

PLAIN = """schema = 1
[data]
type = "digits"
limit = 320
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 24
activation = "tanh"
kernel_regularizer = { l2 = 0.001 }
""" + TEN_CLASSES + """[optimizer]
type = "adam"
learning_rate = { type = "exponential_decay", initial_learning_rate = 0.01, decay_steps = 3, decay_rate = 0.5 }
warmup_steps = 5
[training]
epochs = 2
batch_size = 32
seed = 3
metrics = ["accuracy"]
log_every_steps = 1
"""
IN_FOURS = ("--set", "training.batch_size=8", "--set", "training.accumulate=4")


class Accumulate(Jobs):
    def lines_of(self, run, event):
        return [line for line in self.lines(run) if line["event"] == event]

    def assert_close(self, one, other, ignored=("step", "event")):
        self.assertEqual(len(one), len(other))
        for a, b in zip(one, other):
            self.assertEqual(a.keys(), b.keys())
            for name in a.keys() - set(ignored):
                self.assertAlmostEqual(a[name], b[name], delta=2e-5 * abs(a[name]) + 1e-7, msg=f"{name} of {a} and {b}")

    def assert_like_large_batches(self, recipe, large, small, each, ranks=(1, 2)):
        self.recipe.write_text(recipe)
        self.train("large", *large)
        for number in ranks:
            run = f"small{number}"
            self.train(run, *small, ranks=number)
            for event in ("step", "epoch", "test"):
                a, b = self.lines_of("large", event), self.lines_of(run, event)
                self.assert_close(a, b)
                self.assertEqual([line["step"] * each for line in a], [line["step"] for line in b])

    def test_an_update_is_that_of_a_batch_so_many_times_as_large(self):
        self.assert_like_large_batches(PLAIN, (), IN_FOURS, 4)

    def rates(self, *arguments, ranks=1):
        run = f"rates{len(self.started)}"
        self.train(run, "--set", "training.early_stopping.patience=99", *(word for setting in arguments for word in ("--set", setting)), ranks=ranks)
        return [line["learning_rate"] for line in self.lines_of(run, "step")]

    def test_rates_that_are_meant_for_another_batch(self):
        self.recipe.write_text(NET.replace("epochs = 6", "epochs = 10"))
        plain = ("optimizer.learning_rate=0.002", "training.log_every_steps=1")
        own = self.rates(*plain)
        self.assertEqual(own, [0.002] * len(own))
        for ranks, accumulate, base, factor in ((1, 1, 10, 5), (2, 2, 20, 5)):
            found = self.rates(*plain, f"training.accumulate={accumulate}", f"training.base_batch_size={base}", ranks=ranks)
            warm = 5 * -(-STEPS_PER_EPOCH // accumulate)  # updates of the first five epochs
            self.assertEqual(len(found), 10 * -(-STEPS_PER_EPOCH // accumulate))
            for update, rate in enumerate(found):
                self.assertAlmostEqual(rate, 0.002 * (1 + (factor - 1) * min(update / warm, 1)), delta=1e-9)
        for update, rate in enumerate(self.rates(*plain, "training.base_batch_size=25", "optimizer.warmup_steps=4")):
            self.assertAlmostEqual(rate, 0.004 * min(update / 4, 1), delta=1e-9)
        smaller = self.rates(*plain, "training.base_batch_size=100")
        self.assertEqual(smaller, [0.001] * len(smaller))
        scheduled = self.rates("training.log_every_steps=1", "training.base_batch_size=25", "optimizer.warmup_steps=1")  # the schedule of the recipe
        for update, rate in enumerate(scheduled[1:], 1):
            self.assertAlmostEqual(rate, 2 * 0.003 * 0.9 ** (update / 40), delta=1e-8)

    def test_touched_rows_are_those_of_all_batches(self):
        words = [f"word{i}" for i in range(60)]
        chosen = random.Random(4)
        lines = ["label,text"] + [f"{'good' if i % 3 else 'bad'},{' '.join(chosen.choices(words, k=chosen.randint(1, 9)))}" for i in range(48)]
        (self.folder / "texts.csv").write_text("\n".join(lines) + "\n")
        self.assert_like_large_batches(LOOKUP, ("--set", "training.batch_size=24"), ("--set", "training.accumulate=3"), 3)
        # Multiplying by 1 - 1e-30 changes nothing, but makes the optimizer visit every row; four batches do not divide the six of an epoch.
        rest = ("--set", "training.accumulate=4")
        self.train("rows", *rest)
        self.train("whole", *rest, "--set", "optimizer.weight_decay=1e-30")
        self.assertEqual(self.lines("rows"), self.lines("whole"))

    def test_an_epoch_ends_with_an_update_of_the_batches_that_are_left(self):
        self.recipe.write_text(PLAIN)
        self.train("run", "--set", "training.batch_size=50", "--set", "training.accumulate=3")  # 7 batches, of which the last has 20 samples
        self.assertEqual([line["step"] for line in self.lines_of("run", "step")], [3, 6, 7, 10, 13, 14])
        self.train("alone", "--set", "training.batch_size=50", "--set", "training.accumulate=100", "--set", "training.epochs=1")
        self.train("whole", "--set", "training.batch_size=50", "--set", "training.accumulate=7", "--set", "training.epochs=1")
        self.assertEqual(self.lines("alone"), self.lines("whole"))

    def test_one_batch_an_update_is_what_it_was(self):
        self.train("plain", "--set", "training.epochs=1")
        self.train("one", "--set", "training.epochs=1", "--set", "training.accumulate=1")
        self.assert_same_bits("plain", "one")

    def test_it_goes_on_with_the_same_bits(self):
        """Nothing is stored in the middle of an update: 26 batches of an epoch are eight updates of three and one of two."""
        self.recipe.write_text(NET.replace("batch_size = 50", "batch_size = 50\naccumulate = 3").replace("epochs = 6", "epochs = 2"))
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                self.resumed_from_any(3, ranks=ranks)
                stored = [int(file.stem[5:]) for file in self.checkpoints("calm")]
                self.assertEqual(stored, [0, 9, 15, 21, 26, 29, 35, 44, 50, 52])  # every 7 steps, each at the next update, and behind the epochs
                self.train("threads", threads=3, ranks=ranks)
                self.assert_same_bits("calm", "threads")
                for run in self.folder.iterdir():
                    if run.is_dir():
                        shutil.rmtree(run)

    def test_killed(self):
        self.recipe.write_text(NET.replace("batch_size = 50", "batch_size = 50\naccumulate = 3"))
        self.killed_and_resumed(2)

    def test_a_stop_waits_for_the_update(self):
        self.recipe.write_text(NET.replace("batch_size = 50", "batch_size = 50\naccumulate = 13").replace("patience = 5", "patience = 5000").replace("epochs = 6", "epochs = 5000").replace("keep = 1000", "keep = 2"))
        self.assertEqual(self.stopped_after("stopped", 26, ranks=2) % 13, 0)

    def test_phases_have_an_update_of_their_batches_each(self):
        few = ADVERSARIAL.replace("steps = 2\n", "").replace("epochs = 6", "epochs = 2")
        self.recipe.write_text(few.replace("batch_size = 50", "batch_size = 50\naccumulate = 3"))  # of which the generator takes every other batch: one or two of each three
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                self.resumed_from_any(3, ranks=ranks)
                for run in self.folder.iterdir():
                    if run.is_dir() and run.name != "calm":
                        shutil.rmtree(run)
                steps = self.lines_of("calm", "step")
                self.assertEqual([line["step"] for line in steps], [3, 6, 9, 12, 15, 18, 21, 24, 26, 29, 32, 35, 38, 41, 44, 47, 50, 52])
                self.assertTrue(all("generator_loss" in line and "discriminator_loss" in line for line in steps))
                shutil.rmtree(self.folder / "calm")

    def test_ranks_meet_at_updates_alone(self):
        self.recipe.write_text(PLAIN)
        one = ("--set", "training.epochs=1", "--set", "checkpoint.every_seconds=0")
        several = self.messages("several", *one, "--set", "training.steps_per_epoch=8", "--set", "training.accumulate=4")
        self.assertEqual(several, self.messages("whole", *one, "--set", "training.steps_per_epoch=2"))
        self.assertGreater(self.messages("each", *one, "--set", "training.steps_per_epoch=8"), several)

    def test_divergence_is_told_with_the_batches_of_the_update(self):
        self.recipe.write_text(PLAIN)
        output = self.train("lost", *IN_FOURS, "--set", "optimizer={type=\"sgd\", learning_rate=1e30}", ranks=2, expect=3)
        self.assertRegex(output, r"the loss is (NaN|infinite) at steps (5 to 8|9 to 12) \(epoch 1\): the first layer with such an output is \"dense")

    def test_phases_of_several_updates_of_a_batch_are_refused(self):
        self.recipe.write_text(ADVERSARIAL.replace("batch_size = 50", "batch_size = 50\naccumulate = 2"))
        output = self.train("wrong", expect=2)
        self.assertIn('net.toml:87:14', output)
        self.assertIn('the phase "discriminator" makes 2 updates of one batch', output)


if __name__ == "__main__":
    unittest.main(verbosity=2)
