# SPDX-License-Identifier: Apache-2.0
"""Plugins of somebody else that are wrong, and what the program says of them: the file, the plugin, the call, and the exit code of its kind."""
import os
import re
import signal
import subprocess
import unittest

from program import RECIPES, SOURCE, ProgramTest

LAYER = r"""
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <teranga/sdk/layer.hpp>
namespace sdk = teranga::sdk;

#ifndef OPENED
#define OPENED
#endif
#ifndef PLANNED
#define PLANNED
#endif
#ifndef RUN
#define RUN
#endif
#ifndef LEARNT
#define LEARNT
#endif
#ifndef DECLARED
#define DECLARED .read_in_backward(p.input(0))
#endif

namespace {
struct Opened {
  Opened() { OPENED; }
} opened;
std::atomic<int> calls{0};
[[maybe_unused]] int deeper(volatile char* before) {
  volatile char room[4096];
  room[0] = before ? before[0] : '\0';
  return deeper(room) + room[0];
}
}  // namespace

// y = a x, with whatever the test adds to its calls.
struct Scale {
  static sdk::LayerInfo info() { return {.name = "acme.scale"}; }
  explicit Scale(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape x = p.input(0).shape;
    p.output(x) DECLARED;
    p.parameter("a", {x.last()}, sdk::ones());
    PLANNED;
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    ++calls;
    for (auto [x, y, a] : s.rows(s.in(0), s.out(0), s.parameter(0))) y = a * x;
    RUN;
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [dy, dx, a] : s.rows(s.d_out(0), s.d_in(0), s.parameter(0))) dx = a * dy;
  }
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    for (auto [x, dy, da] : s.rows(s.in(0), s.d_out(0), s.d_parameter(0))) da += x * dy;
    LEARNT;
  }
};

TERANGA_PLUGIN(sdk::layer<Scale>())
"""
DENSE = r"""
#include <teranga/sdk/layer.hpp>
namespace sdk = teranga::sdk;
struct Dense {
  static sdk::LayerInfo info() { return {.name = NAME}; }
  explicit Dense(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const { p.output(p.input(0).shape); }
  template <class T> void forward(const sdk::Slice<T>& s) const { for (auto [x, y] : s.rows(s.in(0), s.out(0))) y = x; }
  template <class T> void backward(const sdk::Slice<T>& s) const { for (auto [dy, dx] : s.rows(s.d_out(0), s.d_in(0))) dx = dy; }
};
TERANGA_PLUGIN(sdk::layer<Dense>())
"""
RECIPE = """schema = 1
plugins = ["guest.so"]
[data]
type = "digits"
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 16
[[layer]]
type = "acme.scale"
[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "sgd"
learning_rate = 0.01
[training]
epochs = 1
batch_size = 64
slice = 16
[checkpoint]
every_steps = 5
every_seconds = 0
[log]
report = false
"""
TRAIN = ("train", "recipe.toml", "--run", "run", "--threads", 2, "--progress", "none")


class Guests(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "recipe.toml").write_text(RECIPE)

    def build(self, source=LAYER, to="guest.so", **defined):
        path = self.place / "guest.cpp"
        path.write_text(source)
        definitions = [f"-D{name}={text}" for name, text in defined.items()]
        subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-O1", "-shared", "-fPIC", *definitions, "-I", SOURCE / "framework/sdk/include", "-o", self.place / to, path], check=True, timeout=100)

    def crash(self, signal_number, says, *words, **more):
        code, _, err = self.run_it(*words, **more)
        self.assertIn(code, (-signal_number, 128 + signal_number), err)
        self.assertEqual(len(re.findall("crashed with signal", err)), 1, err)
        self.assertRegex(err, f"crashed with signal {signal_number}.*{says}")
        self.assertIn("stack, the latest call first", err)
        return err

    def test_a_crash_is_told_by_each_command_with_the_call_and_the_stack(self):
        self.build(PLANNED="std::raise(SIGSEGV)")
        says = r", inside the plugin acme\.scale \(layer scale, call plan\)"
        for words in (("check", "recipe.toml"), ("summary", "recipe.toml"), TRAIN):
            self.assertRegex(self.crash(signal.SIGSEGV, says, *words), r"(?m)^/.*guest\.so\(\+0x[0-9a-f]+\)|guest\.so\(_Z")
        self.crash(signal.SIGSEGV, says, *TRAIN, ranks=2)

    def test_a_crash_while_a_library_is_opened_is_told(self):
        self.build(OPENED="std::raise(SIGSEGV)")
        self.crash(signal.SIGSEGV, r"inside the plugin /.*/guest\.so \(call open\)", "check", "recipe.toml")
        self.crash(signal.SIGSEGV, r"inside the plugin /.*/guest\.so \(call open\)", "plugin", "list", TERANGA_PLUGIN_PATH=str(self.place))

    def test_a_full_stack_of_a_worker_and_crashes_of_two_threads_are_told_once(self):
        self.build(RUN="if (calls == 30) deeper(nullptr)")
        self.crash(signal.SIGSEGV, r"at step \d+, inside the plugin acme\.scale \(layer scale, call forward\)", *TRAIN)
        self.build(RUN="if (calls > 30) std::raise(SIGSEGV)")
        for _ in range(5):
            self.crash(signal.SIGSEGV, r"at step \d+, inside the plugin acme\.scale \(layer scale, call forward\)", *TRAIN, "--fresh")

    def test_what_a_guest_throws_has_its_name(self):
        self.build(OPENED='throw "in a static initializer"')
        self.assertRegex(self.bad(4, "check", "recipe.toml"), r"plugin .*/guest\.so: one of its static initializers threw an exception of unknown type")
        self.build(RUN="if (calls > 30) throw 7")
        for ranks in (1, 2):
            self.assertRegex(self.bad(4, *TRAIN, "--fresh", ranks=ranks), r'layer "scale" \(acme\.scale\): an exception of unknown type')
        self.build(RUN="if (calls > 30) static_cast<void>(new char[100l << 40])")
        self.assertRegex(self.bad(4, *TRAIN, "--fresh"), r'layer "scale" \(acme\.scale\): ')

    def test_a_guest_that_ends_the_process_is_told(self):
        for ending in ("std::exit(0)", "::_exit(0)", "std::quick_exit(3)"):
            self.build(RUN=f"if (calls > 30) {ending}")
            for ranks in (1, 2):
                self.assertRegex(self.bad(4, *TRAIN, "--fresh", ranks=ranks), r"exit\(\d\) was called within the plugin acme\.scale \(layer scale, call forward\) at step \d+")

    def test_a_guest_that_never_returns_is_named_and_keeps_to_the_time_that_was_given(self):
        self.build(RUN="for (; calls > 30;) std::this_thread::sleep_for(std::chrono::milliseconds(10))")
        code, _, err = self.run_it(*TRAIN, "--max-time", 4)
        self.assertEqual(code, 6, err)
        self.assertRegex(err, r"acme\.scale.*\blayer scale")
        code, _, err = self.run_it(*TRAIN, "--fresh", through=("timeout", "-k", "7", "8"))
        self.assertRegex(err, r"3 s after signal TERM the step has not ended.*: within the plugin acme\.scale \(layer scale, call forward\)")

    def test_a_guest_that_writes_behind_its_memory_is_named(self):
        self.build(PLANNED="p.passes(TRG_FORWARD, {4})", RUN="s.call.sums[4] = 1")
        self.assertRegex(self.bad(4, *TRAIN), r'layer "scale" \(acme\.scale\): its call forward has written behind the end of its sums')
        for memory, write in (("saved", "static_cast<float*>(s.call.saved)[16 * s.call.rows]"), ("scratch", "static_cast<float*>(s.call.scratch)[100]")):
            planned = {"saved": "p.saved_per_sample(16)", "scratch": "p.scratch(100)"}[memory]
            self.build(PLANNED=planned, RUN=f"if (calls > 30 && s.call.rows == 16) {write} = 1")
            self.assertRegex(self.bad(4, *TRAIN, "--fresh", TERANGA_CHECK_PLUGINS="1"), rf'layer "scale" \(acme\.scale\): its call forward has written behind the end of its {memory} memory')
        self.build(RUN="if (calls > 30 && s.call.rows == 16) s.out(0).data[s.out(0).count()] = 1")
        self.assertRegex(self.bad(4, *TRAIN, "--fresh", TERANGA_CHECK_PLUGINS="1"), "has written behind the end of its outputs")

    def test_memory_that_a_plan_does_not_declare_is_not_there_in_backward(self):
        self.build(DECLARED="", LEARNT="s.d_parameter(0).data[0] += s.in(0).data[0]")
        self.crash(signal.SIGSEGV, r"inside the plugin acme\.scale \(layer scale, call backward_params\): the call reads an input or an output that the plan does not declare", *TRAIN)

    def test_a_plan_that_depends_on_the_samples_is_told(self):
        self.build(PLANNED="p.passes(TRG_FORWARD, {p.samples()})")
        self.assertRegex(self.bad(4, "check", "recipe.toml"), r'layer "scale" \(acme\.scale\): its plans for other numbers of samples declare passes of forward with 1 sums, and then with 16')

    def test_a_layer_without_a_call_that_it_needs_is_named(self):
        for call in ("backward", "backward_params"):
            self.build(LAYER.replace(f"void {call}(", f"void {call}_of_acme("))
            self.assertRegex(self.bad(4, "check", "recipe.toml"), rf'layer "scale" \(acme\.scale\): .*its table of calls has no {call} ')

    def test_a_short_name_means_the_built_in_plugin_first(self):
        self.build(DENSE, to="dense.so", NAME='"guest.dense"')
        self.good("check", RECIPES / "mlp-digits.toml", TERANGA_PLUGIN_PATH=str(self.place))
        for vendor in ("one", "two"):
            self.build(DENSE, to=f"{vendor}.so", NAME=f'"{vendor}.own"')
        (self.place / "recipe.toml").write_text(RECIPE.replace('plugins = ["guest.so"]', 'plugins = ["one.so", "two.so"]').replace("acme.scale", "own"))
        self.assertIn('the layer "own" is offered by several vendors', self.bad(2, "check", "recipe.toml"))
        self.build(DENSE, to="one-again.so", NAME='"one.own"')
        self.assertRegex(self.bad(4, "check", "recipe.toml", "--set", 'plugins=["one.so", "one-again.so"]'), r'two plugins offer the layer "one\.own": .*one\.so and .*one-again\.so')

    def test_a_plugin_that_was_replaced_between_two_halves_of_a_run_is_told_with_both_hashes(self):
        self.build()
        self.good(*TRAIN)
        self.build(RUN="static_cast<void>(0)", LEARNT="static_cast<void>(calls.load())")
        code, _, err = self.run_it(*TRAIN, "--set", "training.epochs=2")
        self.assertEqual(code, 0, err)
        self.assertRegex(err, r"was written with other builds of plugins: guest \(then [0-9a-f]{8}, now [0-9a-f]{8}\)")


if __name__ == "__main__":
    unittest.main(verbosity=2)
