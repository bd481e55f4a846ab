# SPDX-License-Identifier: Apache-2.0
"""Models of ONNX give what teranga predict gives: layers and options that models of Keras do not have, all activations, several networks; and what is refused."""
import itertools
import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

import numpy as np

sys.path += [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "launcher")]
from onnx_run import OnnxRun
from program import SOURCE, ProgramTest

APART = 1e-5  # relative to the scale of the outputs
SAMPLES = 12
GUEST = r"""
#include <algorithm>
#include <teranga/sdk/activation.hpp>
#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>
namespace sdk = teranga::sdk;

struct Half {
  static constexpr std::int32_t needs = 0;
  explicit Half(const sdk::Options&) {}
  template <class T>
  void value(sdk::Block<T> b) const { sdk::each(b.count(), [=](std::int64_t i) { b.y[i] = b.x[i] / 2; }); }
  template <class T>
  void gradient(sdk::GradientBlock<T> b) const { sdk::each(b.count(), [=](std::int64_t i) { b.dx[i] = b.dy[i] / 2; }); }
};
// Both names are those of Teranga behind the dot.
struct Selu : Half {
  using Half::Half;
  static sdk::Info info() { return {.name = "acme.selu"}; }
};
struct Permute {
  static sdk::LayerInfo info() { return {.name = "acme.permute"}; }
  explicit Permute(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const { p.output(p.input(0).shape); }
  template <class T>
  void forward(const sdk::Slice<T>& s) const { std::copy_n(s.in(0).data, s.in(0).count(), s.out(0).data); }
  template <class T>
  void backward(const sdk::Slice<T>& s) const { sdk::pass_on(s.d_out(0), s.d_in(0)); }
};
TERANGA_PLUGIN(sdk::activation<Selu>(), sdk::layer<Permute>())
"""
TAIL = '[[loss]]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\nlearning_rate = 0.05\n[training]\nepochs = {}\nbatch_size = 4\n'
IDS = 'type = "embedding"\ninput_dim = 9\noutput_dim = 4\nmask_zero = true\n'


def numbers(*shape):
    return np.random.default_rng(sum(shape)).standard_normal((SAMPLES, *shape)).astype(np.float32)


def ids(steps):
    """Zeros behind each sequence, and at times at its beginning and within; one sequence has nothing else."""
    rng = np.random.default_rng(steps)
    out = rng.integers(1, 9, (SAMPLES, steps)).astype(np.int32)
    out[np.arange(steps) >= rng.integers(1, steps + 1, SAMPLES)[:, None]] = 0
    out[rng.random(out.shape) < 0.15] = 0
    out[3, 0], out[4] = 0, 0
    return out


# Layers and activations that launcher/LIMITS.md names as those that ONNX cannot have.
WITHOUT_FORM = ("capsule_length", "capsule_mask", "capsules", "ctc_decode", "hidden_to_visible", "local_response_normalization", "primary_capsules", "restricted_boltzmann_machine", "squash")


class Onnx(ProgramTest):
    def recipe(self, layers, arrays, target, epochs=1):
        np.savez(self.place / "data.npz", **arrays, y=np.random.default_rng(1).standard_normal((SAMPLES, *target)).astype(np.float32))
        whole = [name for name, array in arrays.items() if array.dtype.kind == "i"]
        head = f'schema = 1\nname = "net"\n[data]\ntype = "arrays"\ntrain = "data.npz"\nfeatures = {json.dumps(list(arrays))}\ntargets = ["y"]\n' + (f"ids = {json.dumps(whole)}\n" if whole else "")
        inputs = [f'type = "input"\nname = "{name}"\n' for name in arrays] if len(arrays) > 1 else []
        (self.place / "net.toml").write_text(head + "".join(f"[[layer]]\n{layer}" for layer in [*inputs, *layers]) + TAIL.format(epochs))

    def predicted(self, run, arrays):
        if len(arrays) == 1:
            np.save(self.place / "new.npy", *arrays.values())
        else:
            np.savez(self.place / "new.npz", **arrays)
        self.good("predict", run, "--input", "new.npy" if len(arrays) == 1 else "new.npz", "--output", "out.npy")
        return np.load(self.place / "out.npy")

    def compare(self, layers, arrays, target, *export):
        """Trains a network of these layers, and compares its outputs, those of one sample too."""
        arrays = arrays if isinstance(arrays, dict) else {"x": arrays}
        self.recipe(layers, arrays, target)
        self.good("train", "net.toml", "--run", "run", "--fresh", "--progress", "none", "--threads", "1")
        self.good("export", "run", "--to", "onnx", "--output", "net.onnx", *export)
        model = OnnxRun(self.place / "net.onnx")
        self.same(model, "run", arrays)
        return model

    def same(self, model, run, arrays):
        ours = self.predicted(run, arrays)
        self.assertGreater(float(ours.std()), 1e-4)
        for part in (slice(None), slice(2, 3)):
            theirs = model.run([array[part] for array in arrays.values()])[0]
            self.assertEqual(theirs.shape, ours[part].shape)
            self.assertLessEqual(float(np.abs(theirs - ours[part]).max() / np.abs(ours).max()), APART)

    def side_by_side(self, branches, arrays, before=(), ends=('type = "flatten"\n',)):
        """Every branch, a list of layers, takes the same input, and all go into one dense layer."""
        layers, ends_of_branches = [*before, 'type = "linear"\nname = "start"\n'], []
        for number, branch in enumerate(branches):
            chain = [*branch, *ends]
            for place, layer in enumerate(chain):
                first = 'input = "start"\n' if place == 0 else ""
                layers.append(f'name = "b{number}_{place}"\n{first}{layer}')
            ends_of_branches.append(f"b{number}_{len(chain) - 1}")
        return self.compare([*layers, f'type = "concatenate"\ninput = {json.dumps(ends_of_branches)}\n', 'type = "dense"\nunits = 3\n'], arrays, [3])

    def test_every_layer_of_teranga_has_a_form(self):
        listed = re.findall(r"^layer +teranga\.(\w+)", self.good("plugin", "list", "layer"), re.M)
        forms = re.findall(r'\{"(\w+)", onnx_', (SOURCE / "framework/exchange/src/onnx_layers.cpp").read_text())
        self.assertEqual(sorted([*listed, "activation"]), sorted([*forms, *WITHOUT_FORM]))

    def test_every_activation_as_a_layer_by_a_name_and_in_a_cell(self):
        listed = self.good("plugin", "list", "activation")
        names = [name for name in re.findall(r"^activation +teranga\.(\w+)", listed, re.M) if name not in WITHOUT_FORM]
        self.assertGreater(len(names), 15)
        options = [*names, '{ type = "relu", max_value = 1.0, negative_slope = 0.2, threshold = 0.3 }', '{ type = "relu", max_value = 0.5 }', '{ type = "relu", threshold = -0.3 }', '{ type = "gelu", approximate = true }', '{ type = "elu", alpha = 0.4 }',
                   '{ type = "leaky_relu", negative_slope = 0.05 }']
        written = [name if name.startswith("{") else f'"{name}"' for name in options]
        self.side_by_side([[f'type = "activation"\nactivation = {name}\n'] for name in written], numbers(5))
        self.side_by_side([[f'type = "{name}"\n'] for name in names if name != "step"] + [['type = "step"\n']], numbers(3, 4))
        # In pictures channels lie elsewhere, and softmax goes along them.
        self.side_by_side([[f'type = "conv2d"\nfilters = 3\nkernel_size = 2\nactivation = {name}\n'] for name in written if name != '"step"'], numbers(3, 3, 2))
        bounded = [name for name in written if name not in ('"exponential"', '"step"', '"log_softmax"')]
        self.side_by_side([[f'type = "gru"\nunits = 3\nactivation = {name}\n'] for name in bounded] + [[f'type = "lstm"\nunits = 3\nrecurrent_activation = {name}\n'] for name in ('"hard_sigmoid"', '"softmax"', '"softsign"')], numbers(4, 2))

    def test_convolutions(self):
        plain = [f'type = "conv2d"\nfilters = 6\nkernel_size = {kernel}\nstrides = {strides}\ndilation_rate = {dilation}\npadding = "{padding}"\ngroups = {groups}\n' for kernel, strides, dilation, padding, groups in
                 [("[3, 2]", "[2, 1]", 1, "same", 1), (2, 1, "[2, 1]", "same", 3), (3, 3, 1, "valid", 1), (4, 3, 1, "same", 1), (1, 2, 1, "same", 3), (3, 1, 2, "valid", 1)]]
        deep = [f'type = "depthwise_conv2d"\nkernel_size = {kernel}\nstrides = {strides}\npadding = "{padding}"\ndepth_multiplier = {times}\nuse_bias = {bias}\n' for kernel, strides, padding, times, bias in [(3, 2, "same", 2, "true"), ("[2, 3]", 1, "valid", 3, "false")]]
        self.side_by_side([[layer] for layer in plain + deep], numbers(9, 8, 3))
        self.side_by_side([[f'type = "conv1d"\nfilters = 4\nkernel_size = {kernel}\nstrides = {strides}\npadding = "{padding}"\ndilation_rate = {dilation}\ngroups = {groups}\n'] for kernel, strides, padding, dilation, groups in
                           [(3, 2, "same", 1, 1), (4, 1, "causal", 2, 2), (3, 2, "causal", 1, 1), (2, 3, "valid", 1, 1), (4, 1, "same", 1, 1)]], numbers(11, 2))

    def test_transposed_convolutions(self):
        branches = []
        for kernel, strides, padding in itertools.product((1, 2, 3, 5), (1, 2, 3), ("valid", "same")):
            for behind in ("", 0, strides - 1):
                more = f"output_padding = {behind}\n" if behind != "" else ""
                branches.append([f'type = "conv2d_transpose"\nfilters = 2\nkernel_size = {kernel}\nstrides = {strides}\npadding = "{padding}"\n{more}'])
        branches.append(['type = "conv2d_transpose"\nfilters = 2\nkernel_size = [2, 3]\npadding = "same"\ndilation_rate = [1, 2]\nuse_bias = false\n'])
        self.side_by_side(branches, numbers(3, 4, 2))

    def test_pooling_padding_and_upsampling(self):
        windows = [f'pool_size = {size}\nstrides = {strides}\npadding = "{padding}"\n' for size, strides, padding in itertools.product((2, 3), (1, 2, 3), ("valid", "same"))]
        self.side_by_side([[f'type = "{kind}_pooling2d"\n{window}'] for kind in ("average", "max", "min") for window in windows], numbers(7, 6, 2))
        self.side_by_side([[f'type = "{kind}_pooling1d"\n{window}'] for kind in ("average", "max", "min") for window in windows], numbers(8, 3))
        of_pictures = [[f'type = "global_{kind}_pooling2d"\nkeepdims = {keeps}\n'] for kind in ("average", "max") for keeps in ("true", "false")]
        others = [['type = "upsampling2d"\nsize = [2, 3]\ninterpolation = "bilinear"\n'], ['type = "upsampling2d"\nsize = [3, 1]\n'], ['type = "zero_padding2d"\npadding = [0, 1, 2, 3]\n'], ['type = "zero_padding2d"\npadding = [1, 2]\n'], ['type = "zero_padding2d"\npadding = 2\n']]
        behind_a_convolution = [['type = "conv2d"\nfilters = 3\nkernel_size = 1\n', *layers] for layers in of_pictures + others]
        self.side_by_side(of_pictures + others + behind_a_convolution, numbers(5, 4, 2))
        self.side_by_side([[f'type = "global_{kind}_pooling1d"\nkeepdims = {keeps}\n'] for kind in ("average", "max") for keeps in ("true", "false")] + [['type = "upsampling1d"\nsize = 3\n'], ['type = "zero_padding1d"\npadding = [2, 1]\n']], numbers(6, 3))

    def test_recurrent_layers(self):
        kinds = ['type = "simple_rnn"\n', 'type = "lstm"\n', 'type = "gru"\n', 'type = "gru"\nreset_after = false\n', 'type = "lstm"\nuse_bias = false\n', 'type = "gru"\nuse_bias = false\n', 'type = "gru"\nrecurrent_activation = "hard_sigmoid"\n']
        options = [f"units = 3\nreturn_sequences = {sequences}\ngo_backwards = {backwards}\n" for sequences, backwards in itertools.product(("true", "false"), repeat=2)]
        branches = [[kind + more] for kind in kinds for more in options]
        plain = self.side_by_side(branches, numbers(5, 2))
        self.assertTrue({"LSTM", "GRU", "RNN"} <= set(plain.operators()))
        zeros = [[kind + options[0] + "zero_output_for_mask = true\n"] for kind in kinds]
        masked = self.side_by_side(branches + zeros, ids(6), before=[IDS])
        self.assertNotIn("LSTM", masked.operators())
        self.assertIn("Scan", masked.operators())

    def test_states_go_from_one_layer_to_another(self):
        for kind, states in (("lstm", ("state_h", "state_c")), ("gru", ("state_h",))):
            begin = f'name = "first"\ntype = "{kind}"\nunits = 4\nreturn_state = true\n'
            given = json.dumps(["words", *(f"first.{state}" for state in states)])
            layers = ['name = "embedded"\ninput = "a"\n' + IDS, begin, 'name = "words"\ninput = "b"\n' + IDS, f'name = "second"\ntype = "{kind}"\nunits = 4\nreturn_sequences = true\ninput = {given}\n', 'type = "dense"\nunits = 2\n']
            model = self.compare(layers, {"a": ids(6), "b": ids(4)}, [4, 2])
            self.assertEqual([port.shape for port in model.inputs], [["batch", "a_steps"], ["batch", "b_steps"]])
            self.assertEqual(model.outputs[0].shape, ["batch", "b_steps", 2])
            self.compare([IDS, begin, *(f'name = "of_{state}"\ntype = "dense"\nunits = 2\ninput = "first.{state}"\n' for state in states), f'type = "concatenate"\ninput = {json.dumps(["first", *(f"of_{state}" for state in states)])}\n'], ids(6), [4 + 2 * len(states)])

    def test_both_directions(self):
        for sequences, x, before in (("true", numbers(5, 2), []), ("true", ids(5), [IDS]), ("false", ids(5), [IDS])):
            branches = []
            for mode, backwards in itertools.product(("concat", "sum", "mul", "ave"), ("true", "false")):
                inner = f'{{ type = "gru", units = 3, return_sequences = {sequences}, go_backwards = {backwards} }}'
                branches.append([f'type = "bidirectional"\nlayer = {inner}\nmerge_mode = "{mode}"\n'])
            other = f'layer = {{ type = "lstm", units = 3, return_sequences = {sequences} }}\nbackward_layer = {{ type = "simple_rnn", units = 2, go_backwards = true, return_sequences = {sequences} }}\n'
            branches.append([f'type = "bidirectional"\n{other}'])
            self.side_by_side(branches, x, before)
        layers = [IDS, 'name = "both"\ntype = "bidirectional"\nmerge_mode = "none"\nlayer = { type = "lstm", units = 3, return_sequences = true, return_state = true }\n',
                  'name = "states"\ntype = "concatenate"\ninput = ["both.forward_state_h", "both.forward_state_c", "both.backward_state_h", "both.backward_state_c"]\n',
                  'name = "steps"\ntype = "concatenate"\ninput = ["both", "both.backward"]\n', 'name = "vector"\ntype = "lstm"\nunits = 2\n', 'type = "concatenate"\ninput = ["states", "vector"]\n', 'type = "dense"\nunits = 2\n']
        self.compare(layers, ids(6), [2])

    def test_masks_through_merges(self):
        merges = ("add", "average", "multiply", "maximum", "minimum", "subtract")
        first, second = ('type = "embedding"\ninput_dim = 9\noutput_dim = 4\nmask_zero = true\n' for _ in range(2))
        behind = 'type = "gru"\nunits = 3\n'
        for masks in ((True, True), (True, False), (False, True)):
            layers = [f'name = "e{side}"\ninput = "{side}"\n' + (text if masked else text.replace("mask_zero = true\n", "")) for side, text, masked in (("a", first, masks[0]), ("b", second, masks[1]))]
            for kind in merges:
                layers += [f'name = "{kind}_m"\ntype = "{kind}"\ninput = ["ea", "eb"]\n', f'name = "{kind}_v"\n' + behind, f'name = "{kind}_p"\ntype = "flatten"\ninput = "{kind}_m"\n']
            for axis in (-1, 1):
                layers += [f'name = "c{axis}"\ntype = "concatenate"\ninput = ["ea", "eb"]\naxis = {axis}\n'.replace("c-1", "c2"), f'name = "cv{axis}"\n'.replace("cv-1", "cv2") + behind]
            ends = [f"{kind}_{end}" for kind in merges for end in "vp"] + ["cv1", "cv2"]
            self.compare([*layers, f'type = "concatenate"\ninput = {json.dumps(ends)}\n', 'type = "dense"\nunits = 3\n'], {"a": ids(5), "b": np.roll(ids(5), 1, axis=0)}, [3])

    def test_attention(self):
        head = 'type = "multi_head_attention"\nnum_heads = 2\nkey_dim = 3\n'
        for words in (IDS, IDS.replace("true", "false")):
            layers = [f'name = "e{side}"\ninput = "{side}"\n' + words for side in "abc"]
            cases = {"own": ('"ea"', "use_causal_mask = true\n"), "two": ('["ea", "eb"]', "value_dim = 2\nuse_bias = false\n"), "three": ('["ea", "eb", "ec"]', "output_shape = 5\n"), "causal": ('["ea", "eb", "ec"]', "use_causal_mask = true\n")}
            for name, (inputs, more) in cases.items():
                layers += [f'name = "{name}"\n{head}input = {inputs}\n{more}', f'name = "{name}_v"\ntype = "global_average_pooling1d"\n']
            joined = json.dumps([f"{name}_v" for name in cases])
            model = self.compare([*layers, f'type = "concatenate"\ninput = {joined}\n', 'type = "dense"\nunits = 2\n'], {"a": ids(5), "b": ids(6), "c": np.roll(ids(6), 2, axis=0)}, [2])
            self.assertEqual([port.shape[1] for port in model.inputs], ["a_steps", "b_steps", "c_steps"])

    def test_positions_and_shared_tables_for_other_lengths(self):
        layers = [IDS.replace("output_dim = 4", "output_dim = 5") + 'name = "table"\n', 'type = "position_embedding"\nsequence_length = 9\n', 'type = "sine_position_encoding"\nmax_wavelength = 50.0\n', 'type = "reverse_time"\n', 'type = "gru"\nunits = 5\nreturn_sequences = true\n',
                  'type = "tied_dense"\nunits = 9\nweights_of = "table"\n']
        model = self.compare(layers, ids(6), [6, 9])
        self.assertEqual(model.outputs[0].shape, ["batch", "input_steps", 9])
        self.assertEqual(sum(constant.name == "table/embeddings" for constant in model.model.graph.initializer), 1)
        for steps in (4, 9):
            self.recipe(layers, {"x": ids(steps)}, [steps, 9])
            newest = sorted((self.place / "run/checkpoints").glob("*.h5"))[-1]
            self.good("train", "net.toml", "--run", f"run{steps}", "--init-weights", newest, "--set", "optimizer.learning_rate=0.0", "--progress", "none", "--threads", "1")
            self.same(model, f"run{steps}", {"x": ids(steps)})

    def test_segments_and_picked_steps(self):
        rng = np.random.default_rng(2)
        arrays = {"words": ids(6), "segments": rng.integers(0, 2, (SAMPLES, 6)).astype(np.int32), "places": rng.integers(0, 6, (SAMPLES, 3)).astype(np.int32)}
        layers = [IDS + 'name = "table"\ninput = "words"\n', 'type = "segment_embedding"\nname = "both"\ninput = ["table", "segments"]\n', 'type = "multi_head_attention"\nnum_heads = 2\nkey_dim = 3\nname = "seen"\n',
                  'type = "pick_step"\nname = "first"\n', 'type = "pick_step"\nname = "late"\ninput = "seen"\nstep = -2\n', 'type = "gather_steps"\ninput = ["seen", "places"]\n', 'type = "bias"\nbias_initializer = "ones"\n', 'type = "flatten"\nname = "flat"\n',
                  'type = "concatenate"\ninput = ["first", "late", "flat"]\n', 'type = "dense"\nunits = 2\n']
        self.compare(layers, arrays, [2])

    def test_each_step_by_itself(self):
        inner = ['{ type = "dense", units = 3, activation = "softmax" }', '{ type = "conv1d", filters = 2, kernel_size = 2 }', '{ type = "flatten" }', '{ type = "global_average_pooling1d" }', '{ type = "lstm", units = 3 }', '{ type = "layer_normalization" }',
                 '{ type = "batch_normalization" }', '{ type = "gru", units = 2, return_sequences = true }', '{ type = "dropout", rate = 0.5 }', '{ type = "permute", dims = [2, 1] }', '{ type = "bidirectional", layer = { type = "gru", units = 2 } }']
        self.side_by_side([[f'type = "time_distributed"\nlayer = {layer}\n'] for layer in inner], numbers(3, 4, 2))
        model = self.compare([IDS, 'type = "time_distributed"\nlayer = { type = "repeat_vector", n = 2 }\n', 'type = "time_distributed"\nlayer = { type = "flatten" }\n', 'type = "lstm"\nunits = 3\n'], ids(5), [3])
        self.assertEqual(model.inputs[0].shape, ["batch", "input_steps"])

    def test_normalization_numbers_and_shapes(self):
        branches = [['type = "batch_normalization"\n'], ['type = "batch_normalization"\nscale = false\nepsilon = 0.02\n'], ['type = "batch_normalization"\ncenter = false\n'], ['type = "layer_normalization"\n'], ['type = "layer_normalization"\naxis = [-2, -1]\nscale = false\n'],
                    ['type = "layer_normalization"\ncenter = false\nepsilon = 0.1\n'], ['type = "rescaling"\nscale = 0.5\noffset = -0.2\n'], ['type = "permute"\ndims = [2, 1]\n'], ['type = "reshape"\ntarget_shape = [2, -1]\n'], ['type = "masking"\n', 'type = "gru"\nunits = 2\n'],
                    ['type = "gaussian_noise"\nstddev = 0.5\n'], ['type = "gaussian_dropout"\nrate = 0.5\n'], ['type = "conv1d"\nfilters = 3\nkernel_size = 1\n', 'type = "batch_normalization"\nscale = false\n', 'type = "flatten"\n', 'type = "repeat_vector"\nn = 2\n']]
        x = numbers(4, 3)
        x[:, 2] = 0
        self.side_by_side(branches, x)
        self.compare(['type = "rescaling"\nscale = 0.5\n', 'type = "dense"\nunits = 3\nactivation = "tanh"\n', 'name = "again"\ntype = "dense"\nunits = 3\nweights_of = "dense"\n'], np.random.default_rng(0).integers(0, 9, (SAMPLES, 3)).astype(np.int32), [3])
        spread = ['name = "mean"\ntype = "dense"\nunits = 2\ninput = "hidden"\n', 'name = "spread"\ntype = "dense"\nunits = 2\ninput = "hidden"\n', 'type = "sampling"\ninput = ["mean", "spread"]\n']
        self.compare(['name = "hidden"\ntype = "dense"\nunits = 3\n', *spread], numbers(4), [2])

    def test_pictures_are_transposed_once(self):
        block = ['type = "conv2d"\nfilters = 4\nkernel_size = 3\npadding = "same"\n', 'type = "batch_normalization"\n', 'type = "relu"\n', 'type = "max_pooling2d"\n']
        model = self.compare([*block, *block, 'type = "global_average_pooling2d"\n', 'type = "dense"\nunits = 2\n'], numbers(8, 8, 3), [2])
        self.assertEqual(model.operators().count("Transpose"), 1)

    def test_what_onnx_has_no_form_for_is_named_at_once(self):
        (self.place / "guest.cpp").write_text(GUEST)
        subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-shared", "-fPIC", "-I", SOURCE / "framework/sdk/include", "-o", self.place / "guest.so", self.place / "guest.cpp"], check=True, timeout=100)
        layers = ['type = "masking"\nname = "steps"\n', 'type = "gru"\nname = "kept"\nunits = 3\nstateful = true\nreturn_sequences = true\n', 'type = "acme.permute"\nname = "foreign"\n', 'type = "gru"\nname = "cell"\nunits = 3\nactivation = "acme.selu"\nreturn_sequences = true\n',
                  'type = "dense"\nunits = 3\nname = "behind"\nactivation = "acme.selu"\n', 'type = "bidirectional"\nname = "both"\nlayer = { type = "lstm", units = 3, stateful = true }\n', 'type = "dense"\nunits = 1\n']
        self.recipe(layers, {"x": numbers(4, 2)}, [1])
        text = (self.place / "net.toml").read_text().replace("schema = 1\n", 'schema = 1\nplugins = ["guest.so"]\n')
        (self.place / "net.toml").write_text(text)
        self.good("train", "net.toml", "--run", "run", "--progress", "none", "--dry-run", "--set", "training.shuffle=false")
        (self.place / "net.onnx").write_text("mine")
        said = self.bad(2, "export", "run", "--to", "onnx", "--trust")
        self.assertIn("5 of the 8 layers of", said)
        state = "it keeps its state from one batch to the next (stateful)"
        named = [f'"kept" (gru): {state}', '"foreign" (permute): ONNX has no such layer', '"cell" (gru): ONNX has no activation "acme.selu"', '"behind" (dense): ONNX has no activation "acme.selu"', f'"both" (bidirectional): its layer "lstm": {state}']
        self.assertIn(" have no form in ONNX:\n  " + "\n  ".join(named) + "\n", said)
        self.assertEqual((self.place / "net.onnx").read_text(), "mine")

    def test_files_and_names(self):
        self.recipe(['name = "a-b_1"\ntype = "dense"\nunits = 2\n'], {"x": numbers(3)}, [2], epochs=3)
        text = (self.place / "net.toml").read_text().replace('name = "net"\n', 'name = "my net, é"\n').replace('targets = ["y"]', 'targets = ["y"]\nvalidation_split = 0.5') + '[checkpoint]\nkeep_best = { monitor = "val_loss" }\n'
        (self.place / "net.toml").write_text(text)
        self.good("train", "net.toml", "--run", "run", "--progress", "none", "--threads", "1")
        said = self.good("export", "run", "--to", "onnx")
        self.assertIn("my net, é.onnx: a model of 2 layers, for ONNX Runtime and others\n", said)
        self.assertEqual(list(self.place.glob("*.new")), [])
        (self.place / "other name.onnx").write_text("a former file")
        self.good("export", "run", "--to", "onnx", "--best", "-o", "other name.onnx")
        best = OnnxRun(self.place / "other name.onnx")
        self.assertEqual([port.name for port in (*best.inputs, *best.outputs)], ["input", "a-b_1"])
        self.assertEqual((best.model.producer_name, best.model.ir_version, [(one.domain, one.version) for one in best.model.opset_import], best.model.graph.name), ("Teranga", 8, [("", 17)], "my net, é"))
        x = numbers(3)
        np.save(self.place / "new.npy", x)
        self.good("predict", "run", "--best", "--input", "new.npy", "--output", "out.npy")
        np.testing.assert_allclose(best.run([x])[0], np.load(self.place / "out.npy"), atol=1e-6)
        self.assertIn("named .onnx, found \"net.keras\"", self.bad(2, "export", "run", "--to", "onnx", "-o", "net.keras"))
        self.assertIn("a model of ONNX has a layout of its own", self.bad(2, "export", "run", "--to", "onnx", "--layout", "pytorch"))
        self.assertIn("cannot be written", self.bad(1, "export", "run", "--to", "onnx", "-o", "nowhere/net.onnx"))

    def test_the_names_of_classes_go_along(self):
        (self.place / "table.csv").write_text("size,kind\n" + "".join(f"{i % 5},{('oak', 'elm é', 'ash')[i % 3]}\n" for i in range(12)))
        (self.place / "net.toml").write_text('schema = 1\n[data]\ntype = "csv"\ntrain = "table.csv"\ntarget = "kind"\n[[layer]]\ntype = "dense"\nunits = 3\nactivation = "softmax"\n[loss]\ntype = "sparse_categorical_crossentropy"\n[optimizer]\ntype = "sgd"\n')
        self.good("train", "net.toml", "--run", "run", "--progress", "none", "--threads", "1")
        self.good("export", "run", "--to", "onnx", "-o", "net.onnx")
        facts = {one.key: one.value for one in OnnxRun(self.place / "net.onnx").model.metadata_props}
        names = json.loads(facts["classes"])
        self.assertEqual(sorted(names), ["ash", "elm é", "oak"])

    def test_one_of_several_networks(self):
        layer = '[[layer]]\nnetwork = "{}"\nname = "{}"\ntype = "dense"\nunits = {}\n'
        drawn = '[[layer]]\nnetwork = "maker"\nname = "code"\ntype = "input"\nfrom = "call"\nshape = [2]\n'
        phase = '[[phase]]\nname = "learn"\ntrain = ["maker", "judge"]\ncall = [{ network = "judge" }, { network = "maker", input = "judge" }]\nloss = { type = "mean_squared_error", output = "maker" }\n'
        np.savez(self.place / "data.npz", x=numbers(4), y=numbers(3))
        (self.place / "net.toml").write_text('schema = 1\nname = "pair"\n[data]\ntype = "npz"\ntrain = "data.npz"\n' + layer.format("judge", "look", 5) + layer.format("judge", "verdict", 2) + drawn + layer.format("maker", "end", 3) + phase + '[optimizer]\ntype = "sgd"\n[training]\nepochs = 1\nbatch_size = 4\n')
        self.good("train", "net.toml", "--run", "run", "--progress", "none", "--threads", "1")
        for network, x in (("judge", numbers(4)), ("maker", numbers(2))):
            self.good("export", "run", "--to", "onnx", "--network", network)
            np.save(self.place / "new.npy", x)
            self.good("predict", "run", "--network", network, "--input", "new.npy", "--output", "out.npy")
            np.testing.assert_allclose(OnnxRun(self.place / f"{network}.onnx").run([x])[0], np.load(self.place / "out.npy"), atol=1e-5)


if __name__ == "__main__":
    unittest.main()
