// SPDX-License-Identifier: Apache-2.0
// Layers of built plugins under Boost.Test: finds items by library and name, fills in options, and asserts what an author promised. The calls themselves are driven by the engine of
// `teranga plugin check` (framework/conformance).
//
//   Case dense{.plugin = "layers_core", .item = "teranga.dense", .options = {{"units", 3}}, .inputs = {random_array({5, 4}, 1)}};
//   Result y = run(dense);                          f64; y.outputs[0].values
//   check_layer(dense);                             gradients by differences, slices, ranges, f32 against f64
//   check_golden(dense, Golden("core"), "dense");   Keras's numbers
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <teranga/conformance/layer/run.hpp>
#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/c/library.h>

namespace teranga::test {

using conformance::Array;
using conformance::array;
using conformance::Declared;
using conformance::Failure;
using conformance::filled;
using conformance::LayerPlan;
using conformance::make_tensor;
using conformance::Memory;
using conformance::PlannedParameter;
using conformance::PlanRequest;
using conformance::random_array;
using conformance::Result;
using conformance::Tensor;
using conformance::Tolerance;

// A value of an option: a number, a text, a list, a component with options of its own, or nothing.
struct Value;
using Options = std::vector<std::pair<std::string, Value>>;
struct Component {
  std::string type;
  Options options = {};
};
struct Value {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<Value>, Component> held;
  Value() = default;
  Value(bool v) : held(v) {}
  Value(int v) : held(static_cast<std::int64_t>(v)) {}
  Value(std::int64_t v) : held(v) {}
  Value(double v) : held(v) {}
  Value(const char* v) : held(std::string(v)) {}
  Value(std::string v) : held(std::move(v)) {}
  Value(std::vector<Value> v) : held(std::move(v)) {}
  Value(Component v) : held(std::move(v)) {}
};
Value list(std::vector<Value> values);

// An opened library; the widest instruction set that this CPU runs, or the one in TERANGA_TEST_ISA ("base", "x86-64-v3", "x86-64-v4").
const trg_host& host_table();
std::vector<const trg_item*> items_of(const std::string& plugin);
const trg_item& find_item(const std::string& plugin, const std::string& item, std::int32_t kind);

// Options in the border's form, completed by an item's defaults; throws Failure on unknown, missing or out-of-range ones. Keeps what it points to.
class BoundOptions {
 public:
  BoundOptions(const trg_item& item, const Options& given);
  BoundOptions(const BoundOptions&) = delete;
  BoundOptions& operator=(const BoundOptions&) = delete;
  ~BoundOptions();
  const trg_options* native() const { return &options_; }

 private:
  struct Store;
  Store* store_;
  trg_options options_{};
};

// An instance of an item of any kind: its table of calls and its handle. Throws Failure where create does.
template <class Calls>
class Instance {
 public:
  Instance(const std::string& plugin, const std::string& item, std::int32_t kind, const Options& given)
      : facts(find_item(plugin, item, kind)), calls(*static_cast<const Calls*>(facts.calls)), options(facts, given) {
    trg_error error = conformance::fresh_error();
    conformance::need_ok(calls.create(options.native(), &handle, &error), error, "create");
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance() { calls.destroy(handle); }

  const trg_item& facts;
  const Calls& calls;
  BoundOptions options;
  void* handle = nullptr;
};

// A layer behind the one under test, offered to be taken in.
struct Follower {
  std::string plugin, item;
  Options options = {};
};

// One layer under test and what it is given. `parameters` and `states` that are left out are drawn or zero; d_outputs that are left out are drawn.
struct Case {
  std::string plugin, item;
  Options options = {};
  std::vector<Array> inputs;
  std::vector<Array> masks = {};        // u8, one an input; a rank of 0: none
  std::vector<Array> parameters = {};
  std::vector<Array> states = {};
  std::vector<Array> d_outputs = {};
  std::int32_t mode = TRG_TRAINING;
  std::vector<std::int64_t> slices = {};              // samples of each; empty: one slice
  std::int32_t granularity = TRG_SLICE;               // of the calls that offer it
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges = {};  // of TRG_RANGE; empty: as many pieces of `multiple` as there are
  bool in_place = false;                              // outputs take over the memory of inputs where they may
  bool frozen_parameters = false;                     // d_parameters are not wanted
  std::vector<int> no_gradient = {};                  // inputs whose gradient is not asked for; integer ones never are
  std::uint64_t random_key = 42;
  std::uint64_t first_row_key = 1000;
  std::vector<Follower> followers = {};               // nearest first
};

// The case as the engine takes it; keeps what it points to.
class BoundCase {
 public:
  explicit BoundCase(const Case& test);
  const conformance::LayerCase& native() const { return case_; }

 private:
  BoundOptions options_;
  std::deque<BoundOptions> follower_options_;
  conformance::LayerCase case_;
};

// Plans and runs forward, update_state, backward and backward_params over the whole batch. Throws Failure.
Result run(const Case& test, std::int32_t type = TRG_F64);
// The failure that a wrong case must end in; an error of the test where it succeeds.
Failure failure_of(const Case& test);

void check_close(const Array& found, const Array& expected, const Tolerance& tolerance, const std::string& what);

// d_inputs and d_parameters against central differences of sum(d_output x output), in f64, up to 150 elements a tensor.
void check_gradients(const Case& test, const Tolerance& tolerance = {2e-6, 1e-7});
// Unequal slices, every offered granularity and sharing of memory give what the whole batch gives.
void check_slices(const Case& test);
// f32 gives what f64 gives.
void check_f32(const Case& test, const Tolerance& tolerance = {2e-4, 2e-5});
// All of them.
void check_layer(const Case& test);

// Reference numbers in tests/plugins/golden/NAME.txt, written by golden.py: tensors by path ("dense/input0").
class Golden {
 public:
  explicit Golden(const std::string& name);
  bool has(const std::string& path) const { return arrays_.count(path) > 0; }
  const Array& at(const std::string& path) const;

 private:
  std::string file_;
  std::map<std::string, Array> arrays_;
};
// Takes input0.., parameter0.., state0.., d_output0.. of `path` from the book into the case and compares output0.., d_input0..,
// d_parameter0.. and new_state0.. (where they are recorded) in f64 and f32.
void check_golden(Case test, const Golden& golden, const std::string& path, const Tolerance& tolerance = {1e-4, 1e-5});

}  // namespace teranga::test
