# SPDX-License-Identifier: Apache-2.0
"""Optimizers of somebody else: one by its C calls alone; one that updates them, with a slot of a shape of its own; and some that are wrong."""
import json
import os
import subprocess
import unittest

from program import SOURCE, ProgramTest

PLUGIN = r"""
#include <cmath>
#include <teranga/sdk/tensor_loops.hpp>
#include <teranga/sdk/training.hpp>
namespace sdk = teranga::sdk;

// As a plugin in C makes it.
std::int32_t plain_create(const trg_options*, void** optimizer, trg_error*) { return *optimizer = new int(0), TRG_OK; }
void plain_destroy(void* optimizer) { delete static_cast<int*>(optimizer); }
std::int32_t plain_facts(void*, trg_optimizer_facts* facts, trg_error*) {
  static const char* const names[] = {"momentum"};
  facts->slot_count = 1, facts->slot_names = names;
  return TRG_OK;
}
std::int32_t plain_update(void*, const trg_update* u, trg_error*) {
  for (std::int64_t i = 0; i < u->count; ++i) {
    float& v = static_cast<float*>(u->slots[0])[i];
    v = 0.5f * v - static_cast<float>(u->rate) * static_cast<const float*>(u->gradient)[i];
    static_cast<float*>(u->weights)[i] += v;
  }
  return TRG_OK;
}
const trg_optimizer_calls plain_calls = {sizeof(trg_optimizer_calls), plain_create, plain_destroy, plain_facts, nullptr, plain_update, nullptr, nullptr};
trg_optimizer_calls wrong_calls() {  // it speaks of whole tensors, which its table has no call for
  trg_optimizer_calls calls = plain_calls;
  calls.facts = [](void*, trg_optimizer_facts* facts, trg_error*) -> std::int32_t { return facts->whole_tensors = 1, TRG_OK; };
  return calls;
}
const trg_optimizer_calls without_call = wrong_calls();
trg_optimizer_calls idle_calls() {
  trg_optimizer_calls calls = plain_calls;
  calls.update = nullptr;
  return calls;
}
const trg_optimizer_calls without_any = idle_calls();
sdk::Item item(const char* name, const trg_optimizer_calls& calls) { return {TRG_OPTIMIZER, {.name = name, .options = {sdk::real("learning_rate", 0.01)}}, &calls}; }

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

TERANGA_PLUGIN(item("acme.plain", plain_calls), item("acme.without_call", without_call), item("acme.without_any", without_any), sdk::optimizer<Columns>())
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
type = "plain"
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

    def test_one_in_plain_c_is_updated_by_elements(self):
        self.assertEqual(self.losses("plain"), self.losses("known", "--set", 'optimizer={ type = "sgd", momentum = 0.5, learning_rate = 0.01 }'))
        self.assertIn("first/kernel/momentum", self.good("checkpoint", "show", "plain"))

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
