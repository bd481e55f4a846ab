# SPDX-License-Identifier: Apache-2.0
"""The hints for ranks that were given different work."""
import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from hints import TRAIN, Case, HintTest
from mistakes import TABLE
from mistakes_test import write_data
from program import PROGRAM

BUILD = Path(PROGRAM).resolve().parent.parent
AT = "train at/recipe.toml --run run --progress none --threads 1"  # in a folder that each rank sees for itself
TABLES = ("flowers.csv", "more_flowers.csv")
SAME_DATA = "all ranks must see the same data: compare the files on their nodes"
SAME_PLUGINS = "install the same build on all nodes; where their CPUs differ"


def build_in(place):
    """The tested build as a folder "build" whose files are links."""
    for file in [*(BUILD / "lib").rglob("*"), *(BUILD / "libexec").rglob("*")]:
        to = place / "build" / file.relative_to(BUILD)
        to.parent.mkdir(parents=True, exist_ok=True)
        if not file.is_dir():
            to.symlink_to(file)
    (place / "build/bin").mkdir()
    shutil.copy(PROGRAM, place / "build/bin/teranga")


def other_version(place):
    """Of another version: the program that was told another one."""
    build_in(place)
    program = place / "build/bin/teranga"
    content = program.read_bytes()
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, timeout=60).stdout.split()[1]
    assert content.count(version) > 0
    program.write_bytes(content.replace(version, bytes([version[0] + 1]) + version[1:]))


def other_program(place):
    """Of another build of the same version: its file has a byte more, and does the same."""
    build_in(place)
    program = place / "build/bin/teranga"
    program.write_bytes(program.read_bytes() + b"\0")


def other_plugin(place):
    """Of another build of the data set "csv": its file has a byte more, and does the same."""
    build_in(place)
    for file in (place / "build/lib").rglob("datasets_csv.so"):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content + b"\0")


def two_places(change):
    """Each rank has its recipe and its data in a folder of its own, that of the second with a change."""
    def prepare(place):
        for rank in ("0", "1"):
            (place / f"place-{rank}").mkdir()
            for name in ("recipe.toml", *TABLES):
                shutil.copy(place / name, place / f"place-{rank}")
        for name in TABLES:
            table = place / "place-1" / name
            table.write_text(change(table.read_text()))
    return prepare


def of_test_part(text):
    """Another last number, of the shorter table alone, from which nothing is learnt."""
    return text if text.count("\n") > 20 else re.sub(r"(\d)(,\w+\n)$", lambda m: str((int(m[1]) + 1) % 10) + m[2], text)


def copy_the_data(place):
    for name in TABLES:
        shutil.copy(place / "place-0" / name, place / "place-1")


class RankHints(HintTest):
    area = ("framework/train/session/same_work",)
    elsewhere = (("framework/train/session/same_work", "library", "train/same_files_test.py"),)  # install the same libraries
    cases = (
        Case("another command", "start all ranks with the same command", "rank 1 has another command than rank 0", f"{TRAIN} | evaluate run", TABLE, before=(TRAIN,), then=f"{TRAIN} | {TRAIN}"),
        Case("another recipe", "start all ranks with the same recipe and the same --set", "rank 1 has another recipe than rank 0", f"{TRAIN} | {TRAIN} --set training.seed=1", TABLE, then=f"{TRAIN} --set training.seed=1 | {TRAIN} --set training.seed=1"),
        Case("another version", "install the same build on all nodes", "rank 1 has another version than rank 0", f"{TRAIN} | build {TRAIN}", TABLE, prepare=other_version, then=f"{TRAIN} | {TRAIN}"),
        Case("another build", "install the same build on all nodes", "rank 1 has another program than rank 0", f"{TRAIN} | build {TRAIN}", TABLE, prepare=other_program, then=f"{TRAIN} | {TRAIN}"),
        Case("another build to evaluate", "install the same build on all nodes", "rank 1 has another program than rank 0", "evaluate run | build evaluate run", TABLE, before=(TRAIN,), prepare=other_program, then="evaluate run | evaluate run"),
        Case("a profile of one rank", "give --profile to all ranks or to none", "rank 1 has another profile than rank 0", f"{TRAIN} | {TRAIN} --profile", TABLE, then=f"{TRAIN} | {TRAIN}"),
        Case("a dry run of one rank", "give --dry-run to all ranks or to none", "rank 1 has another kind of run than rank 0", f"{TRAIN} | {TRAIN} --dry-run", TABLE, then=f"{TRAIN} --dry-run | {TRAIN} --dry-run"),
        Case("another part to evaluate", "start all ranks with the same --data", "rank 1 has another part to evaluate than rank 0", "evaluate run --data part=train | evaluate run --data part=test", TABLE, before=(TRAIN,),
             then="evaluate run --data part=train | evaluate run --data part=train"),
        Case("another checkpoint", "name a checkpoint file instead of a folder", "rank 1 has another checkpoint than rank 0", "evaluate run | evaluate run/checkpoints/step-000000000000.h5", TABLE, before=(TRAIN,), code=5,
             then="evaluate run/checkpoints/step-000000000000.h5 | evaluate run/checkpoints/step-000000000000.h5", in_words=True),
        Case("another build of a plugin", SAME_PLUGINS, "rank 1 has another plugin than rank 0", f"{TRAIN} | build {TRAIN}", TABLE, prepare=other_plugin, code=4, then=f"{TRAIN} | {TRAIN}"),
        Case("more samples", SAME_DATA, "rank 1 has another number of samples than rank 0", f"0 {AT} | 1 {AT}", TABLE, prepare=two_places(lambda text: text + "1.5,0.5,tulip\n"), code=5, follow=copy_the_data),
        Case("another class", SAME_DATA, "rank 1 has another field of the data than rank 0", f"0 {AT} | 1 {AT}", TABLE, prepare=two_places(lambda text: text.replace("tulip", "aster")), code=5, follow=copy_the_data),
        Case("another number of the test part", SAME_DATA, "rank 1 has another data file than rank 0", f"0 {AT} | 1 {AT}", TABLE, prepare=two_places(of_test_part), code=5, follow=copy_the_data),
        Case("another number", SAME_DATA, "rank 1 has another preparation learnt", f"0 {AT} | 1 {AT}", TABLE, prepare=two_places(lambda text: text.replace("\n0.", "\n9.", 1)), code=5, follow=copy_the_data),
    )

    def write(self, case):
        write_data(self.place)
        super().write(case)

    def say(self, case, words):
        if " | " not in words:
            return super().say(case, words)
        command = []
        for rank, each in enumerate(words.split(" | ")):
            way, _, rest = each.partition(" ")
            program = str(self.place / "build/bin/teranga") if way == "build" else PROGRAM
            if way in ("0", "1"):
                rest = rest.replace("at/", f"place-{way}/")
            command += [":"] * bool(command) + ["-n", "1", program, *(rest if way in ("build", "0", "1") else each).split()]
        outside = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1"}
        done = subprocess.run(["mpirun", "--oversubscribe", "--bind-to", "none", "--timeout", "60", *command], cwd=self.place, env=outside, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stderr + done.stdout


if __name__ == "__main__":
    unittest.main()
