# SPDX-License-Identifier: Apache-2.0
"""A training in a job of Slurm finds the end of the job by itself, from a stand-in of squeue, and stops before it with a checkpoint."""
import os
import time
import unittest

from program import ProgramTest

ENDLESS = ("--threads", "1", "--progress", "none", "--run", "run", "--set", "training.epochs=10000000")
SHORT = (*ENDLESS, "--set", "training.epochs=3")


class JobEnd(ProgramTest):
    def squeue(self, text):
        folder = self.place / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "squeue").write_text(f"#!/bin/sh\necho \"$* of rank ${{OMPI_COMM_WORLD_RANK:-0}}\" >>{self.place}/asked\n{text}\n")
        (folder / "squeue").chmod(0o755)
        return {"PATH": f"{folder}:{os.environ['PATH']}", "SLURM_JOB_ID": "7"}

    def train(self, words, environment, recipe="mlp-iris", **more):
        begun = time.monotonic()
        code, out, err = self.run_it("train", self.recipe(recipe), *words, **more, **environment)
        return code, (self.place / "run/log.txt").read_text(), time.monotonic() - begun, err

    def test_the_training_stops_before_the_end_of_the_job(self):
        for ranks in (1, 2):
            code, log, seconds, err = self.train(ENDLESS, self.squeue("echo 0:06"), recipe="lenet-digits", ranks=ranks)  # with few epochs in a second, and so a short report
            self.assertLess(seconds, 30)
            self.assertIn("Slurm job 7 ends in 0:06: the training stops with a checkpoint 0:0", log)
            self.assertIn("stopped at step", log)
            self.assertEqual(code, 75, err)
        self.assertEqual(set((self.place / "asked").read_text().splitlines()), {"-h -j 7 -o %L of rank 0"})

    def test_what_squeue_does_wrong_holds_up_nobody(self):
        stop = "(sleep 1; touch run/STOP) >/dev/null 2>&1 &\n"  # a second behind the answer
        for script, said in (("sleep 100", "stopped at step"), ("exit 1", "squeue ended with exit code 1"), ("echo slurm_load_jobs error", 'squeue answered "slurm_load_jobs error"'), ("echo UNLIMITED", "Slurm job 7 has no time limit"), ("echo 5-00:00:00", "ends in 120:00:00")):
            code, log, seconds, err = self.train((*ENDLESS, "--fresh"), self.squeue(stop + script), recipe="lenet-digits")
            self.assertEqual(code, 75, err)
            self.assertLess(seconds, 60)
            self.assertIn(said, log)

    def test_a_limit_of_its_own_or_none_goes_before(self):
        for limit in ("none", "1:00:00"):
            code, log, _, err = self.train((*SHORT, "--fresh", "--max-time", limit), self.squeue("echo 0:01"))
            self.assertEqual(code, 0, err)
            self.assertNotIn("Slurm job", log)
        self.assertFalse((self.place / "asked").exists())

    def test_without_a_job_nobody_asks(self):
        environment = self.squeue("echo 0:01")
        del environment["SLURM_JOB_ID"]
        self.assertEqual(self.train(SHORT, environment)[0], 0)
        self.assertFalse((self.place / "asked").exists())


if __name__ == "__main__":
    unittest.main()
