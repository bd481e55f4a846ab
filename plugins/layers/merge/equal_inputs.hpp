// SPDX-License-Identifier: Apache-2.0
// What the element-wise merging layers share: two or more inputs of one shape.
#pragma once

#include <algorithm>
#include <string>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

#include "merged_mask.hpp"

namespace teranga::layers {

namespace sdk = teranga::sdk;

inline sdk::LayerInfo merge_facts(const std::string& name, const std::string& summary, const std::string& formula) {
  return {.name = "teranga." + name, .author = "Teranga", .summary = summary, .formula = formula, .source = "https://keras.io/api/layers/merging_layers/" + name + "/"};
}

// The layer that brings an input of the shape `other` to that of the first one; empty where one layer does not do it.
inline std::string hint_for_one_shape(const sdk::Shape& first, const sdk::Shape& other, std::int32_t number) {
  const std::string between = "put a layer between input " + std::to_string(number) + " and this one: type = ";
  if (first.rank() > 1 && first.rank() == other.rank() && std::equal(first.begin(), first.end() - 1, other.begin())) return between + "\"dense\", units = " + std::to_string(first.last());
  if (first.row() != other.row()) return {};
  std::string target;
  for (std::int32_t axis = 1; axis < first.rank(); ++axis) target.append(axis > 1 ? ", " : "").append(std::to_string(first[axis]));
  return between + "\"reshape\", target_shape = [" + target + "]";
}

// Declares the output; gives the number of inputs.
inline int plan_equal_inputs(sdk::LayerPlan& p, const char* who, int exactly, bool reads_inputs, std::int32_t output_flags) {
  if (p.inputs() < 2 || (exactly > 0 && p.inputs() != exactly))
    throw sdk::ShapeError(std::string(who) + (exactly > 0 ? " expects exactly " + std::to_string(exactly) : std::string(" expects two or more")) + " inputs, found " +
                              std::to_string(p.inputs()),
                          "input", "input = [\"first\", \"second\"], with the names of two layers");
  const sdk::Shape& shape = p.real_input(0).shape;
  const std::int32_t mask_rank = merged_mask_rank(p);
  for (std::int32_t i = 0; i < p.inputs(); ++i) {
    const sdk::Input& x = p.real_input(i);
    if (x.shape != shape)
      throw sdk::ShapeError(std::string(who) + " expects inputs of one shape, found " + shape.text() + " and, as input " + std::to_string(i + 1) + ", " + x.shape.text(), x.name,
                            hint_for_one_shape(shape, x.shape, i + 1));
    if (reads_inputs) p.read_in_backward(x);
  }
  p.output(shape, {.flags = output_flags | (mask_rank > 0 ? TRG_MASK_PRODUCED : 0), .shares_with = reads_inputs ? -1 : 0, .mask_rank = mask_rank});
  return p.inputs();
}

// dx = factor dy, for a wanted dx.
template <class T>
void pass_scaled(const sdk::Slice<T>& s, int input, T factor) {
  const auto dx = s.d_in(input);
  const auto dy = s.d_out(0);
  if (!dx || !dy || factor == 1) return sdk::pass_on(dy, dx);
  sdk::each(dx.count(), [=](std::int64_t i) { dx.data[i] = factor * dy.data[i]; });
}

}  // namespace teranga::layers
