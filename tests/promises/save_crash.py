# SPDX-License-Identifier: Apache-2.0
"""A training is killed where its saving thread is about to make a system call, at each of the calls of three saves in turn; a call never brings more than
4 KiB to disk. Then the newest generation that is left must be loadable, none may be torn, and the same command must end with the bits of an undisturbed
run. The same with each system call of all threads that changes a file, from the start of a training to its end."""
import os
import shutil
import subprocess

import job

PROMISE = "A process that dies anywhere in a save, or at any change of a file, leaves a loadable generation; resuming gives the same bits"
LIMITS = "the process dies, the system stays up; a power cut is not tried"
COUNT = 2000  # at most, of each part; all points where there are fewer
TRACER = str(job.BUILD / "bin/crash_point")
# Saves at steps 0, 7, 14, 21 and 26; a file has about 600 KiB.
NET = job.NET.replace("epochs = 6", "epochs = 1").replace("units = 130", "units = 600").replace("keep = 1000", "keep = 2").replace("every_epochs = 1\n", "")
KILLED = 137


def missing():
    probe = subprocess.run([TRACER, "--files", "0", "true"], capture_output=True)
    return "" if probe.returncode == 0 else "processes cannot be traced"


class Crashes:
    def __init__(self, trial, ranks, kind, begun):
        self.trial, self.ranks, self.kind, self.begun = trial, ranks, kind, begun
        trial.recipe.write_text(NET)
        self.calm, self.base = f"calm{ranks}", f"base{ranks}"
        if not (trial.folder / self.calm).exists():
            trial.train(self.calm, ranks=ranks)
            trial.train(self.base, "--set", "checkpoint.keep=1000", ranks=ranks)
            for file in trial.checkpoints(self.base)[2:]:
                file.unlink()

    def begin(self):
        run = self.trial.folder / "crashed"
        shutil.rmtree(run, ignore_errors=True)
        if self.begun:
            shutil.copytree(self.trial.folder / self.base, run)
        return run.name

    def command(self, run, point):
        """The process 0 alone is traced."""
        words = self.trial.command(run, ranks=1)
        traced = [TRACER, self.kind, str(point), *words]
        if self.ranks == 1:
            return traced
        return ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "1", *traced, ":", "-n", str(self.ranks - 1), *words]

    def points(self):
        """How many calls a whole run makes."""
        calls = self.trial.folder / "calls.txt"
        code, output = self.trial.finish(self.trial.start(self.command(self.begin(), 0), CALLS=str(calls)))
        self.trial.assertEqual(code, 0, output)
        return len(calls.read_text().splitlines())

    def crash(self, point):
        trial, run = self.trial, self.begin()
        code, output = trial.finish(trial.start(self.command(run, point)))
        if code == 0:
            return  # a call less than in the run that was counted: nothing was left to die in
        trial.assertEqual(code, KILLED, output)
        left = trial.checkpoints(run)
        trial.assertTrue(left or not self.begun, "no generation is left")
        for file in left:
            trial.teranga("checkpoint", "verify", file)
        output = trial.train(run, ranks=self.ranks)
        trial.assertNotIn("refused", output)
        trial.assert_same_bits(self.calm, run)
        trial.assertEqual([], [name for name in os.listdir(trial.folder / run / "checkpoints") if name.endswith(".tmp")], "a temporary file is left")


# Part: ranks, which calls, whether the run has two generations already, the share of the count.
PARTS = {
    "1 rank, calls of saves": (1, "--save", True, 1),
    "2 ranks, calls of saves": (2, "--save", True, 0.05),
    "1 rank, all changes of files": (1, "--files", False, 1),
    "2 ranks, all changes of files": (2, "--files", False, 0.05),
}


def run(trial, count):
    for part, (ranks, kind, begun, share) in PARTS.items():
        if not trial.wanted(part):
            continue
        crashes = Crashes(trial, ranks, kind, begun)
        points = crashes.points()
        tried = sorted(trial.random.sample(range(1, points + 1), min(points, max(1, round(count * share)))))
        for point in tried:
            trial.attempt(part, f"call {point} of {points}", lambda: crashes.crash(point))
        if len(tried) == points:
            trial.note(part, f"all {points} calls")
