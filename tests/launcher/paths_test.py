# SPDX-License-Identifier: Apache-2.0
"""Paths that users type: behind links, and those of runs, checkpoints and weights."""
import unittest

from program import ProgramTest, SOURCE

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


class Checkpoints(ProgramTest):
    def setUp(self):
        super().setUp()
        self.run_folder = self.trained()
        self.newest = sorted((self.run_folder / "checkpoints").glob("*.h5"))[-1]
        (self.place / "new.csv").write_text("sepal_length,sepal_width,petal_length,petal_width,species\n5.1,3.5,1.4,0.2,setosa\n")

    def test_every_command_takes_a_run_folder_its_checkpoints_and_one_of_them(self):
        for number, path in enumerate((self.run_folder, self.run_folder / "checkpoints", self.newest)):
            self.assertIn("loss", self.good("evaluate", path, "--threads", "1"))
            self.good("predict", path, "--input", "new.csv", "--output", f"{number}.csv")
            self.assertIn(self.newest.name, self.good("checkpoint", "list", path))
            self.assertTrue(self.good("checkpoint", "show", path).startswith(str(self.newest)))
            self.assertIn(f"{self.newest}: intact", self.good("checkpoint", "verify", path))
            self.good("checkpoint", "export", path, "--to", "keras", "--output", f"{number}.weights.h5")
            for command in (["summary"], ["check"], ["data", "list"], ["data", "peek"]):
                self.good(*command, path)
            self.assertIn('type = "teranga.csv"', self.good("resolve", path))
            self.good("train", self.recipe("mlp-iris"), "--set", "training.epochs=6", "--resume", path, "--run", f"resumed{number}", "--threads", "1", "--progress", "none")
            self.good("train", self.recipe("mlp-iris"), "--init-weights", path, "--dry-run", "--run", f"begun{number}", "--threads", "1", "--progress", "none")
        self.good("train", self.recipe("mlp-iris"), "--init-weights", "0.weights.h5", "--dry-run", "--run", "back", "--threads", "1", "--progress", "none")

    def test_a_summary_of_a_run_is_that_of_its_recipe(self):
        self.assertEqual(self.good("summary", self.run_folder), self.good("summary", self.recipe("mlp-iris")))

    def test_what_is_no_checkpoint_is_told_for_what_it_is(self):
        self.good("checkpoint", "export", self.run_folder, "--to", "keras", "--output", "w.weights.h5")
        (self.place / "m.keras").write_bytes(b"PK\x03\x04" + bytes(22) + b"\x0d\0\0\0metadata.json" + bytes(60))
        (self.place / "empty").mkdir()
        commands = [["evaluate"], ["checkpoint", "show"], ["checkpoint", "list"], ["checkpoint", "verify"], ["checkpoint", "export", "--to", "keras"], ["train", self.recipe("mlp-iris"), "--run", "other", "--resume"]]
        for path, words in (("w.weights.h5", "found an HDF5 file that is none"), ("m.keras", "a whole model in Keras's format .keras"), ("nowhere", "there is no such file or folder"), ("net.toml", "there is no such file")):
            for command in commands:
                self.assertIn(words, self.bad(5, *command, path))
        for command in commands:
            self.assertIn("empty holds no checkpoint", self.bad(5, *command, "empty"))
        self.assertIn("teranga import m.keras", self.bad(5, "train", self.recipe("mlp-iris"), "--run", "other", "--init-weights", "m.keras"))
        self.assertIn("is a folder", self.bad(2, "train", self.run_folder))


class PartOfTheWeights(ProgramTest):
    """A new head on a trained base."""
    def setUp(self):
        super().setUp()
        self.trained()
        recipe = self.recipe("mlp-iris").read_text().replace("../../datasets", str(SOURCE / "datasets"))
        (self.place / "head.toml").write_text(recipe.replace("units = 3", 'units = 5\nname = "between"\n[[layer]]\ntype = "dense"\nname = "head"\nunits = 3'))

    def test_what_fits_is_taken_and_both_sides_of_the_rest_are_told(self):
        whole = self.bad(2, "train", "head.toml", "--init-weights", "run", "--run", "new", "--threads", "1")
        self.assertIn('parameter "between/kernel" is missing', whole)
        self.assertIn("--partial", whole)
        self.good("train", "head.toml", "--init-weights", "run", "--partial", "--run", "new", "--threads", "1", "--dry-run", "--progress", "none")
        log = (self.place / "new/log.txt").read_text()
        self.assertRegex(log, r"run: [24] tensors are taken: dense/kernel, dense/bias")
        self.assertRegex(log, r"4 tensors of the network keep their initial values: between/kernel .*, between/bias \(5,\), head/kernel \(5, 3\), head/bias \(3,\)")
        self.assertRegex(log, r"2 tensors of the file are not used: dense_\d/kernel .*, dense_\d/bias \(3,\)")
        self.assertIn("dense/kernel", self.good("checkpoint", "show", "new"))

    def test_nothing_that_fits_is_a_mistake(self):
        said = self.bad(2, "train", "head.toml", "--init-weights", "run", "--partial", "--run", "new", "--threads", "1", "--set", 'layer=[{type="dense", name="x", units=3, activation="softmax"}]')
        self.assertIn("fits the network by name and shape", said)

    def test_partial_needs_weights(self):
        self.assertIn("--init-weights FILE --partial", self.bad(2, "train", "head.toml", "--partial"))


if __name__ == "__main__":
    unittest.main()
