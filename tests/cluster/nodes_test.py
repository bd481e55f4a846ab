# SPDX-License-Identifier: Apache-2.0
"""A training on two hosts that talk over TCP: network namespaces of this machine, made by the script `nodes`. It ends with the bits of two processes on one host, and with
a message where a host is lost."""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

BUILD = Path(os.environ["TERANGA_BUILD_FOLDER"])
SOURCE = Path(__file__).resolve().parents[2]
PROGRAM = str(BUILD / "bin/teranga")
NODES = str(SOURCE / "tests/cluster/nodes")
SKIPPED = 77
RECIPE = """schema = 1
[data]
type = "digits"
limit = 200
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 600
activation = "relu"
[[layer]]
type = "batch_normalization"
synchronized = true
[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 2
batch_size = 50
seed = 3
"""


class TwoHosts(unittest.TestCase):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="teranga-nodes-"))
        self.addCleanup(shutil.rmtree, self.place)
        (self.place / "recipe.toml").write_text(RECIPE)
        # A name of its own, so that two of these tests do not meet. What nodes see of /tmp is the shared folder alone.
        self.environment = {**os.environ, "TAG": f"t{os.getpid() % 100000}", "NODES_DIR": str(self.place / "state"), "SHARED": str(self.place), "OMPI_MCA_mpi_yield_when_idle": "1"}
        self.environment.pop("OMPI_MCA_btl_tcp_eager_limit", None)

    def say(self, *words, limit=100, **more):
        return subprocess.run(words, cwd=self.place, env={**self.environment, **more}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit)

    def hosts(self):
        self.addCleanup(self.say, NODES, "down")
        up = self.say(NODES, "up", "2", limit=20)
        self.assertEqual(up.returncode, 0, up.stdout + up.stderr)

    def train(self, *start, **more):
        """The log of a training, and the bits of its parameters."""
        run = f"run-{len(list(self.place.iterdir()))}"
        done = self.say(*start, PROGRAM, "train", "recipe.toml", "--run", run, "--threads", "1", "--progress", "none", **more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        newest = sorted((self.place / run / "checkpoints").glob("step-*.h5"))[-1]
        return (self.place / run / "log.txt").read_text(), self.say(str(BUILD / "bin/hash_parameters"), str(newest)).stdout

    def test_messages_name_the_hosts_of_ranks(self):
        self.hosts()
        words = [PROGRAM, "train", "recipe.toml", "--run", "run", "--threads", "1", "--progress", "plain"]
        done = self.say(NODES, "mpirun", "-n", "1", *words, ":", "-n", "1", *words, "--set", "training.seed=4")
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertEqual((done.stdout + done.stderr).count('rank 1 on node2 has another recipe than rank 0 on node1: "seed = 4", and rank 0 "seed = 3"'), 1, done.stdout + done.stderr)
        done = self.say(NODES, "mpirun", *words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("2 processes x 1 thread on node1, node2, batches", done.stdout + done.stderr)

    def test_two_hosts_train_to_the_bits_of_one_and_say_what_mpi_was_told(self):
        self.hosts()
        told = "messages of up to 4194304 bytes are sent to other nodes at once where they go over TCP (btl_tcp_eager_limit)"
        log, apart = self.train(NODES, "mpirun")
        self.assertEqual(log.count(told), 1, log)
        log, of_user = self.train(NODES, "mpirun", "--mca", "btl_tcp_eager_limit", "65536")
        self.assertNotIn("eager", log)
        log, together = self.train("mpirun", "-n", "2", "--oversubscribe", "--bind-to", "none", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        self.assertNotIn("eager", log)
        self.assertTrue(apart)
        self.assertEqual(apart, together)
        self.assertEqual(of_user, together)

    def test_a_host_that_is_lost_is_named_and_ends_the_job(self):
        for fault in (("kill", "2"), ("link", "2", "down")):
            with self.subTest(fault=fault):
                self.lose_a_host(f"run-{fault[0]}", *fault)
                self.say(NODES, "down")

    def lose_a_host(self, run, *fault):
        self.hosts()
        words = [PROGRAM, "train", "recipe.toml", "--run", run, "--threads", "1", "--progress", "none", "--set", "checkpoint.every_steps=5", "--set", "training.epochs=100000"]
        with open(self.place / "said.txt", "w") as said:
            job = subprocess.Popen([NODES, "mpirun", *words, "--stall-limit", "4s"], cwd=self.place, env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
            self.addCleanup(job.kill)
            for _ in range(600):
                if len(list((self.place / run / "checkpoints").glob("step-*.h5"))) > 1 or job.poll() is not None:
                    break
                time.sleep(0.1)
            time.sleep(1)  # the ranks have heard of each other
            self.say(NODES, *fault, limit=20)
            begun = time.monotonic()
            code = job.wait(timeout=100)
        told = (self.place / "said.txt").read_text()
        self.assertLess(time.monotonic() - begun, 60, told)
        self.assertEqual(code, 1, told)  # that of mpirun, which has to be ended
        self.assertRegex(told, r"error: rank 1 on node2: no sign of life for \d+ s")
        self.assertRegex((self.place / run / "stall-rank-0.txt").read_text(), "no sign of life")
        for _ in range(300):
            left = self.say(NODES, "pids", "1").stdout.split() + self.say(NODES, "pids", "2").stdout.split()
            if not left:
                break
            time.sleep(0.1)
        self.assertEqual(left, [])
        again = self.say(NODES, "run", "1", *words, "--dry-run")
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertIn("going on from step", (self.place / run / "log.txt").read_text())


def hosts_can_be_made():
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("nsenter"):
        return False
    if BUILD.resolve().is_relative_to("/tmp"):  # each node has a /tmp of its own
        return False
    name = f"teranga-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode == 0
    if made:
        subprocess.run(["ip", "netns", "del", name], capture_output=True)
    parts = "ip link add eth0 type veth peer name p1 && ip link add br0 type bridge && mount -t tmpfs tmpfs /mnt"
    return made and subprocess.run(["unshare", "--net", "--uts", "--ipc", "--mount", "sh", "-c", parts], capture_output=True).returncode == 0


if __name__ == "__main__":
    if not hosts_can_be_made():
        print("no hosts can be made here: root, the package iproute2, namespaces and a build outside of /tmp are needed")
        sys.exit(SKIPPED)
    unittest.main()
