#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what happens from the command to the first training step of a small recipe: instructions, and how often plugins are opened, which other work on
the machine does not change. Holds them to the limits below.

usage: startup.py PROGRAM

Under valgrind's callgrind, on one thread and without a launcher. The limit leaves a fifth to other versions of the libraries. Ends with 77 where
valgrind is missing."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from instructions import ENVIRONMENT, SKIPPED, why_not

RECIPE = Path(__file__).resolve().parents[2] / "launcher/recipes/mlp-digits.toml"
MOST_INSTRUCTIONS = 115_000_000
MOST_OPENED = 3  # times that one plugin is: for its border note, its hash, and to load it


def first_step(program):
    """Instructions before the first step, and the paths of the files that were opened."""
    with tempfile.TemporaryDirectory(prefix="teranga-startup-") as folder:
        command = ["valgrind", "--tool=callgrind", "--dump-before=*teranga::train::update_all*", f"--callgrind-out-file={folder}/counts", "--trace-syscalls=yes", program, "train", RECIPE,
                   "--run", f"{folder}/run", "--threads", "1", "--progress", "none", "--set", "training.epochs=1", "--set", "training.steps_per_epoch=1"]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=300, stdin=subprocess.DEVNULL, env={**os.environ, **ENVIRONMENT})
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        dump = min(Path(folder).glob("counts*.1"))
        return int(re.search(r"^(?:summary|totals): (\d+)", dump.read_text(), re.MULTILINE)[1]), re.findall(r"sys_open(?:at)? ?\(.*?\(([^()]*)\)", done.stderr)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if reason := why_not(sys.argv[1]):
        print(f"SKIPPED: {reason}")
        return SKIPPED
    instructions, opened = first_step(sys.argv[1])
    plugins = [path for path in opened if "/teranga/plugins/" in path and path.endswith(".so")]
    failed = False
    for what, found, limit in (("instructions before the first step", instructions, MOST_INSTRUCTIONS), ("times that a plugin was opened", max(map(plugins.count, plugins)), MOST_OPENED)):
        failed |= found > limit
        print(f"{found:>12,} {what}, at most {limit:,}{'  TOO MANY' if found > limit else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
