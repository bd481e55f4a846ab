# SPDX-License-Identifier: Apache-2.0
"""Ranks whose data files have equal sizes and other contents say so and end, before a step is made; so do ranks with another command or another library."""
import io, struct, zipfile

from job import *

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "datasets/golden"
NETWORK = """[[layer]]
{first}
[[layer]]
type = "dense"
units = {units}
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 4
[log]
report = false
"""
FLATTEN = 'type = "flatten"'


def npy(descr, shape, elements):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + elements


FEATURES = npy("<f4", (12, 4), struct.pack("<48f", *(i % 7 / 7 for i in range(48))))
LABELS = npy("<i8", (12,), struct.pack("<12q", *(i % 3 for i in range(12))))


def npz(features):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in (("x.npy", features), ("y.npy", LABELS)):
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def changed(content, at):
    out = bytearray(content)
    out[at] ^= 1
    return bytes(out)


class SameFiles(Jobs):
    def apart(self, first, second):
        return self.finish(self.start(["mpirun", "--oversubscribe", "--bind-to", "none", "--timeout", "60", "-n", "1", *first, ":", "-n", "1", *second]))

    def places(self, data, files, other=None, first=FLATTEN):
        """The commands of two ranks, each with its recipe and its data in a folder of its own."""
        for name, contents in (("a", files), ("b", {**files, **(other or {})})):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            for file, content in contents.items():
                (self.folder / name / file).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / name / file).write_bytes(content)
            (self.folder / name / "net.toml").write_text("schema = 1\n[data]\n" + data + "\n" + NETWORK.format(first=first, units=20 if first != FLATTEN else 3))
        shutil.rmtree(self.folder / "run", ignore_errors=True)
        return [self.command("run", recipe=self.folder / name / "net.toml") for name in "ab"]

    def test_files_of_equal_size_and_other_content_are_told_apart(self):
        hdf5 = (GOLDEN / "arrays.h5").read_bytes()
        images = bytes((0, 0, 8, 3)) + struct.pack(">3I", 12, 2, 2) + bytes(range(48))
        labels = bytes((0, 0, 8, 1)) + struct.pack(">I", 12) + bytes(i % 3 for i in range(12))
        text = b"the cat sat on the mat and the dog sat on the rug\n" * 4
        pictures = {f"pictures/{kind}/{i}.pgm": b"P5 2 2 255\n" + bytes([i, 9 * i, 200 - i, 50]) for kind in ("aster", "rose", "tulip") for i in range(4)}
        embedding = 'type = "embedding"\ninput_dim = 20\noutput_dim = 2\n[[layer]]\n' + FLATTEN
        cases = {
            "npy": ('type = "npy"\ntrain = ["x.npy", "y.npy"]', {"x.npy": FEATURES, "y.npy": LABELS}, {"x.npy": changed(FEATURES, -1)}, FLATTEN, "train: x.npy"),
            "labels": ('type = "npy"\ntrain = ["x.npy", "y.npy"]', {"x.npy": FEATURES, "y.npy": LABELS}, {"y.npy": LABELS[:-16] + LABELS[-8:] + LABELS[-16:-8]}, FLATTEN, "train 2: y.npy"),
            "npz": ('type = "npz"\ntrain = "x.npz"', {"x.npz": npz(FEATURES)}, {"x.npz": npz(changed(FEATURES, -2))}, FLATTEN, "train: x.npz"),
            "hdf5": ('type = "hdf5"\ntrain = "x.h5"', {"x.h5": hdf5}, {"x.h5": changed(hdf5, 2048)}, FLATTEN, "train: x.h5"),
            "idx": ('type = "idx"\ntrain = ["x.idx", "y.idx"]', {"x.idx": images, "y.idx": labels}, {"x.idx": changed(images, 30)}, FLATTEN, "train: x.idx"),
            "text": ('type = "language"\ntrain = "x.txt"\nnum_words = 20\nlength = 4\npredict = "last"', {"x.txt": text}, {"x.txt": text.replace(b"on the rug", b"on eht rug", 1)}, embedding, "train: x.txt"),
            "images": ('type = "images"\nfolder = "pictures"', pictures, {"pictures/rose/2.pgm": changed(pictures["pictures/rose/2.pgm"], -1)}, FLATTEN, "folder: pictures, 12 files"),
        }
        for name, (data, files, other, first, said) in cases.items():
            with self.subTest(name):
                code, output = self.apart(*self.places(data, files, other, first))
                self.assertEqual(code, 5, output)
                self.assertRegex(output, rf'rank 1 has another data file than rank 0: "{re.escape(said)}.*, content \w+", and rank 0 "{re.escape(said)}.*, content \w+"')
                self.assertEqual(output.count("has another data file"), 1, output)
                self.assertFalse((self.folder / "run").exists())
        with self.subTest("copies, and a link to the same file"):
            code, output = self.apart(*self.places(*cases["npy"][:2]))
            self.assertEqual(code, 0, output)
            commands = self.places(*cases["npy"][:2])
            (self.folder / "b/x.npy").unlink()
            (self.folder / "b/x.npy").symlink_to(self.folder / "a/x.npy")
            code, output = self.apart(*commands)
            self.assertEqual(code, 0, output)

    def test_an_evaluation_on_other_files_is_told_too(self):
        data, files = 'type = "npy"\ntrain = ["x.npy", "y.npy"]', {"x.npy": FEATURES, "y.npy": LABELS}
        commands = self.places(data, files, {"x.npy": changed(FEATURES, -1)})
        self.assertEqual(self.finish(self.start(commands[0]))[0], 0)
        run = str(self.folder / "run")
        for words in ([["--set", f"data.train=['{self.folder}/{name}/x.npy', '{self.folder}/{name}/y.npy']"] for name in "ab"], [["--input", str(self.folder / name / "x.npy"), "--input", str(self.folder / name / "y.npy")] for name in "ab"]):
            code, output = self.apart(*([TERANGA, "evaluate", run, *each] for each in words))
            self.assertEqual(code, 5 if "--input" in words[0] else 2, output)
            self.assertRegex(output, "rank 1 has another (data file|recipe) than rank 0")

    def test_another_command(self):
        self.train("run", "--set", "training.epochs=1")
        code, output = self.apart(self.command("run", "--set", "training.epochs=2"), [TERANGA, "evaluate", str(self.folder / "run")])
        self.assertEqual(code, 2, output)
        self.assertIn('rank 1 has another command than rank 0: "teranga evaluate", and rank 0 "teranga train"', output)

    def test_another_library(self):
        if "TERANGA_OTHER_TBB" not in os.environ:
            self.skipTest("nothing can be preloaded here")
        command = self.command("run", "--set", "training.epochs=1")
        code, output = self.apart(command, ["env", f"LD_PRELOAD={os.environ['TERANGA_OTHER_TBB']}", *command])
        self.assertEqual(code, 2, output)
        self.assertRegex(output, r'rank 1 has another library than rank 0: ".*oneTBB 2020\.3\.0 \(\d+\)", and rank 0 ".*oneTBB 2021')

    def test_another_kind_of_processor(self):
        if os.geteuid() != 0 or shutil.which("unshare") is None:
            self.skipTest("mounting a file over /proc/cpuinfo needs root")
        other = self.folder / "cpuinfo"
        other.write_text("processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7763\nflags\t\t: fpu sse4_2 avx avx2 fma\n\n")
        command = self.command("run", "--set", "training.epochs=1")
        code, output = self.apart(command, ["unshare", "--mount", "sh", "-c", f'mount --bind {other} /proc/cpuinfo && exec "$@"', "--", *command])
        self.assertEqual(code, 0, output)
        self.assertRegex(output, r"warning: rank 1 runs on another kind of processor than rank 0: AuthenticAMD family 25 model 1 \(sse4_2 avx avx2 fma\), and rank 0 on ")
        self.assertNotIn("kind of processor", self.train("same", "--set", "training.epochs=1", ranks=2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
