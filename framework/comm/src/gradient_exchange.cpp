// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/gradient_exchange.hpp>

#include <teranga/core/error.hpp>

#include <numeric>

#include <fmt/format.h>

namespace teranga {
namespace {

class BlockingExchange final : public GradientExchange {
 public:
  BlockingExchange(Communicator& communicator, std::vector<Bucket> buckets)
      : GradientExchange(std::move(buckets)), communicator_(communicator) {}

  void start(std::size_t bucket, std::span<float> values) override {
    if (bucket != next_ || bucket >= buckets().size() || values.size() != buckets()[bucket].count)
      throw Error(ExitCode::failure, fmt::format("gradient bucket {} of {} elements was started where bucket {} of {} was due", bucket,
                                                 values.size(), next_, next_ < buckets().size() ? buckets()[next_].count : 0));
    communicator_.sum(values);
    ++next_;
  }

  void finish() override {
    if (next_ != buckets().size())
      throw Error(ExitCode::failure, fmt::format("the gradient exchange ended after {} of {} buckets", next_, buckets().size()));
    next_ = 0;
  }

 private:
  Communicator& communicator_;
  std::size_t next_ = 0;
};

}  // namespace

std::vector<Bucket> plan_buckets(std::span<const std::size_t> segment_counts, BucketSizes sizes) {
  std::vector<Bucket> buckets;
  std::size_t begin = std::accumulate(segment_counts.begin(), segment_counts.end(), std::size_t{0});
  bool open = false;
  for (std::size_t segment = segment_counts.size(); segment-- > 0;) {
    if (!open) buckets.emplace_back();
    Bucket& bucket = buckets.back();
    begin -= segment_counts[segment];
    bucket.first_segment = segment;
    bucket.begin = begin;
    bucket.count += segment_counts[segment];
    ++bucket.segments;
    open = bucket.count * sizeof(float) < (buckets.size() == 1 ? sizes.first_bytes : sizes.other_bytes);
  }
  return buckets;
}

std::unique_ptr<GradientExchange> blocking_exchange(Communicator& communicator, std::vector<Bucket> buckets) {
  return std::make_unique<BlockingExchange>(communicator, std::move(buckets));
}

}  // namespace teranga
