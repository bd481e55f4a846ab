// SPDX-License-Identifier: Apache-2.0
// A column of a batch, as the model sees it: of the data, or numbers that the model makes.
#pragma once

#include <string>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::model {

enum class Role { feature, target, sample_weight };

// data: a column of the data. given: what a call would give to an input, where nothing calls its network; normal where nobody gives it. normal and
// uniform ([0, 1)): drawn anew in each step. constant: the same number throughout.
enum class Origin { data, given, normal, uniform, constant };

struct Field {
  std::string name;
  Role role = Role::feature;
  ElementType type = ElementType::f32;
  Shape shape;                // of one sample
  std::int64_t classes = 0;   // of a target that is a class number; of a feature of ids, which are below it
  std::vector<std::string> class_names;
  Origin origin = Origin::data;
  double constant = 0;
  std::vector<std::string> columns = {};  // of a target: what the data call the elements of its last axis; one: all of it
  // And a number n of it stands for offset + scale * n of the data: one for each element of the last axis, of a scalar one; empty: numbers are those of the data.
  std::vector<double> offsets = {}, scales = {};
};

}  // namespace teranga::model
