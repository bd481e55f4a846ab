// SPDX-License-Identifier: Apache-2.0
// Losses of a margin, for labels -1 and 1: hinge and squared hinge. A label 0 counts as -1. (Keras converts 0 / 1 labels only where a whole batch holds nothing
// else; the two differ for labels such as 0.5 alone.)
#pragma once

#include "elementwise.hpp"

namespace teranga::losses {

template <class T>
TERANGA_FORCE_INLINE T as_sign(T label) {
  return label == 0 ? T(-1) : label;
}

struct Hinge {
  static constexpr const char* name = "hinge";
  static constexpr std::int32_t targets = TRG_TARGETS_SIGNS;
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.hinge", .summary = "How far a prediction stays behind the margin; labels -1 / 1 or 0 / 1", .formula = "loss = mean max(0, 1 - t p)", .source = "keras.losses.Hinge"};
  }
  explicit Hinge(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T label) const {
    const T t = as_sign(label), lack = sdk::math::at_least(1 - t * p, T(0));  // NaN stays NaN
    return {lack, lack > 0 ? -t : T(0)};
  }
};

struct SquaredHinge {
  static constexpr const char* name = "squared_hinge";
  static constexpr std::int32_t targets = TRG_TARGETS_SIGNS;
  static constexpr Over over = Over::mean;
  static sdk::Info info() {
    return {.name = "teranga.squared_hinge", .summary = "The squared hinge; labels -1 / 1 or 0 / 1", .formula = "loss = mean max(0, 1 - t p)^2", .source = "keras.losses.SquaredHinge"};
  }
  explicit SquaredHinge(const sdk::Options&) {}
  template <class T>
  TERANGA_FORCE_INLINE Term<T> operator()(T p, T label) const {
    const T t = as_sign(label), lack = sdk::math::at_least(1 - t * p, T(0));
    return {lack * lack, -2 * t * lack};
  }
};

}  // namespace teranga::losses
