# SPDX-License-Identifier: Apache-2.0
"""Equal bits for any number of ranks: weights, logs and metrics of whole jobs, also where a run goes on with another number of ranks."""
from job import *
from buckets_test import BUCKETS, READER
from group_test import LOOKUP
from phases_test import ADVERSARIAL
from row_states_test import STATEFUL, walk

RANKS = (1, 2, 3, 4, 8)
CHOSEN = NET.replace("seed = 5\n", "seed = 5\nreproducible = true\n").replace("epochs = 6", "epochs = 2").replace("keep = 1000", "keep = 5")


class Reproducible(Jobs):
    def trained(self, recipe, ranks=RANKS, *arguments, **options):
        """Trains with each number of ranks, and with two threads, and compares what they end with."""
        self.recipe.write_text(recipe)
        for number in ranks:
            self.train(f"ranks{number}", *arguments, ranks=number, **options)
            self.assert_same_bits(f"ranks{ranks[0]}", f"ranks{number}")
        self.train("threads", *arguments, ranks=2, threads=2, **options)
        self.assert_same_bits(f"ranks{ranks[0]}", "threads")

    def texts(self):
        words = [[f"w{i * k % 30}" for k in range(1, 2 + i % 20)] for i in range(120)]
        (self.folder / "texts.csv").write_text("text,label\n" + "".join(f"{' '.join(line)},{'good' if len(line) % 3 else 'bad'}\n" for line in words))

    def test_a_convolutional_network_with_batch_normalization(self):
        self.trained(CHOSEN)

    def test_otherwise_the_number_of_ranks_matters(self):
        """The comparison would find a difference."""
        self.recipe.write_text(CHOSEN.replace("reproducible = true", ""))
        for ranks in (1, 2):
            self.train(f"ranks{ranks}", ranks=ranks)
        compared = subprocess.run([COMPARE, str(self.checkpoints("ranks1")[-1]), str(self.checkpoints("ranks2")[-1])], capture_output=True, text=True, timeout=60)
        self.assertNotEqual(compared.returncode, 0)

    def test_a_masked_recurrent_network_on_samples_of_several_lengths(self):
        self.texts()
        self.trained(READER.replace("LENGTHS", BUCKETS).replace("seed = 5", "seed = 5\nreproducible = true").replace("epochs = 8", "epochs = 2"))

    def test_losses_of_several_lengths_whose_last_rank_changes(self):
        """The last rank of a batch differs from bucket to bucket."""
        self.texts()
        recipe = READER.replace("LENGTHS", BUCKETS).replace("seed = 5", "seed = 5\nreproducible = true\nslice = 4\naccumulate = 3").replace("epochs = 8", "epochs = 10")
        self.trained(recipe, (1, 2, 3))

    def test_divergence_is_told_alike(self):
        self.recipe.write_text(CHOSEN)
        told = [re.search(r"(the loss is .*?);", self.train(f"lost{ranks}", "--set", 'optimizer={type="sgd", learning_rate=1e30}', ranks=ranks, expect=3))[1] for ranks in (1, 2, 3)]
        self.assertEqual(len(set(told)), 1, told)

    def test_ranks_without_a_slice_are_told(self):
        self.recipe.write_text(CHOSEN.replace("reproducible = true", "reproducible = true\nslice = 25").replace("epochs = 2", "epochs = 1"))
        self.assertIn("1 of the 3 processes have nothing to do: a batch has 50 samples in 2 slices, and reproducible = true keeps a slice on one process; slice = 16 gives more of them", self.train("three", ranks=3))
        self.recipe.write_text(CHOSEN.replace("reproducible = true", "").replace("batch_size = 50", "batch_size = 2").replace("epochs = 2", "epochs = 1\nsteps_per_epoch = 3"))
        self.assertIn("2 of the 4 processes have nothing to do: a batch has 2 samples", self.train("four", ranks=4))
        self.assertNotIn("have nothing to do", self.train("two", ranks=2))

    def test_a_lookup(self):
        self.texts()
        self.trained(LOOKUP.replace("seed = 3", "seed = 3\nreproducible = true"))

    def test_networks_in_turn(self):
        self.trained(ADVERSARIAL.replace("[training]", "[training]\nreproducible = true").replace("epochs = 6", "epochs = 2"))

    def test_a_large_layer_whose_gradient_is_otherwise_made_by_ranges(self):
        self.trained(CHOSEN.replace("units = 130", "units = 400"), (1, 3))

    def test_updates_of_several_batches(self):
        self.trained(CHOSEN.replace("reproducible = true", "reproducible = true\naccumulate = 4"), (1, 3))

    def test_states_of_rows(self):
        (self.folder / "walk.csv").write_text(walk())
        self.trained(STATEFUL.replace("[training]", "[training]\nreproducible = true").replace("epochs = 8", "epochs = 2"), (1, 2, 3))

    def test_fewer_slices_than_ranks(self):
        self.trained(CHOSEN.replace("reproducible = true", "reproducible = true\nslice = 25"), (1, 3))

    def test_the_option(self):
        self.recipe.write_text(CHOSEN.replace("reproducible = true", "").replace("epochs = 2", "epochs = 1"))
        for ranks in (1, 2):
            self.train(f"ranks{ranks}", "--reproducible", ranks=ranks)
        self.assert_same_bits("ranks1", "ranks2")
        self.assertIn("reproducible = true", (self.folder / "ranks1/recipe.toml").read_text())

    def test_killed_and_resumed_on_other_numbers_of_ranks(self):
        self.recipe.write_text(CHOSEN.replace("epochs = 2", "epochs = 6"))
        self.train("calm")
        for first, then in ((2, 3), (4, 1), (1, 2)):
            for attempt in range(5):  # on a busy machine a job may end before the kill reaches it
                run = f"{first}then{then}-{attempt}"
                job = self.start(self.command(run, ranks=first))
                self.wait_for_step(job, run, 7)
                self.kill(job)
                if self.last_step(run) < self.last_step("calm"):
                    break
            self.assertLess(self.last_step(run), self.last_step("calm"), "every kill came too late to prove anything")
            self.train(run, ranks=then)
            self.assert_same_bits("calm", run)

    def test_evaluation(self):
        self.recipe.write_text(CHOSEN.replace("epochs = 2", "epochs = 1"))
        self.train("run")
        told = {self.teranga("evaluate", self.folder / "run", "--data", "validation", "--json", ranks=ranks) for ranks in (1, 2, 3)}
        self.assertEqual(len(told), 1, told)

    def test_what_makes_no_sense_is_refused(self):
        for wrong in ("every = 4", 'wire = "bf16"', 'outer = "sgd"'):
            self.recipe.write_text(CHOSEN.replace("[checkpoint]", "averaging = { " + wrong + " }\n[checkpoint]"))
            self.assertRegex(self.train("wrong", expect=2), r"net\.toml:\d+:\d+: error: with averaging the result depends on the number of processes")


if __name__ == "__main__":
    unittest.main(verbosity=2)
