# SPDX-License-Identifier: Apache-2.0
"""The hints of the data set "random"."""
import unittest

from hints import Case, HintTest

RECIPE = '''schema = 1
[data]
type = "random"
shape = [4]
samples = 16
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
'''
OF_IDS = RECIPE.replace("shape = [4]", 'values = "ids"\nids = 50\nshape = [4]').replace('[[layer]]\n', '[[layer]]\ntype = "embedding"\ninput_dim = 10000\noutput_dim = 2\n[[layer]]\ntype = "flatten"\n[[layer]]\n', 1)


class RandomHints(HintTest):
    area = ("datasets/random",)
    cases = (
        Case("ids without their number", "ids = 10000", "needs the number of ids", of=OF_IDS, wrong=(("ids = 50\n", ""),), fix=(('values = "ids"', 'values = "ids"\nids = 10000'),)),
        Case("ids of real numbers", 'values = "ids"', "found values =", of=OF_IDS, wrong=(('values = "ids"\n', ""),), fix=(("ids = 50", 'ids = 50\nvalues = "ids"'),)),
        Case("targets by the name that Keras gives them", 'did you mean "target"?', 'unknown key "y"', of=RECIPE.replace("shape = [4]", 'shape = [4]\ntarget = "classes"'), wrong=(("target =", "y ="),), fix=(("y =", "target ="),), in_words=True),
        Case("a maximum below the minimum", "maximum = 1.0", "must be above minimum", of=RECIPE, wrong=(("shape", 'values = "uniform"\nmaximum = -1.0\nshape'),), fix=(("maximum = -1.0", "maximum = 1.0"),)),
    )


if __name__ == "__main__":
    unittest.main()
