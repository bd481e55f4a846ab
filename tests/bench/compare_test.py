# SPDX-License-Identifier: Apache-2.0
"""What `compare` makes of its peers' answers, with peers of a few lines; and that samples.py draws what Teranga trains on.

usage: compare_test.py PROGRAM"""
import argparse
import importlib.machinery
import importlib.util
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
loader = importlib.machinery.SourceFileLoader("compare", str(HERE / "compare"))
compare = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare", loader))
loader.exec_module(compare)

PROGRAM = sys.argv.pop(1)
PEER = """import sys
sys.path.insert(0, {folder!r})
import peer
class Workload:
    def losses(self, steps, rate):
        print("what a library says must not disturb")
        return [{first} / (1 + i) + rate for i in range(steps)]
    def round(self, seconds):
        return {ms}
def make():
    {fault}
    return "fake 1.0", Workload()
peer.serve(make, 1)
"""


class Compare(unittest.TestCase):
    def measured(self, **fakes):
        """The row of tiny_mlp against such peers, and the table."""
        with tempfile.TemporaryDirectory() as folder:
            compare.PEERS = {}
            for name, what in fakes.items():
                script = Path(folder) / f"{name}.py"
                script.write_text(PEER.format(**{"folder": str(HERE), "first": 2.0, "ms": 1e4, "fault": "pass", **what}))
                compare.PEERS[name] = (script, [], {})
            compare.prepare = lambda workload, folder, args: ([2.0 / (1 + i) + 0.5 for i in range(compare.LOSS_STEPS)], 0.5)
            args = argparse.Namespace(threads=1, rounds=9, seconds=0.0, python=sys.executable, program=PROGRAM, losses=False)
            row = compare.measure("tiny_mlp", args)
            return row, compare.markdown([row], args)

    def test_the_ratio_is_that_of_the_fastest_peer(self):
        row, table = self.measured(slow={"ms": 3e4}, fast={"ms": 1e4})
        self.assertEqual(row["fastest_peer"], "fast")
        self.assertEqual(len(row["rounds_ms"]), 9)
        self.assertAlmostEqual(row["ratio"], 1e4 / row["step_ms"], delta=1e-6 * row["ratio"])
        self.assertTrue(0 < row["ratio_low"] <= row["ratio"] <= row["ratio_high"])
        self.assertIn(f"| {row['ratio']:.2f} |", table)
        self.assertIn("fake 1.0", table)

    def test_a_peer_with_other_losses_gets_no_ratio(self):
        row, table = self.measured(other={"first": 2.1, "ms": 1.0}, same={})
        self.assertEqual((row["fastest_peer"], list(row["differs"])), ("same", ["other"]))
        self.assertIn("other did not take part in any: its losses differ from Teranga's by", table)

    def test_without_a_peer_there_is_no_ratio(self):
        row, table = self.measured(absent={"fault": "import no_such_library"}, without={"fault": "raise peer.Missing('not for this workload')"},
                                   broken={"fault": "raise RuntimeError('fell over')"})
        self.assertNotIn("ratio", row)
        self.assertIn("No peer took part: there is no ratio.", table)
        self.assertIn("absent did not take part in any: No module named 'no_such_library'", table)
        self.assertIn("without did not take part in any: not for this workload", table)
        self.assertIn("broken did not take part in any: it failed: RuntimeError: fell over", table)

    def test_the_interval_holds_the_medians(self):
        low, high = compare.interval([1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 9.0])
        self.assertTrue(1.0 <= low < 1.4 < high <= 9.0)
        self.assertEqual(compare.interval([2.0] * 9), (2.0, 2.0))


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
