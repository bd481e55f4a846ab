# SPDX-License-Identifier: Apache-2.0
"""The hints of plugin files that cannot be opened."""
import os
import struct
import unittest
from pathlib import Path

from hints import Case, HintTest
from program import PROGRAM

PLUGINS = Path(PROGRAM).resolve().parent.parent / "lib/teranga/plugins"
TROUBLE = os.environ.get("TERANGA_TROUBLE", "")
OWN = (PLUGINS / "datasets_random.so").read_bytes()
GUEST = OWN.replace(b"teranga.random\0", b"foreign.random\0")  # the data set of somebody else
NOTE = struct.pack("<I", 0x54524741)  # the magic number of the note, before the numbers of its border
RECIPE = '''schema = 1
[data]
type = "random"
shape = [3]
samples = 16
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
'''
LIST = {"run": "plugin list", "code": 4, "environment": {"TERANGA_PLUGIN_PATH": "{place}/guests"}}


def of_file(name):
    """Named: in a folder of plugins it would be passed over."""
    return {"run": f"plugin list --plugin guests/{name}", "code": 4}


def of_a_later_border():
    at = GUEST.index(NOTE) + len(NOTE)
    return GUEST[:at] + struct.pack("<HHH", 99, 0, 0) + GUEST[at + 6:]


class HostingHints(HintTest):
    area = ("framework/host",)
    complete = bool(TROUBLE)
    cases = (
        Case("a folder that ends in .so", "remove it, or rename it so that it does not end in .so", "expected a shared library, found a folder", **of_file("odd.so"), files={"guests/odd.so/note.txt": ""},
             follow=lambda place: (place / "guests/odd.so").rename(place / "guests/odd"), then="plugin list"),
        Case("a pipe that ends in .so", "remove it", "expected a shared library, found no ordinary file", **of_file("odd.so"), files={"guests/guest.so": GUEST}, prepare=lambda place: os.mkfifo(place / "guests/odd.so"),
             follow=lambda place: (place / "guests/odd.so").unlink(), then="plugin list"),
        Case("a folder of plugins as one", "TERANGA_PLUGIN_PATH={place}/guests takes all plugins of the folder", "expected a shared library, found a folder", run="plugin list --plugin guests", code=4, files={"guests/guest.so": GUEST},
             then="$ TERANGA_PLUGIN_PATH={place}/guests teranga plugin list"),
        Case("half a plugin", "build or copy it again", "the file is cut short", **LIST, files={"guests/guest.so": GUEST[:5000]}, follow=lambda place: (place / "guests/guest.so").write_bytes(GUEST)),
        Case("a folder that everyone can write", "chmod o-w {place}/guests", "is writable by everyone", **LIST, files={"guests/guest.so": GUEST}, prepare=lambda place: (place / "guests").chmod(0o777), then="$ chmod o-w {place}/guests && teranga plugin list"),
        Case("no plugin", "a plugin has one TERANGA_PLUGIN(...) line", "has no Teranga border note", **of_file("guest.so"), files={"guests/guest.so": GUEST.replace(b"\0Teranga", b"\0teranga")}, follow=lambda place: (place / "guests/guest.so").write_bytes(GUEST)),
        Case("a plugin of a later border", "build the plugin with the sdk of this installation", "was built for plugin border 99.0", **LIST, files={"guests/guest.so": of_a_later_border()},
             follow=lambda place: (place / "guests/guest.so").write_bytes(GUEST)),
        Case("a misspelt file", "did you mean guests/guest.so?", "plugin guests/gust.so: there is no such file", run="plugin list --plugin guests/gust.so", code=4, files={"guests/guest.so": GUEST}, then="plugin list --plugin guests/guest.so", in_words=True),
        Case("a misspelt file of a recipe", "guests/guest.so?", "there is no such file", of='plugins = ["guests/gust.so"]\n' + RECIPE.replace("random", "foreign.random"), code=4, files={"guests/guest.so": GUEST}, fix=(("gust.so", "guest.so"),), in_words=True),
        Case("a kind of nobody", "the kinds are layer", '"layers" is no kind of plugin', run="plugin list layers", then="plugin list layer"),
        Case("a plugin twice", "remove one of the two files", 'two plugins offer the dataset "foreign.random"', **LIST, files={"guests/guest.so": GUEST, "guests/copy.so": GUEST}, follow=lambda place: (place / "guests/copy.so").unlink()),
    ) + ((
        Case("a file of a foreign group", "chmod g-w {place}/guests/guest.so", "is writable by the foreign group 12345", files={"guests/guest.so": GUEST}, prepare=lambda place: (place / "guests/guest.so").chmod(0o664),
             then="$ chmod g-w {place}/guests/guest.so && teranga plugin list", run="plugin list", code=4, environment={"LD_PRELOAD": TROUBLE, "TERANGA_PLUGIN_PATH": "{place}/guests", "TROUBLE_GROUP": "{place}/guests/guest.so"}),
        Case("a file of somebody else", "copy the plugin to a folder of your own", "belongs to user 12345", files={"guests/guest.so": GUEST, "own/guest.so": GUEST}, then="$ TERANGA_PLUGIN_PATH={place}/own teranga plugin list", in_words=True,
             run="plugin list", code=4, environment={"LD_PRELOAD": TROUBLE, "TERANGA_PLUGIN_PATH": "{place}/guests", "TROUBLE_OWNER": "{place}/guests/guest.so"}),
    ) if TROUBLE else ())


if __name__ == "__main__":
    unittest.main()
