// SPDX-License-Identifier: Apache-2.0
#include "run/picture_lines.hpp"

#include "run/projection.hpp"

#include <teranga/core/json.hpp>
#include <teranga/recipe/catalogue.hpp>
#include <teranga/report/picture_facts.hpp>

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::int64_t most_samples = 300, fewest_samples = 10, most_rows = 300, widest = 4096;
constexpr double most_flops = 1e11;      // of all samples: seconds at most
constexpr std::size_t most_marked = 24;  // classes with a mark of their own

bool is_finite(std::span<const float> numbers) {
  return std::ranges::all_of(numbers, [](float one) { return std::isfinite(one); });
}

std::string plane_line(const std::string& words) { return fmt::format("{{\"event\":\"plane\",\"words\":{}}}", json_text(words)); }

enum class Scale { common, own };  // of the axes

// In the middle of the plane.
class Placing {
 public:
  Placing(const std::vector<PlanePoint>& points, Scale scale) {
    PlanePoint least = points.front(), most = points.front();
    for (const PlanePoint& one : points) {
      least = {std::min(least.x, one.x), std::min(least.y, one.y)};
      most = {std::max(most.x, one.x), std::max(most.y, one.y)};
    }
    middle_ = {(least.x + most.x) / 2, (least.y + most.y) / 2};
    constexpr double smallest = 1e-300;
    span_ = {std::max(most.x - least.x, smallest), std::max(most.y - least.y, smallest)};
    if (scale == Scale::common) span_.x = span_.y = std::max(span_.x, span_.y);
  }

  std::string text(const PlanePoint& point) const { return fmt::format("{} {}", place((point.x - middle_.x) / span_.x), place((point.y - middle_.y) / span_.y)); }

 private:
  static std::int64_t place(double from_middle) { return std::clamp<std::int64_t>(std::lround(report::plane_side * (0.5 + from_middle)), 0, report::plane_side); }

  PlanePoint middle_, span_;
};

// A line for each class in the order of the classes; `of` names none where there are too many.
std::vector<std::string> group_lines(const std::vector<PlanePoint>& points, const std::vector<std::size_t>& of, const std::vector<std::string>& names) {
  const Placing placing(points, Scale::common);
  std::map<std::size_t, std::string> spots;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::string& text = spots[names.empty() ? 0 : of[i]];
    text.append(text.empty() ? "" : " ").append(placing.text(points[i]));
  }
  std::vector<std::string> out;
  for (const auto& [group, text] : spots) out.push_back(fmt::format("{{\"event\":\"group\",\"name\":{},\"spots\":\"{}\"}}", json_text(group < names.size() ? names[group] : ""), text));
  return out;
}

bool passes_on(const recipe::LayerRecipe& layer) {
  const std::string_view type = recipe::short_type(layer.type);
  return type == "dropout" || type == "flatten" || type == "activation" || type == "batch_normalization";
}

// What enters the last layer with a kernel, without layers between them that say nothing of their own.
const recipe::LayerRecipe* last_hidden(const LayerProbe& probe) {
  const auto last = std::find_if(probe.recipe().layers.rbegin(), probe.recipe().layers.rend(), [&](const recipe::LayerRecipe& layer) { return probe.weights(layer, "kernel").has_value(); });
  if (last == probe.recipe().layers.rend()) return nullptr;
  const recipe::LayerRecipe* found = probe.input_of(*last);
  while (found && passes_on(*found)) found = probe.input_of(*found);
  return found;
}

std::vector<std::string> hidden_lines(const PictureSubject& subject) {
  const recipe::LayerRecipe* const layer = subject.classes ? last_hidden(subject.probe) : nullptr;
  if (!layer) return {};
  const std::int64_t width = element_count(subject.probe.shape_of(*layer)), affordable = static_cast<std::int64_t>(std::min(most_flops / std::max(subject.flops, 1.0), static_cast<double>(most_samples)));
  if (width > widest || affordable < fewest_samples) return {left_out_line(fmt::format("Where samples lie: the outputs of the layer {} are too many, or take too long, to be drawn in a moment.", layer->name))};
  FewSamples samples(subject.source, least_seen_part(subject.source), affordable);
  const LayerOutputs outputs = subject.probe.outputs(layer, samples, 0, samples.count());
  if (samples.count() < fewest_samples || width < 2) return {};
  if (!is_finite(outputs.numbers)) return {left_out_line(fmt::format("Where samples lie: outputs of the layer {} are not finite.", layer->name))};
  const Classification& classes = *subject.classes;
  std::vector<std::size_t> of;
  std::vector<std::string> names = classes.names().size() <= most_marked ? classes.names() : std::vector<std::string>();
  for (std::int64_t i = 0; i < samples.count(); ++i) of.push_back(classes.truth(samples.field(classes.target()), i));
  if (std::ranges::any_of(of, [&](std::size_t one) { return one >= names.size(); })) names.clear();
  const PrincipalPlane plane = principal_plane(outputs.numbers, samples.count(), width);
  const std::string which = fmt::format("{} samples of the {} part by the {} outputs of the layer {}", samples.count(), data::to_string(samples.part()), width, layer->name);
  std::vector<std::string> out = {plane_line(fmt::format("{}: the plane in which they differ most (PCA), with {:.0f} % and {:.0f} % of the variance along its axes.{}", which, 100 * plane.share_x, 100 * plane.share_y, names.empty() ? "" : " Colours are true classes."))};
  for (std::string& line : group_lines(plane.points, of, names)) out.push_back(std::move(line));
  if (width < 3) return out;
  out.push_back(plane_line(fmt::format("{}, by t-SNE: what is near among the outputs is near here. Distances between groups say little.", which)));
  for (std::string& line : group_lines(neighbour_plane(outputs.numbers, samples.count(), width), of, names)) out.push_back(std::move(line));
  return out;
}

// What the ids of the table stand for, where one feature tells it.
const data::Field* words_of_table(const data::Source& source, std::int64_t rows) {
  for (const data::Field& field : source.fields())
    if (field.role == data::Role::feature && !field.class_names.empty() && static_cast<std::int64_t>(field.class_names.size()) <= rows) return &field;
  return nullptr;
}

std::vector<std::string> table_lines(const PictureSubject& subject) {
  const std::vector<recipe::LayerRecipe>& layers = subject.probe.recipe().layers;
  const auto layer = std::ranges::find_if(layers, [](const recipe::LayerRecipe& one) { return recipe::short_type(one.type) == "embedding"; });
  if (layer == layers.end()) return {};
  const std::optional<LayerProbe::Weights> table = subject.probe.weights(*layer, "embeddings");
  if (!table || table->shape.size() != 2) return {};
  const std::int64_t rows = table->shape[0], width = table->shape[1], count = std::min(rows, most_rows);
  const std::span<const float> numbers = table->numbers.first(static_cast<std::size_t>(count * width));
  if (count < fewest_samples || width < 2) return {};
  if (width > widest || !is_finite(numbers)) return {left_out_line(fmt::format("The table of the layer {}: its rows are too long, or not finite.", layer->name))};
  const PrincipalPlane plane = principal_plane(numbers, count, width);
  const Placing placing(plane.points, Scale::own);
  const data::Field* const words = words_of_table(subject.source, rows);
  std::string spots, labels;
  for (std::size_t i = 0; i < plane.points.size(); ++i) {
    std::string label = words && i < words->class_names.size() && !words->class_names[i].empty() ? words->class_names[i] : fmt::format("{}", i);
    std::ranges::replace(label, report::between_labels, ' ');
    spots.append(i ? " " : "").append(placing.text(plane.points[i]));
    labels.append(i ? std::string(1, report::between_labels) : "").append(label);
  }
  return {plane_line(fmt::format("The first {} of {} rows of the table of the layer {}, {} numbers each: the plane in which they differ most (PCA), with {:.0f} % and {:.0f} % of the variance along its axes. Each axis has a scale of its own.", count, rows, layer->name, width, 100 * plane.share_x, 100 * plane.share_y)),
          fmt::format("{{\"event\":\"group\",\"name\":\"\",\"spots\":\"{}\",\"labels\":{}}}", spots, json_text(labels))};
}

}  // namespace

std::vector<std::string> plane_lines(const PictureSubject& subject) {
  std::vector<std::string> out = hidden_lines(subject);
  for (std::string& line : table_lines(subject)) out.push_back(std::move(line));
  return out;
}

}  // namespace teranga::train
