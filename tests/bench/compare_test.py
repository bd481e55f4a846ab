# SPDX-License-Identifier: Apache-2.0
"""What `compare` and `whole_job` make of their peers' answers, with peers of a few lines; and that samples.py draws what Teranga trains on.

usage: compare_test.py PROGRAM"""
import argparse
import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


def program(name):
    """The module of a program without an ending."""
    loader = importlib.machinery.SourceFileLoader(name, str(HERE / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


compare, whole_job = program("compare"), program("whole_job")

import others  # noqa: E402
import table  # noqa: E402

PROGRAM = sys.argv.pop(1)
PEER = """import sys
sys.path.insert(0, {folder!r})
import peer
class Workload(peer.Workload):
    def losses(self, steps, rate):
        print("what a library says must not disturb")
        return [{first} / (1 + i) + rate for i in range(steps)]
    def forms(self):
        return {forms}
def make():
    {fault}
    return "fake 1.0", Workload()
peer.serve(make, 1)
"""


class Compare(unittest.TestCase):
    def measured(self, threads=1, **fakes):
        """The row of tiny_mlp against such peers, and the table."""
        with tempfile.TemporaryDirectory() as folder:
            compare.PEERS = {}
            for name, what in fakes.items():
                script = Path(folder) / f"{name}.py"
                script.write_text(PEER.format(**{"folder": str(HERE), "first": 2.0, "fault": "pass", "forms": '{"plain": lambda: lambda seconds: 1e4}', **what}))
                compare.PEERS[name] = (script, [], {})
            compare.prepare = lambda workload, folder, args: ([2.0 / (1 + i) + 0.5 for i in range(compare.LOSS_STEPS)], 0.5, 40.0)
            args = argparse.Namespace(threads=threads, rounds=9, seconds=0.0, python=sys.executable, program=PROGRAM, losses=False)
            row = compare.measure("tiny_mlp", args)
            return row, table.markdown([row], compare.PEERS)

    def test_the_ratio_is_that_of_the_fastest_peer(self):
        row, text = self.measured(slow={"forms": '{"plain": lambda: lambda seconds: 3e4}'}, fast={})
        self.assertEqual(row["fastest_peer"], "fast")
        self.assertEqual(len(row["rounds_ms"]), 9)
        self.assertAlmostEqual(row["ratio"], 1e4 / row["step_ms"], delta=1e-6 * row["ratio"])
        self.assertTrue(0 < row["ratio_low"] <= row["ratio"] <= row["ratio_high"])
        self.assertIn(f"| **1e+04** | **{row['ratio']:.2f}** |", text)
        self.assertIn("fake 1.0", text)

    def test_a_peer_takes_the_fastest_of_its_forms_and_passes_over_one_that_fails(self):
        row, text = self.measured(several={"forms": '{"slow": lambda: lambda seconds: 3e4, "failing": lambda: 1 / 0, "fast": lambda: lambda seconds: 1e4}'})
        self.assertEqual((row["peers"]["several"]["form"], row["peers"]["several"]["step_ms"]), ("fast", [1e4] * 9))

    def test_memory_and_the_second_thread_are_measured(self):
        row, _ = self.measured(threads=2, some={})
        self.assertTrue(5 < row["peers"]["some"]["memory_mb"] < 100, row)
        self.assertEqual(len(row["one_thread_ms"]), 9)
        self.assertTrue(0.1 < row["speed_up"] < 4, row)
        memory = compare.teranga_memory_mb(argparse.Namespace(program=PROGRAM), "bench", "run", "tiny_mlp", "--steps", 50, "--no-marks")
        self.assertTrue(5 < memory < 200, memory)

    def test_a_peer_with_other_losses_gets_no_ratio(self):
        row, text = self.measured(other={"first": 2.1}, same={})
        self.assertEqual((row["fastest_peer"], list(row["differs"])), ("same", ["other"]))
        self.assertIn("other did not take part in any: its losses differ from Teranga's by", text)

    def test_without_a_peer_there_is_no_ratio(self):
        row, text = self.measured(absent={"fault": "import no_such_library"}, without={"fault": "raise peer.Missing('not for this workload')"},
                                   broken={"fault": "raise RuntimeError('fell over')"})
        self.assertNotIn("ratio", row)
        self.assertIn("No peer took part: there is no ratio.", text)
        self.assertIn("absent did not take part in any: No module named 'no_such_library'", text)
        self.assertIn("without did not take part in any: not for this workload", text)
        self.assertIn("broken did not take part in any: it failed: RuntimeError: fell over", text)

    def test_the_interval_holds_the_medians(self):
        low, high = compare.interval([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 9.0])
        self.assertTrue(1.0 <= low < 1.4 < high <= 9.0)
        self.assertEqual(compare.interval([2.0] * 9), (2.0, 2.0))


def row(workload, ours, **theirs):
    """Of three rounds in which Teranga takes `ours`."""
    peers = {name: {"peer": f"{name} 1.0", "form": f"form of {name}", "loss_difference": 1e-5, "memory_mb": 100.0 + len(name), "step_ms": [ms] * 3}
             for name, ms in theirs.items()}
    made = {"workload": workload, "machine": "2 processor(s) of a kind", "threads": 2, "rounds": 3, "loss_steps": 50, "memory_mb": 30.0, "peers": peers, "missing": {},
            "differs": {}, "step_ms": ours, "share_of_peak": 0.5, "peak_gflops": 100.0, "triad_gbytes": 30.0, "message_ns": [55.0, 340.0, 60.0], "speed_up": 1.9}
    if peers:
        fastest = min(theirs, key=theirs.get)
        made |= {"fastest_peer": fastest, "ratio": theirs[fastest] / ours, "ratio_low": 0.9 * theirs[fastest] / ours, "ratio_high": 1.1 * theirs[fastest] / ours}
    return made


class Table(unittest.TestCase):
    def test_it_has_a_row_for_each_workload_and_the_geometric_mean(self):
        text = table.markdown([row("mlp", 1.0, **{"keras-jax": 2.0, "torch-eager": 4.0}), row("lenet", 2.0, **{"torch-eager": 16.0}), row("gan", 3.0)],
                              ["keras-jax", "torch-eager", "torch-compile"])
        self.assertIn("medians of 3 interleaved rounds, 2 thread(s), on 2 processor(s) of a kind: 100 Gflop/s of multiply-adds and a triad of 30 GB/s", text)
        lines = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual(lines[0], "| workload | Teranga | Keras JAX | PyTorch | times the fastest | 95 % | target | share of the FMA peak | memory, MB |"
                                   " least of a peer, MB | second thread |")
        self.assertEqual(lines[2], "| mlp | 1 | **2** | 4 | **2.00** | 1.80 to 2.20 | 1.6 | 50 % | 30 | 109 (Keras JAX) | 1.90 |")
        self.assertEqual(lines[3], "| lenet | 2 | – | **16** | **8.00** | 7.20 to 8.80 | 3 | 50 % | 30 | 111 (PyTorch) | 1.90 |")
        self.assertEqual(lines[4], "| gan | 3 | – | – | – | – | 2.4 | 50 % | 30 | – | 1.90 |")
        self.assertIn("Geometric mean: 4.00 times the fastest peer, over 2 workload(s) of 3; of the targets: 2.19.", text)
        self.assertIn("- Rounds in which a message between two threads took 200 ns or more, as their cores then shared no cache: 1 of 3 in mlp, 1 of 3 in lenet, 1 of 3 in gan.", text)
        self.assertIn("- Versions: keras-jax 1.0, torch-eager 1.0. Losses of the first 50 steps differ from Teranga's by 1.0e-05 at most.", text)

    def test_the_narrow_table_names_the_fastest_peer(self):
        text = table.summary([row("mlp", 1.0, **{"keras-jax": 2.0, "torch-eager": 4.0}), row("gan", 3.0)])
        self.assertIn("| `mlp` | 1 | Keras JAX, 2 | 2.00 (1.80 to 2.20) | 50 % | 30 | 109 |", text)
        self.assertIn("| `gan` | 3 | – | – | 50 % | 30 | – |", text)
        self.assertIn("| geometric mean | | | 2.00 | | | |", text)

    def test_a_machine_that_is_not_quiet_is_told(self):
        rows = [row("mlp", 1.0, **{"keras-jax": 2.0}) | {"others": 0.31}, row("lenet", 1.0, **{"keras-jax": 2.0}) | {"others": 0.01}]
        self.assertIn("The machine was not quiet: others took of its processors' time 31 % in mlp.", table.markdown(rows, ["keras-jax"]))

    def test_the_forms_are_told_where_there_are_several(self):
        rows = [row("mlp", 1.0, **{"torch-compile": 2.0}), row("lenet", 1.0, **{"torch-compile": 2.0})]
        self.assertNotIn("form of", table.markdown(rows, ["torch-compile"]))
        rows[1]["peers"]["torch-compile"]["form"] = "another"
        self.assertIn("- PyTorch, compiled took the fastest of its forms: form of torch-compile in mlp; another in lenet", table.markdown(rows, ["torch-compile"]))

    def test_the_picture_has_a_bar_for_each_ratio(self):
        from xml.etree import ElementTree

        picture = ElementTree.fromstring(table.picture([row("mlp", 1.0, **{"torch-eager": 3.2}), row("lenet", 2.0, **{"torch-eager": 1.0}), row("gan", 3.0)]))
        texts = [element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("3.20", texts)
        self.assertIn("0.50", texts)
        self.assertNotIn("gan", texts)
        bars = [float(element.get("width")) for element in picture.iter("{http://www.w3.org/2000/svg}rect")][1:]
        self.assertEqual(len(bars), 2)
        self.assertAlmostEqual(bars[0] / bars[1], 6.4, delta=0.01)

    def test_a_python_without_numpy_is_told_at_once(self):
        done = subprocess.run([sys.executable, "-S", HERE / "compare", "tiny_mlp"], capture_output=True, text=True, timeout=60)  # -S: no packages
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{sys.executable} has no numpy and no h5py", done.stderr)

    def test_every_workload_has_a_target(self):
        self.assertEqual(sorted(table.TARGETS), sorted(path.stem for path in compare.WORKLOADS.glob("*.toml")))


class Others(unittest.TestCase):
    BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"

    def test_our_children_are_none(self):
        def seconds(watch):
            return watch.share() * os.cpu_count() * (time.perf_counter() - watch.begun)

        with subprocess.Popen([sys.executable, "-c", self.BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            named, unnamed, ended = others.Watch([child.pid]), others.Watch(), others.of_ended_children()
            child.stdout.readline()
            self.assertGreater(seconds(unnamed) - seconds(named), 0.2)
            child.communicate("\n")
        self.assertGreater(others.of_ended_children() - ended, 0.25)


class WholeJob(unittest.TestCase):
    JOB = "import time\nfor accuracy in (0.5, {reached}): print('{{\"val_accuracy\": %s}}' % accuracy, flush=True)\n{then}"

    def run_of(self, reached, then):
        whole_job.command = lambda *words: [sys.executable, "-c", self.JOB.format(reached=reached, then=then)]
        return whole_job.run("teranga", 3, {}, argparse.Namespace(threads=1, accuracy=0.9))

    def test_the_time_is_that_until_enough_are_right(self):
        run = self.run_of(0.91, "time.sleep(100)")
        self.assertEqual((run["job"], run["seed"], run["epochs"], run["reached"]), ("teranga", 3, 2, 0.91))
        self.assertTrue(0 < run["first_epoch_s"] <= run["seconds"] < 50, run)

    def test_a_job_that_does_not_get_there_ends_all(self):
        with self.assertRaisesRegex(SystemExit, "teranga did not reach 0.9 in 2 epoch.s.: SystemError: lost"):
            self.run_of(0.8, "raise SystemError('lost')")

    def test_the_table_has_the_ratios_of_the_same_seeds(self):
        def run(job, seed, seconds):
            return {"job": job, "seed": seed, "threads": 2, "accuracy": 0.9, "seconds": seconds, "epochs": 4, "reached": 0.9, "first_epoch_s": 3.0,
                    "epoch_s": seconds / 4}

        text = whole_job.markdown([run("teranga", seed, 8.0 * seed) for seed in (1, 2, 3)] + [run("torch", seed, 16.0 * seed) for seed in (1, 2)])
        self.assertIn("| Teranga | 16.0 (8.0 to 24.0) | 4 | 3.0 | 4.00 |  |  |", text)
        self.assertIn("| PyTorch | 24.0 (16.0 to 32.0) | 4 | 3.0 | 6.00 | 2.00 | 2.00 |", text)
        self.assertIn("Did not take part: Keras JAX, Keras TensorFlow.", text)


@unittest.skipUnless(importlib.util.find_spec("numpy"), "numpy is not there")
class Samples(unittest.TestCase):
    def test_they_are_those_that_teranga_trains_on(self):
        import samples

        for name in ("tiny_mlp", "imdb_rnn", "autoencoder", "gan", "char_lstm"):
            recipe = compare.WORKLOADS / f"{name}.toml"
            batch = samples.batch(recipe)
            shown = subprocess.run([PROGRAM, "data", "peek", recipe, "-n", "3"], capture_output=True, text=True, check=True).stdout
            compared = 0
            for number, sample in enumerate(shown.split("train sample ")[1:]):
                for field, values in re.findall(r"^  (\w+) \S*(?: ?\d*,?\))?  (.*?)(?: \.\.\.|$)", sample, re.MULTILINE):
                    ours = [float(value) for value in values.split("(")[0].split()]
                    for a, b in zip(ours, batch[field][number].flatten(), strict=False):
                        self.assertAlmostEqual(a, b, delta=2e-4 * max(1, abs(a)), msg=f"{name} {field}")
                        compared += 1
            self.assertGreater(compared, 30, name)


if __name__ == "__main__":
    unittest.main()
