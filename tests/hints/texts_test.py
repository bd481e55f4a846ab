# SPDX-License-Identifier: Apache-2.0
"""The hints of texts: of the data sets "text", "language", "masked_language", "windows", "pairs" and "tags"."""
import gzip
import os
import shutil
import subprocess
import unittest

from arrays_test import archive, put
from generate_test import PAIRS, SENTENCES
from hints import TRAIN, Case, HintTest
from mistakes import TEXTS
from mistakes_test import write_data
from program import PROGRAM, SOURCE, npy
from tables_test import edit, with_state

END = '''[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
[training]
epochs = 1
batch_size = 8
'''
EMBEDDING = '''[[layer]]
type = "embedding"
input_dim = 40
output_dim = 4
'''
BAG = TEXTS.replace("maxlen = 6", 'encoding = "binary"').replace('type = "embedding"\ninput_dim = 20\noutput_dim = 4\n[[layer]]\ntype = "lstm"\nunits = 3', 'type = "dense"\nunits = 3')
FOLDER = TEXTS.replace('train = "moods.csv"\ntext_column = "sentence"\nlabel_column = "mood"', 'folder = "reviews"')
IMDB = TEXTS.replace('train = "moods.csv"\ntext_column = "sentence"\nlabel_column = "mood"\nnum_words = 20', 'train = "imdb.npz"').replace("input_dim = 20", "input_dim = 70003")
SEPARATED = TEXTS.replace("[data]", '[data]\nseparator = ","')
LANGUAGE = '[data]\ntype = "language"\ntrain = "words.txt"\nlevel = "word"\nlength = 4\n' + EMBEDDING + '[[layer]]\ntype = "dense"\nunits = 40\nactivation = "softmax"\n' + END
SERIES = ('[data]\ntype = "windows"\ntrain = "series.csv"\ncolumns = ["load", "wind"]\nwindow = 4\n[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "dense"\nunits = 2\n' +
          END.replace("sparse_categorical_crossentropy", "mean_squared_error"))
BY_NUMBER = SERIES.replace('["load", "wind"]', '["2", "3"]')
TRANSLATION = PAIRS.replace("epochs = 40", "epochs = 1")
OF_LINES = TRANSLATION.replace('"pairs.tsv"', '"english.txt"\ntrain_target = "french.txt"')
TAGS = '[data]\ntype = "tags"\ntrain = "tagged.txt"\n' + EMBEDDING + '[[layer]]\ntype = "dense"\nunits = 4\nactivation = "softmax"\n' + END
INLINE = TAGS.replace("[data]", '[data]\nform = "inline"')
LANGUAGE, SERIES, BY_NUMBER, TAGS, INLINE = ("schema = 1\n" + recipe for recipe in (LANGUAGE, SERIES, BY_NUMBER, TAGS, INLINE))

PIECES = TEXTS.replace("num_words = 20", 'num_words = 80\nsplit = "word_piece"\nstandardize = "bert"').replace("input_dim = 20", "input_dim = 80")
OF_FILE = PIECES.replace("num_words = 80", 'vocabulary = "vocab.txt"')
MASKED = 'schema = 1\n[data]\ntype = "masked_language"\ntrain = "words.txt"\nlength = 16\nnum_words = 60\nnext_sentence = false\n[[layer]]\ntype = "input"\nname = "ids"\nfield = "x"\n[[layer]]\ntype = "input"\nname = "places"\nfield = "places"\n' + (
    '[[layer]]\ntype = "embedding"\nname = "words"\ninput = "ids"\ninput_dim = 60\noutput_dim = 4\n[[layer]]\ntype = "gather_steps"\ninput = ["words", "places"]\n[[layer]]\ntype = "dense"\nunits = 60\nactivation = "softmax"\n' + END.replace('crossentropy"', 'crossentropy"\nignore_class = -1'))
VOCABULARY = "".join(f"{piece}\n" for piece in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "dog", "film"))

GOLDEN = SOURCE / "tests/datasets/golden"
IMDB_FILE = (GOLDEN / "imdb_4.npz").read_bytes()
DICTIONARIES = archive(x_train=(GOLDEN / "objects.npy").read_bytes(), y_train=npy((1,), "i", [0]))
WORD_INDEX = {"imdb_word_index.json": "{" + ", ".join(f'"word{i}": {i}' for i in range(1, 60)) + "}"}
TAGGED = "the DT\ncat NN\nsat VB\n\nthe DT\ndog NN\nran VB\n\n" * 3
TAGGED_INLINE = "the/DT cat/NN sat/VB\nthe/DT dog/NN ran/VB\n" * 3
COMMAS = "day;load;wind\n" + "".join(f"{i};{i % 7},5;{i % 5},25\n" for i in range(24))
LOADS = "day,load,wind\n" + "".join(f"{i},{i % 7}.5,{i % 5}.25\n" for i in range(24))
GAP = LOADS.replace("5,5.5,0.25\n", "5,,0.25\n")
UNQUOTED = "sentence,mood\n" + "".join(f"the film was {('bad', 'good')[i % 2]},{('sad', 'happy')[i % 2]}\n" for i in range(24)) + "bad, very bad,sad\n"
TABBED = "sentence\tmood\n" + "".join(f"the film, it was {('bad', 'good')[i % 2]}\t{('sad', 'happy')[i % 2]}\n" for i in range(24)) + "bad, very, very bad\tsad\n"
UNLABELLED = {"moods.csv": "sentence,mood\n" + "".join(f"the film was {('bad', 'good')[i % 2]},{('sad', 'happy')[i % 2]}\n" for i in range(24)) + "the film was fair,\n"}
LINES = "the film was good, really\nthe meal was bad\nbad, bad, bad\n"
UNNAMED = TEXTS.replace('"sentence"', '"1"').replace('"mood"', '"2"')
WITHOUT_NAMES = {"moods.csv": "".join(f"the film was {('bad', 'good')[i % 2]},{('sad', 'happy')[i % 2]}\n" for i in range(24))}
WITHOUT_CAPABILITIES = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all") if os.geteuid() == 0 else ()  # so that modes bind root, too


def write_reviews(place):
    for mood, word in (("sad", "bad"), ("happy", "good")):
        (place / "reviews" / mood).mkdir(parents=True)
        for i in range(6):
            (place / f"reviews/{mood}/{i}.txt").write_text(f"the film was {word} {word} {i}\n")


def close_folder(place):
    (place / "reviews").chmod(0o300)


def open_folder(place):
    (place / "reviews").chmod(0o700)


def drop_days(place):
    first, *rows = (place / "new.csv").read_text().splitlines()
    (place / "new.csv").write_text("\n".join([first] + [row.split(",", 1)[1] for row in rows]) + "\n")


def train_with_words(place):
    subprocess.run([PROGRAM, *TRAIN.split(), "--fresh", "--set", "data.word_index=imdb_word_index.json"], cwd=place, check=True, capture_output=True)


class TextHints(HintTest):
    area = ("datasets/text",)
    elsewhere = (("datasets/text/word_pieces.cpp", "", "dataset_masked_language"),)
    cases = (
        Case("buckets out of order", "buckets = [3, 6]", "expected ascending lengths", of=TEXTS, wrong=(("maxlen = 6", "buckets = [6, 3]"),), fix=(("buckets = [6, 3]", "buckets = [3, 6]"),)),
        Case("a bucket of no steps", "buckets = [32, 64, 128, 256]", "expected ascending lengths", of=TEXTS, wrong=(("maxlen = 6", "buckets = [0]"),), fix=(("buckets = [0]", "buckets = [32, 64, 128, 256]"),)),
        Case("buckets and a length", "leave out maxlen, or buckets", "the longest of the buckets, 6", of=TEXTS, wrong=(("maxlen = 6", "maxlen = 6\nbuckets = [3, 6]"),), fix=(("maxlen = 6\n", ""),)),
        Case("a length and buckets", "leave out maxlen, or buckets", "the longest of the buckets, 6", of=TEXTS, wrong=(("maxlen = 6", "maxlen = 6\nbuckets = [3, 6]"),), fix=(("\nbuckets = [3, 6]", ""),)),
        Case("buckets and two lengths", "leave out source_length and target_length, or buckets", "the longest of the buckets, 6", of=TRANSLATION, wrong=(("[data]", "[data]\nsource_length = 4\ntarget_length = 4\nbuckets = [3, 6]"),),
             fix=(("source_length = 4\ntarget_length = 4\n", ""),)),
        Case("a folder and a table", "leave out folder, or leave out train", "found both", of=TEXTS, wrong=(("[data]", '[data]\nfolder = "reviews"'),), fix=(('folder = "reviews"\n', ""),)),
        Case("no table", 'train = "reviews.csv"', "expected a folder of texts or a training file", of=TEXTS.replace("moods.csv", "reviews.csv"), wrong=(('train = "reviews.csv"\n', ""),), fix=(("[data]", '[data]\ntrain = "reviews.csv"'),)),
        Case("no folder", 'folder = "aclImdb"', "expected a folder of texts or a training file", of=FOLDER.replace("reviews", "aclImdb"), wrong=(('folder = "aclImdb"\n', ""),), fix=(("[data]", '[data]\nfolder = "aclImdb"'),)),
        Case("a folder and a table to test on", "leave out test", "is for tables", of=FOLDER, wrong=(("[data]", '[data]\ntest = "moods.csv"'),), fix=(('test = "moods.csv"\n', ""),)),
        Case("no columns", 'text_column = "sentence" and label_column = "mood"', "needs the name or number of this column", of=TEXTS, wrong=(('text_column = "sentence"\nlabel_column = "mood"\n', ""),),
             fix=(("[data]", '[data]\ntext_column = "sentence"\nlabel_column = "mood"'),)),
        Case("columns by number under a line of names", 'header = "true"', "cannot tell whether the first line names the columns", of=TEXTS, wrong=(('"sentence"', '"1"'), ('"mood"', '"2"')), fix=(("[data]", '[data]\nheader = "true"'),)),
        Case("columns by number and a label that is there once", 'header = "false"', "cannot tell whether the first line names the columns", of=TEXTS.replace("units = 2", "units = 3").replace('"sentence"', '"1"').replace('"mood"', '"2"'),
             files={"moods.csv": UNLABELLED["moods.csv"].replace("sentence,mood", "the film was odd,bored").replace("fair,", "fair,sad")}, fix=(("[data]", '[data]\nheader = "false"'),)),
        Case("samples longer than the text", "length = 23", "expected a text of 101 words or more in the training part", code=5, of=LANGUAGE, wrong=(("length = 4", "length = 100"),), fix=(("length = 100", "length = 23"),)),
        Case("samples longer than the text of a part", "length = 5", "expected a text of 11 words or more in the test part", code=5, of=LANGUAGE, wrong=(("length = 4", "length = 10\ntest_split = 0.25"),), fix=(("length = 10", "length = 5"),)),
        Case("windows longer than the series", "window = 23", "expected 101 rows or more in the training part", code=5, of=SERIES, wrong=(("window = 4", "window = 100"),), fix=(("window = 100", "window = 23"),)),
        Case("windows longer than the series of a part", "window = 5", "in the validation part", code=5, of=SERIES, wrong=(("window = 4", "window = 10\nvalidation_share = 0.25"),), fix=(("window = 10", "window = 5"),)),
        Case("decimal points asked for, commas found", 'decimal = ","', "expected a number with a decimal point", code=5, of=SERIES, files={"series.csv": COMMAS}, wrong=(("[data]", '[data]\ndecimal = "."'),), fix=(('decimal = "."', 'decimal = ","'),)),
        Case("a series by numbers of columns under a line of names", 'header = "true"', 'found "load"', code=5, of=BY_NUMBER, fix=(("[data]", '[data]\nheader = "true"'),)),
        Case("a series under years", 'header = "true"', "may be names or values", of=BY_NUMBER, files={"series.csv": LOADS.replace("day,load,wind", "2019,2020,2021")}, fix=(("[data]", '[data]\nheader = "true"'),)),
        Case("a series with a gap", "write a number there: a time series has no gaps", "expected a number in the column", code=5, of=SERIES, files={"series.csv": GAP}, follow=edit("series.csv", "5,,0.25\n", "5,5.5,0.25\n")),
        Case("a blank line in a series of one column", "write a number there, or leave the line out: a time series has no gaps", "found a blank line", code=5, of=SERIES.replace('["load", "wind"]', '["load"]').replace("units = 2", "units = 1"),
             files={"series.csv": "load\n" + "".join(f"{i % 7}.5\n" for i in range(12)) + "\n" + "".join(f"{i % 7}.5\n" for i in range(12))}, follow=edit("series.csv", "\n\n", "\n")),
        Case("new columns in capitals", 'rename the column "Wind" to "wind"', 'expected the columns of the training, found none called "wind"; there are "load", "Wind"', code=5, of=SERIES, files={"new.csv": LOADS.replace("day,", "").replace("wind", "Wind")}, before=(TRAIN,), run="predict run --input new.csv",
             follow=edit("new.csv", "Wind", "wind"), prepare=drop_days),
        Case("a new series with fewer columns", "write the columns in the order of the training table", "expected a column number 3, as the training table has it, found 2 columns", code=5, of=BY_NUMBER.replace("[data]", '[data]\nheader = "true"'), files={"new.csv": LOADS.replace("day,", "")}, before=(TRAIN,),
             run="predict run --input new.csv", prepare=drop_days, follow=lambda place: (place / "new.csv").write_text(LOADS)),
        Case("a checkpoint of a former version", "train anew: --fresh, or another --run", "the checkpoint was made by a former version", code=5, of=SERIES, before=(TRAIN,), prepare=with_state("teranga.windows 1\n"), run=TRAIN, then=TRAIN + " --fresh"),
        Case("a text for a series", "--input FILE.csv", "expected a table of rows, found a text", code=5, of=SERIES, before=(TRAIN,), run='predict run --text "1 2 3 4"', then="predict run --input series.csv", in_words=True),
        Case("targets without sources", "leave out test_target", "there is no source to these targets", of=TRANSLATION, wrong=(("[data]", '[data]\ntest_target = "french.txt"'),), fix=(('test_target = "french.txt"\n', ""),)),
        Case("targets whose sources are not named", 'test = "FILE" with their source sentences', "there is no source to these targets", of=TRANSLATION, wrong=(("[data]", '[data]\ntest_target = "french.txt"'),), fix=(("[data]", '[data]\ntest = "english.txt"'),), in_words=True),
        Case("fewer targets than sources", "compare with: wc -l ", "one for each of", code=5, of=OF_LINES, files={"french.txt": "chat\n"}, shell="wc -l {place}/english.txt {place}/french.txt", follow=put(french_txt="".join(f"{b}\n" for _, b in SENTENCES).encode())),
        Case("dictionaries in place of Keras's lists", "only arrays of lists of whole numbers are read, as in Keras's imdb.npz", "of the pickle", code=5, of=IMDB, files={"imdb.npz": DICTIONARIES}, follow=put(imdb_npz=IMDB_FILE)),
        Case("a share of a text beside a text", "leave out validation_share", "the validation part has files of its own as well", of=LANGUAGE, wrong=(("[data]", '[data]\nvalidation = "words.txt"\nvalidation_share = 0.2'),), fix=(("validation_share = 0.2\n", ""),)),
        Case("tags behind slashes", 'form = "inline"', "tokens and tags with slashes between them", code=5, of=TAGS, files={"tagged.txt": TAGGED_INLINE}, fix=(("[data]", '[data]\nform = "inline"'),)),
        Case("a tag in a column that is not there", "token_column = 1 and tag_column = -1", "expected a token and its tag", code=5, of=TAGS, wrong=(("[data]", "[data]\ntag_column = 3"),), fix=(("tag_column = 3", "token_column = 1\ntag_column = -1"),)),
        Case("a token in the column of the tag", "token_column = 2 and tag_column = 1", "expected a token and its tag", code=5, of=TAGS.replace("units = 4", "units = 6"), wrong=(("[data]", "[data]\ntoken_column = 2"),),
             fix=(("token_column = 2", "token_column = 2\ntag_column = 1"),)),
        Case("a line that ends a sentence by a mark", "between sentences there is a blank line", "expected a token and its tag", code=5, of=TAGS, files={"tagged.txt": TAGGED.replace("\n\n", "\n---\n")}, follow=put(tagged_txt=TAGGED.encode())),
        Case("a token a line", 'form = "lines"', "expected token/tag", code=5, of=INLINE, files={"tagged.txt": TAGGED}, fix=(('"inline"', '"lines"'),)),
        Case("a word without a tag", "a slash stands between a token and its tag: the/DT", 'expected token/tag, found "dog"', code=5, of=INLINE, files={"tagged.txt": TAGGED_INLINE.replace("dog/NN", "dog")}, follow=put(tagged_txt=TAGGED_INLINE.encode())),
        Case("columns counted from 0", "token_column = 1", "found 0", of=TAGS, wrong=(("[data]", "[data]\ntoken_column = 0"),), fix=(("token_column = 0", "token_column = 1"),)),
        Case("the tag counted from 0", "tag_column = -1", "found 0", of=TAGS, wrong=(("[data]", "[data]\ntag_column = 0"),), fix=(("tag_column = 0", "tag_column = -1"),)),
        Case("a length of a bag", "leave out maxlen", "a bag of words", of=BAG, wrong=(("[data]", "[data]\nmaxlen = 6"),), fix=(("maxlen = 6\n", ""),)),
        Case("buckets of a bag", "leave out buckets", "a bag of words", of=BAG, wrong=(("[data]", "[data]\nbuckets = [3, 6]"),), fix=(("buckets = [3, 6]\n", ""),)),
        Case("words for a network of numbers", "--set data.word_index=imdb_word_index.json", "nobody told it the words", code=5, of=IMDB, files=WORD_INDEX, before=(TRAIN,), run='predict run --text "word1 word2"',
             follow=train_with_words),
        Case("an index for words", "leave out word_index", "is for Keras's npz files", of=TEXTS, files=WORD_INDEX, wrong=(("[data]", '[data]\nword_index = "imdb_word_index.json"'),), fix=(('word_index = "imdb_word_index.json"\n', ""),)),
        Case("numbers that are numbered otherwise", 'ids = "keras_imdb"', "is numbered as keras_imdb", of=IMDB, wrong=(("[data]", '[data]\nids = "text_vectorization"'),), fix=(('"text_vectorization"', '"keras_imdb"'),)),
        Case("words from the id of unknown ones", "index_from = 3", "expected words after start_char 1 and oov_char 2", of=TEXTS, wrong=(("[data]", "[data]\nindex_from = 2"),), fix=(("index_from = 2", "index_from = 3"),)),
        Case("words from a later id", "num_words = 10020", "leaves no room for words", of=TEXTS.replace("input_dim = 20", "input_dim = 10020"), wrong=(("[data]", "[data]\nindex_from = 20"),), fix=(("num_words = 20", "num_words = 10020"),)),
        Case("an id beyond the words", "num_words = 90001", "expected an id below", of=IMDB.replace("70003", "90001"), wrong=(("[data]", "[data]\noov_char = 90000"),), fix=(("[data]", "[data]\nnum_words = 90001"),)),
        Case("a folder that nobody may list", "look with: ls -ld ", "cannot be listed", code=5, of=FOLDER, prepare=close_folder, through=WITHOUT_CAPABILITIES, shell="ls -ld {place}/reviews", follow=open_folder),
        Case("a wrong column of texts", 'text_column = "sentence"', 'found "sentences"', of=TEXTS, wrong=(('"sentence"', '"sentences"'),), fix=(('"sentences"', '"sentence"'),)),
        Case("a wrong column of labels", 'label_column = "mood"', 'found "label"', of=TEXTS, wrong=(('"mood"', '"label"'),), fix=(('"label"', '"mood"'),)),
        Case("a separator in words", 'separator = "auto"', 'found "comma"', of=TEXTS, wrong=(("[data]", '[data]\nseparator = "comma"'),), fix=(('"comma"', '"auto"'),)),
        Case("commas in a text without quotes", 'a cell that holds "," stands in quotes', "expected 2 cells as in the first line, found 3", code=5, of=TEXTS, files={"moods.csv": UNQUOTED}, follow=edit("moods.csv", "bad, very bad", '"bad, very bad"')),
        Case("another separator", 'separator = "tab"', "cells as in the first line", code=5, of=SEPARATED.replace('"sentence"', '"1"').replace('"mood"', '"2"'), files={"moods.csv": TABBED.split("\n", 1)[1]},
             fix=(('separator = ","', 'separator = "tab"'),)),
        Case("a table of commas", 'separator = ","', "found one cell in each line", of=TRANSLATION, files={"pairs.tsv": "".join(f"{a},{b}\n" for a, b in SENTENCES)}, fix=(("[data]", '[data]\nseparator = ","'),)),
        Case("a sentence without its translation", "write all cells of the line, with a tab between them", "between tabs, found 1", code=5, of=TRANSLATION, files={"pairs.tsv": "".join(f"{a}\t{b}\n" for a, b in SENTENCES) + "house\n"},
             follow=edit("pairs.tsv", "\nhouse\n", "\nhouse\tmaison\n")),
        Case("a folder with a tilde", '"~" stands for no folder in a recipe; write the path in full: {place}/reviews', "there is no such folder", code=5, of=FOLDER, environment={"HOME": "{place}"}, wrong=(('"reviews"', '"~/reviews"'),), fix=(('"~/reviews"', '"{place}/reviews"'),), in_words=True),
        Case("a folder as seen from elsewhere", "in a copy, write absolute paths", "there is no such folder", code=5, of=FOLDER, wrong=(('"reviews"', '"gone/reviews"'),), fix=(('"gone/reviews"', '"{place}/reviews"'),), in_words=True),
        Case("a folder of a package", "apt-get install --no-install-recommends python3-pattern", "there is no such folder", code=5, of=FOLDER, wrong=(('"reviews"', '"/usr/share/doc/python3-pattern/none/reviews"'),),
             fix=(('"/usr/share/doc/python3-pattern/none/reviews"', '"reviews"'),), in_words=True),
        Case("a misspelt folder", "look with: ls -l ", "there is no such folder", code=5, of=FOLDER, wrong=(('"reviews"', '"review"'),), shell="ls -l {place}", fix=(('"review"', '"reviews"'),), in_words=True),
        Case("a file in place of a folder", "look with: ls -l ", "expected a folder of class folders, found something else", code=5, of=FOLDER, wrong=(('"reviews"', '"moods.csv"'),), shell="ls -l {place}", fix=(('"moods.csv"', '"reviews"'),), in_words=True),
        Case("a folder without classes", "/CLASS/*.txt", "expected a folder for each class, found none", code=5, of=FOLDER, wrong=(('"reviews"', '"others"'),), files={"others/0.txt": "the film was good\n"},
             follow=lambda place: shutil.copytree(place / "reviews", place / "others", dirs_exist_ok=True)),
        Case("a class without texts", "remove the folder, or look with: ls -l ", "expected texts (*.txt) of this class, found none", code=5, of=FOLDER.replace("units = 2", "units = 3"), files={"reviews/bored/0.doc": "..."}, shell="ls -l {place}/reviews/bored",
             follow=lambda place: (place / "reviews/bored/0.doc").unlink() or (place / "reviews/bored/0.txt").write_text("the film was dull\n")),
        Case("a class that is none", "remove the folder", "expected texts (*.txt) of this class, found none", code=5, of=FOLDER, files={"reviews/notes/0.doc": "..."}, follow=lambda place: shutil.rmtree(place / "reviews/notes")),
        Case("a text without a label", "give each line a label, or remove the lines without one from the file", "expected a label in the column", code=5, of=TEXTS, files=UNLABELLED, follow=edit("moods.csv", "the film was fair,\n", "")),
        Case("a table for a network of a folder", "--set data.text_column=sentence", "needs the name or number of the column of texts", of=FOLDER, before=(TRAIN,), run="predict run --input moods.csv", then="predict run --input moods.csv --set data.text_column=sentence"),
        Case("lines in a file called .csv for a network of a folder", "where each line is a text: mv {place}/new.csv {place}/new.txt", "needs the name or number of the column of texts", of=FOLDER, files={"new.csv": LINES}, before=(TRAIN,), run="predict run --input new.csv",
             shell="mv {place}/new.csv {place}/new.txt", then="predict run --input new.txt"),
        Case("lines in a file called .csv", "where each line is a text: mv {place}/new.csv {place}/new.txt", 'or a number from 1 to 2, found "sentence"', of=TEXTS, files={"new.csv": LINES}, before=(TRAIN,), run="predict run --input new.csv",
             shell="mv {place}/new.csv {place}/new.txt", then="predict run --input new.txt"),
        Case("lines in a file called .csv beside a .txt", "where each line is a text: mv {place}/new.csv {place}/new.lines.txt", 'or a number from 1 to 2, found "sentence"', of=TEXTS, files={"new.csv": LINES, "new.txt": "another file\n"}, before=(TRAIN,), run="predict run --input new.csv",
             shell="mv {place}/new.csv {place}/new.lines.txt", then="predict run --input new.lines.txt"),
        Case("lines in a packed file called .CSV", "where each line is a text: mv {place}/new.CSV.gz {place}/new.txt.gz", 'or a number from 1 to 2, found "sentence"', of=TEXTS, files={"new.CSV.gz": gzip.compress(LINES.encode())}, before=(TRAIN,), run="predict run --input new.CSV.gz",
             shell="mv {place}/new.CSV.gz {place}/new.txt.gz", then="predict run --input new.txt.gz"),
        Case("lines in a file called .csv, by number", "or where each line is a text: mv {place}/new.csv {place}/new.txt", "expected 2 cells as in the first line, found 1", code=5, of=UNNAMED, files={**WITHOUT_NAMES, "new.csv": LINES}, before=(TRAIN,), run="predict run --input new.csv",
             shell="mv {place}/new.csv {place}/new.txt", then="predict run --input new.txt"),
        Case("lines that begin with a quote in a file called .csv", "or where each line is a text: mv {place}/new.csv {place}/new.txt", "after a closing quote", code=5, of=TEXTS, files={"new.csv": '"The film" was good\nthe meal was bad\n'}, before=(TRAIN,), run="predict run --input new.csv",
             shell="mv {place}/new.csv {place}/new.txt", then="predict run --input new.txt"),
        Case("lines without commas in a file called .csv", "or where each line is a text: mv {place}/new.csv {place}/new.txt", 'or a number from 1 to 1, found "sentence"', of=TEXTS, files={"new.csv": "the film was so good\nthe meal was bad\n"}, before=(TRAIN,), run="predict run --input new.csv",
             shell="mv {place}/new.csv {place}/new.txt", then="predict run --input new.txt"),
        Case("a new column of texts without a name", "--set 'data.text_column=\"1\"'", 'or a number from 1 to 1, found "sentence"', of=TEXTS, files={"new.csv": "the film was so good\nthe meal was bad\n"}, before=(TRAIN,), run="predict run --input new.csv",
             then="predict run --input new.csv --set 'data.text_column=\"1\"'", in_words=True),
        Case("lines of one comma each in a file called .csv", "or where each line is a text: mv {place}/new.csv {place}/new.txt", 'or a number from 1 to 2, found "sentence"', of=TEXTS, files={"new.csv": "the film was good, really\nbad, very bad\n"}, before=(TRAIN,), run="predict run --input new.csv",
             shell="mv {place}/new.csv {place}/new.txt", then="predict run --input new.txt"),
        Case("lines below a name in a file called .csv", "where each line below the first is a text: sed 1d {place}/new.csv > {place}/new.txt", "expected 1 cells as in the first line, found 2", code=5, of=TEXTS, files={"new.csv": "sentence\n" + LINES}, before=(TRAIN,),
             run="predict run --input new.csv", shell="sed 1d {place}/new.csv > {place}/new.txt", then="predict run --input new.txt"),
        Case("lines below a name in a file called .txt", "where each line below the first is a text: sed 1d {place}/new.txt > {place}/new.lines.txt", "expected 1 cells as in the first line, found 2", code=5, of=TEXTS, files={"new.txt": "sentence\n" + LINES}, before=(TRAIN,),
             run="predict run --input new.txt", shell="sed 1d {place}/new.txt > {place}/new.lines.txt", then="predict run --input new.lines.txt"),
        Case("lines below a name from standard input", "with standard input in a file input.txt: ", "text: standard input:2:1: expected 1 cells as in the first line, found 2", code=5, of=TEXTS, before=(TRAIN,), run="predict run --input -",
             input="sentence\n" + LINES, follow=put(input_txt=("sentence\n" + LINES).encode()), shell="sed 1d input.txt > input.lines.txt", then="predict run --input input.lines.txt"),
        Case("lines below a name in a packed file", "gzip -dc {place}/new.CSV.gz | sed 1d | gzip > {place}/new.txt.gz", "expected 1 cells as in the first line, found 2", code=5, of=TEXTS, files={"new.CSV.gz": gzip.compress(("sentence\n" + LINES).encode())}, before=(TRAIN,),
             run="predict run --input new.CSV.gz", shell="gzip -dc {place}/new.CSV.gz | sed 1d | gzip > {place}/new.txt.gz", then="predict run --input new.txt.gz"),
        Case("a name in a line that is said to be a row", 'header = "true"', 'the first line is said to be a row, and it holds the name "sentence"', of=TEXTS, wrong=(("[data]", '[data]\nheader = "false"'),), fix=(('"false"', '"true"'),)),
        Case("a name where columns have none", 'text_column = "1"', "expected the number of a column, from 1 to 2", of=UNNAMED, files=WITHOUT_NAMES, wrong=(("[data]", '[data]\nheader = "false"'), ('text_column = "1"', 'text_column = "review"')), fix=(('"review"', '"1"'),)),
        Case("lines in UTF-16", "iconv -f UTF-16 -t UTF-8 < {place}/new.txt > {place}/new.utf8.txt makes a file that is read", "expected UTF-8 text, found UTF-16", code=5, of=TEXTS, files={"new.txt": LINES.encode("utf-16")}, before=(TRAIN,), run="predict run --input new.txt",
             shell="iconv -f UTF-16 -t UTF-8 < {place}/new.txt > {place}/new.utf8.txt", then="predict run --input new.utf8.txt"),
        Case("lines in UTF-16 without a mark", "iconv -f UTF-16LE -t UTF-8 < {place}/new.txt > {place}/new.utf8.txt", "expected UTF-8 text, found UTF-16", code=5, of=TEXTS, files={"new.txt": LINES.encode("utf-16-le")}, before=(TRAIN,), run="predict run --input new.txt",
             shell="iconv -f UTF-16LE -t UTF-8 < {place}/new.txt > {place}/new.utf8.txt", then="predict run --input new.utf8.txt"),
        Case("new texts in another column", "--set data.text_column=review", 'found "sentence"', of=TEXTS, files={"new.csv": "number,review\n1,the film was good\n2,the meal was bad\n"}, before=(TRAIN,), run="predict run --input new.csv",
             then="predict run --input new.csv --set data.text_column=review"),
        Case("texts in another column", 'text_column = "review"', 'found "text"', of=TEXTS.replace('"sentence"', '"review"'), files={"moods.csv": "number,review,mood\n" + "".join(f"{i},the film was {('bad', 'good')[i % 2]},{('sad', 'happy')[i % 2]}\n" for i in range(24))},
             wrong=(('"review"', '"text"'),), fix=(('"text"\nlabel', '"review"\nlabel'),)),
        Case("a new column of texts with the other separator in each line", "--set 'data.separator=\";\"'", "cannot tell what separates the cells", of=UNNAMED, files={**WITHOUT_NAMES, "new.csv": "good; fine\nbad; poor\n"}, before=(TRAIN,), run="predict run --input new.csv",
             then="predict run --input new.csv --set 'data.separator=\";\"'", in_words=True),
        Case("a new column of texts with the separator of the training", "--set 'data.separator=\",\"'", "cannot tell what separates the cells", of=UNNAMED, files={**WITHOUT_NAMES, "new.csv": "good; fine\nbad; poor\n"}, before=(TRAIN,), run="predict run --input new.csv",
             then="predict run --input new.csv --set 'data.separator=\",\"'", in_words=True),
        Case("a misspelt column to keep", "--keep mood", '--keep: expected one of the columns "sentence", "mood", or a number from 1 to 2, found "mod"', "predict run --input moods.csv --keep mod", code=5, of=TEXTS, before=(TRAIN,), then="predict run --input moods.csv --keep mood"),
        Case("a column to keep of a table without names", "--keep 1", "the first line names no columns", "predict run --input moods.csv --keep sentence", code=5, of=UNNAMED, files=WITHOUT_NAMES, before=(TRAIN,), then="predict run --input moods.csv --keep 1"),
        Case("a column to keep of lines", "--keep text", "texts without a table have no other column", "predict run --input new.txt --keep sentence", code=5, of=TEXTS, files={"new.txt": LINES}, before=(TRAIN,), then="predict run --input new.txt --keep text"),
        Case("names that were read as a row", "--set data.header=true", "--keep mood: the first line was read as a row", "predict run --input new.csv --keep mood", code=5, of=UNNAMED, files={**WITHOUT_NAMES, "new.csv": "sentence,mood\n" + WITHOUT_NAMES["moods.csv"]}, before=(TRAIN,),
             then="predict run --input new.csv --keep mood --set data.header=true"),
        Case("a folder of pictures in place of texts", "--input FILE.txt with a text a line", "expected texts (*.txt) in this folder, or in a folder for each class in it, found none", code=5, of=TEXTS, files={"roses/red/1.png": "", "FILE.txt": LINES}, before=(TRAIN,),
             run="predict run --input roses", then="predict run --input FILE.txt", in_words=True),
        Case("a folder of pictures in place of a folder of texts", "or --input FOLDER with texts (*.txt)", "found none", code=5, of=TEXTS, files={"roses/1.png": "", "FOLDER/1.txt": LINES}, before=(TRAIN,),
             run="predict run --input roses", then="predict run --input FOLDER", in_words=True),
        Case("parts of other names", "where they are the parts: cd {place}/films && mv Training train && mv Testing test", "found folders of folders whose names only hold these words", code=5, of=FOLDER.replace("reviews", "films"),
             files={f"films/{part}/{mood}/1.txt": mood for part in ("Training", "Testing") for mood in ("sad", "happy")}, shell="cd {place}/films && mv Training train && mv Testing test"),
        Case("a part that is a file", "remove it, or look with: ls -l ", "expected a folder, for its name is that of a part, found a file", code=5, of=FOLDER, files={**{f"reviews/train/{mood}/1.txt": mood for mood in ("sad", "happy")}, "reviews/Test": "..."},
             then="$ ls -l {place}/reviews/Test && rm {place}/reviews/Test && teranga check recipe.toml --data", in_words=True),
        Case("two validation parts", "give the other one a name that is not that of a part", "val and validation could each be the validation part", of=FOLDER, files={f"reviews/{part}/{mood}/1.txt": mood for part in ("train", "val", "validation") for mood in ("sad", "happy")},
             follow=lambda place: (place / "reviews/val").rename(place / "reviews/former")),
        Case("too few pieces of words", "num_words = 62", "expected room for 31 marks and characters of the training texts, found 20", of=PIECES, wrong=(("num_words = 80", "num_words = 20"),), fix=(("num_words = 20", "num_words = 62"),)),
        Case("pieces for whole words", 'split = "word_piece"', "is a file of pieces of words, and words are not cut into pieces", of=OF_FILE, wrong=(('split = "word_piece"\n', ""),), fix=(("[data]", '[data]\nsplit = "word_piece"'),)),
        Case("ids of words for pieces", "leave out ids", 'the ids of split = "word_piece" are those of its vocabulary', of=PIECES, wrong=(("[data]", '[data]\nids = "text_vectorization"'),), fix=(('ids = "text_vectorization"\n', ""),)),
        Case("pieces of numbers", "leave out split", "has numbers of words, which have no pieces", of=IMDB, wrong=(("[data]", '[data]\nsplit = "word_piece"'),), fix=(('split = "word_piece"\n', ""),)),
        Case("segments of a bag", "leave out segments", "has none", of=BAG, wrong=(("[data]", "[data]\nsegments = true"),), fix=(("segments = true\n", ""),)),
        Case("fewer ids than pieces", "num_words = 9", "vocab.txt, found 5", of=OF_FILE, wrong=(("[data]", "[data]\nnum_words = 5"),), fix=(("num_words = 5", "num_words = 9"),)),
        Case("more hidden steps than steps", "most_masked = 16", "expected at most the 16 steps of a sample, found 20", of=MASKED, wrong=(("[data]", "[data]\nmost_masked = 20"),), fix=(("most_masked = 20", "most_masked = 16"),)),
        Case("a vocabulary that can hide nothing", "a line [MASK] at the end of the file", "expected [MASK] among the 8 pieces, found none", code=5, of=MASKED.replace("num_words = 60", 'vocabulary = "vocab.txt"'), files={"vocab.txt": VOCABULARY.replace("[MASK]\n", "")},
             follow=put(vocab_txt=(VOCABULARY.replace("[MASK]\n", "") + "[MASK]\n").encode())),
        Case("fewer ids than pieces of hidden words", "num_words = 9", "the pieces of", of=MASKED, wrong=(("num_words = 60", 'vocabulary = "vocab.txt"\nnum_words = 6'),), fix=(("num_words = 6", "num_words = 9"),)),
    )

    def write(self, case):
        write_data(self.place)
        write_reviews(self.place)
        shutil.copytree(self.place / "reviews", self.place / "aclImdb")
        (self.place / "reviews.csv").write_bytes((self.place / "moods.csv").read_bytes())
        (self.place / "imdb.npz").write_bytes(IMDB_FILE)
        (self.place / "vocab.txt").write_text(VOCABULARY)
        (self.place / "words.txt").write_text("the cat sat on the mat the dog ran to the cat " * 2)
        (self.place / "series.csv").write_text(LOADS)
        (self.place / "pairs.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in SENTENCES))
        (self.place / "english.txt").write_text("".join(f"{a}\n" for a, _ in SENTENCES))
        (self.place / "french.txt").write_text("".join(f"{b}\n" for _, b in SENTENCES))
        (self.place / "tagged.txt").write_text(TAGGED)
        super().write(case)


if __name__ == "__main__":
    unittest.main()
