#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tunes.py RUN [TUNES [TEMPERATURE]]: lets the network of a run folder of music-abc write tunes, and tells how many of them abc2midi (Debian's abcmidi) takes: it writes a MIDI file without an
error, and without a warning, such as one of a bar that is too short."""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROMPT = "X:1\nT:The"


def first_tune(text):
    """Up to the first blank line."""
    return text.split("\n\n")[0] + "\n"


def judged(tune):
    """Whether it becomes a MIDI file, and whether nothing is found in it."""
    with tempfile.TemporaryDirectory() as folder:
        file, midi = Path(folder, "tune.abc"), Path(folder, "tune.mid")
        file.write_text(tune)
        done = subprocess.run(["abc2midi", file, "-o", midi], capture_output=True, text=True, timeout=60)
        said = done.stdout + done.stderr
        made = midi.exists() and midi.read_bytes()[:4] == b"MThd" and not re.search(r"\berror\b", said, re.I)
        return made, made and "Warning" not in said


def written(program, run, tunes, temperature):
    done = subprocess.run([program, "generate", run, "--prompt", PROMPT, "--length", "700", "--count", str(tunes), "--temperature", str(temperature), "--json"], capture_output=True, text=True, check=True, timeout=600)
    return [first_tune(json.loads(line)["text"]) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    if not shutil.which("abc2midi"):
        sys.exit("there is no program abc2midi: apt-get install --no-install-recommends abcmidi")
    tunes = written("teranga", sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20, float(sys.argv[3]) if len(sys.argv) > 3 else 0.7)
    results = [judged(tune) for tune in tunes]
    print(f"{len(tunes)} tunes: {sum(made for made, _ in results)} become MIDI without an error, {sum(clean for _, clean in results)} without a warning")
