// SPDX-License-Identifier: Apache-2.0
#include "references.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::recipe {
namespace {

std::string_view layer_part(std::string_view reference) { return reference.substr(0, reference.find('.')); }

class Graph {
 public:
  explicit Graph(const Recipe& recipe) : recipe_(recipe) {
    for (std::size_t i = 0; i < recipe.layers.size(); ++i) by_name_.emplace(recipe.layers[i].name, i);
    std::map<std::string, std::size_t> last;
    for (std::size_t i = 0; i < recipe.layers.size(); ++i) {
      const LayerRecipe& layer = recipe.layers[i];
      std::vector<std::size_t> from;
      for (const std::string& input : layer.inputs)
        if (const auto source = find(input)) from.push_back(*source);
      const auto before = last.find(layer.network);
      if (layer.inputs.empty() && before != last.end() && short_type(layer.type) != "input") from.push_back(before->second);
      sources_.push_back(std::move(from));
      last[layer.network] = i;
    }
  }

  std::optional<std::size_t> find(std::string_view reference) const {
    const auto place = by_name_.find(layer_part(reference));
    return place == by_name_.end() ? std::nullopt : std::optional(place->second);
  }

  // The way from a layer back to another along inputs, both ends included; empty where there is none.
  std::vector<std::size_t> way(std::size_t from, std::size_t to) const {
    constexpr std::size_t unseen = static_cast<std::size_t>(-1);
    std::vector<std::size_t> reached_by(sources_.size(), unseen);
    std::vector<std::size_t> open = {from};
    reached_by[from] = from;
    while (!open.empty()) {
      const std::size_t layer = open.back();
      open.pop_back();
      if (layer == to) break;
      for (const std::size_t source : sources_[layer]) {
        if (reached_by[source] != unseen) continue;
        reached_by[source] = layer;
        open.push_back(source);
      }
    }
    if (reached_by[to] == unseen) return {};
    std::vector<std::size_t> path = {to};
    while (path.back() != from) path.push_back(reached_by[path.back()]);
    std::reverse(path.begin(), path.end());
    return path;
  }

 private:
  const Recipe& recipe_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::vector<std::vector<std::size_t>> sources_;
};

class ReferenceCheck {
 public:
  ReferenceCheck(const Recipe& recipe, Diagnostics& found) : recipe_(recipe), graph_(recipe), found_(found) {}

  void check(const Reference& reference) {
    if (reference.phase) return check_in_phase(reference);
    const auto target = graph_.find(reference.name);
    if (!target) return unknown(reference);
    if (reference.kind == Reference::Kind::output) return;
    if (*target >= reference.from) return not_earlier(reference, *target);
    const LayerRecipe &own = recipe_.layers[reference.from], &other = recipe_.layers[*target];
    if (reference.kind == Reference::Kind::input && own.network != other.network)
      found_.add(reference.position, fmt::format("layer \"{}\" of the network \"{}\" takes the output of \"{}\", which belongs to \"{}\"", own.name, own.network, other.name, other.network),
                 fmt::format("leave it out: [[phase.call]] with network = \"{}\" and input = [\"{}\"] connects networks", own.network, other.network));
  }

 private:
  // "call", "call/layer" or "call/layer.port"; a call may only use earlier ones.
  void check_in_phase(const Reference& reference) {
    if (*reference.phase >= recipe_.phases.size()) return;
    const PhaseRecipe& phase = recipe_.phases[*reference.phase];
    const auto slash = reference.name.find('/');
    const std::string name = reference.name.substr(0, slash);
    const auto call = std::find_if(phase.calls.begin(), phase.calls.end(), [&](const CallRecipe& c) { return c.name == name; });
    std::vector<std::string> names;
    if (call == phase.calls.end()) {
      for (const CallRecipe& c : phase.calls) names.push_back(c.name);
      const auto near = nearest_name(name, names);
      found_.add(reference.position, fmt::format("the phase \"{}\" has no call \"{}\"", phase.name, name),
                 near ? fmt::format("did you mean \"{}\"?", *near) : fmt::format("its calls are: {}; write \"call\" or \"call/layer\"", fmt::join(names, ", ")));
      return;
    }
    if (reference.kind == Reference::Kind::call && static_cast<std::size_t>(call - phase.calls.begin()) >= reference.from) {
      found_.add(reference.position, fmt::format("the call \"{}\" takes the output of \"{}\", which does not come earlier", phase.calls[reference.from].name, name), "order the calls so that each uses earlier ones");
      return;
    }
    if (slash == std::string::npos) return;
    const std::string layer(layer_part(std::string_view(reference.name).substr(slash + 1)));
    for (const LayerRecipe& l : recipe_.layers)
      if (l.network == call->network) names.push_back(l.name);
    if (names.empty() || std::find(names.begin(), names.end(), layer) != names.end()) return;  // a network that is not there is a fault already
    const auto near = nearest_name(layer, names);
    found_.add(reference.position, fmt::format("the network \"{}\" has no layer \"{}\"", call->network, layer), near ? fmt::format("did you mean \"{}\"?", *near) : fmt::format("its layers are: {}", fmt::join(names, ", ")));
  }

  void unknown(const Reference& reference) {
    std::vector<std::string> names;
    for (const LayerRecipe& layer : recipe_.layers) names.push_back(layer.name);
    const auto near = nearest_name(layer_part(reference.name), names);
    if (constexpr std::size_t most_named = 20; names.size() > most_named) names.erase(names.begin() + most_named, names.end());
    found_.add(reference.position, fmt::format("there is no layer \"{}\"", layer_part(reference.name)),
               near ? fmt::format("did you mean \"{}\"?", *near) : fmt::format("layers are: {}", fmt::join(names, ", ")));
  }

  void not_earlier(const Reference& reference, std::size_t target) {
    const std::string& own = recipe_.layers[reference.from].name;
    const std::string& other = recipe_.layers[target].name;
    if (target == reference.from) {
      found_.add(reference.position, fmt::format("layer \"{}\" refers to itself", own));
      return;
    }
    if (reference.kind == Reference::Kind::input) {
      std::vector<std::string> circle = {own};
      for (const std::size_t layer : graph_.way(target, reference.from)) circle.push_back(recipe_.layers[layer].name);
      if (circle.size() > 1) {
        found_.add(reference.position, fmt::format("layers take each other's output in a circle: {}", fmt::join(circle, " <- ")));
        return;
      }
    }
    found_.add(reference.position, fmt::format("layer \"{}\" refers to \"{}\", which comes later", own, other),
               fmt::format("move \"{}\" in front of \"{}\"", other, own));
  }

  const Recipe& recipe_;
  Graph graph_;
  Diagnostics& found_;
};

}  // namespace

void check_references(const Recipe& recipe, const std::vector<Reference>& references, Diagnostics& found) {
  ReferenceCheck check(recipe, found);
  for (const Reference& reference : references) check.check(reference);
}

}  // namespace teranga::recipe
