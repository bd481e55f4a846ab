# SPDX-License-Identifier: Apache-2.0
"""Models that are damaged, hostile or beyond Teranga are refused by name, with nothing written, nothing executed and little memory; and what people mistype."""
import io
import json
import os
import resource
import struct
import sys
import unittest
import zipfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "launcher"))
from program import ProgramTest

GOLDEN = Path(__file__).resolve().parent / "golden"  # made by make_golden.py
MODEL = (GOLDEN / "small.keras").read_bytes()


def members(archive=MODEL):
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(parts, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def config(change):
    """The model with its description changed."""
    parts = members()
    described = json.loads(parts["config.json"])
    change(described)
    return packed([*{**parts, "config.json": json.dumps(described)}.items()])


def layer(described, number=1):
    return described["config"]["layers"][number]


class Refused(ProgramTest):
    def imported(self, model, code=5, **more):
        (self.place / "model.keras").write_bytes(model)
        said = self.bad(code, "import", "model.keras", **more)
        self.assertFalse((self.place / "model.toml").exists())
        self.assertFalse((self.place / "model.checkpoint.h5").exists())
        return said

    def refuses(self, described_as, model):
        self.assertIn(described_as, self.imported(model))

    def test_the_model_itself_is_taken(self):
        (self.place / "model.keras").write_bytes(MODEL)
        said = self.good("import", "model.keras")
        self.assertIn("model.toml: the recipe, 3 layers", said)
        # Each command that it tells works.
        for line in (line.strip() for line in said[said.index("Next:"):].splitlines()[1:]):
            if "FILE" not in line:
                code, _, err = self.run_line(line + (" --set training.epochs=1 --progress none" if " train " in line else ""))
                self.assertEqual(code, 0, err)
        self.assertIn("exists, and is not replaced", self.bad(2, "import", "model.keras"))

    # Archives.
    def test_half_an_archive(self):
        self.refuses("the archive is truncated or damaged", MODEL[:len(MODEL) // 2])

    def test_bytes_that_are_no_archive(self):
        self.refuses("the archive is truncated or damaged", b"no archive at all" * 100)

    def test_an_empty_file(self):
        self.refuses("the archive is truncated or damaged", b"")

    def test_a_wrong_checksum(self):
        at = MODEL.index(b"\x89HDF") + 4096
        self.refuses("model.weights.h5: is damaged", MODEL[:at] + bytes([MODEL[at] ^ 1]) + MODEL[at + 1:])

    def test_a_name_that_leads_out(self):
        for name in ("../../escaped", "/tmp/escaped", "layers/../../escaped", "..\\escaped"):
            with self.subTest(name):
                self.refuses("leads out of the archive", packed([*members().items(), (name, "x")]))
        self.assertFalse((self.place.parent / "escaped").exists())

    def test_control_characters_in_a_name_are_shown(self):
        said = self.imported(packed([*members().items(), ("../\x1b]0;title\x07", "x")]))
        self.assertNotIn("\x1b", said)
        self.assertIn("\\x1b", said)

    def test_two_members_of_one_name(self):
        parts = [*members().items()]
        with self.assertWarns(UserWarning):
            self.refuses('two members of the name "config.json"', packed([*parts, ("config.json", "{}")]))

    def test_missing_members(self):
        for name in ("config.json", "model.weights.h5"):
            with self.subTest(name):
                self.refuses(f'which has a member "{name}", found none', packed([(n, c) for n, c in members().items() if n != name]))

    def test_an_encrypted_member(self):
        spoilt = bytearray(MODEL)
        for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = -1
            while (at := spoilt.find(mark, at + 1)) >= 0:
                spoilt[at + flags] |= 1
        self.assertRegex(self.imported(bytes(spoilt)), "encrypted|damaged")

    def test_an_unusual_packing(self):
        self.refuses("found packing method 12", packed(members().items(), zipfile.ZIP_BZIP2))

    # Bombs: little memory is given, and less is needed.
    def with_little_memory(self, model, describes):
        before = resource.getrlimit(resource.RLIMIT_AS)
        limit = before[0] if os.environ.get("TERANGA_SANITIZE") else 3 << 30  # sanitizers map terabytes of addresses
        resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
        try:
            self.refuses(describes, model)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)

    def test_a_bomb_of_a_description(self):
        parts = {**members(), "config.json": b"[" + b" " * (200 << 20) + b"]"}
        self.with_little_memory(packed(parts.items(), zipfile.ZIP_DEFLATED), "config.json: expected at most")

    def test_a_bomb_of_weights(self):
        parts = {**members(), "model.weights.h5": members()["model.weights.h5"] + bytes(100 << 20)}
        self.with_little_memory(packed(parts.items(), zipfile.ZIP_DEFLATED), "no weights are so much alike")

    def test_a_length_that_lies(self):
        content = members()["config.json"]
        whole = packed([*{**members(), "config.json": content}.items()], zipfile.ZIP_DEFLATED)
        size = struct.pack("<I", len(content))
        for lie in (len(content) * 2, len(content) // 2, 0xfffffff0):
            with self.subTest(lie):
                self.assertRegex(self.imported(whole.replace(size, struct.pack("<I", lie))), "config.json|truncated or damaged")

    # Descriptions.
    def test_text_that_is_no_json(self):
        for text in ("", "{", '{"class_name": }', "\xff\xfe"):
            with self.subTest(text):
                self.refuses("config.json: expected JSON", packed([*{**members(), "config.json": text}.items()]))

    def test_numbers_beyond_a_double(self):
        self.refuses("expected numbers that a double holds", packed([*{**members(), "config.json": '{"config": {"rate": 1e999}}'}.items()]))

    def test_deep_nesting(self):
        self.refuses("at most 200 levels", packed([*{**members(), "config.json": "[" * 100000 + "]" * 100000}.items()]))
        self.refuses("at most 200 levels", packed([*{**members(), "config.json": '{"a":' * 5000 + "1" + "}" * 5000}.items()]))

    def test_too_many_values(self):
        self.refuses("at most 2000000 values", packed([*{**members(), "config.json": "[" + "1," * 2500000 + "1]"}.items()]))

    def test_json_of_another_kind(self):
        for text in ("[]", "{}", "3", "null", '{"class_name": "Sequential"}', '{"class_name": "Functional", "config": {"layers": 3}}', '{"class_name": "Sequential", "config": {"layers": [[], 1, null]}}',
                     '{"class_name": "Functional", "config": {"layers": [{"class_name": "Dense", "config": {"name": "a"}, "inbound_nodes": [{"args": 1}]}], "output_layers": [["a", 0, 0]]}}',
                     '{"class_name": "Functional", "config": {"layers": [{"class_name": "Dense", "config": {"name": "a"}, "inbound_nodes": 5}], "output_layers": [["a", 0, -1]]}}'):
            with self.subTest(text):
                self.imported(packed([*{**members(), "config.json": text}.items()]))

    def test_a_circle_of_layers(self):
        def node(name):
            return [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [None, 3], "keras_history": [name, 0, 0]}}], "kwargs": {}}]
        layers = [{"class_name": "Dense", "module": "keras.layers", "config": {"name": name, "units": 3}, "inbound_nodes": node(other)} for name, other in (("a", "b"), ("b", "a"))]
        text = json.dumps({"class_name": "Functional", "config": {"name": "m", "layers": layers, "input_layers": [], "output_layers": [["a", 0, 0]]}})
        self.refuses("takes from layers that the model does not have", packed([*{**members(), "config.json": text}.items()]))

    def test_models_that_multiply(self):
        def model(depth):
            inner = {"class_name": "Dense", "module": "keras.layers", "config": {"name": "d", "units": 3}} if depth == 0 else model(depth - 1)
            return {"class_name": "Sequential", "module": "keras", "config": {"name": f"m{depth}", "layers": [inner, inner, inner, inner], "build_input_shape": [None, 3]}}
        self.refuses("at most 20000 calls of layers", packed([*{**members(), "config.json": json.dumps(model(7))}.items()]))

    # What has no counterpart.
    def test_code_is_refused_and_not_run(self):
        def with_code(described):
            layer(described).update(class_name="Lambda", config={"name": "code", "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}})
        self.assertIn('"code" (Lambda): it holds Python code, which is not run', self.imported(config(with_code)))

    def test_all_faults_at_once(self):
        def with_faults(described):
            layer(described, 1)["config"]["activation"] = {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "function"}
            layer(described, 2).update(class_name="Resizing")
        said = self.imported(config(with_faults))
        self.assertIn("2 of its 3 layers have no counterpart in Teranga:", said)
        self.assertIn('(Dense): activation: the activation "mine" is one of one\'s own, in Python code, which is not run', said)
        self.assertIn('(Resizing): Teranga has no such layer', said)

    def test_a_class_of_ones_own(self):
        self.refuses("in Python code, which is not run", config(lambda described: layer(described).update(module="mine", registered_name="Custom>Mine", class_name="Mine")))
        self.refuses('found the class "MyModel"', config(lambda described: described.update(class_name="MyModel")))

    def test_options_without_a_counterpart(self):
        self.refuses('kernel_constraint = {"class_name":"Mine"}', config(lambda described: layer(described)["config"].update(kernel_constraint={"class_name": "Mine"})))
        self.refuses("it computes in mixed_float16", config(lambda described: layer(described)["config"].update(dtype={"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}})))

    def test_a_shape_that_weights_do_not_have(self):
        self.refuses('parameter "dense/kernel": expected f32 (4, 9), found f32 (4, 5)', config(lambda described: layer(described)["config"].update(units=9)))

    def test_losses_without_a_counterpart_are_told_and_replaced(self):
        def with_loss(described):
            described["compile_config"]["loss"] = {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "function"}
            described["compile_config"]["metrics"] = ["accuracy", "mystery"]
            described["compile_config"]["optimizer"]["class_name"] = "Mine"
        (self.place / "model.keras").write_bytes(config(with_loss))
        said = self.good("import", "model.keras")
        for words in ("The loss has no counterpart", "stands in its place", 'no metric "mystery"', 'The optimizer "Mine" has no counterpart'):
            self.assertIn(words, said)
            self.assertIn(words, (self.place / "model.toml").read_text())
        self.good("check", "model.toml")

    def test_accuracy_is_the_metric_that_shapes_decide(self):
        for name in ("accuracy", "acc"):
            with self.subTest(name):
                (self.place / f"{name}.keras").write_bytes(config(lambda described: described["compile_config"].update(metrics=[name])))
                self.assertNotIn("note:", self.good("import", f"{name}.keras"))
                self.assertIn('metrics = ["accuracy"]\n', (self.place / f"{name}.toml").read_text())
                self.good("check", f"{name}.toml")

    # The command line.
    def test_paths_that_lead_nowhere(self):
        self.assertIn("there is no such file", self.bad(5, "import", "nothing.keras"))
        self.assertIn("found a folder", self.bad(5, "import", str(self.place)))
        (self.place / "model.keras").write_bytes(MODEL)
        self.assertIn("expected a name that ends in .toml", self.bad(2, "import", "model.keras", "--recipe", "model.txt"))
        self.assertIn("cannot", self.bad(1, "import", "model.keras", "--weights", "no/folder.h5"))

    def test_going_out(self):
        run = self.trained()
        self.assertIn("named .keras only", self.bad(2, "export", run, "--output", "model.h5"))
        self.assertIn("cannot be written", self.bad(1, "export", run, "--output", "no/model.keras"))
        self.good("export", run, "--output", "iris.keras")
        with zipfile.ZipFile(self.place / "iris.keras") as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.namelist(), ["metadata.json", "config.json", "model.weights.h5"])
        first = (self.place / "iris.keras").read_bytes()
        self.good("export", run, "--output", "iris.keras")
        self.assertEqual(first, (self.place / "iris.keras").read_bytes())

    def test_layers_that_keras_does_not_have_are_named_at_once(self):
        (self.place / "own.toml").write_text('schema = 1\n[data]\ntype = "random"\nshape = [4, 6]\ntarget = "uniform"\ntarget_shape = [1]\n[[layer]]\ntype = "sine_position_encoding"\n[[layer]]\ntype = "reverse_time"\n[[layer]]\ntype = "flatten"\n'
                                             '[[layer]]\ntype = "dense"\nunits = 1\n[loss]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\n')
        self.good("train", "own.toml", "--run", "run", "--progress", "none", "--dry-run")
        said = self.bad(2, "export", "run")
        self.assertIn("2 of the 5 layers", said)
        for name in ("sine_position_encoding", "reverse_time"):
            self.assertIn(f'"{name}" ({name}): Keras has no such layer', said)


if __name__ == "__main__":
    unittest.main()
