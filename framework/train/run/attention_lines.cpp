// SPDX-License-Identifier: Apache-2.0
#include "run/picture_lines.hpp"

#include "run/attention_weights.hpp"

#include <teranga/core/json.hpp>
#include <teranga/data/sample_reader.hpp>
#include <teranga/recipe/catalogue.hpp>
#include <teranga/report/picture_facts.hpp>
#include <teranga/report/picture_tiles.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

constexpr std::size_t most_attention_layers = 2;
constexpr std::int64_t most_heads = 8, most_samples_looked_at = 64, fewest_steps = 6;
constexpr std::size_t most_words = 32, most_steps = 64;  // that are drawn of a side
constexpr double most_work = 3e8;                        // multiplications

std::int64_t whole_option(const recipe::LayerRecipe& layer, std::string_view name) {
  const Value* const found = find_option(layer.options, name);
  return found && found->is<std::int64_t>() ? found->as<std::int64_t>() : 0;
}

HeadKernel kernel_of(const LayerProbe& probe, const recipe::LayerRecipe& layer, const std::string& name) {
  HeadKernel out;
  if (const auto kernel = probe.weights(layer, name + "/kernel")) out.kernel = kernel->numbers;
  if (const auto bias = probe.weights(layer, name + "/bias")) out.bias = bias->numbers;
  return out;
}

AttentionLayer attention_of(const LayerProbe& probe, const recipe::LayerRecipe& layer) {
  AttentionLayer out;
  out.heads = whole_option(layer, "num_heads");
  out.key_dim = whole_option(layer, "key_dim");
  out.value_dim = whole_option(layer, "value_dim") > 0 ? whole_option(layer, "value_dim") : out.key_dim;
  const Value* const causal = find_option(layer.options, "use_causal_mask");
  out.causal = causal && causal->is<bool>() && causal->as<bool>();
  out.query = kernel_of(probe, layer, "query");
  out.key = kernel_of(probe, layer, "key");
  out.value = kernel_of(probe, layer, "value");
  out.output = kernel_of(probe, layer, "attention_output");
  return out;
}

// The features of ids with so many steps.
std::vector<std::size_t> fields_of_ids(const LayerProbe& probe, std::int64_t steps) {
  std::vector<std::size_t> out;
  for (std::size_t f = 0; f < probe.fields().size(); ++f) {
    const model::Field& field = probe.fields()[f];
    if (field.role == model::Role::feature && field.origin == model::Origin::data && field.shape == Shape{steps} && (field.type == ElementType::i32 || field.type == ElementType::i64)) out.push_back(f);
  }
  return out;
}

// The feature that an input of the layer is made of; nothing where several could be.
std::optional<std::size_t> feature_behind(const LayerProbe& probe, const recipe::LayerRecipe& layer, std::size_t input, std::int64_t steps) {
  const std::vector<std::size_t> found = fields_of_ids(probe, steps);
  if (found.size() == 1) return found.front();
  const recipe::LayerRecipe* at = probe.input_of(layer, input);
  while (at && probe.input_of(*at)) at = probe.input_of(*at);
  if (!at || at->inputs.empty()) return std::nullopt;
  const recipe::LayerRecipe* const entry = probe.recipe().find_layer(at->inputs.front());
  const Value* const field = entry ? find_option(entry->options, "field") : nullptr;
  for (const std::size_t f : found)
    if (entry && probe.fields()[f].name == (field && field->is<std::string>() ? field->as<std::string>() : entry->name)) return f;
  return std::nullopt;
}

std::vector<std::uint8_t> kept_steps(const LayerProbe& probe, const FewSamples& samples, std::size_t field, std::int64_t index) {
  const model::Field& of = probe.fields()[field];
  std::vector<std::uint8_t> out;
  for (std::int64_t t = 0; t < of.shape[0]; ++t) out.push_back(data::number_at(samples.field(field), of.type, index * of.shape[0] + t) != 0);
  return out;
}

// The shortest one of some steps, so that much of it can be shown.
std::int64_t chosen_sample(const LayerProbe& probe, const FewSamples& samples, std::optional<std::size_t> field) {
  std::int64_t best = 0, best_steps = 0;
  for (std::int64_t i = 0; field && i < samples.count(); ++i) {
    const std::vector<std::uint8_t> kept = kept_steps(probe, samples, *field, i);
    const std::int64_t steps = std::ranges::count(kept, std::uint8_t{1});
    if (best_steps >= fewest_steps ? steps >= fewest_steps && steps < best_steps : steps > best_steps) best = i, best_steps = steps;
  }
  return best;
}

// Masks do not leave a network. Of those that the data suggest, the one by which the weights make what the layer made; nothing where there is none.
std::optional<std::vector<double>> proven_weights(const LayerProbe& probe, const AttentionLayer& layer, AttentionSample& sample, const FewSamples& samples, std::int64_t index, std::span<const float> made) {
  std::vector<std::vector<std::uint8_t>> of_queries = {{}}, of_keys = {{}};
  for (const std::size_t field : fields_of_ids(probe, sample.queries)) of_queries.push_back(kept_steps(probe, samples, field, index));
  for (const std::size_t field : fields_of_ids(probe, sample.keys)) of_keys.push_back(kept_steps(probe, samples, field, index));
  double largest = 0;
  for (const float number : made) largest = std::max(largest, static_cast<double>(std::abs(number)));
  for (const auto& query_mask : of_queries)
    for (const auto& key_mask : of_keys) {
      sample.query_mask = query_mask, sample.key_mask = key_mask;
      std::vector<double> weights = attention_weights(layer, sample);
      const std::vector<double> output = attention_output(layer, sample, weights);
      double apart = output.size() == made.size() ? 0 : HUGE_VAL;
      for (std::size_t i = 0; i < output.size() && std::isfinite(apart); ++i) apart = std::max(apart, std::abs(output[i] - static_cast<double>(made[i])));
      if (apart <= 1e-4 * largest + 1e-7) return weights;
    }
  return std::nullopt;
}

// Steps that are drawn: the first ones that are there.
std::vector<std::size_t> drawn_steps(const LayerProbe& probe, const FewSamples& samples, std::optional<std::size_t> field, std::int64_t index, std::int64_t steps) {
  std::vector<std::size_t> out;
  const std::vector<std::uint8_t> kept = field ? kept_steps(probe, samples, *field, index) : std::vector<std::uint8_t>(static_cast<std::size_t>(steps), 1);
  for (std::size_t t = 0; t < kept.size() && out.size() < (field ? most_words : most_steps); ++t)
    if (kept[t]) out.push_back(t);
  return out;
}

// The words of the steps where the data know them, else their numbers from 1.
std::string labels_of(const data::Source& source, const FewSamples& samples, std::optional<std::size_t> field, std::int64_t index, const std::vector<std::size_t>& steps) {
  std::string out;
  for (const std::size_t step : steps) {
    std::string label = fmt::format("{}", step + 1);
    if (field) {
      const data::Field& of = source.fields()[*field];
      const auto id = static_cast<std::size_t>(data::number_at(samples.field(*field), of.type, index * of.shape[0] + static_cast<std::int64_t>(step)));
      label = id < of.class_names.size() && !of.class_names[id].empty() ? of.class_names[id] : fmt::format("{}", id);
    }
    std::ranges::replace(label, report::between_labels, ' ');
    out.append(out.empty() ? "" : std::string(1, report::between_labels)).append(label);
  }
  return out;
}

report::Pixels picture_of_head(const double* weights, std::int64_t keys, const std::vector<std::size_t>& rows, const std::vector<std::size_t>& columns) {
  std::vector<double> shown;
  for (const std::size_t row : rows)
    for (const std::size_t column : columns) shown.push_back(weights[row * static_cast<std::size_t>(keys) + column]);
  const report::PictureShape shape{static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(columns.size()), 1};
  return report::pixels_of(shown, shape, {0, report::levels_of(shown).white}, static_cast<std::int64_t>(most_steps));
}

double attention_work(const AttentionLayer& layer, const AttentionSample& sample) {
  const double scores = static_cast<double>(sample.queries) * static_cast<double>(sample.keys) * static_cast<double>(layer.heads * (layer.key_dim + layer.value_dim));
  const auto projections = static_cast<double>((sample.query.size() + sample.key.size()) * static_cast<std::size_t>(layer.heads * layer.key_dim) + 2 * sample.value.size() * static_cast<std::size_t>(layer.heads * layer.value_dim));
  return scores + projections;
}

// Whether a projection takes such steps.
bool fits(const HeadKernel& kernel, const LayerOutputs& steps, std::int64_t units) {
  return steps.shape.size() == 3 && static_cast<std::int64_t>(kernel.kernel.size()) == steps.shape.back() * units;
}

std::vector<std::string> lines_of(const PictureSubject& subject, const recipe::LayerRecipe& layer, FewSamples& samples) {
  const LayerProbe& probe = subject.probe;
  const AttentionLayer attention = attention_of(probe, layer);
  const std::size_t value_input = layer.inputs.size() > 1 ? 1 : 0, key_input = layer.inputs.size() > 2 ? 2 : value_input;
  AttentionSample sample;
  const LayerOutputs first = probe.outputs(probe.input_of(layer, 0), samples, 0, 1);  // for its shape
  if (first.shape.size() != 3) return {left_out_line(fmt::format("The attention of the layer {}: its input has other axes than steps and features.", layer.name))};
  const std::optional<std::size_t> query_field = feature_behind(probe, layer, 0, first.shape[1]);
  const std::int64_t index = chosen_sample(probe, samples, query_field);
  const LayerOutputs query = probe.outputs(probe.input_of(layer, 0), samples, index, 1), key = probe.outputs(probe.input_of(layer, key_input), samples, index, 1);
  const LayerOutputs value = probe.outputs(probe.input_of(layer, value_input), samples, index, 1), made = probe.outputs(&layer, samples, index, 1);
  sample.queries = query.shape[1], sample.keys = key.shape[1];
  sample.query = query.numbers, sample.key = key.numbers, sample.value = value.numbers;
  if (!fits(attention.query, query, attention.heads * attention.key_dim) || !fits(attention.key, key, attention.heads * attention.key_dim) || !fits(attention.value, value, attention.heads * attention.value_dim))
    return {left_out_line(fmt::format("The attention of the layer {}: its weights do not fit what enters it.", layer.name))};
  if (attention_work(attention, sample) > most_work) return {left_out_line(fmt::format("The attention of the layer {}: {} x {} steps are too many to be drawn in a moment.", layer.name, sample.queries, sample.keys))};
  const std::optional<std::vector<double>> weights = proven_weights(probe, attention, sample, samples, index, made.numbers);
  if (!weights) return {left_out_line(fmt::format("The attention of the layer {}: its weights do not follow from its inputs and the padding of the data, as with masks of other layers.", layer.name))};
  const std::optional<std::size_t> key_field = feature_behind(probe, layer, value_input, sample.keys);
  const std::vector<std::size_t> rows = drawn_steps(probe, samples, query_field, index, sample.queries), columns = drawn_steps(probe, samples, key_field, index, sample.keys);
  if (rows.empty() || columns.empty()) return {};
  const std::string queries = labels_of(subject.source, samples, query_field, index, rows), keys = labels_of(subject.source, samples, key_field, index, columns);
  std::vector<std::string> out;
  for (std::int64_t h = 0; h < std::min(attention.heads, most_heads); ++h) {
    const report::Pixels picture = picture_of_head(weights->data() + h * sample.queries * sample.keys, sample.keys, rows, columns);
    const std::string words = fmt::format("Head {} of {} of the layer {}, for a sample of the {} part: {} of {} steps.", h + 1, attention.heads, layer.name, data::to_string(samples.part()), rows.size(), sample.queries);
    out.push_back(fmt::format("{{\"event\":\"head\",\"words\":{},\"queries\":{},\"keys\":{},\"picture\":{}}}", json_text(words), json_text(queries), json_text(keys), json_text(report::png_address(picture))));
  }
  return out;
}

}  // namespace

std::vector<std::string> attention_lines(const PictureSubject& subject) {
  std::vector<const recipe::LayerRecipe*> layers;
  for (const recipe::LayerRecipe& layer : subject.probe.recipe().layers)
    if (recipe::short_type(layer.type) == "multi_head_attention" && layers.size() < most_attention_layers) layers.push_back(&layer);
  if (layers.empty()) return {};
  FewSamples samples(subject.source, least_seen_part(subject.source), most_samples_looked_at);
  std::vector<std::string> out;
  for (const recipe::LayerRecipe* layer : layers)
    for (std::string& line : lines_of(subject, *layer, samples)) out.push_back(std::move(line));
  return out;
}

}  // namespace teranga::train
