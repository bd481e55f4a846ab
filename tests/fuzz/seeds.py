#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the first inputs of each fuzz target into tests/fuzz/corpus/TARGET, as seed-*: python3 seeds.py [PROGRAM]. With the program teranga it makes the checkpoint
as well. Inputs that once were findings lie beside them, as found-*, and are kept."""
import gzip
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ARRAYS = ROOT / "tests/datasets/golden"
MODEL = ROOT / "tests/exchange/golden/small.keras"


def put(target, name, data, chosen=None):
    """`chosen`: the byte in front of the data, by which the target chooses how it reads them."""
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    data = data.encode() if isinstance(data, str) else data
    (folder / f"seed-{name}").write_bytes((b"" if chosen is None else bytes([chosen])) + data)


def words():
    put("arguments", "train", "net.toml\n--set\ntraining.epochs=5\n--run=runs/a\n--threads\n4\n--progress\nplain\n--dry-run")
    put("arguments", "wrong", "net.toml\n--epochs=5\n--rate\nnan\n--progress=ba\n-oout.csv\n-i\na.csv\nb.csv\nc.csv\n--text\na b")
    put("arguments", "help", "--help")
    for i, text in enumerate(["1-02:03:04", "02:03:04", "03:04", "90s", "10m", "2h", "1d", "1.5", "-1", "1e9"]):
        put("duration", str(i), text)


def recipes():
    for name in ("mlp", "cnn", "rnn", "gan", "csv"):
        put("recipe", f"starter-{name}", (ROOT / f"launcher/starters/{name}.toml").read_text())
    for name in ("vae-fashion-mnist", "translate-en-fr", "resnet20-fashion-mnist", "imdb-attention", "finetune-letters"):
        text = (ROOT / f"launcher/recipes/{name}.toml").read_text()
        put("recipe", name, "".join(line + "\n" for line in text.splitlines() if not line.startswith("#")))
    put("recipe", "overrides", '#=training.epochs=5\n#=layer.out.units=7\n#=optimizer={ type = "adam", learning_rate = 0.1 }\n[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "dense"\n'
        'name = "out"\nunits = 3\n[loss]\ntype = "sparse_categorical_crossentropy"\nfrom_logits = true\n[optimizer]\ntype = "sgd"\n')
    put("recipe", "variables", 'variables = { u = 3, f = 2.5 }\n[block.wide]\nparameters = ["n"]\nlayer = [{ type = "dense", units = "$n * u" }]\n[[layer]]\ntype = "block:wide"\nrepeat = 2\nn = 4\n')


def tables():
    put("csv", "numbers", "a,b,c\n1,2.5,3\n4,,6\n7,8,9e3\n", 17)
    put("csv", "words", "size;colour;kind\n1,5;red;cat\n2;blue;dog\n\"3\";red;cat\n\f\nsize;colour;kind\n1,5;green;cat\n", 2)
    put("csv", "dates", "day\tn\ty\n2024-01-31\t1\t0\n2024-02-29\t2\t1\n31.12.1999\t3\t1\n", 4)
    put("csv", "arff", "% words\n@relation r\n@attribute a numeric\n@attribute 'b c' {x,y,'z w'}\n@data\n1,x\n?,'z w'\n3,y\n", 1)
    put("csv", "thousands", "n,m\n\"1,234.5\",1\n\"2,000\",0\n\"-3\",1\n", 128)
    put("text", "labelled", "A good film<br />really,pos\n\"a \"\"bad\"\" one\",neg\ngood bad,pos\n", 16)
    put("text", "bag", "a b c\tx\nb c\ty\nc c c\tx\n", 9)
    put("text", "language", "It is a truth universally acknowledged, \u00e9 \u00c9 that\nall of it\n", 18)
    put("text", "words", "one two three two one three one two\n", 11)
    put("text", "pairs", "the cat\tle chat\na dog runs\tun chien court\nthe cat\tle chat\n", 4)
    put("text", "tags", "the\tDET\ncat\tNOUN\n\nruns\tVERB\n\n", 21)
    put("text", "inline", "the/DET cat/NOUN\nruns/VERB\n", 13)
    put("text", "windows", "t,v\n1,2.5\n2,3\n3,2\n4,1\n5,0\n6,1\n", 15)
    put("text", "packed", gzip.compress(b"a,b\nc,d\n", mtime=0), 128)


def arrays():
    images = struct.pack(">4B3I", 0, 0, 8, 3, 3, 2, 2) + bytes(range(12))
    put("idx", "images", images, 1)
    put("idx", "labels", struct.pack(">4BI", 0, 0, 8, 1, 3) + b"\2\0\1", 2)
    put("idx", "floats", struct.pack(">4B2I", 0, 0, 13, 2, 2, 2) + struct.pack(">4f", 1, 2, 3, 4), 8)
    put("idx", "packed", gzip.compress(images, mtime=0), 5)
    for name, chosen in (("x_le_f4", 64), ("x_fortran", 0), ("x_be_i2", 0), ("y", 17), ("version2", 2), ("objects", 0), ("words", 1), ("x_bool", 3)):
        put("npy", name, (ARRAYS / f"{name}.npy").read_bytes(), chosen)
    put("npy", "packed", gzip.compress((ARRAYS / "x_u1.npy").read_bytes(), mtime=0), 4)
    for name, chosen in (("stored", 0), ("packed", 2)):
        put("npz", name, (ARRAYS / f"{name}.npz").read_bytes(), chosen)
    put("npz", "inside", (ARRAYS / "x_le_f4.npy").read_bytes() + b"\f" + (ARRAYS / "y.npy").read_bytes(), 19)
    with zipfile.ZipFile(ARRAYS / "imdb_2.npz") as archive:
        lists = archive.read("x_test.npy")
    put("imdb", "lists", lists, 1)
    put("imdb", "pickle", lists[lists.index(b"\n") + 1:], 6)
    with zipfile.ZipFile(ARRAYS / "imdb_5.npz") as archive:
        put("imdb", "framed", archive.read("x_test.npy"), 5)
    put("imdb", "index", json.dumps({"the": 1, "caf\u00e9": 2, "a\"b": 4}), 3)
    for name, chosen in (("arrays", 0), ("types", 1)):
        put("hdf5", name, (ARRAYS / f"{name}.h5").read_bytes(), chosen)
    for name, chosen in (("rgb8.png", 0), ("palette_transparent.png", 8), ("grey16_interlaced.png", 4), ("full_colour.jpg", 17), ("progressive.jpg", 1), ("turned.jpg", 1), ("inks.jpg", 1),
                         ("grey.pgm", 2), ("words.ppm", 3), ("grey_words.pgm", 18)):
        put("images", name.replace(".", "-"), (ARRAYS / "pictures" / name).read_bytes(), chosen)
    for name, chosen in (("speech.wav", 0), ("float.wav", 8), ("music.flac", 5), ("stereo.flac", 17), ("speech.ogg", 2)):
        put("audio", name.replace(".", "-"), (ARRAYS / "sounds" / name).read_bytes(), chosen)
    for which in range(9):
        put("learnt", str(which), b"\3\7\0\xff", which)


def note():
    """An ELF file with a segment of notes, and one with a section of them."""
    owner, value = b"Teranga\0", struct.pack("<I4H", 0x54524741, 1, 0, 0, 0)
    body = struct.pack("<3I", len(owner), len(value), 1) + owner + value
    for name, phnum, shnum in (("segment", 1, 0), ("section", 0, 1)):
        head = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 120, 0, 64, 56, phnum, 64, shnum, 0)
        segment = struct.pack("<IIQQQQQQ", 4, 4, 184, 0, 0, len(body), len(body), 4)
        section = struct.pack("<IIQQQQIIQQ", 0, 7, 0, 0, 184, len(body), 0, 0, 4, 0)
        put("note", name, head + segment + section + body)


def answers():
    def text(value):
        return struct.pack("<Q", len(value)) + value
    child = text(b"x") + struct.pack("<ii", 1, 0) + text(b"") + struct.pack("<qQQQ?Q2q", 1, 0, 96, 2048, False, 2, 4, 3)
    put("answers", "children", child + child, 1)
    put("answers", "attributes", struct.pack("<iq", 0, 5) + struct.pack("<id", 1, 0.5) + struct.pack("<i", 2) + text(b"a") + struct.pack("<iQ", 3, 1) + text(b"b"), 0)


def models(program):
    put("keras", "archive", MODEL.read_bytes(), None)
    with zipfile.ZipFile(MODEL) as archive:
        put("keras", "config", archive.read("config.json"))
        put("weights", "keras", archive.read("model.weights.h5"), 0)
    if not program:
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "import", str(MODEL), "--recipe", f"{folder}/m.toml", "--weights", f"{folder}/m.h5"], check=True, capture_output=True, timeout=60)
        put("checkpoint", "sealed", pathlib.Path(folder, "m.h5").read_bytes(), 3)


words(), recipes(), tables(), arrays(), note(), answers()
models(sys.argv[1] if len(sys.argv) > 1 else None)
