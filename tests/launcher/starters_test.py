# SPDX-License-Identifier: Apache-2.0
"""teranga init: each starter trains as it is and learns, and no file is overwritten."""
import json
import unittest

from program import SOURCE, ProgramTest

STARTERS = sorted(path.stem for path in (SOURCE / "launcher/starters").glob("*.toml"))


class Starters(ProgramTest):
    def started(self, name, *words):
        """The lines of metrics.jsonl of a training as the message of init tells it."""
        said = self.good("init", name)
        command = said.splitlines()[-1].removeprefix("Now: teranga ").split()
        self.good(*command, "--progress", "none", "--threads", "2", *words)
        return [json.loads(line) for line in (self.place / f"runs/{name}/metrics.jsonl").read_text().splitlines()]

    def test_all_are_listed_with_what_they_are(self):
        lines = dict(line.split(" ", 1) for line in self.good("init").splitlines())
        self.assertEqual(sorted(lines), STARTERS)
        for name, summary in lines.items():
            self.assertEqual(summary.strip(), (SOURCE / f"launcher/starters/{name}.toml").read_text().splitlines()[1].removeprefix("# "))

    def test_what_is_written_is_the_file_without_its_licence(self):
        for name in STARTERS:
            self.good("init", name)
            self.assertEqual((self.place / f"{name}.toml").read_text(), (SOURCE / f"launcher/starters/{name}.toml").read_text().split("\n", 1)[1])
        self.assertEqual((self.place / "iris.csv").read_bytes(), (SOURCE / "datasets/tables/iris.csv").read_bytes())

    def test_no_file_is_overwritten(self):
        (self.place / "mlp.toml").write_text("mine")
        self.assertIn("mlp.toml is there already", self.bad(2, "init", "mlp"))
        (self.place / "iris.csv").write_text("mine")
        self.assertIn("iris.csv is there already", self.bad(2, "init", "csv"))
        self.assertFalse((self.place / "csv.toml").exists())
        (self.place / "link.toml").symlink_to("nowhere")
        self.assertIn("link.toml is there already", self.bad(2, "init", "cnn", "link.toml"))
        self.assertEqual([(self.place / name).read_text() for name in ("mlp.toml", "iris.csv")], ["mine", "mine"])
        self.assertFalse((self.place / "nowhere").exists())

    def test_folders_are_made(self):
        self.good("init", "csv", "prices/first/net.toml")
        self.assertTrue((self.place / "prices/first/iris.csv").exists())
        self.good("check", "prices/first/net.toml", "--data")
        (self.place / "file").write_text("")
        self.assertIn("file/net.toml cannot be written: Not a directory", self.bad(1, "init", "cnn", "file/net.toml"))

    def test_a_perceptron_learns_digits(self):
        self.assertGreater(self.started("mlp")[-1]["test_accuracy"], 0.88)

    def test_a_convolutional_net_learns_digits(self):
        self.assertGreater(self.started("cnn")[-1]["test_accuracy"], 0.88)

    def test_a_recurrent_net_learns_digits(self):
        self.assertGreater(self.started("rnn")[-1]["test_accuracy"], 0.85)

    def test_a_table_is_learnt(self):
        self.assertGreater(self.started("csv")[-1]["test_accuracy"], 0.9)

    def test_two_networks_draw_digits(self):
        epochs = [line for line in self.started("gan") if line["event"] == "epoch"]
        self.assertGreater(epochs[-1]["generator_loss"], 0.3)
        self.assertLess(epochs[-1]["generator_loss"], 4)
        self.assertIn("pictures of 8 x 8", self.good("generate", "runs/gan", "--output", "digits.png", "--count", 20))


if __name__ == "__main__":
    unittest.main()
