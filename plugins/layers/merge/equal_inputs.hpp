// SPDX-License-Identifier: Apache-2.0
// What the element-wise merging layers share: two or more inputs of one shape.
#pragma once

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

#include "merged_mask.hpp"

namespace teranga::layers {

namespace sdk = teranga::sdk;

inline sdk::LayerInfo merge_facts(const std::string& name, const std::string& summary, const std::string& formula) {
  return {.name = "teranga." + name, .author = "Teranga", .summary = summary, .formula = formula, .source = "https://keras.io/api/layers/merging_layers/" + name + "/"};
}

// Declares the output; gives the number of inputs.
inline int plan_equal_inputs(sdk::LayerPlan& p, const char* who, int exactly, bool reads_inputs, std::int32_t output_flags) {
  if (p.inputs() < 2 || (exactly > 0 && p.inputs() != exactly))
    throw sdk::ShapeError(std::string(who) + (exactly > 0 ? " expects exactly " + std::to_string(exactly) : std::string(" expects two or more")) + " inputs, found " +
                              std::to_string(p.inputs()),
                          "input", "input = [\"first\", \"second\"]");
  const sdk::Shape& shape = p.real_input(0).shape;
  const std::int32_t mask_rank = merged_mask_rank(p);
  for (std::int32_t i = 0; i < p.inputs(); ++i) {
    const sdk::Input& x = p.real_input(i);
    if (x.shape != shape)
      throw sdk::ShapeError(std::string(who) + " expects inputs of one shape, found " + shape.text() + " and, as input " + std::to_string(i + 1) + ", " + x.shape.text(), x.name,
                            "bring them to one shape by a layer of type \"dense\", \"conv2d\" or \"reshape\" before");
    p.input_flags(x, (mask_rank > 0 || (reads_inputs && x.mask_rank > 0) ? TRG_MASK_CONSUMED : TRG_MASK_ENDS) | (reads_inputs ? TRG_READ_IN_BACKWARD : 0));
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
