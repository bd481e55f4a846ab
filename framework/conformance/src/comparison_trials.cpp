// SPDX-License-Identifier: Apache-2.0
#include "comparison_trials.hpp"

#include <cmath>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

constexpr std::uint64_t target_key = 1u << 20, weight_key = 1u << 21;

bool whole_type(std::int32_t type) noexcept { return type >= TRG_I32; }

Extents without_last(const Extents& shape) { return shape.empty() ? shape : Extents(shape.begin(), shape.end() - 1); }

// Targets that one of the usual rules takes for an output of that shape.
void add_targets(const Extents& prediction, const std::string& producer, int level, std::vector<ComparisonShapes>& out) {
  const auto add = [&](Extents target, std::int32_t type) { out.push_back({prediction, std::move(target), type, true, producer}); };
  add(prediction, TRG_F32);
  if (!prediction.empty()) {
    Extents numbers = without_last(prediction);
    add(numbers, TRG_I32);
    if (level == full) add(numbers, TRG_F32), add(numbers, TRG_U8);
    numbers.push_back(1);
    if (level == full && numbers != prediction) add(numbers, TRG_I32);
  }
  if (level == full) add(prediction, TRG_F64), add(prediction, TRG_U8);
}

struct TargetDraw {
  const ComparisonShapes& shapes;
  std::int32_t targets;
  int spread;
  std::uint64_t key;

  std::int64_t classes() const { return shapes.prediction.empty() ? 2 : shapes.prediction.back() > 1 ? shapes.prediction.back() : 2; }
  std::int64_t row() const { return shapes.target.empty() ? 1 : shapes.target.back(); }
  double uniform(std::int64_t i) const { return draw(key ^ target_key, static_cast<std::uint64_t>(i)); }
  double class_number(std::int64_t i, std::int64_t of) const { return std::floor(uniform(i) * static_cast<double>(of)); }

  // Rows of class numbers have one axis less than the output, or a last axis of 1.
  bool looks_like_classes() const {
    return shapes.target.size() < shapes.prediction.size() || (row() == 1 && !shapes.prediction.empty() && shapes.prediction.back() > 1);
  }
  // Even rows are one-hot, odd ones soft where the type can hold it.
  double distribution(std::int64_t i) const {
    const std::int64_t width = row(), first = i / width * width, place = i % width;
    if (width == 1) return 1;
    if ((i / width) % 2 == 0 || whole_type(shapes.target_type)) return std::floor(uniform(first) * static_cast<double>(width)) == static_cast<double>(place) ? 1 : 0;
    double sum = 0;
    for (std::int64_t k = 0; k < width; ++k) sum += 0.1 + uniform(first + k);
    return (0.1 + uniform(i)) / sum;
  }
  double any(std::int64_t i) const {
    if (whole_type(shapes.target_type)) return looks_like_classes() ? class_number(i, classes()) : uniform(i) < 0.5 ? 0 : 1;
    if (looks_like_classes()) return class_number(i, classes());
    return spread == 0 ? 0.05 + 0.9 * uniform(i) : spread == 1 ? 4 * uniform(i) - 2 : 1 + 3 * uniform(i);
  }
  double operator()(std::int64_t i) const {
    switch (targets) {
      case TRG_TARGETS_CLASSES: return class_number(i, shapes.prediction.empty() ? 1 : shapes.prediction.back());
      case TRG_TARGETS_SHARES: return whole_type(shapes.target_type) ? (uniform(i) < 0.5 ? 0 : 1) : uniform(i);
      case TRG_TARGETS_DISTRIBUTION: return distribution(i);
      case TRG_TARGETS_SIGNS: return uniform(i) < 0.5 && shapes.target_type != TRG_U8 ? -1 : 1;
      case TRG_TARGETS_YES_NO: return uniform(i) < 0.5 ? 0 : 1;
      case TRG_TARGETS_COUNTS: return std::floor(4 * uniform(i));
      default: return any(i);
    }
  }
  std::string words() const {
    constexpr const char* known[] = {"", "class numbers", "from 0 to 1", "one-hot and soft", "-1 and 1", "0 and 1", "counts"};
    if (targets > TRG_TARGETS_ANY && targets <= TRG_TARGETS_COUNTS) return known[targets];
    if (looks_like_classes()) return "class numbers";
    if (whole_type(shapes.target_type)) return "0 and 1";
    return spread == 0 ? "from 0.05 to 0.95" : spread == 1 ? "from -2 to 2" : "from 1 to 4";
  }
};

}  // namespace

double draw(std::uint64_t key, std::uint64_t index) noexcept {
  std::uint64_t z = key * 0x9e3779b97f4a7c15u + (index + 1) * 0xd1b54a32d192ed03u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

std::string ComparisonShapes::words(std::int64_t samples, std::int32_t type) const {
  std::string out = "output " + to_words(prediction_of(samples), type);
  if (has_target) out += ", target " + to_words(target_of(samples), target_type);
  if (!producer.empty()) out += fmt::format(", behind the activation {}", producer);
  return out;
}

Extents ComparisonShapes::with(std::int64_t samples, const Extents& rest) {
  Extents out = {samples};
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

std::vector<ComparisonShapes> candidate_shapes(bool has_target, const std::vector<std::string>& producers, int level) {
  std::vector<Extents> predictions = {{4}, {1}, {3, 4}, {}};
  if (level == full) predictions.insert(predictions.end(), {{2, 3, 4}, {3, 1}, {2}, {7}, {2, 2, 3, 2}});
  std::vector<ComparisonShapes> out;
  for (const Extents& prediction : predictions)
    for (const std::string& producer : producers) {
      if (has_target) add_targets(prediction, producer, level, out);
      else out.push_back({prediction, {}, TRG_F32, false, producer});
    }
  return out;
}

CompareRequest::CompareRequest(const ComparisonShapes& shapes, std::int64_t samples, std::int32_t type, const trg_options* producer_options)
    : prediction_(shapes.prediction_of(samples)), target_(shapes.target_of(samples)), producer_(shapes.producer) {
  tensors_[0] = {nullptr, prediction_.data(), static_cast<std::int32_t>(prediction_.size()), type};
  tensors_[1] = {nullptr, target_.data(), static_cast<std::int32_t>(target_.size()), shapes.target_type};
  request_.size = sizeof(request_);
  request_.type = type;
  request_.prediction_count = 1;
  request_.target_count = shapes.has_target ? 1 : 0;
  request_.predictions = &tensors_[0];
  request_.targets = shapes.has_target ? &tensors_[1] : nullptr;
  request_.producer = producer_.empty() ? nullptr : producer_.c_str();
  request_.producer_options = producer_.empty() ? nullptr : producer_options;
}

ComparisonNumbers comparison_numbers(const ComparisonShapes& shapes, std::int64_t samples, std::int64_t leading, std::int32_t targets, int spread, std::uint64_t key) {
  ComparisonNumbers out;
  constexpr double least[spreads] = {0.05, -2, 1.5}, most[spreads] = {0.95, 2, 4};
  for (std::int64_t i = 0; i < count_of(shapes.prediction_of(samples)); ++i) {
    // Numbers that f32 holds, so that both types are given the same ones.
    const double x = least[spread] + (most[spread] - least[spread]) * draw(key, static_cast<std::uint64_t>(i));
    out.prediction.push_back(static_cast<double>(static_cast<float>(x)));
  }
  const TargetDraw target{shapes, targets, spread, key};
  for (std::int64_t i = 0; shapes.has_target && i < count_of(shapes.target_of(samples)); ++i) out.target.push_back(static_cast<double>(static_cast<float>(target(i))));
  for (std::int64_t i = 0; i < leading; ++i) out.weights.push_back(0.25 + 1.5 * draw(key ^ weight_key, static_cast<std::uint64_t>(i)));
  out.within_one = spread == 0;
  out.words = fmt::format("outputs from {} to {}", least[spread], most[spread]);
  if (shapes.has_target) out.words += fmt::format(", targets {}", target.words());
  return out;
}

}  // namespace teranga::conformance
