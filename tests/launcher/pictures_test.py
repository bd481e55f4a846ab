# SPDX-License-Identifier: Apache-2.0
"""teranga generate --output: sheets and arrays of pictures from noise and from data, and predict with one network of several."""
import struct
import unittest
import zlib

from program import ProgramTest

VARIATIONAL = """
schema = 1
[data]
type = "digits"
[[layer]]
network = "encoder"
type = "flatten"
[[layer]]
network = "encoder"
type = "dense"
name = "z_mean"
units = 4
[[layer]]
network = "decoder"
type = "input"
from = "call"
shape = [4]
[[layer]]
network = "decoder"
type = "dense"
units = 64
activation = "END"
[[layer]]
network = "decoder"
type = "reshape"
target_shape = SHAPE
[[phase]]
name = "all"
train = ["encoder", "decoder"]
[[phase.call]]
network = "encoder"
[[phase.call]]
network = "decoder"
input = "encoder"
[[phase.loss]]
type = "mean_squared_error"
target = "x"
[optimizer]
type = "adam"
learning_rate = 0.01
[training]
epochs = 2
"""


def pixels(png):
    """Width, height and rows of an 8-bit gray PNG file."""
    at, parts = 8, {}
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        parts[kind] = parts.get(kind, b"") + png[at + 8:at + 8 + length]
        at += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (depth, colour) == (8, 0), (depth, colour)
    data, rows, before = zlib.decompress(parts[b"IDAT"]), [], bytes(width)
    for y in range(height):
        kind, row = data[y * (width + 1)], bytearray(data[y * (width + 1) + 1:(y + 1) * (width + 1)])
        for x in range(width):
            left, up, corner = (row[x - 1] if x else 0), before[x], (before[x - 1] if x else 0)
            paeth = min((left, up, corner), key=lambda p: abs(left + up - corner - p))
            row[x] = (row[x] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255
        rows.append(bytes(row))
        before = rows[-1]
    return width, height, rows


def floats(npy):
    length = struct.unpack("<H", npy[8:10])[0]
    data = npy[10 + length:]
    return npy[10:10 + length].decode(), struct.unpack(f"<{len(data) // 4}f", data)


class Pictures(ProgramTest):
    def trained_net(self, end="sigmoid", shape="[8, 8, 1]", text=VARIATIONAL):
        (self.place / "net.toml").write_text(text.replace("END", end).replace("SHAPE", shape))
        self.good("train", "net.toml", "--run", "run", "--threads", "1", "--progress", "none")

    def file(self, name):
        return (self.place / name).read_bytes()

    def write_digits(self):
        digits = [0.1 * (i % 10) for i in range(3 * 64)]
        header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 8, 8, 1), }".ljust(117) + "\n"
        (self.place / "x.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack("<192f", *digits))

    def test_a_sheet_shows_the_array(self):
        self.trained_net()
        for threads, name in ((1, "a.npy"), (2, "b.npy")):
            self.assertIn("7 pictures of 8 x 8", self.good("generate", "run", "--output", name, "--count", 7, "--threads", threads))
        head, values = floats(self.file("a.npy"))
        self.assertIn("(7,8,8,1,)", head)
        self.assertEqual(self.file("a.npy"), self.file("b.npy"))
        self.good("generate", "run", "--output", "more.npy", "--count", 70)
        self.assertEqual(floats(self.file("more.npy"))[1][:len(values)], values, "a picture depends on how many there are")
        self.good("generate", "run", "--output", "other.npy", "--count", 7, "--seed", 1)
        self.assertNotEqual(self.file("a.npy"), self.file("other.npy"))
        self.good("generate", "run", "--output", "pictures.png", "--count", 7, "--columns", 4)
        width, height, rows = pixels(self.file("pictures.png"))
        side = 4 * 8 + 2  # drawn four times as large, with a gap
        self.assertEqual((width, height), (4 * side + 2, 2 * side + 2))
        for n in range(7):
            for y in range(32):
                for x in range(32):
                    expected = round(values[n * 64 + y // 4 * 8 + x // 4] * 255)
                    self.assertLessEqual(abs(rows[2 + n // 4 * side + y][2 + n % 4 * side + x] - expected), 1)
        self.assertEqual(rows[1][0], 128)

    def test_negative_numbers_move_black(self):
        self.trained_net(end="tanh")
        self.good("generate", "run", "--output", "a.npy", "--count", 1)
        self.good("generate", "run", "--output", "a.png", "--count", 1)
        value = floats(self.file("a.npy"))[1][0]
        self.assertLessEqual(abs(pixels(self.file("a.png"))[2][2][2] - round((value + 1) / 2 * 255)), 1)

    def test_parts_of_an_autoencoder_by_name(self):
        self.trained_net()
        self.write_digits()
        self.assertIn("shape (3, 4)", self.good("predict", "run", "--network", "encoder", "--input", "x.npy", "--output", "codes.npy"))
        self.assertIn("shape (3, 8, 8, 1)", self.good("predict", "run", "--network", "decoder", "--input", "codes.npy", "--output", "again.npy"))
        self.assertIn("--network encoder, or --network decoder", self.bad(2, "predict", "run", "--input", "x.npy", "--output", "y.npy"))
        self.assertIn('no network "coder"', self.bad(2, "predict", "run", "--network", "coder", "--input", "x.npy", "--output", "y.npy"))

    def test_keras_takes_one_network(self):
        self.trained_net()
        self.write_digits()
        self.assertIn("--network encoder, or --network decoder", self.bad(2, "checkpoint", "export", "run"))
        self.assertIn("decoder.weights.h5: the weights of 1 layers", self.good("checkpoint", "export", "run", "--network", "decoder"))
        self.good("predict", "run", "--network", "encoder", "--input", "x.npy", "--output", "codes.npy")
        self.good("predict", "run", "--network", "decoder", "--input", "codes.npy", "--output", "x.npy")
        decoder = VARIATIONAL[VARIATIONAL.index('type = "dense"\nunits = 64'):VARIATIONAL.index("[[phase]]")].replace("END", "sigmoid").replace("SHAPE", "[8, 8, 1]").replace('network = "decoder"\n', "")
        (self.place / "alone.toml").write_text('[data]\ntype = "npy"\ntrain = ["codes.npy", "x.npy"]\n[[layer]]\n' + decoder +
                                               '[loss]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\n[training]\nepochs = 0\n')
        self.good("train", "alone.toml", "--run", "alone", "--init-weights", "decoder.weights.h5", "--progress", "none")
        self.good("predict", "alone", "--input", "codes.npy", "--output", "same.npy")
        self.assertEqual(self.file("same.npy"), self.file("x.npy"))

    def test_a_network_of_noise_takes_nothing_of_a_file(self):
        net = VARIATIONAL.replace('network = "encoder"\ntype = "flatten"', 'network = "encoder"\ntype = "input"\nfrom = "normal"\nshape = [9]')
        self.trained_net(text=net)
        self.write_digits()
        self.assertIn("takes noise and nothing else", self.bad(2, "predict", "run", "--network", "encoder", "--input", "x.npy", "--output", "codes.npy"))

    def test_the_only_network_may_have_no_name(self):
        self.assertIn("leave out --network", self.bad(2, "predict", self.trained(), "--network", "encoder", "--input", "x.npy", "--output", "y.npy"))

    def test_an_autoencoder_shows_what_it_was_given(self):
        self.trained_net(text=VARIATIONAL.split("[[layer]]", 1)[0] + """
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 64
[[layer]]
type = "reshape"
target_shape = [8, 8, 1]
[loss]
type = "mean_squared_error"
target = "x"
[optimizer]
type = "adam"
[training]
epochs = 1
""")
        self.assertIn("each below the sample that it was made from", self.good("generate", "run", "--output", "pictures.png", "--count", 5))
        width, height, _ = pixels(self.file("pictures.png"))
        self.assertEqual((width, height), (5 * 34 + 2, 2 * 34 + 2))

    def test_what_makes_no_pictures_is_refused(self):
        self.trained_net(shape="[64]", text=VARIATIONAL.replace('target = "x"', "target = 0"))
        self.assertIn("expected pictures", self.bad(2, "generate", "run", "--output", "a.png"))
        self.assertIn("expected a name that ends in .png or .npy", self.bad(2, "generate", "run", "--output", "a.jpg"))
        self.assertIn("--prompt is for texts", self.bad(2, "generate", "run", "--output", "a.png", "--prompt", "x"))
        self.assertIn("--network is for pictures", self.bad(2, "generate", "run", "--network", "decoder"))
        self.assertIn("--columns arranges pictures in a .png file", self.bad(2, "generate", "run", "--output", "a.npy", "--columns", 3))

    def test_a_file_that_cannot_be_written_is_named(self):
        self.trained_net()
        self.assertIn("nowhere/a.png", self.bad(1, "generate", "run", "--output", "nowhere/a.png"))


if __name__ == "__main__":
    unittest.main()
