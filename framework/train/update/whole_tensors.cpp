// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/whole_tensors.hpp>

#include "update/flat_loops.hpp"

#include <teranga/core/error.hpp>
#include <teranga/host/host_table.hpp>

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::size_t shared_from = 2 * flat_piece;  // elements: smaller parameters are not worth a loop of their own


// f(begin, count) for all elements, on the team if there is one.
template <class F>
void each_stretch(std::size_t count, Team* team, F&& f) {
  if (!team) return f(std::size_t{0}, count);
  team->for_each(static_cast<std::int64_t>((count + flat_piece - 1) / flat_piece), [&](std::int64_t i, int) {
    const std::size_t begin = static_cast<std::size_t>(i) * flat_piece;
    f(begin, std::min(flat_piece, count - begin));
  });
}

}  // namespace

WholeTensors::WholeTensors(const host::Optimizer& optimizer, const trg_optimizer_facts& facts, model::ParameterStore& store, const std::vector<std::size_t>& trained)
    : optimizer_(optimizer), store_(store) {
  if (!optimizer.calls().update_tensor)
    throw Error(ExitCode::plugin, fmt::format("{} says that it updates whole tensors, but its table of calls has no update_tensor", optimizer.who()));
  for (const std::size_t index : trained) {
    const model::Parameter& p = store.parameters()[index];
    if (p.lazy && store.touched(index))
      throw Error(ExitCode::usage,
                  fmt::format("the layer \"{}\" has lazy = true, so that an update leaves rows of its table alone, but the optimizer {} always updates the whole table", p.layer, optimizer.item().name),
                  fmt::format("leave lazy = true out of the layer \"{}\", or take another optimizer, such as type = \"adam\"", p.layer));
    (p.count < shared_from ? small_ : large_).push_back(ones_.size());
    ones_.push_back(prepared(index, facts));
  }
}

std::optional<Shape> WholeTensors::slot_shape(std::int32_t slot, const model::Parameter& p) const {
  if (!optimizer_.calls().slot_shape) return p.shape;
  trg_slot_shape native{};
  native.size = sizeof(native);
  native.rank = static_cast<std::int32_t>(p.shape.size());
  if (native.rank > TRG_MOST_AXES)
    throw Error(ExitCode::plugin, fmt::format("{} cannot update {}: it has {} axes, and a parameter of such an optimizer has {} at most", optimizer_.who(), p.name, native.rank, +TRG_MOST_AXES));
  std::ranges::copy(p.shape, native.shape);
  optimizer_.guard("slot_shape", [&](trg_error* error) { return optimizer_.calls().slot_shape(optimizer_.self(), slot, p.name.c_str(), &native, error); });
  if (native.rank < 0) return std::nullopt;
  Shape shape(native.shape, native.shape + std::min<std::int32_t>(native.rank, TRG_MOST_AXES));
  if (native.rank > TRG_MOST_AXES || std::ranges::any_of(shape, [](std::int64_t extent) { return extent < 1; }))
    throw Error(ExitCode::plugin, fmt::format("{} gives slot {} of {} the shape {} ({} axes); expected 0 to {} axes, each of 1 or more", optimizer_.who(), slot, p.name, to_string(shape), native.rank, +TRG_MOST_AXES));
  return shape;
}

WholeTensors::One WholeTensors::prepared(std::size_t parameter, const trg_optimizer_facts& facts) const {
  const model::Parameter& p = store_.parameters()[parameter];
  One one{parameter, {}, {}, static_cast<double>(2 * p.count * sizeof(float))};
  for (std::int32_t s = 0; s < facts.slot_count; ++s) {
    one.given.push_back(nullptr);
    const std::optional<Shape> shape = slot_shape(s, p);
    if (!shape) continue;
    const auto count = static_cast<std::size_t>(element_count(*shape));
    const std::size_t shift = slot_shift(static_cast<std::size_t>(s) + 1);
    Buffer buffer(shift + count * sizeof(float));
    auto* const data = reinterpret_cast<float*>(static_cast<char*>(buffer.data()) + shift);
    if (facts.slot_initial && facts.slot_initial[s] != 0) std::fill_n(data, count, static_cast<float>(facts.slot_initial[s]));
    one.given.back() = data;
    one.bytes += static_cast<double>(count * sizeof(float));
    one.slots.push_back({facts.slot_names[s], *shape, count, std::move(buffer), data});
  }
  return one;
}

void WholeTensors::update(const One& one, Step step, double factor, Team* team) const {
  if (factor == 0) return;
  step.rate *= factor;
  const model::Parameter& p = store_.parameters()[one.parameter];
  auto* const weights = static_cast<float*>(store_.weight(p));
  if (step.decay != 0) each_stretch(p.count, team, [&](std::size_t begin, std::size_t count) { multiply(weights + begin, count, static_cast<float>(1 - step.decay * step.rate)); });
  trg_tensor_update native{};
  native.size = sizeof(native);
  native.type = TRG_F32;
  native.rank = static_cast<std::int32_t>(p.shape.size());
  native.shape = p.shape.data();
  native.parameter = p.name.c_str();
  native.count = static_cast<std::int64_t>(p.count);
  native.weights = weights;
  native.gradient = store_.gradient(p);
  native.slots = one.given.data();
  native.step = step.number;
  native.rate = step.rate;
  native.scalars = step.scalars;
  optimizer_.guard("update_tensor", [&](trg_error* error) { return optimizer_.calls().update_tensor(optimizer_.self(), &native, error); });
  if (step.clip_weights) each_stretch(p.count, team, [&](std::size_t begin, std::size_t count) { limit(weights + begin, count, static_cast<float>(*step.clip_weights)); });
}

void WholeTensors::apply(const Step& step, const std::function<double(std::size_t)>& factor_of, Team& team, Profile* profile, int row, int wait) {
  const auto work = [&](const One& one) { return Work{row, 0, one.bytes}; };
  if (!small_.empty()) {
    const LoopWatch watch(profile, wait);
    team.for_each(static_cast<std::int64_t>(small_.size()), [&](std::int64_t i, int worker) {
      LapTimer lap(profile, worker);
      const One& one = ones_[small_[static_cast<std::size_t>(i)]];
      update(one, step, factor_of(one.parameter), nullptr);
      lap.done(work(one));
    });
  }
  if (large_.empty()) return;
  const host::LendTeam lend(team);
  const LoopWatch watch(profile, wait);  // of the threads that the calls are lent nothing is known
  for (const std::size_t number : large_) {
    LapTimer lap(profile, 0);
    update(ones_[number], step, factor_of(ones_[number].parameter), &team);
    lap.done(work(ones_[number]));
  }
}

std::vector<TensorView> WholeTensors::slot_views() const {
  std::vector<TensorView> out;
  for (const One& one : ones_)
    for (const Slot& slot : one.slots) out.push_back({store_.parameters()[one.parameter].name + "/" + slot.name, ElementType::f32, slot.shape, slot.data});
  return out;
}

std::vector<std::span<std::byte>> WholeTensors::memory() {
  std::vector<std::span<std::byte>> out;
  for (One& one : ones_)
    for (Slot& slot : one.slots) out.push_back(std::as_writable_bytes(std::span(slot.data, slot.count)));
  return out;
}

}  // namespace teranga::train
