#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""folk_tunes.py FILE [TUNES [SEED]]: writes TUNES (2,000) synthetic tunes in ABC notation (abcnotation.com), in the manner of the dances of Ireland and Scotland: jigs, slip jigs, reels, polkas and
waltzes. Nobody composed them: a seeded generator draws them by a few rules. A blank line ends each tune. Each says that it is synthetic, in its field C: (composer).

The rules. A tune has two parts of eight bars, each repeated. A bar consists of groups of notes; of each group, a rhythm is drawn that fits it. Bars have chords of the key (I, IV, V, vi), by a few
usual successions; the first note of a group is most often one of the chord, the others go by steps or small leaps from note to note. The bars 5 and 6 of a part repeat bars 1 and 2, and each part
ends on the keynote."""
import random
import sys
from pathlib import Path

LETTERS = "CDEFGAB"
KEYS = ("D", "G", "A", "C", "F", "Em", "Am", "Bm", "Dm", "Edor", "Ador", "Amix", "Dmix")
# Name, metre, lengths of the groups of a bar in eighths, speed.
DANCES = (("Jig", "6/8", (3, 3), "3/8=110"), ("Slip Jig", "9/8", (3, 3, 3), "3/8=105"), ("Reel", "4/4", (4, 4), "1/2=95"), ("Polka", "2/4", (2, 2), "1/4=120"), ("Waltz", "3/4", (2, 2, 2), "1/4=140"))
RHYTHMS = {2: ((1, 1), (1, 1), (1, 1), (2,)), 3: ((1, 1, 1), (1, 1, 1), (1, 1, 1), (2, 1), (2, 1), (3,)), 4: ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1, 1, 1), (2, 1, 1), (1, 1, 2), (3, 1), (2, 2))}
SUCCESSIONS = ((0, 0, 3, 4, 0, 0, 4, 0), (0, 3, 0, 4, 0, 3, 4, 0), (0, 5, 3, 4, 0, 5, 4, 0), (0, 4, 5, 4, 0, 4, 4, 0), (3, 0, 3, 4, 3, 0, 4, 0))
FIRST = ("Merry", "Old", "Silver", "Wandering", "Lonely", "Galloping", "Dusty", "Green", "Winter", "Morning", "Crooked", "Laughing", "Little", "Distant", "Golden")
SECOND = ("Miller", "Harbour", "Lantern", "Shepherd", "Bridge", "Meadow", "Piper", "Ferry", "Orchard", "Kettle", "Weaver", "Lighthouse", "Market", "Heron", "Thistle")
LOWEST, HIGHEST = -2, 13  # of the notes, in steps from the C below the staff: A, to b


def abc_note(step, length):
    octave, letter = divmod(step, 7)
    name = LETTERS[letter] + "," if octave < 0 else LETTERS[letter] if octave == 0 else LETTERS[letter].lower() if octave == 1 else LETTERS[letter].lower() + "'"
    return name + (str(length) if length > 1 else "")


class Tune:
    def __init__(self, number, draw):
        self.draw = draw
        self.number = number
        self.name, self.metre, self.groups, self.speed = draw.choice(DANCES)
        self.key = draw.choice(KEYS)
        self.tonic = LETTERS.index(self.key[0])
        self.at = self.tonic + (7 if self.tonic < 3 else 0) if draw.random() < 0.5 else self.tonic

    def near(self, degrees):
        """The note of these degrees of the key that is nearest to the last note; sometimes the next one."""
        found = sorted((step for step in range(LOWEST, HIGHEST + 1) if (step - self.tonic) % 7 in degrees), key=lambda step: abs(step - self.at))
        return found[0] if self.draw.random() < 0.7 or len(found) < 2 else found[1]

    def bar(self, chord, last=False):
        out = []
        chord_notes = {chord % 7, (chord + 2) % 7, (chord + 4) % 7}
        for place, size in enumerate(self.groups):
            final = last and place == len(self.groups) - 1
            rhythm = (size,) if final else self.draw.choice(RHYTHMS[size])
            notes = []
            for i, length in enumerate(rhythm):
                if final:
                    self.at = self.near({0}) if self.draw.random() < 0.7 else min((s for s in range(LOWEST, HIGHEST + 1) if (s - self.tonic) % 7 == 0), key=lambda s: abs(s - self.at))
                elif i == 0 and self.draw.random() < 0.85:
                    self.at = self.near(chord_notes)
                else:
                    self.at += self.draw.choice((-2, -1, -1, -1, 1, 1, 1, 2))
                    self.at = min(max(self.at, LOWEST), HIGHEST)
                notes.append(abc_note(self.at, length))
            out.append("".join(notes))
        return " ".join(out)

    def part(self):
        chords = self.draw.choice(SUCCESSIONS)
        bars = [self.bar(chord, last=i == 7) for i, chord in enumerate(chords)]
        bars[4:6] = bars[0:2]
        return "|:" + " | ".join(bars[:4]) + " |\n" + " | ".join(bars[4:]) + " :|"

    def text(self):
        title = f"The {self.draw.choice(FIRST)} {self.draw.choice(SECOND)}"
        return f"X:{self.number}\nT:{title}\nC:synthetic\nR:{self.name}\nM:{self.metre}\nL:1/8\nQ:{self.speed}\nK:{self.key}\n{self.part()}\n{self.part()}\n"


def main(path, tunes=2000, seed=1):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    Path(path).write_text("\n".join(Tune(number, draw).text() for number in range(1, tunes + 1)) + "\n")
    print(f"{path}: {tunes} synthetic tunes")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:]))
