// SPDX-License-Identifier: Apache-2.0
#include <teranga/model/decision.hpp>

#include <string_view>

namespace teranga::model {
namespace {

bool has_margin(std::string_view type) { return type == "hinge" || type == "squared_hinge"; }

}  // namespace

bool judges_logits(const recipe::LossRecipe& loss) {
  const Value* from_logits = find_option(loss.component.options, "from_logits");
  return from_logits && from_logits->is<bool>() && from_logits->as<bool>();
}

bool judges_yes_and_no(const recipe::LossRecipe& loss) {
  const std::string_view type = recipe::short_type(loss.component.type);
  return type.starts_with("binary_") || type == "perceptron" || has_margin(type);
}

double yes_above(const recipe::LossRecipe& loss) { return judges_logits(loss) || has_margin(recipe::short_type(loss.component.type)) ? 0 : 0.5; }

}  // namespace teranga::model
