// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/pictures.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/data/loader.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/train/restored.hpp>
#include <teranga/train/data_opening.hpp>

#include "run/noise_pictures.hpp"
#include "session/part_evaluation.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::int64_t pictures_at_once = 64;

// [count, height, width, channels] for what the network's output is; `numbers` tells an output that is no picture.
Shape required_shape(const Shape& output, std::int64_t count, const std::string& path, const std::string& numbers) {
  if (std::optional<Shape> shape = picture_shape(output, count)) return *shape;
  throw Error(ExitCode::usage, fmt::format("generate: the network in {} makes {} of a sample; expected pictures, (height, width) or (height, width, 1 or 3)", path, to_string({output.begin() + 1, output.end()})),
              numbers);
}

class Painter {
 public:
  Painter(const PictureOptions& options, const Restored& restored) : options_(options), team_(options.threads), source_(open_restored_data(restored)) {
    std::string name = options.network.empty() ? network_of_noise(restored.recipe) : options.network;
    const recipe::Recipe recipe = recipe_of_network(restored, name, "generate");
    if (name.empty()) name = recipe::network_names(restored.recipe).front();  // the only one
    network_ = network_of(restored, recipe, fields_of(*source_), team_);
    of_data_ = takes_data(restored.recipe, name);
    Shape output;
    network_->predict({}, output);
    const std::string numbers = of_data_ ? fmt::format("teranga predict {}{} --input FILE tells the numbers", shell_word(options.checkpoint), options.network.empty() ? "" : " --network " + shell_word(options.network)) : "";
    shape_ = required_shape(output, options.count, restored.path, numbers);
  }

  Pictures run() { return of_data_ ? of_data() : of_noise(); }

 private:
  std::size_t picture() const { return static_cast<std::size_t>(shape_[1] * shape_[2] * shape_[3]); }

  Pictures of_noise() {
    Pictures out{Tensor(ElementType::f32, shape_), std::nullopt};
    std::vector<std::uint64_t> ids;
    for (std::int64_t first = 0; first < options_.count; first += pictures_at_once) {
      const std::int64_t rows = std::min(pictures_at_once, options_.count - first);
      ids.clear();
      for (std::int64_t r = 0; r < rows; ++r) ids.push_back(static_cast<std::uint64_t>(first + r));
      Shape shape;
      const std::span<const float> made = network_->predict({rows, rows, ids, {}}, shape, step_of_pictures(options_.seed));
      std::ranges::copy(made, out.made.as<float>().begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(first) * picture()));
    }
    return out;
  }

  // Of the first samples of the part that the network has seen least of.
  Pictures of_data() {
    data::LoaderOptions loading;
    for (const data::Part part : data::all_parts)
      if (source_->has(part)) loading.part = part;
    loading.batch_size = pictures_at_once;
    loading.shuffle = false;
    loading.buckets = false;  // one network draws them all
    loading.epochs = 1;
    data::Loader loader(*source_, loading);
    const std::vector<std::size_t> inputs = network_->inputs();
    const std::size_t feature = *std::ranges::find(inputs, model::Origin::data, [this](std::size_t field) { return network_->fields()[field].origin; });
    const data::Field& shown = source_->fields()[feature];
    const bool alike = shown.type == ElementType::f32 && shown.elements() == static_cast<std::int64_t>(picture());
    shape_[0] = std::min(options_.count, source_->count(loading.part));
    Pictures out{Tensor(ElementType::f32, shape_), std::nullopt};
    if (alike) out.from.emplace(ElementType::f32, shape_);
    std::vector<const void*> pointers;
    for (std::size_t at = 0; at < out.made.as<float>().size();) {
      const model::Batch batch = view_of(*loader.next(), pointers);
      Shape shape;
      const std::span<const float> made = network_->predict(batch, shape, step_of_pictures(options_.seed));
      const std::size_t count = std::min(made.size(), out.made.as<float>().size() - at);
      std::copy_n(made.begin(), count, out.made.as<float>().begin() + static_cast<std::ptrdiff_t>(at));
      if (alike) std::copy_n(static_cast<const float*>(pointers[feature]), count, out.from->as<float>().begin() + static_cast<std::ptrdiff_t>(at));
      at += count;
    }
    return out;
  }

  const PictureOptions& options_;
  Team team_;
  std::unique_ptr<data::Source> source_;
  std::unique_ptr<model::Network> network_;
  bool of_data_ = false;
  Shape shape_;
};

}  // namespace

Pictures make_pictures(const PictureOptions& options) {
  math::keep_openmp_single();
  const Restored restored = restore(options.checkpoint, options.overrides, options.trust);
  return Painter(options, restored).run();
}

}  // namespace teranga::train
