# SPDX-License-Identifier: Apache-2.0
"""The hints of what a recipe says of its data and of its output: losses, activations, classes, ids, phases."""
import struct
import unittest

from hints import CHECK, TRAIN, Case, HintTest
from mistakes import GAN, PICTURES, PRICES, TABLE, TEXTS, YES_NO
from mistakes_test import write_data
from program import npy

RECIPE_ALONE = "check recipe.toml"  # the samples are not read
SPARSE, BINARY, SQUARED = '"sparse_categorical_crossentropy"', '"binary_crossentropy"', '"mean_squared_error"'
# The activation of the output as a layer of its own.
TABLE_WITH_LAYER = TABLE.replace('units = 3\nactivation = "softmax"', 'units = 3\n[[layer]]\nname = "end"\ntype = "softmax"')
YES_NO_WITH_LAYER = YES_NO.replace('activation = "sigmoid"', '[[layer]]\nname = "end"\ntype = "sigmoid"')
TABLE_OF_LOGITS = TABLE.replace('units = 3\nactivation = "softmax"', "units = 3").replace("[loss]", "[loss]\nfrom_logits = true")
PICTURES_ONE_HOT = PICTURES.replace("[[layer]]", "one_hot = true\n[[layer]]", 1).replace("sparse_categorical_crossentropy", "categorical_crossentropy")
OF_PRICES = ("houses.csv", "area,rooms,price\n" + "".join(f"{50 + 3 * i},{1 + i % 5},{150 + 9 * i}.5\n" for i in range(30)))
# A generator without weights, and the one phase that there is to train then.
FROM_PIXELS = GAN.replace("shape = [4]", "shape = [64]").replace('[[layer]]\nnetwork = "generator"\ntype = "dense"\nname = "pixels"\nunits = 64\nactivation = "sigmoid"\n', "")
OF_GENERATOR = GAN[GAN.index('[[phase]]\nname = "generator"'):GAN.index("[optimizer]")]
WITH_STATES = GAN.replace('type = "dense"\nname = "pixels"', 'type = "reshape"\ntarget_shape = [2, 2]\n[[layer]]\nnetwork = "generator"\ntype = "gru"\nunits = 8\n[[layer]]\nnetwork = "generator"\ntype = "dense"\nname = "pixels"')
MACHINE = '''schema = 1
[data]
type = "random"
shape = [6]
samples = 16
[[layer]]
network = "first"
type = "restricted_boltzmann_machine"
name = "rbm"
units = 3
[[phase]]
name = "first"
train = "first"
[[phase.loss]]
type = "contrastive_divergence"
output = "first/rbm.contrast"
[optimizer]
type = "sgd"
[training]
batch_size = 8
shuffle = false
'''
TAGS = '''schema = 1
[data]
type = "tags"
train = "tagged.txt"
form = "inline"
maxlen = 8
[[layer]]
type = "embedding"
input_dim = 10
output_dim = 4
[[layer]]
type = "dense"
units = 1
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
[training]
metrics = ["binary_accuracy", "r2_score"]
'''
ARRAYS_OF_IDS = """schema = 1
[data]
type = "npy"
train = ["ids.npy", "labels.npy"]
[[layer]]
type = "embedding"
input_dim = 20
output_dim = 3
[[layer]]
type = "global_average_pooling1d"
[[layer]]
type = "dense"
units = 1
activation = "sigmoid"
[loss]
type = "binary_crossentropy"
[optimizer]
type = "sgd"
"""
TAGGED = {"tagged.txt": "a/X b/O c/X\n\na/X b/O\n\nc/X a/X b/O a/X b/O a/X\n\na/X b/O c/X a/X\n"}
LARGE_SAMPLES, LARGE_WIDTH = 300_000, 1024  # 1.2 GB, of which the disk holds a few KB
LARGE = PICTURES[:PICTURES.index("[data]")] + '''[data]
type = "npy"
train = ["x.npy", "y.npy"]
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
'''


def write_large(place, first=float("nan")):
    for name, shape, kind in (("x.npy", (LARGE_SAMPLES, LARGE_WIDTH), "<f4"), ("y.npy", (LARGE_SAMPLES,), "<i4")):
        header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
        header += " " * (117 - len(header)) + "\n"
        with open(place / name, "wb") as file:
            file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
            if kind == "<f4":
                file.write(struct.pack("<f", first))
            file.truncate(10 + len(header) + 4 * LARGE_SAMPLES * (LARGE_WIDTH if kind == "<f4" else 1))


def mend_large(place):
    write_large(place, 0.0)


class DataHints(HintTest):
    area = tuple(f"framework/train/session/{name}.cpp" for name in ("advice", "class_weights", "data_checks", "networks"))
    cases = (
        # What is unusual, and a warning.
        Case("softmax of one unit for a quantity", 'activation = "linear"', "is always 1", of=PRICES, wrong=(("units = 1", 'units = 1\nactivation = "softmax"'),), code=0, fix=(('activation = "softmax"', 'activation = "linear"'),)),
        Case("softmax of one unit that judges", 'activation = "sigmoid"', "is always 1", of=GAN, wrong=(('units = 1\nactivation = "sigmoid"', 'units = 1\nactivation = "softmax"'),), code=0, fix=(('activation = "softmax"', 'activation = "sigmoid"'),)),
        Case("a softmax that is said to be none", "from_logits = false", "expects an output without activation", of=TABLE, wrong=(("[loss]", "[loss]\nfrom_logits = true"),), code=0, fix=(("from_logits = true", "from_logits = false"),)),
        Case("sigmoid for three classes", 'activation = "softmax" in the layer "out"', "behind a sigmoid output", of=TABLE, wrong=(('"softmax"', '"sigmoid"'),), code=0, fix=(('"sigmoid"', '"softmax"'),)),
        Case("sigmoid for three classes, as a layer", 'type = "softmax" in the layer "end"', "behind a sigmoid output", of=TABLE_WITH_LAYER, wrong=(('"softmax"', '"sigmoid"'),), code=0, fix=(('"sigmoid"', '"softmax"'),)),
        Case("no activation", "from_logits = true in the loss", "behind a linear output", of=TABLE_OF_LOGITS, wrong=(("[loss]\nfrom_logits = true", "[loss]"),), code=0, fix=(("[loss]", "[loss]\nfrom_logits = true"),)),
        Case("a recurrent layer at the end", 'a layer of type "softmax" after the layer "out"', "behind a tanh output", of=TEXTS, wrong=(('type = "dense"\nname = "out"\nunits = 2\nactivation = "softmax"', 'type = "lstm"\nname = "out"\nunits = 2'), ("units = 3", "units = 3\nreturn_sequences = true")), code=0,
             fix=(('name = "out"\nunits = 2', 'name = "out"\nunits = 2\n[[layer]]\ntype = "softmax"'),), in_words=True),
        Case("squared error for yes and no", 'type = "binary_crossentropy" in the loss for a target of yes or no', "behind a sigmoid output", of=YES_NO, wrong=((BINARY, SQUARED),), code=0, fix=((SQUARED, BINARY),)),
        Case("squared error for classes", 'type = "sparse_categorical_crossentropy" in the loss for a target of classes', "behind a softmax output", TRAIN, of=TABLE, wrong=((SPARSE, SQUARED),), fix=((SQUARED, SPARSE),)),
        Case("yes and no by a softmax", 'type = "categorical_crossentropy" in the loss for a target of classes', "behind a softmax output", of=PICTURES_ONE_HOT, wrong=(('"categorical_crossentropy"', BINARY),), code=0, fix=((BINARY, '"categorical_crossentropy"'),)),
        Case("yes and no by a softmax, of several classes at once", 'activation = "sigmoid" in the layer "out" where several classes may be true of a sample', "behind a softmax output", of=PICTURES_ONE_HOT, wrong=(('"categorical_crossentropy"', BINARY),), code=0, fix=(('"softmax"', '"sigmoid"'),)),
        Case("squared error for one-hot classes", 'type = "categorical_crossentropy" in the loss for a target of classes', "behind a softmax output", of=PICTURES_ONE_HOT, wrong=(('"categorical_crossentropy"', SQUARED),), code=0, fix=((SQUARED, '"categorical_crossentropy"'),)),
        Case("precision of logits of a softmax", 'from_logits = false in the loss, and activation = "softmax" in the layer "out"', "precision expects probabilities", of=PICTURES_ONE_HOT.replace('["accuracy"]', '["precision"]'), wrong=(('[loss]', '[loss]\nfrom_logits = true'), ('\nactivation = "softmax"', "")), code=0,
             fix=(("from_logits = true", "from_logits = false"), ('name = "out"', 'name = "out"\nactivation = "softmax"'))),
        Case("a sigmoid for a quantity", 'activation = "linear" in the layer "out" for a quantity', "behind a sigmoid output", of=PRICES, wrong=(("units = 1", 'units = 1\nactivation = "sigmoid"'),), code=0,
             fix=(('activation = "sigmoid"', 'activation = "linear"'),)),
        Case("accuracy of quantities", 'metrics = ["mean_absolute_error"]', "counts right classes", of=PRICES, wrong=(('metrics = ["mean_absolute_error"]', 'metrics = ["accuracy"]'),), code=0,
             fix=(('metrics = ["accuracy"]', 'metrics = ["mean_absolute_error"]'),)),
        Case("a metric twice", "leave one of them out", 'the metric "accuracy" stands twice', of=TABLE, wrong=(('["accuracy"]', '["accuracy", "accuracy"]'),), code=0, fix=(('["accuracy", "accuracy"]', '["accuracy"]'),), in_words=True),
        Case("no epoch", "epochs = 10", "nothing is trained", of=TABLE, wrong=(("epochs = 1", "epochs = 0"),), code=0, fix=(("epochs = 0", "epochs = 10"),)),
        Case("padding that counts as words", 'mask_zero = true in the layer "embedding"', "takes these steps as words", of=TEXTS.replace("maxlen = 6", 'maxlen = 6\npadding = "post"').replace("output_dim = 4", "output_dim = 4\nmask_zero = true"), wrong=(("\nmask_zero = true", ""),), code=0,
             fix=(("output_dim = 4", "output_dim = 4\nmask_zero = true"),), in_words=True),
        # Weights of classes.
        Case("weights of classes for a quantity", "leave class_weight out; whole numbers in files of arrays and tables become classes by target_is", "needs a target that is a class", of=PRICES, wrong=(("[training]", "[training]\nclass_weight = { 0 = 2.0 }"),), fix=(("\nclass_weight = { 0 = 2.0 }", ""),)),
        Case("a weight of an unknown class", "the classes are ", 'have no class "daisy"', of=TABLE, wrong=(("[training]", "[training]\nclass_weight = { daisy = 2.0 }"),), fix=(("daisy", "aster"),)),
        Case("two weights of one class", "leave one of them out", '"2" and "02" are one class', of=PICTURES, wrong=(("[training]", '[training]\nclass_weight = { 2 = 2.0, 02 = 3.0 }'),), fix=((", 02 = 3.0", ""),)),
        Case("a weight of a class number too large", "the classes are 0 to 2", 'have no class "3"', of=PICTURES, wrong=(("[training]", "[training]\nclass_weight = { 3 = 2.0 }"),), fix=(("3 = 2.0", "2 = 2.0"),), in_words=True),
        # What samples hold.
        Case("bags of words as ids", 'encoding = "ids" in [data]', "looks up ids", RECIPE_ALONE, of=TEXTS, wrong=(("maxlen = 6", 'encoding = "binary"'),), fix=(('encoding = "binary"', 'encoding = "ids"'),)),
        Case("ids beyond the table", 'input_dim = 10 in the layer "embedding"', "found ids up to 9", of=ARRAYS_OF_IDS, wrong=(("input_dim = 20", "input_dim = 5"),), code=5, fix=(("input_dim = 5", "input_dim = 10"),)),
        Case("fewer units than classes", 'units = 3 in the layer "out"', "that are class numbers from 0 to 1", of=TABLE, wrong=(("units = 3", "units = 2"),), code=5, fix=(("units = 2", "units = 3"),)),
        Case("fewer units than classes before a layer", 'units = 3 in the layer "out"', "that are class numbers from 0 to 1", of=TABLE_WITH_LAYER, wrong=(("units = 3", "units = 2"),), code=5, fix=(("units = 2", "units = 3"),)),
        Case("the loss of classes for yes and no", 'type = "binary_crossentropy" in the loss', "the data have 2 classes", of=YES_NO, wrong=((BINARY, SPARSE),), code=5, fix=((SPARSE, BINARY),)),
        Case("one unit for two classes", 'units = 2 in the layer "out" with activation = "softmax"', "the data have 2 classes", of=YES_NO, wrong=((BINARY, SPARSE),), code=5,
             fix=(("units = 1", "units = 2"), ('activation = "sigmoid"', 'activation = "softmax"'))),
        Case("no target for a net that judges", "target = 0, in [[phase.loss]]", "the data have 3 classes", of=GAN, wrong=(("target = 0\n", ""),), code=5, fix=(('output = "of_fake"', 'output = "of_fake"\ntarget = 0'),)),
        Case("the loss of yes and no for three classes", 'units = 3 in the layer "out" with activation = "softmax"', "expects targets from 0 to 1", of=TABLE, wrong=((SPARSE, BINARY), ("units = 3", "units = 1"), ('"softmax"', '"sigmoid"')), code=5,
             fix=((BINARY, SPARSE), ("units = 1", "units = 3"), ('"sigmoid"', '"softmax"'))),
        Case("the loss of yes and no for a quantity", 'activation = "linear" in the layer "out"', "expects targets from 0 to 1", of=PRICES, wrong=((SQUARED, BINARY), ("units = 1", 'units = 1\nactivation = "sigmoid"')), code=5,
             fix=((BINARY, SQUARED), ('"sigmoid"', '"linear"'))),
        Case("the loss of yes and no for a quantity, with a layer", 'without the layer "end"', "expects targets from 0 to 1", of=PRICES, wrong=((SQUARED, BINARY), ("units = 1", 'units = 1\n[[layer]]\nname = "end"\ntype = "sigmoid"')), code=5,
             fix=((BINARY, SQUARED), ('\n[[layer]]\nname = "end"\ntype = "sigmoid"', ""))),
        Case("the loss of classes for a quantity", 'units = 1 in the layer "out"', "that are class numbers from 0 to 2", of=PRICES, wrong=((SQUARED, SPARSE), ("units = 1", 'units = 3\nactivation = "softmax"'), ('"mean_absolute_error"', "")), code=5,
             fix=((SPARSE, SQUARED), ("units = 3", "units = 1"), ('"softmax"', '"linear"'))),
        Case("the loss of classes for a quantity, with a layer", 'units = 1 in the layer "out"', "that are class numbers from 0 to 2", of=PRICES,
             wrong=((SQUARED, SPARSE), ("units = 1", 'units = 3\n[[layer]]\nname = "end"\ntype = "softmax"'), ('"mean_absolute_error"', "")), code=5,
             fix=((SPARSE, SQUARED), ("units = 3", "units = 1"), ('\n[[layer]]\nname = "end"\ntype = "softmax"', ""))),
        Case("the loss of classes for fractions", 'units = 1 in the layer "out"', "expects class numbers, found 150.5", of=PRICES, wrong=((SQUARED, SPARSE), ("units = 1", 'units = 3\nactivation = "softmax"'), ('"mean_absolute_error"', "")), files=dict([OF_PRICES]),
             code=5, fix=((SPARSE, SQUARED), ("units = 3", "units = 1"), ('"softmax"', '"linear"'))),
        Case("the loss of classes for fractions, with a layer", 'without the layer "end"', "expects class numbers, found 150.5", of=PRICES,
             wrong=((SQUARED, SPARSE), ("units = 1", 'units = 3\n[[layer]]\nname = "end"\ntype = "softmax"'), ('"mean_absolute_error"', "")), files=dict([OF_PRICES]), code=5,
             fix=((SPARSE, SQUARED), ("units = 3", "units = 1"), ('\n[[layer]]\nname = "end"\ntype = "softmax"', ""))),
        Case("classes that are numbers", 'target_is = "classes" in [data]', "that are class numbers", of=TABLE, wrong=(('"kind"', '"number"'),), code=5, fix=(('target = "number"', 'target = "number"\ntarget_is = "classes"'),),
             files={name: "length,number,kind\n" + "1.0,1,rose\n2.0,2,tulip\n3.0,3,aster\n" * 4 for name in ("flowers.csv", "more_flowers.csv")}),
        Case("NaN among more samples than are soon read", "teranga check recipe.toml --data looks at all samples", "only the first samples were looked at", TRAIN, LARGE, code=5, prepare=write_large, follow=mend_large, then="check recipe.toml --data"),
        # What can be told without samples.
        Case("fewer rows of a table than ids, without samples", 'input_dim = 10 in the layer "embedding"', 'has input_dim = 9, and the field "x" of the data has 10 ids, 0 to 9', RECIPE_ALONE, TEXTS, (("input_dim = 20", "input_dim = 9"),), fix=(("input_dim = 9", "input_dim = 10"),)),
        Case("fewer rows of a table than ids, before a training", 'input_dim = 10 in the layer "embedding"', 'has input_dim = 9, and the field "x" of the data has 10 ids, 0 to 9', TRAIN, TEXTS, (("input_dim = 20", "input_dim = 9"),), fix=(("input_dim = 9", "input_dim = 10"),)),
        Case("fewer units than classes, without samples", 'units = 3 in the layer "out"', "which has 3 classes", RECIPE_ALONE, TABLE, (("units = 3", "units = 2"),), fix=(("units = 2", "units = 3"),)),
        Case("the loss of classes for yes and no, without samples", 'type = "binary_crossentropy" in the loss', "which has 2 classes", RECIPE_ALONE, YES_NO, ((BINARY, SPARSE),), fix=((SPARSE, BINARY),)),
        Case("one unit for two classes, without samples", 'units = 2 in the layer "out" with activation = "softmax"', "which has 2 classes", RECIPE_ALONE, YES_NO, ((BINARY, SPARSE),),
             fix=(("units = 1", "units = 2"), ('activation = "sigmoid"', 'activation = "softmax"'))),
        Case("no target for a net that judges, without samples", "target = 0, in [[phase.loss]]", "which has 3 classes", RECIPE_ALONE, GAN, (("target = 0\n", ""),), fix=(('output = "of_fake"', 'output = "of_fake"\ntarget = 0'),)),
        Case("the loss of yes and no for three classes, by a layer", 'units = 3 in the layer "out", and type = "softmax" in the layer "end"', "expects targets from 0 to 1", of=TABLE_WITH_LAYER, wrong=((SPARSE, BINARY), ("units = 3", "units = 1"), ('type = "softmax"', 'type = "sigmoid"')), code=5, fix=((BINARY, SPARSE), ("units = 1", "units = 3"), ('type = "sigmoid"', 'type = "softmax"')), in_words=True),
        Case("the loss of yes and no for three classes, by logits", 'type = "sparse_categorical_crossentropy" in the loss, and units = 3 in the layer "out"', "which has 3 classes", RECIPE_ALONE, of=TABLE_OF_LOGITS, wrong=((SPARSE, BINARY), ("units = 3", "units = 1")), fix=((BINARY, SPARSE), ("units = 1", "units = 3")), in_words=True),
        Case("the loss of yes and no for three classes, with a layer", 'units = 3 in the layer "out", and type = "softmax" in the layer "end"', "which has 3 classes", RECIPE_ALONE, of=TABLE_WITH_LAYER, wrong=((SPARSE, BINARY), ("units = 3", "units = 1"), ('type = "softmax"', 'type = "sigmoid"')), fix=((BINARY, SPARSE), ("units = 1", "units = 3"), ('type = "sigmoid"', 'type = "softmax"')), in_words=True),
        Case("the loss of yes and no for three classes, without samples", 'units = 3 in the layer "out" with activation = "softmax"', "which has 3 classes", RECIPE_ALONE, TABLE,
             ((SPARSE, BINARY), ("units = 3", "units = 1"), ('"softmax"', '"sigmoid"')), fix=((BINARY, SPARSE), ("units = 1", "units = 3"), ('"sigmoid"', '"softmax"'))),
        Case("softmax of one unit for yes and no", 'activation = "sigmoid" in the layer "out"', "a softmax over one unit is always 1", RECIPE_ALONE, YES_NO, (('"sigmoid"', '"softmax"'),), fix=(('"softmax"', '"sigmoid"'),)),
        Case("softmax of one unit for yes and no, as a layer", 'type = "sigmoid" in the layer "end"', "a softmax over one unit is always 1", RECIPE_ALONE, YES_NO_WITH_LAYER, (('"sigmoid"', '"softmax"'),), fix=(('"softmax"', '"sigmoid"'),)),
        Case("softmax of one unit for class numbers", 'type = "sparse_categorical_crossentropy" in the loss, and units = 2 in the layer "out"', "a softmax over one unit is always 1", RECIPE_ALONE, YES_NO, (('"sigmoid"', '"softmax"'), (BINARY, '"categorical_crossentropy"')),
             fix=(('"categorical_crossentropy"', SPARSE), ("units = 1", "units = 2"))),
        Case("softmax of one unit for one class", 'units = 2 in the layer "out"', "a softmax over one unit is always 1", RECIPE_ALONE, TABLE, (("units = 3", "units = 1"),), fix=(("units = 1", "units = 2"),),
             files={name: "length,width,kind\n" + "1.0,2.0,rose\n2.0,1.0,rose\n" * 4 for name in ("flowers.csv", "more_flowers.csv")}),
        # Phases and buckets.
        Case("a stateful layer in a phase", "stateful = false", "which layers of a recipe with phases cannot be", of=WITH_STATES, wrong=(("units = 8", "units = 8\nstateful = true"),), fix=(("stateful = true", "stateful = false"),)),
        Case("persistent chains in a phase", "persistent = false", "which layers of a recipe with phases cannot be", of=MACHINE, wrong=(("units = 3", "units = 3\npersistent = true"),), fix=(("persistent = true", "persistent = false"),)),
        Case("a phase whose layers do not learn", 'trainable = true in the layer "pixels"', 'the phase "generator" trains nothing', of=GAN, wrong=(('name = "pixels"', 'name = "pixels"\ntrainable = false'),),
             fix=(("trainable = false", "trainable = true"),)),
        Case("a phase without weights", "leave the phase out", 'the phase "generator" trains nothing', of=FROM_PIXELS, fix=((OF_GENERATOR, ""),)),
        # Constraints.
        Case("a constraint of no weights", "kernel_constraint", 'the layer has no weights "kernl"; it has kernel, bias', RECIPE_ALONE, TABLE, (('name = "out"', 'name = "out"\nkernl_constraint = "non_neg"'),), fix=(("kernl_constraint", "kernel_constraint"),)),
        Case("a constraint of a layer without weights", "leave out kernel_constraint", "the layer has no weights of its own", RECIPE_ALONE, TABLE.replace("[[layer]]", '[[layer]]\ntype = "flatten"\n[[layer]]', 1), (('type = "flatten"', 'type = "flatten"\nkernel_constraint = "non_neg"'),), fix=(('kernel_constraint = "non_neg"\n', ""),)),
        Case("a norm over no axis", "axis = 0", 'there is no axis 2 in the shape', RECIPE_ALONE, TABLE, (('name = "out"', 'name = "out"\nkernel_constraint = { type = "max_norm", axis = 2 }'),), fix=(("axis = 2", "axis = 0"),)),
        Case("a metric of steps with buckets", "leave out buckets in [data]", 'the metric "r2_score" adds up', RECIPE_ALONE, TAGS, (("maxlen = 8", "buckets = [4, 8]"),), files=TAGGED, fix=(("buckets = [4, 8]\n", ""),)),
        Case("buckets with a metric of steps", 'leave out the metric "r2_score"', 'the metric "r2_score" adds up', RECIPE_ALONE, TAGS, (("maxlen = 8", "buckets = [4, 8]"),), files=TAGGED, fix=((', "r2_score"', ""),)),
    )

    def write(self, case):
        write_data(self.place)
        (self.place / "ids.npy").write_bytes(npy([5, 2], "i", range(10)))
        (self.place / "labels.npy").write_bytes(npy([5], "i", [0, 1, 0, 1, 0]))
        super().write(case)


if __name__ == "__main__":
    unittest.main()
