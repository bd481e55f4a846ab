# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in a job ends with its exit code, names its cause, and leaves checkpoints intact."""
from job import *


class Faults(Jobs):
    def test_diverged(self):
        for ranks in (1, 2):
            code, output = self.finish(self.start(self.command(f"nan{ranks}", "--set", "optimizer.learning_rate=1e30", "--set", "optimizer.type=\"sgd\"", ranks=ranks)))
            self.assertEqual(code, 3, output)
            self.assertRegex(output, r"the loss is (NaN|infinite) at step \d+")
            self.assertRegex(output, r'layer with such an output is "\w+')
            self.assertIn("learning_rate=", output)
            verified = subprocess.run([TERANGA, "checkpoint", "verify", str(self.checkpoints(f"nan{ranks}")[-1])], capture_output=True, text=True, timeout=60)
            self.assertEqual(verified.returncode, 0, verified.stderr)

    def test_a_checkpoint_on_its_way_to_disk_survives_a_divergence(self):
        if "TERANGA_SLOW_DISK" not in os.environ:
            self.skipTest("nothing can be preloaded here")
        slow = {"LD_PRELOAD": os.environ["TERANGA_SLOW_DISK"], "SLOW_FILE": "step-000000000001.h5"}
        for ranks in (1, 2):
            command = self.command(f"slow{ranks}", "--set", "optimizer={type=\"sgd\", learning_rate=1e30}", "--set", "checkpoint.every_steps=1", ranks=ranks)
            code, output = self.finish(self.start(command, **slow))
            self.assertEqual(code, 3, output)
            self.assertEqual([file.name for file in self.checkpoints(f"slow{ranks}")], ["step-000000000000.h5", "step-000000000001.h5"], output)

    def test_without_memory_for_a_copy_checkpoints_are_written_all_the_same(self):
        if "TERANGA_SCARCE_MEMORY" not in os.environ:
            self.skipTest("nothing can be preloaded here")
        # The kernel of the dense layer, of 54 x 130 numbers, as a tensor of its own; nothing else in a run without early stopping is as large.
        self.recipe.write_text(re.sub("early_stopping = .*\n", "", NET))
        scarce = {"LD_PRELOAD": os.environ["TERANGA_SCARCE_MEMORY"], "SCARCE_BYTES": str((54 * 130 * 4 + 63) // 64 * 64)}
        self.train("calm", "--set", "training.epochs=2")
        for ranks in (1, 2):
            code, output = self.finish(self.start(self.command(f"scarce{ranks}", "--set", "training.epochs=2", ranks=ranks), **scarce))
            self.assertEqual(code, 0, output)
            self.assertEqual(len(re.findall(r"the checkpoint of step 0: rank 0 \(.*\) has no memory for a copy of its \d+ bytes", output)), 1, output)
            self.assertEqual([file.name for file in self.checkpoints("calm")], [file.name for file in self.checkpoints(f"scarce{ranks}")])
            for file in self.checkpoints(f"scarce{ranks}"):
                self.assertEqual(subprocess.run([TERANGA, "checkpoint", "verify", str(file)], timeout=60).returncode, 0)
        self.assert_same_bits("calm", "scarce1")

    def test_weights_that_are_not_finite_are_not_saved(self):
        # The loss of the only step is finite; its update is what goes wrong.
        one_step = ("--set", "optimizer={type=\"sgd\", learning_rate=1e300}", "--set", "training.epochs=1", "--set", "training.steps_per_epoch=1")
        no_judge = ("--set", "data.validation_split=0.0", "--set", "training.early_stopping.monitor=\"loss\"", "--set", "checkpoint.every_steps=1")
        for ranks in (1, 2):
            for name, more, said in (("judged", (), r"the validation loss is (NaN|infinite) after step 1: the parameter \"\S+\" is not finite"),
                                     ("unjudged", no_judge, r"the parameter \"\S+\" is not finite after step 1, and is not saved")):
                run = f"{name}{ranks}"
                code, output = self.finish(self.start(self.command(run, *one_step, *more, ranks=ranks)))
                self.assertEqual(code, 3, output)
                self.assertEqual(len(re.findall(said, output)), 1, output)
                self.assertEqual([file.name for file in self.checkpoints(run)], ["step-000000000000.h5"])

    def test_disk_full(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system needs root")
        small = self.folder / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(small)]).returncode != 0:
            self.skipTest("no file system can be mounted here")
        try:
            code, output = self.finish(self.start(self.command("small/run", "--set", "training.epochs=4")))
            self.assertEqual(code, 1, output)
            self.assertIn("was not written", output)
            self.assertIn("older ones are intact", output)
            kept = self.checkpoints("small/run")
            self.assertGreaterEqual(len(kept), 2)
            for file in kept:
                self.assertEqual(subprocess.run([TERANGA, "checkpoint", "verify", str(file)], timeout=60).returncode, 0)
        finally:
            subprocess.run(["umount", str(small)], check=True)

    def test_damaged_newest_checkpoint(self):
        self.train("calm")
        shutil.copytree(self.folder / "calm", self.folder / "torn")
        for file in self.checkpoints("torn")[-2:]:
            content = bytearray(file.read_bytes())
            content[len(content) // 2] ^= 1
            file.write_bytes(content)
        output = self.train("torn")
        self.assertEqual(output.count("checkpoint refused"), 2, output)
        self.assert_same_bits("calm", "torn")

    def test_all_checkpoints_damaged(self):
        self.train("torn", "--set", "training.epochs=1")
        for file in self.checkpoints("torn"):
            file.write_bytes(file.read_bytes()[:1000])
        self.assertIn("--fresh", self.train("torn", expect=5))

    def test_run_folder_that_cannot_be(self):
        (self.folder / "file").write_text("")
        self.assertIn("--run", self.train("file/run", expect=1))

    def test_two_jobs_in_one_folder(self):
        job = self.start(self.command("shared", "--set", "training.epochs=3000", "--set", "training.early_stopping.patience=5000", "--set", "checkpoint.keep=2"), SLURM_JOB_ID="4711")
        self.wait_for_step(job, "shared", 7)
        for ranks in (1, 2):
            output = self.train("shared", expect=75, ranks=ranks)
            self.assertEqual(len(re.findall(rf"run folder '\S+': process {job.pid} of user \S+ on host {re.escape(os.uname().nodename)} \(Slurm job 4711\) is writing it; the last sign of life came \d+ s ago", output)), 1, output)
            self.assertIn("--wait-for-owner 1h", output)

    def test_a_job_waits_for_the_end_of_another_one_on_request(self):
        long = ("--set", "training.epochs=3000", "--set", "training.early_stopping.patience=5000", "--set", "checkpoint.keep=2")
        first = self.start(self.command("shared", *long))
        self.wait_for_step(first, "shared", 7)
        self.assertIn("is writing it", self.train("shared", *long, "--wait-for-owner", "1", expect=75))
        second = self.start(self.command("shared", *long, "--wait-for-owner", "2m", "--max-time", "20"))
        time.sleep(2)
        first.send_signal(signal.SIGUSR2)
        self.assertEqual(self.finish(first)[0], 75)
        code, output = self.finish(second)
        self.assertEqual(code, 75, output)
        self.assertRegex(output, r"this process waits for its end, for at most 1\d\d s(.|\n)*going on from step")

    def test_a_run_whose_node_was_lost_goes_on_elsewhere(self):
        self.train("run", "--set", "training.epochs=1")
        owner = self.folder / "run/owner"
        owner.write_text("elsewhere boot space 4711 100\n")
        output = self.train("run", "--set", "training.epochs=1", "--max-time", "1", expect=75)
        found = re.search(r"owned by process 4711 on host elsewhere; the last sign of life came (\d+) s ago; .* for at most (\d+) s \(if it is gone: rm '\S+owner'\)", output)
        self.assertTrue(found, output)
        self.assertIn(sum(map(int, found.groups())), (120, 121, 122))  # however long the machine took
        long_ago = time.time() - 130
        os.utime(owner, (long_ago, long_ago))
        self.train("run", "--set", "training.epochs=1")
        self.assertFalse(owner.exists())

    def test_a_file_without_content_in_place_of_the_owner_locks_nothing_for_ever(self):
        self.train("run", "--set", "training.epochs=1")
        for content in (b"", b"\0" * 5000):
            (self.folder / "run/owner").write_bytes(content)
            os.utime(self.folder / "run/owner", (0, 0))
            self.train("run", "--set", "training.epochs=1")

    def test_another_network_cannot_resume(self):
        self.train("run", "--set", "training.epochs=1")
        output = self.train("run", "--set", "layer.dense.units=131", expect=2)
        self.assertIn("dense/kernel", output)
        self.assertIn("130)", output)
        self.assertIn("131)", output)

    def test_weights_of_another_run(self):
        self.train("first", "--set", "training.epochs=1")
        self.train("second", "--init-weights", str(self.checkpoints("first")[-1]), "--dry-run")
        compared = subprocess.run([COMPARE, "--weights", str(self.checkpoints("first")[-1]), str(self.checkpoints("second")[0])], capture_output=True, text=True, timeout=60)
        self.assertEqual(compared.returncode, 0, compared.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
