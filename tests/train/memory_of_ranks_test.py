# SPDX-License-Identifier: Apache-2.0
"""What all processes of a machine hold of a data set together: little more than its size, from the first look at it to the last step.

Memory that processes share counts once: it is the proportional set size (Pss) that is added up, of the ranks and of what they start. What they hold of a small data set, which
is the programs, MPI and the network, is taken off.
"""
import contextlib
import gzip
import struct
import zipfile

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
batch_size = 16
seed = 1
"""

# The features are the target as well.
AUTOENCODER = re.sub(r'units = 2.*\[optimizer\]', f'units = {ROW}\nuse_bias = false\n[loss]\ntype = "mean_squared_error"\ntarget = "x"\n[optimizer]', NET, flags=re.S).replace('[[layer]]\ntype = "dense"', '[[layer]]\ntype = "dense"\nunits = 2\n[[layer]]\ntype = "dense"')


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
    def held(self, ranks):
        """Bytes that the processes hold together. All stand still while they are looked at, one after the other: a page that they share counts once then."""
        for process in ranks:
            os.kill(process, signal.SIGSTOP)
        together = sum(map(pss, ranks))
        for process in ranks:
            os.kill(process, signal.SIGCONT)
        return together

    def peak(self, run, data, epochs):
        """The most that the ranks were seen to hold together, in bytes, of a short training that ends by itself."""
        recipe = self.folder / f"{run}.toml"
        recipe.write_text(self.net.replace("DATA", data).replace("epochs = 3", f"epochs = {epochs}"))
        with open(self.folder / f"{run}.txt", "w+") as output:  # a pipe would fill, and hold the job up
            job = subprocess.Popen(self.command(run, ranks=RANKS, recipe=recipe), env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
            self.started.append(job)
            most, end = 0, time.monotonic() + LIMIT
            while job.poll() is None:
                self.assertLess(time.monotonic(), end, f"no end after {LIMIT} s")
                with contextlib.suppress(ProcessLookupError):  # one has just ended
                    most = max(most, self.held([process for process in tree(job.pid) if is_teranga(process)]))
                time.sleep(0.03)
            self.assertEqual(job.returncode, 0, output.seek(0) or output.read())
        return most

    net = NET

    def held_once(self, kind, data_of, size, at_least=0.5):
        """data_of(samples): the [data] of so many samples; `size`: bytes that SAMPLES of them take; `at_least`: the share of them that must be seen."""
        small, large = self.peak(f"{kind}-small", data_of(SMALL), epochs=100), self.peak(f"{kind}-large", data_of(SAMPLES), epochs=2)
        print(f"{kind}: {size / MIB:.0f} MiB of data; {RANKS} ranks hold {small / MIB:.0f} MiB with {SMALL} samples and {large / MIB:.0f} MiB with {SAMPLES}")
        self.assertGreater(large - small, at_least * size, "the data were not seen in memory: the test proves nothing")
        self.assertLess(large - small, 1.3 * size)

    def arrays(self, samples):
        (self.folder / f"x{samples}.npy").write_bytes(npy("<f4", (samples, ROW), rows(samples)))
        (self.folder / f"y{samples}.npy").write_bytes(labels(samples))
        return f'type = "npy"\ntrain = ["x{samples}.npy", "y{samples}.npy"]'

    def test_plain_arrays(self):
        self.held_once("npy", self.arrays, SAMPLES * ROW * 4, at_least=0.1)  # the kernel may take pages of a file back

    def test_arrays_that_cannot_be_mapped(self):
        """In gzip, as half floats, which are widened, and in an archive."""
        def packed(samples):
            (self.folder / f"x{samples}.npy.gz").write_bytes(gzip.compress(npy("<f4", (samples, ROW), rows(samples)), 1))
            (self.folder / f"y{samples}.npy").write_bytes(labels(samples))
            return f'type = "npy"\ntrain = ["x{samples}.npy.gz", "y{samples}.npy"]'

        def archive(samples):
            with zipfile.ZipFile(self.folder / f"{samples}.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
                out.writestr("x.npy", npy("<f2", (samples, ROW), bytes(samples * ROW * 2)))
                out.writestr("y.npy", labels(samples))
            return f'type = "npz"\ntrain = "{samples}.npz"\ntrain_arrays = ["x", "y"]'

        self.held_once("npy.gz", packed, SAMPLES * ROW * 4)
        self.held_once("npz", archive, SAMPLES * ROW * 4)

    def test_images_in_idx(self):
        def idx(samples):
            (self.folder / f"x{samples}").write_bytes(gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, samples, 4, ROW) + bytes(4 * ROW * samples), 1))
            (self.folder / f"y{samples}").write_bytes(struct.pack(">4BI", 0, 0, 8, 1, samples) + bytes(i % 2 for i in range(samples)))
            return f'type = "idx"\ntrain = ["x{samples}", "y{samples}"]'
        self.held_once("idx", idx, SAMPLES * ROW * 4)

    def pictures(self, samples):
        for number in range(samples):
            folder = self.folder / f"pictures{samples}" / ("even", "odd")[number % 2]
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number}.pgm").write_bytes(b"P5 512 128 255\n" + bytes([number % 256]) * (4 * ROW))
        return f'type = "images"\nfolder = "pictures{samples}"'

    def test_pictures(self):
        self.held_once("images", self.pictures, SAMPLES * ROW * 4)

    def test_hdf5(self):
        """Written by predict: the features as they are."""
        self.net = AUTOENCODER
        self.held_once("hdf5", self.hdf5, SAMPLES * ROW * 4)

    def hdf5(self, samples):
        recipe = self.folder / f"flat{samples}.toml"
        recipe.write_text(NET.replace("DATA", self.arrays(samples)))
        self.train(f"flat{samples}", "--set", "training.steps_per_epoch=1", "--set", "training.epochs=1", recipe=recipe)
        self.teranga("predict", self.folder / f"flat{samples}", "--input", self.folder / f"x{samples}.npy", "--layer", "flatten", "--output", self.folder / f"x{samples}.h5")
        return f'type = "hdf5"\ntrain = "x{samples}.h5"\ntrain_arrays = "y"'

    def bytes_read(self, run):
        lines = [json.loads(line) for line in (self.folder / run / "metrics.jsonl").read_text().splitlines()]
        return [line["bytes_read"] for line in lines if line["event"] == "epoch"]

    def test_each_rank_reads_its_share_of_a_file_that_is_larger_than_memory(self):
        samples, part = 512, 384  # the others are for validation
        recipe = self.folder / "blocks.toml"
        recipe.write_text(AUTOENCODER.replace("DATA", self.hdf5(samples) + f"\nmemory = 4\nvalidation_split = {1 - part / samples}").replace("learning_rate = 0.0", "learning_rate = 0.001"))
        self.train("alone", recipe=recipe)
        self.assertEqual(self.bytes_read("alone"), [part * ROW * 4] * 3)
        self.train("shared", ranks=RANKS, recipe=recipe)
        for read in self.bytes_read("shared"):
            self.assertGreaterEqual(read, part * ROW * 4 / RANKS)
            self.assertLess(read, 1.2 * part * ROW * 4 / RANKS)
        code, output = self.finish(self.start(self.command("apart", ranks=RANKS, recipe=recipe), LD_PRELOAD=os.environ["TERANGA_NO_MEMFD"]))
        self.assertEqual(code, 0, output)
        self.assertEqual(self.bytes_read("apart"), [part * ROW * 4] * 3)
        self.assert_same_bits("shared", "apart")
        shared, apart = (self.teranga("evaluate", self.folder / run, "--data", "validation", "--json", ranks=RANKS) for run in ("shared", "apart"))
        self.assertEqual(shared.replace("shared", "apart"), apart)

    def test_a_mapped_array_tells_what_is_read_of_it(self):
        recipe = self.folder / "mapped.toml"
        recipe.write_text(NET.replace("DATA", self.arrays(64)))
        self.train("mapped", ranks=2, recipe=recipe)
        self.assertEqual(self.bytes_read("mapped"), [32 * ROW * 4] * 3)

    def left_behind(self):
        """Files for memory and temporary ones, but for those of MPI, which are Open MPI's own and are found after every kill."""
        (self.folder / "tmp").mkdir(exist_ok=True)
        shared = {path.name for path in pathlib.Path("/dev/shm").iterdir() if path.stat().st_mtime > self.began}
        return sorted(name for name in shared | set(os.listdir(self.folder / "tmp")) if not name.startswith(("vader_segment", "ompi", "openmpi", "pmix", "sem.open_mpi")))

    def test_nothing_is_left_behind_when_all_are_killed(self):
        recipe = self.folder / "killed.toml"
        recipe.write_text(NET.replace("DATA", self.pictures(64)).replace("epochs = 3", "epochs = 100000"))
        self.began = time.time()
        self.assertEqual(self.left_behind(), [])
        job = self.start(self.command("killed", ranks=RANKS, recipe=recipe), TMPDIR=str(self.folder / "tmp"))
        self.wait_for_step(job, "killed", 0)
        maps = [pathlib.Path(f"/proc/{process}/maps").read_text() for process in tree(job.pid) if is_teranga(process)]
        self.assertEqual([text.count("/memfd:teranga") > 0 for text in maps], [True] * RANKS, "the ranks share no memory: the test proves nothing")
        self.kill(job)
        self.assertEqual(self.left_behind(), [])

    def test_one_error_of_broken_pictures(self):
        recipe = self.folder / "broken.toml"
        recipe.write_text(NET.replace("DATA", self.pictures(8)))
        for name in ("even/0.pgm", "odd/3.pgm"):
            (self.folder / "pictures8" / name).write_bytes(b"P5 512 128 255\nshort")
        alone, together = (self.train(f"broken{ranks}", ranks=ranks, recipe=recipe, expect=5) for ranks in (1, 3))
        self.assertIn("2 of 8 pictures cannot be read", alone)
        told = [[line for line in output.splitlines() if "pictures cannot be read" in line] for output in (alone, together)]
        self.assertEqual(told[0], told[1])
        self.assertNotIn("(rank", together)

    def test_the_same_bits_whether_memory_is_shared_or_not(self):
        recipe = self.folder / "bits.toml"
        recipe.write_text(NET.replace("DATA", self.pictures(24)).replace("learning_rate = 0.0", "learning_rate = 0.01"))
        self.train("shared", ranks=3, recipe=recipe)
        code, output = self.finish(self.start(self.command("apart", ranks=3, recipe=recipe), LD_PRELOAD=os.environ["TERANGA_NO_MEMFD"]))
        self.assertEqual(code, 0, output)
        self.assertIn("cannot share memory", output)
        self.assert_same_bits("shared", "apart")


if __name__ == "__main__":
    unittest.main(verbosity=2)
