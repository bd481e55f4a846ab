# SPDX-License-Identifier: Apache-2.0
"""teranga predict --keep: what stands beside the predictions for texts, pairs of them, tags and series; tables of numbers are in predict_test.py."""
import csv
import io
import shutil
import unittest

from predict_test import SUMS
from program import ProgramTest

TEXTS = """schema = 1
[data]
type = "text"
train = "train.csv"
text_column = "message"
label_column = "kind"
[[layer]]
type = "embedding"
input_dim = 20
output_dim = 3
[[layer]]
type = "global_average_pooling1d"
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 0
batch_size = 2
"""


class Keep(ProgramTest):
    def net(self, recipe, table):
        (self.place / "net.toml").write_text(recipe)
        (self.place / "train.csv").write_text(table)
        self.good("train", "net.toml", "--run", "run", "--threads", "1", "--progress", "none")

    def kept(self, *words):
        """The cells of the columns that are kept: lists, the names first."""
        rows = list(csv.reader(io.StringIO(self.good("predict", "run", *words))))
        count = words.count("--keep") + (rows[0][0] == "file")
        return [row[:count] for row in rows]

    def test_columns_of_texts_and_the_texts_themselves_stand_beside_the_predictions(self):
        self.net(TEXTS, "ticket,message,kind\n" + "".join(f'{i},"the printer, it {word}",{kind}\n' for i, (word, kind) in enumerate([("works", "good"), ("hums", "good"), ("smokes", "bad")])))
        table = 'ticket,message\n007,"a printer, it works"\n008,"it\nsmokes"\n'
        for name in "new.csv", "more.txt":
            (self.place / name).write_text(table)
        wanted = [["007", "a printer, it works"], ["008", "it\nsmokes"]]
        two = ("--keep", "ticket", "--keep", "message")
        self.assertEqual(self.kept("--input", "new.csv", *two), [["ticket", "message"], *wanted])
        self.assertEqual(self.good("predict", "run", "--text", "it", "--classes").splitlines()[0], "kind")  # the class is called as its column
        self.assertEqual(self.kept("--input", "new.csv", "--keep", "-2"), [["ticket"], ["007"], ["008"]])
        self.assertEqual(self.kept("--input", "new.csv", "--input", "more.txt", *two), [["ticket", "message"], *wanted, *wanted])  # the first line of a .txt names a column of the training
        code, out, err = self.run_it("predict", "run", "--input", "-", "--keep", "ticket", given=table)
        self.assertEqual((code, [line.split(",")[0] for line in out.splitlines()]), (0, ["ticket", "007", "008"]), err)
        self.assertIn('its first line names the column "message", so it is read as a table', err)
        self.assertEqual(self.kept("--text", "it, too", "--text", "it", "--keep", "text"), [["text"], ["it, too"], ["it"]])
        (self.place / "lines.txt").write_text("it works\nmessage\n")
        self.assertEqual(self.kept("--input", "lines.txt", "--keep", "text"), [["text"], ["it works"], ["message"]])
        (self.place / "folder").mkdir()
        for name in "2.txt", "10.txt":
            (self.place / "folder" / name).write_text(f"it is {name}")
        self.assertEqual(self.kept("--input", "folder", "--keep", "text"), [["file", "text"], ["2.txt", "it is 2.txt"], ["10.txt", "it is 10.txt"]])
        (self.place / "sentences.csv").write_text("it, works\nit, smokes\n")
        self.assertEqual(self.kept("--input", "sentences.csv", "--set", "data.text_column=2", "--keep", "1"), [["1"], ["it"], ["it"]])

    def test_columns_of_pairs_tags_and_series_stand_beside_the_predictions(self):
        self.net(TEXTS.replace('type = "text"', 'type = "tags"').replace('text_column = "message"\nlabel_column = "kind"\n', "").replace('[[layer]]\ntype = "global_average_pooling1d"\n', "").replace("units = 2", "units = 3"),
                 "It PRP\nworks VBZ\n\nIt PRP\nsmokes VBZ\n\n")
        (self.place / "new.txt").write_text("It works\nIt does\n")
        self.assertEqual(self.kept("--input", "new.txt", "--keep", "text"), [["text"], ["It works"], ["It does"]])
        (self.place / "new.conll").write_text("It PRP\nhums VBZ\n\nIt PRP\n")
        self.assertEqual(self.kept("--input", "new.conll", "--keep", "text"), [["text"], ["It hums"], ["It"]])
        self.run_folder_is_free()
        self.net(SUMS.replace('type = "csv"', 'type = "windows"\ncolumns = ["a"]\nwindow = 2').replace('[[layer]]', '[[layer]]\ntype = "flatten"\n[[layer]]', 1), "day,a\nmon,1\ntue,2\nwed,3\nthu,4\n")
        (self.place / "new.csv").write_text("day,a\nfri,1\nsat,2\nsun,3\n")
        self.assertEqual(self.kept("--input", "new.csv", "--keep", "day"), [["day"], ["sat"], ["sun"]])
        for columns in "2", "[2]":  # numbers of columns need no quotes
            self.assertIn("of 2  1 2\n", self.good("data", "peek", "net.toml", "--set", f"data.columns={columns}", "--set", "data.header=true"))
        self.run_folder_is_free()
        encoder = '[[layer]]\ntype = "input"\nfield = "decoder_input"\n[[layer]]\ntype = "embedding"\ninput_dim = 20\noutput_dim = 3\n[[layer]]\ntype = "dense"\nunits = 20\nactivation = "softmax"\n'
        pairs = TEXTS[:TEXTS.index("[[layer]]")].replace('type = "text"', 'type = "pairs"\nsource_length = 4\ntarget_length = 4').replace('text_column = "message"\nlabel_column = "kind"\n', 'source_column = "en"\ntarget_column = "fr"\nseparator = ","\ntarget_words = 20\n')
        self.net(pairs + encoder + TEXTS[TEXTS.index("[loss]"):], "n,en,fr\n1,cat,chat\n2,dog,chien\n")
        for name in "new.csv", "new.txt":
            (self.place / name).write_text("n,fr,en\n7,chien,dog\n8,chat,cat\n")
            self.assertEqual(self.kept("--input", name, "--keep", "n"), [["n"], ["7"], ["8"]])
        (self.place / "new.txt").write_text("the dog\na cat\n")
        self.assertEqual(self.kept("--input", "new.txt", "--keep", "text"), [["text"], ["the dog"], ["a cat"]])

    def test_quotes_that_the_training_took_as_letters_are_letters_of_what_is_kept(self):
        rows = ['1\tthe 5" pipe works\tgood\n', '2\t"it" hums, he says\tgood\n', '3\t"it smokes\tbad\n']
        new = 'ticket\tmessage\n"7"\t"it works"\n8\t"it smokes\n'
        wanted = [['"7"', '"it works"'], ["8", '"it smokes']]
        self.net(TEXTS, "ticket\tmessage\tkind\n" + "".join(rows))
        for name in "new.csv", "new.tsv", "new.txt":
            (self.place / name).write_text(new)
            self.assertEqual(self.kept("--input", name, "--keep", "ticket", "--keep", "2"), [["ticket", "message"], *wanted])
        (self.place / "new.csv").write_text(new.rsplit("8", 1)[0])  # by itself, its quotes would be marks around cells
        self.assertEqual(self.kept("--input", "new.csv", "--keep", "ticket", "--keep", "message"), [["ticket", "message"], wanted[0]])
        self.run_folder_is_free()
        self.net(SUMS.replace("[[layer]]", 'ignore = ["who"]\ntarget = "y"\n[[layer]]', 1), 'who\ta\tb\ty\nthe 5" pipe\t1\t2\t3\n"it"s\t4\t5\t6\n"its\t7\t8\t9\n')
        (self.place / "new.csv").write_text('who\ta\tb\n"it"\t1\t2\n')
        self.assertEqual(self.kept("--input", "new.csv", "--keep", "who", "--keep", "1"), [["who", "y"], ['"it"', "6"]])

    def run_folder_is_free(self):
        shutil.rmtree(self.place / "run")


if __name__ == "__main__":
    unittest.main()
