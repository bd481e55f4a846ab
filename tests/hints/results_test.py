# SPDX-License-Identifier: Apache-2.0
"""The hints of the commands that take a checkpoint: evaluate, predict and generate."""
import os
import shlex
import subprocess
import unittest
from pathlib import Path

from hints import TRAIN, Case, HintTest
from generate_test import LANGUAGE, PAIRS, SENTENCES, WORDS
from mistakes import GAN, PICTURES, PRICES, TABLE, TEXTS, YES_NO
from mistakes_test import write_data
from pictures_test import OF_FOLDER, classes, picture
from program import PROGRAM, npy
from texts_test import TAGGED, TAGS

STATEFUL = PRICES.replace('[[layer]]\ntype = "dense"', '[[layer]]\ntype = "reshape"\ntarget_shape = [2, 1]\n[[layer]]\ntype = "lstm"\nunits = 2\nstateful = true\n[[layer]]\ntype = "dense"').replace("batch_size = 8", "batch_size = 6\nshuffle = false")
MACHINE = '''schema = 1
[data]
type = "random"
shape = [6]
samples = 16
[[layer]]
type = "rescaling"
scale = 1.0
[[layer]]
type = "restricted_boltzmann_machine"
name = "rbm"
units = 3
[loss]
type = "contrastive_divergence"
output = "rbm.contrast"
[optimizer]
type = "sgd"
[training]
batch_size = 8
'''
NET_OF_MACHINES = MACHINE.replace(MACHINE[MACHINE.index("[[layer]]"):MACHINE.index("[optimizer]")], '''[[layer]]
network = "first"
type = "dense"
units = 4
[[layer]]
network = "second"
type = "input"
from = "call"
shape = [4]
[[layer]]
network = "second"
type = "restricted_boltzmann_machine"
name = "rbm"
units = 3
[[phase]]
name = "second"
train = "second"
[[phase.call]]
network = "first"
[[phase.call]]
network = "second"
input = "first"
[[phase.loss]]
type = "contrastive_divergence"
output = "second/rbm.contrast"
''')
OF_NOISE = '''schema = 1
[data]
type = "random"
shape = [2]
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
OF_MARGINS = YES_NO.replace('activation = "sigmoid"\n', "").replace("binary_crossentropy", "hinge")
GUEST = Path(os.environ["TERANGA_BUILD_FOLDER"]) / "lib/teranga/test_plugins/guest_twice.so"
WITH_GUEST = TABLE.replace("schema = 1", 'schema = 1\nplugins = ["libraries/guest.so"]').replace("[[layer]]", '[[layer]]\ntype = "guest.twice"\n[[layer]]', 1)
LIBRARY = {"libraries/guest.so": GUEST.read_bytes()} if GUEST.exists() else {}
WRITER = LANGUAGE.replace("PREDICT", "last").replace("EVERY", "false").replace("LOGITS", "false").replace("LAST", 'activation = "softmax"').replace("epochs = 2", "epochs = 1")
TRANSLATOR = PAIRS.replace("epochs = 40", "epochs = 1")
OF_WORDS, OF_SENTENCES = {"words.txt": WORDS}, {"pairs.tsv": "".join(f"{a}\t{b}\n" for a, b in SENTENCES)}
IN_RUNS = TRAIN.replace("--run run", "--run runs/run")
FLOWERS_ALONE = {"new.csv": "length,width\n1.0,2.0\n2.0,1.0\n"}
NEW_FLOWERS = {"new.csv": "length,width,kind\n1.0,2.0,rose\n2.0,1.0,aster\n"}
NEWEST = "run/checkpoints/step-000000000004.h5"


def damage_checkpoints(place):
    for file in (place / "run/checkpoints").iterdir():
        file.write_bytes(file.read_bytes()[:1000])


def keep_best(place):
    recipe = place / "recipe.toml"
    recipe.write_text(recipe.read_text() + '[checkpoint]\nkeep_best = { monitor = "loss" }\n')
    done = subprocess.run([PROGRAM, *shlex.split(TRAIN), "--fresh"], cwd=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def on_terminal(words):
    return f'script -qec "teranga {words}" /dev/null'


class ResultHints(HintTest):
    area = tuple(f"framework/train/{name}" for name in ("session/checkpoint_path", "session/restored", "session/part_of_recipe", "infer/evaluate", "infer/generate", "infer/predict", "run/pictures", "infer/log_likelihood"))
    elsewhere = (("framework/train/infer/prediction_input.cpp", "normalized the samples of the training", "hints_arrays"),)
    cases = (
        # Checkpoints.
        Case("only damaged checkpoints", "teranga checkpoint list run", "run/checkpoints holds 2 checkpoints, and none is intact", "evaluate run", TABLE, before=(TRAIN,), prepare=damage_checkpoints, code=5, then="checkpoint list run"),
        Case("a search for texts of a classifier", "leave out --beam", "--beam is for networks that the loss ctc judges", "predict run --input new.csv --beam 3", TABLE, before=(TRAIN,), files=FLOWERS_ALONE, then="predict run --input new.csv"),
        Case("the folder of runs", "did you mean runs/run?", "runs holds no checkpoint", "evaluate runs", TABLE, before=(IN_RUNS,), code=5, then="evaluate runs/run", in_words=True),
        Case("the name of a run", "did you mean runs/run?", "there is no such file or folder", "evaluate run", TABLE, before=(IN_RUNS,), code=5, then="evaluate runs/run", in_words=True),
        Case("a recipe beside its runs", "did you mean runs/recipe?", "found a recipe", "evaluate recipe.toml", TABLE, before=(IN_RUNS.replace("runs/run", "runs/recipe"),), code=5, then="evaluate runs/recipe", in_words=True),
        Case("the recipe of a run", "did you mean run?", "found a recipe", "evaluate run/recipe.toml", TABLE, before=(TRAIN,), code=5, then="evaluate run", in_words=True),
        Case("weights alone", "--dry-run --run FOLDER makes a checkpoint", "weights alone have no recipe and no data", "evaluate keras.weights.h5", TABLE, before=(TRAIN, "checkpoint export run --to keras --output keras.weights.h5"), code=5,
             then="train recipe.toml --init-weights keras.weights.h5 --dry-run --run FOLDER", in_words=True),
        Case("no best checkpoint", 'keep_best = { monitor = "loss" } in [checkpoint] of the recipe keeps the best one', "run holds no best checkpoint", "evaluate run --best", TABLE, before=(TRAIN,), code=5,
             follow=keep_best, in_words=True),
        Case("a library of somebody else", "--trust", "opening the library runs its code", "evaluate run", WITH_GUEST, before=(TRAIN,), files=LIBRARY, code=4, then="evaluate run --trust"),
        Case("a library of somebody else, by its folder", "TERANGA_PLUGIN_PATH={place}/libraries", "opening the library runs its code", "evaluate run", WITH_GUEST, before=(TRAIN,), files=LIBRARY, code=4, then="$ TERANGA_PLUGIN_PATH={place}/libraries teranga evaluate run"),
        Case("a run and a table with blanks in their names", "teranga predict 'my run' --input 'new flowers.csv'", 'there is no target "kind"', "evaluate 'my run' --input 'new flowers.csv'", TABLE, before=(TRAIN.replace("--run run", "--run 'my run'"),),
             files={"new flowers.csv": FLOWERS_ALONE["new.csv"]}, code=5, then="predict 'my run' --input 'new flowers.csv'"),
        # Networks by name.
        Case("predictions over their input", "--output predictions.csv", "would overwrite a file that holds data", "predict run --input more_flowers.csv --output more_flowers.csv", TABLE, before=(TRAIN,), then="predict run --input more_flowers.csv --output predictions.csv"),
        Case("predictions over the training table", "--output predictions.csv", "would overwrite a file that holds data", "predict run --input more_flowers.csv --output ./flowers.csv", TABLE, before=(TRAIN,), then="predict run --input more_flowers.csv --output predictions.csv"),
        Case("a name for the only network", "leave out --network", "holds one network", "predict run --input flowers.csv --network out", TABLE, before=(TRAIN,), then="predict run --input flowers.csv"),
        Case("no name among several networks", "--network generator, or --network discriminator", "holds 2 networks, and none is named", "predict run --input pictures.npz", GAN, before=(TRAIN,), then="predict run --input pictures.npz --network discriminator"),
        Case("an unknown network", "--network generator, or --network discriminator", 'holds no network "judge"', "predict run --input pictures.npz --network judge", GAN, before=(TRAIN,), then="predict run --input pictures.npz --network discriminator"),
        Case("samples for a network of noise", "teranga generate run --network generator --output pictures.npy", "takes noise and nothing else", "predict run --input pictures.npz --network generator", GAN, before=(TRAIN,),
             then="generate run --network generator --output pictures.npy"),
        # What predict reads.
        Case("a misspelt layer", "--layer flatten", 'has no layer "flaten"', "predict run --input pictures.npz --layer flaten", PICTURES, before=(TRAIN,), then="predict run --input pictures.npz --layer flatten"),
        Case("an unknown layer", "its layers are: conv2d, max_pooling2d, flatten, out", 'has no layer "hidden"', "predict run --input pictures.npz --layer hidden", PICTURES, before=(TRAIN,), then="predict run --input pictures.npz --layer out", in_words=True),
        Case("standard input to evaluate", "write it to a file, and give that one: --input FILE", "evaluate: --input -: standard input is read by predict", "evaluate run --input -", TABLE, before=(TRAIN,), then="evaluate run --input flowers.csv", in_words=True),
        Case("a misspelt file", "did you mean flowers.csv?", "there is no such file or folder", "predict run --input flowrs.csv", TABLE, before=(TRAIN,), code=5, then="predict run --input flowers.csv", in_words=True),
        Case("a misspelt file to evaluate", "did you mean flowers.csv?", "evaluate: --input flowrs.csv: there is no such file or folder", "evaluate run --input flowrs.csv", TABLE, before=(TRAIN,), code=5, then="evaluate run --input flowers.csv", in_words=True),
        Case("a misspelt file in another folder", "did you mean data/new.csv?", "there is no such file or folder", "predict run --input data/neww.csv", TABLE, before=(TRAIN,), files={"data/new.csv": NEW_FLOWERS["new.csv"]}, code=5,
             then="predict run --input data/new.csv", in_words=True),
        Case("an unknown file", "look with: ls data", "there is no such file or folder", "predict run --input data/tomorrow.csv", TABLE, before=(TRAIN,), files={"data/new.csv": NEW_FLOWERS["new.csv"]}, code=5,
             follow=lambda place: (place / "data" / os.listdir(place / "data")[0]).rename(place / "data/tomorrow.csv")),
        Case("a table for a network of pictures", "teranga predict run --input FILE.png, or --input FOLDER", 'expected files that the data set "images" reads (.png, .jpg, .jpeg, .pgm, .ppm, .bmp), or arrays in a file named .npy or .h5, found one that is for "audio_folder", "csv", "text"', "predict run --input flowers.csv", OF_FOLDER,
             before=(TRAIN,), files={**classes("flowers"), "FILE.png": picture()}, then="predict run --input FILE.png", in_words=True),
        Case("a text for a network of pictures", "or --input FOLDER", 'expected files that the data set "images" reads', "predict run --input new.txt", OF_FOLDER, before=(TRAIN,), files={**classes("flowers"), **classes("FOLDER"), "new.txt": "rose"}, then="predict run --input FOLDER", in_words=True),
        Case("a table to judge a network of pictures by", "teranga evaluate run --input FOLDER, in which each class is a folder", 'evaluate: --input flowers.csv: expected files that the data set "images" reads (.png, .jpg, .jpeg, .pgm, .ppm, .bmp), found one that is for "audio_folder", "csv", "text"', "evaluate run --input flowers.csv", OF_FOLDER,
             before=(TRAIN,), files={**classes("flowers"), **classes("FOLDER")}, then="evaluate run --input FOLDER", in_words=True),
        Case("a picture for a network of texts", "teranga predict run --input FILE.txt", 'expected files that the data set "text" reads (.txt, .csv, .tsv, .tab), or arrays in a file named .npy, .h5 or .csv, found one that is for "image_sheet", "images"', "predict run --input 1.png", TEXTS, before=(TRAIN,),
             files={"1.png": picture(), "FILE.txt": "the film was good\n"}, then="predict run --input FILE.txt", in_words=True),
        Case("a picture to judge a network of texts by", "teranga evaluate run --input FOLDER, in which each class is a folder", 'expected files that the data set "text" reads', "evaluate run --input 1.png", TEXTS, before=(TRAIN,),
             files={"1.png": picture(), "FOLDER/sad/1.txt": "the film was bad\n", "FOLDER/happy/1.txt": "the film was good\n"}, then="evaluate run --input FOLDER", in_words=True),
        Case("a picture to judge a network of a table by", "teranga evaluate run --input FILE.csv", 'expected files that the data set "csv" reads', "evaluate run --input 1.png", TABLE, before=(TRAIN,), files={"1.png": picture(), "FILE.csv": NEW_FLOWERS["new.csv"]}, then="evaluate run --input FILE.csv", in_words=True),
        Case("a text for numbers", "give a file with --input FILE", 'networks that were trained on texts, and the data set of run/checkpoints', "predict run --text hello", OF_NOISE, before=(TRAIN,), files={"FILE.npy": npy((1, 2), "f", [0.5, 0.25])},
             then="predict run --input FILE.npy", in_words=True),
        Case("no room for standard input", "give a file with --input FILE", "cannot keep standard input", "predict run --input -", TABLE, before=(TRAIN,), input="length,width\n1.0,2.0\n", environment={"TMPDIR": "/proc"}, code=1,
             follow=lambda place: (place / "FILE.csv").write_text("length,width\n1.0,2.0\n"), then="predict run --input FILE.csv", in_words=True),
        Case("no folder for standard input", "give a file with --input FILE", "cannot keep standard input in the folder that TMPDIR names", "predict run --input -", TABLE, before=(TRAIN,), input="length,width\n1.0,2.0\n", environment={"TMPDIR": "/nowhere"}, code=1,
             follow=lambda place: (place / "FILE.csv").write_text("length,width\n1.0,2.0\n"), then="predict run --input FILE.csv", in_words=True),
        Case("one sample without the axis of samples", "axis 0 counts the samples: give the array the shape (1, 2)", "expected samples of shape (2,), as the network was trained on, found ()", "predict run --input one.npy", TABLE, before=(TRAIN,),
             files={"one.npy": npy((2,), "f", [0.5, 0.25])}, code=5, follow=lambda place: (place / "one.npy").write_bytes(npy((1, 2), "f", [0.5, 0.25]))),
        Case("an array for a network of two texts", '--input with a file that the data set "pairs" reads, like those of the training', "takes 2 features", "predict run --input one.npy", TRANSLATOR, before=(TRAIN,), files={"one.npy": npy((1, 2), "f", [0.5, 0.25]), **OF_SENTENCES},
             then="predict run --input pairs.tsv", in_words=True),
        # What predict writes.
        Case("predictions into no folder", "mkdir -p results/new", "there is no folder results/new", "predict run --input flowers.csv --output results/new/out.csv", TABLE, before=(TRAIN,), shell="mkdir -p results/new"),
        Case("bytes to a terminal", "--output predictions.npy", "--format npy gives bytes, and standard output is a terminal", f"$ {on_terminal('predict run --input flowers.csv --format npy')}", TABLE, before=(TRAIN,),
             then=f"$ {on_terminal('predict run --input flowers.csv --format npy --output predictions.npy')}", in_words=True),
        Case("bytes of HDF5 to a terminal", "--output predictions.h5", "--format h5 gives bytes, and standard output is a terminal", f"$ {on_terminal('predict run --input flowers.csv --format h5')}", TABLE, before=(TRAIN,),
             then="$ teranga predict run --input flowers.csv --format h5 | cmp -n 4 - <(printf '\\211HDF')", in_words=True),
        Case("predictions as a workbook", "--output out.csv", "expected a file named .npy, .csv, .json or .h5", "predict run --input flowers.csv --output out.xlsx", TABLE, before=(TRAIN,), then="predict run --input flowers.csv --output out.csv"),
        Case("classes of a quantity", "leave out --classes", "--classes is for classifiers", "predict run --input houses.csv --classes", PRICES, before=(TRAIN,), then="predict run --input houses.csv"),
        Case("classes of steps", "leave out --classes", "--classes is for one class a sample, and this network gives 4 numbers for each of 3 steps of a sample", "predict run --input tagged.txt --classes", TAGS, before=(TRAIN,), files={"tagged.txt": TAGGED}, then="predict run --input tagged.txt"),
        Case("the likeliest classes of a quantity", "leave out --top", "--top is for classifiers", "predict run --input houses.csv --top 2", PRICES, before=(TRAIN,), then="predict run --input houses.csv"),
        Case("the likeliest classes of yes and no", "--classes gives the class of each sample", "the network gives one number alone", "predict run --input answers.csv --top 2", OF_MARGINS, before=(TRAIN,), then="predict run --input answers.csv --classes"),
        Case("names of classes into an array", "--output FILE.csv, or FILE.json", "--top names classes, which an array cannot hold", "predict run --input flowers.csv --top 2 --output out.npy", TABLE, before=(TRAIN,),
             then="predict run --input flowers.csv --top 2 --output FILE.json"),
        Case("losses into one array", "--output FILE.csv, FILE.json or FILE.h5", "--error needs a place beside the outputs", "predict run --input flowers.csv --error --output out.npy", TABLE, before=(TRAIN,),
             then="predict run --input flowers.csv --error --output FILE.h5"),
        Case("a column beside an array", "--output FILE.csv, or FILE.json", "--keep needs a table, and an array holds none", "predict run --input flowers.csv --keep width --output out.npy", TABLE, before=(TRAIN,),
             then="predict run --input flowers.csv --keep width --output FILE.csv"),
        Case("a column of an array", "leave out --keep", "arrays have no named columns", "predict run --input one.npy --keep width", TABLE, before=(TRAIN,), files={"one.npy": npy((1, 2), "f", [0.5, 0.25])}, then="predict run --input one.npy"),
        Case("losses of samples without a target", "leave out --error, or give each sample its target", '--error needs the target "kind" of each sample', "predict run --input new.csv --error", TABLE, before=(TRAIN,), files=FLOWERS_ALONE, code=5,
             then="predict run --input new.csv"),
        Case("losses of samples of which some have a target", "where some have one: teranga evaluate run --input new.csv", '--error needs the target "kind" of each sample', "predict run --input new.csv --error", TABLE.replace("[data]", '[data]\nmissing_target = "leave out"'), before=(TRAIN,), files={"new.csv": "length,width,kind\n1.0,2.0,rose\n2.0,1.0,\n"}, code=5,
             then="evaluate run --input new.csv"),
        Case("losses of samples that get their target", "leave out --error, or give each sample its target", '--error needs the target "kind" of each sample', "predict run --input new.csv --error", TABLE, before=(TRAIN,), files=FLOWERS_ALONE, code=5,
             follow=lambda place: (place / "new.csv").write_text(NEW_FLOWERS["new.csv"])),
        Case("losses of a part of a network", "leave out --error", "--layer asks for a part of it", "predict run --input pictures.npz --layer flatten --error", PICTURES, before=(TRAIN,), then="predict run --input pictures.npz --layer flatten"),
        Case("losses with a stateful layer", "leave out --error", 'the layer "lstm" is stateful', "predict run --input houses.csv --error", STATEFUL, before=(TRAIN,), then="predict run --input houses.csv"),
        Case("losses of a network that phases judge", "leave out --error", "its phases judge it", "predict run --input pictures.npz --network discriminator --error", GAN, before=(TRAIN,), then="predict run --input pictures.npz --network discriminator"),
        Case("a likelihood by a layer that is no machine", "--log-likelihood rbm", 'expected a layer of type "restricted_boltzmann_machine", found "rescaling"', "evaluate run --log-likelihood rescaling", MACHINE, before=(TRAIN,), then="evaluate run --log-likelihood rbm"),
        Case("a likelihood without a machine", "leave out --log-likelihood", 'the network has no layer "rbm"', "evaluate run --log-likelihood rbm", TABLE, before=(TRAIN,), then="evaluate run"),
        Case("a likelihood of what another network makes", "leave out --log-likelihood", '"second" takes what a call gives', "evaluate run --log-likelihood rbm", NET_OF_MACHINES, before=(TRAIN,), then="evaluate run"),
        Case("pictures of a misspelt layer", "--layer rbm.reconstruction", 'has no layer "rmb"', "generate run --layer rmb.reconstruction --output pictures.npy", MACHINE.replace("shape = [6]", "shape = [3, 2]"), before=(TRAIN,), then="generate run --layer rbm.reconstruction --output pictures.npy"),
        Case("an evaluation of samples without a target", "teranga predict run --input new.csv", 'there is no target "kind" to judge the samples by', "evaluate run --input new.csv", TABLE, before=(TRAIN,), files=FLOWERS_ALONE, code=5, then="predict run --input new.csv"),
        Case("an evaluation of samples without a target, with an override", "teranga predict run --input new.csv --set data.unknown=zeros", 'there is no target "kind" to judge the samples by', "evaluate run --input new.csv --set data.unknown=zeros", TABLE, before=(TRAIN,), files=FLOWERS_ALONE, code=5,
             then="predict run --input new.csv --set data.unknown=zeros"),
        Case("an evaluation of several files without a target", "teranga predict run --input new.txt --input newer.txt", 'there is no target "mood" to judge the samples by', "evaluate run --input new.txt --input newer.txt", TEXTS, before=(TRAIN,),
             files={"new.txt": "the meal was good\n", "newer.txt": "the song was bad\n"}, code=5, then="predict run --input new.txt --input newer.txt"),
        # What generate writes.
        Case("a text of a table", f"teranga predict {NEWEST} --input FILE tells its outputs", 'its data set "csv" has no texts that go on', "generate run", TABLE, before=(TRAIN,), then=f"predict {NEWEST} --input flowers.csv", in_words=True),
        Case("a text of nets that make pictures", "for pictures: teranga generate run/checkpoints/step-000000000006.h5 --output pictures.png", "its networks are trained in phases", "generate run", GAN, before=(TRAIN,),
             then="generate run/checkpoints/step-000000000006.h5 --output pictures.png"),
        Case("pictures of a table", "teranga predict run --input FILE tells the numbers", "makes (3,) of a sample; expected pictures", "generate run --output pictures.png", TABLE, before=(TRAIN,), then="predict run --input flowers.csv", in_words=True),
        Case("pictures of the energies of samples", "teranga predict run --layer rbm.free_energy --input FILE tells the numbers", "makes (1,) of a sample; expected pictures", "generate run --layer rbm.free_energy --output pictures.png", MACHINE, before=(TRAIN,),
             files={"FILE.npy": npy((1, 6), "f", [0.5] * 6)}, then="predict run --layer rbm.free_energy --input FILE.npy", in_words=True),
        Case("pictures of a net that judges", "teranga predict run --network discriminator --input FILE tells the numbers", "makes (1,) of a sample; expected pictures", "generate run --output pictures.png --network discriminator", GAN, before=(TRAIN,),
             then="predict run --network discriminator --input pictures.npz", in_words=True),
        Case("changes of the numbers of too many samples", "--count 1", "more than 1000 numbers to change", "generate run --output pictures.npy --vary pixels --count 100", GAN, before=(TRAIN,), then="generate run --output pictures.npy --vary pixels --count 1"),
        Case("a translator without a source", "--source TEXT", "none is given", "generate run", TRANSLATOR, before=(TRAIN,), files=OF_SENTENCES, then="generate run --source TEXT"),
        Case("a translator with a file of sources", "--input FILE with a source in each line", "none is given", "generate run", TRANSLATOR, before=(TRAIN,), files={**OF_SENTENCES, "FILE": "red cat\nblue dog\n"}, then="generate run --input FILE"),
        Case("a source for a language model", "--prompt TEXT", "takes no source", "generate run --source cat --length 2", WRITER, before=(TRAIN,), files=OF_WORDS, then="generate run --prompt TEXT --length 2"),
        Case("a prompt that leaves no step", '--prompt "chat rouge', "--prompt has ", 'generate run --source dog --prompt "chat rouge maison bleue chien chat"', TRANSLATOR, before=(TRAIN,), files=OF_SENTENCES,
             then='generate run --source dog --prompt "chat rouge"', in_words=True),
    )

    def write(self, case):
        write_data(self.place)
        super().write(case)


if __name__ == "__main__":
    unittest.main()
