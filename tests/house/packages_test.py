# SPDX-License-Identifier: Apache-2.0
"""packages_test.py BUILD SOURCE: the Debian packages that cpack makes hold what they should and depend on what they need, and the unpacked program trains."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE = (pathlib.Path(word).resolve() for word in sys.argv[1:3])


def output(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=500, **more)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = pathlib.Path(tempfile.mkdtemp(prefix="teranga-packages-"))
        cls.addClassCleanup(shutil.rmtree, cls.place)
        output("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", cls.place, cwd=cls.place)
        cls.version = re.search(r"project\(Teranga VERSION ([\d.]+)", (SOURCE / "CMakeLists.txt").read_text()).group(1)
        cls.files = {path.name.split("_")[0]: path for path in cls.place.glob("*.deb")}

    def field(self, package, name):
        return output("dpkg-deb", "--field", self.files[package], name).strip()

    def content(self, package):
        lines = output("dpkg-deb", "--contents", self.files[package]).splitlines()
        return [line.split(None, 5)[5].removeprefix("./") for line in lines if not line.endswith("/")]

    def test_there_are_two_with_the_version_of_the_project(self):
        self.assertEqual(set(self.files), {"teranga", "libteranga-dev"})
        for package in self.files:
            self.assertEqual(self.field(package, "Version"), self.version + "-1")

    def test_the_program_depends_on_its_libraries_and_on_no_headers(self):
        needs = {need.split()[0] for need in self.field("teranga", "Depends").split(", ")}
        self.assertLessEqual({"libc6", "libstdc++6", "libtbb12", "libdnnl2", "libhdf5-103-1", "libfmt9", "libtomlplusplus3"}, needs)
        self.assertEqual([need for need in needs if need.endswith("-dev")], [])

    def test_they_hold_what_people_use_and_nothing_twice(self):
        program, headers = self.content("teranga"), self.content("libteranga-dev")
        for name in ("bin/teranga", "lib/teranga/plugins/optimizers.so", "libexec/teranga/teranga-read-hdf5", "share/teranga/recipes/mlp-iris.toml", "share/teranga/datasets/tables/iris.csv",
                     "share/teranga/benchmarks/lenet.toml", "share/doc/teranga/guides/own-data.md", "share/doc/teranga/copyright", "share/man/man1/teranga-train.1.gz",
                     "share/man/man5/teranga-recipe.5.gz", "share/bash-completion/completions/teranga", "share/zsh/vendor-completions/_teranga", "share/fish/vendor_completions.d/teranga.fish"):
            self.assertIn("usr/" + name, program)
        for name in ("include/teranga/sdk/layer.hpp", "lib/cmake/Teranga/TerangaConfig.cmake", "lib/pkgconfig/teranga-sdk.pc", "share/teranga/fortran/teranga.f90", "share/teranga/rust/teranga.rs",
                     "share/doc/libteranga-dev/copyright"):
            self.assertIn("usr/" + name, headers)
        self.assertEqual(set(program) & set(headers), set())
        self.assertEqual([name for name in program + headers if not name.startswith("usr/") or "test" in name], [])

    def test_the_unpacked_program_trains_a_recipe_of_its_own(self):
        tree = self.place / "tree"
        for path in self.files.values():
            output("dpkg-deb", "--extract", path, tree)
        share = tree / "usr/share/teranga"
        # As in a shell of a newcomer: nothing of the tests' environment.
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        for recipe in ("mlp-iris", "mlp-digits"):
            output(tree / "usr/bin/teranga", "train", share / f"recipes/{recipe}.toml", "--run", self.place / recipe, "--set", "training.epochs=2", "--progress", "none", cwd=self.place, env=clean)
            self.assertIn("accuracy", output(tree / "usr/bin/teranga", "evaluate", self.place / recipe, cwd=self.place, env=clean))
        guide = (tree / "usr/share/doc/teranga/guides/measuring.md").read_text()
        self.assertIn("/usr/share/teranga/recipes/lenet-digits.toml", guide)

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not installed")
    def test_lintian_finds_no_error(self):
        self.assertEqual(output("lintian", "--allow-root", "--no-cfg", "--display-level", "error", "--fail-on", "none", *self.files.values()), "")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
