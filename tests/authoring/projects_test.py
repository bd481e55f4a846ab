# SPDX-License-Identifier: Apache-2.0
"""teranga plugin new, from an installed tree: each project builds, passes its tests and trains on 2 ranks as it is written, in the number of lines that the documentation promises."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD, SOURCE = Path(os.environ["TERANGA_BUILD"]), Path(os.environ["TERANGA_SOURCE"])
LINES_AT_MOST = {"layer": 60, "loss": 40, "optimizer": 40, "metric": 40, "observer": 40}
COMPILERS = {"fortran": "gfortran", "rust": "rustc"}
MPIRUN = ["mpirun", "-n", "2", "--oversubscribe", "--bind-to", "none", "--timeout", "100"]
# As in a newcomer's shell: nothing of the tests' environment, but for what lets the tests run as root on a busy machine.
CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
CLEAN |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1"}


def setUpModule():
    global PLACE, PREFIX
    PLACE = Path(tempfile.mkdtemp(prefix="teranga-projects-"))
    unittest.addModuleCleanup(shutil.rmtree, PLACE)
    PREFIX = PLACE / "installed"
    subprocess.run(["cmake", "--install", BUILD, "--prefix", PREFIX], check=True, stdout=subprocess.DEVNULL, timeout=200)


class Project(unittest.TestCase):
    def run_it(self, *words, code=0, where=None, **environment):
        done = subprocess.run([str(word) for word in words], cwd=where or PLACE, env={**CLEAN, **environment}, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=500)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def teranga(self, *words, **more):
        return self.run_it(PREFIX / "bin/teranga", *words, **more)

    def project(self, kind, name, *words):
        said = self.teranga("plugin", "new", kind, name, *words)
        return PLACE / re.match(r"(\S+) is written", said).group(1), said

    def built(self, folder, *words):
        """What the build made: the plugin. Only the base instruction set, unless words say otherwise."""
        self.run_it("cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={PREFIX}", *(words or ["-G", "Ninja", "-DTERANGA_PLUGIN_ISAS="]))
        self.run_it("cmake", "--build", folder / "build")
        plugin, = (folder / "build/lib/teranga/plugins").glob("*.so")
        exported = self.run_it("nm", "--dynamic", "--defined-only", plugin).split()[2::3]
        self.assertEqual(exported, ["teranga_open_library"])
        self.assertIn("Teranga", self.run_it("readelf", "--notes", plugin))
        self.assertRegex(self.run_it("readelf", "-p", ".teranga.build", plugin), plugin.stem + r" [\d.]*, for .*, by \S+ \S+.*, with the headers of Teranga \d")
        return plugin

    def trained(self, folder, run="run", ranks=2):
        """The loss after each epoch."""
        self.run_it(*(MPIRUN if ranks > 1 else []), PREFIX / "bin/teranga", "train", "recipe.toml", "--run", run, "--threads", 1, "--progress", "none", where=folder)
        return [line["loss"] for line in map(json.loads, (folder / run / "metrics.jsonl").read_text().splitlines()) if line["event"] == "epoch"]

    def whole(self, kind, language="c++"):
        compiler = COMPILERS.get(language)
        if compiler and not shutil.which(compiler) and os.environ.get("CI") != "true":
            self.skipTest(f"{compiler} is not installed")
        folder, _ = self.project(kind, f"acme.{kind}_in_{language.replace('+', 'p')}", "--language", language)
        source, = (path for path in folder.iterdir() if path.name.startswith(kind))
        if language == "c++" and kind in LINES_AT_MOST:
            self.assertLessEqual(len(source.read_text().splitlines()), LINES_AT_MOST[kind], source.name)
        self.built(folder)
        tests = self.run_it("ctest", "--test-dir", folder / "build", "--output-on-failure")
        self.assertIn("100% tests passed, 0 tests failed out of 2", tests)
        losses = self.trained(folder)
        self.assertLess(losses[-1], losses[0] / 2)
        self.assertNotIn("@", source.read_text().replace("@note", "") + (folder / "CMakeLists.txt").read_text() + (folder / "recipe.toml").read_text())
        return losses


class InEveryKind(Project):
    def test_a_layer_in_all_languages_learns_the_same(self):
        found = {language: self.whole("layer", language) for language in ("c++", "c") + tuple(name for name, compiler in COMPILERS.items() if shutil.which(compiler) or os.environ.get("CI") == "true")}
        for language, losses in found.items():
            self.assertAlmostEqual(losses[-1], found["c++"][-1], places=5, msg=language)
        for language, compiler in COMPILERS.items():
            if language not in found:
                print(f"NOT TESTED: a layer in {language}, for want of {compiler}", file=sys.stderr)

    def test_activation(self):
        self.whole("activation")

    def test_loss(self):
        self.whole("loss")

    def test_optimizer(self):
        self.whole("optimizer")

    def test_metric(self):
        self.whole("metric")

    def test_schedule(self):
        self.whole("schedule")

    def test_initializer(self):
        self.whole("initializer")

    def test_dataset(self):
        self.whole("dataset")

    def test_observer(self):
        self.whole("observer")
        norms = (PLACE / "acme_observer_in_cpp/run/gradient_norms.txt").read_text().splitlines()
        self.assertEqual([line.split()[0] for line in norms], [str(epoch) for epoch in range(1, 11)])  # once, though there are two ranks


class AsWritten(Project):
    def test_the_printed_commands_and_those_of_the_readme_work(self):
        folder, said = self.project("optimizer", "tried.signs")
        commands = said.split("Now:\n")[1]
        self.assertIn(f"cmake -B build -DCMAKE_PREFIX_PATH={PREFIX}", commands)
        readme = re.search(r"```sh\n(.*?)```", (folder / "README.md").read_text(), re.S).group(1)
        path = f"{PREFIX}/bin:{os.environ['PATH']}"
        self.run_it("bash", "-euc", commands.replace("ctest --", "ctest -N --"), PATH=path)
        self.run_it("bash", "-euc", readme.replace("ctest --", "ctest -N --").replace("train recipe.toml", "train recipe.toml --run again --progress none"), where=folder, PATH=path,
                    OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_hwloc_base_binding_policy="none")
        for isa in ("x86-64-v3", "x86-64-v4") if os.uname().machine == "x86_64" else ():
            self.assertTrue((folder / f"build/lib/teranga/plugins/{isa}/tried_signs.so").exists())

    def test_nothing_is_overwritten(self):
        folder, _ = self.project("loss", "twice")
        self.assertEqual(folder.name, "my_twice")
        (folder / "twice.cpp").unlink()
        (folder / "README.md").write_text("mine")
        self.assertIn("my_twice/CMakeLists.txt is there already", self.teranga("plugin", "new", "loss", "twice", code=2))
        self.assertFalse((folder / "twice.cpp").exists())
        self.assertEqual((folder / "README.md").read_text(), "mine")

    def test_a_name_without_a_vendor_is_said_to_be_for_yourself(self):
        self.assertIn('The name has no vendor, so it is "my"', self.project("metric", "alone")[1])
        self.assertNotIn("vendor", self.project("metric", "acme.alone")[1])

    def test_a_folder_that_cannot_be_made_ends_with_1(self):
        (PLACE / "file").write_text("")
        self.assertIn("file/inside/gate.cpp cannot be written: Not a directory", self.teranga("plugin", "new", "layer", "gate", "--folder", "file/inside", code=1))

    def test_other_generators_build_the_same_plugin(self):
        folder, _ = self.project("schedule", "acme.made")
        for generator in ("Unix Makefiles", "Ninja Multi-Config"):
            self.built(folder, "-G", generator, "-DTERANGA_PLUGIN_ISAS=")
            shutil.rmtree(folder / "build")

    def test_the_build_tree_serves_as_an_installed_one(self):
        folder, _ = self.project("metric", "acme.early")
        self.run_it("cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={BUILD}", "-G", "Ninja", "-DTERANGA_PLUGIN_ISAS=")
        self.assertIn("acme_early_check", self.run_it("ctest", "--test-dir", folder / "build", "-N"))


class WithoutTheKit(Project):
    def test_pkg_config_tells_what_a_compiler_needs(self):
        def pkg(*words):
            return self.run_it("pkg-config", *words, "teranga-sdk", PKG_CONFIG_PATH=str(PREFIX / "lib/pkgconfig")).strip()

        header = (SOURCE / "framework/sdk/include/teranga/sdk/c/types.h").read_text()
        self.assertEqual(pkg("--variable=border"), ".".join(re.findall(r"#define TRG_BORDER_(?:MAJOR|MINOR) (\d+)", header)))
        self.assertEqual(Path(pkg("--variable=plugindir")).resolve(), PREFIX / "lib/teranga/plugins")
        folder, _ = self.project("layer", "acme.by_hand", "--language", "c")
        self.run_it(os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", *pkg("--cflags").split(), "by_hand.c", "-o", "by_hand.so", "-lm", where=folder)
        self.assertIn("layer acme.by_hand", self.teranga("plugin", "describe", "acme.by_hand", "--plugin", "by_hand.so", where=folder))

    @unittest.skipIf(not shutil.which("gfortran") and os.environ.get("CI") != "true", "gfortran is not installed")
    def test_modules_of_fortran_do_not_meet(self):
        folder = PLACE / "module"
        folder.mkdir()
        (folder / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.23)\nproject(F LANGUAGES C Fortran)\nfind_package(Teranga CONFIG REQUIRED)\nteranga_add_plugin(cube SOURCES cube.f90 border.c)\n")
        (folder / "border.c").write_text("#include <teranga/sdk/c/library.h>\nTRG_DECLARE_BORDER();\n")
        (folder / "cube.f90").write_text("module cube\n  use iso_c_binding\n  implicit none\ncontains\n  type(c_ptr) function open_library(host) bind(c, name=\"teranga_open_library\")\n"
                                         "    type(c_ptr), value :: host\n    open_library = c_null_ptr\n  end function\nend module\n")
        for _ in range(2):
            self.built(folder, "-G", "Ninja")

    def test_a_project_without_the_compilers_of_its_language_is_told(self):
        folder, _ = self.project("layer", "acme.lost", "--language", "fortran")
        cmake = folder / "CMakeLists.txt"
        cmake.write_text(cmake.read_text().replace("C Fortran", "C"))
        said = self.run_it("cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={PREFIX}", code=1)
        self.assertIn("a plugin in Fortran needs project(... LANGUAGES C Fortran)", " ".join(said.split()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
