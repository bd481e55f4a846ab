# SPDX-License-Identifier: Apache-2.0
"""Runs dashboards.py with a Python that has TensorBoard and the parser of Prometheus: a must where CI=true, else their absence is a skipped test (77)."""
import os
import pathlib
import subprocess
import sys

python = os.environ.get("TERANGA_PARITY_PYTHON", "")
try:
    found = subprocess.run([python, "-c", "import h5py, numpy, prometheus_client, tensorboard; print('TensorBoard', tensorboard.__version__)"], timeout=120, check=False).returncode == 0
except OSError:
    found = False
if not found:
    print(f"No TensorBoard: TERANGA_PARITY_PYTHON ('{python}') has no tensorboard, prometheus_client, h5py and numpy. tests/run makes one that has.")
    sys.exit(1 if os.environ.get("CI") == "true" else 77)
sys.exit(subprocess.run([python, "-B", str(pathlib.Path(__file__).with_name("dashboards.py")), *sys.argv[1:]], check=False).returncode)
