#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""espeak_digits.py FOLDER [VOICES [VARIATIONS]]: writes synthetic speech, the English words zero to nine as the program espeak-ng says them (Debian's espeak-ng), into FOLDER/train, FOLDER/validation
and FOLDER/test, with a folder for each word, for the data set `audio_folder`. All of it is synthetic: no person speaks here.

A voice is one of espeak-ng's voice variants. Each variant is of one part alone: those of the test part are never heard in training. Three of four are for training, of the others every second
one is for the test. Each variant speaks with several English accents, and VARIATIONS times (2) with each of them, in other speeds and pitches, which a seeded generator draws.
VOICES: at most so many variants (all). So that the words resemble recordings, chance changes the balance of low and high tones, the loudness, and the pauses at both ends, and adds noise. The
files are WAV of 22,050 Hz."""
import math
import random
import re
import shutil
import subprocess
import sys
import wave
from array import array
from pathlib import Path

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ACCENTS = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-029", "en-gb-x-gbclan", "en-gb-x-gbcwmd")
# Effects rather than voices: whispers, robots, creaks, and one that only speaks faster.
NOT_VOICES = re.compile(r"whisper|robo|croak|demonic|fast|storm|tweaky", re.I)
PROGRAM = "espeak-ng"


def variants():
    lines = subprocess.run([PROGRAM, "--voices=variant"], capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()[1:]
    names = {re.search(r"!v/(\S+)", line).group(1) for line in lines if "!v/" in line}
    return sorted(name for name in names if not NOT_VOICES.search(name))


def parts(names):
    """In an order that has nothing to do with the names, the same in every run."""
    mixed = list(names)
    random.Random(7).shuffle(mixed)
    others = mixed[: max(2, len(mixed) // 4)]
    return {"test": others[::2], "validation": others[1::2], "train": mixed[len(others):]}


def without_silence(samples, rate):
    """Cuts what is quieter than 2 % of the loudest moment from both ends, but for 20 ms."""
    loud = max((abs(s) for s in samples), default=0)
    heard = [i for i, s in enumerate(samples) if abs(s) > 0.02 * loud]
    return samples[max(0, heard[0] - rate // 50): heard[-1] + rate // 50] if heard and loud else []


def as_recorded(samples, rate, draw):
    """What rooms, microphones and telephones do, by chance: another balance of low and high tones, no lowest tones, another loudness, pauses at both ends, noise."""
    tilt, low = draw.uniform(-0.5, 0.9), 1 - math.exp(-2 * math.pi * draw.uniform(60, 350) / rate)
    out, last, slow = [], 0.0, 0.0
    for s in samples:
        y, last = s - tilt * last, s
        slow += low * (y - slow)
        out.append(y - slow)
    loud = max(abs(y) for y in out)
    level, noise = draw.uniform(0.15, 0.9), 10 ** draw.uniform(-4.5, -2)
    before, after = (int(rate * draw.uniform(0, 0.2)) for _ in range(2))
    out = [0.0] * before + [y / loud for y in out] + [0.0] * after
    return [min(max(level * (y + noise * draw.gauss(0, 1)), -1), 1) for y in out]


def work_on(path, draw):
    """False where there is no sound."""
    with wave.open(str(path), "rb") as sound:
        form, samples = sound.getparams(), array("h", sound.readframes(sound.getnframes()))
    samples = without_silence(samples, form.framerate)
    if not samples:
        return False
    with wave.open(str(path), "wb") as sound:
        sound.setparams(form)
        sound.writeframes(array("h", (round(32767 * y) for y in as_recorded(samples, form.framerate, draw))).tobytes())
    return True


def main(folder, voices=10**6, variations=2):
    if not shutil.which(PROGRAM):
        sys.exit(f"there is no program {PROGRAM}: apt-get install --no-install-recommends espeak-ng")
    counts = {}
    for part, names in parts(variants()[:voices]).items():
        counts[part] = 0
        for name in names:
            draw = random.Random(name)
            for accent in draw.sample(ACCENTS, 3):
                for variation in range(variations):
                    speed, pitch = draw.randint(110, 220), draw.randint(20, 80)
                    for word in WORDS:
                        path = Path(folder) / part / word / f"{name}-{accent}-{variation}.wav"
                        path.parent.mkdir(parents=True, exist_ok=True)
                        subprocess.run([PROGRAM, "-v", f"{accent}+{name}", "-s", str(speed), "-p", str(pitch), "-w", str(path), word], check=True, timeout=60, stderr=subprocess.DEVNULL)
                        counts[part] += work_on(path, random.Random(path.name + word)) or path.unlink() or 0
        print(f"{folder}/{part}: {counts[part]} sounds of {len(names)} synthetic voices", flush=True)


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:]))
