// SPDX-License-Identifier: Apache-2.0
#include "infer/told_texts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace teranga::train {

std::optional<recipe::Recipe> recipe_of_texts(const recipe::Recipe& recipe, std::int64_t beam) {
  const auto loss = std::ranges::find_if(recipe.losses, [](const recipe::LossRecipe& one) { return recipe::short_type(one.component.type) == "ctc"; });
  if (loss == recipe.losses.end() || recipe.layers.empty()) return std::nullopt;
  recipe::LayerRecipe decoder;
  decoder.type = "teranga.ctc_decode";
  decoder.name = "ctc_decode of predict";
  decoder.network = recipe.layers.back().network;
  if (loss->output) decoder.inputs = {*loss->output};
  decoder.options = {{"strategy", Value{std::string(beam > 0 ? "beam_search" : "greedy"), {}}, {}}, {"beam_width", Value{std::max<std::int64_t>(beam, 1), {}}, {}}};
  recipe::Recipe out = recipe;
  out.layers.push_back(std::move(decoder));
  out.losses.clear();
  out.training.metrics.clear();
  return out;
}

std::vector<std::string> texts_of(const Tensor& ids, const std::vector<std::string>& names) {
  std::vector<std::string> out(static_cast<std::size_t>(ids.shape()[0]));
  const std::size_t steps = out.empty() ? 0 : static_cast<std::size_t>(ids.count()) / out.size();
  for (std::size_t sample = 0; sample < out.size(); ++sample)
    for (std::size_t step = 0; step < steps; ++step) {
      const float id = ids.as<float>()[sample * steps + step];
      if (id < 0) break;
      const auto letter = static_cast<std::size_t>(id);
      out[sample] += letter < names.size() ? names[letter] : fmt::format("[{}]", letter);
    }
  return out;
}

}  // namespace teranga::train
