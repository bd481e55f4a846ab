# SPDX-License-Identifier: Apache-2.0
"""A training with a guest whose fault the trainer can see ends soon, on one rank and on several, with the exit code of the table and the name of the guest, and leaves
checkpoints that can be read."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import zoo

ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_mpi_yield_when_idle="1", OMPI_MCA_rmaps_base_oversubscribe="1",
                   OMPI_MCA_hwloc_base_binding_policy="none")
LIMIT = 90 * int(os.environ.get("TERANGA_TEST_TIME_FACTOR", "1"))  # seconds
MEMORY = 30_000_000  # KiB of addresses


class Training(unittest.TestCase):
    def train(self, guest, ranks):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="teranga-zoo-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        (folder / "net.toml").write_text(zoo.recipe(guest))
        command = [zoo.PROGRAM, "train", "net.toml", "--run", "run", "--threads", "2", "--progress", "none", "--stall-limit", "3s"]
        variables = {"TERANGA_CHECK_PLUGINS": "1", "ZOO_AFTER": "1" if guest.kind in ("metric", "schedule", "observer") else "12"}
        if ranks > 1:
            command = ["mpirun", "-n", str(ranks), "--timeout", str(LIMIT - 10)] + command
            variables["ZOO_RANK"] = "0" if guest.kind == "observer" else str(ranks - 1)
        if guest.name == "calls_memory":  # or a machine of 100 GB would have it
            command = ["prlimit", f"--as={MEMORY * 1024}"] + command
        done = subprocess.run(command, cwd=folder, env=ENVIRONMENT | variables, capture_output=True, text=True, timeout=LIMIT)
        code = 128 - done.returncode if done.returncode < 0 else done.returncode
        return code, done.stdout + done.stderr, sorted((folder / "run/checkpoints").glob("step-*.h5"))

    def test_each_guest_ends_a_training_as_the_table_says(self):
        seen = [guest for guest in zoo.guests() if guest.training != "-"]
        for number, guest in enumerate(seen):
            for ranks in (1, 2) if zoo.WANTED or number % 4 == 0 else (1,):
                with self.subTest(guest=guest.name, ranks=ranks):
                    code, output, checkpoints = self.train(guest, ranks)
                    print(f"{guest.name} on {ranks}: {code}", flush=True)
                    self.assertIn(str(code), [guest.training], output)
                    if code != 5:  # what is wrong with the data names the sample and the field
                        self.assertTrue(f"zoo.{guest.kind}" in output or f"zoo_{guest.name}" in output, output)
                    if checkpoints:
                        shown = subprocess.run([zoo.PROGRAM, "checkpoint", "verify", checkpoints[-1]], capture_output=True, text=True, timeout=60)
                        self.assertEqual(shown.returncode, 0, shown.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
