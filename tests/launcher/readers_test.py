# SPDX-License-Identifier: Apache-2.0
"""Every reader of data, the same questions: new samples with their targets, without, one alone, in another order, in files of another type, and a run
that is to go on with other data."""
import struct
import unittest
import zipfile
import zlib

from program import ProgramTest, npy

TAIL = """[[layer]]
type = "dense"
units = {units}
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
learning_rate = 0.1
[training]
epochs = 2
batch_size = 4
seed = 3
"""
FLAT = '[[layer]]\ntype = "flatten"\n'
EMBEDDED = '[[layer]]\ntype = "embedding"\ninput_dim = 20\noutput_dim = 3\n'
SAMPLES = [([i % 3, (i * 5) % 4 / 2, 1 - i % 2], i % 2) for i in range(12)]


def idx(shape, values):
    return bytes([0, 0, 8, len(shape)]) + b"".join(struct.pack(">I", extent) for extent in shape) + bytes(values)


def png(gray, width):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + bytes(gray[i:i + width]) for i in range(0, len(gray), width))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(gray) // width, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Readers(ProgramTest):
    def file(self, name, content):
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    def net(self, data, layers="", units=2, tail=TAIL):
        (self.place / "net.toml").write_text("schema = 1\n[data]\n" + data + layers + tail.replace("{units}", str(units)))
        self.train()

    def train(self, code=0):
        found, out, err = self.run_it("train", "net.toml", "--run", "run", "--threads", "1", "--progress", "none")
        self.assertEqual(found, code, err)
        return err

    def rows(self, *words):
        """The predictions, a list a sample, without names of files."""
        head, *lines = [line.split(",") for line in self.good("predict", "run", *words).splitlines()]
        return [line[head[0] == "file":] for line in lines]

    def given(self, *files):
        return [word for file in files for word in ("--input", file)]

    def is_warned(self, warning, *words):
        """Of the second of two samples."""
        code, _, said = self.run_it("predict", "run", *words)
        self.assertEqual(code, 0, said)
        self.assertIn(f": {warning} that the training knows, the first one is number 2: their predictions are meaningless\n", said)
        self.assertNotIn("that the training knows", self.run_it("predict", "run", *words[:2])[2] if words[0] == "--text" else "")

    def targets_may_be_there(self, with_targets, without):
        """What is predicted is the same; the loss of each sample needs the targets."""
        rows = self.rows(*with_targets)
        self.assertEqual(self.rows(*without), rows)
        losses = self.rows(*with_targets, "--error")
        self.assertEqual([row[:-1] for row in losses], rows)
        self.assertIn("needs the target", self.bad(5, "predict", "run", *without, "--error"))
        return rows

    def other_data_are_refused(self, name, content):
        self.train()  # the same data: the training is complete
        self.file(name, content)
        self.assertIn("the data are not those that", self.train(5))

    def table(self, rows, columns="abcy", separator=","):
        return separator.join(columns) + "\n" + "".join(separator.join(str({"a": x[0], "b": x[1], "c": x[2], "y": "no" if y else "yes"}[c]) for c in columns) + "\n" for x, y in rows)

    def test_parts_of_other_types_and_names_that_stand_twice_are_refused(self):
        data = 'type = "npy"\ntrain = ["x.npy", "y.npy"]\ntest = ["tx.npy", "y.npy"]\nscale = 0.00392156862745098\n'
        for name, kind, values in ("x.npy", "B", [0, 128, 255, 1]), ("y.npy", "B", [0, 1]), ("tx.npy", "B", [0, 255, 7, 1]):
            self.file(name, npy((len(values) // 2, 2) if "x" in name else (2,), kind, values))
        self.net(data)
        self.file("tx.npy", npy((2, 2), "i", [0, 255, 7, 1]))
        said = self.bad(5, "check", "net.toml")
        self.assertIn("expected bytes, which are multiplied by scale", said)
        self.assertIn("found i32 up to 255", said)
        self.file("tx.npy", npy((2, 2), "f", [0, 1, 0.5, 1]))
        self.good("check", "net.toml", "--data")
        self.assertIn('class_names: "a" stands twice', self.bad(2, "check", "net.toml", "--set", 'data.class_names=["a", "b", "a"]'))

    def test_csv(self):
        self.file("t.csv", self.table(SAMPLES))
        self.net('type = "csv"\ntrain = "t.csv"\nnormalize = "standard"\n')
        new = self.given(self.file("new.csv", self.table(SAMPLES[3:6])))
        rows = self.targets_may_be_there(new, self.given(self.file("bare.csv", self.table(SAMPLES[3:6], "abc"))))
        self.assertEqual(self.rows(*self.given(self.file("order.csv", self.table(SAMPLES[3:6], "cyba", ";")))), rows)
        self.assertEqual(self.rows(*self.given(self.file("one.csv", self.table(SAMPLES[4:5], "bca")))), rows[1:2])
        self.assertIn('"b"', self.bad(5, "predict", "run", *self.given(self.file("few.csv", self.table(SAMPLES[:2], "ac")))))
        self.assertEqual(len(self.rows(*self.given(self.file("x.npy", npy([2, 3], "f", [0] * 6))))), 2)
        self.other_data_are_refused("t.csv", self.table(SAMPLES[1:]))

    def test_text(self):
        reviews = [("good fine film", "yes"), ("bad dull film", "no"), ("a fine plot", "yes"), ("a dull end", "no")]
        self.file("r.csv", "review,mood\n" + "".join(f"{t},{c}\n" for t, c in reviews))
        self.net('type = "text"\ntrain = "r.csv"\ntext_column = "review"\nlabel_column = "mood"\nmaxlen = 4\nnum_words = 20\n', EMBEDDED + FLAT)
        new = self.given(self.file("new.csv", "mood,id,review\nyes,1,fine film\nno,2,dull plot\n"))
        rows = self.targets_may_be_there(new, self.given(self.file("bare.csv", "review\nfine film\ndull plot\n")))
        self.assertEqual(self.rows(*self.given(self.file("lines.txt", "fine film\ndull plot\n"))), rows)
        self.assertEqual(self.rows("--text", "dull plot"), rows[1:])
        self.assertEqual(len(self.rows(*self.given(self.file("ids.npy", npy([3, 4], "i", [1, 2, 3, 0] * 3))))), 3)
        self.other_data_are_refused("r.csv", "review,mood\ngood,yes\nbad,no\n")

    def test_tags(self):
        self.file("t.tagged", "the\tDT\ncat\tNN\n\na\tDT\ndog\tNN\nruns\tVB\n")
        self.net('type = "tags"\ntrain = "t.tagged"\nnum_words = 20\n', EMBEDDED, units=4)
        rows = self.targets_may_be_there(self.given(self.file("new.tagged", "the\tDT\ndog\tNN\n\na\tDT\n")), self.given(self.file("new.txt", "the dog\na\n")))
        self.assertEqual(self.rows("--text", "a"), rows[1:])
        self.is_warned("1 of 2 sentences have none of the tokens", "--text", "a", "--text", "owl")
        self.assertEqual(len(self.rows(*self.given(self.file("ids.npy", npy([2, 3], "i", [1, 2, 3] * 2))))), 2)
        self.other_data_are_refused("t.tagged", "the\tDT\ncat\tNN\n")

    def test_pairs(self):
        self.file("p.tsv", "go\tva\ncome here\tviens ici\n")
        self.net('type = "pairs"\ntrain = "p.tsv"\ntarget_words = 20\n', '[[layer]]\ntype = "input"\nfield = "decoder_input"\n' + EMBEDDED, units=20)
        self.rows(*self.given(self.file("new.tsv", "go here\tva ici\n")), "--error")
        typed = self.rows("--text", "go here")
        self.assertEqual(self.rows(*self.given(self.file("new.txt", "go here\n"))), typed)
        self.assertIn("needs the target", self.bad(5, "predict", "run", "--text", "go here", "--error"))
        self.is_warned("1 of 2 sources have none of the words", "--text", "go", "--text", "leave")
        self.assertIn("expected samples of shape", self.bad(5, "predict", "run", *self.given(self.file("ids.npy", npy([1, 99], "i", [1] * 99)))))
        self.other_data_are_refused("p.tsv", "go\tva\ncome there\tviens ici\n")

    def test_language(self):
        self.file("l.txt", "abcabcabd" * 3)
        self.net('type = "language"\ntrain = "l.txt"\nlength = 3\npredict = "last"\nnum_words = 20\n', EMBEDDED + FLAT, units=20)
        self.assertEqual(len(self.rows(*self.given(self.file("new.txt", "abcabdab")), "--error")), 2)
        one = self.rows("--text", "zzabc")
        self.assertEqual(one, self.rows("--text", "abc"))
        self.assertIn("needs the target", self.bad(5, "predict", "run", "--text", "abc", "--error"))
        self.is_warned("1 of 2 samples have none of the characters", "--text", "a", "--text", "z")
        self.is_warned("1 of 2 samples have none of the characters", *self.given(self.file("zs.txt", "abczzzz")))
        ids = [id for first in range(6) for second in range(6) for third in range(6) for id in (first, second, third)]
        self.assertIn(one[0], self.rows(*self.given(self.file("ids.npy", npy([216, 3], "i", ids)))))  # whichever ids the letters have
        self.other_data_are_refused("l.txt", "abcabcabd" * 4)

    def test_windows(self):
        series = "t,h\n" + "".join(f"{i},{i % 4}\n" for i in range(20))
        self.file("w.csv", series)
        self.net('type = "windows"\ntrain = "w.csv"\ncolumns = ["h"]\nwindow = 3\nnormalize = "standard"\n', FLAT, units=1,
                 tail=TAIL.replace('activation = "softmax"\n', "").replace("sparse_categorical_crossentropy", "mean_squared_error"))
        rows = self.rows(*self.given(self.file("new.csv", "t,h\n7,3\n8,0\n9,1\n10,2\n")))
        self.assertEqual(len(rows), 2)  # the row behind the last one is told, too
        self.assertEqual(self.rows(*self.given(self.file("order.csv", "h,x\n3,0\n0,0\n1,0\n2,0\n"))), rows)
        self.assertEqual(self.rows(*self.given(self.file("one.csv", "h\n0\n1\n2\n"))), rows[1:])
        self.assertEqual(len(self.rows(*self.given(self.file("x.npy", npy([2, 3, 1], "f", [0] * 6))))), 2)
        self.other_data_are_refused("w.csv", series + "20,1\n")

    def pixels(self, first, count):
        return [(i * 37) % 256 for i in range(4 * first, 4 * (first + count))]

    def test_idx(self):
        labels = [i % 2 for i in range(8)]
        self.file("images", idx([8, 2, 2], self.pixels(0, 8))), self.file("labels", idx([8], labels))
        self.net('type = "idx"\ntrain = ["images", "labels"]\n', FLAT)
        rows = self.targets_may_be_there(self.given(self.file("new", idx([3, 2, 2], self.pixels(2, 3))), self.file("told", idx([3], [0, 1, 0]))), self.given("new"))
        self.assertEqual(self.rows(*self.given(self.file("one", idx([1, 2, 2], self.pixels(3, 1))))), rows[1:2])
        self.assertEqual(self.rows(*self.given(self.file("new.npy", npy([3, 2, 2], "B", self.pixels(2, 3))))), rows)
        self.assertEqual(self.rows(*self.given(self.file("one.npy", npy([2, 2], "B", self.pixels(3, 1))))), rows[1:2])
        self.assertIn("shape", self.bad(5, "predict", "run", *self.given(self.file("wide", idx([1, 3, 2], [1] * 6)))))
        self.other_data_are_refused("images", idx([8, 2, 2], self.pixels(1, 8)))

    def test_npy(self):
        self.file("x.npy", npy([12, 3], "f", [v for x, _ in SAMPLES for v in x])), self.file("y.npy", npy([12], "i", [y for _, y in SAMPLES]))
        self.net('type = "npy"\ntrain = ["x.npy", "y.npy"]\n')
        new = self.file("new.npy", npy([3, 3], "f", [v for x, _ in SAMPLES[3:6] for v in x]))
        rows = self.targets_may_be_there(self.given(new, self.file("told.npy", npy([3], "i", [y for _, y in SAMPLES[3:6]]))), self.given(new))
        self.assertEqual(self.rows(*self.given(self.file("one.npy", npy([3], "f", SAMPLES[4][0])))), rows[1:2])
        self.assertEqual(self.rows(*self.given(self.file("new.csv", "a,b,c\n" + "".join(f"{x[0]},{x[1]},{x[2]}\n" for x, _ in SAMPLES[3:6])))), rows)
        self.other_data_are_refused("y.npy", npy([12], "i", [1 - y for _, y in SAMPLES]))

    def archive(self, name, **arrays):
        with zipfile.ZipFile(self.place / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for key, content in arrays.items():
                archive.writestr(key + ".npy", content)
        return name

    def test_npz(self):
        def features(samples): return npy([len(samples), 3], "f", [v for x, _ in samples for v in x])
        def labels(samples): return npy([len(samples)], "i", [y for _, y in samples])
        self.archive("t.npz", x=features(SAMPLES), y=labels(SAMPLES))
        self.net('type = "npz"\ntrain = "t.npz"\ntrain_arrays = ["x", "y"]\n')
        rows = self.targets_may_be_there(self.given(self.archive("new.npz", y=labels(SAMPLES[3:6]), x=features(SAMPLES[3:6]))), self.given(self.archive("bare.npz", x=features(SAMPLES[3:6]))))
        self.assertEqual(self.rows(*self.given(self.archive("one.npz", x=features(SAMPLES[4:5])))), rows[1:2])
        self.assertEqual(self.rows(*self.given(self.file("new.npy", features(SAMPLES[3:6])))), rows)
        self.archive("other.npz", x=features(SAMPLES[1:]), y=labels(SAMPLES[1:]))
        self.other_data_are_refused("t.npz", (self.place / "other.npz").read_bytes())

    def test_hdf5(self):
        """The files are predictions: outputs y, and the loss of each sample."""
        self.file("t.csv", self.table(SAMPLES)), self.file("part.csv", self.table(SAMPLES[3:6])), self.file("one.csv", self.table(SAMPLES[4:5])), self.file("fewer.csv", self.table(SAMPLES[:9]))
        self.net('type = "csv"\ntrain = "t.csv"\n')
        for name, words in {"t": ["t.csv", "--error"], "new": ["part.csv", "--error"], "bare": ["part.csv"], "one": ["one.csv"], "fewer": ["fewer.csv", "--error"]}.items():
            self.good("predict", "run", "--input", *words, "--output", name + ".h5")
        self.good("predict", "run", "--input", "part.csv", "--output", "new.npy")
        (self.place / "run").rename(self.place / "former")
        self.net('type = "hdf5"\ntrain = "t.h5"\ntrain_arrays = ["y", "loss"]\n', units=1, tail=TAIL.replace('activation = "softmax"\n', "").replace("sparse_categorical_crossentropy", "mean_squared_error"))
        rows = self.targets_may_be_there(self.given("new.h5"), self.given("bare.h5"))
        self.assertEqual(self.rows(*self.given("one.h5")), rows[1:2])
        self.assertEqual(self.rows(*self.given("new.npy")), rows)
        self.other_data_are_refused("t.h5", (self.place / "fewer.h5").read_bytes())

    def test_images(self):
        for i in range(8):
            self.file(f"p/{'ab'[i % 2]}/{i}.png", png(self.pixels(i, 4), 4))
        self.net('type = "images"\nfolder = "p"\n', FLAT)
        for i in (2, 3):
            self.file(f"told/{'ab'[i % 2]}/{i}.png", png(self.pixels(i, 4), 4)), self.file(f"bare/{i}.png", png(self.pixels(i, 4), 4))
        rows = self.targets_may_be_there(self.given("told"), self.given("bare"))
        self.assertEqual(self.rows(*self.given("bare/3.png")), rows[1:])
        self.assertEqual(self.rows(*self.given("bare/3.png", "bare/2.png")), rows[::-1])
        self.assertEqual(len(self.rows(*self.given(self.file("x.npy", npy([2, 4, 4, 1], "B", self.pixels(0, 8)))))), 2)
        self.other_data_are_refused("p/a/0.png", png(self.pixels(9, 4), 4))

    def test_digits(self):
        self.net('type = "digits"\nlimit = 40\n', FLAT, units=10)
        rows = self.rows(*self.given(self.file("x.npy", npy([2, 8, 8], "B", [i % 17 for i in range(128)]))))
        self.assertEqual(self.rows(*self.given(self.file("one.npy", npy([8, 8], "B", [i % 17 for i in range(64)])))), rows[:1])


if __name__ == "__main__":
    unittest.main()
