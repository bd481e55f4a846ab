# SPDX-License-Identifier: Apache-2.0
"""What people are told of the input of a prediction: standard input by its name, endings in capitals as others, and an error of the data without the warnings before it."""
import unittest

from predict_test import SUMS, YES_OR_NO
from program import ProgramTest, npy


class InputNames(ProgramTest):
    def net(self, recipe):
        (self.place / "net.toml").write_text(recipe)
        (self.place / "train.csv").write_text("a,b,y\n1,2,3\n4,5,6\n")
        self.good("train", "net.toml", "--run", "run", "--threads", "1", "--progress", "none")
        return "run"

    def test_standard_input_is_called_so_in_warnings_and_errors(self):
        run = self.net(SUMS)
        code, out, said = self.run_it("predict", run, "--input", "-", given="a,b\n99999,2\n")
        self.assertEqual((code, out), (0, "y\n200002\n"), said)
        self.assertIn('warning: csv: standard input: column "a": 1 of 1 values lie outside the range of the training', said)
        code, out, said = self.run_it("predict", run, "--input", "-", given="a,b\n1,2\n1,x\n")
        self.assertEqual((code, out), (5, ""))
        self.assertIn("data set csv: standard input:3:3: expected a number in the column \"b\"", said)
        self.assertIn('data set csv: --text:2:3: expected a number in the column "b"', self.bad(5, "predict", run, "--text", "1,2", "--text", "1,x"))

    def test_endings_in_capitals_are_as_good_as_small_ones(self):
        run = self.net(SUMS)
        (self.place / "NEW.CSV").write_text("a,b\n1,2\n0,1\n")
        (self.place / "X.NPY").write_bytes(npy((2, 2), "f", [1, 2, 0, 1]))
        for name in "NEW.CSV", "X.NPY":
            self.assertEqual(self.good("predict", run, "--input", name), "y\n6\n2\n")
        self.good("predict", run, "--input", "NEW.CSV", "--output", "P.CSV")
        self.assertEqual((self.place / "P.CSV").read_text(), "y\n6\n2\n")
        self.good("predict", run, "--input", "NEW.CSV", "--output", "P.H5")
        self.assertEqual((self.place / "P.H5").read_bytes()[1:4], b"HDF")

    def test_an_error_of_the_data_stands_alone_without_the_warnings_before_it(self):
        (self.place / "net.toml").write_text(YES_OR_NO.replace('train = "train.csv"', 'train = "train.csv"\ntest = "test.csv"'))
        (self.place / "train.csv").write_text("a,b,kind\n" + "".join(f"{i},{i % 5}.5,{('no', 'No')[i % 2]}\n" for i in range(30)))
        (self.place / "test.csv").write_text("a,b,kind\n1,2,maybe\n")
        self.assertTrue(self.bad(5, "check", "net.toml").startswith("teranga: data set csv: "))
        (self.place / "test.csv").write_text("a,b,kind\n1,2,no\n")
        code, _, said = self.run_it("check", "net.toml")
        self.assertEqual(code, 0, said)
        for warning in "differ only in letter case", 'the column "a" counts the rows':
            self.assertIn(warning, said)


if __name__ == "__main__":
    unittest.main()
