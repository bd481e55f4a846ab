# SPDX-License-Identifier: Apache-2.0
"""Runs a program of this folder with the Python that has Keras and ONNX Runtime (TERANGA_PARITY_PYTHON); without it: see keras_test.py of tests/house."""
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
there = subprocess.run([sys.executable, "-B", str(here.parent / "house/keras_test.py")], check=False).returncode
if there != 0:
    sys.exit(there)
program, *words = sys.argv[1:]
sys.exit(subprocess.run([os.environ["TERANGA_PARITY_PYTHON"], "-B", str(here / program), *words], check=False).returncode)
