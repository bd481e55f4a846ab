// SPDX-License-Identifier: Apache-2.0
// An exponential moving average of weights, as Keras's optimizers keep it (use_ema): a + (1 - momentum) x (w - a) after every update, which begins with the weights of the first one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <teranga/model/parameter_store.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::train {

class WeightAverage {
 public:
  // Of those parameters of the store (indices). The weights become the average after every so many updates, if a number is given.
  WeightAverage(double momentum, std::optional<std::int64_t> overwrite_every, model::ParameterStore& store, const std::vector<std::size_t>& trained, Team& team);

  // The average is what the weights are.
  void begin();
  // Adds the weights after an update; `updates` counts those before it.
  void add(std::int64_t updates);
  // Weights and average change places.
  void swap();

  // "dense/kernel/weight_average", which checkpoint::take_averages() knows too.
  std::vector<TensorView> slot_views() const;
  std::span<std::byte> memory() const { return {static_cast<std::byte*>(const_cast<void*>(averages_.data())), elements_ * sizeof(float)}; }

 private:
  struct Piece {
    std::size_t weights, average, count;
  };
  template <class F>
  void each(F&& f);

  const float momentum_;
  const std::int64_t overwrite_every_;  // 0: never
  model::ParameterStore& store_;
  const std::vector<std::size_t>& trained_;
  Team& team_;
  std::vector<std::size_t> places_;  // in the averages, by trained parameter
  std::vector<Piece> pieces_;
  std::size_t elements_ = 0;
  Buffer averages_;
};

}  // namespace teranga::train
