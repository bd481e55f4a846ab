# SPDX-License-Identifier: Apache-2.0
"""Spack's description of Teranga. To use it: `spack repo create FOLDER`, copy this file to FOLDER/packages/teranga/package.py, `spack repo add FOLDER`, and in
the top folder of the source `spack dev-build teranga@0.1.0`.

How far it was tried: a test of Teranga reads it with stand-ins for Spack's words, and compares its libraries with cmake/dependencies.txt, and its options with
those that CMake knows. Spack itself has not built it."""
from spack.package import *


class Teranga(CMakePackage):
    """Training of neural networks on CPUs and CPU clusters: recipes in TOML, plugins for every layer, names and numbers of Keras 3."""

    license("Apache-2.0")

    version("0.1.0")

    variant("mpi", default=True, description="Train on many processes")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.23:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("gzip", type="build")

    depends_on("boost@1.74: +filesystem +program_options +system")
    depends_on("intel-oneapi-tbb")
    depends_on("onednn@2.6:2 cpu_runtime=omp")
    depends_on("hwloc@2:")
    # Data are read on one thread while a checkpoint is written on another.
    depends_on("hdf5@1.10: +threadsafe ~mpi")
    depends_on("tomlplusplus@3:")
    depends_on("fmt@9:")
    depends_on("spdlog@1.10: +fmt_external")
    depends_on("xxhash@0.8:")
    depends_on("zlib-api")
    depends_on("libzip@1.7:")
    depends_on("nlohmann-json@3.9:")
    depends_on("libpng@1.6:")
    depends_on("libjpeg-turbo@2:")
    depends_on("utf8proc@2:")
    depends_on("libsndfile@1.1:")
    depends_on("mpi", when="+mpi")

    conflicts("%gcc@:11", msg="Teranga is written in C++20: GCC 12 or newer")

    generator("ninja")

    def cmake_args(self):
        return [self.define_from_variant("TERANGA_MPI", "mpi"), self.define("TERANGA_TESTS", False)]
