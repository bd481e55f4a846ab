// SPDX-License-Identifier: Apache-2.0
// Initializers that draw every element from a stated distribution, whatever the shape: random_normal, random_uniform and truncated_normal.
#pragma once

#include "draw.hpp"

namespace teranga::initializers {

struct RandomNormal {
  static sdk::Info info() {
    return {.name = "teranga.random_normal", .summary = "A normal distribution", .formula = "w ~ N(mean, stddev^2)", .source = "keras.initializers.RandomNormal",
            .options = {sdk::real("mean", 0.0).says("mean of the distribution"), sdk::real("stddev", 0.05).at_least(0).says("its standard deviation"), seed_option()}};
  }
  double mean, stddev;
  Seed seed;
  explicit RandomNormal(const sdk::Options& options) : mean(options.real("mean")), stddev(options.real("stddev")), seed(seed_of(options)) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    fill_normal(f, seed, mean, stddev);
  }
};

struct TruncatedNormal {
  static sdk::Info info() {
    return {.name = "teranga.truncated_normal", .summary = "A normal distribution without what lies beyond two standard deviations",
            .formula = "w ~ N(mean, stddev^2) given |w - mean| <= 2 stddev", .source = "keras.initializers.TruncatedNormal",
            .options = {sdk::real("mean", 0.0).says("mean of the distribution"),
                        sdk::real("stddev", 0.05).at_least(0).says("its standard deviation before it is cut"), seed_option()}};
  }
  double mean, stddev;
  Seed seed;
  explicit TruncatedNormal(const sdk::Options& options) : mean(options.real("mean")), stddev(options.real("stddev")), seed(seed_of(options)) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    fill_truncated_normal(f, seed, mean, stddev);
  }
};

struct RandomUniform {
  static sdk::Info info() {
    return {.name = "teranga.random_uniform", .summary = "A uniform distribution", .formula = "w ~ U[minval, maxval)", .source = "keras.initializers.RandomUniform",
            .options = {sdk::real("minval", -0.05).says("least value"), sdk::real("maxval", 0.05).says("bound above, not reached"), seed_option()}};
  }
  double minval, maxval;
  Seed seed;
  explicit RandomUniform(const sdk::Options& options) : minval(options.real("minval")), maxval(options.real("maxval")), seed(seed_of(options)) {
    if (minval > maxval) throw sdk::OptionError("minval", "minval must not be above maxval, found minval = " + std::to_string(minval) + ", maxval = " + std::to_string(maxval));
  }
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    fill_uniform(f, seed, minval, maxval);
  }
};

}  // namespace teranga::initializers
