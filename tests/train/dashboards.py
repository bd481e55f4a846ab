# SPDX-License-Identifier: Apache-2.0
"""What [log] of a recipe asks for: event files as TensorBoard itself reads them, and a text file as the parser of Prometheus reads it. Every number in them is one of metrics.jsonl."""
import collections
import struct
import zlib

import h5py
import numpy as np
from prometheus_client.parser import text_string_to_metric_families
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.data import provider
from tensorboard.plugins.histogram.summary_v2 import histogram_pb
from tensorboard.util import tensor_util

from job import *

ALL = ("--set", "log.tensorboard=true", "--set", "log.prometheus=true")
RECIPE = re.sub("early_stopping = .*\n", "", NET).replace("epochs = 6", "epochs = 3")
GAN = """schema = 1
[data]
type = "random"
shape = [8, 8, 1]
samples = 40
[[layer]]
network = "generator"
type = "input"
from = "normal"
shape = [5]
[[layer]]
network = "generator"
type = "dense"
name = "made"
units = 64
activation = "sigmoid"
[[layer]]
network = "generator"
type = "reshape"
target_shape = [8, 8, 1]
[[layer]]
network = "discriminator"
type = "conv2d"
filters = 2
kernel_size = 3
[[layer]]
network = "discriminator"
type = "flatten"
[[layer]]
network = "discriminator"
type = "dense"
units = 1
activation = "sigmoid"
[[phase]]
name = "real"
train = ["discriminator"]
loss = { type = "binary_crossentropy", target = 1 }
[[phase]]
name = "fake"
train = ["generator"]
loss = { type = "binary_crossentropy", target = 1 }
[[phase.call]]
network = "generator"
[[phase.call]]
network = "discriminator"
input = ["generator"]
[optimizer]
type = "sgd"
learning_rate = 0.1
[training]
epochs = 2
batch_size = 20
"""


def pixels(png):
    """[height, width, channels] of a PNG of 8 bits, with any of its five filters."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, parts = 8, collections.defaultdict(bytes)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", png[at + 8 + length:at + 12 + length])[0]
        parts[kind] += body
        at += 12 + length
    width, height, bits, colours = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert bits == 8
    channels = {0: 1, 2: 3}[colours]
    raw, out = zlib.decompress(parts[b"IDAT"]), np.zeros((height + 1, width * channels + channels), int)
    stride = width * channels + 1
    for y in range(height):
        kind, line = raw[y * stride], raw[y * stride + 1:(y + 1) * stride]
        for x, byte in enumerate(line):
            left, up, corner = out[y + 1, x], out[y, x + channels], out[y, x]
            p = left + up - corner
            paeth = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
            out[y + 1, x + channels] = (byte + (0, left, up, (left + up) // 2, paeth)[kind]) % 256
    return out[1:, channels:].reshape(height, width, channels).astype(np.uint8)


def state(file, group):
    """The tensors of a checkpoint's group by their names."""
    found = {}
    with h5py.File(file) as whole:
        whole[group].visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


class Board:
    """A run of TensorBoard, as its data provider has it: for each tag the steps, each once, and their tensors."""

    def __init__(self, folder):
        self.events = EventAccumulator(str(folder), size_guidance={"tensors": 0}, tensor_size_guidance=collections.defaultdict(int))
        self.events.Reload()
        self.tags = self.events.Tags()["tensors"]

    def of(self, plugin):
        return {tag for tag in self.tags if self.events.SummaryMetadata(tag).plugin_data.plugin_name == plugin}

    def values(self, tag):
        found = self.events.Tensors(tag)
        steps = [event.step for event in found]
        assert steps == sorted(set(steps)), f"{tag}: {steps}"
        return {event.step: tensor_util.make_ndarray(event.tensor_proto) for event in found}

    def scalars(self):
        return {tag: {step: value.item() for step, value in self.values(tag).items()} for tag in self.of("scalars")}


class Dashboards(Jobs):
    def setUp(self):
        super().setUp()
        self.recipe.write_text(RECIPE)

    def board(self, run, name):
        return Board(self.folder / run / "tensorboard" / name)

    def metrics(self, run):
        return [json.loads(line) for line in (self.folder / run / "metrics.jsonl").read_text().splitlines()]

    def assert_same_training(self, a, b):
        """All that two runs learnt, whose recipes differ in [log] alone."""
        self.assertEqual(self.lines(a), self.lines(b))
        for group in ("parameters", "states", "slots"):
            of_a, of_b = (state(self.checkpoints(run)[-1], group) for run in (a, b))
            self.assertTrue(of_a)
            self.assertEqual({name: numbers.tobytes() for name, numbers in of_a.items()}, {name: numbers.tobytes() for name, numbers in of_b.items()})

    def expected(self, run):
        """The curves that metrics.jsonl asks for, by run of TensorBoard and tag, as f32 has their numbers."""
        out = collections.defaultdict(lambda: collections.defaultdict(dict))
        for line in self.metrics(run):
            event, step, epoch = (line.pop(key) for key in ("event", "step", "epoch"))
            for name, value in line.items():
                part, tag, at = "train", f"epoch_{name}", epoch
                if event == "step":
                    part, tag, at = "steps", f"batch_{name}", step
                elif name.startswith(("val_", "test_")):
                    part, tag = ("validation" if name.startswith("val_") else "test"), "epoch_" + name.split("_", 1)[1]
                out[part][tag][at] = float(np.float32(value))
        return {part: dict(tags) for part, tags in out.items()}

    def assert_boards(self, run):
        boards = {path.name: Board(path).scalars() for path in (self.folder / run / "tensorboard").iterdir()}
        self.assertEqual(boards, self.expected(run))

    def test_every_number_is_one_of_the_metrics(self):
        self.train("run", *ALL)
        self.assertEqual(set(self.expected("run")), {"train", "validation", "test", "steps"})
        self.assert_boards("run")
        tags = self.board("run", "train").of("scalars")
        self.assertLessEqual({"epoch_loss", "epoch_accuracy", "epoch_learning_rate"}, tags)  # Keras's callback calls them so
        self.assertLessEqual({"epoch_loss", "epoch_accuracy"}, self.board("run", "validation").of("scalars"))
        self.assertEqual(len(self.board("run", "steps").scalars()["batch_loss"]), 3 * STEPS_PER_EPOCH)

    def test_the_pages_of_tensorboard_find_the_runs(self):
        self.train("run", *ALL)
        runs = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance=collections.defaultdict(int)).AddRunsFromDirectory(str(self.folder / "run"))
        runs.Reload()
        data = data_provider.MultiplexerDataProvider(runs, str(self.folder / "run"))
        from tensorboard import context
        found = data.list_scalars(context.RequestContext(), experiment_id="", plugin_name="scalars")
        self.assertEqual({f"tensorboard/{part}" for part in self.expected("run")}, set(found))
        read = data.read_scalars(context.RequestContext(), experiment_id="", plugin_name="scalars", downsample=1000, run_tag_filter=provider.RunTagFilter(["tensorboard/validation"], ["epoch_loss"]))
        self.assertEqual({datum.step: datum.value for datum in read["tensorboard/validation"]["epoch_loss"]}, self.expected("run")["validation"]["epoch_loss"])
        self.assertEqual(set(data.list_tensors(context.RequestContext(), experiment_id="", plugin_name="histograms")), {"tensorboard/train"})
        self.assertEqual(set(data.list_tensors(context.RequestContext(), experiment_id="", plugin_name="text")["tensorboard/train"]), {"recipe"})
        self.assertEqual(set(data.list_blob_sequences(context.RequestContext(), experiment_id="", plugin_name="images")["tensorboard/train"]), {"conv2d/kernel/image"})

    def test_histograms_are_those_that_tensorboard_makes_of_the_weights(self):
        self.train("run", *ALL)
        board, file = self.board("run", "train"), self.checkpoints("run")[-1]
        weights = {**state(file, "parameters"), **state(file, "states")}
        self.assertIn("dense/kernel", weights)
        self.assertIn("batch_normalization/moving_variance", weights)
        self.assertEqual(board.of("histograms"), {f"{name}/histogram" for name in weights})
        for name, numbers in weights.items():
            found = board.values(f"{name}/histogram")
            self.assertEqual(list(found), [1, 2, 3])
            for buckets in found.values():
                self.assertEqual(buckets.shape, (30, 3))
                self.assertEqual(buckets[:, 2].sum(), numbers.size)
            made = tensor_util.make_ndarray(histogram_pb("x", numbers).value[0].tensor)
            self.assertTrue(np.array_equal(found[3][:, 2], made[:, 2]), name)
            self.assertTrue(np.allclose(found[3][:, :2], made[:, :2], rtol=1e-12, atol=1e-15), name)

    def test_the_text_is_the_recipe(self):
        self.recipe.write_text(RECIPE.replace("[data]", 'name = "with ``` inside"\n[data]'))
        self.train("run", *ALL, "--set", "training.epochs=1")
        (step, text), = self.board("run", "train").values("recipe").items()
        lines = text.item().decode().splitlines(keepends=True)
        self.assertEqual((step, lines[0], lines[-1]), (1, "````\n", "````"))
        self.assertEqual("".join(lines[1:-1]), (self.folder / "run/recipe.toml").read_text())

    def test_the_picture_shows_the_filters_of_the_first_layer(self):
        self.train("run", *ALL)
        found = self.board("run", "train").values("conv2d/kernel/image")
        self.assertEqual(list(found), [1, 2, 3])
        width, height, png = found[3]
        picture = pixels(png)
        self.assertEqual(picture.shape, (int(height), int(width), 1))
        kernel = state(self.checkpoints("run")[-1], "parameters")["conv2d/kernel"]
        shown = np.round(255 * (kernel - kernel.min()) / (kernel.max() - kernel.min()))
        scale = 32 // 3  # small pictures are drawn larger, two pixels apart
        for filter in range(6):
            left = 2 + filter * (3 * scale + 2)
            drawn = picture[2:2 + 3 * scale, left:left + 3 * scale, 0]
            self.assertTrue((np.abs(drawn.astype(int) - np.kron(shown[:, :, 0, filter], np.ones((scale, scale)))) <= 1).all(), filter)

    def test_a_generator_shows_what_it_makes_of_noise(self):
        self.recipe.write_text(GAN)
        self.train("run", *ALL)
        found = self.board("run", "train").values("generator/pictures")
        self.assertEqual(list(found), [1, 2])
        sheet = self.folder / "pictures.png"
        self.teranga("generate", self.folder / "run", "--count", 64, "--columns", 8, "--seed", 0, "--output", sheet)
        self.assertTrue(np.array_equal(pixels(found[2][2]), pixels(sheet.read_bytes())))
        self.assertFalse(np.array_equal(pixels(found[1][2]), pixels(found[2][2])))
        self.assert_boards("run")

    def test_no_number_of_the_training_changes(self):
        for ranks in (1, 3):
            self.train(f"plain{ranks}", ranks=ranks)
            self.train(f"watched{ranks}", *ALL, "--set", "log.report=false", ranks=ranks)
            self.assert_same_training(f"plain{ranks}", f"watched{ranks}")
            self.assert_boards(f"watched{ranks}")
            self.assertTrue((self.folder / f"plain{ranks}/report.html").exists())
            self.assertFalse((self.folder / f"watched{ranks}/report.html").exists())

    def test_a_run_that_goes_on_has_each_step_once(self):
        self.train("calm", *ALL)
        files = self.checkpoints("calm")
        for number, file in enumerate((files[2], files[len(files) // 2], files[-2])):  # an early one, one in the middle of an epoch or at its end, a late one
            run = f"from{number}"
            self.begin_from(file, run)
            for events in (self.folder / run / "tensorboard").glob("*/events*"):  # a process that was killed while it wrote
                events.write_bytes(events.read_bytes()[:-7])
            self.train(run, *ALL)
            self.assert_same_bits("calm", run)
            self.assertEqual({len(list(path.iterdir())) for path in (self.folder / run / "tensorboard").iterdir()}, {2})
            self.assertEqual(len(self.board(run, "steps").scalars()["batch_loss"]), 3 * STEPS_PER_EPOCH)
            board = self.board(run, "train")
            self.assertEqual(sorted(board.values("dense/kernel/histogram")), [1, 2, 3])
            # Seven bytes are the last event of a file: it belonged to the future that was left, but for the test of the last checkpoint.
            expected = self.expected(run)
            for part, tags in expected.items():
                self.assertEqual(self.board(run, part).scalars(), tags if part != "test" else self.board(run, "test").scalars(), (run, part))

    def test_a_killed_run_leaves_files_that_can_be_read(self):
        job = self.start(self.command("run", *ALL, "--set", "training.epochs=2000"))
        self.wait_for_step(job, "run", 2 * STEPS_PER_EPOCH)
        self.kill(job)
        epochs = [line for line in self.metrics("run") if line["event"] == "epoch"]
        found = self.board("run", "train").scalars()["epoch_loss"]
        for line in epochs[:-1]:  # the process may have been killed between the two files
            self.assertEqual(found[line["epoch"]], float(np.float32(line["loss"])))
        self.samples_of((self.folder / "run/metrics.prom").read_text())

    def test_a_training_anew_puts_the_former_events_aside(self):
        self.train("run", *ALL, "--set", "training.epochs=2")
        self.train("run", *ALL, "--set", "training.epochs=1", "--fresh")
        self.assert_boards("run")
        self.assertEqual(list(self.board("run", "train").scalars()["epoch_loss"]), [1])
        self.assertTrue((self.folder / "run/former-1/tensorboard/train").is_dir())
        self.assertTrue((self.folder / "run/former-1/metrics.prom").is_file())

    def test_what_cannot_be_written_is_a_warning_once(self):
        self.train("calm")
        (self.folder / "run").mkdir()
        (self.folder / "run/tensorboard").write_text("in the way")
        output = self.train("run", "--set", "log.tensorboard=true", "--set", "log.prometheus='nowhere/net.prom'")
        self.assertEqual(output.count("files for TensorBoard: cannot make the folder"), 1, output)
        self.assertEqual(output.count("file for Prometheus: cannot write"), 1, output)
        self.assert_same_training("calm", "run")

    # Prometheus.

    def samples_of(self, text):
        """Name and labels -> value, of a text that keeps all that the format asks for."""
        self.assertTrue(text.endswith("\n"))
        told, current, found = {}, None, {}
        for line in text[:-1].split("\n"):
            if line.startswith("# HELP "):
                current = line.split(" ", 3)[2]
                self.assertNotIn(current, told, "the lines of a name stand together")
                self.assertTrue(line.split(" ", 3)[3])
                told[current] = None
            elif line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                self.assertEqual((name, told[name]), (current, None))
                told[name] = kind
            else:
                match = re.fullmatch(r'([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\} (\S+)', line)
                self.assertTrue(match, line)
                self.assertEqual((match[1], told[match[1]]), (current, "gauge"))
                float(match[3])
                self.assertNotIn((match[1], match[2]), found)
                found[match[1], match[2]] = match[3]
        out = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = dict(sample.labels)
                self.assertEqual((family.type, labels.pop("run"), labels.pop("recipe")), ("gauge", str(self.folder / "run"), self.name))
                out[sample.name, *sorted(labels.items())] = sample.value
        self.assertEqual(len(out), len(found))
        return out

    name = "net"

    def test_the_file_for_prometheus_has_the_last_numbers(self):
        self.name = 'a "net" \\ of\ttwo'
        self.recipe.write_text(RECIPE.replace("[data]", f"name = {json.dumps(self.name)}\n[data]"))
        self.train("run", *ALL)
        found = self.samples_of((self.folder / "run/metrics.prom").read_text())
        lines = {line["event"]: line for line in self.metrics("run")}  # the last one of each
        epoch, step, test = lines["epoch"], lines["step"], lines["test"]
        expected = {("teranga_epoch",): 3, ("teranga_epochs_planned",): 3, ("teranga_step",): epoch["step"], ("teranga_epoch_seconds",): epoch["seconds"], ("teranga_samples_per_second",): epoch["samples_per_second"],
                    ("teranga_data_wait_ratio",): epoch["data_wait"], ("teranga_checkpoint_wait_ratio",): epoch["checkpoint_wait"], ("teranga_learning_rate",): epoch["learning_rate"],
                    ("teranga_batch_loss",): step["loss"], ("teranga_batch_learning_rate",): step["learning_rate"]}
        if "bytes_read" in epoch:
            expected["teranga_epoch_read_bytes",] = epoch["bytes_read"]
        for number in ("loss", "accuracy"):
            for part, prefix, line in (("train", "", epoch), ("validation", "val_", epoch), ("test", "test_", test)):
                expected[f"teranga_{number}", ("part", part)] = line[prefix + number]
        self.assertEqual(found, expected)

    def test_the_file_for_prometheus_is_whole_at_every_time(self):
        file = self.folder / "elsewhere/net.prom"
        file.parent.mkdir()
        job = self.start(self.command("run", "--set", f"log.prometheus='{file}'", "--set", "training.epochs=20"))
        seen = []
        while job.poll() is None:
            if file.exists():
                found = self.samples_of(file.read_text())
                seen.append((found["teranga_epoch",], found["teranga_step",]))
        self.assertEqual(self.finish(job)[0], 0)
        self.assertEqual(seen, sorted(seen))
        self.assertGreater(len(set(seen)), 5)
        self.assertEqual([path.name for path in file.parent.iterdir()], ["net.prom"])

    def test_numbers_that_are_none_are_written_as_such(self):
        self.recipe.write_text(GAN)
        self.train("run", *ALL)
        found = self.samples_of((self.folder / "run/metrics.prom").read_text())
        last = [line for line in self.metrics("run") if line["event"] == "epoch"][-1]
        self.assertEqual(found["teranga_real_loss", ("part", "train")], last["real_loss"])
        self.assertEqual(found["teranga_fake_learning_rate",], last["fake_learning_rate"])


if __name__ == "__main__":
    unittest.main()
