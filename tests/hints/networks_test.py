# SPDX-License-Identifier: Apache-2.0
"""The hints of the networks: inputs, calls, targets, weights that do not fit."""
import os
import unittest
from pathlib import Path

from hints import TRAIN, Case, HintTest
from mistakes import AUTOENCODER

# A net of two inputs over two features.
GUEST = Path(os.environ["TERANGA_BUILD_FOLDER"]) / "lib/teranga/test_plugins/guest_twice.so"  # takes the whole batch
INPUTS = '''schema = 1
[data]
type = "random"
shape = [4]
noise = [3]
samples = 16
[[layer]]
type = "input"
name = "of_x"
[[layer]]
type = "input"
name = "of_noise"
[[layer]]
type = "concatenate"
input = ["of_x", "of_noise"]
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
'''
DENSE = '''schema = 1
[data]
type = "random"
shape = [4]
samples = 16
[[layer]]
type = "dense"
name = "first"
units = 4
activation = "sigmoid"
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
'''
OF_IDS = '[[layer]]\ntype = "embedding"\ninput_dim = 4\noutput_dim = 2\n'
RECURRENT = '''schema = 1
[data]
type = "random"
shape = [6, 3]
samples = 16
[[layer]]
type = "gru"
name = "steps"
units = 2
return_state = true
[[layer]]
type = "dense"
units = 2
input = ["steps.state_h"]
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
'''
# Two calls of one network, one over what a generator makes and one over the data.
CALLS = '''schema = 1
[data]
type = "random"
shape = [8]
samples = 16
[[layer]]
network = "generator"
type = "input"
from = "normal"
shape = [4]
[[layer]]
network = "generator"
type = "dense"
name = "made"
units = 8
[[layer]]
network = "critic"
type = "input"
[[layer]]
network = "critic"
type = "dense"
name = "verdict"
units = 1
activation = "sigmoid"
[[phase]]
name = "judging"
train = ["generator", "critic"]
[[phase.call]]
network = "generator"
[[phase.call]]
network = "critic"
name = "of_made"
input = ["generator"]
[[phase.call]]
network = "critic"
name = "of_data"
[[phase.loss]]
type = "binary_crossentropy"
output = "of_made"
target = 0
[[phase.loss]]
type = "binary_crossentropy"
output = "of_data"
target = 1
[optimizer]
type = "sgd"
[training]
epochs = 1
'''
ONE_CALL = CALLS.replace('[[phase.call]]\nnetwork = "critic"\nname = "of_data"\n', "").replace('[[phase.loss]]\ntype = "binary_crossentropy"\noutput = "of_data"\ntarget = 1\n', "")
TEXTS = '''schema = 1
[data]
type = "text"
train = "moods.csv"
text_column = "sentence"
label_column = "mood"
buckets = [3, 6]
[[layer]]
type = "embedding"
input_dim = 20
output_dim = 4
[[layer]]
type = "global_average_pooling1d"
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
'''
MOODS = {"moods.csv": "sentence,mood\n" + "the film was good,happy\nit was bad,sad\nthe meal was not so very good,happy\nbad,sad\n" * 6}
LAYERS = TEXTS[TEXTS.index("[[layer]]"):TEXTS.index("[loss]")]
# The same as a net of a phase.
CALLED = TEXTS.replace(LAYERS, LAYERS.replace("[[layer]]\n", '[[layer]]\nnetwork = "net"\n')).replace("[loss]", '[[phase]]\nname = "fit"\ntrain = ["net"]\n[phase.loss]')
STEP = '''schema = 1
[data]
type = "random"
shape = [4]
samples = 16
[[layer]]
type = "dense"
units = 1
activation = "step"
[loss]
type = "perceptron"
[optimizer]
type = "sgd"
'''
SIDE = '[[layer]]\ntype = "dense"\nname = "side"\nunits = 3\ninput = "of_noise"\n'


class NetworkHints(HintTest):
    area = ("framework/model",)
    complete = not os.environ.get("TERANGA_SANITIZE")  # sanitizers end a process that asks for too much memory
    no_memory = (
        Case("a batch that fits no memory", "a smaller training.batch_size needs less memory", "there is not enough memory for what lies between the layers for the 20000 samples of a batch", of=INPUTS, code=1, run="$ ulimit -v 4000000 && teranga " + TRAIN,
             wrong=(("samples = 16", "samples = 20000"), ('name = "out"\nunits = 2', 'name = "out"\nunits = 200000'), ("epochs = 1", "epochs = 1\nsteps_per_epoch = 1\nbatch_size = 20000")), fix=(("batch_size = 20000", "batch_size = 8"),), in_words=True),
    ) if complete else ()
    cases = no_memory + (
        # What looks up ids.
        Case("an embedding behind weights", 'leave out the layer "embedding"', 'its input comes from the layer "first" (dense)', of=DENSE, wrong=(('[[layer]]\ntype = "flatten"\n', OF_IDS + '[[layer]]\ntype = "flatten"\n'),), fix=((OF_IDS, ""),)),
        Case("an embedding behind weights that stay", 'leave out the layer "embedding"', 'its input comes from the layer "first" (dense)', of=DENSE.replace('name = "first"', 'name = "first"\ntrainable = false'), wrong=(('[[layer]]\ntype = "flatten"\n', OF_IDS + '[[layer]]\ntype = "flatten"\n'),), fix=((OF_IDS, ""),)),
        Case("an embedding of noise", 'leave out the layer "embedding"', 'its input comes from the noise of "of_noise"', of=DENSE.replace("[[layer]]", '[[layer]]\ntype = "input"\nname = "of_noise"\nfrom = "uniform"\nshape = [4]\n[[layer]]', 1), wrong=(('[[layer]]\ntype = "dense"\n', OF_IDS + '[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "dense"\n'),), fix=((OF_IDS, ""),)),
        # Inputs.
        Case("noise that names a field of the data", 'leave out "field" or "from"', "is not of the data and yet names their field", of=INPUTS, wrong=(('name = "of_noise"', 'name = "of_noise"\nfield = "noise"\nfrom = "normal"\nshape = [3]'),), fix=(('\nfield = "noise"', ""),)),
        Case("a field with a shape that is no noise", 'leave out "field" or "from"', "is not of the data and yet names their field", of=INPUTS, wrong=(('name = "of_noise"', 'name = "of_noise"\nfield = "noise"\nfrom = "normal"\nshape = [3]'),), fix=(('\nfrom = "normal"', ""),)),
        Case("noise without a shape", "shape = [64]", "needs a shape: no data tell it", of=INPUTS, wrong=(('name = "of_noise"', 'name = "of_noise"\nfrom = "normal"'),), fix=(('from = "normal"', 'from = "normal"\nshape = [64]'),)),
        Case("a feature by another name", "the features are: x, noise", 'the data have no feature "pixels"', of=INPUTS, wrong=(('name = "of_x"', 'name = "of_x"\nfield = "pixels"'),), fix=(('field = "pixels"', 'field = "x"'),), in_words=True),
        Case("more inputs than features", 'field = "x"', 'the data have 1 feature and no further one for the input "of_noise"', of=INPUTS, wrong=(("noise = [3]\n", ""),), fix=(('name = "of_noise"', 'name = "of_noise"\nfield = "x"'),)),
        Case("one input more than there are features", 'field = "x", or field = "noise"', 'the data have 2 features and no further one for the input "again"', of=INPUTS.replace('[[layer]]\ntype = "concatenate"', '[[layer]]\ntype = "input"\nname = "again"\nfield = "noise"\n[[layer]]\ntype = "concatenate"').replace('"of_noise"]', '"again"]'),
             wrong=(('\nfield = "noise"', ""),), fix=(('name = "again"', 'name = "again"\nfield = "noise"'),)),
        Case("an input of another shape", "shape = [4]", "the input expects samples of shape (5,), the data's \"x\" has (4,)", of=INPUTS, wrong=(('name = "of_x"', 'name = "of_x"\nshape = [5]'),), fix=(("shape = [5]", "shape = [4]"),)),
        Case("a target of another shape", "leave out shape", "the input expects samples of shape (2,), the data's \"y\" has ()", of=INPUTS, wrong=(('[[layer]]\ntype = "concatenate"', '[[layer]]\ntype = "input"\nname = "answer"\nfrom = "target"\nshape = [2]\n[[layer]]\ntype = "concatenate"'),), fix=(("shape = [2]\n", ""),)),
        Case("an input of another shape that is noise", 'from = "normal"', "the input expects samples of shape (5,), the data's \"x\" has (4,)", of=INPUTS, wrong=(('name = "of_x"', 'name = "of_x"\nshape = [5]'), ('name = "of_noise"', 'name = "of_noise"\nfield = "noise"')), fix=(("shape = [5]", 'shape = [4]\nfrom = "normal"'),)),
        Case("an output by another name", "its outputs are: output, state_h", 'the layer "steps" has no output "state"', of=RECURRENT, wrong=(("steps.state_h", "steps.state"),), fix=(("steps.state", "steps.state_h"),), in_words=True),
        # Calls.
        Case("calls of different shapes", 'let what enters "of_made" have the shape (8,), as what enters "of_data"', 'the calls "of_made" and "of_data" give one network inputs of different shapes: (5,) and (8,)', of=CALLS, wrong=(("units = 8", "units = 5"),), fix=(("units = 5", "units = 8"),), in_words=True),
        Case("a call of another shape than the network's own", 'let what enters "of_made" have the shape that the network\'s own input layer has', '"verdict/kernel" is (8, 1) where its network runs by itself, and (5, 1) for the input (5,)', of=ONE_CALL, wrong=(("units = 8", "units = 5"),), fix=(("units = 5", "units = 8"),), in_words=True),
        # Lengths.
        Case("weights for each step of texts in buckets", "end the network with a pooling over the steps", "has weights that depend on the length of the samples", of=TEXTS, files=MOODS, wrong=(('"global_average_pooling1d"', '"flatten"'),), fix=(('"flatten"', '"global_average_pooling1d"'),), in_words=True),
        Case("weights for each step, with the last step instead", "or with the last step of a recurrent layer", "has weights that depend on the length of the samples", of=TEXTS, files=MOODS, wrong=(('"global_average_pooling1d"', '"flatten"'),), fix=(('"flatten"', '"gru"\nunits = 3'),), in_words=True),
        Case("weights for each step, without buckets", "or leave out buckets", "has weights that depend on the length of the samples", of=TEXTS, files=MOODS, wrong=(('"global_average_pooling1d"', '"flatten"'),), fix=(("buckets = [3, 6]\n", ""),)),
        Case("weights for each step of texts in a phase", "end the network with a pooling over the steps", "has weights whose shape depends on that of its input", of=CALLED, files=MOODS, wrong=(('"global_average_pooling1d"', '"flatten"'),), fix=(('"flatten"', '"global_average_pooling1d"'),), in_words=True),
        # Equal bits for any number of processes.
        Case("equal bits from a layer that takes the whole batch", "leave out reproducible", "computes on all samples of a process at once", of=INPUTS.replace("schema = 1", f'schema = 1\nplugins = ["{GUEST}"]').replace("[[layer]]\ntype = \"dense\"", "[[layer]]\ntype = \"guest.twice\"\n[[layer]]\ntype = \"dense\""),
             wrong=(("epochs = 1", "epochs = 1\nreproducible = true"),), fix=(("\nreproducible = true", ""),)),
        # Layers that cannot learn.
        Case("a step with squared error", 'use the loss type = "perceptron"', "would never learn", of=STEP, wrong=(('"perceptron"', '"mean_squared_error"'),), fix=(('type = "mean_squared_error"', 'type = "perceptron"'),)),
        Case("a step inside of the net", "else set trainable = false", "would never learn", of=INPUTS, wrong=(('[[layer]]\ntype = "dense"', '[[layer]]\ntype = "dense"\nname = "inside"\nunits = 3\nactivation = "step"\n[[layer]]\ntype = "dense"'),), fix=(('name = "inside"', 'name = "inside"\ntrainable = false'),)),
        Case("a layer beside the way to the loss", "let another layer take its output", "would never learn", of=INPUTS, wrong=(('[[layer]]\ntype = "concatenate"', SIDE + '[[layer]]\ntype = "concatenate"'),), fix=(('["of_x", "of_noise"]', '["of_x", "side"]'),), in_words=True),
        Case("a layer beside the way to the loss that need not learn", "or set trainable = false", "would never learn", of=INPUTS, wrong=(('[[layer]]\ntype = "concatenate"', SIDE + '[[layer]]\ntype = "concatenate"'),), fix=(('name = "side"', 'name = "side"\ntrainable = false'),)),
        # Targets.
        Case("a target by another name", 'target = "y"', 'the data have no field "label" to be the target', of=INPUTS, wrong=(('crossentropy"', 'crossentropy"\ntarget = "label"'),), fix=(('target = "label"', 'target = "y"'),)),
        Case("data without a target", 'target = "x"', "the data have no target for this loss", of=AUTOENCODER.replace('type = "npz"\ntrain = "pictures.npz"\nscale = 0.00392', 'type = "random"\nshape = [8, 8, 1]\nsamples = 16\ntarget = "none"'), wrong=(('target = "x"\n', ""),), fix=(("[loss]", '[loss]\ntarget = "x"'),)),
        Case("a target for a loss that has none", 'leave out "target"', "judges an output alone and has no target", of=INPUTS.replace('type = "sparse_categorical_crossentropy"', 'type = "normal_divergence"'), wrong=(('"normal_divergence"', '"normal_divergence"\ntarget = "x"'),), fix=(('\ntarget = "x"', ""),)),
        # Weights.
        Case("a checkpoint of another recipe", "use the recipe that it was trained with", "does not fit the recipe's network", "evaluate run --set layer.out.units=3", of=INPUTS, before=(TRAIN,), then="evaluate run"),
        Case("a network larger than any memory", 'make the layer "side" smaller', "there is not enough memory for the", of=INPUTS.replace('[[layer]]\ntype = "concatenate"', SIDE + '[[layer]]\ntype = "concatenate"').replace('"of_noise"]', '"side"]'), wrong=(("units = 3", "units = 10000000000000"),), code=1,
             fix=(("units = 10000000000000", "units = 3"),), in_words=True, environment={"ASAN_OPTIONS": "allocator_may_return_null=1:exitcode=86"}),
    )


if __name__ == "__main__":
    unittest.main()
