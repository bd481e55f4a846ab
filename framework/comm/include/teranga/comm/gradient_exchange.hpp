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
#include <teranga/comm/wire.hpp>

namespace teranga {

// A run of elements of the gradient array that is never split: a parameter.
struct Segment {
  std::size_t begin = 0, count = 0;
};

// A bucket is a run of neighbouring segments.
struct Bucket {
  std::size_t first_segment = 0;
  std::size_t segments = 0;
  std::size_t begin = 0;  // elements
  std::size_t count = 0;
};

struct BucketSizes {
  std::size_t first_bytes = std::size_t{256} << 10;  // small: it is complete early, and starts the exchange
  std::size_t other_bytes = std::size_t{4} << 20;
};

// For so many bytes of gradients: an eighth of them, within limits, so that the last bucket, which nothing hides, is small, and there are not too many messages.
BucketSizes usual_sizes(std::size_t bytes) noexcept;

// Segments stand in the order of their places, which is that of the layers. Buckets are returned in the order in which backward completes them: from the last segment to
// the first. A bucket closes once it has reached its size, and where the next segment is no neighbour.
std::vector<Bucket> plan_buckets(std::span<const Segment> segments, BucketSizes sizes);
std::vector<Bucket> plan_buckets(std::span<const Segment> segments);  // of usual sizes

class GradientExchange {
 public:
  virtual ~GradientExchange() = default;

  const std::vector<Bucket>& buckets() const noexcept { return buckets_; }

  // `values` are the complete gradients of bucket number `bucket`. All ranks start each bucket once a step, in an order of their own, also a rank without samples (its
  // gradients are zero). The values belong to the exchange until finish().
  virtual void start(std::size_t bucket, std::span<float> values) = 0;
  virtual bool sends_at_start() const noexcept { return false; }
  virtual void drive() {}     // lets what is on its way go on
  virtual void finish() = 0;  // all buckets have been started, and hold the sums when this returns

 protected:
  explicit GradientExchange(std::vector<Bucket> buckets) : buckets_(std::move(buckets)) {}

 private:
  std::vector<Bucket> buckets_;
};

// Sums all buckets in finish(), one after another, by collectives of MPI.
std::unique_ptr<GradientExchange> blocking_exchange(Communicator& communicator, std::vector<Bucket> buckets);

// Sends each bucket when it is started. Each rank adds up one part of it in the order of the ranks, and sends the sums to the others: every element is sent and received 2 (R - 1) / R
// times by each of R ranks, and its bits do not depend on the buckets. For few ranks: a bucket takes 2 (R - 1) messages, and one for two ranks on two nodes. As bfloat16, what is sent is rounded,
// the gradients of a rank and the sums that are sent on; the sums are made in f32.
std::unique_ptr<GradientExchange> direct_exchange(Communicator& communicator, std::vector<Bucket> buckets, Wire wire = Wire::f32);

// Direct for as many ranks as that is good for, else blocking. MPI adds up no bfloat16: these always go directly.
std::unique_ptr<GradientExchange> gradient_exchange(Communicator& communicator, std::vector<Bucket> buckets, Wire wire = Wire::f32);

// The sums of all ranks in place, at once. Collective.
void sum_over_ranks(Communicator& communicator, std::span<float> values, Wire wire);

}  // namespace teranga
