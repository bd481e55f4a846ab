# SPDX-License-Identifier: Apache-2.0
"""The end of a log: where the time went, part by part, of one process and of several. What it says of times is made up in time_report_test.cpp; here is no clock but the program's."""
from job import *

PARTS = ["forward", "backward", "update", "averaging", "data", "evaluation", "checkpoints", "other"]


class Times(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(NET.replace("epochs = 6", "epochs = 2"))

    def table(self, run):
        """Part -> the numbers of its line, at the end of the log."""
        lines = [line.split(" info ", 1)[-1] for line in (self.folder / run / "log.txt").read_text().splitlines()]
        head = [number for number, line in enumerate(lines) if re.match("time(, s)? +", line)][-1]
        found = {}
        for line in lines[head + 1:]:
            match = re.fullmatch(r"(\S+|peak memory, MiB) +((?:\d+\.\d+ +)*)(\d+\.\d+)(?:%)?", line)
            if match:
                found[match[1]] = [float(number) for number in (match[2] + match[3]).split()]
        return found, lines[head:]

    def facts(self, run, event="time"):
        entries = [json.loads(line) for line in (self.folder / run / "facts.jsonl").read_text().splitlines()]
        return {entry["name"]: (entry["least"], entry["mean"], entry["most"]) for entry in entries if entry["event"] == event}

    def check(self, run, ranks):
        facts = self.facts(run)
        self.assertEqual(list(facts), PARTS + ["whole"])
        for least, mean, most in facts.values():
            self.assertLessEqual(0, least)
            self.assertLessEqual(least, mean * (1 + 1e-12))
            self.assertLessEqual(mean, most * (1 + 1e-12))
        # The rest is what no part has, so the parts are the whole, but for what two clocks differ by.
        self.assertAlmostEqual(sum(facts[part][1] for part in PARTS) / facts["whole"][1], 1, delta=1e-3)
        for part in ("forward", "backward", "update", "data", "evaluation", "checkpoints"):
            self.assertGreater(facts[part][0], 0, part)
        memory = self.facts(run, "memory")["peak"]
        self.assertGreater(memory[0], 1 << 20)
        table, lines = self.table(run)
        self.assertEqual(list(table), PARTS + ["whole", "peak memory, MiB"])
        for part in PARTS + ["whole"]:
            numbers = [facts[part][1]] if ranks == 1 else [*facts[part]]
            self.assertEqual(table[part][:len(numbers)], [float(f"{number:.3f}") for number in numbers], part)
            self.assertEqual(table[part][-1], float(f"{100 * facts[part][1] / facts['whole'][1]:.1f}"))
        self.assertEqual(len([line for line in lines if line.startswith("work of the layers: ")]), 1)
        return facts, lines

    def test_the_parts_of_one_process_are_the_whole(self):
        self.train("run", threads=2)
        facts, lines = self.check("run", 1)
        self.assertEqual(len(lines[0].split()), 3)
        self.assertTrue(all(least == mean == most for least, mean, most in facts.values()))
        self.assertNotIn("that the machine can do", "\n".join(lines))

    def test_the_parts_of_three_processes_are_the_whole(self):
        self.train("run", ranks=3)
        facts, _ = self.check("run", 3)
        self.assertGreater(facts["averaging"][0], 0)

    def test_what_a_training_does_not_do_takes_no_time(self):
        unjudged = re.sub("early_stopping = .*\n", "", NET).replace("validation_split = 0.1\n", "").replace('type = "digits"', 'type = "random"\nshape = [8, 8, 1]\nclasses = 10\nsamples = 500')
        self.recipe.write_text(unjudged.replace("epochs = 6", "epochs = 1"))
        self.train("unjudged")
        self.assertEqual(self.facts("unjudged")["evaluation"], (0, 0, 0))

    def test_work_is_that_of_the_samples(self):
        self.train("run")
        _, lines = self.table("run")
        said = float(next(line for line in lines if line.startswith("work of the layers: ")).split()[4])
        step = float(re.search(r"([\d.e+-]+) Gflop a step", (self.folder / "run/log.txt").read_text())[1])
        self.assertAlmostEqual(said / (step * 2 * 1294 / 50), 1, delta=0.01)  # the line of a step has three digits

    def test_rounds_and_phases_are_counted(self):
        self.train("rounds", "--set", "training.averaging.every=4", ranks=3)
        facts, _ = self.check("rounds", 3)
        self.assertGreater(facts["averaging"][0], 0)
        self.train("reproducible", "--reproducible", ranks=3)
        self.check("reproducible", 3)
        self.train("accumulated", "--set", "training.accumulate=4", ranks=1)
        self.check("accumulated", 1)

    def test_a_run_that_was_stopped_tells_of_its_time_too(self):
        self.recipe.write_text(NET.replace("epochs = 6", "epochs = 2000"))
        for ranks in (1, 3):
            run = f"stopped{ranks}"
            self.stopped_after(run, 2 * STEPS_PER_EPOCH, ranks)
            self.check(run, ranks)

    def test_a_run_that_diverges_tells_of_its_time_too(self):
        for ranks in (1, 3):
            self.train(f"diverged{ranks}", "--set", "optimizer={type=\"sgd\", learning_rate=1e30}", ranks=ranks, expect=3)
            table, _ = self.table(f"diverged{ranks}")
            self.assertEqual(list(table), PARTS + ["whole", "peak memory, MiB"])

    def test_with_a_profile_the_peak_of_the_machine_is_known(self):
        self.train("run", "--profile")
        _, lines = self.check("run", 1)
        trace = json.loads((self.folder / "run/trace.json").read_text())
        self.assertIn(f"of the {trace['profile']['peak_gflops']:.4g} Gflop/s that the machine can do", "\n".join(lines))


if __name__ == "__main__":
    unittest.main()
