// SPDX-License-Identifier: Apache-2.0
#include "exchange_checks.hpp"

#include <teranga/core/error.hpp>

#include <fmt/format.h>

namespace teranga {

void require_start(const GradientExchange& exchange, std::size_t bucket, std::span<const float> values, bool started) {
  const auto& buckets = exchange.buckets();
  if (bucket >= buckets.size()) throw Error(ExitCode::failure, fmt::format("gradient bucket {} was started, and there are {}", bucket, buckets.size()));
  if (started) throw Error(ExitCode::failure, fmt::format("gradient bucket {} was started twice in a step", bucket));
  if (values.size() != buckets[bucket].count)
    throw Error(ExitCode::failure, fmt::format("gradient bucket {} was started with {} elements, and has {}", bucket, values.size(), buckets[bucket].count));
}

void require_all(const GradientExchange& exchange, std::size_t started) {
  if (started != exchange.buckets().size()) throw Error(ExitCode::failure, fmt::format("the gradient exchange ended after {} of {} buckets", started, exchange.buckets().size()));
}

}  // namespace teranga
