// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/gradient_exchange.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include "exchange_checks.hpp"

namespace teranga {
namespace {

constexpr int most_direct_ranks = 32;  // beyond, the messages of a bucket become too many and too small

class BlockingExchange final : public GradientExchange {
 public:
  BlockingExchange(Communicator& communicator, std::vector<Bucket> buckets)
      : GradientExchange(std::move(buckets)), communicator_(communicator), started_(this->buckets().size()) {}

  void start(std::size_t bucket, std::span<float> values) override {
    require_start(*this, bucket, values, bucket < started_.size() && started_[bucket]);
    started_[bucket] = values;
  }

  void finish() override {
    require_all(*this, static_cast<std::size_t>(std::ranges::count_if(started_, [](const auto& values) { return values.has_value(); })));
    for (auto& values : started_) communicator_.sum(*std::exchange(values, std::nullopt));
  }

 private:
  Communicator& communicator_;
  std::vector<std::optional<std::span<float>>> started_;
};

}  // namespace

BucketSizes usual_sizes(std::size_t bytes) noexcept {
  BucketSizes sizes;
  sizes.other_bytes = std::clamp(bytes / 8, sizes.first_bytes, sizes.other_bytes);
  return sizes;
}

std::vector<Bucket> plan_buckets(std::span<const Segment> segments) {
  std::size_t elements = 0;
  for (const Segment& segment : segments) elements += segment.count;
  return plan_buckets(segments, usual_sizes(elements * sizeof(float)));
}

std::vector<Bucket> plan_buckets(std::span<const Segment> segments, BucketSizes sizes) {
  std::vector<Bucket> buckets;
  bool open = false;
  for (std::size_t i = segments.size(); i-- > 0;) {
    const Segment& segment = segments[i];
    if (!open || segment.begin + segment.count != buckets.back().begin) buckets.emplace_back();
    Bucket& bucket = buckets.back();
    bucket.first_segment = i;
    bucket.begin = segment.begin;
    bucket.count += segment.count;
    ++bucket.segments;
    open = bucket.count * sizeof(float) < (buckets.size() == 1 ? sizes.first_bytes : sizes.other_bytes);
  }
  return buckets;
}

std::unique_ptr<GradientExchange> blocking_exchange(Communicator& communicator, std::vector<Bucket> buckets) {
  return std::make_unique<BlockingExchange>(communicator, std::move(buckets));
}

std::unique_ptr<GradientExchange> gradient_exchange(Communicator& communicator, std::vector<Bucket> buckets, Wire wire) {
  const bool blocks = wire == Wire::f32 && communicator.size() > most_direct_ranks;
  return blocks ? blocking_exchange(communicator, std::move(buckets)) : direct_exchange(communicator, std::move(buckets), wire);
}

}  // namespace teranga
