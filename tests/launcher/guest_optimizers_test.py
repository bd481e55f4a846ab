# SPDX-License-Identifier: Apache-2.0
"""Optimizers of somebody else: of an older border, which has no whole tensors; one that updates them, with a slot of a shape of its own; and some that are wrong."""
import json
import os
import subprocess
import unittest

from program import SOURCE, ProgramTest

PLUGIN = r"""
#include <cmath>
#include <cstddef>
#include <cstring>
#include <teranga/sdk/tensor_loops.hpp>
#include <teranga/sdk/training.hpp>
namespace sdk = teranga::sdk;

// As the border was before: facts and calls end where they did.
struct OldFacts {
  std::size_t size;
  std::int32_t slot_count, scalar_count;
  const char* const* slot_names;
  const double *slot_initial, *scalar_initial;
  std::int32_t idle_without_gradient, reserved;
};
static_assert(sizeof(OldFacts) == offsetof(trg_optimizer_facts, whole_tensors));
std::int32_t old_create(const trg_options*, void** optimizer, trg_error*) { return *optimizer = new int(0), TRG_OK; }
void old_destroy(void* optimizer) { delete static_cast<int*>(optimizer); }
void old_facts(void*, trg_optimizer_facts* facts) {
  static const char* const names[] = {"momentum"};
  const OldFacts own = {sizeof(own), 1, 0, names, nullptr, nullptr, 0, 0};
  std::memcpy(facts, &own, sizeof(own));
}
void old_update(void*, const trg_update* u) {
  for (std::int64_t i = 0; i < u->count; ++i) {
    float& v = static_cast<float*>(u->slots[0])[i];
    v = 0.5f * v - static_cast<float>(u->rate) * static_cast<const float*>(u->gradient)[i];
    static_cast<float*>(u->weights)[i] += v;
  }
}
struct OldCalls {
  std::size_t size = sizeof(OldCalls);
  decltype(trg_optimizer_calls::create) create = old_create;
  decltype(trg_optimizer_calls::destroy) destroy = old_destroy;
  decltype(trg_optimizer_calls::facts) facts = old_facts;
  decltype(trg_optimizer_calls::begin_step) begin_step = nullptr;
  decltype(trg_optimizer_calls::update) update = old_update;
};
static_assert(sizeof(OldCalls) == offsetof(trg_optimizer_calls, update_tensor));
const OldCalls old_calls;
OldCalls wrong_calls() {  // it speaks of whole tensors, which its table has no call for
  OldCalls calls;
  calls.facts = [](void*, trg_optimizer_facts* facts) { facts->whole_tensors = 1; };
  return calls;
}
const OldCalls without_call = wrong_calls();
OldCalls idle_calls() {
  OldCalls calls;
  calls.update = nullptr;
  return calls;
}
const OldCalls without_any = idle_calls();
sdk::Item item(const char* name, const OldCalls& calls) { return {TRG_OPTIMIZER, {.name = name, .options = {sdk::real("learning_rate", 0.01)}}, &calls}; }

// Steps of one length for each column of a matrix; its slot counts the updates of a column. A vector has no slot.
struct Columns {
  static sdk::Info info() {
    return {.name = "acme.columns", .options = {sdk::real("learning_rate", 0.01), sdk::integer("axes", std::int64_t{1}), sdk::text("fails_at", "")}};
  }
  std::int64_t axes;
  std::string fails_at;
  explicit Columns(const sdk::Options& options) : axes(options.integer("axes")), fails_at(options.text("fails_at")) {}
  std::vector<const char*> slots() const { return {"count"}; }
  std::vector<double> slot_initial() const { return {5}; }
  std::optional<sdk::Shape> slot_shape(int, std::string_view, const sdk::Shape& shape) const {
    if (shape.rank() < 2) return std::nullopt;
    std::vector<std::int64_t> own(static_cast<std::size_t>(axes), shape.last());
    return sdk::Shape(own);
  }
  template <class T>
  void update_tensor(const sdk::TensorUpdate<T>& u) const {
    if (u.parameter == fails_at) throw sdk::Error(TRG_FAILED, "cannot update " + std::string(u.parameter));
    const double length = std::sqrt(sdk::sum_of_squares(u.gradient, u.count)) + 1e-9;
    sdk::each_piece(u.count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) u.weights[i] -= static_cast<T>(u.rate / length) * u.gradient[i];
    });
    if (u.slot(0))
      for (std::int64_t i = 0; i < u.shape.last(); ++i) u.slot(0)[i] += 1;
  }
};

TERANGA_PLUGIN(item("acme.old", old_calls), item("acme.without_call", without_call), item("acme.without_any", without_any), sdk::optimizer<Columns>())
"""
RECIPE = """schema = 1
plugins = ["guest.so"]
[data]
type = "csv"
train = "table.csv"
[[layer]]
type = "dense"
name = "first"
units = 3
[[layer]]
type = "dense"
name = "last"
units = 1
[loss]
type = "mean_squared_error"
[optimizer]
type = "old"
[training]
epochs = 3
batch_size = 4
"""


class GuestOptimizers(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "guest.cpp").write_text(PLUGIN)
        subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-shared", "-fPIC", "-Wall", "-Wextra", "-I", SOURCE / "framework/sdk/include", "-o", self.place / "guest.so", self.place / "guest.cpp"],
                       check=True, timeout=100)
        (self.place / "table.csv").write_text("x,y\n" + "".join(f"{i / 8},{i / 4}\n" for i in range(8)))
        (self.place / "recipe.toml").write_text(RECIPE)

    def losses(self, run, *words):
        self.good("train", "recipe.toml", "--run", run, "--threads", 2, "--progress", "none", *words)
        return [line["loss"] for line in map(json.loads, (self.place / run / "metrics.jsonl").read_text().splitlines()) if line["event"] == "epoch"]

    def test_one_of_an_older_border_works_as_before(self):
        self.assertEqual(self.losses("old"), self.losses("known", "--set", 'optimizer={ type = "sgd", momentum = 0.5, learning_rate = 0.01 }'))
        self.assertIn("first/kernel/momentum", self.good("checkpoint", "show", "old"))

    def test_its_slots_have_their_own_shapes_and_are_kept(self):
        whole = ("--set", 'optimizer={ type = "columns", learning_rate = 0.05 }')
        losses = self.losses("whole", *whole)
        self.assertLess(losses[-1], losses[0])
        self.losses("parts", *whole, "--set", "training.epochs=1")
        self.assertEqual(self.losses("parts", *whole), losses)
        shown = self.good("checkpoint", "show", "parts")
        self.assertRegex(shown, r"first/kernel/count +\S* *\(3,?\)")
        self.assertNotIn("first/bias/count", shown)

    def test_what_is_wrong_with_it_is_told(self):
        for name, says in (("without_call", "says that it updates whole tensors, but its table of calls has no update_tensor"), ("without_any", "has no call update, and does not say that it updates whole tensors")):
            self.assertIn(f"optimizer acme.{name} {says}", self.bad(4, "check", "recipe.toml", "--set", f'optimizer.type="{name}"'))
        said = self.bad(4, "check", "recipe.toml", "--set", 'optimizer={ type = "columns", axes = 9 }')
        self.assertIn("optimizer acme.columns: a slot has more axes than the border can carry", said)
        said = self.bad(4, "train", "recipe.toml", "--set", 'optimizer={ type = "columns", fails_at = "last/bias" }')
        self.assertIn("optimizer acme.columns: cannot update last/bias", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
