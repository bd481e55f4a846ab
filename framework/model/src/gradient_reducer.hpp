// SPDX-License-Identifier: Apache-2.0
// The gradients of a step on one rank. Where several slices of a batch each give a part of a parameter's gradient, each slice has a partial gradient of its own; they
// are added up in the order of the slices, whoever computed them. Other gradients are written by the calls themselves: those that a call adds to are cleared before.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <teranga/model/parameter_store.hpp>
#include <teranga/parallel/profile.hpp>
#include <teranga/parallel/team.hpp>

namespace teranga::model {

class GradientReducer {
 public:
  GradientReducer(ParameterStore& store, Team& team) : store_(store), team_(team), offsets_(store.parameters().size()) {}

  // Main thread, before the first batch: how the gradient of a parameter comes about. The first answer for a parameter counts.
  bool knows(std::size_t parameter) const { return offsets_[parameter].has_value(); }
  void add_up(std::size_t parameter);  // by slices
  void clear_before(std::size_t parameter);
  void complete();  // all parameters are known

  std::size_t partial_bytes() const noexcept { return elements_ * size_of(store_.type()); }  // of one slice
  // Bytes into a slice's partial gradients; nothing where the calls write the gradient itself.
  std::optional<std::size_t> offset(std::size_t parameter) const;
  double cleared_bytes() const;

  void clear() const;                       // before the calls of a step
  void clear_partial(char* partial) const;  // of one slice; any thread
  // Adds up the partials of so many slices, which lie one behind another.
  void reduce(const char* partials, std::size_t slices, Profile* profile) const;

  // `row`: the number of the profile's row of that name and pass.
  void watch(std::size_t slices, const std::function<int(const std::string&, Pass)>& row);

 private:
  struct Chunk {
    std::size_t partial, gradient, count;  // elements
    std::size_t parameter;                 // whose
    Work work = {};
  };
  template <class T>
  void add_up(const Chunk& chunk, const char* partials, std::size_t slices) const;

  ParameterStore& store_;
  Team& team_;
  std::vector<std::optional<std::size_t>> offsets_;  // by parameter: elements into a slice's partial
  std::vector<Chunk> chunks_;
  std::size_t elements_ = 0;  // of a slice's partial
  std::vector<std::pair<void*, std::size_t>> cleared_;  // bytes
  int wait_ = -1;  // row of the profile
};

}  // namespace teranga::model
