// SPDX-License-Identifier: Apache-2.0
// Lets a network make pictures: of noise, or of the data's own pictures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <teranga/data/source.hpp>
#include <teranga/model/network.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/pictures.hpp>

namespace teranga::train {

// Whether a feature of the data enters the network.
bool takes_data(const recipe::Recipe& recipe, const std::string& network);
// The only network that asks for noise alone, or, without one, the only one that takes nothing of the data; empty where there is none or more than one.
std::string network_of_noise(const recipe::Recipe& recipe);
// [count, height, width, 1 or 3] for an output of that shape, with its samples axis; nothing where it is no picture.
std::optional<Shape> picture_shape(const Shape& output, std::int64_t count);

class Painter {
 public:
  // Network and source must outlive it. The network takes `rows` samples at a time at the most.
  Painter(model::Network& network, const data::Source& source, bool of_data, std::int64_t seed, std::int64_t rows = 64);

  // As picture_shape() gave it. Fewer where the data have fewer.
  Pictures paint(Shape shape) const;

 private:
  model::Step step() const;
  Pictures of_noise(const Shape& shape) const;
  Pictures of_data(Shape shape) const;

  model::Network& network_;
  const data::Source& source_;
  bool of_data_;
  std::int64_t seed_, rows_;
};

}  // namespace teranga::train
