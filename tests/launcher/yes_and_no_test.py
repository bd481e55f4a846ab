# SPDX-License-Identifier: Apache-2.0
"""Metrics of yes and no cut where the confusion matrix does, whatever the loss takes: probabilities, logits, or what has a margin."""
import json
import random
import unittest

from program import ProgramTest

RECIPE = """schema = 1
[data]
type = "csv"
train = "answers.csv"
target = "answer"
target_is = "numbers"
[[layer]]
type = "dense"
units = 1
ACTIVATION
[loss]
type = "LOSS"
[optimizer]
type = "sgd"
learning_rate = 0.05
[training]
epochs = 8
batch_size = 8
metrics = ["accuracy", "binary_accuracy", "precision", "recall", "f1_score", "auc", "confusion_matrix"]
"""
SIGMOID, LOGITS = 'activation = "sigmoid"', 'binary_crossentropy"\nfrom_logits = true\n#"'


def table(no):
    chance = random.Random(4)
    return "a,b,answer\n" + "".join(f"{a:.3f},{b:.3f},{1 if a + 0.3 * b + chance.gauss(0, 0.8) > 0.9 else no}\n" for a, b in ((chance.gauss(0, 1), chance.gauss(0, 1)) for _ in range(90)))


class YesAndNo(ProgramTest):
    def evaluated(self, name, loss, activation="", no=0, *words):
        (self.place / "answers.csv").write_text(table(no))
        (self.place / f"{name}.toml").write_text(RECIPE.replace("LOSS", loss).replace("ACTIVATION", activation))
        self.good("train", f"{name}.toml", "--progress", "none", "--threads", 1, *words)
        return json.loads(self.good("evaluate", f"runs/{name}", "--json"))

    def agree(self, told):
        (no_no, no_yes), (yes_no, yes_yes) = told["confusion"]
        right = (no_no + yes_yes) / (no_no + no_yes + yes_no + yes_yes)
        precision, recall = yes_yes / (yes_yes + no_yes), yes_yes / (yes_yes + yes_no)
        self.assertGreater(min(no_no, no_yes, yes_no, yes_yes), 0, "the samples are too easy to tell cuts apart")
        for name, value in (("accuracy", right), ("binary_accuracy", right), ("confusion_matrix", right), ("precision", precision), ("recall", recall), ("f1_score", 2 * precision * recall / (precision + recall))):
            self.assertAlmostEqual(told[name], value, 6, name)

    def test_metrics_agree_with_the_confusion_matrix(self):
        for name, loss, activation, no in (("probabilities", "binary_crossentropy", SIGMOID, 0), ("logits", LOGITS, "", 0), ("margins", "hinge", "", -1), ("others", "hinge", "", 0), ("squares", "squared_hinge", 'activation = "tanh"', -1)):
            with self.subTest(name):
                self.agree(self.evaluated(name, loss, activation, no))

    def test_logits_are_judged_as_the_probabilities_of_the_same_net(self):
        probabilities, logits = self.evaluated("probabilities", "binary_crossentropy", SIGMOID), self.evaluated("logits", LOGITS)
        for name in ("loss", "accuracy", "precision", "recall", "f1_score", "auc"):
            self.assertAlmostEqual(probabilities[name], logits[name], 5, name)

    def test_a_threshold_of_the_recipe_counts(self):
        told = self.evaluated("given", LOGITS, "", 0, "--set", 'training.metrics=[{type="binary_accuracy",threshold=0.5},{type="accuracy"}]')
        self.assertNotEqual(told["binary_accuracy"], told["accuracy"])


if __name__ == "__main__":
    unittest.main()
