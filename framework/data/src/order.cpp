// SPDX-License-Identifier: Apache-2.0
// Fisher-Yates over draws that depend on (seed, epoch, position) alone.
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

}  // namespace

void Order::assign(const OrderKey& key) {
  count_ = key.count;
  permutation_.clear();
  if (!key.shuffle) return;
  permutation_.resize(static_cast<std::size_t>(key.count));
  std::iota(permutation_.begin(), permutation_.end(), std::int64_t{0});
  const std::uint64_t stream = mix(mix(key.seed + golden) ^ (static_cast<std::uint64_t>(key.epoch) * golden));
  for (std::size_t i = permutation_.size(); i > 1; --i) {
    const std::uint64_t bits = mix(stream + i * golden);
    const auto chosen = static_cast<std::size_t>(static_cast<Wide>(bits) * i >> 64);  // uniform in [0, i) but for 2^-64 i
    std::swap(permutation_[i - 1], permutation_[chosen]);
  }
}

Share share_of(std::int64_t global_rows, RankOf who) noexcept {
  const std::int64_t each = global_rows / who.ranks, left = global_rows % who.ranks;
  return {who.rank * each + std::min<std::int64_t>(who.rank, left), each + (who.rank < left ? 1 : 0)};
}

}  // namespace teranga::data
