# SPDX-License-Identifier: Apache-2.0
"""The hints of blocks, variables and included files: cases of recipes_test.py."""
from hints import Case

DATA = """schema = 1
[data]
type = "random"
shape = [4]
samples = 16
"""
REST = """[[layer]]
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
"""
PLAIN = DATA + REST
FIRST = '[[layer]]\ntype = "dense"\nname = "first"\nunits = "$width"\n'
WAY = '[[block.plus.layer]]\ntype = "dense"\nname = "way"\nunits = "$units"\nactivation = "$kind"\n'
SUM = '[[block.plus.layer]]\ntype = "add"\nname = "sum"\ninput = ["way", "input"]\n'
BLOCK = '[block.plus]\nrequired = ["units"]\nparameters = { kind = "relu" }\n'
USE = '[[layer]]\ntype = "block:plus"\nname = "more"\nunits = "$width"\n'
NET = DATA + "[variables]\nwidth = 4\n" + BLOCK + WAY + SUM + FIRST + USE + REST
# A block of two inputs.
TWO = DATA + '''[block.mix]
inputs = ["a", "b"]
layer = [{ type = "dense", name = "way", units = 4 }, { type = "add", input = ["way", "b"] }]
[[layer]]
type = "dense"
name = "first"
units = 4
[[layer]]
type = "dense"
name = "second"
units = 4
[[layer]]
type = "block:mix"
input = ["first", "second"]
''' + REST


def taken_out(name, hint, says, line, before, of=NET):
    """A line that should not be there."""
    return Case(name, hint, says, of=of, wrong=((before, line + before),), fix=((line, ""),))


def put_right(name, hint, says, right, wrong, of=NET):
    """Other text in place of a part of the recipe."""
    return Case(name, hint, says, of=of, wrong=((right, wrong),), fix=((wrong, right),), in_words=True)


def set_right(name, hint, says, wrong, right):
    """A value of --set."""
    return Case(name, hint, says, of=NET, run=f"check recipe.toml --data --set {wrong}", then=f"check recipe.toml --data --set {right}", in_words=True)


CASES = (
    # Blocks.
    put_right("a use with the name of a layer", "another name for one of them", 'two layers are called "first"', 'name = "more"', 'name = "first"'),
    taken_out("a network in a block", "leave it out: network stands at the use of the block", 'a layer of the block "plus" has a network of its own', 'network = "net"\n', 'units = "$units"'),
    put_right("a layer with the name of an input", "another name for the layer", '"input" is what enters the block "plus", and the name of a layer in it', 'name = "way"', 'name = "input"'),
    Case("a block at the beginning", '[[layer]] with type = "input" in front of it', '"input" is the input of the network, which has no layer', of=NET, wrong=((FIRST, ""),), fix=((USE, '[[layer]]\ntype = "input"\n' + USE),)),
    put_right("a later layer of a block", 'move "way" in front of the layer that takes its output', '"way" comes later in the block "plus"', WAY + SUM, SUM + WAY),
    put_right("a misspelt layer of a block", 'did you mean "way"?', 'the block "plus" has no layer "wya"', '["way", "input"]', '["wya", "input"]'),
    put_right("a layer outside of a block", "a block knows its inputs and its layers that have names: input, way", 'the block "plus" has no layer "first"', '["way", "input"]', '["way", "first"]'),
    put_right("a parameter with the name of a key", "another name", 'the block "plus" cannot have a parameter "trainable"', 'parameters = { kind = "relu" }', 'parameters = { kind = "relu", trainable = true }'),
    put_right("a required parameter with a value", "leave it out of one of them", '"units" of the block "plus" stands under required and has a default value', 'parameters = { kind = "relu" }', 'parameters = { kind = "relu", units = 4 }'),
    Case("a block that is a number", "[[block.other.layer]] for each of its layers", "[block.other]: expected a table, found 3", of=NET, wrong=(("[loss]", "[block]\nother = 3\n[loss]"),), fix=(("[block]\nother = 3\n", ""),)),
    Case("a block without layers", "[[block.other.layer]] for each of them", 'the block "other" has no layers', of=NET, wrong=(("[loss]", "[block.other]\n[loss]"),), fix=(("[block.other]\n", '[block.other]\n[[block.other.layer]]\ntype = "flatten"\n'),), in_words=True),
    taken_out("blocks that are a number", "[[block.NAME.layer]] for each layer of a block", '"block" is a table of blocks, found 3', "block = 3\n", "schema = 1", PLAIN),
    put_right("a misspelt block", 'did you mean "block:plus"?', 'there is no block "puls"', '"block:plus"', '"block:puls"'),
    put_right("a block by its name alone", 'type = "block:plus"', 'there is no layer "plus", but a block', '"block:plus"', '"plus"'),
    put_right("a block of nobody", "the blocks are: plus", 'there is no block "xyzxyz"', '"block:plus"', '"block:xyzxyz"'),
    Case("a block in a recipe without any", "[[block.deep.layer]] for each of its layers", 'there is no block "deep"', of=PLAIN, wrong=(("[[layer]]", '[[layer]]\ntype = "block:deep"\n[[layer]]'),), fix=(("[loss]", '[[block.deep.layer]]\ntype = "dense"\nunits = 3\n[loss]'),), in_words=True),
    put_right("a use without what it must say", 'units = VALUE: the block "plus" has no default value for it', 'layer "more" (block:plus) needs "units"', 'name = "more"\nunits = "$width"', 'name = "more"'),
    put_right("a block of two inputs without them", 'input = ["LAYER", "LAYER"]', 'layer "mix" (block:mix) needs "input": 2 layers, for a, b', 'type = "block:mix"\ninput = ["first", "second"]', 'type = "block:mix"', TWO),
    put_right("an input that nobody takes", 'input = ["b"] in a layer of the block', '"b" of the block "mix" enters none of its layers', 'input = ["way", "b"]', 'input = ["way", "a"]', TWO),
    put_right("a block as an inner layer", '[[layer]] with type = "block:NAME"', '"block:plus" is no layer: a block is used in a [[layer]] table of its own', FIRST, '[[layer]]\ntype = "time_distributed"\nname = "first"\nlayer = { type = "block:plus" }\n'),
    set_right("a block of nobody for one run", "there are: plus", 'the recipe has no block "xyzxyz"', "block.xyzxyz.parameters.kind=elu", "block.plus.parameters.kind=elu"),
    set_right("a misspelt parameter for one run", 'did you mean "kind"?', 'the block "plus" has no parameter "kidn"', "block.plus.parameters.kidn=elu", "block.plus.parameters.kind=elu"),
    # Variables.
    taken_out("variables that are a number", "[variables] with NAME = VALUE in the lines below it", "[variables]: expected a table, found 3", "variables = 3\n", "schema = 1", PLAIN),
    put_right("a name with a sign", "a letter, then letters, digits and \"_\"", '"half-width" is no name for a variable', "width = 4", "width = 4\nhalf-width = 2"),
    put_right("a parameter with a sign", "a letter, then letters, digits and \"_\"", '"a-b" is no name for a parameter', '{ kind = "relu" }', '{ kind = "relu", a-b = 1 }'),
    put_right("too much to compute", '"$width * 2"; "$$width * 2 - 4" for text that begins with "$"', '"$width * 2 - 4" cannot be computed', 'name = "first"\nunits = "$width"', 'name = "first"\nunits = "$width * 2 - 4"'),
    put_right("a remainder", '"$one / 4.0" for a number with a fraction', '"$one / 4" cannot be computed: 1 / 4 is no whole number', 'rate = "$one / 4.0"', 'rate = "$one / 4"',
              PLAIN.replace("[[layer]]", '[variables]\none = 1\n[[layer]]\ntype = "dropout"\nrate = "$one / 4.0"\n[[layer]]')),
    put_right("a misspelt variable", 'did you mean "$width"?', 'there is no variable "wdith"', 'name = "first"\nunits = "$width"', 'name = "first"\nunits = "$wdith"'),
    put_right("a variable of nobody", 'there are: width; "$$xyzxyz" for text that begins with "$"', 'there is no variable "xyzxyz"', 'name = "first"\nunits = "$width"', 'name = "first"\nunits = "$xyzxyz"'),
    Case("a variable in a recipe without any", '[variables] with width = VALUE; "$$width" for text that begins with "$"', 'there is no variable "width"', of=PLAIN, wrong=(("units = 2", 'units = "$width"'),), fix=(("[loss]", "[variables]\nwidth = 2\n[loss]"),), in_words=True),
    set_right("a misspelt variable for one run", 'did you mean "width"?', 'the recipe has no variable "widht"', "variables.widht=4", "variables.width=4"),
    set_right("a variable of nobody for one run", "there are: width", 'the recipe has no variable "xyzxyz"', "variables.xyzxyz=4", "variables.width=4"),
    # Included files.
    Case("a number in place of a file", 'include = "other.toml"', '"include": expected the path of a recipe file, found 3', of=PLAIN, files={"other.toml": "schema = 1\n"}, wrong=(("schema = 1", "include = 3"),), fix=(("include = 3", 'include = "other.toml"'),)),
    Case("an included file that is elsewhere", "the path begins at the folder of the file in which it is written", '"include": recipe other.toml: no such file', of=PLAIN, files={"shared/other.toml": "schema = 1\n"}, wrong=(("schema = 1", 'include = "other.toml"'),),
         fix=(('"other.toml"', '"shared/other.toml"'),), in_words=True),
)
