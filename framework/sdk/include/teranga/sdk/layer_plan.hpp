// SPDX-License-Identifier: Apache-2.0
// What a layer says in plan(): its outputs, parameters, states and buffers for exact input shapes.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/options.hpp>
#include <teranga/sdk/shape.hpp>

namespace teranga::sdk {

struct Input {
  Shape shape;  // axis 0 = samples
  std::int32_t type;
  std::int32_t index;
  std::int32_t mask_rank;  // leading axes of its mask; 0: none
  bool needs_gradient;
  std::string name;
};

// An initializer named by a layer itself; options give theirs as components.
class Initializer {
 public:
  explicit Initializer(const Component& chosen) : chosen_(chosen) {}
  Initializer(std::string type, std::vector<std::pair<std::string, double>> options) : type_(std::move(type)), pairs_(std::move(options)) {}

  trg_value native() {
    if (chosen_) return *chosen_.native();
    options_.clear();
    for (const auto& [name, number] : pairs_) {
      trg_option option{name.c_str(), {}};
      option.value.kind = TRG_REAL;
      option.value.real = number;
      options_.push_back(option);
    }
    trg_value value{};
    value.kind = TRG_COMPONENT;
    value.text = type_.c_str();
    value.options = options_.data();
    value.count = static_cast<std::int32_t>(options_.size());
    return value;
  }

 private:
  Component chosen_;
  std::string type_;
  std::vector<std::pair<std::string, double>> pairs_;
  std::vector<trg_option> options_;
};

inline Initializer constant(double value) { return {"teranga.constant", {{"value", value}}}; }
inline Initializer zeros() { return {"teranga.zeros", {}}; }
inline Initializer ones() { return {"teranga.ones", {}}; }
inline Initializer chosen(const Component& component) { return component ? Initializer(component) : zeros(); }

struct Penalty {
  double l1 = 0, l2 = 0;
  // From an option of kind "regularizer": { l1 = ..., l2 = ... }, or nothing.
  static Penalty of(const Component& regularizer) {
    Penalty penalty;
    for (const trg_option& option : regularizer.options()) {
      if (std::string_view(option.name) == "l1") penalty.l1 = option.value.real;
      if (std::string_view(option.name) == "l2") penalty.l2 = option.value.real;
    }
    return penalty;
  }
};

struct ParameterOptions {
  Penalty penalty = {};
  bool trainable = true;
  std::vector<trg_piece> pieces = {};
  std::int64_t fan_in = 0, fan_out = 0;  // 0: derived from the shape as Keras does
  std::int32_t touched_by = 0;           // 1 + the input that names the only rows that get a gradient
  bool lazy = false;                     // rows that were not touched stay as they are with every optimizer
};

struct OutputOptions {
  std::string name = "output";
  std::int32_t type = -1;  // -1: the compute type
  std::int32_t flags = 0;  // enum trg_port_flag
  std::int32_t shares_with = -1;
  std::int32_t mask_rank = 0;
};

class LayerPlan {
 public:
  LayerPlan(const trg_plan_request& request, const trg_planner& planner) : request_(request), planner_(planner) {
    const char* at = reinterpret_cast<const char*>(request.inputs);
    for (std::size_t i = 0; i < request.input_count; ++i, at += request.input_stride) {
      const trg_input& in = *reinterpret_cast<const trg_input*>(at);
      inputs_.push_back({Shape(in.tensor), in.tensor.type, static_cast<std::int32_t>(i), in.mask_rank, in.needs_gradient != 0, in.name ? in.name : ""});
      if (in.tensor.rank > 1 && inputs_.back().shape.product(1) == 0) throw ShapeError("expects no axis of length 0, found an input of the shape " + inputs_.back().shape.text(), inputs_.back().name);
    }
  }

  std::int32_t inputs() const {
    looked_at_ = count();
    return count();
  }
  const Input& input(std::int32_t index) const {
    if (index >= count()) throw too_few_inputs(index + 1, count());
    looked_at_ = std::max(looked_at_, index + 1);
    return inputs_[static_cast<std::size_t>(index)];
  }
  // Throws ShapeError where the layer asked neither for the last input nor how many there are: it would compute without it.
  void expect_no_more_inputs() const {
    if (looked_at_ < count())
      throw ShapeError("expects " + std::to_string(looked_at_) + (looked_at_ == 1 ? " input" : " inputs") + ", found " + std::to_string(count()), "input");
  }
  // An input of numbers of the compute type; whole numbers (class numbers, pixels) are refused.
  const Input& real_input(std::int32_t index) const {
    const Input& in = input(index);
    if (in.type == request_.type) return in;
    if (in.type == TRG_F32 || in.type == TRG_F64) throw ShapeError("expects an input of the element type that the network computes in, found another", in.name);
    throw ShapeError("expects an input of floating-point numbers, found whole ones", in.name, "add a layer of type \"rescaling\" with scale = 1.0 before it");
  }
  std::int32_t outputs() const { return outputs_; }  // that were told so far
  std::int64_t samples() const { return input(0).shape[0]; }
  std::int32_t type() const { return request_.type; }
  std::size_t element_size() const { return request_.type == TRG_F64 ? 8 : 4; }
  std::int32_t mode() const { return request_.mode; }
  bool training() const { return request_.mode == TRG_TRAINING; }
  std::int32_t max_workers() const { return request_.max_workers; }
  std::int32_t granularity() const { return request_.granularity; }

  LayerPlan& read_in_backward(const Input& in) { return planner_.input(planner_.context, in.index, TRG_READ_IN_BACKWARD), *this; }
  LayerPlan& input_flags(const Input& in, std::int32_t flags) { return planner_.input(planner_.context, in.index, flags), *this; }

  LayerPlan& output(const Shape& shape, const OutputOptions& options = {}) {
    trg_port port{};
    port.size = sizeof(port);
    port.name = options.name.c_str();
    port.type = options.type < 0 ? request_.type : options.type;
    port.rank = shape.rank();
    port.shape = shape.extents().data();
    port.flags = options.flags;
    port.shares_with = options.shares_with;
    port.mask_rank = options.mask_rank;
    planner_.output(planner_.context, &port);
    ++outputs_;
    return *this;
  }

  LayerPlan& parameter(const std::string& name, const Shape& shape, Initializer initializer, const ParameterOptions& options = {}) {
    const trg_value value = initializer.native();
    trg_parameter p{};
    p.size = sizeof(p);
    p.name = name.c_str();
    p.rank = shape.rank();
    p.shape = shape.extents().data();
    p.trainable = options.trainable;
    p.initializer = &value;
    p.pieces = options.pieces.data();
    p.piece_count = options.pieces.size();
    p.l1 = options.penalty.l1;
    p.l2 = options.penalty.l2;
    p.fan_in = options.fan_in;
    p.fan_out = options.fan_out;
    p.touched_by = options.touched_by;
    p.lazy = options.lazy;
    planner_.parameter(planner_.context, &p);
    return *this;
  }

  struct StateOptions {
    std::int32_t kind = TRG_SHARED;
    std::int32_t merge = TRG_MERGE_MEAN;
    bool resets_each_epoch = false;
  };
  LayerPlan& state(const std::string& name, const Shape& shape, Initializer initializer) { return state(name, shape, std::move(initializer), StateOptions()); }
  LayerPlan& state(const std::string& name, const Shape& shape, Initializer initializer, const StateOptions& options) {
    const trg_value value = initializer.native();
    trg_state s{};
    s.size = sizeof(s);
    s.name = name.c_str();
    s.kind = options.kind;
    s.merge = options.merge;
    s.type = request_.type;
    s.rank = shape.rank();
    s.shape = shape.extents().data();
    s.initializer = &value;
    s.resets_each_epoch = options.resets_each_epoch;
    planner_.state(planner_.context, &s);
    return *this;
  }

  // Buffers in elements of the compute type: so many for each sample, or so many for a call.
  LayerPlan& saved_per_sample(std::int64_t elements) { return buffer(TRG_SAVED, bytes(elements), 0); }
  LayerPlan& carry_per_sample(std::int64_t elements) { return buffer(TRG_CARRY, bytes(elements), 0); }
  LayerPlan& scratch(std::int64_t elements) { return buffer(TRG_SCRATCH, 0, bytes(elements)); }
  LayerPlan& scratch_per_sample(std::int64_t elements) { return buffer(TRG_SCRATCH, bytes(elements), 0); }
  LayerPlan& derived(std::int64_t elements) { return buffer(TRG_DERIVED, 0, bytes(elements)); }
  LayerPlan& buffer(std::int32_t kind, std::int64_t bytes_per_row, std::int64_t bytes) {
    return planner_.buffer(planner_.context, kind, bytes_per_row, bytes), *this;
  }

  // One sum vector a pass: passes(TRG_FORWARD, {2 * channels, 0}) is two passes, the first of which sums.
  LayerPlan& passes(std::int32_t which, const std::vector<std::int64_t>& sums, bool synchronised = false) {
    return planner_.passes(planner_.context, which, static_cast<std::int32_t>(sums.size()), sums.data(), synchronised ? TRG_SYNCHRONISED : 0), *this;
  }
  LayerPlan& offers(std::int32_t which, std::int32_t granularities, std::int64_t axis_length = 0, std::int64_t multiple = 1) {
    return planner_.granularity(planner_.context, which, granularities, axis_length, multiple), *this;
  }
  LayerPlan& cost(std::int32_t which, double flops) { return planner_.cost(planner_.context, which, flops), *this; }
  LayerPlan& cost(double forward_flops) { return cost(TRG_FORWARD, forward_flops).cost(TRG_BACKWARD, forward_flops).cost(TRG_BACKWARD_PARAMS, forward_flops); }

  std::size_t followers() const { return request_.follower_count; }
  const trg_follower& follower(std::size_t i) const {
    return *reinterpret_cast<const trg_follower*>(reinterpret_cast<const char*>(request_.followers) + i * request_.follower_stride);
  }
  LayerPlan& absorb(std::size_t count) { return planner_.absorb(planner_.context, count), *this; }

 private:
  std::int64_t bytes(std::int64_t elements) const { return elements * static_cast<std::int64_t>(element_size()); }

  const trg_plan_request& request_;
  const trg_planner& planner_;
  std::int32_t count() const { return static_cast<std::int32_t>(inputs_.size()); }

  std::vector<Input> inputs_;
  mutable std::int32_t looked_at_ = 0;
  std::int32_t outputs_ = 0;
};

}  // namespace teranga::sdk
