# SPDX-License-Identifier: Apache-2.0
"""A training writes to a disk of a given size, for many sizes from none to enough. It ends well, or with an error. Every checkpoint that it leaves is intact.
When the disk has room again, the same command ends with the bits and the metrics of a run that always had room. The same where the disk gets room while the
training goes on."""
import collections
import csv
import os
import subprocess
import time

import job

PROMISE = "A full disk loses nothing: the run ends well or with an error, and goes on to the same bits when there is room again"
LIMITS = "tmpfs; 1 and 2 ranks by turns"
COUNT = 100  # sizes
NET = job.NET.replace("epochs = 6", "epochs = 2").replace("keep = 1000", "keep = 4")
LONG = ("--set", "training.epochs=20", "--set", "training.early_stopping.patience=100")
SMALLEST, LARGEST, ROOM = 1, 300, "64m"  # pages of 4 KiB; with 4 checkpoints and its files a whole run has about 250
ENDS = (0, 1)


def missing():
    return "" if os.geteuid() == 0 else "mounting a small file system needs root"


class Disk:
    def __init__(self, folder, pages):
        self.folder, self.pages = folder, pages

    def mount(self, size, *options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join([*options, f"size={size}"]), "none", str(self.folder)], check=True)

    def __enter__(self):
        self.folder.mkdir()
        self.mount(f"{self.pages * 4}k")
        return self

    def grow(self):
        self.mount(ROOM, "remount")

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.folder)], check=True)
        self.folder.rmdir()


TIMES = ("seconds", "samples_per_second", "data_wait", "checkpoint_wait")


def table(trial, run, name):
    with open(trial.folder / run / name, newline="") as file:
        return [{key: value for key, value in line.items() if key not in TIMES} for line in csv.DictReader(file)]


def fill(trial, pages, ranks, outcomes, options=(), calm="calm", delay=None):
    """After the delay the disk has room while the training goes on."""
    with Disk(trial.folder / "small", pages) as disk:
        job = trial.start(trial.command("small/run", *options, ranks=ranks))
        if delay:
            time.sleep(delay)
            disk.grow()
        code, output = trial.finish(job)
        trial.assertIn(code, ENDS, output)
        if code != 0:
            trial.assertRegex(output, "No space left on device|no room", output)
        for file in trial.checkpoints("small/run"):
            trial.teranga("checkpoint", "verify", file)
        outcomes[code] += 1
        disk.grow()
        trial.train("small/run", *options, ranks=ranks)
        trial.assert_same_bits(f"{calm}{ranks}", "small/run")
        for name in ("metrics.csv", "steps.csv"):
            trial.assertEqual(table(trial, f"{calm}{ranks}", name), table(trial, "small/run", name), name)


def run(trial, count):
    trial.recipe.write_text(NET)
    for ranks in (1, 2):
        trial.train(f"calm{ranks}", ranks=ranks)
        trial.train(f"long{ranks}", *LONG, ranks=ranks)
    for part, most, options, calm in (("sizes", LARGEST, (), "calm"), ("room comes back", LARGEST // 2, LONG, "long")):
        if not trial.wanted(part):
            continue
        outcomes = collections.Counter()
        for number in range(count):
            pages, ranks = SMALLEST + (most - SMALLEST) * number // max(1, count - 1), number % 2 + 1
            delay = trial.random.uniform(0.1, 1.5) if calm == "long" else None
            trial.attempt(part, f"{pages} pages of 4 KiB, {ranks} ranks, delay {delay}", lambda: fill(trial, pages, ranks, outcomes, options, calm, delay))
        trial.note(part, f"{outcomes[1]} of the runs ended with an error, {outcomes[0]} well")
