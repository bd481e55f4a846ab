// SPDX-License-Identifier: Apache-2.0
// Fisher-Yates over draws that depend on (seed, epoch, position) alone; queues by bucket over it.
#include <teranga/data/order.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace teranga::data {

namespace {

// The finalizer of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

constexpr std::uint64_t golden = 0x9e3779b97f4a7c15u;

__extension__ using Wide = unsigned __int128;

void shuffle(std::vector<std::int64_t>& what, std::uint64_t stream) {
  for (std::size_t i = what.size(); i > 1; --i) {
    const std::uint64_t bits = mix(stream + i * golden);
    const auto chosen = static_cast<std::size_t>(static_cast<Wide>(bits) * i >> 64);  // uniform in [0, i) but for 2^-64 i
    std::swap(what[i - 1], what[chosen]);
  }
}

}  // namespace

std::uint64_t stream_of(const OrderKey& key) noexcept { return mix(mix(key.seed + golden) ^ (static_cast<std::uint64_t>(key.epoch) * golden)); }

void Order::assign(const OrderKey& key) {
  count_ = key.count;
  permutation_.clear();
  if (!key.shuffle) return;
  permutation_.resize(static_cast<std::size_t>(key.count));
  std::iota(permutation_.begin(), permutation_.end(), std::int64_t{0});
  shuffle(permutation_, stream_of(key));
}

BatchOrder::BatchOrder(std::int64_t batch_size, std::int64_t count, std::vector<std::size_t> bucket_of) : batch_size_(batch_size), count_(count), bucket_of_(std::move(bucket_of)) {
  std::vector<std::int64_t> counts{bucket_of_.empty() ? count : 0};
  for (const std::size_t bucket : bucket_of_) {
    if (bucket >= counts.size()) counts.resize(bucket + 1);
    ++counts[bucket];
  }
  for (const std::int64_t samples : counts) {
    full_ += samples / batch_size;
    if (samples % batch_size > 0) rests_.push_back(samples % batch_size);
  }
  waiting_.resize(bucket_of_.empty() ? 0 : counts.size());
}

std::int64_t BatchOrder::rows_of_first(std::int64_t batches) const noexcept {
  const std::int64_t short_ones = std::clamp<std::int64_t>(batches - full_, 0, static_cast<std::int64_t>(rests_.size()));
  return std::accumulate(rests_.begin(), rests_.begin() + short_ones, std::min(batches, full_) * batch_size_);
}

void BatchOrder::assign(std::uint64_t seed, std::int64_t epoch, bool shuffle) {
  order_.assign({seed, epoch, count_, shuffle});
  if (waiting_.empty()) return;
  sorted_.clear(), runs_.clear();
  const auto go = [&](std::size_t bucket) {
    std::vector<std::int64_t>& samples = waiting_[bucket];
    if (samples.empty()) return;
    sorted_.insert(sorted_.end(), samples.begin(), samples.end());
    samples.clear();
    runs_.push_back({static_cast<std::int64_t>(sorted_.size()), bucket});
  };
  for (std::int64_t position = 0; position < count_; ++position) {
    const std::int64_t sample = order_[position];
    const std::size_t bucket = bucket_of_[static_cast<std::size_t>(sample)];
    waiting_[bucket].push_back(sample);
    if (static_cast<std::int64_t>(waiting_[bucket].size()) == batch_size_) go(bucket);
  }
  for (std::size_t bucket = 0; bucket < waiting_.size(); ++bucket) go(bucket);
}

Cut BatchOrder::cut(std::int64_t position) const noexcept {
  if (sorted_.empty()) return {position / batch_size_, std::min(batch_size_, count_ - position), 0};
  const auto run = std::upper_bound(runs_.begin(), runs_.end(), position, [](std::int64_t at, const Run& one) { return at < one.end; });
  return {run - runs_.begin(), run->end - position, run->bucket};
}

std::int64_t BlockOrder::blocks_of_window() const noexcept { return std::max<std::int64_t>(1, layout_.window / layout_.rows); }

std::int64_t BlockOrder::most_rows() const noexcept { return std::min(layout_.count, std::max(layout_.rows, layout_.window / layout_.rows * layout_.rows)); }

BlockOrder::Run BlockOrder::run_of(std::int64_t block) const noexcept {
  const std::int64_t first = std::max<std::int64_t>(0, block * layout_.rows - layout_.into);
  return {first, std::min(layout_.count, (block + 1) * layout_.rows - layout_.into) - first};
}

void BlockOrder::assign(std::uint64_t seed, std::int64_t epoch, bool shuffled) {
  key_ = {seed, epoch, blocks(), shuffled};
  blocks_.assign(key_);
  ends_.clear();
  std::int64_t end = 0;
  for (std::int64_t block = 0; block < blocks(); ++block) {
    end += run_of(blocks_[block]).rows;
    if ((block + 1) % blocks_of_window() == 0 || block + 1 == blocks()) ends_.push_back(end);
  }
}

std::int64_t BlockOrder::window_of(std::int64_t position) const noexcept { return std::upper_bound(ends_.begin(), ends_.end(), position) - ends_.begin(); }

void BlockOrder::runs(std::int64_t window, std::vector<Run>& to) const {
  to.clear();
  const std::int64_t begin = window * blocks_of_window();
  for (std::int64_t block = begin; block < std::min(blocks(), begin + blocks_of_window()); ++block) to.push_back(run_of(blocks_[block]));
}

void BlockOrder::order(std::int64_t window, std::vector<std::int64_t>& to) const {
  to.resize(static_cast<std::size_t>(end(window) - begin(window)));
  std::iota(to.begin(), to.end(), std::int64_t{0});
  if (key_.shuffle) shuffle(to, mix(stream_of(key_) + static_cast<std::uint64_t>(window) + 1));
}

Share share_of(std::int64_t global_rows, RankOf who) noexcept {
  const std::int64_t units = (global_rows + who.unit - 1) / who.unit, each = units / who.ranks, left = units % who.ranks;
  const std::int64_t first = who.rank * each + std::min<std::int64_t>(who.rank, left), end = first + each + (who.rank < left ? 1 : 0);
  const auto rows_of = [&](std::int64_t count) { return std::min(global_rows, count * who.unit); };
  return {rows_of(first), rows_of(end) - rows_of(first)};
}

}  // namespace teranga::data
