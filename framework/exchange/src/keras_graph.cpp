// SPDX-License-Identifier: Apache-2.0
#include "keras_graph.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "keras_call.hpp"

namespace teranga::exchange {
namespace {

constexpr std::size_t most_calls = 20'000;  // more than any model that fits a machine; models within models could multiply without end

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

class GraphReader {
 public:
  explicit GraphReader(const KerasFile& file) : file_(file) {}

  KerasGraph read() {
    Place place;
    place.trainable = true;
    graph_.outputs = add_model(file_.model, place);
    if (graph_.outputs.empty()) refuse("expected a model with outputs, found one without");
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) graph_.output_names.push_back(i < keys_.size() ? keys_[i] : graph_.call(graph_.outputs[i]).where);
    find_used();
    return std::move(graph_);
  }

 private:
  // A model among the others.
  struct Place {
    std::string where, group;         // with a slash at the end where they are not empty
    std::vector<KerasTensor> inputs;  // of a model within another
    bool inner = false, trainable = true;
  };
  // What the calls of a layer gave, by their numbers.
  using Values = std::map<std::string, std::vector<std::vector<KerasTensor>>>;

  [[noreturn]] void refuse(const std::string& what) const { throw Error(ExitCode::data, fmt::format("{}: {}", file_.path, what)); }

  std::vector<KerasTensor> add_model(const Json& model, const Place& place) {
    const std::string kind = class_of(model);
    if (kind == "Sequential") return add_sequence(model, place);
    if (kind == "Functional" || kind == "Model") return add_functional(model, place);
    refuse(fmt::format("expected a Sequential or a functional model, found the class \"{}\"{}: what a class of one's own does stands in Python code, which is not run", printable_line(kind), place.where.empty() ? "" : fmt::format(" at \"{}\"", place.where)));
  }

  static bool is_model(const Json& layer) {
    const std::string kind = class_of(layer);
    return kind == "Sequential" || kind == "Functional" || kind == "Model";
  }

  static std::string name_of(const Json& layer) {
    const std::string named = text_at(at(layer, "config"), "name");
    return named.empty() ? text_at(layer, "name") : named;
  }

  // Keras counts the layers of a class in each model: "dense", "dense_1".
  static std::string group_in(const Place& place, const Json& layer, std::map<std::string, int>& counts) {
    const std::string type = snake_case(class_of(layer));
    const int number = counts[type]++;
    return place.group + (number ? fmt::format("{}_{}", type, number) : type);
  }

  Place inside(const Place& place, const Json& model, const std::string& group, std::vector<KerasTensor> inputs) const {
    return {place.where + name_of(model) + "/", group + "/layers/", std::move(inputs), true, place.trainable && flag_at(at(model, "config"), "trainable", true)};
  }

  std::vector<KerasTensor> add_sequence(const Json& model, const Place& place) {
    const Json& config = at(model, "config");
    const Json& layers = config.is_array() ? config : at(config, "layers");
    if (!layers.is_array() || layers.empty()) refuse(fmt::format("expected layers in the Sequential model \"{}\", found none", printable_line(name_of(model))));
    std::vector<KerasTensor> last = place.inputs;
    std::map<std::string, int> counts;
    if (!place.inner && class_of(layers[0]) != "InputLayer") last = {add_input(input_for(config, layers[0]), place)};
    for (const Json& layer : layers) {
      if (class_of(layer) == "InputLayer") {
        if (!place.inner) last = {add_input(layer, place)};
        continue;
      }
      const std::string group = group_in(place, layer, counts);
      last = is_model(layer) ? add_model(layer, inside(place, layer, group, last)) : std::vector<KerasTensor>{add_call(layer, place, group, last, {})};
    }
    return last;
  }

  // Of a sequence that begins without an InputLayer: what it was built for.
  const Json& input_for(const Json& config, const Json& first) {
    const Json& built = at(config, "build_input_shape");
    const Json& shape = built.is_array() ? built : at(at(first, "config"), "batch_input_shape");
    graph_.made.push_back(Json{{"class_name", "InputLayer"}, {"config", {{"name", "input"}, {"batch_shape", shape}, {"dtype", "float32"}}}});
    return graph_.made.back();
  }

  std::vector<KerasTensor> add_functional(const Json& model, const Place& place) {
    const Json& config = at(model, "config");
    const Json& layers = at(config, "layers");
    if (!layers.is_array()) refuse(fmt::format("expected layers in the model \"{}\", found none", printable_line(name_of(model))));
    Values values;
    const std::vector<KerasHistory> inputs = tensors_in(at(config, "input_layers"));
    if (place.inner && inputs.size() != place.inputs.size()) refuse(fmt::format("the model \"{}\" has {} inputs and is called with {}", printable_line(place.where), inputs.size(), place.inputs.size()));
    for (std::size_t i = 0; i < inputs.size() && place.inner; ++i) values[inputs[i].layer] = {{place.inputs[i]}};
    std::map<std::string, int> counts;
    std::vector<std::pair<const Json*, std::string>> waiting;
    for (const Json& layer : layers) {
      std::string group = group_in(place, layer, counts);
      if (class_of(layer) != "InputLayer") waiting.emplace_back(&layer, std::move(group));
      else if (!place.inner) values[name_of(layer)] = {{add_input(layer, place)}};
    }
    // Keras writes layers before those that take from them, with few exceptions.
    for (bool moved = true; moved && !waiting.empty();) {
      const std::size_t before = graph_.calls.size() + steps_;
      std::erase_if(waiting, [&](const auto& layer) { return add_calls(*layer.first, layer.second, place, values); });
      moved = graph_.calls.size() + steps_ > before;
    }
    if (!waiting.empty()) refuse(fmt::format("the layer \"{}\" takes from layers that the model does not have", printable_line(place.where + name_of(*waiting.front().first))));
    std::vector<KerasTensor> out;
    for (const KerasHistory& one : tensors_in(at(config, "output_layers"), place.inner ? nullptr : &keys_)) {
      const std::optional<KerasTensor> found = tensor_of(one, values);
      if (!found) refuse(fmt::format("an output is of the layer \"{}\", which the model does not have", printable_line(one.layer)));
      out.push_back(*found);
    }
    return out;
  }

  static std::optional<KerasTensor> tensor_of(const KerasHistory& history, const Values& values) {
    const auto layer = values.find(history.layer);
    if (layer == values.end() || history.node >= layer->second.size() || history.port < 0) return std::nullopt;
    const std::vector<KerasTensor>& made = layer->second[history.node];
    if (made.size() == 1 && made[0].port == 0) return KerasTensor{made[0].call, history.port};
    const auto port = static_cast<std::size_t>(history.port);
    return port < made.size() ? std::optional(made[port]) : std::nullopt;
  }

  static std::optional<std::vector<KerasTensor>> tensors_of(const std::vector<KerasHistory>& histories, const Values& values) {
    std::vector<KerasTensor> out;
    for (const KerasHistory& one : histories) {
      const std::optional<KerasTensor> found = tensor_of(one, values);
      if (!found) return std::nullopt;
      out.push_back(*found);
    }
    return out;
  }

  // The calls whose inputs are there; whether these are all that are left.
  bool add_calls(const Json& layer, const std::string& group, const Place& place, Values& values) {
    const Json& nodes = at(layer, "inbound_nodes");
    std::vector<std::vector<KerasTensor>>& made = values[name_of(layer)];
    while (made.size() < nodes.size()) {
      const WrittenCall call = written_call(nodes[made.size()]);
      const auto inputs = tensors_of(call.inputs, values), masks = tensors_of(call.masks, values);
      if (!inputs || !masks) return false;
      ++steps_;
      if (is_model(layer)) {
        made.push_back(add_model(layer, inside(place, layer, group, *inputs)));
        continue;
      }
      const KerasTensor added = add_call(layer, place, group, *inputs, *masks);
      KerasCall& filled = graph_.calls[static_cast<std::size_t>(added.call)];
      filled.arguments = call.arguments;
      if (!call.inputs.empty() && call.inputs[0].rank > 0) filled.rank = call.inputs[0].rank;
      made.push_back({added});
    }
    return true;
  }

  KerasTensor add_input(const Json& layer, const Place& place) { return add_call(layer, place, "", {}, {}); }

  KerasTensor add_call(const Json& layer, const Place& place, const std::string& group, std::vector<KerasTensor> inputs, std::vector<KerasTensor> masks) {
    if (graph_.calls.size() >= most_calls) refuse(fmt::format("expected a model of at most {} calls of layers, found more", most_calls));
    KerasCall call;
    call.layer = &layer;
    call.where = place.where + name_of(layer);
    call.group = group;
    call.inputs = std::move(inputs), call.masks = std::move(masks);
    call.trainable = place.trainable && flag_at(at(layer, "config"), "trainable", true);
    const Json& built = at(at(layer, "build_config"), "input_shape");
    if (built.is_array()) call.rank = !built.empty() && built[0].is_array() ? built[0].size() : built.size();
    const int number = static_cast<int>(graph_.calls.size());
    if (!group.empty())
      if (const auto [known, is_new] = first_.emplace(group, number); !is_new) call.first = known->second;
    call.name = new_name(name_of(layer), call.where);
    graph_.calls.push_back(std::move(call));
    return {number, 0};
  }

  // Letters, digits, "_" and "-", and no name twice.
  std::string new_name(const std::string& own, const std::string& path) {
    const auto plain = [](std::string text) {
      for (char& c : text)
        if (!is_upper(c) && !is_lower(c) && !(c >= '0' && c <= '9') && c != '-') c = '_';
      return text.empty() ? std::string("layer") : text;
    };
    for (const std::string& name : {plain(own), plain(path)})
      if (names_.insert(name).second) return name;
    for (int& number = numbers_[plain(path)];; ++number)
      if (const std::string name = fmt::format("{}_{}", plain(path), number + 2); names_.insert(name).second) return name;
  }

  void find_used() {
    std::vector<bool> used(graph_.calls.size(), false);
    for (const KerasTensor& output : graph_.outputs) used[static_cast<std::size_t>(output.call)] = true;
    for (std::size_t i = graph_.calls.size(); i-- > 0;)
      if (used[i])
        for (const KerasTensor& input : graph_.calls[i].inputs) used[static_cast<std::size_t>(input.call)] = true;
    graph_.used = std::move(used);
  }

  const KerasFile& file_;
  KerasGraph graph_;
  std::map<std::string, int> first_;  // call of each group
  std::set<std::string> names_;
  std::map<std::string, int> numbers_;  // that were given to names that came again
  std::vector<std::string> keys_;     // of outputs that are a dictionary
  std::size_t steps_ = 0;
};

}  // namespace

std::string class_of(const Json& layer) { return text_at(layer, "class_name"); }

std::string snake_case(const std::string& name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    // An upper letter begins a word where a small one follows it, or stands before it.
    const bool begins = i > 0 && is_upper(name[i]) && ((i + 1 < name.size() && is_lower(name[i + 1])) || is_lower(name[i - 1]));
    if (begins && out.back() != '_') out += '_';
    out += is_upper(name[i]) ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
  }
  return out;
}

KerasGraph graph_of(const KerasFile& file) {
  try {
    return GraphReader(file).read();
  } catch (const Json::exception& error) {
    throw Error(ExitCode::data, fmt::format("{}: the description of the model is not as Keras writes it: {}", file.path, printable_line(error.what())));
  }
}

}  // namespace teranga::exchange
