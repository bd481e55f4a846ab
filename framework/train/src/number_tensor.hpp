// SPDX-License-Identifier: Apache-2.0
// Numbers that a checkpoint stores by name.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::train {

inline NamedTensor number_tensor(std::string name, const std::vector<double>& values) {
  NamedTensor out{std::move(name), Tensor(ElementType::f64, {static_cast<std::int64_t>(values.size())})};
  std::copy(values.begin(), values.end(), out.tensor.as<double>().begin());
  return out;
}

}  // namespace teranga::train
