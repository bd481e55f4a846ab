# SPDX-License-Identifier: Apache-2.0
"""The hints of a training: how it begins, what it begins with, how it goes on, what it watches, and how it fails."""
import base64
import os
import subprocess
import time
import unittest
import zlib

from hints import TRAIN, Case, HintTest
from mistakes import GAN, PRICES, TABLE, TEXTS
from mistakes_test import write_data
from program import PROGRAM, npy

LITTLE_ROOM, LITTLE_MEMORY, TAKEN_OVER = "with little room: ", "with little memory: ", "taken over: "  # before a command: how it runs
# Weights as Keras 3 saves a model that holds another one: dense layers "outer" and, in the inner model, "inner", both of 2 units on 2 inputs. And a file
# of Keras 2 with variables of a layer that is none of Keras's own.
INNER_MODEL = zlib.decompress(base64.b85decode("c-rgqaB<`1lHy|K;9!7(|4@)13E>++#iy~Y>hbq*31VWXU=l)B2m@S942%p6Y=R6xiY+IxGPS69Gt5wD25JD-l9`#rI6(m91lE+)yy8?dMu=86QIHr{acW^{YF<fZV$KN>sG-^<Ibr>m6JLpO0zb$)ma@d6;+;?zFt{>M2lPe1wS+oB0O->QVTiCER2t#{kjyL*R2d#K1_ovZRt6CU76yjA#N1Q{Nk&Enph7T)IFo~c2^7#kY{LZ61s3N)b;8^r{|a|!e;=@%0FpYWUJ%GHElDi`(oAULnR$6&aTqwj&oBx`!6+C7qhJ(_f>AIEM!_f;1*2dTjDkT5z(Wv>42+B_z&<_`BO|PzkBep&VPF(gkOz%D0D%I7I0u7xJ!o8jiGh)si$e&gg3$vymLUMMWWnGMhdMcJYX*h}dt~hI?BR`lc!-S$G*ZH7U?T+4t+qX!4<3>tz|dmE3`t@_ZW45?2R@FsVd$l(CCbgQ@YDqiK~W))mvMxkVH-59<fSE;kvcBvEef@UI^&Y|ADX|AI4*e(<^mV$gq`{a$M2+#O9qNTwNh(b@{_}y=}6;}AH*TTnB$U0lBhD|jZ1<lv~kHhenwohD3>0H55029L2l+{5QU5hmrGZmsbcRDH(P3yOIngczg+sfYr_uW%OyDph{~0}S!V(O3X>dx"))
OF_KERAS_2 = zlib.decompress(base64.b85decode("c-rgqaB<`1lHy|K;9!7(|4=Z81;RIgit7vB+2Zfv62!z%!6byN5C*uI7#JBC*d!Q$6mM>RN@`Agd1_{QMoIB`MyMG!3={#Yz7zql6Brp78C4h<n3xzDnV@pGXl4-xMnMI628eGI7{oak#Or}9R-kK{xj2A6VP@P9b)Nvtq6G|t9;8h>w+&qk95xEMwLIC#7=Lu}gQANiJ+UM;2^M6oRB~cYdgMCFob;92PBL8S8$*thgh5W?$WATFOU<z|*bFs|O#~#&nVgzeQj}V3WzfM4mCz)?NoUHN1mTGqXdp06Gm?{tr$F;7JST5p7;>PWO{p2i1_0LTiiQ"))
OF_TWO_LAYERS = '''schema = 1
[data]
type = "csv"
train = "four.csv"
target = ["c", "d"]
[[layer]]
type = "dense"
name = "first"
units = 2
[[layer]]
type = "dense"
name = "second"
units = 2
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
'''
FOUR_COLUMNS = {"four.csv": "a,b,c,d\n" + "".join(f"{i % 3},{i % 5},{i % 7},{i % 2}\n" for i in range(20))}
IN_THE_MIDDLE = TABLE.replace("epochs = 1", "epochs = 2") + "[checkpoint]\nevery_epochs = 1\n"
STATEFUL = PRICES.replace('[[layer]]\ntype = "dense"', '[[layer]]\ntype = "reshape"\ntarget_shape = [2, 1]\n[[layer]]\ntype = "lstm"\nunits = 2\nstateful = true\n[[layer]]\ntype = "dense"').replace("batch_size = 8", "batch_size = 6\nshuffle = false")
WITH_BUCKETS = TEXTS.replace("units = 3", "units = 3\nstateful = true").replace("batch_size = 4", "batch_size = 1\nshuffle = false")
OF_NOISE = '''schema = 1
[data]
type = "random"
shape = [2]
samples = 100
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
batch_size = 1000
'''
OF_WORDS = '''schema = 1
[data]
type = "random"
shape = [3]
values = "ids"
ids = 20
samples = 16
[[layer]]
type = "embedding"
name = "words"
input_dim = 20
output_dim = 2
[[layer]]
type = "flatten"
[loss]
type = "mean_squared_error"
target = 0
[optimizer]
type = "sgd"
'''
VALIDATED = TABLE.replace("[data]", "[data]\nvalidation_split = 0.2")
OTHER_SET = ('type = "random"\nshape = [2]\nsamples = 100', 'type = "csv"\ntrain = "two.csv"')
TWO_COLUMNS = {"two.csv": "a,b,kind\n" + "".join(f"{i % 3},{i % 5},{'yes' if i % 2 else 'no'}\n" for i in range(20))}
MANY = '''schema = 1
[data]
type = "npy"
train = ["x.npy", "y.npy"]
[[layer]]
type = "dense"
units = 1
activation = "sigmoid"
[loss]
type = "binary_crossentropy"
[optimizer]
type = "sgd"
[training]
batch_size = 10000
shuffle = false
'''
IN_METRES = PRICES.replace("houses.csv", "metres.csv").replace('normalize = "standard"\n', "").replace("epochs = 1", "epochs = 60")
RICH = {"metres.csv": "length,width,price\n" + "".join(f"{1000 + 37 * i},{500 + 11 * (i % 7)},{10**6 * i}\n" for i in range(24))}
METRES = {"metres.csv": "length,width,price\n" + "".join(f"{1000 + 37 * i},{500 + 11 * (i % 7)},{i}\n" for i in range(24))}
TWO_EPOCHS, TWO_EPOCHS_OF_PRICES = TABLE.replace("epochs = 1", "epochs = 2"), PRICES.replace("epochs = 1", "epochs = 2")
WITH_RATES = GAN.replace('train = ["generator"]', 'train = ["generator"]\n[phase.optimizer]\ntype = "sgd"\nlearning_rate = 0.01').replace("batch_size = 4", "batch_size = 24")  # one step
ELSEWHERE = TRAIN.replace("--run run", "--run OTHER")
IN_FOLDER = TRAIN.replace("--run run", "--run FOLDER")


def samples_with(last):
    """More samples than are looked at before a training, and the last of them."""
    return {"x.npy": npy((30_000, 1), "f", [0.25] * 29_999 + [last]), "y.npy": npy((30_000,), "i", [0, 1] * 15_000)}


def stop_before_the_end(place):
    """As if the training had been stopped: its last checkpoint is gone."""
    sorted((place / "run/checkpoints").iterdir())[-1].unlink()


def damage_checkpoints(place):
    for file in (place / "run/checkpoints").iterdir():
        file.write_bytes(file.read_bytes()[:1000])


def add_flowers(place):
    (place / "flowers.csv").write_text((place / "flowers.csv").read_text() + "1.5,0.5,tulip\n")


def add_column(place):
    for name in ("flowers.csv", "more_flowers.csv"):
        lines = (place / name).read_text().splitlines()
        (place / name).write_text("\n".join([f"height,{lines[0]}", *(f"{i},{line}" for i, line in enumerate(lines[1:]))]) + "\n")


def look_and_mend(place):
    """What the hint tells to look at says which record it is."""
    done = subprocess.run([PROGRAM, "check", "recipe.toml", "--data"], cwd=place, capture_output=True, text=True, timeout=60)
    if done.returncode != 5 or 'record 29999: expected finite numbers, found NaN in the field "x"' not in done.stderr:
        raise AssertionError(done.stderr)
    for name, content in samples_with(0.5).items():
        (place / name).write_bytes(content)


class TrainingHints(HintTest):
    area = tuple(f"framework/train/{name}" for name in ("session/former_run", "session/initial_weights", "session/keras_weights", "session/recipe_loading", "session/data_opening", "session/recipe_checks", "session/same_weights", "update/", "run/run_folder", "run/trainer"))
    elsewhere = (("framework/train/session/same_weights", "the weights of all ranks should be the same", "train/drift_test.py"), ("framework/train/session/same_weights", "the state of a layer should be the same", "train/drift_test.py"), ("framework/train/update/divergence", "An earlier step, whose loss was finite, made it so", "train/divergence_test.py"), ("framework/train/run/trainer_state.cpp", "another run has written checkpoints", "launcher/run_folder_test.py"),)  # the same command, started again
    if not os.environ.get("TERANGA_SANITIZE"):  # sanitizers end a process that asks for too much memory
        area += ("framework/train/session/agreement.hpp",)
        no_memory = (Case("more samples than there is memory for", "--set data.limit=10000", "there is not enough memory", LITTLE_MEMORY + TRAIN, OF_NOISE, (("samples = 100", "samples = 1000000000000"),), code=1, then=LITTLE_MEMORY + TRAIN + " --set data.limit=10000"),
                     Case("more samples than there is memory for, and a smaller batch", "a smaller training.batch_size needs less", "there is not enough memory", LITTLE_MEMORY + TRAIN, OF_NOISE, (("samples = 100", "samples = 1000000000000"),), code=1,
                          then=LITTLE_MEMORY + TRAIN + " --set data.limit=10000"))
    else:
        no_memory = ()
    cases = no_memory + (
        # Going on.
        Case("a changed recipe without an epoch left", "--fresh trains it in this one", "there is nothing left to train", TRAIN, TABLE, (("units = 4", "units = 5"),), before=(TRAIN,), then=TRAIN + " --fresh"),
        Case("a changed recipe without an epoch left, elsewhere", "--run OTHER trains the changed recipe", "there is nothing left to train", TRAIN, TABLE, (("units = 4", "units = 5"),), before=(TRAIN,), then=ELSEWHERE),
        Case("more samples", "--force-data continues with them", "training samples: then 30, now 31", TRAIN, TABLE, before=(TRAIN,), prepare=add_flowers, code=5, then=TRAIN + " --force-data"),
        Case("more samples, anew", "--run OTHER or --fresh trains anew", "training samples: then 30, now 31", TRAIN, TABLE, before=(TRAIN,), prepare=add_flowers, code=5, then=ELSEWHERE),
        Case("another feature", "--run OTHER or --fresh trains anew", "the data are not those that", TRAIN, TABLE, before=(TRAIN,), prepare=add_column, code=5, then=TRAIN + " --fresh"),
        Case("another data set", "--run OTHER or --fresh trains anew", 'data.type: then "teranga.random", now "teranga.csv"', TRAIN, OF_NOISE, (OTHER_SET,), before=(TRAIN,), files=TWO_COLUMNS, code=5, then=ELSEWHERE),
        Case("another data set, by force", "--run OTHER or --fresh trains anew", 'data.type: then "teranga.random", now "teranga.csv"', TRAIN + " --force-data", OF_NOISE, (OTHER_SET,), before=(TRAIN,), files=TWO_COLUMNS, code=5, then=TRAIN + " --fresh"),
        Case("a layer of another size in the middle", "--run OTHER or --fresh trains the changed recipe", "does not fit", TRAIN, TWO_EPOCHS, (("units = 4", "units = 5"),), before=(TRAIN,), prepare=stop_before_the_end, then=ELSEWHERE),
        Case("another rate in the middle", TRAIN.replace("train", "teranga train", 1) + " --force-recipe goes on with the changed recipe", "optimizer.learning_rate: then 0.01, now 0.02", TRAIN, IN_THE_MIDDLE, (("learning_rate = 0.01", "learning_rate = 0.02"),), before=(TRAIN,),
             prepare=stop_before_the_end, then=TRAIN + " --force-recipe"),
        Case("another rate in the middle, elsewhere", "--run OTHER trains the changed recipe", "the run would not be one training any more", TRAIN, IN_THE_MIDDLE, (("learning_rate = 0.01", "learning_rate = 0.02"),), before=(TRAIN,), prepare=stop_before_the_end, then=ELSEWHERE),
        Case("another optimizer in the middle", "--run OTHER --init-weights run/checkpoints", 'has no slot "out/kernel/', TRAIN, TWO_EPOCHS_OF_PRICES, (('type = "sgd"', 'type = "adam"'),), before=(TRAIN,), prepare=stop_before_the_end,
             then=ELSEWHERE + " --init-weights run/checkpoints"),
        Case("another optimizer in the middle, and back", "resume with the optimizer that the run began with", 'has no slot "out/kernel/', TRAIN, TWO_EPOCHS_OF_PRICES, (('type = "sgd"', 'type = "adam"'),), before=(TRAIN,), prepare=stop_before_the_end,
             fix=(('type = "adam"', 'type = "sgd"'),), in_words=True),
        Case("a lazy table with an optimizer of whole tables", 'leave lazy = true out of the layer "words"', "always updates the whole table", TRAIN, OF_WORDS.replace('"sgd"', '"lamb"'), (("output_dim = 2", "output_dim = 2\nlazy = true"),),
             fix=(("\nlazy = true", ""),), in_words=True),
        Case("a lazy table, and another optimizer", 'or take another optimizer, such as type = "adam"', "always updates the whole table", TRAIN, OF_WORDS.replace("output_dim = 2", "output_dim = 2\nlazy = true"), (('"sgd"', '"lamb"'),), fix=(('"lamb"', '"adam"'),), in_words=True),
        Case("states of rows of another batch", "batch_size = 6 goes on", "of the batch's rows: expected (5, 2), found (6, 2)", TRAIN, STATEFUL.replace("epochs = 1", "epochs = 2"), (("batch_size = 6", "batch_size = 5"),), before=(TRAIN,),
             prepare=stop_before_the_end, fix=(("batch_size = 5", "batch_size = 6"),)),
        Case("states of rows that were not kept", "--run OTHER or --fresh trains the changed recipe", "of the batch's rows is missing", TRAIN, STATEFUL.replace("epochs = 1", "epochs = 2").replace("stateful = true", "stateful = false"),
             (("stateful = false", "stateful = true"),), before=(TRAIN,), prepare=stop_before_the_end, then=TRAIN + " --fresh"),
        Case("only damaged checkpoints", "--fresh keeps them aside", "is intact", TRAIN, TABLE, before=(TRAIN,), prepare=damage_checkpoints, code=5, then=TRAIN + " --fresh"),
        Case("a former run that is not to go on", "--fresh instead of --resume never", "--resume never would overwrite them", TRAIN + " --resume never", TABLE, before=(TRAIN,), then=TRAIN + " --fresh"),
        Case("a former run that is not to go on, elsewhere", "--run OTHER trains in another folder", "--resume never would overwrite them", TRAIN + " --resume never", TABLE, before=(TRAIN,), then=ELSEWHERE + " --resume never"),
        # The run folder.
        Case("a run folder within a file", "choose another with --run FOLDER", "cannot be made", TRAIN.replace("--run run", "--run houses.csv/run"), TABLE, code=1, then=IN_FOLDER),
        Case("a file in the way of a former run", "choose another folder with --run FOLDER", "aside", TRAIN + " --fresh", TABLE, before=(TRAIN,), prepare=lambda place: (place / "run/former-1").write_text(""), code=1, then=IN_FOLDER),
        Case("no room for the first checkpoint", "choose another folder with --run FOLDER", "the first checkpoint cannot be written", LITTLE_ROOM + TRAIN, TABLE, code=1, then=IN_FOLDER),
        Case("no room for the last checkpoint", "free space in the run folder and start the same command again", "the last checkpoint could not be written", LITTLE_ROOM + TRAIN, TABLE, before=(TRAIN + " --dry-run",), code=1, then=TRAIN),
        Case("a run folder that another process took", "start the same command again when that process has ended", "was taken over by another process", TAKEN_OVER + TRAIN, TABLE.replace("epochs = 1", "epochs = 2000") + "[checkpoint]\nevery_steps = 1\n", code=1,
             follow=lambda place: (place / "run/owner").unlink(), then=TRAIN + " --set checkpoint.every_steps=0", in_words=True),
        # Numbers that are none.
        Case("a learning rate that is too large", "--set optimizer.learning_rate=0.001", "the loss is", TRAIN, PRICES, (("learning_rate = 0.01", "learning_rate = 3.0"), ("epochs = 1", "epochs = 60")), code=3, then=TRAIN + " --set optimizer.learning_rate=0.001"),
        Case("a learning rate that is too large, and clipping", "--set optimizer.global_clipnorm=1.0", "the loss is", TRAIN, PRICES, (("learning_rate = 0.01", "learning_rate = 3.0"), ("epochs = 1", "epochs = 60")), code=3,
             then=TRAIN + " --set optimizer.global_clipnorm=1.0"),
        Case("features of thousands", "bring the features to one scale and begin anew: --fresh --set data.normalize=standard", "the loss is", TRAIN, IN_METRES, files=METRES, code=3,
             then=TRAIN + " --fresh --set data.normalize=standard"),
        Case("features and a target of thousands", "bring the features and the target to one scale and begin anew: --fresh --set data.normalize=standard --set data.normalize_target=true", "the loss is", TRAIN, IN_METRES, files=RICH, code=3,
             then=TRAIN + " --fresh --set data.normalize=standard --set data.normalize_target=true"),
        Case("a target of millions", "bring the target to one scale and begin anew: --fresh --set optimizer.learning_rate=0.001 --set data.normalize_target=true", "the loss is", TRAIN, IN_METRES.replace("[data]", '[data]\nnormalize = "standard"').replace("learning_rate = 0.01", "learning_rate = 3.0"), files=RICH, code=3,
             then=TRAIN + " --fresh --set optimizer.learning_rate=0.001 --set data.normalize_target=true"),
        Case("a learning rate of a phase that is far too large", "--set phase.generator.optimizer.learning_rate=0.001", 'the loss of the phase "discriminator"', TRAIN, WITH_RATES.replace("batch_size = 24", "batch_size = 4"), (("learning_rate = 0.01", "learning_rate = 1e300"),),
             code=3, then=TRAIN + " --set phase.generator.optimizer.learning_rate=0.001"),
        Case("a last update that is too large", "--set optimizer.learning_rate=0.001", "is not finite after step 1", TRAIN, PRICES, (("learning_rate = 0.01", "learning_rate = 1e300"), ("batch_size = 8", "batch_size = 30")), code=3,
             then=TRAIN + " --set optimizer.learning_rate=0.001"),
        Case("a last update that is too large, and clipping", "--set optimizer.global_clipnorm=1.0", "is not finite after step 1", TRAIN, PRICES, (("learning_rate = 0.01", "learning_rate = 1e37"), ("batch_size = 8", "batch_size = 30")), code=3,
             then=TRAIN + " --set optimizer.global_clipnorm=1.0"),
        Case("a last update of a phase that is too large", "--set phase.generator.optimizer.learning_rate=0.001", "is not finite after step 1", TRAIN, WITH_RATES, (("learning_rate = 0.01", "learning_rate = 1e300"),), code=3,
             then=TRAIN + " --set phase.generator.optimizer.learning_rate=0.001"),
        Case("a number of the data that is none", "teranga check recipe.toml --data looks at all samples", "because the data hold NaN", TRAIN, MANY, files=samples_with(float("nan")), code=5, follow=look_and_mend, then="check recipe.toml --data"),
        # Weights of another training.
        Case("weights for a layer of another size", "--partial, which takes what fits", "does not fit the recipe's network", ELSEWHERE + " --init-weights run", TABLE, (("units = 4", "units = 5"),), before=(TRAIN,),
             then=ELSEWHERE + " --init-weights run --partial"),
        Case("weights for layers of other names", "use the recipe that it was trained with", "does not fit the recipe's network", ELSEWHERE + " --init-weights run", TABLE, (("units = 4", 'name = "hidden"\nunits = 4'), ('"out"', '"end"')), before=(TRAIN,),
             fix=(('name = "hidden"\n', ""), ('"end"', '"out"')), in_words=True),
        Case("weights that fit but for the names", 'name = "dense" in the layer "hidden" takes its weights', "none of its 4 tensors fits", ELSEWHERE + " --init-weights run --partial", TABLE,
             (("units = 4", 'name = "hidden"\nunits = 4'), ('"out"', '"end"')), before=(TRAIN,), fix=(('name = "hidden"', 'name = "dense"'),)),
        Case("chosen layers that have other weights there", "partial = true there takes what fits by name and shape", "the layers that [initial_weights] chooses want dense/kernel", ELSEWHERE + " --init-weights run", TABLE + '[initial_weights]\ninclude = "*"\n',
             (("units = 4", "units = 5"),), before=(TRAIN,), fix=(('include = "*"', 'include = "*"\npartial = true'),), in_words=True),
        Case("initial weights for no layer", "leave out exclude, or name other layers", "leave no layer with weights", ELSEWHERE + " --init-weights run", TABLE + '[initial_weights]\nexclude = "*"\n', before=(TRAIN,), fix=(('exclude = "*"', ""),), in_words=True),
        Case("a renamed layer that is not there", 'dense = "hidden"', '"rename" of [initial_weights]', ELSEWHERE + " --init-weights run", TABLE, (("units = 4", 'name = "hidden"\nunits = 4'), ("schema = 1", 'schema = 1\ninitial_weights.rename = { dens = "hidden" }')),
             before=(TRAIN,), fix=(("dens = ", "dense = "),)),
        Case("weights of an inner model", "give the recipe's layers the names of the Keras layers", 'dense ("outer"), sequential/layers/dense ("inner")', TRAIN + " --init-weights model.weights.h5", OF_TWO_LAYERS, code=5,
             files={"model.weights.h5": INNER_MODEL, **FOUR_COLUMNS}, fix=(('"first"', '"outer"'), ('"second"', '"inner"')), in_words=True),
        Case("weights of Keras 2", 'save it anew with model.save_weights("model.weights.h5")', "HDF5 weights of Keras 2 or before", ELSEWHERE + " --init-weights model.weights.h5", TABLE.replace('name = "out"\n', ""),
             before=(TRAIN, "checkpoint export run --to keras --output keras-3.weights.h5"), prepare=lambda place: (place / "model.weights.h5").write_bytes(OF_KERAS_2), code=5,
             follow=lambda place: (place / "keras-3.weights.h5").rename(place / "model.weights.h5")),
        # What is watched.
        Case("a loss of validation without a validation part", "validation_split = 0.1 in [data]", 'monitors "val_loss"', of=TABLE, wrong=(("[training]", "[training]\nearly_stopping = { patience = 2 }"),), fix=(("[data]", "[data]\nvalidation_split = 0.1"),)),
        Case("a misspelt number to watch", 'did you mean "accuracy"?', 'monitors "acuracy"', of=TABLE, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "acuracy" }'),), fix=(('"acuracy"', '"accuracy"'),)),
        Case("an unknown number to watch", "it measures loss, accuracy, learning_rate", 'monitors "speed"', of=TABLE, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "speed" }'),), fix=(('"speed"', '"loss"'),), in_words=True),
        Case("a short name of a number to watch", 'did you mean "val_accuracy"?', 'monitors "val_acc"', of=VALIDATED, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "val_acc" }'),), fix=(('"val_acc"', '"val_accuracy"'),)),
        Case("a number to watch in other letters", 'did you mean "val_accuracy"?', 'monitors "Validation Accuracy"', of=VALIDATED, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "Validation Accuracy" }'),), fix=(('"Validation Accuracy"', '"val_accuracy"'),)),
        Case("a number of the training to watch", 'did you mean "loss"?', 'monitors "train_loss"', of=TABLE, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "train_loss" }'),), fix=(('"train_loss"', '"loss"'),)),
        Case("a short name without a validation part", 'validation_split = 0.1 in [data] makes one, and monitor = "val_accuracy" watches it', 'monitors "val_acc"', of=TABLE, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "val_acc" }'),),
             fix=(("[data]", "[data]\nvalidation_split = 0.1"), ('"val_acc"', '"val_accuracy"')), in_words=True),
        Case("a short name of a number that no part has", 'did you mean "learning_rate"? It needs a mode beside it: mode = "min" where less is better', 'monitors "val_lr"', of=VALIDATED, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "val_lr" }'),),
             fix=(('"val_lr"', '"learning_rate", mode = "min"'),), in_words=True),
        Case("a number that no part has, without a validation part", 'did you mean "learning_rate"?', 'monitors "val_learning_rate"', of=TABLE, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "val_learning_rate", mode = "min" }'),),
             fix=(('"val_learning_rate"', '"learning_rate"'),), in_words=True),
        Case("a metric to watch that is not measured", 'add "f1_score" to metrics in [training]', 'monitors "val_f1_score"', of=VALIDATED, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "val_f1_score" }'),),
             fix=(('"accuracy"', '"accuracy", "f1_score"'),), in_words=True),
        Case("a metric to watch in other letters that is not measured", 'add "f1" to metrics in [training], and monitor = "f1" watches it', 'monitors "F1"', of=TABLE, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "F1" }'),),
             fix=(('"F1"', '"f1"'), ('"accuracy"', '"accuracy", "f1"')), in_words=True),
        Case("a number without a direction", 'mode = "min" where less is better', "says whether more or less of it is better", of=TABLE, wrong=(("[training]", '[training]\nearly_stopping = { monitor = "learning_rate" }'),),
             fix=(('monitor = "learning_rate" }', 'monitor = "learning_rate", mode = "min" }'),), in_words=True),
        # States of rows.
        Case("states of rows with shuffling", "shuffle = false in [training]", "expected shuffle = false, found true", of=STATEFUL, wrong=(("shuffle = false\n", ""),), fix=(("[training]", "[training]\nshuffle = false"),), in_words=True),
        Case("states of rows with buckets", "leave out buckets", "expected samples of one length, found buckets", of=WITH_BUCKETS, wrong=(("maxlen = 6", "buckets = [3, 6]"),), fix=(("buckets = [3, 6]\n", ""),)),
        Case("states of rows with a short batch", "batch_size = 6 fills the batches of all parts", "expected a multiple of 7 samples in the training part", of=STATEFUL, wrong=(("batch_size = 6", "batch_size = 7"),), fix=(("batch_size = 7", "batch_size = 6"),)),
        Case("states of rows with samples too many", "limit = 28 in [data] leaves out the last 2 training samples", "expected a multiple of 7 samples in the training part", of=STATEFUL, wrong=(("batch_size = 6", "batch_size = 7"),),
             fix=(("[data]", "[data]\nlimit = 28"),)),
    )

    def write(self, case):
        write_data(self.place)
        super().write(case)

    def say(self, case, words):
        for way, limit in ((LITTLE_ROOM, "ulimit -f 4"), (LITTLE_MEMORY, "ulimit -v 16000000"), (TAKEN_OVER, "true")):  # a file of 4 KiB at most, memory of 16 GB
            if words.startswith(way):
                job = subprocess.Popen(["bash", "-c", limit + '; exec "$@"', "--", PROGRAM, *words.removeprefix(way).split()], cwd=self.place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                self.addCleanup(lambda: job.poll() is None and job.kill())
                if way == TAKEN_OVER:
                    self.take_over(job)
                said = job.communicate(timeout=60)[0]
                return job.returncode, said
        return super().say(case, words)

    def take_over(self, job):
        """As another process does that believes that this one is gone: as soon as it trains."""
        while job.poll() is None and not list((self.place / "run/checkpoints").glob("step-*[1-9].h5")):
            time.sleep(0.001)
        (self.place / "owner").write_text("elsewhere boot space 4711 100\n")
        (self.place / "owner").rename(self.place / "run/owner")


if __name__ == "__main__":
    unittest.main()
