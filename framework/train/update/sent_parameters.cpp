// SPDX-License-Identifier: Apache-2.0
#include "update/sent_parameters.hpp"

#include <algorithm>

namespace teranga::train {

SentParameters sent_parameters(model::ParameterStore& store, const std::vector<std::size_t>& trained) {
  constexpr std::size_t line = 16;  // elements: parameters begin at lines
  SentParameters out;
  for (const std::size_t index : trained) (store.touched(index) ? out.tables : out.whole).push_back(index);
  std::ranges::sort(out.whole, {}, [&](std::size_t index) { return store.parameters()[index].offset; });
  for (const std::size_t index : out.whole) out.segments.push_back({store.parameters()[index].offset, (store.parameters()[index].count + line - 1) / line * line});
  return out;
}

Wire wire_of(const recipe::TrainingRecipe& training) { return training.averaging && training.averaging->wire == "bf16" ? Wire::bf16 : Wire::f32; }

}  // namespace teranga::train
