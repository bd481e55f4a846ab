// SPDX-License-Identifier: Apache-2.0
// Inside a run of a layer: its tensors and plans.
#pragma once

#include <teranga/conformance/layer/run.hpp>

#include <utility>

namespace teranga::conformance {

using LayerEntry = std::int32_t (*)(void*, const trg_call*, trg_error*);

// Calls the plugin. Faults in watched pages come back as a Breach.
std::int32_t enter_plugin(LayerEntry entry, void* plan, const trg_call* call, trg_error* error, const char* name, bool traps);

// Tensors of one call and the shapes that they point to.
struct CallTensors {
  std::deque<std::vector<std::int64_t>> shapes;
  std::deque<std::vector<trg_tensor>> sets;
  static constexpr std::int64_t whole = -1;

  static void pad(std::vector<trg_tensor>& set);

  // Rows [first, first + rows) of each, or the whole of it; null data where there is no memory.
  const trg_tensor* add(const std::vector<Tensor>& tensors, std::int64_t first, std::int64_t rows);
};

struct LayerRun::State {
  using Tensors = std::vector<Tensor>;
  // Of the pass before: over this run, and over all ranks.
  struct Sums {
    std::vector<double> local, global;
  };

  State(const LayerCase& given, const RunSettings& chosen);

  LayerPlan& plan_for(std::int64_t samples, std::int32_t granularity);
  int fill_of(Role role) const;
  Tensor make(const std::vector<std::int64_t>& shape, std::int32_t type, Role role, std::size_t index) const;
  Memory buffer(std::int64_t bytes, Role role) const;
  void prepare();
  void derive();
  void hide_what_backward_may_not_read();
  void prepare_backward();
  void watch(const char* call);
  void allow_all();
  void allow_given(Memory::Access access);

  void call(int which, LayerEntry entry, const char* name);
  struct Part {
    LayerPlan* plan;
    std::int64_t first, rows;
    std::size_t slice;
    std::pair<std::int64_t, std::int64_t> range;
  };
  std::vector<Part> parts_of(int which, std::int32_t granularity);
  void run_parts(const std::vector<Part>& parts, const std::function<void(std::size_t, int)>& one);
  void one_call(const Part& part, LayerEntry entry, const char* name, std::int32_t pass, int worker, double* sums, const Sums& before, const Tensors& gradients);
  void add_partial_gradients(std::vector<Tensors>& partials);

  const LayerCase& test;
  RunSettings settings;
  LivingLayer layer;
  std::int64_t samples;
  std::map<std::pair<std::int64_t, std::int32_t>, std::unique_ptr<LayerPlan>> plans;
  bool fresh = false;  // gradients of parameters hold what was left there, to be overwritten
  Tensors inputs, input_masks, outputs, output_masks, d_inputs, d_outputs, parameters, d_parameters, states_in, states_out;
  std::map<int, std::deque<Memory>> kept;
  Memory derived;
  std::vector<std::int64_t> slices;
  std::vector<std::uint64_t> row_keys;
  Sums forward_sums;
  std::vector<std::vector<double>> passes_of_forward;
  std::uint64_t random_key;
  bool updated = false, parameters_moved = true;
};

}  // namespace teranga::conformance
