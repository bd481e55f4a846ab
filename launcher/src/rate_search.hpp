// SPDX-License-Identifier: Apache-2.0
// What the losses of a training with a rising learning rate say: Smith, "Cyclical Learning Rates for Training Neural Networks", arXiv 1506.01186.
#pragma once

#include <vector>

namespace teranga::launcher {

struct RateLoss {
  double rate = 0, loss = 0, smooth = 0;  // smooth: the mean of this loss and those before, where each counts 0.9 times as much as the one behind it
};

struct RateSearch {
  std::vector<RateLoss> points;  // up to where the smooth loss is four times the least one, or not finite
  double steepest = 0;           // the rate at which the smooth loss falls fastest, on a logarithmic scale of rates; 0: it falls nowhere
  double least = 0;              // the rate of the least smooth loss
};

// Of losses at rates that rise; there is one at least.
RateSearch search_rates(const std::vector<double>& rates, const std::vector<double>& losses);

}  // namespace teranga::launcher
