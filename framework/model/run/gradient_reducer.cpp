// SPDX-License-Identifier: Apache-2.0
#include "run/gradient_reducer.hpp"

#include "run/vector_sum.hpp"

#include <teranga/parallel/past_caches.hpp>

#include <cstring>

namespace teranga::model {

double GradientReducer::cleared_bytes() const {
  double bytes = 0;
  for (const GradientPlan::Bytes& one : plan_.cleared) bytes += static_cast<double>(one.count);
  return bytes;
}

void GradientReducer::clear() const {
  for (const GradientPlan::Bytes& one : plan_.cleared) std::memset(static_cast<char*>(store_.gradients()) + one.offset, 0, one.count);
}

void GradientReducer::clear_partial(char* partial) const {
  if (team_.far_apart()) clear_past_caches(partial, plan_.partial_bytes);  // others have summed up parts of it
  else std::memset(partial, 0, plan_.partial_bytes);
}

// out = ((p0 + p1) + p2) + ..., or (((out + p0) + p1) + p2) + ..., in pieces that stay in the nearest cache.
template <class T>
void GradientReducer::add_up(const GradientPlan::Chunk& chunk, const char* partials, std::size_t slices, bool onto) const {
  T* const out = static_cast<T*>(store_.gradients()) + chunk.gradient;
  const T* const first = reinterpret_cast<const T*>(partials) + chunk.partial;
  const std::size_t elements = plan_.partial_bytes / sizeof(T);
  if (onto) add(out, first, static_cast<std::int64_t>(chunk.count));
  else std::memcpy(out, first, chunk.count * sizeof(T));
  for (std::size_t slice = 1; slice < slices; ++slice) add(out, first + slice * elements, static_cast<std::int64_t>(chunk.count));
}

void GradientReducer::reduce(std::size_t bucket, const char* partials, std::size_t slices, bool onto, Profile* profile) const {
  const std::size_t begin = plan_.of_bucket[bucket].begin, end = plan_.of_bucket[bucket].end;
  if (begin == end) return;
  const LoopWatch watch(profile, wait_);
  std::size_t numbers = 0;
  for (std::size_t i = begin; i < end; ++i) numbers += plan_.chunks[i].count * slices;
  const auto sum = [&](std::int64_t i, int worker) {
    LapTimer lap(profile, worker);
    const std::size_t number = begin + static_cast<std::size_t>(i);
    if (store_.type() == ElementType::f64) add_up<double>(plan_.chunks[number], partials, slices, onto);
    else add_up<float>(plan_.chunks[number], partials, slices, onto);
    lap.done(works_[number]);
  };
  constexpr std::size_t few = 16384;  // numbers that one thread sums up sooner than another one takes its share
  const auto count = static_cast<std::int64_t>(end - begin);
  if (numbers > few) return team_.for_each(count, sum);
  for (std::int64_t i = 0; i < count; ++i) sum(i, 0);
}

void GradientReducer::watch(std::size_t slices, const std::function<int(const std::string&, Pass)>& row) {
  const double element = static_cast<double>(size_of(store_.type()));
  for (std::size_t i = 0; i < works_.size(); ++i) {
    const GradientPlan::Chunk& chunk = plan_.chunks[i];
    works_[i] = {row(store_.parameters()[chunk.parameter].layer + " (sum of slices)", Pass::gradient), 0, (static_cast<double>(slices) + 1) * element * static_cast<double>(chunk.count)};
  }
  wait_ = row("sums of slices", Pass::wait);
}

}  // namespace teranga::model
