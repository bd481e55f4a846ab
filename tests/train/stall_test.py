# SPDX-License-Identifier: Apache-2.0
"""A training that stands still is named and ended with exit code 6 within twice its limit, and goes on from its checkpoint; one that is slow is left alone."""
import socket

from job import *

GUESTS = [str(BUILD / f"lib/teranga/test_plugins/guest_{name}.so") for name in ("looping", "hanging")]
NET_THAT_STALLS = f"""schema = 1
plugins = {json.dumps(GUESTS)}
[data]
type = "DATA"
[[layer]]
type = "flatten"
[[layer]]
type = "guest.looping"
name = "middle"
""" + TEN_CLASSES + """[optimizer]
type = "adam"
[training]
epochs = 2
batch_size = 50
[checkpoint]
every_steps = 5
every_seconds = 0
keep = 1000
[log]
report = false
"""
LIMIT_OF_STALLS = int(os.environ.get("TERANGA_STALL_LIMIT", 3))  # seconds
HOST = socket.gethostname()


def ranks_of(job):
    """The processes of a job, by rank."""
    found = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == job.pid and (entry / "comm").read_text().strip() == "teranga":
                environment = dict(pair.split("=", 1) for pair in (entry / "environ").read_text().split("\0") if "=" in pair)
                found[int(environment["OMPI_COMM_WORLD_RANK"])] = int(entry.name)
        except (OSError, ValueError, KeyError):
            pass
    return [found[rank] for rank in sorted(found)]


class StallJobs(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(NET_THAT_STALLS.replace("DATA", "digits"))

    def begin(self, run, *arguments, limit=LIMIT_OF_STALLS, ranks=1, **variables):
        return self.start(self.command(run, "--stall-limit", f"{limit}s", *arguments, ranks=ranks), **variables)


    def with_full_terminal(self, run, *arguments, **variables):
        """A job whose standard error takes nothing, and what would read it."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"\n" * 512)
        except BlockingIOError:
            os.set_blocking(writer, True)
        command = self.command(run, "--stall-limit", f"{LIMIT_OF_STALLS}s", *arguments)
        job = subprocess.Popen(command, env={**ENVIRONMENT, **variables}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writer, start_new_session=True)
        os.close(writer)
        self.addCleanup(lambda: job.poll() is None and (job.kill(), job.wait()))
        return job, reader


class Stalls(StallJobs):
    def stalled(self, job, run, begun, named, ranks):
        """The job has ended in time with exit code 6, and said once what stood still."""
        code, output = self.finish(job)
        took = time.monotonic() - begun
        self.assertEqual(code, 6, output)
        self.assertRegex(output, named)
        self.assertEqual(len(re.findall("the checkpoints are intact", output)), 1, output)
        self.assertIn("warning: ", output)
        self.assertLess(took, 2 * LIMIT_OF_STALLS + 4, output)  # mpirun needs some seconds to end
        for rank in ranks:
            report = (self.folder / run / f"stall-rank-{rank}.txt").read_text()
            self.assertRegex(report, named)
            self.assertIn("(watchdog), state ", report)
            self.assertGreater(report.count(".so"), 5, report)
        return output

    def resumed(self, run, ranks):
        """It goes on with the same command, and ends with the bits of a run that never stood still."""
        self.assertIn("going on from step", self.train(run, ranks=ranks))
        self.train("calm" + run, ranks=ranks)
        self.assert_same_bits("calm" + run, run)

    def stalls_in_a_call(self, ranks, named, **variables):
        run = f"run{ranks}"
        job = self.begin(run, ranks=ranks, STALL_RANK=str(ranks - 1), **variables)
        self.wait_for_step(job, run, 10)
        self.stalled(job, run, time.monotonic(), named, range(ranks))
        self.resumed(run, ranks)

    def test_a_layer_that_loops(self):
        self.stalls_in_a_call(1, r"the training has made no progress for \d+ s: it is in a step, in the layer \"middle\" \(guest.looping, call forward\), step \d+ of epoch \d", STALL_AFTER="40")

    def test_a_layer_that_loops_on_one_rank(self):
        self.stalls_in_a_call(2, rf"rank 1 on {HOST} has made no progress for \d+ s: it is in a step, in the layer \"middle\" \(guest.looping, call forward\)", STALL_AFTER="40")

    def test_a_layer_that_loops_while_nobody_reads_the_terminal(self):
        job, reader = self.with_full_terminal("run", "--set", "training.epochs=2", STALL_AFTER="40")
        self.assertEqual(job.wait(timeout=10 * LIMIT_OF_STALLS), 6)
        os.close(reader)
        self.assertIn('in the layer "middle"', (self.folder / "run/stall-rank-0.txt").read_text())

    def test_a_data_set_that_hangs(self):
        self.recipe.write_text(NET_THAT_STALLS.replace("DATA", "guest.hanging"))
        self.stalls_in_a_call(1, r"the training has made no progress for \d+ s: it is waiting for data, in guest\.hanging \(call fill\)", STALL_AFTER="15")
        self.stalls_in_a_call(2, rf"rank 1 on {HOST} has made no progress for \d+ s: it is waiting for data, in guest\.hanging \(call fill\)", STALL_AFTER="15")

    def test_a_rank_that_is_stopped(self):
        for stopped in (0, 1):
            run = f"stopped{stopped}"
            job = self.begin(run, "--set", "training.epochs=100000", ranks=2)
            self.wait_for_step(job, run, 10)
            time.sleep(0.5)  # the ranks have heard of each other
            os.kill(ranks_of(job)[stopped], signal.SIGSTOP)
            self.stalled(job, run, time.monotonic(), rf"rank {stopped} on {HOST}: no sign of life for \d+ s", [1 - stopped])
            self.assertIn("going on from step", self.train(run, "--set", "training.epochs=100000", "--dry-run", ranks=2))

    def test_a_pipe_that_gives_no_data_at_the_start(self):
        os.mkfifo(self.folder / "table.csv")
        self.recipe.write_text(NET_THAT_STALLS.replace('"DATA"', f'"csv"\ntrain = "{self.folder}/table.csv"\ntarget = "kind"'))
        begun = time.monotonic()
        code, output = self.finish(self.begin("run"))
        if code == 5:  # pipes are refused
            return
        self.assertEqual(code, 6, output)
        self.assertLess(time.monotonic() - begun, 2 * LIMIT_OF_STALLS + 2)
        self.assertIn("it is starting, in csv", output)


class Alive(StallJobs):
    """Slow, but alive: no alarm, and not a warning where the slow part ends within half of the limit."""

    def calm(self, job):
        code, output = self.finish(job)
        self.assertEqual(code, 0, output)
        self.assertNotIn("no sign of life", output)
        self.assertNotIn("error: ", output)

    def test_slow_calls_and_a_slow_disk(self):
        jobs = [self.begin(f"calls{ranks}", "--set", "training.epochs=1", "--set", "training.steps_per_epoch=4", ranks=ranks, STALL_AFTER="0", STALL_SECONDS="1", STALL_RANK=str(ranks - 1)) for ranks in (1, 2)]
        if "TERANGA_SLOW_DISK" in os.environ:
            slow = {"LD_PRELOAD": os.environ["TERANGA_SLOW_DISK"], "SLOW_FILE": "step-0000000000"}
            jobs += [self.begin(f"disk{ranks}", "--set", "training.epochs=1", "--set", "checkpoint.every_steps=0", limit=7, ranks=ranks, **slow) for ranks in (1, 2)]
        for job in jobs:
            self.calm(job)

    def test_a_job_that_is_stopped_as_a_whole_and_goes_on(self):
        job = self.begin("run", "--set", "training.epochs=300", ranks=2)
        self.wait_for_step(job, "run", 10)
        processes = [job.pid, *ranks_of(job)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        time.sleep(2 * LIMIT_OF_STALLS)
        for process in processes:
            os.kill(process, signal.SIGCONT)
        time.sleep(2)
        (self.folder / "run/STOP").touch()
        code, output = self.finish(job)
        self.assertIn(code, (0, 75), output)
        self.assertNotIn("no sign of life", output)

    def test_a_terminal_that_nobody_reads(self):
        job, reader = self.with_full_terminal("run", "--set", "training.epochs=1")
        time.sleep(2.5 * LIMIT_OF_STALLS)
        with open(reader, "rb") as output:
            said = output.read().decode()
        self.assertEqual(job.wait(timeout=60), 0, said)

    def test_off_is_off_and_times_are_checked(self):
        self.assertIn("--stall-limit 1:30:00", self.train("run", "--stall-limit", "soon", expect=2))
        self.train("run", "--stall-limit", "off", "--set", "training.epochs=1")


if __name__ == "__main__":
    unittest.main(verbosity=2)
