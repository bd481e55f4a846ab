# SPDX-License-Identifier: Apache-2.0
# Makes word_pieces.hpp and word_pieces.txt, what word_pieces_test.cpp compares with: BertWordPieceTokenizer of HuggingFace's tokenizers itself.
#   pip install tokenizers && python make_word_pieces.py
# (made with tokenizers 0.23.3). The texts have no character that Unicode got after its version 8, of which the tables of tokenizers are.
import gzip
import pathlib

from tokenizers import BertWordPieceTokenizer

here = pathlib.Path(__file__).parent
SIZE, LENGTH = 600, 24

novel = gzip.open(here / "../../../datasets/texts/northanger-abbey.txt.gz", "rt").read().split("\n")
documents = [line for line in novel[34:60] if line] + [
    "D\u00e9j\u00e0 vu: l'\u00e9t\u00e9 \u00e0 la CR\u00c8ME br\u00fbl\u00e9e, na\u00efve fa\u00e7ade!",
    "Stra\u00dfe, \u00dcBER \u00d6L; M\u00dcNCHEN, M\u00fcnchen.",
    "\u5317\u4eac\u5e02 is Beijing, \u6771\u4eac T\u014dky\u014d; \u3072\u3089\u304c\u306a \u30ab\u30bf\u30ab\u30ca \ud55c\uad6d\uc5b4",
    "it's 3.14159 or $5.00 + 20% = ~6^2; <tag> [x] {y} a_b #1 @home \\ | `q`",
]
probes = [
    "",
    "   \t \n \r\n ",
    "unaffable unbelievably believing",
    "a" * 100 + " " + "a" * 101,
    "control\x07 \x01zero\x1fwidth\u200b joined\u00adsoft\ufeffmark \ufffd gone \x0bvertical\x0cfeed",
    "blanks\u00a0of\u2003every\u3000kind\u2028and\u2029more\u1680ones\x85next",
    "\u0130stanbul \u03a3\u03a3 \u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3 \u01c5 \ufb01ne \u1e9e \u2126 \u212a\u00c5",
    "combining e\u0301 and o\u0308\u0327 q\u0307\u0323; \u037e \u0387 \u00ab\u201cquotes\u201d\u00bb \u2014 \u2026 \u00bf\u00a1 \u20ac \u00a9 \u2122",
    "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22 \u0939\u093f\u0928\u094d\u0926\u0940 \u05e2\u05b4\u05d1\u05b0\u05e8\u05b4\u05d9\u05ea \u0627\u0644\u0639\u064e\u0631\u064e\u0628\u0650\u064a\u0651\u064e\u0629",
    "emoji \U0001f600\U0001f468\u200d\U0001f469 \U00020000\U0002f800 \U0001d400\ue000\U000f0000 end",
    "the [MASK] of [mask] and[SEP]more [CLS] [UNK]x [PAD]",
    "[", "[]", "[MASK", "the-well-known thing--and its sister's",
]


def tokenizer(vocabulary=None, **ways):
    made = BertWordPieceTokenizer(vocabulary, **ways)
    made.enable_truncation(LENGTH)
    made.enable_padding(length=LENGTH)
    return made


def learnt():
    one = BertWordPieceTokenizer()
    one.train_from_iterator(novel + documents[-4:], vocab_size=SIZE, show_progress=False)
    return one.get_vocab()


# From the whole novel and the last four documents. Which of several pairs that are equally frequent is joined first changes from run to run there: the size is chosen so that the
# set of pieces does not depend on it.
runs = [learnt() for _ in range(10)]
assert all(set(run) == set(runs[0]) for run in runs), "another SIZE, please"
assert len(runs[0]) == SIZE
pieces = sorted(runs[0], key=runs[0].get)
pieces = pieces[:5] + sorted(pieces[5:])
(here / "word_pieces.txt").write_text("".join(piece + "\n" for piece in pieces))

lines = ["// SPDX-License-Identifier: Apache-2.0", "// Made by make_word_pieces.py.", "#pragma once", "", "#include <cstdint>", "#include <string>", "#include <vector>", "",
         "namespace teranga::test::golden {", ""]


def text(value):
    data = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in value.encode())
    return f'std::string("{data}", {len(value.encode())})'


def write_texts(name, values, a_line=1):
    lines.append(f"inline const std::vector<std::string> {name} = {{")
    lines.extend("    " + ", ".join(map(text, values[i:i + a_line])) + "," for i in range(0, len(values), a_line))
    lines[-1] = lines[-1].rstrip(",") + "};"


write_texts("piece_documents", documents)
write_texts("piece_probes", probes)
write_texts("learnt_pieces", sorted(pieces), 6)
vocabulary = {piece: i for i, piece in enumerate(pieces)}
for name, ways in {"bert": {}, "bert_lower": {"strip_accents": False}, "bert_cased": {"lowercase": False}}.items():
    using = tokenizer(vocabulary, **ways)
    lines.append(f"inline const std::vector<std::int32_t> ids_{name} = {{")
    for document in documents + probes:
        ids = using.encode(document).ids
        assert len(ids) == LENGTH
        lines.append("    " + ", ".join(map(str, ids)) + ",")
    lines[-1] = lines[-1].rstrip(",") + "};"
lines += ["", "}  // namespace teranga::test::golden", ""]
(here / "word_pieces.hpp").write_text("\n".join(lines))
