// SPDX-License-Identifier: Apache-2.0
// The losses and the metrics of a batch, slice by slice: the weight of each element, the values, the gradients of the predictions, and the sums.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <teranga/model/field.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/profile.hpp>

#include "follow.hpp"
#include "objective.hpp"

namespace teranga::model {

// A loss term or a metric of one slice: what it compares, planned for the shapes of the slice.
struct Comparison {
  std::unique_ptr<ComparePlan<trg_loss_calls>> loss;
  std::unique_ptr<ComparePlan<trg_metric_calls>> metric;
  std::vector<trg_tensor> tensors;  // prediction, target, gradient
  std::int64_t elements = 0;        // leading ones
  const std::uint8_t* mask = nullptr;
  std::int64_t mask_repeats = 1;    // elements that one value of the mask stands for
  void follow(const Follow& follow);
};

class LossEvaluator {
 public:
  // `counts`: what losses are divided by is counted in each batch. `class_weights` count where they are given: for training steps.
  LossEvaluator(const Objective& objective, const std::vector<Field>& fields, bool counts, const std::vector<double>* class_weights);

  // Main thread, before the first batch: the comparisons of the next slice, terms first; the caller fills `room` of them, and then says that the slice is complete.
  std::vector<Comparison>& add_slice(std::int64_t first, std::int64_t rows);
  void complete_slice();

  bool counts() const noexcept { return counts_; }
  void begin();                                // of a batch: all sums are 0
  void count(const Step& step);                // what losses are divided by, between forward and the losses; collective
  void count_nothing(const Step& step);        // the same of a rank without samples
  // On any thread, one a slice. Throws Error(data), or as the plugin fails.
  void evaluate(std::size_t slice, const Batch& batch, const Work& losses, const Work& metrics, LapTimer& lap);
  void add_to(std::span<double> sums) const;   // terms first, then metrics

  void follow(const Follow& follow);
  void follow(std::size_t slice, const Follow& follow);
  std::span<const Comparison> terms(std::size_t slice) const;

 private:
  struct Slice {
    std::int64_t first, rows;
    std::vector<Comparison> comparisons;  // terms, then metrics
    std::vector<double> weights, values;  // of elements
    std::vector<double> sums;
  };
  void weigh(Slice& slice, std::size_t term, const Batch& batch) const;
  [[noreturn]] static void refuse(const trg_error& error, const Slice& slice, const Batch& batch, const std::string& who);

  const Objective& objective_;
  const std::vector<Field>& fields_;
  const std::vector<double>* class_weights_;
  bool counts_;
  std::vector<double> denominators_;  // of the loss terms
  std::vector<Slice> slices_;
};

}  // namespace teranga::model
