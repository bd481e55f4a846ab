// SPDX-License-Identifier: Apache-2.0
// Drives a layer through the C border alone, as the host would: plans, cuts slices and ranges, runs passes and their sums. Memory that a call may not rely on is full of a byte
// of choice, and what lies around each tensor is watched.
//
//   Result y = run(test);                 all calls over the whole batch
//   LayerRun a(test, {.threads = 4});     or call by call, and step by step
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <teranga/conformance/layer/memory.hpp>
#include <teranga/conformance/layer/plan.hpp>

namespace teranga::conformance {

struct Result {
  std::vector<Array> outputs, output_masks, d_inputs, d_parameters;
  std::vector<Array> parameters;  // as they were used
  std::vector<Array> d_outputs;   // as they were used
  std::vector<Array> states;      // shared: after update_state; row: [N, ...] after forward
  std::vector<Declared> output_ports, parameter_facts, state_facts;
  std::vector<std::int32_t> input_flags;  // enum trg_port_flag, as planned
  std::map<std::int32_t, std::int32_t> offered;  // enum trg_which -> granularities
  std::map<std::int32_t, double> flops;
  std::size_t absorbed = 0;               // followers that the plan takes in
};

// What memory is for.
enum class Role { input, output, d_input, d_output, parameter, d_parameter, state, mask, saved, carry, scratch, derived, sums };
const char* to_string(Role role) noexcept;

struct RunSettings {
  std::int32_t type = TRG_F64;
  Guard guard = Guard::behind;
  int fill = 0xff;                   // what memory holds that a call may not rely on
  std::map<Role, int> fills = {};    // the same for some
  int threads = 0;                   // 0: one call after the other, into the same gradients; else slices and ranges at the same time, each into gradients of its own
  bool watches_rows = false;         // rows of other slices must stay as they are
  bool forbids_undeclared = false;   // with pages: what was not declared to be read in backward cannot be
  double first_gradient = 0;         // what d_parameters hold before backward_params
  std::vector<std::vector<double>> global_sums = {};  // of each pass of forward, over all ranks; used where the plan synchronises them. A pass that is left out: this rank is alone
};

// One tensor in memory of its own, or in another's.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::int32_t type = TRG_F64;
  std::shared_ptr<Memory> memory;
  std::int64_t count() const;
  std::int64_t row_bytes() const;
  void write(const Array& from);
  void set(std::int64_t index, double value);
  Array read() const;
};
Tensor make_tensor(std::vector<std::int64_t> shape, std::int32_t type, Guard guard = Guard::strips, int fill = 0xff, std::string name = {});

class LayerRun {
 public:
  // Creates and plans. Throws Failure, for a plan with nonsense too. The case must outlive it.
  LayerRun(const LayerCase& test, const RunSettings& settings);
  ~LayerRun();
  LayerRun(const LayerRun&) = delete;
  LayerRun& operator=(const LayerRun&) = delete;

  // In this order; each throws Failure or Breach. A plan for inference has no backward.
  void forward();
  void update_state();
  void backward();
  void backward_params();
  Result result() const;

  // Another forward of the same memory with one element of an input or a parameter moved: for differences.
  void set_input(std::size_t input, std::int64_t element, double value);
  void set_parameter(std::size_t parameter, std::int64_t element, double value);
  // Of each pass of the last forward: what the samples of this run added up to.
  const std::vector<std::vector<double>>& forward_sums() const noexcept;
  double objective(const std::vector<Array>& weights) const;  // sum of weights x outputs
  // The next step: the states that were made are now the states that are given.
  void next_step(const std::vector<Array>& inputs, std::uint64_t random_key);

  const LayerPlan& plan() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// All calls over the whole batch. Throws Failure.
Result run(const LayerCase& test, const RunSettings& settings = {});

// What differs between two results, in words: "output 0: element 3 of 12 is 0.5, expected 0.25".
std::vector<std::string> differences(const Result& found, const Result& expected, const Tolerance& tolerance);
// The same for bits, the first only; empty: none.
std::string first_other_bits(const Result& found, const Result& expected);

}  // namespace teranga::conformance
