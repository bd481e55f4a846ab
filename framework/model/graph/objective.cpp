// SPDX-License-Identifier: Apache-2.0
#include "graph/objective.hpp"

#include <algorithm>
#include <map>

#include <teranga/model/decision.hpp>

#include <fmt/format.h>

namespace teranga::model {
namespace {

constexpr std::int64_t most_sums_of_metric = std::int64_t{1} << 26;  // doubles, for each slice of a batch

// Whether the node is an activation, by sugar or as a layer of its own: only those may be absorbed.
bool is_activation(const Node& node, const host::Registry& registry) {
  return node.inputs.size() == 1 && (node.activation || registry.find(host::Kind::activation, node.item_name));
}

class ObjectiveBuilder {
 public:
  ObjectiveBuilder(const recipe::Recipe& recipe, const Graph& graph, std::vector<Field>& fields, const host::Registry& registry, ElementType compute)
      : recipe_(recipe), graph_(graph), fields_(fields), registry_(registry), compute_(compute), diagnostics_(recipe.diagnostics()) {}

  Objective build() {
    for (std::size_t i = 0; i < fields_.size(); ++i)
      if (fields_[i].role == Role::sample_weight) objective_.sample_weight_field = static_cast<int>(i);
    for (const recipe::LossRecipe& loss : recipe_.losses) {
      const std::size_t faults = diagnostics_.size();
      at(loss.position, [&] { add_loss(loss); });
      if (diagnostics_.size() > faults) refused_.push_back(output_of(loss.output));
    }
    for (const recipe::MetricRecipe& metric : recipe_.training.metrics) at(metric.position, [&] { add_metric(metric); });
    diagnostics_.throw_if_any();
    return std::move(objective_);
  }

 private:
  template <class F>
  void at(const Position& position, F&& f) {
    try {
      f();
    } catch (const Error& error) {
      if (error.code() != ExitCode::usage) throw;
      diagnostics_.add(position, error.what(), error.hint());
    }
  }

  Source output_of(const std::optional<std::string>& layer) const {
    if (!layer) return graph_.last;
    return graph_.named.at(*layer);  // the recipe has checked the name
  }

  int target_of(const std::optional<std::string>& name) {
    std::vector<std::string> names;
    int seen = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (fields_[i].origin != Origin::data) continue;
      names.push_back(fields_[i].name);
      if (name ? fields_[i].name == *name : fields_[i].role == Role::target && seen++ == next_target_) {
        if (!name) ++next_target_;
        return static_cast<int>(i);
      }
    }
    const std::string known = fmt::format("{}", fmt::join(names, "\", or target = \""));
    throw Error(ExitCode::usage, name ? fmt::format("the data have no field \"{}\" to be the target", *name) : "the data have no target for this loss",
                names.empty() ? "" : fmt::format("target = \"{}\"", known));
  }

  void add_loss(const recipe::LossRecipe& recipe) {
    LossTerm term;
    term.weight = recipe.weight;
    term.prediction = term.shown = output_of(recipe.output);
    const host::Item& item = registry_.need(host::Kind::loss, recipe.component.type);
    term.loss.emplace(item, recipe.component.options);
    term.of_samples = !recipe::is_activity_penalty(recipe);
    if (target_count(*term.loss) == 0) refuse_target(recipe);
    else term.target = recipe.constant ? constant_target(*recipe.constant, graph_.port(term.shown)) : target_of(recipe.target);
    const Node& producer = graph_.at(term.shown.node);
    // A prediction that something else reads too must keep its own gradient.
    term.behind_activation = is_activation(producer, registry_);
    const bool offer = term.behind_activation && graph_.consumers(term.shown) == 0;
    const CompareQuestion question(compute_, graph_.port(term.shown), field(term.target), 1, offer ? &producer : nullptr);
    const ComparePlan<trg_loss_calls> plan(*term.loss, question.native());
    require_leading(*term.loss, plan.answer.leading, graph_.port(term.shown));
    term.leading = std::max(plan.answer.leading, 1);
    term.absorbs = offer && plan.answer.absorbs;
    term.counts = term.loss->calls().denominator && !plan.answer.plain_count;
    term.targets = plan.answer.targets;
    if (plan.answer.ignores) term.ignored = plan.answer.ignored;
    term.position = recipe.position;
    if (term.absorbs) term.prediction = producer.inputs[0];
    objective_.terms.push_back(std::move(term));
    judged_by_.push_back(&recipe);
  }

  static std::int32_t target_count(const host::Loss& loss) {
    std::int32_t count = 1;
    if (loss.calls().target_count)
      loss.guard("target_count", [&](trg_error*) { return count = loss.calls().target_count(loss.self()), TRG_OK; });
    if (count != 0 && count != 1) throw Error(ExitCode::plugin, fmt::format("{}: says that it has {} targets; expected 0 or 1", loss.who(), count));
    return count;
  }

  template <class Judge>
  static void require_leading(const Judge& judge, std::int32_t leading, const OutputPort& prediction) {
    if (leading >= 0 && static_cast<std::size_t>(leading) <= prediction.shape.size()) return;
    throw Error(ExitCode::plugin, fmt::format("{}: its plan declares {} leading axes of an output of shape {}; expected at most {}", judge.who(), leading, to_string(prediction.shape), prediction.shape.size()));
  }

  const Field* field(int target) const { return target < 0 ? nullptr : &fields_[static_cast<std::size_t>(target)]; }

  static void refuse_target(const recipe::LossRecipe& recipe) {
    if (recipe.target || recipe.constant) throw Error(ExitCode::usage, fmt::format("the loss {} judges an output alone and has no target", recipe::short_type(recipe.component.type)), "leave out \"target\"");
  }

  // A target of the prediction's shape whose numbers are all that one.
  int constant_target(double number, const OutputPort& prediction) {
    const Shape shape(prediction.shape.begin() + 1, prediction.shape.end());
    for (std::size_t i = 0; i < fields_.size(); ++i)
      if (fields_[i].origin == Origin::constant && fields_[i].constant == number && fields_[i].shape == shape) return static_cast<int>(i);
    fields_.push_back({fmt::format("{}", number), Role::target, compute_, shape, 0, {}, Origin::constant, number});
    return static_cast<int>(fields_.size()) - 1;
  }

  // "accuracy" as Keras resolves it, by the shapes of prediction and target.
  std::string accuracy_type(Source prediction, int target) const {
    const Shape& p = graph_.port(prediction).shape;
    const Field& t = fields_[static_cast<std::size_t>(target)];
    const std::size_t target_rank = t.shape.size() + 1;
    if (p.back() == 1) return "teranga.binary_accuracy";
    if (target_rank < p.size() || (!t.shape.empty() && t.shape.back() == 1)) return "teranga.sparse_categorical_accuracy";
    return "teranga.categorical_accuracy";
  }

  // What the recipe leaves out and the loss settles, so that a metric and the confusion matrix call the same samples right: by convention the number above
  // which a prediction is yes is the option threshold or thresholds, and from_logits says that it is a logit.
  void settle(const recipe::LossRecipe& loss, const host::Item& item, const OutputPort& prediction, Options& options) const {
    if (!judges_yes_and_no(loss)) return;
    const bool one = prediction.shape.back() == 1;
    for (const OptionSpec& spec : item.schema) {
      if (find_option(options, spec.name) || !spec.default_value.empty()) continue;
      const bool threshold = spec.kind == OptionKind::real && (spec.name == "threshold" || spec.name == "thresholds");
      if (threshold && (one || recipe::short_type(item.name) != "f1_score")) options.push_back({spec.name, Value{yes_above(loss), {}}, {}});
      if (spec.kind == OptionKind::boolean && spec.name == "from_logits") options.push_back({spec.name, Value{judges_logits(loss), {}}, {}});
    }
  }

  void add_metric(const recipe::MetricRecipe& recipe) {
    MetricUse use;
    use.prediction = output_of(recipe.output);
    use.target = -1;
    const recipe::LossRecipe* loss = nullptr;
    for (std::size_t i = 0; i < objective_.terms.size(); ++i)  // of several the first that has a target
      if (const LossTerm& term = objective_.terms[i]; use.target < 0 && term.shown == use.prediction) use.target = term.target, loss = judged_by_[i];
    if (use.target < 0 && std::find(refused_.begin(), refused_.end(), use.prediction) != refused_.end()) return;  // the loss is what is wrong
    if (use.target < 0) throw Error(ExitCode::usage, "no loss judges that output, so this metric has no target");
    use.name = std::string(recipe::short_type(recipe.component.type));
    std::string type = recipe.component.type;
    if (use.name == "accuracy" || use.name == "acc") type = accuracy_type(use.prediction, use.target);
    const host::Item& item = registry_.need(host::Kind::metric, type);
    Options options = recipe.component.options;
    settle(*loss, item, graph_.port(use.prediction), options);
    for (const OptionSpec& spec : item.schema)
      if (!find_option(options, spec.name) && !spec.default_value.empty()) options.push_back({spec.name, spec.default_value, {}});
    use.metric.emplace(item, options);
    const CompareQuestion question(compute_, graph_.port(use.prediction), field(use.target), 1, nullptr);
    const ComparePlan<trg_metric_calls> plan(*use.metric, question.native());
    require_leading(*use.metric, plan.answer.leading, graph_.port(use.prediction));
    if (plan.answer.sum_count < 0 || plan.answer.sum_count > most_sums_of_metric)
      throw Error(ExitCode::plugin, fmt::format("{}: its plan declares {} sums; expected 0 to {}", use.metric->who(), plan.answer.sum_count, most_sums_of_metric));
    use.sum_count = plan.answer.sum_count;
    use.leading = std::max(plan.answer.leading, 1);
    use.direction = std::clamp(plan.answer.direction, -1, 1);
    if (const int same = named_alike_[use.name]++; same > 0) use.name += fmt::format("_{}", same);
    objective_.metrics.push_back(std::move(use));
  }

  const recipe::Recipe& recipe_;
  const Graph& graph_;
  std::vector<Field>& fields_;
  const host::Registry& registry_;
  ElementType compute_;
  recipe::Diagnostics diagnostics_;
  Objective objective_;
  std::vector<const recipe::LossRecipe*> judged_by_;  // one a term
  std::vector<Source> refused_;  // outputs whose losses are not in order
  int next_target_ = 0;
  std::map<std::string, int> named_alike_;  // metrics so far, by their type
};

}  // namespace

std::size_t Objective::sum_count() const {
  std::size_t count = terms.size();
  for (const MetricUse& metric : metrics) count += static_cast<std::size_t>(metric.sum_count);
  return count;
}

bool Objective::counts_itself(const Graph& graph) const {
  return std::any_of(terms.begin(), terms.end(), [&](const LossTerm& term) { return term.counts || graph.mask_of(term.shown); });
}

CompareQuestion::CompareQuestion(ElementType compute, const OutputPort& prediction, const Field* target, std::int64_t rows, const Node* producer)
    : prediction_shape_(prediction.shape) {
  prediction_shape_[0] = rows;
  prediction_ = {nullptr, prediction_shape_.data(), static_cast<std::int32_t>(prediction_shape_.size()), static_cast<std::int32_t>(prediction.type)};
  if (target) {
    target_shape_ = target->shape;
    target_shape_.insert(target_shape_.begin(), rows);
    target_ = {nullptr, target_shape_.data(), static_cast<std::int32_t>(target_shape_.size()), static_cast<std::int32_t>(target->type)};
  }
  native_.size = sizeof(native_);
  native_.type = static_cast<std::int32_t>(compute);
  native_.prediction_count = 1;
  native_.target_count = target ? 1 : 0;
  native_.predictions = &prediction_;
  native_.targets = &target_;
  if (producer) {
    options_.emplace(producer->options);
    native_.producer = producer->item_name.c_str();
    native_.producer_options = options_->native();
  }
}

Objective build_objective(const recipe::Recipe& recipe, const Graph& graph, std::vector<Field>& fields, const host::Registry& registry, ElementType compute) {
  return ObjectiveBuilder(recipe, graph, fields, registry, compute).build();
}

}  // namespace teranga::model
