#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""debian_pairs.py FOLDER [MOST_WORDS [ROOT]]: writes train.tsv and test.tsv, pairs of English and French sentences (English, tab, French) for the data
set `pairs`, from two books that Debian brings in both languages. They are read where the packages put them (below ROOT, where packages
were unpacked without installing them), and nothing of them comes with Teranga: the Debian Reference (packages debian-reference-en and -fr, GPL-2+) and the Debian Administrator's Handbook (debian-handbook, GPL-2+ or
CC-BY-SA-3.0). Who passes the pairs on, passes on the books' text under those licences.

The pages of a book are the same in both languages, block by block (paragraph, title, cell of a table): block k of one becomes block k of the
other. Pages whose blocks differ in number or kind are left out, as are listings, contents and the bars that lead from page to page. Where both
blocks have the same number of sentences, they are parted into sentences.

Left out are: pairs of more than MOST_WORDS words (16) on a side, pairs whose sides are equal, and all but the first of the pairs whose sources
differ in numbers only. So no source of test.tsv is in train.tsv; the test part is a tenth, chosen by a checksum of the source's words."""
import re
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path

BLOCKS = {"p", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "li", "div", "caption", "table", "tr", "ul", "ol", "dl", "blockquote", "title", "body"}
SILENT_TAGS = {"pre", "script", "style", "title"}
SILENT_CLASSES = {"toc", "navheader", "navfooter", "docnav", "lot"}
EMPTY = {"br", "hr", "img", "meta", "link", "input", "col"}
SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+(?=[A-ZÀ-Ý«“\"(])")
NUMBERING = re.compile(r"^(?:(?:chapter|chapitre|appendix|annexe|table|tableau|figure|example|exemple)\s+[\d.A-Z]+[.:\s]*|[\d.]+\s+)", re.I)


def words(text):
    """As the data set splits them: small letters, parted by whatever is neither letter nor digit."""
    return [word for word in re.split(r"[\W_]+", text.lower()) if word]


class Page(HTMLParser):
    """The blocks of a page: (kind, text)."""

    def __init__(self, path):
        super().__init__()
        self.blocks, self.text, self.kind, self.open = [], [], "body", []
        self.feed(path.read_text(encoding="utf-8"))
        self.end_block()

    def end_block(self):
        text = " ".join("".join(self.text).split())
        self.text = []
        if text:
            self.blocks.append((self.kind, text))

    def handle_starttag(self, tag, attributes):
        if tag in BLOCKS:
            self.end_block()
            self.kind = tag
        if tag not in EMPTY:
            silent = tag in SILENT_TAGS or bool(SILENT_CLASSES & set((dict(attributes).get("class") or "").split()))
            self.open.append((tag, silent))

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self.end_block()
        for at in range(len(self.open) - 1, -1, -1):
            if self.open[at][0] == tag:
                del self.open[at:]
                break

    def handle_data(self, data):
        if not any(silent for _, silent in self.open):
            self.text.append(data)


def pages(root="/"):
    """Pairs of files, of the books that are there in both languages."""
    reference, handbook = Path(root) / "usr/share/debian-reference", Path(root) / "usr/share/doc/debian-handbook/html"
    pairs = [(english, english.with_name(english.name.replace(".en.", ".fr."))) for english in sorted(reference.glob("*.en.html"))]
    pairs += [(english, handbook / "fr-FR" / english.name) for english in sorted((handbook / "en-US").glob("*.html"))]
    return [(english, french) for english, french in pairs if french.exists()]


def sentences(english, french):
    parts = SENTENCE_END.split(english), SENTENCE_END.split(french)
    return zip(*parts) if len(parts[0]) == len(parts[1]) else [(english, french)]


def all_pairs(root):
    for english, french in pages(root):
        ours, theirs = Page(english).blocks, Page(french).blocks
        if [kind for kind, _ in ours] != [kind for kind, _ in theirs]:
            print(f"{english.name}: left out, {len(ours)} blocks in one language and {len(theirs)} in the other", file=sys.stderr)
            continue
        for (_, one), (_, other) in zip(ours, theirs):
            for pair in sentences(one, other):
                yield tuple(NUMBERING.sub("", side).strip() for side in pair)


def main(folder, most_words=16, root="/"):
    seen, parts = set(), {"train": [], "test": []}
    for english, french in all_pairs(root):
        source, target = words(english), words(french)
        key = tuple(word for word in source if not word.isdigit())
        if not key or not target or source == target or max(len(source), len(target)) > most_words or key in seen:
            continue
        seen.add(key)
        parts["test" if zlib.crc32(" ".join(key).encode()) % 10 == 0 else "train"].append(f"{english}\t{french}\n")
    if not seen:
        sys.exit("there are no books to read; expected packages: apt-get install --no-install-recommends debian-reference-en debian-reference-fr debian-handbook")
    Path(folder).mkdir(parents=True, exist_ok=True)
    for part, lines in parts.items():
        (Path(folder) / f"{part}.tsv").write_text("".join(lines), encoding="utf-8")
    print(f"{folder}: {len(parts['train'])} pairs to train on, {len(parts['test'])} to test on")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:3]), *sys.argv[3:])
