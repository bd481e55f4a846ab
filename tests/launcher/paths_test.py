# SPDX-License-Identifier: Apache-2.0
"""Paths that users type: behind links, and those of runs, checkpoints and weights."""
import unittest

from program import ProgramTest

RECIPE = '''schema = 1
[data]
type = "csv"
train = "../data/table.csv"
[[layer]]
type = "dense"
units = 1
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 2
'''


class BehindLinks(ProgramTest):
    """project/recipes is a link to shared/recipes, so that project/recipes/../data is shared/data; link is one to scratch/deep."""
    def setUp(self):
        super().setUp()
        for folder in ("shared/recipes", "shared/data", "project", "scratch/deep"):
            (self.place / folder).mkdir(parents=True)
        (self.place / "shared/recipes/net.toml").write_text(RECIPE)
        (self.place / "shared/data/table.csv").write_text("x,y\n1,2\n2,4\n3,6\n4,8\n")
        (self.place / "project/recipes").symlink_to("../shared/recipes")
        (self.place / "link").symlink_to("scratch/deep")

    def test_data_beside_a_folder_of_recipes_that_is_a_link_are_found(self):
        self.good("data", "list", "project/recipes/net.toml")
        self.good("train", "project/recipes/net.toml", "--run", "run", "--threads", "1")
        self.good("evaluate", "run", "--threads", "1")
        self.good("train", "project/recipes/net.toml", "--run", "run", "--threads", "1", "--set", "training.epochs=2")

    def test_a_run_folder_behind_a_link_is_one_folder(self):
        self.good("train", "shared/recipes/net.toml", "--run", "link/../out", "--threads", "1", "--progress", "none")
        self.assertFalse((self.place / "out").exists())
        self.assertLessEqual({"checkpoints", "metrics.csv", "log.txt", "recipe.toml"}, {entry.name for entry in (self.place / "scratch/out").iterdir()})
        self.good("evaluate", "link/../out", "--threads", "1")


if __name__ == "__main__":
    unittest.main()
