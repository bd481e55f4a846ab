# SPDX-License-Identifier: Apache-2.0
"""A training on two ranks is killed at a random time, from its start to its end: a rank, mpirun, the daemon of a host, all of it at once, also three times
in a row, or the link of a host goes down. All processes of the job must be gone within 30 s. Then the same command ends with the bits of an undisturbed run.
The hosts are network namespaces, made by tests/cluster/nodes."""
import collections
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import job

PROMISE = "A training that is killed anywhere goes on to the bits of an undisturbed run, and no process of it is left after 30 s"
LIMITS = "2 ranks; hosts are network namespaces of one machine; a daemon is killed when ranks have started"
COUNT = 240  # all kinds by turns
SHARE = job.NET.replace("epochs = 6", "epochs = 25").replace("patience = 5", "patience = 100").replace("keep = 1000", "keep = 3")
NODES = str(pathlib.Path(__file__).resolve().parents[1] / "cluster/nodes")
PATIENCE = 30   # seconds until all processes are gone
STALLED = 60    # seconds after which a job whose link is down is killed; the watchdog ends it after about 30
MARK = "TERANGA_TEST_JOB"


def missing():
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nsenter", "unshare"))):
        return "hosts need root, iproute2 and util-linux"
    if not pathlib.Path(tempfile.gettempdir()).is_relative_to("/tmp") or job.BUILD.resolve().is_relative_to("/tmp"):
        return "hosts have a /tmp and a /dev/shm of their own: TMPDIR must be in /tmp, and the build elsewhere"
    return ""


class Hosts:
    def __init__(self, folder):
        self.environment = {**job.ENVIRONMENT, "TAG": f"t{os.getpid() % 100000}", "NODES_DIR": str(folder / "state"), "SHARED": str(folder)}
        self.folder = folder

    def nodes(self, *words):
        return subprocess.run([NODES, *words], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def __enter__(self):
        try:
            up = self.nodes("up", "2")
            if up.returncode != 0:
                raise RuntimeError(f"no hosts: {up.stdout}{up.stderr}")
        except BaseException:
            self.nodes("down")
            raise
        return self

    def __exit__(self, *_):
        self.nodes("down")


class Victim:
    """One job, with a mark in the environment of all its processes."""

    def __init__(self, trial, hosts, run, mark):
        self.run, self.name, self.mark = run, mark, f"{MARK}={mark}".encode()
        train = trial.command(run)
        command = [NODES, "mpirun", *train] if hosts else ["mpirun", "-n", "2", "--oversubscribe", "--bind-to", "none", *train]
        # What a killed mpirun leaves behind goes with the folder.
        own = {} if hosts else {"OMPI_MCA_btl_vader_backing_directory": str(trial.folder / "segments"), "OMPI_MCA_orte_tmpdir_base": str(trial.folder / "sessions")}
        self.output = open(trial.folder / "output.txt", "w+")
        self.process = subprocess.Popen(command, cwd=trial.folder, env={**(hosts.environment if hosts else job.ENVIRONMENT), **own, MARK: mark}, stdin=subprocess.DEVNULL,
                                        stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True)

    def processes(self, name=None):
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if self.mark in (entry / "environ").read_bytes().split(b"\0") and name in (None, (entry / "comm").read_text().strip()):
                    found.append(int(entry.name))
            except OSError:
                pass
        return sorted(found)

    def told(self, processes):
        texts = []
        for process in processes:
            try:
                folder = pathlib.Path(f"/proc/{process}")
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                texts.append(f"{process} ({(folder / 'wchan').read_text()}, {(folder / 'stat').read_text().rsplit(')')[1].split()[:2]}) {command[:300]}")
            except OSError:
                pass
        return "\n".join(texts)

    def one_of(self, name):
        """The processes of that name, as soon as there are any; none if the job ends before."""
        while self.process.poll() is None:
            if found := self.processes(name):
                return found
            time.sleep(0.01)
        return []

    def kill(self, processes):
        for process in processes:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return bool(processes)

    def ended(self, seconds):
        end = time.monotonic() + seconds
        while self.processes() and time.monotonic() < end:
            self.process.poll()
            time.sleep(0.05)
        return not self.processes()

    def text(self):
        self.output.seek(0)
        return self.output.read()

    def code(self, limit):
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            return None


def kill_all(victim, trial, hosts):
    return victim.kill(victim.processes())


def kill_by_name(name):
    def kill_one(victim, trial, hosts):
        found = victim.one_of(name)
        return victim.kill(trial.random.sample(found, 1) if found else [])

    return kill_one


def cut_link(victim, trial, hosts):
    hosts.nodes("link", "2", "down")
    alive = victim.process.poll() is None
    if alive:
        trial.outcomes["ended by themselves" if victim.ended(STALLED) else "stalled, and were killed by the test"] += 1
    victim.kill(victim.processes())
    hosts.nodes("link", "2", "up")
    return alive


def kill_again(victim, trial, hosts):
    """All at once, in the run and in what resumes it."""
    struck = kill_all(victim, trial, hosts)
    for number in range(2):
        victim.ended(PATIENCE)
        again = Victim(trial, hosts, victim.run, f"{victim.name}-{number}")
        time.sleep(trial.random.uniform(0, trial.seconds[hosts is not None]))
        again.kill(again.processes())
        again.ended(PATIENCE)
    return struck


# Part: on how many hosts, what is done.
KINDS = {
    "a rank": ((1, 2), kill_by_name("teranga")),
    "mpirun": ((1, 2), kill_by_name("mpirun")),
    "a host's daemon": ((2,), kill_by_name("orted")),
    "a host's link": ((2,), cut_link),
    "all at once": ((1, 2), kill_all),
    "three times": ((1, 2), kill_again),
}


def strike(trial, hosts, kind, number):
    """One kill that met a living job, and what follows."""
    among, action = KINDS[kind]
    on = hosts if among[number % len(among)] == 2 else None
    for again in range(10):
        run = trial.folder / "killed"
        shutil.rmtree(run, ignore_errors=True)
        victim = Victim(trial, on, run.name, f"{os.getpid()}-{kind}-{number}-{again}".replace(" ", "-"))
        if kind == "a host's daemon":
            victim.one_of("teranga")  # an mpirun whose daemon dies before it has started a rank waits for ever
        time.sleep(trial.random.uniform(0, trial.seconds[on is not None]))
        if action(victim, trial, on):
            break
        victim.code(60)
    began = time.monotonic()
    gone = victim.ended(PATIENCE)
    trial.longest[kind] = max(trial.longest[kind], time.monotonic() - began)
    if not gone:
        left = victim.processes()
        told = victim.told(left)
        victim.kill(left)
        trial.fail(f"{len(left)} processes are left after {PATIENCE} s: {told}; output: {victim.text()}")
    killed_at = trial.last_step(run.name)
    resumed = Victim(trial, on, run.name, f"{os.getpid()}-{number}-resumed")
    code = resumed.code(job.LIMIT)
    resumed.kill(resumed.processes())
    trial.assertEqual(code, 0, f"killed after the checkpoint of step {killed_at}; resumed: {resumed.text()}")
    trial.assert_same_bits("calm", run.name)


def measure(trial, hosts):
    """How long an undisturbed job takes, on one host and on two."""
    trial.seconds = []
    for on in (None, hosts):
        shutil.rmtree(trial.folder / "calm", ignore_errors=True)
        began = time.monotonic()
        victim = Victim(trial, on, "calm", f"{os.getpid()}-calm")
        trial.assertEqual(victim.code(job.LIMIT), 0, victim.text())
        trial.seconds.append(time.monotonic() - began)


def run(trial, count):
    trial.recipe.write_text(SHARE)
    for name in ("segments", "sessions"):
        (trial.folder / name).mkdir()
    trial.outcomes, trial.longest = collections.Counter(), collections.defaultdict(float)
    with Hosts(trial.folder) as hosts:
        measure(trial, hosts)
        for number in range(count):
            kind = list(KINDS)[number % len(KINDS)]
            if trial.wanted(kind):
                trial.attempt(kind, f"try {number}", lambda: strike(trial, hosts, kind, number // len(KINDS)))
    for what, times in trial.outcomes.items():
        trial.note("a host's link", f"{times} {what}")
    for kind, seconds in trial.longest.items():
        trial.note(kind, f"all processes were gone after {seconds:.1f} s at most")
