// SPDX-License-Identifier: Apache-2.0
// What weights are made to satisfy after every update, as keras.constraints.
#pragma once

#include <cstddef>
#include <vector>

#include <teranga/model/parameter_store.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

// The parameters that a constraint is of (indices into those of the store).
std::vector<std::size_t> parameters_of(const recipe::WeightConstraint& constraint, const model::ParameterStore& store);

// Changes a tensor of that shape so that it satisfies the constraint. Axes must be those of the shape, negative ones from its end.
void constrain(const recipe::WeightConstraint& constraint, const Shape& shape, float* weights);

class WeightConstraints {
 public:
  // Of those parameters of the store that are trained.
  WeightConstraints(const std::vector<recipe::WeightConstraint>& constraints, model::ParameterStore& store, const std::vector<std::size_t>& trained);

  void apply(Team& team);
  // Whether it may change that parameter of the store, all of it.
  bool changes(std::size_t parameter) const;

 private:
  struct One {
    const recipe::WeightConstraint* constraint;
    std::size_t parameter;
  };
  model::ParameterStore& store_;
  std::vector<One> all_;
};

}  // namespace teranga::train
