# SPDX-License-Identifier: Apache-2.0
"""The hints of random changes of pictures, and of the data set "cifar"."""
import unittest

from hints import Case, HintTest

RECIPE = '''schema = 1
[data]
type = "digits"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
'''


def changed(name, hint, message, options, fix):
    """Options below [data] of digits, and what follows the hint."""
    return Case(name, hint, message, of=RECIPE, wrong=(('"digits"\n', f'"digits"\n{options}\n'),), fix=fix, in_words=True)


class ChangeHints(HintTest):
    area = ("datasets/cifar", "datasets/reading/src/picture_options.cpp")
    elsewhere = (("datasets/cifar", "", "dataset_cifar"), ("datasets/reading/src/picture_options.cpp", "needs the darkest and the brightest value", "dataset_picture_changes"))
    cases = (
        changed("a crop larger than the pictures", "random_crop = [8, 8], or larger pictures", "expected at most the 8 x 8 pixels of the pictures", "random_crop = [9, 9]", (("[9, 9]", "[8, 8]"),)),
        changed("two kinds of crops", "leave out center_crop, or random_crop", "takes the part in the middle by itself", "random_crop = [6, 6]\ncenter_crop = [6, 6]", (("center_crop = [6, 6]\n", ""),)),
        changed("ten crops and a random one", "leave out one of both", "random_crop asks for other parts of the pictures", "random_crop = [6, 6]\nten_crop = [6, 6]", (("ten_crop = [6, 6]\n", ""),)),
        changed("ten crops of changed pictures", "leave out random_flip", "gives parts of pictures as they are", 'random_flip = "vertical"\nten_crop = [6, 6]', (('random_flip = "vertical"\n', ""),)),
        changed("colours of grey pictures", "leave out random_saturation; random_brightness and random_contrast change grey pictures", "needs pictures in colour", "random_saturation = 0.5", (("random_saturation", "random_contrast"),)),
        changed("a zoom of three numbers", "random_zoom = [0.1, 0.2, 0.3, 0.3]", "expected 1, 2 or 4 numbers, found 3", "random_zoom = [0.1, 0.2, 0.3]", (("0.3]", "0.3, 0.3]"),)),
        changed("a range that ends before it begins", "value_range = [0, 1]", "expected the darkest value, then the brightest", "value_range = [1, 0]", (("[1, 0]", "[0, 1]"),)),
        changed("mixed class numbers", "one_hot = true, and in [loss] type = \"categorical_crossentropy\"", "class numbers cannot be mixed", "mixup = 0.2", (("mixup = 0.2", "mixup = 0.2\none_hot = true"), ("sparse_categorical", "categorical"))),
    )


if __name__ == "__main__":
    unittest.main()
