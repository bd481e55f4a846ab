# SPDX-License-Identifier: Apache-2.0
"""Whether the reference of the parity tests is there: a must where CI=true, else its absence is a skipped test (77)."""
import os
import subprocess
import sys

python = os.environ.get("TERANGA_PARITY_PYTHON", "")
modules = "import keras, jax, h5py, numpy, onnx, onnxruntime; print('Keras', keras.__version__, 'on JAX', jax.__version__)"
try:
    found = subprocess.run([python, "-c", modules], env=dict(os.environ, KERAS_BACKEND="jax"), timeout=120).returncode == 0
except OSError:
    found = False
if not found:
    print(f"No Keras: TERANGA_PARITY_PYTHON ('{python}') has no keras, jax, h5py, numpy, onnx and onnxruntime. tests/run makes one that has.")
sys.exit(0 if found else 1 if os.environ.get("CI") == "true" else 77)
