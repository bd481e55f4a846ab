#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the instructions of training steps, which other work on the machine does not change, and holds them against instructions.json.

usage: instructions.py [--renew] PROGRAM [NAME ...]

Each workload of `teranga bench run` is run in a reduced form (100 Mflop a step at most, one thread) under valgrind's callgrind, which counts two steps
after two that plan. valgrind shows every program the same CPU, one with AVX2, so that counts are those of x86-64-v3 on any machine. They change with
compiler and libraries: where these are not those of the file, nothing is compared. Ends with 1 where a count has grown by more than 3 %, with 77 where
nothing can be compared. --renew writes the file (or the rows of the named workloads) anew.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

FILE = Path(__file__).with_name("instructions.json")
GROWTH = 0.03
STEPS = 2
SKIPPED = 77

# A "rep stosb" of the C library counts as an instruction a byte: it is to clear and copy by vectors.
ENVIRONMENT = {"TERANGA_ISA": "x86-64-v3", "GLIBC_TUNABLES": "glibc.cpu.x86_rep_stosb_threshold=4294967296:glibc.cpu.x86_rep_movsb_threshold=4294967296"}

# What is smaller than in the workload; batch first.
REDUCED = {
    "tiny_mlp": (32,),
    "mlp": (8,),
    "dropout_mlp": (16,),
    "lenet": (4,),
    "resnet20": (1, "data.shape=[16, 16, 3]"),
    "alexnet": (1, "data.shape=[64, 64, 3]", "layer.conv2d_1.filters=96", "layer.conv2d_2.filters=96", "layer.conv2d_3.filters=64", "layer.conv2d_4.filters=64",
                "layer.dense.units=256", "layer.dense_1.units=256"),
    "imdb_rnn": (32,),
    "rnn": (16, "data.shape=[100]"),
    "lstm": (8, "data.shape=[10]"),
    "gru": (8, "data.shape=[10]"),
    "char_lstm": (4, "data.shape=[8]", "data.target_shape=[8]"),
    "transformer": (2, "data.shape=[16]"),
    "text_bag": (32,),
    "autoencoder": (16,),
    "gan": (4,),
}


def reduced(name):
    """The words of --set."""
    batch, *rest = REDUCED[name]
    return [word for each in (f"training.batch_size={batch}", f"data.samples={batch}", *rest) for word in ("--set", each)]


def bench(program, name, *words, under=()):
    command = [*under, program, "bench", "run", name, *reduced(name), "--threads", "1", "--steps", str(STEPS), "--no-marks", "--json", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL, env={**os.environ, **ENVIRONMENT})
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout), done.stderr


def count(program, name, profile="/dev/null"):
    """Instructions and Mflop of a step."""
    # The bench makes its timed steps in a function of its own.
    under = ["valgrind", "--tool=callgrind", "--toggle-collect=*timed_round*", f"--callgrind-out-file={profile}"]
    line, said = bench(program, name, under=under)
    return int(re.search(r"Collected : (\d+)", said)[1]) // STEPS, line["mflop"]


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.partition("\n")[0]


def versions(program):
    """What counts depend on besides the source. The compiler is the one that left its name in the program."""
    comment = subprocess.run(["readelf", "-p", ".comment", program], capture_output=True, text=True).stdout
    linked = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    libraries = {name: Path(path).resolve().name for name, path in re.findall(r"^\s*lib(dnnl|tbb|fmt)\.so\S* => (\S+)", linked, re.MULTILINE)}
    return {"compiler": ", ".join(sorted(set(re.findall(r"GCC: .*|clang version .*", comment)))), "libc": os.confstr("CS_GNU_LIBC_VERSION"),
            **libraries, "valgrind": first_line("valgrind", "--version")}


def why_not(program):
    """Why nothing can be counted here; None where it can."""
    if not shutil.which("valgrind"):
        return "valgrind is not installed (Debian package valgrind)"
    if "avx2" not in Path("/proc/cpuinfo").read_text():
        return "the CPU has no AVX2, so that valgrind shows none either"
    return None


def counted(program, names):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip(names, pool.map(lambda name: count(program, name), names)))


def renew(program, names):
    kept = json.loads(FILE.read_text())["instructions"] if FILE.exists() and len(names) < len(REDUCED) else {}
    found = counted(program, names)
    for name, (number, mflop) in found.items():
        if mflop > 100:
            raise RuntimeError(f"{name} has {mflop:.0f} Mflop a step, which takes too long under valgrind: reduce it further")
        kept[name] = number
        print(f"{name:<12} {number:>14,} instructions, {mflop:6.1f} Mflop a step, {number / mflop / 1e3:6.1f} a Kflop")
    FILE.write_text(json.dumps({"versions": versions(program), "instructions": dict(sorted(kept.items()))}, indent=2) + "\n")
    print(f"{FILE} is written")


def compare(program, names):
    kept = json.loads(FILE.read_text())
    here = versions(program)
    if here != kept["versions"]:
        print(f"SKIPPED: {FILE.name} was counted with {kept['versions']}, here is {here}")
        return SKIPPED
    grown = []
    for name, (number, _) in counted(program, names).items():
        growth = number / kept["instructions"][name] - 1 if name in kept["instructions"] else float("inf")
        if growth > GROWTH:
            grown.append(name)
        verdict = "  TOO MANY" if growth > GROWTH else "  fewer: renew the file" if growth < -GROWTH else ""
        print(f"{name:<12} {number:>14,} instructions a step, {100 * growth:+6.2f} %{verdict}")
    if grown:
        print(f"\nThe steps of {', '.join(grown)} have grown by more than {100 * GROWTH:.0f} %.\n"
              f"Where they must: tests/bench/instructions.py --renew {program} {' '.join(grown)}")
    return 1 if grown else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--renew", action="store_true")
    parser.add_argument("program")
    parser.add_argument("names", nargs="*", metavar="name")
    args = parser.parse_args()
    names = args.names or list(REDUCED)
    if unknown := sorted(set(names) - set(REDUCED)):
        parser.error(f"there is no workload {', '.join(unknown)}; there are {', '.join(REDUCED)}")
    if reason := why_not(args.program):
        print(f"SKIPPED: {reason}")
        return SKIPPED
    return renew(args.program, names) if args.renew else compare(args.program, names)


if __name__ == "__main__":
    sys.exit(main())
