// SPDX-License-Identifier: Apache-2.0
// The right data set of the zoo; the source of a guest takes it and spoils a single thing of it.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <teranga/sdk/dataset.hpp>

namespace sdk = teranga::sdk;

namespace zoo {

// 640 samples of 8 numbers, of 10 classes.
struct Dataset {
  static sdk::Info info() {
    return {.name = "zoo.dataset", .author = "Teranga", .summary = "Numbers that tell their class", .formula = "x[j] = sin(class + j)"};
  }
  explicit Dataset(const sdk::Options&) {}
  static std::int32_t class_of(std::int64_t sample) { return static_cast<std::int32_t>(sample % 10); }
  static float number(std::int64_t sample, int j) { return static_cast<float>(std::sin(class_of(sample) + j)); }

  void describe(sdk::Description& d) const {
    d.count(TRG_TRAIN, 640);
    d.field({.name = "x", .shape = {8}});
    d.field({.name = "y", .role = TRG_TARGET, .type = TRG_I32, .classes = 10});
  }
  void fill(const sdk::Batch& b) const {
    for (std::int64_t r = 0; r < b.rows(); ++r) {
      for (int j = 0; j < 8 && b.wanted(0); ++j) b.field<float>(0)[r * 8 + j] = number(b.sample(r), j);
      if (b.wanted(1)) b.field<std::int32_t>(1)[r] = class_of(b.sample(r));
    }
  }
};

}  // namespace zoo
