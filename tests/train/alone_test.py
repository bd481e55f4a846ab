# SPDX-License-Identifier: Apache-2.0
"""A process that no launcher started never starts MPI, which costs a quarter of a second, and does all that one under mpirun does, to the same bits."""
import os, shutil, signal, subprocess, unittest

from job import ENVIRONMENT, TERANGA, Jobs

MPIRUN = ["mpirun", "-n", "1", "--oversubscribe", "--bind-to", "none"]
OF_LAUNCHERS = ("OMPI_COMM_WORLD_", "PMIX_", "PMI_", "SLURM_")


class Alone(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(self.recipe.read_text().replace("epochs = 6", "epochs = 2"))
        self.witnessed = self.folder / "witnessed"

    def begin(self, *words, launcher=(), **variables):
        """A job that tells of each start of MPI."""
        self.witnessed.write_text("")
        outside = {name: value for name, value in ENVIRONMENT.items() if not name.startswith(OF_LAUNCHERS)}
        inside = {"LD_PRELOAD": os.environ["TERANGA_MPI_WITNESS"], "MPI_WITNESS": self.witnessed, **variables}
        command = [*launcher, "env", *(f"{name}={value}" for name, value in inside.items()), TERANGA, *map(str, words)]
        job = subprocess.Popen(command, cwd=self.folder, env=outside, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.started.append(job)
        return job

    def say(self, *words, starts=0, expect=0, **more):
        code, said = self.finish(self.begin(*words, **more))
        self.assertEqual(code, expect, said)
        self.assertEqual(len(self.witnessed.read_text().split()), starts, words)
        return said

    def learn(self, run, *words, **more):
        return self.say("train", self.recipe, "--run", run, "--threads", "2", "--progress", "none", *words, **more)

    def test_no_command_starts_mpi(self):
        self.learn("run")
        for words in (["version"], ["plugin", "list"], ["check", self.recipe], ["summary", self.recipe], ["resolve", self.recipe], ["evaluate", "run"], ["checkpoint", "verify", "run"],
                      ["bench", "step", self.recipe, "--steps", "1", "--no-marks"], ["train", self.recipe, "--run", "dry", "--dry-run"]):
            self.assertTrue(self.say(*words))

    def test_neither_does_one_that_fails(self):
        self.learn("run", "--set", "layer.conv2d.filters=none", expect=2)
        self.learn("run", "--set", "optimizer.learning_rate=1e30", expect=3)
        self.assertTrue(self.say("evaluate", "run/checkpoints/nowhere.h5", expect=5))

    def test_under_mpirun_it_is_started_once_where_ranks_work_together(self):
        self.learn("run", launcher=MPIRUN, starts=1)
        self.say("evaluate", "run", launcher=MPIRUN, starts=1)
        for words in (["version"], ["check", self.recipe], ["plugin", "list"]):
            self.say(*words, launcher=MPIRUN)

    def test_alone_and_under_mpirun_give_the_same_bits(self):
        self.learn("alone")
        self.learn("launched", launcher=MPIRUN, starts=1)
        self.assert_same_bits("alone", "launched")
        shutil.copytree(self.folder / "alone", self.folder / "resumed")
        for checkpoint in self.checkpoints("resumed")[4:]:
            checkpoint.unlink()
        self.learn("resumed", launcher=MPIRUN, starts=1)
        self.assert_same_bits("alone", "resumed")

    def test_tasks_of_a_job_step_that_mpi_cannot_see_are_refused(self):
        # As srun without --mpi starts them: each would train by itself.
        said = self.learn("run", starts=1, expect=2, SLURM_PROCID=0, SLURM_STEP_NUM_TASKS=2, SLURM_NTASKS=2)
        self.assertIn("the launcher started 2 processes, but MPI sees this one alone", said)
        self.assertIn("srun --mpi=pmix", said)
        self.assertFalse((self.folder / "run").exists())
        # With all of srun's variables MPI itself ends the process.
        step = {"SLURM_JOBID": 5, "SLURM_JOB_ID": 5, "SLURM_STEPID": 0, "SLURM_STEP_ID": 0, "SLURM_NNODES": 1, "SLURM_NODELIST": "node", "SLURM_TASKS_PER_NODE": 2, "SLURM_LOCALID": 0}
        said = self.learn("run", starts=1, expect=1, SLURM_PROCID=0, SLURM_STEP_NUM_TASKS=2, SLURM_NTASKS=2, **step)
        self.assertIn("Slurm started 2 tasks without a process manager", said)
        self.assertIn("srun --mpi=pmix", said)
        self.assertFalse((self.folder / "run").exists())

    def test_a_single_task_of_a_batch_job_is_alone(self):
        self.learn("script", SLURM_JOB_ID=7, SLURM_PROCID=0, SLURM_NTASKS=8)
        self.learn("step", PMIX_RANK=0, SLURM_PROCID=0, SLURM_STEP_NUM_TASKS=1)

    def test_a_signal_stops_it_with_a_checkpoint(self):
        job = self.begin("train", self.recipe, "--run", "run", "--set", "training.epochs=100000", "--set", "training.early_stopping.patience=100000")
        self.wait_for_step(job, "run", 7)
        job.send_signal(signal.SIGUSR2)
        code, said = self.finish(job)
        self.assertEqual(code, 75, said)
        self.assertEqual(self.witnessed.read_text(), "")


if __name__ == "__main__":
    unittest.main()
