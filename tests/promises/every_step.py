# SPDX-License-Identifier: Apache-2.0
"""A run is saved at each of its 200 steps. From each of these checkpoints the same command goes on to the same end: with each optimizer, on one and on two
ranks, on three ranks from a checkpoint of two, and where the resumed run is killed and resumed once more. Among the steps are those in the middle of an
epoch, after its last short batch, and after an evaluation. Other recipes are saved wherever their ranks meet: two networks in turn, states that go from batch
to batch, updates of several batches, rounds that each rank makes alone."""
import json
import os
import re
import shutil
import subprocess

import job
from phases_test import ADVERSARIAL
from row_states_test import STATEFUL, walk

PROMISE = "A run that is saved at any step, and resumed there, ends with the bits of an undisturbed run"
LIMITS = "200 steps of 8 epochs; the same number of ranks, or `--reproducible`"
STEPS = 200
# Forms of optimizers that keep more of the past.
FORMS = {
    "sgd with momentum": "momentum = 0.9\nnesterov = true\n",
    "rmsprop, centered": "centered = true\nmomentum = 0.5\n",
    "adam with amsgrad": "amsgrad = true\n",
    "adamw with averages": "use_ema = true\nema_overwrite_frequency = 11\n",
}
COUNT = STEPS * (14 + len(FORMS))  # of each part, with all 14 optimizers and these forms

NET = job.NET.replace("epochs = 6", "epochs = 8").replace("batch_size = 50", "batch_size = 52").replace("filters = 6", "filters = 3").replace("units = 130", "units = 30")
NET = NET.replace('"batch_normalization"', '"batch_normalization"\nsynchronized = true').replace("patience = 5", "patience = 100")
NET = NET[:NET.index("[checkpoint]")] + "[log]\nreport = false\n[checkpoint]\nevery_seconds = 0\n"
SAVING = ("--set", "checkpoint.every_steps=1", "--set", "checkpoint.keep=1000")
SUMS = ("--reproducible",)
TOLERANCE, STEPS_ALIKE = 1e-3, 25  # of losses, where another number of ranks adds in another order


def optimizers():
    listed = subprocess.run([job.TERANGA, "plugin", "list", "optimizer"], capture_output=True, text=True, check=True, timeout=60).stdout
    plain = [line.split()[1].removeprefix("teranga.") for line in listed.splitlines() if line.startswith("optimizer")]
    return plain + list(FORMS)


def with_optimizer(name):
    kind = re.match("[a-z]+", name)[0]
    return NET.replace('type = "nadam"\n', f'type = "{kind}"\n{FORMS.get(name, "")}')


def seldom_saved(text):
    return re.sub(r"(?m)^(every_steps|every_epochs|keep) = \d+\n", "", text) + "every_seconds = 0\n"


def other_recipes(trial):
    (trial.folder / "walk.csv").write_text(walk())
    return {
        "two networks in turn": seldom_saved(ADVERSARIAL),
        "states of rows": seldom_saved(STATEFUL),
        "updates of 3 batches": NET.replace("batch_size = 52", "batch_size = 17\naccumulate = 3"),
        "rounds of 2 updates": NET.replace("[checkpoint]", "[training.averaging]\nevery = 2\noverlap = true\n[checkpoint]"),
    }


class Saved:
    """The runs of one recipe that others are compared with: one that is saved wherever that is possible, and one that is not."""

    def __init__(self, trial, kind, text, ranks, options):
        name = f"{re.sub('[^a-z0-9]+', '-', kind)}-{ranks}{''.join(options)}"
        self.trial, self.ranks, self.options = trial, ranks, options
        self.recipe = trial.folder / f"{name}.toml"
        self.recipe.write_text(text)
        self.saved, self.plain = f"saved-{name}", f"plain-{name}"
        trial.train(self.saved, *options, *SAVING, ranks=ranks, recipe=self.recipe)
        trial.train(self.plain, *options, ranks=ranks, recipe=self.recipe)
        self.steps = [int(file.stem[5:]) for file in trial.checkpoints(self.saved)][:-1]
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
        self.trial.wait_for_step(killed, run, min(step + self.trial.random.randrange(1, 4), self.steps[-1]))
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
    "other recipes, 1 rank": (1, 1, (), Saved.same_bits, 0.2),
    "other recipes, 2 ranks": (2, 2, (), Saved.same_bits, 0.2),
}


def run(trial, count):
    for part, (before, after, options, check, share) in PARTS.items():
        if not trial.wanted(part):
            continue
        recipes = other_recipes(trial) if part.startswith("other") else {name: with_optimizer(name) for name in optimizers()}
        wanted = max(1, round(count * share))
        kinds = sorted(trial.random.sample(list(recipes), min(wanted, len(recipes))))
        for kind in kinds:
            try:
                saved = Saved(trial, kind, recipes[kind], before, options)
            except Exception as error:  # the other recipes are tried
                trial.failed(part, f"{kind}, the undisturbed run", error)
                continue
            for step in sorted(trial.random.sample(saved.steps, min(len(saved.steps), -(-wanted // len(kinds))))):
                trial.attempt(part, f"{kind} from step {step}", lambda: check(saved, step, after))
            saved.remove()
