# SPDX-License-Identifier: Apache-2.0
"""A training stands still: a rank is stopped, a plugin loops, a data set hangs, the link of a host goes down, a host dies. The job must end within twice its
limit, and name what stands still. Then the same command goes on. Others are slow, but alive: a long first step, long calls, a long evaluation, a slow disk,
a busy machine. They must end well, without a word of a stall."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import kills
from stall_test import NET_THAT_STALLS, ranks_of

PROMISE = "A training that stands still is named rightly and ends within twice its limit; one that is slow is left alone"
LIMIT = 6        # seconds that a training may stand still
MPIRUN = 4       # seconds that mpirun may take to end
LIMITS = f"--stall-limit {LIMIT}s, and {MPIRUN} s for the end of mpirun; hosts are network namespaces of one machine"
COUNT = 20       # of stalls of each kind, and of slow runs of each kind
HOST_LOST = 60   # seconds, with the limits that are learnt
LONG = ("--set", "training.epochs=100000")

missing = kills.missing


def command(trial, run, *arguments, ranks=1, limit=f"{LIMIT}s"):
    return trial.command(run, "--stall-limit", limit, *arguments, ranks=ranks)


def ended(trial, job, begun, code, named, within=2 * LIMIT + MPIRUN):
    found, output = trial.finish(job)
    took = time.monotonic() - begun
    trial.assertEqual(found, code, output)
    trial.assertRegex(output, named)
    trial.assertLess(took, within, output)
    trial.longest = max(trial.longest, took)


def goes_on(trial, run, ranks, *arguments):
    trial.assertIn("going on from step", trial.train(run, *arguments, "--dry-run", ranks=ranks))


def stopped_rank(trial, run, number):
    stopped = number % 2
    job = trial.start(command(trial, run, *LONG, ranks=2))
    trial.wait_for_step(job, run, 10)
    time.sleep(1)  # the ranks have heard of each other
    os.kill(ranks_of(job)[stopped], signal.SIGSTOP)
    ended(trial, job, time.monotonic(), 6, rf"rank {stopped} on {socket.gethostname()}: no sign of life for \d+ s")
    goes_on(trial, run, 2, *LONG)


def stall_in_a_call(data, named):
    def stall(trial, run, number):
        ranks = number % 2 + 1
        trial.recipe.write_text(NET_THAT_STALLS.replace("DATA", data))
        job = trial.start(command(trial, run, ranks=ranks), STALL_RANK=str(ranks - 1), STALL_AFTER=str(trial.random.randrange(12, 18) * (1 if data != "digits" else 3)))
        trial.wait_for_step(job, run, 5)
        who = "the training" if ranks == 1 else f"rank 1 on {socket.gethostname()}"
        ended(trial, job, time.monotonic(), 6, rf"{who} has made no progress for \d+ s: {named}")
        goes_on(trial, run, ranks)

    return stall


def host_lost(*fault, limit=f"{LIMIT}s", within=2 * LIMIT + MPIRUN):
    """mpirun 4.1 has to be ended where a host is lost, and its exit code is 1."""

    def lose(trial, run, number):
        with kills.Hosts(trial.folder) as hosts:
            words = command(trial, run, *LONG, limit=limit)
            job = subprocess.Popen([kills.NODES, "mpirun", *words], cwd=trial.folder, env=hosts.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   start_new_session=True)
            trial.started.append(job)
            trial.wait_for_step(job, run, 10)
            time.sleep(2)  # the ranks have heard of each other
            begun = time.monotonic()
            hosts.nodes(*fault)
            ended(trial, job, begun, 1, r"rank 1 on node2: no sign of life for \d+ s", within)
        goes_on(trial, run, 1, *LONG)

    return lose


def calm(trial, *jobs):
    for job in jobs:
        code, output = trial.finish(job)
        trial.assertEqual(code, 0, output)
        for word in ("no sign of life", "has made no progress", "error: "):
            trial.assertNotIn(word, output)


def slow_calls(trial, run, number):
    """The first call takes half of the limit, as a plugin may that plans something; or every call takes a part of it, also in the evaluation."""
    ranks = number // 2 % 2 + 1
    options = ("--set", "training.epochs=1", "--set", "training.steps_per_epoch=2")
    calm(trial, trial.start(command(trial, run, *options, ranks=ranks), STALL_AFTER="0", STALL_SECONDS="2" if number % 2 else "1", STALL_RANK=str(ranks - 1)))


def slow_disk(trial, run, number):
    """A checkpoint takes five seconds to come to disk."""
    slow = {"LD_PRELOAD": os.environ["TERANGA_SLOW_DISK"], "SLOW_FILE": "step-0000000000"}
    calm(trial, trial.start(command(trial, run, "--set", "training.epochs=1", "--set", "checkpoint.every_steps=0", ranks=number % 2 + 1, limit="12s"), **slow))


def busy_machine(trial, run, number):
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(6 * os.cpu_count())]
    try:
        calm(trial, trial.start(command(trial, run, "--set", "training.epochs=20", ranks=number % 3 + 1)))
    finally:
        for process in busy:
            process.kill()
            process.wait()


# Part: what is done, and how often in a full run.
STALLS = {
    "a stopped rank": stopped_rank,
    "a plugin that loops": stall_in_a_call("digits", r'it is in a step, in the layer "middle" \(guest.looping, call forward\)'),
    "a data set that hangs": stall_in_a_call("guest.hanging", r"it is waiting for data, in guest\.hanging \(call fill\)"),
    "a link that goes down": host_lost("link", "2", "down"),
    "a host that dies": host_lost("kill", "2"),
}
ALIVE = {"alive: slow calls": slow_calls, "alive: a slow disk": slow_disk, "alive: a busy machine": busy_machine}
LEARNT = {"a host that dies, learnt limits": host_lost("kill", "2", limit="auto", within=HOST_LOST)}


def run(trial, count):
    if "TERANGA_SLOW_DISK" not in os.environ:
        os.environ["TERANGA_SLOW_DISK"] = str(next(pathlib.Path(os.environ["TERANGA_BUILD_FOLDER"]).rglob("libslow_disk.so")))
    for part, action in {**STALLS, **ALIVE, **LEARNT}.items():
        if not trial.wanted(part):
            continue
        trial.longest = 0
        for number in range(count if part not in LEARNT else max(1, count // 10)):
            trial.recipe.write_text(NET_THAT_STALLS.replace("DATA", "digits"))
            trial.attempt(part, f"try {number}", lambda: action(trial, f"{part.replace(' ', '-').replace(':', '').replace(',', '')}-{number}", number))
        if trial.longest:
            trial.note(part, f"ended after {trial.longest:.1f} s at most")
