// SPDX-License-Identifier: Apache-2.0
// A data set of made-up samples that adds noise to those that are trained on. It may be told that it lies in blocks.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <teranga/sdk/dataset.hpp>

namespace sdk = teranga::sdk;

struct Shaken {
  static constexpr std::int64_t width = 4;

  static sdk::Info info() {
    return {.name = "guest.shaken", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Made-up samples with noise while they are trained on", .formula = "x + noise n",
            .options = {sdk::integer("samples", std::int64_t{200}).at_least(1).says("in the training part"), sdk::integer("tested", std::int64_t{40}).at_least(0).says("in the test part"),
                        sdk::real("noise", 0.5).at_least(0).says("standard deviation of the noise"), sdk::integer("block", std::int64_t{0}).at_least(0).says("samples of a block; 0: samples are held")}};
  }

  std::int64_t samples, tested, block;
  double noise;
  explicit Shaken(const sdk::Options& options) : samples(options.integer("samples")), tested(options.integer("tested")), block(options.integer("block")), noise(options.real("noise")) {}

  void describe(sdk::Description& description) const {
    description.count(TRG_TRAIN, samples);
    if (tested > 0) description.count(TRG_TEST, tested);
    description.field({.name = "x", .shape = {width}});
    description.field({.name = "y", .role = TRG_TARGET, .shape = {1}});
    if (block > 0) description.blocks(TRG_TRAIN, block, 3 * block);
  }

  void fill(const sdk::Batch& batch) const {
    if (batch.augments() && batch.part() != TRG_TRAIN) throw std::runtime_error("asked for random changes of samples that are not trained on");
    if (batch.augments() != (batch.epoch() > 0)) throw std::runtime_error("told of an epoch without a key, or the other way round");
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      float x[width], drawn[width] = {}, sum = 0;
      if (batch.augments()) batch.normal(row, 0, width, drawn);
      for (std::int64_t i = 0; i < width; ++i) {
        x[i] = static_cast<float>(std::sin(static_cast<double>(batch.sample(row) * width + i + 7000 * batch.part())));
        sum += x[i] * static_cast<float>(i - 1);
        x[i] += static_cast<float>(noise) * drawn[i];
      }
      if (batch.wanted(0)) std::copy_n(x, width, batch.field<float>(0) + row * width);
      if (batch.wanted(1)) batch.field<float>(1)[row] = sum;
    }
  }
};

TERANGA_PLUGIN(sdk::dataset<Shaken>())
