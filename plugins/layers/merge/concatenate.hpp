// SPDX-License-Identifier: Apache-2.0
// Inputs one behind the other along an axis, and their masks: along the last axis a step is kept that any input keeps, along another the masks too
// lie one behind the other. An input without a mask keeps all its steps, if another one has a mask.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "equal_inputs.hpp"

namespace teranga::layers {

struct Concatenate {
  static sdk::LayerInfo info() {
    sdk::LayerInfo i = merge_facts("concatenate", "Joins two or more inputs along an axis", "y = [x_0, x_1, ...]");
    i.options = {sdk::integer("axis", -1).says("axis along which the inputs are joined; not 0, which counts the samples; negative numbers count from the end")};
    return i;
  }
  std::int64_t axis;
  explicit Concatenate(const sdk::Options& options) : axis(options.integer("axis")) {
    if (axis == 0) throw sdk::OptionError("axis", "is 0, the axis of samples, which cannot be concatenated", "axis = -1");
  }

  struct Runs {
    std::int64_t per_sample = 1;         // runs of each input in a sample
    std::vector<std::int64_t> lengths;   // elements of a run, by input
    bool along_last = true;
    std::int64_t total = 0;
    std::int64_t last = 1;               // elements that one number of the output's mask stands for
  };
  Runs plan(sdk::LayerPlan& p) const {
    if (p.inputs() < 2) throw sdk::ShapeError("concatenate expects two or more inputs, found " + std::to_string(p.inputs()), "input", "input = [\"first\", \"second\"], with the names of two layers");
    const sdk::Shape& first = p.real_input(0).shape;
    const std::int64_t at = axis < 0 ? axis + first.rank() : axis;
    if (at < 1 || at >= first.rank()) throw sdk::OptionError("axis", "is " + std::to_string(axis) + ", which an input of shape " + first.text() + " does not have", first.rank() > 1 ? "axis = -1" : "add a layer of type \"reshape\" with target_shape = [1] before it");
    Runs runs;
    for (std::int64_t i = 1; i < at; ++i) runs.per_sample *= first[i];
    sdk::Shape y = first;
    y[at] = 0;
    for (std::int32_t i = 0; i < p.inputs(); ++i) {
      const sdk::Input& x = p.real_input(i);
      sdk::Shape like = first;
      if (x.shape.rank() == first.rank()) like[at] = x.shape[at];
      if (like != x.shape)
        throw sdk::ShapeError("concatenate expects inputs that differ along axis " + std::to_string(axis) + " only, found " + first.text() + " and, as input " +
                                  std::to_string(i + 1) + ", " + x.shape.text(),
                              x.name);
      y[at] += x.shape[at];
      runs.lengths.push_back(x.shape.product(static_cast<std::size_t>(at)));
      runs.total += runs.lengths.back();
    }
    bool masked = false;
    for (std::int32_t i = 0; i < p.inputs(); ++i) masked = masked || p.input(i).mask_rank > 0;
    p.output(y, {.flags = masked ? TRG_MASK_PRODUCED : 0, .mask_rank = masked ? y.rank() - 1 : 0});
    runs.along_last = at == y.rank() - 1;
    runs.last = y.last();
    return runs;
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Runs& runs) const {
    if (s.out_mask(0)) join_masks(s, runs);
    T* to = s.out(0).data;
    for (std::size_t k = 0; k < runs.lengths.size(); to += runs.lengths[k++]) {
      const T* from = s.in(static_cast<int>(k)).data;
      const std::int64_t length = runs.lengths[k];
      for (std::int64_t r = 0; r < s.samples() * runs.per_sample; ++r) std::memcpy(to + r * runs.total, from + r * length, static_cast<std::size_t>(length) * sizeof(T));
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const Runs& runs) const {
    const auto dy = s.d_out(0);
    const T* from = dy.data;
    for (std::size_t k = 0; k < runs.lengths.size(); ++k) {
      const auto dx = s.d_in(static_cast<int>(k));
      const std::int64_t length = runs.lengths[k];
      if (dx && !dy) sdk::pass_on(dy, dx);
      for (std::int64_t r = 0; dx && dy && r < s.samples() * runs.per_sample; ++r)
        std::memcpy(dx.data + r * length, from + r * runs.total, static_cast<std::size_t>(length) * sizeof(T));
      if (dy) from += length;
    }
  }

 private:
  template <class T>
  static void join_masks(const sdk::Slice<T>& s, const Runs& runs) {
    const auto y = s.out_mask(0);
    std::fill_n(y.data, y.count(), std::uint8_t{0});
    std::int64_t offset = 0;
    for (std::size_t k = 0; k < runs.lengths.size(); ++k) {
      const auto mask = s.mask(static_cast<int>(k));
      // Numbers of the output's mask in a run of this input, and of the input's mask that one stands for.
      const std::int64_t own = runs.along_last ? 1 : runs.lengths[k] / runs.last, stride = runs.along_last ? 1 : runs.total / runs.last;
      const std::int64_t count = s.samples() * runs.per_sample * own, below = mask ? std::max<std::int64_t>(1, count / mask.count()) : 1;
      for (std::int64_t i = 0; i < count; ++i) {
        std::uint8_t& to = y.data[i / own * stride + offset + i % own];
        to = to || !mask || mask.data[i / below];
      }
      if (!runs.along_last) offset += own;
    }
  }
};

}  // namespace teranga::layers
