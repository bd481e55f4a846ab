# SPDX-License-Identifier: Apache-2.0
"""The most usual mistakes of beginners in recipes for tables, pictures, texts and adversarial nets: each is a change of a good recipe. `says` is a part of
the message, `fix` an edit of the recipe, whose new text the message's hints must tell word for word. After it, the recipe must train."""
from dataclasses import dataclass

TABLE = '''schema = 1
[data]
type = "csv"
train = "flowers.csv"
test = "more_flowers.csv"
target = "kind"
normalize = "standard"
[[layer]]
type = "dense"
units = 4
activation = "relu"
[[layer]]
type = "dense"
name = "out"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
learning_rate = 0.01
[training]
epochs = 1
batch_size = 8
metrics = ["accuracy"]
'''
PRICES = '''schema = 1
[data]
type = "csv"
train = "houses.csv"
target = "price"
normalize = "standard"
[[layer]]
type = "dense"
name = "out"
units = 1
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
learning_rate = 0.01
[training]
epochs = 1
batch_size = 8
metrics = ["mean_absolute_error"]
'''
YES_NO = '''schema = 1
[data]
type = "csv"
train = "answers.csv"
target = "answer"
normalize = "standard"
[[layer]]
type = "dense"
name = "out"
units = 1
activation = "sigmoid"
[loss]
type = "binary_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 1
batch_size = 8
metrics = ["accuracy"]
'''
PICTURES = '''schema = 1
[data]
type = "npz"
train = "pictures.npz"
[[layer]]
type = "conv2d"
filters = 2
kernel_size = 3
activation = "relu"
[[layer]]
type = "max_pooling2d"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
name = "out"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 4
metrics = ["accuracy"]
'''
AUTOENCODER = '''schema = 1
[data]
type = "npz"
train = "pictures.npz"
scale = 0.00392
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 4
activation = "relu"
[[layer]]
type = "dense"
units = 64
activation = "sigmoid"
[[layer]]
type = "reshape"
target_shape = [8, 8, 1]
[loss]
type = "mean_squared_error"
target = "x"
[optimizer]
type = "adam"
[training]
epochs = 1
batch_size = 4
'''
TEXTS = '''schema = 1
[data]
type = "text"
train = "moods.csv"
text_column = "sentence"
label_column = "mood"
num_words = 20
maxlen = 6
[[layer]]
type = "embedding"
input_dim = 20
output_dim = 4
[[layer]]
type = "lstm"
units = 3
[[layer]]
type = "dense"
name = "out"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 1
batch_size = 4
metrics = ["accuracy"]
'''
GAN = '''schema = 1
[data]
type = "npz"
train = "pictures.npz"
[[layer]]
network = "generator"
type = "input"
from = "normal"
shape = [4]
[[layer]]
network = "generator"
type = "dense"
name = "pixels"
units = 64
activation = "sigmoid"
[[layer]]
network = "generator"
type = "reshape"
target_shape = [8, 8, 1]
[[layer]]
network = "discriminator"
type = "input"
[[layer]]
network = "discriminator"
type = "flatten"
[[layer]]
network = "discriminator"
type = "dense"
name = "verdict"
units = 1
activation = "sigmoid"
[[phase]]
name = "discriminator"
train = ["discriminator"]
[[phase.call]]
network = "generator"
[[phase.call]]
network = "discriminator"
name = "of_fake"
input = ["generator"]
[[phase.call]]
network = "discriminator"
name = "of_real"
[[phase.loss]]
type = "binary_crossentropy"
output = "of_fake"
target = 0
[[phase.loss]]
type = "binary_crossentropy"
output = "of_real"
target = 1
[[phase]]
name = "generator"
train = ["generator"]
[[phase.call]]
network = "generator"
[[phase.call]]
network = "discriminator"
input = ["generator"]
[phase.loss]
type = "binary_crossentropy"
target = 1
[optimizer]
type = "adam"
[training]
epochs = 1
batch_size = 4
'''


@dataclass
class Mistake:
    name: str
    of: str        # the good recipe
    wrong: tuple   # edits of it that make the mistake: (text, other text), ...
    says: str      # a part of the message
    fix: tuple     # edits of the wrong recipe that the message tells: (text, other text), ...
    tells: str = ""  # the words of the message that tell the fix; otherwise the new text of its first edit
    code: int = 2  # of train; 0: it trains, and a warning says what is wrong
    files: tuple = ()  # (name, text) of data that are otherwise than usual, ...


TABLES = [
    Mistake("misspelt layer", TABLE, (('"dense"', '"dens"'),), 'there is no layer "dens"', (('"dens"', '"dense"'),)),
    Mistake("misspelt option", TABLE, (("units = 4", "unist = 4"),), 'unknown key "unist"', (("unist", "units"),)),
    Mistake("a number in quotes", TABLE, (("units = 3", 'units = "3"'),), "expected an integer", (('units = "3"', "units = 3"),), "write 3 without quotes"),
    Mistake("sigmoid for three classes", TABLE, (('"softmax"', '"sigmoid"'),), "behind a sigmoid output", (('"sigmoid"', '"softmax"'),), 'activation = "softmax" in the layer "out"', 0),
    Mistake("softmax of one unit", PRICES, (("units = 1", 'units = 1\nactivation = "softmax"'),), "is always 1", (('"softmax"', '"linear"'),), 'activation = "linear"', 0),
    Mistake("squared error for classes", TABLE, (("sparse_categorical_crossentropy", "mean_squared_error"),), "expects a target of the shape of the output",
            (("mean_squared_error", "sparse_categorical_crossentropy"),), 'type = "sparse_categorical_crossentropy"'),
    Mistake("one-hot loss for class numbers", TABLE, (("sparse_", ""),), "expects a one-hot target", (("categorical_crossentropy", "sparse_categorical_crossentropy"),)),
    Mistake("wrong names of columns", TABLE, (('target = "kind"', 'target = "Kind"\nignore = ["lenght"]'),), 'found "Kind" in target, and "lenght" in ignore',
            (('target = "Kind"\nignore = ["lenght"]', 'target = "kind"\nignore = ["length"]'),), 'target = "kind", and ignore = "length"'),
    Mistake("a momentum without its point", TABLE, (('type = "adam"', 'type = "sgd"\nmomentum = 9'),), "expected a number in", (("momentum = 9", "momentum = 0.9"),)),
    Mistake("a loss by its short name", PRICES, (('"mean_squared_error"', '"mse"'),), 'there is no loss "mse"', (('"mse"', '"mean_squared_error"'),)),
    Mistake("fewer units than classes", TABLE, (("units = 3", "units = 2"),), "the data have 3 classes", (("units = 2", "units = 3"),), 'units = 3 in the layer "out"', 5),
    Mistake("accuracy of quantities", PRICES, (('["mean_absolute_error"]', '["accuracy"]'),), "counts right classes", (('["accuracy"]', '["mean_absolute_error"]'),), code=0),
    Mistake("a wrong target column", TABLE, (('"kind"', '"kinds"'),), 'found "kinds"', (('"kinds"', '"kind"'),), "kind"),
    Mistake("early stopping without a validation part", TABLE, (("metrics", "early_stopping = { patience = 2 }\nmetrics"),), 'monitors "val_loss"',
            (("[data]", "[data]\nvalidation_split = 0.1"),), "validation_split = 0.1 in [data]"),
    Mistake("learning rate by Keras's short name", TABLE, (("learning_rate", "lr"),), 'unknown key "lr"', (("lr = 0.01", "learning_rate = 0.01"),), '"learning_rate"'),
    Mistake("learning rate in the wrong table", TABLE, (("learning_rate = 0.01\n", ""), ("epochs = 1", "epochs = 1\nlearning_rate = 0.01")), 'unknown key "learning_rate" of [training]',
            (("\nlearning_rate = 0.01", ""), ('type = "adam"', 'type = "adam"\nlearning_rate = 0.01')), '"learning_rate" belongs in [optimizer]'),
    Mistake("a loss without a type", PRICES, (('[loss]\ntype = "mean_squared_error"', "[loss]"),), "loss has no type", (("[loss]", '[loss]\ntype = "mean_squared_error"'),), 'type = "mean_squared_error"'),
    Mistake("a learning rate far too large", PRICES, (("learning_rate = 0.01", "learning_rate = 1e12"), ("epochs = 1", "epochs = 20")), "the loss is", (("learning_rate = 1e12", "learning_rate = 1e12\nglobal_clipnorm = 1.0"), ("epochs = 20", "epochs = 1")),
            "optimizer.global_clipnorm=1.0", 3),
    Mistake("a cell without a value", TABLE, (), 'the column "width" has no value here', (("[data]", '[data]\nmissing = "mean"'),), 'missing = "mean"', 5,
            (("flowers.csv", "length,width,kind\n" + "1.0,2.0,rose\n2.0,,tulip\n3.0,1.0,aster\n" * 4),)),
    Mistake("a table without a line of names", TABLE, (), "its first line names none", (('target = "kind"', 'target = "3"'),), "the number of a column, from 1 to 3", 2,
            tuple((name, "1.0,2.0,rose\n2.0,3.0,tulip\n3.0,1.0,aster\n" * 4) for name in ("flowers.csv", "more_flowers.csv"))),
    Mistake("squared error for yes and no", YES_NO, (("binary_crossentropy", "mean_squared_error"),), "behind a sigmoid output", (("mean_squared_error", "binary_crossentropy"),), 'type = "binary_crossentropy"', 0),
    Mistake("squared error behind a softmax", TABLE, (("sparse_categorical_crossentropy", "mean_squared_error"),), "behind a softmax output", (("mean_squared_error", "sparse_categorical_crossentropy"),),
            'type = "sparse_categorical_crossentropy" in the loss for a target of classes'),
    Mistake("squared error of one unit for three classes", TABLE, (("sparse_categorical_crossentropy", "mean_squared_error"), ("units = 3", "units = 1"), ('"softmax"', '"linear"')), "has 3 classes",
            (("mean_squared_error", "sparse_categorical_crossentropy"), ("units = 1", "units = 3"), ('"linear"', '"softmax"')), 'units = 3 and activation = "softmax" in the layer "out"', 0),
    Mistake("the loss of several classes for yes and no", YES_NO, (("binary_crossentropy", "sparse_categorical_crossentropy"),), "the data have 2 classes", (("sparse_categorical_crossentropy", "binary_crossentropy"),),
            'type = "binary_crossentropy" in the loss, or', 5),
    Mistake("the loss of yes and no for a quantity", PRICES, (("mean_squared_error", "binary_crossentropy"), ("units = 1", 'units = 1\nactivation = "sigmoid"')), "expects targets from 0 to 1",
            (("binary_crossentropy", "mean_squared_error"), ('"sigmoid"', '"linear"')), 'type = "mean_squared_error" in the loss, and activation = "linear" in the layer "out"', 5),
    Mistake("the loss of classes for a quantity", PRICES, (("mean_squared_error", "sparse_categorical_crossentropy"), ("units = 1", 'units = 3\nactivation = "softmax"'), ('["mean_absolute_error"]', "[]")), "class numbers",
            (("sparse_categorical_crossentropy", "mean_squared_error"), ("units = 3", "units = 1"), ('"softmax"', '"linear"')), 'activation = "linear" in the layer "out", and units = 1', 5),
    Mistake("classes that are numbers from 1", TABLE, (('"kind"', '"width"'),), "that are class numbers", (('target = "width"', 'target = "width"\ntarget_is = "classes"'),), 'target_is = "classes" in [data]', 5,
            tuple((name, "length,width,kind\n" + "1.0,1,rose\n2.0,2,tulip\n3.0,3,aster\n" * 4) for name in ("flowers.csv", "more_flowers.csv"))),
    Mistake("text without quotes", TABLE, (('"relu"', "relu"),), "not valid TOML", (("relu", '"relu"'),), 'activation = "relu"'),
]

OF_PICTURES = [
    Mistake("no flatten", PICTURES, (('[[layer]]\ntype = "flatten"\n', ""),), "expects a target of class numbers", (('[[layer]]\ntype = "dense"', '[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "dense"'),),
            'add a layer of type "flatten" before the last layer'),
    Mistake("an input of another shape", PICTURES, (('[[layer]]\ntype = "conv2d"', '[[layer]]\ntype = "input"\nshape = [28, 28, 1]\n[[layer]]\ntype = "conv2d"'),), "expects samples of shape (28, 28, 1)",
            (("shape = [28, 28, 1]", "shape = [8, 8, 1]"),)),
    Mistake("no axis of channels", PICTURES, (("pictures.npz", "flat.npz"),), "expects an input of rank 4", (('[[layer]]\ntype = "conv2d"', '[[layer]]\ntype = "reshape"\ntarget_shape = [8, 8, 1]\n[[layer]]\ntype = "conv2d"'),),
            'add a layer of type "reshape" with target_shape = [8, 8, 1] before it'),
    Mistake("flatten in front of a convolution", PICTURES, (('[[layer]]\ntype = "conv2d"', '[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "conv2d"'),), "expects an input of rank 4",
            (('[[layer]]\ntype = "conv2d"', '[[layer]]\ntype = "reshape"\ntarget_shape = [8, 8, 1]\n[[layer]]\ntype = "conv2d"'),), 'add a layer of type "reshape" with target_shape = [8, 8, 1] before it'),
    Mistake("labels from 1", PICTURES, (("pictures.npz", "from_one.npz"),), "the data have 4 classes", (("units = 3", "units = 4"),), 'units = 4 in the layer "out"', 5),
    Mistake("fewer units than classes", PICTURES, (("units = 3", "units = 2"),), "the data have 3 classes", (("units = 2", "units = 3"),), 'units = 3 in the layer "out"', 5),
    Mistake("a kernel larger than the picture", PICTURES, (("kernel_size = 3", "kernel_size = 9"),), "at least 9 cells", (("kernel_size = 9", 'kernel_size = 9\npadding = "same"'),), 'padding = "same"'),
    Mistake("pooling larger than the picture", PICTURES, (('"max_pooling2d"', '"max_pooling2d"\npool_size = 8'),), "at least 8 cells", (("pool_size = 8", "pool_size = 2"),)),
    Mistake("the loss of yes and no for one-hot classes", PICTURES, (("[[layer]]", "one_hot = true\n[[layer]]"), ("sparse_categorical_crossentropy", "binary_crossentropy")), "behind a softmax output", (("binary_crossentropy", "categorical_crossentropy"),),
            'type = "categorical_crossentropy" in the loss for a target of classes', 0),
    Mistake("no flatten before one-hot classes", PICTURES, (("[[layer]]", "one_hot = true\n[[layer]]"), ("sparse_categorical_crossentropy", "categorical_crossentropy"), ('[[layer]]\ntype = "flatten"\n', "")), "expects a target of the shape of the output",
            (('[[layer]]\ntype = "dense"', '[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "dense"'),), 'add a layer of type "flatten" before the last layer'),
    Mistake("an embedding of pixels", PICTURES, (('[[layer]]\ntype = "flatten"\n', '[[layer]]\ntype = "embedding"\ninput_dim = 4\noutput_dim = 2\n[[layer]]\ntype = "flatten"\n'),), "looks up ids",
            (('[[layer]]\ntype = "embedding"\ninput_dim = 4\noutput_dim = 2\n', ""),), 'leave out the layer "embedding"'),
    Mistake("a layer as Keras calls it", PICTURES, (('"conv2d"', '"Conv2D"'),), 'there is no layer "Conv2D"', (('"Conv2D"', '"conv2d"'),)),
    Mistake("a layer by a short name", PICTURES, (('"max_pooling2d"', '"MaxPool2D"'),), 'there is no layer "MaxPool2D"', (('"MaxPool2D"', '"max_pooling2d"'),)),
    Mistake("no kernel size", PICTURES, (("kernel_size = 3\n", ""),), 'needs "kernel_size"', (("filters = 2", "filters = 2\nkernel_size = 3"),), "kernel_size = 3"),
    Mistake("dropout in percent", PICTURES, (('[[layer]]\ntype = "flatten"', '[[layer]]\ntype = "dropout"\nrate = 50\n[[layer]]\ntype = "flatten"'),), "expected a number in [0, 1]",
            (("rate = 50", "rate = 0.5"),), "50 percent are 0.5"),
    Mistake("a choice in capital letters", PICTURES, (("kernel_size = 3", 'kernel_size = 3\npadding = "Same"'),), 'found text "Same"', (('"Same"', '"same"'),)),
    Mistake("binary loss for three classes", PICTURES, (("sparse_categorical", "binary"),), "expects a target of the shape of the output", (("binary", "sparse_categorical"),), 'type = "sparse_categorical_crossentropy"'),
]

OF_TEXTS = [
    Mistake("a vocabulary that is too small", TEXTS, (("input_dim = 20", "input_dim = 5"),), "the field \"x\" of the data has 10 ids", (("input_dim = 5", "input_dim = 10"),), 'input_dim = 10 in the layer "embedding"'),
    Mistake("all steps into the last layer", TEXTS, (("units = 3", "units = 3\nreturn_sequences = true"),), "expects a target of class numbers (N, 6)", (("\nreturn_sequences = true", ""),),
            "leave out return_sequences = true"),
    Mistake("no layer that ends the steps", TEXTS, (('[[layer]]\ntype = "lstm"\nunits = 3\n', ""),), "expects a target of class numbers (N, 6)",
            (('[[layer]]\ntype = "dense"', '[[layer]]\ntype = "global_average_pooling1d"\n[[layer]]\ntype = "dense"'),), 'add a layer of type "global_average_pooling1d" before the last layer'),
    Mistake("no embedding", TEXTS, (('[[layer]]\ntype = "embedding"\ninput_dim = 20\noutput_dim = 4\n', ""),), "found whole numbers (N, 6)",
            (('[[layer]]\ntype = "lstm"', '[[layer]]\ntype = "embedding"\ninput_dim = 10000\noutput_dim = 16\n[[layer]]\ntype = "lstm"'),), 'add a layer of type "embedding" with input_dim = 10000 and output_dim = 16 before it'),
    Mistake("ids into a dense layer", TEXTS, (('type = "embedding"\ninput_dim = 20\noutput_dim = 4\n[[layer]]\ntype = "lstm"\nunits = 3', 'type = "dense"\nunits = 3'),), "dense expects floating-point numbers",
            (("maxlen = 6", 'encoding = "binary"'),), 'encoding = "binary" in [data]'),
    Mistake("the last step alone into a recurrent layer", TEXTS, (('[[layer]]\ntype = "lstm"\nunits = 3\n', '[[layer]]\ntype = "lstm"\nunits = 3\n[[layer]]\ntype = "gru"\nunits = 3\n'),), "expects an input of rank 3",
            (('"lstm"\nunits = 3', '"lstm"\nunits = 3\nreturn_sequences = true'),), "return_sequences = true in the recurrent layer before it"),
    Mistake("a wrong column of texts", TEXTS, (('"sentence"', '"sentences"'),), 'found "sentences"', (('"sentences"', '"sentence"'),), 'text_column = "sentence"'),
    Mistake("a wrong column of labels", TEXTS, (('"mood"', '"label"'),), 'found "label"', (('"label"', '"mood"'),), 'label_column = "mood"'),
    Mistake("no column of texts", TEXTS, (('text_column = "sentence"\n', ""),), "needs the name or number of this column", (("[data]", '[data]\ntext_column = "sentence"'),), 'text_column = "sentence"'),
    Mistake("no columns", TEXTS, (('text_column = "sentence"\nlabel_column = "mood"\n', ""),), "needs the name or number of this column", (("[data]", '[data]\ntext_column = "sentence"\nlabel_column = "mood"'),),
            'text_column = "sentence" and label_column = "mood"'),
    Mistake("columns by number under a line of names", TEXTS, (('text_column = "sentence"\nlabel_column = "mood"', 'text_column = "1"\nlabel_column = "-1"'),), "cannot tell whether the first line names the columns",
            (("[data]", '[data]\nheader = "true"'),), 'header = "true"'),
    Mistake("a layer in capital letters", TEXTS, (('"lstm"', '"LSTM"'),), 'there is no layer "LSTM"', (('"LSTM"', '"lstm"'),)),
    Mistake("an encoding by another name", TEXTS, (("maxlen = 6", 'maxlen = 6\nencoding = "idss"'),), 'found text "idss"', (('"idss"', '"ids"'),)),
    Mistake("options of texts for a table", TEXTS, (('type = "text"', 'type = "csv"'),), 'unknown key "text_column"', (('type = "csv"', 'type = "text"'),)),
    Mistake("sentences as categories", TEXTS, (('type = "text"', 'type = "csv"\ntarget = "mood"'), ('text_column = "sentence"\nlabel_column = "mood"\nnum_words = 20\nmaxlen = 6\n', "")), "names of the rows rather than categories",
            (('type = "csv"\ntarget = "mood"', 'type = "text"\ntext_column = "sentence"\nlabel_column = "mood"\nnum_words = 20'),), 'type = "text" with text_column = "sentence" and label_column = "mood"', 5,
            (("moods.csv", "sentence,mood\n" + "".join(f"film number {i} was fine,{('sad', 'happy')[i % 2]}\n" for i in range(40))),)),
    Mistake("a wrapper without its layer", TEXTS, (('type = "lstm"\nunits = 3', 'type = "bidirectional"'),), 'needs "layer"', (('"bidirectional"', '"bidirectional"\nlayer = { type = "lstm", units = 16 }'),), '{ type = "lstm", units = 16 }'),
    Mistake("a wrapper as in Keras", TEXTS, (('type = "lstm"\nunits = 3', 'type = "bidirectional"\nlayer = "LSTM"\nunits = 3'),), "expected the inner layer with its options", (('layer = "LSTM"\nunits = 3', 'layer = { type = "lstm", units = 3 }'),)),
    Mistake("a bag of words into an embedding", TEXTS, (("maxlen = 6", 'encoding = "binary"'),), "looks up ids", (('encoding = "binary"', 'encoding = "ids"'),), 'encoding = "ids" in [data]'),
    Mistake("one unit for a loss of several classes", TEXTS, (("units = 2", "units = 1"), ('"softmax"', '"sigmoid"')), "the data have 2 classes and the output 1 unit",
            (("units = 1", "units = 2"), ('"sigmoid"', '"softmax"')), 'units = 2 in the layer "out"', 5),
]

OF_NETS = [
    Mistake("pictures of another shape than the data's", GAN, (("units = 64", "units = 16"), ("target_shape = [8, 8, 1]", "target_shape = [4, 4, 1]")), "inputs of different shapes: (4, 4, 1) and (8, 8, 1)",
            (("units = 16", "units = 64"), ("target_shape = [4, 4, 1]", "target_shape = [8, 8, 1]")), "(8, 8, 1). Its weights"),
    Mistake("a reshape that does not fit", GAN, (("target_shape = [8, 8, 1]", "target_shape = [8, 8, 2]"),), "reshape cannot make", (("target_shape = [8, 8, 2]", "target_shape = [8, 8, 1]"),), "target_shape = [8, 8, 1]"),
    Mistake("a misspelt network", GAN, (('train = ["discriminator"]', 'train = ["discriminater"]'),), 'no layer belongs to a network "discriminater"', (('"discriminater"', '"discriminator"'),)),
    Mistake("a layer of no network", GAN, (('network = "discriminator"\ntype = "flatten"', 'type = "flatten"'),), "belongs to no network", (('type = "flatten"', 'network = "discriminator"\ntype = "flatten"'),), 'network = "discriminator"'),
    Mistake("a network that is trained and not called", GAN, (('[[phase.call]]\nnetwork = "generator"\n[[phase.call]]\nnetwork = "discriminator"\ninput = ["generator"]\n[phase.loss]', '[[phase.call]]\nnetwork = "discriminator"\n[phase.loss]'),),
            'trains "generator" and never calls it', (('[[phase.call]]\nnetwork = "discriminator"\n[phase.loss]', '[[phase.call]]\nnetwork = "generator"\n[[phase.call]]\nnetwork = "discriminator"\ninput = ["generator"]\n[phase.loss]'),),
            '[[phase.call]] with network = "generator"'),
    Mistake("a call that takes a later one", GAN, (('[[phase.call]]\nnetwork = "generator"\n[[phase.call]]\nnetwork = "discriminator"\nname = "of_fake"\ninput = ["generator"]\n',
                                                    '[[phase.call]]\nnetwork = "discriminator"\nname = "of_fake"\ninput = ["generator"]\n[[phase.call]]\nnetwork = "generator"\n'),), "which does not come earlier",
            (('[[phase.call]]\nnetwork = "discriminator"\nname = "of_fake"\ninput = ["generator"]\n[[phase.call]]\nnetwork = "generator"\n',
              '[[phase.call]]\nnetwork = "generator"\n[[phase.call]]\nnetwork = "discriminator"\nname = "of_fake"\ninput = ["generator"]\n'),), "order the calls so that each uses earlier ones"),
    Mistake("noise by another name", GAN, (('"normal"', '"noise"'),), 'found text "noise"', (('"noise"', '"normal"'),)),
    Mistake("noise without a shape", GAN, (("shape = [4]\n", ""),), "needs a shape", (('from = "normal"', 'from = "normal"\nshape = [64]'),), "shape = [64]"),
    Mistake("a generator that takes the data", GAN, (('from = "normal"\n', ""),), "expects samples of shape (4,)", (("shape = [4]", 'from = "normal"\nshape = [4]'),), 'from = "normal"'),
    Mistake("a loss outside of the phases", GAN, (("[optimizer]", '[loss]\ntype = "binary_crossentropy"\n[optimizer]'), ('[phase.loss]\ntype = "binary_crossentropy"\ntarget = 1\n', "")), "losses belong in the phases",
            (('[loss]\ntype = "binary_crossentropy"\n', ""), ("[optimizer]", '[[phase.loss]]\ntype = "binary_crossentropy"\ntarget = 1\n[optimizer]')), "[[phase.loss]]"),
    Mistake("metrics outside of the phases", GAN, (("epochs = 1", 'epochs = 1\nmetrics = ["binary_accuracy"]'),), "metrics belong in the phases", (('\nmetrics = ["binary_accuracy"]', ""), ('train = ["generator"]', 'train = ["generator"]\nmetrics = ["binary_accuracy"]')),
            "metrics = [...] in [[phase]]"),
    Mistake("a loss of a phase without a target", GAN, (("target = 0\n", ""),), "the data have 3 classes and the output 1 unit", (('output = "of_fake"', 'output = "of_fake"\ntarget = 0'),), "target = 0, in [[phase.loss]]", 5),
    Mistake("a misspelt output", GAN, (('output = "of_fake"', 'output = "of_fakes"'),), 'has no call "of_fakes"', (('"of_fakes"', '"of_fake"'),)),
    Mistake("a learning rate in a phase", GAN, (('train = ["generator"]', 'train = ["generator"]\nlearning_rate = 0.001'),), 'unknown key "learning_rate" of [[phase]]',
            (("\nlearning_rate = 0.001", ""), ("[optimizer]", '[phase.optimizer]\ntype = "adam"\nlearning_rate = 0.001\n[optimizer]')), "[phase.optimizer]"),
    Mistake("a softmax of one unit", GAN, (('units = 1\nactivation = "sigmoid"', 'units = 1\nactivation = "softmax"'),), "is always 1", (('"softmax"', '"sigmoid"'),), 'activation = "sigmoid"', 0),
    Mistake("no optimizer", GAN, (('[optimizer]\ntype = "adam"\n', ""),), "the recipe has no optimizer", (("[training]", '[optimizer]\ntype = "adam"\n[training]'),), '[optimizer] with a type, such as type = "adam"'),
]

BLOCKS = TABLE.replace('[[layer]]\ntype = "dense"\nunits = 4\nactivation = "relu"\n', '''[variables]
width = 4
[block.plus]
required = ["units"]
[[block.plus.layer]]
type = "dense"
name = "way"
units = "$units"
activation = "relu"
[[block.plus.layer]]
type = "add"
name = "sum"
input = ["way", "input"]
[[layer]]
type = "dense"
units = "$width"
[[layer]]
type = "block:plus"
name = "more"
units = "$width"
repeat = 2
''')
OF_BLOCKS = [
    Mistake("a misspelt block", BLOCKS, (('"block:plus"', '"block:plsu"'),), 'there is no block "plsu"', (('"block:plsu"', '"block:plus"'),)),
    Mistake("a misspelt variable", BLOCKS, (('type = "dense"\nunits = "$width"', 'type = "dense"\nunits = "$wdith"'),), 'there is no variable "wdith"', (('"$wdith"', '"$width"'),)),
    Mistake("a misspelt parameter in its block", BLOCKS, (('"$units"', '"$unist"'),), 'there is no variable "unist"', (('"$unist"', '"$units"'),)),
    Mistake("a misspelt parameter at the use", BLOCKS, (('name = "more"\nunits', 'name = "more"\nunist'),), 'unknown key "unist" of layer "more" (block:plus)', (("unist", "units"),)),
    Mistake("a parameter that is left out", BLOCKS, (('units = "$width"\nrepeat', "repeat"),), 'layer "more" (block:plus) needs "units"', (("repeat", 'units = "$width"\nrepeat'),), "units = VALUE"),
    Mistake("a misspelt layer of a block", BLOCKS, (('["way", "input"]', '["wya", "input"]'),), 'the block "plus" has no layer "wya"', (('"wya"', '"way"'),)),
    Mistake("an option of a block's layer that is misspelt", BLOCKS, (('units = "$units"', 'unist = "$units"'),), 'unknown key "unist" of layer "more1_way" (dense)', (("unist", "units"),)),
    Mistake("a block used by its name alone", BLOCKS, (('"block:plus"', '"plus"'),), 'there is no layer "plus", but a block', (('type = "plus"', 'type = "block:plus"'),)),
    Mistake("a repetition in words", BLOCKS, (("repeat = 2", 'repeat = "2"'),), '"repeat" of layer "more" (block:plus): expected an integer', (('repeat = "2"', "repeat = 2"),), "write 2 without quotes"),
    Mistake("layers of a block in single brackets", BLOCKS, (("[[block.plus.layer]]", "[block.plus.layer]"), ("[[block.plus.layer]]", "[block.plus.layer]")), "not valid TOML", (("\n[block.plus.layer]", "\n[[block.plus.layer]]"), ("\n[block.plus.layer]", "\n[[block.plus.layer]]")),
            "[[block.plus.layer]]"),
    Mistake("widths that differ", BLOCKS, (('name = "more"\nunits = "$width"', 'name = "more"\nunits = 5'),), "add expects inputs of one shape, found (N, 5) and, as input 2, (N, 4)", (("units = 5", 'units = "$width"'),), 'used as "more1"'),
]
