// SPDX-License-Identifier: Apache-2.0
// Numbers that a checkpoint stores by name.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::train {

inline NamedTensor number_tensor(std::string name, const std::vector<double>& values) {
  NamedTensor out{std::move(name), Tensor(ElementType::f64, {static_cast<std::int64_t>(values.size())})};
  std::copy(values.begin(), values.end(), out.tensor.as<double>().begin());
  return out;
}

// The numbers of that name, however many.
inline std::span<const double> all_numbers_of(const std::vector<NamedTensor>& tensors, std::string_view name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& tensor) { return tensor.name == name; });
  return found == tensors.end() || found->tensor.type() != ElementType::f64 ? std::span<const double>() : found->tensor.as<double>();
}

// The numbers of that name; none where the tensor is missing, of another type, or holds not just so many: a checkpoint may be of another recipe, or forged.
inline std::span<const double> numbers_of(const std::vector<NamedTensor>& tensors, std::string_view name, std::size_t count) {
  const std::span<const double> found = all_numbers_of(tensors, name);
  return found.size() == count ? found : std::span<const double>();
}

}  // namespace teranga::train
