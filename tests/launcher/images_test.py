# SPDX-License-Identifier: Apache-2.0
"""Training on folders of pictures: the digits that come with the program, written as PNG files, give what the same bytes give from idx files."""
import json
import shutil
import struct
import subprocess
import unittest
import zlib

from program import SOURCE, ProgramTest

NET = """
schema = 1
DATA
[[layer]]
type = "conv2d"
filters = 8
kernel_size = 3
activation = "relu"
[[layer]]
type = "max_pooling2d"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
learning_rate = 0.01
[training]
epochs = 4
metrics = ["accuracy"]
"""
SIDE = 8


def png(pixels):
    """An 8-bit grey PNG file of SIDE x SIDE pixels."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + pixels[y * SIDE:(y + 1) * SIDE] for y in range(SIDE))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def digits():
    """(pixels, label) of all of them, in shades of 0 to 240."""
    records = zlib.decompress((SOURCE / "datasets/digits/digits.zlib").read_bytes())
    size = SIDE * SIDE + 1
    for at in range(0, len(records), size):
        yield bytes(15 * value for value in records[at:at + size - 1]), records[at + size - 1]


class Images(ProgramTest):
    def write(self, part, samples):
        """Folders of PNG files, and idx files of the same samples in the order in which the folders are read."""
        by_class = sorted(enumerate(samples), key=lambda one: (one[1][1], one[0]))
        for number, (pixels, label) in by_class:
            folder = self.place / "digits" / part / str(label)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number:05}.png").write_bytes(png(pixels))
        count = struct.pack(">I", len(samples))
        (self.place / f"{part}.x").write_bytes(b"\0\0\x08\x03" + count + struct.pack(">II", SIDE, SIDE) + b"".join(pixels for _, (pixels, _) in by_class))
        (self.place / f"{part}.y").write_bytes(b"\0\0\x08\x01" + count + bytes(label for _, (_, label) in by_class))

    def setUp(self):
        super().setUp()
        samples = list(digits())
        self.write("train", samples[:500])
        self.write("test", samples[-100:])

    def epochs(self, name, data, *words):
        (self.place / f"{name}.toml").write_text(NET.replace("DATA", "[data]\n" + data))
        self.good("train", f"{name}.toml", "--run", name, "--threads", "1", "--progress", "plain", *words)
        lines = [json.loads(line) for line in (self.place / name / "metrics.jsonl").read_text().splitlines()]
        return [{key: value for key, value in line.items() if key in ("loss", "accuracy", "test_loss", "test_accuracy")} for line in lines if line["event"] in ("epoch", "test")]

    def test_folders_of_pictures_train_to_the_numbers_of_the_same_bytes_in_idx_files(self):
        found = self.epochs("images", 'type = "images"\nfolder = "digits"\nshuffle_seed = -1')
        self.assertEqual(found, self.epochs("idx", 'type = "idx"\ntrain = ["train.x", "train.y"]\ntest = ["test.x", "test.y"]'))
        self.assertGreater(found[-1]["test_accuracy"], 0.7)
        log = (self.place / "images/log.txt").read_text()
        self.assertIn("before validation_split: 500 training and 100 test pictures of 8 x 8 pixels", log)
        self.assertIn("10 classes: 0 (", log)
        evaluated = json.loads(self.good("evaluate", "images", "--json"))
        self.assertEqual(evaluated["test_accuracy"] if "test_accuracy" in evaluated else evaluated["accuracy"], found[-1]["test_accuracy"])

    def test_pictures_are_predicted_by_what_the_training_learnt(self):
        accuracy = self.epochs("images", 'type = "images"\nfolder = "digits"')[-1]["test_accuracy"]
        shutil.rmtree(self.place / "digits/train")
        files = sorted((self.place / "digits/test").glob("*/*.png"))
        for given in (["digits/test"], files):  # a folder of class folders, and the pictures alone
            words = [word for path in given for word in ("--input", path)]
            head, *rows = [line.split(",") for line in self.good("predict", "images", *words, "--classes").splitlines()]
            self.assertEqual(head, ["file", "class"])
            self.assertEqual([name for name, _ in rows], [f"{file.parent.name}/{file.name}" for file in files])
            self.assertAlmostEqual(sum(found == file.parent.name for (_, found), file in zip(rows, files)) / len(files), accuracy)
        name = f"{files[0].parent.name}/{files[0].name}"
        (answer, *_) = json.loads(self.good("predict", "images", "--input", "digits/test", "--error", "--format", "json"))
        self.assertEqual((answer["file"], list(answer)), (name, ["file", "class", "probabilities", "loss"]))
        self.good("predict", "images", "--input", "digits/test", "--output", "p.h5")
        self.assertIn(f'"{name}', subprocess.run(["h5dump", "-d", "/file", "p.h5"], cwd=self.place, capture_output=True, text=True, check=True).stdout)
        self.assertEqual(self.good("predict", "images", "--input", files[0], "--classes").splitlines()[1].split(",")[0], files[0].name)

    def test_files_that_are_left_out_are_no_part_of_the_data(self):
        (self.place / "digits/train/3/Thumbs.db").write_bytes(b"x")
        (self.place / "digits/train/3/.hidden.png").write_bytes(b"x")
        self.epochs("images", 'type = "images"\nfolder = "digits"', "--set", "training.epochs=1")
        (self.place / "digits/train/3/Thumbs.db").unlink()
        (self.place / "digits/train/3/.hidden.png").unlink()
        (self.place / "digits/notes.txt").write_text("ten digits\n")
        self.epochs("images", 'type = "images"\nfolder = "digits"', "--set", "training.epochs=2")
        one = min((self.place / "digits/train/4").iterdir())
        one.rename(self.place / "digits/train/5" / one.name)
        self.assertIn("the data are not those", self.bad(5, "train", "images.toml", "--run", "images", "--progress", "none", "--set", "training.epochs=3"))

    def test_one_hot_classes_keep_their_names_whatever_judges_them(self):
        for loss in ("binary_crossentropy", "mean_squared_error"):
            net = NET.replace("DATA", '[data]\ntype = "images"\nfolder = "digits"\none_hot = true').replace('"sparse_categorical_crossentropy"', f'"{loss}"').replace('"softmax"', '"sigmoid"')
            (self.place / "names.toml").write_text(net)
            self.good("train", "names.toml", "--run", loss, "--threads", "1", "--progress", "none")
            self.assertEqual(self.good("predict", loss, "--input", "digits/test").splitlines()[0], "file," + ",".join(map(str, range(10))))
            told = json.loads(self.good("evaluate", loss, "--json"))
            right = sum(told["confusion"][k][k] for k in range(10)) / 100
            self.assertAlmostEqual(told["accuracy"], right)
            self.assertGreater(right, 0.3)
            rows = self.good("predict", loss, "--input", "digits/test", "--classes").splitlines()[1:]
            self.assertAlmostEqual(sum(row.split("/")[0] == row.split(",")[1] for row in rows) / len(rows), right)

    def test_a_part_of_a_folder_validates_with_all_classes(self):
        recipe = self.place / "split.toml"
        recipe.write_text(NET.replace("DATA", '[data]\ntype = "images"\ntrain = "digits/train"\nvalidation_split = 0.2'))
        self.good("train", recipe, "--run", "split", "--threads", "1", "--progress", "none")
        last = json.loads((self.place / "split/metrics.jsonl").read_text().splitlines()[-1])
        self.assertGreater(last["val_accuracy"], 0.5)  # of the last classes alone, which it never saw, none would be right

    def test_a_broken_picture_is_named_and_ends_with_the_code_of_data(self):
        broken = min((self.place / "digits/train/3").iterdir())
        broken.write_bytes(broken.read_bytes()[:60])
        (self.place / "broken.toml").write_text(NET.replace("DATA", '[data]\ntype = "images"\nfolder = "digits"'))
        said = self.bad(5, "train", "broken.toml", "--run", "broken", "--progress", "none")
        self.assertIn(str(broken), said)
        self.assertIn("the picture is damaged", said)


if __name__ == "__main__":
    unittest.main()
