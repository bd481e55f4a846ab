# SPDX-License-Identifier: Apache-2.0
"""Profiles of whole jobs: the trace is what viewers read, the table adds up and fits a terminal, ranks, phases and buckets have their rows, and the
training is the same with it as without."""
from job import *
from buckets_test import BUCKETS, READER
from group_test import LOOKUP
from phases_test import ADVERSARIAL


class Profiles(Jobs):
    def profiled(self, run, *arguments, **options):
        """The trace of a job, and what it printed."""
        output = self.train(run, "--profile", *arguments, **options)
        return json.loads((self.folder / run / "trace.json").read_text()), output

    def check_trace(self, trace, ranks, threads):
        """Each rank is a process, each thread a row of calls one behind the other within the steps."""
        events = trace["traceEvents"]
        names = {(event["pid"], event["tid"]): event["args"]["name"] for event in events if event["name"] == "thread_name"}
        self.assertEqual(set(names.values()), {"steps", "batches ahead", *(f"thread {thread}" for thread in range(threads))})
        self.assertEqual({event["pid"]: event["args"]["name"] for event in events if event["name"] == "process_name"}, {rank: f"rank {rank}" for rank in range(ranks)})
        rows = {}
        for event in events:
            self.assertIn(event["ph"], "XM")
            if event["ph"] == "X":
                rows.setdefault((event["pid"], names[event["pid"], event["tid"]]), []).append(event)
        for rank in range(ranks):
            steps = rows[rank, "steps"]
            self.assertEqual([f"step {number}" for number in trace["profile"]["traced_steps"]], [step["name"] for step in steps])
            for thread in range(threads):
                ends = steps[0]["ts"] - 0.01
                for call in rows.get((rank, f"thread {thread}"), []):
                    self.assertGreaterEqual(call["ts"], ends - 0.01)
                    ends = call["ts"] + call["dur"]
                self.assertLessEqual(ends, steps[-1]["ts"] + steps[-1]["dur"] + 0.01)
        return {event["name"] for events in rows.values() for event in events}

    def check_sums(self, profile, ranks, threads):
        """Rows are all of the steps' time; without waiting at most that."""
        self.assertEqual((profile["ranks"], profile["threads"]), (ranks, threads))
        times = {True: 0.0, False: 0.0}
        for row in profile["rows"]:
            self.assertGreaterEqual(row["ms"], 0)
            self.assertLessEqual(row["min_ms"], row["max_ms"])
            times[row["pass"] == "wait"] += row["ms"]
        self.assertLessEqual(times[False], 1.001 * profile["step_ms"])
        self.assertAlmostEqual(sum(times.values()) / profile["step_ms"], 1, delta=2e-3)

    def test_a_job_of_one_network(self):
        trace, output = self.profiled("run", threads=2)
        calls = self.check_trace(trace, 1, 2)
        for call in ("conv2d forward", "conv2d gradient", "batch_normalization backward", "max_pooling2d forward", "dropout backward", "dense.relu backward", "dense_1 gradient", "loss loss", "metrics metrics",
                     "nadam update", "next batch data"):
            self.assertIn(call, calls)
        self.check_sums(trace["profile"], 1, 2)
        self.assertEqual(trace["profile"]["traced_steps"], list(range(3, 13)))
        self.assertGreater(trace["profile"]["ahead_ms"], 0)
        self.assertRegex(output, r"outside of the steps: evaluation \d+\.\d+ s, checkpoints \d+\.\d+ s\n")
        self.assertEqual(trace["profile"]["steps"], 6 * STEPS_PER_EPOCH - 2)
        table = output[output.index("profile of"):output.index("trace: ")]
        self.assertIn(table, (self.folder / "run/log.txt").read_text())
        self.assertTrue(all(len(line) <= 120 for line in table.splitlines()), table)
        times = [float(match[1]) for match in re.finditer(r"^\w[\w. ()]*? (?:forward|backward|gradient|update|loss) +(\d+\.\d+) ", table, re.MULTILINE)]
        self.assertGreater(len(times), 0)  # on a busy machine most rows are too short to be shown
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertIn(f"trace: {self.folder}/run/trace.json", output)

    def test_work_of_a_step_is_that_of_the_summary(self):
        # Where all batches are whole, and no weights are shared.
        trace, _ = self.profiled("run", "--set", "training.batch_size=1294")
        step = re.search(r"([\d.e+-]+) Gflop a step", (self.folder / "run/log.txt").read_text())[1]
        self.assertAlmostEqual(sum(row["mflop"] for row in trace["profile"]["rows"]) / (1000 * float(step)), 1, delta=5e-3)

    def test_it_changes_no_bit(self):
        self.train("without", threads=2)
        self.profiled("with", threads=2)
        self.assert_same_bits("without", "with")

    def test_ranks(self):
        trace, output = self.profiled("run", ranks=2)
        calls = self.check_trace(trace, 2, 1)
        self.assertIn("gradients averaging", calls)
        self.check_sums(trace["profile"], 2, 1)
        self.assertRegex(output, r"averaging: gradients +[\d.]+ +[01] +[\d.]+ +[\d.]+ +[01]\n")
        self.assertRegex(output, r"averaging: loss and requests +[\d.]+ +[01]")

    def test_bytes_that_ranks_send(self):
        """Of a table the rows that a rank touched, with their numbers in 8 bytes each; of other parameters all, each in whole lines of 16 elements."""
        (self.folder / "texts.csv").write_text("label,text\n" + "".join(f"{'good' if i % 3 else 'bad'},w{i} w{i + 1} w{i + 2}\n" for i in range(24)))  # three rows a sample
        self.recipe.write_text(LOOKUP.replace("maxlen = 6", "maxlen = 3").replace("batch_size = 8", "batch_size = 2"))
        lines = 3 + 2 + 1 + 1 + 1  # 8 x 5 and 5 x 5 weights and a bias of the recurrent layer, 5 weights and a bias of the last one
        for wire, bytes in ("f32", 4), ("bf16", 2):
            trace, _ = self.profiled(wire, "--set", f'training.averaging.wire="{wire}"', ranks=2)
            sent, = [row["mbytes"] for row in trace["profile"]["rows"] if row["name"] == "gradients"]
            self.assertAlmostEqual(1e6 * sent, 2 * (lines * 16 * bytes + 3 * (8 + 8 * bytes)), delta=1e-3)  # of both ranks

    def test_rounds_of_updates(self):
        trace, _ = self.profiled("run", "--set", "training.averaging.every=4", ranks=2)
        calls = self.check_trace(trace, 2, 1)
        self.assertIn("weights of a round averaging", calls)
        self.assertNotIn("gradients averaging", calls)
        self.check_sums(trace["profile"], 2, 1)

    def test_phases(self):
        self.recipe.write_text(ADVERSARIAL)
        trace, _ = self.profiled("run", "--set", "training.epochs=2", threads=2)
        calls = self.check_trace(trace, 1, 2)
        for call in ("discriminator/generator/dense forward", "discriminator/of_fake/dense_2 gradient", "discriminator/of_real/dense_3 backward", "generator/generator/dense_1 gradient",
                     "generator/discriminator/dense_2 backward", "discriminator/nadam update", "generator/adam update", "discriminator/loss loss", "discriminator/own inputs data"):
            self.assertIn(call, calls)
        self.assertNotIn("generator/discriminator/dense_2 gradient", calls)
        self.check_sums(trace["profile"], 1, 2)
        # Two updates a step, and one every second step.
        per_step = {row["name"]: row["calls"] for row in trace["profile"]["rows"] if row["pass"] == "update" and row["name"].endswith("adam")}
        self.assertAlmostEqual(per_step["discriminator/nadam"] / per_step["generator/adam"], 4, delta=0.3)

    def test_buckets_share_their_rows(self):
        words = [[f"w{i * k % 30}" for k in range(1, 2 + i % 20)] for i in range(120)]
        (self.folder / "texts.csv").write_text("text,label\n" + "".join(f"{' '.join(line)},{'good' if len(line) % 3 else 'bad'}\n" for line in words))
        self.recipe.write_text(READER.replace("LENGTHS", BUCKETS))
        trace, _ = self.profiled("run", "--set", "training.epochs=2", ranks=2)
        self.check_trace(trace, 2, 1)
        self.check_sums(trace["profile"], 2, 1)
        names = [(row["name"], row["pass"]) for row in trace["profile"]["rows"]]
        self.assertEqual(len(names), len(set(names)))
        self.assertIn(("embedding", "forward"), names)

    def test_steps_of_the_trace(self):
        trace, _ = self.profiled("run", "--trace-steps", "20-22")
        self.assertEqual(trace["profile"]["traced_steps"], [20, 21, 22])

    def test_a_run_that_goes_on(self):
        self.train("run", "--set", "training.epochs=1", "--set", "training.early_stopping.patience=9")
        trace, _ = self.profiled("run", "--set", "training.epochs=2", "--set", "training.early_stopping.patience=9")
        self.assertEqual(trace["profile"]["traced_steps"], list(range(STEPS_PER_EPOCH + 3, STEPS_PER_EPOCH + 13)))

    def test_too_short_a_run(self):
        trace, output = self.profiled("run", "--set", "training.epochs=1", "--set", "training.steps_per_epoch=2")
        self.assertIn("no steps but those that warm up", output)
        self.assertEqual((trace["traceEvents"], trace["profile"]["rows"]), ([], []))

    def test_what_does_not_go_together(self):
        self.assertIn("a dry run makes no steps", self.train("run", "--profile", "--dry-run", expect=2))
        self.assertIn("needs --profile", self.train("run", "--trace-steps", "3-4", expect=2))
        for wrong in ("3", "4-3", "0-3", "a-b", "3-4x", "-3-4"):
            self.assertIn("expected the first and the last step", self.train("run", "--profile", f"--trace-steps={wrong}", expect=2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
