// SPDX-License-Identifier: Apache-2.0
// The mask of a merge of equal inputs, as Keras's compute_mask has it: where every input has a mask, a step is kept that any of them keeps; where one
// has none, neither has the output.
#pragma once

#include <algorithm>

#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

// Leading axes of the merged mask; 0: none.
inline std::int32_t merged_mask_rank(const sdk::LayerPlan& p) {
  std::int32_t rank = 0;
  for (std::int32_t i = 0; i < p.inputs(); ++i) {
    if (p.input(i).mask_rank == 0) return 0;
    rank = std::max(rank, p.input(i).mask_rank);
  }
  return rank;
}

// A mask of fewer axes counts for all that lies below it.
template <class T>
void merge_masks(const sdk::Slice<T>& s, int inputs) {
  const auto y = s.out_mask(0);
  if (!y) return;
  std::fill_n(y.data, y.count(), std::uint8_t{0});
  for (int k = 0; k < inputs; ++k) {
    const auto mask = s.mask(k);
    const std::int64_t below = y.count() / mask.count();
    for (std::int64_t i = 0; i < y.count(); ++i) y.data[i] = y.data[i] || mask.data[i / below];
  }
}

// Whether the mask of input k, if it has one, keeps the element.
template <class T>
bool keeps(const sdk::Slice<T>& s, int k, std::int64_t element) {
  const auto mask = s.mask(k);
  return !mask || mask.data[element / (s.in(k).count() / mask.count())];
}

// body(first element, elements) for the parts of an input that no mask tells apart.
template <class T, class F>
void for_runs(const sdk::Slice<T>& s, int inputs, F&& body) {
  const std::int64_t count = s.in(0).count();
  std::int64_t run = count;
  for (int k = 0; k < inputs; ++k)
    if (const auto mask = s.mask(k)) run = std::min(run, count / mask.count());
  for (std::int64_t at = 0; at < count; at += run) body(at, run);
}

}  // namespace teranga::layers
