// SPDX-License-Identifier: Apache-2.0
#include "run/picture_lines.hpp"

#include <teranga/core/json.hpp>
#include <teranga/data/sample_reader.hpp>
#include <teranga/recipe/catalogue.hpp>
#include <teranga/report/picture_tiles.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::int64_t most_filters = 64, most_maps = 16, filters_in_row = 16, maps_in_row = 8;  // at most
constexpr std::size_t most_map_layers = 3;
constexpr std::int64_t largest_map = 32, largest_filter = 16, largest_sample = 96;  // pixels of a side

// So many times as large that the side becomes about `wanted` pixels.
std::int64_t times_for(std::int64_t side, std::int64_t wanted) { return std::max<std::int64_t>(1, wanted / std::max<std::int64_t>(side, 1)); }

// From half of `most` on, the one that leaves the fewest places of the last row empty.
std::int64_t columns_for(std::int64_t count, std::int64_t most) {
  if (count <= most) return count;
  std::int64_t best = most;
  for (std::int64_t columns = most; columns >= most / 2; --columns)
    if ((columns - count % columns) % columns < (best - count % best) % best) best = columns;
  return best;
}

bool is_picture_shape(const Shape& shape) { return shape.size() == 3 && shape[0] > 1 && shape[1] > 1; }

bool has_maps(const recipe::LayerRecipe& layer) {
  const std::string_view type = recipe::short_type(layer.type);
  return type.find("conv") != std::string_view::npos || type.find("pooling2d") != std::string_view::npos;
}

struct FoundFilters {
  const recipe::LayerRecipe* layer = nullptr;
  LayerProbe::Weights weights;  // [K, K, C, filters]
};

// Those of one number are no picture.
FoundFilters first_filters(const LayerProbe& probe) {
  for (const recipe::LayerRecipe& layer : probe.recipe().layers) {
    if (recipe::short_type(layer.type) != "conv2d") continue;
    const std::optional<LayerProbe::Weights> found = probe.weights(layer, "kernel");
    if (found && found->shape.size() == 4 && found->shape[0] * found->shape[1] >= 4) return {&layer, *found};
  }
  return {};
}

// The kernels in colours where the pictures have some; of more channels the first one.
std::string filters_line(const FoundFilters& found) {
  const std::int64_t height = found.weights.shape[0], width = found.weights.shape[1], channels = found.weights.shape[2], filters = found.weights.shape[3], count = std::min(filters, most_filters);
  const report::PictureShape shape{height, width, channels == 3 ? 3 : 1};
  std::vector<double> all(found.weights.numbers.begin(), found.weights.numbers.end());
  const report::Levels levels = report::levels_around_zero(all);
  std::vector<report::Pixels> pictures;
  for (std::int64_t f = 0; f < count; ++f) {
    std::vector<double> numbers;
    for (std::int64_t at = 0; at < height * width; ++at)
      for (std::int64_t c = 0; c < shape.channels; ++c) numbers.push_back(all[static_cast<std::size_t>((at * channels + c) * filters + f)]);
    pictures.push_back(report::pixels_of(numbers, shape, levels, largest_filter));
  }
  std::string words = fmt::format("{} of {} filters of the layer {}, {} x {}", count, filters, found.layer->name, height, width);
  if (channels != shape.channels) words += fmt::format(", the first of {} channels", channels);
  words += ". Gray is a weight of 0, white the largest positive and black the largest negative one.";
  return sheet_line("filters", words, shown_sheet(pictures, columns_for(count, filters_in_row), 36));
}

std::string sample_line(const PictureSubject& subject, const FewSamples& samples, std::int64_t index) {
  const std::vector<model::Field>& fields = subject.probe.fields();
  const auto field = std::ranges::find_if(fields, [](const model::Field& one) { return one.role == model::Role::feature && one.origin == model::Origin::data && is_picture_shape(one.shape); });
  if (field == fields.end() || (field->shape[2] != 1 && field->shape[2] != 3)) return left_out_line("The samples whose feature maps are shown are no pictures of one or three channels, and are not shown.");
  const auto at = static_cast<std::size_t>(field - fields.begin());
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < element_count(field->shape); ++i) numbers.push_back(data::number_at(samples.field(at), field->type, index * element_count(field->shape) + i));
  const report::Pixels picture = report::pixels_of(numbers, {field->shape[0], field->shape[1], field->shape[2]}, report::levels_of(numbers), largest_sample);
  std::string words = fmt::format("a sample of the {} part", data::to_string(samples.part()));
  if (subject.classes) {
    const std::size_t truth = subject.classes->truth(samples.field(subject.classes->target()), index);
    if (truth < subject.classes->names().size()) words += fmt::format(": {}", subject.classes->names()[truth]);
  }
  return sheet_line("sample", words, {picture, picture.width * times_for(picture.width, 96)});
}

std::string maps_line(const recipe::LayerRecipe& layer, const LayerOutputs& outputs, std::int64_t index) {
  const std::int64_t height = outputs.shape[1], width = outputs.shape[2], channels = outputs.shape[3], count = std::min(channels, most_maps);
  std::vector<report::Pixels> pictures;
  for (std::int64_t c = 0; c < count; ++c) {
    std::vector<double> numbers;
    for (std::int64_t at = 0; at < height * width; ++at) numbers.push_back(static_cast<double>(outputs.sample(index)[at * channels + c]));
    pictures.push_back(report::pixels_of(numbers, {height, width, 1}, report::levels_of(numbers), largest_map));
  }
  return sheet_line("maps", fmt::format("{} of {} maps of the layer {}, {} x {}, each from its least number (black) to its largest one", count, channels, layer.name, height, width), shown_sheet(pictures, columns_for(count, maps_in_row), 64));
}

}  // namespace

// Few pixels are enlarged in the sheet, where the lines between the pictures would be as wide as they are.
ShownSheet shown_sheet(const std::vector<report::Pixels>& pictures, std::int64_t columns, std::int64_t wanted) {
  constexpr std::int64_t comfortable = 16;
  const std::int64_t side = pictures.front().width, times = times_for(side, comfortable);
  report::Pixels sheet = report::sheet_of(pictures, static_cast<std::size_t>(columns), static_cast<std::size_t>(times));
  const std::int64_t width = sheet.width * times_for(side * times, wanted);
  return {std::move(sheet), width};
}

std::string sheet_line(std::string_view kind, const std::string& words, const ShownSheet& shown) {
  return fmt::format("{{\"event\":\"{}\",\"words\":{},\"width\":{},\"picture\":{}}}", kind, json_text(words), shown.width, json_text(report::png_address(shown.sheet)));
}

std::string left_out_line(const std::string& words) { return fmt::format("{{\"event\":\"left_out\",\"words\":{}}}", json_text(words)); }

std::vector<std::string> first_layer_lines(const PictureSubject& subject) {
  const FoundFilters filters = first_filters(subject.probe);
  if (!filters.layer) return {};
  std::vector<std::string> out = {filters_line(filters)};
  std::vector<const recipe::LayerRecipe*> layers;
  for (const recipe::LayerRecipe& layer : subject.probe.recipe().layers)
    if (layers.size() < most_map_layers && has_maps(layer) && is_picture_shape(subject.probe.shape_of(layer))) layers.push_back(&layer);
  FewSamples samples(subject.source, least_seen_part(subject.source), 2);
  std::vector<LayerOutputs> outputs;
  for (const recipe::LayerRecipe* layer : layers) outputs.push_back(subject.probe.outputs(layer, samples, 0, samples.count()));
  for (std::int64_t index = 0; index < samples.count() && !layers.empty(); ++index) {
    out.push_back(sample_line(subject, samples, index));
    for (std::size_t l = 0; l < layers.size(); ++l) out.push_back(maps_line(*layers[l], outputs[l], index));
  }
  return out;
}

}  // namespace teranga::train
