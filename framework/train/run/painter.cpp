// SPDX-License-Identifier: Apache-2.0
#include "run/painter.hpp"

#include "run/layer_probe.hpp"
#include "session/part_evaluation.hpp"

#include <teranga/data/loader.hpp>

#include <algorithm>

namespace teranga::train {
namespace {

std::size_t numbers_of_picture(const Shape& shape) { return static_cast<std::size_t>(shape[1] * shape[2] * shape[3]); }

}  // namespace

bool takes_data(const recipe::Recipe& recipe, const std::string& network) {
  return std::ranges::any_of(recipe::network_inputs(recipe, network), [](const recipe::LayerRecipe* input) { return recipe::origin_of(input) == "data"; });
}

// What a call gives becomes noise, too; a network that asks for noise itself is meant before one that waits for a call.
std::string network_of_noise(const recipe::Recipe& recipe) {
  for (const bool from_calls : {false, true}) {
    std::vector<std::string> found;
    for (const std::string& name : recipe::network_names(recipe)) {
      const bool given = std::ranges::any_of(recipe::network_inputs(recipe, name), [](const recipe::LayerRecipe* input) { return recipe::origin_of(input) == "call"; });
      if (!takes_data(recipe, name) && (from_calls || !given)) found.push_back(name);
    }
    if (found.size() == 1) return found[0];
  }
  return "";
}

std::optional<Shape> picture_shape(const Shape& output, std::int64_t count) {
  Shape shape = output;
  if (shape.size() == 3) shape.push_back(1);
  if (shape.size() != 4 || (shape[3] != 1 && shape[3] != 3)) return std::nullopt;
  shape[0] = count;
  return shape;
}

Painter::Painter(model::Network& network, const data::Source& source, bool of_data, std::int64_t seed, std::int64_t rows) : network_(network), source_(source), of_data_(of_data), seed_(seed), rows_(std::max<std::int64_t>(1, rows)) {}

Pictures Painter::paint(Shape shape) const { return of_data_ ? of_data(std::move(shape)) : of_noise(shape); }

model::Step Painter::step() const {
  model::Step out;
  out.random_key = (static_cast<std::uint64_t>(seed_) + 1) * 0x9E3779B97F4A7C15ull;
  return out;
}

Pictures Painter::of_noise(const Shape& shape) const {
  Pictures out{Tensor(ElementType::f32, shape), std::nullopt};
  std::vector<std::uint64_t> ids;
  for (std::int64_t first = 0; first < shape[0]; first += rows_) {
    const std::int64_t rows = std::min(rows_, shape[0] - first);
    ids.clear();
    for (std::int64_t r = 0; r < rows; ++r) ids.push_back(static_cast<std::uint64_t>(first + r));
    Shape of_rows;
    const std::span<const float> made = network_.predict({rows, rows, ids, {}}, of_rows, step());
    std::ranges::copy(made, out.made.as<float>().begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(first) * numbers_of_picture(shape)));
  }
  return out;
}

// Of the first samples of the part that the network has seen least of.
Pictures Painter::of_data(Shape shape) const {
  const std::vector<std::size_t> inputs = network_.inputs();
  const auto of_data = std::ranges::find(inputs, model::Origin::data, [this](std::size_t field) { return network_.fields()[field].origin; });
  if (of_data == inputs.end()) return of_noise(shape);  // a part of a network whose data come in behind it
  data::LoaderOptions loading;
  loading.part = least_seen_part(source_);
  loading.batch_size = std::min(rows_, shape[0]);
  loading.shuffle = false;
  loading.buckets = false;  // one network draws them all
  loading.epochs = 1;
  data::Loader loader(source_, loading);
  const std::size_t feature = *of_data;
  const data::Field& shown = source_.fields()[feature];
  const bool alike = shown.type == ElementType::f32 && shown.elements() == static_cast<std::int64_t>(numbers_of_picture(shape));
  shape[0] = std::min(shape[0], source_.count(loading.part));
  Pictures out{Tensor(ElementType::f32, shape), std::nullopt};
  if (alike) out.from.emplace(ElementType::f32, shape);
  std::vector<const void*> pointers;
  for (std::size_t at = 0; at < out.made.as<float>().size();) {
    const model::Batch batch = view_of(*loader.next(), pointers);
    Shape of_batch;
    const std::span<const float> made = network_.predict(batch, of_batch, step());
    const std::size_t count = std::min(made.size(), out.made.as<float>().size() - at);
    std::copy_n(made.begin(), count, out.made.as<float>().begin() + static_cast<std::ptrdiff_t>(at));
    if (alike) std::copy_n(static_cast<const float*>(pointers[feature]), count, out.from->as<float>().begin() + static_cast<std::ptrdiff_t>(at));
    at += count;
  }
  return out;
}

}  // namespace teranga::train
