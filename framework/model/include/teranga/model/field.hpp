// SPDX-License-Identifier: Apache-2.0
// A column of the data, as the model sees it.
#pragma once

#include <string>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::model {

enum class Role { feature, target, sample_weight };

struct Field {
  std::string name;
  Role role = Role::feature;
  ElementType type = ElementType::f32;
  Shape shape;                // of one sample
  std::int64_t classes = 0;   // of a target that is a class number
  std::vector<std::string> class_names;
};

}  // namespace teranga::model
