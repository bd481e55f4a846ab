// SPDX-License-Identifier: Apache-2.0
#include "gradient_reducer.hpp"

#include "memory_plan.hpp"
#include "vector_sum.hpp"

#include <teranga/parallel/past_caches.hpp>

#include <algorithm>
#include <cstring>

namespace teranga::model {

void GradientReducer::add_up(std::size_t parameter) {
  constexpr std::size_t chunk = 4096;
  const Parameter& p = store_.parameters()[parameter];
  offsets_[parameter] = elements_;
  for (std::size_t at = 0; at < p.count; at += chunk) chunks_.push_back({elements_ + at, p.offset + at, std::min(chunk, p.count - at), parameter});
  elements_ += padded(p.count);
}

void GradientReducer::clear_before(std::size_t parameter) {
  const Parameter& p = store_.parameters()[parameter];
  const std::pair<void*, std::size_t> gradient{store_.gradient(p), p.count * size_of(store_.type())};
  if (std::ranges::find(cleared_, gradient) == cleared_.end()) cleared_.push_back(gradient);
}

void GradientReducer::complete() {
  std::ranges::stable_sort(chunks_, {}, [&](const Chunk& one) {
    const Parameter& p = store_.parameters()[one.parameter];
    return team_.owner(static_cast<std::int64_t>(one.gradient - p.offset), static_cast<std::int64_t>(p.count));
  });
}

std::optional<std::size_t> GradientReducer::offset(std::size_t parameter) const {
  return offsets_[parameter] ? std::optional(*offsets_[parameter] * size_of(store_.type())) : std::nullopt;
}

double GradientReducer::cleared_bytes() const {
  double bytes = 0;
  for (const auto& [data, count] : cleared_) bytes += static_cast<double>(count);
  return bytes;
}

void GradientReducer::clear() const {
  for (const auto& [data, bytes] : cleared_) std::memset(data, 0, bytes);
}

void GradientReducer::clear_partial(char* partial) const {
  if (team_.far_apart()) clear_past_caches(partial, partial_bytes());  // others have summed up parts of it
  else std::memset(partial, 0, partial_bytes());
}

// out = ((p0 + p1) + p2) + ..., in pieces that stay in the nearest cache.
template <class T>
void GradientReducer::add_up(const Chunk& chunk, const char* partials, std::size_t slices) const {
  T* const out = static_cast<T*>(store_.gradients()) + chunk.gradient;
  const T* const first = reinterpret_cast<const T*>(partials) + chunk.partial;
  std::memcpy(out, first, chunk.count * sizeof(T));
  for (std::size_t slice = 1; slice < slices; ++slice) add(out, first + slice * elements_, static_cast<std::int64_t>(chunk.count));
}

void GradientReducer::reduce(const char* partials, std::size_t slices, Profile* profile) const {
  const LoopWatch watch(profile, wait_);
  const auto sum = [&](std::int64_t i, int worker) {
    LapTimer lap(profile, worker);
    const Chunk& chunk = chunks_[static_cast<std::size_t>(i)];
    if (store_.type() == ElementType::f64) add_up<double>(chunk, partials, slices);
    else add_up<float>(chunk, partials, slices);
    lap.done(chunk.work);
  };
  constexpr std::size_t few = 16384;  // numbers that one thread sums up sooner than another one takes its share
  const auto count = static_cast<std::int64_t>(chunks_.size());
  if (elements_ * slices > few) return team_.for_each(count, sum);
  for (std::int64_t i = 0; i < count; ++i) sum(i, 0);
}

void GradientReducer::watch(std::size_t slices, const std::function<int(const std::string&, Pass)>& row) {
  const double element = static_cast<double>(size_of(store_.type()));
  for (Chunk& chunk : chunks_) chunk.work = {row(store_.parameters()[chunk.parameter].layer + " (sum of slices)", Pass::gradient), 0, (static_cast<double>(slices) + 1) * element * static_cast<double>(chunk.count)};
  wait_ = row("sums of slices", Pass::wait);
}

}  // namespace teranga::model
