# SPDX-License-Identifier: Apache-2.0
"""Files of Debian packages that tests read: where they are installed, or in build/debian-data, where tests/run unpacks them. Without them a test is skipped, aloud;
with CI=true it fails."""
import os
import unittest
from pathlib import Path

UNPACKED = Path(__file__).resolve().parents[1] / "build/debian-data"


def root_of(*paths):
    """The folder below which all these paths ("usr/share/...") lie: "/", or the unpacked packages; None where they lie below neither."""
    for root in (Path("/"), UNPACKED):
        if all((root / path).exists() for path in paths):
            return root
    return None


def needs(root, packages):
    """Of a test class: skips it where there is no root, or fails its tests where nothing may be skipped."""
    if root:
        return lambda tests: tests
    told = f"nothing is there of {packages}: tests/run fetches it, or: apt-get install --no-install-recommends {packages}"
    if os.environ.get("CI") != "true":
        return unittest.skip(told)

    def failing(tests):
        tests.setUp = lambda self: self.fail(told)
        return tests
    return failing
