// SPDX-License-Identifier: Apache-2.0
// Connectionist temporal classification (Graves et al., "Connectionist Temporal Classification", ICML 2006): a net tells at each step a letter or nothing (the blank, class 0). A path is
// what it tells at all steps; the text of a path is what is left when equal neighbours become one and then blanks vanish. What the loss, the metric and the decoder share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <vector>

namespace teranga::ctc {

inline constexpr std::int32_t blank = 0;
inline constexpr double nowhere = -std::numeric_limits<double>::infinity();  // the logarithm of 0

// log(exp a + exp b)
inline double log_sum(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == nowhere ? a : a + std::log1p(std::exp(b - a));
}

// [steps, classes] of log-probabilities, of the rows of a sample that are not masked. A row of numbers from 0 to 1 that add up to 1 is one of probabilities, another one of logits.
class LogProbabilities {
 public:
  explicit LogProbabilities(std::pmr::memory_resource* memory = std::pmr::get_default_resource()) : values_(memory) {}
  static std::int64_t bytes(std::int64_t steps, std::int64_t classes) { return steps * classes * static_cast<std::int64_t>(sizeof(double)) + 64; }
  void reserve(std::int64_t steps, std::int64_t classes) { values_.reserve(static_cast<std::size_t>(steps * classes)); }
  // For the rows of another sample.
  void begin(std::int64_t classes) {
    classes_ = classes;
    values_.clear();
  }
  std::int64_t steps() const { return static_cast<std::int64_t>(values_.size()) / classes_; }
  std::int64_t classes() const { return classes_; }
  const double* row(std::int64_t step) const { return values_.data() + step * classes_; }

  template <class T>
  void add_logits(const T* z) {
    double greatest = nowhere, sum = 0;
    for (std::int64_t k = 0; k < classes_; ++k) greatest = std::max(greatest, static_cast<double>(z[k]));
    for (std::int64_t k = 0; k < classes_; ++k) sum += std::exp(static_cast<double>(z[k]) - greatest);
    for (std::int64_t k = 0; k < classes_; ++k) values_.push_back(static_cast<double>(z[k]) - greatest - std::log(sum));
  }
  template <class T>
  void add(const T* row) {
    constexpr double near = 1e-3;
    double sum = 0;
    bool shares = true;
    for (std::int64_t k = 0; k < classes_; ++k) {
      const auto value = static_cast<double>(row[k]);
      shares = shares && value >= 0 && value <= 1 + near;
      sum += value;
    }
    if (!shares || std::fabs(sum - 1) > near) return add_logits(row);
    for (std::int64_t k = 0; k < classes_; ++k) values_.push_back(std::log(static_cast<double>(row[k])));
  }

 private:
  std::int64_t classes_ = 1;
  std::pmr::vector<double> values_;
};

// The letters of a target: what is not blank.
template <class Classes>
void take_letters(const Classes& classes, std::int64_t first, std::int64_t length, std::vector<std::int32_t>& letters) {
  letters.clear();
  for (std::int64_t i = first; i < first + length; ++i)
    if (classes[i] != blank) letters.push_back(static_cast<std::int32_t>(classes[i]));
}

// Steps that a text needs at least: equal neighbours have a blank between them.
inline std::int64_t least_steps(const std::vector<std::int32_t>& letters) {
  auto steps = static_cast<std::int64_t>(letters.size());
  for (std::size_t i = 1; i < letters.size(); ++i) steps += letters[i] == letters[i - 1];
  return steps;
}

}  // namespace teranga::ctc
