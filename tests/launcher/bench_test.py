# SPDX-License-Identifier: Apache-2.0
"""teranga bench: what it prints and refuses, and that the workloads are the networks that they say. Of clock times nothing is expected."""
import json
import os
import re
import unittest

from program import SOURCE, ProgramTest

WORKLOADS = SOURCE / "launcher/benchmarks"


def dense(*widths):
    return sum(a * b + b for a, b in zip(widths, widths[1:]))


def resnet20():
    stem, width = 27 * 16 + 2 * 16, 16
    blocks = 0
    for outputs in (16, 32, 64):
        for _ in range(3):
            blocks += 9 * (width * outputs + outputs * outputs) + 4 * outputs + (width * outputs if width != outputs else 0)
            width = outputs
    return stem + blocks + dense(64, 10)


def encoder(width, wide):
    return 4 * dense(width, width) + dense(width, wide, width) + 2 * 2 * width


# Weights that learn, by hand.
PARAMETERS = {
    "tiny_mlp": dense(16, 64, 64, 1),
    "mlp": dense(784, 512, 512, 10),
    "dropout_mlp": dense(256, 256, 256, 256, 256, 10),
    "lenet": dense(25, 20) + dense(25 * 20, 50) + dense(800, 500, 10),
    "resnet20": resnet20(),
    "alexnet": dense(121 * 3, 64) + dense(25 * 64, 192) + dense(9 * 192, 384) + dense(9 * 384, 256) + dense(9 * 256, 256) + dense(9216, 4096, 4096, 1000),
    "imdb_rnn": 10_000 * 32 + (32 + 8 + 1) * 8 + (8 + 8 + 1) * 8 + dense(8, 1),
    "rnn": 10_000 * 32 + (32 + 32 + 1) * 32 + dense(32, 1),
    "lstm": 10_000 * 128 + 4 * (128 + 128 + 1) * 128 + dense(128, 1),
    "gru": 10_000 * 128 + 3 * (128 + 128 + 2) * 128 + dense(128, 1),
    "char_lstm": 96 * 64 + 4 * (64 + 256 + 1) * 256 + dense(256, 96),
    "transformer": 8000 * 128 + 128 * 128 + 2 * encoder(128, 512) + dense(128, 2),
    "text_bag": 100_000 * 64 + dense(64, 1),
    "autoencoder": dense(784, 256, 64, 256, 784),
    "gan": dense(64, 256, 512, 784) + dense(784, 512, 256, 1),
}


class Bench(ProgramTest):
    def test_a_line_for_each_workload(self):
        lines = self.good("bench", "run", "tiny_mlp", "gan", "--steps", "2", "--threads", "1", "--set", "training.batch_size=8").splitlines()
        self.assertRegex(lines[0], r"^1 process x 1 thread; memory \d+\.\d GB/s \(triad\)$")
        self.assertEqual(lines[1].split(), ["workload", "step_ms", "min_ms", "gflops", "share_of_peak", "peak_gflops", "parameters", "peak_memory_mb", "message_ns"])
        self.assertEqual([line.split()[0] for line in lines[2:]], ["tiny_mlp", "gan"])
        for line in lines[2:]:
            self.assertTrue(all(float(number.replace(",", "")) > 0 for number in line.split()[1:-1]), line)
            self.assertEqual(line.split()[-1], "0")  # one thread sends none

    def test_json_holds_together(self):
        lines = [json.loads(line) for line in self.good("bench", "run", "tiny_mlp", "dropout_mlp", "--json", "--seconds", "0", "--threads", "2").splitlines()]
        self.assertEqual([line["workload"] for line in lines], ["tiny_mlp", "dropout_mlp"])
        for line in lines:
            self.assertEqual(line["parameters"], PARAMETERS[line["workload"]])
            self.assertEqual((line["threads"], line["ranks"], line["steps"]), (2, 1, 30))
            self.assertGreaterEqual(line["step_ms"], line["min_ms"])
            self.assertAlmostEqual(line["gflops"], line["mflop"] / line["step_ms"], delta=1e-3 * line["gflops"])
            self.assertAlmostEqual(line["share_of_peak"], line["gflops"] / line["peak_gflops"], delta=1e-3 * line["share_of_peak"])
            self.assertTrue(1 < line["peak_gflops"] < 1e6 and 0.1 < line["triad_gbytes"] < 1e5, line)
            self.assertTrue(0 <= line["message_ns"] < 1e6, line)
        self.assertLess(lines[0]["loss"], lines[0]["first_loss"])  # the steps train

    @unittest.skipIf(os.environ.get("TERANGA_SANITIZE"), "sanitizers take memory of their own")
    def test_peak_memory_is_that_of_the_workload_alone(self):
        def peaks(*names):
            return [json.loads(line)["peak_memory_mb"] for line in self.good("bench", "run", *names, "--json", "--steps", "1", "--threads", "1").splitlines()]

        # The triad takes 200 MB before; text_bag's 6,400,000 parameters and their gradients take 51 MB.
        tiny, bag = peaks("tiny_mlp", "text_bag")
        self.assertLess(tiny, 100)
        self.assertGreater(bag, 8e-6 * PARAMETERS["text_bag"])
        self.assertLess(bag, 8e-6 * PARAMETERS["text_bag"] + 100)

    def test_steps_are_those_of_a_training(self):
        trained = self.place / "run"
        self.good("train", WORKLOADS / "tiny_mlp.toml", "--run", trained, "--progress", "none", "--threads", "1", "--set", "training.epochs=5")
        lines = [json.loads(line) for line in (trained / "metrics.jsonl").read_text().splitlines()]
        losses = [line["loss"] for line in lines if line["event"] == "epoch"]
        timed = json.loads(self.good("bench", "run", "tiny_mlp", "--json", "--steps", "3", "--threads", "1"))
        self.assertEqual((timed["first_loss"], timed["loss"]), (losses[0], losses[4]))  # two steps are not timed

    def test_a_recipe_of_ones_own(self):
        line = json.loads(self.good("bench", "step", self.recipe("mlp-iris"), "--json", "--steps", "1", "--set", "training.batch_size=10"))
        self.assertEqual((line["workload"], line["batch"], line["parameters"]), ("mlp-iris", 10, dense(4, 16, 3)))

    def test_the_arithmetic_is_that_of_what_runs(self):
        def mflop(*words):
            return json.loads(self.good("bench", "run", "gan", "--json", "--no-marks", "--steps", "1", "--set", "training.batch_size=16", *words))["mflop"]

        whole = mflop()
        late = ("--set", "phase.generator.from_epoch=3")
        self.assertEqual(mflop(*late), whole)
        alone = mflop(*late, "--set", "phase.critic.to_epoch=2")
        self.assertLess(alone, whole)
        # Fewer samples than a batch.
        self.assertAlmostEqual(mflop("--set", "data.samples=8"), whole / 2, delta=1e-4 * whole)
        # A dense layer of a x b costs 2 a b a sample: the generator's phase runs both networks forward and backward, and makes gradients of its own weights.
        made, judged = 64 * 256 + 256 * 512 + 512 * 784, 784 * 512 + 512 * 256 + 256
        generator = 2 * 16e-6 * (3 * made - 64 * 256 + 2 * judged)
        self.assertAlmostEqual(alone, generator, delta=0.03 * generator)
        # The critic's: twice itself, of which the first layer has no gradient of its input, and the generator forward, which it spares the other phase.
        critic = 2 * 16e-6 * 2 * (3 * judged - 784 * 512)
        self.assertAlmostEqual(whole - alone, critic, delta=0.03 * critic)

    def test_ranks_share_the_batch(self):
        alone = json.loads(self.good("bench", "run", "tiny_mlp", "--json", "--steps", "3", "--threads", "1"))
        lines = self.good("bench", "run", "tiny_mlp", "--json", "--steps", "3", "--threads", "1", ranks=2).splitlines()
        self.assertEqual(len(lines), 1)
        both = json.loads(lines[0])
        self.assertEqual((both["ranks"], both["batch"]), (2, 32))
        self.assertAlmostEqual(both["loss"], alone["loss"], delta=1e-5)

    def test_a_profile_says_where_the_time_goes(self):
        trace = self.place / "trace.json"
        words = ["bench", "step", WORKLOADS / "autoencoder.toml", "--threads", "2", "--set", "training.batch_size=8", "--steps", "12", "--profile"]
        shown = self.good(*words, "--trace", trace)
        table = shown[shown.index("profile of 12 steps of "):]
        self.assertIn("The trace shows steps 1 to 10.", table)
        self.assertTrue(all(len(line) <= 120 for line in table.splitlines()), table)
        self.assertRegex(table, r"\ndense_3 +forward +\d+\.\d{4} +\d+\.\d% +1 +3\.21 ")  # 2 x 8 x 256 x 784 operations
        self.assertRegex(table, r"\nstep +\d+\.\d{4} 100\.0%")
        file = json.loads(trace.read_text())
        names = {event["name"] for event in file["traceEvents"] if event["ph"] == "X"}
        layers = re.findall(r"^(dense\w*) ", self.good("summary", WORKLOADS / "autoencoder.toml"), re.MULTILINE)
        self.assertEqual(len(layers), 4)
        self.assertTrue({f"{layer} {call}" for layer in layers for call in ("forward", "gradient")} <= names, names)
        self.assertEqual(file["profile"]["traced_steps"], list(range(1, 11)))
        line = json.loads(self.good(*words, "--json"))
        self.assertEqual(line["profile"]["steps"], 12)
        self.assertAlmostEqual(sum(row["mflop"] for row in line["profile"]["rows"]), line["mflop"], delta=1e-5 * line["mflop"])
        self.assertNotIn("profile", json.loads(self.good(*words[:-1], "--json")))

    def test_a_profile_of_ranks(self):
        trace = self.place / "trace.json"
        shown = self.good("bench", "step", self.recipe("mlp-iris"), "--threads", "1", "--steps", "8", "--profile", "--no-marks", "--trace", trace, "--trace-steps", "5-6", ranks=2)
        self.assertIn("averaging: gradients", shown)
        file = json.loads(trace.read_text())
        self.assertEqual({event["pid"] for event in file["traceEvents"]}, {0, 1})
        self.assertEqual((file["profile"]["ranks"], file["profile"]["traced_steps"]), (2, [5, 6]))

    def test_unknown_names_are_refused_with_the_list(self):
        said = self.bad(2, "bench", "run", "mlp", "resnet")
        self.assertIn('there is no workload "resnet"', said)
        self.assertIn(", ".join(sorted(PARAMETERS)), said)

    def test_wrong_use_is_refused(self):
        self.assertIn("seconds", self.bad(2, "bench", "run", "--seconds", "-1"))
        self.assertIn("steps", self.bad(2, "bench", "run", "--steps", "0"))
        self.assertIn("needs --profile", self.bad(2, "bench", "step", self.recipe("mlp-iris"), "--trace", "trace.json"))
        self.assertIn("needs --trace FILE", self.bad(2, "bench", "step", self.recipe("mlp-iris"), "--profile", "--trace-steps", "3-4"))
        self.assertIn("no option --trace", self.bad(2, "bench", "run", "--trace", "trace.json"))
        self.bad(2, "bench", "step")
        self.assertIn("needs a second word", self.bad(2, "bench"))
        self.assertIn("nowhere.toml", self.bad(2, "bench", "step", "nowhere.toml"))


class Workloads(ProgramTest):
    def test_each_has_the_parameters_that_one_counts_by_hand(self):
        self.assertEqual({path.stem for path in WORKLOADS.glob("*.toml")}, set(PARAMETERS))
        for name, count in PARAMETERS.items():
            found = re.search(r"^parameters +([\d,]+)", self.good("summary", WORKLOADS / f"{name}.toml"), re.MULTILINE)
            self.assertEqual(int(found[1].replace(",", "")), count, name)

    def test_each_is_in_order(self):
        for name in PARAMETERS:
            self.assertIn(": in order;", self.good("check", WORKLOADS / f"{name}.toml"), name)


if __name__ == "__main__":
    unittest.main()
