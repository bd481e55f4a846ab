# SPDX-License-Identifier: Apache-2.0
"""Plugins of somebody else that are wrong, and what the program says of them: the file, the plugin, the call, and the exit code of its kind."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from program import RECIPES, SOURCE, ProgramTest

GUEST = r"""
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <teranga/sdk/layer.hpp>
namespace sdk = teranga::sdk;

namespace {
std::string way() { return std::getenv("GUEST") ? std::getenv("GUEST") : ""; }
bool is(const char* one) { return way() == one; }
std::atomic<int> calls{0};
bool late() { return calls > 30; }
int deeper(volatile char* before) {
  volatile char room[4096];
  room[0] = before ? before[0] : '\0';
  return deeper(room) + room[0];
}

struct Opened {
  Opened() {
    if (is("open: crash")) std::raise(SIGSEGV);
    if (is("open: throw")) throw 1;
  }
} opened;

template <class T>
void misbehave(const sdk::Slice<T>& s) {
  const bool full = s.samples() == 16;
  if (is("sums")) s.sums()[4] = 1;
  if (!late()) return;
  if (is("deep")) deeper(nullptr);
  if (is("crash")) std::raise(SIGSEGV);
  if (is("throw")) throw 7;
  if (is("memory")) {
    static void* volatile memory = nullptr;
    memory = ::operator new(std::size_t{100} << 40);
  }
  if (is("exit")) std::exit(0);
  if (is("_exit")) ::_exit(0);
  if (is("quick_exit")) std::quick_exit(3);
  while (is("hang")) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  if (is("saved") && full) s.saved()[16 * 16] = 1;
  if (is("scratch") && full) s.scratch()[100] = 1;
  if (is("outputs") && full) s.out(0).data[s.out(0).count()] = 1;
}
}  // namespace

// y = a x, with whatever the variable GUEST adds to its calls.
struct Scale {
  static sdk::LayerInfo info() { return {.name = "acme.scale"}; }
  explicit Scale(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape x = p.input(0).shape;
    p.output(x);
    if (!is("undeclared")) p.read_in_backward(p.input(0));
    p.parameter("a", {x.last()}, sdk::ones());
    if (is("plan: crash")) std::raise(SIGSEGV);
    if (is("sums")) p.passes(TRG_FORWARD, {4});
    if (is("samples")) p.passes(TRG_FORWARD, {p.samples()});
    if (is("saved")) p.saved_per_sample(16);
    if (is("scratch")) p.scratch(100);
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    ++calls;
    for (auto [x, y, a] : s.rows(s.in(0), s.out(0), s.parameter(0))) y = a * x;
    misbehave(s);
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [dy, dx, a] : s.rows(s.d_out(0), s.d_in(0), s.parameter(0))) dx = a * dy;
  }
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    for (auto [x, dy, da] : s.rows(s.in(0), s.d_out(0), s.d_parameter(0))) da += x * dy;
  }
};

template <const char* const& name, bool learns>
struct Half {  // lacks a call
  static sdk::LayerInfo info() { return {.name = name}; }
  explicit Half(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const {
    p.output(p.input(0).shape);
    if (learns) p.parameter("a", {p.input(0).shape.last()}, sdk::ones());
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    for (auto [x, y] : s.rows(s.in(0), s.out(0))) y = x;
  }
};
constexpr const char *no_backward = "acme.no_backward", *no_backward_params = "acme.no_backward_params", *dense = "guest.dense", *one = "one.own", *two = "two.own";

TERANGA_PLUGIN(sdk::layer<Scale>(), sdk::layer<Half<no_backward, false>>(), sdk::layer<Half<no_backward_params, true>>(), sdk::layer<Half<dense, false>>(), sdk::layer<Half<one, false>>(),
               sdk::layer<Half<two, false>>())
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
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="teranga-guests-")
        cls.addClassCleanup(cls.folder.cleanup)
        source, cls.library = (pathlib.Path(cls.folder.name) / name for name in ("guest.cpp", "guest.so"))
        source.write_text(GUEST)
        subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-O1", "-shared", "-fPIC", "-I", SOURCE / "framework/sdk/include", "-o", cls.library, source], check=True, timeout=200)

    def setUp(self):
        super().setUp()
        (self.place / "recipe.toml").write_text(RECIPE)
        shutil.copy(self.library, self.place / "guest.so")

    def crash(self, signal_number, says, *words, **more):
        code, _, err = self.run_it(*words, **more)
        self.assertIn(code, (-signal_number, 128 + signal_number), err)
        self.assertEqual(len(re.findall("crashed with signal", err)), 1, err)
        self.assertRegex(err, f"crashed with signal {signal_number}.*{says}")
        self.assertIn("stack, the latest call first", err)
        return err

    def use(self, layer):
        (self.place / "recipe.toml").write_text(RECIPE.replace("acme.scale", layer))

    def test_a_crash_is_told_by_each_command_with_the_call_and_the_stack(self):
        says = r", inside the plugin acme\.scale \(layer scale, call plan\)"
        for words in (("check", "recipe.toml"), TRAIN):
            self.assertRegex(self.crash(signal.SIGSEGV, says, *words, GUEST="plan: crash"), r"(?m)^/.*guest\.so\(")
        self.crash(signal.SIGSEGV, says, *TRAIN, ranks=2, GUEST="plan: crash")

    def test_a_crash_while_a_library_is_opened_is_told(self):
        says = r"inside the plugin /.*/guest\.so \(call open\)"
        self.crash(signal.SIGSEGV, says, "check", "recipe.toml", GUEST="open: crash")
        self.crash(signal.SIGSEGV, says, "plugin", "list", TERANGA_PLUGIN_PATH=str(self.place), GUEST="open: crash")

    def test_a_full_stack_of_a_worker_and_crashes_of_two_threads_are_told_once(self):
        says = r"at step \d+, inside the plugin acme\.scale \(layer scale, call forward\)"
        self.crash(signal.SIGSEGV, says, *TRAIN, GUEST="deep")
        for _ in range(3):
            self.crash(signal.SIGSEGV, says, *TRAIN, "--fresh", GUEST="crash")

    def test_what_a_guest_throws_has_its_name(self):
        self.assertRegex(self.bad(4, "check", "recipe.toml", GUEST="open: throw"), r"plugin .*/guest\.so: one of its static initializers threw an exception of unknown type")
        for ranks in (1, 2):
            self.assertRegex(self.bad(4, *TRAIN, "--fresh", ranks=ranks, GUEST="throw"), r'layer "scale" \(acme\.scale\): an exception of unknown type')
        self.assertRegex(self.bad(4, *TRAIN, "--fresh", GUEST="memory"), r'layer "scale" \(acme\.scale\): ')

    def test_a_guest_that_ends_the_process_is_told(self):
        for ending, ranks in (("exit", 1), ("_exit", 1), ("quick_exit", 1), ("exit", 2), ("_exit", 2)):
            code, _, err = self.run_it(*TRAIN, "--fresh", ranks=ranks, GUEST=ending)
            self.assertEqual(code, 4, err)
            self.assertRegex(err, r"exit\(\d\) was called within the plugin acme\.scale \(layer scale, call forward\) at step \d+")

    def test_a_guest_that_never_returns_is_named_and_keeps_to_the_time_that_was_given(self):
        code, _, err = self.run_it(*TRAIN, "--max-time", 4, GUEST="hang")
        self.assertEqual(code, 6, err)
        self.assertRegex(err, r'no progress .*in the layer "scale" \(acme\.scale, call forward\)')
        code, _, err = self.run_it(*TRAIN, "--fresh", through=("timeout", "-k", "7", "8"), GUEST="hang")
        self.assertRegex(err, r"3 s after signal TERM the step has not ended.*: within the plugin acme\.scale \(layer scale, call forward\)")

    def test_a_guest_that_writes_behind_its_memory_is_named(self):
        who = r'layer "scale" \(acme\.scale\): its call forward has written behind the end of its '
        self.assertRegex(self.bad(4, *TRAIN, GUEST="sums"), who + "sums")
        for memory, words in (("saved", "saved memory"), ("scratch", "scratch memory"), ("outputs", "outputs")):
            self.assertRegex(self.bad(4, *TRAIN, "--fresh", TERANGA_CHECK_PLUGINS="1", GUEST=memory), who + words)
        self.good(*TRAIN, "--fresh", TERANGA_CHECK_PLUGINS="1")

    def test_memory_that_a_plan_does_not_declare_cannot_be_read_in_backward(self):
        self.crash(signal.SIGSEGV, r"inside the plugin acme\.scale \(layer scale, call backward_params\): the call reads an input or an output that the plan does not declare", *TRAIN, GUEST="undeclared")

    def test_a_plan_that_depends_on_the_samples_is_told(self):
        self.assertRegex(self.bad(4, "check", "recipe.toml", GUEST="samples"), r'layer "scale" \(acme\.scale\): its plans for other numbers of samples, or for another mode, declare passes of forward with 1 sums, and then with 16')

    def test_a_layer_without_a_call_that_it_needs_is_named(self):
        for call in ("backward", "backward_params"):
            self.use(f"acme.no_{call}")
            self.assertRegex(self.bad(4, "check", "recipe.toml"), rf'layer "no_{call}" \(acme\.no_{call}\): .*its table of calls has no {call} ')

    def test_a_short_name_means_the_built_in_plugin_first(self):
        self.good("check", RECIPES / "mlp-digits.toml", TERANGA_PLUGIN_PATH=str(self.place))
        self.use("own")
        self.assertIn('the layer "own" is offered by several vendors', self.bad(2, "check", "recipe.toml"))
        shutil.copy(self.place / "guest.so", self.place / "again.so")
        self.assertRegex(self.bad(4, "check", "recipe.toml", "--set", 'plugins=["guest.so", "again.so"]'), r'two plugins offer the layer "[a-z_.]+": .*guest\.so and .*again\.so')

    def test_a_plugin_that_was_replaced_between_two_halves_of_a_run_is_told_with_both_hashes(self):
        self.good(*TRAIN)
        with (self.place / "guest.so").open("ab") as library:
            library.write(b"another build")
        code, _, err = self.run_it(*TRAIN, "--set", "training.epochs=2")
        self.assertEqual(code, 0, err)
        self.assertRegex(err, r"was written with other builds of plugins: guest \(then [0-9a-f]{8}, now [0-9a-f]{8}\)")


if __name__ == "__main__":
    unittest.main(verbosity=2)
