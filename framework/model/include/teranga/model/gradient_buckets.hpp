// SPDX-License-Identifier: Apache-2.0
// Which gradients of a training step are handed over together, and when they are computed. The bits of the gradients depend on neither.
#pragma once

#include <cstddef>
#include <vector>

namespace teranga::model {

// When those gradients of a bucket are computed that do not come about slice by slice.
enum class GradientOrder {
  last,   // when backward has passed through all layers: slices stay in the caches. Buckets with many bytes for their work come first
  early,  // when backward has passed through the layers of the bucket: its messages travel while the layers before them work
};

struct GradientBuckets {
  std::vector<std::vector<std::size_t>> parameters;  // by bucket: indices into the parameters of the store
  GradientOrder order = GradientOrder::last;
};

}  // namespace teranga::model
