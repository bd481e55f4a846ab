# SPDX-License-Identifier: Apache-2.0
"""What a recipe may ask for where a loss is not finite: to stop, to leave the update out, or to go back and learn more slowly."""
from job import *

GUEST = str(BUILD / "lib/teranga/test_plugins/guest_faulty.so")
STATE_GUEST = str(BUILD / "lib/teranga/test_plugins/guest_state.so")
FAULTY = NET.replace("schema = 1\n", f'schema = 1\nplugins = ["{GUEST}"]\n').replace("validation_split = 0.1\n", "").replace("early_stopping = { monitor = \"val_loss\", patience = 5, restore_best_weights = true }\n", "") \
    .replace('[[layer]]\ntype = "max_pooling2d"\n', '[[layer]]\ntype = "guest.faulty"\n[[layer]]\ntype = "max_pooling2d"\n').replace("every_steps = 7", "every_steps = 1").replace("epochs = 6", "epochs = 1").replace("[checkpoint]", "[checkpoint]\nevery_seconds = 0")
STEPS = 29  # 1,438 samples in batches of 50


class Divergence(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(FAULTY)

    def run_with(self, run, faults, *arguments, code=0, ranks=1, gradients=False):
        found, output = self.finish(self.start(self.command(run, *arguments, ranks=ranks), FAULTY_BATCHES=faults, FAULTY_GRADIENTS=str(int(gradients))))
        self.assertEqual(found, code, output)
        return output

    def weights_equal(self, run, one, other):
        compared = subprocess.run([COMPARE, "--weights", *(str(self.folder / run / "checkpoints" / f"step-{step:012}.h5") for step in (one, other))], capture_output=True, text=True, timeout=60)
        return compared.returncode == 0

    def test_to_stop_is_the_default(self):
        output = self.run_with("run", "5", code=3)
        self.assertIn("the loss is NaN at step 5", output)
        self.assertEqual(self.last_step("run"), 4)

    def test_a_state_that_became_nan_is_named(self):
        self.recipe.write_text(FAULTY.replace(GUEST, STATE_GUEST).replace("guest.faulty", "guest.state"))
        for ranks in (1, 2):
            code, output = self.finish(self.start(self.command(f"run{ranks}", ranks=ranks), STATE_NAN_AT="5"))
            self.assertEqual(code, 3, output)
            self.assertRegex(output, r'the loss is NaN at step 6 \(epoch 1\), because the state "[a-z_.]*state/offset" of a layer is not finite')
            self.assertIn("teranga plugin check --only numbers", output)
            self.assertNotIn("learning rate", output)

    def test_an_update_is_left_out(self):
        for ranks in (1, 2):
            for gradients in (False, True):
                run = f"run{ranks}{gradients}"
                output = self.run_with(run, "5,20", "--set", "training.on_divergence=skip", ranks=ranks, gradients=gradients)
                self.assertEqual(len(re.findall(r"this update is left out, .*\((\d) of at most 10\)", output)), 2, output)
                self.assertIn("a gradient is not, at step 5" if gradients else "NaN at step 5 (epoch 1)", output)
                self.assertEqual(self.last_step(run), STEPS)
                for step in (5, 20):
                    self.assertTrue(self.weights_equal(run, step - 1, step))
                    self.assertFalse(self.weights_equal(run, step, step + 1))
                # A run that goes on from between the two faults sees the second one sooner, and ends with the same bits.
                self.begin_from(self.checkpoints(run)[10], run + "-on")
                again = self.run_with(run + "-on", "10", "--set", "training.on_divergence=skip", ranks=ranks, gradients=gradients)
                self.assertIn("(2 of at most 10)", again)
                self.assertEqual(subprocess.run([COMPARE, str(self.checkpoints(run)[-1]), str(self.checkpoints(run + "-on")[-1])], timeout=60).returncode, 0)

    def test_not_more_often_than_the_limit(self):
        output = self.run_with("run", "5,6,7", "--set", "training.on_divergence=skip", "--set", "training.divergence_limit=2", code=3)
        self.assertIn("(2 of at most 2)", output)
        self.assertIn("the loss is NaN at step 7", output)
        self.run_with("run", "", "--set", "training.on_divergence=skip", "--set", "training.divergence_limit=2")

    def test_the_run_goes_back_with_a_smaller_rate(self):
        rates = {}
        for ranks in (1, 2):
            run = f"run{ranks}"
            # The checkpoints are those of steps 0, 4, 8, ...; batch 10 is step 10, and batch 13 is the third after step 8.
            options = ("--set", "training.on_divergence=back", "--set", "training.divergence_rate_factor=0.25", "--set", "checkpoint.every_steps=4")
            output = self.run_with(run, "10,13", *options, ranks=ranks)
            self.assertEqual(re.findall(r"goes back from step (\d+) to its checkpoint of step (\d+), .* \((\d) of at most 10\)", output), [("9", "8", "1"), ("10", "8", "2")], output)
            self.assertEqual(self.last_step(run), STEPS)
            lines = [line for line in self.lines(run) if line["event"] == "step"]
            self.assertEqual([line["step"] for line in lines], list(range(1, STEPS + 1)))
            self.assertAlmostEqual(lines[8]["learning_rate"] / (0.003 * 0.9 ** (8 / 40)), 1 / 16)
            table = (self.folder / run / "steps.csv").read_text().splitlines()[1:]
            self.assertEqual([int(line.split(",")[1]) for line in table], list(range(1, STEPS + 1)))
            self.begin_from(self.folder / run / "checkpoints/step-000000000008.h5", run + "-on")
            self.train(run + "-on", *options, ranks=ranks)
            self.assert_same_bits(run, run + "-on")
            rates[ranks] = [line["learning_rate"] for line in lines]
        self.assertEqual(rates[1], rates[2])
        output = self.run_with("often", "10,13", "--set", "training.on_divergence=back", "--set", "training.divergence_limit=1", code=3)
        self.assertIn("(1 of at most 1)", output)

    def test_weights_that_ran_away_are_found_behind_the_last_step_too(self):
        self.recipe.write_text(NET)
        output = self.train("run", "--set", "optimizer={type=\"sgd\", learning_rate=1e30}", "--set", "training.on_divergence=back", "--set", "training.divergence_rate_factor=1e-32", "--set", "training.epochs=2")
        self.assertIn("goes back from step", output)
        self.assertEqual(self.last_step("run"), 2 * STEPS_PER_EPOCH)


if __name__ == "__main__":
    unittest.main(verbosity=2)
