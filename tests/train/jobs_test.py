# SPDX-License-Identifier: Apache-2.0
"""How jobs end: signals at any time, terminals that take nothing, run folders that vanish, plugins that leave."""
import errno, fcntl, shlex
from job import *

GUEST = str(BUILD / "lib/teranga/test_plugins/guest_leaving.so")
ENDLESS = ("--set", "training.epochs=100000", "--set", "training.early_stopping.patience=100000", "--set", "checkpoint.keep=2")


def listens(process):
    """Whether a process has a handler for TERM."""
    try:
        caught = int(re.search(r"SigCgt:\s*(\w+)", pathlib.Path(f"/proc/{process}/status").read_text())[1], 16)
    except (OSError, TypeError):
        return False
    return bool(caught >> (signal.SIGTERM - 1) & 1)


class Jobs_(Jobs):
    def until(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.002)

    def ranks_of(self, job):
        """The processes of teranga that mpirun started."""
        found = subprocess.run(["pgrep", "-P", str(job.pid), "-x", "teranga"], capture_output=True, text=True).stdout.split()
        return [int(process) for process in found]

    def verify(self, run):
        newest = self.checkpoints(run)[-1]
        self.assertEqual(subprocess.run([TERANGA, "checkpoint", "verify", str(newest)], capture_output=True, timeout=60).returncode, 0, newest)


class Terminal(Jobs_):
    def blocked(self, run, *arguments):
        """A training whose standard error is a pipe that is full from the beginning."""
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        fcntl.fcntl(write, fcntl.F_SETFL, os.O_NONBLOCK)
        try:
            while True:
                os.write(write, b"." * 4096)
        except BlockingIOError:
            pass
        fcntl.fcntl(write, fcntl.F_SETFL, 0)
        words = self.command(run, *arguments)
        if "--progress" in arguments:  # in place of the usual one
            del words[words.index("--progress"):words.index("--progress") + 2]
        job = subprocess.Popen(words, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=write, start_new_session=True)
        os.close(write)
        self.started.append(job)
        return job

    def test_a_full_pipe_holds_nobody_up(self):
        for progress in ("plain", "bar"):
            job = self.blocked(progress, *ENDLESS, "--progress", progress)
            self.wait_for_step(job, progress, 26)
            job.send_signal(signal.SIGTERM)
            self.assertEqual(job.wait(timeout=20), 75)
            self.assertRegex((self.folder / progress / "log.txt").read_text(), r"lines for the terminal that are lost, .*: [1-9]")
            self.verify(progress)
        job = self.blocked("whole", "--set", "training.epochs=1")
        self.assertEqual(job.wait(timeout=60), 0)

    def test_an_error_ends_in_time_too(self):
        job = self.blocked("error", "--set", "training.epochs=none")
        self.assertEqual(job.wait(timeout=20), 2)


class Signals(Jobs_):
    def test_before_the_first_step_a_signal_ends_with_75(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR2):
            job = self.start(self.command("early", *ENDLESS))
            self.until(lambda: listens(job.pid), "the program never listens")
            job.send_signal(number)
            code, output = self.finish(job)
            self.assertEqual(code, 75, output)
            self.assertIn("before the first step", output)
        self.train("early", "--set", "training.epochs=1")  # nobody owns the folder

    def test_after_the_last_checkpoint_no_signal_changes_the_exit_code(self):
        job = self.start(self.command("late", *ENDLESS))
        self.wait_for_step(job, "late", 26)
        (self.folder / "late/STOP").touch()
        for line in job.stdout:
            if "stopped at step" in line:
                break
        while job.poll() is None:
            job.send_signal(signal.SIGTERM)
            time.sleep(0.005)
        self.assertEqual(job.returncode, 75)

    def test_mpirun_that_is_told_to_end_leaves_a_run_that_goes_on(self):
        job = self.start(self.command("run", *ENDLESS, ranks=2))
        self.wait_for_step(job, "run", 26)
        marker = self.folder / "run/resumable"
        self.assertTrue(marker.exists())
        job.send_signal(signal.SIGTERM)
        code, output = self.finish(job)
        self.assertEqual(code, 1, output)
        self.assertTrue(marker.exists())
        self.verify("run")
        job = self.start(self.command("run", *ENDLESS, ranks=2))
        self.wait_for_step(job, "run", self.last_step("run") + 26)
        job.send_signal(signal.SIGUSR2)  # mpirun passes it on
        code, output = self.finish(job)
        self.assertEqual(code, 75, output)
        self.assertTrue(marker.exists())
        self.train("run", "--set", f"training.epochs={self.last_step('run') // STEPS_PER_EPOCH + 1}", ranks=2)
        self.assertFalse(marker.exists())

    def test_a_run_that_cannot_go_on_is_not_marked(self):
        self.train("nan", "--set", "optimizer={type=\"sgd\", learning_rate=1e30}", expect=3)
        self.assertFalse((self.folder / "nan/resumable").exists())
        self.train("dry", "--dry-run")
        self.assertFalse((self.folder / "dry/resumable").exists())

    def test_a_killed_job_leaves_no_shared_memory(self):
        job = self.start(self.command("run", *ENDLESS, ranks=2))
        self.wait_for_step(job, "run", 7)
        ranks = self.ranks_of(job)
        self.assertEqual(len(ranks), 2)
        segments = [line for rank in ranks for line in pathlib.Path(f"/proc/{rank}/maps").read_text().splitlines() if "/dev/shm/" in line]
        self.kill(job)
        self.assertTrue(segments)
        for segment in segments:
            self.assertTrue(segment.endswith("(deleted)"), segment)


class Folders(Jobs_):
    def test_a_run_folder_that_is_renamed_is_followed(self):
        for ranks in (1, 2):
            run, other = f"run{ranks}", f"other{ranks}"
            job = self.start(self.command(run, *ENDLESS, ranks=ranks))
            self.wait_for_step(job, run, 26)
            (self.folder / run).rename(self.folder / other)
            self.wait_for_step(job, other, self.last_step(other) + 52)
            (self.folder / other / "STOP").touch()
            code, output = self.finish(job)
            self.assertEqual(code, 75, output)
            self.assertEqual(output.count("was renamed to"), 1, output)
            self.assertFalse((self.folder / run).exists())
            self.assertEqual([line["step"] for line in self.lines(other) if line["event"] == "step"], list(range(1, self.last_step(other) + 1)))
            self.verify(other)
            self.assertIn("stopped at step", (self.folder / other / "log.txt").read_text())
            self.assertTrue((self.folder / other / "report.html").exists())

    def test_a_run_folder_that_is_removed_is_made_again(self):
        for ranks in (1, 2):
            run = f"run{ranks}"
            job = self.start(self.command(run, *ENDLESS, ranks=ranks))
            self.wait_for_step(job, run, 26)
            before = self.last_step(run)
            training = self.ranks_of(job) if ranks > 1 else [job.pid]
            for process in training:  # or else it sees a folder that is renamed, or writes into one that is half gone
                os.kill(process, signal.SIGSTOP)
            threads = [thread for process in training for thread in pathlib.Path(f"/proc/{process}/task").iterdir()]
            self.until(lambda: all("State:\tT" in (thread / "status").read_text() for thread in threads if thread.exists()), "the training does not stand still")
            shutil.rmtree(self.folder / run)
            for process in training:
                os.kill(process, signal.SIGCONT)
            self.wait_for_step(job, run, before + 1)
            (self.folder / run / "STOP").touch()
            code, output = self.finish(job)
            self.assertEqual(code, 75, output)
            self.assertEqual(output.count("was removed while the training runs"), 1, output)
            self.verify(run)
            steps = [line["step"] for line in self.lines(run) if line["event"] == "step"]
            self.assertEqual(steps, list(range(steps[0], self.last_step(run) + 1)))
            for name in ("recipe.toml", "log.txt", "metrics.csv", "steps.csv", "report.html", "resumable"):
                self.assertTrue((self.folder / run / name).exists(), name)
            self.train(run, "--set", f"training.epochs={self.last_step(run) // STEPS_PER_EPOCH + 1}", ranks=ranks)

    def test_pipes_in_the_place_of_files_hold_nobody_up(self):
        run = self.folder / "pipes"
        run.mkdir()
        for name in ("recipe.toml", "facts.jsonl", "report.html", "samples.jsonl", "pictures.jsonl", "metrics.prom", "resumable", "STOP", "CHECKPOINT", "trace.json"):
            os.mkfifo(run / name)
        self.train("pipes", "--set", "training.epochs=1", "--set", "log={prometheus=\"metrics.prom\", tensorboard=true}")
        for name in ("log.txt", "metrics.csv", "steps.csv", "metrics.jsonl"):
            (self.folder / name).mkdir()
            os.mkfifo(self.folder / name / name)
            self.assertIn("it is no ordinary file", self.train(name, "--set", "training.epochs=1", expect=1))

    def test_lines_that_a_table_lacks_come_back(self):
        self.train("calm", "--set", "training.epochs=2")
        self.train("run", "--set", "training.epochs=1")
        table = self.folder / "run/steps.csv"
        table.write_text("".join(table.read_text().splitlines(keepends=True)[:9]))
        self.train("run", "--set", "training.epochs=2")
        steps = [[line.split(",")[1] for line in (self.folder / run / "steps.csv").read_text().splitlines()] for run in ("calm", "run")]
        self.assertEqual(steps[0], steps[1])


class Scarce(Jobs_):
    def test_a_limit_of_memory_ends_no_training_without_a_message(self):
        if "TERANGA_NO_THREADS" not in os.environ:
            self.skipTest("sanitizers map terabytes of addresses")
        ends = set()
        for kilobytes in (114000, 118000, 122000, 126000, 130000, 138000, 142000, 150000, 246000, 258000, 400000):
            run = f"limit{kilobytes}"
            job = self.start(["bash", "-c", f"ulimit -v {kilobytes}; exec " + shlex.join(self.command(run, "--set", "training.epochs=1"))])
            code, output = self.finish(job)
            ends.add(code)
            self.assertIn(code, (0, 1, 4), output)  # a plugin may not find room, too
            if code != 0:
                self.assertRegex(output, "memory|thread|failed to map")
            if self.checkpoints(run):
                self.verify(run)
        self.assertLessEqual({0, 1}, ends)

    def test_a_thread_that_there_is_none_of_is_told(self):
        if "TERANGA_NO_THREADS" not in os.environ:
            self.skipTest("nothing can be preloaded here")
        for most in range(8):
            code, output = self.finish(self.start(self.command(f"most{most}", "--set", "training.epochs=1", threads=3), LD_PRELOAD=os.environ["TERANGA_NO_THREADS"], MOST_THREADS=str(most)))
            self.assertIn(code, (0, 1), output)
            if code == 1:
                self.assertIn("the system gives no thread to", output)


class Disks(Jobs_):
    def faulty(self, run, call, file, number=errno.EIO, *arguments):
        if "TERANGA_FAULTY_DISK" not in os.environ:
            self.skipTest("nothing can be preloaded here")
        return self.finish(self.start(self.command(run, "--set", "training.epochs=1", "--set", "checkpoint.every_seconds=0", *arguments), LD_PRELOAD=os.environ["TERANGA_FAULTY_DISK"], FAULT_CALL=call,
                                      FAULT_FILE=file, FAULT_ERROR=str(number)))

    def test_a_checkpoint_that_a_disk_refuses_is_told_and_the_next_one_is_written(self):
        self.train("calm", "--set", "training.epochs=1", "--set", "checkpoint.every_seconds=0")
        for call, number in (("write", errno.EIO), ("write", errno.EDQUOT), ("fsync", errno.EIO), ("fsync", errno.ENOSPC), ("close", errno.EDQUOT), ("rename", errno.EIO), ("open", errno.ESTALE)):
            run = f"{call}{number}"
            code, output = self.faulty(run, call, "step-000000000014.h5", number)
            self.assertEqual(code, 0, output)
            self.assertEqual(len(re.findall(r"the checkpoint of step 14 was not written: .*" + os.strerror(number) + ".*; older ones are intact, the training goes on", output)), 1, output)
            self.assertEqual([int(file.stem[5:]) for file in self.checkpoints(run)], [0, 7, 21, 26], output)
            self.assert_same_bits("calm", run)
        code, output = self.faulty("short", "short", "/short/checkpoints/")
        self.assertEqual(code, 0, output)
        self.assert_same_bits("calm", "short")

    def test_metrics_report_and_log_never_end_a_training(self):
        for file in ("metrics.jsonl", "steps.csv", "metrics.csv", "facts.jsonl", "report.html", "resumable", "samples.jsonl", "pictures.jsonl", "tensorboard/", "metrics.prom"):
            run = f"run{sum(map(ord, file))}"
            code, output = self.faulty(run, "write", file, errno.EIO, "--set", "log={prometheus=true, tensorboard=true}")
            self.assertEqual(code, 0, f"{file}: {output}")
            self.assertIn("Input/output error", output)
            self.verify(run)


class Plugins(Jobs_):
    def test_a_plugin_that_calls_exit_is_named(self):
        self.recipe.write_text(f"schema = 1\nplugins = [\"{GUEST}\"]\n" + re.sub(r"\[optimizer\].*?\[training\]", "[optimizer]\ntype = \"guest.leaving\"\n[training]", NET, flags=re.S).replace("schema = 1\n", ""))
        for ranks in (1, 2):
            for status in (0, 3):
                run = f"left{ranks}-{status}"
                code, output = self.finish(self.start(self.command(run, ranks=ranks), LEAVE_AT="30", LEAVE_WITH=str(status)))
                self.assertEqual(code, 4, output)
                self.assertRegex(output, rf"exit\({status}\) was called within the plugin guest.leaving \(call update\) at step 30")
                self.verify(run)
        self.train("left1-0", "--set", "training.epochs=2")  # the run goes on


if __name__ == "__main__":
    unittest.main(verbosity=2)
