# SPDX-License-Identifier: Apache-2.0
"""A run is saved at each of its 200 steps. From each of these checkpoints the same command goes on to the same end: with each optimizer, on one and on two
ranks, on three ranks from a checkpoint of two, and where the resumed run is killed and resumed once more. Among the steps are those in the middle of an
epoch, after its last short batch, and after an evaluation."""
import json
import os
import shutil
import subprocess

import job

PROMISE = "A run that is saved at any step, and resumed there, ends with the bits of an undisturbed run"
LIMITS = "200 steps of 8 epochs, 14 optimizers; the same number of ranks, or `--reproducible`"
STEPS = 200
COUNT = STEPS * 14  # of each part, with all 14 optimizers

NET = job.NET.replace("epochs = 6", "epochs = 8").replace("batch_size = 50", "batch_size = 52").replace("filters = 6", "filters = 3").replace("units = 130", "units = 30")
NET = NET.replace('"batch_normalization"', '"batch_normalization"\nsynchronized = true').replace("patience = 5", "patience = 100")
NET = NET[:NET.index("[checkpoint]")] + "[log]\nreport = false\n[checkpoint]\nevery_seconds = 0\n"
SAVING = ("--set", "checkpoint.every_steps=1", "--set", "checkpoint.keep=1000")
SUMS = ("--reproducible",)
TOLERANCE, STEPS_ALIKE = 1e-3, 25  # of losses, where another number of ranks adds in another order


def optimizers():
    listed = subprocess.run([job.TERANGA, "plugin", "list", "optimizer"], capture_output=True, text=True, check=True, timeout=60).stdout
    return [line.split()[1].removeprefix("teranga.") for line in listed.splitlines() if line.startswith("optimizer")]


class Saved:
    """The runs of one optimizer that others are compared with: one that is saved at each step, and one that is not."""

    def __init__(self, trial, optimizer, ranks, options):
        name = f"{optimizer}-{ranks}{''.join(options)}"
        self.trial, self.ranks, self.options = trial, ranks, options
        self.recipe = trial.folder / f"{name}.toml"
        self.recipe.write_text(NET.replace("nadam", optimizer))
        self.saved, self.plain = f"saved-{name}", f"plain-{name}"
        trial.train(self.saved, *options, *SAVING, ranks=ranks, recipe=self.recipe)
        trial.train(self.plain, *options, ranks=ranks, recipe=self.recipe)
        trial.assertEqual([int(file.stem[5:]) for file in trial.checkpoints(self.saved)], list(range(STEPS + 1)))
        trial.assertEqual(trial.lines(self.saved), trial.lines(self.plain), "saving changes a training")

    def remove(self):
        for run in (self.saved, self.plain):
            shutil.rmtree(self.trial.folder / run)

    def begin(self, step):
        """A run folder as it was when the checkpoint of that step was the newest."""
        run = self.trial.folder / "resumed"
        shutil.rmtree(run, ignore_errors=True)
        (run / "checkpoints").mkdir(parents=True)
        saved = self.trial.folder / self.saved
        os.link(saved / f"checkpoints/step-{step:012}.h5", run / f"checkpoints/step-{step:012}.h5")
        for file in saved.glob("*.csv"):
            shutil.copy(file, run)
        shutil.copy(saved / "metrics.jsonl", run)
        return run.name

    def resume(self, step, ranks):
        run = self.begin(step)
        self.trial.train(run, *self.options, ranks=ranks, recipe=self.recipe)
        return run

    def same_bits(self, step, ranks):
        self.trial.assert_same_bits(self.plain, self.resume(step, ranks))

    def same_bits_twice(self, step, ranks):
        run = self.begin(step)
        killed = self.trial.start(self.trial.command(run, *self.options, *SAVING, ranks=ranks, recipe=self.recipe))
        self.trial.wait_for_step(killed, run, min(step + self.trial.random.randrange(1, 4), STEPS))
        self.trial.kill(killed)
        self.trial.train(run, *self.options, ranks=ranks, recipe=self.recipe)
        self.trial.assert_same_bits(self.plain, run)

    def same_losses(self, step, ranks):
        wanted, found = self.trial.lines(self.plain), self.trial.lines(self.resume(step, ranks))
        self.trial.assertEqual([(line["event"], line["step"]) for line in found], [(line["event"], line["step"]) for line in wanted])
        for ours, other in zip(found, wanted):
            if ours["event"] == "step" and ours["step"] <= step + STEPS_ALIKE:
                self.trial.assertLess(abs(ours["loss"] - other["loss"]), TOLERANCE * abs(other["loss"]), json.dumps(ours))


# Part: ranks of the saved run, of the resumed one, options, the check, the share of the count.
PARTS = {
    "1 rank": (1, 1, (), Saved.same_bits, 1),
    "resumed twice": (1, 1, (), Saved.same_bits_twice, 0.25),
    "2 ranks": (2, 2, (), Saved.same_bits, 1),
    "3 ranks from 2": (2, 3, SUMS, Saved.same_bits, 1),
    "3 ranks from 2, rounding": (2, 3, (), Saved.same_losses, 0.1),
}


def run(trial, count):
    kinds = optimizers()
    for part, (before, after, options, check, share) in PARTS.items():
        if not trial.wanted(part):
            continue
        tries = [(kind, step) for kind in kinds for step in range(STEPS)]
        tries = sorted(trial.random.sample(tries, min(len(tries), max(1, round(count * share)))))
        for kind in kinds:
            steps = [step for other, step in tries if other == kind]
            if not steps:
                continue
            saved = Saved(trial, kind, before, options)
            for step in steps:
                trial.attempt(part, f"{kind} from step {step}", lambda: check(saved, step, after))
            saved.remove()
