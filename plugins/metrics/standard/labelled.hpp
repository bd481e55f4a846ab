// SPDX-License-Identifier: Apache-2.0
// Targets that may be one-hot or class numbers, for metrics that work class by class.
#pragma once

#include "mean_metric.hpp"

namespace teranga::metrics {

struct Labelled {
  Pairing pairing;
  bool numbers;  // the target holds class numbers
};

inline Labelled pair_labelled(const sdk::Comparison& c, const char* who) {
  need_one_of_each(c, who);
  const sdk::Shape prediction = c.prediction(), target = c.target();
  const bool numbers = prediction.rank() > 1 && prediction.last() > 1 && target != prediction;
  return {numbers ? pair_classes(c, who, Judge::metric) : pair_elements(c, who, Judge::metric), numbers};
}

inline std::int64_t checked_class(std::int64_t label, std::int64_t classes, const char* who, std::int64_t sample) {
  if (label < 0 || label >= classes)
    throw sdk::DataError("target", std::string(who) + " expects class numbers from 0 to " + std::to_string(classes - 1) + ", found " + std::to_string(label), sample);
  return label;
}

}  // namespace teranga::metrics
