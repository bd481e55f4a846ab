# SPDX-License-Identifier: Apache-2.0
"""The hints of files that cannot be read or written, and of processes that do not come together."""
import os
import shutil
import socket
import struct
import subprocess
import threading
import time
import unittest
import zipfile
from pathlib import Path

from hints import CHECK, TRAIN, Case, HintTest
from program import PROGRAM, SOURCE, WITHOUT_MPIRUN, npy

BUILT = Path(PROGRAM).resolve().parent.parent
GOLDEN = SOURCE / "tests/datasets/golden"
TROUBLE = os.environ.get("TERANGA_TROUBLE", "")
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
RECIPE = 'schema = 1\n[data]\ntype = "random"\nshape = [3]\nsamples = 16\n' + NET
# A network without weights beside one with some.
OF_TWO = '''schema = 1
[data]
type = "random"
shape = [4]
samples = 16
[[layer]]
network = "plain"
type = "flatten"
[[layer]]
network = "learning"
type = "dense"
units = 4
[[phase]]
name = "learning"
train = ["learning"]
[[phase.call]]
network = "plain"
[[phase.call]]
network = "learning"
input = ["plain"]
[[phase.loss]]
type = "mean_squared_error"
target = "x"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 8
'''
OF_HDF5 = 'schema = 1\n[data]\ntype = "hdf5"\ntrain = "data.h5"\n[[layer]]\ntype = "flatten"\n' + NET.replace("units = 2", "units = 3")
OF_BLOCKS = OF_HDF5.replace('"data.h5"', '"data.h5"\nmemory = 1').replace("units = 3", "units = 10").replace("batch_size = 8", "batch_size = 1000")
OF_MAPPED = 'schema = 1\n[data]\ntype = "npy"\ntrain = ["x.npy", "y.npy"]\n' + NET
MAPPED = {"x.npy": npy((24, 4), "f", [i % 7 / 7 for i in range(96)]), "y.npy": npy((24,), "i", [i % 2 for i in range(24)])}
LOADS_MODEL = TRAIN.replace("--run run", "--run new") + " --init-weights model.weights.h5"
EXPORT = "checkpoint export run --output model.weights.h5"
ELSEWHERE = "elsewhere boot space 4711 100\n"  # the name of a process of another host


def zipped(*names):
    def write(place):
        with zipfile.ZipFile(place / "arrays.npz", "w") as out:
            for name in names:
                out.writestr(name, npy((4, 3), "f", range(12)))
    return write


def of_newer_format(place):
    path = place / "run/checkpoints/step-000000000002.h5"
    path.write_bytes(path.read_bytes().replace(b"\nformat 1\n", b"\nformat 9\n", 1))


def of_this_format(place):
    path = place / "run/checkpoints/step-000000000002.h5"
    path.write_bytes(path.read_bytes().replace(b"\nformat 9\n", b"\nformat 1\n", 1))


def lone_program(place):
    """The program and its plugins without the rest of its tree, as somebody may have copied them."""
    (place / "tree/bin").mkdir(parents=True)
    shutil.copy(PROGRAM, place / "tree/bin/teranga")


def old_reader(place):
    """A tree whose second program is of another version: it answers whatever it is asked that it speaks protocol 0."""
    lone_program(place)
    reader = place / "tree/libexec/teranga/teranga-read-hdf5"
    reader.parent.mkdir(parents=True)
    reader.write_text('#!/usr/bin/env python3\nimport os, struct\nkind, _, size = struct.unpack("<iiQ", os.read(0, 16))\nos.read(0, size)\nos.write(0, struct.pack("<iiQq", 0, 0, 8, 0))\n')
    reader.chmod(0o755)


def whole_tree(place):
    subprocess.run(["cmake", "--install", BUILT, "--prefix", place / "tree"], check=True, capture_output=True)


def ring_of_nodes():
    """A file whose tree of names has no end: the root of the tree is its own child."""
    content = bytearray((GOLDEN / "arrays.h5").read_bytes())
    root = content.index(b"TREE")
    content[root + 5] = 1  # its level
    content[root + 32:root + 40] = struct.pack("<Q", root)
    return bytes(content)


def while_it_trains(change, data="data.h5"):
    """Changes the file of the data as soon as the first epoch is done."""
    def watch(place):
        def wait():
            metrics = place / "run/metrics.jsonl"
            while not (metrics.exists() and '"epoch"' in metrics.read_text()):
                time.sleep(0.01)
            change(place / data)
        threading.Thread(target=wait, daemon=True).start()
    return watch


def lengthened(path):
    with open(path, "ab") as file:
        file.write(b"more")


PICTURE_FILES = {f"pictures/{kind}/{i}.pgm": b"P5 2 2 255\n" + bytes([i, 9 * i, 200 - i, 50]) for kind in ("rose", "aster") for i in range(4)}
OF_PICTURE_FILES = """schema = 1
[data]
type = "images"
folder = "pictures"
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
[training]
epochs = 1
"""


class FileHints(HintTest):
    area = ("framework/checkpoint", "framework/comm", "framework/data", "framework/h5", "framework/tensor", "framework/core", "framework/math", "framework/parallel", "datasets/reading/src/mapped_file.cpp")
    elsewhere = (("framework/comm/src/no_mpi.cpp", "this build of Teranga has no MPI", "no_mpi"), ("framework/data/src/source.cpp", "folds need samples that are held in memory", "data_source"),
                 ("framework/checkpoint/src/run_lock.cpp", "other processes keep taking it", "the same command, started again"))
    complete = bool(TROUBLE)
    cases = (
        Case("the file of each picture", "leave out --keep: the file of each sample is told anyway", "has no columns that could stand beside the predictions", run="predict run --input pictures --keep file", of=OF_PICTURE_FILES, before=(TRAIN,), files=PICTURE_FILES, then="predict run --input pictures", in_words=True),
        # Checkpoints and weights.
        Case("a checkpoint with the name of another step", "mv 'run/checkpoints/step-000000000009.h5' 'run/checkpoints/step-000000000002.h5'", "its name says step 9, its content step 2", of=RECIPE, before=(TRAIN,), code=5,
             prepare=lambda place: (place / "run/checkpoints/step-000000000002.h5").rename(place / "run/checkpoints/step-000000000009.h5"), run="checkpoint verify run/checkpoints/step-000000000009.h5",
             then="$ mv 'run/checkpoints/step-000000000009.h5' 'run/checkpoints/step-000000000002.h5' && teranga checkpoint verify run", in_words=True),
        Case("a copy with the name of another step", "mv 'run/checkpoints/step-000000000009.h5' 'run/checkpoints/copy-of-step-000000000002.h5'", "its name says step 9, its content step 2", of=RECIPE, before=(TRAIN,), code=5,
             prepare=lambda place: shutil.copy(place / "run/checkpoints/step-000000000002.h5", place / "run/checkpoints/step-000000000009.h5"), run="checkpoint show run/checkpoints/step-000000000009.h5",
             then="$ mv 'run/checkpoints/step-000000000009.h5' 'run/checkpoints/copy-of-step-000000000002.h5' && teranga checkpoint show run/checkpoints/copy-of-step-000000000002.h5", in_words=True),
        Case("a checkpoint of a newer Teranga", "use the Teranga that wrote it, or a newer one", "has format 9, newer than this Teranga reads (up to 1)", of=RECIPE, before=(TRAIN,), code=5, prepare=of_newer_format,
             run="checkpoint verify run/checkpoints/step-000000000002.h5", follow=of_this_format),
        Case("a model of Keras", "teranga import model.keras", "a whole model in Keras's format .keras", of=RECIPE, before=(TRAIN,), code=5,
             prepare=lambda place: shutil.copy(SOURCE / "tests/exchange/golden/small.keras", place / "model.keras"), run=LOADS_MODEL.replace(".weights.h5", ".keras"), then="import model.keras"),
        Case("arrays as weights", 'the data set "npz" reads them as data', "arrays of NumPy (.npz)", of=RECIPE, before=(TRAIN,), code=5, prepare=zipped("x.npy"), run=LOADS_MODEL.replace("model.weights.h5", "arrays.npz"),
             fix=(('type = "random"\nshape = [3]\nsamples = 16', 'type = "npz"\ntrain = "arrays.npz"\ntrain_arrays = "x"'), ("units = 2\nactivation = \"softmax\"", "units = 3"), ('"sparse_categorical_crossentropy"', '"mean_squared_error"\ntarget = "x"')), then=CHECK, in_words=True),
        Case("an array as weights", 'the data set "npy" reads it as data', "an array of NumPy (.npy)", of=RECIPE, files={"array.npy": npy((4, 3), "f", range(12))}, before=(TRAIN,), code=5, run=LOADS_MODEL.replace("model.weights.h5", "array.npy"),
             fix=(('type = "random"\nshape = [3]\nsamples = 16', 'type = "npy"\ntrain = "array.npy"'), ("units = 2\nactivation = \"softmax\"", "units = 3"), ('"sparse_categorical_crossentropy"', '"mean_squared_error"\ntarget = "x"')), then=CHECK, in_words=True),
        Case("data as weights", 'in Keras 3: model.save_weights("model.weights.h5")', "found an HDF5 file of neither", of=RECIPE, before=(TRAIN, EXPORT), code=5, prepare=lambda place: shutil.copy(GOLDEN / "arrays.h5", place / "data.h5"),
             run=LOADS_MODEL.replace("model.weights.h5", "data.h5"), then=LOADS_MODEL),
        Case("weights of a network that has none", 'in Keras 3: model.save_weights("model.weights.h5")', "wanted weights, found none", of=OF_TWO, before=(TRAIN, "checkpoint export run --network plain --output plain.weights.h5", "checkpoint export run --network learning --output model.weights.h5"), code=5,
             run=LOADS_MODEL.replace("model", "plain"), then=LOADS_MODEL),
        # Files that are written.
        Case("weights into no folder", "mkdir -p weights", "cannot create 'weights/model.weights.h5'", of=RECIPE, before=(TRAIN,), code=1, run="checkpoint export run --output weights/model.weights.h5",
             then="$ mkdir -p weights && teranga checkpoint export run --output weights/model.weights.h5", in_words=True),
        Case("weights where nobody may write", "ls -ld /sys shows who may write there", "Permission denied", of=RECIPE, before=(TRAIN,), code=1, run="checkpoint export run --output /sys/model.weights.h5", then="$ ls -ld /sys && teranga " + EXPORT, in_words=True),
        # A run folder that somebody owns.
        Case("a run that still runs", "choose another folder with --run FOLDER", "is writing it", of=RECIPE, before=(TRAIN,), code=75, run=TRAIN, then=TRAIN.replace("--run run", "--run new"), in_words=True,
             prepare=lambda place: (place / "run/owner").write_text(this_process())),
        Case("a run of another host, and little time", "start the same command again", "was asked to stop while it waited for process 4711 on host elsewhere", of=RECIPE, before=(TRAIN,), code=75, run=TRAIN + " --max-time 0.1",
             prepare=lambda place: (place / "run/owner").write_text(ELSEWHERE), then="$ rm run/owner && teranga " + TRAIN, in_words=True),
        # Data.
        Case("a fold and a share for validation", "leave out fold, or validation_split", "it makes the validation part, and so does validation_split", of='schema = 1\n[data]\ntype = "random"\nshape = [3]\nsamples = 16\n' + NET,
             wrong=(("shape", 'validation_split = 0.1\nfold = "1/2"\nshape'),), fix=(("validation_split = 0.1\n", ""),)),
        Case("a fold and a validation part", "leave out fold, or the validation files", "brings a validation part of its own", of='schema = 1\n[data]\ntype = "random"\nshape = [3]\nsamples = 16\nvalidation_samples = 4\n' + NET,
             wrong=(("shape", 'fold = "1/2"\nshape'),), fix=(('fold = "1/2"\n', ""),)),
        Case("more folds than samples", 'fold = "1/16"', "16 training samples cannot be divided into 20 folds", of='schema = 1\n[data]\ntype = "random"\nshape = [3]\nsamples = 16\n' + NET, wrong=(("shape", 'fold = "1/20"\nshape'),), fix=(('"1/20"', '"1/16"'),)),
        Case("two validation parts", "leave out validation_split, or the validation files", "brings a validation part of its own", of='schema = 1\n[data]\ntype = "random"\nshape = [3]\nsamples = 16\nvalidation_samples = 4\n' + NET,
             wrong=(("shape", "validation_split = 0.1\nshape"),), fix=(("validation_split = 0.1\n", ""),)),
        Case("names in place of numbers", "in Python: names, numbers = np.unique(texts, return_inverse=True)", "wanted a data set of numbers, found text of", of=OF_HDF5, wrong=(('"data.h5"', '"data.h5"\ntrain_arrays = ["x", "y_text"]'),),
             prepare=lambda place: shutil.copy(GOLDEN / "types.h5", place / "data.h5"), code=5, fix=(("y_text", "y_be"),), in_words=True),
        Case("columns of arrays", "leave out --keep", "has no columns that could stand beside the predictions", of=OF_HDF5, prepare=lambda place: shutil.copy(GOLDEN / "arrays.h5", place / "data.h5"), run="$ teranga " + TRAIN + " && teranga predict run --input data.h5 --keep x",
             then="$ teranga predict run --input data.h5"),
        Case("data that grow while they are read", "leave the file alone while it is read", "bytes as when it was opened", of=OF_BLOCKS, code=5, prepare=lambda place: (shutil.copy(GOLDEN / "blocks.h5", place / "data.h5"), while_it_trains(lengthened)(place)),
             run=TRAIN + " --set training.epochs=100000", then=TRAIN.replace("--run run", "--run new"), in_words=True),
        Case("data that are written while they are read", "leave the file alone while it is read", "it was written to while it was read", of=OF_BLOCKS, code=5, prepare=lambda place: (shutil.copy(GOLDEN / "blocks.h5", place / "data.h5"), while_it_trains(os.utime)(place)),
             run=TRAIN + " --set training.epochs=100000", then=TRAIN.replace("--run run", "--run new"), in_words=True),
        Case("an array that grows while it is read", "leave the file alone while it is read", "bytes as when it was opened", of=OF_MAPPED, files=MAPPED, code=5, prepare=while_it_trains(lengthened, "x.npy"), run=TRAIN + " --set training.epochs=100000",
             follow=lambda place: (place / "x.npy").write_bytes(MAPPED["x.npy"]), then=TRAIN.replace("--run run", "--run new"), in_words=True),
        Case("an array that is written while it is read", "leave the file alone while it is read", "it was written to while it was read", of=OF_MAPPED, files=MAPPED, code=5, prepare=while_it_trains(os.utime, "x.npy"), run=TRAIN + " --set training.epochs=100000",
             then=TRAIN.replace("--run run", "--run new"), in_words=True),
        Case("a damaged file", "fetch or make the file again", "damaged: libhdf5 ended", of=OF_HDF5, code=5, prepare=lambda place: (place / "data.h5").write_bytes(ring_of_nodes()), follow=lambda place: shutil.copy(GOLDEN / "arrays.h5", place / "data.h5")),
        # The tree of the program.
        Case("a program without its tree", "install the whole tree: cmake --install build/release --prefix '{place}/tree'", "which is not in ", of=RECIPE, before=(TRAIN,), prepare=lone_program, code=1,
             run="$ tree/bin/teranga checkpoint show run", follow=whole_tree),
        Case("a tree of two versions", "install the whole tree: cmake --install build/release --prefix '{place}/tree'", "is of another version of Teranga (protocol 0, wanted ", of=RECIPE, before=(TRAIN,), prepare=old_reader, code=1,
             run="$ tree/bin/teranga checkpoint show run", follow=whole_tree),
        # Processes.
        Case("processes of another MPI", "use the mpirun of the MPI that Teranga was built with, Open MPI", "the launcher started 2 processes, but MPI sees this one alone", of=RECIPE, run="$ PMI_RANK=0 PMI_SIZE=2 teranga " + TRAIN, environment=WITHOUT_MPIRUN, then="$ mpirun -n 2 teranga " + TRAIN, in_words=True),
        Case("another limit of MPI", "give all of them one limit: mpirun --mca btl_tcp_eager_limit 4194304 ...", "the processes have different limits for messages that MPI sends at once (btl_tcp_eager_limit): 65536 and 4194304 bytes", of=RECIPE,
             run=f"$ mpirun -n 1 teranga {TRAIN} : -n 1 env OMPI_MCA_btl_tcp_eager_limit=65536 teranga {TRAIN}", then=f"$ mpirun --mca btl_tcp_eager_limit 4194304 -n 1 teranga {TRAIN} : -n 1 teranga {TRAIN}", in_words=True),
        Case("tasks of Slurm alone", "srun --mpi=pmix teranga", "the launcher started 2 processes, but MPI sees this one alone", of=RECIPE, run="$ SLURM_JOB_ID=7 PMI_RANK=0 PMI_SIZE=2 teranga " + TRAIN, environment=WITHOUT_MPIRUN, then="$ mpirun -n 2 teranga " + TRAIN, in_words=True),
    ) + ((
        Case("weights onto a full disk", "df -h . shows the room that is left", "No space left on device", of=RECIPE, before=(TRAIN,), code=1, run="$ LD_PRELOAD=$TERANGA_TROUBLE TROUBLE_FULL=model.weights.h5 teranga " + EXPORT, then="$ df -h . && teranga " + EXPORT, in_words=True),
        Case("sums that are wrong", "mpirun --mca coll ^han,adapt,sm", "MPI gives a wrong result", of=RECIPE, code=1, run="$ TROUBLE_SUM=1 mpirun -n 2 -x LD_PRELOAD=$TERANGA_TROUBLE teranga " + TRAIN,
             then="$ ompi_info --version && TROUBLE_SUM=1 mpirun --mca coll ^han,adapt,sm -n 2 -x LD_PRELOAD=$TERANGA_TROUBLE teranga " + TRAIN, in_words=True),
    ) if TROUBLE else ())


def this_process():
    """The name of this process, as it is written into a run folder."""
    started = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    return f"{socket.gethostname()} {Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {os.readlink('/proc/self/ns/pid')} {os.getpid()} {started}\n"


if __name__ == "__main__":
    unittest.main()
