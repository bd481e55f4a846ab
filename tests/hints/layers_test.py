# SPDX-License-Identifier: Apache-2.0
"""The hints of the plugins: layers, losses, metrics, initializers, activations and schedules."""
import shlex
import subprocess
import unittest

from hints import TRAIN, Case, HintTest
from mistakes import TEXTS
from mistakes_test import write_data
from program import PROGRAM, npy


def layer(words):
    """ "conv2d; filters = 2" as a table. """
    kind, *keys = words.split("; ")
    return f'[[layer]]\ntype = "{kind}"\n' + "".join(key + "\n" for key in keys)


def over(shape, *layers, data="", loss='type = "mean_squared_error"\ntarget = 0', end=""):
    """A net over random samples of a shape. Its loss suits any output unless one is given."""
    return f'schema = 1\n[data]\ntype = "random"\nsamples = 16\nshape = {shape}\n{data}' + "".join(map(layer, layers)) + f'[loss]\n{loss}\n[optimizer]\ntype = "sgd"\n[training]\nepochs = 1\n{end}'


def without(words):
    """The edit that takes the layer away, and the one that puts it back before the last layer."""
    return ((layer(words), ""),)


def added(words, before):
    return ((layer(before), layer(words) + layer(before)),)


IDS = 'values = "ids"\nids = 20\n'
CLASSES = 'type = "sparse_categorical_crossentropy"'
ONE_HOT = 'target = "uniform"\ntarget_shape = [2]\n'
TWO = 'dense; units = 2; activation = "softmax"'
SQUARE = "reshape; target_shape = [8, 8, 1]"
COLUMN = "reshape; target_shape = [1]"
STEPS = "reshape; target_shape = [-1, 1]"
EMBEDDING = "embedding; input_dim = 10000; output_dim = 16"
POOLED = "global_average_pooling1d"
CONV = "conv2d; filters = 2; kernel_size = 3"
ROWS = "dense; units = 2"
POOL = "max_pooling2d; pool_size = 3"
CAPSULES = "capsules; num_capsule = 2; dim_capsule = 3"
PAIRS = "reshape; target_shape = [-1, 2]"
EIGHTS = "reshape; target_shape = [-1, 8]"
TRANSPOSE = "conv2d_transpose; filters = 2; kernel_size = 2"
FORK = ("input; name = \"x\"", "dense; name = \"first\"; units = 4; input = \"x\"", "dense; name = \"second\"; units = 4; input = \"x\"")
PAIR = 'input = ["first", "second"]'
BOTH_WAYS = 'bidirectional; layer = { type = "lstm", units = 16 }; backward_layer = { type = "gru", units = 16, go_backwards = true }'
MEANS = ('input; name = "x"', 'dense; name = "z_mean"; units = 3; input = "x"', 'dense; name = "z_log_var"; units = 3; input = "x"')
SINGLE = {"x.npy": npy([8], "f", range(8))}


def single(*layers):
    """A net over samples that are a number each, which are made vectors first."""
    return over([1], COLUMN, *layers).replace('type = "random"\nsamples = 16\nshape = [1]', 'type = "npy"\ntrain = "x.npy"')


def train_larger_table(place):
    subprocess.run([PROGRAM, *shlex.split(TRAIN.replace("--run run", "--run larger")), "--set", "layer.embedding.input_dim=31"], cwd=place, check=True, capture_output=True, timeout=60)


class LayerHints(HintTest):
    area = ("plugins", "framework/sdk")
    cases = (
        # Element types and ranks.
        Case("whole numbers into a layer of quantities", 'add a layer of type "rescaling" with scale = 1.0 before it', "expects an input of floating-point numbers, found whole ones", of=over([4], "rescaling; scale = 1.0", "layer_normalization", data=IDS),
             wrong=without("rescaling; scale = 1.0"), fix=added("rescaling; scale = 1.0", "layer_normalization"), in_words=True),
        Case("ids of words into a dense layer", 'type = "embedding" with input_dim = 10000 and output_dim = 16, then type = "global_average_pooling1d"', "dense expects floating-point numbers, found whole ones", of=over([6], EMBEDDING, POOLED, TWO, data=IDS, loss=CLASSES),
             wrong=without(EMBEDDING) + without(POOLED), fix=added(EMBEDDING, TWO) + added(POOLED, TWO), in_words=True),
        Case("whole quantities into a dense layer", 'add a layer of type "rescaling" with scale = 1.0 before it', "dense expects floating-point numbers, found whole ones", of=over([6], "rescaling; scale = 1.0", TWO, data=IDS, loss=CLASSES),
             wrong=without("rescaling; scale = 1.0"), fix=added("rescaling; scale = 1.0", TWO), in_words=True),
        Case("texts into a dense layer", 'encoding = "binary" in [data]', "dense expects floating-point numbers, found whole ones", of=TEXTS, prepare=write_data, wrong=(('type = "embedding"\ninput_dim = 20\noutput_dim = 4\n[[layer]]\ntype = "lstm"\nunits = 3', 'type = "dense"\nunits = 3'),),
             fix=(("maxlen = 6", 'encoding = "binary"'),)),
        Case("single numbers into a dense layer", 'add a layer of type "reshape" with target_shape = [1] before it', "dense expects an input of rank 2 or more", of=single(TWO), files=SINGLE, wrong=without(COLUMN), fix=added(COLUMN, TWO), in_words=True),
        Case("single numbers into batch normalization", 'add a layer of type "reshape" with target_shape = [1] before it', "batch_normalization expects an input of rank 2 or more", of=single("batch_normalization"), files=SINGLE, wrong=without(COLUMN), fix=added(COLUMN, "batch_normalization"), in_words=True),
        Case("single numbers into layer normalization", 'add a layer of type "reshape" with target_shape = [1] before it', "without the samples", of=single("layer_normalization"), files=SINGLE, wrong=without(COLUMN), fix=added(COLUMN, "layer_normalization"), in_words=True),
        Case("single numbers put together", 'add a layer of type "reshape" with target_shape = [1] before it', "does not have", of=single("concatenate; input = [\"reshape\", \"reshape\"]"), files=SINGLE, wrong=((layer(COLUMN), layer("linear; name = \"reshape\"")),), fix=((layer("linear; name = \"reshape\""), layer(COLUMN)),), in_words=True),
        Case("steps without features into a recurrent layer", 'add a layer of type "reshape" with target_shape = [-1, 1] before it', "lstm expects an input of rank 3", of=over([6], STEPS, "lstm; units = 2"), wrong=without(STEPS), fix=added(STEPS, "lstm; units = 2"), in_words=True),
        Case("the last step alone into a recurrent layer", "return_sequences = true in the recurrent layer before it", "gru expects an input of rank 3", of=over([6, 2], "lstm; units = 2; return_sequences = true", "gru; units = 2"), wrong=(("return_sequences = true\n", ""),),
             fix=(('type = "lstm"', 'type = "lstm"\nreturn_sequences = true'),), in_words=True),
        Case("a pooled sequence into a recurrent layer", "behind a pooling layer or a flatten: leave that layer out", "gru expects an input of rank 3", of=over([6, 2], "gru; units = 2"), wrong=((layer("gru; units = 2"), layer(POOLED) + layer("gru; units = 2")),), fix=((layer(POOLED), ""),)),
        Case("pictures into a recurrent layer", 'add a layer of type "reshape" with target_shape = [8, 24] before it', "lstm expects an input of rank 3", of=over([8, 8, 3], "reshape; target_shape = [8, 24]", "lstm; units = 2"), wrong=without("reshape; target_shape = [8, 24]"), fix=added("reshape; target_shape = [8, 24]", "lstm; units = 2"), in_words=True),
        Case("ids of words into a recurrent layer", 'add a layer of type "embedding" with input_dim = 10000 and output_dim = 16 before it', "found whole numbers", of=over([6], EMBEDDING, "lstm; units = 2", data=IDS), wrong=without(EMBEDDING), fix=added(EMBEDDING, "lstm; units = 2"), in_words=True),
        Case("steps without features into masking", 'add a layer of type "reshape" with target_shape = [-1, 1] before it', "masking expects an input of rank 3", of=over([6], STEPS, "masking"), wrong=without(STEPS), fix=added(STEPS, "masking"), in_words=True),
        Case("pictures to be repeated", 'add a layer of type "flatten" before it', "repeat_vector expects an input of rank 2", of=over([4, 4], "flatten", "repeat_vector; n = 3"), wrong=without("flatten"), fix=added("flatten", "repeat_vector; n = 3"), in_words=True),
        Case("pixels in a row into a convolution", "target_shape = [8, 8, 1] before it", "conv2d expects an input of rank 4", of=over([64], SQUARE, CONV), wrong=without(SQUARE), fix=added(SQUARE, CONV), in_words=True),
        Case("pictures without channels into a convolution", "target_shape = [8, 8, 1] before it", "conv2d expects an input of rank 4", of=over([8, 8], SQUARE, CONV), wrong=without(SQUARE), fix=added(SQUARE, CONV), in_words=True),
        Case("pictures without channels into a transposed convolution", "target_shape = [8, 8, 1] before it", "conv2d_transpose expects an input of rank 4", of=over([8, 8], SQUARE, TRANSPOSE), wrong=without(SQUARE), fix=added(SQUARE, TRANSPOSE), in_words=True),
        Case("pictures without channels into pooling", "target_shape = [8, 8, 1] before it", "max_pooling2d expects an input of rank 4 (samples, height, width, channels)", of=over([8, 8], SQUARE, POOL), wrong=without(SQUARE), fix=added(SQUARE, POOL), in_words=True),
        Case("steps without channels into pooling", "target_shape = [8, 1] before it", "max_pooling1d expects an input of rank 3 (samples, steps, channels)", of=over([8], "reshape; target_shape = [8, 1]", "max_pooling1d"), wrong=without("reshape; target_shape = [8, 1]"), fix=added("reshape; target_shape = [8, 1]", "max_pooling1d"), in_words=True),
        Case("cells of a convolution into capsules", "target_shape = [-1, 2] in a layer of type \"reshape\" before it", "capsules expects an input of rank 3", of=over([8, 8, 1], CONV, PAIRS, CAPSULES), wrong=without(PAIRS), fix=added(PAIRS, CAPSULES), in_words=True),
        Case("rows of numbers into capsules", "a layer of type \"reshape\" with target_shape = [-1, 8] before it", "capsules expects an input of rank 3", of=over([64], EIGHTS, CAPSULES), wrong=without(EIGHTS), fix=added(EIGHTS, CAPSULES), in_words=True),
        Case("rows of a table into a convolution", 'use a layer of type "dense" in its place', "conv2d expects an input of rank 4", of=over([20], ROWS), wrong=((layer(ROWS), layer(CONV)),), fix=((layer(CONV), layer(ROWS)),), in_words=True),
        Case("rows of a table into a transposed convolution", 'use a layer of type "dense" in its place', "conv2d_transpose expects an input of rank 4", of=over([20], ROWS), wrong=((layer(ROWS), layer(TRANSPOSE)),), fix=((layer(TRANSPOSE), layer(ROWS)),), in_words=True),
        Case("rows of a table into pooling", 'use a layer of type "dense" in its place', "max_pooling2d expects an input of rank 4", of=over([20], ROWS), wrong=((layer(ROWS), layer(POOL)),), fix=((layer(POOL), layer(ROWS)),), in_words=True),
        # Options that do not go together.
        Case("a limit below the threshold", "max_value = 2", "is below threshold", of=over([4], "relu; max_value = 6.0; threshold = 1.0"), wrong=(("max_value = 6.0", "max_value = 0.5"),), fix=(("max_value = 0.5", "max_value = 2.000000"),)),
        Case("groups that do not divide the filters", "groups = 1", "conv2d expects a number of groups that divides filters = 2, found groups = 3", of=over([8, 8, 3], CONV), wrong=(("filters = 2", "filters = 2\ngroups = 3"),), fix=(("groups = 3", "groups = 1"),)),
        Case("groups that do not divide the channels", "groups = 1", "conv2d expects a number of input channels that groups = 2 divides", of=over([8, 8, 3], CONV), wrong=(("filters = 2", "filters = 2\ngroups = 2"),), fix=(("groups = 2", "groups = 1"),)),
        Case("strides and a dilation", "strides = 1", "conv2d expects strides of 1 where dilation_rate is more than 1", of=over([8, 8, 1], CONV), wrong=(("filters = 2", "filters = 2\nstrides = 2\ndilation_rate = 2"),), fix=(("strides = 2", "strides = 1"),)),
        Case("a kernel larger than the picture, made smaller", 'or a smaller kernel_size', "conv2d expects an input of at least 9 cells", of=over([8, 8, 1], CONV), wrong=(("kernel_size = 3", "kernel_size = 9"),), fix=(("kernel_size = 9", "kernel_size = 5"),), in_words=True),
        Case("a kernel larger than the picture", 'padding = "same"', "conv2d expects an input of at least 9 cells", of=over([8, 8, 1], CONV), wrong=(("kernel_size = 3", "kernel_size = 9"),), fix=(("kernel_size = 9", 'kernel_size = 9\npadding = "same"'),)),
        Case("a kernel that is spread beyond the picture", 'padding = "same"', "with dilation_rate = [4, 4]", of=over([8, 8, 1], CONV), wrong=(("kernel_size = 3", "kernel_size = 3\ndilation_rate = 4"),), fix=(("dilation_rate = 4", 'dilation_rate = 4\npadding = "same"'),)),
        Case("more padding of the output than strides", "output_padding = 1", "conv2d_transpose expects output_padding below strides = 3, found 4", of=over([8, 8, 1], TRANSPOSE + "; strides = [2, 3]"), wrong=(("strides", "output_padding = [1, 4]\nstrides"),), fix=(("output_padding = [1, 4]", "output_padding = 1"),)),
        Case("a transposed convolution without a cell left", 'padding = "valid"', "conv2d_transpose has no cell left", of=over([1, 1, 4], TRANSPOSE), wrong=(("filters = 2", 'filters = 2\npadding = "same"\noutput_padding = 0'),), fix=(('padding = "same"', 'padding = "valid"'),)),
        Case("pooling larger than the picture", "pool_size = 2", "max_pooling2d expects an input of at least 9 cells along spatial axis 1, the pool_size", of=over([8, 8, 1], POOL), wrong=(("pool_size = 3", "pool_size = 9"),), fix=(("pool_size = 9", "pool_size = 2"),)),
        Case("pooling of a picture of one row", 'padding = "same"', "max_pooling2d expects an input of at least 3 cells", of=over([1, 8, 1], POOL + '; padding = "same"'), wrong=(('\npadding = "same"', ""),), fix=(("pool_size = 3", 'pool_size = 3\npadding = "same"'),)),
        Case("pooling of a picture of one row, left out", "or leave this layer out", "max_pooling2d expects an input of at least 3 cells", of=over([1, 8, 1], "flatten"), wrong=((layer("flatten"), layer(POOL) + layer("flatten")),), fix=((layer(POOL), ""),)),
        Case("a padding of three numbers", "padding = [0, 1, 0, 1]", "zero_padding2d expects a padding of one number, [height, width] or [top, bottom, left, right], found 3 numbers", of=over([8, 8, 1], "zero_padding2d"), wrong=(('"zero_padding2d"', '"zero_padding2d"\npadding = [0, 1, 1]'),),
             fix=(("padding = [0, 1, 1]", "padding = [0, 1, 0, 1]"),)),
        Case("axes counted from 0", "dims = [2, 1]", "must name each axis from 1 to 2 once", of=over([3, 4], "permute; dims = [2, 1]"), wrong=(("dims = [2, 1]", "dims = [1, 0]"),), fix=(("dims = [1, 0]", "dims = [2, 1]"),)),
        Case("three axes counted from 0", "dims = [2, 1, 3]", "must name each axis from 1 to 3 once", of=over([3, 4, 2], "permute; dims = [3, 1, 2]"), wrong=(("dims = [3, 1, 2]", "dims = [2, 0, 1]"),), fix=(("dims = [2, 0, 1]", "dims = [2, 1, 3]"),)),
        Case("one axis counted from 0", "dims = [1]", "must name each axis from 1 to 1 once", of=over([3], "permute; dims = [1]"), wrong=(("dims = [1]", "dims = [0]"),), fix=(("dims = [0]", "dims = [1]"),)),
        Case("fewer axes than the input has", "dims = [2, 1, 3]", "permute with 2 dims expects an input of rank 3", of=over([3, 4, 2], "permute; dims = [2, 1, 3]"), wrong=(("dims = [2, 1, 3]", "dims = [2, 1]"),), fix=(("dims = [2, 1]", "dims = [2, 1, 3]"),)),
        Case("axes of single numbers", 'add a layer of type "reshape" with target_shape = [1] before it, and write dims = [1]', "permute with 2 dims expects an input of rank 3", of=single("permute; dims = [1]"), files=SINGLE, wrong=without(COLUMN) + (("dims = [1]", "dims = [2, 1]"),),
             fix=(("dims = [2, 1]", "dims = [1]"),) + added(COLUMN, "permute; dims = [1]"), in_words=True),
        Case("a shape that does not fit", "target_shape = [8, 8, 1]", "reshape cannot make", of=over([64], SQUARE), wrong=(("[8, 8, 1]", "[8, 8, 3]"),), fix=(("target_shape = [8, 8, 3]", "target_shape = [8, 8, 1]"),)),
        Case("an open shape that does not fit", "target_shape = [64]", "numbers times what is left", of=over([64], SQUARE), wrong=(("[8, 8, 1]", "[5, -1]"),), fix=(("target_shape = [5, -1]", "target_shape = [64]"),)),
        Case("a step beyond the last one", "step = -1", "pick_step expects a step from -6 to 5, found 6", of=over([6, 2], "pick_step; step = 3"), wrong=(("step = 3", "step = 6"),), fix=(("step = 6", "step = -1"),)),
        Case("a step before the first one", "step = 0", "pick_step expects a step from -6 to 5, found -7", of=over([6, 2], "pick_step; step = 3"), wrong=(("step = 3", "step = -7"),), fix=(("step = -7", "step = 0"),)),
        Case("more steps than positions", "sequence_length = 6", "position_embedding has a table of 4 positions, found 6 steps", of=over([6, 2], "position_embedding; sequence_length = 6"), wrong=(("sequence_length = 6", "sequence_length = 4"),), fix=(("sequence_length = 4", "sequence_length = 6"),)),
        Case("samples put together along their own axis", "axis = -1", "is 0, the axis of samples", of=over([4], *FORK, "concatenate; " + PAIR), wrong=((PAIR, PAIR + "\naxis = 0"),), fix=(("axis = 0", "axis = -1"),)),
        Case("an axis that is not there", "axis = -1", "is 3, which an input of shape (N, 4) does not have", of=over([4], *FORK, "concatenate; " + PAIR), wrong=((PAIR, PAIR + "\naxis = 3"),), fix=(("axis = 3", "axis = -1"),)),
        Case("axes that are not the last ones", "axis = [-1]", "must name the last 1 axes", of=over([6, 4], "layer_normalization"), wrong=(('"layer_normalization"', '"layer_normalization"\naxis = [1]'),), fix=(("axis = [1]", "axis = [-1]"),)),
        Case("no recurrent layer in both ways", 'layer = { type = "lstm", units = 16 }', "expected a recurrent layer", of=over([6, 4], 'bidirectional; layer = { type = "lstm", units = 16 }'), wrong=(("lstm", "dense"),), fix=(("dense", "lstm"),)),
        Case("two layers that go forwards", "set go_backwards = true in backward_layer", "both layers go the same way", of=over([6, 4], BOTH_WAYS), wrong=((", go_backwards = true", ""),), fix=(('type = "gru", units = 16', 'type = "gru", units = 16, go_backwards = true'),), in_words=True),
        Case("two layers that go backwards", "set go_backwards = false in backward_layer", "both layers go the same way", of=over([6, 4], BOTH_WAYS), wrong=(('"lstm", units = 16', '"lstm", units = 16, go_backwards = true'),), fix=(('"gru", units = 16, go_backwards = true', '"gru", units = 16, go_backwards = false'),), in_words=True),
        # Inputs.
        Case("one input to be put together", 'input = ["first", "second"]', "concatenate expects two or more inputs, found 1", of=over([4], *FORK, "concatenate; " + PAIR), wrong=((PAIR + "\n", ""),), fix=(('"concatenate"', '"concatenate"\n' + PAIR),), in_words=True),
        Case("one input to be added", 'input = ["first", "second"]', "add expects two or more inputs, found 1", of=over([4], *FORK, "add; " + PAIR), wrong=((PAIR + "\n", ""),), fix=(('"add"', '"add"\n' + PAIR),), in_words=True),
        Case("three inputs to be subtracted", 'input = ["first", "second"]', "subtract expects exactly 2 inputs, found 3", of=over([4], *FORK, "subtract; " + PAIR), wrong=((PAIR, 'input = ["first", "second", "x"]'),), fix=(('input = ["first", "second", "x"]', PAIR),), in_words=True),
        Case("inputs of other widths", 'put a layer between input 2 and this one: type = "dense", units = 4', "add expects inputs of one shape, found (N, 4) and, as input 2, (N, 5)", of=over([4], *FORK, "add; " + PAIR), wrong=(('name = "second"\nunits = 4', 'name = "second"\nunits = 5'),),
             fix=((layer("add; " + PAIR), layer('dense; name = "between"; units = 4; input = "second"') + layer('add; input = ["first", "between"]')),), in_words=True),
        Case("inputs of as many numbers", 'put a layer between input 2 and this one: type = "reshape", target_shape = [2, 2]', "add expects inputs of one shape, found (N, 2, 2) and, as input 2, (N, 4)", of=over([4], 'input; name = "x"', 'reshape; name = "first"; target_shape = [2, 2]', 'reshape; name = "second"; target_shape = [2, 2]; input = "x"', "add; " + PAIR),
             wrong=(('name = "second"\ntarget_shape = [2, 2]', 'name = "second"\ntarget_shape = [4]'),), fix=((layer("add; " + PAIR), layer('reshape; name = "between"; target_shape = [2, 2]; input = "second"') + layer('add; input = ["first", "between"]')),), in_words=True),
        Case("attention to too many inputs", 'input = ["query", "value"]', "multi_head_attention expects one input, or a query and a value, or a query, a value and a key; found 4", of=over([6, 4], "multi_head_attention; num_heads = 2; key_dim = 2"),
             wrong=(('"multi_head_attention"', '"multi_head_attention"\ninput = ["input", "input", "input", "input"]'), ("[[layer]]", '[[layer]]\ntype = "input"\n[[layer]]')), fix=(('input = ["input", "input", "input", "input"]', 'input = ["input", "input"]'),), in_words=True),
        Case("samples of a mean alone", 'input = ["z_mean", "z_log_var"]', "sampling expects two inputs, z_mean and z_log_var, found 1", of=over([4], *MEANS, 'sampling; input = ["z_mean", "z_log_var"]'), wrong=(('input = ["z_mean", "z_log_var"]\n', ""),), fix=(('"sampling"', '"sampling"\ninput = ["z_mean", "z_log_var"]'),), in_words=True),
        Case("a divergence of a mean alone", 'type = "concatenate", input = ["z_mean", "z_log_var"]', "normal_divergence expects an output whose last axis holds as many means as logarithms of variances, found (N, 3)", of=over([4], *MEANS, 'concatenate; input = ["z_mean", "z_log_var"]', loss='type = "normal_divergence"'),
             wrong=without('concatenate; input = ["z_mean", "z_log_var"]'), fix=(("[loss]", layer('concatenate; input = ["z_mean", "z_log_var"]') + "[loss]"),), in_words=True),
        Case("a machine of single numbers", 'add a layer of type "reshape" with target_shape = [1] before it', "restricted_boltzmann_machine expects an input of rank 2 or more", of=single("restricted_boltzmann_machine; units = 2"), files=SINGLE, wrong=without(COLUMN),
             fix=added(COLUMN, "restricted_boltzmann_machine; units = 2"), in_words=True),
        Case("the way down from pictures", 'add a layer of type "flatten" before it', "hidden_to_visible expects hidden units of shape (N, units), found (N, 4, 3)", of=over([4, 3], "flatten", "hidden_to_visible; shape = [5]"), wrong=without("flatten"),
             fix=added("flatten", "hidden_to_visible; shape = [5]"), in_words=True),
        Case("contrastive divergence of the hidden units", 'output = "restricted_boltzmann_machine.contrast" in the loss, with the name of the layer', "contrastive_divergence expects an output of shape (N, 1), found (N, 3)",
             of=over([4], "restricted_boltzmann_machine; units = 3", loss='type = "contrastive_divergence"\noutput = "restricted_boltzmann_machine.contrast"'), wrong=(('\noutput = "restricted_boltzmann_machine.contrast"', ""),),
             fix=(('type = "contrastive_divergence"', 'type = "contrastive_divergence"\noutput = "restricted_boltzmann_machine.contrast"'),), in_words=True),
        # Initializers.
        Case("the identity as a bias", 'use "zeros" or "random_normal"', "fills matrices only, found a tensor of rank 1", of=over([4], TWO + '; bias_initializer = "zeros"', loss=CLASSES), wrong=(('"zeros"', '"identity"'),), fix=(('"identity"', '"zeros"'),), in_words=True),
        Case("the identity as a kernel of pictures", 'use "orthogonal" or "glorot_uniform"', "fills matrices only, found a tensor of rank 4", of=over([8, 8, 1], CONV + '; kernel_initializer = "orthogonal"'), wrong=(('"orthogonal"', '"identity"'),), fix=(('"identity"', '"orthogonal"'),), in_words=True),
        Case("an orthogonal bias", 'use "zeros" or "random_normal"', "fills tensors of rank 2 or more, found rank 1", of=over([4], TWO + '; bias_initializer = "random_normal"', loss=CLASSES), wrong=(('"random_normal"', '"orthogonal"'),), fix=(('"orthogonal"', '"random_normal"'),), in_words=True),
        # Losses and metrics: outputs and targets.
        Case("fewer units than targets", "give the last layer units = 3", "expects a target of the shape of the output (N, 2), found (N, 3)", of=over([4], "dense; units = 3", data='target = "normal"\ntarget_shape = [3]\n', loss='type = "mean_squared_error"'), wrong=(("units = 3", "units = 2"),), fix=(("units = 2", "units = 3"),)),
        Case("squared error for classes", CLASSES, "expects a target of the shape of the output (N, 2), found (N)", of=over([4], TWO, loss=CLASSES), wrong=((CLASSES, 'type = "mean_squared_error"'),), fix=(('type = "mean_squared_error"', CLASSES),)),
        Case("yes and no by two units with softmax", 'units = 1 with activation = "sigmoid" in the last layer', "binary_crossentropy expects a target of the shape of the output (N, 2), found (N)", of=over([4], 'dense; units = 1; activation = "sigmoid"', loss='type = "binary_crossentropy"'),
             wrong=(('units = 1\nactivation = "sigmoid"', 'units = 2\nactivation = "softmax"'),), fix=(('units = 2\nactivation = "softmax"', 'units = 1\nactivation = "sigmoid"'),), in_words=True),
        Case("yes and no by two logits", "units = 1 without activation in the last layer", "binary_crossentropy expects a target of the shape of the output (N, 2), found (N)", of=over([4], "dense; units = 1", loss='type = "binary_crossentropy"\nfrom_logits = true'), wrong=(("units = 1", "units = 2"),), fix=(("units = 2", "units = 1"),),
             in_words=True),
        Case("classes by the loss of yes and no, from logits", CLASSES + " in the loss", "binary_crossentropy expects a target of the shape of the output (N, 2), found (N)", of=over([4], "dense; units = 2", loss=CLASSES + "\nfrom_logits = true"), wrong=((CLASSES, 'type = "binary_crossentropy"'),),
             fix=(('type = "binary_crossentropy"', CLASSES),), in_words=True),
        Case("yes and no by two units", 'units = 1 with activation = "sigmoid" in the last layer', "binary_crossentropy expects a target of the shape of the output (N, 2), found (N)", of=over([4], 'dense; units = 1; activation = "sigmoid"', loss='type = "binary_crossentropy"'), wrong=(("units = 1", "units = 2"),), fix=(("units = 2", "units = 1"),), in_words=True),
        Case("classes by the loss of yes and no", CLASSES + ' in the loss with activation = "softmax" in the last layer', "binary_crossentropy expects a target of the shape of the output (N, 2), found (N)", of=over([4], TWO, loss=CLASSES), wrong=((CLASSES, 'type = "binary_crossentropy"'), ('"softmax"', '"sigmoid"')),
             fix=(('type = "binary_crossentropy"', CLASSES), ('"sigmoid"', '"softmax"')), in_words=True),
        Case("the loss of one-hot targets for class numbers", CLASSES, "categorical_crossentropy expects a one-hot target of the shape of the output (N, 2), found (N)", of=over([4], TWO, loss=CLASSES), wrong=((CLASSES, 'type = "categorical_crossentropy"'),), fix=(('type = "categorical_crossentropy"', CLASSES),)),
        Case("the loss of class numbers for one-hot targets", 'type = "categorical_crossentropy"', "expects a target of class numbers (N) for the output (N, 2), found (N, 2)", of=over([4], TWO, data=ONE_HOT, loss='type = "categorical_crossentropy"'), wrong=(('type = "categorical_crossentropy"', CLASSES),), fix=((CLASSES, 'type = "categorical_crossentropy"'),)),
        Case("a class for each step", 'leave out return_sequences = true', "expects a target of class numbers (N, 6) for the output (N, 6, 2), found (N)", of=over([6, 3], "lstm; units = 2; return_sequences = true", POOLED, TWO, loss=CLASSES), wrong=without(POOLED), fix=(("return_sequences = true\n", ""),)),
        Case("a class for each step of a convolution", 'add a layer of type "global_average_pooling1d" before the last layer', "expects a target of class numbers (N, 4) for the output (N, 4, 2), found (N)", of=over([6, 3], "conv1d; filters = 2; kernel_size = 3", POOLED, TWO, loss=CLASSES), wrong=without(POOLED), fix=added(POOLED, TWO), in_words=True),
        Case("a class for each pixel", 'add a layer of type "flatten" before the last layer', "expects a target of class numbers (N, 6, 6) for the output (N, 6, 6, 2), found (N)", of=over([8, 8, 1], CONV, "flatten", TWO, loss=CLASSES), wrong=without("flatten"), fix=added("flatten", TWO), in_words=True),
        Case("one-hot classes for each pixel", 'add a layer of type "flatten" before the last layer', "expects a target of the shape of the output (N, 6, 6, 2), found (N, 2)", of=over([8, 8, 1], CONV, "flatten", TWO, data=ONE_HOT, loss='type = "categorical_crossentropy"'), wrong=without("flatten"), fix=added("flatten", TWO), in_words=True),
        Case("one-hot classes for each step", 'add a layer of type "global_average_pooling1d" before the last layer', "expects a target of the shape of the output (N, 6, 2), found (N, 2)", of=over([6, 3], "lstm; units = 3; return_sequences = true", POOLED, TWO, data=ONE_HOT, loss='type = "categorical_crossentropy"'), wrong=without(POOLED), fix=added(POOLED, TWO), in_words=True),
        Case("a quantity for each pixel", 'add a layer of type "flatten" before the last layer', "expects a target of the shape of the output (N, 6, 6, 1), found (N)", of=over([8, 8, 1], CONV, "flatten", "dense; units = 1", data='target = "normal"\n', loss='type = "mean_squared_error"'), wrong=without("flatten"), fix=added("flatten", "dense; units = 1"), in_words=True),
        Case("an error of quantities for classes", 'for targets that are class numbers use the metric "accuracy"', "mean_absolute_error expects a target of the shape of the output", of=over([4], TWO, loss=CLASSES, end='metrics = ["accuracy"]\n'), wrong=(('["accuracy"]', '["mean_absolute_error"]'),), fix=(('"mean_absolute_error"', '"accuracy"'),), in_words=True),
        Case("an accuracy of one-hot targets for class numbers", 'for targets that are class numbers use the metric "accuracy"', "categorical_accuracy expects a one-hot target", of=over([4], TWO, loss=CLASSES, end='metrics = ["accuracy"]\n'), wrong=(('["accuracy"]', '["categorical_accuracy"]'),), fix=(('"categorical_accuracy"', '"accuracy"'),), in_words=True),
        Case("an accuracy of class numbers for one-hot targets", 'for one-hot targets use the metric "accuracy"', "sparse_categorical_accuracy expects a target of class numbers", of=over([4], TWO, data=ONE_HOT, loss='type = "categorical_crossentropy"', end='metrics = ["accuracy"]\n'), wrong=(('["accuracy"]', '["sparse_categorical_accuracy"]'),), fix=(('"sparse_categorical_accuracy"', '"accuracy"'),), in_words=True),
        Case("the perceptron's loss without its step", 'give the last layer activation = "step"', "found no activation", of=over([4], 'dense; units = 1; activation = "step"', loss='type = "perceptron"'), wrong=(('activation = "step"\n', ""),), fix=(("units = 1", 'units = 1\nactivation = "step"'),)),
        Case("the perceptron's loss behind a sigmoid", 'give the last layer activation = "step"', 'found the activation "teranga.sigmoid"', of=over([4], 'dense; units = 1; activation = "step"', loss='type = "perceptron"'), wrong=(('"step"', '"sigmoid"'),), fix=(('activation = "sigmoid"', 'activation = "step"'),)),
        # Optimizers.
        Case("a layer by half a regular expression", 'write the name of a layer, such as exclude_layers = ["dense_1"]', 'which is no complete regular expression',
             of=over([4], "dense; units = 3", TWO, loss=CLASSES).replace('type = "sgd"', 'type = "muon"\nexclude_layers = ["dense_1"]'), wrong=(('"dense_1"', '"dense_1("'),), fix=(('"dense_1("', '"dense_1"'),)),
        # Numbers that come up later.
        Case("new ids that the table has not", "train with input_dim = 31", "id 30 of sample 0 is outside of the vocabulary of 20 (0 to 19)", "predict run --input new.npy", of=over([2], "embedding; input_dim = 20; output_dim = 2", data=IDS), before=(TRAIN,), files={"new.npy": npy([1, 2], "i", [3, 30])}, code=5,
             follow=train_larger_table, then="predict larger --input new.npy", in_words=True),
    )


if __name__ == "__main__":
    unittest.main()
