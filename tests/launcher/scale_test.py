# SPDX-License-Identifier: Apache-2.0
"""teranga scale: what it prints, keeps, draws and refuses. Of clock times nothing is expected; bytes are those that one counts by hand."""
import json
import math
import re
import shlex
import shutil
import unittest
import xml.etree.ElementTree as xml

from program import SOURCE, ProgramTest

WORKLOADS = SOURCE / "launcher/benchmarks"
QUICK = ("--threads", "1", "--seconds", "0", "--set", "training.batch_size=8")
MLP = 784 * 512 + 512 + 512 * 512 + 512 + 512 * 10 + 10


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


class Scale(ProgramTest):
    def points(self, workload, *words):
        return lines(self.good("scale", WORKLOADS / f"{workload}.toml", "--json", *QUICK, *words))

    def test_a_table_for_each_number_of_nodes(self):
        shown = self.good("scale", WORKLOADS / "tiny_mlp.toml", *QUICK, "--nodes", "4,1,2")
        head, _, titles, _, *rows = shown.splitlines()
        self.assertEqual(head, "tiny_mlp: 1 process a node, 1 thread each; 1 Gbit/s, 50 us of latency; 8 samples a process")
        self.assertEqual(titles.split(), ["nodes", "processes", "step_ms", "compute_ms", "wait_ms", "efficiency", "samples/s", "sent_MB", "memory_MB"])
        self.assertEqual([row.split()[:2] for row in rows], [["1", "1"], ["2", "2"], ["4", "4"]])

    def test_bytes_are_those_of_a_direct_exchange(self):
        for point in self.points("mlp", "--nodes", "1,2,8,32"):
            ranks = point["processes"]
            expected = 4 * 2 * (ranks - 1) / ranks * MLP + 8 * (ranks - 1)
            self.assertAlmostEqual(1e6 * point["sent_mb"], expected, delta=1e-3 * expected, msg=ranks)  # parts of a bucket begin at lines of the cache
            self.assertAlmostEqual(point["step_ms"], point["compute_ms"] + point["wait_ms"], delta=1e-4 * point["step_ms"])

    def test_half_of_the_bytes_travel_as_bf16(self):
        whole, = self.points("mlp", "--nodes", "4")
        half, = self.points("mlp", "--nodes", "4", "--set", "training.averaging.wire=bf16")
        self.assertAlmostEqual(half["sent_mb"], whole["sent_mb"] / 2, delta=0.001 * whole["sent_mb"])

    def test_rounds_of_many_steps_are_shortened_and_counted_whole(self):
        every, = self.points("mlp", "--nodes", "2", "--set", "training.averaging.every=16")
        self.assertEqual(every["profile"]["steps"], 16)
        self.assertEqual([part["times"] for part in every["profile"]["parts"]], [1, 14, 1])
        once, = self.points("mlp", "--nodes", "2")
        self.assertAlmostEqual(every["sent_mb"], once["sent_mb"] / 16, delta=0.001)
        accumulated, = self.points("mlp", "--nodes", "2", "--set", "training.accumulate=8")
        self.assertEqual(accumulated["profile"]["steps"], 8)
        self.assertAlmostEqual(accumulated["sent_mb"], once["sent_mb"] / 8, delta=0.001)

    def test_messages_leave_before_the_end_of_backward_where_there_are_several_nodes(self):
        def first_messages(*words):
            """Events before the first wait: how often work goes on after messages have left."""
            point, = self.points("autoencoder", *words)
            kinds = [event[0] for event in point["profile"]["parts"][0]["events"]]
            return kinds[:kinds.index(2)].count(1)

        self.assertGreater(first_messages("--nodes", "2"), 1)

    def test_of_tables_rows_travel(self):
        table = 4 * 10_000 * 128
        few, some, many = self.points("lstm", "--nodes", "2,16,64")
        self.assertLess(1e6 * few["sent_mb"], table)
        self.assertLess(some["sent_mb"], 0.5 * 15 * few["sent_mb"])  # sums of rows that have owners are fewer than the rows of all
        self.assertNotIn(4, [event[0] for event in some["profile"]["parts"][0]["events"]])
        self.assertIn(4, [event[0] for event in many["profile"]["parts"][0]["events"]])  # numbers of rows to all
        self.assertNotIn(4, [event[0] for event in few["profile"]["parts"][0]["events"]])

    def test_the_batch_of_each_or_of_all(self):
        each = self.points("tiny_mlp", "--nodes", "1,4")
        self.assertEqual([(p["profile"]["own_samples"], p["profile"]["samples"]) for p in each], [(8, 8), (8, 32)])
        shared = self.points("tiny_mlp", "--nodes", "1,4,16", "--fixed-batch")
        self.assertEqual([(p["profile"]["own_samples"], p["profile"]["samples"]) for p in shared], [(8, 8), (2, 8), (1, 8)])

    def test_processes_of_a_node(self):
        two, = self.points("tiny_mlp", "--nodes", "2", "--ranks-per-node", "3")
        self.assertEqual((two["nodes"], two["processes"], two["profile"]["processes_a_node"]), (2, 6, 3))
        first = next(event for event in two["profile"]["parts"][0]["events"] if event[0] == 1)
        self.assertEqual((first[5], first[7]), (3, 2))  # messages to other nodes, and to the own one
        self.assertGreaterEqual(two["profile"]["stretch"], 1)

    def test_a_kept_profile_gives_the_same_again(self):
        kept = self.place / "kept.jsonl"
        kept.write_text(self.good("scale", WORKLOADS / "lenet.toml", "--json", *QUICK, "--nodes", "1,2,64"))
        self.assertEqual(self.good("scale", "--from", kept, "--json"), kept.read_text())
        slow = lines(self.good("scale", "--from", kept, "--json", "--nodes", "2", "--bandwidth", "100mbit"))
        self.assertEqual([point["nodes"] for point in slow], [2])
        before = lines(kept.read_text())[1]
        self.assertAlmostEqual(slow[0]["compute_ms"], before["compute_ms"], delta=1e-4 * before["compute_ms"])
        # Nothing but the network counts on a very slow one: bytes over 95 % of its speed.
        crawling, = lines(self.good("scale", "--from", kept, "--json", "--nodes", "2", "--bandwidth", "1kbit", "--latency", "0"))
        self.assertAlmostEqual(crawling["step_ms"], crawling["sent_mb"] * 8e6 / (0.95 * 1000) * 1000, delta=0.01 * crawling["step_ms"])

    def test_speeds_and_times_as_people_type_them(self):
        kept = self.place / "kept.jsonl"
        kept.write_text(self.good("scale", WORKLOADS / "tiny_mlp.toml", "--json", *QUICK, "--nodes", "2"))
        for text, bits in (("1gbit", 1e9), ("100mbit", 1e8), ("25Gbit/s", 25e9), ("12.5e9", 12.5e9), ("3GB/s", 24e9), ("10 Gbps", 1e10), ("1 Tbit/s", 1e12), ("64kbit", 64e3)):
            point, = lines(self.good("scale", "--from", kept, "--json", "--bandwidth", text))
            self.assertEqual(point["bandwidth"], bits, text)
        for text, seconds in (("50us", 50e-6), ("0.1ms", 1e-4), ("2 s", 2), ("800ns", 8e-7), ("0", 0), ("3µs", 3e-6)):
            point, = lines(self.good("scale", "--from", kept, "--json", "--latency", text))
            self.assertTrue(math.isclose(point["latency"], seconds), text)

    def test_wrong_words_are_refused(self):
        for text in ("fast", "1parsec", "-1gbit", "0", "1gbitt", "nan", "inf"):
            said = self.bad(2, "scale", self.recipe("mlp-iris"), f"--bandwidth={text}")
            self.assertIn("expected a speed such as 1gbit", said, text)
            self.assertIn(f'found "{text}"', said)
        for text in ("50", "soon", "-1us", "50 parsec"):
            self.assertIn("expected a time with its unit", self.bad(2, "scale", self.recipe("mlp-iris"), f"--latency={text}"), text)
        for text in ("0", "1,,2", "two", "1;2", "-1", "99999999999"):
            self.assertIn("--nodes: expected", self.bad(2, "scale", self.recipe("mlp-iris"), f"--nodes={text}"), text)
        self.assertIn("at most 16384 processes", self.bad(2, "scale", self.recipe("mlp-iris"), "--nodes", "1024", "--ranks-per-node", "64"))
        self.assertIn("expected RECIPE or --from FILE", self.bad(2, "scale"))
        self.assertIn("nowhere.toml", self.bad(2, "scale", "nowhere.toml"))

    def test_files_of_something_else_are_refused(self):
        kept = self.place / "kept.jsonl"
        self.assertIn("found no file that can be read", self.bad(2, "scale", "--from", kept))
        good = self.good("scale", WORKLOADS / "tiny_mlp.toml", "--json", *QUICK, "--nodes", "2")
        whole = json.loads(good)
        event = next(i for i, event in enumerate(whole["profile"]["parts"][0]["events"]) if event[0] == 1)

        def changed(change):
            copy = json.loads(good)
            change(copy["profile"])
            return json.dumps(copy)

        for text in ("", "{", "[1]", "{}", good + "nonsense\n", good[:200], changed(lambda p: p.update(processes=0)), changed(lambda p: p.update(steps="many")), changed(lambda p: p.update(stretch=-3)),
                     changed(lambda p: p["parts"].clear()), changed(lambda p: p["parts"][0]["events"][event].pop()), changed(lambda p: p["parts"][0]["events"][event].__setitem__(0, 9)),
                     changed(lambda p: p["parts"][0]["events"][event].__setitem__(6, -5)), changed(lambda p: p.pop("memory_bytes"))):
            kept.write_text(text)
            self.assertIn("expected what teranga scale --json printed", self.bad(2, "scale", "--from", kept), text[:300])

    def test_a_chart_is_an_svg_with_axes_labels_and_units(self):
        chart = self.place / "chart.svg"
        self.good("scale", WORKLOADS / "tiny_mlp.toml", *QUICK, "--nodes", "1,2,4,8", "--svg", chart)
        tree = xml.fromstring(chart.read_text())
        space = "{http://www.w3.org/2000/svg}"
        texts = ["".join(node.itertext()) for node in tree.iter(space + "text")]
        for text in ("Predicted efficiency of tiny_mlp", "nodes (logarithmic)", "efficiency", "0 %", "100 %", "1", "2", "4", "8"):
            self.assertIn(text, texts)
        self.assertEqual(len(list(tree.iter(space + "circle"))), 4)
        self.assertIn("prefers-color-scheme: dark", chart.read_text())

    def test_the_examples_of_its_help_run(self):
        shown = self.good("scale", "--help")
        examples = [line.strip() for line in shown[shown.index("examples:"):].splitlines()[1:] if line.strip()]
        self.assertGreater(len(examples), 3)
        for name in ("recipe.toml", "lenet-fashion-mnist.toml"):
            shutil.copy(WORKLOADS / "tiny_mlp.toml", self.place / name)
        for example in examples:
            quick = "" if "--from" in example else " --seconds 0 --set training.batch_size=8" + ("" if "--nodes" in example else " --nodes 1,2")
            words = shlex.split(example)
            command, into = (example.split(" > ")[0], " > " + words[-1]) if ">" in words else (example, "")
            code, _, err = self.run_line(command + quick + into)
            self.assertEqual(code, 0, f"{example}: {err}")
        self.assertTrue((self.place / "efficiency.svg").exists())

    def test_defaults_are_shown(self):
        shown = re.sub(r"\s+", " ", self.good("scale", "--help"))
        for text in ("default: 1,2,4,8,16,32,64,128,256,512,1024", "default: 1gbit", "default: 50us", "default: 1)"):
            self.assertIn(text, shown)


if __name__ == "__main__":
    unittest.main()
