// SPDX-License-Identifier: Apache-2.0
// A data set that hangs.
#include <teranga/sdk/dataset.hpp>

#include "stalling_guest.hpp"

namespace sdk = teranga::sdk;

// Samples of four numbers, of which the largest one is the class.
struct Hanging {
  static sdk::Info info() { return {.name = "guest.hanging", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Samples that stop coming"}; }

  explicit Hanging(const sdk::Options&) {}
  void describe(sdk::Description& description) const {
    description.count(TRG_TRAIN, 1000);
    description.field({.name = "numbers", .role = TRG_FEATURE, .type = TRG_F32, .shape = {4}});
    description.field({.name = "class", .role = TRG_TARGET, .type = TRG_I32, .classes = 4});
  }
  void fill(const sdk::Batch& batch) const {
    static std::atomic<long> calls{0};
    count_call(calls, false);
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      const std::int64_t largest = batch.sample(row) % 4;
      for (std::int64_t i = 0; i < 4; ++i) batch.field<float>(0)[4 * row + i] = i == largest ? 1.0F : 0.1F;
      batch.field<std::int32_t>(1)[row] = static_cast<std::int32_t>(largest);
    }
  }
};

TERANGA_PLUGIN(sdk::dataset<Hanging>())
