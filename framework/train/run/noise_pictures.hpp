// SPDX-License-Identifier: Apache-2.0
// The pictures that the network of a running training makes of noise: the generator of a GAN, the decoder of a variational autoencoder. Always of the same noise.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/report/png.hpp>

namespace teranga::train {

class NoisePictures {
 public:
  // Nothing where the recipe has no such network. It has memory of its own for the weights.
  static std::optional<NoisePictures> of(const recipe::Recipe& recipe, const data::Source& source, const host::Registry& registry, Team& team);

  const std::string& network() const noexcept { return name_; }
  report::Pixels sheet(const model::ParameterStore& weights);

 private:
  NoisePictures(std::string name, std::unique_ptr<model::Network> network, const data::Source& source, Shape shape) : name_(std::move(name)), network_(std::move(network)), source_(&source), shape_(std::move(shape)) {}

  std::string name_;
  std::unique_ptr<model::Network> network_;
  const data::Source* source_;
  Shape shape_;
};

// The filters of the first layer conv2d over pictures, drawn from the least to the largest weight.
struct FilterPicture {
  std::string parameter;  // "conv2d/kernel"
  report::Pixels sheet;
};
std::optional<FilterPicture> first_filters(const recipe::Recipe& recipe, const model::ParameterStore& weights);

}  // namespace teranga::train
