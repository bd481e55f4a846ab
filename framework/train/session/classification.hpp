// SPDX-License-Identifier: Apache-2.0
// Which classes a network tells apart, which one an output row means, and counts of truth against prediction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <teranga/model/field.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

class Classification {
 public:
  // `output` is the shape of the first prediction with its samples axis. Nothing where the network is no classifier: of several classes with one
  // output each, or of two with a single output.
  static std::optional<Classification> of(const recipe::Recipe& recipe, const std::vector<model::Field>& fields, const Shape& output);

  const std::vector<std::string>& names() const noexcept { return names_; }
  std::size_t target() const noexcept { return target_; }  // index of the field
  std::int64_t outputs() const noexcept { return outputs_; }

  // What the outputs are: probabilities; logits, which become some by a softmax or a sigmoid; or numbers that only compare, as margins.
  enum class Numbers { probabilities, logits, scores };
  Numbers numbers() const noexcept { return numbers_; }
  // Whether scores() tells a number for each class.
  bool has_scores() const noexcept { return outputs_ > 1 || numbers_ != Numbers::scores; }
  // A number for each class of one row of outputs: its probability, unless the outputs are scores. Empty where there is none for each.
  std::vector<float> scores(const float* row) const;

  std::size_t predicted(const float* row) const noexcept;
  // The class of row `row` of the target's memory; names().size() where it is none.
  std::size_t truth(const void* target, std::int64_t row) const noexcept;

 private:
  std::size_t target_ = 0;
  std::int64_t outputs_ = 1;
  bool one_hot_ = false;
  bool each_by_itself_ = false;  // logits of a sigmoid each, rather than of one softmax
  Numbers numbers_ = Numbers::scores;
  ElementType type_ = ElementType::i32;
  float threshold_ = 0.5F;  // of a single output
  std::vector<std::string> names_;
};

}  // namespace teranga::train
