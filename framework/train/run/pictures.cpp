// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/pictures.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/train/restored.hpp>
#include <teranga/train/data_opening.hpp>

#include "run/painter.hpp"

#include <fmt/format.h>

namespace teranga::train {
namespace {

std::string chosen_network(const Restored& restored, const std::string& asked) { return asked.empty() ? network_of_noise(restored.recipe) : asked; }

// `numbers` tells an output that is no picture.
Shape shape_of_pictures(const Shape& output, std::int64_t count, const std::string& path, const std::string& numbers) {
  if (const std::optional<Shape> shape = picture_shape(output, count)) return *shape;
  throw Error(ExitCode::usage, fmt::format("generate: the network in {} makes {} of a sample; expected pictures, (height, width) or (height, width, 1 or 3)", path, to_string({output.begin() + 1, output.end()})),
              numbers);
}

}  // namespace

Pictures make_pictures(const PictureOptions& options) {
  math::keep_openmp_single();
  const Restored restored = restore(options.checkpoint, options.overrides, options.trust);
  Team team(options.threads);
  const std::unique_ptr<data::Source> source = open_restored_data(restored);
  std::string name = chosen_network(restored, options.network);
  const recipe::Recipe recipe = recipe_of_network(restored, name, "generate");
  if (name.empty()) name = recipe::network_names(restored.recipe).front();  // the only one
  const std::unique_ptr<model::Network> network = network_of(restored, recipe, fields_of(*source), team);
  const bool of_data = takes_data(restored.recipe, name);
  Shape output;
  network->predict({}, output);
  const std::string numbers = of_data ? fmt::format("teranga predict {}{} --input FILE tells the numbers", shell_word(options.checkpoint), options.network.empty() ? "" : " --network " + shell_word(options.network)) : "";
  return Painter(*network, *source, of_data, options.seed).paint(shape_of_pictures(output, options.count, restored.path, numbers));
}

}  // namespace teranga::train
