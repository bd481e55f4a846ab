# SPDX-License-Identifier: Apache-2.0
"""A run that is killed or stopped and started again ends with the bits of an undisturbed one; threads change no bit, ranks change the sums' order only."""
from job import *


class Resume(Jobs):
    def test_killed_on_one_rank(self):
        self.killed_and_resumed(1)

    def test_killed_on_two_ranks(self):
        self.killed_and_resumed(2)

    def test_optimizers_of_whole_tensors(self):
        """Their slots have shapes of their own, and not every parameter has each."""
        for kind, ranks in (("muon", 1), ("adafactor", 2), ("lamb", 2), ("lars", 1)):
            with self.subTest(kind):
                self.recipe.write_text(NET.replace("nadam", kind).replace("epochs = 6", "epochs = 2").replace("batch_size = 50", "batch_size = 100"))
                self.resumed_from_any(2, ranks=ranks)
                for threads in (2, 3):
                    self.train(f"t{threads}", threads=threads, ranks=ranks)
                    self.assert_same_bits("calm", f"t{threads}")
                for run in self.folder.iterdir():
                    if run.is_dir():
                        shutil.rmtree(run)

    def test_from_any_checkpoint(self):
        self.resumed_from_any(4)

    def test_epochs_that_are_parts_of_a_pass(self):
        self.recipe.write_text(NET.replace("batch_size = 50\n", "batch_size = 50\nsteps_per_epoch = 11\n"))  # 11, 11 and 4 of 26 steps
        for ranks in (1, 2):
            with self.subTest(ranks=ranks):
                self.resumed_from_any(3, ranks=ranks)
                steps = [line["step"] for line in self.lines("calm") if line["event"] == "epoch"]
                self.assertEqual(steps, [11, 22, 26, 37, 48, 52])
                for run in self.folder.iterdir():
                    if run.is_dir():
                        shutil.rmtree(run)

    def test_an_abandoned_future_does_not_come_back(self):
        short = ("--set", "training.epochs=1", "--set", "training.early_stopping.patience=0")
        self.train("calm")
        self.train("back")
        middle = self.checkpoints("back")[2]
        job = self.start(self.command("back", "--resume", str(middle)))
        end = time.monotonic() + LIMIT
        while self.last_step("back") > 2 * STEPS_PER_EPOCH:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.002)
        self.wait_for_step(job, "back", STEPS_PER_EPOCH)
        self.kill(job)
        self.assertGreater(len(list((self.folder / "back/checkpoints").glob("*.abandoned"))), 10)
        self.assertIn("renamed to *.abandoned", (self.folder / "back/log.txt").read_text())
        self.assertNotIn("complete", self.train("back"))
        self.assert_same_bits("calm", "back")
        # From another run's checkpoint, into a folder that has that step itself.
        self.train("other", "--set", "training.seed=6", *short)
        self.assertEqual(self.last_step("other"), STEPS_PER_EPOCH)
        self.train("other", "--resume", str(next(file for file in self.checkpoints("calm") if file.name == self.checkpoints("other")[-1].name)))
        self.assertEqual(self.last_step("other"), self.last_step("calm"))

    def test_threads_change_no_bit(self):
        self.train("one", threads=1)
        for threads in (2, 4, 8):
            self.train(f"t{threads}", threads=threads)
            self.assert_same_bits("one", f"t{threads}")

    def test_ranks_agree(self):
        # Batch statistics are each rank's own, so the net is one without.
        self.recipe.write_text(NET.replace('[[layer]]\ntype = "batch_normalization"\n', ""))
        losses = {}
        for ranks in (1, 2, 4):
            self.train(f"r{ranks}", "--set", "training.epochs=2", ranks=ranks)
            losses[ranks] = [line["loss"] for line in self.lines(f"r{ranks}") if line["event"] == "step"]
            self.assertEqual(len(losses[ranks]), 2 * STEPS_PER_EPOCH)
        for ranks in (2, 4):
            for step, (a, b) in enumerate(zip(losses[1], losses[ranks])):
                self.assertLess(abs(a - b), 1e-3 * abs(a), f"{ranks} ranks, step {step + 1}")

    def test_files_in_the_run_folder_ask_for_a_checkpoint_and_for_a_stop(self):
        self.recipe.write_text(NET.replace("every_steps = 7\nevery_epochs = 1\n", "every_seconds = 0\n").replace("epochs = 6", "epochs = 1000000").replace("log_every_steps = 1\n", "").replace("patience = 5", "patience = 1000000"))

        def until(condition, what):
            end = time.monotonic() + 60
            while not condition():
                self.assertLess(time.monotonic(), end, what)
                self.assertIsNone(job.poll(), what)
                time.sleep(0.02)

        for ranks in (1, 2):
            folder = self.folder / f"asked{ranks}"
            folder.mkdir()
            (folder / "STOP").write_text("from before\n")
            job = self.start(["none" if word == "plain" else word for word in self.command(folder.name, "--set", "log.report=false", ranks=ranks)])  # a pipe that nobody reads would be full soon
            until(lambda: (folder / "metrics.csv").exists() and (folder / "metrics.csv").stat().st_size > 500, "the training does not begin")
            self.assertFalse((folder / "STOP").exists())
            before = set((folder / "checkpoints").glob("step-*.h5"))
            (folder / "CHECKPOINT").touch()
            until(lambda: not (folder / "CHECKPOINT").exists() and set((folder / "checkpoints").glob("step-*.h5")) != before, "no checkpoint came")
            (folder / "STOP").touch()
            code, output = self.finish(job)
            self.assertEqual(code, 75, output)
            self.assertIn("STOP is from before this start, and is removed", output)
            self.assertFalse((folder / "STOP").exists())

    def test_resumes_on_another_number_of_ranks(self):
        self.recipe.write_text(NET.replace('[[layer]]\ntype = "batch_normalization"\n', ""))
        self.train("calm")
        for attempt in range(5):  # until the signal comes before the end
            moved = f"moved{attempt}"
            job = self.start(self.command(moved, ranks=2))
            self.wait_for_step(job, moved, 30)
            job.send_signal(signal.SIGUSR2)
            code, output = self.finish(job)
            if code == 75:
                break
        self.assertEqual(code, 75, output)
        self.train(moved, ranks=4)
        a, b = self.lines("calm"), self.lines(moved)
        self.assertEqual([(l["event"], l["step"]) for l in a], [(l["event"], l["step"]) for l in b])

    def test_more_ranks_than_samples_of_a_batch(self):
        self.train("few", "--set", "training.batch_size=3", "--set", "training.epochs=1", "--set", "data.limit=20", "--set", "training.early_stopping.patience=1", ranks=4)

    def test_signals(self):
        for number, (sign, code) in enumerate(((signal.SIGUSR2, 75), (signal.SIGTERM, 75), (signal.SIGINT, 75))):
            run = f"signal{number}"
            job = self.start(self.command(run, "--set", "training.epochs=2000", "--set", "training.early_stopping.patience=5000", "--set", "checkpoint.keep=2"))
            self.wait_for_step(job, run, 14)
            job.send_signal(sign)
            found, output = self.finish(job)
            self.assertEqual(found, code, output)
            self.assertIn("goes on", output)

    def test_usr1_saves_and_goes_on(self):
        job = self.start(self.command("saved", "--set", "checkpoint.every_steps=0", "--set", "checkpoint.every_epochs=0", "--set", "checkpoint.every_seconds=0", "--set", "training.epochs=2000",
                                      "--set", "training.early_stopping.patience=5000"))
        self.wait_for_step(job, "saved", 0)
        time.sleep(0.2)
        job.send_signal(signal.SIGUSR1)
        code, output = self.finish(job)
        self.assertEqual(code, 0, output)
        self.assertEqual(len(self.checkpoints("saved")), 3, "the first, the requested and the last")

    def test_time_limit(self):
        output = self.train("limited", "--set", "training.epochs=100000", "--set", "training.early_stopping.patience=100000", "--max-time", "3", "--set", "checkpoint.keep=2", expect=75)
        self.assertIn("goes on", output)

    def test_complete_run_is_left_alone(self):
        self.train("done")
        before = self.lines("done")
        output = self.train("done")
        self.assertIn("complete", output)
        self.assertEqual(self.lines("done"), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
