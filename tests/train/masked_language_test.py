# SPDX-License-Identifier: Apache-2.0
"""A small BERT is trained on plain text: pieces are hidden anew in every epoch, alike with any ranks and threads and after a resume in the middle of an epoch; an evaluation always hides the same."""
from job import *

RECIPE = """schema = 1
[data]
type = "masked_language"
train = "text.txt"
length = 16
num_words = 120
validation_split = 0.2
[[layer]]
type = "input"
name = "ids"
field = "x"
[[layer]]
type = "input"
name = "segment_ids"
field = "segments"
[[layer]]
type = "input"
name = "places"
field = "places"
[[layer]]
type = "embedding"
name = "words"
input = "ids"
input_dim = 120
output_dim = 8
mask_zero = true
[[layer]]
type = "segment_embedding"
input = ["words", "segment_ids"]
[[layer]]
type = "multi_head_attention"
name = "seen"
num_heads = 2
key_dim = 4
[[layer]]
type = "pick_step"
[[layer]]
type = "dense"
name = "next"
units = 2
[[layer]]
type = "gather_steps"
input = ["seen", "places"]
[[layer]]
type = "tied_dense"
units = 120
weights_of = "words"
[[layer]]
type = "bias"
name = "masked"
[[loss]]
type = "sparse_categorical_crossentropy"
output = "masked"
target = "masked"
from_logits = true
ignore_class = -1
[[loss]]
type = "sparse_categorical_crossentropy"
output = "next"
target = "next"
from_logits = true
[optimizer]
type = "adam"
learning_rate = 0.01
[training]
epochs = 3
batch_size = 8
seed = 5
log_every_steps = 1
[checkpoint]
every_steps = 5
keep = 1000
"""
STILL = ("--set", "optimizer.type=sgd", "--set", "optimizer.learning_rate=0.0", "--set", "training.shuffle=false")
SUBJECTS, VERBS, PLACES = ("the cat", "a dog", "my old friend", "nobody"), ("sleeps", "waits", "sings", "never stays"), ("in the garden", "behind the house", "near the river")


class MaskedLanguage(Jobs):
    def setUp(self):
        super().setUp()
        (self.folder / "text.txt").write_text("".join(f"{a} {b} {c}. " + ("\n\n" if len(a + b) % 5 == 0 else "") for a in SUBJECTS for b in VERBS for c in PLACES))
        self.recipe.write_text(RECIPE)

    def numbers(self, run, event, name):
        return [line[name] for line in self.lines(run) if line["event"] == event]

    def test_ranks_and_threads_change_no_bit(self):
        same = ("--set", "training.reproducible=true", "--set", "data.validation_split=0.0")
        self.train("one", *same)
        for run, ranks, threads in (("r2", 2, 1), ("t4", 1, 4)):
            self.train(run, *same, ranks=ranks, threads=threads)
            self.assert_same_bits("one", run)

    def test_other_pieces_are_hidden_in_each_epoch_and_the_same_where_it_is_judged(self):
        self.train("still", *STILL)
        self.assertEqual(len(set(self.numbers("still", "epoch", "loss"))), 3)
        self.assertEqual(len(set(self.numbers("still", "epoch", "val_loss"))), 1)

    def test_from_any_checkpoint(self):
        self.resumed_from_any(2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
