# SPDX-License-Identifier: Apache-2.0
"""What every promise needs: jobs in a folder of their own, which are ended with it, and counts of what was tried and what passed."""
import random
import sys
import traceback
from dataclasses import dataclass, field

from job import Jobs


@dataclass
class Part:
    tried: int = 0
    passed: int = 0
    notes: list = field(default_factory=list)


class Trial(Jobs):
    def __init__(self, seed, only=""):
        super().__init__()
        self.random, self.only = random.Random(seed), only
        self.parts = {}

    def __enter__(self):
        self.setUp()
        return self

    def __exit__(self, *_):
        self.tearDown()

    def wanted(self, part):
        return self.only in part

    def attempt(self, part, what, action):
        """Counts one try of a part. What fails is told with all that repeats it."""
        count = self.parts.setdefault(part, Part())
        count.tried += 1
        try:
            action()
            count.passed += 1
        except Exception as error:  # the other tries go on
            self.tell(part, what, error)
        if sys.stdout.isatty() or count.tried % 20 == 0:
            print(f"{part}: {count.passed} of {count.tried} passed", flush=True)

    def tell(self, part, what, error):
        print(f"FAILED {part}, {what}:\n{''.join(traceback.format_exception(error, limit=4))}", flush=True)

    def failed(self, part, what, error):
        """Counts a try that could not begin."""
        self.parts.setdefault(part, Part()).tried += 1
        self.tell(part, what, error)

    def counted(self, part, tried, passed):
        """Counts what another program has tried."""
        count = self.parts.setdefault(part, Part())
        count.tried += tried
        count.passed += passed

    def note(self, part, text):
        self.parts.setdefault(part, Part()).notes.append(text)
