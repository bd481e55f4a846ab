// SPDX-License-Identifier: Apache-2.0
// The updates of an optimizer that takes a parameter at a time, and its slots, which may have other shapes than the parameter. Large parameters come one after the
// other, with all threads lent to the optimizer; small ones are shared among the threads.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <teranga/host/instance.hpp>
#include <teranga/model/parameter_store.hpp>
#include <teranga/parallel/profile.hpp>
#include <teranga/parallel/team.hpp>

namespace teranga::train {

class WholeTensors {
 public:
  // Of those parameters of the store (indices). All must outlive it. Throws Error where the optimizer and the parameters do not go together.
  WholeTensors(const host::Optimizer& optimizer, const trg_optimizer_facts& facts, model::ParameterStore& store, const std::vector<std::size_t>& trained);

  struct Step {
    std::int64_t number;  // 1 at the first update
    double rate;
    double decay;  // the share of the weights that is taken off before, times the rate
    std::optional<double> clip_weights;
    const double* scalars;
  };
  // The rate of a parameter (index in the store) is the step's times its factor; with a factor of 0 it stays as it is. What it does goes into those rows of the profile, which may be null.
  void apply(const Step& step, const std::function<double(std::size_t)>& factor_of, Team& team, Profile* profile, int row, int wait);

  std::vector<TensorView> slot_views() const;
  std::vector<std::span<std::byte>> memory();

 private:
  struct Slot {
    std::string name;  // "momentum"
    Shape shape;
    std::size_t count;
    Buffer buffer;
    float* data;
  };
  struct One {
    std::size_t parameter;
    std::vector<Slot> slots;   // those that it has
    std::vector<void*> given;  // for the plugin: null where it has none
    double bytes;              // of weights, gradient and slots
  };
  One prepared(std::size_t parameter, const trg_optimizer_facts& facts) const;
  std::optional<Shape> slot_shape(std::int32_t slot, const model::Parameter& p) const;
  void update(const One& one, Step step, double factor, Team* team) const;

  const host::Optimizer& optimizer_;
  model::ParameterStore& store_;
  std::vector<One> ones_;          // as the store has them
  std::vector<std::size_t> large_, small_;  // indices into ones_
};

}  // namespace teranga::train
