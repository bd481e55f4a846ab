# SPDX-License-Identifier: Apache-2.0
"""Each hint of the sources can be read by this test's machinery, and belongs to the area of a test."""
import importlib
import os
import unittest
from pathlib import Path

os.environ.pop("TERANGA_SANITIZE", None)  # the areas of all cases count, also of those that a build with sanitizers leaves out

import sources
from hints import SOURCE, HintTest

HERE = Path(__file__).resolve().parent
SITES, UNREADABLE = sources.sites(SOURCE)


def areas():
    """What the tests of this folder are of."""
    for path in sorted(HERE.glob("*_test.py")):
        if path != Path(__file__).resolve():
            module = importlib.import_module(path.stem)
            tests = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, HintTest) and kind is not HintTest]
            yield path.name, [place for kind in tests for place in kind.area]


class Coverage(unittest.TestCase):
    def test_each_source_with_hints_is_in_the_area_of_a_test(self):
        covered = tuple(place for _, places in areas() for place in places)
        left_out = sorted({site.file for site in SITES if not site.file.startswith(covered)})
        self.assertEqual(left_out, [], "these sources have hints, and no test of tests/hints names them in its area")

    def test_each_hint_can_be_read(self):
        self.assertEqual(UNREADABLE, [], "sources.py cannot tell what these hints say")

    def test_each_area_is_a_part_of_the_sources(self):
        for test, places in areas():
            self.assertTrue(places, f"{test} has no area")
            for place in places:
                self.assertTrue(list(SOURCE.glob(place + "*")), f"{test}: there is no {place}")


if __name__ == "__main__":
    unittest.main()
