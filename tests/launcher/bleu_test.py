# SPDX-License-Identifier: Apache-2.0
"""BLEU, by hand."""
import math
import unittest

from bleu import bleu


def score(*pairs):
    return bleu([output.split() for output, _ in pairs], [reference.split() for _, reference in pairs])


class Bleu(unittest.TestCase):
    def test_the_same_text_is_perfect(self):
        self.assertAlmostEqual(score(("a b c d e", "a b c d e")), 100)

    def test_it_is_the_geometric_mean_of_four_precisions(self):
        self.assertAlmostEqual(score(("a b c d x", "a b c d e")), 100 * (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25)

    def test_a_word_counts_as_often_as_the_reference_has_it(self):
        self.assertAlmostEqual(score(("a b c d a b c d", "a b c d e f g h")), 100 * (4 / 8 * 3 / 7 * 2 / 6 * 1 / 5) ** 0.25)

    def test_fewer_words_than_the_reference_cost(self):
        self.assertAlmostEqual(score(("a b c d", "a b c d e")), 100 * math.exp(1 - 5 / 4))

    def test_more_words_cost_by_precision_alone(self):
        self.assertAlmostEqual(score(("a b c d e", "a b c d")), 100 * (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25)

    def test_counts_and_lengths_are_those_of_the_whole_corpus(self):
        self.assertAlmostEqual(score(("a b c d", "a b c d"), ("x", "y z")), 100 * math.exp(1 - 6 / 5) * (4 / 5) ** 0.25)

    def test_nothing_in_common_is_nought(self):
        self.assertEqual(score(("a b c d", "e f g h")), 0)


if __name__ == "__main__":
    unittest.main()
