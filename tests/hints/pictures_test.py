# SPDX-License-Identifier: Apache-2.0
"""The hints of the data set "images"."""
import os
import unittest

from hints import CHECK, TRAIN, Case, HintTest

TROUBLE = os.environ.get("TERANGA_TROUBLE", "")
NET = '''[[layer]]
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
batch_size = 2
'''
OF_FOLDER = 'schema = 1\n[data]\ntype = "images"\nfolder = "flowers"\n' + NET
OF_PARTS = OF_FOLDER.replace('folder = "flowers"', 'train = "flowers/train"\nvalidation = "flowers/more"')
PLAIN = OF_FOLDER.replace('type = "dense"\nunits = 2\nactivation = "softmax"', 'type = "dense"\nunits = 4\n[[layer]]\ntype = "reshape"\ntarget_shape = [2, 2, 1]').replace("sparse_categorical_crossentropy\"", "mean_squared_error\"\ntarget = \"x\"")


def picture(height=2, width=2):
    return b"P5 %d %d 255\n" % (width, height) + bytes(range(1, 5)) * (height * width // 4)


def classes(*folders, of=picture()):
    return {f"{folder}/{name}/{number}.pgm": of for folder in folders for name in ("aster", "rose") for number in (1, 2)}


def many_classes(place):
    for number in range(14):
        (place / f"flowers/kind{number}").mkdir()
        (place / f"flowers/kind{number}/1.pgm").write_bytes(picture())


def in_folders(folder, *names):
    """Puts pictures 1, 2, ... into a folder each."""
    def follow(place):
        for number, name in enumerate(names, 1):
            (place / folder / name).mkdir()
            (place / folder / f"{number}.pgm").rename(place / folder / name / f"{number}.pgm")
    return follow


def out_of_folders(folder):
    def follow(place):
        for number, file in enumerate(sorted((place / folder).glob("*/*"))):
            file.rename(place / folder / f"{number}.pgm")
        for name in ("aster", "rose"):
            (place / folder / name).rmdir()
    return follow


class PictureHints(HintTest):
    area = ("datasets/images", "datasets/reading/src/part_tree.cpp")
    complete = bool(TROUBLE)
    elsewhere = (("datasets/images/label_table.cpp", "", "dataset_images"), ("datasets/images/image_sheet_dataset.cpp", "", "dataset_image_sheet"), ("datasets/images/sound_pictures.cpp", "", "dataset_images"),
                 ("datasets/images/bmp_picture.cpp", "", "dataset_images"), ("datasets/images/picture_form.cpp", "expected 1 or 3 numbers", "dataset_images"), ("datasets/images/picture_form.cpp", "keeps the transparency", "dataset_images"),
                 ("datasets/images/images_dataset.cpp", "expected a picture of this class that can be read", "dataset_images"))
    cases = (
        Case("classes of pictures without any", "one_hot = false", "needs pictures that have classes", of=PLAIN, wrong=(('folder = "flowers"', 'folder = "flowers"\none_hot = true'),), files={"flowers/1.pgm": picture(), "flowers/2.pgm": picture()},
             fix=(("one_hot = true", "one_hot = false"),)),
        Case("classes of pictures that lie in no folder of a class", "move the pictures of each class into a folder of its own", "needs pictures that have classes", of=OF_FOLDER.replace('folder = "flowers"', 'folder = "flowers"\none_hot = true').replace("sparse_", ""), files={"flowers/1.pgm": picture(), "flowers/2.pgm": picture()},
             follow=in_folders("flowers", "aster", "rose")),
        Case("a test part without classes", "move the pictures into folders that are called as the classes: aster, rose", "found pictures without classes", code=5, of=OF_PARTS, files={**classes("flowers/train"), "flowers/more/1.pgm": picture(), "flowers/more/2.pgm": picture()}, follow=in_folders("flowers/more", "aster", "rose")),
        Case("a test part with classes", "move the pictures out of their folders", "found class folders", code=5, of=PLAIN.replace('folder = "flowers"', 'train = "flowers/train"\nvalidation = "flowers/more"'), files={"flowers/train/1.pgm": picture(), "flowers/train/2.pgm": picture(), **classes("flowers/more")}, follow=out_of_folders("flowers/more")),
        Case("a picture that is typed", "--input FILE, or --input FOLDER", "expected files of pictures, found typed text", of=OF_FOLDER, files=classes("flowers"), before=(TRAIN,), run="predict run --text rose", then="predict run --input flowers/rose", code=5,
             in_words=True),
        Case("a class that only the validation part has", "move the folder away, or give it the name of its class", 'expected one of the 2 classes of the training part, aster, rose, found "roses"', of=OF_PARTS, code=5,
             files=classes("flowers/train", "flowers/more"), prepare=lambda place: (place / "flowers/more/rose").rename(place / "flowers/more/roses"), follow=lambda place: (place / "flowers/more/roses").rename(place / "flowers/more/rose")),
        Case("a part that is a link to nowhere", "remove it, or look with: ls -l ", "expected a folder, for its name is that of a part, found a link that leads nowhere", of=OF_FOLDER, code=5, files=classes("flowers/train"),
             prepare=lambda place: (place / "flowers/validation").symlink_to("/gone"), then="$ ls -l {place}/flowers/validation && rm {place}/flowers/validation && teranga check recipe.toml --data", in_words=True),
        Case("two validation parts", 'in place of folder', "val and validation could each be the validation part", of=OF_FOLDER, files=classes("flowers/train", "flowers/validation", "flowers/val"),
             fix=(('folder = "flowers"', 'train = "{place}/flowers/train"\nvalidation = "{place}/flowers/validation"'),)),
        Case("two validation parts and a test part", 'and test = "{place}/flowers/test" in place of folder', "val and validation could each be the validation part", of=OF_FOLDER, files=classes("flowers/train", "flowers/validation", "flowers/val", "flowers/test"),
             fix=(('folder = "flowers"', 'train = "{place}/flowers/train"\nvalidation = "{place}/flowers/validation"\ntest = "{place}/flowers/test"'),)),
        Case("folders that may be parts", 'train = "{place}/flowers/Training" and test = "{place}/flowers/Testing" in place of folder', 'cannot tell whether the folders "Testing", "Training" are parts or classes', of=OF_FOLDER, files=classes("flowers/Training", "flowers/Testing"),
             fix=(('folder = "flowers"', 'train = "{place}/flowers/Training"\ntest = "{place}/flowers/Testing"'),)),
        Case("folders that may be classes", 'or, for classes, class_names = ["Testing", "Training"]', 'cannot tell whether the folders "Testing", "Training" are parts or classes', of=OF_FOLDER, files=classes("flowers/Training", "flowers/Testing"),
             fix=(('folder = "flowers"', 'folder = "flowers"\nclass_names = ["Testing", "Training"]'),)),
        Case("two training parts", 'train = "{place}/flowers/train" and test = "{place}/flowers/Test" in place of folder', "Train and train could each be the training part", of=OF_FOLDER, files=classes("flowers/Train", "flowers/train", "flowers/Test"),
             fix=(('folder = "flowers"', 'train = "{place}/flowers/train"\ntest = "{place}/flowers/Test"'),)),
        Case("no folder", 'folder = "pictures", or train = "pictures/train"', "expected either one folder of all parts or a folder to train on", of=OF_FOLDER.replace("flowers", "pictures"), wrong=(('folder = "pictures"\n', ""),), files=classes("pictures"),
             fix=(('type = "images"', 'type = "images"\nfolder = "pictures"'),), in_words=True),
        Case("a folder and a training part", "leave out folder, or train", "expected either one folder of all parts or a folder to train on", of=OF_FOLDER, wrong=(('folder = "flowers"', 'folder = "flowers"\ntrain = "flowers/train"'),),
             files=classes("flowers/train"), fix=(('train = "flowers/train"\n', ""),)),
        Case("a folder and a test part", 'leave out test', "folder brings its own parts", of=OF_FOLDER, wrong=(('folder = "flowers"', 'folder = "flowers"\ntest = "flowers/test"'),), files=classes("flowers/train", "flowers/test"), fix=(('test = "flowers/test"\n', ""),)),
        Case("a folder and a validation part elsewhere", 'train = "{place}/flowers" in place of folder', "folder brings its own parts", of=OF_FOLDER, wrong=(('folder = "flowers"', 'folder = "flowers"\nvalidation = "more"'),), files=classes("flowers", "more"),
             fix=(('folder = "flowers"', 'train = "{place}/flowers"'),)),
        Case("a folder with a training part and a validation part elsewhere", 'train = "{place}/flowers/train" in place of folder', "folder brings its own parts", of=OF_FOLDER, wrong=(('folder = "flowers"', 'folder = "flowers"\nvalidation = "more"'),),
             files=classes("flowers/train", "more"), fix=(('folder = "flowers"', 'train = "{place}/flowers/train"'),)),
        Case("a link that leads nowhere", "look with: ls -l", "is a link that leads nowhere", of=OF_FOLDER, code=5, files=classes("flowers"), prepare=lambda place: (place / "flowers/rose/3.pgm").symlink_to("/gone/3.pgm"),
             then="$ ls -l {place}/flowers/rose/3.pgm | grep -- '-> /gone/3.pgm'", in_words=True),
        Case("half a picture", "fetch it again, or ", "the picture is damaged", of=OF_FOLDER, code=5, files={**classes("flowers"), "flowers/rose/3.pgm": picture()[:-1]}, follow=lambda place: (place / "flowers/rose/3.pgm").write_bytes(picture())),
        Case("half a picture to be left out", "leave it out: mv {place}/flowers/rose/3.pgm {place}/flowers/rose/3.pgm.broken", "the picture is damaged", of=OF_FOLDER, code=5, files={**classes("flowers"), "flowers/rose/3.pgm": picture()[:-1]},
             shell="mv {place}/flowers/rose/3.pgm {place}/flowers/rose/3.pgm.broken"),
        Case("half a picture in a folder of a long name", "move it out of the folder", "the picture is damaged", of=OF_FOLDER.replace("flowers", "f" * 200), code=5, files={**classes("f" * 200), f"{'f' * 200}/rose/3.pgm": picture()[:-1]},
             follow=lambda place: (place / f"{'f' * 200}/rose/3.pgm").rename(place / "3.pgm")),
        Case("an empty picture", "fetch it again, or ", "found an empty file (0 bytes)", of=OF_FOLDER, code=5, files={**classes("flowers"), "flowers/rose/3.pgm": ""}, follow=lambda place: (place / "flowers/rose/3.pgm").write_bytes(picture())),
        Case("a picture of another kind", "save it as PNG or JPEG, or ", "found a GIF picture", of=OF_FOLDER, code=5, files={**classes("flowers"), "flowers/rose/3.png": "GIF89a"}, follow=lambda place: (place / "flowers/rose/3.png").write_bytes(picture())),
        Case("a picture that Git LFS did not fetch", "fetch it: git lfs pull, or ", "found a pointer of Git LFS, whose file was not fetched", of=OF_FOLDER, code=5, files={**classes("flowers"), "flowers/rose/3.png": "version https://git-lfs.github.com/spec/v1\n"},
             follow=lambda place: (place / "flowers/rose/3.png").write_bytes(picture())),
        Case("new pictures, some of which are broken", 'leave them out: ', "2 of 4 pictures cannot be read:\n  b c.pgm: the picture is damaged: it ends early\n  d.png: expected a picture as PNG, JPEG, PGM, PPM or BMP, found a GIF picture", of=OF_FOLDER, code=5, before=(TRAIN,),
             files={**classes("flowers"), "new/a.pgm": picture(), "new/b c.pgm": picture()[:-1], "new/d.png": "GIF89a", "new/e.pgm": picture()}, run="predict run --input new", shell="""(cd {place}/new && for f in 'b c.pgm' d.png; do mv "$f" "$f.broken"; done)"""),
        Case("very many broken pictures", " more are then told", "60 of 61 pictures cannot be read", of=OF_FOLDER, code=5, before=(TRAIN,), files={**classes("flowers"), "new/a.pgm": picture(), **{f"new/picture number {i}.pgm": "" for i in range(60)}}, run="predict run --input new",
             follow=lambda place: [empty.rename(f"{empty}.broken") for empty in (place / "new").glob("picture number *.pgm")]),
        Case("new pictures that are broken, saved anew", "save them anew as PNG or JPEG", "2 of 3 pictures cannot be read", of=OF_FOLDER, code=5, before=(TRAIN,), files={**classes("flowers"), "new/a.pgm": picture(), "new/b.pgm": picture()[:-1], "new/c.pgm": ""}, run="predict run --input new",
             follow=lambda place: [(place / f"new/{name}.pgm").write_bytes(picture()) for name in "bc"]),
        Case("pictures of two classes that are broken", "leave them out: ", "2 of 6 pictures cannot be read:\n  aster/3.pgm: the picture is damaged: it ends early\n  rose/3.pgm: ", of=OF_FOLDER, code=5, files={**classes("flowers"), "flowers/rose/3.pgm": picture()[:-1], "flowers/aster/3.pgm": picture()[:-1]},
             shell="""(cd {place}/flowers && for f in aster/3.pgm rose/3.pgm; do mv "$f" "$f.broken"; done)"""),
        Case("pictures in a folder of a long name that are broken", "move them out of the folder", "2 of 6 pictures cannot be read", of=OF_FOLDER.replace("flowers", f"{'f' * 200}/{'g' * 200}"), code=5,
             files={**classes(f"{'f' * 200}/{'g' * 200}"), **{f"{'f' * 200}/{'g' * 200}/{name}/3.pgm": picture()[:-1] for name in ("aster", "rose")}}, follow=lambda place: [(place / f"{'f' * 200}/{'g' * 200}/{name}/3.pgm").unlink() for name in ("aster", "rose")]),
        Case("named pictures, one of which is broken", "leave out b.pgm in the command, and the other pictures are read", "the picture is damaged", of=OF_FOLDER, code=5, before=(TRAIN,), files={**classes("flowers"), "new/a.pgm": picture(), "new/b.pgm": picture()[:-1]},
             run="predict run --input new/a.pgm --input new/b.pgm", then="predict run --input new/a.pgm"),
        Case("very many named pictures that are broken", "in the command; ", "40 of 41 pictures cannot be read", of=OF_FOLDER, code=5, before=(TRAIN,), files={**classes("flowers"), "new/a.pgm": picture(), **{f"new/picture-of-a-rose-{i:02}.pgm": "" for i in range(40)}},
             run="predict run --input new/a.pgm" + "".join(f" --input new/picture-of-a-rose-{i:02}.pgm" for i in range(40)), then="predict run --input new/a.pgm"),
        Case("named pictures of long names that are broken", "leave the broken pictures out of the command, and the other pictures are read", "2 of 3 pictures cannot be read", of=OF_FOLDER, code=5, before=(TRAIN,), files={**classes("flowers"), "new/a.pgm": picture(), **{f"new/{'f' * 250}/{i}.pgm": "" for i in range(2)}, f"new/{'g' * 250}/1.pgm": ""},
             run=f"predict run --input new/a.pgm --input new/{'g' * 250}/1.pgm --input new/{'f' * 250}/1.pgm", then="predict run --input new/a.pgm"),
        Case("labels of pictures", "leave it out: the name of the folder that a picture lies in is its class", 'expected a table of text, found "inferred"', of=OF_FOLDER, files=classes("flowers"), wrong=(('folder = "flowers"', 'folder = "flowers"\nlabels = "inferred"'),), fix=(('\nlabels = "inferred"', ""),), in_words=True),
        Case("pictures by a name of samples", 'folder = "flowers"', 'unknown key "images"', of=OF_FOLDER, files=classes("flowers"), wrong=(("folder =", "images ="),), fix=(("images =", "folder ="),)),
        Case("pictures by a name of samples, as a list", 'folder = "FOLDER", which holds a folder of pictures for each class', 'unknown key "x_train"', of=OF_FOLDER, files=classes("flowers"), wrong=(('folder = "flowers"', 'x_train = ["flowers"]'),),
             fix=(('x_train = ["flowers"]', 'folder = "flowers"'),), in_words=True),
        Case("pictures by a name of samples, beside their folder", "leave it out: folder tells where the pictures are", 'unknown key "features"', of=OF_FOLDER, files=classes("flowers"), wrong=(('folder = "flowers"', 'folder = "flowers"\nfeatures = "pixels"'),),
             fix=(('\nfeatures = "pixels"', ""),), in_words=True),
        Case("pictures by a name of samples, beside their training part", "leave it out: train tells where the pictures are", 'unknown key "x"', of=OF_PARTS, files=classes("flowers/train", "flowers/more"), wrong=(('train = "flowers/train"', 'train = "flowers/train"\nx = "pixels"'),),
             fix=(('\nx = "pixels"', ""),), in_words=True),
        Case("classes of pictures", "leave it out: each folder is a class", 'unknown key "classes"', of=OF_FOLDER, files=classes("flowers"), wrong=(('folder = "flowers"', 'folder = "flowers"\nclasses = 2'),), fix=(('\nclasses = 2', ""),), in_words=True),
        Case("a folder that is no class", 'class_names = ["aster", "rose"] takes the other folders alone', "expected pictures (*.png, *.jpg, *.jpeg, *.pgm, *.ppm, *.bmp) of this class, found 1 *.txt", of=OF_FOLDER, code=5, files={**classes("flowers"), "flowers/notes/1.txt": ""},
             fix=(('folder = "flowers"', 'folder = "flowers"\nclass_names = ["aster", "rose"]'),)),
        Case("a folder that is none of many classes", "move the folder away", "of this class, found 1 *.txt", of=OF_FOLDER.replace("units = 2", "units = 16"), code=5, files={**classes("flowers"), "flowers/notes/1.txt": ""}, prepare=many_classes,
             follow=lambda place: (place / "flowers/notes").rename(place / "notes")),
        Case("a folder that is not there", "ls -l {place}/flowers", "there is no such folder", of=OF_PARTS, wrong=(("flowers/train", "flowers/training"),), code=5, files=classes("flowers/train", "flowers/more"), fix=(("flowers/training", "flowers/train"),), in_words=True),
        Case("pictures beside classes", "move the pictures, or the folders, into a folder of their own", "found 1 pictures beside 2 folders of pictures", of=OF_FOLDER, code=5, files={**classes("flowers"), "flowers/cover.pgm": picture()},
             prepare=lambda place: (place / "covers").mkdir(), follow=lambda place: (place / "flowers/cover.pgm").rename(place / "covers/cover.pgm")),
        Case("two sizes", "image_size = [2, 2] resizes them all", "expected pictures of one size", of=OF_FOLDER, code=5, files={**classes("flowers"), "flowers/rose/3.pgm": picture(4, 4)}, fix=(('folder = "flowers"', 'folder = "flowers"\nimage_size = [2, 2]'),)),
        Case("two large sizes", "image_size = [128, 128] resizes them all", "expected pictures of one size", of=OF_FOLDER, code=5, files={**classes("flowers", of=picture(400, 300)), "flowers/rose/3.pgm": picture(300, 400)},
             fix=(('folder = "flowers"', 'folder = "flowers"\nimage_size = [128, 128]'),)),
        Case("more pixels than the memory", "memory = 2", "expected pictures whose pixels take at most 1 MiB", of=OF_FOLDER, wrong=(('folder = "flowers"', 'folder = "flowers"\nmemory = 1\ncache = "memory"'),), code=5, files=classes("flowers", of=picture(600, 600)), fix=(("memory = 1", "memory = 2"),)),
    ) + ((
        Case("a picture that may not be opened", "look with: ls -l {place}/flowers/rose/1.pgm", "cannot be opened: Permission denied", of=OF_FOLDER, code=5, files=classes("flowers"), environment={"LD_PRELOAD": TROUBLE, "TROUBLE_DENIED": "rose/1.pgm"},
             then="$ ls -l {place}/flowers/rose/1.pgm"),
        Case("a folder that may not be listed", "look with: ls -l {place}/flowers/rose", "cannot be listed: Permission denied", of=OF_FOLDER, code=5, files=classes("flowers"), environment={"LD_PRELOAD": TROUBLE, "TROUBLE_DENIED": "flowers/rose"},
             then="$ ls -l {place}/flowers/rose"),
    ) if TROUBLE else ())


if __name__ == "__main__":
    unittest.main()
