# SPDX-License-Identifier: Apache-2.0
"""The converter of Debian's books in two languages: what becomes of a page, and that no test sentence is trained on."""
import contextlib
import importlib.util
import io
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "datasets/texts/debian_pairs.py"
spec = importlib.util.spec_from_file_location("debian_pairs", SCRIPT)
debian_pairs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(debian_pairs)

sys.path.append(str(Path(__file__).resolve().parents[1]))
import debian_data

ROOT = next((root for root in ("/", debian_data.UNPACKED) if debian_pairs.pages(root)), None)


class Folder(unittest.TestCase):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="teranga-pairs-"))
        self.addCleanup(shutil.rmtree, self.place)


class Pages(Folder):
    def blocks(self, html):
        (self.place / "page.html").write_text(f"<html><head><title>T</title></head><body>{html}</body></html>", encoding="utf-8")
        return debian_pairs.Page(self.place / "page.html").blocks

    def test_blocks_are_paragraphs_titles_and_cells(self):
        found = self.blocks("<h1>One</h1><p>Two <b>and</b>\n a half<br/></p><table><tr><td>Three</td><td><p>Four &amp; five</p></td></tr></table>")
        self.assertEqual(found, [("h1", "One"), ("p", "Two and a half"), ("td", "Three"), ("p", "Four & five")])

    def test_listings_contents_and_bars_are_silent(self):
        self.assertEqual(self.blocks('<div class="navheader"><p>Next</p></div><div class="toc x"><dl><dt>1</dt></dl></div><pre>ls</pre><p>Text</p>'), [("p", "Text")])

    def test_sentences_are_parted_where_both_sides_have_as_many(self):
        self.assertEqual(list(debian_pairs.sentences("One. Two (b.c) it.", "Un. Deux.")), [("One.", "Un."), ("Two (b.c) it.", "Deux.")])
        self.assertEqual(list(debian_pairs.sentences("One. Two.", "Un, deux.")), [("One. Two.", "Un, deux.")])

    def test_words_and_numbering(self):
        self.assertEqual(debian_pairs.words("L'arbre, c’est /etc/x_y: 2.5!"), ["l", "arbre", "c", "est", "etc", "x", "y", "2", "5"])
        for numbered in ("Chapter 2. Packages", "Table 2.11. Packages", "2.1.3. Packages", "Packages"):
            self.assertEqual(debian_pairs.NUMBERING.sub("", numbered), "Packages")


class OneLanguage(Folder):
    def page(self, path, text):
        file = self.place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<html><body><p>{text}</p></body></html>", encoding="utf-8")

    def test_a_book_in_one_language_is_no_book_and_both_languages_are(self):
        self.page("usr/share/debian-reference/ch01.fr.html", "Bonjour le monde")
        self.assertEqual(debian_pairs.pages(self.place), [])
        with self.assertRaisesRegex(SystemExit, "expected packages: .*debian-reference-en"):
            debian_pairs.main(self.place / "pairs", 16, self.place)
        self.page("usr/share/debian-reference/ch01.en.html", "Hello world")
        with contextlib.redirect_stdout(io.StringIO()):
            debian_pairs.main(self.place / "pairs", 16, self.place)
        self.assertEqual("".join((self.place / "pairs" / f"{part}.tsv").read_text(encoding="utf-8") for part in ("train", "test")), "Hello world\tBonjour le monde\n")


@debian_data.needs(ROOT, "debian-reference-en debian-reference-fr debian-handbook")
class Books(Folder):
    def test_no_test_sentence_is_trained_on(self):
        debian_pairs.main(self.place, 12, ROOT)
        parts = {}
        for part in ("train", "test"):
            cells = [line.split("\t") for line in (self.place / f"{part}.tsv").read_text(encoding="utf-8").splitlines()]
            self.assertTrue(all(len(pair) == 2 for pair in cells))
            pairs = [tuple(debian_pairs.words(side) for side in pair) for pair in cells]
            self.assertTrue(all(one != other and 0 < len(one) <= 12 and 0 < len(other) <= 12 for one, other in pairs))
            parts[part] = [" ".join(word for word in one if not word.isdigit()) for one, _ in pairs]
        self.assertFalse(set(parts["train"]) & set(parts["test"]))
        self.assertEqual(len(set(parts["train"])), len(parts["train"]))
        self.assertTrue(0.05 < len(parts["test"]) / len(parts["train"]) < 0.2)


if __name__ == "__main__":
    unittest.main()
