# SPDX-License-Identifier: Apache-2.0
"""The checkpoints of the best epochs are kept, whatever becomes of the newest, and --best finds the best one."""
from job import *

BEST = NET.replace('every_steps = 7\nevery_epochs = 1\nkeep = 1000\n', 'every_seconds = 0\nkeep_best = { monitor = "val_loss", count = 2 }\n').replace("epochs = 6", "epochs = 8").replace("early_stopping = { monitor = \"val_loss\", patience = 5, restore_best_weights = true }\n", "")


TWO_TABLES = """schema = 1
[data]
type = "text"
train = "texts.csv"
text_column = "text"
label_column = "label"
maxlen = 3
[[layer]]
type = "input"
name = "ids"
[[layer]]
type = "embedding"
name = "first"
input = ["ids"]
input_dim = 20
output_dim = 4
[[layer]]
type = "embedding"
name = "second"
input = ["ids"]
input_dim = 20
output_dim = 4
[[layer]]
type = "add"
input = ["first", "second"]
[[layer]]
type = "global_average_pooling1d"
""" + YES_OR_NO + """[optimizer]
type = "sgd"
learning_rate = 0.5
[training]
batch_size = 2
layer_rates = [{ layers = "STILL", factor = 0.0, to_epoch = 1 }]
"""


class Best(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(BEST)

    def kept(self, run):
        return sorted(int(path.stem[5:]) for path in (self.folder / run / "checkpoints/best").glob("step-*.h5"))

    def ranked(self, run):
        """Steps of the epochs, the best one first."""
        epochs = [line for line in self.lines(run) if line["event"] == "epoch"]
        return [line["step"] for line in sorted(epochs, key=lambda line: line["val_loss"])]

    def loss_of(self, *where):
        told = json.loads(self.teranga("evaluate", *where, "--data", "part=validation", "--json").splitlines()[-1])
        return told["loss"]

    def test_the_best_epochs_are_kept(self):
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                run = f"run{ranks}"
                self.train(run, ranks=ranks)
                self.assertEqual(self.kept(run), sorted(self.ranked(run)[:2]))
                best = self.ranked(run)[0]
                expected = next(line["val_loss"] for line in self.lines(run) if line["event"] == "epoch" and line["step"] == best)
                self.assertAlmostEqual(self.loss_of(self.folder / run, "--best"), expected, delta=1e-5)
                self.assertIn(f"step {best}", self.teranga("checkpoint", "show", self.folder / run, "--best").replace("step: ", "step "))

    def test_more_is_better_for_an_accuracy(self):
        self.recipe.write_text(BEST.replace('"val_loss", count = 2', '"val_accuracy"'))
        self.train("run")
        epochs = [line for line in self.lines("run") if line["event"] == "epoch"]
        self.assertEqual(self.kept("run"), [max(epochs, key=lambda line: line["val_accuracy"])["step"]])  # the first of equal ones

    def test_a_killed_run_keeps_the_same_ones(self):
        self.train("calm")
        job = self.start(self.command("killed"))
        self.wait_for_step(job, "killed", STEPS_PER_EPOCH)
        self.kill(job)
        for path in (self.folder / "killed/checkpoints/best").glob("*"):  # as if the kill had come before the name was there
            path.unlink()
        self.train("killed")
        self.assert_same_bits("calm", "killed")
        self.assertLessEqual(set(self.kept("killed")), set(self.kept("calm")))
        self.train("again", "--set", "training.epochs=2")
        self.train("again")
        self.assertEqual(self.kept("again"), self.kept("calm"))

    def test_a_future_that_was_left_goes(self):
        self.recipe.write_text(BEST.replace("keep_best", "every_epochs = 1\nkeep = 1000\nkeep_best").replace("epochs = 8", "epochs = 3"))
        self.train("run")
        middle = self.folder / "run/checkpoints" / f"step-{STEPS_PER_EPOCH:012}.h5"
        self.train("run", "--resume", middle, "--force-recipe", "--set", "optimizer.learning_rate=0.002", "--set", "training.epochs=2")
        self.assertLessEqual(max(self.kept("run")), 2 * STEPS_PER_EPOCH)
        for path in (self.folder / "run/checkpoints/best").glob("*.h5"):
            self.assertEqual(path.read_bytes(), (path.parents[1] / path.name).read_bytes())
        best = self.ranked("run")[0]
        expected = next(line["val_loss"] for line in self.lines("run") if line["event"] == "epoch" and line["step"] == best)
        self.assertAlmostEqual(self.loss_of(self.folder / "run", "--best"), expected, delta=1e-5)

    def test_no_checkpoint_is_written_twice(self):
        self.recipe.write_text(BEST.replace("keep_best", "every_epochs = 1\nkeep = 1000\nkeep_best").replace("epochs = 8", "epochs = 3"))
        self.train("run")
        self.assertEqual([int(path.stem[5:]) for path in self.checkpoints("run")], [STEPS_PER_EPOCH * e for e in range(4)])

    def test_without_a_best_one(self):
        self.recipe.write_text(BEST.replace('keep_best = { monitor = "val_loss", count = 2 }\n', "").replace("epochs = 8", "epochs = 1"))
        self.train("run")
        output = self.teranga("evaluate", self.folder / "run", "--best", expect=5)
        self.assertIn("holds no best checkpoint", output)
        self.assertIn('keep_best = { monitor = "loss" } in [checkpoint]', output)

    def test_another_monitor_begins_anew(self):
        self.train("run", "--set", "training.epochs=2")
        output = self.train("run", "--set", "training.epochs=3", "--set", "checkpoint.keep_best.monitor=val_accuracy")
        self.assertIn("the best checkpoints are looked for anew", output)
        self.assertEqual(self.kept("run"), [3 * STEPS_PER_EPOCH])

    def test_validation_freq(self):
        self.recipe.write_text(BEST.replace("epochs = 8", "epochs = 5\nvalidation_freq = 2"))
        self.train("run")
        self.assertEqual([line["epoch"] for line in self.lines("run") if line["event"] == "epoch" and "val_loss" in line], [2, 4])
        rows = (self.folder / "run/metrics.csv").read_text().splitlines()
        at = rows[0].split(",").index("val_loss")
        self.assertEqual([bool(row.split(",")[at]) for row in rows[1:]], [False, True, False, True, False])


class Trials(Jobs):
    def test_fast_dev_run_keeps_nothing(self):
        for ranks in (1, 2):
            output = self.teranga("train", self.recipe, "--fast-dev-run", "3", ranks=ranks)
            self.assertIn("nothing was kept", output)
            self.assertIn("val_loss", output)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["net.toml"])
        self.assertIn("leave out --run", self.teranga("train", self.recipe, "--fast-dev-run", "3", "--run", self.folder / "x", expect=2))

    def test_overfit_batches(self):
        """Two batches are learnt by heart: what is trained on is always the same."""
        self.recipe.write_text(NET.replace("rate = 0.3", "rate = 0.0").replace("epochs = 6", "epochs = 40").replace("early_stopping", "#"))
        self.train("run", "--overfit-batches", "2")
        epochs = [line for line in self.lines("run") if line["event"] == "epoch"]
        self.assertEqual([line["step"] for line in epochs], [2 * (e + 1) for e in range(40)])
        self.assertGreater(epochs[-1]["accuracy"], 0.98)
        self.assertEqual(epochs[0]["step"], 2)  # of 100 samples, although a tenth is split off
        self.assertIn('name = "net-overfit"', (self.folder / "run/recipe.toml").read_text())


class LayerRates(Jobs):
    FLAT = NET.replace("[checkpoint]", "RATES[checkpoint]").replace('type = "nadam"\nlearning_rate = { type = "exponential_decay", initial_learning_rate = 0.003, decay_steps = 40, decay_rate = 0.9 }', "OPTIMIZER").replace("epochs = 6", "epochs = 2").replace("early_stopping", "#")

    def weights(self, file):
        """A hash by parameter."""
        shown = subprocess.run([str(BUILD / "bin/hash_parameters"), "--each", str(file)], capture_output=True, text=True, timeout=60)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return dict(line.split()[:2] for line in shown.stdout.splitlines())

    def run_with(self, run, rates, optimizer='type = "sgd"\nlearning_rate = 0.05', **options):
        self.recipe.write_text(self.FLAT.replace("RATES", f"layer_rates = {rates}\n" if rates else "").replace("OPTIMIZER", optimizer))
        self.train(run, **options)

    def test_frozen_for_some_epochs(self):
        for optimizer in ('type = "sgd"\nlearning_rate = 0.05', 'type = "adam"\nglobal_clipnorm = 1.0\nweight_decay = 0.01', 'type = "lamb"'):
            with self.subTest(optimizer):
                self.run_with("run", '[{ layers = "conv*", factor = 0.0, to_epoch = 1 }]', optimizer)
                files = {int(path.stem[5:]): self.weights(path) for path in self.checkpoints("run")}
                begin, middle, end = files[0], files[STEPS_PER_EPOCH], files[2 * STEPS_PER_EPOCH]
                for name in ("conv2d/kernel", "conv2d/bias"):
                    self.assertEqual(begin[name], middle[name])
                    self.assertNotEqual(middle[name], end[name])
                for name in ("dense/kernel", "dense_1/kernel"):
                    self.assertNotEqual(begin[name], middle[name])
                shutil.rmtree(self.folder / "run")

    def test_frozen_for_ever_is_not_trainable(self):
        self.run_with("rates", '[{ layers = "conv2d", factor = 0.0 }]')
        self.recipe.write_text(self.recipe.read_text().replace("filters = 6", "filters = 6\ntrainable = false").replace('layer_rates = [{ layers = "conv2d", factor = 0.0 }]\n', ""))
        self.train("flag")
        compared = subprocess.run([COMPARE, "--weights", str(self.checkpoints("rates")[-1]), str(self.checkpoints("flag")[-1])], capture_output=True, text=True, timeout=60)
        self.assertEqual(compared.returncode, 0, compared.stdout)

    def test_the_last_entry_counts_also_behind_one_for_ever(self):
        self.run_with("run", '[{ layers = "*", factor = 0.0 }, { layers = "dense_1", factor = 1.0 }]')
        begin, end = self.weights(self.checkpoints("run")[0]), self.weights(self.checkpoints("run")[-1])
        self.assertEqual({name for name in begin if begin[name] != end[name] and "moving" not in name}, {"dense_1/kernel", "dense_1/bias"})

    def test_a_table_that_stays_does_not_stop_another(self):
        """Of two tables, each may stay for an epoch: the other one learns meanwhile."""
        (self.folder / "texts.csv").write_text("label,text\n" + "good,one two\nbad,two three\ngood,three one\nbad,two two\n")
        for still, moves in (("first", "second"), ("second", "first")):
            with self.subTest(still):
                self.recipe.write_text(TWO_TABLES.replace("STILL", still))
                self.train("run")
                begin, end = self.weights(self.checkpoints("run")[0]), self.weights(self.checkpoints("run")[-1])
                self.assertEqual(begin[f"{still}/embeddings"], end[f"{still}/embeddings"])
                self.assertNotEqual(begin[f"{moves}/embeddings"], end[f"{moves}/embeddings"])
                shutil.rmtree(self.folder / "run")

    def test_a_factor_of_all_layers_is_another_rate(self):
        """0.05 x 0.5 is 0.025, bit for bit; the last entry that fits counts."""
        for threads in (1, 3):
            self.run_with(f"half{threads}", '[{ layers = "*", factor = 7.0 }, { layers = "*", factor = 0.5 }]', threads=threads)
        self.run_with("own", "", 'type = "sgd"\nlearning_rate = 0.025')
        for run in ("half1", "half3"):
            compared = subprocess.run([COMPARE, "--weights", str(self.checkpoints(run)[-1]), str(self.checkpoints("own")[-1])], capture_output=True, text=True, timeout=60)
            self.assertEqual(compared.returncode, 0, compared.stdout)

    def test_it_goes_on_with_the_same_bits(self):
        self.recipe.write_text(self.FLAT.replace("RATES", 'layer_rates = [{ layers = "dense*", factor = 0.1 }, { layers = "conv2d", factor = 0.0, to_epoch = 1 }]\n').replace("OPTIMIZER", 'type = "adam"'))
        self.resumed_from_any(3, ranks=2)

    def test_what_makes_no_sense_is_refused(self):
        for rates, said in (('[{ layers = "conf2d", factor = 0.1 }]', r'no layer is called "conf2d"(.|\n)*layers = "conv2d"'), ('[{ factor = 0.1 }]', "layers"), ('[{ layers = "*", factor = -1.0 }]', "factor"),
                            ('[{ layers = "*", from_epoch = 3, to_epoch = 2 }]', r'"to_epoch" is 2, before "from_epoch", which is 3'), ("0.1", "expected a table")):
            self.recipe.write_text(self.FLAT.replace("RATES", f"layer_rates = {rates}\n").replace("OPTIMIZER", 'type = "sgd"'))
            self.assertRegex(self.train("wrong", expect=2), said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
