# SPDX-License-Identifier: Apache-2.0
"""What a trained classifier takes the pictures of a trained generator for: how many of each class, by the program's own commands.

    python generated_classes.py GENERATOR CLASSIFIER [--count 1000] [--network NAME] [--teranga build/release/bin/teranga]

GENERATOR and CLASSIFIER are run folders or checkpoints, for example of gan-fashion-mnist and lenet-fashion-mnist. Fails where fewer than eight classes
are met (each at least once in a hundred pictures), or one makes up more than 30 %. By hand, not in the suite: the trainings take minutes."""
import argparse
import collections
import pathlib
import subprocess
import tempfile

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("generator")
parser.add_argument("classifier")
parser.add_argument("--count", type=int, default=1000)
parser.add_argument("--network", help="of the generator's recipe; otherwise the one that makes pictures of noise")
parser.add_argument("--teranga", default=str(pathlib.Path(__file__).resolve().parents[2] / "build/release/bin/teranga"))
arguments = parser.parse_args()
with tempfile.TemporaryDirectory() as folder:
    pictures, classes = (str(pathlib.Path(folder) / name) for name in ("pictures.npy", "classes.csv"))
    network = ["--network", arguments.network] if arguments.network else []
    subprocess.run([arguments.teranga, "generate", arguments.generator, "--output", pictures, "--count", str(arguments.count), *network], check=True, timeout=300)
    subprocess.run([arguments.teranga, "predict", arguments.classifier, "--input", pictures, "--output", classes, "--classes"], check=True, timeout=300)
    found = collections.Counter(pathlib.Path(classes).read_text().splitlines()[1:])
for name, count in found.most_common():
    print(f"{name:12s} {count:5d}  {100 * count / arguments.count:5.1f} %")
met = [name for name, count in found.items() if count >= arguments.count / 100]
print(f"{len(met)} classes have at least 1 %")
if len(met) < 8 or found.most_common(1)[0][1] > 0.3 * arguments.count:
    raise SystemExit("too few kinds")
