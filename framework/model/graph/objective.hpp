// SPDX-License-Identifier: Apache-2.0
// What a network is judged by: loss terms and metrics, matched with predictions and targets.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/host/instance.hpp>
#include <teranga/model/field.hpp>
#include <teranga/recipe/recipe.hpp>

#include "graph/graph.hpp"

namespace teranga::model {

struct LossTerm {
  std::optional<host::Loss> loss;
  Source prediction;  // what the loss reads: before the activation where it absorbs that
  Source shown;       // what users see
  bool behind_activation = false;  // the maker of that is one, by an option or as a layer
  int target = -1;    // field; -1: it judges the prediction alone
  double weight = 1;
  std::int32_t leading = 1;
  bool absorbs = false;
  bool of_samples = true;  // weights of samples and classes count
  bool counts = false;  // says by itself what it is averaged over
  std::int32_t targets = TRG_TARGETS_ANY;
  std::optional<std::int64_t> ignored;  // target without a loss
  Position position;
};

struct MetricUse {
  std::optional<host::Metric> metric;
  std::string name;  // as in the log
  Source prediction;
  int target = -1;
  std::int64_t sum_count = 0;
  std::int32_t leading = 1;
  std::int32_t direction = 0;
};

struct Objective {
  std::vector<LossTerm> terms;
  std::vector<MetricUse> metrics;
  int sample_weight_field = -1;
  std::size_t sum_count() const;  // a double for each term, then the metrics' sums
  // Whether what a loss is averaged over shows only in the batch: a loss that counts by itself (ignored classes), or a mask. Then the counts of all
  // ranks are summed between forward and the losses.
  bool counts_itself(const Graph& graph) const;
};

// Losses and metrics of a recipe. Adds constant targets to the fields. Throws Error(usage) with every fault at its place. Without targets (prediction)
// the result is empty.
Objective build_objective(const recipe::Recipe& recipe, const Graph& graph, std::vector<Field>& fields, const host::Registry& registry, ElementType compute);

// A loss or a metric planned for exact shapes.
template <class Calls>
class ComparePlan {
 public:
  ComparePlan(const host::Instance<Calls>& instance, const trg_compare_request& request) : instance_(&instance) {
    answer.size = sizeof(answer);
    instance.guard("plan", [&](trg_error* error) { return instance.calls().plan(instance.self(), &request, &answer, &handle_, error); });
  }
  ~ComparePlan() {
    if (handle_) host::destroy(instance_->item().name.c_str(), instance_->label(), "destroy_plan", [&] { instance_->calls().destroy_plan(handle_); });
  }
  ComparePlan(const ComparePlan&) = delete;
  ComparePlan& operator=(const ComparePlan&) = delete;
  void* handle() const noexcept { return handle_; }

  std::conditional_t<std::is_same_v<Calls, trg_loss_calls>, trg_loss_plan, trg_metric_plan> answer{};

 private:
  const host::Instance<Calls>* instance_;
  void* handle_ = nullptr;
};

// The request for so many samples; holds the shapes that it points to.
class CompareQuestion {
 public:
  CompareQuestion(ElementType compute, const OutputPort& prediction, const Field* target, std::int64_t rows, const Node* producer);
  CompareQuestion(const CompareQuestion&) = delete;
  const trg_compare_request& native() const noexcept { return native_; }

 private:
  Shape prediction_shape_, target_shape_;
  trg_tensor prediction_{}, target_{};
  std::optional<host::OptionTree> options_;
  trg_compare_request native_{};
};

}  // namespace teranga::model
