# SPDX-License-Identifier: Apache-2.0
"""What somebody hostile or a broken machine brings: links, pipes, cut libraries, control characters, code that nobody asked for."""
import os
import shutil
import subprocess
import unittest
from pathlib import Path

from program import PROGRAM, ProgramTest

PLUGINS = Path(PROGRAM).resolve().parent.parent / "lib/teranga/plugins"


class Hostile(ProgramTest):
    def test_a_library_that_is_cut_short_a_pipe_or_a_folder_is_named(self):
        folder = self.place / "plugins"
        folder.mkdir(mode=0o755)
        whole = (PLUGINS / "datasets_random.so").read_bytes()
        place = folder / "guest.so"
        for part in (0, 40, 1000, len(whole) // 2, len(whole) - 1):
            place.write_bytes(whole[:part])
            said = self.bad(4, "plugin", "list", TERANGA_PLUGIN_PATH=str(folder))
            self.assertIn(f"plugin {place}: the file is cut short ({part} bytes)", said)
        place.unlink()
        os.mkfifo(place)
        self.passed_over(folder, "found no ordinary file")
        place.unlink()
        place.mkdir()
        self.passed_over(folder, "found a folder")
        place.rmdir()
        place.write_text("INPUT(other.so)\n" + " " * 64)
        self.passed_over(folder, "found another kind of file")
        other = bytearray(whole)
        other[18:20] = (183).to_bytes(2, "little")  # AArch64, of an ELF file
        place.write_bytes(other)
        self.passed_over(folder, "was built for the processor AArch64; this Teranga runs on x86-64")
        self.assertIn("AArch64", self.bad(4, "check", self.recipe("mlp-iris"), "--set", f'plugins=["{place}"]'))

    def passed_over(self, folder, found):
        """What is no plugin, in a folder of plugins."""
        code, out, err = self.run_it("plugin", "list", TERANGA_PLUGIN_PATH=f"{folder}:")
        self.assertEqual(code, 0, err)
        self.assertIn("teranga.dense", out)
        self.assertRegex(err, f"warning: plugin {folder}/guest.so: .*{found}.*; it is passed over")

    def test_a_helper_of_a_plugin_may_lie_beside_it(self):
        folder = self.place / "plugins"
        folder.mkdir(mode=0o755)
        (self.place / "helper.c").write_text("int helper;\n")
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", folder / "libhelper.so", self.place / "helper.c"], check=True, timeout=100)
        self.assertEqual(self.run_it("plugin", "list", TERANGA_PLUGIN_PATH=str(folder))[::2], (0, ""))
        self.assertIn("has no Teranga border note", self.bad(4, "check", self.recipe("mlp-iris"), "--set", f'plugins=["{folder}/libhelper.so"]'))

    def test_pipes_devices_and_rings_of_links_are_no_files(self):
        os.mkfifo(self.place / "pipe")
        (self.place / "ring").symlink_to("ring")
        for odd in ("pipe", "/dev/zero", "ring", "."):
            for words in (("checkpoint", "verify"), ("checkpoint", "show"), ("evaluate",)):
                if odd != "." or words[0] == "checkpoint":
                    self.assertIn(odd, self.bad(5, *words, odd))
            if odd != ".":
                self.assertIn(odd, self.bad(5, "train", self.recipe("mlp-iris"), "--init-weights", odd, "--run", "run", "--dry-run", "--progress", "none", "--threads", "1"))
            self.assertIn("recipe", self.bad(2, "check", odd))
            if odd != "ring":
                self.assertIn(odd, self.bad(5, "generate", "no-checkpoint", "--input", odd))

    def test_the_run_folder_follows_no_link(self):
        victim = self.place / "victim"
        for name in ("recipe.toml.new", "metrics.csv.new", "metrics.jsonl.new", "owner"):
            run = self.place / f"run-{name}"
            run.mkdir()
            victim.write_text("precious\n")
            (run / name).symlink_to(victim)
            self.run_it("train", self.recipe("mlp-iris"), "--run", run, "--set", "training.epochs=1", "--threads", "1", "--progress", "none")
            self.assertEqual(victim.read_text(), "precious\n", name)
        run = self.trained()
        for name in ("log.txt", "metrics.csv", "metrics.jsonl"):
            (run / name).unlink()
            (run / name).symlink_to(victim)
            self.run_it("train", self.recipe("mlp-iris"), "--run", run, "--threads", "1", "--progress", "none", "--set", "training.epochs=6")
            self.assertEqual(victim.read_text(), "precious\n", name)
            (run / name).unlink(missing_ok=True)

    def test_outputs_replace_links_and_do_not_follow_them(self):
        run = self.trained()
        victim = self.place / "victim"
        victim.write_text("precious\n")
        table = (self.recipe("mlp-iris").parent / "../../datasets/tables/iris.csv").resolve()
        for name in ("out.csv", "out.csv.new"):
            (self.place / name).symlink_to(victim)
            self.good("predict", run, "--input", table, "--output", "out.csv", "--threads", "1")
            self.assertEqual(victim.read_text(), "precious\n")
            self.assertFalse((self.place / "out.csv").is_symlink())
            (self.place / "out.csv").unlink()

    def test_control_characters_of_names_and_cells_are_shown(self):
        kinds = ("e\x9bven", "o\x1b[31mdd")
        (self.place / "table.csv").write_text("a,b,kind\n" + "".join(f"{i},{i * i},{kinds[i % 2]}\n" for i in range(12)))
        (self.place / "recipe.toml").write_text('schema = 1\n[data]\ntype = "csv"\ntrain = "table.csv"\n[[layer]]\ntype = "dense"\nunits = 2\nactivation = "softmax"\n'
                                                '[loss]\ntype = "sparse_categorical_crossentropy"\n[optimizer]\ntype = "sgd"\n[training]\nepochs = 1\n')
        for words in (("data", "list"), ("data", "peek")):
            out = self.good(*words, "recipe.toml")
            self.assertIn("o\\x1b[31mdd", out)
            self.assertIn("e\\x9bven", out)
            self.assertNotIn("\x1b", out)
        said = self.bad(2, "check", "no\x1b[2Jsuch.toml")
        self.assertIn("no\\x1b[2Jsuch.toml", said)
        self.assertNotIn("\x1b", said)

    def test_a_layer_that_fits_no_memory_is_named(self):
        said = self.bad(1, "check", self.recipe("mlp-digits"), "--set", "layer.dense.units=2147483648")
        self.assertIn("dense/kernel of shape (64, 2147483648)", said)
        self.assertIn('hint: make the layer "dense" smaller', said)

    def test_a_checkpoint_opens_no_library_unless_it_is_trusted(self):
        home = self.place / "libraries"
        home.mkdir(mode=0o755)
        guest = home / "guest.so"
        shutil.copy(PLUGINS / "datasets_random.so", guest)
        # The library stands for any other: what counts is that only the checkpoint names it.
        tree = self.place / "tree"
        for part in ("bin", "lib/teranga/plugins", "libexec/teranga"):
            (tree / part).mkdir(parents=True)
        build = Path(PROGRAM).resolve().parent.parent
        shutil.copy(PROGRAM, tree / "bin/teranga")
        shutil.copy(build / "libexec/teranga/teranga-read-hdf5", tree / "libexec/teranga")
        for library in (build / "lib/teranga/plugins").glob("*.so"):
            if library.name != "datasets_random.so":
                shutil.copy(library, tree / "lib/teranga/plugins")
        (self.place / "recipe.toml").write_text(f'schema = 1\nplugins = ["{guest}"]\n[data]\ntype = "random"\nsamples = 40\ntest_samples = 20\nshape = [3]\nclasses = 2\n[[layer]]\ntype = "dense"\nunits = 2\n'
                                                'activation = "softmax"\n[loss]\ntype = "sparse_categorical_crossentropy"\n[optimizer]\ntype = "sgd"\n[training]\nepochs = 1\n')

        def run(*words, **environment):
            done = subprocess.run([tree / "bin/teranga", *words], cwd=self.place, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)
            return done.returncode, done.stderr

        code, said = run("train", "recipe.toml", "--run", "run", "--threads", "1", "--progress", "none")
        self.assertEqual(code, 0, said)
        export = ("checkpoint", "export", "run", "--to", "keras", "--output", "w.weights.h5")
        for words in (("evaluate", "run", "--threads", "1"), export):
            code, said = run(*words)
            self.assertEqual(code, 4, said)
            self.assertIn(str(guest), said)
            self.assertIn("--trust", said)
            self.assertEqual(run(*words, "--trust")[0], 0)
            self.assertEqual(run(*words, TERANGA_PLUGIN_PATH=str(home))[0], 0)
        self.assertEqual(run("evaluate", "run", "--threads", "1", "--set", f'plugins=["{guest}"]')[0], 0)
        # A library that is typed lies where it is typed, not in a folder that the checkpoint names.
        shutil.copy(guest, self.place / "here.so")
        (self.place / "recipes").mkdir()
        (self.place / "recipes/here.so").write_text("of somebody else")
        (self.place / "recipes/recipe.toml").write_text((self.place / "recipe.toml").read_text())
        self.assertEqual(run("train", "recipes/recipe.toml", "--run", "other", "--threads", "1", "--progress", "none")[0], 0)
        code, said = run("evaluate", "other", "--threads", "1", "--set", 'plugins=["here.so"]')
        self.assertEqual(code, 0, said)
        self.assertEqual(run("train", "recipe.toml", "--run", "run", "--threads", "1", "--progress", "none", "--set", "training.epochs=2")[0], 0)
        # An override that cannot be read names none, and nothing is opened before that is said.
        for fault in ("plugins", "plugins=[", "plugins[0]", "plugins.x=1"):
            with self.subTest(fault):
                code, said = run("evaluate", "run", "--threads", "1", "--set", fault)
                self.assertEqual(code, 2, said)
                self.assertNotIn(str(guest), said)
        guest.write_text("no library")
        for fault in ("plugins", "plugins=["):
            self.assertEqual(run("evaluate", "run", "--threads", "1", "--set", fault)[0], 2)


if __name__ == "__main__":
    unittest.main()
