# SPDX-License-Identifier: Apache-2.0
"""teranga reference: the page in the source is what the program prints, and single tables, keys and types are found."""
import re
import unittest

from program import ProgramTest, SOURCE

PAGE = "launcher/reference.md"


class Reference(ProgramTest):
    def test_the_page_in_the_source_is_what_the_program_prints(self):
        printed = self.good("reference")
        self.assertTrue((SOURCE / PAGE).read_text() == printed, f"{PAGE} is out of date; write it anew: build/release/bin/teranga reference > {PAGE}")

    def test_the_page_has_every_table_and_the_options_of_every_data_set(self):
        page = self.good("reference")
        for table in ("[data]", "[[layer]]", "[training]", "[checkpoint]", "[[phase]]", "[[phase.call]]", "early_stopping = { ... }"):
            self.assertIn(f"## `{table}`", page)
        for line in self.good("plugin", "list", "dataset").splitlines()[2:]:
            self.assertIn(f"### `dataset {line.split()[1].split('.')[1]}`", page)

    def test_every_type_of_layer_is_in_the_page(self):
        page = self.good("reference")
        for kind in ("layer", "loss", "optimizer", "metric", "schedule", "activation", "initializer"):
            for line in self.good("plugin", "list", kind).splitlines()[2:]:
                self.assertIn(f"| `{line.split()[1].split('.')[1]}` |", page)

    def test_a_key_is_found_with_and_without_its_table(self):
        for name in (["training.batch_size"], ["batch_size"], ["[training]", "batch_size"], ["training", "batch_size"]):
            out = self.good("reference", *name)
            self.assertEqual(len(re.findall(r"^\| `\w+` \|", out, re.M)), 1, out)
            self.assertIn("| `batch_size` | integer in [1, 1073741824] | `32` | ", out)
            self.assertIn("| `batch_size = 64` |", out)

    def test_types_and_their_options_are_found(self):
        self.assertIn("| `units` | integer >= 1 | required |", self.good("reference", "layer", "dense"))
        self.assertIn("| `units` | integer >= 1 | required |", self.good("reference", "layer.dense.units"))
        self.assertIn("| `normalize` |", self.good("reference", "data", "csv"))
        self.assertIn("`layer lstm`", self.good("reference", "units"))

    def test_the_format_can_be_text(self):
        out = self.good("reference", "training.epochs", "--format", "text")
        self.assertTrue(out.startswith("[training]\n"), out)
        self.assertNotIn("|", out)

    def test_an_unknown_name_is_met_with_the_nearest(self):
        self.assertIn("teranga reference training.batch_size", self.bad(2, "reference", "training.batchsize"))
        self.assertIn("teranga reference checkpoint", self.bad(2, "reference", "chekpoint"))

    def test_describe_knows_the_types_that_are_no_plugins(self):
        self.assertIn("shape", self.good("plugin", "describe", "input"))


if __name__ == "__main__":
    unittest.main()
