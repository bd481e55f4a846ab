// SPDX-License-Identifier: Apache-2.0
#include "run/noise_pictures.hpp"

#include "run/painter.hpp"

#include <teranga/report/picture_sheet.hpp>
#include <teranga/train/data_opening.hpp>

#include <algorithm>
#include <vector>

namespace teranga::train {
namespace {

constexpr std::int64_t pictures_of_sheet = 64, columns_of_sheet = 8;

// Those of `all` that the network has, as its own memory takes them.
template <class Wanted>
std::vector<NamedTensor> copies_of(const std::vector<TensorView>& all, const std::vector<Wanted>& wanted) {
  std::vector<NamedTensor> out;
  for (const TensorView& view : all)
    if (std::ranges::find(wanted, view.name, &Wanted::name) != wanted.end()) out.push_back(view.copy());
  return out;
}

}  // namespace

std::optional<NoisePictures> NoisePictures::of(const recipe::Recipe& recipe, const data::Source& source, const host::Registry& registry, Team& team) {
  const std::string name = recipe.phases.empty() ? "" : network_of_noise(recipe);
  if (name.empty()) return std::nullopt;
  auto network = std::make_unique<model::Network>(recipe::unfold_network(recipe, name), fields_of(source), registry, team);
  Shape output;
  network->predict({}, output);
  std::optional<Shape> shape = picture_shape(output, pictures_of_sheet);
  if (!shape) return std::nullopt;
  return NoisePictures(name, std::move(network), source, std::move(*shape));
}

report::Pixels NoisePictures::sheet(const model::ParameterStore& weights) {
  model::ParameterStore& own = network_->store();
  own.set_parameters(copies_of(weights.parameter_views(), own.parameters()), "the training");
  own.set_states(copies_of(weights.state_views(), own.states()), "the training");
  const Pictures pictures = Painter(*network_, *source_, false, 0).paint(shape_);
  return report::picture_sheet({shape_[0], shape_[1], shape_[2], shape_[3], pictures.made.as<float>(), {}}, columns_of_sheet);
}

std::optional<FilterPicture> first_filters(const recipe::Recipe& recipe, const model::ParameterStore& weights) {
  for (const model::Parameter& parameter : weights.parameters()) {
    const recipe::LayerRecipe* const layer = recipe.find_layer(parameter.layer);
    const Shape& shape = parameter.shape;  // [height, width, channels, filters]
    if (!layer || layer->type != "teranga.conv2d" || shape.size() != 4 || weights.type() != ElementType::f32) continue;
    if (shape[2] != 1 && shape[2] != 3) return std::nullopt;
    const std::int64_t filters = std::min(shape[3], pictures_of_sheet), numbers = shape[0] * shape[1] * shape[2];
    const std::span<const float> kernel(static_cast<const float*>(weights.weight(parameter)), parameter.count);
    const auto [least, most] = std::ranges::minmax(kernel);
    std::vector<float> pictures;
    for (std::int64_t filter = 0; filter < filters; ++filter)
      for (std::int64_t i = 0; i < numbers; ++i) pictures.push_back(most > least ? (kernel[static_cast<std::size_t>(i * shape[3] + filter)] - least) / (most - least) : 0.5F);
    return FilterPicture{parameter.name, report::picture_sheet({filters, shape[0], shape[1], shape[2], pictures, {}}, columns_of_sheet)};
  }
  return std::nullopt;
}

}  // namespace teranga::train
