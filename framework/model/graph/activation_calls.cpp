// SPDX-License-Identifier: Apache-2.0
#include "graph/activation_calls.hpp"

#include <cstdint>

namespace teranga::model {
namespace {

struct ActivationPlan {
  const trg_activation_calls* calls;
  void* self;
  std::int32_t type, needs;
};

struct Extent {
  std::int64_t rows = 1, length = 1;
};

Extent extent_of(const trg_tensor& tensor) {
  Extent e;
  for (std::int32_t i = 0; i < tensor.rank; ++i) (i + 1 < tensor.rank ? e.rows : e.length) *= tensor.shape[i];
  return e;
}

std::int32_t plan(void* layer, const trg_plan_request* request, const trg_planner* planner, void** out, trg_error*) {
  const auto& handle = *static_cast<const ActivationHandle*>(layer);
  const std::int32_t needs = handle.calls->needs(handle.self);
  const trg_tensor& x = request->inputs->tensor;
  planner->input(planner->context, 0, (needs & TRG_NEEDS_X ? TRG_READ_IN_BACKWARD : 0) | TRG_MASK_PASSES);
  trg_port port{};
  port.size = sizeof(port);
  port.name = "output";
  port.type = request->type;
  port.rank = x.rank;
  port.shape = x.shape;
  port.flags = (needs & TRG_NEEDS_Y ? TRG_READ_IN_BACKWARD : 0) | (needs & TRG_GRADIENT_NONE ? TRG_NO_GRADIENT : 0) |
               (needs & TRG_GRADIENT_SURROGATE ? TRG_SURROGATE : 0) | TRG_REPEATABLE;
  port.shares_with = needs & TRG_NEEDS_X ? -1 : 0;
  planner->output(planner->context, &port);
  const Extent e = extent_of(x);
  planner->cost(planner->context, TRG_FORWARD, static_cast<double>(e.rows * e.length));
  planner->cost(planner->context, TRG_BACKWARD, static_cast<double>(e.rows * e.length));
  *out = new ActivationPlan{handle.calls, handle.self, request->type, needs};
  return TRG_OK;
}

void destroy_plan(void* plan) { delete static_cast<ActivationPlan*>(plan); }

std::int32_t forward(void* plan, const trg_call* call, trg_error* error) {
  const auto& p = *static_cast<const ActivationPlan*>(plan);
  const Extent e = extent_of(call->inputs[0]);
  return p.calls->value(p.self, p.type, e.rows, e.length, call->inputs[0].data, call->outputs[0].data, error);
}

std::int32_t backward(void* plan, const trg_call* call, trg_error* error) {
  const auto& p = *static_cast<const ActivationPlan*>(plan);
  const Extent e = extent_of(call->d_outputs[0]);
  const void *const x = p.needs & TRG_NEEDS_X ? call->inputs[0].data : nullptr, *const y = p.needs & TRG_NEEDS_Y ? call->outputs[0].data : nullptr;
  return p.calls->gradient(p.self, p.type, e.rows, e.length, x, y, call->d_outputs[0].data, call->d_inputs[0].data, error);
}

}  // namespace

const trg_layer_calls& activation_calls() noexcept {
  static const trg_layer_calls calls = {sizeof(trg_layer_calls), nullptr, nullptr, plan, destroy_plan, nullptr, forward, backward, nullptr, nullptr, nullptr};
  return calls;
}

}  // namespace teranga::model
