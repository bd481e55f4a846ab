// SPDX-License-Identifier: Apache-2.0
#include "graph/node_plan.hpp"

#include "graph/graph.hpp"
#include "graph/plan_collector.hpp"

#include <teranga/host/instance.hpp>
#include <teranga/host/option_tree.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga::model {
namespace {

// The answer of a folded layer as the graph sees it.
void unfold(PlanAnswer& answer, std::int64_t fold) {
  if (fold == 1) return;
  for (OutputPort& port : answer.outputs) {
    port.shape[0] /= fold;
    port.shape.insert(port.shape.begin() + 1, fold);
    if (port.mask_rank > 0) ++port.mask_rank;
  }
  for (BufferFacts& buffer : answer.buffers) buffer.bytes_per_row *= fold;
}

}  // namespace

Shape folded(const Shape& shape, std::int64_t fold) {
  if (fold == 1) return shape;
  Shape out(shape.begin() + 1, shape.end());
  out[0] *= shape[0];
  return out;
}

NativeQuestion::NativeQuestion(const PlanQuestion& question) {
  shapes.reserve(question.inputs.size());
  for (const InputPort& port : question.inputs) {
    const Shape& shape = shapes.emplace_back(folded(port.shape, question.fold));
    trg_input in{};
    in.size = sizeof(in);
    in.name = port.name.c_str();
    in.tensor = {nullptr, shape.data(), static_cast<std::int32_t>(shape.size()), static_cast<std::int32_t>(port.type)};
    // What is left of a mask when its first two axes are one; of (N, T): one value a step.
    in.mask_rank = question.fold == 1 ? port.mask_rank : std::max(port.mask_rank - 1, 0);
    in.needs_gradient = port.needs_gradient;
    inputs.push_back(in);
  }
  for (const Node* node : question.followers)
    followers.push_back({sizeof(trg_follower), node->activation ? "activation" : "layer", node->item_name.c_str(), options.emplace_back(node->options).native()});
  request.size = sizeof(request);
  request.type = static_cast<std::int32_t>(question.type);
  request.mode = question.mode;
  request.inputs = inputs.data();
  request.input_count = inputs.size();
  request.input_stride = sizeof(trg_input);
  request.max_workers = question.workers;
  request.granularity = question.granularity;
  request.followers = followers.data();
  request.follower_count = followers.size();
  request.follower_stride = sizeof(trg_follower);
}

NodePlan::NodePlan(const Node& node, const PlanQuestion& question) : node_(&node) {
  const NativeQuestion native(question);
  PlanCollector collector(answer_, native.request);
  host::Report report;
  const host::Breadcrumb crumb(node.item_name.c_str(), node.name.c_str(), "plan");
  const std::int32_t status = host::foreign_call(&report.native, [&] { return node.calls->plan(node.self, &native.request, &collector.planner(), &handle_, &report.native); });
  const std::string fault = status == TRG_OK ? collector.fault() : std::string();
  if (status == TRG_OK && fault.empty()) {
    unfold(answer_, question.fold);
    return;
  }
  if (status != TRG_OK) handle_ = nullptr;  // a call that fails makes nothing
  destroy();
  if (status != TRG_OK) host::raise(status, report.native, node.who());
  throw Error(ExitCode::plugin, fmt::format("{}: its plan {}", node.who(), fault));
}

NodePlan::~NodePlan() { destroy(); }

void NodePlan::destroy() noexcept {
  if (handle_) host::destroy(node_->item_name.c_str(), node_->name.c_str(), "destroy_plan", [&] { node_->calls->destroy_plan(handle_); });
}

}  // namespace teranga::model
