# SPDX-License-Identifier: Apache-2.0
"""Runs exchange.py with the Python that has Keras (TERANGA_PARITY_PYTHON); without it: see keras_test.py of tests/house."""
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
there = subprocess.run([sys.executable, "-B", str(here.parent / "house/keras_test.py")], check=False).returncode
if there != 0:
    sys.exit(there)
part, binary = sys.argv[1:]
sys.exit(subprocess.run([os.environ["TERANGA_PARITY_PYTHON"], "-B", str(here / "exchange.py"), "--part", part, "--teranga", binary], check=False).returncode)
