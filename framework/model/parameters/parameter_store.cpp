// SPDX-License-Identifier: Apache-2.0
#include <teranga/model/parameter_store.hpp>

#include "graph/graph.hpp"
#include "graph/guard.hpp"
#include "parameters/padded.hpp"

#include <teranga/core/hash.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace teranga::model {
namespace {

// What an initializer was not told, from its schema.
Options completed(const Schema& schema, const Options& given) {
  Options out;
  for (const OptionSpec& spec : schema) {
    const Value* value = find_option(given, spec.name);
    if (value) out.push_back({spec.name, *value, {}});
    else if (!spec.default_value.empty()) out.push_back({spec.name, spec.default_value, {}});
  }
  return out;
}

struct Fans {
  std::int64_t in, out;
};

// As Keras derives them: (..., in, out), the leading axes being the receptive field.
Fans fans_of(const Shape& shape) {
  if (shape.empty()) return {1, 1};
  if (shape.size() == 1) return {shape[0], shape[0]};
  const std::int64_t field = std::accumulate(shape.begin(), shape.end() - 2, std::int64_t{1}, std::multiplies<>());
  return {shape[shape.size() - 2] * field, shape.back() * field};
}

class Filler {
 public:
  Filler(const host::Registry& registry, std::uint64_t seed, ElementType type) : registry_(registry), seed_(seed), type_(type) {}

  void fill(const std::string& name, const Shape& shape, const Value& initializer, Fans fans, void* data) const {
    Value::Component component{"teranga.zeros", {}};
    if (initializer.is<Value::Component>()) component = initializer.as<Value::Component>();
    const host::Item& item = registry_.need(host::Kind::initializer, component.type);
    const host::Initializer instance(item, completed(item.schema, component.options), name);
    trg_fill call{};
    call.size = sizeof(call);
    call.type = static_cast<std::int32_t>(type_);
    call.rank = static_cast<std::int32_t>(shape.size());
    call.shape = shape.data();
    call.fan_in = fans.in;
    call.fan_out = fans.out;
    call.stream = {hash64("initial value of " + name) ^ (seed_ * 0x9E3779B97F4A7C15ull), 0};
    const std::size_t bytes = static_cast<std::size_t>(element_count(shape)) * size_of(type_);
    Buffer guarded(bytes <= most_guarded ? bytes + guard_bytes : 0);
    auto* const own = static_cast<char*>(bytes <= most_guarded ? guarded.data() : data);
    call.data = own;
    if (own != data) set_guard(own + bytes);
    instance.guard("fill", [&](trg_error* error) { return instance.calls().fill(instance.self(), &call, error); });
    require_finite(instance, own, bytes);
    if (own == data) return;
    if (!is_intact(own + bytes)) throw Error(ExitCode::plugin, fmt::format("{}: its call fill has written behind the end of a tensor of shape {}", instance.who(), to_string(shape)));
    std::memcpy(data, own, bytes);
  }

  // Each piece is drawn as a tensor of its own and copied into its span of the last axis.
  void fill_pieces(const std::string& name, const ParameterFacts& facts, void* data) const {
    const std::int64_t last = facts.shape.back();
    const std::size_t element = size_of(type_);
    for (const Piece& piece : facts.pieces) {
      Shape shape = facts.shape;
      shape.back() = piece.end - piece.begin;
      Tensor part(type_, shape);
      fill(fmt::format("{}[{}:{}]", name, piece.begin, piece.end), shape, piece.initializer, fans_of(shape), part.data());
      const std::size_t width = static_cast<std::size_t>(shape.back()) * element;
      for (std::int64_t row = 0; row * last < element_count(facts.shape); ++row)
        std::memcpy(static_cast<char*>(data) + static_cast<std::size_t>(row * last + piece.begin) * element,
                    static_cast<const char*>(part.data()) + static_cast<std::size_t>(row) * width, width);
    }
  }

 private:
  void require_finite(const host::Initializer& instance, const void* data, std::size_t bytes) const {
    const auto all_finite = [&](const auto* numbers) { return std::all_of(numbers, numbers + bytes / sizeof(*numbers), [](auto number) { return std::isfinite(number); }); };
    const bool finite = type_ == ElementType::f64 ? all_finite(static_cast<const double*>(data)) : all_finite(static_cast<const float*>(data));
    if (!finite) throw Error(ExitCode::plugin, fmt::format("{}: its call fill gives numbers that are not finite", instance.who()));
  }

  static constexpr std::size_t most_guarded = 64 << 20;  // larger ones would need too much memory twice

  const host::Registry& registry_;
  std::uint64_t seed_;
  ElementType type_;
};

std::vector<NamedTensor> copies(const std::vector<TensorView>& views) {
  std::vector<NamedTensor> out;
  for (const TensorView& view : views) out.push_back(view.copy());
  return out;
}

// The batch has no part in it.
Error no_memory_for(const std::vector<Parameter>& parameters, ElementType type) {
  const Parameter& largest = *std::max_element(parameters.begin(), parameters.end(), [](const Parameter& a, const Parameter& b) { return a.count < b.count; });
  std::size_t all = 0;
  for (const Parameter& p : parameters) all += p.count;
  return Error(ExitCode::failure,
               fmt::format("there is not enough memory for the {} parameters of the network and their gradients ({:.3g} GB); the largest are {} of shape {}", all, 2e-9 * static_cast<double>(all * size_of(type)), largest.name,
                           to_string(largest.shape)),
               fmt::format("make the layer \"{}\" smaller", largest.layer));
}

template <class Facts, class Place>
void take(const std::vector<Facts>& wanted, const std::vector<NamedTensor>& given, ElementType type, const std::string& from, const char* what, Place&& place) {
  std::string faults;
  for (const Facts& fact : wanted) {
    const auto found = std::find_if(given.begin(), given.end(), [&](const NamedTensor& t) { return t.name == fact.name; });
    if (found == given.end()) faults += fmt::format("\n  {} \"{}\" is missing", what, fact.name);
    else if (found->tensor.shape() != fact.shape || found->tensor.type() != type)
      faults += fmt::format("\n  {} \"{}\": expected {} {}, found {} {}", what, fact.name, to_string(type), to_string(fact.shape), to_string(found->tensor.type()),
                            to_string(found->tensor.shape()));
  }
  for (const NamedTensor& tensor : given)
    if (std::none_of(wanted.begin(), wanted.end(), [&](const Facts& f) { return f.name == tensor.name; }))
      faults += fmt::format("\n  {} \"{}\" has no place in this network", what, tensor.name);
  if (!faults.empty()) throw Error(ExitCode::usage, fmt::format("{} does not fit the recipe's network:{}", from, faults), "use the recipe that it was trained with");
  for (const Facts& fact : wanted) {
    const auto found = std::find_if(given.begin(), given.end(), [&](const NamedTensor& t) { return t.name == fact.name; });
    if (found->tensor.bytes()) std::memcpy(place(fact), found->tensor.data(), found->tensor.bytes());
  }
}

}  // namespace

ParameterStore::ParameterStore(const Graph& graph, const host::Registry& registry, std::uint64_t seed, ElementType compute) : type_(compute), row_states_(compute) {
  lay_out(graph);
  versions_.assign(parameters_.size(), version_);
  const ParameterIndex where = parameter_index(graph);
  try {
    weights_ = Buffer(elements_ * size_of(type_));
    gradients_ = Buffer(trainable_elements_ * size_of(type_));
    states_now_ = Buffer(state_elements_ * size_of(type_));
  } catch (const Error&) {
    if (parameters_.empty()) throw;
    throw no_memory_for(parameters_, type_);
  }
  const Filler filler(registry, seed, type_);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = *graph.nodes[n];
    if (node.weights_of < 0) {
      for (std::size_t i = 0; i < node.facts.parameters.size(); ++i) {
        const ParameterFacts& facts = node.facts.parameters[i];
        const Parameter& p = parameters_[static_cast<std::size_t>(where.parameters[n][i])];
        const Fans derived = fans_of(facts.shape);
        filler.fill(p.name, facts.shape, facts.initializer, {facts.fan_in ? facts.fan_in : derived.in, facts.fan_out ? facts.fan_out : derived.out}, weight(p));
        filler.fill_pieces(p.name, facts, weight(p));
      }
    }
    for (std::size_t i = 0; i < node.facts.states.size(); ++i) {
      const auto index = static_cast<std::size_t>(where.states[n][i]);
      if (node.facts.states[i].kind == TRG_ROW) {
        RowState& s = row_states_.states()[index];
        filler.fill(s.name, s.shape, node.facts.states[i].initializer, fans_of(s.shape), s.initial.data());
        continue;
      }
      const State& s = states_[index];
      filler.fill(s.name, s.shape, node.facts.states[i].initializer, fans_of(s.shape), state(s));
    }
  }
  next_states_ = states_now_;
}

void ParameterStore::lay_out(const Graph& graph) {
  for (const auto& pointer : graph.nodes) {
    const Node& node = *pointer;
    for (const ParameterFacts& facts : node.facts.parameters)
      if (node.weights_of < 0)
        parameters_.push_back({node.weights_name + "/" + facts.name, node.weights_name, facts.shape, facts.trainable && node.trainable, facts.l1, facts.l2, facts.lazy, 0,
                               static_cast<std::size_t>(element_count(facts.shape))});
    for (const StateFacts& facts : node.facts.states) {
      if (facts.kind == TRG_ROW) {
        Shape row = facts.shape;
        if (node.fold > 1) row.insert(row.begin(), node.fold);
        row_states_.add(node.states_name, facts.name, std::move(row), facts.resets_each_epoch);
        continue;
      }
      states_.push_back({node.states_name + "/" + facts.name, node.states_name, facts.shape, node.trainable ? facts.merge : std::int32_t{TRG_MERGE_SAME}, state_elements_, static_cast<std::size_t>(element_count(facts.shape))});
      state_elements_ += padded(states_.back().count);
    }
  }
  for (const bool trainable : {true, false}) {
    for (Parameter& p : parameters_) {
      if (p.trainable != trainable) continue;
      p.offset = elements_;
      elements_ += padded(p.count);
    }
    if (trainable) trainable_elements_ = elements_;
  }
}

ParameterIndex ParameterStore::parameter_index(const Graph& graph) const {
  const auto find = [](const auto& all, const std::string& name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    if (found == all.end()) throw Error(ExitCode::failure, fmt::format("\"{}\" is not in the store of its network", name));
    return static_cast<int>(found - all.begin());
  };
  ParameterIndex out;
  for (const auto& node : graph.nodes) {
    auto& parameters = out.parameters.emplace_back();
    auto& states = out.states.emplace_back();
    if (node->weights_of >= 0) parameters = out.parameters[static_cast<std::size_t>(node->weights_of)];
    else
      for (const ParameterFacts& facts : node->facts.parameters) parameters.push_back(find(parameters_, node->weights_name + "/" + facts.name));
    for (const StateFacts& facts : node->facts.states) {
      const std::string name = node->states_name + "/" + facts.name;
      states.push_back(facts.kind == TRG_ROW ? find(row_states_.states(), name) : find(states_, name));
    }
  }
  return out;
}

void ParameterStore::commit(std::span<const int> states) {
  for (const int index : states) {
    const State& s = states_[static_cast<std::size_t>(index)];
    std::memcpy(state(s), state(s, true), s.count * size_of(type_));
  }
}

// Tables whose gradient can only lie in rows that a field of the data names: not those that another layer uses too, nor those with a penalty.
void ParameterStore::find_touched(const Graph& graph) {
  const ParameterIndex where = parameter_index(graph);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = *graph.nodes[n];
    const bool shared = node.weights_of >= 0 || std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const auto& other) { return other->weights_of == static_cast<int>(n); });
    for (std::size_t i = 0; !shared && i < node.facts.parameters.size(); ++i) {
      const ParameterFacts& facts = node.facts.parameters[i];
      const auto index = static_cast<std::size_t>(where.parameters[n][i]);
      if (facts.touched_by < 0 || facts.touched_by >= static_cast<int>(node.inputs.size()) || !parameters_[index].trainable || facts.l1 != 0 || facts.l2 != 0) continue;
      if (facts.shape.size() < 2 || !graph.at(node.inputs[static_cast<std::size_t>(facts.touched_by)].node).is_input()) continue;
      touched_.emplace_back(index, facts.shape[0], parameters_[index].count / static_cast<std::size_t>(facts.shape[0]));
    }
  }
}

TouchedRows::TouchedRows(std::size_t parameter, std::int64_t rows, std::size_t row)
    : parameter_(parameter), rows_(rows), row_(row), words_(static_cast<std::size_t>(rows + 63) / 64), groups_((words_.size() + 63) / 64) {}

void TouchedRows::list() {
  numbers_.clear();
  for (std::size_t g = 0; g < groups_.size(); ++g)
    for (std::uint64_t group = groups_[g]; group != 0; group &= group - 1) {
      const std::size_t w = g * 64 + static_cast<std::size_t>(std::countr_zero(group));
      for (std::uint64_t word = words_[w]; word != 0; word &= word - 1) numbers_.push_back(static_cast<std::int64_t>(w) * 64 + std::countr_zero(word));
    }
}

void TouchedRows::clear() {
  for (std::size_t g = 0; g < groups_.size(); ++g)
    for (std::uint64_t group = std::exchange(groups_[g], 0); group != 0; group &= group - 1) words_[g * 64 + static_cast<std::size_t>(std::countr_zero(group))] = 0;
  numbers_.clear();
}

TouchedRows* ParameterStore::touched(std::size_t parameter) noexcept {
  for (TouchedRows& touched : touched_)
    if (touched.parameter() == parameter) return &touched;
  return nullptr;
}

void ParameterStore::clear_touched(Team& team) {
  constexpr std::int64_t rows_at_once = 256;
  for (TouchedRows& touched : touched_) {
    char* gradient = static_cast<char*>(this->gradient(parameters_[touched.parameter()]));
    const std::size_t bytes = touched.row() * size_of(type_);
    const std::vector<std::int64_t>& numbers = touched.numbers();
    const auto count = static_cast<std::int64_t>(numbers.size());
    team.for_each((count + rows_at_once - 1) / rows_at_once, [&](std::int64_t i, int) {
      for (std::int64_t r = i * rows_at_once; r < std::min(count, (i + 1) * rows_at_once); ++r)
        std::memset(gradient + static_cast<std::size_t>(numbers[static_cast<std::size_t>(r)]) * bytes, 0, bytes);
    });
    touched.clear();
  }
}

std::vector<TensorView> ParameterStore::parameter_views() const {
  std::vector<TensorView> out;
  for (const Parameter& p : parameters_) out.push_back({p.name, type_, p.shape, weight(p)});
  return out;
}

std::vector<TensorView> ParameterStore::state_views() const {
  std::vector<TensorView> out;
  for (const State& s : states_) out.push_back({s.name, type_, s.shape, static_cast<const char*>(states_now_.data()) + s.offset * size_of(type_)});
  return out;
}

std::vector<NamedTensor> ParameterStore::parameter_tensors() const { return copies(parameter_views()); }
std::vector<NamedTensor> ParameterStore::state_tensors() const { return copies(state_views()); }

void ParameterStore::set_parameters(const std::vector<NamedTensor>& tensors, const std::string& from) {
  take(parameters_, tensors, type_, from, "parameter", [&](const Parameter& p) { return weight(p); });
  changed();
}

void ParameterStore::set_states(const std::vector<NamedTensor>& tensors, const std::string& from) {
  take(states_, tensors, type_, from, "state", [&](const State& s) { return state(s); });
  next_states_ = states_now_;
}

}  // namespace teranga::model
