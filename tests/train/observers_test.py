# SPDX-License-Identifier: Apache-2.0
"""Observers, as whole jobs: what they are told on any number of ranks, how one ends a training, how they fail, and that they change no bit."""
import math

from job import *
from phases_test import ADVERSARIAL

GUEST = str(BUILD / "lib/teranga/test_plugins/guest_watching.so")
PLUGINS = f'plugins = ["{GUEST}"]\n'
PLAIN = f"""schema = 1
{PLUGINS}[data]
type = "digits"
limit = 400
validation_split = 0.2
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 12
activation = "relu"
""" + TEN_CLASSES + """[optimizer]
type = "sgd"
learning_rate = 0.5
[training]
epochs = 3
batch_size = 50
seed = 5
metrics = ["accuracy"]
log_every_steps = 1
[checkpoint]
every_steps = 5
keep = 1000
[log]
report = false
"""
STEPS, PARAMETERS = 7, 64 * 12 + 12 + 12 * 10 + 10  # of an epoch of 320 samples


class Observers(Jobs):
    def observe(self, *observers, recipe=PLAIN):
        """The recipe with these observers: a type with its options each."""
        text = recipe
        for type, options in observers:
            text += f'[[observer]]\ntype = "{type}"\n' + "".join(f"{key} = {json.dumps(value)}\n" for key, value in options.items())
        self.recipe.write_text(text)

    def watch(self, run, recipe=PLAIN, type="guest.watching", **options):
        self.observe((type, {"file": str(self.folder / f"{run}.told"), **options}), recipe=recipe)

    def told(self, run):
        file = self.folder / f"{run}.told"
        return file.read_text().splitlines() if file.exists() else []

    def words(self, run, event):
        return [line.split()[1:] for line in self.told(run) if line.startswith(event + " ")]

    def lines_of(self, run, event):
        return [line for line in self.lines(run) if line["event"] == event]

    def test_one_process_is_told_what_all_measure(self):
        self.recipe.write_text(PLAIN)
        self.train("calm")
        for ranks in (1, 2):
            run = f"r{ranks}"
            self.watch(run)
            self.train(run, ranks=ranks)
            told = self.told(run)
            self.assertEqual(len(told), 1 + 3 * (STEPS + 1) + 1, told)
            self.assertEqual(told[0], f"begin 0 1 3 {STEPS} {PARAMETERS} new {self.folder / run}")
            self.assertEqual(told[-1], f"end {3 * STEPS} 3 0")
            for words, line in zip(self.words(run, "step"), self.lines_of(run, "step"), strict=True):
                self.assertEqual([int(words[0]), int(words[1]), float(words[2]), float(words[3])], [line["step"], line["epoch"], line["loss"], line["learning_rate"]])
                self.assertGreater(float(words[4]), 0)
            for words, line in zip(self.words(run, "epoch"), self.lines_of(run, "epoch"), strict=True):
                self.assertEqual([int(words[0]), int(words[1])], [line["step"], line["epoch"]])
                measures = dict(word.rsplit(":", 1)[0].split("=") for word in words[2:])
                self.assertEqual({name: float(value) for name, value in measures.items()}, {name: line[name] for name in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")})
                self.assertEqual([word.rsplit(":", 1)[1] for word in words[2:]], ["-1", "1", "-1", "1", "0"])
        norms = [[float(words[4]) for words in self.words(run, "step")] for run in ("r1", "r2")]
        for a, b in zip(*norms):
            self.assertLess(abs(a - b), 1e-3 * a)
        self.assert_same_parameters("calm", "r1")
        self.assertEqual([line for line in self.lines("calm")], [line for line in self.lines("r1")])

    def test_the_norm_is_that_of_the_gradients_before_clipping(self):
        """Of plain gradient descent it is the length of the step by the rate."""
        self.watch("free")
        self.train("free", "--set", "training.epochs=1")
        self.watch("clipped", type="guest.watching")
        self.train("clipped", "--set", "training.epochs=1", "--set", "optimizer.global_clipnorm=0.01")
        free, clipped = (float(self.words(run, "step")[0][4]) for run in ("free", "clipped"))
        self.assertEqual(free, clipped)
        self.assertGreater(free, 0.01)
        self.watch("none", type="guest.glancing")
        self.train("none", "--set", "training.epochs=1")
        self.assertTrue(all(math.isnan(float(words[4])) for words in self.words("none", "step")))

    def test_phases_are_told_one_by_one(self):
        self.watch("phases", recipe=ADVERSARIAL.replace("schema = 1\n", "schema = 1\n" + PLUGINS))
        self.train("phases", "--set", "training.epochs=1")
        steps = self.words("phases", "step")
        self.assertEqual({words[5] for words in steps}, {"discriminator", "generator"})
        for line in self.lines_of("phases", "step"):
            for words in steps:
                if int(words[0]) == line["step"]:
                    self.assertEqual([float(words[2]), float(words[3])], [line[f"{words[5]}_loss"], line[f"{words[5]}_learning_rate"]])
        names = [word.split("=")[0] for word in self.words("phases", "epoch")[0][2:]]
        self.assertIn("val_discriminator_loss", names)

    def test_updates_of_several_batches_and_rounds(self):
        self.watch("four")
        self.train("four", "--set", "training.accumulate=4", "--set", "training.epochs=1")
        self.assertEqual([int(words[0]) for words in self.words("four", "step")], [4, 7])
        self.watch("rounds")
        self.train("rounds", "--set", "training.averaging.every=3", "--set", "training.epochs=1", ranks=2)
        self.assertEqual([int(words[0]) for words in self.words("rounds", "step")], [3, 6, 7])

    def test_an_observer_ends_the_training(self):
        for ranks in (1, 2):
            run = f"epoch{ranks}"
            self.watch(run, stops_at_epoch=2)
            output = self.train(run, ranks=ranks)
            self.assertEqual(output.count("observer guest.watching asks for the end of the training\n"), 1, output)
            self.assertEqual(self.last_step(run), 2 * STEPS)
            self.assertEqual(self.told(run)[-1], f"end {2 * STEPS} 2 0")
            self.assertIn("the training is complete: an observer ended it at step 14, after epoch 2 of 3", self.train(run, ranks=ranks))
            run = f"step{ranks}"
            self.watch(run, stops_at_step=9)
            output = self.train(run, ranks=ranks)
            self.assertIn("observer guest.watching asks for the end of the training: step 9 is enough\n", output)
            self.assertEqual(self.last_step(run), 10)  # the next place where the ranks agree
            self.assertEqual(len(self.lines_of(run, "test")), 1 if "test part" in output else 0)
            self.assertIn("an observer ended it at step 10", self.train(run, ranks=ranks))
        self.watch("last", stops_at_step=STEPS)  # with the epoch
        self.train("last")
        self.assertEqual(self.last_step("last"), STEPS)
        # Other observers make another version of the recipe; a finished training stays what it is.
        self.watch("epoch1", stops_at_epoch=3)
        self.assertIn("ended by an observer after 2 epochs", self.train("epoch1", expect=2))

    def test_a_training_that_goes_on_begins_with_new_observers(self):
        self.watch("calm")
        self.train("calm")
        self.begin_from(self.checkpoints("calm")[2], "on")  # step 10
        self.watch("on")
        self.train("on")
        self.assert_same_parameters("calm", "on")
        self.assertEqual(self.lines("calm"), self.lines("on"))
        self.assertEqual(self.told("on")[0], f"begin 10 2 3 {STEPS} {PARAMETERS} resumed {self.folder / 'on'}")
        self.assertEqual([line for line in self.told("on")[1:] if not line.startswith("epoch")], [line for line in self.told("calm")[1:] if not line.startswith("epoch")][10:])
        self.begin_from(self.checkpoints("calm")[2], "without")  # they are no part of what is trained
        self.recipe.write_text(PLAIN)
        self.assertIn("in keys that change none of the steps made so far", self.train("without"))
        self.assert_same_parameters("calm", "without")

    def test_failures_name_their_owner_and_end_all_ranks(self):
        for ranks in (1, 2):
            for call, text in (("create", ""), ("begin", ""), ("step", ""), ("epoch_end", ""), ("end", "")):
                run = f"fails-{call}-{ranks}"
                self.watch(run, fails_in=call)
                output = self.train(run, expect=4, ranks=ranks)
                self.assertEqual(len(re.findall(r"observer guest.watching: the guest has failed", output)), 1, output)
                last = {"create": None, "begin": None, "step": "end 3 0 4", "epoch_end": f"end {STEPS} 1 4", "end": f"end {3 * STEPS} 3 0"}[call]
                told = self.told(run)
                if last is None:
                    self.assertFalse([line for line in told if line.startswith("end")])
                else:
                    self.assertEqual([line for line in told if line.startswith("end")], [last])
                for file in self.checkpoints(run):
                    self.teranga("checkpoint", "verify", file)
        self.assertEqual(self.last_step("fails-end-2"), 3 * STEPS)
        for way, code in (("throw 7", 4), ("option", 2), ("bad_data", 5)):
            self.watch("ways", fails_in="step", way=way)
            self.train("ways", "--fresh", expect=code)
        self.watch("check", fails_in="create", way="option")
        self.assertIn("observer guest.watching: fails_in: this one does not suit", self.teranga("check", self.recipe, expect=2))
        self.train("check", "--dry-run", expect=2)

    def test_signals_and_dry_runs(self):
        self.watch("stopped")
        self.stopped_after("stopped", 5, 1)
        self.assertEqual(self.told("stopped")[-1].split()[3], "75")
        self.watch("dry")
        self.train("dry", "--dry-run")
        self.assertEqual(self.told("dry"), [])
        self.watch("rate")
        self.teranga("find-rate", self.recipe, "--steps", "10")
        self.assertEqual(self.told("rate"), [])

    def test_stop_at(self):
        self.observe(("stop_at", {"monitor": "val_accuracy", "value": 0.3}))
        output = self.train("reached", "--set", "training.epochs=50")
        found = [line["val_accuracy"] for line in self.lines_of("reached", "epoch")]
        self.assertTrue(found[-1] >= 0.3 and all(value < 0.3 for value in found[:-1]), found)
        self.assertRegex(output, r"observer stop_at asks for the end of the training: val_accuracy is [0-9.]+ after epoch \d+, and 0.3 was asked for")
        self.observe(("stop_at", {"monitor": "loss", "value": 2.0}))
        self.train("small", "--set", "training.epochs=50")
        found = [line["loss"] for line in self.lines_of("small", "epoch")]
        self.assertTrue(found[-1] <= 2.0 and all(value > 2.0 for value in found[:-1]), found)
        self.observe(("stop_at", {"monitor": "val_accurcy", "value": 0.3}))
        self.assertIn('the observer "stop_at" monitors "val_accurcy", which this run does not measure', self.teranga("check", self.recipe, expect=2))
        self.observe(("stop_at", {"monitor": "learning_rate", "value": 0.3}))
        self.assertIn("neither the recipe nor the number itself says whether more or less of it is better", self.teranga("check", self.recipe, expect=2))

    def norms(self, run):
        return [line.split(",") for line in (self.folder / run / "gradient_norms.csv").read_text().splitlines()]

    def test_gradient_norms(self):
        self.observe(("gradient_norms", {}), ("gradient_norms", {"file": str(self.folder / "thin.csv"), "every": 4}))
        self.train("calm", ranks=2)
        table = self.norms("calm")
        self.assertEqual(table[0], ["step", "epoch", "phase", "loss", "learning_rate", "gradient_norm"])
        self.assertEqual([int(row[0]) for row in table[1:]], list(range(1, 3 * STEPS + 1)))
        self.assertEqual([float(row[3]) for row in table[1:]], [line["loss"] for line in self.lines_of("calm", "step")])
        self.assertEqual([line.split(",")[0] for line in (self.folder / "thin.csv").read_text().splitlines()[1:]], ["4", "8", "12", "16", "20"])
        self.begin_from(self.checkpoints("calm")[2], "on")
        self.train("on", ranks=2)
        self.assertEqual(self.norms("on"), table)
        self.observe(("gradient_norms", {"file": "no/such/folder.csv"}))
        self.assertIn("the table cannot be written: No such file or directory", self.train("nowhere", expect=4))

    def test_a_run_that_goes_back_tells_its_steps_again(self):
        faulty = str(BUILD / "lib/teranga/test_plugins/guest_faulty.so")
        recipe = PLAIN.replace(PLUGINS, f'plugins = ["{GUEST}", "{faulty}"]\n').replace('activation = "relu"\n', 'activation = "relu"\n[[layer]]\ntype = "guest.faulty"\n')
        self.watch("back", recipe=recipe)
        code, output = self.finish(self.start(self.command("back", "--set", "training.on_divergence=back", "--set", "checkpoint.every_seconds=0.0"), FAULTY_BATCHES="9"))
        self.assertEqual(code, 0, output)
        self.assertEqual([int(words[0]) for words in self.words("back", "step")], list(range(1, 9)) + list(range(6, 3 * STEPS + 1)))
        self.assertEqual([words[0] for words in self.words("back", "begin")], ["0", "5"])
        self.assertEqual(len(self.words("back", "end")), 1)

    def test_commands_know_observers(self):
        self.assertRegex(self.teranga("plugin", "list", "observer"), r"observer +teranga\.stop_at")
        self.assertIn("monitor", self.teranga("plugin", "describe", "observer", "stop_at"))
        self.assertIn("[[observer]]", self.teranga("reference", "observer"))
        self.watch("shown")
        self.assertIn('[[observer]]\ntype = "guest.watching"', self.teranga("resolve", self.recipe))
        self.recipe.write_text(PLAIN + '[[observer]]\ntype = "stop_att"\n')
        self.assertIn('did you mean "stop_at"?', self.teranga("check", self.recipe, expect=2))
        self.recipe.write_text(PLAIN + '[[observer]]\ntype = "stop_at"\nvalu = 1.0\n')
        self.assertIn('did you mean "value"?', self.teranga("check", self.recipe, expect=2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
