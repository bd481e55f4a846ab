// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/weight_constraints.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace teranga::train {
namespace {

constexpr double tiny = 1e-7;  // keras.config.epsilon(): a norm of 0 stays 0

// For each axis, how far one step along it goes among the norms; 0: the norm is taken over it.
std::vector<std::size_t> strides_of(const std::vector<std::int64_t>& axes, const Shape& shape, std::size_t& norms) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  std::vector<std::size_t> strides(shape.size());
  norms = 1;
  for (std::int64_t axis = rank; axis-- > 0;) {
    if (std::ranges::any_of(axes, [&](std::int64_t one) { return (one < 0 ? one + rank : one) == axis; })) continue;
    strides[static_cast<std::size_t>(axis)] = norms;
    norms *= static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
  }
  return strides;
}

// f(first element, its norm, stride of the norms) for each row along the last axis.
template <class F>
void each_row(const Shape& shape, const std::vector<std::size_t>& strides, F&& f) {
  const std::size_t last = shape.size() - 1, row = static_cast<std::size_t>(shape[last]);
  std::vector<std::int64_t> at(shape.size());
  const std::size_t rows = static_cast<std::size_t>(element_count(shape)) / std::max<std::size_t>(row, 1);
  std::size_t norm = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    f(r * row, norm, strides[last]);
    for (std::size_t axis = last; axis-- > 0;) {
      norm += strides[axis];
      if (++at[axis] < shape[axis]) break;
      norm -= strides[axis] * static_cast<std::size_t>(shape[axis]);
      at[axis] = 0;
    }
  }
}

// Squares of norms become what the weights are multiplied by.
void make_factors(const recipe::WeightConstraint& constraint, std::vector<double>& squares) {
  for (double& one : squares) {
    const double norm = std::sqrt(one);
    const double allowed = constraint.type == "unit_norm" ? 1.0 : std::clamp(norm, constraint.min_value, constraint.max_value);
    one = (constraint.rate * allowed + (1 - constraint.rate) * norm) / (tiny + norm);
  }
}

}  // namespace

void constrain(const recipe::WeightConstraint& constraint, const Shape& shape, float* weights) {
  if (constraint.type == "non_neg") {
    std::transform(weights, weights + element_count(shape), weights, [](float w) { return w < 0 ? 0 : w; });
    return;
  }
  std::size_t norms = 1;
  const std::vector<std::size_t> strides = strides_of(constraint.axis, shape, norms);
  const auto row = static_cast<std::size_t>(shape.back());
  std::vector<double> factors(norms);
  each_row(shape, strides, [&](std::size_t first, std::size_t norm, std::size_t stride) {
    for (std::size_t i = 0; i < row; ++i) factors[norm + i * stride] += static_cast<double>(weights[first + i]) * static_cast<double>(weights[first + i]);
  });
  make_factors(constraint, factors);
  each_row(shape, strides, [&](std::size_t first, std::size_t norm, std::size_t stride) {
    for (std::size_t i = 0; i < row; ++i) weights[first + i] = static_cast<float>(static_cast<double>(weights[first + i]) * factors[norm + i * stride]);
  });
}

std::vector<std::size_t> parameters_of(const recipe::WeightConstraint& constraint, const model::ParameterStore& store) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < store.parameters().size(); ++i) {
    const std::string_view name = store.parameters()[i].name;
    const std::string_view last = name.substr(name.rfind('/') + 1);
    const bool of_layer = name.starts_with(constraint.layer) && name.size() > constraint.layer.size() && name[constraint.layer.size()] == '/';
    const bool is_meant = last == constraint.parameter || (constraint.parameter == "recurrent" && last == "recurrent_kernel") || (constraint.parameter == "depthwise" && last == "kernel");  // as Keras calls them
    if (of_layer && is_meant) out.push_back(i);
  }
  return out;
}

WeightConstraints::WeightConstraints(const std::vector<recipe::WeightConstraint>& constraints, model::ParameterStore& store, const std::vector<std::size_t>& trained) : store_(store) {
  for (const recipe::WeightConstraint& constraint : constraints)
    for (const std::size_t index : parameters_of(constraint, store))
      if (std::ranges::find(trained, index) != trained.end()) all_.push_back({&constraint, index});
}

bool WeightConstraints::changes(std::size_t parameter) const {
  return std::ranges::any_of(all_, [&](const One& one) { return one.parameter == parameter; });
}

void WeightConstraints::apply(Team& team) {
  team.for_each(static_cast<std::int64_t>(all_.size()), [&](std::int64_t i, int) {
    const One& one = all_[static_cast<std::size_t>(i)];
    const model::Parameter& p = store_.parameters()[one.parameter];
    constrain(*one.constraint, p.shape, static_cast<float*>(store_.weights()) + p.offset);
  });
}

}  // namespace teranga::train
