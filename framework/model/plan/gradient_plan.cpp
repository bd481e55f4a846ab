// SPDX-License-Identifier: Apache-2.0
#include "plan/gradient_plan.hpp"

#include "parameters/padded.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace teranga::model {
namespace {

class GradientPlanner {
 public:
  GradientPlanner(const PlanContext& context, const NodePlans& plans, const Layout& layout, std::size_t slices) : context_(context), plans_(plans), layout_(layout), slices_(slices) {
    plan_.partials.resize(context.store.parameters().size());
  }

  GradientPlan plan() {
    find_overwriting();
    std::vector<bool> known(plan_.partials.size());
    for (std::size_t n = 0; n < layout_.nodes.size(); ++n) {
      if (!layout_.nodes[n].learns) continue;
      for (std::size_t i = 0; i < plans_.full(static_cast<int>(n)).answer().parameters.size(); ++i) {
        const auto parameter = static_cast<std::size_t>(context_.parameter_index.parameter_of(static_cast<int>(n), static_cast<int>(i)));
        if (!context_.store.parameters()[parameter].trainable || known[parameter]) continue;
        known[parameter] = plan_parameter(n, i, parameter);
      }
    }
    order_chunks();
    return std::move(plan_);
  }

 private:
  // Of the layers that use the same parameters the first one that runs may overwrite their gradients, and the others add.
  void find_overwriting() {
    plan_.overwrites.assign(layout_.nodes.size(), false);
    std::set<int> written;
    for (const Stage& stage : layout_.stages)
      for (const Op& op : stage.ops) {
        if (stage.granularity != TRG_RANGE || op.kind != OpKind::call || op.which != TRG_BACKWARD_PARAMS) continue;
        const auto n = static_cast<std::size_t>(op.node);
        bool first = true;
        for (const int parameter : context_.parameter_index.parameters[n]) first = written.insert(parameter).second && first;
        plan_.overwrites[n] = first && (plans_.whole(op.node).answer().calls[TRG_BACKWARD_PARAMS].offered & TRG_FRESH);
      }
  }

  bool overwritten(std::size_t parameter) const {
    for (std::size_t n = 0; n < plan_.overwrites.size(); ++n) {
      const std::vector<int>& used = context_.parameter_index.parameters[n];
      if (plan_.overwrites[n] && std::ranges::find(used, static_cast<int>(parameter)) != used.end()) return true;
    }
    return false;
  }

  // By the first layer that uses the parameter. Returns whether another layer that uses it need not be looked at.
  bool plan_parameter(std::size_t n, std::size_t of_node, std::size_t parameter) {
    const Parameter& p = context_.store.parameters()[parameter];
    const bool touched = context_.store.touched(parameter) != nullptr;
    if (touched) {
      const Node& node = *context_.graph.nodes[n];
      plan_.lookups.push_back({parameter, context_.graph.at(node.inputs[static_cast<std::size_t>(node.facts.parameters[of_node].touched_by)].node).field});
    }
    const bool ranged = layout_.nodes[n].ranged;
    if (!ranged && (slices_ > 1 || context_.in_order)) {
      add_up(parameter);
      return true;
    }
    const GradientPlan::Bytes bytes{p.offset * element(), p.count * element()};
    const bool never_cleared = (touched && ranged) || overwritten(parameter);
    if (!never_cleared && std::ranges::find(plan_.cleared, bytes) == plan_.cleared.end()) plan_.cleared.push_back(bytes);
    return false;
  }

  void add_up(std::size_t parameter) {
    constexpr std::size_t chunk = 4096;  // elements
    const Parameter& p = context_.store.parameters()[parameter];
    plan_.partials[parameter] = plan_.partial_bytes;
    const std::size_t first = plan_.partial_bytes / element();
    for (std::size_t at = 0; at < p.count; at += chunk) plan_.chunks.push_back({first + at, p.offset + at, std::min(chunk, p.count - at), parameter});
    plan_.partial_bytes += padded(p.count) * element();
  }

  // Bucket by bucket; in each, those that one thread adds up stand together.
  void order_chunks() {
    const std::size_t buckets = context_.buckets.parameters.size();
    std::vector<std::size_t> bucket_of(plan_.partials.size(), buckets);
    for (std::size_t b = 0; b < buckets; ++b)
      for (const std::size_t parameter : context_.buckets.parameters[b]) bucket_of[parameter] = b;
    std::ranges::stable_sort(plan_.chunks, {}, [&](const GradientPlan::Chunk& one) {
      const Parameter& p = context_.store.parameters()[one.parameter];
      return std::pair(bucket_of[one.parameter], context_.team.owner(static_cast<std::int64_t>(one.gradient - p.offset), static_cast<std::int64_t>(p.count)));
    });
    plan_.of_bucket.resize(buckets + 1);
    for (std::size_t i = 0; i < plan_.chunks.size(); ++i) {
      GradientPlan::ChunkRange& range = plan_.of_bucket[bucket_of[plan_.chunks[i].parameter]];
      if (range.end == 0) range.begin = i;
      range.end = i + 1;
    }
  }

  std::size_t element() const { return size_of(context_.store.type()); }

  const PlanContext& context_;
  const NodePlans& plans_;
  const Layout& layout_;
  std::size_t slices_;
  GradientPlan plan_;
};

}  // namespace

GradientPlan plan_gradients(const PlanContext& context, const NodePlans& plans, const Layout& layout, std::size_t slices) { return GradientPlanner(context, plans, layout, slices).plan(); }

}  // namespace teranga::model
