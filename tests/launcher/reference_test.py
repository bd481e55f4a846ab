# SPDX-License-Identifier: Apache-2.0
"""teranga reference: the page in the source is what the program prints, and single tables, keys and types are found."""
import re
import unittest

from program import ProgramTest, SOURCE

PAGE = "launcher/reference.md"
NET = '[[layer]]\ntype = "flatten"\n[loss]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\n'
# Data sets with data that all their examples suit.
DATA = {"csv": ('train = "table.csv"', {"table.csv": "a,b,kind\n" + "".join(f"{i},{i % 7}.5,{'odd' if i % 2 else 'even'}\n" for i in range(20))}),
        "images": ('train = "pictures"\none_hot = true', {f"pictures/{kind}/{i}.ppm": b"P6 32 32 255\n" + bytes(range(i, i + 96)) * 32 for kind in ("rose", "aster") for i in range(4)}),
        "language": ('train = "words.txt"\nlength = 4', {"words.txt": "the cat sat on the mat . the dog sat on the rug . " * 6}),
        "masked_language": ('train = "words.txt"\nlength = 16', {"words.txt": "The cat sat on the mat. The dog sat on the rug. " * 6}),
        "pairs": ('train = "pairs.tsv"', {"pairs.tsv": "red cat\tchat rouge\nblue cat\tchat bleu\ncat\tchat\n" * 4}),
        "random": ("shape = 4", {}),
        "tags": ('train = "tagged.txt"', {"tagged.txt": "the DT\ncat NN\nsat VB\n\nthe DT\ndog NN\nran VB\n\n" * 3}),
        "text": ('train = "moods.csv"\ntext_column = "sentence"\nlabel_column = "mood"', {"moods.csv": "sentence,mood\n" + "".join(f"the film was {('bad,sad', 'good,happy')[i % 2]}\n" for i in range(12))}),
        "windows": ('train = "series.csv"\ncolumns = ["load", "wind"]\nwindow = 4', {"series.csv": "day,load,wind\n" + "".join(f"{i},{i % 7}.5,{i % 5}.25\n" for i in range(48))})}


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

    def test_the_examples_of_options_of_data_sets_can_be_pasted(self):
        self.assertIn("| `image_size = [28, 28]` |", self.good("reference", "data", "images"))
        for kind, (options, files) in DATA.items():
            for name, content in files.items():
                (self.place / name).parent.mkdir(parents=True, exist_ok=True)
                (self.place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
            examples = re.findall(r"^\| `\w+` \|.* \| `([^`]+)` \|$", self.good("reference", "data", kind).replace("\\|", ""), re.M)
            self.assertTrue(examples)
            for example in examples:
                key = example.split(" = ")[0]
                with self.subTest(f"{kind}: {example}"):
                    others = "\n".join(line for line in options.splitlines() if line.split(" = ")[0] != key)
                    (self.place / "recipe.toml").write_text(f'schema = 1\n[data]\ntype = "{kind}"\n{others}\n{example}\n{NET}')
                    self.good("data", "peek", "recipe.toml")

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
