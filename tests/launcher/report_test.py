# SPDX-License-Identifier: Apache-2.0
"""The page of a run: every number in it is one of metrics.jsonl, nothing in it needs a network or a script, and no failure of it ends a training."""
import base64
import json
import math
import os
import pty
import re
import shutil
import struct
import subprocess
import unittest
import zlib
from html.parser import HTMLParser
from xml.etree import ElementTree

from program import PROGRAM, ProgramTest

TWO_PHASES = """schema = 1
name = "pair"
[data]
type = "random"
shape = [4]
samples = 64
[[layer]]
type = "dense"
network = "first"
units = 4
[[layer]]
type = "dense"
network = "second"
units = 1
[optimizer]
type = "sgd"
learning_rate = 0.01
[[phase]]
name = "one"
train = ["first"]
loss = { type = "mean_squared_error", target = 0 }
[[phase]]
name = "two"
train = ["second"]
loss = { type = "mean_squared_error", target = 1 }
[training]
epochs = 2
"""


class Page(HTMLParser):
    """The numbers of a page by where they stand, its elements, and the rows of its table of epochs."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.values, self.shown, self.head, self.rows = [], [], [], [], []
        self.table = self.cell = self.in_data = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        if tag == "table":
            self.table = found.get("class")
        elif tag == "tr" and self.table == "epochs":
            self.rows.append([])
        elif tag == "th" and self.table == "epochs":
            self.cell = self.head
        elif tag == "td" and self.table == "epochs":
            self.rows[-1].append(None)
        elif tag == "data":
            self.values.append(float(found["value"]))
            self.in_data = True
            if self.table == "epochs":
                self.rows[-1][-1] = float(found["value"])

    def handle_endtag(self, tag):
        self.cell = self.in_data = None
        if tag == "table":
            self.table = None

    def handle_data(self, text):
        if self.cell is not None:
            self.cell.append(text)
        if self.in_data:
            self.shown.append(text)


class Report(ProgramTest):
    def train(self, run, *words, recipe="mlp-iris", **more):
        path = self.recipe(recipe) if "." not in recipe else recipe
        return self.good("train", path, "--run", run, "--threads", "1", "--progress", "none", *words, **more)

    def page(self, path):
        text = (self.place / path).read_text()
        self.assertLess(len(text), 3 << 20)
        return Page(text), text

    def metrics(self, run):
        return [json.loads(line) for line in (self.place / run / "metrics.jsonl").read_text().splitlines()]

    def check_numbers(self, page, lines):
        """Each number is one of the file, shown to five digits; the table has all epochs, all numbers of each, and no others."""
        known = {value for line in lines for value in line.values() if not isinstance(value, str)}
        self.assertGreater(len(page.values), 10)
        for value, shown in zip(page.values, page.shown, strict=True):
            self.assertIn(value, known)
            self.assertTrue(math.isclose(float(shown.replace(",", "")), value, rel_tol=5e-5), (value, shown))
        epochs = [line for line in lines if line["event"] == "epoch"]
        self.assertEqual([dict(zip(page.head, row)) for row in page.rows if row], [{key: line[key] for key in page.head} for line in epochs])
        self.assertEqual(set(page.head), {key for line in epochs for key in line} - {"event"})

    def check_alone(self, page):
        self.assertFalse({"script", "link", "img", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in page.tags})
        for tag, attributes in page.tags:
            for name, value in attributes.items():
                self.assertFalse(name.startswith("on"), (tag, name))
                self.assertTrue(name == "xmlns" or "//" not in (value or ""), (tag, name, value))

    def test_a_training_leaves_a_page_whose_numbers_are_those_of_its_metrics(self):
        self.train("run", "--set", "training.epochs=4")
        page, text = self.page("run/report.html")
        lines = self.metrics("run")
        self.check_numbers(page, lines)
        self.check_alone(page)
        self.assertIn("The training is complete.", text)
        for metric in [line for line in lines if line["event"] == "test"][0]:
            if metric.startswith("test_"):
                self.assertIn(metric[5:] + " <data", text)
        self.assertEqual(sum(tag == "svg" and found.get("class") == "chart" for tag, found in page.tags), 3)  # loss, accuracy, learning rate
        for said in ("<h2>Network</h2>", "<h2>Recipe</h2>", "instruction set", "mlp-iris.toml"):
            self.assertIn(said, text)

    def test_the_same_page_can_be_made_later_from_the_files_alone(self):
        self.train("run", "--set", "training.epochs=3")
        written = (self.place / "run/report.html").read_bytes()
        self.assertEqual(self.good("report", "run", "--output", "again.html"), "again.html\n")
        again = (self.place / "again.html").read_bytes()
        self.assertEqual(again.replace(b"<p class=\"quiet\">run</p>", b""), re.sub(rb"<p class=\"quiet\">[^<]*/run</p>", b"", written))
        (self.place / "run/report.html").unlink()
        self.good("report", "run/")
        self.assertEqual((self.place / "run/report.html").read_bytes(), again)

    def test_an_old_run_without_facts_has_a_page_that_says_what_is_left_out(self):
        self.train("run", "--set", "training.epochs=2")
        (self.place / "run/facts.jsonl").unlink()
        (self.place / "run/recipe.toml").unlink()
        self.good("report", "run")
        page, text = self.page("run/report.html")
        self.check_numbers(page, self.metrics("run"))
        self.assertIn("The run has no facts.jsonl", text)
        self.assertIn("The run has no recipe.toml", text)
        self.assertNotIn("<h2>Network</h2>", text)

    def test_several_runs_are_laid_over_each_other(self):
        self.train("slow", "--set", "training.epochs=3", "--set", "optimizer.learning_rate=0.001")
        self.train("fast", "--set", "training.epochs=2", "--set", "optimizer.learning_rate=0.05")
        self.assertEqual(self.good("report", "slow", "fast"), "compare.html\n")
        page, text = self.page("compare.html")
        self.check_alone(page)
        known = {value for run in ("slow", "fast") for line in self.metrics(run) for value in line.values() if not isinstance(value, str)}
        self.assertEqual([value for value in page.values if value not in known], [])
        for said in ("<td>optimizer.learning_rate</td><td>0.001</td><td>0.05</td>", "<td>training.epochs</td><td>3</td><td>2</td>", ">slow</", ">fast</"):
            self.assertIn(said, text)
        self.assertNotIn("<td>training.batch_size</td>", text)

    def test_a_run_that_goes_on_tells_of_both_starts(self):
        self.train("run", "--set", "training.epochs=2")
        self.train("run", "--set", "training.epochs=3")
        page, text = self.page("run/report.html")
        self.check_numbers(page, self.metrics("run"))
        self.assertIn("The command was started 2 times", text)
        self.train("run", "--set", "training.epochs=1", "--fresh")
        self.assertNotIn("was started", self.page("run/report.html")[1])
        self.assertTrue((self.place / "run/former-1/report.html").exists())

    def confusion(self, text):
        """The classes and the rows of counts of the page's matrix."""
        table = re.search(r'<table class="matrix">.*?</table>', text, re.S)[0]
        rows = re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', table, re.S)
        return [name for name, _ in rows], [[int(cell.replace(",", "") or 0) for cell in re.findall(r"<td[^>]*>([^<]*)</td>", cells)[:-1]] for _, cells in rows]

    def test_a_classifier_shows_what_it_takes_for_what(self):
        for ranks in (1, 2):
            run = f"run{ranks}"
            self.train(run, "--set", "training.epochs=2", recipe="mlp-digits", ranks=ranks)
            _, text = self.page(f"{run}/report.html")
            evaluated = json.loads(self.good("evaluate", run, "--json"))
            classes, counts = self.confusion(text)
            self.assertEqual(counts, evaluated["confusion"]["counts"] if isinstance(evaluated["confusion"], dict) else evaluated["confusion"])
            self.assertEqual(len(classes), 10)
            shares = [json.loads(line)["truth_share"] for line in (self.place / run / "samples.jsonl").read_text().splitlines() if '"event":"worst"' in line]
            self.assertEqual(shares, sorted(shares))
            self.assertGreater(len(shares), 3)
            pictures = re.findall(r'<img src="data:image/png;base64,([^"]*)"', text)
            self.assertEqual(len(pictures), len(shares))
            for picture in pictures:
                width, height, levels = self.decoded(base64.b64decode(picture, validate=True))
                self.assertEqual((width, height), (8, 8))
                self.assertEqual((min(levels), max(levels)), (0, 255))

    def decoded(self, png):
        """Width, height and the gray levels of a PNG without filters; its sums are checked."""
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        at, chunks = 8, {}
        while at < len(png):
            length, name = struct.unpack(">I4s", png[at:at + 8])
            body = png[at + 8:at + 8 + length]
            self.assertEqual(struct.unpack(">I", png[at + 8 + length:at + 12 + length])[0], zlib.crc32(name + body))
            chunks[name] = body
            at += 12 + length
        width, height, bits, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
        self.assertEqual((bits, kind), (8, 0))
        rows = zlib.decompress(chunks[b"IDAT"])
        self.assertEqual(len(rows), height * (width + 1))
        self.assertEqual(set(rows[::width + 1]), {0})
        return width, height, [level for i, level in enumerate(rows) if i % (width + 1)]

    def test_samples_that_another_wrote_are_no_way_into_the_page(self):
        self.train("run", "--set", "training.epochs=1")
        lines = [{"event": "review", "part": "<b>", "samples": 3, "step": 1}, {"event": "counts", "truth": "<i>", "guesses": "1 2"}, {"event": "worst", "truth": "<u>", "guess": "b", "truth_share": None, "guess_share": 1e999,
                 "picture": "data:image/png;base64,\" onerror=\"x", "row": "<s>"}, {"event": "worst", "truth": "a", "guess": "b", "truth_share": 0, "guess_share": 1, "picture": "https://elsewhere/x.png"}]
        (self.place / "run/samples.jsonl").write_text("".join(json.dumps(line).replace("Infinity", "1e999") + "\n" for line in lines) + "rubbish\n")
        self.good("report", "run")
        page, text = self.page("run/report.html")
        self.check_alone(page)
        self.assertFalse({"b", "i", "u", "s"} & {tag for tag, _ in page.tags})
        self.assertNotIn("elsewhere", text)
        self.assertIn("Lines of samples.jsonl that cannot be read and are left out: 2.", text)  # the rubbish, and counts of one class that are two

    def test_several_networks_are_drawn_and_judged_with_care(self):
        (self.place / "pair.toml").write_text(TWO_PHASES)
        self.train("run", recipe="pair.toml")
        page, text = self.page("run/report.html")
        self.check_numbers(page, self.metrics("run"))
        for said in ("one_loss", "two_loss", "Several networks were trained"):
            self.assertIn(said, text)

    def test_a_training_that_diverges_says_so_on_its_page(self):
        code, _, _ = self.run_it("train", self.recipe("mlp-iris"), "--run", "run", "--threads", "1", "--progress", "none", "--set", "optimizer.type=sgd", "--set", "optimizer.learning_rate=1e38")
        self.assertEqual(code, 3)
        self.assertIn("The training diverged", self.page("run/report.html")[1])

    def test_every_rank_trains_and_one_page_is_left(self):
        self.train("run", "--set", "training.epochs=2", ranks=2)
        page, text = self.page("run/report.html")
        self.check_numbers(page, self.metrics("run"))
        self.assertIn("<td>processes</td><td>2</td>", text)

    def test_a_page_that_cannot_be_written_ends_no_training(self):
        (self.place / "run/report.html/in_the_way").mkdir(parents=True)
        (self.place / "run/facts.jsonl/in_the_way").mkdir(parents=True)
        code, _, err = self.run_it("train", self.recipe("mlp-iris"), "--run", "run", "--threads", "1", "--progress", "none", "--set", "training.epochs=2")
        self.assertEqual(code, 0, err)
        log = (self.place / "run/log.txt").read_text()
        self.assertEqual(log.count("report.html cannot be written"), 1)
        self.assertEqual(len([line for line in self.metrics("run") if line["event"] == "epoch"]), 2)

    def test_a_dry_run_leaves_no_page(self):
        self.train("run", "--dry-run")
        self.assertFalse((self.place / "run/report.html").exists())

    def test_a_plot_is_a_drawing_of_one_number(self):
        self.train("run", "--set", "training.epochs=4")
        self.assertEqual(self.good("plot", "run", "-o", "loss.svg"), "loss.svg\n")
        root = ElementTree.parse(self.place / "loss.svg").getroot()
        self.assertTrue(root.tag.endswith("svg"))
        said = "".join(root.itertext())
        losses = [line["loss"] for line in self.metrics("run") if line["event"] == "epoch"]
        for epoch, loss in enumerate(losses, 1):
            self.assertIn(f"training, epoch {epoch}: {loss}", said)
        self.good("plot", "run", "run", "--of", "val_accuracy" if "val_accuracy" in self.metrics("run")[-2] else "accuracy", "-o", "accuracy.svg")
        self.assertIn("accuracy by epoch", (self.place / "accuracy.svg").read_text())
        self.assertIn('expected the name of an SVG or a PNG file, found ""', self.bad(2, "plot", "run"))

    def coloured(self, png):
        """Width, height and the rows of a PNG of red, green and blue with whatever filters it has."""
        at, chunks = 8, {}
        while at < len(png):
            length, name = struct.unpack(">I4s", png[at:at + 8])
            chunks[name] = chunks.get(name, b"") + png[at + 8:at + 8 + length]
            at += 12 + length
        width, height, bits, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
        self.assertEqual((bits, kind), (8, 2))
        data, rows, before = zlib.decompress(chunks[b"IDAT"]), [], bytes(3 * width)
        for y in range(height):
            start = y * (3 * width + 1)
            filtered, row = data[start], bytearray(data[start + 1:start + 1 + 3 * width])
            for x in range(3 * width):
                left, up, corner = (row[x - 3] if x >= 3 else 0), before[x], (before[x - 3] if x >= 3 else 0)
                nearest = min((left, up, corner), key=lambda p: abs(left + up - corner - p))
                row[x] = (row[x] + (0, left, up, (left + up) // 2, nearest)[filtered]) & 255
            rows.append(bytes(row))
            before = rows[-1]
        return width, height, rows

    def test_a_plot_of_pixels_has_its_marks_where_the_drawing_has_them(self):
        self.train("run", "--set", "training.epochs=4")
        self.good("plot", "run", "-o", "loss.svg")
        self.assertEqual(self.good("plot", "run", "-o", "loss.png"), "loss.png\n")
        png = (self.place / "loss.png").read_bytes()
        self.assertLess(len(png), 60000)
        width, height, rows = self.coloured(png)
        self.assertEqual((width, height), (960, 652))
        marks = re.findall(r'<circle class="mark f0" cx="([\d.]+)" cy="([\d.]+)"', (self.place / "loss.svg").read_text())
        self.assertEqual(len(marks), 4)
        for x, y in marks:
            x, y = int(2 * float(x)), int(2 * (float(y) + 56))
            self.assertEqual(rows[y][3 * x:3 * x + 3].hex(), "0b62c4")
        self.assertEqual(rows[0][:3].hex(), "ffffff")
        self.assertIn("cannot be written", self.bad(1, "plot", "run", "-o", "nowhere/loss.png"))

    def test_a_terminal_shows_the_curves_once_where_it_is_none(self):
        self.train("run", "--set", "training.epochs=4")
        text = self.good("watch", "run", LC_ALL="C.UTF-8")
        self.assertRegex(text, "[\u2801-\u28ff]")
        plain = self.good("watch", "run", "--ascii")
        self.assertTrue(plain.isascii())
        self.assertEqual(self.good("watch", "run", "--once", LC_ALL="C"), plain)
        last = [line for line in self.metrics("run") if line["event"] == "epoch"][-1]
        self.assertIn(f"training {last['loss']:.5g}", plain)
        self.assertNotIn("\x1b", text + plain)
        self.assertIn("there are no metrics", self.bad(5, "watch", "nowhere"))

    def test_a_terminal_is_drawn_anew_until_the_run_has_ended(self):
        self.train("run", "--set", "training.epochs=3")
        facts = (self.place / "run/facts.jsonl").read_text()
        (self.place / "run/facts.jsonl").write_text(facts.replace('{"event":"end","how":"done"}\n', ""))
        metrics = (self.place / "run/metrics.jsonl").read_text().splitlines(True)
        first_epoch = next(i for i, line in enumerate(metrics) if '"event":"epoch"' in line) + 1
        (self.place / "run/metrics.jsonl").write_text("".join(metrics[:first_epoch]))
        outside, inside = pty.openpty()
        watch = subprocess.Popen([PROGRAM, "watch", "run", "--every", "0.1"], cwd=self.place, stdin=subprocess.DEVNULL, stdout=inside, stderr=inside, env={**os.environ, "LC_ALL": "C.UTF-8"})
        os.close(inside)
        try:
            seen = self.read_until(outside, b"1 of 3 epochs are done")
            self.assertIsNone(watch.poll())
            for name, text in (("metrics.jsonl", "".join(metrics)), ("facts.jsonl", facts)):
                (self.place / "new").write_text(text)
                os.replace(self.place / "new", self.place / "run" / name)
            seen += self.read_until(outside, b"The training is complete.")
            while self.read_some(outside):
                pass
            self.assertEqual(watch.wait(timeout=20), 0)
        finally:
            watch.kill()
            watch.wait()
            os.close(outside)
        self.assertIn(seen.count(b"\x1b[H\x1b[J"), (2, 3))  # the two files are not written at once

    @staticmethod
    def read_some(terminal):
        try:
            return os.read(terminal, 65536)
        except OSError:  # the other end is closed
            return b""

    def read_until(self, terminal, wanted):
        seen = b""
        while wanted not in seen:
            more = self.read_some(terminal)
            self.assertTrue(more, seen)
            seen += more
        return seen

    def test_what_is_no_run_is_refused_with_what_to_type(self):
        self.assertIn("nowhere/metrics.jsonl: there are no metrics of a run\nhint: name the run folder", self.bad(5, "report", "nowhere"))
        self.assertIn("expected RUN", self.bad(2, "report"))
        self.assertIn("65 runs are named; a page shows 64 at most", self.bad(2, "report", *["run"] * 65))
        self.train("run", "--set", "training.epochs=1")
        self.assertIn("--output report.html writes it into this folder", self.bad(1, "report", "run", "-o", "nowhere/page.html"))
        shutil.copytree(self.place / "run", self.place / "other")
        (self.place / "other/metrics.jsonl").write_text("rubbish\n")
        self.good("report", "other")
        self.assertIn("Lines of metrics.jsonl that cannot be read and are left out: 1.", (self.place / "other/report.html").read_text())


TEXTS = """schema = 1
[data]
type = "text"
train = "train.csv"
test = "test.csv"
text_column = "text"
label_column = "label"
maxlen = 6
[[layer]]
type = "embedding"
input_dim = 20
output_dim = 4
mask_zero = true
[[layer]]
type = "global_average_pooling1d"
[[layer]]
type = "dense"
units = 2
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adam"
learning_rate = 0.05
[training]
epochs = 10
batch_size = 4
"""


class Texts(ProgramTest):
    def test_wrong_texts_are_shown_by_their_words(self):
        (self.place / "texts.toml").write_text(TEXTS)
        (self.place / "train.csv").write_text("text,label\n" + "a fine film,good\na dull film,bad\n" * 10)
        (self.place / "test.csv").write_text("text,label\na dull film,good\na fine film,good\n")
        self.good("train", "texts.toml", "--run", "run", "--progress", "none")
        worst = [json.loads(line) for line in (self.place / "run/samples.jsonl").read_text().splitlines() if '"worst"' in line]
        self.assertEqual([(one["truth"], one["row"]) for one in worst], [("good", "[START] a dull film")])
        self.assertIn("[START] a dull film</span>", (self.place / "run/report.html").read_text())


if __name__ == "__main__":
    unittest.main()
