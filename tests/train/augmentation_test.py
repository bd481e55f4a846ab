# SPDX-License-Identifier: Apache-2.0
"""A data set that changes its samples at random: other draws in every epoch, the same bits for any ranks, threads and blocks, and after a resume in the middle of an
epoch; what is judged comes as it is."""
from job import *

GUEST = str(BUILD / "lib/teranga/test_plugins/guest_shaken.so")
SHAKEN = f"""schema = 1
plugins = ["{GUEST}"]
[data]
type = "guest.shaken"
validation_split = 0.2
[[layer]]
type = "dense"
units = 5
activation = "tanh"
[[layer]]
type = "dense"
units = 1
[loss]
type = "mean_squared_error"
[optimizer]
type = "adam"
learning_rate = 0.01
[training]
epochs = 4
batch_size = 12
seed = 5
log_every_steps = 1
[checkpoint]
every_steps = 5
keep = 1000
"""
STILL = ("--set", "optimizer.type=sgd", "--set", "optimizer.learning_rate=0.0", "--set", "training.shuffle=false")


# Pictures changed in many ways; samples are mixed with training samples alone, which the checkpoint must tell a run that goes on.
PICTURES = """schema = 1
[data]
type = "digits"
one_hot = true
limit = 96
validation_split = 0.25
random_flip = "horizontal"
random_rotation = 0.1
random_zoom = 0.2
random_translation = 0.1
random_crop = [7, 6]
random_contrast = 0.3
random_erasing = 0.5
mixup = 0.4
cutmix = 1.0
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 3
batch_size = 16
seed = 5
log_every_steps = 1
[checkpoint]
every_steps = 5
keep = 1000
"""


class Augmentation(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(SHAKEN)

    def numbers(self, run, event, name):
        return [line[name] for line in self.lines(run) if line["event"] == event]

    def test_only_what_is_trained_on_is_changed_and_otherwise_in_each_epoch(self):
        self.train("noisy", *STILL)
        self.train("plain", *STILL, "--set", "data.noise=0.0")
        plain, noisy = self.numbers("plain", "epoch", "loss"), self.numbers("noisy", "epoch", "loss")
        self.assertEqual(len(set(plain)), 1)
        self.assertEqual(len(set(noisy)), 4)
        self.assertEqual(self.numbers("noisy", "epoch", "val_loss"), self.numbers("plain", "epoch", "val_loss"))
        self.assertEqual(self.numbers("noisy", "test", "test_loss"), self.numbers("plain", "test", "test_loss"))
        judged = json.loads(self.teranga("evaluate", self.folder / "noisy", "--data", "part=train", "--json", "--trust"))["loss"]
        self.assertLess(abs(judged - plain[0]), 1e-6 * plain[0])
        self.train("other", *STILL, "--set", "training.seed=6", "--init-weights", str(self.folder / "noisy"))
        self.assertNotEqual(self.numbers("other", "epoch", "loss")[0], noisy[0])

    def test_parts_of_a_pass_have_the_draws_of_the_pass(self):
        self.train("whole", *STILL)
        self.train("parts", *STILL, "--set", "training.steps_per_epoch=5", "--set", "training.epochs=12")
        self.assertEqual(self.numbers("whole", "step", "loss")[:40], self.numbers("parts", "step", "loss")[:40])

    def test_ranks_threads_and_blocks_change_no_bit(self):
        for block in (0, 16):
            blocks = ("--set", f"data.block={block}", "--set", "training.reproducible=true", "--set", "data.validation_split=0.0")
            self.train(f"b{block}", *blocks)
            for run, ranks, threads in (("r2", 2, 1), ("t4", 1, 4)):
                self.train(f"b{block}{run}", *blocks, ranks=ranks, threads=threads)
                self.assert_same_bits(f"b{block}", f"b{block}{run}")
        # In file order the samples come alike, read by blocks or not.
        for block in (0, 16):
            self.train(f"order{block}", "--set", f"data.block={block}", "--set", "training.shuffle=false")
        self.assertEqual(self.numbers("order0", "step", "loss"), self.numbers("order16", "step", "loss"))

    def test_pictures_are_changed_alike_on_ranks_and_threads_and_after_a_resume(self):
        self.recipe.write_text(PICTURES)
        same = ("--set", "training.reproducible=true", "--set", "data.validation_split=0.0")
        self.train("one", *same)
        for run, ranks, threads in (("r2", 2, 1), ("t4", 1, 4)):
            self.train(run, *same, ranks=ranks, threads=threads)
            self.assert_same_bits("one", run)
        self.train("plain", *STILL, *(word for key in ("mixup", "cutmix", "random_erasing") for word in ("--set", f"data.{key}=0.0")))
        self.train("mixed", *STILL)
        self.assertEqual(self.numbers("plain", "epoch", "val_loss"), self.numbers("mixed", "epoch", "val_loss"))
        self.assertEqual(len(set(self.numbers("mixed", "epoch", "loss"))), 3)
        self.resumed_from_any(2)

    def test_from_any_checkpoint(self):
        self.resumed_from_any(4)

    def test_from_any_checkpoint_on_two_ranks_by_blocks(self):
        self.recipe.write_text(SHAKEN.replace('type = "guest.shaken"', 'type = "guest.shaken"\nblock = 16'))
        self.resumed_from_any(2, ranks=2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
