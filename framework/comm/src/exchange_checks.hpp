// SPDX-License-Identifier: Apache-2.0
// What is wrong use of an exchange of gradients.
#pragma once

#include <cstddef>
#include <span>

#include <teranga/comm/gradient_exchange.hpp>

namespace teranga {

// Throws Error(failure) for a bucket that there is not, that was started before in this step, or that has another size.
void require_start(const GradientExchange& exchange, std::size_t bucket, std::span<const float> values, bool started);
// Throws Error(failure) where a step ends with fewer buckets than there are.
void require_all(const GradientExchange& exchange, std::size_t started);

}  // namespace teranga
