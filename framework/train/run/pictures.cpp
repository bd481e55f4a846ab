// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/pictures.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/train/restored.hpp>
#include <teranga/train/data_opening.hpp>

#include "run/painter.hpp"
#include "session/part_of_recipe.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::int64_t most_rows = 1000;  // of variations

// A network of a checkpoint, and the part of it that makes pictures.
class PictureNetwork {
 public:
  explicit PictureNetwork(const PictureOptions& options)
      : options_(options), restored_(restore(options.checkpoint, options.overrides, options.trust)), team_(options.threads), source_(open_restored_data(restored_)) {
    name_ = options.network.empty() ? network_of_noise(restored_.recipe) : options.network;
    recipe_ = recipe_of_network(restored_, name_, "generate");
    if (name_.empty()) name_ = recipe::network_names(restored_.recipe).front();  // the only one
    of_data_ = takes_data(restored_.recipe, name_);
    layer_ = options.layer;
    network_ = of(recipe_to_layer(recipe_, layer_, "generate: --layer"));
    network_->predict({}, output_);
    if (layer_.empty() && !picture_shape(output_, 1)) find_pictures();
    if (layer_.empty()) layer_ = recipe_.layers.back().name;
  }

  // Of one sample, with the axis of `count` samples.
  Shape shape(std::int64_t count) const {
    if (const std::optional<Shape> shape = picture_shape(output_, count)) return *shape;
    const std::string numbers = of_data_ ? fmt::format("teranga predict {}{} --input FILE tells the numbers", shell_word(options_.checkpoint),
                                                      (options_.network.empty() ? "" : " --network " + shell_word(options_.network)) + (options_.layer.empty() ? "" : " --layer " + shell_word(options_.layer)))
                                        : "";
    throw Error(ExitCode::usage, fmt::format("generate: the network in {} makes {} of a sample; expected pictures, (height, width) or (height, width, 1 or 3)", restored_.path, to_string({output_.begin() + 1, output_.end()})), numbers);
  }
  Pictures paint(std::int64_t count) const { return Painter(*network_, *source_, of_data_, options_.seed).paint(shape(count)); }
  Variations vary(const VariationOptions& varied);

 private:
  std::unique_ptr<model::Network> of(const recipe::Recipe& recipe) { return network_of(restored_, recipe, fields_of(*source_), team_); }

  // Where the first loss judges something else, such as classes: the pictures that another one judges.
  void find_pictures() {
    const std::vector<model::LayerSummary> layers = network_->summary(0).layers;
    for (const recipe::LossRecipe& loss : recipe_.losses) {
      const auto judged = std::ranges::find(layers, loss.output.value_or(recipe_.layers.back().name), &model::LayerSummary::name);
      if (judged == layers.end()) continue;
      Shape with_samples = judged->output;
      with_samples.insert(with_samples.begin(), 0);
      if (!picture_shape(with_samples, 1)) continue;
      layer_ = judged->name;
      network_ = of(recipe_to_layer(recipe_, layer_, "generate: --output"));
      network_->predict({}, output_);
      return;
    }
  }

  const PictureOptions& options_;
  Restored restored_;
  Team team_;
  std::unique_ptr<data::Source> source_;
  std::string name_, layer_;  // of the network; of the layer that makes pictures
  recipe::Recipe recipe_;     // of the whole network
  std::unique_ptr<model::Network> network_;
  bool of_data_ = false;
  Shape output_;
};

Variations PictureNetwork::vary(const VariationOptions& varied) {
  const Shape one = shape(1);
  const std::unique_ptr<model::Network> before = of(recipe_to_layer(recipe_, varied.layer, "generate: --vary"));
  Shape code;
  before->predict({}, code);
  code.erase(code.begin());
  const std::int64_t numbers = element_count(code), picture = element_count(one);
  const std::unique_ptr<model::Network> behind = of(recipe_behind_layer(recipe_, varied.layer, code, layer_, "generate: --vary"));
  const Pictures codes = Painter(*before, *source_, of_data_, options_.seed).paint({options_.count, numbers, 1, 1});
  std::vector<const void*> fields(behind->fields().size(), nullptr);
  std::vector<float> changed(static_cast<std::size_t>(varied.changes * numbers)), pictures;
  fields.back() = changed.data();
  std::vector<std::uint64_t> ids;
  for (std::int64_t k = 0; k < varied.changes; ++k) ids.push_back(static_cast<std::uint64_t>(k));
  Variations out;
  for (std::int64_t sample = 0; sample < codes.made.shape()[0]; ++sample) {
    const std::span<const float> of_sample = codes.made.as<float>().subspan(static_cast<std::size_t>(sample * numbers), static_cast<std::size_t>(numbers));
    for (std::int64_t number = 0; number < numbers; ++number) {
      if (of_sample[static_cast<std::size_t>(number)] == 0) continue;
      if (static_cast<std::int64_t>(out.numbers.size()) == most_rows)
        throw Error(ExitCode::usage, fmt::format("generate: --vary {}: more than {} numbers to change, a row of pictures each", varied.layer, most_rows), sample > 0 ? "--count 1" : "");
      for (std::int64_t k = 0; k < varied.changes; ++k) {
        float* const row = changed.data() + k * numbers;
        std::ranges::copy(of_sample, row);
        row[number] += static_cast<float>(varied.range * static_cast<double>(2 * k - varied.changes + 1) / static_cast<double>(varied.changes - 1));
      }
      Shape of_row;
      const std::span<const float> made = behind->predict({varied.changes, varied.changes, ids, fields}, of_row);
      pictures.insert(pictures.end(), made.begin(), made.end());
      out.samples.push_back(sample);
      out.numbers.push_back(number);
    }
  }
  if (out.numbers.empty()) throw Error(ExitCode::usage, fmt::format("generate: --vary {}: all its numbers are 0, so that there is none to change", varied.layer));
  Shape all = one;
  all[0] = static_cast<std::int64_t>(pictures.size()) / picture;
  out.made = Tensor(ElementType::f32, all);
  std::ranges::copy(pictures, out.made.as<float>().begin());
  return out;
}

}  // namespace

Pictures make_pictures(const PictureOptions& options) {
  math::keep_openmp_single();
  return PictureNetwork(options).paint(options.count);
}

Variations make_variations(const PictureOptions& options, const VariationOptions& varied) {
  math::keep_openmp_single();
  return PictureNetwork(options).vary(varied);
}

}  // namespace teranga::train
