// SPDX-License-Identifier: Apache-2.0
#include "optimizer_trial.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <set>

#include <teranga/host/host_table.hpp>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

std::mutex answers;  // updates of a step run at the same time

std::string fault_of_name(const char* name, std::int32_t number) {
  if (!name) return fmt::format("the name of slot {} is null", number);
  const std::string_view text(name, strnlen(name, TRG_MOST_NAME + 1));
  if (text.empty() || text.size() > TRG_MOST_NAME) return fmt::format("the name of slot {} has {} bytes: expected 1 to {}", number, text.size(), static_cast<int>(TRG_MOST_NAME));
  if (text.find('/') != std::string_view::npos) return fmt::format("the name of slot {}, \"{}\", holds a \"/\", which parts names in checkpoints", number, text);
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) return fmt::format("the name of slot {} holds control characters", number);
  return {};
}

}  // namespace

OptimizerFacts facts_of(const HeldOptimizer& optimizer) {
  OptimizerFacts facts;
  facts.native.size = sizeof(facts.native);
  facts.answer = answer_of("facts", [&](trg_error* error) { return optimizer.calls().facts(optimizer.self(), &facts.native, error); });
  return facts;
}

std::string fault_of(const OptimizerFacts& facts, const HeldOptimizer& optimizer, const Subject& subject) {
  constexpr std::int32_t most_scalars = 4096;
  const trg_optimizer_facts& f = facts.native;
  if (!facts.answer.ok()) return fmt::format("it answers {}", facts.answer.words());
  if (f.slot_count < 0 || f.slot_count > TRG_MOST_SLOTS) return fmt::format("slot_count = {}: expected 0 to {}", f.slot_count, static_cast<int>(TRG_MOST_SLOTS));
  if (f.scalar_count < 0 || f.scalar_count > most_scalars) return fmt::format("scalar_count = {}: expected 0 to {}", f.scalar_count, most_scalars);
  if (f.slot_count > 0 && !f.slot_names) return "slot_names is null";
  std::set<std::string> names;
  for (std::int32_t s = 0; s < f.slot_count; ++s) {
    if (std::string fault = fault_of_name(f.slot_names[s], s); !fault.empty()) return fault;
    if (!names.insert(f.slot_names[s]).second) return fmt::format("two slots are called \"{}\"", f.slot_names[s]);
    if (f.slot_initial && !std::isfinite(f.slot_initial[s])) return fmt::format("slot \"{}\" starts at {}", f.slot_names[s], f.slot_initial[s]);
  }
  for (std::int32_t s = 0; f.scalar_initial && s < f.scalar_count; ++s)
    if (!std::isfinite(f.scalar_initial[s])) return fmt::format("scalar {} starts at {}", s, f.scalar_initial[s]);
  for (const auto& [name, flag] : {std::pair{"idle_without_gradient", f.idle_without_gradient}, {"whole_tensors", f.whole_tensors}, {"decays_itself", f.decays_itself}})
    if (flag != 0 && flag != 1) return fmt::format("{} = {}: expected 0 or 1", name, flag);
  const trg_optimizer_calls& calls = optimizer.calls();
  if (f.whole_tensors && !has_call(calls, &trg_optimizer_calls::update_tensor)) return "whole_tensors = 1, but the call update_tensor is null";
  if (!f.whole_tensors && !calls.update) return "the call update is null, and whole_tensors is 0";
  if (f.decays_itself && !f.whole_tensors) return "decays_itself = 1 without whole_tensors: the host takes the weight decay off, too";
  if (f.decays_itself && !find_option(host::to_schema(*subject.item), "weight_decay")) return "decays_itself = 1, but there is no option weight_decay";
  return {};
}

OptimizerTrial::OptimizerTrial(const HeldOptimizer& optimizer, const trg_optimizer_facts& facts, Extents shape, std::int32_t type, std::string parameter, Edge edge)
    : weights(shape, type, edge), gradient(shape, type, edge), optimizer_(optimizer), facts_(facts), parameter_(std::move(parameter)), edge_(edge) {
  for (std::int64_t i = 0; i < weights.count(); ++i) weights.set(i, std::cos(0.37 * static_cast<double>(i) + 0.2));
  for (std::int32_t s = 0; s < facts.slot_count; ++s) make_slot(s);
  if (facts.scalar_count > 0) scalars.emplace(Extents{facts.scalar_count}, TRG_F64);
  for (std::int32_t s = 0; s < facts.scalar_count; ++s) scalars->set(s, facts.scalar_initial ? facts.scalar_initial[s] : 0);
}

void OptimizerTrial::make_slot(std::int32_t s) {
  slots.emplace_back();
  Extents extents = weights.shape();
  if (has_call(optimizer_.calls(), &trg_optimizer_calls::slot_shape)) {
    trg_slot_shape shape{};
    shape.size = sizeof(shape), shape.rank = static_cast<std::int32_t>(extents.size());
    std::ranges::copy(extents, shape.shape);
    const Answer answer = answer_of("slot_shape", [&](trg_error* error) { return optimizer_.calls().slot_shape(optimizer_.self(), s, parameter_.c_str(), &shape, error); });
    take("slot_shape", answer);
    if (!answer.ok() || shape.rank < 0) return;
    if (shape.rank > TRG_MOST_AXES) return;
    extents.assign(shape.shape, shape.shape + shape.rank);
    if (std::ranges::any_of(extents, [](std::int64_t extent) { return extent < 0 || extent > (std::int64_t{1} << 28); })) return;
  }
  TrialTensor& slot = slots.back().emplace(extents, weights.type(), edge_);
  for (std::int64_t i = 0; i < slot.count(); ++i) slot.set(i, facts_.slot_initial ? facts_.slot_initial[s] : 0);
}

void OptimizerTrial::take(const char* call, const Answer& answer) {
  const std::lock_guard lock(answers);
  if (answer.ok() || !failed_.ok()) return;
  failed_ = answer, failed_call_ = call;
}

void OptimizerTrial::step(std::int64_t number, double rate, const StepHow& how) {
  const std::vector<std::byte> before = gradient.bits();
  begin_step(number, rate);
  apply(number, rate, how);
  look_for_damage(before);
}

void OptimizerTrial::begin_step(std::int64_t number, double rate) {
  if (!optimizer_.calls().begin_step) return;
  double* const given = scalars ? static_cast<double*>(scalars->data()) : nullptr;
  take("begin_step", answer_of("begin_step", [&](trg_error* error) { return optimizer_.calls().begin_step(optimizer_.self(), number, rate, given, error); }));
}

void OptimizerTrial::apply(std::int64_t number, double rate, const StepHow& how) {
  if (facts_.whole_tensors) return update_tensor(number, rate, how.team);
  const std::int64_t length = how.segment > 0 ? how.segment : weights.count(), pieces = (weights.count() + length - 1) / length;
  const auto piece = [&](std::int64_t i) {
    const std::int64_t first = (how.backwards ? pieces - 1 - i : i) * length;
    update(first, std::min(length, weights.count() - first), number, rate, how.null_gradient);
  };
  if (how.team) return how.team->for_each(pieces, [&](std::int64_t i, int) { piece(i); });
  for (std::int64_t i = 0; i < pieces; ++i) piece(i);
}

void OptimizerTrial::update(std::int64_t first, std::int64_t count, std::int64_t number, double rate, bool null_gradient) {
  const auto at = [&](const TrialTensor& tensor) { return static_cast<void*>(static_cast<std::byte*>(tensor.data()) + static_cast<std::size_t>(first) * width_of(tensor.type())); };
  std::vector<void*> parts;
  for (const std::optional<TrialTensor>& slot : slots) parts.push_back(slot ? at(*slot) : nullptr);
  trg_update u{};
  u.size = sizeof(u), u.type = weights.type(), u.count = count;
  u.weights = at(weights), u.gradient = null_gradient ? nullptr : at(gradient), u.slots = parts.data();
  u.step = number, u.rate = rate, u.scalars = given_scalars();
  take("update", answer_of("update", [&](trg_error* error) { return optimizer_.calls().update(optimizer_.self(), &u, error); }));
}

void OptimizerTrial::update_tensor(std::int64_t number, double rate, Team* team) {
  std::vector<void*> whole;
  for (const std::optional<TrialTensor>& slot : slots) whole.push_back(slot ? slot->data() : nullptr);
  trg_tensor_update u{};
  u.size = sizeof(u), u.type = weights.type(), u.rank = static_cast<std::int32_t>(weights.shape().size()), u.shape = weights.shape().data(), u.parameter = parameter_.c_str();
  u.count = weights.count(), u.weights = weights.data(), u.gradient = gradient.data(), u.slots = whole.data();
  u.step = number, u.rate = rate, u.scalars = given_scalars();
  std::optional<host::LendTeam> lent;
  if (team) lent.emplace(*team);
  take("update_tensor", answer_of("update_tensor", [&](trg_error* error) { return optimizer_.calls().update_tensor(optimizer_.self(), &u, error); }));
}

void OptimizerTrial::look_for_damage(const std::vector<std::byte>& gradient_before) {
  if (!damage_.empty()) return;
  if (gradient.bits() != gradient_before) damage_ = "it changes the gradient, which it may only read";
  else if (weights.array().damaged()) damage_ = "it writes beside the weights";
  else if (gradient.array().damaged()) damage_ = "it writes beside the gradient";
  else if (scalars && scalars->array().damaged()) damage_ = "it writes beside its scalars";
  for (std::size_t s = 0; s < slots.size(); ++s)
    if (damage_.empty() && slots[s] && slots[s]->array().damaged()) damage_ = fmt::format("it writes beside the slot \"{}\"", facts_.slot_names[s]);
}

void OptimizerTrial::set_usual_gradient(std::int64_t step) {
  for (std::int64_t i = 0; i < gradient.count(); ++i) gradient.set(i, std::sin(1.7 * static_cast<double>(i) + 0.9 * static_cast<double>(step)) * (1 + 0.3 * static_cast<double>(i % 7)));
}

std::vector<std::byte> OptimizerTrial::bits() const {
  std::vector<std::byte> out = weights.bits();
  const auto add = [&](const std::vector<std::byte>& more) { out.insert(out.end(), more.begin(), more.end()); };
  for (const std::optional<TrialTensor>& slot : slots)
    if (slot) add(slot->bits());
  if (scalars) add(scalars->bits());
  return out;
}

void OptimizerTrial::set_bits(const std::vector<std::byte>& bits) {
  const std::byte* from = bits.data();
  const auto take_over = [&](TrialTensor& tensor) {
    std::memcpy(tensor.data(), from, tensor.array().bytes());
    from += tensor.array().bytes();
  };
  take_over(weights);
  for (std::optional<TrialTensor>& slot : slots)
    if (slot) take_over(*slot);
  if (scalars) take_over(*scalars);
}

bool OptimizerTrial::finite() const {
  const auto all = [](const TrialTensor& tensor) { return std::ranges::all_of(tensor.values(), [](double x) { return std::isfinite(x); }); };
  return all(weights) && (!scalars || all(*scalars)) && std::ranges::all_of(slots, [&](const auto& slot) { return !slot || all(*slot); });
}

}  // namespace teranga::conformance
