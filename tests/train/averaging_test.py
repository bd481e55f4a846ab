# SPDX-License-Identifier: Apache-2.0
"""Rounds of updates that each rank makes alone: they are those of a computation by hand, go on with the same bits, and are as they were where a round is one update."""
import struct

from job import *
from group_test import LOOKUP
from phases_test import ADVERSARIAL

LINE = """schema = 1
[data]
type = "csv"
train = "line.csv"
target = "y"
[[layer]]
type = "dense"
units = 1
kernel_initializer = "zeros"
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
learning_rate = 0.1
[training]
epochs = 3
batch_size = 8
shuffle = false
log_every_steps = 1
[training.averaging]
every = 3
"""
DILOCO = "outer = { type = \"sgd\", learning_rate = 0.7, momentum = 0.9, nesterov = true }\n"
OVERLAP = "overlap = true\n"
SAMPLES = 53  # batches of 8, of which the last one has 5
NET_IN_ROUNDS = NET.replace("[checkpoint]", "averaging = { every = 4 }\n[checkpoint]").replace("epochs = 6", "epochs = 2")  # 26 steps: six rounds of 4, and one of 2


def bf16(x):
    """Rounded to bfloat16, by the arithmetic of whole numbers."""
    bits = struct.unpack("<I", struct.pack("<f", x))[0]
    return struct.unpack("<f", struct.pack("<I", (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000))[0]


class Descent:
    """Descent of a line with two inputs, by the mean squared error."""

    def __init__(self, weights, rate, momentum=0.0):
        self.w, self.rate, self.momentum, self.v = list(weights), rate, momentum, [0.0] * 3

    @staticmethod
    def error(w, sample):
        return w[0] * sample[0] + w[1] * sample[1] + w[2] - sample[2]

    def learn(self, shares, sent=float):
        """By the gradients of these shares of a batch, which are sent and added up. The loss before the update."""
        errors = [self.error(self.w, sample) for samples in shares for sample in samples]
        gradient = [sum(sent(2 * sum(self.error(self.w, sample) * (sample[0], sample[1], 1.0)[i] for sample in samples) / len(errors)) for samples in shares) for i in range(3)]
        gradient = [sent(g) for g in gradient]
        for i in range(3):
            self.v[i] = self.momentum * self.v[i] - self.rate * gradient[i]
            self.w[i] += self.v[i]
        return sum(e * e for e in errors) / len(errors)


class Common:
    """The weights that all ranks have in common. They take mean changes, by an outer optimizer or as they are."""

    def __init__(self, outer):
        self.w, self.v, self.outer = [0.0] * 3, [0.0] * 3, outer

    def take(self, change):
        for i in range(3):
            self.v[i] = 0.9 * self.v[i] + 0.7 * change[i]
            self.w[i] += 0.9 * self.v[i] + 0.7 * change[i] if self.outer else change[i]


def by_hand(samples, ranks, every, epochs, batch, momentum=0.0, outer=False, after=0, sent=float, overlap=False, until=None):
    """The weights at the end, and step and loss of each round. What is sent becomes sent(number). `until`: ranks come together at the end of this step, which ends a round, and end there."""
    local = [Descent([0.0] * 3, 0.1, momentum) for _ in range(ranks)]
    common, told, step = Common(outer), [], 0
    begun, travelling = [[0.0] * 3] * ranks, None  # the weights of each rank at the begin of a round; the mean change of the round before
    for epoch in range(epochs):
        batches = [samples[at:at + batch] for at in range(0, len(samples), batch)]
        losses, seen = 0.0, [0] * ranks
        for number, rows in enumerate(batches):
            step += 1
            shares, begin = [], 0
            for rank in range(ranks):
                shares.append(rows[begin:begin + len(rows) // ranks + (rank < len(rows) % ranks)])
                begin += len(shares[-1])
            if epoch < after:
                told.append((step, local[0].learn(shares, sent)))  # all ranks are one
                for one in local[1:]:
                    one.learn(shares, sent)
                common.w = list(local[0].w)
                continue
            for rank, (one, own) in enumerate(zip(local, shares)):
                if own:
                    losses += one.learn([own]) * len(own)
                seen[rank] += len(own)
            if (number + 1) % every and number + 1 < len(batches):
                continue
            if travelling:
                common.take(travelling)
                for one, begin_of in zip(local, begun):
                    one.w = [new + mine - old for new, mine, old in zip(common.w, one.w, begin_of)]
                travelling = None
            change = [sent(sum(sent(n / sum(seen) * (one.w[i] - common.w[i])) for n, one in zip(seen, local))) for i in range(3)]
            if overlap and number + 1 < len(batches) and step != until:
                travelling, begun = change, [list(one.w) for one in local]
            else:
                common.take(change)
                for one in local:
                    one.w = list(common.w)
            told.append((step, losses / sum(seen)))
            losses, seen = 0.0, [0] * ranks
            if step == until:
                return common.w, told
    return common.w, told


class Averaging(Jobs):
    def setUp(self):
        super().setUp()
        draw = random.Random(7)
        self.samples = []
        for _ in range(SAMPLES):
            a, b = round(draw.uniform(-1, 1), 3), round(draw.uniform(-1, 1), 3)
            self.samples.append((a, b, round(0.7 * a - 0.4 * b + 0.2 + draw.gauss(0, 0.3), 3)))
        (self.folder / "line.csv").write_text("a,b,y\n" + "".join(f"{a},{b},{y}\n" for a, b, y in self.samples))
        (self.folder / "corners.csv").write_text("a,b\n0,0\n1,0\n0,1\n")

    def weights(self, run):
        out = self.folder / "out.csv"
        self.teranga("predict", self.folder / run, "--input", self.folder / "corners.csv", "--output", out)
        bias, one, other = [float(line) for line in out.read_text().splitlines()[1:]]
        return [one - bias, other - bias, bias]

    def steps(self, run):
        return [(line["step"], line["loss"]) for line in self.lines(run) if line["event"] == "step"]

    def assert_by_hand(self, run, ranks, **how):
        weights, told = by_hand(self.samples, ranks, epochs=3, batch=8, **how)
        self.assertEqual([step for step, _ in told], [step for step, _ in self.steps(run)])
        for (_, expected), (step, found) in zip(told, self.steps(run)):
            self.assertAlmostEqual(expected, found, delta=1e-6, msg=f"step {step}")
        for expected, found in zip(weights, self.weights(run)):
            self.assertAlmostEqual(expected, found, delta=1e-6)

    def clear(self, *kept):
        for run in self.folder.iterdir():
            if run.is_dir() and run.name not in kept:
                shutil.rmtree(run)

    def test_local_descent_is_that_by_hand(self):
        for ranks in (2, 3):
            for momentum in (0.0, 0.9):
                with self.subTest(ranks=ranks, momentum=momentum):
                    self.recipe.write_text(LINE.replace("learning_rate = 0.1", f"learning_rate = 0.1\nmomentum = {momentum}"))
                    self.train("run", ranks=ranks)
                    self.assert_by_hand("run", ranks, every=3, momentum=momentum)
                    self.clear()

    def test_an_outer_optimizer_is_that_by_hand(self):
        self.recipe.write_text(LINE + DILOCO)
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                self.train(f"run{ranks}", ranks=ranks)
                self.assert_by_hand(f"run{ranks}", ranks, every=3, outer=True)

    def test_changes_that_travel_during_the_next_round_are_those_by_hand(self):
        for ranks, how, hand in ((2, "", {}), (3, "", {}), (2, "after_epoch = 1\n", {"after": 1}), (2, "wire = \"bf16\"\n", {"sent": bf16}), (1, DILOCO, {"outer": True}), (3, DILOCO, {"outer": True})):
            with self.subTest(ranks=ranks, how=how):
                self.recipe.write_text(LINE.replace("every = 3", "every = 2") + OVERLAP + how)
                self.train("run", ranks=ranks)
                self.assert_by_hand("run", ranks, every=2, overlap=True, **hand)
                self.clear()

    def test_changes_that_travel_are_in_checkpoints(self):
        """A run goes on with the same bits from any step, also where ranks have weights of their own."""
        rounds = NET_IN_ROUNDS.replace("every = 4", "every = 4, overlap = true")
        self.recipe.write_text(rounds)
        self.resumed_from_any(3, ranks=2)
        shown = subprocess.run([TERANGA, "checkpoint", "show", str(self.checkpoints("calm")[1])], capture_output=True, text=True, timeout=60).stdout
        self.assertIn("rank 0", shown)
        self.assertIn("averaging/share", shown)
        self.clear()
        self.recipe.write_text(rounds.replace("overlap = true", "overlap = true, outer = { type = \"adam\", learning_rate = 0.01 }"))
        self.resumed_from_any(3, ranks=2)
        self.clear()
        self.recipe.write_text(rounds.replace("epochs = 2", "epochs = 6"))
        self.killed_and_resumed(2)

    def test_other_ranks_take_the_changes_that_travelled(self):
        """From a checkpoint within an epoch of a run whose rounds overlap: with other ranks, without overlap, and with rounds that are no longer there."""
        recipe = LINE.replace("every = 3", "every = 2") + OVERLAP + "[checkpoint]\nevery_steps = 2\nkeep = 1000\nevery_seconds = 0\n"
        self.recipe.write_text(recipe)
        self.train("calm", ranks=2)
        within = next(path for path in self.checkpoints("calm") if int(path.stem[5:]) == 4)
        expected, _ = by_hand(self.samples, 2, every=2, epochs=1, batch=8, overlap=True, until=4)
        for name, ranks, settings in (("three", 3, []), ("plain", 2, ["--set", "training.averaging.overlap=false"]), ("later", 2, ["--set", "training.averaging.after_epoch=3"]), ("alone", 1, [])):
            with self.subTest(name):
                self.begin_from(within, name)
                # A rate of 0 shows the weights that the run begins with.
                self.train(name, *settings, "--force-recipe", "--set", "optimizer.learning_rate=0.0", "--set", "training.epochs=1", ranks=ranks)
                for hand, found in zip(expected, self.weights(name)):
                    self.assertAlmostEqual(hand, found, delta=1e-6)

    def test_rounds_may_begin_later(self):
        self.recipe.write_text(LINE + "after_epoch = 1\n")
        self.train("run", ranks=2)
        self.assert_by_hand("run", 2, every=3, after=1)

    def test_what_travels_in_16_bits_is_that_by_hand(self):
        for ranks in (2, 3):
            for name, every, after in (("updates", 1, 3), ("rounds", 3, 0), ("both", 3, 1)):
                with self.subTest(ranks=ranks, averaged=name):
                    self.recipe.write_text(LINE.replace("every = 3", f"every = {every}\nwire = \"bf16\"" + ("\nafter_epoch = 1" if name == "both" else "")))
                    self.train(name, ranks=ranks)
                    self.assert_by_hand(name, ranks, every=every, after=after, sent=bf16)
            self.clear()

    def test_more_ranks_than_samples_of_a_batch(self):
        self.recipe.write_text(LINE.replace("batch_size = 8", "batch_size = 3"))
        self.train("run", ranks=4)  # the last batch has 2 samples
        weights, _ = by_hand(self.samples, 4, every=3, epochs=3, batch=3)
        for expected, found in zip(weights, self.weights("run")):
            self.assertAlmostEqual(expected, found, delta=1e-6)

    def test_a_round_of_one_update_is_what_it_was(self):
        for ranks in (1, 2):
            self.train(f"plain{ranks}", "--set", "training.epochs=1", ranks=ranks)
            self.train(f"one{ranks}", "--set", "training.epochs=1", "--set", "training.averaging.every=1", ranks=ranks)
        self.train("alone", "--set", "training.epochs=1", "--set", "training.averaging.every=8")
        for one, other in (("plain1", "one1"), ("plain2", "one2"), ("plain1", "alone")):
            compared = subprocess.run([COMPARE, "--weights", str(self.checkpoints(one)[-1]), str(self.checkpoints(other)[-1])], capture_output=True, text=True, timeout=60)
            self.assertEqual(compared.returncode, 0, compared.stdout)
            self.assertEqual(self.lines(one), self.lines(other))

    def test_it_goes_on_with_the_same_bits(self):
        for recipe in (NET_IN_ROUNDS, NET_IN_ROUNDS.replace("{ every = 4 }", "{ every = 3, after_epoch = 1, outer = { type = \"adam\", learning_rate = 0.01 } }\naccumulate = 2")):
            self.recipe.write_text(recipe)
            self.resumed_from_any(3, ranks=2)
            self.train("threads", threads=3, ranks=2)
            self.assert_same_bits("calm", "threads")
            self.clear()

    def test_killed_in_a_round(self):
        self.recipe.write_text(NET_IN_ROUNDS.replace("epochs = 2", "epochs = 6"))
        self.killed_and_resumed(2)

    def test_a_stop_waits_for_the_end_of_the_round(self):
        self.recipe.write_text(NET_IN_ROUNDS.replace("every = 4", "every = 13").replace("patience = 5", "patience = 5000").replace("epochs = 2", "epochs = 5000").replace("keep = 1000", "keep = 2"))
        self.assertEqual(self.stopped_after("stopped", 26, ranks=2) % 13, 0)

    def test_another_number_of_ranks_goes_on(self):
        self.recipe.write_text(NET_IN_ROUNDS)
        self.train("two", "--set", "training.epochs=1", ranks=2)
        shown = subprocess.run([TERANGA, "checkpoint", "show", str(self.checkpoints("two")[-1])], capture_output=True, text=True, timeout=60).stdout
        self.assertIn("rank 1", shown)
        for ranks in (1, 3, 4):
            shutil.copytree(self.folder / "two", self.folder / f"then{ranks}")
            output = self.train(f"then{ranks}", ranks=ranks)
            self.assertEqual(self.last_step(f"then{ranks}"), 2 * STEPS_PER_EPOCH)
            said = "all go on with that of process 0" if ranks == 1 else "process r takes that of the former process r modulo 2"
            self.assertEqual(output.count(said), 1, output)

    def test_no_message_is_sent_within_a_round(self):
        in_rounds = NET_IN_ROUNDS.replace('type = "batch_normalization"', 'type = "batch_normalization"\nsynchronized = true').replace("every = 4", "every = 1000").replace("every_steps = 7\n", "every_seconds = 0\n")
        self.recipe.write_text(in_rounds.replace("early_stopping =", "class_weight = { 3 = 2.0 }\nearly_stopping ="))
        counts = [self.messages(f"of{steps}", "--set", f"training.steps_per_epoch={steps}", "--set", "training.epochs=2") for steps in (4, 11)]
        self.assertEqual(counts[0], counts[1])

    def test_touched_rows_are_averaged(self):
        """A table of which the touched rows are sent is as one that is sent whole."""
        words = [f"word{i}" for i in range(150)]
        chosen = random.Random(4)
        lines = ["label,text"] + [f"{'good' if i % 3 else 'bad'},{' '.join(chosen.choices(words, k=chosen.randint(1, 9)))}" for i in range(50)]
        (self.folder / "texts.csv").write_text("\n".join(lines) + "\n")
        for outer in ("", OVERLAP, OVERLAP + DILOCO, "wire = \"bf16\"\n", "outer = { type = \"sgd\", learning_rate = 1.0 }\n", DILOCO):
            self.recipe.write_text(LOOKUP.replace("batch_size = 8", "batch_size = 2") + "[training.averaging]\nevery = 2\n" + outer)
            self.train("rows", ranks=3)
            self.train("whole", "--set", "optimizer.weight_decay=1e-30", ranks=3)
            for one, other in zip(self.lines("rows"), self.lines("whole")):
                self.assertAlmostEqual(one["loss"], other["loss"], delta=1e-6 * one["loss"])
            self.train("adam", "--set", "optimizer={type=\"adam\"}", ranks=2)
            self.clear()
        self.recipe.write_text(LOOKUP.replace("batch_size = 8", "batch_size = 2") + "[training.averaging]\nevery = 2\n" + OVERLAP + "[checkpoint]\nevery_steps = 3\nkeep = 1000\n")
        self.resumed_from_any(3, ranks=2)

    def test_networks_in_turn(self):
        self.recipe.write_text(ADVERSARIAL.replace("[checkpoint]", "averaging = { every = 3 }\n[checkpoint]").replace("epochs = 6", "epochs = 2"))
        self.resumed_from_any(3, ranks=2)
        self.assertTrue(all("discriminator_loss" in line and "generator_loss" in line for line in self.lines("calm") if line["event"] == "step"))

    def test_divergence_is_told_with_the_steps_of_the_round(self):
        self.recipe.write_text(NET_IN_ROUNDS)
        output = self.train("lost", "--set", "optimizer={type=\"sgd\", learning_rate=1e30}", ranks=2, expect=3)
        self.assertRegex(output, r"the loss is (NaN|infinite) at steps 1 to 4 \(epoch 1\)")

    def test_what_makes_no_sense_is_refused(self):
        for wrong, said in (("every = 0", r":21:9: error: .*expected an integer >= 1"), ("every = 1\nafter_epoch = 2", r":22:15: error: \"after_epoch\" says when rounds of several updates begin"),
                            ("every = 4\nouter = \"adamm\"", r"adam"), ("every = 4\nouter = { type = \"sgd\", learning_rate = { type = \"cosine_decay\", initial_learning_rate = 0.1, decay_steps = 10 } }", "is a number, found a schedule"),
                            ("often = 4", "every"), ("every = 1\noverlap = true", r":22:11: error: \"overlap\" lets the changes of a round travel"), ("wire = \"f16\"", "f32"), ("wire = 16", "f32")):
            self.recipe.write_text(LINE.replace("every = 3", wrong))
            self.assertRegex(self.train("wrong", expect=2), said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
