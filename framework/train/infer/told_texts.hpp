// SPDX-License-Identifier: Apache-2.0
// What a network that the loss ctc judges tells: a text for each sample. The layer ctc_decode, behind the output that is judged, reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/recipe/recipe.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::train {

// The recipe with that layer as its last one, and without losses and metrics; nothing where no loss is ctc. beam 0: the text of the likeliest path; else a search of that width.
std::optional<recipe::Recipe> recipe_of_texts(const recipe::Recipe& recipe, std::int64_t beam);

// ids: f32 [samples, steps], class numbers and -1 behind them; names: what each class is called, by its number where it has no name.
std::vector<std::string> texts_of(const Tensor& ids, const std::vector<std::string>& names);

}  // namespace teranga::train
