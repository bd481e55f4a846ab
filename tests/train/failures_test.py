# SPDX-License-Identifier: Apache-2.0
"""A rank that fails, in whatever way, ends all ranks of the job soon, with one report and with the exit code of its kind, and leaves nothing behind."""
from job import *

GUEST = str(BUILD / "lib/teranga/test_plugins/guest_failing.so")
FAILING = f"""schema = 1
plugins = ["{GUEST}"]
[data]
type = "digits"
[[layer]]
type = "flatten"
""" + TEN_CLASSES + """[optimizer]
type = "guest.failing"
[training]
epochs = 100000
batch_size = 50
[checkpoint]
every_steps = 5
every_seconds = 0
[log]
report = false
"""
SOON = 5  # seconds


def of_job(tag):
    """The processes that have inherited this name."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"TERANGA_TEST_JOB={tag}".encode() in (entry / "environ").read_bytes().split(b"\0") and "State:\tZ" not in (entry / "status").read_text():
                found.append(int(entry.name))
        except OSError:
            pass
    return found


def shared_memory():
    """What lies there, but for the segments of Open MPI."""
    return {path.name for path in pathlib.Path("/dev/shm").iterdir() if not path.name.startswith(("vader_segment", "osc_", "sm_segment", "teranga-"))}


class Failures(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(FAILING)

    def fails(self, ranks, **variables):
        """Exit code, output, and the seconds from the failure to the end."""
        tag = f"{os.getpid()}-{len(self.started)}"
        before = shared_memory()
        run = f"run{len(self.started)}"
        job = self.start(self.command(run, ranks=ranks), TERANGA_TEST_JOB=tag, FAILS_FROM="12", **variables)
        code, output = self.finish(job)
        ended = time.time()
        last = max(path.stat().st_mtime for path in (self.folder / run / "checkpoints").glob("step-*.h5"))
        end = time.monotonic() + 10
        while of_job(tag) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(of_job(tag), [], "processes live on")
        self.assertEqual(shared_memory() - before, set())
        for file in self.checkpoints(run):
            self.assertEqual(subprocess.run([TERANGA, "checkpoint", "verify", str(file)], capture_output=True, timeout=60).returncode, 0)
        return code, output, ended - last

    def test_each_way_to_fail_ends_the_job_soon_with_one_report(self):
        ways = {"throw": (4, r"rank \d: error: .*failing.*: the guest has failed"),
                "memory": (4, r"rank \d: error: optimizer guest\.failing: asked for more memory than there is"),
                "segfault": (139, r"teranga: rank \d crashed with signal 11 at step \d+, inside the plugin guest\.failing"),
                "abort": (134, r"teranga: rank \d crashed with signal 6 at step \d+"),
                "kill": (137, None)}
        some = [("throw", "last", 2), ("segfault", "last", 2), ("kill", "last", 2), ("throw", "all", 3), ("segfault", "all", 3), ("memory", "last", 3)]
        every = [(way, where, ranks) for way in ways for where, ranks in (("last", 2), ("last", 3), ("all", 3))]
        for way, where, ranks in every if "TERANGA_TEST_ALL" in os.environ else some:
            with self.subTest(ranks=ranks, way=way, where=where):
                code, report = ways[way]
                found, output, seconds = self.fails(ranks, FAILS=way, FAILS_ON=where)
                print(f"{way} on {where} of {ranks}: code {found}, {seconds:.1f} s", flush=True)
                self.assertEqual(found, code, output)
                if report:
                    self.assertEqual(len(re.findall(report, output)), 1, output)
                self.assertEqual(len(re.findall("rank \\d( crashed|: error: (?!hint))", output)), 1 if report else 0, output)
                self.assertLess(seconds, 2 * SOON, output)


if __name__ == "__main__":
    unittest.main(verbosity=2)
