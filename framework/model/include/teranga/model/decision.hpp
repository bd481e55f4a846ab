// SPDX-License-Identifier: Apache-2.0
// What the numbers of an output say, by the loss that judges them. By convention a loss of logits has the option from_logits.
#pragma once

#include <teranga/recipe/recipe.hpp>

namespace teranga::model {

bool judges_logits(const recipe::LossRecipe& loss);
// Whether each number of the output answers yes or no by itself, as with binary_crossentropy or hinge.
bool judges_yes_and_no(const recipe::LossRecipe& loss);
// Of such a number: it says yes above this. 0.5 of a probability, 0 of a logit or of what has a margin.
double yes_above(const recipe::LossRecipe& loss);

}  // namespace teranga::model
