// SPDX-License-Identifier: Apache-2.0
#include "plan/shared_values.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

namespace teranga::model {
namespace {

// What each node computes, as a number that is the same for nodes that compute the same; -1 where that cannot be told.
std::vector<int> meanings(const SharedSource& network, const std::vector<Field>& fields, std::map<std::string, int>& known_texts) {
  std::vector<int> out;
  const auto number = [&](const std::string& text) { return known_texts.try_emplace(text, static_cast<int>(known_texts.size())).first->second; };
  for (std::size_t n = 0; n < network.graph.nodes.size(); ++n) {
    const Node& node = *network.graph.nodes[n];
    out.push_back(-1);
    if (node.is_input()) {
      // Fields of the data come first, and are the same for all; what a network draws or is given is its own.
      if (static_cast<std::size_t>(node.field) < fields.size() && fields[static_cast<std::size_t>(node.field)].origin == Origin::data) out.back() = number(fmt::format("field {}", node.field));
      continue;
    }
    const PlanAnswer& facts = node.facts;
    const bool plain = node.fold == 1 && facts.outputs.size() == 1 && (facts.outputs[0].flags & TRG_REPEATABLE) && facts.outputs[0].mask_rank == 0 && facts.states.empty() &&
                       facts.calls[TRG_FORWARD].sums == std::vector<std::int64_t>{0} && (facts.calls[TRG_FORWARD].offered & TRG_SLICE) && facts.buffers[TRG_SAVED].size(1) == 0;
    const bool known = std::ranges::all_of(node.inputs, [&](Source s) { return s.port == 0 && out[static_cast<std::size_t>(s.node)] >= 0 && !network.graph.mask_of(s); });
    if (!plain || !known || node.inputs.empty()) continue;
    std::string text = fmt::format("{} {} slices {} weights", node.item_name, to_toml({Value::Component{"", node.options}, {}}), network.slice_rows);
    for (std::size_t i = 0; i < facts.parameters.size(); ++i) text += fmt::format(" {}", network.parameter_index.parameter_of(static_cast<int>(n), static_cast<int>(i)));
    for (const Source& s : node.inputs) text += fmt::format(" input {}", out[static_cast<std::size_t>(s.node)]);
    const int meaning = number(text);
    if (std::ranges::find(out, meaning) == out.end()) out.back() = meaning;  // a second one keeps its own
  }
  return out;
}

// Whether anybody reads the node's output but the forward passes of nodes that are alike, too.
bool read_later(const SharedSource& network, const std::vector<bool>& alike, int n) {
  const Graph& graph = network.graph;
  const Source output{n, 0};
  if (graph.port(output).flags & TRG_READ_IN_BACKWARD || std::ranges::find(graph.outputs, output) != graph.outputs.end()) return true;
  for (const LossTerm& term : network.objective.terms)
    if (term.prediction == output || term.shown == output) return true;
  for (const MetricUse& metric : network.objective.metrics)
    if (metric.prediction == output) return true;
  for (std::size_t m = 0; m < graph.nodes.size(); ++m)
    for (std::size_t i = 0; i < graph.nodes[m]->inputs.size(); ++i)
      if (graph.nodes[m]->inputs[i] == output && (!alike[m] || graph.nodes[m]->facts.input_flags[i] & TRG_READ_IN_BACKWARD)) return true;
  return false;
}

}  // namespace

std::size_t SharedValues::offset(std::size_t value, std::int64_t rows) const {
  std::size_t at = 0;
  for (std::size_t v = 0; v < value; ++v) at += (static_cast<std::size_t>(values[v].row_bytes * rows) + 63) / 64 * 64;
  return at;
}

bool SharedPart::ready(const ParameterStore& store, std::int64_t batch, std::int64_t rows) const {
  if (batch == 0 || taken.empty()) return false;
  return std::ranges::all_of(taken, [&](int v) {
    const SharedValues::Value& value = shared->values[static_cast<std::size_t>(v)];
    return value.batch == batch && value.rows == rows && std::ranges::all_of(parameters, [&](std::size_t p) { return store.version_of(p) <= value.version; });
  });
}

void SharedPart::lose(bool took) {
  for (const int v : given) shared->values[static_cast<std::size_t>(v)].batch = 0;
  for (const int v : taken)
    if (!took) shared->values[static_cast<std::size_t>(v)].batch = 0;
}

void SharedPart::keep(bool took, const ParameterStore& store, std::int64_t batch, std::int64_t rows) {
  const auto now = [&](int v) {
    SharedValues::Value& value = shared->values[static_cast<std::size_t>(v)];
    value.batch = batch, value.rows = rows, value.version = store.version();
  };
  std::ranges::for_each(given, now);
  if (!took) std::ranges::for_each(taken, now);
}

namespace {

// A network that makes something.
struct Maker {
  std::size_t network;
  bool lasting;  // its weights are still the same when the network has been trained
};

// The parameters of each node and of all before it.
std::vector<std::set<std::size_t>> parameters_into(const SharedSource& network) {
  std::vector<std::set<std::size_t>> out;
  for (std::size_t n = 0; n < network.graph.nodes.size(); ++n) {
    std::set<std::size_t> all(network.parameter_index.parameters[n].begin(), network.parameter_index.parameters[n].end());
    for (const Source& s : network.graph.nodes[n]->inputs) all.insert(out[static_cast<std::size_t>(s.node)].begin(), out[static_cast<std::size_t>(s.node)].end());
    out.push_back(std::move(all));
  }
  return out;
}

}  // namespace

std::vector<SharedPart> find_shared(std::span<const SharedSource> networks, const std::vector<Field>& fields) {
  std::map<std::string, int> known_texts;
  std::vector<std::vector<int>> meaning;
  std::vector<std::vector<std::set<std::size_t>>> parameters;
  std::map<int, std::vector<Maker>> makers;  // of each meaning, in the networks' order
  for (std::size_t k = 0; k < networks.size(); ++k) {
    meaning.push_back(meanings(networks[k], fields, known_texts));
    parameters.push_back(parameters_into(networks[k]));
    for (std::size_t n = 0; n < meaning[k].size(); ++n) {
      if (meaning[k][n] < 0) continue;
      const auto trained = [&](std::size_t p) { return std::ranges::find(networks[k].trained, p) != networks[k].trained.end(); };
      makers[meaning[k][n]].push_back({k, std::ranges::none_of(parameters[k][n], trained)});
    }
  }
  std::vector<SharedPart> parts(networks.size());
  const auto shared = std::make_shared<SharedValues>();
  std::map<int, int> kept;  // value of a meaning
  for (std::size_t k = 0; k < networks.size(); ++k) {
    const Graph& graph = networks[k].graph;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const std::vector<Maker>& all = makers[meaning[k][n]];
      const bool lasting = std::ranges::any_of(all, [&](const Maker& m) { return m.network == k && m.lasting; });
      const bool before = std::ranges::any_of(all, [&](const Maker& m) { return m.network < k && m.lasting; });
      const bool after = std::ranges::any_of(all, [&](const Maker& m) { return m.network > k; });
      const bool layer = !graph.nodes[n]->is_input();
      parts[k].alike.push_back(layer && (before || (lasting && after)));
      parts[k].made_before.push_back(layer && before);
    }
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      if (!parts[k].alike[n] || !read_later(networks[k], parts[k].alike, static_cast<int>(n)) || kept.contains(meaning[k][n])) continue;
      kept[meaning[k][n]] = static_cast<int>(shared->values.size());
      const OutputPort& port = graph.port({static_cast<int>(n), 0});
      shared->values.push_back({element_count(port.shape) * static_cast<std::int64_t>(size_of(port.type))});
    }
  }
  for (std::size_t k = 0; k < networks.size(); ++k) {
    SharedPart& part = parts[k];
    std::set<int> taken, given;
    std::set<std::size_t> into;
    for (std::size_t n = 0; n < part.alike.size(); ++n) {
      part.value_of.push_back(part.alike[n] && kept.contains(meaning[k][n]) ? kept.at(meaning[k][n]) : -1);
      if (part.value_of.back() >= 0) (part.made_before[n] ? taken : given).insert(part.value_of.back());
      if (part.made_before[n]) into.insert(parameters[k][n].begin(), parameters[k][n].end());
    }
    part.taken.assign(taken.begin(), taken.end());
    part.given.assign(given.begin(), given.end());
    part.parameters.assign(into.begin(), into.end());
    if (!taken.empty() || !given.empty()) part.shared = shared;
  }
  return parts;
}

}  // namespace teranga::model
