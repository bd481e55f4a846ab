# SPDX-License-Identifier: Apache-2.0
"""What all processes of a machine hold of a data set together: little more than its size, from the first look at it to the last step.

Memory that processes share counts once: it is the proportional set size (Pss) that is added up, of the ranks and of what they start. What they hold of a small data set, which
is the programs, MPI and the network, is taken off.
"""
import contextlib
import struct

from job import *

RANKS = 4
ROW = 16384  # numbers of a sample
SAMPLES = 2048  # 128 MiB in f32
SMALL = 8
MIB = 1 << 20

NET = """schema = 1
[data]
DATA
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
learning_rate = 0.0
[training]
epochs = 3
batch_size = 8
seed = 1
"""


def npy(descr, shape, elements):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + elements


def rows(samples, row=ROW):
    """f32 numbers that differ from sample to sample."""
    one = struct.pack("<f", 0.5) * row
    return b"".join(struct.pack("<f", number / samples) + one[4:] for number in range(samples))


def labels(samples):
    return npy("<i8", (samples,), b"".join(struct.pack("<q", number % 2) for number in range(samples)))


def tree(root):
    """The process and all that it started, by number."""
    parents = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def pss(process):
    """Bytes; 0 of one that has ended."""
    with contextlib.suppress(OSError, ValueError):
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def is_teranga(process):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{process}/exe").resolve().name.startswith("teranga")
    return False


class MemoryOfRanks(Jobs):
    def peak(self, run, data, ranks=RANKS):
        """The most that the ranks held together, in bytes."""
        recipe = self.folder / f"{run}.toml"
        recipe.write_text(NET.replace("DATA", data))
        job = self.start(self.command(run, ranks=ranks, recipe=recipe))
        most = 0
        while job.poll() is None:
            most = max(most, sum(pss(process) for process in tree(job.pid) if is_teranga(process)))
            time.sleep(0.01)
        code, output = self.finish(job)
        self.assertEqual(code, 0, output)
        return most

    def held_once(self, kind, data_of, size):
        """data_of(samples): the [data] of so many samples; `size`: bytes that SAMPLES of them take."""
        small, large = self.peak(f"{kind}-small", data_of(SMALL)), self.peak(f"{kind}-large", data_of(SAMPLES))
        print(f"{kind}: {size / MIB:.0f} MiB of data; {RANKS} ranks hold {small / MIB:.0f} MiB with {SMALL} samples and {large / MIB:.0f} MiB with {SAMPLES}")
        self.assertGreater(large - small, 0.5 * size, "the data were not seen in memory: the test proves nothing")
        self.assertLess(large - small, 1.3 * size)

    def arrays(self, samples):
        (self.folder / f"x{samples}.npy").write_bytes(npy("<f4", (samples, ROW), rows(samples)))
        (self.folder / f"y{samples}.npy").write_bytes(labels(samples))
        return f'type = "npy"\ntrain = ["x{samples}.npy", "y{samples}.npy"]'

    def test_plain_arrays(self):
        self.held_once("npy", self.arrays, SAMPLES * ROW * 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
