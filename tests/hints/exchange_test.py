# SPDX-License-Identifier: Apache-2.0
"""The hints of models that come from Keras and go there."""
import shutil
import unittest

from hints import TRAIN, Case, HintTest
from program import SOURCE

GOLDEN = SOURCE / "tests/exchange/golden"
OF_SAME_LAYERS = '''schema = 1
[data]
type = "random"
shape = [3]
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


def model(place):
    shutil.copy(GOLDEN / "small.keras", place / "model.keras")


class ExchangeHints(HintTest):
    area = ("framework/exchange", "framework/zip", "launcher/src/import_command.cpp", "launcher/src/export_command.cpp")
    cases = (
        Case("a model that is not there", "look with: ls -l {place}", "there is no such file", "import models.keras", code=5, prepare=model, shell="ls -l {place}", then="import model.keras", in_words=True),
        Case("a folder in place of a model", 'model.save("model.keras")', "found a folder", "import .", code=5, follow=model, then="import model.keras", in_words=True),
        Case("weights in place of a model", "teranga train RECIPE.toml --init-weights model.weights.h5", "found weights alone", "import model.weights.h5", of=OF_SAME_LAYERS, code=5,
             before=(TRAIN, "checkpoint export run --output model.weights.h5"), then=TRAIN + " --fresh --init-weights model.weights.h5", in_words=True),
        Case("a model that was imported before", "mv model.toml model.toml.old, or other names: --recipe NAME.toml --weights NAME.h5", "model.toml exists, and is not replaced", "import model.keras", prepare=model,
             before=(), files={"model.toml": "mine"}, then="import model.keras --recipe other.toml --weights other.h5", in_words=True),
        Case("a recipe of another ending", "--recipe model.txt.toml", "expected a name that ends in .toml", "import model.keras --recipe model.txt", prepare=model, then="import model.keras --recipe model.txt.toml"),
        Case("a model for Keras of another ending", "--output model.keras", "named .keras only", "export run --output model.h5", of=OF_SAME_LAYERS, before=(TRAIN,), then="export run --output model.keras"),
        Case("arrays in a file of another ending", "--output model.npz", "has files named .npz", "export run --to npz --output model.h5", of=OF_SAME_LAYERS, before=(TRAIN,), then="export run --to npz --output model.npz", in_words=True),
        Case("a layout for a model of Keras", "--to safetensors --layout pytorch", "is for arrays", "export run --layout pytorch", of=OF_SAME_LAYERS, before=(TRAIN,), then="export run --to safetensors --layout pytorch"),
    )


if __name__ == "__main__":
    unittest.main()
