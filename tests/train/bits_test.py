#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains every recipe and every benchmark for a few steps, with 1 and with 2 threads, and holds the bits of the parameters against bits.json.

usage: bits_test.py [--renew] [NAME ...]

A change of the engine must not change a bit of a training. Kernels for x86-64-v3 are asked for, of Teranga and of oneDNN, so that the bits are those of any
CPU with AVX2; with AVX-512 those of x86-64-v4 are compared as well. Bits change with compiler, libraries and caches: where these are not those of the file, the
bits of 1 and of 2 threads are compared with each other alone. --renew writes the file (or the rows of the named recipes) anew.
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["TERANGA_BUILD_FOLDER"])
SOURCE = Path(__file__).resolve().parents[2]
PROGRAM = BUILD / "bin/teranga"
os.environ.setdefault("TERANGA_PROGRAM", str(PROGRAM))
os.environ.setdefault("TERANGA_SOURCE", str(SOURCE))
sys.path += [str(SOURCE / "tests/bench"), str(SOURCE / "tests/launcher")]
import instructions
from recipes_test import from_unpacked

FILE = Path(__file__).with_name("bits.json")
LEVELS = {"x86-64-v3": "AVX2", "x86-64-v4": "AVX512_CORE"}
# Beside one epoch of 64 samples.
SHORT = {
    "char-lm": ("training.steps_per_epoch=4",),
    "next-word": ("training.batch_size=32",),
    "imdb-attention": ("layer.position_embedding.sequence_length=64", "data.maxlen=64"),
    "time-series": ("training.steps_per_epoch=4",),
    "rbm-digits": ("data.limit=60",),
    "dbn-dreams": ("data.limit=100",),
    "dbn-fashion-mnist": ("training.epochs=2", "phase.first.to_epoch=1", "phase.second.from_epoch=2"),
    "capsule-fashion-mnist": ("layer.conv2d.filters=16", "layer.primary_capsules.num_channels=2"),  # for its evaluation
}
# Their data are made by scripts, or are no part of any package.
LEFT_OUT = ("translate-en-fr", "alexnet", "speech-digits", "music-abc", "bert-pretrain", "bert-sentiment")


def set_words(settings):
    return [word for setting in settings for word in ("--set", setting)]


def jobs():
    """Name -> the words behind `teranga train`."""
    found = {}
    for path in sorted((SOURCE / "launcher/recipes").glob("*.toml")):
        if path.stem not in LEFT_OUT:
            found[path.stem] = [str(path), *from_unpacked(path), *set_words(("training.epochs=1", "data.limit=64", *SHORT.get(path.stem, ())))]
    for name in instructions.REDUCED:
        found[f"bench {name}"] = [str(SOURCE / f"launcher/benchmarks/{name}.toml"), *instructions.reduced(name), *set_words(("training.epochs=3",))]
    return found


def uses_packages(recipe):
    """Whether the recipe's data come from a package of the system, which may be missing."""
    return '"/usr/' in recipe.read_text()


def bits(words, level, threads):
    """The hash of the parameters at the end; None where the recipe's data are not there."""
    with tempfile.TemporaryDirectory(prefix="teranga-bits-") as place:
        environment = {**os.environ, "TERANGA_ISA": level, "ONEDNN_MAX_CPU_ISA": LEVELS[level]}
        command = [PROGRAM, "train", *words, "--run", f"{place}/run", "--threads", str(threads), "--progress", "none", "--set", "checkpoint.every_seconds=0"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
        if done.returncode == 5 and "there is no such" in done.stderr and uses_packages(Path(words[0])):
            return None
        if done.returncode:
            raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr}")
        newest = sorted(Path(place, "run/checkpoints").glob("step-*.h5"))[-1]
        return subprocess.run([BUILD / "bin/hash_parameters", newest], capture_output=True, text=True, check=True).stdout.strip()


def versions():
    """What bits depend on besides the source and the caches."""
    return {name: version for name, version in instructions.versions(PROGRAM).items() if name != "valgrind"}


def caches():
    """Their sizes: oneDNN divides its work by them."""
    return ", ".join(Path(index, "size").read_text().strip() for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")))


def levels():
    flags = Path("/proc/cpuinfo").read_text()
    wide = all(flag in flags for flag in ("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"))
    return [level for level in LEVELS if level == "x86-64-v3" or wide]


def all_bits(names):
    """(name, level) -> the bits of 1 and of 2 threads."""
    words = jobs()
    asked = [(name, level) for name in names for level in levels()]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda one: [bits(words[one[0]], one[1], threads) for threads in (1, 2)], asked))
    return dict(zip(asked, found))


class Bits(unittest.TestCase):
    def test_a_training_has_the_bits_that_it_had(self):
        kept = json.loads(FILE.read_text())
        self.assertEqual(sorted(kept["bits"]), sorted(jobs()), "bits_test.py --renew writes the bits of new recipes")
        known = kept["versions"] == versions() and caches() in kept["caches"]
        if not known:
            print(f"bits.json is of {kept['versions']} and the caches {kept['caches']}, here is {versions()} and {caches()}: threads are compared with each other alone")
        found = all_bits(list(jobs()))
        if missing := sorted({name for (name, _), (one, _) in found.items() if one is None}):
            print(f"the data of {', '.join(missing)} are not here")
        for (name, level), (one, two) in found.items():
            with self.subTest(f"{name} {level}"):
                self.assertEqual(one, two, "1 and 2 threads differ")
                if known and one is not None and level in kept["bits"][name]:
                    self.assertEqual(one, kept["bits"][name][level])


def renew(names):
    """The sizes of caches that have been seen stay in the file as long as no bit changes."""
    former = json.loads(FILE.read_text()) if FILE.exists() else {"versions": {}, "caches": [], "bits": {}}
    kept = {name: dict(row) for name, row in former["bits"].items() if name in jobs()}
    for (name, level), (one, two) in all_bits(names or list(jobs())).items():
        if one is None or one != two:
            raise RuntimeError(f"{name} {level}: {one} with 1 thread, {two} with 2")
        kept.setdefault(name, {})[level] = one
    same = versions() == former["versions"] and all(kept[name] == row for name, row in former["bits"].items() if name in kept)
    seen = sorted({caches(), *(former["caches"] if same else [])})
    FILE.write_text(json.dumps({"versions": versions(), "caches": seen, "bits": dict(sorted(kept.items()))}, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--renew", action="store_true")
    parser.add_argument("names", nargs="*", metavar="name")
    options = parser.parse_args()
    if options.renew:
        renew(options.names)
    else:
        unittest.main(argv=sys.argv[:1])
