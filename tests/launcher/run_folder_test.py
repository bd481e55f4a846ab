# SPDX-License-Identifier: Apache-2.0
"""What a training leaves in its run folder: the log is the same however it reports, epochs and steps have a table each, and checkpoints come by the clock."""
import csv
import json
import os
import re
import threading
import unittest

from program import SOURCE, ProgramTest


class RunFolder(ProgramTest):
    def train(self, run, *words, progress="none"):
        code, out, err = self.run_it("train", self.recipe("mlp-iris"), "--run", run, "--threads", "1", "--progress", progress, "--set", "training.epochs=3", *words)
        self.assertEqual(code, 0, err)
        return out, err

    def log(self, run):
        """Its lines without what a clock, a folder's name or the words of the command write."""
        lines = [line for line in (self.place / run / "log.txt").read_text().splitlines() if not re.search(" info (command|date): ", line)]
        measured = r"\d+\.\d+ s  \d+ samples/s(  \(\d+ % of it waiting for data\))?| +\d+\.\d+( +\d+\.\d%)?$|\S+ Gflop/s"
        return [re.sub(measured, "", line.split(" ", 1)[1]).replace(f"/{run}", "") for line in lines]

    def table(self, run, name):
        with open(self.place / run / name, newline="") as file:
            return list(csv.DictReader(file))

    def test_the_log_has_the_same_lines_however_the_run_reports(self):
        said = {mode: self.train(mode, progress=mode) for mode in ("plain", "none", "json", "bar")}
        plain = self.log("plain")
        self.assertEqual(len([line for line in plain if line.startswith("info epoch ")]), 3)
        for start in ("info Teranga ", "info test part:"):
            self.assertTrue(any(line.startswith(start) for line in plain), (start, plain))
        for mode in ("none", "json", "bar"):
            self.assertEqual(self.log(mode), plain, mode)
        self.assertNotIn("epoch 1/3", said["none"][0] + said["none"][1])
        self.assertEqual([json.loads(line)["epoch"] for line in said["json"][0].splitlines()], [1, 2, 3])

    def test_what_was_said_before_there_was_a_run_folder_is_in_the_log_too(self):
        (self.place / "texts.csv").write_text("text,label\n" + "a b,x\nb c,y\n" * 20)
        (self.place / "net.toml").write_text("""schema = 1
[data]
type = "text"
train = "texts.csv"
text_column = "text"
label_column = "label"
encoding = "count"
[[layer]]
type = "dense"
units = 1
activation = "sigmoid"
[loss]
type = "binary_crossentropy"
[optimizer]
type = "sgd"
""")
        self.good("train", "net.toml", "--run", "run", "--threads", "1", "--progress", "none")
        self.assertIn("words are kept", (self.place / "run/log.txt").read_text())

    def test_epochs_and_steps_have_a_table_each(self):
        self.train("run", "--set", "training.log_every_steps=2")
        events = [json.loads(line) for line in (self.place / "run/metrics.jsonl").read_text().splitlines()]
        for name, event in (("metrics.csv", "epoch"), ("steps.csv", "step")):
            rows, lines = self.table("run", name), [line for line in events if line["event"] == event]
            self.assertEqual(len(rows), len(lines))
            self.assertGreater(len(rows), 2)
            for row, line in zip(rows, lines):
                self.assertEqual({key: float(value) for key, value in row.items()}, {key: float(value) for key, value in line.items() if key != "event"})

    def test_a_run_that_goes_on_has_every_epoch_and_step_once(self):
        self.train("whole", "--set", "training.log_every_steps=1")
        self.train("again", "--set", "training.log_every_steps=1", "--set", "checkpoint.every_steps=1", "--set", "checkpoint.keep=100")
        self.assertGreater(len(self.table("again", "steps.csv")), 6)
        for file in sorted((self.place / "again/checkpoints").iterdir())[4:]:
            file.unlink()
        self.train("again", "--set", "training.log_every_steps=1")
        for name, clock in (("metrics.csv", {"seconds", "samples_per_second", "data_wait", "checkpoint_wait"}), ("steps.csv", set())):
            rows = {run: [{key: value for key, value in row.items() if key not in clock} for row in self.table(run, name)] for run in ("whole", "again")}
            self.assertEqual(rows["again"], rows["whole"], name)

    def test_checkpoints_come_by_the_clock_and_the_first_and_the_last_always(self):
        steps = lambda run: [file.name for file in sorted((self.place / run / "checkpoints").iterdir())]
        self.train("by_default", "--set", "checkpoint.keep=100")
        first, last = steps("by_default")
        self.assertEqual(first, "step-000000000000.h5")
        resolved = (self.place / "by_default/recipe.toml").read_text()
        self.assertRegex(resolved, r"every_epochs = 0\nevery_seconds = 60")
        self.train("by_epochs", "--set", "checkpoint.keep=100", "--set", "checkpoint.every_epochs=1")
        self.assertEqual(len(steps("by_epochs")), 4)
        self.train("often", "--set", "checkpoint.keep=100", "--set", "checkpoint.every_seconds=1e-9")
        self.assertEqual(len(steps("often")), int(last[5:-3]) + 1)  # every step

    def former(self):
        """The files of the run "run" with their bytes."""
        return {path.relative_to(self.place): path.read_bytes() for path in sorted((self.place / "run").rglob("*")) if path.is_file() and path.name != "log.txt"}

    def test_a_dry_run_leaves_a_former_run_as_it_is(self):
        self.train("run")
        former = self.former()
        checkpoint = sorted(path for path in former if path.suffix == ".h5")[0]
        for words in (["--fresh", "--set", "training.seed=9"], ["--resume", checkpoint], ["--set", "training.epochs=5"], []):
            self.assertIn("no checkpoint is written", self.train("run", "--dry-run", *words)[1])
            self.assertEqual(self.former(), former, words)

    def test_a_fresh_run_moves_no_file_that_no_run_made(self):
        (self.place / "notes.txt").write_text("mine")
        (self.place / "iris.toml").write_text(self.recipe("mlp-iris").read_text().replace("../../datasets", str(SOURCE / "datasets")))
        for words in ([], ["--fresh"]):
            self.good("train", "iris.toml", "--run", ".", "--threads", "1", "--progress", "none", "--set", "training.epochs=2", *words)
        self.assertEqual((self.place / "notes.txt").read_text(), "mine")
        self.assertTrue((self.place / "iris.toml").exists())
        self.assertEqual({path.name for path in (self.place / "former-1").iterdir()}, {"checkpoints", "facts.jsonl", "log.txt", "metrics.csv", "metrics.jsonl", "pictures.jsonl", "recipe.toml", "report.html", "samples.jsonl", "steps.csv"})

    def test_a_fresh_run_may_begin_with_the_weights_of_the_run_that_it_puts_aside(self):
        self.train("run")
        self.train("run", "--fresh", "--init-weights", "run")
        self.assertTrue((self.place / "run/former-1/checkpoints").is_dir())

    def test_weights_that_cannot_be_had_leave_the_former_run_where_it_is(self):
        self.train("run")
        former = self.former()
        self.bad(5, "train", self.recipe("mlp-iris"), "--run", "run", "--threads", "1", "--progress", "none", "--fresh", "--init-weights", "absent")
        self.assertEqual(self.former(), former)

    def test_tables_of_other_metrics_are_kept_however_often_they_change(self):
        self.train("run")
        lines = (self.place / "run/metrics.csv").read_text()
        self.assertEqual(len(lines.splitlines()), 4)
        self.run_it("train", self.recipe("mlp-iris"), "--run", "run", "--threads", "1", "--progress", "none", "--set", "training.epochs=4", "--set", "training.metrics=[]", "--force-recipe", "--set", "optimizer.learning_rate=1e38")
        self.assertEqual(len((self.place / "run/metrics.csv").read_text().splitlines()), 1)  # it ended in its first epoch
        self.train("run", "--set", "training.epochs=4")
        self.assertEqual([path.read_text() for path in sorted((self.place / "run").glob("metrics-to-step-*.csv"))], [lines])

    def test_checkpoints_that_another_run_writes_meanwhile_are_not_overwritten(self):
        self.train("run")
        checkpoint = sorted((self.place / "run/checkpoints").glob("*.h5"))[-1]
        ended = threading.Event()

        def writes():
            while not ended.is_set():
                os.utime(checkpoint)

        other = threading.Thread(target=writes)
        other.start()
        try:
            said = self.bad(75, "train", self.recipe("mlp-iris"), "--run", "run", "--threads", "1", "--progress", "none", "--set", "training.epochs=5")
        finally:
            ended.set()
            other.join()
        self.assertIn("another run has written checkpoints", said)
        self.good("train", self.recipe("mlp-iris"), "--run", "run", "--threads", "1", "--progress", "none", "--set", "training.epochs=5")


if __name__ == "__main__":
    unittest.main()
