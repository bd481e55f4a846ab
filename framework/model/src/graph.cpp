// SPDX-License-Identifier: Apache-2.0
#include "graph.hpp"

#include <teranga/model/catalogue.hpp>

#include <teranga/core/hash.hpp>
#include <teranga/host/activation_lender.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace teranga::model {
namespace {

// The layer's options without what the model gives meaning to.
Options without_activation(const Options& options) {
  Options out;
  for (const Option& option : options)
    if (option.name != activation_option) out.push_back(option);
  return out;
}

class Builder {
 public:
  Builder(const recipe::Recipe& recipe, const std::vector<Field>& fields, const host::Registry& registry, ElementType compute)
      : recipe_(recipe), fields_(fields), registry_(registry), compute_(compute), catalogue_(registry), diagnostics_(recipe.diagnostics()) {}

  Graph build() {
    for (const recipe::LayerRecipe& layer : recipe_.layers) add_layer(layer);
    choose_outputs();
    diagnostics_.throw_if_any();
    return std::move(graph_);
  }

 private:
  static Shape with_samples(const Shape& shape) {
    Shape out = {1};
    out.insert(out.end(), shape.begin(), shape.end());
    return out;
  }

  int push(std::unique_ptr<Node> node) {
    node->random_key = hash64(node->name);
    graph_.nodes.push_back(std::move(node));
    planned_.push_back(false);
    return static_cast<int>(graph_.nodes.size()) - 1;
  }

  void add_layer(const recipe::LayerRecipe& layer) {
    int node = -1;
    try {
      if (layer.type == input_type) {
        const Value* field = find_option(layer.options, "field");
        node = add_input(layer.name, layer.position, field ? field->as<std::string>() : "", find_option(layer.options, "shape"));
      } else {
        const std::vector<Source> inputs = sources_of(layer);
        if (layer.type == activation_type) {
          node = add_activation(layer.name, layer, inputs, false);
        } else {
          node = add_plugin_layer(layer, inputs);
          if (catalogue_.has_activation_sugar(layer.type) && find_option(layer.options, activation_option))
            node = add_activation(layer.name + "." + std::string(recipe::short_type(activation_of(layer).type)), layer, {{node, 0}}, true);
        }
      }
    } catch (const Error& error) {
      if (error.code() != ExitCode::usage) throw;
      diagnostics_.add(layer.position, error.what(), error.hint());
      failed_ = true;
    }
    named_[layer.name] = node;
    last_ = node;
  }

  const Value::Component& activation_of(const recipe::LayerRecipe& layer) const { return find_option(layer.options, activation_option)->as<Value::Component>(); }

  int add_input(const std::string& name, const Position& position, const std::string& wanted, const Value* shape) {
    int field = -1;
    for (int i = 0; i < static_cast<int>(fields_.size()); ++i) {
      const Field& f = fields_[static_cast<std::size_t>(i)];
      if (f.role != Role::feature || (!wanted.empty() && f.name != wanted)) continue;
      if (wanted.empty() && used_field(i)) continue;
      field = i;
      break;
    }
    if (field < 0) {
      std::vector<std::string> names;
      for (const Field& f : fields_)
        if (f.role == Role::feature) names.push_back(f.name);
      throw Error(ExitCode::usage, wanted.empty() ? fmt::format("the data have {} feature(s) and no further one for the input \"{}\"", names.size(), name)
                                                  : fmt::format("the data have no feature \"{}\"", wanted),
                  fmt::format("the features are: {}", fmt::join(names, ", ")));
    }
    const Field& f = fields_[static_cast<std::size_t>(field)];
    if (shape) {
      Shape expected;
      for (const Value& extent : shape->as<Value::List>()) expected.push_back(extent.as<std::int64_t>());
      if (expected != f.shape)
        throw Error(ExitCode::usage, fmt::format("the input expects samples of shape {}, the data's \"{}\" has {}", to_string(expected), f.name, to_string(f.shape)));
    }
    auto node = std::make_unique<Node>();
    node->name = name;
    node->item_name = input_type;
    node->position = position;
    node->field = field;
    node->facts.outputs.push_back({"output", f.type, with_samples(f.shape), 0, -1, 0});
    node->masks = {{-1, 0}};
    const int index = push(std::move(node));
    planned_[static_cast<std::size_t>(index)] = true;
    return index;
  }

  bool used_field(int field) const {
    for (const auto& node : graph_.nodes)
      if (node->field == field) return true;
    return false;
  }

  std::vector<Source> sources_of(const recipe::LayerRecipe& layer) {
    if (layer.inputs.empty()) {
      if (last_ < 0 && graph_.nodes.empty() && !failed_) last_ = add_input("input", layer.position, "", nullptr);
      if (last_ < 0) return {{-1, 0}};
      return {{last_, 0}};
    }
    std::vector<Source> out;
    for (const std::string& text : layer.inputs) {
      const auto dot = text.find('.');
      const std::string name = text.substr(0, dot);
      const auto found = named_.find(name);
      Source source{found == named_.end() ? -1 : found->second, 0};
      if (source.node >= 0 && dot != std::string::npos && planned_[static_cast<std::size_t>(source.node)]) source.port = port_named(source.node, text.substr(dot + 1));
      out.push_back(source);
    }
    return out;
  }

  int port_named(int node, const std::string& port) const {
    const auto& outputs = graph_.at(node).facts.outputs;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].name == port) return static_cast<int>(i);
      names.push_back(outputs[i].name);
    }
    throw Error(ExitCode::usage, fmt::format("the layer \"{}\" has no output \"{}\"", graph_.at(node).name, port), fmt::format("its outputs are: {}", fmt::join(names, ", ")));
  }

  int add_plugin_layer(const recipe::LayerRecipe& layer, const std::vector<Source>& inputs) {
    auto node = std::make_unique<Node>();
    node->name = layer.name;
    node->position = layer.position;
    node->trainable = layer.trainable;
    node->item_name = layer.type;
    node->inputs = inputs;
    const host::Item& item = registry_.need(host::Kind::layer, layer.type);
    node->options = catalogue_.has_activation_sugar(layer.type) ? without_activation(layer.options) : layer.options;
    node->layer.emplace(item, node->options, layer.name);
    node->calls = &node->layer->calls();
    node->self = node->layer->self();
    if (!node->calls->forward)
      throw Error(ExitCode::usage, fmt::format("the layer type \"{}\" is a composite of other layers, which this version does not run", layer.type));
    if (layer.weights_of) node->weights_of = named_.contains(*layer.weights_of) ? base_node(named_.at(*layer.weights_of)) : -1;
    return plan(push(std::move(node)));
  }

  int base_node(int node) const { return node >= 0 && graph_.at(node).sugar ? graph_.at(node).inputs[0].node : node; }

  int add_activation(const std::string& name, const recipe::LayerRecipe& layer, const std::vector<Source>& inputs, bool sugar) {
    const Value::Component& component = activation_of(layer);
    auto node = std::make_unique<Node>();
    node->name = name;
    node->position = layer.position;
    node->item_name = component.type;
    node->inputs = inputs;
    node->sugar = sugar;
    node->options = component.options;
    node->activation.emplace(registry_.need(host::Kind::activation, component.type), component.options, name);
    node->activation_handle = {&node->activation->calls(), node->activation->self()};
    node->calls = &activation_calls();
    node->self = &node->activation_handle;
    return plan(push(std::move(node)));
  }

  // Plans a node for one sample. A node behind a faulty one is left out: its fault would only echo the first.
  int plan(int index) {
    Node& node = graph_.at(index);
    PlanQuestion question;
    question.type = compute_;
    for (const Source& source : node.inputs) {
      if (source.node < 0 || !planned_[static_cast<std::size_t>(source.node)]) return index;
      const OutputPort& port = graph_.port(source);
      question.inputs.push_back({port.name, port.type, port.shape, graph_.wants_gradient(source), graph_.mask_rank(source)});
      node.needs_backward = node.needs_backward || graph_.wants_gradient(source);
    }
    NodePlan planned(node, question);
    node.facts = planned.answer();
    pass_masks(node, index);
    for (const StateFacts& s : node.facts.states)
      if (s.kind == TRG_ROW) throw Error(ExitCode::usage, fmt::format("the state \"{}\" is one per row, which this version does not keep", s.name));
    planned_[static_cast<std::size_t>(index)] = true;
    return index;
  }

  // A mask travels with the first output: the layer's own, or that of an input that it passes on, so far as the axes stay the same. It ends
  // at a layer that says nothing of masks.
  void pass_masks(Node& node, int index) {
    node.masks.assign(node.facts.outputs.size(), {-1, 0});
    for (std::size_t i = 0; i < node.facts.outputs.size(); ++i)
      if (node.facts.outputs[i].mask_rank > 0) node.masks[i] = {index, static_cast<int>(i)};
    for (std::size_t i = 0; i < node.inputs.size() && node.masks[0].node < 0; ++i) {
      const auto mask = graph_.mask_of(node.inputs[i]);
      if (!mask || !(node.facts.input_flags[i] & TRG_MASK_PASSES)) continue;
      const Shape &from = graph_.port(*mask).shape, &to = node.facts.outputs[0].shape;
      const auto rank = static_cast<std::size_t>(graph_.port(*mask).mask_rank);
      if (to.size() >= rank && std::equal(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(rank), from.begin())) node.masks[0] = *mask;
    }
  }

  void choose_outputs() {
    const auto add = [&](Source source) {
      for (const Source& known : graph_.outputs)
        if (known == source) return;
      graph_.outputs.push_back(source);
    };
    if (failed_) return;
    for (const recipe::LossRecipe& loss : recipe_.losses)
      if (loss.output) add({named_.at(*loss.output), 0});
    if (graph_.outputs.empty()) add({last_, 0});
  }

  const recipe::Recipe& recipe_;
  const std::vector<Field>& fields_;
  const host::Registry& registry_;
  ElementType compute_;
  PluginCatalogue catalogue_;
  recipe::Diagnostics diagnostics_;
  Graph graph_;
  std::vector<bool> planned_;
  std::map<std::string, int> named_;
  int last_ = -1;
  bool failed_ = false;
};

}  // namespace

std::string Node::who() const { return fmt::format("layer \"{}\" ({})", name, recipe::short_type(item_name)); }

bool Graph::wants_gradient(Source source) const {
  const Node& node = at(source.node);
  if (node.is_input() || (node.facts.outputs[static_cast<std::size_t>(source.port)].flags & TRG_NO_GRADIENT)) return false;
  if (node.needs_backward) return true;
  if (!node.trainable) return false;
  for (const ParameterFacts& p : node.facts.parameters)
    if (p.trainable) return true;
  return false;
}

std::optional<Source> Graph::mask_of(Source source) const {
  const Source mask = at(source.node).masks[static_cast<std::size_t>(source.port)];
  return mask.node < 0 ? std::nullopt : std::optional(mask);
}

std::int32_t Graph::mask_rank(Source source) const {
  const auto mask = mask_of(source);
  return mask ? port(*mask).mask_rank : 0;
}

int Graph::consumers(Source source) const {
  int count = 0;
  for (const auto& node : nodes)
    for (const Source& input : node->inputs) count += input == source;
  return count;
}

std::optional<Source> Graph::output_of(const std::string& layer) const {
  for (int i = static_cast<int>(nodes.size()) - 1; i >= 0; --i) {
    const Node& node = at(i);
    if (node.name == layer || (node.sugar && at(node.inputs[0].node).name == layer)) return Source{i, 0};
  }
  return std::nullopt;
}

Graph build_graph(const recipe::Recipe& recipe, const std::vector<Field>& fields, const host::Registry& registry, ElementType compute) {
  const host::LendActivations lend(registry);
  return Builder(recipe, fields, registry, compute).build();
}

}  // namespace teranga::model
