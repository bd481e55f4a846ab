# SPDX-License-Identifier: Apache-2.0
"""Weights as arrays: npz and safetensors hold the same numbers, and the layout of PyTorch is that of torch.nn (docs.pytorch.org: Linear, Conv2d, ConvTranspose2d, LSTM, GRU, BatchNorm2d)."""
import ast
import itertools
import json
import math
import struct
import sys
import unittest
import zipfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "launcher"))
from program import ProgramTest

HEAD = 'schema = 1\n[data]\ntype = "random"\nsamples = 16\nshape = {}\ntarget = "uniform"\ntarget_shape = [2]\n'
TAIL = '[[layer]]\ntype = "dense"\nname = "end"\nunits = 2\n[loss]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\nlearning_rate = 0.1\n[training]\nepochs = 2\nbatch_size = 4\n'
PICTURES = HEAD.format([6, 5, 3]) + "".join(f"[[layer]]\n{layer}\n" for layer in (
    'type = "conv2d"\nname = "conv"\nfilters = 4\nkernel_size = [3, 2]', 'type = "batch_normalization"\nname = "bn"', 'type = "depthwise_conv2d"\nname = "deep"\nkernel_size = 2\ndepth_multiplier = 2',
    'type = "conv2d_transpose"\nname = "back"\nfilters = 2\nkernel_size = [2, 3]', 'type = "flatten"')) + TAIL
SEQUENCES = HEAD.format([4, 3]) + "".join(f"[[layer]]\n{layer}\n" for layer in (
    'type = "conv1d"\nname = "signal"\nfilters = 4\nkernel_size = 2', 'type = "bidirectional"\nname = "both"\nlayer = { type = "lstm", units = 3, return_sequences = true }', 'type = "layer_normalization"\nname = "ln"',
    'type = "gru"\nname = "gate"\nunits = 2')) + TAIL


class Array:
    def __init__(self, shape, numbers):
        self.shape, self.numbers = tuple(shape), list(numbers)

    def __getitem__(self, index):
        place = 0
        for at, extent in zip(index, self.shape, strict=True):
            place = place * extent + at
        return self.numbers[place]


def places(shape):
    return itertools.product(*map(range, shape))


def safetensors(path):
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header, out, ends = json.loads(content[8:8 + length]), {}, 0
    for name, facts in header.items():
        if name == "__metadata__":
            continue
        begin, end = facts["data_offsets"]
        assert facts["dtype"] == "F32" and end - begin == 4 * math.prod(facts["shape"])
        out[name] = Array(facts["shape"], struct.unpack(f"<{(end - begin) // 4}f", content[8 + length + begin:8 + length + end]))
        ends = max(ends, end)
    assert 8 + length + ends == len(content)
    return out


def npz(path):
    out = {}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            content = archive.read(name)
            assert content.startswith(b"\x93NUMPY\x01\x00")
            length = struct.unpack("<H", content[8:10])[0]
            assert (10 + length) % 64 == 0
            header = ast.literal_eval(content[10:10 + length].decode())
            assert header["descr"] == "<f4" and not header["fortran_order"]
            out[name.removesuffix(".npy")] = Array(header["shape"], struct.unpack(f"<{math.prod(header['shape'])}f", content[10 + length:]))
    return out


class Tensors(ProgramTest):
    def exported(self, recipe):
        (self.place / "net.toml").write_text(recipe)
        self.good("train", "net.toml", "--run", "run", "--progress", "none", "--threads", "1")
        self.good("export", "run", "--to", "npz", "--output", "a.npz")
        self.good("export", "run", "--to", "safetensors", "--output", "a.safetensors")
        self.good("export", "run", "--to", "safetensors", "--layout", "pytorch", "--output", "b.safetensors")
        keras, same, torch = npz(self.place / "a.npz"), safetensors(self.place / "a.safetensors"), safetensors(self.place / "b.safetensors")
        self.assertEqual(keras.keys(), same.keys())
        for name in keras:
            self.assertEqual((keras[name].shape, keras[name].numbers), (same[name].shape, same[name].numbers))
        return keras, torch

    def turned(self, ours, theirs, place):
        """theirs[place(i)] == ours[i] for all i."""
        self.assertEqual(math.prod(ours.shape), math.prod(theirs.shape))
        for i in places(ours.shape):
            self.assertEqual(theirs[place(*i)], ours[i])

    def test_pictures(self):
        keras, torch = self.exported(PICTURES)
        self.turned(keras["conv/kernel"], torch["conv.weight"], lambda h, w, i, o: (o, i, h, w))
        self.turned(keras["back/kernel"], torch["back.weight"], lambda h, w, o, i: (i, o, h, w))
        deep = next(array for name, array in keras.items() if name.startswith("deep/") and len(array.shape) == 4)
        self.turned(deep, torch["deep.weight"], lambda h, w, i, m: (i * deep.shape[3] + m, 0, h, w))
        self.turned(keras["end/kernel"], torch["end.weight"], lambda i, o: (o, i))
        for ours, theirs in (("conv/bias", "conv.bias"), ("bn/gamma", "bn.weight"), ("bn/beta", "bn.bias"), ("bn/moving_mean", "bn.running_mean"), ("bn/moving_variance", "bn.running_var")):
            self.assertEqual(keras[ours].numbers, torch[theirs].numbers)
        self.assertEqual(len(keras), len(torch))

    def test_sequences(self):
        keras, torch = self.exported(SEQUENCES)
        self.turned(keras["signal/kernel"], torch["signal.weight"], lambda k, i, o: (o, i, k))
        for part, end in (("forward", ""), ("backward", "_reverse")):
            self.turned(keras[f"both/{part}_layer/kernel"], torch["both.weight_ih_l0" + end], lambda i, g: (g, i))
            self.turned(keras[f"both/{part}_layer/recurrent_kernel"], torch["both.weight_hh_l0" + end], lambda i, g: (g, i))
            self.assertEqual(keras[f"both/{part}_layer/bias"].numbers, torch["both.bias_ih_l0" + end].numbers)
            self.assertEqual(set(torch["both.bias_hh_l0" + end].numbers), {0.0})
        units = 2
        swapped = [units, 0, 2 * units]  # where Keras's gates z, r, h begin in PyTorch's r, z, n
        self.turned(keras["gate/kernel"], torch["gate.weight_ih_l0"], lambda i, g: (swapped[g // units] + g % units, i))
        self.turned(keras["gate/recurrent_kernel"], torch["gate.weight_hh_l0"], lambda i, g: (swapped[g // units] + g % units, i))
        for row, name in ((0, "ih"), (1, "hh")):
            for g in range(3 * units):
                self.assertEqual(torch[f"gate.bias_{name}_l0"][(swapped[g // units] + g % units,)], keras["gate/bias"][row, g])
        self.assertEqual(keras["ln/gamma"].numbers, torch["ln.weight"].numbers)

    def test_what_pytorch_does_not_have_is_named_at_once(self):
        text = SEQUENCES.replace('type = "gru"', 'type = "gru"\nreset_after = false').replace('type = "layer_normalization"\nname = "ln"', 'type = "multi_head_attention"\nname = "attend"\nnum_heads = 2\nkey_dim = 3')
        (self.place / "net.toml").write_text(text)
        self.good("train", "net.toml", "--run", "run", "--progress", "none", "--dry-run")
        said = self.bad(2, "export", "run", "--to", "npz", "--layout", "pytorch", "--output", "b.npz")
        self.assertIn('2 layers have no counterpart in the layout of PyTorch:\n  "attend" (multi_head_attention)\n  "gate" (gru)', said)
        self.assertFalse((self.place / "b.npz").exists())


if __name__ == "__main__":
    unittest.main()
