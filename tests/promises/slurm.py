# SPDX-License-Identifier: Apache-2.0
"""Jobs of a real Slurm, on a node of this machine that tests/cluster/slurm makes. The script is the one that `teranga batch-script` prints, unchanged. A job
meets its time limit at least twice, and goes on by itself to the bits of an unlimited run. The jobs of an array do the same. A job that is cancelled does not
come back, and goes on when it is submitted again. srun without a process manager is explained. It takes about ten minutes: Slurm has no time limit below one."""
import os
import pathlib
import re
import shutil
import subprocess
import time

import job

PROMISE = "A Slurm job is requeued at its time limits until the training is complete, with the bits of an unlimited run"
LIMITS = "Slurm 22.05, one node; time limits of 2 minutes"
COUNT = 1  # of each part
SLURM = str(pathlib.Path(__file__).resolve().parents[1] / "cluster/slurm")
SLOW_DISK = str(job.BUILD / "tests/train/libslow_disk.so")
# A checkpoint at each of 26 epochs, and every one takes 5 s: the job takes as long on any machine.
NET = job.NET.replace("epochs = 6", "epochs = 26").replace("patience = 5", "patience = 100").replace("every_steps = 7\n", "").replace("keep = 1000", "keep = 3")
WHOLE = 900  # seconds until a job of several time limits has ended
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY")


def missing():
    if os.geteuid() != 0:
        return "starting a Slurm needs root"
    if not all(shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("slurmctld", "slurmd", "munged", "sbatch")):
        return "the packages slurm-wlm and munge are needed"
    script = subprocess.run([job.TERANGA, "batch-script", "--help"], capture_output=True)
    return "" if script.returncode == 0 else "this Teranga has no batch-script"


class Cluster:
    def __init__(self, trial):
        self.trial = trial
        self.environment = {**os.environ, "SLURM_FOLDER": str(trial.folder / "slurm")}

    def call(self, *words, **more):
        return subprocess.run([SLURM, *map(str, words)], cwd=self.trial.folder, env={**self.environment, **more}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def run(self, *words, **more):
        done = self.call("run", *words, **more)
        self.trial.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def __enter__(self):
        up = self.call("up", "8")
        if up.returncode != 0:
            raise RuntimeError(f"no Slurm: {up.stdout}{up.stderr}")
        return self

    def __exit__(self, *_):
        self.call("down")

    def submit(self, name, *options):
        """The printed script, submitted; the training is slow."""
        printed = subprocess.run([job.TERANGA, "batch-script", "slurm", "net.toml", "--run", name, "--ranks-per-node", "2", "--threads", "1", "--time", "2:00", *options],
                                 cwd=self.trial.folder, capture_output=True, text=True, timeout=60)
        self.trial.assertEqual(printed.returncode, 0, printed.stderr)
        script = self.trial.folder / f"{name}.sbatch"
        script.write_text(printed.stdout)
        return self.resubmit(name)

    def resubmit(self, name):
        slow = {"LD_PRELOAD": SLOW_DISK, "SLOW_FILE": "checkpoints/.step-", **{key: "1" for key in ("OMPI_ALLOW_RUN_AS_ROOT", "OMPI_MCA_mpi_yield_when_idle")}}
        return self.run("sbatch", "--parsable", f"{name}.sbatch", **slow).strip().split(";")[0]

    def jobs(self, number):
        """State and restarts of each job of that number: an array has several."""
        shown = self.call("run", "scontrol", "show", "job", number).stdout
        return [(re.search(r"JobState=(\w+)", text)[1], int(re.search(r"Restarts=(\d+)", text)[1])) for text in shown.split("\n\n") if "JobState" in text]

    def wait(self, number, limit=WHOLE):
        end = time.monotonic() + limit
        while not (jobs := self.jobs(number)) or any(state not in ENDED for state, _ in jobs):
            self.trial.assertLess(time.monotonic(), end, f"job {number} does not end: {jobs}; {self.log()}")
            time.sleep(2)
        return jobs

    def log(self):
        return "".join(file.read_text() for file in sorted(self.trial.folder.glob("*.log")))


def two_limits(trial, cluster):
    trial.train("calm", ranks=2)
    number = cluster.submit("limited")
    (state, restarts), = cluster.wait(number)
    trial.assertEqual(state, "COMPLETED", cluster.log())
    trial.assertGreaterEqual(restarts, 2, cluster.log())
    trial.assert_same_bits("calm", "limited")
    trial.note("time limits", f"{restarts} requeues")


def array(trial, cluster):
    number = cluster.submit("array", "--array", "1-4")
    jobs = cluster.wait(number)
    trial.assertEqual([state for state, _ in jobs], ["COMPLETED"] * 4, cluster.log())
    for seed in range(1, 5):
        trial.train(f"calm-{seed}", "--set", f"training.seed={seed}", ranks=2)
        trial.assert_same_bits(f"calm-{seed}", f"array-{seed}")
    trial.note("array of 4", f"{'+'.join(str(restarts) for _, restarts in jobs)} requeues")


def cancelled(trial, cluster):
    number = cluster.submit("cancelled")
    end = time.monotonic() + 120
    while trial.last_step("cancelled") < job.STEPS_PER_EPOCH:
        trial.assertLess(time.monotonic(), end, cluster.log())
        time.sleep(0.2)
    cluster.run("scancel", number)
    (state, restarts), = cluster.wait(number, 60)
    trial.assertEqual((state, restarts), ("CANCELLED", 0), cluster.log())
    time.sleep(10)
    trial.assertEqual([state for state, _ in cluster.jobs(number)], ["CANCELLED"], "it came back")
    for file in trial.checkpoints("cancelled"):
        trial.teranga("checkpoint", "verify", file)
    again = cluster.resubmit("cancelled")
    trial.assertEqual(cluster.wait(again)[0][0], "COMPLETED", cluster.log())
    trial.train("calm-again", ranks=2)
    trial.assert_same_bits("calm-again", "cancelled")


def without_pmi(trial, cluster):
    done = cluster.call("run", "srun", "-n", "2", job.TERANGA, "train", trial.recipe, "--run", "plain")
    trial.assertNotEqual(done.returncode, 0)
    trial.assertIn("srun --mpi=pmix", done.stdout + done.stderr)


PARTS = {"srun without PMI": without_pmi, "time limits": two_limits, "array of 4": array, "scancel": cancelled}


def run(trial, count):
    trial.recipe.write_text(NET)
    with Cluster(trial) as cluster:
        for part, action in PARTS.items():
            for number in range(count if trial.wanted(part) else 0):
                trial.attempt(part, f"try {number}", lambda: action(trial, cluster))
