// SPDX-License-Identifier: Apache-2.0
#include "plan/node_plans.hpp"

#include "graph/followers.hpp"
#include "graph/plan_collector.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace teranga::model {
namespace {

// How the calls over the whole batch of a layer are planned; 0: it has none.
std::int32_t whole_granularity(const PlanAnswer& answer, bool training) {
  std::int32_t granularity = 0;
  for (std::size_t which = 0; which < answer.calls.size(); ++which) {
    const std::int32_t offered = answer.calls[which].offered;
    if (!(offered & TRG_SLICE)) granularity = TRG_BATCH;
    else if ((offered & TRG_RANGE) && (training || which == TRG_FORWARD)) granularity = std::max<std::int32_t>(granularity, TRG_RANGE);
  }
  return granularity;
}

void require_slices(const Node& node, const PlanAnswer& answer) {
  for (const CallFacts& call : answer.calls)
    if ((call.offered & TRG_BATCH) && !(call.offered & TRG_SLICE))
      throw Error(ExitCode::usage, fmt::format("{} computes on all samples of a process at once, so its results depend on the number of processes, and reproducible = true asks for the same results with any number", node.who()),
                  "leave out reproducible");
}

}  // namespace

NodePlans::NodePlans(const PlanContext& context, std::int64_t rows, Purpose purpose, const SharedPart* shared)
    : context_(context), rows_(rows), full_rows_(std::min(rows, context.slice_rows)), short_rows_(rows % full_rows_), purpose_(purpose) {
  std::set<int> fused;
  for (std::size_t n = 0; n < context.graph.nodes.size(); ++n) {
    const Node& node = *context.graph.nodes[n];
    const bool alone = fused.contains(static_cast<int>(n)) || (shared && shared->alike[n]);
    const std::vector<const Node*> followers = alone ? std::vector<const Node*>() : followers_of(context.graph, context.objective, static_cast<int>(n));
    full_.push_back(make(node, followers, full_rows_, TRG_SLICE));
    if (context.in_order && !node.is_input()) require_slices(node, full_.back()->answer());
    short_.push_back(short_rows_ ? make(node, followers, short_rows_, TRG_SLICE) : nullptr);
    whole_.push_back(nullptr);
    if (node.is_input()) continue;
    for (const int follower : fused_followers(context.graph, context.objective, static_cast<int>(n), full_.back()->answer().absorbed)) fused.insert(follower);
    if (const std::int32_t granularity = whole_granularity(full_.back()->answer(), purpose == Purpose::training)) whole_.back() = make(node, followers, rows, granularity);
    require_alike(static_cast<int>(n));
    for (const NodePlan* plan : all_of(n))
      if (plan->answer().absorbed != full_.back()->answer().absorbed)
        throw Error(ExitCode::plugin, fmt::format("{}: its plans take in now {} and now {} of the layers behind it", node.who(), full_.back()->answer().absorbed, plan->answer().absorbed));
  }
}

// The calls of all plans are given the same parameters and states, and outputs that differ in their samples alone.
void NodePlans::require_alike(int node) const {
  const auto n = static_cast<std::size_t>(node);
  const Node& one = context_.graph.at(node);
  const auto require = [&](const std::string& found) {
    if (!found.empty()) throw Error(ExitCode::plugin, fmt::format("{}: its plans for other numbers of samples, or for another mode, declare {}; only the samples and the sizes of buffers may differ", one.who(), found));
  };
  PlanAnswer first = one.facts;
  first.outputs = full_[n]->answer().outputs;  // those of the last layer that it takes in
  for (std::size_t which = 0; which < first.calls.size(); ++which) first.calls[which].sums = full_[n]->answer().calls[which].sums;
  for (const NodePlan* plan : all_of(n)) require(difference(first, plan->answer()));
  if (full_[n]->answer().absorbed > 0) return;
  first.outputs = one.facts.outputs;
  if (purpose_ == Purpose::training && one.trainable) first.calls = one.facts.calls;  // planned for the same mode
  require(difference(first, full_[n]->answer()));
}

std::unique_ptr<NodePlan> NodePlans::make(const Node& node, const std::vector<const Node*>& followers, std::int64_t rows, std::int32_t granularity) const {
  if (node.is_input()) return nullptr;
  const bool training = purpose_ == Purpose::training;
  PlanQuestion question;
  question.type = context_.compute;
  question.mode = !training ? TRG_INFERENCE : node.trainable ? TRG_TRAINING : TRG_FROZEN;
  question.granularity = granularity;
  question.workers = context_.team.threads();
  question.fold = node.fold;
  for (const Source& source : node.inputs) {
    const OutputPort& port = context_.graph.port(source);
    question.inputs.push_back({port.name, port.type, port.shape, training && context_.graph.wants_gradient(source), context_.graph.mask_rank(source)});
    question.inputs.back().shape[0] = rows;
  }
  question.followers = followers;
  return std::make_unique<NodePlan>(node, question);
}

const NodePlan& NodePlans::of(int node, std::int32_t granularity, std::int64_t slice_rows) const {
  const auto n = static_cast<std::size_t>(node);
  if (granularity != TRG_SLICE) return *whole_[n];
  return slice_rows == full_rows_ ? *full_[n] : *short_[n];
}

std::vector<const NodePlan*> NodePlans::all_of(std::size_t node) const {
  std::vector<const NodePlan*> out;
  for (const auto* plans : {&full_, &short_, &whole_})
    if (const auto& plan = (*plans)[node]) out.push_back(plan.get());
  return out;
}

std::size_t NodePlans::scratch_bytes() const {
  std::size_t bytes = 0;
  const auto count = [&](const std::unique_ptr<NodePlan>& plan, std::int64_t rows) {
    if (plan) bytes = std::max(bytes, plan->answer().buffers[TRG_SCRATCH].size(rows));
  };
  for (std::size_t n = 0; n < full_.size(); ++n) count(full_[n], full_rows_), count(short_[n], short_rows_), count(whole_[n], rows_);
  return bytes;
}

}  // namespace teranga::model
