# SPDX-License-Identifier: Apache-2.0
# Makes imdb_*.npz and texts.hpp, what text_test.cpp compares with. Needs keras and numpy:
#   KERAS_BACKEND=jax python make_texts.py
# pad_sequences and imdb.load_data are Keras's own. TextVectorization itself runs on TensorFlow only, so its rules are followed here with the very
# expressions of keras/src/layers/preprocessing/{text_vectorization,index_lookup}.py (Keras 3.15): lower-casing of bytes, the punctuation pattern,
# np.lexsort over (tokens, counts) reversed, log(1 + N / (1 + n)), the mean weight for unknown words.
import io
import pathlib
import pickle
import re
import zipfile

import keras
import numpy as np

here = pathlib.Path(__file__).parent

documents = [
    "The cat sat on the mat. The cat, it SAT!",
    "A dog (brown) ran; a cat ran -- fast.",
    "Don't stop: the well-known dog's tail_wagged 42 times 42",
    "",
    "  zebra \t yak\n\nzebra  ",
    "mat on the dog",
]


def tokens(text):
    lower = bytes(text, "utf-8").lower()  # tf.strings.lower without an encoding: A-Z only
    return re.sub(rb"""[!"#$%&()\*\+,-\./:;<=>?@\[\\\]^_`{|}~\']""", b"", lower).split()


split = [tokens(d) for d in documents]
all_tokens = sorted({t for d in split for t in d})
counts = np.array([sum(d.count(t) for d in split) for t in all_tokens])
order = np.lexsort((np.array(all_tokens), counts))[::-1]
vocabulary = [all_tokens[i] for i in order]

lines = ["// SPDX-License-Identifier: Apache-2.0", "// Made by make_texts.py.", "#pragma once", "", "#include <cstdint>", "#include <string>", "#include <vector>", "",
         "namespace teranga::test::golden {", ""]


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def write(name, kind, values):
    values = np.asarray(values).ravel()
    shown = [str(int(v)) if kind == "std::int32_t" else f"{float(v):.9g}" for v in values]
    shown = [s if kind == "std::int32_t" else s + ("" if "." in s or "e" in s else ".") + "f" for s in shown]
    lines.append(f"inline const std::vector<{kind}> {name} = {{")
    for i in range(0, len(shown), 20):
        lines.append("    " + ", ".join(shown[i:i + 20]) + ",")
    lines[-1] = lines[-1].rstrip(",") + "};"


lines.append("inline const std::vector<std::string> documents = {" + ", ".join(text(d) for d in documents) + "};")

num_words = 12
for scheme, first, unknown, start in (("keras_imdb", 3, 2, [1]), ("text_vectorization", 2, 1, [])):
    kept = {t: i + first for i, t in enumerate(vocabulary[:num_words - first])}
    ids = [start + [kept.get(t, unknown) for t in d] for d in split]
    for padding in ("pre", "post"):
        for truncating in ("pre", "post"):
            write(f"{scheme}_{padding}_{truncating}", "std::int32_t", keras.utils.pad_sequences(ids, maxlen=7, padding=padding, truncating=truncating))

# The bags of TextVectorization(max_tokens=num_words): column 0 is [UNK].
kept = {t: i + 1 for i, t in enumerate(vocabulary[:num_words - 1])}
count = np.zeros((len(split), num_words), np.float32)
for row, d in zip(count, split):
    for t in d:
        row[kept.get(t, 0)] += 1
with_token = np.array([sum(t in d for d in split) for t in vocabulary[:num_words - 1]])
idf = np.log(1 + len(split) / (1 + with_token)).astype(np.float32)
idf = np.concatenate([[idf.mean()], idf]).astype(np.float32)
write("bag_binary", "float", (count > 0).astype(np.float32))
write("bag_count", "float", count)
write("bag_tf_idf", "float", count * idf)

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
