# SPDX-License-Identifier: Apache-2.0
# Makes imdb_*.npz and texts.hpp, what text_test.cpp compares with: keras.layers.TextVectorization, keras.utils.pad_sequences and
# keras.datasets.imdb.load_data themselves. The layer wants TensorFlow:
#   pip install keras tensorflow-cpu && KERAS_BACKEND=tensorflow python make_texts.py
# (made with Keras 3.15 and TensorFlow 2.21).
import io
import pathlib
import pickle
import zipfile

import keras
import numpy as np
import tensorflow as tf

here = pathlib.Path(__file__).parent

documents = [
    "The cat sat on the mat. The cat, it SAT!",
    "A dog (brown) ran; a cat ran -- fast.",
    "Don't stop: the well-known dog's tail_wagged 42 times 42",
    "",
    "  zebra \t yak\n\nzebra  ",
    "mat on the dog",
    # Letters and blanks beyond ASCII stay as they are; of the controls only \t \n \v \f \r part words.
    "\u00a0a\u00a0b \u00c9COLE \u00e9cole l\u2019\u00e9t\u00e9\x0bx\x0cy\x1cz",
    "\u00c9COLE cat a\u2003b",
]


num_words = 16
layer = keras.layers.TextVectorization(max_tokens=num_words)
layer.adapt(documents)
vocabulary = [str(w) for w in layer.get_vocabulary()[2:]]
vectorized = [[int(i) for i in row if i != 0] for row in np.array(layer(documents))]

lines = ["// SPDX-License-Identifier: Apache-2.0", "// Made by make_texts.py.", "#pragma once", "", "#include <cstdint>", "#include <string>", "#include <vector>", "",
         "namespace teranga::test::golden {", ""]


def text(value):
    return '"' + "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in value.encode()) + '"'


def write(name, kind, values):
    values = np.asarray(values).ravel()
    shown = [str(int(v)) if kind == "std::int32_t" else f"{float(v):.9g}" for v in values]
    shown = [s if kind == "std::int32_t" else s + ("" if "." in s or "e" in s else ".") + "f" for s in shown]
    lines.append(f"inline const std::vector<{kind}> {name} = {{")
    for i in range(0, len(shown), 20):
        lines.append("    " + ", ".join(shown[i:i + 20]) + ",")
    lines[-1] = lines[-1].rstrip(",") + "};"


lines.append("inline const std::vector<std::string> documents = {" + ", ".join(text(d) for d in documents) + "};")

# The other scheme's ids from those of the layer: 2 and more words, 1 unknown. The least frequent one is unknown there, as one id more is reserved.
schemes = {"text_vectorization": vectorized,
           "keras_imdb": [[1] + [i + 1 if 2 <= i < num_words - 1 else 2 for i in row] for row in vectorized]}
for scheme, ids in schemes.items():
    for padding in ("pre", "post"):
        for truncating in ("pre", "post"):
            write(f"{scheme}_{padding}_{truncating}", "std::int32_t", keras.utils.pad_sequences(ids, maxlen=7, padding=padding, truncating=truncating))

for mode, name in (("multi_hot", "bag_binary"), ("count", "bag_count"), ("tf_idf", "bag_tf_idf")):
    bag = keras.layers.TextVectorization(max_tokens=num_words, output_mode=mode)
    bag.adapt(tf.data.Dataset.from_tensor_slices(documents).batch(4))
    write(name, "float", np.array(bag(documents)))

# Lists as in imdb.npz, in the pickle protocols that NumPy has written over the years.
x_train = [[1, 5, 9, 300, 2], [7], [4, 4, 70000, 8], [], list(range(1, 2500))]
x_test = [[3, 2, 1], [11, 6]]
y_train, y_test = np.array([1, 0, 1, 0, 1]), np.array([0, 1])


def objects(lists):
    array = np.empty(len(lists), dtype=object)
    array[:] = lists
    return array


def npz(path, protocol, rename):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in (("x_train", objects(x_train)), ("y_train", y_train), ("x_test", objects(x_test)), ("y_test", y_test)):
            out = io.BytesIO()
            if array.dtype == object:
                np.lib.format.write_array_header_1_0(out, np.lib.format.header_data_from_array_1_0(array))
                dumped = pickle.dumps(array, protocol=protocol)
                out.write(dumped.replace(b"numpy._core.multiarray", b"numpy.core.multiarray") if rename and protocol < 4 else dumped)
            else:
                np.lib.format.write_array(out, array, allow_pickle=False)
            member = zipfile.ZipInfo(name + ".npy", (2024, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, out.getvalue())


for protocol in (2, 3, 4, 5):
    npz(here / f"imdb_{protocol}.npz", protocol, True)

from keras.src.datasets import imdb  # noqa: E402

imdb.get_file = lambda *arguments, **named: str(here / "imdb_4.npz")


def loaded(**how):
    (x, y), (tx, ty) = imdb.load_data(seed=113, **how)

    def in_file_order(values, n):
        indices = np.arange(n)
        shuffled = np.random.RandomState(113)
        if n == len(x_test):  # load_data draws the training part's order first
            shuffled.shuffle(np.arange(len(x_train)))
        shuffled.shuffle(indices)
        back = [None] * n
        for at, index in enumerate(indices):
            back[index] = values[at]
        return back

    assert in_file_order(list(y), len(x_train)) == list(y_train)
    return in_file_order(list(x), len(x_train)), in_file_order(list(tx), len(x_test))


train, test = loaded(num_words=20)
write("imdb_20_train", "std::int32_t", keras.utils.pad_sequences(train, maxlen=6))
write("imdb_20_test", "std::int32_t", keras.utils.pad_sequences(test, maxlen=6, padding="post"))
train, _ = loaded()
write("imdb_all_train", "std::int32_t", keras.utils.pad_sequences(train[:4], maxlen=6, truncating="post"))
train, _ = loaded(num_words=20, start_char=None, oov_char=None, index_from=0)
write("imdb_bare_train", "std::int32_t", keras.utils.pad_sequences(train, maxlen=6))

lines += ["", "}  // namespace teranga::test::golden"]
(here / "texts.hpp").write_text("\n".join(lines) + "\n")
