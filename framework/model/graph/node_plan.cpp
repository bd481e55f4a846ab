// SPDX-License-Identifier: Apache-2.0
#include "graph/node_plan.hpp"

#include "graph/graph.hpp"

#include <teranga/host/instance.hpp>
#include <teranga/host/option_tree.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga::model {
namespace {

PlanAnswer& answer(void* context) { return *static_cast<PlanAnswer*>(context); }

void on_input(void* context, std::int32_t index, std::int32_t flags) {
  auto& all = answer(context).input_flags;
  if (index >= 0 && static_cast<std::size_t>(index) < all.size()) all[static_cast<std::size_t>(index)] |= flags;
}

void on_output(void* context, const trg_port* port) {
  answer(context).outputs.push_back({port->name ? port->name : "output", static_cast<ElementType>(port->type), Shape(port->shape, port->shape + port->rank), port->flags,
                                     port->shares_with, port->flags & TRG_MASK_PRODUCED ? std::clamp(port->mask_rank, 0, port->rank) : 0});
}

void on_parameter(void* context, const trg_parameter* p) {
  ParameterFacts facts;
  facts.name = p->name;
  facts.shape = Shape(p->shape, p->shape + p->rank);
  facts.trainable = p->trainable != 0;
  if (p->initializer) facts.initializer = host::to_value(*p->initializer);
  for (std::size_t i = 0; i < p->piece_count; ++i) facts.pieces.push_back({p->pieces[i].begin, p->pieces[i].end, host::to_value(*p->pieces[i].initializer)});
  facts.l1 = p->l1;
  facts.l2 = p->l2;
  facts.fan_in = p->fan_in;
  facts.fan_out = p->fan_out;
  facts.touched_by = p->touched_by - 1;
  facts.lazy = p->lazy != 0;
  answer(context).parameters.push_back(std::move(facts));
}

void on_state(void* context, const trg_state* s) {
  StateFacts facts;
  facts.name = s->name;
  facts.kind = s->kind;
  facts.merge = s->merge;
  facts.shape = Shape(s->shape, s->shape + s->rank);
  if (s->initializer) facts.initializer = host::to_value(*s->initializer);
  facts.resets_each_epoch = s->resets_each_epoch != 0;
  answer(context).states.push_back(std::move(facts));
}

void on_buffer(void* context, std::int32_t kind, std::int64_t bytes_per_row, std::int64_t bytes) {
  if (kind < 0 || kind > TRG_DERIVED) return;
  BufferFacts& buffer = answer(context).buffers[static_cast<std::size_t>(kind)];
  buffer.bytes_per_row += bytes_per_row;
  buffer.bytes += bytes;
}

CallFacts& call_of(void* context, std::int32_t which) { return answer(context).calls.at(static_cast<std::size_t>(which)); }

void on_passes(void* context, std::int32_t which, std::int32_t count, const std::int64_t* sums, std::int32_t synchronised) {
  CallFacts& call = call_of(context, which);
  call.sums.assign(sums, sums + count);
  if (call.sums.empty()) call.sums = {0};
  call.synchronised = synchronised != 0;
}

void on_granularity(void* context, std::int32_t which, std::int32_t offered, std::int64_t axis_length, std::int64_t multiple) {
  CallFacts& call = call_of(context, which);
  call.offered = offered;
  call.axis_length = axis_length;
  call.multiple = multiple > 0 ? multiple : 1;
}

void on_cost(void* context, std::int32_t which, double flops) { call_of(context, which).flops = flops; }
void on_absorb(void* context, std::size_t count) { answer(context).absorbed = count; }

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

NodePlan::NodePlan(const Node& node, const PlanQuestion& question) : calls_(node.calls) {
  const NativeQuestion native(question);
  const trg_planner planner = {sizeof(trg_planner), &answer_, on_input, on_output, on_parameter, on_state, on_buffer, on_passes, on_granularity, on_cost, on_absorb};
  answer_.input_flags.assign(question.inputs.size(), 0);

  host::Report report;
  const host::Breadcrumb crumb(node.item_name.c_str(), node.name.c_str(), "plan");
  if (calls_->plan(node.self, &native.request, &planner, &handle_, &report.native) != TRG_OK) host::raise(report, node.who());
  if (answer_.outputs.empty()) throw Error(ExitCode::plugin, fmt::format("{}: its plan declares no output", node.who()));
  if (answer_.absorbed > question.followers.size())
    throw Error(ExitCode::plugin, fmt::format("{}: its plan takes in {} layers behind it, of {} that were offered", node.who(), answer_.absorbed, question.followers.size()));
  unfold(answer_, question.fold);
}

NodePlan::~NodePlan() {
  if (handle_) calls_->destroy_plan(handle_);
}

}  // namespace teranga::model
