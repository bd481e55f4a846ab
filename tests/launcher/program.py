# SPDX-License-Identifier: Apache-2.0
"""Runs the built program in a folder of its own that is removed afterwards."""
import os
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["TERANGA_PROGRAM"]
SOURCE = Path(os.environ["TERANGA_SOURCE"])
RECIPES = SOURCE / "launcher/recipes"
SLOWER = int(os.environ.get("TERANGA_TEST_TIME_FACTOR", "1"))  # the factor of a build or machine that is slow
WITHOUT_MPIRUN = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}  # of a process that begins MPI all the same: Open MPI leaves memory behind
LIMIT = 120 * SLOWER  # seconds for a command


def npy(shape, code, values):
    """The bytes of an .npy file; code: "f" for float32, "i" for int32, "B" for bytes."""
    kind = {"f": "<f4", "i": "<i4", "B": "|u1"}[code]
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}{code}", *values)


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="teranga-launcher-"))
        self.addCleanup(shutil.rmtree, self.place)

    def run_it(self, *words, ranks=1, given=None, through=(), **environment):
        """Exit code, stdout and stderr of `teranga words...`, under mpirun where there are several ranks; `given` is its standard input, `through` a command that runs it."""
        command = [*through, PROGRAM, *map(str, words)]
        if ranks > 1:
            command = ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none", "--timeout", str(LIMIT // 2)] + command
        return self.run_command(command, given, environment)

    def run_line(self, line, given=None, **environment):
        """The same of a line for the shell, in which `teranga` is the program."""
        path = f"{Path(PROGRAM).parent}:{os.environ['PATH']}"
        return self.run_command(["bash", "-c", line], given, {"PATH": path, "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none", **environment})

    def run_command(self, command, given, environment):
        outside = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1", **environment}
        done = subprocess.run(command, cwd=self.place, env=outside, capture_output=True, text=True, timeout=LIMIT, **({"stdin": subprocess.DEVNULL} if given is None else {"input": given}))
        return done.returncode, done.stdout, done.stderr

    def good(self, *words, **more):
        code, out, err = self.run_it(*words, **more)
        self.assertEqual(code, 0, err)
        return out

    def bad(self, code, *words, **more):
        """What it says on stderr; stdout must stay empty."""
        found, out, err = self.run_it(*words, **more)
        self.assertEqual(found, code, err)
        self.assertEqual(out, "")
        return err

    def recipe(self, name):
        return RECIPES / f"{name}.toml"

    def trained(self, name="mlp-iris", *words):
        """The run folder of a short training."""
        folder = self.place / "run"
        self.good("train", self.recipe(name), "--run", folder, "--threads", "1", "--progress", "none", "--set", "training.epochs=5", *words)
        return folder
