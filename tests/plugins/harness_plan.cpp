// SPDX-License-Identifier: Apache-2.0
// Asks a layer for a plan and keeps its answers.
#include "harness_plan.hpp"

#include <cstdint>
#include <deque>

namespace teranga::test {

std::size_t size_of_type(std::int32_t type) {
  switch (type) {
    case TRG_F64:
    case TRG_I64: return 8;
    case TRG_U8: return 1;
    default: return 4;
  }
}

std::int64_t Tensor::count() const {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
  return n;
}

std::int64_t Tensor::row_bytes() const { return shape.empty() || shape[0] == 0 ? 0 : count() / shape[0] * static_cast<std::int64_t>(size_of_type(type)); }

void Tensor::write(const Array& from) {
  if (from.count() != count() || static_cast<std::int64_t>(from.values.size()) != count()) throw std::runtime_error("an array of another size was given");
  for (std::size_t i = 0; i < from.values.size(); ++i) {
    const double v = from.values[i];
    char* to = memory->data();
    switch (type) {
      case TRG_F64: reinterpret_cast<double*>(to)[i] = v; break;
      case TRG_F32: reinterpret_cast<float*>(to)[i] = static_cast<float>(v); break;
      case TRG_I32: reinterpret_cast<std::int32_t*>(to)[i] = static_cast<std::int32_t>(v); break;
      case TRG_I64: reinterpret_cast<std::int64_t*>(to)[i] = static_cast<std::int64_t>(v); break;
      default: reinterpret_cast<std::uint8_t*>(to)[i] = static_cast<std::uint8_t>(v);
    }
  }
}

Array Tensor::read() const {
  Array out{shape, std::vector<double>(static_cast<std::size_t>(count())), type};
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    const char* from = memory->data();
    switch (type) {
      case TRG_F64: out.values[i] = reinterpret_cast<const double*>(from)[i]; break;
      case TRG_F32: out.values[i] = static_cast<double>(reinterpret_cast<const float*>(from)[i]); break;
      case TRG_I32: out.values[i] = reinterpret_cast<const std::int32_t*>(from)[i]; break;
      case TRG_I64: out.values[i] = static_cast<double>(reinterpret_cast<const std::int64_t*>(from)[i]); break;
      default: out.values[i] = reinterpret_cast<const std::uint8_t*>(from)[i];
    }
  }
  return out;
}

Tensor make_tensor(std::vector<std::int64_t> shape, std::int32_t type) {
  Tensor t{std::move(shape), type, nullptr};
  t.memory = std::make_shared<Memory>(t.count() * static_cast<std::int64_t>(size_of_type(type)));
  return t;
}

namespace {

Plan& of(void* context) { return *static_cast<Plan*>(context); }

Declared declared(const char* name, std::int32_t type, std::int32_t rank, const std::int64_t* shape) {
  Declared d;
  d.name = name;
  d.type = type;
  d.shape.assign(shape, shape + rank);
  return d;
}

void on_input(void* context, std::int32_t index, std::int32_t flags) { of(context).input_flags.at(static_cast<std::size_t>(index)) |= flags; }

void on_output(void* context, const trg_port* port) {
  PlannedPort p{declared(port->name, port->type, port->rank, port->shape), port->shares_with, port->mask_rank};
  p.flags = port->flags;
  of(context).outputs.push_back(p);
}

void on_parameter(void* context, const trg_parameter* parameter) {
  PlannedParameter p{declared(parameter->name, -1, parameter->rank, parameter->shape)};
  if (parameter->initializer && parameter->initializer->text) p.initializer = parameter->initializer->text;
  for (std::size_t i = 0; i < parameter->piece_count; ++i) {
    const trg_piece& piece = parameter->pieces[i];
    p.pieces.push_back({piece.begin, piece.end, piece.initializer && piece.initializer->text ? piece.initializer->text : ""});
  }
  p.l1 = parameter->l1, p.l2 = parameter->l2;
  p.trainable = parameter->trainable != 0;
  p.fan_in = parameter->fan_in, p.fan_out = parameter->fan_out;
  of(context).parameters.push_back(p);
}

void on_state(void* context, const trg_state* state) {
  PlannedState s{declared(state->name, state->type, state->rank, state->shape), state->kind, 0};
  if (state->initializer && state->initializer->text) s.initializer = state->initializer->text;
  if (s.initializer == "teranga.ones") s.initial = 1;
  of(context).states.push_back(s);
}

void on_buffer(void* context, std::int32_t kind, std::int64_t per_row, std::int64_t bytes) {
  PlannedBuffer& buffer = of(context).buffers[kind];
  buffer.per_row += per_row;
  buffer.bytes += bytes;
}

void on_passes(void* context, std::int32_t which, std::int32_t count, const std::int64_t* sums, std::int32_t) {
  of(context).calls[which].sums.assign(sums, sums + count);
}

void on_granularity(void* context, std::int32_t which, std::int32_t offered, std::int64_t axis, std::int64_t multiple) {
  PlannedCall& call = of(context).calls[which];
  call.offered = offered, call.axis = axis, call.multiple = multiple;
}

void on_cost(void* context, std::int32_t which, double flops) { of(context).calls[which].flops = flops; }
void on_absorb(void* context, std::size_t count) { of(context).absorbed = count; }

}  // namespace

Plan::Plan(Instance<trg_layer_calls>& layer, const Case& test, std::int32_t type, std::int64_t samples, std::int32_t granularity)
    : input_flags(test.inputs.size()), layer_(layer) {
  std::vector<std::vector<std::int64_t>> shapes;
  std::vector<trg_input> inputs;
  for (const Array& in : test.inputs) {
    shapes.push_back(in.shape);
    if (!shapes.back().empty()) shapes.back()[0] = samples;
  }
  for (std::size_t i = 0; i < test.inputs.size(); ++i) {
    const std::int32_t element = test.inputs[i].type < 0 ? type : test.inputs[i].type;
    trg_input in{};
    in.size = sizeof(in);
    in.name = "input";
    in.tensor = {nullptr, shapes[i].data(), static_cast<std::int32_t>(shapes[i].size()), element};
    in.mask_rank = i < test.masks.size() ? static_cast<std::int32_t>(test.masks[i].shape.size()) : 0;
    in.needs_gradient = element == type;
    for (const int unwanted : test.no_gradient) in.needs_gradient = in.needs_gradient && unwanted != static_cast<int>(i);
    inputs.push_back(in);
  }
  trg_plan_request request{};
  request.size = sizeof(request);
  request.type = type;
  request.mode = test.mode;
  request.inputs = inputs.data();
  request.input_count = inputs.size();
  request.input_stride = sizeof(trg_input);
  request.max_workers = 1;
  request.granularity = granularity;
  std::deque<BoundOptions> options;
  std::vector<trg_follower> followers;
  for (const Follower& f : test.followers) {
    const trg_item& item = find_item(f.plugin, f.item, TRG_LAYER);
    followers.push_back({sizeof(trg_follower), "layer", f.item.c_str(), options.emplace_back(item, f.options).native()});
  }
  request.followers = followers.data();
  request.follower_count = followers.size();
  request.follower_stride = sizeof(trg_follower);
  const trg_planner planner = {sizeof(trg_planner), this, on_input, on_output, on_parameter, on_state, on_buffer, on_passes, on_granularity, on_cost, on_absorb};
  trg_error error = layer.fresh_error();
  layer.check(layer.calls.plan(layer.handle, &request, &planner, &handle, &error), error);
}

Plan::~Plan() { layer_.calls.destroy_plan(handle); }

}  // namespace teranga::test
