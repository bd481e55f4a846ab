# SPDX-License-Identifier: Apache-2.0
"""Bad input of every kind: who, what was expected, what was found, where; once, and with the right exit code."""
import os
import re
import shutil
import subprocess
import unittest

from program import PROGRAM, ProgramTest, SOURCE

GOOD = '''schema = 1
[data]
type = "csv"
train = "table.csv"
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 2
batch_size = 4
'''
TABLE = "a,b,kind\n" + "".join(f"{i},{i * i},{'odd' if i % 2 else 'even'}\n" for i in range(12))


class BadInput(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "table.csv").write_text(TABLE)

    def train(self, code, text=GOOD, *words, **more):
        (self.place / "recipe.toml").write_text(text)
        return self.bad(code, "train", "recipe.toml", *words, **more)

    def test_the_good_recipe_trains(self):
        (self.place / "recipe.toml").write_text(GOOD)
        self.good("train", "recipe.toml")

    def test_all_mistakes_of_a_recipe_are_told_in_one_go_and_once(self):
        text = GOOD.replace("units = 2", "unist = 2").replace('type = "sgd"', 'type = "sgdd"').replace("epochs = 2", 'epochs = "two"')
        for ranks in (1, 2):
            said = self.train(2, text, ranks=ranks)
            self.assertEqual(said.count("recipe.toml:7:1: error:"), 1, said)
            self.assertEqual(said.count("recipe.toml:12:8: error:"), 1)
            self.assertEqual(said.count("recipe.toml:14:10: error:"), 1)
            self.assertIn('did you mean "units"?', said)
            self.assertIn("    7 | unist = 2\n      | ^", said)
            self.assertFalse((self.place / "runs").exists())

    def test_mistakes_of_the_data_and_of_shapes_are_told_beside_those_of_keys(self):
        epoch = GOOD.replace("epochs = 2", "epoch = 2")
        shapes = epoch.replace("[[layer]]", '[[layer]]\ntype = "reshape"\ntarget_shape = [3]\n[[layer]]', 1)
        for ranks in (1, 2):
            said = self.train(2, shapes, ranks=ranks)
            for part in ('unknown key "epoch" of [training]', "recipe.toml:6:", "reshape cannot make", "2 errors in recipe.toml"):
                self.assertIn(part, said)
        said = self.train(2, shapes.replace('"table.csv"', '"tables.csv"'))
        for part in ('unknown key "epoch" of [training]', "tables.csv: there is no such file", "2 errors in recipe.toml"):
            self.assertIn(part, said)
        said = self.train(2, epoch.replace('"table.csv"', '"table.csv"\ntarget = "sort"'))
        self.assertIn('found "sort"', said)
        self.assertIn("2 errors in recipe.toml", said)
        # What is known to be wrong is not judged.
        self.assertIn("1 error in recipe.toml", self.train(2, GOOD.replace("units = 2", "units = 0")))

    def test_a_list_of_files_holds_one_at_least(self):
        self.assertIn("expected a list of 1", self.train(2, GOOD.replace('type = "csv"', 'type = "language"\nlength = 2').replace('"table.csv"', "[]")))

    def test_shapes_that_do_not_fit_are_told_at_the_layer(self):
        text = GOOD.replace("[[layer]]", '[[layer]]\ntype = "reshape"\ntarget_shape = [3]\n[[layer]]', 1)
        said = self.train(2, text)
        self.assertIn("recipe.toml:6:", said)
        self.assertIn("2", said)
        self.assertIn("3", said)

    def test_a_monitor_that_is_not_measured_is_told_before_the_training(self):
        stopping = GOOD + 'metrics = ["accuracy"]\nearly_stopping = { patience = 2, monitor = "acuracy" }\n'
        plateau = stopping.replace('"acuracy"', '"accuracy"').replace('type = "sgd"', 'type = "sgd"\nlearning_rate = { type = "reduce_on_plateau", initial_learning_rate = 0.1 }')
        for ranks in (1, 2):
            said = self.train(2, stopping, ranks=ranks)
            self.assertEqual(said.count('recipe.toml:17:44: error: "early_stopping" monitors "acuracy", which this run does not measure'), 1, said)
            self.assertIn('did you mean "accuracy"?', said)
            self.assertFalse((self.place / "runs").exists())
        said = self.train(2, plateau)
        self.assertRegex(said, r'recipe\.toml:13:\d+: error: the schedule "reduce_on_plateau" monitors "val_loss"')
        self.assertIn("no validation part", said)
        self.assertIn('monitors "val_loss"', self.bad(2, "check", "recipe.toml"))

    def test_an_option_that_the_data_set_refuses_is_told_at_its_place(self):
        said = self.train(2, GOOD.replace('train = "table.csv"', 'train = "table.csv"\ntarget = "kinds"'))
        self.assertRegex(said, r'recipe\.toml:5:1: error: data set csv: target: .*table\.csv: expected one of its columns "a", "b", "kind", or a number from 1 to 3, found "kinds"')
        self.assertIn('hint: target = "kind"', said)

    def test_a_doubt_about_a_table_shows_answers_that_work(self):
        (self.place / "table.csv").write_text("a;b;kind\n" + "".join(f'"1,{i}00";{i};x\n"2,{i}50";{i};y\n' for i in range(1, 7)))
        said = self.train(2)
        self.assertIn('"1,100" may be 1.100 (decimal = ",") or 1100 (decimal = ".")', said)
        self.assertIn('hint: decimal = ".", or decimal = ","', said)
        for answer in (",", "."):
            self.good("train", "recipe.toml", "--run", f"run{answer}", "--set", f'data.decimal="{answer}"')
        (self.place / "table.csv").write_text("a,b,kind\n1,1,x\n2,none at all,y\n3,4,x\n4,5,y\n")
        said = self.train(5)
        self.assertIn('table.csv:3:3: expected a number in the column "b", as in 3 of its 4 cells, found "none at all"', said)
        self.assertIn('missing_words = ["", "?", "NA", "NaN", "none at all"] with missing = "mean", or categorical = ["b"], or ignore = ["b"]', said)
        self.good("train", "recipe.toml", "--run", "mean", "--set", 'data.missing_words=["", "?", "NA", "NaN", "none at all"]', "--set", 'data.missing="mean"')
        self.good("train", "recipe.toml", "--run", "words", "--set", 'data.categorical=["b"]')
        (self.place / "table.csv").write_text("a,b\nc,d\ne,f\n")
        self.assertIn('hint: header = "true", or header = "false"', self.train(2))
        self.assertIn("training        2", self.good("data", "list", "recipe.toml", "--set", "data.header=true"))
        self.assertIn("training        3", self.good("data", "list", "recipe.toml", "--set", "data.header=false"))

    def test_a_misspelt_metric_is_met_with_the_nearest(self):
        self.assertIn('did you mean "accuracy"?', self.train(2, GOOD + 'metrics = ["acuracy"]\n'))

    def test_class_weights_of_a_class_that_the_data_do_not_have_are_told_at_their_place(self):
        said = self.train(2, GOOD + "class_weight = { odd = 2.0, evne = 3.0 }\n")
        self.assertIn('recipe.toml:16:29: error: "class_weight": the data have no class "evne"', said)
        self.assertIn("the classes are", said)

    def test_a_wrong_override_is_told_at_its_place(self):
        self.assertIn("--set training.epochs=none", self.train(2, GOOD, "--set", "training.epochs=none"))

    def test_a_missing_recipe_is_named(self):
        self.assertIn("nowhere.toml", self.bad(2, "train", "nowhere.toml"))

    def test_missing_data_are_named_once(self):
        for ranks in (1, 2):
            said = self.train(5, GOOD.replace("table.csv", "nowhere.csv"), ranks=ranks)
            self.assertEqual(said.count("nowhere.csv: there is no such file"), 1, said)

    def test_empty_data_are_named(self):
        (self.place / "table.csv").write_text("")
        self.assertIn("table.csv", self.train(5))

    def test_a_broken_record_is_named_by_its_line(self):
        (self.place / "table.csv").write_text(TABLE + "1,2\n")
        said = self.train(5)
        self.assertIn("table.csv:14", said)
        self.assertIn("expected 3 cells as in line 1, found 2", said)

    def test_a_truncated_image_file_is_named(self):
        (self.place / "images").write_bytes(b"\x00\x00\x08\x03" + b"\x00\x00\x00\x05" + b"\x00\x00\x00\x04" * 2 + b"\x00" * 20)
        text = GOOD.replace('type = "csv"', 'type = "idx"').replace('"table.csv"', '["images"]')
        self.assertIn("images", self.train(5, text))

    def test_a_loss_that_is_not_finite_ends_the_run_and_leaves_its_checkpoints(self):
        for ranks in (1, 2):
            run = f"run{ranks}"
            code, _, said = self.run_it("train", SOURCE / "launcher/recipes/mlp-digits.toml", "--set", 'optimizer={type="sgd", learning_rate=1e30}', "--run", run, "--progress", "none", ranks=ranks)
            self.assertEqual(code, 3, said)
            self.assertEqual(len(re.findall(r"the loss is (?:NaN|infinite) at step \d+ \(epoch 1\): the first layer with such an output is \"\w+\"", said)), 1, said)
            self.assertIn("intact", self.good("checkpoint", "verify", run))

    def test_a_loss_that_overflows_by_itself_is_told_as_such(self):
        text = GOOD.replace('activation = "softmax"', "").replace("sparse_categorical_crossentropy", "mean_squared_error")
        text = text.replace('train = "table.csv"', 'train = "table.csv"\ntarget = "b"\nignore = "kind"').replace("units = 2", "units = 1")
        text = text.replace('type = "sgd"', 'type = "sgd"\nlearning_rate = 1e30')
        code, _, said = self.run_it("train", self.write(text), "--progress", "none")
        self.assertEqual(code, 3, said)
        self.assertIn("the loss is infinite at step 2 (epoch 1): the outputs of all layers are finite, but the loss that is computed from them is not", said)

    def write(self, text):
        (self.place / "recipe.toml").write_text(text)
        return "recipe.toml"


class BadPlugins(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "recipe.toml").write_text('plugins = ["strange.so"]\n' + GOOD)
        (self.place / "table.csv").write_text(TABLE)
        self.plugin = self.place / "strange.so"

    def test_a_missing_plugin_is_named(self):
        self.assertIn("strange.so", self.bad(4, "train", "recipe.toml"))

    def test_a_library_that_is_no_plugin_is_named(self):
        self.plugin.write_text("no library")
        self.assertIn("strange.so", self.bad(4, "train", "recipe.toml"))

    def test_a_plugin_that_anyone_may_write_is_refused(self):
        inner = os.path.join(os.path.dirname(os.path.dirname(PROGRAM)), "lib/teranga/plugins/activations.so")
        shutil.copy(inner, self.plugin)
        self.plugin.chmod(0o777)
        said = self.bad(4, "train", "recipe.toml")
        self.assertIn("strange.so", said)
        self.assertIn("writable by everyone", said)

    def test_a_plugin_of_another_border_is_refused(self):
        source = self.place / "strange.c"
        source.write_text('#include <teranga/sdk/c/library.h>\n#undef TRG_BORDER_MAJOR\n#define TRG_BORDER_MAJOR 4711\nTRG_DECLARE_BORDER();\n'
                          "TRG_EXPORT const trg_library* teranga_open_library(const trg_host* host) { (void)host; return 0; }\n")
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-I", SOURCE / "framework/sdk/include", "-o", self.plugin, source], check=True, timeout=60)
        self.plugin.chmod(0o755)
        said = self.bad(4, "train", "recipe.toml")
        self.assertIn("strange.so", said)
        self.assertIn("4711", said)

    def test_a_plugin_that_throws_in_a_step_is_named(self):
        source = self.place / "strange.cpp"
        source.write_text("""#include <stdexcept>
#include <teranga/sdk/layer.hpp>
namespace sdk = teranga::sdk;
struct Strange {
  static sdk::LayerInfo info() { return {.name = "acme.strange"}; }
  explicit Strange(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const { p.output(p.input(0).shape); }
  template <class T> void forward(const sdk::Slice<T>&) const { throw std::runtime_error("strange weather"); }
  template <class T> void backward(const sdk::Slice<T>&) const {}
};
TERANGA_PLUGIN(sdk::layer<Strange>())
""")
        subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-shared", "-fPIC", "-I", SOURCE / "framework/sdk/include", "-o", self.plugin, source], check=True, timeout=100)
        self.plugin.chmod(0o755)
        recipe = (self.place / "recipe.toml").read_text()
        (self.place / "recipe.toml").write_text(recipe.replace("[[layer]]", '[[layer]]\ntype = "strange"\nname = "odd"\n[[layer]]', 1))
        for ranks in (1, 2):
            code, _, said = self.run_it("train", "recipe.toml", "--run", f"run{ranks}", "--progress", "none", ranks=ranks)
            self.assertEqual(code, 4, said)
            for word in ("odd", "strange", "strange weather"):
                self.assertIn(word, said)


if __name__ == "__main__":
    unittest.main()
