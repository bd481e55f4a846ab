// SPDX-License-Identifier: Apache-2.0
// The losses and the metrics of a batch, slice by slice: the weight of each element, the values, the gradients of the predictions, and the sums.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <teranga/model/field.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/profile.hpp>

#include "plan/schedule.hpp"
#include "run/bindings.hpp"

namespace teranga::model {

class LossEvaluator {
 public:
  // `class_weights` count where they are given: for training steps. The schedule must outlive the evaluator.
  LossEvaluator(const Objective& objective, const std::vector<Field>& fields, const Schedule& schedule, const std::vector<double>* class_weights, Bindings& bindings);

  void begin();                  // of a batch: all sums are 0
  void count(const Step& step);  // what losses are divided by, between forward and the losses; collective
  // On any thread, one a slice. Throws Error(data), or as the plugin fails.
  void evaluate(std::size_t slice, const Batch& batch, const Work& losses, const Work& metrics, LapTimer& lap);
  void add_to(std::span<double> sums) const;  // terms first, then metrics

 private:
  // What is compared, bound to its buffers: the mask is null where there is none.
  struct Tensors {
    trg_tensor prediction, target, gradient, mask;
    const std::uint8_t* mask_values() const { return static_cast<const std::uint8_t*>(mask.data); }
  };
  struct Slice {
    const BatchSlice* planned;
    std::vector<Tensors> tensors;         // of terms, then of metrics
    std::vector<double> weights, values;  // of elements
    std::vector<double> sums;
    std::vector<double> metric_sums;  // of one metric, with a guard behind them
  };
  Slice slice_of(const BatchSlice& planned) const;
  void count_mask(Slice& slice, std::size_t comparison) const;
  double denominator(Slice& slice, std::size_t term) const;
  void weigh(Slice& slice, std::size_t term, const Batch& batch) const;
  double evaluate_term(Slice& slice, std::size_t term, const Batch& batch) const;
  void update_metric(Slice& slice, std::size_t metric, double* sums, const Batch& batch) const;
  [[noreturn]] static void refuse(std::int32_t status, trg_error error, const Slice& slice, const Batch& batch, const std::string& who);

  const Objective& objective_;
  const std::vector<Field>& fields_;
  const std::vector<double>* class_weights_;
  bool counts_;
  std::vector<double> denominators_;  // of the loss terms
  std::vector<Slice> slices_;
};

}  // namespace teranga::model
