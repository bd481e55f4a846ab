// SPDX-License-Identifier: Apache-2.0
// Runs one layer over one batch: forward, update_state, backward and backward_params.
#include "layer/run_state.hpp"

#include <teranga/conformance/call.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include <fmt/format.h>

namespace teranga::conformance {

const char* to_string(Role role) noexcept {
  switch (role) {
    case Role::input: return "input";
    case Role::output: return "output";
    case Role::d_input: return "d_input";
    case Role::d_output: return "d_output";
    case Role::parameter: return "parameter";
    case Role::d_parameter: return "d_parameter";
    case Role::state: return "state";
    case Role::mask: return "mask";
    case Role::saved: return "the saved memory";
    case Role::carry: return "the carry memory";
    case Role::scratch: return "the scratch memory";
    case Role::derived: return "the derived memory";
    default: return "the sums";
  }
}

std::int64_t Tensor::count() const {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
  return n;
}

std::int64_t Tensor::row_bytes() const { return shape.empty() || shape[0] == 0 ? 0 : count() / shape[0] * static_cast<std::int64_t>(size_of_type(type)); }

void Tensor::set(std::int64_t index, double value) {
  char* const to = memory->data();
  const auto i = static_cast<std::size_t>(index);
  switch (type) {
    case TRG_F64: reinterpret_cast<double*>(to)[i] = value; break;
    case TRG_F32: reinterpret_cast<float*>(to)[i] = static_cast<float>(value); break;
    case TRG_I32: reinterpret_cast<std::int32_t*>(to)[i] = static_cast<std::int32_t>(value); break;
    case TRG_I64: reinterpret_cast<std::int64_t*>(to)[i] = static_cast<std::int64_t>(value); break;
    default: reinterpret_cast<std::uint8_t*>(to)[i] = static_cast<std::uint8_t>(value);
  }
}

void Tensor::write(const Array& from) {
  if (from.count() != count() || static_cast<std::int64_t>(from.values.size()) != count()) throw std::runtime_error("an array of another size was given");
  for (std::size_t i = 0; i < from.values.size(); ++i) set(static_cast<std::int64_t>(i), from.values[i]);
}

Array Tensor::read() const {
  Array out{shape, std::vector<double>(static_cast<std::size_t>(count())), type};
  const char* const from = memory->data();
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    switch (type) {
      case TRG_F64: out.values[i] = reinterpret_cast<const double*>(from)[i]; break;
      case TRG_F32: out.values[i] = static_cast<double>(reinterpret_cast<const float*>(from)[i]); break;
      case TRG_I32: out.values[i] = reinterpret_cast<const std::int32_t*>(from)[i]; break;
      case TRG_I64: out.values[i] = static_cast<double>(reinterpret_cast<const std::int64_t*>(from)[i]); break;
      default: out.values[i] = reinterpret_cast<const std::uint8_t*>(from)[i];
    }
  }
  return out;
}

Tensor make_tensor(std::vector<std::int64_t> shape, std::int32_t type, Guard guard, int fill, std::string name) {
  Tensor t{std::move(shape), type, nullptr};
  t.memory = std::make_shared<Memory>(t.count() * static_cast<std::int64_t>(size_of_type(type)), guard, fill, std::move(name));
  return t;
}

LayerRun::State::State(const LayerCase& given, const RunSettings& chosen)
    : test(given), settings(chosen), layer(*given.calls, given.options), samples(given.samples()), random_key(given.random_key) {
  if (layer.calls.expand) throw std::runtime_error("composites have no calls to run");
}

LayerPlan& LayerRun::State::plan_for(std::int64_t count, std::int32_t granularity) {
  std::unique_ptr<LayerPlan>& plan = plans[{count, granularity}];
  if (!plan) plan = std::make_unique<LayerPlan>(layer.calls, layer.handle, test, PlanRequest{settings.type, count, granularity, std::max(settings.threads, 1)});
  if (!plan->nonsense.empty()) throw Failure{TRG_FAILED, plan->nonsense[0].text, plan->nonsense[0].where, plan->nonsense[0].mend, declares_nonsense};
  return *plan;
}

int LayerRun::State::fill_of(Role role) const {
  const auto own = settings.fills.find(role);
  return own == settings.fills.end() ? settings.fill : own->second;
}

Tensor LayerRun::State::make(const std::vector<std::int64_t>& shape, std::int32_t type, Role role, std::size_t index) const {
  return make_tensor(shape, type, settings.guard, fill_of(role), fmt::format("{} {}", to_string(role), index));
}

Memory LayerRun::State::buffer(std::int64_t bytes, Role role) const { return Memory(bytes, settings.guard, fill_of(role), to_string(role), role == Role::sums ? sizeof(double) : Memory::strip); }

void LayerRun::State::prepare() {
  const LayerPlan& plan = plan_for(samples, TRG_SLICE);
  for (const Array& in : test.inputs) {
    inputs.push_back(make(in.shape, in.type < 0 ? settings.type : in.type, Role::input, inputs.size()));
    inputs.back().write(in);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool masked = i < test.masks.size() && !test.masks[i].shape.empty();
    input_masks.push_back(masked ? make(test.masks[i].shape, TRG_U8, Role::mask, i) : Tensor{});
    if (masked) input_masks.back().write(test.masks[i]);
  }
  for (const PlannedPort& port : plan.outputs) {
    outputs.push_back(make(port.shape, port.type, Role::output, outputs.size()));
    Tensor& out = outputs.back();
    if (test.in_place && port.shares_with >= 0) out.memory = inputs.at(static_cast<std::size_t>(port.shares_with)).memory;
    const bool masked = (port.flags & TRG_MASK_PRODUCED) && port.mask_rank > 0;
    output_masks.push_back(masked ? make({port.shape.begin(), port.shape.begin() + port.mask_rank}, TRG_U8, Role::mask, inputs.size() + output_masks.size()) : Tensor{});
  }
  for (std::size_t i = 0; i < plan.parameters.size(); ++i) {
    parameters.push_back(make(plan.parameters[i].shape, settings.type, Role::parameter, i));
    parameters.back().write(i < test.parameters.size() ? test.parameters[i] : random_array(plan.parameters[i].shape, 77 + i, -0.7, 0.7));
  }
  for (std::size_t i = 0; i < plan.states.size(); ++i) {
    std::vector<std::int64_t> shape = plan.states[i].shape;
    if (plan.states[i].kind == TRG_ROW) shape.insert(shape.begin(), samples);
    states_in.push_back(make(shape, plan.states[i].type, Role::state, i));
    states_in.back().write(i < test.states.size() ? test.states[i] : filled(shape, plan.states[i].initial));
    states_out.push_back(make(shape, plan.states[i].type, Role::state, i));
  }
  derived = buffer(plan.buffers[TRG_DERIVED].bytes, Role::derived);
  slices = test.slices.empty() ? std::vector<std::int64_t>{samples} : test.slices;
  if (std::accumulate(slices.begin(), slices.end(), std::int64_t{0}) != samples) throw std::runtime_error("the slices of the case do not make its batch");
  for (std::int64_t i = 0; i < samples; ++i) row_keys.push_back(test.first_row_key + static_cast<std::uint64_t>(i));
  for (const int kind : {TRG_SAVED, TRG_CARRY}) {
    const PlannedBuffer& facts = plan.buffers[kind];
    for (const std::int64_t rows : facts.bytes == 0 ? std::vector<std::int64_t>{samples} : slices)
      kept[kind].push_back(buffer(facts.per_row * rows + facts.bytes, kind == TRG_SAVED ? Role::saved : Role::carry));
  }
}

void LayerRun::State::derive() {
  if (!layer.calls.derive || !parameters_moved) return;
  parameters_moved = false;
  derived.allow(Memory::Access::both);
  CallTensors tensors;
  trg_call native{};
  native.size = sizeof(native);
  native.parameters = tensors.add(parameters, 0, CallTensors::whole);
  native.derived = derived.data();
  trg_error error = fresh_error();
  need_ok(enter_plugin(layer.calls.derive, plan_for(samples, TRG_SLICE).handle, &native, &error, "derive", settings.guard != Guard::strips), error, "derive");
  derived.check("derive");
}

// What a call is given and must not change.
void LayerRun::State::allow_given(Memory::Access access) {
  if (settings.guard == Guard::strips || test.in_place) return;
  for (const Tensors* all : {&inputs, &input_masks, &parameters, &states_in})
    for (const Tensor& t : *all)
      if (t.memory) t.memory->allow(access);
  if (layer.calls.derive) derived.allow(access);
}

void LayerRun::State::hide_what_backward_may_not_read() {
  const LayerPlan& plan = plan_for(samples, TRG_SLICE);
  const auto hide = [&](Tensor& t, Role role) {
    t.memory->allow(Memory::Access::both);
    t.memory->fill(fill_of(role));
    if (settings.forbids_undeclared && !test.in_place) t.memory->allow(Memory::Access::none);
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    bool read = plan.input_flags[i] & TRG_READ_IN_BACKWARD;
    for (std::size_t o = 0; o < outputs.size(); ++o) read = read || (outputs[o].memory == inputs[i].memory && (plan.outputs[o].flags & TRG_READ_IN_BACKWARD));
    if (!read) hide(inputs[i], Role::input);
  }
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    if (plan.outputs[o].flags & TRG_READ_IN_BACKWARD) continue;
    outputs[o].memory = std::make_shared<Memory>(static_cast<std::int64_t>(outputs[o].memory->size()), settings.guard, fill_of(Role::output), outputs[o].memory->name());
    hide(outputs[o], Role::output);
  }
}

// Throws away what there was of an earlier step.
void LayerRun::State::prepare_backward() {
  const LayerPlan& plan = plan_for(samples, TRG_SLICE);
  hide_what_backward_may_not_read();
  d_outputs.clear(), d_inputs.clear();
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    const bool given = o < test.d_outputs.size();
    const bool none = (given && test.d_outputs[o].shape.empty()) || (plan.outputs[o].flags & TRG_NO_GRADIENT) || plan.outputs[o].type != settings.type;
    d_outputs.push_back(none ? Tensor{plan.outputs[o].shape, settings.type, nullptr} : make(plan.outputs[o].shape, settings.type, Role::d_output, o));
    if (!none) d_outputs.back().write(given ? test.d_outputs[o] : random_array(plan.outputs[o].shape, 99 + o));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    bool wanted = inputs[i].type == settings.type && !(plan.input_flags[i] & TRG_NO_GRADIENT);
    for (const int unwanted : test.no_gradient) wanted = wanted && unwanted != static_cast<int>(i);
    d_inputs.push_back(wanted ? make(inputs[i].shape, settings.type, Role::d_input, i) : Tensor{inputs[i].shape, settings.type, nullptr});
  }
  const bool shares = test.in_place && inputs.size() == 1 && plan.outputs.size() == 1 && plan.outputs[0].shares_with == 0;
  if (shares && d_inputs[0].memory && d_outputs[0].memory) d_inputs[0].memory = d_outputs[0].memory;
  else
    for (const Tensor& t : d_outputs)
      if (t.memory) t.memory->allow(Memory::Access::read);
}

void LayerRun::State::watch(const char* call) {
  for (const Tensors* all : {&inputs, &input_masks, &outputs, &output_masks, &d_inputs, &d_outputs, &parameters, &d_parameters, &states_in, &states_out})
    for (const Tensor& t : *all)
      if (t.memory) t.memory->check(call);
  derived.check(call);
  for (auto& [kind, memories] : kept)
    for (const Memory& memory : memories) memory.check(call);
}

void LayerRun::State::allow_all() {
  if (settings.guard == Guard::strips) return;
  for (const Tensors* all : {&inputs, &input_masks, &outputs, &output_masks, &d_inputs, &d_outputs, &parameters, &d_parameters, &states_in, &states_out})
    for (const Tensor& t : *all)
      if (t.memory) t.memory->allow(Memory::Access::both);
  derived.allow(Memory::Access::both);
}

LayerRun::LayerRun(const LayerCase& test, const RunSettings& settings) : state_(std::make_unique<State>(test, settings)) { state_->prepare(); }
LayerRun::~LayerRun() = default;

void LayerRun::forward() {
  State& s = *state_;
  s.allow_all();
  s.derive();
  s.allow_given(Memory::Access::read);
  s.call(TRG_FORWARD, s.layer.calls.forward, "forward");
  s.watch("forward");
  s.allow_given(Memory::Access::both);
}

void LayerRun::update_state() {
  State& s = *state_;
  if (!s.layer.calls.update_state || s.test.mode != TRG_TRAINING) return;
  CallTensors tensors;
  trg_call native{};
  native.size = sizeof(native);
  native.rows = s.samples;
  native.parameters = tensors.add(s.parameters, 0, CallTensors::whole);
  native.states_in = tensors.add(s.states_in, 0, CallTensors::whole);
  native.states_out = tensors.add(s.states_out, 0, CallTensors::whole);
  native.derived = s.derived.data();
  native.local_sums = s.forward_sums.local.data(), native.global_sums = s.forward_sums.global.data();
  s.allow_given(Memory::Access::read);
  trg_error error = fresh_error();
  need_ok(enter_plugin(s.layer.calls.update_state, plan().handle, &native, &error, "update_state", s.settings.guard != Guard::strips), error, "update_state");
  s.watch("update_state");
  s.allow_given(Memory::Access::both);
  s.updated = true;
}

void LayerRun::backward() {
  State& s = *state_;
  s.prepare_backward();
  if (!s.layer.calls.backward) return;
  for (const State::Tensors* all : {&s.parameters, &s.states_in})
    for (const Tensor& t : *all) t.memory->allow(Memory::Access::read);
  s.call(TRG_BACKWARD, s.layer.calls.backward, "backward");
  s.watch("backward");
}

void LayerRun::backward_params() {
  State& s = *state_;
  if (!s.layer.calls.backward_params) return;
  const bool wanted = s.test.mode == TRG_TRAINING && !s.test.frozen_parameters;
  const std::int32_t offered = plan().calls[TRG_BACKWARD_PARAMS].offered;
  s.fresh = s.test.granularity == TRG_RANGE && (offered & TRG_RANGE) && (offered & TRG_FRESH);
  s.d_parameters.clear();
  for (const PlannedParameter& p : plan().parameters) {
    s.d_parameters.push_back(wanted && p.trainable ? s.make(p.shape, s.settings.type, Role::d_parameter, s.d_parameters.size()) : Tensor{p.shape, s.settings.type, nullptr});
    if (s.d_parameters.back().memory && !s.fresh) s.d_parameters.back().write(filled(p.shape, s.settings.first_gradient));
  }
  s.call(TRG_BACKWARD_PARAMS, s.layer.calls.backward_params, "backward_params");
  s.fresh = false;
  s.watch("backward_params");
}

Result LayerRun::result() const {
  State& s = *state_;
  s.allow_all();
  const LayerPlan& plan = this->plan();
  Result result;
  result.input_flags = plan.input_flags;
  for (const PlannedPort& p : plan.outputs) result.output_ports.push_back(p);
  for (const PlannedParameter& p : plan.parameters) result.parameter_facts.push_back(p);
  for (const PlannedState& p : plan.states) result.state_facts.push_back(p);
  for (const int which : {TRG_FORWARD, TRG_BACKWARD, TRG_BACKWARD_PARAMS}) result.offered[which] = plan.calls[which].offered, result.flops[which] = plan.calls[which].flops;
  result.absorbed = plan.absorbed;
  const auto read = [](const State::Tensors& all) {
    std::vector<Array> arrays;
    for (const Tensor& t : all) arrays.push_back(t.memory ? t.read() : Array{});
    return arrays;
  };
  result.outputs = read(s.outputs), result.output_masks = read(s.output_masks), result.parameters = read(s.parameters);
  result.d_outputs = read(s.d_outputs), result.d_parameters = read(s.d_parameters);
  result.d_inputs = s.layer.calls.backward ? read(s.d_inputs) : std::vector<Array>(s.d_inputs.size());
  for (std::size_t i = 0; i < s.states_in.size(); ++i) result.states.push_back((plan.states[i].kind == TRG_ROW || s.updated ? s.states_out : s.states_in)[i].read());
  return result;
}

void LayerRun::set_input(std::size_t input, std::int64_t element, double value) { state_->inputs.at(input).set(element, value); }

void LayerRun::set_parameter(std::size_t parameter, std::int64_t element, double value) {
  state_->parameters.at(parameter).set(element, value);
  state_->parameters_moved = true;
}

const std::vector<std::vector<double>>& LayerRun::forward_sums() const noexcept { return state_->passes_of_forward; }

double LayerRun::objective(const std::vector<Array>& weights) const {
  double sum = 0;
  for (std::size_t o = 0; o < weights.size(); ++o) {
    if (weights[o].values.empty()) continue;
    const Array output = state_->outputs[o].read();
    for (std::size_t i = 0; i < weights[o].values.size(); ++i) sum += weights[o].values[i] * output.values[i];
  }
  return sum;
}

void LayerRun::next_step(const std::vector<Array>& inputs, std::uint64_t random_key) {
  State& s = *state_;
  s.allow_all();
  for (std::size_t i = 0; i < s.states_in.size(); ++i)
    if (plan().states[i].kind == TRG_ROW || s.updated) std::swap(s.states_in[i].memory, s.states_out[i].memory);
  for (std::size_t i = 0; i < inputs.size(); ++i) s.inputs.at(i).write(inputs[i]);
  s.random_key = random_key;
}

const LayerPlan& LayerRun::plan() const noexcept { return *state_->plans.at({state_->samples, TRG_SLICE}); }

Result run(const LayerCase& test, const RunSettings& settings) {
  LayerRun all(test, settings);
  all.forward();
  Result made = all.result();
  all.update_state();
  if (test.mode != TRG_INFERENCE) {
    all.backward();
    all.backward_params();
  }
  Result result = all.result();
  result.outputs = std::move(made.outputs);  // backward may not rely on them
  return result;
}

}  // namespace teranga::conformance
