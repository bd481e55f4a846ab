# SPDX-License-Identifier: Apache-2.0
"""Runs teranga as a user would, under a time limit, for the tests of whole jobs."""
import json, os, pathlib, random, re, shutil, signal, subprocess, sys, tempfile, time, unittest

BUILD = pathlib.Path(os.environ["TERANGA_BUILD_FOLDER"])
TERANGA = str(BUILD / "bin/teranga")
COMPARE = str(BUILD / "bin/compare_checkpoints")
FORMER = str(BUILD / "bin/former_checkpoint")
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_rmaps_base_oversubscribe="1")
LIMIT = 240 * int(os.environ.get("TERANGA_TEST_TIME_FACTOR", "1"))  # seconds

# How nets end: the last layer and the loss.
TEN_CLASSES = """[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
"""
YES_OR_NO = """[[layer]]
type = "dense"
units = 1
activation = "sigmoid"
[loss]
type = "binary_crossentropy"
"""

# Everything that a resume could lose: dropout, batch statistics, momentum, a schedule, shuffling, a short last batch, validation, early stopping.
NET = """schema = 1
[data]
type = "digits"
validation_split = 0.1
[[layer]]
type = "conv2d"
filters = 6
kernel_size = 3
activation = "relu"
[[layer]]
type = "batch_normalization"
[[layer]]
type = "max_pooling2d"
[[layer]]
type = "flatten"
[[layer]]
type = "dropout"
rate = 0.3
[[layer]]
type = "dense"
units = 130
activation = "relu"
""" + TEN_CLASSES + """[optimizer]
type = "nadam"
learning_rate = { type = "exponential_decay", initial_learning_rate = 0.003, decay_steps = 40, decay_rate = 0.9 }
[training]
epochs = 6
batch_size = 50
seed = 5
metrics = ["accuracy"]
log_every_steps = 1
early_stopping = { monitor = "val_loss", patience = 5, restore_best_weights = true }
[checkpoint]
every_steps = 7
every_epochs = 1
keep = 1000
"""
STEPS_PER_EPOCH = 26  # 1,294 samples in batches of 50


class Jobs(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="teranga-test-"))
        self.recipe = self.folder / "net.toml"
        self.recipe.write_text(NET)
        self.started = []

    def tearDown(self):
        for job in self.started:
            if job.poll() is None:
                self.kill(job)
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, run, *arguments, ranks=1, threads=1, recipe=None):
        launcher = ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none"] if ranks > 1 else []
        return launcher + [TERANGA, "train", str(recipe or self.recipe), "--run", str(self.folder / run), "--threads", str(threads), "--progress", "plain", *arguments]

    def start(self, command, **variables):
        job = subprocess.Popen(command, env={**ENVIRONMENT, **variables}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.started.append(job)
        return job

    def finish(self, job):
        try:
            output, _ = job.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self.kill(job)
            self.fail(f"no end after {LIMIT} s: {' '.join(job.args)}")
        return job.returncode, output

    def train(self, run, *arguments, expect=0, **options):
        code, output = self.finish(self.start(self.command(run, *arguments, **options)))
        self.assertEqual(code, expect, output)
        return output

    def teranga(self, *arguments, expect=0, ranks=1):
        launcher = ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none"] if ranks > 1 else []
        code, output = self.finish(self.start([*launcher, TERANGA, *map(str, arguments)]))
        self.assertEqual(code, expect, output)
        return output

    def kill(self, job):
        """SIGKILL to the job and all that it started: mpirun gives its ranks process groups of their own."""
        parents = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError):
                pass
        doomed = {job.pid}
        while True:
            more = {child for child, parent in parents.items() if parent in doomed} - doomed
            if not more:
                break
            doomed |= more
        for process in doomed:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        job.communicate()
        end = time.monotonic() + 20
        while any(pathlib.Path(f"/proc/{process}").exists() and "State:\tZ" not in pathlib.Path(f"/proc/{process}/status").read_text() for process in doomed):
            self.assertLess(time.monotonic(), end, "a killed process lives on")
            time.sleep(0.01)

    def killed_and_resumed(self, ranks):
        self.train("calm", ranks=ranks)
        last = self.last_step("calm")
        seed = int(os.environ.get("TERANGA_TEST_SEED", random.SystemRandom().randrange(10**6)))
        print(f"seed {seed}")
        for round, after in enumerate(random.Random(seed).sample(range(7, last - 20), 2)):
            for attempt in range(5):  # on a busy machine a job may end before the kill reaches it: then it proved nothing
                run = f"killed{round}-{attempt}"
                job = self.start(self.command(run, ranks=ranks))
                self.wait_for_step(job, run, after)
                self.kill(job)
                if self.last_step(run) < last and max(line["step"] for line in self.lines(run)) < last:
                    break
            self.assertLess(self.last_step(run), last, "every kill came too late to prove anything")
            self.assertLess(max(line["step"] for line in self.lines(run)), last)
            self.train(run, ranks=ranks)
            self.assert_same_bits("calm", run)

    def resumed_from_any(self, number, among=lambda files: files[:-1], ranks=1):
        """From so many checkpoints of a run, each as if it were the newest, to the same end."""
        self.train("calm", ranks=ranks)
        for number, file in enumerate(random.Random(3).sample(among(self.checkpoints("calm")), number)):
            run = f"from{number}"
            self.begin_from(file, run)
            self.train(run, ranks=ranks)
            self.assert_same_bits("calm", run)

    def begin_from(self, file, run):
        """A copy of the run of a checkpoint, as if that checkpoint were the newest."""
        shutil.copytree(file.parents[1], self.folder / run)
        for other in self.checkpoints(run):
            if other.name > file.name:
                other.unlink()

    def checkpoints(self, run):
        return sorted((self.folder / run / "checkpoints").glob("step-*.h5"))

    def rewrite(self, run, *what):
        """The newest checkpoint of a run, as former_checkpoint writes it anew."""
        done = subprocess.run([FORMER, str(self.folder / run / "checkpoints"), *what], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, f"{what}: {done.stdout}{done.stderr}")

    def last_step(self, run):
        found = self.checkpoints(run)
        return int(found[-1].stem[5:]) if found else -1

    def wait_for_step(self, job, run, step):
        end = time.monotonic() + LIMIT
        while self.last_step(run) < step:
            if job.poll() is not None or time.monotonic() > end:
                self.fail(f"the job ended or stood still before step {step}: {job.communicate()[0] if job.poll() is not None else ''}")
            time.sleep(0.002)

    def stopped_after(self, run, step, ranks):
        """Stops a training on request behind that step, and gives the step that it ended with."""
        job = self.start(self.command(run, ranks=ranks))
        self.wait_for_step(job, run, step)
        job.send_signal(signal.SIGUSR2)
        code, output = self.finish(job)
        self.assertEqual(code, 75, output)
        return self.last_step(run)

    def messages(self, run, *arguments, ranks=2):
        """How often the ranks of a training meet: all of them equally often."""
        if "TERANGA_MESSAGE_COUNTER" not in os.environ:
            self.skipTest("nothing can be preloaded here")
        file = self.folder / f"{run}.messages"
        code, output = self.finish(self.start(self.command(run, *arguments, ranks=ranks), LD_PRELOAD=os.environ["TERANGA_MESSAGE_COUNTER"], MESSAGES=str(file)))
        self.assertEqual(code, 0, output)
        counts = file.read_text().split()
        self.assertEqual(counts, counts[:1] * ranks)
        return int(counts[0])

    def lines(self, run):
        """The metrics without what a clock wrote, and what a resumed epoch reads less."""
        out = []
        for line in (self.folder / run / "metrics.jsonl").read_text().splitlines():
            entry = json.loads(line)
            out.append({k: v for k, v in entry.items() if k not in ("seconds", "samples_per_second", "data_wait", "checkpoint_wait", "bytes_read")})
        return out

    def assert_same_bits(self, a, b):
        compared = subprocess.run([COMPARE, str(self.checkpoints(a)[-1]), str(self.checkpoints(b)[-1])], capture_output=True, text=True, timeout=60)
        self.assertEqual(compared.returncode, 0, compared.stdout + compared.stderr)
        self.assertEqual(self.lines(a), self.lines(b))

    def assert_same_parameters(self, a, b):
        compared = subprocess.run([COMPARE, "--weights", str(self.checkpoints(a)[-1]), str(self.checkpoints(b)[-1])], capture_output=True, text=True, timeout=60)
        self.assertEqual(compared.returncode, 0, compared.stdout + compared.stderr)
