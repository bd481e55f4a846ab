# SPDX-License-Identifier: Apache-2.0
"""The hints of arrays: of the data sets "npy", "npz", "idx", "hdf5" and "digits", and of the readers of files that all data sets share."""
import gzip
import io
import os
import shutil
import struct
import subprocess
import unittest
import warnings
import zipfile

from hints import TRAIN, Case, HintTest
from mistakes import TABLE
from program import PROGRAM, SOURCE, npy

NPY = '''schema = 1
[data]
type = "npy"
train = ["x.npy", "y.npy"]
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 8
'''
NPZ = NPY.replace('"npy"', '"npz"').replace('["x.npy", "y.npy"]', '"arrays.npz"')
ARRAYS = NPY.replace('"npy"', '"arrays"').replace('["x.npy", "y.npy"]', '"arrays.npz"\nfeatures = ["x"]\ntargets = ["y"]')
PACKED = NPY.replace('"x.npy"', '"x.npy.gz"')
IDX = NPY.replace('"npy"', '"idx"').replace('["x.npy", "y.npy"]', '["images", "labels"]').replace("[[layer]]", '[[layer]]\ntype = "flatten"\n[[layer]]', 1)
HDF5 = NPY.replace('"npy"', '"hdf5"').replace('["x.npy", "y.npy"]', '"chunks.h5"\ntrain_arrays = ["half/x", "half/y"]')
IDS = NPY.replace("[data]", '[data]\nfeatures_are = "ids"').replace("[[layer]]", '[[layer]]\ntype = "embedding"\ninput_dim = 100\noutput_dim = 2\n[[layer]]\ntype = "flatten"\n[[layer]]', 1)
QUANTITIES = NPY.replace("units = 3", "units = 1").replace('"softmax"', '"linear"').replace("sparse_categorical_crossentropy", "mean_squared_error")
FOUR = NPY.replace("units = 3", "units = 4")
TEXT = TABLE.replace('test = "more_flowers.csv"\n', "").replace("flowers.csv", "flowers.csv.gz")


def array(kind, shape, data):
    """The bytes of an .npy file of any element type."""
    header = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def idx(kind, shape, data):
    return bytes((0, 0, kind, len(shape))) + b"".join(struct.pack(">I", extent) for extent in shape) + data


def archive(packing=zipfile.ZIP_STORED, **arrays):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as members, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in arrays.items():
            members.writestr(name.rstrip("_") + ".npy", content)
    return out.getvalue()


def spoilt(content, at):
    """The same bytes with another one at that place."""
    return content[:at] + bytes((content[at] ^ 0xff,)) + content[at + 1:]


def put(**files):
    """Follows a hint by other files: the whole ones, or what NumPy saves then."""
    def follow(place):
        for name, content in files.items():
            (place / name.replace("_", ".")).write_bytes(content)
    return follow


def with_former_state(place):
    subprocess.run([os.environ["TERANGA_FORMER_CHECKPOINT"], place / "run/checkpoints", ""], check=True)


def train_with_the_weights(place):
    subprocess.run([PROGRAM, *TRAIN.replace("--run run", "--run other --init-weights run").split()], cwd=place, check=True, capture_output=True)


def claim_much(place):
    """A whole number of samples, of which the file has the room and nobody the memory. In another byte order than ours: else it would be mapped."""
    (place / "x.npy").write_bytes(array("'>f4'", (1000, 4), bytes(16000)))


X = npy((24, 4), "f", [i % 7 / 7 for i in range(96)])
LABELS = [i % 3 for i in range(24)]
Y = npy((24,), "i", LABELS)
REAL_Y = npy((24,), "f", LABELS)
BYTES_X = npy((24, 4), "B", [i * 2 for i in range(96)])
SCALED = NPY.replace("[data]", "[data]\nscale = 0.5")
PRICES = npy((24,), "f", [i / 7 for i in range(24)])
IMAGES, DIGITS = idx(8, (24, 2, 2), bytes(range(96))), idx(8, (24,), bytes(LABELS))
WHOLE = archive(x=X, y=Y)
DEFLATED = archive(zipfile.ZIP_DEFLATED, x=X, y=Y)
BEGIN_OF_X = 30 + len("x.npy")  # of a member's data, behind its header
LONG_X = npy((5000, 4), "B", [0] * 20000)
GARDEN = "length,width,kind\n" + "".join(f"{i}.5,{i % 7}.25,{('rose', 'tulip', 'aster')[i % 3]}\n" for i in range(24))
PADDED = "length,width,kind\n" + "".join(f"{i % 24}.5{' ' * 1000000},{i % 7}.25,{('rose', 'tulip', 'aster')[i % 3]}\n" for i in range(280))
FILES = {"x.npy": X, "y.npy": Y, "images": IMAGES, "labels": DIGITS, "arrays.npz": WHOLE, "x.npy.gz": gzip.compress(X)}


class ArrayHints(HintTest):
    area = ("datasets/reading/include", "datasets/reading/src/array_dataset.cpp", "datasets/reading/src/input_file.cpp", "datasets/reading/src/labelled_arrays.cpp", "datasets/reading/src/learnt_arrays.cpp",
            "datasets/reading/src/named_parts.cpp", "datasets/reading/src/npy_array.cpp", "datasets/reading/src/npz_file.cpp", "datasets/reading/src/path_hints.cpp", "datasets/reading/src/treatment.cpp", "datasets/npy", "datasets/idx",
            "datasets/hdf5", "datasets/digits")
    cases = (
        Case("targets by the name that Keras gives them", "train_arrays = [FEATURES, TARGETS], which are the names of two arrays in the file", 'unknown key "y"', of=NPZ, wrong=(("[data]", '[data]\ny = "labels"'),), in_words=True,
             files={"arrays.npz": archive(images=npy((24, 2), "f", [i % 7 for i in range(48)]), labels=npy((24,), "i", [i % 3 for i in range(24)]))}, fix=(('y = "labels"', 'train_arrays = ["images", "labels"]'),)),
        Case("targets in a file of their own", 'train = ["FEATURES", "TARGETS"], which are two files', 'unknown key "y"', of=NPY, wrong=(('["x.npy", "y.npy"]', '"x.npy"\ny = "y.npy"'),), fix=(('"x.npy"\ny = "y.npy"', '["x.npy", "y.npy"]'),), in_words=True),
        Case("a file of a package", "apt-get install --no-install-recommends python3-pattern", "there is no such file", code=5, of=NPY, wrong=(("x.npy", "/usr/share/doc/python3-pattern/none/x.npy"),),
             fix=(("/usr/share/doc/python3-pattern/none/x.npy", "x.npy"),), in_words=True),
        Case("a misspelt file", "look with: ls -l ", "there is no such file", code=5, of=NPY, wrong=(("x.npy", "xs.npy"),), shell="ls -l {place}", fix=(("xs.npy", "x.npy"),), in_words=True),
        Case("a misspelt file beside its brother", 'did you mean "x.npy"?', "there is no such file", code=5, of=NPY, wrong=(("x.npy", "xs.npy"),), fix=(("xs.npy", "x.npy"),), in_words=True),
        Case("a path with a tilde", '"~" stands for no folder in a recipe; write the path in full: {place}/x.npy', "there is no such file", code=5, of=NPY, environment={"HOME": "{place}"}, wrong=(('"x.npy', '"~/x.npy'),), fix=(('"~/x.npy', '"{place}/x.npy'),), in_words=True),
        Case("a misspelt folder of a name with a blank", "look with: ls -l '", "there is no such file", code=5, of=NPY.replace("x.npy", "my data/x.npy"), files={"my data/x.npy": X}, wrong=(("x.npy", "arrays/x.npy"),),
             shell="ls -l '{place}/my data'", fix=(("arrays/", ""),), in_words=True),
        Case("half a packed file", "fetch the file again", "the gzip data end too early", code=5, of=PACKED, files={"x.npy.gz": gzip.compress(X)[:-20]}, follow=put(x_npy_gz=gzip.compress(X)), shell="gzip -t {place}/x.npy.gz"),
        Case("a damaged packed file", "fetch the file again", "the gzip data are damaged", code=5, of=PACKED, files={"x.npy.gz": gzip.compress(X)[:60] + bytes(9) + gzip.compress(X)[69:]}, follow=put(x_npy_gz=gzip.compress(X)),
             shell="gzip -t {place}/x.npy.gz"),
        Case("a packed table that is a thousand times as long", "unpack it first: gzip -dk ", "which is no text", code=5, of=TEXT, files={"flowers.csv.gz": gzip.compress(PADDED.encode(), 5)}, shell="gzip -dk {place}/flowers.csv.gz",
             fix=(("flowers.csv.gz", "flowers.csv"),), in_words=True),
        Case("half a file of images", "the file is truncated; fetch it again", "ends inside the elements", code=5, of=IDX, files={"images": gzip.compress(IMAGES[:60])}, follow=put(images=IMAGES)),
        Case("a packed file whose header promises more than it has", "its header is damaged; fetch it again", "ends inside the elements", code=5, of=PACKED, files={"x.npy.gz": gzip.compress(LONG_X[:-9000])}, follow=put(x_npy_gz=gzip.compress(X))),
        Case("an array that fits no memory", "take a part of the data", "needs more memory than there is", code=5, of=NPY, prepare=claim_much, follow=put(x_npy=X),
             environment={"LD_PRELOAD": os.environ.get("TERANGA_SCARCE_MEMORY", ""), "SCARCE_BYTES": "16000"}),
        Case("ids that are real numbers", 'features_are = "numbers"', "expected whole numbers as ids", code=5, of=NPY, wrong=(("[data]", '[data]\nfeatures_are = "ids"'),), fix=(('"ids"', '"numbers"'),)),
        Case("a table for arrays that were normalized", 'numpy.save("new.npy", x)', "its numbers would stay as they are", of=QUANTITIES.replace("[data]", '[data]\nnormalize = "standard"'), files={"y.npy": PRICES, "new.csv": "1,2,3,4\n", "new.npy": npy((1, 4), "f", [1, 2, 3, 4])},
             before=(TRAIN,), run="predict run --input new.csv", then="predict run --input new.npy", in_words=True),
        Case("ids to be normalized", "leave out normalize, or features_are", "changes numbers, and the features are ids", of=IDS, files={"x.npy": npy((24, 4), "i", [i % 90 for i in range(96)])}, wrong=(("[data]", '[data]\nnormalize = "standard"'),), fix=(('normalize = "standard"\n', ""),)),
        Case("a target of arrays to normalize where nothing is", 'normalize = "standard"', "the target is normalized as normalize says", of=QUANTITIES, files={"y.npy": PRICES}, wrong=(("[data]", "[data]\nnormalize_target = true"),), fix=(("[data]", '[data]\nnormalize = "standard"'),)),
        Case("classes of arrays to normalize", "leave out normalize_target", "the targets are classes, and numbers alone are normalized", of=NPY, wrong=(("[data]", '[data]\nnormalize = "standard"\nnormalize_target = true'),), fix=(("normalize_target = true\n", ""),)),
        Case("no target to normalize", "leave out normalize_target", "there is no target", of=QUANTITIES.replace('["x.npy", "y.npy"]', '"x.npy"').replace('type = "mean_squared_error"', 'type = "mean_squared_error"\ntarget = 1'), wrong=(("[data]", '[data]\nnormalize = "standard"\nnormalize_target = true'),), fix=(("normalize_target = true\n", ""),)),
        Case("ids to be mirrored", "leave out random_flip, or features_are", "changes pictures, and the features are ids", of=IDS, files={"x.npy": npy((24, 4), "i", [i % 90 for i in range(96)])}, wrong=(("[data]", '[data]\nrandom_flip = "horizontal"'),), fix=(('random_flip = "horizontal"\n', ""),)),
        Case("rows of numbers to be mirrored", "leave out random_flip", "changes pictures, samples of shape (height, width, channels), found samples of shape", of=NPY, wrong=(("[data]", '[data]\nrandom_flip = "horizontal"'),), fix=(('random_flip = "horizontal"\n', ""),)),
        Case("a cut of columns that have scales", 'normalize = "none"', "each column has a scale of its own", of=NPY.replace("[[layer]]", '[[layer]]\ntype = "flatten"\n[[layer]]', 1), files={"x.npy": npy((24, 2, 2), "f", [i % 7 / 7 for i in range(96)])}, wrong=(("[data]", '[data]\nnormalize = "standard"\ncenter_crop = [1, 1]'),), fix=(('"standard"', '"none"'),)),
        Case("ids with a scale", "leave out scale, or features_are", "multiplies numbers, and the features are ids", of=IDS, files={"x.npy": npy((24, 4), "i", [i % 90 for i in range(96)])}, wrong=(("[data]", "[data]\nscale = 0.5"),), fix=(("scale = 0.5\n", ""),)),
        Case("rows of ones for real numbers that are classes", 'target_is = "classes"', "needs targets that are classes", of=NPY.replace("sparse_", ""), files={"y.npy": REAL_Y}, wrong=(("[data]", "[data]\none_hot = true"),),
             fix=(("[data]", '[data]\ntarget_is = "classes"'),)),
        Case("rows of ones for quantities", "leave out one_hot", "needs targets that are classes", of=QUANTITIES, files={"y.npy": PRICES}, wrong=(("[data]", "[data]\none_hot = true"),), fix=(("one_hot = true\n", ""),)),
        Case("quantities as classes", 'target_is = "numbers"', "expected a class number", code=5, of=QUANTITIES, files={"y.npy": PRICES}, wrong=(("[data]", '[data]\ntarget_is = "classes"'),), fix=(('"classes"', '"numbers"'),)),
        Case("quantities below 0 as classes", 'target_is = "numbers"', "expected a class number", code=5, of=QUANTITIES, files={"y.npy": npy((24,), "i", [1 - 2 * (i % 2) for i in range(24)])}, fix=(("[data]", '[data]\ntarget_is = "numbers"'),)),
        Case("more classes than samples, which are quantities", 'target_is = "numbers"', "are they quantities, or the numbers of 2001 classes?", of=QUANTITIES, files={"y.npy": npy((24,), "i", [2000 - i for i in range(24)])}, fix=(("[data]", '[data]\ntarget_is = "numbers"'),)),
        Case("more classes than samples, which are classes", 'target_is = "classes"', "are they quantities, or the numbers of 2001 classes?", of=NPY.replace("units = 3", "units = 2001"), files={"y.npy": npy((24,), "i", [2000 - i for i in range(24)])},
             fix=(("[data]", '[data]\ntarget_is = "classes"'),)),
        Case("bytes of another type", 'save them as bytes: a.astype("uint8")', "which are multiplied by scale", code=5, of=SCALED, files={"x.npy": BYTES_X, "new.npy": npy((2, 4), "i", range(8))}, before=(TRAIN,), run="predict run --input new.npy",
             follow=put(new_npy=npy((2, 4), "B", range(8)))),
        Case("bytes that are real numbers", 'or multiplied: a * 0.5', "which are multiplied by scale", code=5, of=SCALED, files={"x.npy": BYTES_X, "new.npy": npy((2, 4), "f", range(0, 240, 30))}, before=(TRAIN,), run="predict run --input new.npy",
             follow=put(new_npy=npy((2, 4), "f", range(0, 120, 15)))),
        Case("fewer classes than labels", "classes = 3", "expected a class number from 0 to 1", code=5, of=NPY, wrong=(("[data]", "[data]\nclasses = 2"),), fix=(("classes = 2", "classes = 3"),)),
        Case("a class that the training part does not have", "classes = 4", "expected a class number from 0 to 2", code=5, of=FOUR.replace("[data]", '[data]\ntest = ["x.npy", "test.npy"]'), files={"test.npy": npy((24,), "i", [i % 4 for i in range(24)])},
             fix=(("[data]", "[data]\nclasses = 4"),)),
        Case("fewer names than labels", "class_names with 3 names, one a class", "expected a class number from 0 to 1", code=5, of=NPY, wrong=(("[data]", '[data]\nclass_names = ["a", "b"]'),), fix=(('["a", "b"]', '["a", "b", "c"]'),), in_words=True),
        Case("a scale of real numbers", 'type = "rescaling", scale = 0.5', "multiplies bytes", of=NPY, wrong=(("[data]", "[data]\nscale = 0.5"),), fix=(("scale = 0.5\n", ""), ("[[layer]]", '[[layer]]\ntype = "rescaling"\nscale = 0.5\n[[layer]]'))),
        Case("a scale of real numbers that is left out", "leave out scale", "multiplies bytes", of=NPY, wrong=(("[data]", "[data]\nscale = 0.5"),), fix=(("scale = 0.5\n", ""),)),
        Case("large chunks", "memory = 2", "the file keeps it in chunks of 2500 samples", code=5, of=HDF5, wrong=(("[data]", "[data]\nmemory = 1"),), fix=(("memory = 1", "memory = 2"),)),
        Case("a checkpoint of a former version", "--run OTHER --init-weights CHECKPOINT", "the checkpoint keeps nothing of the samples", code=5, of=NPY, before=(TRAIN,), prepare=with_former_state, run="evaluate run --input x.npy --input y.npy",
             follow=train_with_the_weights, then="evaluate other --input x.npy --input y.npy", in_words=True),
        Case("arrays of a file that is not named", 'test = "', 'names arrays, but "test" names no file', of=NPZ, wrong=(("[data]", '[data]\ntest_arrays = ["x", "y"]'),), fix=(("[data]", '[data]\ntest = "arrays.npz"'),), in_words=True),
        Case("arrays of other names", 'train_arrays = [FEATURES, TARGETS] with two of these names, such as ["pictures", "kinds"]', 'expected an array "y"', code=5, of=NPZ, files={"arrays.npz": archive(pictures=X, kinds=Y)},
             fix=(("[data]", '[data]\ntrain_arrays = ["pictures", "kinds"]'),), in_words=True),
        Case("one array of another name", 'train_arrays = ["pictures"], which has no targets', 'expected an array "y"', code=5, of=NPZ.replace("units = 3", "units = 4").replace("sparse_categorical_crossentropy", 'mean_squared_error"\ntarget = "x'),
             files={"arrays.npz": archive(pictures=X)}, fix=(("[data]", '[data]\ntrain_arrays = ["pictures"]'),)),
        Case("records", 'save each field as an array of its own: np.save("length.npy", a["length"])', "records of several fields", code=5, of=NPY, files={"x.npy": array("[('length', '<f4'), ('width', '<f4')]", (24,), bytes(192))}, follow=put(x_npy=X)),
        Case("objects of Python", 'np.asarray(a, dtype="float32")', "pickled Python objects", code=5, of=NPY, files={"x.npy": (SOURCE / "tests/datasets/golden/objects.npy").read_bytes()}, follow=put(x_npy=X)),
        Case("labels that are words", "numbers = np.unique(a, return_inverse=True)", "found text", code=5, of=NPY, files={"y.npy": array("'<U4'", (24,), ("rose" * 24).encode("utf-32-le"))}, follow=put(y_npy=Y),
             fix=(("[data]", '[data]\nclass_names = ["aster", "rose", "tulip"]'),), in_words=True),
        Case("complex numbers", "save a.real and a.imag, side by side", "complex numbers", code=5, of=NPY, files={"x.npy": array("'<c8'", (24, 2), bytes(384))}, follow=put(x_npy=X)),
        Case("times", 'a.astype("int64")', "found times", code=5, of=NPY, files={"x.npy": array("'<M8[s]'", (24, 4), bytes(768))}, follow=put(x_npy=array("'<i8'", (24, 4), bytes(768)))),
        Case("numbers of a type that NumPy does not know", 'a.astype("float32")', "raw bytes", code=5, of=NPY, files={"x.npy": array("'|V2'", (24, 4), bytes(192))}, follow=put(x_npy=X)),
        Case("numbers of 16 bytes", 'a.astype("float32")', "elements of type", code=5, of=NPY, files={"x.npy": array("'<f16'", (24, 4), bytes(1536))}, follow=put(x_npy=X)),
        Case("half an array", "the file is truncated or its header is damaged; fetch it again", "promises more data", code=5, of=NPY, files={"x.npy": X[:300]}, follow=put(x_npy=X)),
        Case("half a file of images that is not packed", "the file is truncated or its header is damaged; fetch it again", "promises more data", code=5, of=IDX, files={"images": IMAGES[:60]}, follow=put(images=IMAGES)),
        Case("a damaged array", "fetch the file again", "its checksum does not match", code=5, of=NPZ, files={"arrays.npz": spoilt(WHOLE, BEGIN_OF_X + 200)}, follow=put(arrays_npz=WHOLE)),
        Case("a damaged packed array", "fetch the file again", "the packed array is damaged", code=5, of=NPZ, files={"arrays.npz": spoilt(DEFLATED, BEGIN_OF_X)}, follow=put(arrays_npz=DEFLATED)),
        Case("half an archive", "python3 -m zipfile -t ", "the archive is truncated or damaged", code=5, of=NPZ, files={"arrays.npz": WHOLE[:400]}, follow=put(arrays_npz=WHOLE), shell="python3 -m zipfile -t {place}/arrays.npz"),
        Case("two arrays of one name", "which keeps the last of each name", 'holds two arrays of the name "x"', code=5, of=NPZ, files={"arrays.npz": archive(x=X, x_=X, y=Y)}, follow=put(arrays_npz=WHOLE)),
        Case("ids that are no features", "name it in features, too", '"z" is none of the features', of=ARRAYS, wrong=(('targets', 'ids = ["z"]\ntargets'),), fix=(('ids = ["z"]\n', ""),), in_words=True),
        Case("an array that is named twice", "name it once", 'the array "x" is named twice', of=ARRAYS, wrong=(('features = ["x"]', 'features = ["x", "x"]'),), fix=(('["x", "x"]', '["x"]'),), in_words=True),
        Case("labels before images", "the first path is the file of images, the second the file of labels", "expected images (rank 2 or more), found 24 labels", code=5, of=IDX, wrong=(('["images", "labels"]', '["labels", "images"]'),),
             fix=(('["labels", "images"]', '["images", "labels"]'),), in_words=True),
        Case("images as labels", "the first path is the file of images, the second the file of labels", "expected labels (rank 1)", code=5, of=IDX, wrong=(('"labels"', '"images"'),), fix=(('["images", "images"]', '["images", "labels"]'),), in_words=True),
    )

    def write(self, case):
        for name, content in FILES.items():
            (self.place / name).write_bytes(content)
        shutil.copy(SOURCE / "tests/datasets/golden/chunks.h5", self.place)
        super().write(case)


if os.environ.get("TERANGA_SANITIZE"):  # sanitizers must be the first library of a process: another one cannot take its memory away
    ArrayHints.elsewhere = (("datasets/reading/include", "needs more memory", "hints_arrays of a build without sanitizers"),)
    ArrayHints.cases = tuple(case for case in ArrayHints.cases if "SCARCE_BYTES" not in case.environment)

if __name__ == "__main__":
    unittest.main()
