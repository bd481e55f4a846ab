#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one would write in PyTorch: shuffled samples of an HDF5 file by h5py and DataLoader.

usage: input_peer.py FILE --batch N --workers N --samples N [--targets]     prints samples a second, from the second batch on, as JSON"""
import argparse
import json
import time

import h5py
import torch
from torch.utils.data import DataLoader, Dataset


class Rows(Dataset):
    def __init__(self, path, targets):
        self.path, self.targets, self.file = path, targets, None
        with h5py.File(path, "r") as file:
            self.count = len(file["x"])

    def __len__(self):
        return self.count

    def __getitem__(self, number):
        if self.file is None:  # once in each worker
            self.file = h5py.File(self.path, "r")
            self.x, self.y = self.file["x"], self.file["y"]
        return (self.x[number], self.y[number]) if self.targets else self.x[number]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--samples", type=int, default=60000)
    parser.add_argument("--targets", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    taken, began = 0, None
    for batch in DataLoader(Rows(args.file, args.targets), batch_size=args.batch, shuffle=True, num_workers=args.workers):
        if began is None:
            began = time.perf_counter()
            continue
        taken += len(batch[0] if args.targets else batch)
        if taken >= args.samples:
            break
    print(json.dumps({"samples_per_second": taken / (time.perf_counter() - began), "samples": taken}))


if __name__ == "__main__":
    main()
