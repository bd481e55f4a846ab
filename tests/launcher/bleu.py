# SPDX-License-Identifier: Apache-2.0
"""bleu.py RUN PAIRS [BEAM]: how well the trained recipe translate-en-fr translates the pairs of a file (source, tab, target; one reference each),
beside what comes out when each source is left as it is. TERANGA_PROGRAM names the command.

BLEU as in Papineni, Roukos, Ward, Zhu, "BLEU: a method for automatic evaluation of machine translation" (ACL 2002), over the whole corpus: the
geometric mean of the modified precisions of 1 to 4 words, times the brevity penalty exp(1 - r / c) where the output has fewer words (c) than the
reference (r); times 100. No smoothing. Words are those of the data set: small letters, parted by whatever is neither letter nor digit."""
import collections
import math
import os
import re
import subprocess
import sys
from pathlib import Path


def words(text):
    return [word for word in re.split(r"[\W_]+", text.lower()) if word]


def grams(words, n):
    return collections.Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1))


def bleu(outputs, references):
    """Of lists of words, one reference for each output."""
    found, all_of_them = [0] * 4, [0] * 4
    for output, reference in zip(outputs, references, strict=True):
        for n in range(4):
            have, wanted = grams(output, n + 1), grams(reference, n + 1)
            found[n] += sum(min(count, wanted[gram]) for gram, count in have.items())
            all_of_them[n] += sum(have.values())
    if min(found) == 0:
        return 0.0
    c, r = sum(map(len, outputs)), sum(map(len, references))
    brevity = 1.0 if c > r else math.exp(1 - r / c)
    return 100 * brevity * math.exp(sum(math.log(f / a) for f, a in zip(found, all_of_them)) / 4)


def of_run(run, pairs, *options):
    """BLEU of the network and of the sources as they are."""
    cells = [line.split("\t") for line in Path(pairs).read_text(encoding="utf-8").splitlines()]
    sources = "".join(cell[0] + "\n" for cell in cells)
    command = [os.environ.get("TERANGA_PROGRAM", "teranga"), "generate", str(run), "--input", "/dev/stdin", *map(str, options)]
    out = subprocess.run(command, check=True, input=sources, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    references = [words(cell[1]) for cell in cells]
    return bleu([words(line) for line in out], references), bleu([words(cell[0]) for cell in cells], references)


if __name__ == "__main__":
    network, copied = of_run(sys.argv[1], sys.argv[2], *(["--beam", sys.argv[3]] if len(sys.argv) > 3 else []))
    print(f"BLEU {network:.2f}, of the sources as they are {copied:.2f}")
