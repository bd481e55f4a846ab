# SPDX-License-Identifier: Apache-2.0
"""What is told of data and shapes beside the faults of a recipe's keys: at little cost, once, and nothing that only follows from a fault."""
import unittest

from program import ProgramTest

RECIPE = """schema = 1
[data]
DATA
[[layer]]
type = "dense"
units = 1
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
learnin_rate = 0.1
[training]
epochs = 1
batch_size = 4
"""
TABLE = 'type = "csv"\ntrain = "table.csv"'
WIDE = 'type = "random"\nsamples = 8\nshape = [30000]\ntarget = "normal"\ntarget_shape = [30000]'
TYPO = 'unknown key "learnin_rate"'


class MoreFaults(ProgramTest):
    def write(self, data=TABLE, *edits):
        text = RECIPE.replace("DATA", data)
        for old, new in edits:
            self.assertIn(old, text)
            text = text.replace(old, new, 1)
        (self.place / "recipe.toml").write_text(text)

    def write_table(self):
        """Its first column counts the rows, which is warned of."""
        (self.place / "table.csv").write_text("id,x,y\n" + "".join(f"{i},{i % 3}.5,{i % 5}.5\n" for i in range(24)))

    def told(self, *words, faults, **more):
        said = self.bad(2, *words, **more)
        self.assertIn(f"{faults} error{'s' if faults > 1 else ''} in recipe.toml", said)
        return said

    def test_a_typo_costs_no_weights(self):
        wide = '[[layer]]\ntype = "dense"\nunits = 30000\n'
        self.write(WIDE, ('[[layer]]\ntype = "dense"\nunits = 1\n', wide * 20))  # 72 GB of weights
        for command in (("check",), ("train",), ("bench", "step")):
            self.assertIn(TYPO, self.told(*command, "recipe.toml", faults=1))

    def test_faults_of_shapes_are_told_beside_a_typo(self):
        self.write_table()
        self.write(TABLE, ("[[layer]]", '[[layer]]\ntype = "conv2d"\nfilters = 2\nkernel_size = 3\n[[layer]]'))
        said = self.told("check", "recipe.toml", faults=2)
        self.assertIn(TYPO, said)
        self.assertIn("conv2d", said)

    def test_data_are_read_for_the_report_where_that_is_quick(self):
        (self.place / "table.csv").write_bytes(b"x,y\n1,2\n" + bytes(1000))
        self.write()
        self.told("check", "recipe.toml", faults=2)
        (self.place / "table.csv").write_bytes(b"x,y\n1,2\n" + bytes(33 << 20))
        self.assertIn(TYPO, self.told("check", "recipe.toml", faults=1))
        self.write(TABLE, ("learnin_rate", "learning_rate"))
        self.bad(5, "check", "recipe.toml")

    def test_warnings_of_the_data_do_not_stand_above_a_typo(self):
        self.write_table()
        self.write(TABLE, ("learnin_rate", "learning_rate"))
        self.assertIn("counts the rows", self.run_it("check", "recipe.toml")[2])
        self.write(TABLE, ("epochs", "epoch"))
        for ranks in (1, 2):
            for command in ("check", "train"):
                said = self.told(command, "recipe.toml", faults=2, ranks=ranks)
                self.assertNotIn("counts the rows", said)
                self.assertEqual(said.count(TYPO), 1, said)

    def test_warnings_of_the_data_do_not_stand_above_an_error_of_the_network(self):
        self.write_table()
        self.write(TABLE, ("learnin_rate", "learning_rate"))
        self.assertIn("counts the rows", self.run_it("train", "recipe.toml")[2])
        wrong = ("[[layer]]", '[[layer]]\ntype = "conv2d"\nfilters = 2\nkernel_size = 3\n[[layer]]')
        self.write(TABLE, ("learnin_rate", "learning_rate"), wrong)
        for command in (("check", "recipe.toml"), ("train", "recipe.toml", "--run", "other"), ("summary", "recipe.toml")):
            said = self.bad(2, *command)
            self.assertIn("conv2d", said)
            self.assertNotIn("counts the rows", said)

    def test_warnings_of_new_data_do_not_stand_above_an_error_of_an_option(self):
        self.write_table()
        self.write(TABLE, ("learnin_rate", "learning_rate"))
        self.good("train", "recipe.toml", "--run", "run")
        (self.place / "new.csv").write_text("id,x\n100000000,1\n")
        command = ("predict", "run", "--input", "new.csv", "--output", "new.npy")
        self.assertIn("warning", self.run_it(*command)[2])
        self.assertNotIn("warning", self.bad(2, *command, "--layer", "nowhere"))

    def test_what_follows_from_a_fault_is_not_told(self):
        self.write_table()
        self.write(TABLE, ("learnin_rate", "learning_rate"), ("[[layer]]", '[[layer]]\ntype = "input"\nfrom = "call"\nname = "in"\n[[layer]]'))
        self.assertIn('from = "call"', self.told("check", "recipe.toml", faults=1))

    def test_a_change_that_was_not_made_is_the_only_fault(self):
        self.write_table()
        self.write(TABLE, ("learnin_rate", "learning_rate"), ("table.csv", "PLACEHOLDER.csv"))
        said = self.bad(2, "check", "recipe.toml", "--set", 'data.train=["table.csv"')
        self.assertNotIn("PLACEHOLDER", said)
        self.good("check", "recipe.toml", "--set", "data.train=table.csv")


if __name__ == "__main__":
    unittest.main()
