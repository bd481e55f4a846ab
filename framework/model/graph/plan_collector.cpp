// SPDX-License-Identifier: Apache-2.0
#include "graph/plan_collector.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/host/item_names.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include <fmt/format.h>

namespace teranga::model {
namespace {

constexpr std::int32_t most_axes = TRG_MOST_AXES, most_passes = TRG_MOST_PASSES;
constexpr std::size_t most_ports = TRG_MOST_PORTS, most_parameters = TRG_MOST_PARAMETERS, most_pieces = TRG_MOST_ITEMS;
constexpr std::int64_t most_sums = std::int64_t{1} << 26;
constexpr std::int64_t most_bytes = std::int64_t{1} << 47;           // of a buffer: no machine has more
constexpr std::int64_t most_bytes_of_shape = std::int64_t{1} << 55;  // options may ask for too much, which is told later; sums of sizes must not overflow
constexpr std::size_t least_port = offsetof(trg_port, mask_rank) + sizeof(std::int32_t);
constexpr std::size_t least_parameter = offsetof(trg_parameter, lazy) + sizeof(std::int32_t);
constexpr std::size_t least_state = offsetof(trg_state, resets_each_epoch) + sizeof(std::int32_t);
constexpr const char* call_names[] = {"forward", "backward", "backward_params"};
constexpr const char* buffer_names[] = {"saved", "carry", "scratch", "derived"};

struct PlanFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class... T>
void require(bool holds, fmt::format_string<T...> text, T&&... values) {
  if (!holds) throw PlanFault(fmt::format(text, std::forward<T>(values)...));
}

// A name of a port, a parameter or a state: it becomes a part of paths in checkpoints. `fault_of` finds what is wrong with it.
std::string name_of(const char* given, const char* what, std::string (*fault_of)(const char*) = host::fault_of_path_name) {
  require(given != nullptr, "declares {} without a name", what);
  const std::string fault = fault_of(given);
  require(fault.empty(), "declares {} \"{}\"; {}", what, host::shown_name(given), fault);
  return given;
}

template <class Declared>
void require_new(const Declared& declared, const std::string& name, const char* what) {
  require(std::ranges::none_of(declared, [&](const auto& one) { return one.name == name; }), "declares {} \"{}\" twice", what, name);
}

Value initializer_of(const std::string& owner, const trg_value& native) {
  require(native.kind == TRG_COMPONENT && native.text != nullptr && native.count >= 0 && (native.count == 0 || native.options != nullptr), "gives {} an initializer that is no component", owner);
  return host::to_value(native);
}

std::vector<Piece> pieces_of(const std::string& owner, const trg_parameter& p, const Shape& shape) {
  require(p.piece_count <= most_pieces && (p.piece_count == 0 || (p.pieces != nullptr && !shape.empty())), "says that {} has {} pieces; expected at most {}, of a last axis", owner, p.piece_count, most_pieces);
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < p.piece_count; ++i) {
    const trg_piece& piece = p.pieces[i];
    require(piece.begin >= 0 && piece.begin < piece.end && piece.end <= shape.back() && piece.initializer != nullptr, "gives {} a piece from {} to {} of a last axis of {}, each with an initializer", owner, piece.begin, piece.end,
            shape.empty() ? 0 : shape.back());
    pieces.push_back({piece.begin, piece.end, initializer_of(owner, *piece.initializer)});
  }
  return pieces;
}

}  // namespace

template <class F>
void PlanCollector::take(void* context, F&& f) noexcept {
  PlanCollector& self = *static_cast<PlanCollector*>(context);
  if (!self.fault_.empty()) return;
  try {
    try {
      f(self);
    } catch (const std::exception& error) {
      self.fault_ = error.what();
    }
  } catch (...) {
    self.fault_.assign("has no memory");  // short enough to need no memory
  }
}

PlanCollector::PlanCollector(PlanAnswer& answer, const trg_plan_request& request)
    : answer_(answer),
      request_(request),
      planner_{sizeof(trg_planner),
               this,
               [](void* c, std::int32_t index, std::int32_t flags) { take(c, [&](PlanCollector& self) { self.take_input(index, flags); }); },
               [](void* c, const trg_port* port) { take(c, [&](PlanCollector& self) { self.take_output(port); }); },
               [](void* c, const trg_parameter* parameter) { take(c, [&](PlanCollector& self) { self.take_parameter(parameter); }); },
               [](void* c, const trg_state* state) { take(c, [&](PlanCollector& self) { self.take_state(state); }); },
               [](void* c, std::int32_t kind, std::int64_t bytes_per_row, std::int64_t bytes) { take(c, [&](PlanCollector& self) { self.take_buffer(kind, bytes_per_row, bytes); }); },
               [](void* c, std::int32_t which, std::int32_t count, const std::int64_t* sums, std::int32_t synchronised) {
                 take(c, [&](PlanCollector& self) { self.take_passes(which, count, sums, synchronised); });
               },
               [](void* c, std::int32_t which, std::int32_t offered, std::int64_t axis_length, std::int64_t multiple) {
                 take(c, [&](PlanCollector& self) { self.take_granularity(which, offered, axis_length, multiple); });
               },
               [](void* c, std::int32_t which, double flops) { take(c, [&](PlanCollector& self) { self.take_cost(which, flops); }); },
               [](void* c, std::size_t count) { static_cast<PlanCollector*>(c)->answer_.absorbed = count; }} {
  answer_.input_flags.assign(request.input_count, 0);
}

std::string PlanCollector::fault() {
  if (!fault_.empty()) return fault_;
  if (answer_.outputs.empty()) return "declares no output";
  if (answer_.absorbed > request_.follower_count) return fmt::format("takes in {} layers behind it, of {} that were offered", answer_.absorbed, request_.follower_count);
  for (std::size_t kind = 0; kind < answer_.buffers.size(); ++kind) {
    const BufferFacts& buffer = answer_.buffers[kind];
    std::int64_t bytes = 0;
    if (__builtin_mul_overflow(buffer.bytes_per_row, std::max<std::int64_t>(samples(), 1), &bytes) || __builtin_add_overflow(bytes, buffer.bytes, &bytes) || bytes > most_bytes)
      return fmt::format("asks for {} bytes a sample and {} bytes of {} memory, which is beyond all memory", buffer.bytes_per_row, buffer.bytes, buffer_names[kind]);
  }
  return {};
}

std::int64_t PlanCollector::samples() const { return request_.input_count > 0 && request_.inputs->tensor.rank > 0 ? request_.inputs->tensor.shape[0] : 1; }

void PlanCollector::take_input(std::int32_t index, std::int32_t flags) {
  require(index >= 0 && static_cast<std::size_t>(index) < answer_.input_flags.size(), "says something of input {}, and has {}", index, answer_.input_flags.size());
  answer_.input_flags[static_cast<std::size_t>(index)] |= flags;
}

Shape PlanCollector::shape(const std::string& owner, const std::int64_t* extents, std::int32_t rank) const {
  require(rank >= 0 && rank <= most_axes, "says that {} has {} axes; expected 0 to {}", owner, rank, most_axes);
  require(rank == 0 || extents != nullptr, "gives {} no shape", owner);
  const Shape shape(extents, extents + rank);
  std::int64_t bytes = 8;
  for (const std::int64_t extent : shape)
    require(extent >= 1 && !__builtin_mul_overflow(bytes, extent, &bytes) && bytes <= most_bytes_of_shape, "gives {} the shape {}; expected axes of 1 or more, within all memory", owner, to_string(shape));
  return shape;
}

void PlanCollector::take_output(const trg_port* port) {
  require(port != nullptr && port->size >= least_port, "declares an output by a record of {} bytes; expected at least {}", port ? port->size : 0, least_port);
  require(answer_.outputs.size() < most_ports, "declares more than {} outputs", most_ports);
  const std::string name = port->name ? name_of(port->name, "the output", host::fault_of_part_name) : "output", owner = fmt::format("the output \"{}\"", name);
  require_new(answer_.outputs, name, "the output");
  require(port->type >= TRG_F32 && port->type <= TRG_U8, "gives {} the element type {}; expected one of trg_type", owner, port->type);
  Shape extents = shape(owner, port->shape, port->rank);
  require(!extents.empty() && extents[0] == samples(), "gives {} the shape {}; expected {} samples along axis 0", owner, to_string(extents), samples());
  require(port->shares_with >= -1 && port->shares_with < static_cast<std::int32_t>(answer_.input_flags.size()), "says that {} shares memory with input {}, and has {}", owner, port->shares_with, answer_.input_flags.size());
  const bool makes_mask = port->flags & TRG_MASK_PRODUCED;
  require(!makes_mask || (port->mask_rank >= 1 && port->mask_rank <= port->rank), "makes a mask of {} axes for {} of {} axes", port->mask_rank, owner, port->rank);
  answer_.outputs.push_back({name, static_cast<ElementType>(port->type), std::move(extents), port->flags, port->shares_with, makes_mask ? port->mask_rank : 0});
}

void PlanCollector::take_parameter(const trg_parameter* p) {
  require(p != nullptr && p->size >= least_parameter, "declares a parameter by a record of {} bytes; expected at least {}", p ? p->size : 0, least_parameter);
  require(answer_.parameters.size() < most_parameters, "declares more than {} parameters", most_parameters);
  ParameterFacts facts;
  facts.name = name_of(p->name, "the parameter");
  const std::string owner = fmt::format("the parameter \"{}\"", facts.name);
  require_new(answer_.parameters, facts.name, "the parameter");
  facts.shape = shape(owner, p->shape, p->rank);
  facts.trainable = p->trainable != 0;
  if (p->initializer) facts.initializer = initializer_of(owner, *p->initializer);
  facts.pieces = pieces_of(owner, *p, facts.shape);
  require(std::isfinite(p->l1) && std::isfinite(p->l2), "gives {} the penalties l1 = {} and l2 = {}", owner, p->l1, p->l2);
  require(p->fan_in >= 0 && p->fan_out >= 0, "gives {} the fans {} and {}; expected 0 or more", owner, p->fan_in, p->fan_out);
  require(p->touched_by >= 0 && p->touched_by <= static_cast<std::int32_t>(answer_.input_flags.size()), "says that {} is touched by input {}, and has {}", owner, p->touched_by - 1, answer_.input_flags.size());
  require(p->touched_by == 0 || !facts.shape.empty(), "says that rows of {} are touched, and it has no axis", owner);
  facts.l1 = p->l1, facts.l2 = p->l2;
  facts.fan_in = p->fan_in, facts.fan_out = p->fan_out;
  facts.touched_by = p->touched_by - 1;
  facts.lazy = p->lazy != 0;
  answer_.parameters.push_back(std::move(facts));
}

void PlanCollector::take_state(const trg_state* s) {
  require(s != nullptr && s->size >= least_state, "declares a state by a record of {} bytes; expected at least {}", s ? s->size : 0, least_state);
  require(answer_.states.size() < most_parameters, "declares more than {} states", most_parameters);
  StateFacts facts;
  facts.name = name_of(s->name, "the state");
  const std::string owner = fmt::format("the state \"{}\"", facts.name);
  require_new(answer_.states, facts.name, "the state");
  require(s->kind == TRG_SHARED || s->kind == TRG_ROW, "gives {} the kind {}; expected one of trg_state_kind", owner, s->kind);
  require(s->merge >= TRG_MERGE_MEAN && s->merge <= TRG_MERGE_SAME, "gives {} the merge {}; expected one of trg_merge", owner, s->merge);
  facts.kind = s->kind, facts.merge = s->merge;
  facts.shape = shape(owner, s->shape, s->rank);
  if (s->initializer) facts.initializer = initializer_of(owner, *s->initializer);
  facts.resets_each_epoch = s->resets_each_epoch != 0;
  answer_.states.push_back(std::move(facts));
}

void PlanCollector::take_buffer(std::int32_t kind, std::int64_t bytes_per_row, std::int64_t bytes) {
  require(kind >= TRG_SAVED && kind <= TRG_DERIVED, "asks for a buffer of kind {}; expected one of trg_buffer_kind", kind);
  BufferFacts& buffer = answer_.buffers[static_cast<std::size_t>(kind)];
  require(bytes_per_row >= 0 && bytes >= 0 && !__builtin_add_overflow(buffer.bytes_per_row, bytes_per_row, &buffer.bytes_per_row) && !__builtin_add_overflow(buffer.bytes, bytes, &buffer.bytes),
          "asks for {} bytes a sample and {} bytes of {} memory; expected 0 or more, within all memory", bytes_per_row, bytes, buffer_names[kind]);
}

CallFacts& PlanCollector::call(std::int32_t which) {
  require(which >= TRG_FORWARD && which <= TRG_BACKWARD_PARAMS, "speaks of a call {}; expected one of trg_which", which);
  return answer_.calls[static_cast<std::size_t>(which)];
}

void PlanCollector::take_passes(std::int32_t which, std::int32_t count, const std::int64_t* sums, std::int32_t synchronised) {
  CallFacts& facts = call(which);
  require(count >= 1 && count <= most_passes && sums != nullptr, "says that {} has {} passes; expected 1 to {}, with their sums", call_names[which], count, most_passes);
  for (std::int32_t pass = 0; pass < count; ++pass)
    require(sums[pass] >= 0 && sums[pass] <= most_sums, "says that pass {} of {} adds to {} sums; expected 0 to {}", pass, call_names[which], sums[pass], most_sums);
  require(which != TRG_BACKWARD_PARAMS || (count == 1 && sums[0] == 0), "says that backward_params has passes with sums; forward and backward may have them");
  facts.sums.assign(sums, sums + count);
  facts.synchronised = synchronised != 0;
}

void PlanCollector::take_granularity(std::int32_t which, std::int32_t offered, std::int64_t axis_length, std::int64_t multiple) {
  CallFacts& facts = call(which);
  require(offered & (TRG_SLICE | TRG_BATCH), "offers {} neither by slices nor by whole batches", call_names[which]);
  require(axis_length >= 0, "says that {} has ranges of an axis of length {}", call_names[which], axis_length);
  facts.offered = offered;
  facts.axis_length = axis_length;
  facts.multiple = multiple > 0 ? multiple : 1;
}

void PlanCollector::take_cost(std::int32_t which, double flops) {
  CallFacts& facts = call(which);
  require(std::isfinite(flops) && flops >= 0, "says that {} costs {} operations; expected 0 or more", call_names[which], flops);
  facts.flops = flops;
}

std::string difference(const PlanAnswer& first, const PlanAnswer& second) {
  const auto count = [](const char* what, std::size_t one, std::size_t other) { return one == other ? std::string() : fmt::format("{} {}, and then {}", one, what, other); };
  if (auto text = count("outputs", first.outputs.size(), second.outputs.size()); !text.empty()) return text;
  for (std::size_t i = 0; i < first.outputs.size(); ++i) {
    const OutputPort &one = first.outputs[i], &other = second.outputs[i];
    const bool same = one.type == other.type && one.shape.size() == other.shape.size() && std::equal(one.shape.begin() + 1, one.shape.end(), other.shape.begin() + 1);
    if (one.mask_rank != other.mask_rank) return fmt::format("the output \"{}\" with mask_rank = {}, and then with {}", one.name, one.mask_rank, other.mask_rank);
    if (!same) return fmt::format("an output \"{}\" {} of {}, and then {} of {}", one.name, to_string(one.shape), to_string(one.type), to_string(other.shape), to_string(other.type));
  }
  if (auto text = count("parameters", first.parameters.size(), second.parameters.size()); !text.empty()) return text;
  for (std::size_t i = 0; i < first.parameters.size(); ++i) {
    const ParameterFacts &one = first.parameters[i], &other = second.parameters[i];
    if (one.name != other.name || one.shape != other.shape) return fmt::format("a parameter \"{}\" {}, and then \"{}\" {}", one.name, to_string(one.shape), other.name, to_string(other.shape));
    if (one.trainable != other.trainable) return fmt::format("the parameter \"{}\" with trainable = {:d}, and then with {:d}", one.name, one.trainable, other.trainable);
    if (one.touched_by != other.touched_by) return fmt::format("the parameter \"{}\" with touched_by = {}, and then with {}", one.name, one.touched_by, other.touched_by);
  }
  if (auto text = count("states", first.states.size(), second.states.size()); !text.empty()) return text;
  for (std::size_t i = 0; i < first.states.size(); ++i) {
    const StateFacts &one = first.states[i], &other = second.states[i];
    if (one.kind != other.kind) return fmt::format("the state \"{}\" with kind = {}, and then with {}", one.name, one.kind, other.kind);
    if (one.name != other.name || one.shape != other.shape) return fmt::format("a state \"{}\" {}, and then \"{}\" {}", one.name, to_string(one.shape), other.name, to_string(other.shape));
  }
  for (std::size_t which = 0; which < first.calls.size(); ++which)
    if (first.calls[which].sums != second.calls[which].sums)
      return fmt::format("passes of {} with {} sums, and then with {}", call_names[which], fmt::join(first.calls[which].sums, ", "), fmt::join(second.calls[which].sums, ", "));
  return {};
}

}  // namespace teranga::model
