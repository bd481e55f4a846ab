// SPDX-License-Identifier: Apache-2.0
// A learnt vector for each segment, added: y [N, T, C] = x + embeddings [S, C] at the rows that segments [N, T] name. BERT tells the two sentences of a pair apart so (arXiv
// 1810.04805); KerasHub has it within its backbone of BERT. The mask of x goes on, which a sum of two layers would not do.
#pragma once

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

#include "ids.hpp"

namespace teranga::layers {

struct SegmentEmbedding {
  static sdk::LayerInfo info() {
    return {.name = "teranga.segment_embedding",
            .author = "Teranga",
            .summary = "Adds a learnt vector for the segment of each step, as BERT does for two sentences",
            .formula = "y[n,t] = x[n,t] + embeddings[segments[n,t]]; input = [x, segments]",
            .source = "https://arxiv.org/abs/1810.04805",
            .options = {sdk::integer("segments", std::int64_t{2}).at_least(1).says("rows of the table: segments are 0 to segments - 1"),
                        sdk::component("embeddings_initializer", "initializer", "random_uniform").says("first values of the embeddings (segments, features)")}};
  }

  Vocabulary vocabulary;
  sdk::Component initializer;
  explicit SegmentEmbedding(const sdk::Options& options) : vocabulary{options.integer("segments")}, initializer(options.component("embeddings_initializer")) {}

  // The port of the segments.
  std::string plan(sdk::LayerPlan& p) const {
    const sdk::Input &x = p.real_input(0), &segments = p.input(1);
    if (x.shape.rank() < 2) throw sdk::ShapeError("segment_embedding expects a first input of rank 2 or more (samples, ..., features), found " + x.shape.text(), x.name);
    sdk::Shape steps{x.shape[0]};
    for (std::int32_t axis = 1; axis + 1 < x.shape.rank(); ++axis) steps.push_back(x.shape[axis]);
    if (segments.shape != steps) throw sdk::ShapeError("segment_embedding expects a segment for each step, " + steps.text() + ", as its second input, found " + segments.shape.text(), segments.name);
    p.input_flags(x, TRG_MASK_PASSES);
    p.input_flags(segments, TRG_NO_GRADIENT | (p.mode() == TRG_TRAINING ? TRG_READ_IN_BACKWARD : 0));
    p.output(x.shape, {.shares_with = 0});
    p.parameter("embeddings", {vocabulary.size, x.shape.last()}, sdk::chosen(initializer));
    p.cost(static_cast<double>(x.shape.count()));
    return segments.name;
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const std::string& port) const {
    const auto x = s.in(0), y = s.out(0), table = s.parameter(0);
    const std::int64_t width = x.last, per_sample = x.row / width;
    with_ids(s.native().inputs[1], [&](const auto* ids) {
      for (std::int64_t i = 0; i < x.count() / width; ++i) {
        if (!vocabulary.has(ids[i])) vocabulary.refuse(ids[i], s.first_sample() + i / per_sample, port, "segments");
        const T *from = x.data + i * width, *row = table.data + static_cast<std::int64_t>(ids[i]) * width;
        T* to = y.data + i * width;
        sdk::each(width, [=](std::int64_t c) { to[c] = from[c] + row[c]; });
      }
    });
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const std::string&) const { sdk::pass_on(s.d_out(0), s.d_in(0)); }

  template <class T>
  void backward_params(const sdk::Slice<T>& s, const std::string&) const {
    const auto dy = s.d_out(0);
    const auto de = s.d_parameter(0);
    if (!dy || !de) return;
    with_ids(s.native().inputs[1], [&](const auto* ids) {
      for (std::int64_t i = 0; i < dy.count() / dy.last; ++i) {
        const T* from = dy.data + i * dy.last;
        T* into = de.data + static_cast<std::int64_t>(ids[i]) * dy.last;
        sdk::each(dy.last, [=](std::int64_t c) { into[c] += from[c]; });
      }
    });
  }
};

}  // namespace teranga::layers
