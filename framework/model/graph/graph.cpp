// SPDX-License-Identifier: Apache-2.0
#include "graph/graph.hpp"

#include "graph/guest_checks.hpp"
#include "graph/looked_up_ids.hpp"

#include <teranga/model/catalogue.hpp>

#include <teranga/core/counted.hpp>
#include <teranga/core/hash.hpp>
#include <teranga/host/activation_lender.hpp>
#include <teranga/host/item_names.hpp>
#include <teranga/host/option_tree.hpp>

#include <algorithm>
#include <exception>
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

class GraphBuilder {
 public:
  GraphBuilder(const recipe::Recipe& recipe, std::vector<Field>& fields, const host::Registry& registry, ElementType compute)
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

  static Shape without_samples(const Shape& shape) { return Shape(shape.begin() + 1, shape.end()); }

  int push(std::unique_ptr<Node> node) {
    node->random_key = hash64(node->name);
    graph_.nodes.push_back(std::move(node));
    planned_.push_back(false);
    return static_cast<int>(graph_.nodes.size()) - 1;
  }

  // Nodes whose weights are used, one for each node with weights that is made, in order.
  struct Lender {
    const std::vector<int>* nodes;
    std::size_t next = 0;
  };
  // A layer to be made, from a recipe or as a part of a composite.
  struct Request {
    std::string type, name, weights_name, states_name;
    const Options& options;
    Position position;
    std::vector<Source> inputs;
    bool trainable = true;
    Lender* weights_of = nullptr;
    bool fold = false;
  };
  // What was made: its outputs, and the nodes that hold parameters of their own, in order.
  struct Made {
    std::vector<std::pair<std::string, Source>> outputs;
    std::vector<int> bases;
  };

  void add_layer(const recipe::LayerRecipe& layer) {
    Made made{{{"output", {-1, 0}}}, {}};
    try {
      if (layer.type == input_type) {
        made = outputs_of(add_input(layer));
      } else {
        const bool borrows = layer.weights_of && named_.contains(*layer.weights_of);
        Lender lender{borrows ? &named_.at(*layer.weights_of).bases : nullptr};
        const std::string& states = layer.copy_of.empty() ? layer.name : layer.copy_of;
        made = add({layer.type, layer.name, layer.weights_as.empty() ? states : layer.weights_as, states, layer.options, layer.position, sources_of(layer), layer.trainable, borrows ? &lender : nullptr});
      }
    } catch (const Error& error) {
      if (error.code() != ExitCode::usage) throw;
      diagnostics_.add(layer.position, error.what(), error.hint());
      failed_ = true;
    }
    last_ = made.outputs.front().second;
    graph_.named[layer.name] = last_;
    named_[layer.name] = std::move(made);
  }

  Made add(const Request& request) {
    if (request.type == activation_type) return outputs_of(add_activation(request, request.name, request.inputs, false));
    Made made = add_plugin_layer(request);
    Source& first = made.outputs.front().second;
    if (catalogue_.has_activation_sugar(request.type) && find_option(request.options, activation_option))
      first = {add_activation(request, request.name + "." + std::string(recipe::short_type(activation_of(request.options).type)), {first}, true), 0};
    return made;
  }

  Made outputs_of(int node) const {
    Made made;
    const auto& outputs = graph_.at(node).facts.outputs;
    for (std::size_t i = 0; i < outputs.size(); ++i) made.outputs.emplace_back(outputs[i].name, Source{node, static_cast<int>(i)});
    if (made.outputs.empty()) made.outputs.emplace_back("output", Source{node, 0});  // not planned, behind a faulty one
    return made;
  }

  static const Value::Component& activation_of(const Options& options) { return find_option(options, activation_option)->as<Value::Component>(); }

  static Origin origin_of(const recipe::LayerRecipe& layer) {
    const std::string_view text = recipe::origin_of(&layer);
    return text == "normal" ? Origin::normal : text == "uniform" ? Origin::uniform : text == "call" ? Origin::given : Origin::data;
  }

  int add_input(const recipe::LayerRecipe& layer) {
    const Value* given = find_option(layer.options, "shape");
    std::optional<Shape> shape;
    if (given) {
      shape.emplace();
      for (const Value& extent : given->as<Value::List>()) shape->push_back(extent.as<std::int64_t>());
    }
    const Value* field = find_option(layer.options, "field");
    const Origin origin = origin_of(layer);
    if (origin == Origin::data) return push_input(layer, field_for(layer, recipe::origin_of(&layer) == "target" ? Role::target : Role::feature, field ? field->as<std::string>() : "", shape));
    if (field) throw Error(ExitCode::usage, fmt::format("the input \"{}\" is not of the data and yet names their field \"{}\"", layer.name, field->as<std::string>()), "leave out \"field\" or \"from\"");
    if (!shape) throw Error(ExitCode::usage, fmt::format("the input \"{}\" needs a shape: no data tell it", layer.name), "shape = [64]");
    fields_.push_back({layer.name, Role::feature, compute_, *shape, 0, {}, origin});
    return push_input(layer, static_cast<int>(fields_.size()) - 1);
  }

  // Index of the feature or target, which must have that shape.
  int field_for(const recipe::LayerRecipe& layer, Role role, const std::string& wanted, const std::optional<Shape>& shape) const {
    int field = -1;
    for (int i = 0; field < 0 && i < static_cast<int>(fields_.size()); ++i) {
      const Field& f = fields_[static_cast<std::size_t>(i)];
      if (f.role != role || f.origin != Origin::data || (!wanted.empty() && f.name != wanted)) continue;
      if (!wanted.empty() || !used_field(i, layer.network)) field = i;
    }
    if (field < 0) {
      const char* const kind = role == Role::target ? "target" : "feature";
      std::vector<std::string> names;
      for (const Field& f : fields_)
        if (f.role == role && f.origin == Origin::data) names.push_back(f.name);
      if (!wanted.empty()) throw Error(ExitCode::usage, fmt::format("the data have no {} \"{}\"", kind, wanted), fmt::format("the {}s are: {}", kind, fmt::join(names, ", ")));
      throw Error(ExitCode::usage, fmt::format("the data have {} and no further one for the input \"{}\"", counted(names.size(), kind), layer.name),
                  names.empty() ? "" : fmt::format("to take one a second time: field = \"{}\"", fmt::join(names, "\", or field = \"")));
    }
    const Field& f = fields_[static_cast<std::size_t>(field)];
    if (shape && *shape != f.shape)
      throw Error(ExitCode::usage, fmt::format("the input expects samples of shape {}, the data's \"{}\" has {}", to_string(*shape), f.name, to_string(f.shape)),
                  f.shape.empty() ? "leave out shape" : fmt::format("shape = [{}]; for noise of that shape: from = \"normal\"", fmt::join(f.shape, ", ")));
    return field;
  }

  int push_input(const recipe::LayerRecipe& layer, int field) {
    const Field& f = fields_[static_cast<std::size_t>(field)];
    auto node = std::make_unique<Node>();
    node->name = layer.name;
    node->item_name = input_type;
    node->position = layer.position;
    node->network = layer.network;
    node->field = field;
    node->facts.outputs.push_back({"output", f.type, with_samples(f.shape), 0, -1, 0});
    node->masks = {{-1, 0}};
    const int index = push(std::move(node));
    planned_[static_cast<std::size_t>(index)] = true;
    return index;
  }

  // Each network, or call of one, takes the features in order.
  bool used_field(int field, const std::string& network) const {
    for (const auto& node : graph_.nodes)
      if (node->field == field && node->network == network) return true;
    return false;
  }

  std::vector<Source> sources_of(const recipe::LayerRecipe& layer) {
    if (layer.inputs.empty()) {
      if (last_.node < 0 && graph_.nodes.empty() && !failed_) {
        recipe::LayerRecipe input;
        input.name = "input";
        input.network = layer.network;
        input.position = layer.position;
        last_ = {add_input(input), 0};
      }
      return {last_};
    }
    std::vector<Source> out;
    for (const std::string& text : layer.inputs) out.push_back(output_of(text));
    return out;
  }

  // "layer": its first output; "layer.port": the output of that name.
  Source output_of(const std::string& text) const {
    const auto dot = text.find('.');
    const auto found = named_.find(text.substr(0, dot));
    if (found == named_.end()) return {-1, 0};
    if (dot == std::string::npos || found->second.outputs.front().second.node < 0) return found->second.outputs.front().second;
    return port_named(found->first, found->second.outputs, text.substr(dot + 1));
  }

  Made add_plugin_layer(const Request& request) {
    auto node = std::make_unique<Node>();
    node->name = request.name;
    node->weights_name = request.weights_name;
    node->states_name = request.states_name;
    node->position = request.position;
    node->trainable = request.trainable;
    node->item_name = request.type;
    node->inputs = request.inputs;
    const host::Item& item = registry_.need(host::Kind::layer, request.type);
    node->options = catalogue_.has_activation_sugar(request.type) ? without_activation(request.options) : request.options;
    node->layer.emplace(item, node->options, request.name);
    node->calls = &node->layer->calls();
    node->self = node->layer->self();
    if (!node->calls->forward) return expand(request, *node);
    node->fold = fold_of(request);
    if (Lender* lender = request.weights_of) {
      if (lender->next >= lender->nodes->size()) throw Error(ExitCode::usage, fmt::format("{} has more parts than the layer whose weights it uses", node->who()));
      node->weights_of = (*lender->nodes)[lender->next++];
    }
    const int index = plan(push(std::move(node)));
    Made made = outputs_of(index);
    made.bases = {index};
    return made;
  }

  // Samples that one sample of the inputs is folded into; 1: none.
  std::int64_t fold_of(const Request& request) const {
    if (!request.fold || request.inputs[0].node < 0 || !planned_[static_cast<std::size_t>(request.inputs[0].node)]) return 1;
    const Shape& shape = graph_.port(request.inputs[0]).shape;
    if (shape.size() < 3) throw Error(ExitCode::usage, fmt::format("layer \"{}\": expected an input of rank 3 or more (samples, steps, ...), found {}", request.name, to_string(shape)));
    return shape[1];
  }

  // What a composite left out of the options of a part, as the recipe would have filled it in.
  Options with_defaults(Options options, std::string_view kind, const std::string& type) const {
    const Schema* schema = catalogue_.find(kind, type);
    for (std::size_t i = 0; schema && i < schema->size(); ++i) {
      const OptionSpec& spec = (*schema)[i];
      if (spec.default_value.empty() || find_option(options, spec.name)) continue;
      Value value = spec.default_value;
      if (spec.kind == OptionKind::component && value.is<std::string>()) {
        const std::string named = catalogue_.qualified(spec.component_kind, value.as<std::string>());
        value.data = Value::Component{named, with_defaults({}, spec.component_kind, named)};
      }
      options.push_back({spec.name, std::move(value), {}});
    }
    return options;
  }

  // Runs a composite's expand and makes its parts.
  struct Expansion {
    GraphBuilder& builder;
    const Request& request;
    std::string who;
    std::vector<Made> parts = {};
    std::vector<std::pair<std::string, Source>> outputs = {};
    std::exception_ptr failure = nullptr;

    template <class... T>
    void require(bool holds, fmt::format_string<T...> text, T&&... values) const {
      if (!holds) throw Error(ExitCode::plugin, fmt::format("{}: its expansion {}", who, fmt::format(text, std::forward<T>(values)...)));
    }
    const Made& part_of(std::int32_t node) const {
      require(node >= 0 && static_cast<std::size_t>(node) < parts.size(), "speaks of part {}, of {} so far", node, parts.size());
      return parts[static_cast<std::size_t>(node)];
    }
    Source source_of(const trg_source& source) const {
      const std::size_t count = source.node < 0 ? request.inputs.size() : part_of(source.node).outputs.size(), port = static_cast<std::size_t>(source.port);
      require(source.port >= 0 && port < count, "takes port {} of {}, which has {}", source.port, source.node < 0 ? "its inputs" : fmt::format("part {}", source.node), count);
      return source.node < 0 ? request.inputs[port] : part_of(source.node).outputs[port].second;
    }
    void add(const trg_part& part) {
      constexpr std::size_t most_parts = 1024;
      require(parts.size() < most_parts, "has more than {} parts", most_parts);
      if (const std::string fault = fault_of_part(part); !fault.empty()) require(false, "{}", fault);
      require(catalogue_knows(part.type), "has a part \"{}\" of type \"{}\", which no plugin offers", part.name, host::shown_name(part.type));
      const Value given = host::to_value({TRG_COMPONENT, static_cast<std::int32_t>(part.options->count), 0, 0, part.type, nullptr, part.options->items});
      const Options options = builder.with_defaults(given.as<Value::Component>().options, "layer", part.type);
      std::vector<Source> inputs;
      for (std::size_t i = 0; i < part.input_count; ++i) inputs.push_back(source_of(part.inputs[i]));
      Lender lender{part.weights_of >= 0 ? &part_of(part.weights_of).bases : nullptr};
      const auto named = [&](const std::string& whole) { return whole + "/" + part.name; };
      parts.push_back(builder.add({part.type, named(request.name), named(request.weights_name), named(request.states_name), options, request.position, std::move(inputs), request.trainable,
                                   lender.nodes ? &lender : request.weights_of, part.fold != 0 || request.fold}));
    }
    bool catalogue_knows(const char* type) const { return builder.catalogue_.find("layer", type) != nullptr; }
    static std::int32_t on_part(void* context, const trg_part* part) {
      Expansion& self = *static_cast<Expansion*>(context);
      if (self.failure) return -1;
      try {
        self.add(*part);
        return static_cast<std::int32_t>(self.parts.size()) - 1;
      } catch (...) {
        self.failure = std::current_exception();  // no exception may pass through the plugin's frames
        return -1;
      }
    }
    static void on_output(void* context, const char* name, trg_source source) {
      Expansion& self = *static_cast<Expansion*>(context);
      if (self.failure) return;
      try {
        self.require(name && host::fault_of_part_name(name).empty(), "gives an output no name, or one that is no part of a path");
        self.outputs.emplace_back(name, self.source_of(source));
      } catch (...) {
        self.failure = std::current_exception();
      }
    }
  };

  Made expand(const Request& request, const Node& node) {
    for (const Source& source : request.inputs)
      if (source.node < 0 || !planned_[static_cast<std::size_t>(source.node)]) return {{{"output", {-1, 0}}}, {}};
    constexpr int deepest = 16;
    if (!node.calls->expand) throw Error(ExitCode::plugin, fmt::format("{}: offers neither forward nor expand", node.who()));
    if (depth_ >= deepest) throw Error(ExitCode::usage, fmt::format("{}: composites lie more than {} deep in each other", node.who(), deepest));
    PlanQuestion question;
    question.type = compute_;
    for (const Source& source : request.inputs) {
      const OutputPort& port = graph_.port(source);
      question.inputs.push_back({port.name, port.type, port.shape, graph_.wants_gradient(source), graph_.mask_rank(source)});
    }
    const NativeQuestion native(question);
    Expansion expansion{*this, request, node.who()};
    const trg_graph graph = {sizeof(trg_graph), &expansion, Expansion::on_part, Expansion::on_output};
    host::Report report;
    ++depth_;
    const std::int32_t status = expand_into(node, native.request, graph, &report.native);
    --depth_;
    if (expansion.failure) std::rethrow_exception(expansion.failure);
    if (status != TRG_OK) host::raise(status, report.native, node.who());
    if (expansion.outputs.empty()) throw Error(ExitCode::plugin, fmt::format("{}: its expansion has no output", node.who()));
    Made made{std::move(expansion.outputs), {}};
    for (const Made& part : expansion.parts) made.bases.insert(made.bases.end(), part.bases.begin(), part.bases.end());
    return made;
  }

  int add_activation(const Request& request, const std::string& name, const std::vector<Source>& inputs, bool sugar) {
    const Value::Component& component = activation_of(request.options);
    auto node = std::make_unique<Node>();
    node->name = name;
    node->position = request.position;
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
    question.fold = node.fold;
    for (const Source& source : node.inputs) {
      if (source.node < 0 || !planned_[static_cast<std::size_t>(source.node)]) return index;
      const OutputPort& port = graph_.port(source);
      question.inputs.push_back({port.name, port.type, port.shape, graph_.wants_gradient(source), graph_.mask_rank(source)});
      node.needs_backward = node.needs_backward || graph_.wants_gradient(source);
    }
    NodePlan planned(node, question);
    node.facts = planned.answer();
    require_backward_params(node);
    require_initializers(node, registry_);
    const BufferFacts& carry = node.facts.buffers[TRG_CARRY];
    node.runs_backward = node.needs_backward || (node.trainable && (carry.bytes > 0 || carry.bytes_per_row > 0));
    expect_ids(graph_, node, fields_);
    if (node.weights_of >= 0) expect_fitting_weights(node, graph_.at(node.weights_of));
    pass_masks(node, index);
    planned_[static_cast<std::size_t>(index)] = true;
    return index;
  }

  // The call of a network that a layer of an unfolded recipe belongs to: "of_real/verdict" -> "of_real". Empty in a recipe without calls.
  static std::string call_of(const Node& node) {
    const auto slash = node.name.find('/');
    return slash == std::string::npos ? std::string() : node.name.substr(0, slash);
  }

  // The shape of a sample of what enters a call first.
  Shape shape_entering(const std::string& call) const {
    for (const auto& node : graph_.nodes) {
      if (call_of(*node) != call) continue;
      if (node->field >= 0) return without_samples(node->facts.outputs.front().shape);
      for (const Source& source : node->inputs)
        if (source.node >= 0 && call_of(graph_.at(source.node)) != call) return without_samples(graph_.port(source).shape);
    }
    return {};
  }

  // The shape of the data cannot be changed; without data the first call has the say.
  std::string hint_for_calls(const std::string& one, const std::string& other) const {
    const bool other_leads = takes_data(other) && !takes_data(one);
    const std::string &leads = other_leads ? other : one, &follows = other_leads ? one : other;
    return fmt::format("let what enters \"{}\" have the shape {}, as what enters \"{}\"", follows, to_string(shape_entering(leads)), leads);
  }
  bool takes_data(const std::string& call) const {
    return std::any_of(graph_.nodes.begin(), graph_.nodes.end(), [&](const auto& node) { return call_of(*node) == call && node->field >= 0 && fields_[static_cast<std::size_t>(node->field)].origin == Origin::data; });
  }

  // Weights fit by name and shape, whatever the types of the layers: tied_dense can use an embedding's.
  void expect_fitting_weights(const Node& node, const Node& owner) const {
    const auto text = [](const std::vector<ParameterFacts>& parameters) {
      std::vector<std::string> all;
      for (const ParameterFacts& p : parameters) all.push_back(fmt::format("{} {}", p.name, to_string(p.shape)));
      return all.empty() ? std::string("none") : fmt::format("{}", fmt::join(all, ", "));
    };
    const std::string own = text(node.facts.parameters), others = text(owner.facts.parameters);
    if (own == others) return;
    const std::string one = call_of(owner), other = call_of(node);
    const Shape first = shape_entering(one), second = shape_entering(other);
    if (one != other && first != second)  // two calls of one network
      throw Error(ExitCode::usage, fmt::format("the calls \"{}\" and \"{}\" give one network inputs of different shapes: {} and {}. Its weights would be {} in the one, and {} in the other", one, other,
                                               to_string(first), to_string(second), others, own),
                  hint_for_calls(one, other));
    throw Error(ExitCode::usage, fmt::format("{} cannot use the weights of {}: it needs {}, found {}", node.who(), owner.who(), own, others));
  }

  // A mask travels with the first output: the layer's own, or that of an input that it passes on, so far as the axes stay the same. It ends
  // at a layer that says nothing of masks.
  void pass_masks(Node& node, int index) {
    node.masks.assign(node.facts.outputs.size(), {-1, 0});
    for (std::size_t i = 0; i < node.facts.outputs.size(); ++i)
      if (node.facts.outputs[i].mask_rank > 0) node.masks[i] = {index, static_cast<int>(i)};
    for (std::size_t i = 0; i < node.inputs.size() && node.masks[0].node < 0; ++i) {
      const auto mask = graph_.mask_of(node.inputs[i]);
      if (!mask || !(node.fold > 1 || node.facts.input_flags[i] & TRG_MASK_PASSES)) continue;  // folded: the steps keep their mask
      const Shape &from = graph_.port(*mask).shape, &to = node.facts.outputs[0].shape;
      const auto rank = static_cast<std::size_t>(graph_.port(*mask).mask_rank);
      if (to.size() >= rank && std::equal(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(rank), from.begin())) node.masks[0] = *mask;
    }
  }

  // What a loss or a metric judges, which is then known by its name.
  Source judged(const std::optional<std::string>& output, const Position& position) {
    if (!output) return last_;
    try {
      return graph_.named[*output] = output_of(*output);
    } catch (const Error& error) {
      diagnostics_.add(position, error.what(), error.hint());
      return last_;
    }
  }

  void choose_outputs() {
    const auto add = [&](Source source) {
      for (const Source& known : graph_.outputs)
        if (known == source) return;
      graph_.outputs.push_back(source);
    };
    if (failed_) return;
    graph_.last = last_;
    for (const recipe::LossRecipe& loss : recipe_.losses) {
      const Source output = judged(loss.output, loss.position);
      if (!recipe::is_activity_penalty(loss)) add(output);
    }
    for (const recipe::MetricRecipe& metric : recipe_.training.metrics) judged(metric.output, metric.position);
    if (graph_.outputs.empty()) add(last_);
  }

  const recipe::Recipe& recipe_;
  std::vector<Field>& fields_;
  const host::Registry& registry_;
  ElementType compute_;
  PluginCatalogue catalogue_;
  recipe::Diagnostics diagnostics_;
  Graph graph_;
  std::vector<bool> planned_;
  std::map<std::string, Made> named_;
  Source last_;
  int depth_ = 0;  // of composites
  bool failed_ = false;
};

}  // namespace

Graph build_graph(const recipe::Recipe& recipe, std::vector<Field>& fields, const host::Registry& registry, ElementType compute) {
  const host::LendActivations lend(registry);
  return GraphBuilder(recipe, fields, registry, compute).build();
}

}  // namespace teranga::model
