// SPDX-License-Identifier: Apache-2.0
#include "run/layer_probe.hpp"

#include <teranga/core/error.hpp>
#include <teranga/recipe/catalogue.hpp>
#include <teranga/train/data_opening.hpp>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace teranga::train {

FewSamples::FewSamples(const data::Source& source, data::Part part, std::int64_t most) : part_(part) {
  constexpr std::size_t most_bytes = std::size_t{64} << 20;
  std::size_t of_sample = 1;
  for (const data::Field& field : source.fields()) {
    bytes_.push_back(field.absent ? 0 : field.bytes());
    of_sample += bytes_.back();
  }
  const std::int64_t all = source.count(part), count = std::min({most, all, std::max<std::int64_t>(1, static_cast<std::int64_t>(most_bytes / of_sample))});
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < count; ++i) numbers.push_back(i * all / count);
  std::vector<void*> to;
  for (const std::size_t bytes : bytes_) {
    memory_.emplace_back(bytes * static_cast<std::size_t>(count));
    to.push_back(bytes ? memory_.back().data() : nullptr);
  }
  source.fill(part, numbers, to);
  for (const std::int64_t number : numbers) ids_.push_back(source.sample_id(part, number));
}

model::Batch FewSamples::batch(std::int64_t first, std::int64_t rows) {
  pointers_.clear();
  for (std::size_t f = 0; f < memory_.size(); ++f) pointers_.push_back(bytes_[f] ? static_cast<const char*>(memory_[f].data()) + static_cast<std::size_t>(first) * bytes_[f] : nullptr);
  return {rows, rows, std::span(ids_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(rows)), pointers_};
}

data::Part least_seen_part(const data::Source& source) {
  data::Part out = data::Part::training;
  for (const data::Part part : data::all_parts)
    if (source.has(part)) out = part;
  return out;
}

LayerProbe::LayerProbe(recipe::Recipe recipe, const data::Source& source, const host::Registry& registry, Team& team, std::shared_ptr<model::ParameterStore> store, std::int64_t rows_at_once)
    : recipe_(std::move(recipe)), fields_(fields_of(source)), registry_(registry), team_(team), store_(std::move(store)), rows_at_once_(rows_at_once) {
  recipe_.losses.clear();
  recipe_.training.metrics.clear();
}

const recipe::LayerRecipe* LayerProbe::input_of(const recipe::LayerRecipe& layer, std::size_t input) const {
  const auto at = std::ranges::find(recipe_.layers, layer.name, &recipe::LayerRecipe::name);
  const recipe::LayerRecipe* found = nullptr;
  if (input < layer.inputs.size()) found = recipe_.find_layer(layer.inputs[input].substr(0, layer.inputs[input].find('.')));
  else if (layer.inputs.empty() && at != recipe_.layers.begin()) found = &*std::prev(at);
  return found && recipe::short_type(found->type) != "input" ? found : nullptr;
}

// The recipe up to the layer, whose outputs are those of the network then.
std::unique_ptr<model::Network> LayerProbe::network_to(const recipe::LayerRecipe& layer) const {
  recipe::Recipe part = recipe_;
  const auto at = std::ranges::find(part.layers, layer.name, &recipe::LayerRecipe::name);
  part.layers.erase(std::next(at), part.layers.end());
  return std::make_unique<model::Network>(part, fields_, registry_, team_, store_);
}

LayerOutputs LayerProbe::outputs(const recipe::LayerRecipe* layer, FewSamples& samples, std::int64_t first, std::int64_t count) const {
  LayerOutputs out;
  if (!layer) {
    const auto enters = [](const model::Field& field) { return field.role == model::Role::feature && field.origin == model::Origin::data; };
    const auto at = std::ranges::find_if(fields_, enters);
    if (std::ranges::count_if(fields_, enters) > 1) throw Error(ExitCode::usage, "several features enter the network, and the layer takes one of them");
    if (at == fields_.end() || at->type != ElementType::f32) throw Error(ExitCode::usage, "the first feature of the data has other numbers than f32");
    out.shape = at->shape;
    out.shape.insert(out.shape.begin(), count);
    const auto* numbers = static_cast<const float*>(samples.field(static_cast<std::size_t>(at - fields_.begin()))) + first * element_count(at->shape);
    out.numbers.assign(numbers, numbers + element_count(out.shape));
    return out;
  }
  const std::unique_ptr<model::Network> network = network_to(*layer);
  model::Step step;
  step.random_key = 1;  // of noise that enters the network
  for (std::int64_t at = first; at < first + count; at += rows_at_once_) {
    network->begin_pass();
    const std::span<const float> made = network->predict(samples.batch(at, std::min(rows_at_once_, first + count - at)), out.shape, step);
    out.numbers.insert(out.numbers.end(), made.begin(), made.end());
  }
  network->begin_pass();
  out.shape[0] = count;
  return out;
}

Shape LayerProbe::shape_of(const recipe::LayerRecipe& layer) const {
  Shape shape;
  network_to(layer)->predict({}, shape);
  shape.erase(shape.begin());
  return shape;
}

std::optional<LayerProbe::Weights> LayerProbe::weights(const recipe::LayerRecipe& layer, const std::string& name) const {
  const recipe::LayerRecipe* owner = &layer;
  while (owner && owner->weights_of) owner = recipe_.find_layer(*owner->weights_of);
  if (!owner) return std::nullopt;
  const std::string whole = (owner->weights_as.empty() ? owner->name : owner->weights_as) + "/" + name;
  const auto at = std::ranges::find(store_->parameters(), whole, &model::Parameter::name);
  if (at == store_->parameters().end() || store_->type() != ElementType::f32) return std::nullopt;
  return Weights{{static_cast<const float*>(std::as_const(*store_).weight(*at)), at->count}, at->shape};
}

}  // namespace teranga::train
