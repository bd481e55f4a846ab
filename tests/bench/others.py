# SPDX-License-Identifier: Apache-2.0
"""How much of the processors' time others take while something is measured: all that was used, less what is ours."""
import os
import resource
import time
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")  # s


def used():
    """s of all processors that were not idle, since the machine began."""
    numbers = list(map(int, Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]))
    return TICK * (sum(numbers) - numbers[3] - numbers[4])  # idle, and waiting for a disk


def of_process(pid):
    """s that a living process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return TICK * (int(fields[11]) + int(fields[12]))


def of_ended_children():
    """s of this process and of those of its children that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


class Watch:
    """From its making to `share()`. `living`: processes of ours that live as long."""

    def __init__(self, living=()):
        self.living = living
        self.begun, self.used, self.ours = time.perf_counter(), used(), self.own()

    def own(self):
        return of_ended_children() + sum(map(of_process, self.living))

    def share(self):
        """Of the time of all processors."""
        lasted = os.cpu_count() * (time.perf_counter() - self.begun)
        return max(0.0, (used() - self.used) - (self.own() - self.ours)) / lasted
