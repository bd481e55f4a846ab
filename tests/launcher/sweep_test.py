# SPDX-License-Identifier: Apache-2.0
"""teranga sweep: all rows, the right table, also after kills, by job arrays, and with halving."""
import csv
import os
import re
import signal
import subprocess
import time

from program import *

NET = """schema = 1
[data]
type = "digits"
validation_split = 0.1
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 2
batch_size = 50
metrics = ["accuracy"]
"""
GRID = ("--grid", "optimizer.learning_rate=0.0,0.5,0.05", "--grid", "training.seed=1..4")


class Sweep(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "net.toml").write_text(NET)

    def table(self, folder="sweeps/net"):
        with open(self.place / folder / "table.csv") as file:
            return list(csv.DictReader(file))

    def values_alone(self, learning_rate, seed):
        self.good("train", "net.toml", "--run", "alone", "--fresh", "--set", f"optimizer.learning_rate={learning_rate}", "--set", f"training.seed={seed}")
        with open(self.place / "alone/metrics.csv") as file:
            return [float(row["val_accuracy"]) for row in csv.DictReader(file)]

    def test_all_rows_are_ranked(self):
        out = self.good("sweep", "net.toml", *GRID, "--monitor", "val_accuracy")
        table = self.table()
        self.assertEqual(len(table), 12)
        self.assertEqual(sorted(int(row["row"]) for row in table), list(range(1, 13)))
        values = [float(row["val_accuracy"]) for row in table]
        self.assertEqual(values, sorted(values, reverse=True))
        self.assertEqual({row["optimizer.learning_rate"] for row in table[-4:]}, {"0.0"})
        best = table[0]
        alone = self.values_alone(best["optimizer.learning_rate"], best["training.seed"])
        self.assertAlmostEqual(float(best["val_accuracy"]), max(alone), delta=1e-6)
        self.assertEqual(int(best["epoch"]), alone.index(max(alone)) + 1)
        self.assertIn("row 12 of 12", out)
        begun = time.monotonic()
        self.assertNotIn("row 1 of 12", self.good("sweep", "net.toml", *GRID, "--monitor", "val_accuracy"))  # all are done
        self.assertEqual(self.table(), table)

    def killed(self, words, after, how):
        """The sweep, ended by a signal when so many rows are done."""
        job = subprocess.Popen([PROGRAM, *words], cwd=self.place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
        self.addCleanup(job.kill)
        end = time.monotonic() + 100
        while len(list(self.place.glob("sweeps/net/*.result"))) < after and job.poll() is None:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.005)
        time.sleep(0.2)  # into the next row
        job.send_signal(how)
        return job.wait(timeout=60)

    def test_killed_and_stopped(self):
        words = ["sweep", "net.toml", *GRID, "--set", "training.epochs=3", "--launcher", "mpirun -n 2 --oversubscribe --bind-to none"]
        self.assertEqual(self.killed(words, 2, signal.SIGKILL), -signal.SIGKILL)
        self.killed(words, 5, signal.SIGTERM)
        self.good(*words)
        table = self.table()
        self.assertEqual(sorted(int(row["row"]) for row in table), list(range(1, 13)))
        self.assertEqual({row["state"] for row in table}, {"done"})
        os.rename(self.place / "sweeps", self.place / "disturbed")
        self.good(*words)
        self.assertEqual(self.table(), table)

    def test_by_index_of_a_job_array(self):
        words = ["sweep", "net.toml", "--grid", "optimizer.learning_rate=0.5,0.05"]
        for index in (2, 1):
            self.good(*words, "--index", index)
        self.assertEqual(sorted(row["state"] for row in self.table()), ["done", "done"])
        self.assertNotIn("row 1 of", self.good(*words))
        self.assertIn("a job array of 1-2", self.bad(2, *words, "--index", "3"))
        self.assertIn("a job array of 1-2", self.bad(2, *words, "--index", "0"))

    def test_halving(self):
        self.good("sweep", "net.toml", *GRID, "--set", "training.epochs=9", "--halving", "3")
        epochs = []
        for row in range(1, 13):
            epochs.append(len((self.place / f"sweeps/net/{row:04}/metrics.csv").read_text().splitlines()) - 1)
        self.assertEqual(sorted(epochs), [1] * 8 + [3] * 2 + [9] * 2)
        self.assertTrue(all(row["optimizer.learning_rate"] != "0.0" for row in self.table()[:4]))

    def test_a_row_that_diverges_does_not_stop_the_others(self):
        out = self.good("sweep", "net.toml", "--grid", "optimizer.learning_rate=1e38,0.05")
        self.assertEqual([row["state"] for row in self.table()], ["done", "diverged"])
        self.assertIn("row 1 of 2: optimizer.learning_rate=1e38: diverged", out)

    def test_a_changed_recipe_is_another_sweep(self):
        words = ["sweep", "net.toml", "--grid", "training.seed=1..2"]
        self.good(*words)
        self.assertIn("--folder OTHER", self.run_it(*words, "--set", "training.batch_size=20")[2])
        (self.place / "net.toml").write_text(NET.replace("units = 10", "units = 11"))
        self.assertIn("--folder OTHER", self.run_it(*words)[2])

    def test_epochs_are_a_key_as_others(self):
        self.good("sweep", "net.toml", "--grid", "training.epochs=1,3")
        self.assertEqual([len((self.place / f"sweeps/net/000{row}/metrics.csv").read_text().splitlines()) - 1 for row in (1, 2)], [1, 3])
        self.assertIn("leave out --halving", self.bad(2, "sweep", "net.toml", "--grid", "training.epochs=1,3", "--halving", "2"))

    def test_rows_that_fail_are_told_and_tried_again(self):
        launcher = self.place / "launch"
        launcher.write_text("#!/bin/sh\n[ -e broken ] && exit 1\nexec \"$@\"\n")
        launcher.chmod(0o755)
        (self.place / "broken").write_text("")
        words = ["sweep", "net.toml", "--grid", "training.seed=1..2", "--launcher", str(launcher)]
        code, out, _ = self.run_it(*words)
        self.assertEqual(code, 1, out)
        self.assertIn("2 rows failed", out)
        self.assertEqual([row["state"] for row in self.table()], ["failed", "failed"])
        (self.place / "broken").unlink()
        self.good(*words)
        self.assertEqual([row["state"] for row in self.table()], ["done", "done"])

    def test_a_run_that_another_process_holds_is_waited_for(self):
        job = subprocess.Popen([PROGRAM, "train", "net.toml", "--run", "sweeps/net/0001", "--set", "training.seed=1", "--set", "training.epochs=30", "--progress", "none"], cwd=self.place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(job.kill)
        end = time.monotonic() + 60
        while not (self.place / "sweeps/net/0001/owner").exists():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.002)
        job.send_signal(signal.SIGSTOP)
        sweep = subprocess.Popen([PROGRAM, "sweep", "net.toml", "--grid", "training.seed=1..2", "--set", "training.epochs=30"], cwd=self.place, stdout=subprocess.PIPE, text=True)
        self.addCleanup(sweep.kill)
        time.sleep(1)
        job.kill()
        job.wait()
        out, _ = sweep.communicate(timeout=100)
        self.assertIn("row 2 of 2", out)
        self.assertEqual(len(self.table()), 2)

    def test_the_owner_gives_signs_of_life_while_a_row_trains_and_signals_reach_the_row(self):
        launcher, owner = self.place / "launch", self.place / "sweeps/net/owner"
        launcher.write_text("#!/bin/sh\ntouch begun\nexec sleep 120\n")
        launcher.chmod(0o755)
        sweep = subprocess.Popen([PROGRAM, "sweep", "net.toml", "--grid", "training.seed=1..2", "--launcher", str(launcher)], cwd=self.place, stdout=subprocess.PIPE, text=True)
        self.addCleanup(sweep.kill)
        self.wait_until((self.place / "begun").exists, 60)
        begun = owner.stat().st_mtime_ns
        self.wait_until(lambda: owner.stat().st_mtime_ns != begun, 30)  # every 10 s
        sweep.send_signal(signal.SIGTERM)
        out, _ = sweep.communicate(timeout=60)
        self.assertEqual(sweep.returncode, 75, out)
        self.assertIn("stopped on request", out)
        self.assertFalse(owner.exists())

    def test_a_signal_before_the_first_row_stops_the_sweep_as_one_of_its_rows_does(self):
        words = [PROGRAM, "sweep", "net.toml", "--grid", "training.seed=1..1000", "--set", "training.epochs=100000"]
        sweep = subprocess.Popen(words, cwd=self.place, stdout=subprocess.PIPE, text=True)
        self.addCleanup(sweep.kill)
        number = 1 << (signal.SIGUSR2 - 1)
        self.wait_until(lambda: sweep.poll() is not None or number & int(re.search(r"SigBlk:\s*(\w+)", Path(f"/proc/{sweep.pid}/status").read_text())[1], 16), LIMIT)
        self.assertFalse((self.place / "sweeps").exists(), "signals wait no earlier than in the first row")
        sweep.send_signal(signal.SIGUSR2)
        out, _ = sweep.communicate(timeout=LIMIT)
        self.assertEqual(sweep.returncode, 75, out)
        self.assertIn("stopped on request", out)

    def wait_until(self, holds, seconds):
        end = time.monotonic() + seconds
        while not holds():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def test_draws(self):
        words = ["sweep", "net.toml", "--grid", "optimizer.learning_rate=log:1e-3..1.0", "--grid", "training.batch_size=20,50", "--set", "training.epochs=0", "--random", "6"]
        self.good(*words, "--folder", "one")
        self.good(*words, "--folder", "two")
        self.good(*words, "--folder", "three", "--seed", "1")
        rows = [(self.place / folder / "rows.csv").read_text() for folder in ("one", "two", "three")]
        self.assertEqual(rows[0], rows[1])
        self.assertNotEqual(rows[0], rows[2])
        for row in csv.DictReader(rows[0].splitlines()):
            self.assertTrue(1e-3 <= float(row["optimizer.learning_rate"]) <= 1)
            self.assertIn(row["training.batch_size"], ("20", "50"))

    def test_mistakes_are_told_before_anything_is_trained(self):
        for words, said in (((), "there is nothing to vary"), (("--grid", "optimizer.learning_rate"), "expected KEY=VALUE"), (("--grid", "optimizer.lerning_rate=0.1"), "learning_rate"),
                            (("--grid", "optimizer.learning_rate=0.1,abc"), "learning_rate"), (("--grid", "optimizer.learning_rate=0.1..0.2"), "--random 20"), (("--grid", "training.seed=3..1"), "training.seed=1..3"),
                            (("--grid", "training.seed=1,1"), "given twice"), (("--grid", "training.seed=1", "--grid", "training.seed=2"), "given twice"), (("--grid", "training.seed=1,,2"), "a value is empty"),
                            (("--grid", "training.seed=1..3", "--random", "4"), "--random 3"), (("--grid", "training.seed=1", "--monitor", "val_acuracy"), "--monitor val_accuracy"),
                            (("--grid", "optimizer.learning_rate=log:0..1", "--random", "3"), "begins above 0"), (("--grid", "training.seed=1..2", "--index", "1", "--halving", "2"), "--halving")):
            with self.subTest(words):
                self.assertIn(said, self.bad(2, "sweep", "net.toml", *words))
        self.assertIn("no other ones are found", self.bad(2, "sweep", "net.toml", "--grid", "optimizer.learning_rate=0.1..0.1000001", "--random", "5"))
        self.assertFalse((self.place / "sweeps").exists())
        self.good("sweep", "net.toml", "--grid", "training.seed=1", "--set", "training.epochs=0")
        self.assertIn("--folder OTHER", self.run_it("sweep", "net.toml", "--grid", "training.seed=2", "--set", "training.epochs=0")[2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
