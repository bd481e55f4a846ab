// SPDX-License-Identifier: Apache-2.0
#include "session/classification.hpp"

#include <teranga/data/sample_reader.hpp>
#include <teranga/model/decision.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::train {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), word) != words.end(); }

}  // namespace

std::optional<Classification> Classification::of(const recipe::Recipe& recipe, const std::vector<model::Field>& fields, const Shape& output) {
  const auto at = std::find_if(fields.begin(), fields.end(), [](const model::Field& f) { return f.role == model::Role::target && f.origin == model::Origin::data; });
  if (at == fields.end() || output.size() != 2) return std::nullopt;
  const auto judging = std::ranges::find_if_not(recipe.losses, recipe::is_activity_penalty);
  if (judging == recipe.losses.end()) return std::nullopt;
  const recipe::LossRecipe& loss = *judging;
  const std::string_view type = recipe::short_type(loss.component.type);
  const bool logits = model::judges_logits(loss);
  const std::int64_t width = element_count(at->shape);

  Classification out;
  out.target_ = static_cast<std::size_t>(at - fields.begin());
  out.outputs_ = output[1];
  out.type_ = at->type;
  std::int64_t classes = 0;
  if (at->classes > 0 && width == 1) {
    classes = out.outputs_ == 1 && at->classes <= 2 ? 2 : at->classes;
  } else if (width > 1 && (at->classes == width || is_one_of(type, {"categorical_crossentropy", "kl_divergence", "categorical_focal_crossentropy"}))) {  // one-hot, as the data set says or the loss
    classes = width;
    out.one_hot_ = true;
  } else if (width == 1 && out.outputs_ == 1 && is_one_of(type, {"binary_crossentropy", "hinge", "squared_hinge", "perceptron"})) {
    classes = 2;
  } else if (width == 1 && out.outputs_ > 1 && type == "sparse_categorical_crossentropy") {
    classes = out.outputs_;  // class numbers of which the data set does not know that they are some
  }
  if (classes < 2 || !(out.outputs_ == classes || (out.outputs_ == 1 && classes == 2))) return std::nullopt;
  out.threshold_ = static_cast<float>(model::yes_above(loss));
  if (type.ends_with("crossentropy") || type == "kl_divergence") out.numbers_ = logits ? Numbers::logits : Numbers::probabilities;
  out.each_by_itself_ = type.starts_with("binary_");
  out.names_ = at->class_names;
  for (std::int64_t c = static_cast<std::int64_t>(out.names_.size()); c < classes; ++c) out.names_.push_back(fmt::format("{}", c));
  return out;
}

std::vector<float> Classification::scores(const float* row) const {
  if (!has_scores()) return {};
  std::vector<float> out(row, row + outputs_);
  if (numbers_ == Numbers::logits && (each_by_itself_ || outputs_ == 1)) {
    for (float& z : out) z = 1 / (1 + std::exp(-z));
  } else if (numbers_ == Numbers::logits) {
    const float largest = *std::max_element(out.begin(), out.end());
    float sum = 0;
    for (float& z : out) sum += z = std::exp(z - largest);
    for (float& z : out) z /= sum;
  }
  if (outputs_ == 1) out.insert(out.begin(), 1 - out[0]);
  return out;
}

std::size_t Classification::predicted(const float* row) const noexcept {
  if (outputs_ == 1) return row[0] > threshold_;
  return static_cast<std::size_t>(std::max_element(row, row + outputs_) - row);
}

std::size_t Classification::truth(const void* target, std::int64_t row) const noexcept {
  if (one_hot_) {
    std::int64_t best = 0;
    for (std::int64_t c = 1; c < outputs_; ++c)
      if (data::number_at(target, type_, row * outputs_ + c) > data::number_at(target, type_, row * outputs_ + best)) best = c;
    return static_cast<std::size_t>(best);
  }
  const double value = data::number_at(target, type_, row);
  if (outputs_ == 1) return value > 0.5;  // 0 and 1, or -1 and 1
  return value >= 0 && value < static_cast<double>(names_.size()) ? static_cast<std::size_t>(value) : names_.size();
}

}  // namespace teranga::train
