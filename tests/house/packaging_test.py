# SPDX-License-Identifier: Apache-2.0
"""The descriptions of Teranga for Spack, EasyBuild, Lmod, Apptainer and citations: they can be read, bear the version of the project, and name the libraries
that cmake/dependencies.txt lists."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PACKAGING = SOURCE / "cmake/packaging"
CMAKE = "\n".join(path.read_text() for path in [SOURCE / "CMakeLists.txt", *sorted((SOURCE / "cmake").glob("*.cmake"))])
VERSION = re.search(r"project\(Teranga VERSION ([\d.]+)", CMAKE).group(1)
RELEASED = re.search(r"set\(TERANGA_RELEASED ([\d-]+)\)", CMAKE).group(1)
# Of the packages that Debian's group "build" brings: the names in Spack and in EasyBuild. An empty name: nothing has to be asked for there.
NAMES = {"g++": ("cxx", ""), "cmake": ("cmake", "CMake"), "ninja-build": ("ninja", "Ninja"), "pkg-config": ("pkgconfig", "pkgconf"), "libboost-dev": ("boost", "Boost"),
         "libboost-filesystem-dev": ("boost", "Boost"), "libboost-program-options-dev": ("boost", "Boost"), "libtbb-dev": ("intel-oneapi-tbb", "tbb"), "libdnnl-dev": ("onednn", "oneDNN"),
         "libopenmpi-dev": ("mpi", ""), "libhwloc-dev": ("hwloc", "hwloc"), "libhdf5-dev": ("hdf5", "HDF5"), "libtomlplusplus-dev": ("tomlplusplus", "tomlplusplus"),
         "libspdlog-dev": ("spdlog", "spdlog"), "libfmt-dev": ("fmt", "fmt"), "libxxhash-dev": ("xxhash", "xxHash"), "zlib1g-dev": ("zlib-api", "zlib"), "libpng-dev": ("libpng", "libpng"),
         "libjpeg62-turbo-dev": ("libjpeg-turbo", "libjpeg-turbo"), "libutf8proc-dev": ("utf8proc", "utf8proc"), "libzip-dev": ("libzip", "libzip"), "libsndfile1-dev": ("libsndfile", "libsndfile"),
         "nlohmann-json3-dev": ("nlohmann-json", "nlohmann_json")}


def build_packages():
    lines = [line.split("#")[0].split() for line in (SOURCE / "cmake/dependencies.txt").read_text().splitlines()]
    return [line[1] for line in lines if line[:1] == ["build"]]


def spack_calls():
    """What package.py says to Spack: (word, arguments, options)."""
    calls = []

    def word(name):
        return lambda *arguments, **options: calls.append((name, arguments, options))

    class CMakePackage:
        def define_from_variant(self, name, variant):
            return f"-D{name}={variant}"

        def define(self, name, value):
            return f"-D{name}={value}"

    stand_in = types.ModuleType("spack.package")
    for name in ("license", "version", "variant", "depends_on", "conflicts", "generator"):
        setattr(stand_in, name, word(name))
    stand_in.CMakePackage = CMakePackage
    sys.modules.update({"spack": types.ModuleType("spack"), "spack.package": stand_in})
    place = {}
    exec(compile((PACKAGING / "spack/package.py").read_text(), "package.py", "exec"), place)
    return calls, place["Teranga"]().cmake_args()


def easyconfig():
    place = {"SOURCE_TAR_GZ": "%(name)s-%(version)s.tar.gz"}
    path, = (PACKAGING / "easybuild").glob("*.eb")
    exec(compile(path.read_text(), path.name, "exec"), place)
    return path, place


class Packaging(unittest.TestCase):
    def check_options(self, options):
        found = re.findall(r"-D(\w+)", " ".join(options))
        self.assertTrue(found)
        for name in found:
            self.assertRegex(CMAKE, rf"option\({name} ")

    def check_libraries(self, names, place, file):
        for package in build_packages():
            self.assertIn(package, NAMES, f"tests/house/packaging_test.py: say what {package} is called by Spack and EasyBuild, and name it in cmake/packaging")
            wanted = NAMES[package][place]
            if wanted:
                self.assertIn(wanted, names, f"{file} does not name {wanted}, which is Debian's {package}")

    def test_spack(self):
        calls, options = spack_calls()
        self.check_options(options)
        self.assertEqual([arguments for name, arguments, _ in calls if name == "version"], [(VERSION,)])
        self.check_libraries({re.split(r"[@ ]", arguments[0])[0] for name, arguments, _ in calls if name == "depends_on"}, 0, "package.py")

    def test_easybuild(self):
        path, said = easyconfig()
        self.assertEqual(said["version"], VERSION)
        self.assertEqual(path.name, f"Teranga-{VERSION}-{said['toolchain']['name']}-{said['toolchain']['version']}.eb")
        self.assertIn(said["sources"][0] % said, path.read_text())  # the archive that its head tells to make
        self.check_options([said["configopts"]])
        self.check_libraries({one[0] for one in said["builddependencies"] + said["dependencies"]}, 1, path.name)

    def test_the_citation_has_the_version_and_its_day(self):
        text = (SOURCE / "CITATION.cff").read_text()
        self.assertIn(f"\nversion: {VERSION}\n", text)
        self.assertIn(f"\ndate-released: {RELEASED}\n", text)

    def test_versions_in_texts_are_those_of_the_project(self):
        for path in (PACKAGING / "apptainer.def", PACKAGING / "modulefile.lua", SOURCE / "launcher/guides/install.md", SOURCE / "README.md"):
            for found in re.findall(r"teranga_([\d.]+)-1_amd64|Version:? (\d[\d.]*)|teranga/([\d.]+)\.lua", path.read_text()):
                self.assertIn(VERSION, found, path)

    def test_apptainer_has_the_parts_that_a_container_needs(self):
        text = (PACKAGING / "apptainer.def").read_text()
        parts = dict(re.findall(r"^%(\w+)\n((?:(?!%).*\n)*)", text, re.M))
        self.assertEqual(set(parts), {"files", "post", "environment", "runscript", "test", "labels"})
        for name in ("post", "runscript", "test"):
            subprocess.run(["bash", "-n", "-c", parts[name]], check=True)

    @unittest.skipUnless(os.path.exists("/usr/share/lmod/lmod/init/bash"), "Lmod is not installed")
    def test_lmod_loads_the_module_and_the_program_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder)
            (place / "modules/teranga").mkdir(parents=True)
            (place / "app/bin").mkdir(parents=True)
            shutil.copy(PACKAGING / "modulefile.lua", place / f"modules/teranga/{VERSION}.lua")
            program = place / "app/bin/teranga"
            program.write_text("#!/bin/sh\necho found \"$TERANGA_RECIPES\"\n")
            program.chmod(0o755)
            line = 'source /usr/share/lmod/lmod/init/bash && module use "$0/modules" && module load teranga && teranga && module show teranga 2>&1 && module unload teranga && ! command -v teranga'
            done = subprocess.run(["bash", "-c", line, str(place)], env={"PATH": "/usr/bin:/bin", "HOME": folder, "TERANGA_PREFIX": str(place / "app")}, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn(f"found {place}/app/share/teranga/recipes", done.stdout)


if __name__ == "__main__":
    unittest.main()
