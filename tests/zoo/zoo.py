# SPDX-License-Identifier: Apache-2.0
"""The table of the zoo, and recipes that train with a guest of it."""
import dataclasses
import os
import pathlib

SOURCE = pathlib.Path(os.environ["TERANGA_SOURCE"])
BUILD = pathlib.Path(os.environ["TERANGA_BUILD_FOLDER"])
PROGRAM = str(BUILD / "bin/teranga")
FOLDER = BUILD / "lib/teranga/zoo"
KINDS = ["activation", "loss", "optimizer", "metric", "schedule", "initializer", "dataset", "observer"]


@dataclasses.dataclass
class Guest:
    name: str
    rule: str
    also: set
    training: str

    @property
    def library(self):
        return FOLDER / f"zoo_{self.name}.so"

    @property
    def kind(self):
        """By the calls of the zoo that its source takes."""
        text = (SOURCE / f"tests/zoo/guests/{self.name}.cpp").read_text()
        return next((kind for kind in KINDS if f"zoo::{kind.capitalize()}" in text), "layer")


# What is said of those that touch what is not theirs.
WORDS_OF = {"loss_not_wanted": "d_predictions[0] is not wanted here (null data)", "loss_beyond_values": "directly behind the end of values (5 numbers: leading = 1)", "dataset_beyond": 'behind the end of field 0 ("x"), which has rows x [8] f32',
            "dataset_not_wanted": 'field 1 ("y") was not wanted (null data)', "observer_keeps_text": "it read the text run_folder of begin", "observer_root_file": "it opens /zoo_epochs.txt for writing, in the root folder"}


# ZOO_GUESTS: "all", or names with "," between them; nothing: the first guest of each group of rules and those of WORDS_OF, which are those that a build of the tests makes.
WANTED = os.environ.get("ZOO_GUESTS", "")


def guests():
    """Those that are wanted."""
    lines, groups = (SOURCE / "tests/zoo/zoo.txt").read_text().splitlines(), set()
    for name, rule, also, training in (line.split() for line in lines if line and not line.startswith("#")):
        if WANTED == "all" or name in WANTED.split(",") or (not WANTED and (rule.split("/")[0] not in groups or name in WORDS_OF)):
            yield Guest(name, rule, set() if also == "-" else set(also.split(",")), training)
        groups.add(rule.split("/")[0])


def recipe(guest):
    """A net whose one part is the guest."""
    part = {kind: f"zoo.{kind}" for kind in KINDS if kind == guest.kind}
    flat = "" if "dataset" in part else '[[layer]]\ntype = "flatten"\n'
    layer = '[[layer]]\ntype = "zoo.layer"\n' if guest.kind == "layer" else ""
    observer = '[[observer]]\ntype = "zoo.observer"\n' if "observer" in part else ""
    metrics = '"accuracy", "zoo.metric"' if "metric" in part else '"accuracy"'
    rate = '{ type = "zoo.schedule" }' if "schedule" in part else "0.005"
    return f"""schema = 1
plugins = ["{guest.library}"]
[data]
type = "{part.get("dataset", "digits")}"
{flat}[[layer]]
type = "dense"
units = 32
activation = "{part.get("activation", "tanh")}"
kernel_initializer = "{part.get("initializer", "glorot_uniform")}"
{layer}[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "{part.get("loss", "sparse_categorical_crossentropy")}"
[optimizer]
type = "{part.get("optimizer", "adam")}"
learning_rate = {rate}
[training]
epochs = 2
batch_size = 64
slice = 16
seed = 1
metrics = [{metrics}]
{observer}[checkpoint]
every_steps = 2
every_seconds = 0
[log]
report = false
"""
