// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/weight_average.hpp>

#include "update/flat_loops.hpp"

#include <teranga/checkpoint/averages.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace teranga::train {

WeightAverage::WeightAverage(double momentum, std::optional<std::int64_t> overwrite_every, model::ParameterStore& store, const std::vector<std::size_t>& trained, Team& team)
    : momentum_(static_cast<float>(momentum)), overwrite_every_(overwrite_every.value_or(0)), store_(store), trained_(trained), team_(team) {
  for (const std::size_t index : trained) {
    const model::Parameter& p = store.parameters()[index];
    places_.push_back(elements_);
    for (std::size_t at = 0; at < p.count; at += flat_piece) pieces_.push_back({p.offset + at, elements_ + at, std::min(flat_piece, p.count - at)});
    elements_ += p.count;
  }
  averages_ = Buffer(elements_ * sizeof(float));
  begin();
}

// f(weights, average, count) for each piece.
template <class F>
void WeightAverage::each(F&& f) {
  auto* const weights = static_cast<float*>(store_.weights());
  auto* const averages = static_cast<float*>(averages_.data());
  team_.for_each(static_cast<std::int64_t>(pieces_.size()), [&](std::int64_t i, int) {
    const Piece& piece = pieces_[static_cast<std::size_t>(i)];
    f(weights + piece.weights, averages + piece.average, piece.count);
  });
}

void WeightAverage::begin() {
  each([](const float* weights, float* average, std::size_t count) { std::memcpy(average, weights, count * sizeof(float)); });
}

void WeightAverage::add(std::int64_t updates) {
  if (updates == 0) begin();
  else each([this](const float* weights, float* average, std::size_t count) { move_towards(average, weights, count, momentum_); });
  if (overwrite_every_ == 0 || (updates + 1) % overwrite_every_ != 0) return;
  each([](float* weights, const float* average, std::size_t count) { std::memcpy(weights, average, count * sizeof(float)); });
}

void WeightAverage::swap() {
  each([](float* weights, float* average, std::size_t count) { std::swap_ranges(weights, weights + count, average); });
  store_.changed(trained_);
}

std::vector<TensorView> WeightAverage::slot_views() const {
  std::vector<TensorView> out;
  for (std::size_t i = 0; i < trained_.size(); ++i) {
    const model::Parameter& p = store_.parameters()[trained_[i]];
    out.push_back({p.name + checkpoint::average_slot, ElementType::f32, p.shape, static_cast<const float*>(averages_.data()) + places_[i]});
  }
  return out;
}

}  // namespace teranga::train
