# SPDX-License-Identifier: Apache-2.0
"""Two ranks under a real Slurm, on a node of this machine: they train to the bits of mpirun; without a process manager srun is explained; and nothing of that
Slurm is left. What takes minutes, such as time limits, is tried by `tests/reliability slurm`."""
import os
import pathlib
import shutil
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "promises"), str(TESTS / "train")]
import job
import slurm

SKIPPED = 77


class UnderSlurm(job.Jobs):
    def test_srun_trains_to_the_bits_of_mpirun_or_says_what_to_type(self):
        self.recipe.write_text(job.NET.replace("epochs = 6", "epochs = 1"))
        self.train("calm", ranks=2)
        with slurm.Cluster(self) as cluster:
            cluster.run("srun", "--mpi=pmix", "-n", "2", *self.command("srun"))
            self.assert_same_bits("calm", "srun")
            slurm.without_pmi(self, cluster)
        self.assertFalse((self.folder / "slurm").exists())
        self.assertEqual([], self.processes_of(f"SLURM_CONF={self.folder}/slurm/slurm.conf".encode()))

    def processes_of(self, variable):
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if variable in (entry / "environ").read_bytes().split(b"\0"):
                    found.append((entry / "comm").read_text().strip())
            except OSError:
                pass
        return found


if __name__ == "__main__":
    if os.geteuid() != 0 or not all(shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("slurmctld", "slurmd", "munged", "srun")):
        print("no Slurm can be started here: root and the packages slurm-wlm and munge are needed")
        sys.exit(SKIPPED)
    unittest.main()
