# SPDX-License-Identifier: Apache-2.0
"""Random nets of tests/parity as models of ONNX: they give what teranga predict gives. Anyone can try others:

    python3 tests/exchange/onnx_random.py --seed 7 --nets 30 --family sequences --teranga build/release/bin/teranga"""
import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import traceback

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
sys.path += [str(here), str(here.parent / "parity")]

import keras
import numpy as np

import sequence_draws
from coverage import Draw
from onnx_run import OnnxRun
from plan import draw_case
from teranga_run import TerangaRun

APART = 1e-5  # relative to the scale of the outputs
TIMES = 10    # or so many times what the model itself does for weights moved by one unit in the last place
SENSITIVE = 1e-3  # a net that is more sensitive than this says nothing
STATEFUL = "stateful"  # what ONNX has no form for


def distance(case, binary, folder):
    """How far the outputs are apart, and how far they may be; nothing where the net keeps states from batch to batch, which is refused."""
    net = TerangaRun(binary, case, folder)
    net.call("train", "net.toml", "--run", "run", "--progress", "none", "--threads", 1, "--set", "training.epochs=1")
    if "stateful = true" in (net.folder / "net.toml").read_text():
        try:
            net.call("export", "run", "--to", "onnx", "--output", "net.onnx")
        except Exception as refused:
            assert STATEFUL in str(refused), refused
            return None
        raise AssertionError("a net with states was exported")
    net.call("predict", "run", "--input", "x.npy", "--output", "y.npy")
    net.call("export", "run", "--to", "onnx", "--output", "net.onnx")
    ours, model = np.load(net.folder / "y.npy"), OnnxRun(net.folder / "net.onnx")
    scale, worst = max(np.abs(ours).max(), 1e-2), 0.0
    for part in (slice(None), slice(0, 1), slice(1, 4)):
        theirs = model.run([case.x_test[part]])[0]
        assert theirs.shape == ours[part].shape, (theirs.shape, ours[part].shape)
        worst = max(worst, float(np.abs(theirs - ours[part]).max() / scale))
    if worst <= APART:
        return worst, APART
    moved = float(np.abs(model.nudged().run([case.x_test])[0] - model.run([case.x_test])[0]).max() / scale)
    return worst, max(APART, TIMES * min(moved, SENSITIVE))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teranga", required=True, help="the binary")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nets", type=int, default=30)
    parser.add_argument("--family", choices=["images", "sequences"], default="images")
    parser.add_argument("--keep", help="a folder for the files")
    options = parser.parse_args()
    place = options.keep or tempfile.mkdtemp(prefix="teranga-onnx-")
    draw, made, failed, misfits = Draw(options.seed), 0, 0, 0
    while made < options.nets and misfits < 100 * options.nets:
        before, folder = draw.snapshot(), os.path.join(place, f"net-{made}")
        keras.backend.clear_session()
        keras.utils.set_random_seed(options.seed * 1009 + made)
        try:
            case = (sequence_draws.draw_case if options.family == "sequences" else draw_case)(draw, made)
        except Exception:  # what does not fit together is for Keras to say
            misfits += 1
            draw.restore(before)
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        layers = " ".join(layer["type"] for layer in case.net.layers)
        try:
            found = distance(case, os.path.abspath(options.teranga), folder)
            bad = found is not None and not found[0] <= found[1]
            print("refused " if found is None else f"{found[0]:.1e}", f"{layers}{' FAILS' if bad else ''}", flush=True)
        except Exception:
            bad = True
            if "would never learn" in traceback.format_exc() or "not finite" in traceback.format_exc():  # the net, and not the export
                misfits += 1
                continue
            print(f"FAILS {layers}\n{traceback.format_exc()[-3000:]}", flush=True)
        failed += bad
        made += 1
    print(f"{made} nets of seed {options.seed}, {failed} failed")
    if not failed and not options.keep:
        shutil.rmtree(place, ignore_errors=True)
    return 1 if failed or made < options.nets else 0


if __name__ == "__main__":
    sys.exit(main())
