# SPDX-License-Identifier: Apache-2.0
"""Runs the parity programs with the Python that has Keras (TERANGA_PARITY_PYTHON); without it: see keras_test.py of tests/house."""
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
there = subprocess.run([sys.executable, "-B", str(here.parent / "house/keras_test.py")], check=False).returncode
if there != 0:
    sys.exit(there)
test, binary = sys.argv[1:]
program = {"parity_weights": "weights.py", "parity_networks": "networks.py", "parity_updates": "updates.py", "parity_capsules": "capsules.py"}.get(test, "parity.py")
nets = {"parity_weights": [], "parity_updates": [], "parity_capsules": [], "parity_networks": [], "parity": ["--seed", "2", "--nets", "30"], "parity_fresh": ["--nets", "1"], "parity_sequences": ["--family", "sequences", "--seed", "6", "--nets", "8"]}[test]
sys.exit(subprocess.run([os.environ["TERANGA_PARITY_PYTHON"], "-B", str(here / program), *nets, "--teranga", binary], check=False).returncode)
