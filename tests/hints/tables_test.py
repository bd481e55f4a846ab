# SPDX-License-Identifier: Apache-2.0
"""The hints of tables: of the data set "csv", and of the readers of text files that it shares with others."""
import gzip
import os
import subprocess
import unittest

from hints import TRAIN, Case, HintTest
from mistakes import PRICES, TABLE, TEXTS
from mistakes_test import write_data


def table(first, line, count=24):
    return first + "\n" + "".join(line(i) + "\n" for i in range(count))


def kind(i):
    return ("rose", "tulip", "aster")[i % 3]


def edit(name, old, new):
    """Follows a hint that tells what to change in a file."""
    def follow(place):
        text = (place / name).read_text()
        assert old in text, text
        (place / name).write_text(text.replace(old, new))
    return follow


def with_state(state):
    """What a former version of a data set learnt."""
    return lambda place: subprocess.run([os.environ["TERANGA_FORMER_CHECKPOINT"], place / "run/checkpoints", state], check=True)


with_former_state = with_state("teranga.csv 1\n")


def fetch_again(name, content):
    return lambda place: (place / name).write_bytes(content)


FLOWERS = TABLE.replace('test = "more_flowers.csv"\n', "")
GROUPED = FLOWERS.replace("[data]", '[data]\nthousands = "none"')
DATED = FLOWERS.replace("[data]", '[data]\ndates = "split"')
MEAN = FLOWERS.replace("[data]", '[data]\nmissing = "mean"')
SENTENCE_RECIPE = TEXTS.replace("moods.csv", "flowers.csv").replace("units = 2", "units = 3").replace("input_dim = 20", "input_dim = 40")
NAMES = FLOWERS.replace("units = 3", "units = 24")
SPLIT = FLOWERS.replace("[data]", "[data]\ntest_split = 0.25")
ONE_HOT = FLOWERS.replace("[data]", "[data]\none_hot = true").replace("sparse_categorical", "categorical")
TWO_PRICES = PRICES.replace('target = "price"', 'target = ["price", "rooms"]').replace("units = 1", "units = 2")
ARFF = FLOWERS.replace("flowers.csv", "flowers.arff")
PACKED = FLOWERS.replace("flowers.csv", "flowers.csv.gz")

GOOD = table("length,width,kind", lambda i: f"{i}.5,{i % 7}.25,{kind(i)}")
COMMAS = {"flowers.csv": table("length;width;kind", lambda i: f"{i},5;{i % 7},25;{kind(i)}")}
WIDE_COMMAS = {"flowers.csv": table("length;width;kind", lambda i: f"{i * 150},5;{i * 70},25;{kind(i)}")}
LOAD_RECIPE = ('schema = 1\n[data]\ntype = "windows"\ntrain = "loads.csv"\ncolumns = "load"\nnormalize = "standard"\nwindow = 4\n[[layer]]\ntype = "flatten"\n[[layer]]\ntype = "dense"\nunits = 1\n' +
               FLOWERS[FLOWERS.index("[loss]"):].replace("sparse_categorical_crossentropy", "mean_squared_error"))
DATES = {"flowers.csv": table("sown,width,kind", lambda i: f"2024-03-{1 + i:02},{i % 7}.25,{kind(i)}")}
DOUBTFUL_DATES = {"flowers.csv": table("sown,width,kind", lambda i: f"{1 + i % 12:02}/{1 + i % 9:02}/2024,{i % 7}.25,{kind(i)}")}
MONTH_FIRST = {"flowers.csv": table("sown,width,kind", lambda i: f"{1 + i % 12:02}/{13 + i % 9:02}/2024,{i % 7}.25,{kind(i)}")}
YEARS = {"flowers.csv": table("2019,2020,2021", lambda i: f"{i}.5,{i % 7}.25,{kind(i)}")}
SHARES = {"flowers.csv": table("length,width,kind", lambda i: f"{i % 9}%,{i % 7}.25,{kind(i)}")}
SHARE_KINDS = {"flowers.csv": table("length,width,kind", lambda i: f"{i}.5,{i % 7}.25,{i % 3}%")}
MIXED_DATES = {"flowers.csv": table("sown,width,kind", lambda i: f"{('13/01/2024', '01/13/2024')[i % 2]},{i % 7}.25,{kind(i)}")}
HALF_DATES = {"flowers.csv": table("sown,width,kind", lambda i: f"{'in spring' if i == 4 else f'2024-03-{1 + i:02}'},{i % 7}.25,{kind(i)}")}
WITH_NAMES = {"flowers.csv": table("garden,width,kind", lambda i: f"garden{i},{i % 7}.25,{kind(i)}")}
NAMED_TARGET = {"flowers.csv": table("length,width,kind", lambda i: f"{i}.5,{i % 7}.25,flower{i}")}
SENTENCES = {"flowers.csv": table("praise,width,kind", lambda i: f"flower number {i} is fine,{i % 7}.25,{kind(i)}")}
UNKNOWN = {"flowers.csv": table("length,width,kind", lambda i: f"{'unknown' if i == 4 else f'{i}.5'},{i % 7}.25,{kind(i)}")}
CODES = {"flowers.csv": table("length,width,kind", lambda i: f"{i}.5,{i % 7}.25,{(1, 2, 'wild')[i % 3]}")}
DATED_KINDS = {"flowers.csv": table("length,width,kind", lambda i: f"{i}.5,{i % 7}.25,2024-03-0{1 + i % 3}")}
GARDENS = {"flowers.csv": table("length,garden,kind", lambda i: f"{i}.5,{('north', 'south')[i % 2]},{kind(i)}"),
           "more_flowers.csv": table("length,garden,kind", lambda i: f"{i}.5,{('north', 'west')[i % 2]},{kind(i)}")}
SORTED = {"flowers.csv": table("length,width,kind", lambda i: f"{i}.5,{i % 7}.25,{kind(i // 8)}")}
WORDS = {"flowers.csv": table("colour,shape,kind", lambda i: f"{('red', 'blue')[i % 2]},{('round', 'long', 'flat')[i % 3]},{kind(i)}")}
PRAISE = {"flowers.csv": table("the garden is all in bloom,red,rose", lambda i: f"the flower is so fine,{('red', 'blue')[i % 2]},{kind(i)}")}
EMPTY_COLUMN = {"flowers.csv": table("length,notes,kind", lambda i: f"{i}.5,,{kind(i)}")}
LATE_COLUMN = {"flowers.csv": table("length,width,kind,notes", lambda i: f"{i}.5,{f'{i}.25' if i >= 20 else ''},{kind(i)},a")}
NO_TARGET = {"flowers.csv": GOOD + "1.5,2.25,\n"}
DATED_GARDENS = {"flowers.csv": table("sown,garden,width,kind", lambda i: f"2024-03-{1 + i:02},garden{i},{i % 7}.25,{kind(i)}")}
UNITS = {"flowers.csv": GOOD.replace("kind\n", "kind\ncm,mm,name\n").replace("name\n", "rose\n", 1)}
TOTAL = {"flowers.csv": GOOD + "Total,72.25,rose\n"}
WORD_PRICE = {"houses.csv": table("area,rooms,price", lambda i: f"{50 + 3 * i},{i % 5},{'two' if i == 4 else 150 + i}")}
COUNTRIES = {"flowers.csv": table("length,country,kind", lambda i: f"{i % 5}.5,{('DE', 'NA', 'FR', 'US')[i % 4]},{kind(i)}")}
NUMBERED = {"flowers.csv": table("product,10,20,kind", lambda i: f"{('seed', 'bulb')[i % 2]},{i}.5,{i % 7}.25,{kind(i)}")}
NO_FEATURE = {"flowers.csv": GOOD + "1.5,,rose\n"}
TWICE = {"flowers.csv": table("kind,width,kind", lambda i: f"{kind(i)},{i % 7}.25,{kind(i)}")}
FOUR = {"flowers.csv": table("length,width,colour,kind", lambda i: f"{i}.5,{i % 7}.25,red,{kind(i)}")}
TWICE_WIDTH = {"flowers.csv": table("width,length,width,colour,kind", lambda i: f"{i}.5,{i % 7}.25,{i}.5,red,{kind(i)}")}
TWO_SEPARATORS = {"flowers.csv": table("length;width;kind", lambda i: f"{i},5;{i % 7},25;{kind(i)}").replace("length;width;kind", "length,a;width,b;kind")}
UNEVEN = {"flowers.csv": GOOD.replace("1.5,1.25,", "1.5,1.25,fine;")}
EITHER = {"flowers.csv": table("length;width;kind", lambda i: f"{1 + i % 8},{100 + i};{i % 7};{kind(i)}")}
QUOTED = {"flowers.csv": GOOD.replace(",rose", ',"wild "rose""')}
SPARSE = {"flowers.arff": "@relation f\n@attribute length numeric\n@attribute width numeric\n@attribute kind {rose,tulip,aster}\n@data\n" + "".join(f"{{0 {i}.5, 2 {kind(i)}}}\n" for i in range(24))}
FULL = "@relation f\n@attribute length numeric\n@attribute width numeric\n@attribute kind {rose,tulip,aster}\n@data\n" + "".join(f"{i}.5, 0, {kind(i)}\n" for i in range(24))
ARFF_DATES = "@relation f\n@attribute sown date yyyyMMdd\n@attribute width numeric\n@attribute kind {rose,tulip,aster}\n@data\n" + "".join(f"2024-03-{1 + i:02}, 0, {kind(i)}\n" for i in range(24))
QUOTED_ARFF = {"flowers.arff": FULL.replace("rose\n", "'rose' red'\n").replace("{rose,", "{'rose\\' red',")}


WIDE_NAMES = [f"measure_number_{i:02}" for i in range(40)]
WIDE = {"flowers.csv": table(",".join(WIDE_NAMES) + ",length,width,kind", lambda i: ",".join(str((i * j) % 7) for j in range(40)) + f",{i}.5,{i % 7}.25,{kind(i)}")}
WIDE_LATE = {"flowers.csv": table(",".join(WIDE_NAMES) + ",notes,length,width,kind", lambda i: "1," * 40 + f"{f'{i}.5' if i > 20 else ''},{i}.5,{i % 7}.25,{kind(i)}")}
MANY_DATES = {"flowers.csv": table(",".join(WIDE_NAMES[:30]) + ",length,width,kind", lambda i: "2024-01-02," * 30 + f"{i}.5,{i % 7}.25,{kind(i)}")}
MANY_LATE = {"flowers.csv": table(",".join(WIDE_NAMES) + ",length,width,kind", lambda i: (f"{i}.5," if i > 20 else ",") * 40 + f"{i}.5,{i % 7}.25,{kind(i)}")}
WIDE_TWICE = {"flowers.csv": table(",".join(WIDE_NAMES) + ",notes,notes,length,width,kind", lambda i: "1," * 40 + f"{i}.5,{i % 5}.5,{i}.5,{i % 7}.25,{kind(i)}")}
TOML_NAMES = ", ".join(f'"{name}"' for name in WIDE_NAMES)
LONG_WORDS = [f"not measured since the gauge number {i} was out of order that day" for i in range(4)]
UNMEASURED = {"flowers.csv": table("length,width,kind", lambda i: f"{LONG_WORDS[i] if i < 4 else ('', 'NA')[i % 2] if i < 8 else f'{i}.5'},{i % 7}.25,{kind(i)}")}
UNMEASURED_NULL = {"flowers.csv": UNMEASURED["flowers.csv"].replace("NA,", "null,")}
TOML_WORDS = ", ".join(f'"{word}"' for word in LONG_WORDS)
QUOTED_WIDE = {"flowers.csv": WIDE_LATE["flowers.csv"].replace(",notes,", ',"the ""notes""",')}
TWO_LATE = {"flowers.csv": table(",".join(WIDE_NAMES) + ',the remarks,the notes,length,width,kind', lambda i: "1," * 40 + f"{f'{i}.5,{i % 5}.5' if i > 20 else ','},{i}.5,{i % 7}.25,{kind(i)}")}
MEASURED = [f"measured quantity {i}" for i in range(60)]
TOML_MEASURED = ", ".join(f'"{name}"' for name in MEASURED)
SIXTY_TARGETS = {"houses.csv": table("area," + ",".join(MEASURED), lambda i: f"{50 + 3 * i}," + ",".join(("high", "low")[i % 2] if j == 7 else str((i * j) % 11) for j in range(60)))}
SIXTY_WITH_TWO = {"houses.csv": table("area," + ",".join(MEASURED), lambda i: f"{50 + 3 * i}," + ",".join(("high", "low")[i % 2] if j in (7, 8) else str((i * j) % 11) for j in range(60)))}
SIXTY_WORDS = {"houses.csv": table("area," + ",".join(MEASURED), lambda i: f"{50 + 3 * i}," + ",".join(("high", "low")[i % 2] for j in range(60)))}
TOML_TEN = ", ".join(TOML_MEASURED.split(", ")[:10])


class TableHints(HintTest):
    area = ("datasets/csv", "datasets/reading/src/arff_header.cpp", "datasets/reading/src/csv_records.cpp", "datasets/reading/src/number_form.cpp",
            "datasets/reading/src/part_rows.cpp")
    cases = (
        Case("a column to keep by a name that two have", "--keep 1, the number of one of them", '2 columns are called "note"', "predict run --input twice.csv --keep note", code=5, of=FLOWERS, before=(TRAIN,), then="predict run --input twice.csv --keep 1", in_words=True,
             files={"flowers.csv": GOOD, "twice.csv": "note,length,width,note\n1,2.5,1.25,2\n"}),
        Case("a column to keep by a name that the table does not give", "--keep 1", "since the first line names none", "predict run --input bare.csv --keep note", code=5, of=FLOWERS, before=(TRAIN,), then="predict run --input bare.csv --keep 1",
             files={"flowers.csv": GOOD, "bare.csv": "2.5,1.25\n3.5,2.25\n"}),
        Case("a misspelt column to keep", "--keep width", "--keep: expected one of the columns", "predict run --input flowers.csv --keep widht", code=5, of=FLOWERS, files={"flowers.csv": GOOD}, before=(TRAIN,), then="predict run --input flowers.csv --keep width"),
        Case("decimal points asked for, commas found", 'decimal = ","', "expected a number with a decimal point in the column", code=5, of=FLOWERS, files=COMMAS, wrong=(("[data]", '[data]\ndecimal = "."'),), fix=(('decimal = "."', 'decimal = ","'),)),
        Case("no thousands asked for, thousands found", 'thousands = "auto"', "expected a number in the column", code=5, of=FLOWERS, files={"flowers.csv": table("length,width,kind", lambda i: f"{1 + i} 500,{i % 7}.25,{kind(i)}")},
             wrong=(("[data]", '[data]\nthousands = "none"'),), fix=(('thousands = "none"', 'thousands = "auto"'),)),
        Case("a word among numbers", 'missing_words = ["", "?", "NA", "NaN", "unknown"]', 'found "unknown"', code=5, of=FLOWERS, files=UNKNOWN,
             fix=(("[data]", '[data]\nmissing_words = ["", "?", "NA", "NaN", "unknown"]\nmissing = "mean"'),)),
        Case("a word among numbers, whose column is left out", 'ignore = ["length"]', 'found "unknown"', code=5, of=FLOWERS, files=UNKNOWN, fix=(("[data]", '[data]\nignore = ["length"]'),)),
        Case("a word among numbers that are codes", 'categorical = ["length"]', 'found "unknown"', code=5, of=FLOWERS, files=UNKNOWN, fix=(("[data]", '[data]\ncategorical = ["length"]'),)),
        Case("a word among numbers of another table", 'missing_words = ["", "?", "NA", "NaN", "two"] with missing = "mean"', 'found "two"', code=5, of=TABLE, files={"more_flowers.csv": "length,width,kind\ntwo,1.5,rose\n"},
             fix=(("[data]", '[data]\nmissing_words = ["", "?", "NA", "NaN", "two"]\nmissing = "mean"'),)),
        Case("a word among targets of another table", 'missing_words = ["", "?", "NA", "NaN", "two"] with missing_target = "leave out"', 'found "two"', code=5, of=PRICES.replace("[data]", '[data]\ntest = "test.csv"'),
             files={"test.csv": "area,rooms,price\n50,2,two\n60,2,160\n"}, fix=(("[data]", '[data]\nmissing_words = ["", "?", "NA", "NaN", "two"]\nmissing_target = "leave out"'),)),
        Case("a word among numbers of a new table", "--set 'data.missing_words=[\"\", \"?\", \"NA\", \"NaN\", \"two\"]' with --set data.missing=mean", 'found "two"', code=5, of=FLOWERS, files={"new.csv": "length,width\ntwo,2.5\n1.5,\n"}, before=(TRAIN,),
             run="predict run --input new.csv", then="predict run --input new.csv --set 'data.missing_words=[\"\", \"?\", \"NA\", \"NaN\", \"two\"]' --set data.missing=mean", in_words=True),
        Case("a number that is too large", 'missing_words = ["", "?", "NA", "NaN", "1e999"] with missing = "mean"', "expected a number of the range of f32", code=5, of=FLOWERS, files={"flowers.csv": GOOD + "1e999,2.25,rose\n"},
             fix=(("[data]", '[data]\nmissing_words = ["", "?", "NA", "NaN", "1e999"]\nmissing = "mean"'),)),
        Case("a long word among numbers", f'missing_words = ["", "?", "NA", "NaN", "{LONG_WORDS[0]}"] with missing = "mean"', "expected a number in the column", code=5, of=FLOWERS, files={"flowers.csv": GOOD.replace("1.5,1.25", f"{LONG_WORDS[0]},1.25", 1)},
             fix=(("[data]", f'[data]\nmissing_words = ["", "?", "NA", "NaN", "{LONG_WORDS[0]}"]\nmissing = "mean"'),)),
        Case("long words among numbers", 'name "", "?", "NA", "NaN" and these words in missing_words with missing = "mean"', "expected a number in the column", code=5, of=FLOWERS, files=UNMEASURED, in_words=True,
             fix=(("[data]", f'[data]\nmissing_words = ["", "?", "NA", "NaN", {TOML_WORDS}]\nmissing = "mean"'),)),
        Case("long words among numbers, beside one that is usual", 'name "", "?", "NA", "NaN", "null" and these words in missing_words with missing = "mean"', "expected a number in the column", code=5, of=FLOWERS, files=UNMEASURED_NULL, in_words=True,
             fix=(("[data]", f'[data]\nmissing_words = ["", "?", "NA", "NaN", "null", {TOML_WORDS}]\nmissing = "mean"'),)),
        Case("long words among numbers where no word means missing", 'name these words in missing_words with missing = "mean"', "expected a number in the column", code=5, of=FLOWERS.replace("[data]", "[data]\nmissing_words = []"),
             files={"flowers.csv": UNMEASURED["flowers.csv"].replace("\n,", "\n1,").replace("NA,", "1,")}, in_words=True, fix=(("missing_words = []", f'missing_words = [{TOML_WORDS}]\nmissing = "mean"'),)),
        Case("long words among numbers, beside those that mean missing", "add these words to missing_words", "expected a number in the column", code=5, of=FLOWERS.replace("[data]", f'[data]\nmissing = "mean"\nmissing_words = ["", "NA", {TOML_WORDS}]'), files=UNMEASURED,
             wrong=((f'"", "NA", {TOML_WORDS}', f'"", "NA", "{"-" * 200}"'),), fix=(('"", "NA", ', f'"", "NA", {TOML_WORDS}, '),), in_words=True),
        Case("a misspelt column beside many to leave out", 'write "length" in place of "lenght" in ignore', 'found "lenght"', of=FLOWERS, files=WIDE, wrong=(("[data]", f'[data]\nignore = [{TOML_NAMES}, "lenght"]'),), fix=(('"lenght"', '"length"'),), in_words=True),
        Case("a column that is not there beside many to leave out", 'leave "garden" out of ignore', 'found "garden"', of=FLOWERS, files=WIDE, wrong=(("[data]", f'[data]\nignore = [{TOML_NAMES}, "garden"]'),), fix=((', "garden"', ""),), in_words=True),
        Case("the target beside many columns to leave out", 'leave "kind" out of ignore', "is the target", of=FLOWERS, files=WIDE, wrong=(("[data]", f'[data]\nignore = [{TOML_NAMES}, "kind"]'),), fix=((', "kind"', ""),), in_words=True),
        Case("a column without values beside many to leave out", 'add "notes" to ignore', "has no value in any training row", code=5, of=FLOWERS.replace("[data]", f'[data]\nmissing = "mean"\ntest_split = 0.2\nignore = [{TOML_NAMES}]'), files=WIDE_LATE,
             fix=(('"measure_number_00"', '"notes", "measure_number_00"'),), in_words=True),
        Case("a column with quotes in its name beside many to leave out", 'add "the \\"notes\\"" to ignore', "has no value in any training row", code=5, of=FLOWERS.replace("[data]", f'[data]\nmissing = "mean"\ntest_split = 0.2\nignore = [{TOML_NAMES}]'), files=QUOTED_WIDE,
             fix=(('"measure_number_00"', '"the \\"notes\\"", "measure_number_00"'),), in_words=True),
        Case("two columns without values beside many to leave out", 'add "the remarks", "the notes" to ignore', "have no value in any training row", code=5, of=FLOWERS.replace("[data]", f'[data]\nmissing = "mean"\ntest_split = 0.2\nignore = [{TOML_NAMES}]'), files=TWO_LATE,
             fix=(('"measure_number_00"', '"the remarks", "the notes", "measure_number_00"'),), in_words=True),
        Case("many columns without values beside many to leave out", 'more to ignore', "have no value in any training row", code=5, of=FLOWERS.replace("[data]", f'[data]\nmissing = "mean"\ntest_split = 0.2\nignore = [{", ".join(TOML_NAMES.split(", ")[:20])}]'), files=MANY_LATE,
             fix=(("ignore = [" + ", ".join(TOML_NAMES.split(", ")[:20]), f"ignore = [{TOML_NAMES}"),), in_words=True),
        Case("very many columns of dates", " and ", "30 columns cannot be used as they are", of=FLOWERS, files=MANY_DATES, fix=(("[data]", f'[data]\nignore = [{", ".join(TOML_NAMES.split(", ")[:30])}]'),), in_words=True),
        Case("very many columns without values", " and ", "have no value in any training row", code=5, of=FLOWERS.replace("[data]", '[data]\nmissing = "mean"\ntest_split = 0.2'), files=MANY_LATE, fix=(("[data]", f"[data]\nignore = [{TOML_NAMES}]"),), in_words=True),
        Case("a name of two columns beside many to leave out", 'write "41" in place of "notes" in ignore', 'two columns are called "notes"', of=FLOWERS, files=WIDE_TWICE, wrong=(("[data]", f'[data]\nignore = [{TOML_NAMES}, "notes"]'),), fix=((', "notes"]', ', "41"]'),), in_words=True),
        Case("a missing value and an unknown word in one new row", "--set data.missing=mean", '2 columns cannot be used as they are', code=5, of=FLOWERS, files={**GARDENS, "new.csv": "length,garden\n1.5,north\n,west\n"}, before=(TRAIN,), run="predict run --input new.csv",
             then="predict run --input new.csv --set data.missing=mean --set data.unknown=zeros", in_words=True),
        Case("a country that is called as one of many missing values", 'leave "NA" out of missing_words where "NA" is a word of its own', '("NA" means missing)', code=5, of=FLOWERS, files=COUNTRIES, wrong=(("[data]", f'[data]\nmissing_words = ["", {TOML_WORDS}, "{LONG_WORDS[0]} 2", "NA"]'),),
             fix=((', "NA"]', "]"),), in_words=True),
        Case("a country that is called as a missing value", 'missing_words = ["", "?", "NaN"] where "NA" is a word of its own', '("NA" means missing)', code=5, of=FLOWERS, files=COUNTRIES, fix=(("[data]", '[data]\nmissing_words = ["", "?", "NaN"]'),)),
        Case("names, some of which are numbers", 'header = "true"', '"product", "10", "20", "kind" may be names or values', of=FLOWERS, files=NUMBERED, wrong=(('"kind"', '"-1"'),), fix=(("[data]", '[data]\nheader = "true"'),)),
        Case("a target that the table does not have", 'target = "kind", for the last column', 'found "species"', of=FLOWERS, wrong=(('"kind"', '"species"'),), fix=(('"species"', '"kind"'),)),
        Case("a part of the name of a column", 'target = "kind_of_flower"', 'found "kind"', of=FLOWERS.replace('"kind"', '"kind_of_flower"'), files={"flowers.csv": GOOD.replace("kind\n", "kind_of_flower\n")}, wrong=(("kind_of_flower", "kind"),), fix=(('"kind"', '"kind_of_flower"'),)),
        Case("a column to leave out that is not there", "leave out ignore", 'found "garden"', of=FLOWERS, wrong=(("[data]", '[data]\nignore = "garden"'),), fix=(('ignore = "garden"\n', ""),)),
        Case("a column of several to leave out that is not there", 'ignore = ["width"]', 'found "garden"', of=FLOWERS, wrong=(("[data]", '[data]\nignore = ["garden", "width"]'),), fix=(('ignore = ["garden", "width"]', 'ignore = ["width"]'),)),
        Case("two new tables", "--input {place}/new.csv, and a command of its own for each other table", "expected one table, found 2", code=5, of=FLOWERS, files={"flowers.csv": GOOD, "new.csv": GOOD, "more.csv": GOOD}, before=(TRAIN,), run="predict run --input new.csv --input more.csv",
             then="predict run --input {place}/new.csv", in_words=True),
        Case("words beside numbers as targets", 'target = ["rooms", "price"] with ignore = ["town"]', "of several targets all must be numbers", of=TWO_PRICES, files={"houses.csv": table("area,town,rooms,price", lambda i: f"{50 + 3 * i},{('north', 'south')[i % 2]},{i % 5},{150 + i}")},
             wrong=(('target = ["price", "rooms"]', 'target = ["price", "town", "rooms"]'),), fix=(('target = ["price", "town", "rooms"]', 'target = ["rooms", "price"]\nignore = ["town"]'),)),
        Case("words beside numbers as targets, to be told alone", 'or target = "town" with ignore = ["rooms", "price"]', "of several targets all must be numbers", of=FLOWERS.replace("flowers.csv", "houses.csv").replace("units = 3", "units = 2").replace('"kind"', '["price", "town", "rooms"]'),
             files={"houses.csv": table("area,town,rooms,price", lambda i: f"{50 + 3 * i},{('north', 'south')[i % 2]},{i % 5},{150 + i}")}, fix=(('["price", "town", "rooms"]', '"town"\nignore = ["rooms", "price"]'),)),
        Case("words alone as targets", 'target = "town" with ignore = ["shape"]', "of several targets all must be numbers", of=FLOWERS.replace("units = 3", "units = 2").replace('"kind"', '["town", "shape"]'), files={"flowers.csv": table("area,town,shape", lambda i: f"{50 + 3 * i},{('north', 'south')[i % 2]},{kind(i)}")},
             fix=(('["town", "shape"]', '"town"\nignore = ["shape"]'),)),
        Case("a column of words among very many targets", 'leave "measured quantity 7" out of target, and add it to ignore', "of several targets all must be numbers", of=PRICES.replace('"price"', f"[{TOML_MEASURED}]").replace("units = 1", "units = 59"), files=SIXTY_TARGETS,
             fix=(('"measured quantity 7", ', ""), ('normalize = "standard"', 'normalize = "standard"\nignore = ["measured quantity 7"]')), in_words=True),
        Case("columns of words among very many targets", 'leave "measured quantity 7", "measured quantity 8" out of target, and add them to ignore', "of several targets all must be numbers", of=PRICES.replace('"price"', f"[{TOML_MEASURED}]").replace("units = 1", "units = 58"), files=SIXTY_WITH_TWO,
             fix=(('"measured quantity 7", "measured quantity 8", ', ""), ('normalize = "standard"', 'normalize = "standard"\nignore = ["measured quantity 7", "measured quantity 8"]')), in_words=True),
        Case("a column of words among many targets", 'with ignore = ["measured quantity 7"]', "of several targets all must be numbers", of=PRICES.replace('"price"', f"[{TOML_TEN}]").replace("units = 1", "units = 9"), files=SIXTY_TARGETS,
             fix=(('"measured quantity 7", ', ""), ('normalize = "standard"', 'normalize = "standard"\nignore = ["measured quantity 7"]')), in_words=True),
        Case("very many columns of words as targets", 'target = "measured quantity 0", and add the other names of target to ignore', "of several targets all must be numbers", of=FLOWERS.replace("flowers.csv", "houses.csv").replace("units = 3", "units = 2").replace('"kind"', f"[{TOML_MEASURED}]"), files=SIXTY_WORDS,
             fix=((f"[{TOML_MEASURED}]", f'"measured quantity 0"\nignore = [{TOML_MEASURED.split(", ", 1)[1]}]'),), in_words=True),
        Case("a word among dates", 'categorical = ["sown"]', 'found "in spring"', code=5, of=FLOWERS, files=HALF_DATES, fix=(("[data]", '[data]\ncategorical = ["sown"]'),)),
        Case("classes, most of which are numbers", 'target_is = "classes"', 'found "wild"', code=5, of=FLOWERS, files=CODES, fix=(('target = "kind"', 'target = "kind"\ntarget_is = "classes"'),)),
        Case("classes that are dates", 'target_is = "classes"', "a target holds numbers or classes", of=FLOWERS, files=DATED_KINDS, fix=(('target = "kind"', 'target = "kind"\ntarget_is = "classes"'),)),
        Case("dates", 'dates = "split"', "holds dates", of=FLOWERS, files=DATES, fix=(("[data]", '[data]\ndates = "split"'),)),
        Case("dates that are no features", 'dates = "ignore"', "holds dates", of=FLOWERS, files=DATES, fix=(("[data]", '[data]\ndates = "ignore"'),)),
        Case("dates of two orders", 'ignore = ["sown"]', "expected dates of one order", code=5, of=DATED, files=MIXED_DATES, fix=(("[data]", '[data]\nignore = ["sown"]'),)),
        Case("dates in doubt, the day first", 'date_order = "dmy"', "cannot tell the day from the month", of=DATED, files=DOUBTFUL_DATES, fix=(("[data]", '[data]\ndate_order = "dmy"'),)),
        Case("dates in doubt, the month first", 'date_order = "mdy"', "cannot tell the day from the month", of=DATED, files=DOUBTFUL_DATES, fix=(("[data]", '[data]\ndate_order = "mdy"'),)),
        Case("dates of another order than is asked for", 'date_order = "mdy"', "as date_order says", code=5, of=DATED, files=MONTH_FIRST, wrong=(("[data]", '[data]\ndate_order = "dmy"'),), fix=(('date_order = "dmy"', 'date_order = "mdy"'),)),
        Case("dates of another order in the table to test on", "write the dates of all tables in one order", "as in the training table", code=5, of=DATED.replace("[data]", '[data]\ntest = "test.csv"'),
             files={"flowers.csv": MONTH_FIRST["flowers.csv"], "test.csv": "sown,width,kind\n13/02/2024,1.25,rose\n"}, follow=edit("test.csv", "13/02/2024", "02/13/2024")),
        Case("a line of years", 'header = "true"', "cannot tell whether the first line names the columns", of=FLOWERS, files=YEARS, wrong=(('"kind"', '"-1"'),), fix=(("[data]", '[data]\nheader = "true"'),)),
        Case("shares as words", 'categorical = ["length"]', "look like numbers that are not read", of=FLOWERS.replace("standard", "none"), files=SHARES, fix=(("[data]", '[data]\ncategorical = ["length"]'),)),
        Case("shares that are no features", 'ignore = ["length"]', "look like numbers that are not read", of=FLOWERS, files=SHARES, fix=(("[data]", '[data]\nignore = ["length"]'),)),
        Case("shares that are to be numbers", "write them as numbers", "look like numbers that are not read", of=FLOWERS, files=SHARES, follow=edit("flowers.csv", "%", "")),
        Case("shares as classes", 'target_is = "classes"', "look like numbers that are not read", of=FLOWERS, files=SHARE_KINDS, fix=(('target = "kind"', 'target = "kind"\ntarget_is = "classes"'),)),
        Case("a table in Latin-1", "iconv -f LATIN1 -t UTF-8", "expected UTF-8 text, found a byte", code=5, of=FLOWERS, files={"flowers.csv": GOOD.replace("rose", "ros\u00e9").encode("latin-1")}, shell="iconv -f LATIN1 -t UTF-8 < {place}/flowers.csv > {place}/flowers.utf8.csv",
             fix=(("flowers.csv", "flowers.utf8.csv"),), in_words=True),
        Case("an empty column", 'ignore = ["notes"]', "has no value in any row", code=5, of=FLOWERS, files=EMPTY_COLUMN, fix=(("[data]", '[data]\nignore = ["notes"]'),)),
        Case("a column that is empty in the training rows", 'ignore = ["notes", "width"]', "has no value in any training row", code=5, of=MEAN.replace("[data]", '[data]\nignore = ["notes"]'), files=LATE_COLUMN,
             wrong=(("[data]", "[data]\ntest_split = 0.25"),), fix=(('ignore = ["notes"]', 'ignore = ["notes", "width"]'),)),
        Case("a class a row", 'target_is = "classes"', "names of the rows rather than classes", code=5, of=NAMES, files=NAMED_TARGET, fix=(('target = "kind"', 'target = "kind"\ntarget_is = "classes"'),)),
        Case("more classes than are wanted", "most_categories = 24", "more than 20 make no classes", code=5, of=NAMES, files=NAMED_TARGET, wrong=(('target = "kind"', 'target = "kind"\nmost_categories = 20'),),
             fix=(("most_categories = 20", 'target_is = "classes"\nmost_categories = 24'),)),
        Case("a name a row", 'ignore = ["garden"]', "names of the rows rather than categories", code=5, of=FLOWERS, files=WITH_NAMES, fix=(("[data]", '[data]\nignore = ["garden"]'),)),
        Case("a category a row", 'categorical = ["garden"]', "names of the rows rather than categories", code=5, of=FLOWERS, files=WITH_NAMES, fix=(("[data]", '[data]\ncategorical = ["garden"]'),)),
        Case("more categories than are wanted", "most_categories = 24", "more than 20 make no categories", code=5, of=FLOWERS, files=WITH_NAMES, wrong=(("[data]", "[data]\nmost_categories = 20"),),
             fix=(("most_categories = 20", 'categorical = ["garden"]\nmost_categories = 24'),)),
        Case("sentences as categories", 'type = "text" with text_column = "praise" and label_column = "kind"', "names of the rows rather than categories", code=5, of=SENTENCE_RECIPE,
             files=SENTENCES, wrong=(('type = "text"', 'type = "csv"'), ('text_column = "sentence"\nlabel_column = "mood"\nnum_words = 20\nmaxlen = 6\n', "")),
             fix=(('type = "csv"', 'type = "text"\ntext_column = "praise"\nlabel_column = "kind"'),)),
        Case("two columns of a name", 'target = "1"', 'two columns are called "kind"', of=FLOWERS, files=TWICE, fix=(('target = "kind"', 'target = "1"'),)),
        Case("two columns of a name, of which one is left out", 'ignore = ["colour", "1"]', 'two columns are called "width"', of=FLOWERS, files=TWICE_WIDTH, wrong=(("[data]", '[data]\nignore = ["colour", "width"]'),),
             fix=(('ignore = ["colour", "width"]', 'ignore = ["colour", "1"]'),)),
        Case("a misspelt column", 'target = "kind"', 'found "kinds"', of=FLOWERS, wrong=(('"kind"', '"kinds"'),), fix=(('"kinds"', '"kind"'),)),
        Case("a misspelt column of several", 'ignore = ["colour", "width"]', 'found "widht"', of=FLOWERS, files=FOUR, wrong=(("[data]", '[data]\nignore = ["colour", "widht"]'),), fix=(('ignore = ["colour", "widht"]', 'ignore = ["colour", "width"]'),)),
        Case("rows of ones for quantities", 'target_is = "classes"', "expected a target that holds classes", of=ONE_HOT, wrong=(('"kind"', '"length"'),), files={"flowers.csv": table("width,length", lambda i: f"{i}.5,{1 + i % 3}")},
             fix=(('"length"', '"length"\ntarget_is = "classes"'),)),
        Case("rows of ones for two targets", "leave out one_hot", "expected one target, which holds classes, found 2", of=TWO_PRICES, files={"houses.csv": table("area,rooms,price", lambda i: f"{50 + 3 * i},{i % 5},{150 + i}")},
             wrong=(("[data]", "[data]\none_hot = true"),), fix=(("one_hot = true\n", ""),)),
        Case("a category of the test part alone", 'unknown = "zeros"', 'found "west"', code=5, of=TABLE, files=GARDENS, fix=(("[data]", '[data]\nunknown = "zeros"'),)),
        Case("a split of sorted rows", "shuffle_seed = 1", 'found "aster"', code=5, of=FLOWERS, files=SORTED, wrong=(("[data]", "[data]\ntest_split = 0.34"),), fix=(("[data]", "[data]\nshuffle_seed = 1"),)),
        Case("words alone under a line of names", 'header = "true"', "the table has words alone", of=FLOWERS.replace("standard", "none"), files=WORDS, wrong=(('"kind"', '"3"'),), fix=(('"3"', '"3"\nheader = "true"'),)),
        Case("words alone", 'header = "false"', "the table has words alone", of=FLOWERS.replace("standard", "none"), files={"flowers.csv": WORDS["flowers.csv"].split("\n", 1)[1]}, wrong=(('"kind"', '"3"'),), fix=(('"3"', '"3"\nheader = "false"'),)),
        Case("sentences without a line of names", 'type = "text" with text_column = "1" and label_column = "3"', "the table has words alone", of=SENTENCE_RECIPE, files=PRAISE,
             wrong=(('type = "text"', 'type = "csv"'), ('text_column = "sentence"\nlabel_column = "mood"\nnum_words = 20\nmaxlen = 6\n', "")), fix=(('type = "csv"', 'type = "text"\ntext_column = "1"\nlabel_column = "3"'),)),
        Case("the last column left out, which is the target", 'target = "width"', "it is the last one and target was left out", of=PRICES.replace("houses", "flowers"), wrong=(('target = "price"', 'ignore = "kind"'),), files={"flowers.csv": GOOD},
             fix=(('ignore = "kind"', 'ignore = "kind"\ntarget = "width"'),)),
        Case("the target left out", "leave out ignore", "is the target", of=FLOWERS, wrong=(("[data]", '[data]\nignore = "kind"'),), fix=(('ignore = "kind"\n', ""),)),
        Case("the target left out with others", 'ignore = ["width"]', "is the target", of=FLOWERS, wrong=(("[data]", '[data]\nignore = ["width", "kind"]'),), fix=(('ignore = ["width", "kind"]', 'ignore = ["width"]'),)),
        Case("a separator in words", 'separator = "auto"', 'found "comma"', of=FLOWERS, wrong=(("[data]", '[data]\nseparator = "comma"'),), fix=(('"comma"', '"auto"'),)),
        Case("another separator", 'separator = ","', 'expected cells between ";", found one cell', of=FLOWERS, wrong=(("[data]", '[data]\nseparator = ";"'),), fix=(('separator = ";"', 'separator = ","'),)),
        Case("another separator, which is in a cell as well", 'separator = ","', "expected 1 cells as in line 1, found 2", code=5, of=FLOWERS.replace("units = 3", "units = 4"), files=UNEVEN, wrong=(("[data]", '[data]\nseparator = ";"'),),
             fix=(('separator = ";"', 'separator = ","'),)),
        Case("one mark for decimals and thousands", 'thousands = "."', "expected another mark", of=FLOWERS, files=COMMAS, wrong=(("[data]", '[data]\ndecimal = ","\nthousands = ","'),), fix=(('thousands = ","', 'thousands = "."'),)),
        Case("one mark for thousands and decimals", 'thousands = ","', "expected another mark", of=FLOWERS, wrong=(("[data]", '[data]\ndecimal = "."\nthousands = "."'),), fix=(('thousands = "."', 'thousands = ","'),)),
        Case("a row without a target", 'missing_target = "leave out"', "has no value here", code=5, of=FLOWERS, files=NO_TARGET, fix=(("[data]", '[data]\nmissing_target = "leave out"'),)),
        Case("a word in a target of numbers", 'missing_words = ["", "?", "NA", "NaN", "two"] with missing_target = "leave out"', 'found "two"', code=5, of=PRICES, files=WORD_PRICE,
             fix=(("[data]", '[data]\nmissing_words = ["", "?", "NA", "NaN", "two"]\nmissing_target = "leave out"'),)),
        Case("several wrong names of columns", 'target = "kind", and ignore = "length"', 'found "Kind" in target, and "lenght" in ignore', of=FLOWERS, files={"flowers.csv": GOOD}, wrong=(('target = "kind"', 'target = "Kind"\nignore = ["lenght"]'),), fix=(('target = "Kind"', 'target = "kind"'), ('ignore = ["lenght"]', 'ignore = ["length"]')), in_words=True),
        Case("several wrong names of which one is like none", 'leave out ignore, and categorical = "width"', 'found "price" in ignore, and "widht" in categorical', of=FLOWERS, files={"flowers.csv": GOOD}, wrong=(('target = "kind"', 'target = "kind"\nignore = ["price"]\ncategorical = "widht"'),), fix=(('\nignore = ["price"]', ""), ('"widht"', '"width"')), in_words=True),
        Case("several columns that are no features", 'ignore = ["sown", "garden"]', "2 columns cannot be used as they are", code=5, of=FLOWERS, files=DATED_GARDENS, fix=(("[data]", '[data]\nignore = ["sown", "garden"]'),)),
        Case("a line of units below the names", "sed 2d < {place}/flowers.csv > {place}/flowers.rows.csv", "2 columns cannot be used as they are", code=5, of=FLOWERS, files=UNITS, shell="sed 2d < {place}/flowers.csv > {place}/flowers.rows.csv",
             fix=(("flowers.csv", "flowers.rows.csv"),), in_words=True),
        Case("a line of sums at the end", "sed '26,$d'", 'found "Total"', code=5, of=FLOWERS, files=TOTAL, shell="sed '26,$d' < {place}/flowers.csv > {place}/flowers.rows.csv", fix=(("flowers.csv", "flowers.rows.csv"),), in_words=True),
        Case("a row without a feature", 'missing = "mean"', "has no value here", code=5, of=FLOWERS, files=NO_FEATURE, fix=(("[data]", '[data]\nmissing = "mean"'),)),
        Case("a separator in doubt", 'separator = ";"', "cannot tell what separates the cells", of=FLOWERS.replace('"kind"', '"3"'), files=TWO_SEPARATORS, fix=(("[data]", '[data]\nseparator = ";"'),)),
        Case("a decimal mark in doubt, a point", 'decimal = "."', '"1,100" may be', of=FLOWERS, files=EITHER, fix=(("[data]", '[data]\ndecimal = "."'),)),
        Case("a decimal mark in doubt, a comma", 'decimal = ","', '"1,100" may be', of=FLOWERS, files=EITHER, fix=(("[data]", '[data]\ndecimal = ","'),)),
        Case("a split beside a test part", "test_split = 0", "there is a test part as well", of=TABLE, wrong=(("[data]", "[data]\ntest_split = 0.2"),), fix=(("test_split = 0.2", "test_split = 0"),)),
        Case("another test part beside a split", "--set data.test_split=0", "there is a test part as well", of=SPLIT, before=(TRAIN,), run="evaluate run --data test=flowers.csv", then="evaluate run --data test=flowers.csv --set data.test_split=0"),
        Case("a feature that new tables lack", 'to train without this one: ignore = ["width"] in [data], and --fresh', "expected the columns of the training", code=5, of=FLOWERS, files={"flowers.csv": GOOD, "new.csv": "length\n1.5\n"}, before=(TRAIN,), run="predict run --input new.csv",
             fix=(('target = "kind"', 'target = "kind"\nignore = ["width"]'),), in_words=True, then=f"$ teranga {TRAIN} --fresh && teranga predict run --input new.csv"),
        Case("new columns in capitals", 'rename the column "Width" to "width"', "expected the columns of the training", code=5, of=FLOWERS, files={"new.csv": "length,Width\n1.5,2.5\n"}, before=(TRAIN,), run="predict run --input new.csv",
             follow=lambda place: (place / "new.csv").write_text("length,width\n1.5,2.5\n")),
        Case("new dates in another order", "--set data.date_order=mdy", "cannot tell the day from the month", of=DATED, files={**DATES, "new.csv": "sown,width\n03/04/2024,2.5\n"}, before=(TRAIN,), run="predict run --input new.csv",
             then="predict run --input new.csv --set data.date_order=mdy"),
        Case("new numbers that may have thousands or decimals, decimals", "--set data.decimal=.", '"2.600" may be 2.600 or 2600', of=FLOWERS, files={**WIDE_COMMAS, "new.csv": "length;width\n2.600;1.100\n"}, before=(TRAIN,), run="predict run --input new.csv",
             then="predict run --input new.csv --set data.decimal=."),
        Case("new numbers that may have thousands or decimals, thousands", "--set data.thousands=.", '"2.600" may be 2.600 or 2600', of=FLOWERS, files={**WIDE_COMMAS, "new.csv": "length;width\n2.600;1.100\n"}, before=(TRAIN,), run="predict run --input new.csv",
             then="predict run --input new.csv --set data.thousands=."),
        Case("numbers of the test table that may have thousands or decimals", 'decimal = ","', '"2.600" may be 2.600 or 2600', of=FLOWERS.replace("[data]", '[data]\ntest = "test.csv"'), files={**WIDE_COMMAS, "test.csv": "length;width;kind\n2.600;1.100;rose\n"},
             fix=(("[data]", '[data]\ndecimal = ","'),)),
        Case("numbers of the test table with decimals of another mark", "write the numbers of all tables with one decimal mark", '"2.600" may be 2.600 or 2600', of=FLOWERS.replace("[data]", '[data]\ntest = "test.csv"'),
             files={**WIDE_COMMAS, "test.csv": "length;width;kind\n2.600;1.100;rose\n"}, follow=edit("test.csv", "2.600;1.100", "2,600;1,100")),
        Case("a new series that may have thousands or decimals", "--set data.decimal=.", '"2.600" may be 2.600 or 2600', of=LOAD_RECIPE, files={"loads.csv": table("day;load", lambda i: f"{i};{i * 150},5"), "new.csv": table("day;load", lambda i: f"{i};2.600")}, before=(TRAIN,),
             run="predict run --input new.csv", then="predict run --input new.csv --set data.decimal=."),
        Case("years and a word above numbers", 'header = "true"', '"2019", "2020", "country" may be names or values', of=FLOWERS, files={"flowers.csv": YEARS["flowers.csv"].replace("2021", "country")}, wrong=(('"kind"', '"-1"'),), fix=(("[data]", '[data]\nheader = "true"'),)),
        Case("a workbook", "open it in a spreadsheet program and save it as CSV", "found an Excel workbook (or another zip archive)", code=5, of=FLOWERS, files={"flowers.csv": b"PK\x03\x04\x14\x00\x06\x00"}, follow=fetch_again("flowers.csv", GOOD.encode())),
        Case("a title above the names", "sed 1d < {place}/flowers.csv > {place}/flowers.rows.csv", "expected 1 cells as in line 1, found 3", code=5, of=FLOWERS, files={"flowers.csv": "Flowers of 2024\n" + GOOD},
             shell="sed 1d < {place}/flowers.csv > {place}/flowers.rows.csv", fix=(("flowers.csv", "flowers.rows.csv"),), in_words=True),
        Case("titles above rows without names", "sed 1,2d", "expected 1 cells as in line 1, found 3", code=5, of=FLOWERS, files={"flowers.csv": "Flowers\n\n" + GOOD.split("\n", 1)[1]}, wrong=(('"kind"', '"-1"'),),
             shell="sed 1,2d < {place}/flowers.csv > {place}/flowers.rows.csv", fix=(("flowers.csv", "flowers.rows.csv"),), in_words=True),
        Case("decimal commas between commas", "part the cells by semicolons, or write decimal points", "expected 3 cells as in line 1, found 5", code=5, of=FLOWERS, files={"flowers.csv": COMMAS["flowers.csv"].replace(";", ",")}, follow=fetch_again("flowers.csv", COMMAS["flowers.csv"].encode())),
        Case("two new columns in capitals", 'rename the columns "Length" to "length", "Width" to "width"', "expected the columns of the training", code=5, of=FLOWERS, files={"new.csv": "Length,Width\n1.5,2.5\n"}, before=(TRAIN,), run="predict run --input new.csv",
             follow=edit("new.csv", "Length,Width", "length,width")),
        Case("new rows that are none of the training", "write the names of the columns into the first line", "the first line holds no name of a column of the training", code=5, of=FLOWERS, files={"new.csv": "1.5,2.5,rose,7\n"}, before=(TRAIN,), run="predict run --input new.csv",
             follow=lambda place: (place / "new.csv").write_text("length,width,kind,number\n1.5,2.5,rose,7\n")),
        Case("two columns to keep", "--keep length --keep width", "--keep: expected one column", "predict run --input flowers.csv --keep length,width", code=5, of=FLOWERS, files={"flowers.csv": GOOD}, before=(TRAIN,), then="predict run --input flowers.csv --keep length --keep width"),
        Case("a target to normalize where nothing is", 'normalize = "standard"', "the target is normalized as normalize says", of=PRICES, wrong=(("standard", "none"), ("[data]", "[data]\nnormalize_target = true")), fix=(('normalize = "none"', 'normalize = "standard"'),)),
        Case("classes to normalize", "leave out normalize_target", "holds classes, and numbers alone are normalized", of=FLOWERS, wrong=(("[data]", "[data]\nnormalize_target = true"),), fix=(("normalize_target = true\n", ""),)),
        Case("prices with a unit", 'write them as numbers without "EUR"', "look like numbers that are not read", of=FLOWERS, files={"flowers.csv": table("price,width,kind", lambda i: f"{i}.56 EUR,{i % 7}.25,{kind(i)}")}, follow=edit("flowers.csv", " EUR", "")),
        Case("a row without a target that is to be judged", "--set 'data.missing_target=\"leave out\"'", "has no value here", code=5, of=FLOWERS, files={"new.csv": "length,width,kind\n1.5,2.5,rose\n2.5,3.5,\n"}, before=(TRAIN,), run="evaluate run --input new.csv",
             then="evaluate run --input new.csv --set 'data.missing_target=\"leave out\"'"),
        Case("a folder in place of a table", "--input FILE.csv", "expected a table, found a folder", code=5, of=FLOWERS, files={"roses/1.png": "", "FILE.csv": GOOD}, before=(TRAIN,), run="predict run --input roses", then="predict run --input FILE.csv"),
        Case("quotes inside a quoted cell", 'is written twice: ""', "after a closing quote", code=5, of=FLOWERS, files=QUOTED, follow=edit("flowers.csv", '"wild "rose""', '"wild ""rose"""')),
        Case("quotes inside a quoted cell of an ARFF file", 'is written \\"', "after a closing quote", code=5, of=ARFF, files=QUOTED_ARFF, follow=edit("flowers.arff", "'rose' red'", "'rose\\' red'")),
        Case("a checkpoint of a former version", "train anew: --fresh, or another --run", "the checkpoint was made by a former version", code=5, of=FLOWERS, before=(TRAIN,), prepare=with_former_state, run=TRAIN, then=TRAIN + " --fresh"),
        Case("a checkpoint of a former version, kept", "train anew: --fresh, or another --run", "the checkpoint was made by a former version", code=5, of=FLOWERS, before=(TRAIN,), prepare=with_former_state, run=TRAIN,
             then=TRAIN.replace("--run run", "--run other"), in_words=True),
        Case("a sparse ARFF file", "write all values of each row, those that are 0 as well", "found a sparse row", code=5, of=ARFF, files=SPARSE, follow=fetch_again("flowers.arff", FULL.encode())),
        Case("a class that an ARFF file does not declare", 'add "aster" to the values in the line @attribute of "kind"', "expected in the column \"kind\" one of its declared values", code=5, of=ARFF, files={"flowers.arff": FULL.replace(",aster}", "}")},
             follow=edit("flowers.arff", "{rose,tulip}", "{rose,tulip,aster}")),
        Case("dates of an ARFF file that are not read", "write the dates as 2024-01-31", 'is declared as dates of the format "yyyyMMdd"', code=5, of=ARFF.replace("[data]", '[data]\ndates = "split"'), files={"flowers.arff": ARFF_DATES.replace("-", "")},
             follow=fetch_again("flowers.arff", ARFF_DATES.encode())),
        Case("a table in UTF-16", "iconv -f UTF-16 -t UTF-8", "found UTF-16", code=5, of=FLOWERS, files={"flowers.csv": GOOD.encode("utf-16")}, shell="iconv -f UTF-16 -t UTF-8 < {place}/flowers.csv > {place}/flowers.utf8.csv",
             fix=(("flowers.csv", "flowers.utf8.csv"),), in_words=True),
        Case("a packed table in UTF-16", "iconv -f UTF-16 -t UTF-8", "found UTF-16", code=5, of=PACKED, files={"flowers.csv.gz": gzip.compress(GOOD.encode("utf-16"))},
             shell="gzip -dc {place}/flowers.csv.gz | iconv -f UTF-16 -t UTF-8 > {place}/flowers.utf8.csv", fix=(("flowers.csv.gz", "flowers.utf8.csv"),), in_words=True),
    )

    def write(self, case):
        write_data(self.place)
        super().write(case)


if __name__ == "__main__":
    unittest.main()
