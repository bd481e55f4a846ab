# SPDX-License-Identifier: Apache-2.0
"""The hints of the data set "audio_folder"."""
import io
import unittest
import wave
from array import array

from hints import Case, HintTest

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
OF_FOLDER = 'schema = 1\n[data]\ntype = "audio_folder"\nfolder = "birds"\n' + NET
OF_PARTS = OF_FOLDER.replace('folder = "birds"', 'train = "birds/train"\ntest = "birds/more"')
OF_TABLE = OF_FOLDER.replace('folder = "birds"', 'train = "birds.tsv"')
TEXTS = OF_TABLE.replace('birds.tsv"', 'birds.tsv"\ntarget_is = "text"').replace('type = "flatten"\n[[layer]]\n', "").replace("units = 2", "units = 20").replace("sparse_categorical_crossentropy", "ctc")


def sound(samples=400, rate=8000):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(array("h", range(samples)).tobytes())
    return out.getvalue()


def classes(*folders):
    return {f"{folder}/{name}/{number}.wav": sound() for folder in folders for name in ("owl", "wren") for number in (1, 2)}


def table(*rows):
    return {"birds.tsv": "".join(f"{file}\t{text}\n" for file, text in rows), **{f"{number}.wav": sound() for number in (1, 2)}}


def option(text):
    return (('folder = "birds"', f'folder = "birds"\n{text}'),)


class SoundHints(HintTest):
    area = ("datasets/audio",)
    cases = (
        Case("no folder", 'folder = "sounds", or train = "sounds/train"', "expected either one folder of all parts or the sounds to train on", of=OF_FOLDER.replace("birds", "sounds"), wrong=(('folder = "sounds"\n', ""),), files=classes("sounds"),
             fix=(('type = "audio_folder"', 'type = "audio_folder"\nfolder = "sounds"'),), in_words=True),
        Case("a folder and a training part", "leave out folder, or train", "expected either one folder of all parts or the sounds to train on", of=OF_FOLDER, wrong=option('train = "birds/train"'), files=classes("birds/train"), fix=(('train = "birds/train"\n', ""),)),
        Case("a folder and a test part", "leave out test", "folder brings its own parts", of=OF_FOLDER, wrong=option('test = "birds/test"'), files=classes("birds/train", "birds/test"), fix=(('test = "birds/test"\n', ""),)),
        Case("a folder that is not there", "ls -l {place}/birds", "expected a folder of sounds, or a table; there is none", of=OF_PARTS, wrong=(("birds/train", "birds/training"),), code=5, files=classes("birds/train", "birds/more"), fix=(("birds/training", "birds/train"),), in_words=True),
        Case("a class that was not trained on", "move it away, or give it the name of its class", "expected one of the 2 classes of the training part, owl, wren, found \"rook\"", of=OF_PARTS, code=5, files={**classes("birds/train", "birds/more"), "birds/more/rook/1.wav": sound()},
             follow=lambda place: (place / "birds/more/rook").rename(place / "rook")),
        Case("a class without sounds", "move the folder away", "of this class, found 1 *.txt", of=OF_FOLDER, code=5, files={**classes("birds"), "birds/notes/1.txt": ""}, follow=lambda place: (place / "birds/notes").rename(place / "notes")),
        Case("sounds beside classes", "move the sounds, or the folders, into a folder of their own", "found 1 sounds beside 2 folders", of=OF_FOLDER, code=5, files={**classes("birds"), "birds/all.wav": sound()},
             follow=lambda place: (place / "birds/all.wav").rename(place / "all.wav")),
        Case("two sample rates", "sample_rate = 8000 resamples them all", "expected sounds of one sample rate", of=OF_FOLDER, code=5, files={**classes("birds"), "birds/owl/3.wav": sound(800, 16000)}, fix=option("sample_rate = 8000")),
        Case("half a sound", 'on_error = "skip" leaves such sounds out', "it ends early", of=OF_FOLDER, code=5, files={**classes("birds"), "birds/owl/3.wav": sound()[:-100]}, fix=option('on_error = "skip"')),
        Case("two broken sounds", 'on_error = "skip" leaves such sounds out', "2 of 6 sounds cannot be taken", of=OF_FOLDER, code=5, files={**classes("birds"), "birds/owl/3.wav": sound()[:-100], "birds/wren/3.wav": ""}, fix=option('on_error = "skip"')),
        Case("a sound that is too long", "memory = 15, or cut it into shorter files", "too many for memory = 1 (MiB)", of=OF_FOLDER, wrong=option('memory = 1\nfeatures = "wave"\nsample_rate = 384000'), code=5, files={**classes("birds"), "birds/owl/3.wav": sound(500, 100)},
             fix=(("memory = 1", "memory = 15"),)),
        Case("a length of the transform that is no power of two", "n_fft = 512", "expected a power of two, found 300", of=OF_FOLDER, wrong=option("n_fft = 300"), files=classes("birds"), fix=(("n_fft = 300", "n_fft = 512"),)),
        Case("a window that is longer than the transform", "n_fft = 256", "expected at least the length of a window, 200, found 128", of=OF_FOLDER, wrong=option("n_fft = 128\nwin_length = 200"), files=classes("birds"), fix=(("n_fft = 128", "n_fft = 256"),)),
        Case("frequencies above half of the rate", "leave out fmax", "expected at most half of the sample rate, 4000 Hz, found 5000", of=OF_FOLDER, wrong=option("fmax = 5000"), files=classes("birds"), fix=(("fmax = 5000\n", ""),)),
        Case("no frequencies", "fmin = 0", "expected less than 4000 Hz, where the mel bands end, found 4000", of=OF_FOLDER, wrong=option("fmin = 4000"), files=classes("birds"), fix=(("fmin = 4000", "fmin = 0"),)),
        Case("more coefficients than bands", "n_mels = 60", "expected at most the number of mel bands, 40, found 60", of=OF_FOLDER, wrong=option('features = "mfcc"\nn_mfcc = 60'), files=classes("birds"), fix=(("n_mfcc = 60", "n_mfcc = 60\nn_mels = 60"),)),
        Case("transcripts of a folder", 'train = "table.tsv", or target_is = "classes"', "expected a table with a column of transcripts", of=OF_FOLDER, wrong=option('target_is = "text"'), code=5, files=classes("birds"), fix=(('target_is = "text"', 'target_is = "classes"'),)),
        Case("a long transcript", "text_length = 9", "expected a transcript of at most 5 letters, found 9", of=TEXTS, wrong=(("[[layer]]", "text_length = 5\n[[layer]]"),), code=5, files=table(("1.wav", "owl"), ("2.wav", "night owl")), fix=(("text_length = 5", "text_length = 9"),)),
    )


if __name__ == "__main__":
    unittest.main()
