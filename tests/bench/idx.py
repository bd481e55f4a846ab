# SPDX-License-Identifier: Apache-2.0
"""What the scripts of `whole_job` share: their words, and pictures and labels out of gzipped IDX files."""
import argparse
import gzip
import struct


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("train_images", "train_labels", "test_images", "test_labels"):
        parser.add_argument(name)
    for name in ("--seed", "--threads", "--epochs"):
        parser.add_argument(name, type=int, default=1)
    return parser.parse_args()


def read(file):
    """u8 of the extents in its head."""
    import numpy as np

    with gzip.open(file) as opened:
        bytes = opened.read()
    extents = struct.unpack_from(f">{bytes[3]}I", bytes, 4)
    return np.frombuffer(bytes, np.uint8, offset=4 + 4 * len(extents)).reshape(extents)


def pictures(file):
    """f32 (N, 28, 28, 1) from 0 to 1."""
    return (read(file).astype("float32") / 255)[..., None]
