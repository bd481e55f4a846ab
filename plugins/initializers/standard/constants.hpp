// SPDX-License-Identifier: Apache-2.0
// Initializers without chance: zeros, ones, constant and identity.
#pragma once

#include <algorithm>

#include <teranga/sdk/training.hpp>

namespace teranga::initializers {

struct Zeros {
  static sdk::Info info() { return {.name = "teranga.zeros", .summary = "Every element 0", .formula = "w = 0", .source = "keras.initializers.Zeros"}; }
  explicit Zeros(const sdk::Options&) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    std::fill_n(f.data(), f.shape().count(), T(0));
  }
};

struct Ones {
  static sdk::Info info() { return {.name = "teranga.ones", .summary = "Every element 1", .formula = "w = 1", .source = "keras.initializers.Ones"}; }
  explicit Ones(const sdk::Options&) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    std::fill_n(f.data(), f.shape().count(), T(1));
  }
};

struct Constant {
  static sdk::Info info() {
    return {.name = "teranga.constant", .summary = "Every element one value", .formula = "w = value", .source = "keras.initializers.Constant",
            .options = {sdk::real("value", 0.0).says("the value of every element")}};
  }
  double value;
  explicit Constant(const sdk::Options& options) : value(options.real("value")) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    std::fill_n(f.data(), f.shape().count(), static_cast<T>(value));
  }
};

struct Identity {
  static sdk::Info info() {
    return {.name = "teranga.identity", .summary = "gain on the diagonal of a matrix, 0 elsewhere", .formula = "w[i, j] = gain if i = j, else 0",
            .source = "keras.initializers.Identity", .options = {sdk::real("gain", 1.0).says("the value of the diagonal")}};
  }
  double gain;
  explicit Identity(const sdk::Options& options) : gain(options.real("gain")) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    if (f.call.rank != 2)
      throw sdk::OptionError("identity", "the initializer \"identity\" fills matrices only, found a tensor of rank " + std::to_string(f.call.rank),
                             f.call.rank < 2 ? "use \"zeros\" or \"random_normal\"" : "use \"orthogonal\" or \"glorot_uniform\"");
    const std::int64_t rows = f.call.shape[0], columns = f.call.shape[1];
    std::fill_n(f.data(), rows * columns, T(0));
    for (std::int64_t i = 0; i < std::min(rows, columns); ++i) f.data()[i * columns + i] = static_cast<T>(gain);
  }
};

}  // namespace teranga::initializers
