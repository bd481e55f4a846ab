# SPDX-License-Identifier: Apache-2.0
"""A checkpoint of a training is cut to every length, and has single bits flipped. Reading it must refuse it with its name. A run whose newest checkpoints
are damaged says so, goes on from the newest intact one, and ends with the same bits."""
import re
import shutil
import subprocess

import job

PROMISE = "A damaged checkpoint is refused by its name, and the newest intact one is used"
LIMITS = "cuts and single bits; a forged hash is not damage"
COUNT = 10000  # bit flips; then every length of the file is tried too
HELPER = str(job.BUILD / "bin/damage_checkpoint")


def counts_of(trial, part, *words):
    done = subprocess.run([HELPER, *map(str, words)], capture_output=True, text=True, timeout=3000)
    found = re.search(r"tried (\d+) refused (\d+)\n$", done.stdout)
    if not found:
        raise AssertionError(f"{words}: exit code {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    if found[1] != found[2]:
        print(done.stdout[-4000:])
    trial.counted(part, *map(int, found.groups()))


def damage(file, random):
    content = bytearray(file.read_bytes())
    if random.random() < 0.5:
        del content[random.randrange(len(content)):]
    else:
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    file.write_bytes(content)


def refused_by_the_command(trial, whole):
    file = trial.folder / whole.name
    shutil.copy(whole, file)
    damage(file, trial.random)
    output = trial.teranga("checkpoint", "verify", file, expect=5)
    trial.assertIn(file.name, output)


def passed_over(trial):
    shutil.copytree(trial.folder / "calm", trial.folder / "torn")
    torn = trial.checkpoints("torn")[-trial.random.randrange(1, 4):]
    for file in torn:
        damage(file, trial.random)
    output = trial.train("torn")
    for file in torn:
        trial.assertRegex(output, rf"checkpoint refused.*{file.name}")
    trial.assert_same_bits("calm", "torn")
    shutil.rmtree(trial.folder / "torn")


def run(trial, count):
    trial.recipe.write_text(job.NET.replace("epochs = 6", "epochs = 2"))
    trial.train("calm")
    file = trial.folder / "step-000000000007.h5"
    shutil.copy(trial.folder / "calm/checkpoints" / file.name, file)
    if trial.wanted("bit flips"):
        counts_of(trial, "bit flips", file, "flip", count, trial.random.randrange(1 << 30))
    if trial.wanted("cuts"):
        counts_of(trial, "cuts to every length", file, "cut", 0 if count >= COUNT else count)
    for part, action in (("by the command", lambda: refused_by_the_command(trial, trial.checkpoints("calm")[-1])), ("newest of a run", lambda: passed_over(trial))):
        for number in range(max(2, count // 100) if trial.wanted(part) else 0):
            trial.attempt(part, f"try {number}", action)
