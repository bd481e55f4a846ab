-- SPDX-License-Identifier: Apache-2.0
-- A module for a folder that `cmake --install build/release --prefix FOLDER` made. To use it with Lmod, copy it to MODULES/teranga/0.1.0.lua, where MODULES is a folder of
-- `module use`, and set `prefix` below, or TERANGA_PREFIX before `module load teranga`. Load the compiler and the MPI with which Teranga was built as well.
--
-- How far it was tried: a test of Teranga loads it with Lmod 8.6 and runs the program.
local prefix = os.getenv("TERANGA_PREFIX") or "/opt/teranga"

help([[Teranga trains neural networks on CPUs. "teranga --help" and "man teranga" list its commands; the recipes are in $TERANGA_RECIPES.]])
whatis("Name: Teranga")
whatis("Version: 0.1.0")
whatis("Description: training of neural networks on CPUs and CPU clusters")

conflict("teranga")
prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("MANPATH", pathJoin(prefix, "share/man"))
prepend_path("CMAKE_PREFIX_PATH", prefix)
prepend_path("XDG_DATA_DIRS", pathJoin(prefix, "share"))
prepend_path("FPATH", pathJoin(prefix, "share/zsh/site-functions"))
setenv("TERANGA_RECIPES", pathJoin(prefix, "share/teranga/recipes"))
