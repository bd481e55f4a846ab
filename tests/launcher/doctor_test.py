# SPDX-License-Identifier: Apache-2.0
"""teranga doctor finds each planted fault by the name of its check, and nothing on a machine that is in order. The faults:

    launcher           the processes were started by the launcher of another MPI; or by srun without PMIx
    program            rank 1 runs another build
    instruction-set    TERANGA_ISA has a wrong value; or the ranks have different ones
    environment        a mistyped variable of Teranga
    plugins            a broken library in the plugin folder; or rank 1 has another library
    cores              two threads on one core; or two processes on one core
    file-size-limit    ulimit -f
    memory             ulimit -v
    shared-memory      /dev/shm is full; or killed jobs left much there
    recipe             a recipe with a mistake; or rank 1 has another recipe
    disk-space         the run folder lies on a full file system
    run-folder         the run folder cannot be written to
    owner              another job has the run folder
    shared-folder      rank 1 sees another run folder
    clocks             the clock of rank 1 is wrong
    slurm              Slurm has no plugin pmix
    job-end            Slurm does not tell the end of the job
"""
import json
import os
import resource
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from program import LIMIT, PROGRAM, WITHOUT_MPIRUN, ProgramTest

BUILT = Path(PROGRAM).resolve().parent.parent
MPIRUN = ("mpirun", "--oversubscribe", "--bind-to", "none", "--timeout", "60")
SANITIZED = bool(os.environ.get("TERANGA_SANITIZE"))
WRONG_CLOCK = """#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec* now) {
  static int (*real)(clockid_t, struct timespec*);
  if (!real) real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  const int code = real(clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += 100;
  return code;
}
"""


def can_mount():
    return shutil.which("unshare") and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0


class Doctor(ProgramTest):
    def examined(self, command, limits=None, **environment):
        """Exit code and findings: check -> (verdict, found, cure); of several findings of a check, the last one that is not ok."""
        outside = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1", **environment}
        done = subprocess.run([str(word) for word in command], cwd=self.place, env=outside, capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL, preexec_fn=limits)
        try:
            told = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
        except StopIteration:
            self.fail(f"no findings: {done.stdout}{done.stderr}")
        out = {}
        for one in told["checks"]:
            if one["verdict"] != "ok" or one["check"] not in out:
                out[one["check"]] = (one["verdict"], one["found"], one["cure"])
        self.assertEqual(told["would_run"], done.returncode == 0 or "mpirun" in str(command[0]) and told["problems"] == 0, done.stderr)
        return done.returncode, out

    def alone(self, *words, through=(), **more):
        return self.examined([*through, PROGRAM, "doctor", "--json", *words], **more)

    def two(self, first=(), second=(), before=(), other=(), program=PROGRAM, **more):
        """Two ranks with these words; `other` are words before the program of rank 1."""
        return self.examined([*before, *MPIRUN, "-n", "1", PROGRAM, "doctor", "--json", "--threads", "1", *first, ":", "-n", "1", *other, program, "doctor", "--json", "--threads", "1", *second], **more)

    def assert_found(self, result, check, verdict, says, cure, code=None, also=()):
        found_code, findings = result
        self.assertIn(check, findings, findings)
        self.assertEqual(findings[check][0], verdict, findings)
        self.assertIn(says, findings[check][1])
        self.assertIn(cure, findings[check][2])
        self.assertEqual([name for name, finding in findings.items() if finding[0] != "ok" and name not in (check, *also)], [], findings)
        self.assertEqual(found_code, (0 if verdict == "warning" else 1) if code is None else code, findings)

    def assert_healthy(self, result):
        code, findings = result
        self.assertEqual({name: finding for name, finding in findings.items() if finding[0] != "ok"}, {})
        self.assertEqual(code, 0)
        return findings


class Healthy(Doctor):
    def test_nothing_is_found_where_all_is_in_order(self):
        findings = self.assert_healthy(self.alone())
        for check in ("mpi", "hosts", "libraries", "program", "instruction-set", "environment", "plugins", "cores", "file-size-limit", "memory", "shared-memory", "run-folder", "disk-space", "owner"):
            self.assertIn(check, findings)
        findings = self.assert_healthy(self.two())
        for check in ("launcher", "shared-folder", "clocks", "network"):
            self.assertIn(check, findings)
        self.assertIn("MPI_THREAD_", findings["mpi"][1])
        self.assertIn("2 processes on 1 host", findings["hosts"][1])

    def test_a_recipe_is_looked_at_too(self):
        recipe = self.recipe("lenet-digits")
        findings = self.assert_healthy(self.two([recipe], [recipe]))
        self.assertIn("lenet-digits: ", findings["recipe"][1])
        self.assertIn("of gradients", findings["step"][1])
        self.assertEqual(list(self.place.iterdir()), [])

    def test_it_is_told_in_lines(self):
        out = self.good("doctor")
        self.assertRegex(out, r"(?m)^plugins +ok +\d+ libraries of /")
        self.assertRegex(out, r"\na training would run here: \d+ checks, 0 warnings, 0 problems\n$")
        code, out, _ = self.run_it("doctor", TERANGA_ISA="avx9")
        self.assertRegex(out, r"(?m)^instruction-set +problem +TERANGA_ISA .*\n +cure: export TERANGA_ISA=")
        self.assertIn("a training would not run here", out)
        self.assertEqual(code, 2)


class Programs(Doctor):
    def test_the_launcher_of_another_mpi(self):
        self.assert_found(self.alone(PMI_SIZE="4", PMI_RANK="0", **WITHOUT_MPIRUN), "launcher", "problem", "each would train by itself", "mpirun", code=2)

    def test_srun_without_pmix(self):
        if "Open MPI" in self.good("--version", "--verbose"):
            self.assert_found(self.alone(SLURM_PROCID="0", SLURM_NTASKS="2", SLURM_STEP_NUM_TASKS="2", **WITHOUT_MPIRUN), "launcher", "problem", "srun started 2 processes, and no PMIx", "srun --mpi=pmix")

    def test_another_program(self):
        (self.place / "other/bin").mkdir(parents=True)
        (self.place / "other/lib").symlink_to(BUILT / "lib")
        shutil.copy(PROGRAM, self.place / "other/bin/teranga")
        with open(self.place / "other/bin/teranga", "ab") as file:
            file.write(b"\0")
        self.assert_found(self.two(program=self.place / "other/bin/teranga"), "program", "problem", "rank 1 (", "install the same build", code=2)

    def test_instruction_sets(self):
        self.assert_found(self.alone(TERANGA_ISA="avx9"), "instruction-set", "problem", '"avx9"; expected x86-64-v2', "export TERANGA_ISA=x86-64-v3", code=2)
        if "avx2" in Path("/proc/cpuinfo").read_text() and list(BUILT.glob("lib/teranga/plugins/x86-64-v3/*.so")):
            self.assert_found(self.two(other=["env", "TERANGA_ISA=x86-64-v2"]), "instruction-set", "problem", "rank 1 (", "mpirun -x TERANGA_ISA=x86-64-v2", code=4, also=["plugins"])

    def test_a_mistyped_variable(self):
        self.assert_found(self.alone(TERANGA_PLUGINS_PATH="/plugins"), "environment", "warning", "TERANGA_PLUGINS_PATH is set", "export TERANGA_PLUGIN_PATH=VALUE; unset TERANGA_PLUGINS_PATH")

    def plugin(self, content):
        folder = self.place / "plugins"
        folder.mkdir(mode=0o755, exist_ok=True)
        (folder / "guest.so").write_bytes(content)
        return str(folder)

    def test_plugins(self):
        whole = (BUILT / "lib/teranga/plugins/datasets_random.so").read_bytes()
        result = self.alone(TERANGA_PLUGIN_PATH=self.plugin(whole[:1000]))
        self.assert_found(result, "plugins", "problem", "guest.so: the file is cut short", "build or copy it again", code=4)
        folder = self.plugin(whole.replace(b"teranga.random\0", b"foreign.random\0"))
        self.assert_found(self.two(other=["env", f"TERANGA_PLUGIN_PATH={folder}"]), "plugins", "problem", "rank 1 (", "install the same build", code=4)
        self.assert_found(self.alone(TERANGA_PLUGIN_PATH="plugins"), "plugins", "problem", "expected absolute folders", "", code=4)

    def test_a_recipe_that_cannot_be_trained(self):
        text = self.recipe("mlp-iris").read_text()
        (self.place / "wrong.toml").write_text(text.replace("batch_size", "batch_sise"))
        self.assert_found(self.alone("wrong.toml"), "recipe", "problem", "batch_sise", "", code=2)
        recipe = self.recipe("mlp-iris")
        self.assert_found(self.two([recipe], [recipe, "--set", "training.batch_size=7"]), "recipe", "problem", "rank 1 (", "the same recipe and the same --set", code=2)


class Grants(Doctor):
    def test_two_threads_on_one_core(self):
        core = min(os.sched_getaffinity(0))
        self.assert_found(self.alone("--threads", "2", through=["taskset", "-c", core]), "cores", "warning", "may run on 1 of", "")
        self.assert_found(self.two(before=["taskset", "-c", core]), "cores", "warning", "2 processes on", "mpirun -n 1")

    def test_limits(self):
        result = self.alone(limits=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 19, 1 << 19)))
        self.assert_found(result, "file-size-limit", "problem", "may have at most 512 KiB", "ulimit -f unlimited", also=["run-folder"])
        if not SANITIZED:
            result = self.alone(limits=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)))
            self.assert_found(result, "memory", "warning", "at most 4.0 GiB of memory (ulimit -v)", "ulimit -v unlimited")

    @unittest.skipUnless(can_mount(), "mounts need root")
    def test_shared_memory_that_is_full(self):
        result = self.alone(through=["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=64k none /dev/shm && exec "$@"', "sh"])
        self.assert_found(result, "shared-memory", "warning", "No space left on device", "--shm-size=1g")
        result = self.alone(through=["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=64m none /dev/shm && truncate -s 12m /dev/shm/vader_segment.host.0.1 && exec "$@"', "sh"])
        self.assert_found(result, "shared-memory", "warning", "files of jobs that have ended hold 12.0 MiB", "rm /dev/shm/vader_segment.*")


class Disks(Doctor):
    @unittest.skipUnless(can_mount(), "mounts need root")
    def test_a_full_disk(self):
        (self.place / "disk").mkdir()
        result = self.alone("--run", "disk/run", through=["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=64k none disk && exec "$@"', "sh"])
        self.assert_found(result, "disk-space", "problem", "No space left on device", "df -h")

    def test_a_folder_that_cannot_be_written_to(self):
        self.assert_found(self.alone("--run", "/sys/runs/night"), "run-folder", "problem", "/sys: a file cannot be made", "--run FOLDER")

    def test_another_job_has_the_folder(self):
        job = subprocess.Popen([PROGRAM, "train", self.recipe("mlp-iris"), "--run", "run", "--threads", "1", "--progress", "none", "--set", "training.epochs=1000000"], cwd=self.place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(job.wait)
        self.addCleanup(job.kill)
        end = time.monotonic() + 60
        while not (self.place / "run/owner").exists():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        job.send_signal(signal.SIGSTOP)
        code, findings = self.alone("--run", "run")
        self.assertEqual((findings["owner"][0], code != 0), ("problem", True), findings)
        self.assertIn(str(job.pid), findings["owner"][1])
        job.kill()
        job.wait()
        self.assert_healthy(self.alone("--run", "run"))

    def test_another_folder_on_rank_1(self):
        (self.place / "other").mkdir()
        self.assert_found(self.two(["--run", "run"], ["--run", "other/run"]), "shared-folder", "warning", "rank 1 (", "on a disk that all hosts share")


class Groups(Doctor):
    @unittest.skipIf(SANITIZED, "sanitizers must be the first library of a process")
    def test_a_wrong_clock(self):
        (self.place / "clock.c").write_text(WRONG_CLOCK)
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", "clock.so", "clock.c", "-ldl"], cwd=self.place, check=True)
        self.assert_found(self.two(other=["env", f"LD_PRELOAD={self.place}/clock.so"]), "clocks", "warning", "100.0 s ahead of that of rank 0", "timedatectl")

    def test_slurm(self):
        folder = self.place / "bin"
        folder.mkdir()
        for name, text in (("srun", "echo MPI plugin types are... none, $KINDS >&2"), ("squeue", "echo $LEFT")):
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        job = {"PATH": f"{folder}:{os.environ['PATH']}", "SLURM_JOB_ID": "7"}
        findings = self.assert_healthy(self.alone(KINDS="pmix", LEFT="1:00:00", **job))
        self.assertIn("the job ends in 1:00:00", findings["job-end"][1])
        self.assert_found(self.alone(KINDS="pmi2", LEFT="UNLIMITED", **job), "slurm", "warning", "no plugin pmix", "mpirun in the job script")
        self.assert_found(self.alone(KINDS="pmix", LEFT="INVALID", **job), "job-end", "warning", 'squeue answered "INVALID"', "--max-time TIME")


if __name__ == "__main__":
    unittest.main()
