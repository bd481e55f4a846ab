# SPDX-License-Identifier: Apache-2.0
"""predictions.py PROGRAM STEP_REPLAY RATE HOSTS [--set KEY=VALUE ...] -- WORKLOAD...: what `teranga scale` predicts for hosts, beside what is found there. Run by hand, as root.

The hosts are namespaces of this machine, made by the script `nodes`. With two of them, one on each core, the steps are real. With more, a core cannot compute for all: the program step_replay sends the real
messages and sleeps where a step computes. RATE as for `nodes limit`: 1gbit, 100mbit."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
NODES = str(HERE / "nodes")
WORKLOADS = HERE.parents[1] / "launcher/benchmarks"
WORK, MESSAGES, WAIT, SUM, GATHER = range(5)
MOST_NUMBERS = 4096  # bytes: longer messages without an answer are rows of tables


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"{words}: {done.stderr}{done.stdout}")
    return done.stdout


def replay_lines(record, wire):
    """The events of one round as step_replay reads them. Answers are the exchanges' own."""
    others = record["processes"] - 1
    for part in record["parts"]:
        answered = {event[3] for event in part["events"] if event[4]}
        for _ in range(int(part["times"])):
            for kind, seconds, look, channel, answers, messages, size, _, _, collective in part["events"]:
                if kind == WORK:
                    yield f"work {seconds} {look}"
                elif kind == MESSAGES and not answers:
                    of_one = size / others
                    if channel in answered:
                        yield f"bucket {channel} {round(of_one * record['processes'] / (2 if wire == 'bf16' else 4))} {wire}"
                    elif of_one <= MOST_NUMBERS:
                        yield f"numbers {round(of_one / 8)}"
                    else:
                        yield f"rows {channel} {round(of_one)}"
                elif kind == WAIT:
                    yield "wait"
                elif kind in (SUM, GATHER):
                    yield f"{'sum' if kind == SUM else 'gather'} {collective}"


def found_ms(program, step_replay, workload, hosts, predicted, sets):
    record = predicted["profile"]
    if hosts == 2:
        shown = run(NODES, "mpirun", program, "bench", "step", workload, "--threads", "1", "--json", "--no-marks", *sets)
        return json.loads(shown.splitlines()[-1])["step_ms"]
    wire = "bf16" if any("wire=bf16" in word for word in sets) else "f32"
    with tempfile.NamedTemporaryFile("w", suffix=".txt", dir=os.environ.get("SHARED", ".")) as file:
        file.write("\n".join(replay_lines(record, wire)) + "\n")
        file.flush()
        return float(run(NODES, "mpirun", "--mca", "mpi_yield_when_idle", 1, step_replay, file.name, 15).splitlines()[-1]) / record["steps"]


def main():
    program, step_replay, rate, hosts = sys.argv[1:5]
    split = sys.argv.index("--")
    sets, workloads = sys.argv[5:split], sys.argv[split + 1:]
    run(NODES, "up", hosts)
    try:
        run(NODES, "limit", rate)
        print(f"{'workload':12}{'network':>10}{'hosts':>6}{'predicted':>11}{'found':>11}   ms a step")
        for name in workloads:
            workload = WORKLOADS / f"{name}.toml"
            predicted = json.loads(run(program, "scale", workload, "--json", "--nodes", hosts, "--threads", "1", "--fixed-batch", "--bandwidth", rate, "--latency", os.environ.get("LATENCY", "30us"), *sets))
            found = found_ms(program, step_replay, workload, int(hosts), predicted, sets)
            print(f"{name:12}{rate:>10}{hosts:>6}{predicted['step_ms']:11.2f}{found:11.2f}   {100 * (predicted['step_ms'] / found - 1):+.1f} %", flush=True)
    finally:
        run(NODES, "down")


if __name__ == "__main__":
    main()
