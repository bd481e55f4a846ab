// SPDX-License-Identifier: Apache-2.0
// Runs one layer over one batch: forward, update_state, backward and backward_params, by slices, ranges or the whole.
#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <numeric>

#include <teranga/sdk/c/layer.h>

#include "harness_plan.hpp"

namespace teranga::test {

namespace {

using Entry = std::int32_t (*)(void*, const trg_call*, trg_error*);

// Tensors of one call and the shapes that they point to.
struct CallTensors {
  std::deque<std::vector<std::int64_t>> shapes;
  std::deque<std::vector<trg_tensor>> sets;
  static constexpr std::int64_t whole = -1;

  // Rows [first, first + rows) of each, or the whole of it; null data where there is no memory.
  const trg_tensor* add(std::vector<Tensor>& tensors, std::int64_t first, std::int64_t rows) {
    std::vector<trg_tensor> set;
    for (Tensor& t : tensors) {
      std::vector<std::int64_t>& shape = shapes.emplace_back(t.shape);
      char* data = t.memory ? t.memory->data() : nullptr;
      if (rows != whole && !shape.empty()) {
        if (data) data += first * t.row_bytes();
        shape[0] = rows;
      }
      set.push_back({data, shape.data(), static_cast<std::int32_t>(shape.size()), t.type});
    }
    return sets.emplace_back(std::move(set)).data();
  }
};

class Runner {
 public:
  Runner(const Case& test, std::int32_t type)
      : test_(test), type_(type), layer_(test.plugin, test.item, TRG_LAYER, test.options), samples_(test.inputs.empty() ? 0 : test.inputs[0].shape.at(0)) {
    if (layer_.calls.expand) throw std::runtime_error("the harness runs no composites");
  }

  Result run() {
    const Plan& plan = plan_for(samples_, TRG_SLICE);
    prepare(plan);
    derive(plan);
    Result result;
    describe(plan, result);
    call(TRG_FORWARD, layer_.calls.forward);
    for (Tensor& t : outputs_) result.outputs.push_back(t.read());
    for (Tensor& t : output_masks_) result.output_masks.push_back(t.memory ? t.read() : Array{});
    update_state(plan);
    for (std::size_t i = 0; i < states_in_.size(); ++i) {
      const bool changed = plan.states[i].kind == TRG_ROW || updated_;
      result.states.push_back((changed ? states_out_ : states_in_)[i].read());
    }
    if (test_.mode != TRG_INFERENCE) backward(plan, result);
    watch();
    return result;
  }

 private:
  Plan& plan_for(std::int64_t samples, std::int32_t granularity) {
    std::unique_ptr<Plan>& plan = plans_[{samples, granularity}];
    if (!plan) plan = std::make_unique<Plan>(layer_, test_, type_, samples, granularity);
    return *plan;
  }

  void prepare(const Plan& plan) {
    for (const Array& in : test_.inputs) {
      inputs_.push_back(make_tensor(in.shape, in.type < 0 ? type_ : in.type));
      inputs_.back().write(in);
    }
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const bool masked = i < test_.masks.size() && !test_.masks[i].shape.empty();
      input_masks_.push_back(masked ? make_tensor(test_.masks[i].shape, TRG_U8) : Tensor{});
      if (masked) input_masks_.back().write(test_.masks[i]);
    }
    for (const PlannedPort& port : plan.outputs) {
      outputs_.push_back(make_tensor(port.shape, port.type));
      Tensor& out = outputs_.back();
      if (test_.in_place && port.shares_with >= 0) {
        const std::size_t k = static_cast<std::size_t>(port.shares_with);
        if (plan.input_flags.at(k) & TRG_READ_IN_BACKWARD) throw std::runtime_error("an output takes over an input that is read in backward");
        if (inputs_.at(k).memory->size() != out.memory->size()) throw std::runtime_error("an output takes over an input of another size");
        out.memory = inputs_[k].memory;
      }
      output_masks_.push_back(port.mask_rank > 0 ? make_tensor({port.shape.begin(), port.shape.begin() + port.mask_rank}, TRG_U8) : Tensor{});
    }
    for (std::size_t i = 0; i < plan.parameters.size(); ++i) {
      parameters_.push_back(make_tensor(plan.parameters[i].shape, type_));
      parameters_.back().write(i < test_.parameters.size() ? test_.parameters[i] : random_array(plan.parameters[i].shape, 77 + i, -0.7, 0.7));
    }
    for (std::size_t i = 0; i < plan.states.size(); ++i) {
      std::vector<std::int64_t> shape = plan.states[i].shape;
      if (plan.states[i].kind == TRG_ROW) shape.insert(shape.begin(), samples_);
      states_in_.push_back(make_tensor(shape, plan.states[i].type));
      states_in_.back().write(i < test_.states.size() ? test_.states[i] : filled(shape, plan.states[i].initial));
      states_out_.push_back(make_tensor(shape, plan.states[i].type));
    }
    derived_ = Memory(plan.buffers[TRG_DERIVED].bytes);
    slices_ = test_.slices.empty() ? std::vector<std::int64_t>{samples_} : test_.slices;
    if (std::accumulate(slices_.begin(), slices_.end(), std::int64_t{0}) != samples_) throw std::runtime_error("the slices of the case do not make its batch");
    for (std::int64_t i = 0; i < samples_; ++i) row_keys_.push_back(test_.first_row_key + static_cast<std::uint64_t>(i));
    for (const int kind : {TRG_SAVED, TRG_CARRY}) {
      const PlannedBuffer& buffer = plan.buffers[kind];
      for (const std::int64_t rows : buffer.bytes == 0 ? std::vector<std::int64_t>{samples_} : slices_) kept_[kind].emplace_back(buffer.per_row * rows + buffer.bytes);
    }
  }

  void derive(const Plan& plan) {
    if (!layer_.calls.derive) return;
    CallTensors tensors;
    trg_call call{};
    call.size = sizeof(call);
    call.parameters = tensors.add(parameters_, 0, CallTensors::whole);
    call.derived = derived_.data();
    trg_error error = layer_.fresh_error();
    layer_.check(layer_.calls.derive(plan.handle, &call, &error), error);
  }

  void describe(const Plan& plan, Result& result) {
    result.input_flags = plan.input_flags;
    for (const PlannedPort& p : plan.outputs) result.output_ports.push_back(p);
    for (const PlannedParameter& p : plan.parameters) result.parameter_facts.push_back(p);
    for (const PlannedState& s : plan.states) result.state_facts.push_back(s);
    for (Tensor& p : parameters_) result.parameters.push_back(p.read());
    for (const int which : {TRG_FORWARD, TRG_BACKWARD, TRG_BACKWARD_PARAMS}) {
      result.offered[which] = plan.calls[which].offered;
      result.flops[which] = plan.calls[which].flops;
      result.absorbed = plan.absorbed;
    }
  }

  // All passes of one call over the batch, with the sums combined in order.
  void call(int which, Entry entry) {
    const Plan& facts = plan_for(samples_, TRG_SLICE);
    const std::int32_t granularity = facts.calls[which].offered & test_.granularity ? test_.granularity : TRG_SLICE;
    std::vector<double> before;
    for (std::size_t pass = 0; pass < facts.calls[which].sums.size(); ++pass) {
      std::vector<double> total(static_cast<std::size_t>(facts.calls[which].sums[pass]));
      const auto part = [&](Plan& plan, std::int64_t first, std::int64_t rows, std::size_t slice, std::pair<std::int64_t, std::int64_t> range) {
        Memory sums(static_cast<std::int64_t>(total.size() * sizeof(double)));
        sums.zero();
        one_call(plan, entry, static_cast<std::int32_t>(pass), first, rows, slice, range, reinterpret_cast<double*>(sums.data()), before);
        for (std::size_t i = 0; i < total.size(); ++i) total[i] += reinterpret_cast<double*>(sums.data())[i];
        sums.check("the sums");
      };
      if (granularity == TRG_SLICE) {
        std::int64_t first = 0;
        for (std::size_t i = 0; i < slices_.size(); first += slices_[i++]) part(plan_for(slices_[i], TRG_SLICE), first, slices_[i], i, {0, 0});
      } else {
        Plan& plan = plan_for(samples_, granularity);
        auto ranges = granularity == TRG_BATCH ? std::vector<std::pair<std::int64_t, std::int64_t>>{{0, 0}} : test_.ranges;
        for (std::int64_t b = 0; ranges.empty() || ranges.back().second < plan.calls[which].axis; b += plan.calls[which].multiple) {
          if (granularity == TRG_BATCH || !test_.ranges.empty()) break;
          ranges.emplace_back(b, std::min(b + plan.calls[which].multiple, plan.calls[which].axis));
        }
        for (const auto& range : ranges) part(plan, 0, samples_, 0, range);
      }
      if (!total.empty()) before = total;
    }
    if (which == TRG_FORWARD) forward_sums_ = before;
  }

  void one_call(Plan& plan, Entry entry, std::int32_t pass, std::int64_t first, std::int64_t rows, std::size_t slice, std::pair<std::int64_t, std::int64_t> range,
                double* sums, const std::vector<double>& before) {
    CallTensors tensors;
    trg_call call{};
    call.size = sizeof(call);
    call.pass = pass;
    call.first_row = first, call.rows = rows;
    call.range_begin = range.first, call.range_end = range.second;
    call.fresh = fresh_;
    call.inputs = tensors.add(inputs_, first, rows);
    call.outputs = tensors.add(outputs_, first, rows);
    call.d_inputs = tensors.add(d_inputs_, first, rows);
    call.d_outputs = tensors.add(d_outputs_, first, rows);
    call.parameters = tensors.add(parameters_, 0, CallTensors::whole);
    call.d_parameters = tensors.add(d_parameters_, 0, CallTensors::whole);
    call.input_masks = tensors.add(input_masks_, first, rows);
    call.output_masks = tensors.add(output_masks_, first, rows);
    const auto states = [&](std::vector<Tensor>& all) {
      std::vector<trg_tensor> set;
      for (std::size_t i = 0; i < all.size(); ++i) {
        std::vector<Tensor> one{all[i]};
        set.push_back(*tensors.add(one, first, plan.states[i].kind == TRG_ROW ? rows : CallTensors::whole));
      }
      return tensors.sets.emplace_back(std::move(set)).data();
    };
    call.states_in = states(states_in_);
    call.states_out = states(states_out_);
    const auto kept = [&](int kind) -> void* {
      std::deque<Memory>& memory = kept_[kind];
      if (memory.empty()) return nullptr;
      return plan.buffers[kind].bytes == 0 ? memory[0].data() + first * plan.buffers[kind].per_row : memory.at(slice).data();
    };
    call.saved = kept(TRG_SAVED);
    call.carry = kept(TRG_CARRY);
    Memory scratch(plan.buffers[TRG_SCRATCH].per_row * rows + plan.buffers[TRG_SCRATCH].bytes);
    call.scratch = scratch.data();
    call.derived = derived_.data();
    call.sums = sums;
    call.local_sums = call.global_sums = before.data();
    call.random_key = test_.random_key;
    call.row_keys = row_keys_.data() + first;
    trg_error error = layer_.fresh_error();
    layer_.check(entry(plan.handle, &call, &error), error);
    scratch.check("the scratch memory");
  }

  void update_state(const Plan& plan) {
    if (!layer_.calls.update_state || test_.mode != TRG_TRAINING) return;
    CallTensors tensors;
    trg_call call{};
    call.size = sizeof(call);
    call.rows = samples_;
    call.parameters = tensors.add(parameters_, 0, CallTensors::whole);
    call.states_in = tensors.add(states_in_, 0, CallTensors::whole);
    call.states_out = tensors.add(states_out_, 0, CallTensors::whole);
    call.derived = derived_.data();
    call.local_sums = call.global_sums = forward_sums_.data();
    trg_error error = layer_.fresh_error();
    layer_.check(layer_.calls.update_state(plan.handle, &call, &error), error);
    updated_ = true;
  }

  // Hides what backward may not read, then runs it.
  void backward(const Plan& plan, Result& result) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      bool read = plan.input_flags[i] & TRG_READ_IN_BACKWARD;
      for (std::size_t o = 0; o < outputs_.size(); ++o) read = read || (outputs_[o].memory == inputs_[i].memory && (plan.outputs[o].flags & TRG_READ_IN_BACKWARD));
      if (!read) inputs_[i].memory->poison();
    }
    for (std::size_t o = 0; o < outputs_.size(); ++o) {
      if (!(plan.outputs[o].flags & TRG_READ_IN_BACKWARD)) {
        outputs_[o].memory = std::make_shared<Memory>(static_cast<std::int64_t>(outputs_[o].memory->size()));
      }
      const bool given = o < test_.d_outputs.size();
      const bool none = (given && test_.d_outputs[o].shape.empty()) || (plan.outputs[o].flags & TRG_NO_GRADIENT) || plan.outputs[o].type != type_;
      d_outputs_.push_back(none ? Tensor{plan.outputs[o].shape, type_, nullptr} : make_tensor(plan.outputs[o].shape, type_));
      if (!none) d_outputs_.back().write(given ? test_.d_outputs[o] : random_array(plan.outputs[o].shape, 99 + o));
      result.d_outputs.push_back(none ? Array{} : d_outputs_.back().read());
    }
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      bool wanted = inputs_[i].type == type_ && !(plan.input_flags[i] & TRG_NO_GRADIENT);
      for (const int unwanted : test_.no_gradient) wanted = wanted && unwanted != static_cast<int>(i);
      d_inputs_.push_back(wanted ? make_tensor(inputs_[i].shape, type_) : Tensor{inputs_[i].shape, type_, nullptr});
    }
    const bool shares = test_.in_place && inputs_.size() == 1 && plan.outputs.size() == 1 && plan.outputs[0].shares_with == 0;
    if (shares && d_inputs_[0].memory && d_outputs_[0].memory) d_inputs_[0].memory = d_outputs_[0].memory;
    if (layer_.calls.backward) call(TRG_BACKWARD, layer_.calls.backward);
    for (Tensor& t : d_inputs_) result.d_inputs.push_back(t.memory && layer_.calls.backward ? t.read() : Array{});
    if (!layer_.calls.backward_params) return;
    const bool wanted = test_.mode == TRG_TRAINING && !test_.frozen_parameters;
    for (const PlannedParameter& p : plan.parameters) {
      d_parameters_.push_back(wanted && p.trainable ? make_tensor(p.shape, type_) : Tensor{p.shape, type_, nullptr});
      const std::int32_t offered = plan.calls[TRG_BACKWARD_PARAMS].offered;
      fresh_ = test_.granularity == TRG_RANGE && (offered & TRG_RANGE) && (offered & TRG_FRESH);
      if (d_parameters_.back().memory && !fresh_) d_parameters_.back().memory->zero();
    }
    call(TRG_BACKWARD_PARAMS, layer_.calls.backward_params);
    for (std::size_t i = 0; i < d_parameters_.size(); ++i)
      result.d_parameters.push_back(d_parameters_[i].memory ? d_parameters_[i].read() : Array{});
  }

  void watch() {
    const auto check = [](std::vector<Tensor>& tensors, const std::string& what) {
      for (std::size_t i = 0; i < tensors.size(); ++i)
        if (tensors[i].memory) tensors[i].memory->check(what + " " + std::to_string(i));
    };
    check(inputs_, "input"), check(outputs_, "output"), check(d_inputs_, "d_input"), check(d_outputs_, "d_output");
    check(parameters_, "parameter"), check(d_parameters_, "d_parameter"), check(output_masks_, "output mask"), check(states_out_, "state");
    derived_.check("the derived memory");
    for (auto& [kind, memories] : kept_)
      for (Memory& memory : memories) memory.check(kind == TRG_SAVED ? "the saved memory" : "the carry memory");
  }

  const Case& test_;
  std::int32_t type_;
  Instance<trg_layer_calls> layer_;
  std::int64_t samples_;
  std::map<std::pair<std::int64_t, std::int32_t>, std::unique_ptr<Plan>> plans_;
  bool fresh_ = false;  // gradients of parameters hold NaN, to be overwritten
  std::vector<Tensor> inputs_, input_masks_, outputs_, output_masks_, d_inputs_, d_outputs_, parameters_, d_parameters_, states_in_, states_out_;
  std::map<int, std::deque<Memory>> kept_;
  Memory derived_{0};
  std::vector<std::int64_t> slices_;
  std::vector<std::uint64_t> row_keys_;
  std::vector<double> forward_sums_;
  bool updated_ = false;
};

}  // namespace

Result run(const Case& test, std::int32_t type) { return Runner(test, type).run(); }

}  // namespace teranga::test
