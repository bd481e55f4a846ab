# SPDX-License-Identifier: Apache-2.0
"""Ranks compare their weights: one that has others ends the run."""
from job import *

GUEST = str(BUILD / "lib/teranga/test_plugins/guest_drifting.so")
DRIFTING = f"""schema = 1
plugins = ["{GUEST}"]
[data]
type = "digits"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
name = "first"
units = 16
activation = "tanh"
""" + TEN_CLASSES + """[optimizer]
type = "guest.drifting"
[training]
epochs = 3
batch_size = 50
compare_ranks_every = 10
[checkpoint]
every_epochs = 1
every_seconds = 0
"""
DIFFER = r"after step {} those of rank {} differ from those of most: the first that differ are those of \"first/(kernel|bias)\""


class Drift(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(DRIFTING)

    def drift(self, run, step, *arguments, code=1, ranks=2):
        found, output = self.finish(self.start(self.command(run, *arguments, ranks=ranks), DRIFT_FROM=str(step)))
        self.assertEqual(found, code, output)
        return output

    def test_a_rank_that_drifts_is_named(self):
        for ranks in (2, 3):
            output = self.drift(f"run{ranks}", 33, ranks=ranks)
            self.assertRegex(output, DIFFER.format(40, ranks - 1))
            self.assertEqual(len(re.findall("differ from those of most", output)), 1, output)
            self.assertEqual(self.last_step(f"run{ranks}"), 29)  # 1,438 samples: an epoch has 29 steps
            self.assertIn("start the same command again", output)
            self.train(f"run{ranks}", ranks=ranks)

    def test_it_is_found_at_the_end_of_an_epoch_at_the_latest(self):
        output = self.drift("run", 33, "--set", "training.compare_ranks_every=1000")
        self.assertRegex(output, DIFFER.format(58, 1))
        self.assertEqual(self.last_step("run"), 29)

    def test_a_state_that_differs_is_told_from_weights(self):
        self.recipe.write_text(DRIFTING.replace(GUEST, str(BUILD / "lib/teranga/test_plugins/guest_state.so")).replace("guest.drifting", "adam").replace('[[layer]]\ntype = "flatten"\n', '[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "guest.state"\n'))
        code, output = self.finish(self.start(self.command("run", ranks=2), STATE_OF_RANK="1"))
        self.assertEqual(code, 1, output)
        self.assertRegex(output, r'after step 10 the state "[a-z_.]*state/offset" of rank 1 differs from that of most, while all weights are the same')
        self.assertIn("teranga plugin check --only state/merge", output)

    def test_it_may_be_turned_off(self):
        self.drift("run", 33, "--set", "training.compare_ranks_every=0", code=0)

    def test_a_rank_alone_has_nothing_to_compare(self):
        self.drift("run", 1, ranks=1, code=0)

    def test_ranks_that_agree_go_on(self):
        self.recipe.write_text(NET.replace("[checkpoint]", "[checkpoint]\nevery_seconds = 0").replace("epochs = 6", "epochs = 2\ncompare_ranks_every = 1"))
        for ranks in (2, 3):
            self.train(f"r{ranks}", ranks=ranks)


if __name__ == "__main__":
    unittest.main(verbosity=2)
