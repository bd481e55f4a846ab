# SPDX-License-Identifier: Apache-2.0
"""A run goes on with the data and the recipe that it was trained with, or says what is different."""
from job import *

TABLE = "a,b,kind\n" + "".join(f"{i % 7},{i % 5},{'dog' if i % 2 else 'cat'}\n" for i in range(20))
NET_OVER_TABLE = """schema = 1
[data]
type = "csv"
train = "table.csv"
normalize = "standard"
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 4
batch_size = 4
seed = 1
metrics = ["accuracy"]
[checkpoint]
every_epochs = 1
keep = 100
"""


class OtherData(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(NET_OVER_TABLE)
        self.table = self.folder / "table.csv"
        self.table.write_text(TABLE)

    def stopped(self, run, after=2):
        """As if the run had been stopped after so many epochs."""
        self.train(run)
        for file in self.checkpoints(run)[after + 1:]:
            file.unlink()

    def test_the_same_data_in_another_place_give_the_numbers_of_an_undisturbed_run(self):
        self.train("calm")
        self.stopped("run")
        moved = self.folder / "elsewhere.csv"
        self.table.rename(moved)  # the content counts, not the place
        self.train("run", "--set", f"data.train='{moved}'")
        self.assertEqual(self.lines("calm"), self.lines("run"))

    def test_other_data_are_refused_with_their_differences(self):
        cases = {"another class": (TABLE.replace("dog", "ant"), ["train: then table.csv of", "field y: then shape (), classes cat, dog, now shape (), classes ant, cat"]),
                 "another unit": (re.sub(r"^(\d),", r"\g<1>000,", TABLE, flags=re.M), ["train: then table.csv of"]),
                 "another row": (TABLE + "1,1,cat\n", ["training samples: then 20, now 21"])}
        self.stopped("run")
        before = self.checkpoints("run")
        for name, (table, said) in cases.items():
            with self.subTest(name):
                self.table.write_text(table)
                output = self.train("run", expect=5)
                for text in ["the data are not those that", *said]:
                    self.assertIn(text, output)
                self.assertEqual("--force-data" in output, name != "another class")  # of which the network knows nothing
        self.assertEqual(self.checkpoints("run"), before)

    def test_a_vocabulary_takes_words_that_it_does_not_know(self):
        self.recipe.write_text(NET_OVER_TABLE.replace('type = "csv"\ntrain = "table.csv"\nnormalize = "standard"', 'type = "language"\ntrain = "words.txt"\nlevel = "word"\nnum_words = 8\nlength = 3\npredict = "last"').replace(
            '[[layer]]\n', '[[layer]]\ntype = "embedding"\ninput_dim = 8\noutput_dim = 2\n[[layer]]\ntype = "flatten"\n[[layer]]\n', 1).replace("units = 2", "units = 8"))
        words = self.folder / "words.txt"
        words.write_text("the cat sat on the mat and the dog sat on the rug\n" * 3)
        self.stopped("run")
        words.write_text("the zebra sat on the zebra and the dog sat on the rug\n" * 3)
        self.assertIn("--force-data", self.train("run", expect=5))
        self.train("run", "--force-data")

    def test_data_of_other_features_or_classes_cannot_be_forced(self):
        self.stopped("run")
        self.table.write_text(TABLE.replace("dog", "ant"))
        self.assertIn("hint: --run OTHER or --fresh trains anew", self.train("run", "--force-data", expect=5))
        self.table.write_text("c," + TABLE.replace("\n", "\n5,").removesuffix("5,"))
        for words in ([], ["--force-data"]):
            output = self.train("run", *words, expect=5)
            self.assertIn("hint: --run OTHER or --fresh trains anew", output)

    def test_two_ranks_refuse_them_alike(self):
        self.stopped("run")
        self.table.write_text(TABLE + "1,1,cat\n")
        self.assertIn("training samples: then 20, now 21", self.train("run", ranks=2, expect=5))
        self.train("run", "--force-data", ranks=2)

    def test_forced_data_are_prepared_by_what_the_checkpoint_learnt(self):
        self.stopped("run")
        larger = re.sub(r"^(\d),", r"\g<1>000,", TABLE, flags=re.M)
        self.table.write_text(larger)
        output = self.train("run", "--force-data")
        self.assertIn("prepared with the values that the checkpoint holds", output)
        # The means stay those of the first table: a thousand times the value is far from the mean of now.
        self.table.write_text(TABLE)
        self.assertIn("the data are not those", self.teranga("evaluate", self.folder / "run"))

    def test_another_option_of_the_data_is_refused_too(self):
        self.stopped("run")
        self.assertIn('data.normalize: then "standard", now "minmax"', self.train("run", "--set", "data.normalize=minmax", expect=5))

    def test_an_option_that_the_data_set_did_not_have_is_no_change(self):
        self.train("calm")
        self.stopped("run")
        self.rewrite("run", "--without", 'target_is = "auto"')
        self.assertNotIn("warning", self.train("run"))
        self.assertEqual(self.lines("calm"), self.lines("run"))

    def test_forced_data_with_fewer_samples_begin_the_running_epoch_anew(self):
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                run, often = f"run{ranks}", ("--set", "training.batch_size=2", "--set", "checkpoint.every_steps=1", "--set", "training.epochs=2")
                self.table.write_text(TABLE)
                self.train(run, *often, ranks=ranks)  # 10 steps an epoch
                for file in self.checkpoints(run)[7:]:
                    file.unlink()
                self.table.write_text("\n".join(TABLE.splitlines()[:11]) + "\n")  # 10 samples, and 12 are used up
                self.assertIn("epoch 1 begins anew", self.train(run, *often, "--force-data", ranks=ranks))
                self.assertEqual([(line["epoch"], line["step"]) for line in self.lines(run) if line["event"] == "epoch"], [(1, 11), (2, 16)])

    def test_an_evaluation_on_another_table_says_so(self):
        self.train("run")
        self.assertNotIn("not those", self.teranga("evaluate", self.folder / "run"))
        other = self.folder / "other.csv"
        other.write_text(TABLE.replace("0,0,cat", "0,1,cat"))
        said = self.teranga("evaluate", self.folder / "run", "--set", f"data.train='{other}'")
        self.assertRegex(said, r"the data are not those that .* was trained on, and are prepared by what it learnt:\n  train: then table\.csv of .*, now other\.csv of .*\n")
        self.assertNotIn("split anew", said)

    def test_of_many_differences_eight_are_told_and_the_others_are_counted(self):
        names = ",".join(f"c{i}" for i in range(12))
        self.recipe.write_text(NET_OVER_TABLE)
        self.table.write_text(f"{names},kind\n" + "".join(",".join(str(i % (3 + c)) for c in range(12)) + f",{'dog' if i % 2 else 'cat'}\n" for i in range(20)))
        self.train("run")
        self.table.write_text(f"{names},kind\n" + "".join(",".join(str(i % (2 + c)) for c in range(12)) + f",{'dog' if i % 2 else 'cat'}\n" for i in range(20)))
        said = self.train("run", expect=5)
        told = said[said.index("was trained on:\n"):said.index("hint:")].splitlines()[1:]
        self.assertEqual(len(told), 9, said)
        self.assertRegex(told[-1], r"^  \.\.\. and \d+ more$")

    def test_parts_that_are_split_anew_are_told(self):
        self.recipe.write_text(NET_OVER_TABLE.replace("[data]", "[data]\ntest_split = 0.2"))
        self.train("run")
        self.assertNotIn("split anew", self.teranga("evaluate", self.folder / "run"))
        self.table.write_text(TABLE + "1,1,cat\n")
        self.assertIn("may hold samples that were trained on; --input FILE judges", self.teranga("evaluate", self.folder / "run"))
        self.assertNotIn("split anew", self.teranga("evaluate", self.folder / "run", "--input", self.table))


class EditedRecipe(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(NET_OVER_TABLE)
        (self.folder / "table.csv").write_text(TABLE)

    def test_a_complete_training_is_not_passed_off_as_one_of_an_edited_recipe(self):
        self.train("run")
        output = self.train("run", "--set", "layer.dense.units=3", "--set", "optimizer.learning_rate=0.5", expect=2)
        for text in ("holds a finished training of another version of this recipe (it has 4 of 4 epochs), so there is nothing left to train", "layer.dense.units: then 2, now 3", "optimizer.learning_rate: then 0.001, now 0.5", "--run OTHER", "--fresh"):
            self.assertIn(text, output)
        self.assertIn("training.epochs: then 4, now 3", self.train("run", "--set", "training.epochs=3", expect=2))

    def test_a_run_of_another_recipe_is_told_first(self):
        named = lambda name, **edits: self.recipe.write_text(f'name = "{name}"\n' + NET_OVER_TABLE.replace("units = 2", f"units = {edits.get('units', 2)}"))
        of_other = 'another recipe, "first" (this recipe is "second")'
        named("first")
        self.train("run")
        named("second", units=3)
        self.assertIn(f"holds a finished training of {of_other} (it has 4 of 4 epochs), so there is nothing left to train", self.train("run", expect=2))
        for file in self.checkpoints("run")[3:]:
            file.unlink()
        output = self.train("run", expect=2)  # in the middle the weights do not fit
        self.assertRegex(output, rf'holds a run of {re.escape(of_other)}: (.|\n)*dense/kernel')
        (self.folder / "table.csv").write_text(TABLE + "1,1,cat\n")
        self.assertIn(f"holds a run of {of_other}: the data are not those that", self.train("run", expect=5))
        named("first", units=3)
        self.assertNotIn("another recipe", self.train("run", expect=5))

    def test_the_hints_that_it_gives_can_be_followed(self):
        self.train("run")
        edited = ["--set", "optimizer.learning_rate=0.5"]
        self.train("run", *edited, expect=2)
        self.train("other", *edited)
        output = self.train("run", *edited, "--fresh")
        self.assertIn("former-1", output)
        self.assert_same_bits("other", "run")
        former = self.folder / "run/former-1"
        self.assertTrue((former / "metrics.jsonl").exists())
        self.assertEqual(sorted(file.name for file in (former / "checkpoints").iterdir()), [file.name for file in self.checkpoints("run")])
        self.train("run", "--fresh")
        self.assertTrue((self.folder / "run/former-2").exists())

    def test_layers_of_other_shapes_in_the_middle_point_to_another_run(self):
        self.train("run")
        for file in self.checkpoints("run")[3:]:
            file.unlink()
        output = self.train("run", "--set", "layer.dense.units=3", expect=2)
        self.assertIn("hint: --run OTHER or --fresh trains the changed recipe", output)

    def test_more_epochs_go_on(self):
        self.train("long", "--set", "training.epochs=6")
        self.train("run")
        output = self.train("run", "--set", "training.epochs=6")
        self.assertNotIn("warning", output)
        self.assertEqual(self.lines("run")[-1]["epoch"], 6)
        self.assertEqual([line for line in self.lines("run") if line["event"] == "step"], [line for line in self.lines("long") if line["event"] == "step"])

    def test_an_edit_in_the_middle_goes_on_if_it_is_forced(self):
        self.train("run")
        for file in self.checkpoints("run")[3:]:
            file.unlink()
        before = self.checkpoints("run")
        edited = ("--set", "optimizer.learning_rate=0.5", "--set", "training.batch_size=5", "--set", "checkpoint.keep=50")
        for ranks in (1, 2):
            output = self.train("run", *edited, ranks=ranks, expect=2)
            self.assertEqual(output.count("the recipe is not the one that"), 1, output)
            for text in ("optimizer.learning_rate: then 0.001, now 0.5", "training.batch_size: then 4, now 5", "--set training.batch_size=5 --set checkpoint.keep=50 --force-recipe goes on with", "--run OTHER", "--fresh"):
                self.assertIn(text, output)
            self.assertNotIn("checkpoint.keep: then", output)
            self.assertEqual(self.checkpoints("run"), before)
        output = self.train("run", *edited, "--force-recipe")
        self.assertIn("the recipe is not the one that", output)
        self.assertIn("from here on the run differs (--force-recipe):\n  optimizer.learning_rate: then 0.001, now 0.5", output)
        self.assertEqual(self.lines("run")[-1]["epoch"], 4)
        for file in self.checkpoints("run")[-1:]:
            file.unlink()
        self.assertNotIn("then 0.001", self.train("run", *edited))  # it is the recipe of the run now

    def test_changes_that_change_no_step_are_told_and_go_on(self):
        self.train("calm", "--set", "training.epochs=5")
        self.train("run")
        for file in self.checkpoints("run")[3:]:
            file.unlink()
        output = self.train("run", "--set", "training.epochs=5", "--set", "training.validation_freq=2", "--set", "checkpoint.every_epochs=2", "--set", "log.tensorboard=true", "--set", "training.log_every_steps=1",
                            "--set", "training.metrics=[]", "--set", 'training.early_stopping={ monitor = "loss", patience = 50 }')
        self.assertRegex(output, r"the recipe has changed since \S+ was written, in keys that change none of the steps made so far:")
        self.assertIn("training.epochs: then 4, now 5", output)
        self.assertNotIn("warning: the recipe", output)
        self.assert_same_parameters("calm", "run")

    def test_before_the_first_step_all_but_the_initial_weights_may_change(self):
        self.train("run", "--dry-run")
        self.assertIn("optimizer.learning_rate: then 0.001, now 0.5", self.train("run", "--set", "optimizer.learning_rate=0.5"))
        self.train("drawn", "--dry-run")
        for edit in ("training.seed=2", "layer.dense.kernel_initializer=zeros"):
            self.assertIn("--force-recipe", self.train("drawn", "--set", edit, expect=2))
        self.train("drawn", "--set", "training.seed=2", "--fresh")
        self.train("taken", "--dry-run")
        output = self.train("taken", "--set", 'initial_weights.from="run"', expect=2)
        self.assertIn("initial_weights.from: then none, now", output)
        self.assertIn("--force-recipe", output)

    def test_fewer_steps_an_epoch_end_the_running_one(self):
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                run, short = f"run{ranks}", ("--set", "training.batch_size=2", "--set", "checkpoint.every_steps=1")
                self.train(run, "--set", "training.epochs=1", *short, ranks=ranks)  # 10 steps an epoch
                for file in self.checkpoints(run)[7:]:
                    file.unlink()
                fewer = (*short, "--force-recipe", "--set", "training.steps_per_epoch=3", "--set", "training.epochs=4")
                self.assertIn("epoch 1 ends with the 12 samples", self.train(run, *fewer, ranks=ranks))
                ends = [(line["epoch"], line["step"]) for line in self.lines(run) if line["event"] == "epoch"]
                self.assertEqual(ends, [(1, 6), (2, 9), (3, 12), (4, 13)])  # a pass has 3, 3, 3 and 1 steps
                before = self.lines(run)
                self.assertIn("the training is complete", self.train(run, *fewer, ranks=ranks))
                self.assertEqual(self.lines(run), before)

    def test_another_monitor_is_not_measured_by_the_best_number_of_the_former_one(self):
        stopping = 'training.early_stopping={{ monitor = "{}", patience = 2 }}'
        plateau = 'optimizer.learning_rate={{ type = "reduce_on_plateau", initial_learning_rate = 0.001, monitor = "{}", patience = 2 }}'
        self.train("run", "--set", "training.epochs=2", "--set", stopping.format("accuracy"), "--set", plateau.format("accuracy"))
        shutil.copytree(self.folder / "run", self.folder / "same")
        output = self.train("run", "--set", "training.epochs=6", "--set", stopping.format("loss"), "--set", plateau.format("loss"), "--force-recipe")
        for text in ('early stopping begins anew with its best number: training.early_stopping.monitor: then "accuracy", now "loss"',
                     'the schedule of the learning rate begins anew: optimizer.learning_rate.monitor: then "accuracy", now "loss"'):
            self.assertIn(text, output)
        # The loss falls in every epoch, and stays above the best accuracy.
        epochs = [line for line in self.lines("run") if line["event"] == "epoch"]
        self.assertGreater(epochs[-1]["loss"], max(line["accuracy"] for line in epochs[:2]))
        self.assertEqual([line["learning_rate"] for line in epochs], [epochs[0]["learning_rate"]] * 6)
        self.assertNotIn("anew", self.train("same", "--set", "training.epochs=6", "--set", stopping.format("accuracy"), "--set", plateau.format("accuracy")))

    def test_a_forged_number_of_a_checkpoint_is_left_aside(self):
        stopping = ("--set", 'training.early_stopping={ monitor = "loss", patience = 2 }')
        self.train("run", *stopping, "--set", "training.epochs=2")
        for name in ("stopped_early", "early_stopping/progress", "optimizer/scalars", "epoch_sums"):
            self.rewrite("run", "--empty", name)
        self.train("run", *stopping)
        self.assertEqual(self.lines("run")[-1]["epoch"], 4)

    def test_housekeeping_is_no_edit(self):
        self.train("run")
        self.assertIn("the training is complete", self.train("run", "--set", "checkpoint.keep=3", "--set", "training.log_every_steps=2"))

    def test_fresh_and_resume_contradict_each_other(self):
        self.assertIn("--fresh and --resume do not go together", self.train("run", "--fresh", "--resume", "auto", expect=2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
