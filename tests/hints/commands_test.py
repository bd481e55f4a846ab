# SPDX-License-Identifier: Apache-2.0
"""The hints of the command line."""
import shutil
import subprocess
import unittest
from pathlib import Path

from hints import CHECK, TRAIN, Case, HintTest
from mistakes import TEXTS
from program import PROGRAM
from results_test import MACHINE

BUILT = Path(PROGRAM).resolve().parent.parent
GUEST = (BUILT / "lib/teranga/plugins/datasets_random.so").read_bytes().replace(b"teranga.random\0", b"foreign.random\0")  # the data set of somebody else
NET = '''[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 8
'''
GRID = "--grid optimizer.learning_rate=0.1,0.01"
RECIPE = 'schema = 1\n[data]\ntype = "random"\nshape = [3]\nsamples = 16\n' + NET
TABLE = 'schema = 1\n[data]\ntype = "csv"\ntrain = "flowers.csv"\ntest = "flowers.csv"\n' + NET
FLOWERS = "length,width,kind\n" + "".join(f"{i},{i * i},{'rose' if i % 3 else 'aster'}\n" for i in range(12))
SKETCHES = '''schema = 1
[data]
type = "random"
shape = [4, 4, 1]
samples = 16
test_samples = 4
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 16
[[layer]]
type = "reshape"
target_shape = [4, 4, 1]
[loss]
type = "mean_squared_error"
target = "x"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 8
'''
WORDS = '''schema = 1
[data]
type = "language"
train = "words.txt"
level = "word"
length = 3
predict = "last"
num_words = 8
[[layer]]
type = "embedding"
input_dim = 8
output_dim = 2
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 8
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 8
'''
TRANSLATOR = '''schema = 1
[data]
type = "pairs"
train = "pairs.tsv"
[[layer]]
type = "input"
name = "source"
field = "source"
[[layer]]
type = "embedding"
input_dim = 20
output_dim = 2
mask_zero = true
[[layer]]
type = "gru"
name = "encoder"
units = 2
[[layer]]
type = "input"
name = "so_far"
field = "decoder_input"
[[layer]]
type = "embedding"
name = "target_words"
input = ["so_far"]
input_dim = 20
output_dim = 2
mask_zero = true
[[layer]]
type = "gru"
input = ["target_words", "encoder"]
units = 2
return_sequences = true
[[layer]]
type = "dense"
units = 20
[loss]
type = "sparse_categorical_crossentropy"
from_logits = true
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 4
'''
TRAINED = (TRAIN,)
OF_TABLE = {"of": TABLE, "files": {"flowers.csv": FLOWERS, "new.csv": FLOWERS}, "before": TRAINED}
OF_SKETCHES = {"of": SKETCHES, "before": TRAINED}
OF_WORDS = {"of": WORDS, "files": {"words.txt": "the cat sat on the mat . the dog sat on the rug . " * 6}, "before": TRAINED}
OF_PAIRS = {"of": TRANSLATOR, "files": {"pairs.tsv": "red cat\tchat rouge\nblue cat\tchat bleu\ncat\tchat\ndog\tchien\n", "cats.txt": "red cat\n"}, "before": TRAINED}
BENCH = "bench step recipe.toml --steps 4 --no-marks --threads 1"
SCALE = "scale recipe.toml --seconds 0 --threads 1 --nodes 1,2"


def keep_profile(place):
    (place / "kept.jsonl").write_bytes(subprocess.run([PROGRAM, *SCALE.split(), "--json"], cwd=place, check=True, capture_output=True).stdout)


def lone_program(place):
    """The program without the rest of its tree, as somebody may have copied it."""
    (place / "tree/bin").mkdir(parents=True)
    shutil.copy(PROGRAM, place / "tree/bin/teranga")


def whole_tree(place):
    subprocess.run(["cmake", "--install", BUILT, "--prefix", place / "tree"], check=True, capture_output=True)


class CommandHints(HintTest):
    area = ("launcher", "framework/service", "framework/report", "framework/train/bench", "framework/conformance")
    elsewhere = (("launcher/src/import_command.cpp", "", "hints/exchange_test.py"), ("launcher/src/export_command.cpp", "", "hints/exchange_test.py"),
                 ("launcher/src/data_command.cpp", "are never changed at random", "launcher_commands"), ("launcher/src/sample_sheet.cpp", "", "launcher_commands"))
    cases = (
        # Words and options.
        Case("chains without a likelihood", "--log-likelihood LAYER", "--chains needs --log-likelihood", run="evaluate run --chains 5", of=MACHINE, before=(TRAIN,), then="evaluate run --chains 5 --log-likelihood rbm", in_words=True),
        Case("a misspelt rule of plugins", "--only facts/documented", 'there is no rule "facts/documentd"', run="plugin check schedules --only facts/documentd", then="plugin check schedules --only facts/documented"),
        Case("a rule of plugins that nobody knows", "teranga plugin check --list", 'there is no rule "elegance"', run="plugin check schedules --only elegance", then="plugin check --list"),
        Case("a misspelt item of a plugin", "--item teranga.cosine_decay", 'has no item "teranga.cosine_deca"', run="plugin check schedules --only facts --item teranga.cosine_deca", then="plugin check schedules --only facts --item teranga.cosine_decay"),
        Case("a misspelt library of plugins", "teranga plugin check schedules", 'no plugin library of that name in the search path', run="plugin check schedule --only facts", then="plugin check schedules --only facts"),
        Case("a limit of memory without its unit", "--memory-limit 4G", 'expected a size such as 512M or 4G, found "4"', run="plugin check schedules --only facts --memory-limit 4", then="plugin check schedules --only facts --memory-limit 4G"),
        Case("no command", "teranga --help", "no command is given", run="", then="--help"),
        Case("half a command", "teranga checkpoint --help", '"checkpoint" needs a second word', run="checkpoint", then="checkpoint --help"),
        Case("a misspelt command", "did you mean teranga train?", 'there is no command "trian"', of=RECIPE, run="trian recipe.toml", then="train recipe.toml"),
        Case("a command as in Keras", "did you mean teranga train?", 'there is no command "fit"', of=RECIPE, run="fit recipe.toml", then="train recipe.toml"),
        Case("a report of no run", "name the run folder of a training", "nowhere/metrics.jsonl: there are no metrics of a run", of=RECIPE, before=(TRAIN,), run="report nowhere", code=5, then="report run", in_words=True),
        Case("a report into no folder", "--output report.html writes it into this folder", "report: cannot write nowhere/page.html", of=RECIPE, before=(TRAIN,), run="report run --output nowhere/page.html", code=1, then="report run --output report.html"),
        Case("a plot that is no picture", "--output curve.svg", 'expected the name of an SVG or a PNG file, found "curve.gif"', of=RECIPE, before=(TRAIN,), run="plot run --output curve.gif", then="plot run --output curve.svg"),
        Case("a plot of what is not measured", "--of loss", "plot: --of los: the run has no such number; it has loss, learning_rate", of=RECIPE, before=(TRAIN,), run="plot run -o c.svg --of los", then="plot run -o c.svg --of loss"),
        Case("a plot into no folder", "--output curve.svg writes it into this folder", "plot: cannot write nowhere/curve.svg", of=RECIPE, before=(TRAIN,), run="plot run --output nowhere/curve.svg", code=1, then="plot run --output curve.svg"),
        Case("a command of nobody", "teranga --help", 'there is no command "xyzxyz"', run="xyzxyz", then="--help"),
        Case("a second word of nobody", "teranga plugin --help", 'there is no command "plugin xyzxyz"', run="plugin xyzxyz", then="plugin --help"),
        Case("a misspelt starter", "did you mean teranga init cnn?", 'init: there is no starter "cnm"', run="init cnm", then="init cnn"),
        Case("a starter of nobody", "one of mlp, cnn, rnn, gan, csv; teranga init says what they are", 'init: there is no starter "xyzxyz"', run="init xyzxyz", then="init"),
        Case("a starter that is there already", "teranga init mlp my-mlp.toml", "init: mlp.toml is there already, and stays as it is", before=("init mlp",), run="init mlp", then="init mlp my-mlp.toml"),
        Case("the table of a starter that is there already", "teranga init csv new/mine.toml", "init: iris.csv is there already, and stays as it is", before=("init csv",), run="init csv mine.toml", then="init csv new/mine.toml"),
        Case("a misspelt kind of plugin", "teranga plugin new layer NAME", 'plugin new: "layr" is no kind of plugin', run="plugin new layr acme.gate", then="plugin new layer acme.gate", in_words=True),
        Case("a kind of plugin of nobody", "teranga plugin new layer NAME", 'plugin new: "xyzxyz" is no kind of plugin', run="plugin new xyzxyz acme.gate", then="plugin new layer acme.gate", in_words=True),
        Case("a language that a kind does not have", "teranga plugin new schedule NAME --language c++", 'plugin new: there is no project of the kind schedule in "rust"', run="plugin new schedule acme.slow --language rust", then="plugin new schedule acme.slow --language c++", in_words=True),
        Case("a name that is none", "teranga plugin new layer acme.soft_gate", 'of small letters, digits and "_" that begin with a letter, 50 letters at most; found "Soft Gate"', run="plugin new layer 'Soft Gate'", then="plugin new layer acme.soft_gate"),
        Case("the vendor of the program", "teranga plugin new layer my.gate", 'plugin new: the vendor "teranga" is that of the plugins that come with the program', run="plugin new layer teranga.gate", then="plugin new layer my.gate"),
        Case("a plugin that is there already", "teranga plugin new layer acme.gate --folder FOLDER", "plugin new: acme_gate/gate.cpp is there already, and stays as it is", before=("plugin new layer acme.gate",), run="plugin new layer acme.gate", then="plugin new layer acme.gate --folder other", in_words=True),
        Case("no recipe", "teranga train RECIPE", "expected RECIPE, found nothing", of=RECIPE, run="train", then="train recipe.toml", in_words=True),
        Case("an option without its value", "teranga train --help", "--run: expected FOLDER, found nothing", of=RECIPE, run="train recipe.toml --run", then="train --help"),
        Case("a misspelt option", "did you mean --threads?", "there is no option --thraeds", of=RECIPE, run="train recipe.toml --thraeds 1", then="train recipe.toml --threads 1", in_words=True),
        Case("a key of the recipe as an option", "--set training.epochs=2", "there is no option --epochs", of=RECIPE, run="train recipe.toml --run run --epochs 2", then="train recipe.toml --run run --set training.epochs=2"),
        Case("a key of the recipe and its value in one word", "--set optimizer.learning_rate=0.5", "there is no option --learning-rate", of=RECIPE, run="train recipe.toml --run run --learning-rate=0.5",
             then="train recipe.toml --run run --set optimizer.learning_rate=0.5"),
        Case("an option of nobody", "teranga train --help", "there is no option --xyzxyz", of=RECIPE, run="train recipe.toml --xyzxyz", then="train --help"),
        Case("an option twice", "give --run once", "--run is given 2 times", of=RECIPE, run="train recipe.toml --run a --run b", then="train recipe.toml --run b"),
        Case("two recipes", "teranga check --help", '"b.toml" is one word too many', of=RECIPE, run="check recipe.toml b.toml", then="check --help"),
        Case("blanks around =", "--set training.epochs=2", "is one word too many", of=RECIPE, run="train recipe.toml --set training.epochs = 2", then="train recipe.toml --set training.epochs=2"),
        Case("a blank before =", "--set training.epochs=2", "is one word too many", of=RECIPE, run="train recipe.toml --set training.epochs =2", then="train recipe.toml --set training.epochs=2"),
        Case("a blank behind =", "--set training.epochs=2", "is one word too many", of=RECIPE, run="train recipe.toml --set training.epochs= 2", then="train recipe.toml --set training.epochs=2"),
        Case("two files behind one --input", "a folder of files is given as one: --input new/1.pgm --input new/2.pgm", "is one word too many", run="predict run --input new/1.pgm new/2.pgm", then="predict run --input new/1.pgm --input new/2.pgm",
             of=TABLE.replace("csv", "images", 1).replace('train = "flowers.csv"\ntest = "flowers.csv"', 'train = "pictures"').replace("[[layer]]", '[[layer]]\ntype = "flatten"\n[[layer]]', 1),
             files={"new/1.pgm": b"P5 2 2 255\n1234", "new/2.pgm": b"P5 2 2 255\n1234", "pictures/a/1.pgm": b"P5 2 2 255\n1234", "pictures/b/1.pgm": b"P5 2 2 255\n1234"}, before=TRAINED),
        Case("a misspelt choice", "--progress plain", 'found "plian"', of=RECIPE, run="train recipe.toml --progress plian", then="train recipe.toml --progress plain"),
        Case("a number in words", "--threads 2", "expected a whole number from 1 to 2147483647", of=RECIPE, run="train recipe.toml --threads two", then="train recipe.toml --threads 2"),
        Case("seconds in words", "--seconds 0.5", "expected a number of at least 0", of=RECIPE, run=BENCH.replace("--steps 4", "--seconds half"), then=BENCH.replace("--steps 4", "--seconds 0.5")),
        Case("a time in words", "--max-time 1:30:00", "is no time span", of=RECIPE, run="train recipe.toml --max-time tomorrow", then="train recipe.toml --max-time 1:30:00"),
        # train
        Case("two ways to begin", "leave out --fresh, or --resume", "--fresh and --resume do not go together", of=RECIPE, run=TRAIN + " --fresh --resume never", then=TRAIN + " --fresh"),
        Case("a part of no weights", "--init-weights FILE --partial", "--partial works only with --init-weights", of=RECIPE, before=TRAINED, run="train recipe.toml --run new --partial", then="train recipe.toml --run new --init-weights run --partial", in_words=True),
        Case("a profile of no steps", "leave out --profile, or --dry-run", "a dry run makes no steps", of=RECIPE, run=TRAIN + " --profile --dry-run", then=TRAIN + " --dry-run"),
        Case("steps of a trace in words", "--profile --trace-steps 3-12", 'expected the first and the last step, found "first"', of=RECIPE, run=TRAIN + " --profile --trace-steps first", then=TRAIN + " --profile --trace-steps 3-12"),
        Case("steps of a trace alone", "--profile --trace-steps 1-2", "needs --profile", of=RECIPE, run=TRAIN + " --trace-steps 1-2", then=TRAIN + " --profile --trace-steps 1-2"),
        # bench
        Case("a workload of nobody", "tiny_mlp", 'there is no workload "tiny"', run="bench run tiny", then="bench run tiny_mlp --steps 2 --no-marks --threads 1", in_words=True),
        Case("a recipe in place of a workload", "teranga bench step RECIPE", 'there is no workload "recipe.toml"', of=RECIPE, run="bench run recipe.toml", then=BENCH, in_words=True),
        Case("a program without its tree", "install the whole tree: cmake --install build/release --prefix '{place}/tree'", "expected the recipes of the workloads", prepare=lone_program, code=1,
             run="$ tree/bin/teranga bench run tiny_mlp --steps 2 --no-marks --threads 1", follow=whole_tree),
        Case("a trace into no folder", "--trace trace.json", "cannot write the trace to nowhere/trace.json", of=RECIPE, code=1, run=BENCH + " --profile --trace nowhere/trace.json", then=BENCH + " --profile --trace trace.json"),
        Case("a trace without a profile", "--profile --trace trace.json", "needs --profile", of=RECIPE, run=BENCH + " --trace trace.json", then=BENCH + " --profile --trace trace.json"),
        Case("traced steps without a file", "--profile --trace trace.json --trace-steps 1-2", "--trace-steps needs --trace FILE", of=RECIPE, run=BENCH + " --profile --trace-steps 1-2",
             then=BENCH + " --profile --trace trace.json --trace-steps 1-2"),
        Case("traced steps alone", "--profile --trace trace.json --trace-steps 1-2", "--trace-steps 1-2 needs --profile", of=RECIPE, run=BENCH + " --trace-steps 1-2", then=BENCH + " --profile --trace trace.json --trace-steps 1-2"),
        Case("traced steps in words", "--profile --trace trace.json --trace-steps 3-12", "expected the first and the last step", of=RECIPE, run=BENCH + " --trace-steps all", then=BENCH.replace("4", "12") + " --profile --trace trace.json --trace-steps 3-12",
             in_words=True),
        # scale
        Case("neither a recipe nor a profile", "teranga scale RECIPE", "expected RECIPE or --from FILE", of=RECIPE, run="scale", then=SCALE, in_words=True),
        Case("a speed of nobody", "--bandwidth 1gbit", 'expected a speed such as 1gbit, 100mbit or 25Gbit/s, found "fast"', of=RECIPE, run=SCALE + " --bandwidth fast", then=SCALE + " --bandwidth 1gbit"),
        Case("a time without its unit", "--latency 50us", 'expected a time with its unit, such as 50us or 0.1ms, found "50"', of=RECIPE, run=SCALE + " --latency 50", then=SCALE + " --latency 50us"),
        Case("nodes in words", "--nodes 1,2,4", "expected whole numbers from 1 on", of=RECIPE, run=SCALE.replace("1,2", "two"), then=SCALE.replace("1,2", "1,2,4")),
        Case("far too many processes", "--nodes 2", "expected at most 16384 processes in all", of=RECIPE, run=SCALE.replace("1,2", "4") + " --ranks-per-node 8000", then=SCALE.replace("1,2", "2") + " --ranks-per-node 80", in_words=True),
        Case("no kept profile", "teranga scale RECIPE --json > kept.jsonl", "found no file that can be read", of=RECIPE, run="scale --from kept.jsonl", follow=keep_profile, in_words=True),
        Case("a kept profile of something else", "teranga scale RECIPE --json > kept.jsonl", "found something else in line 1", of=RECIPE, files={"kept.jsonl": "{}"}, run="scale --from kept.jsonl", follow=keep_profile, in_words=True),
        Case("an empty profile", "teranga scale RECIPE --json > kept.jsonl", "found an empty file", of=RECIPE, files={"kept.jsonl": ""}, run="scale --from kept.jsonl", follow=keep_profile, in_words=True),
        Case("nodes that were not measured", "--nodes 1,2", "kept.jsonl holds no step for so many nodes: 4", of=RECIPE, prepare=keep_profile, run="scale --from kept.jsonl --nodes 4", then="scale --from kept.jsonl --nodes 1,2"),
        Case("a kept profile, and how to measure", "leave out --threads, or --from", "--threads is of measuring", of=RECIPE, prepare=keep_profile, run="scale --from kept.jsonl --threads 1", then="scale --from kept.jsonl"),
        Case("a script for no scheduler", "teranga batch-script slurm RECIPE", 'expected slurm, pbs, lsf, flux before the recipe, found "slrum"', of=RECIPE, run="batch-script slrum recipe.toml", then="batch-script slurm recipe.toml", in_words=True),
        Case("a script that asks for no cores", "--threads 8", "pbs gives a job only the cores that it asks for", of=RECIPE, run="batch-script pbs recipe.toml", then="batch-script pbs recipe.toml --threads 8"),
        Case("an array from above to below", "--array 1-8%2", '--array: expected FIRST-LAST or FIRST-LAST%MOST_AT_ONCE in whole numbers, found "8-1"', of=RECIPE, run="batch-script slurm recipe.toml --array 8-1", then="batch-script slurm recipe.toml --array 1-8%2"),
        Case("an array with more jobs than rows", "--array 1-2, or leave out --array", "the grid has the rows 1 to 2, found 1-3", of=RECIPE, run=f"batch-script slurm recipe.toml {GRID} --array 1-3", then=f"batch-script slurm recipe.toml {GRID} --array 1-2"),
        Case("a job that is asked to stop at once", "--time 10:00, or --margin 10s", "which leaves it no time", of=RECIPE, run="batch-script slurm recipe.toml --time 1:00", then="batch-script slurm recipe.toml --time 10:00"),
        Case("a job with a name of two words", "--job-name night", 'found "last night"', of=RECIPE, run="batch-script slurm recipe.toml --job-name 'last night'", then="batch-script slurm recipe.toml --job-name night"),
        Case("a kept profile and a recipe", "leave out the recipe, or --from", '"recipe.toml" is a recipe to measure', of=RECIPE, prepare=keep_profile, run="scale recipe.toml --from kept.jsonl", then="scale --from kept.jsonl"),
        Case("rounds that overlap", "--set training.averaging.overlap=false", "which is not predicted", of=RECIPE + "averaging = { every = 4, overlap = true }\n", run=SCALE, then=SCALE + " --set training.averaging.overlap=false"),
        Case("sums in the order of the samples", "--set training.reproducible=false", "which is not predicted", of=RECIPE + "reproducible = true\n", run=SCALE, then=SCALE + " --set training.reproducible=false"),
        Case("a chart into no folder", "--svg chart.svg", "cannot write the chart to nowhere/chart.svg", of=RECIPE, code=1, run=SCALE + " --svg nowhere/chart.svg", then=SCALE + " --svg chart.svg"),
        # sweep
        Case("a sweep of nothing", GRID, "there is nothing to vary", of=RECIPE, run="sweep recipe.toml", then="sweep recipe.toml " + GRID),
        Case("a grid without values", GRID, "expected KEY=VALUE,VALUE,... or KEY=FIRST..LAST", of=RECIPE, run="sweep recipe.toml --grid training.seed", then="sweep recipe.toml " + GRID),
        Case("a range that falls", "--grid training.seed=1..2", "expected a range from a smaller to a larger number", of=RECIPE, run="sweep recipe.toml --grid training.seed=2..1", then="sweep recipe.toml --grid training.seed=1..2"),
        Case("a range of real numbers", "--random 20", "numbers are drawn between two only with --random", of=RECIPE, run="sweep recipe.toml --grid optimizer.learning_rate=0.1..0.2", then="sweep recipe.toml --grid optimizer.learning_rate=0.1..0.2 --random 2", in_words=True),
        Case("a logarithm of 0", "--grid optimizer.learning_rate=log:1e-4..1", "a logarithmic range begins above 0", of=RECIPE, run="sweep recipe.toml --grid optimizer.learning_rate=log:0..1 --random 2", then="sweep recipe.toml --grid optimizer.learning_rate=log:1e-4..1 --random 2"),
        Case("more draws than rows", "--random 2", "the grid has 2 rows only", of=RECIPE, run="sweep recipe.toml --grid training.seed=1..2 --random 3", then="sweep recipe.toml --grid training.seed=1..2 --random 2"),
        Case("a value that is empty", "--grid training.seed=1", "a value is empty", of=RECIPE, run="sweep recipe.toml --grid training.seed=1,,2", then="sweep recipe.toml --grid training.seed=1"),
        Case("a value twice", "leave out one of them", "1 is given twice", of=RECIPE, run="sweep recipe.toml --grid training.seed=1,1", then="sweep recipe.toml --grid training.seed=1", in_words=True),
        Case("a key twice", "one --grid with all values of the key", "the key is given twice", of=RECIPE, run="sweep recipe.toml --grid training.seed=1 --grid training.seed=2", then="sweep recipe.toml --grid training.seed=1,2", in_words=True),
        Case("far too many rows", "--random 10", "the grid has more than 100000 rows", of=RECIPE, run="sweep recipe.toml --grid training.seed=1..1000 --grid training.epochs=0..999", then="sweep recipe.toml --grid training.seed=1..1000 --grid training.epochs=0..1 --random 2", in_words=True),
        Case("a sweep under mpirun", "--launcher \"mpirun -n 2\"", "it starts the processes of each training itself", of=RECIPE, run="$ mpirun -n 1 teranga sweep recipe.toml --grid training.seed=1", then="sweep recipe.toml --grid training.seed=1 --launcher 'mpirun -n 2'", in_words=True),
        Case("a job that the array has not", "a job array of 1-2", "--index 3: the rows have the numbers 1 to 2", of=RECIPE, run="sweep recipe.toml --grid training.seed=1..2 --index 3", then="sweep recipe.toml --grid training.seed=1..2 --index 2", in_words=True),
        Case("half of a row", "leave out --halving, or --index", "--halving compares all rows", of=RECIPE, run="sweep recipe.toml --grid training.seed=1..2 --index 1 --halving 2", then="sweep recipe.toml --grid training.seed=1..2 --index 1"),
        Case("half of the epochs of a grid", "leave out --halving, or training.epochs", "the grid gives other ones", of=RECIPE, run="sweep recipe.toml --grid training.epochs=1,2 --halving 2", then="sweep recipe.toml --grid training.epochs=1,2"),
        Case("halving without numbers", "--set training.validation_freq=1", "is evaluated after every 4 epochs only", of=RECIPE + "validation_freq = 4\n", run="sweep recipe.toml --grid training.seed=1..2 --halving 2", then="sweep recipe.toml --grid training.seed=1..2 --halving 2 --set training.validation_freq=1"),
        Case("draws of a point", "--random 1", "rows were drawn, and no other ones are found", of=RECIPE, run="sweep recipe.toml --grid optimizer.learning_rate=0.1..0.1000001 --random 5", then="sweep recipe.toml --grid optimizer.learning_rate=0.1..0.1000001 --random 1", in_words=True),
        Case("the folder of another sweep", "--folder OTHER", "rows.csv holds the rows of another sweep", of=RECIPE, before=("sweep recipe.toml --grid training.seed=1",), run="sweep recipe.toml --grid training.seed=2", then="sweep recipe.toml --grid training.seed=2 --folder other", in_words=True),
        Case("half of the folds", "leave out --halving, or --folds", "--halving leaves out rows, and a fold of --folds is a row", of=RECIPE, run="sweep recipe.toml --folds 2 --halving 2", then="sweep recipe.toml --folds 2"),
        Case("folds twice", "leave out --folds, or data.fold", "the grid has data.fold", of=RECIPE, run="sweep recipe.toml --folds 2 --grid data.fold=1/2,2/2", then="sweep recipe.toml --folds 2"),
        Case("a monitor of nobody", "--monitor loss", "the training does not measure it", of=RECIPE, run="sweep recipe.toml --grid training.seed=1 --monitor los", then="sweep recipe.toml --grid training.seed=1 --monitor loss"),
        Case("a launcher of nobody", "tail sweeps/recipe/0001.log", "row 1 cannot be trained", of=RECIPE, run="sweep recipe.toml --grid training.seed=1 --launcher nowhere/mpirun", shell="tail sweeps/recipe/0001.log", then="sweep recipe.toml --grid training.seed=1"),
        Case("rates that fall", "--low 1e-7 --high 10", "expected a --low above 0 and below --high", of=RECIPE, run="find-rate recipe.toml --low 1 --high 0.1", then="find-rate recipe.toml --low 1e-7 --high 10"),
        Case("a rate found by several", "without mpirun or srun", "it trains in one process", of=RECIPE, run="$ mpirun -n 2 teranga find-rate recipe.toml", then="find-rate recipe.toml", in_words=True),
        Case("a fast trial in a run folder", "leave out --run, or --fast-dev-run", "does not go together with --run", of=RECIPE, run=TRAIN + " --fast-dev-run 2", then="train recipe.toml --fast-dev-run 2"),
        # checkpoint
        Case("a list of no run", "name a run folder", "nothing holds no checkpoint", of=RECIPE, before=TRAINED, files={"nothing/note.txt": ""}, code=5, run="checkpoint list nothing", then="checkpoint list run"),
        Case("a list of a copy", "teranga checkpoint show copy.h5", "expected a checkpoint that is named as the training named it", of=RECIPE, before=TRAINED, code=5, run="checkpoint list copy.h5", then="checkpoint show copy.h5",
             prepare=lambda place: shutil.copy(place / "run/checkpoints/step-000000000002.h5", place / "copy.h5")),
        Case("a proof of no run", "name a run folder, its folder of checkpoints, or checkpoints", "nothing holds no checkpoint", of=RECIPE, before=TRAINED, files={"nothing/note.txt": ""}, code=5, run="checkpoint verify nothing",
             then="checkpoint verify run"),
        Case("a name that Keras does not read", "--output model.weights.h5", "Keras reads files named .weights.h5 only", of=RECIPE, before=TRAINED, run="checkpoint export run --output model.h5",
             then="checkpoint export run --output model.weights.h5"),
        # data
        Case("a part that is not there", "--part train", "the data have no test part", of=RECIPE, run="data peek recipe.toml --part test", then="data peek recipe.toml --part train"),
        Case("a part that is not there, of a table", "--part train", "the data have no validation part", **OF_TABLE, run="data peek run --part validation", then="data peek run --part train"),
        # evaluate
        Case("a misspelt part", "--data part=test", 'expected train, validation or test, found "tets"', **OF_TABLE, run="evaluate run --data tets", then="evaluate run --data part=test"),
        Case("half a part", "--data part=validation", 'found "val"', of=TABLE.replace('test = "flowers.csv"', 'validation_split = 0.2'), files=OF_TABLE["files"], before=OF_TABLE["before"], run="evaluate run --data part=val", then="evaluate run --data part=validation"),
        Case("a file as a part", "--input more.csv", 'found "more.csv"', of=OF_TABLE["of"], files={**OF_TABLE["files"], "more.csv": FLOWERS}, before=OF_TABLE["before"], run="evaluate run --data more.csv", then="evaluate run --input more.csv"),
        Case("a part of nobody", "--data part=train", 'expected train, validation or test, found "everything"', **OF_TABLE, run="evaluate run --data everything", then="evaluate run --data part=train"),
        Case("numbers far too large", "teranga data peek run --part test --set data.test=large.csv", "the loss of the test part is not finite", of=TABLE.replace("sparse_categorical_crossentropy", "mean_squared_error").replace('activation = "softmax"\n', "")
             .replace("units = 2", "units = 1").replace('test = "flowers.csv"', 'test = "flowers.csv"\ntarget = "width"\nignore = "kind"\nnormalize = "none"'),
             files={"flowers.csv": FLOWERS, "large.csv": FLOWERS.replace("\n9,", "\n9e37,")}, before=TRAINED, code=3, run="evaluate run --data test=large.csv", then="data peek run --part test --set data.test=large.csv"),
        # generate
        Case("a search that draws", "leave out --temperature", "--beam and --temperature do not go together: a search draws nothing", **OF_WORDS, run="generate run --beam 2 --temperature 0.5", then="generate run --beam 2"),
        Case("two kinds of sources", "leave out --input", "--source and --input do not go together", **OF_PAIRS, run="generate run --source dog --input cats.txt", then="generate run --source dog"),
        Case("a penalty without a search", "--beam 4", "--length-penalty needs --beam", **OF_WORDS, run="generate run --length-penalty 1", then="generate run --length-penalty 1 --beam 4"),
        Case("a search that is too wide", "--beam 4", "expected at most 1000 hypotheses", **OF_WORDS, run="generate run --beam 5000", then="generate run --beam 4"),
        Case("a text as a picture", "leave out --prompt, or --output", "--prompt is for texts, and --output is for pictures", **OF_SKETCHES, run="generate run --prompt the --output pictures.png", then="generate run --output pictures.png"),
        Case("a sheet of another kind", "--output pictures.png", "expected a name that ends in .png or .npy", **OF_SKETCHES, run="generate run --output sheet.jpg", then="generate run --output pictures.png"),
        Case("columns of an array", "leave out --columns", "an .npy file has no columns", **OF_SKETCHES, run="generate run --output made.npy --columns 3", then="generate run --output made.npy"),
        Case("changes of no layer", "--vary LAYER", "--changes needs --vary", **OF_SKETCHES, run="generate run --output made.npy --changes 5", then="generate run --output made.npy --changes 5 --vary dense", in_words=True),
        Case("columns of changes", "--changes N", "--columns and --vary do not go together", **OF_SKETCHES, run="generate run --output made.png --vary dense --columns 5", then="generate run --output made.png --vary dense --changes 5", in_words=True),
        Case("too many changes", "--changes 11", "--changes: expected at most 1000, found 5000", **OF_SKETCHES, run="generate run --output made.npy --vary dense --changes 5000", then="generate run --output made.npy --vary dense --changes 11"),
        Case("columns of no sheet", "--output pictures.png", "--columns is for pictures", **OF_SKETCHES, run="generate run --columns 2", then="generate run --columns 2 --output pictures.png"),
        Case("a sheet into no folder", "--output pictures.png", "the picture cannot be written", **OF_SKETCHES, code=1, run="generate run --output nowhere/pictures.png", then="generate run --output pictures.png"),
        # plugin and reference
        Case("a misspelt plugin", "teranga plugin describe dense", 'there is no plugin "densse"', run="plugin describe densse", then="plugin describe dense"),
        Case("a misspelt plugin of a kind", "teranga plugin describe layer dense", 'there is no plugin "layer densse"', run="plugin describe layer densse", then="plugin describe layer dense"),
        Case("a metric that stands for several", "teranga plugin describe sparse_categorical_accuracy", '"accuracy" is no plugin of its own', run="plugin describe accuracy", then="plugin describe sparse_categorical_accuracy"),
        Case("a plugin of nobody", "teranga plugin list", 'there is no plugin "xyzxyz"', run="plugin describe xyzxyz", then="plugin list"),
        Case("a misspelt key", "teranga reference batch_size", 'no table, key or type "bach_size"', run="reference bach_size", then="reference batch_size"),
        Case("all pages and a name", "teranga reference --share FOLDER", "--share writes all pages", run="reference layer --share pages", then="reference --share pages"),
        Case("completion of a name", "teranga reference --format bash", "the completion for bash is that of all commands", run="reference layer --format bash", then="reference --format bash"),
        Case("a word behind --version", "teranga --version --verbose", '"--long" is one word too many', run="--version --long", then="--version --verbose"),
        Case("a key of nobody", "teranga reference shows all of them", 'no table, key or type "xyzxyzxyz"', run="reference xyzxyzxyz", then="reference"),
        # predict
        Case("nothing to predict", "teranga predict run --input new.csv", "there is nothing to predict", **OF_TABLE, run="predict run", then="predict run --input new.csv"),
        Case("a text without --text", "a sample that is a text: --text 'a good day'", "is one word too many", run="predict run 'a good day'", of=TEXTS, files={"moods.csv": "sentence,mood\n" + "a good day,good\na bad day,bad\n" * 4}, before=TRAINED, then="predict run --text 'a good day'"),
        Case("files and texts", "leave out --input, or --text", "--input and --text do not go together", **OF_TABLE, run="predict run --input new.csv --text rose", then="predict run --input new.csv"),
        Case("one class and the likeliest", "--top 1", "--classes and --top do not go together", **OF_TABLE, run="predict run --input new.csv --classes --top 2", then="predict run --input new.csv --top 1"),
        # A checkpoint whose recipe names a library.
        Case("a library that only the checkpoint names", "TERANGA_PLUGIN_PATH={place}/guests", "which lies in none of the folders", of='plugins = ["guests/guest.so"]\n' + RECIPE.replace("random", "foreign.random"), code=4,
             files={"guests/guest.so": GUEST}, before=TRAINED, run="summary run", then="$ TERANGA_PLUGIN_PATH={place}/guests teranga summary run"),
    )


if __name__ == "__main__":
    unittest.main()
