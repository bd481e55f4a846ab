#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Packs the digits: one text line a sample (64 pixels 0..16, then the label; plain or gzip) -> digits.zlib, the same as bytes, deflated.
   python3 pack.py digits.csv.gz digits.zlib        (digits.csv.gz: Debian's python3-sklearn carries one)"""
import gzip
import sys
import zlib

source, target = sys.argv[1:]
with (gzip.open if source.endswith(".gz") else open)(source, "rt") as lines:
    records = [bytes(int(float(value)) for value in line.split(",")) for line in lines if line.strip()]
assert all(len(record) == 65 and max(record[:64]) <= 16 and record[64] <= 9 for record in records), "not the digits"
with open(target, "wb") as out:
    out.write(zlib.compress(b"".join(records), 9))
print(f"{len(records)} digits")
