// SPDX-License-Identifier: Apache-2.0
// Adds up gradients over ranks, in buckets: pieces large enough to use the network and small enough to be sent while backward still works
// on earlier layers. The plan depends on the sizes alone, so all ranks have the same. Sums are plain: weighting is done by the losses'
// denominators.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <teranga/comm/communicator.hpp>

namespace teranga {

// A bucket is a run of neighbouring segments (parameters) of the gradient array.
struct Bucket {
  std::size_t first_segment = 0;
  std::size_t segments = 0;
  std::size_t begin = 0;  // elements
  std::size_t count = 0;
};

struct BucketSizes {
  std::size_t first_bytes = std::size_t{512} << 10;  // small: it is complete early, and starts the exchange
  std::size_t other_bytes = std::size_t{4} << 20;
};

// Segments lie in layer order, back to back. Buckets are returned in the order in which backward completes them: from the last segment to
// the first. A bucket closes once it has reached its size; a segment is never split.
std::vector<Bucket> plan_buckets(std::span<const std::size_t> segment_counts, BucketSizes sizes = {});

class GradientExchange {
 public:
  virtual ~GradientExchange() = default;

  const std::vector<Bucket>& buckets() const noexcept { return buckets_; }

  // `values` are the complete gradients of bucket number `bucket`. Buckets are started in ascending number, each once per step, on every
  // rank, also on a rank without samples (its gradients are zero). The values belong to the exchange until finish().
  virtual void start(std::size_t bucket, std::span<float> values) = 0;
  virtual void finish() = 0;  // all buckets have been started, and hold the sums when this returns

 protected:
  explicit GradientExchange(std::vector<Bucket> buckets) : buckets_(std::move(buckets)) {}

 private:
  std::vector<Bucket> buckets_;
};

// Sums each bucket where it is started, on the calling thread.
std::unique_ptr<GradientExchange> blocking_exchange(Communicator& communicator, std::vector<Bucket> buckets);

}  // namespace teranga
