# SPDX-License-Identifier: Apache-2.0
"""The hints of the reader of recipes: keys and their values, overrides, phases, references, syntax."""
import os
import shutil
import subprocess
import unittest
from pathlib import Path

import block_cases
from hints import TRAIN, Case, HintTest
from mistakes import GAN, PRICES, TABLE, TEXTS
from mistakes_test import write_data
from program import PROGRAM, RECIPES, SOURCE

STEPS_BOTH_WAYS = """schema = 1
[data]
type = "random"
shape = [6, 3]
samples = 16
[[layer]]
type = "bidirectional"
layer = { type = "gru", units = 16 }
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
"""
NET = '''schema = 1
[data]
type = "random"
shape = [4]
samples = 16
[[layer]]
type = "dense"
name = "first"
units = 3
[[layer]]
type = "dense"
name = "out"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 1
metrics = ["accuracy"]
'''
ONE = NET.replace('[[layer]]\ntype = "dense"\nname = "first"\nunits = 3\n', "")
LAYERS = NET[NET.index("[[layer]]"):NET.index("[loss]")]
OUT = NET[NET.index('[[layer]]\ntype = "dense"\nname = "out"'):NET.index("[loss]")].replace('name = "out"', 'name = "out"\ninput = "sum"')
WAY = '[[layer]]\ntype = "dense"\nname = "way"\ninput = "first"\nunits = 3\n'
SUM = '[[layer]]\ntype = "add"\nname = "sum"\ninput = ["first", "way"]\n'
FORK = NET[:NET.index('[[layer]]\ntype = "dense"\nname = "out"')] + WAY + SUM + OUT + NET[NET.index("[loss]"):]
NETS = GAN.replace('type = "npz"\ntrain = "pictures.npz"', 'type = "random"\nshape = [8, 8, 1]\nsamples = 16')
PHASES = NETS[NETS.index("[[phase]]"):NETS.index("[optimizer]")]
TAKEN = NETS.replace('network = "discriminator"\ntype = "input"', 'network = "discriminator"\ntype = "input"\nname = "judged"\nfrom = "call"\nshape = [8, 8, 1]').replace(
    '[[phase.call]]\nnetwork = "discriminator"\nname = "of_real"\n', "").replace('[[phase.loss]]\ntype = "binary_crossentropy"\noutput = "of_real"\ntarget = 1\n', "")
BOTH = '''[[phase]]
name = "both"
train = ["generator", "discriminator"]
[[phase.call]]
network = "generator"
[[phase.call]]
network = "discriminator"
input = ["generator"]
[phase.loss]
type = "binary_crossentropy"
target = 1
'''
TOGETHER = NETS.replace(PHASES, BOTH)
# A network over what two calls give.
PAIRED = '''schema = 1
[data]
type = "random"
shape = [4]
samples = 16
[[layer]]
network = "generator"
type = "dense"
units = 3
[[layer]]
network = "judge"
type = "input"
name = "left"
from = "call"
shape = [3]
[[layer]]
network = "judge"
type = "input"
name = "right"
from = "call"
shape = [3]
[[layer]]
network = "judge"
type = "subtract"
input = ["left", "right"]
[[layer]]
network = "judge"
type = "dense"
name = "verdict"
units = 1
[[phase]]
name = "judging"
train = ["judge"]
[[phase.call]]
network = "generator"
[[phase.call]]
network = "generator"
name = "again"
[[phase.call]]
network = "judge"
input = ["generator", "again"]
[phase.loss]
type = "mean_squared_error"
target = 1
[optimizer]
type = "sgd"
[training]
epochs = 1
'''

HOUSES = {"houses.csv": "area,price\n1,2\n2,3\n3,5\n"}
# Of two vendors, and an optimizer that has no learning rate of its own.
GUEST = r"""
#include <teranga/sdk/training.hpp>
namespace sdk = teranga::sdk;
struct Still {
  static sdk::Info info() { return {.name = "acme.still"}; }
  explicit Still(const sdk::Options&) {}
  std::int64_t state_count() const { return 0; }
  double rate(std::int64_t, std::int64_t, const double*) const { return 0.1; }
  void epoch_end(std::int64_t, sdk::Measures, double*) const {}
};
struct Other : Still {
  static sdk::Info info() { return {.name = "other.still"}; }
  using Still::Still;
};
struct Bare {
  static sdk::Info info() { return {.name = "acme.bare"}; }
  explicit Bare(const sdk::Options&) {}
  std::vector<const char*> slots() const { return {}; }
  template <class T>
  void update(const sdk::Update<T>&) const {}
};
TERANGA_PLUGIN(sdk::schedule<Still>(), sdk::schedule<Other>(), sdk::optimizer<Bare>())
"""
OF_GUEST = 'plugins = ["guest.so"]\n' + NET


def build_guest(place):
    (place / "guest.cpp").write_text(GUEST)
    subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-shared", "-fPIC", "-I", SOURCE / "framework/sdk/include", "-o", place / "guest.so", place / "guest.cpp"], check=True, timeout=100)
    (place / "guest.so").chmod(0o755)


def install(place):
    """A tree as an installed one: the program, its plugins and the recipes that come with it."""
    for folder in ("bin", "lib", "share/teranga/recipes"):
        (place / folder).mkdir(parents=True)
    shutil.copy(PROGRAM, place / "bin/teranga")
    (place / "lib/teranga").symlink_to(Path(PROGRAM).parents[1] / "lib/teranga")
    shutil.copy(RECIPES / "mlp-digits.toml", place / "share/teranga/recipes")


def alias(typed, meant, of, old):
    """A key by the name that others give it: `old` is the line in which the recipe has it."""
    wrong = old.replace(meant, typed, 1)
    return Case(f"{meant} as {typed}", f'did you mean "{meant}"?', f'unknown key "{typed}"', of=of, wrong=((old, wrong),), fix=((wrong, old),), files=FILES, in_words=True)


def removed(line, behind, hint):
    """A key that the hint tells to leave out."""
    return Case(f"{line} in a recipe", hint, f'unknown key "{line.split(" ")[0]}"', of=NET, wrong=((behind, f"{behind}\n{line}"),), fix=((f"\n{line}", ""),), in_words=True)


def over(shape, *layers):
    """A network over samples of that shape, whose first layers are those."""
    first = "".join(f"[[layer]]\n{layer}\n" for layer in layers)
    return NET.replace("shape = [4]", f"shape = {shape}").replace('[[layer]]\ntype = "dense"\nname = "first"\nunits = 3\n', first + '[[layer]]\ntype = "flatten"\n')


def foreign(typed, shape, instead, hint, options=""):
    """A layer that Keras has and Teranga has not: `instead` are the layers that the hint tells."""
    right, wrong = over(shape, *instead), over(shape, f'type = "{typed}"\n{options}')
    return Case(f"{typed}, which is none", hint, f'Teranga has no layer "{typed}"', of=right, wrong=((right, wrong),), fix=((wrong, right),), in_words=True)


def nearest(kind, typed, ours, old, of=NET):
    """A type that Keras has and Teranga has not; one of ours comes near to it."""
    wrong = old.replace(ours, typed)
    return Case(f"the {kind} {typed}, which is none", f'use "{ours}", which comes nearest to it', f'Teranga has no {kind} "{typed}"', of=of, files=FILES, wrong=((old, wrong),), fix=((wrong, old),), in_words=True)


FRAMES = "[3, 8, 8, 1]"
CONVOLVED = 'type = "time_distributed"\nlayer = { type = "conv2d", filters = 8, kernel_size = 3 }'
FILES = {**HOUSES, "moods.csv": "sentence,mood\n" + "a good day,good\na bad day,bad\nwhat a day,good\nno day,bad\n"}
OF_TEXT_FOLDER = TEXTS.replace('train = "moods.csv"', 'folder = "moods"').replace('text_column = "sentence"\nlabel_column = "mood"\n', "")
TEXT_FOLDER = {f"moods/{kind}/{number}.txt": f"a {kind} day" for kind in ("bad", "good") for number in (1, 2, 3)}
OF_IMAGES = over("[4]", 'type = "flatten"').replace('type = "random"\nshape = [4]', 'type = "images"\nfolder = "flowers"').replace("samples = 16\n", "")
IMAGES = {f"flowers/{kind}/{number}.pgm": b"P5 2 2 255\n" + bytes([1, 2, 3, number]) for kind in ("aster", "rose") for number in (1, 2, 3)}
OF_SERIES = PRICES.replace('type = "csv"\ntrain = "houses.csv"\ntarget = "price"\nnormalize = "standard"', 'type = "windows"\ntrain = "series.csv"\ncolumns = "x"\nwindow = 3').replace("[[layer]]", '[[layer]]\ntype = "flatten"\n[[layer]]', 1)
SERIES = {"series.csv": "x\n" + "".join(f"{i % 7}.5\n" for i in range(60))}
FEW_PRICES = {"houses.csv": "area,rooms,price\n" + "".join(f"{50 + i},{i % 5},{100 * (i % 6)}\n" for i in range(24))}
OF_SCHEDULE = NET.replace('type = "sgd"', 'type = "sgd"\nlearning_rate = { type = "exponential_decay", initial_learning_rate = 0.001, decay_steps = 1000, decay_rate = 0.9 }')
STOPPED = "in [training]: early_stopping = { monitor = \"loss\", patience = 3, restore_best_weights = true }"


def callback(name, hint, fix):
    """A callback of Keras, taken for an observer."""
    observer = f'[[observer]]\ntype = "{name}"\n'
    return Case(f"the callback {name}", hint, f'Teranga has no observer "{name}"', of=NET, wrong=(("[training]", observer + "[training]"),), fix=((observer, ""), *fix), in_words=True)


class RecipeHints(HintTest):
    area = ("framework/recipe",)
    cases = (
        # Types that others have.
        nearest("layer", "spatial_dropout2d", "dropout", 'type = "dropout"', over("[4]", 'type = "dropout"\nrate = 0.2')),
        nearest("loss", "nll_loss", "sparse_categorical_crossentropy", 'type = "sparse_categorical_crossentropy"'),
        nearest("optimizer", "LBFGS", "adam", 'type = "adam"', NET.replace("sgd", "adam")),
        nearest("metric", "true_positives", "confusion_matrix", '"confusion_matrix"', NET.replace('"accuracy"', '"confusion_matrix"')),
        nearest("activation", "celu", "elu", 'activation = "elu"', NET.replace("units = 3", 'units = 3\nactivation = "elu"')),
        Case("a loss among the metrics", "leave it out, each epoch tells the loss anyway", 'there is no metric "poisson"', of=NET.replace('["accuracy"]', "[]"), wrong=(("metrics = []", 'metrics = ["poisson"]'),), fix=(('"poisson"', ""),), in_words=True),
        callback("EarlyStopping", 'early_stopping = { monitor = "loss", patience = 3 } in [training]', (("epochs = 1", 'epochs = 1\nearly_stopping = { monitor = "loss", patience = 3 }'),)),
        callback("ModelCheckpoint", 'keep_best = { monitor = "loss" } in [checkpoint]', (("[training]", '[checkpoint]\nkeep_best = { monitor = "loss" }\n[training]'),)),
        callback("ReduceLROnPlateau", 'learning_rate = { type = "reduce_on_plateau", initial_learning_rate = 0.01, monitor = "loss" } in [optimizer]',
                 (('type = "sgd"', 'type = "sgd"\nlearning_rate = { type = "reduce_on_plateau", initial_learning_rate = 0.01, monitor = "loss" }'),)),
        callback("CSVLogger", "leave the observer out: metrics.csv in the run folder has a line for each epoch", ()),
        callback("TensorBoard", "tensorboard = true in [log]", (("[training]", "[log]\ntensorboard = true\n[training]"),)),
        callback("TerminateOnNaN", "leave the observer out: a training ends when its loss is not finite", ()),
        foreign("random_flip", "[8, 8, 1]", (), "leave the layer out: random_flip is an option in [data] of data sets of pictures", 'mode = "horizontal"'),
        foreign("rand_augment", "[8, 8, 1]", (), "leave the layer out: no layer changes pictures at random; options in [data] do, such as random_flip and random_rotation", "num_ops = 2"),
        foreign("separable_conv2d", "[8, 8, 1]", ('type = "depthwise_conv2d"\nkernel_size = 3', 'type = "conv2d"\nfilters = 4\nkernel_size = 1'), 'type = "depthwise_conv2d" with its kernel_size, and behind it type = "conv2d" with its filters and kernel_size = 1',
                "filters = 4\nkernel_size = 3"),
        foreign("conv1d_transpose", "[8, 2]", ('type = "upsampling1d"', 'type = "conv1d"\nfilters = 4\nkernel_size = 3\npadding = "same"'), 'two layers in place of it: type = "upsampling1d"', "filters = 4\nkernel_size = 3"),
        foreign("conv3d", FRAMES, (CONVOLVED,), 'type = "time_distributed" with layer = { type = "conv2d", filters = 8, kernel_size = 3 } convolves', "filters = 8\nkernel_size = 3"),
        foreign("conv_lstm1d", "[8, 2]", ('type = "conv1d"\nfilters = 4\nkernel_size = 3', 'type = "lstm"\nunits = 16'), 'behind it type = "lstm" with units = 16', "filters = 4\nkernel_size = 3"),
        foreign("conv_lstm2d", FRAMES, (CONVOLVED, 'type = "time_distributed"\nlayer = { type = "flatten" }', 'type = "lstm"\nunits = 16'), 'type = "time_distributed" with layer = { type = "flatten" }, and type = "lstm" with units = 16'),
        foreign("max_pooling3d", FRAMES, ('type = "time_distributed"\nlayer = { type = "max_pooling2d" }',), 'layer = { type = "max_pooling2d" } takes the largest'),
        foreign("average_pooling3d", FRAMES, ('type = "time_distributed"\nlayer = { type = "average_pooling2d" }',), 'layer = { type = "average_pooling2d" } takes the means'),
        foreign("global_max_pooling3d", FRAMES, ('type = "time_distributed"\nlayer = { type = "global_max_pooling2d" }', 'type = "global_max_pooling1d"'), 'behind it type = "global_max_pooling1d"'),
        foreign("global_average_pooling3d", FRAMES, ('type = "time_distributed"\nlayer = { type = "global_average_pooling2d" }', 'type = "global_average_pooling1d"'), 'behind it type = "global_average_pooling1d"'),
        foreign("upsampling3d", FRAMES, ('type = "time_distributed"\nlayer = { type = "upsampling2d" }',), 'layer = { type = "upsampling2d" } makes'),
        foreign("zero_padding3d", FRAMES, ('type = "time_distributed"\nlayer = { type = "zero_padding2d" }',), 'layer = { type = "zero_padding2d" } puts zeros'),
        foreign("sequential", "[4]", ('type = "dense"\nunits = 3',), "write those of the network one behind the other"),
        foreign("lambda", "[4]", (), "leave the layer out, or write it as a plugin"),
        foreign("activity_regularization", "[4]", ('type = "dense"\nunits = 3\nkernel_regularizer = "l2"',), 'kernel_regularizer = "l2" in the layer before it'),
        foreign("spectral_normalization", "[4]", ('type = "dense"\nunits = 3',), "write the layer inside alone"),
        foreign("text_vectorization", "[4]", (), 'leave the layer out: the data set "text"'),
        foreign("normalization", "[4]", (), 'leave the layer out; in [data] of tables and arrays, normalize = "standard"'),
        foreign("category_encoding", "[4]", (), 'leave the layer out: the data set "csv"'),
        foreign("discretization", "[4]", (), "leave the layer out: columns of numbers"),
        foreign("resizing", "[8, 8, 1]", (), "leave the layer out; in [data] of type \"images\", image_size = [28, 28]"),
        foreign("cropping1d", "[8, 2]", ('type = "max_pooling1d"',), 'type = "max_pooling1d" also makes a sequence shorter'),
        foreign("cropping2d", "[8, 8, 1]", ('type = "max_pooling2d"',), 'type = "max_pooling2d" also makes pictures smaller'),
        foreign("mel_spectrogram", "[4]", (), "leave the layer out, and make the spectrograms before"),
        # Keys by the names that others give them.
        alias("normalization", "normalize", PRICES, 'normalize = "standard"'),
        alias("label", "target", PRICES, 'target = "price"'),
        alias("path", "train", PRICES, 'train = "houses.csv"'),
        alias("delimiter", "separator", PRICES.replace("[[layer]]", 'separator = ","\n[[layer]]', 1), 'separator = ","'),
        alias("text", "text_column", TEXTS, next(line for line in TEXTS.splitlines() if line.startswith("text_column"))),
        alias("y", "label_column", TEXTS, next(line for line in TEXTS.splitlines() if line.startswith("label_column"))),
        alias("target", "label_column", TEXTS, next(line for line in TEXTS.splitlines() if line.startswith("label_column"))),
        alias("x", "text_column", TEXTS, next(line for line in TEXTS.splitlines() if line.startswith("text_column"))),
        alias("label", "label_column", TEXTS, next(line for line in TEXTS.splitlines() if line.startswith("label_column"))),
        alias("sequence_length", "maxlen", TEXTS, next(line for line in TEXTS.splitlines() if line.startswith("maxlen"))),
        alias("max_tokens", "num_words", TEXTS, "num_words = 20"),
        alias("nb_epoch", "epochs", NET, "epochs = 1"),
        removed("input_shape = [4]", 'name = "first"', "leave it out: the data tell the shapes"),
        removed("verbose = 0", "epochs = 1", 'leave it out: --progress none, behind the command, keeps a training quiet'),
        Case("features of a table", "leave it out: the features are all columns but the target", 'unknown key "features"', of=PRICES, wrong=(("[data]", '[data]\nfeatures = ["area"]'),), fix=(('\nfeatures = ["area"]', ""),), files=FILES, in_words=True),
        Case("features of a table, as x", "leave it out: the features are all columns but the target", 'unknown key "x"', of=PRICES, wrong=(("[data]", '[data]\nx = ["area"]'),), fix=(('\nx = ["area"]', ""),), files=FILES, in_words=True),
        Case("patience of [training]", STOPPED, 'unknown key "patience"', of=NET, wrong=(("epochs = 1", "epochs = 1\npatience = 3"),), fix=(("patience = 3", STOPPED.split(": ", 1)[1]),), in_words=True),
        Case("callbacks, with a validation part", STOPPED.replace('"loss"', '"val_loss"'), 'unknown key "callbacks"', of=NET.replace("samples = 16", "samples = 16\nvalidation_split = 0.25"), wrong=(("epochs = 1", 'epochs = 1\ncallbacks = ["EarlyStopping"]'),), fix=(('callbacks = ["EarlyStopping"]', STOPPED.replace('"loss"', '"val_loss"').split(": ", 1)[1]),), in_words=True),
        Case("callbacks beside early stopping", "leave it out: early_stopping with restore_best_weights = true keeps the best weights", 'unknown key "save_best_only"', of=NET + '[training.early_stopping]\nmonitor = "loss"\n', wrong=(("epochs = 1", "epochs = 1\nsave_best_only = true"),), fix=(("\nsave_best_only = true", ""),)),
        Case("patience beside early stopping", "it belongs to early_stopping of [training]", 'unknown key "patience"', of=NET + '[training.early_stopping]\nmonitor = "loss"\n', wrong=(("epochs = 1", "epochs = 1\npatience = 3"),), fix=(("\npatience = 3", ""), ('monitor = "loss"', 'monitor = "loss"\npatience = 3')), in_words=True),
        Case("a data set as Keras calls it", 'type = "text" with train = "FILE", text_column and label_column', 'Teranga has no data set "TextVectorization"', of=TEXTS, files=FILES, wrong=(('type = "text"', 'type = "TextVectorization"'),), fix=(('type = "TextVectorization"', 'type = "text"'),), in_words=True),
        Case("a folder of texts as Keras calls it", 'type = "text" with folder = "FOLDER"', 'Teranga has no data set "text_dataset_from_directory"', of=OF_TEXT_FOLDER, files=TEXT_FOLDER, wrong=(('type = "text"', 'type = "text_dataset_from_directory"'),), fix=(('type = "text_dataset_from_directory"', 'type = "text"'),), in_words=True),
        Case("pictures as Keras calls them", 'type = "images" with folder = "FOLDER"', 'Teranga has no data set "image_dataset_from_directory"', of=OF_IMAGES, files=IMAGES, wrong=(('type = "images"', 'type = "image_dataset_from_directory"'),), fix=(('type = "image_dataset_from_directory"', 'type = "images"'),), in_words=True),
        Case("a table as pandas reads it", 'type = "csv" with train = "FILE", and target', 'Teranga has no data set "read_csv"', of=PRICES, files=HOUSES, wrong=(('type = "csv"', 'type = "read_csv"'),), fix=(('type = "read_csv"', 'type = "csv"'),), in_words=True),
        Case("a series as Keras calls it", 'type = "windows" makes samples of a long series of numbers', 'Teranga has no data set "timeseries_dataset_from_array"', of=OF_SERIES, files=SERIES, wrong=(('type = "windows"', 'type = "timeseries_dataset_from_array"'),), fix=(('type = "timeseries_dataset_from_array"', 'type = "windows"'),), in_words=True),
        Case("a table compile", "the loss stands in [loss], the optimizer in [optimizer]", 'unknown key "compile" of the recipe', of=NET, wrong=(("[training]", '[compile]\nmetrics = ["accuracy"]\n[training]'),), fix=(('[compile]\nmetrics = ["accuracy"]\n', ""),), in_words=True),
        Case("a quiet early stopping", "leave it out: the log tells when training stops early", 'unknown key "verbose" of "early_stopping"', of=NET.replace("epochs = 1", 'epochs = 1\nearly_stopping = { monitor = "loss" }'), wrong=(('monitor = "loss"', 'monitor = "loss", verbose = 1'),), fix=((", verbose = 1", ""),)),
        Case("numbers normalised by another name", 'normalize = "standard"', 'found text "zscore"', of=PRICES, files=HOUSES, wrong=(('normalize = "standard"', 'normalize = "zscore"'),), fix=(('"zscore"', '"standard"'),)),
        Case("ids by another name", 'encoding = "ids"', 'found text "int"', of=TEXTS.replace("maxlen = 6", 'maxlen = 6\nencoding = "ids"'), files=FILES, wrong=(('encoding = "ids"', 'encoding = "int"'),), fix=(('"int"', '"ids"'),)),
        Case("a key of [data] behind --set", "--set data.limit=8", 'unknown key "limit" of the recipe', of=NET, run="check recipe.toml --set limit=8", then="check recipe.toml --set data.limit=8"),
        Case("a key of [training] behind --set", "--set training.epochs=2", 'unknown key "epochs" of the recipe', of=NET, run="check recipe.toml --set epochs=2", then="check recipe.toml --set training.epochs=2"),
        Case("a size with its channels", "image_size = [2, 2]", "expected a list of 2 integers", of=OF_IMAGES, files=IMAGES, wrong=(('folder = "flowers"', 'folder = "flowers"\nimage_size = [2, 2, 1]'),), fix=(("image_size = [2, 2, 1]", "image_size = [2, 2]"),)),
        Case("the width of a dense layer by another name", 'did you mean "units"?', 'unknown key "output_dim"', of=NET, wrong=(("units = 3", "output_dim = 3"),), fix=(("output_dim", "units"),), in_words=True),
        Case("one-hot classes as Keras asks for them", "one_hot = true", 'unknown key "label_mode"', of=PRICES.replace('target = "price"', 'target = "price"\ntarget_is = "classes"').replace("mean_squared_error", "categorical_crossentropy").replace("units = 1", 'units = 6\nactivation = "softmax"').replace('target_is = "classes"', 'target_is = "classes"\none_hot = true'), files=FEW_PRICES,
             wrong=(("one_hot = true", 'label_mode = "categorical"'),), fix=(('label_mode = "categorical"', "one_hot = true"),)),
        Case("class numbers as Keras asks for them", "leave it out: classes are numbers from 0", 'unknown key "label_mode"', of=PRICES, files=HOUSES, wrong=(('target = "price"', 'target = "price"\nlabel_mode = "int"'),), fix=(('\nlabel_mode = "int"', ""),)),
        Case("texts without a label as in tables", "leave it out, and remove the lines without a label from the file", 'unknown key "missing_target"', of=TEXTS, files=FILES, wrong=(("[data]", '[data]\nmissing_target = "leave out"'),), fix=(('\nmissing_target = "leave out"', ""),)),
        Case("a momentum without its point", "momentum = 0.9; 9 percent are 0.09", "found 9.0", of=NET, wrong=(('type = "sgd"', 'type = "sgd"\nmomentum = 9'),), fix=(("momentum = 9", "momentum = 0.9"),)),
        Case("an empty layer", "or take the line [[layer]] out where nothing stands under it", "has no type", of=NET, wrong=(("[[layer]]", "[[layer]]\n[[layer]]"),), fix=(("[[layer]]\n[[layer]]", "[[layer]]"),)),
        Case("a schedule without its rate", "initial_learning_rate = 0.001", 'needs "initial_learning_rate"', of=OF_SCHEDULE, wrong=(("initial_learning_rate = 0.001, ", ""),), fix=(('"exponential_decay", ', '"exponential_decay", initial_learning_rate = 0.001, '),), in_words=True),
        Case("a schedule by others' names", 'did you mean "initial_learning_rate"?', 'unknown key "initial_lr"', of=OF_SCHEDULE, wrong=(("initial_learning_rate", "initial_lr"),), fix=(("initial_lr", "initial_learning_rate"),), in_words=True),
        Case("a schedule without its decay", "decay_rate = 0.9", 'needs "decay_rate"', of=OF_SCHEDULE, wrong=((", decay_rate = 0.9", ""),), fix=(("decay_steps = 1000", "decay_steps = 1000, decay_rate = 0.9"),), in_words=True),
        Case("callbacks", STOPPED, 'unknown key "callbacks"', of=NET, wrong=(("epochs = 1", 'epochs = 1\ncallbacks = ["EarlyStopping"]'),), fix=(('callbacks = ["EarlyStopping"]', STOPPED.split(": ", 1)[1]),), in_words=True),
        Case("a rate that Adafactor limits anyway", "leave it out: with adafactor the learning rate is never above 1 / sqrt(step)", 'unknown key "relative_step"', of=NET.replace('type = "sgd"', 'type = "adafactor"'),
             wrong=(('type = "adafactor"', 'type = "adafactor"\nrelative_step = true'),), fix=(("\nrelative_step = true", ""),)),
        Case("a rate that decays", "a schedule: learning_rate = {", 'unknown key "decay"', of=NET, wrong=(('type = "sgd"', 'type = "sgd"\ndecay = 1e-6'),),
             fix=(("decay = 1e-6", 'learning_rate = { type = "exponential_decay", initial_learning_rate = 0.01, decay_steps = 1000, decay_rate = 0.9 }'),), in_words=True),
        Case("validation data", "in [data]: validation_split = 0.1", 'unknown key "validation_data"', of=PRICES, files=FILES, wrong=(("epochs = 1", 'epochs = 1\nvalidation_data = "houses.csv"'),),
             fix=(('\nvalidation_data = "houses.csv"', ""), ("[data]", "[data]\nvalidation_split = 0.1")), in_words=True),
        Case("a table called [train]", 'did you mean "training"?', 'unknown key "train" of the recipe', of=NET, wrong=(("[training]", "[train]"),), fix=(("[train]", "[training]"),), in_words=True),
        Case("no heading of [data]", '"target" belongs in [data]', 'unknown key "target" of the recipe', of=PRICES, files=FILES, wrong=(("[data]\n", ""),), fix=(("schema = 1\n", "schema = 1\n[data]\n"),), in_words=True),
        # Keys and their values.
        Case("a name without quotes", 'write "5", in quotes', "expected text, found 5", of=NET, wrong=(('name = "first"', "name = 5"),), fix=(("name = 5", 'name = "5"'),), in_words=True),
        Case("a number in quotes", "write 3 without quotes", 'found text "3"', of=NET, wrong=(("units = 3", 'units = "3"'),), fix=(('units = "3"', "units = 3"),), in_words=True),
        Case("a word for a boolean", "write true without quotes", 'found text "yes"', of=NET, wrong=(("units = 3", 'units = 3\nuse_bias = "yes"'),), fix=(('"yes"', "true"),), in_words=True),
        Case("a whole number with a point", "write 3", "found 3.0", of=NET, wrong=(("units = 3", "units = 3.0"),), fix=(("units = 3.0", "units = 3"),), in_words=True),
        Case("a share in percent", "50 percent are 0.5", "expected a number in [0, 1], found 50.0", of=NET, wrong=(('[[layer]]\ntype = "dense"\nname = "out"', '[[layer]]\ntype = "dropout"\nrate = 50\n[[layer]]\ntype = "dense"\nname = "out"'),),
             fix=(("rate = 50", "rate = 0.5"),), in_words=True),
        Case("a choice in capital letters", 'did you mean "uniform"?', 'found text "Uniform"', of=NET, wrong=(("samples", 'values = "Uniform"\nsamples'),), fix=(('"Uniform"', '"uniform"'),), in_words=True),
        Case("a regularizer that is none", 'one of "l1", "l2", "l1_l2"', 'no regularizer "ridge"', of=NET, wrong=(("units = 3", 'units = 3\nkernel_regularizer = "ridge"'),), fix=(('"ridge"', '"l2"'),), in_words=True),
        Case("a regularizer with a factor", "{ l1 = 0.0, l2 = 0.01 }", 'no regularizer "ridge"', of=NET, wrong=(("units = 3", 'units = 3\nkernel_regularizer = "ridge"'),), fix=(('"ridge"', "{ l1 = 0.0, l2 = 0.01 }"),), in_words=True),
        Case("a misspelt key", 'did you mean "units"?', 'unknown key "unist"', of=NET, wrong=(("units = 3", "unist = 3"),), fix=(("unist", "units"),), in_words=True),
        Case("a key of another table", '"learning_rate" belongs in [optimizer]', 'unknown key "learning_rate" of [training]', of=NET, wrong=(("epochs = 1", "epochs = 1\nlearning_rate = 0.1"),),
             fix=(("\nlearning_rate = 0.1", ""), ('type = "sgd"', 'type = "sgd"\nlearning_rate = 0.1')), in_words=True),
        Case("a key of another layer", '"filters" is an option of type = "conv1d", "conv2d"', 'unknown key "filters"', of=NET.replace("shape = [4]", "shape = [4, 4, 1]").replace('type = "dense"\nname = "first"', 'type = "conv2d"\nkernel_size = 2\nfilters = 3\nname = "first"').replace(
            "units = 3\n", '[[layer]]\ntype = "flatten"\n'), wrong=(("conv2d", "max_pooling2d"), ("kernel_size = 2\n", "")), fix=(("max_pooling2d", "conv2d"), ("filters = 3", "filters = 3\nkernel_size = 2")), in_words=True),
        Case("an option of a part that has none", "it takes no options", 'unknown key "steepness"', of=NET, wrong=(('activation = "softmax"', 'activation = { type = "tanh", steepness = 1.0 }'),), fix=((", steepness = 1.0", ""),)),
        Case("a key that nothing has", "known are: schema, name, plugins", 'unknown key "author" of the recipe', of=NET, wrong=(("schema = 1", 'schema = 1\nauthor = "me"'),), fix=(("author", "name"),), in_words=True),
        Case("a key that is missing", "units = 16", 'needs "units": an integer >= 1', of=NET, wrong=(("units = 3\n", ""),), fix=(('name = "first"', 'name = "first"\nunits = 16'),)),
        Case("an inner layer by its name alone", 'layer = { type = "gru", units = 16 }', 'expected the inner layer with its options, found text "GRU"', of=STEPS_BOTH_WAYS, wrong=(('layer = { type = "gru", units = 16 }', 'layer = "GRU"\nunits = 16'),), fix=(('layer = "GRU"\nunits = 16', 'layer = { type = "gru", units = 16 }'),)),
        Case("options of an inner layer beside it", 'it belongs to the inner layer, without a line of its own: layer = { type = "gru", units = 3, return_sequences = true }', 'unknown key "units" of layer "bidirectional"', of=STEPS_BOTH_WAYS, wrong=(('layer = { type = "gru", units = 16 }', 'units = 3\nlayer = "gru"\nreturn_sequences = true'),),
             fix=(('units = 3\nlayer = "gru"\nreturn_sequences = true', 'layer = { type = "gru", units = 3, return_sequences = true }'),)),
        Case("a name that two vendors have", '"acme.still", "other.still"', "offered by several vendors", of=OF_GUEST, prepare=build_guest, wrong=(('type = "sgd"', 'type = "sgd"\nlearning_rate = { type = "still" }'),),
             fix=(('"still"', '"acme.still"'),), in_words=True),
        Case("an optimizer without a learning rate", "learning_rate = 0.01", 'needs "learning_rate"', of=OF_GUEST, prepare=build_guest, wrong=(('type = "sgd"', 'type = "bare"'),), fix=(('type = "bare"', 'type = "bare"\nlearning_rate = 0.01'),)),
        Case("a layer by a short name", 'did you mean "dense"?', 'there is no layer "fc"', of=NET, wrong=(('type = "dense"', 'type = "fc"'),), fix=(('"fc"', '"dense"'),), in_words=True),
        Case("a loss as an activation", '"huber" is a loss', 'there is no activation "huber"', of=PRICES.replace("mean_squared_error", "huber"), files=HOUSES, wrong=(("units = 1", 'units = 1\nactivation = "huber"'), ('type = "huber"', 'type = "mean_squared_error"')),
             fix=(('\nactivation = "huber"', ""), ('type = "mean_squared_error"', 'type = "huber"')), in_words=True),
        Case("a layer that there is not", '"teranga plugin list layer" shows what there is', 'there is no layer "quantum"', of=NET, wrong=(('type = "dense"', 'type = "quantum"'),), fix=(('"quantum"', '"dense"'),), in_words=True),
        Case("data in double brackets", "write [data] once, in single brackets", "expected its name, or a table with its type, found a list", of=NET, wrong=(("[data]", "[[data]]"),), fix=(("[[data]]", "[data]"),), in_words=True),
        Case("an optimizer in double brackets", "write [optimizer] once, in single brackets", "expected its name, or a table with its type, found a list", of=NET, wrong=(("[optimizer]", "[[optimizer]]"),), fix=(("[[optimizer]]", "[optimizer]"),), in_words=True),
        Case("a layer without a type", 'type = "dense"', 'layer "first" has no type', of=NET, wrong=(('type = "dense"\nname = "first"', 'name = "first"'),), fix=(('name = "first"', 'name = "first"\ntype = "dense"'),)),
        Case("a class weight by another word", 'class_weight = "balanced"', 'expected "balanced" or a table', of=NET, wrong=(("epochs = 1", 'epochs = 1\nclass_weight = "auto"'),), fix=(('class_weight = "auto"', 'class_weight = "balanced"'),)),
        Case("a class weight that is a number", 'class_weight = "balanced"', '"class_weight" of [training]: expected a table, found 5', of=NET, wrong=(("epochs = 1", "epochs = 1\nclass_weight = 5"),), fix=(("class_weight = 5", 'class_weight = "balanced"'),)),
        Case("rates of layers as a number", 'layer_rates = [{ layers = "*", factor = 0.1 }]', 'an entry of "layer_rates" of [training]: expected a table, found 0.1', of=NET, wrong=(("epochs = 1", "epochs = 1\nlayer_rates = 0.1"),), fix=(("layer_rates = 0.1", 'layer_rates = [{ layers = "*", factor = 0.1 }]'),)),
        Case("rates of no layer", 'layers = "first"', '"layer_rates" of [training]: no layer is called "frist"', of=NET, wrong=(("epochs = 1", 'epochs = 1\nlayer_rates = [{ layers = "frist", factor = 0.1 }]'),), fix=(("frist", "first"),)),
        Case("rates that end before they begin", "to_epoch = 3", '"to_epoch" is 2, before "from_epoch", which is 3', of=NET, wrong=(("epochs = 1", 'epochs = 1\nlayer_rates = [{ layers = "*", factor = 0.1, from_epoch = 3, to_epoch = 2 }]'),), fix=(("to_epoch = 2", "to_epoch = 3"),)),
        Case("a constraint as a number", 'kernel_constraint = "max_norm"', '"kernel_constraint" of layer "first": expected a table, found 2', of=NET, wrong=(("units = 3", "units = 3\nkernel_constraint = 2"),), fix=(("kernel_constraint = 2", 'kernel_constraint = "max_norm"'),)),
        Case("a constraint with a key of another", "leave out max_value", 'non_neg has no "max_value"', of=NET, wrong=(("units = 3", 'units = 3\nkernel_constraint = { type = "non_neg", max_value = 2.0 }'),), fix=((", max_value = 2.0", ""),)),
        Case("norms between two numbers the wrong way round", "max_value = 3", "min_value is 3, above max_value, which is 1", of=NET, wrong=(("units = 3", 'units = 3\nkernel_constraint = { type = "min_max_norm", min_value = 3.0 }'),), fix=(("min_value = 3.0", "min_value = 3.0, max_value = 3"),), in_words=True),
        Case("a momentum of no average", "use_ema = true", '"ema_momentum" of optimizer "sgd" goes with use_ema = true', of=NET, wrong=(('type = "sgd"', 'type = "sgd"\nema_momentum = 0.9'),), fix=(("ema_momentum", "use_ema = true\nema_momentum"),)),
        Case("two layers of one name", "leave out one of them", 'two layers would be called "first"', of=NET + "[initial_weights]\n", wrong=(("[initial_weights]", '[initial_weights]\nrename = { a = "first", b = "first" }'),), fix=((', b = "first"', ""),), in_words=True),
        Case("a constraint before an outer step", "leave out outer, or the constraint", "the constraint of layer \"first\" would not hold then", of=NET, wrong=(("units = 3", 'units = 3\nkernel_constraint = "non_neg"'), ("epochs = 1", 'epochs = 1\naveraging = { every = 4, outer = { type = "sgd" } }')), fix=((', outer = { type = "sgd" }', ""),), in_words=True),
        Case("an average in rounds", "leave out use_ema, or averaging", "in rounds (averaging, every = 4) each process has its own weights", of=NET, wrong=(('type = "sgd"', 'type = "sgd"\nuse_ema = true'), ("epochs = 1", "epochs = 1\naveraging = { every = 4 }")), fix=(("use_ema = true\n", ""),), in_words=True),
        Case("an average of changes", "leave out use_ema", "takes changes of weights, and keeps no average of them", of=NET, wrong=(("epochs = 1", 'epochs = 1\naveraging = { every = 4, outer = { type = "sgd", use_ema = true } }'),), fix=((", use_ema = true", ""),)),
        Case("two averages of a network", "an own [phase.optimizer] without use_ema for one of them", "both keep an average of the network", of=NETS, wrong=(("[optimizer]\n", "[optimizer]\nuse_ema = true\n"), (PHASES, PHASES + BOTH)), fix=(("use_ema = true\n", ""),), in_words=True),
        Case("a penalty on outputs in a recipe with phases", 'a [[phase.loss]] with type = "activity_penalty"', "the recipe has phases, and a penalty on outputs is a loss of one of them", of=NETS, wrong=(('name = "pixels"', 'name = "pixels"\nactivity_regularizer = "l2"'),), fix=(('\nactivity_regularizer = "l2"', ""),), in_words=True),
        Case("a fold in words", 'fold = "1/5"', '"fold" of [data]: expected the number of a fold', of=NET, wrong=(("samples = 16", 'samples = 16\nfold = "second"'),), fix=(('"second"', '"1/5"'),)),
        Case("initial weights of no layer", 'exclude = "first"', '"exclude" of [initial_weights]: no layer is called "frist"', of=NET + "[initial_weights]\n", wrong=(("[initial_weights]", '[initial_weights]\nexclude = ["first", "frist"]'),), fix=(("frist", "first"),), in_words=True),
        Case("initial weights as a word", 'initial_weights = { from = "runs/first" }', "[initial_weights]: expected a table, found", of=NET, wrong=(("schema = 1", 'schema = 1\ninitial_weights = "runs/first"'),), fix=(('initial_weights = "runs/first"', 'initial_weights = { from = "runs/first" }'),), in_words=True),
        Case("renaming as a word", 'rename = { name_there = "name_here" }', '"rename" of [initial_weights]: expected a table, found true', of=NET + "[initial_weights]\n", wrong=(("[initial_weights]", "[initial_weights]\nrename = true"),), fix=(("rename = true", 'rename = { name_there = "first" }'),), in_words=True),
        Case("renaming to a number", 'old = "first"', '"old" in "rename" of [initial_weights]: expected the name of a layer, found 1', of=NET + "[initial_weights]\n", wrong=(("[initial_weights]", "[initial_weights]\nrename = { old = 1 }"),), fix=(("old = 1", 'old = "first"'),)),
        Case("renaming to no layer", 'old = "first"', '"rename" of [initial_weights]: no layer is called "frist"', of=NET + "[initial_weights]\n", wrong=(("[initial_weights]", '[initial_weights]\nrename = { old = "frist" }'),), fix=(('"frist"', '"first"'),)),
        Case("best checkpoints as a word", 'keep_best = { monitor = "loss" }', '"keep_best" of [checkpoint]: expected a table, found true', of=NET + "[checkpoint]\n", wrong=(("[checkpoint]", "[checkpoint]\nkeep_best = true"),), fix=(("keep_best = true", 'keep_best = { monitor = "loss" }'),), in_words=True),
        Case("Keras's save_best_only", 'keep_best = { monitor = "loss" } keeps the best checkpoint', 'unknown key "save_best_only"', of=NET + "[checkpoint]\n", wrong=(("[checkpoint]", "[checkpoint]\nsave_best_only = true"),), fix=(("save_best_only = true", 'keep_best = { monitor = "loss" }'),), in_words=True),
        Case("what is written as a word", "[log] with report, tensorboard or prometheus below it", "[log]: expected a table, found true", of=NET, wrong=(("schema = 1", "schema = 1\nlog = true"),), fix=(("schema = 1\nlog = true", "schema = 1"), ("[training]", "[log]\ntensorboard = true\n[training]")), in_words=True),
        Case("a file that node_exporter does not read", 'prometheus = "metrics.prom"', 'node_exporter reads files whose names end with .prom, found "metrics.txt"', of=NET + "[log]\n", wrong=(("[log]", '[log]\nprometheus = "metrics.txt"'),), fix=(("metrics.txt", "metrics.prom"),)),
        Case("early stopping as a word", 'early_stopping = { monitor = "loss", patience = 3 }', '"early_stopping" of [training]: expected a table, found true', of=NET, wrong=(("epochs = 1", "epochs = 1\nearly_stopping = true"),), fix=(("early_stopping = true", 'early_stopping = { monitor = "loss", patience = 3 }'),)),
        Case("early stopping as a word, with a validation part", 'monitor = "val_loss" where the data have a validation part', '"early_stopping" of [training]: expected a table, found true', of=NET, wrong=(("samples = 16", "samples = 16\nvalidation_samples = 16"), ("epochs = 1", "epochs = 1\nearly_stopping = true")),
             fix=(("early_stopping = true", 'early_stopping = { monitor = "val_loss", patience = 3 }'),), in_words=True),
        # Sections.
        Case("an empty recipe", "a recipe has [data], a [[layer]] table for each layer, [loss] and [optimizer]", "the recipe is empty", of=NET, wrong=((NET, "# nothing yet\n"),), fix=(("# nothing yet\n", NET),), in_words=True),
        Case("no data", 'type = "digits"', "the recipe has no data set", of=NET, wrong=(('[data]\ntype = "random"\nshape = [4]\nsamples = 16\n', ""), ("units = 2", "units = 10")), fix=(("[[layer]]", '[data]\ntype = "digits"\n[[layer]]\ntype = "flatten"\n[[layer]]'),), in_words=True),
        Case("training in double brackets", "write [training] once, in single brackets", "[training]: expected a table, found a list", of=NET, wrong=(("[training]", "[[training]]"),), fix=(("[[training]]", "[training]"),), in_words=True),
        Case("no layers", "write one [[layer]] table for each", "the recipe has no layers", of=NET, wrong=((LAYERS, ""),), fix=(("[loss]", LAYERS + "[loss]"),), in_words=True),
        Case("an empty list of layers", "write one [[layer]] table for each", "the recipe has no layers", of=NET, wrong=((LAYERS, ""), ("schema = 1", "schema = 1\nlayer = []")), fix=(("\nlayer = []", ""), ("[loss]", LAYERS + "[loss]"),), in_words=True),
        Case("a layer in single brackets", "write [[layer]], in double brackets, for each of them", '"layer" is a list of tables, found a table', of=ONE, wrong=(("[[layer]]", "[layer]"),), fix=(("[layer]", "[[layer]]"),), in_words=True),
        Case("no loss", '[loss] with a type, such as type = "mean_squared_error"', "the recipe has no loss", of=PRICES, files=HOUSES, wrong=(('[loss]\ntype = "mean_squared_error"\n', ""),),
             fix=(("[optimizer]", '[loss]\ntype = "mean_squared_error"\n[optimizer]'),), in_words=True),
        Case("no optimizer", '[optimizer] with a type, such as type = "adam"', "the recipe has no optimizer", of=NET, wrong=(('[optimizer]\ntype = "sgd"\n', ""),), fix=(("[training]", '[optimizer]\ntype = "adam"\n[training]'),), in_words=True),
        # Overrides.
        Case("an override without a name", "--set training.epochs=5", "a name was expected in the path", "check recipe.toml --data --set .epochs=5", of=NET, then="check recipe.toml --data --set training.epochs=5"),
        Case("an override of an entry by a word", "--set layer[0].units=64", "a number in brackets was expected", "check recipe.toml --data --set layer[first].units=64", of=NET, then="check recipe.toml --data --set layer[0].units=64"),
        Case("an override with a blank in its path", "--set training.epochs=5", '"." or "=" was expected', "check recipe.toml --data --set 'training epochs=5'", of=NET, then="check recipe.toml --data --set training.epochs=5"),
        Case("an override of a list", "name one entry: training.metrics[0]", '"metrics" is a list', "check recipe.toml --data --set training.metrics.type=sparse_categorical_accuracy", of=NET, then="check recipe.toml --data --set training.metrics[0].type=sparse_categorical_accuracy", in_words=True),
        Case("an override of a misspelt layer", 'did you mean "first"?', 'the recipe has no layer "fist"', "check recipe.toml --data --set layer.fist.units=5", of=NET, then="check recipe.toml --data --set layer.first.units=5", in_words=True),
        Case("an override of a layer that there is not", "there are: first, out", 'the recipe has no layer "hidden"', "check recipe.toml --data --set layer.hidden.units=5", of=NET, then="check recipe.toml --data --set layer.first.units=5", in_words=True),
        Case("an override without =", "--set training.epochs=5", 'an override is a path, "=" and a value', "check recipe.toml --data --set training.epochs", of=NET, then="check recipe.toml --data --set training.epochs=5"),
        Case("an override without a value", "--set training.epochs=VALUE", 'needs a value after "="', "check recipe.toml --data --set training.epochs=", of=NET, then="check recipe.toml --data --set training.epochs=5", in_words=True),
        # Networks and phases.
        Case("an input that takes a call, without phases", 'from = "data"', "a recipe without phases has no calls", of=NET, wrong=(("[[layer]]", '[[layer]]\ntype = "input"\nfrom = "call"\nshape = [4]\n[[layer]]'),), fix=(('from = "call"', 'from = "data"'),)),
        Case("networks without phases", "write one [[phase]] table for each kind of update", 'the layers belong to 2 networks ("generator", "discriminator")', of=NETS, wrong=((PHASES, '[loss]\ntype = "binary_crossentropy"\n'),), fix=(('[loss]\ntype = "binary_crossentropy"\n', PHASES),), in_words=True),
        Case("networks that are one", 'or the same "network" for all layers', "nothing says which of them to train", of=NET, wrong=(('name = "first"', 'name = "first"\nnetwork = "body"'), ('name = "out"', 'name = "out"\nnetwork = "head"')), fix=(('"head"', '"body"'),), in_words=True),
        Case("a layer of no network", 'network = "discriminator"', 'layer "flatten" belongs to no network', of=NETS, wrong=(('network = "discriminator"\ntype = "flatten"', 'type = "flatten"'),), fix=(('type = "flatten"', 'type = "flatten"\nnetwork = "discriminator"'),)),
        Case("a loss outside of the phases", "[[phase.loss]]", "losses belong in the phases", of=NETS, wrong=(('[[phase.loss]]\ntype = "binary_crossentropy"\noutput = "of_fake"\ntarget = 0\n', ""), ("[optimizer]", '[loss]\ntype = "binary_crossentropy"\n[optimizer]')),
             fix=(('[loss]\ntype = "binary_crossentropy"\n[optimizer]', "[optimizer]"), ("[[phase.loss]]", '[[phase.loss]]\ntype = "binary_crossentropy"\noutput = "of_fake"\ntarget = 0\n[[phase.loss]]')), in_words=True),
        Case("metrics outside of the phases", "metrics = [...] in [[phase]]", "metrics belong in the phases", of=NETS, wrong=(("epochs = 1", 'epochs = 1\nmetrics = ["binary_accuracy"]'),), fix=(('\nmetrics = ["binary_accuracy"]', ""), ('train = ["generator"]', 'train = ["generator"]\nmetrics = ["binary_accuracy"]')), in_words=True),
        Case("a network that no phase calls", '[[phase.call]] with network = "critic", or leave its layers out', 'no phase calls the network "critic"', of=NETS, wrong=(("[[phase]]", '[[layer]]\nnetwork = "critic"\ntype = "flatten"\n[[phase]]'),),
             fix=(('[[layer]]\nnetwork = "critic"\ntype = "flatten"\n', ""),)),
        Case("no phases in their list", "one [[phase]] table for each kind of update", "the list of phases is empty", of=NETS, wrong=((PHASES, ""), ("schema = 1", "schema = 1\nphase = []")), fix=(("\nphase = []", ""), ("[optimizer]", PHASES + "[optimizer]")), in_words=True),
        Case("a phase without a name", 'name = "..."', "the phase has no name", of=NETS, wrong=(('name = "generator"\n', ""),), fix=(('train = ["generator"]', 'train = ["generator"]\nname = "of_generator"'),), in_words=True),
        Case("a phase with a blank in its name", 'letters, digits, "_" and "-"', "is no name for a phase", of=NETS, wrong=(('name = "generator"\n', 'name = "the generator"\n'),), fix=(('"the generator"', '"the_generator"'),), in_words=True),
        Case("a phase that is called as a part", "a name that begins with another word", "would be taken for a loss of the validation part", of=NETS, wrong=(('name = "generator"\n', 'name = "val"\n'),), fix=(('"val"', '"of_val"'),), in_words=True),
        Case("a phase that is called as the test", "a name that begins with another word", "would be taken for a loss of the test part", of=NETS, wrong=(('name = "generator"\n', 'name = "test_net"\n'),), fix=(('"test_net"', '"net_test"'),), in_words=True),
        Case("a phase that trains nothing", 'train = ["generator"], or ["discriminator"]', "names no network to train", of=NETS, wrong=(('train = ["generator"]\n', ""),), fix=(('name = "generator"\n', 'name = "generator"\ntrain = ["generator"]\n'),)),
        Case("averaging that is no table", "averaging = { every = 16 }", "expected a table", of=NET, wrong=(("epochs = 1", "epochs = 1\naveraging = 16"),), fix=(("averaging = 16", "averaging = { every = 16 }"),)),
        Case("equal bits and rounds", "leave out averaging, or reproducible", "with averaging the result depends on the number of processes", of=NET, wrong=(("epochs = 1", "epochs = 1\nreproducible = true\naveraging = { every = 4 }"),),
             fix=(("\naveraging = { every = 4 }", ""),)),
        Case("updates that are left out, and an outer optimizer", "leave out on_divergence, or averaging", "needs updates that all processes make together", of=NET, wrong=(("epochs = 1", "epochs = 1\non_divergence = \"back\"\naveraging = { outer = { type = \"sgd\", learning_rate = 0.7 } }"),),
             fix=(("\naveraging = { outer = { type = \"sgd\", learning_rate = 0.7 } }", ""),)),
        Case("updates that are left out, and rounds", "leave out on_divergence, or averaging", "needs updates that all processes make together", of=NET, wrong=(("epochs = 1", "epochs = 1\non_divergence = \"skip\"\naveraging = { every = 4 }"),),
             fix=(("\naveraging = { every = 4 }", ""),)),
        Case("equal bits and rounds, without equal bits", "leave out averaging, or reproducible", "with averaging the result depends on the number of processes", of=NET, wrong=(("epochs = 1", "epochs = 1\nreproducible = true\naveraging = { wire = \"bf16\" }"),),
             fix=(("\nreproducible = true", ""),)),
        Case("rounds of one update that overlap", "every = 16 beside overlap, or leave out overlap", "a round is one update", of=NET, wrong=(("epochs = 1", "epochs = 1\naveraging = { overlap = true }"),),
             fix=(("overlap = true", "every = 16, overlap = true"),), in_words=True),
        Case("rounds of one update that begin later", "every = 16 beside after_epoch, or leave out after_epoch", "a round is one update", of=NET, wrong=(("epochs = 1", "epochs = 1\naveraging = { after_epoch = 2 }"),),
             fix=(("after_epoch = 2", "every = 16, after_epoch = 2"),), in_words=True),
        Case("a schedule of the outer optimizer", "learning_rate = 0.7", "the learning rate of the outer optimizer is a number", of=NET,
             wrong=(("epochs = 1", 'epochs = 1\naveraging = { every = 16, outer = { type = "sgd", learning_rate = { type = "exponential_decay", initial_learning_rate = 0.7, decay_steps = 10, decay_rate = 0.5 } } }'),),
             fix=(('learning_rate = { type = "exponential_decay", initial_learning_rate = 0.7, decay_steps = 10, decay_rate = 0.5 }', "learning_rate = 0.7"),)),
        Case("several updates of one batch in a row, and one of several batches", 'leave out accumulate, or steps = 1 in the phase "discriminator"', "makes 2 updates of one batch", of=NETS,
             wrong=(('name = "discriminator"\n', 'name = "discriminator"\nsteps = 2\n'), ("epochs = 1", "epochs = 1\naccumulate = 2")), fix=(("steps = 2", "steps = 1"),)),
        Case("a network that is trained and not called", '[[phase.call]] with network = "generator"', 'trains "generator" and never calls it', of=TOGETHER, wrong=(('[[phase.call]]\nnetwork = "generator"\n', ""), ('input = ["generator"]\n', "")),
             fix=(("[[phase.call]]", '[[phase.call]]\nnetwork = "generator"\n[[phase.call]]'), ('network = "discriminator"\n[phase.loss]', 'network = "discriminator"\ninput = ["generator"]\n[phase.loss]')), in_words=True),
        Case("networks without calls", "one [[phase.call]] table for each, in order", "trains several networks, and nothing says how they are connected", of=TOGETHER, wrong=((BOTH[BOTH.index("[[phase.call]]"):BOTH.index("[phase.loss]")], ""),),
             fix=(("[phase.loss]", BOTH[BOTH.index("[[phase.call]]"):BOTH.index("type = ")]),), in_words=True),
        Case("a call of no network", 'network = "generator"', "the call names no network", of=TOGETHER, wrong=(('[[phase.call]]\nnetwork = "generator"', '[[phase.call]]\nname = "generator"'),), fix=(('[[phase.call]]\nname = "generator"', '[[phase.call]]\nname = "generator"\nnetwork = "generator"'),)),
        Case("two calls of one name", 'name = "..."', 'two calls of the phase are called "discriminator"', of=NETS, wrong=(('name = "of_fake"\n', ""), ('name = "of_real"\n', ""), ('output = "of_fake"', 'output = "discriminator"'), ('output = "of_real"', 'output = "discriminator"')),
             fix=(('input = ["generator"]', 'name = "of_fake"\ninput = ["generator"]'), ('output = "discriminator"', 'output = "of_fake"')), in_words=True),
        Case("a call that gives nothing", 'input = ["generator"]', 'gives nothing to the input "judged"', of=TAKEN, wrong=(('name = "of_fake"\ninput = ["generator"]', 'name = "of_fake"'),), fix=(('name = "of_fake"', 'name = "of_fake"\ninput = ["generator"]'),)),
        Case("a call that gives nothing and has none before it", "an earlier [[phase.call]]", 'gives nothing to the input "judged"', of=TAKEN, wrong=(('[[phase.call]]\nnetwork = "generator"\n[[phase.call]]\nnetwork = "discriminator"\nname = "of_fake"\ninput = ["generator"]', '[[phase.call]]\nnetwork = "discriminator"\nname = "of_fake"'),),
             fix=(('[[phase.call]]\nnetwork = "discriminator"\nname = "of_fake"', '[[phase.call]]\nnetwork = "generator"\n[[phase.call]]\nnetwork = "discriminator"\nname = "of_fake"\ninput = ["generator"]'),), in_words=True),
        Case("a call that gives nothing to two inputs", "input takes 2 of the earlier calls: generator, again", 'gives nothing to the input "left"', of=PAIRED, wrong=(('input = ["generator", "again"]\n', ""),), fix=(('network = "judge"\n[phase.loss]', 'network = "judge"\ninput = ["generator", "again"]\n[phase.loss]'),), in_words=True),
        Case("a misspelt network", 'did you mean "discriminator"?', 'no layer belongs to a network "discriminater"', of=NETS, wrong=(('train = ["discriminator"]', 'train = ["discriminater"]'),), fix=(('"discriminater"', '"discriminator"'),), in_words=True),
        Case("a network by another name", "the networks are: generator, discriminator", 'no layer belongs to a network "critic"', of=NETS, wrong=(('train = ["discriminator"]', 'train = ["critic"]'),), fix=(('"critic"', '"discriminator"'),), in_words=True),
        Case("layers without their network", 'network = "net" in the layers that belong to it', 'no layer belongs to a network "net"', of=NET, wrong=(('[loss]\ntype = "sparse_categorical_crossentropy"', '[[phase]]\nname = "fit"\ntrain = ["net"]\nloss = "sparse_categorical_crossentropy"'), ('metrics = ["accuracy"]\n', "")),
             fix=(('name = "first"', 'name = "first"\nnetwork = "net"'), ('name = "out"', 'name = "out"\nnetwork = "net"'))),
        Case("a phase without a loss", '[[phase.loss]] with a type, such as type = "mean_squared_error"', 'the phase "both" has no loss', of=TOGETHER.replace('"binary_crossentropy"', '"mean_squared_error"'), wrong=(('[phase.loss]\ntype = "mean_squared_error"\ntarget = 1\n', ""),),
             fix=(("[optimizer]", '[[phase.loss]]\ntype = "mean_squared_error"\ntarget = 1\n[optimizer]'),), in_words=True),
        # References.
        Case("a layer that takes another network's output", 'network = "discriminator" and input = ["generator"]', 'which belongs to "generator"', of=NETS, wrong=(('network = "discriminator"\ntype = "flatten"', 'network = "discriminator"\ntype = "flatten"\ninput = ["reshape"]'),),
             fix=(('\ninput = ["reshape"]', ""),)),
        Case("a misspelt call", 'did you mean "of_fake"?', 'has no call "of_fakes"', of=NETS, wrong=(('output = "of_fake"', 'output = "of_fakes"'),), fix=(('"of_fakes"', '"of_fake"'),), in_words=True),
        Case("a call by another name", 'its calls are: generator, of_fake, of_real', 'has no call "wrong"', of=NETS, wrong=(('output = "of_fake"', 'output = "wrong"'),), fix=(('output = "wrong"', 'output = "of_fake/verdict"'),), in_words=True),
        Case("a call that takes a later one", "order the calls so that each uses earlier ones", "which does not come earlier", of=TOGETHER,
             wrong=(('[[phase.call]]\nnetwork = "generator"\n[[phase.call]]\nnetwork = "discriminator"\ninput = ["generator"]\n', '[[phase.call]]\nnetwork = "discriminator"\ninput = ["generator"]\n[[phase.call]]\nnetwork = "generator"\n'),),
             fix=(('[[phase.call]]\nnetwork = "discriminator"\ninput = ["generator"]\n[[phase.call]]\nnetwork = "generator"\n', '[[phase.call]]\nnetwork = "generator"\n[[phase.call]]\nnetwork = "discriminator"\ninput = ["generator"]\n'),), in_words=True),
        Case("a misspelt layer of a call", 'did you mean "verdict"?', 'the network "discriminator" has no layer "verdikt"', of=NETS, wrong=(('output = "of_fake"', 'output = "of_fake/verdikt"'),), fix=(("verdikt", "verdict"),), in_words=True),
        Case("a layer that a call has not", "its layers are: input_1, flatten, verdict", 'the network "discriminator" has no layer "logits"', of=NETS, wrong=(('output = "of_fake"', 'output = "of_fake/logits"'),), fix=(("logits", "verdict"),), in_words=True),
        Case("a misspelt input", 'did you mean "first"?', 'there is no layer "fist"', of=NET, wrong=(('name = "out"', 'name = "out"\ninput = ["fist"]'),), fix=(('"fist"', '"first"'),), in_words=True),
        Case("an input that there is not", "layers are: first, out", 'there is no layer "hidden"', of=NET, wrong=(('name = "out"', 'name = "out"\ninput = ["hidden"]'),), fix=(('"hidden"', '"first"'),), in_words=True),
        Case("an input that comes later", 'move "way" in front of "sum"', 'layer "sum" refers to "way", which comes later', of=FORK, wrong=((WAY + SUM, SUM + WAY),), fix=((SUM + WAY, WAY + SUM),), in_words=True),
        # Syntax.
        Case("a date", "put text into quotes", "dates and times have no use", of=NET, wrong=(("schema = 1", "schema = 1\nname = 2024-05-17"),), fix=(("2024-05-17", '"2024-05-17"'),), in_words=True),
        Case("a quote that is missing", 'write activation = "relu"', "not valid TOML", of=NET, wrong=(("units = 3", 'units = 3\nactivation = "relu'),), fix=(('activation = "relu\n', 'activation = "relu"\n'),)),
        Case("a quote that is missing in a list", "a quote is missing in this line", "not valid TOML", of=NET, wrong=(('["accuracy"]', '["accuracy]'),), fix=(('["accuracy]', '["accuracy"]'),), in_words=True),
        Case("a list that is not closed", 'a ] is missing in line ', "not valid TOML", of=NET, wrong=(('["accuracy"]', '["accuracy"'),), fix=(('["accuracy"', '["accuracy"]'),)),
        Case("a list that is not closed before a heading", 'shape = [4]', "not valid TOML", of=NET, wrong=(("shape = [4]", "shape = [4"),), fix=(("shape = [4\n", "shape = [4]\n"),)),
        Case("a table that is not closed", 'a } is missing in line ', "not valid TOML", of=NET, wrong=(("epochs = 1", "epochs = 1\nclass_weight = { 0 = 1.0"),), fix=(("{ 0 = 1.0", "{ 0 = 1.0 }"),)),
        Case("a list in round brackets", "a list has square brackets: shape = [4]", "not valid TOML", of=NET, wrong=(("shape = [4]", "shape = (4)"),), fix=(("shape = (4)", "shape = [4]"),)),
        Case("a key without a value", "a key needs a value", "not valid TOML", of=NET, wrong=(("units = 3", "units ="),), fix=(("units =\n", "units = 3\n"),), in_words=True),
        Case("a number with zeros in front", "write units = 3", "not valid TOML", of=NET, wrong=(("units = 3", "units = 03"),), fix=(("units = 03", "units = 3"),)),
        Case("a number that begins with its point", "write rate = 0.5", "not valid TOML", of=NET, wrong=(('[[layer]]\ntype = "dense"\nname = "out"', '[[layer]]\ntype = "dropout"\nrate = .5\n[[layer]]\ntype = "dense"\nname = "out"'),), fix=(("rate = .5", "rate = 0.5"),)),
        Case("a decimal comma", "write rate = 0.5", "not valid TOML", of=NET, wrong=(('[[layer]]\ntype = "dense"\nname = "out"', '[[layer]]\ntype = "dropout"\nrate = 0,5\n[[layer]]\ntype = "dense"\nname = "out"'),), fix=(("rate = 0,5", "rate = 0.5"),)),
        Case("a share with a percent sign", "write rate = 0.2", "not valid TOML", of=NET, wrong=(('[[layer]]\ntype = "dense"\nname = "out"', '[[layer]]\ntype = "dropout"\nrate = 20%\n[[layer]]\ntype = "dense"\nname = "out"'),), fix=(("rate = 20%", "rate = 0.2"),)),
        Case("a share with a percent sign for one run", "write 0.5 without quotes", "expected a number in", "check recipe.toml --set data.test_split=50%", PRICES, files=HOUSES, then="check recipe.toml --set data.test_split=0.5", in_words=True),
        Case("true for a choice", 'normalize = "standard", or normalize = "minmax"', "expected one of", of=PRICES, files=HOUSES, wrong=(('normalize = "standard"', "normalize = true"),), fix=(("normalize = true", 'normalize = "minmax"'),)),
        Case("false for a choice", 'normalize = "none"', "expected one of", of=PRICES, files=HOUSES, wrong=(('normalize = "standard"', "normalize = false"),), fix=(("normalize = false", 'normalize = "none"'),)),
        Case("a colon for =", "write units = 3", "not valid TOML", of=NET, wrong=(("units = 3", "units: 3"),), fix=(("units: 3", "units = 3"),)),
        Case("a colon in a table", "write class_weight = { 0 = 1.0, 1 = 2.0 }", "not valid TOML", of=NET, wrong=(("epochs = 1", "epochs = 1\nclass_weight = { 0: 1.0, 1: 2.0 }"),), fix=(("{ 0: 1.0, 1: 2.0 }", "{ 0 = 1.0, 1 = 2.0 }"),)),
        Case("curly quotes", 'write straight quotes: activation = "relu"', "not valid TOML", of=NET, wrong=(("units = 3", "units = 3\nactivation = \u201crelu\u201d"),), fix=(("\u201crelu\u201d", '"relu"'),)),
        Case("a fraction", "write rate = 0.25", "not valid TOML", of=NET, wrong=(('[[layer]]\ntype = "dense"\nname = "out"', '[[layer]]\ntype = "dropout"\nrate = 1/4\n[[layer]]\ntype = "dense"\nname = "out"'),), fix=(("rate = 1/4", "rate = 0.25"),)),
        Case("a fraction in quotes", "write 0.25 without quotes", 'found text "1/4"', of=NET, wrong=(('[[layer]]\ntype = "dense"\nname = "out"', '[[layer]]\ntype = "dropout"\nrate = "1/4"\n[[layer]]\ntype = "dense"\nname = "out"'),), fix=(('rate = "1/4"', "rate = 0.25"),), in_words=True),
        Case("backslashes in a path", "a backslash needs single quotes: train = 'C:\\Users\\houses.csv'", "not valid TOML", of=PRICES.replace('"houses.csv"', "'C:\\Users\\houses.csv'"), files={"C:\\Users\\houses.csv": HOUSES["houses.csv"]},
             wrong=(("'C:\\Users\\houses.csv'", '"C:\\Users\\houses.csv"'),), fix=(('"C:\\Users\\houses.csv"', "'C:\\Users\\houses.csv'"),)),
        Case("a boolean as in Python", "write use_bias = true", "not valid TOML", of=NET, wrong=(("units = 3", "units = 3\nuse_bias = True"),), fix=(("True", "true"),)),
        Case("none as in Python", "leave the key out to say that there is none", "not valid TOML", of=NET, wrong=(("units = 3", "units = 3\nactivation = None"),), fix=(("\nactivation = None", ""),)),
        Case("text without quotes", 'text needs quotes: activation = "relu"', "not valid TOML", of=NET, wrong=(("units = 3", "units = 3\nactivation = relu"),), fix=(("relu", '"relu"'),)),
        Case("a key twice", "a key stands once in a table: leave one of them out", "not valid TOML", of=NET, wrong=(("units = 3", "units = 3\nunits = 4"),), fix=(("\nunits = 4", ""),)),
        Case("layers in single brackets", "write [[layer]], in double brackets, for each of them", "not valid TOML", of=NET, wrong=(("[[layer]]", "[layer]"), ("[[layer]]", "[layer]")), fix=(("\n[layer]", "\n[[layer]]"), ("\n[layer]", "\n[[layer]]")), in_words=True),
        Case("a table twice", "write [training] once, and all of its keys below it", "not valid TOML", of=NET, wrong=(("metrics", "[training]\nmetrics"),), fix=(("[training]\nmetrics", "metrics"),)),
        # The file.
        Case("a file without its ending", "did you mean recipe.toml?", "no such file", "check recipe --data", of=NET, then="check recipe.toml --data"),
        Case("a recipe that came with the program", "the one that came with the program is", "no such file", "check mlp-digits.toml", prepare=install, through=("sh", "-c", 'shift; exec bin/teranga "$@"', "sh"), then="check share/teranga/recipes/mlp-digits.toml", in_words=True),
        Case("a table as the recipe", 'type = "csv" and train = "houses.csv"', "expected a recipe (TOML text), found a file of data", "check houses.csv", of=PRICES, files=HOUSES, wrong=(('type = "csv"\ntrain = "houses.csv"', 'type = "digits"'),), fix=(('type = "digits"', 'type = "csv"\ntrain = "houses.csv"'),), then="check recipe.toml --data", in_words=True),
        Case("a table as the recipe, and what its data set takes", '"teranga reference dataset.csv" shows the other options of [data]', "expected a recipe (TOML text), found a file of data", "check houses.csv", files=HOUSES, then="reference dataset.csv"),
        Case("a run folder as the recipe", "name the recipe that was trained, and: --run run", "is a folder, not a recipe file", "train run --progress none --threads 1", of=NET, before=(TRAIN,), then="train recipe.toml --run run --progress none --threads 1", in_words=True),
        *block_cases.CASES,
    )
    elsewhere = (("framework/recipe/src/includes", '"include" stands in a recipe that is no file of its own', "tests/recipe/includes_test.cpp"),)


if __name__ == "__main__":
    unittest.main()
