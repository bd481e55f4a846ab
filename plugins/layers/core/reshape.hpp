// SPDX-License-Identifier: Apache-2.0
// Layers that give the same numbers another shape: flatten and reshape. Their output may be their input's memory.
#pragma once

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

// Of any element type: plan() gives the bytes of an element.
struct SameNumbers {
  static std::int64_t declare(sdk::LayerPlan& p, const sdk::Input& x, const sdk::Shape& y) {
    const bool real = x.type == p.type();
    if (!real) p.input_flags(x, TRG_NO_GRADIENT);
    p.output(y, {.type = x.type, .flags = TRG_SAME_BYTES | (real ? 0 : TRG_NO_GRADIENT), .shares_with = 0});
    return x.type == TRG_U8 ? 1 : x.type == TRG_F64 || x.type == TRG_I64 ? 8 : 4;
  }
  template <class T>
  void forward(const sdk::Slice<T>& s, const std::int64_t& element) const {
    const auto x = s.template in_as<char>(0);
    if (s.out(0).data != static_cast<const void*>(x.data)) std::memcpy(s.out(0).data, x.data, static_cast<std::size_t>(x.count() * element));
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const std::int64_t&) const { sdk::pass_on(s.d_out(0), s.d_in(0)); }
};

struct Flatten : SameNumbers {
  static sdk::LayerInfo info() {
    return {.name = "teranga.flatten", .author = "Teranga", .summary = "Joins all axes of a sample into one", .formula = "(N, a, b, ...) -> (N, a b ...)",
            .source = "https://keras.io/api/layers/reshaping_layers/flatten/"};
  }
  explicit Flatten(const sdk::Options&) {}
  std::int64_t plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.input(0);
    return declare(p, x, {x.shape[0], x.shape.row()});
  }
};

struct Reshape : SameNumbers {
  static sdk::LayerInfo info() {
    return {.name = "teranga.reshape", .author = "Teranga", .summary = "Another shape for each sample", .formula = "(N, ...) -> (N, target_shape)",
            .source = "https://keras.io/api/layers/reshaping_layers/reshape/",
            .options = {sdk::integers("target_shape").says("shape of a sample, without the axis of samples; one length may be -1: it follows from the others")}};
  }
  std::vector<std::int64_t> target;
  explicit Reshape(const sdk::Options& options) : target(options.integers("target_shape")) {
    int open = 0;
    for (const std::int64_t extent : target) {
      if (extent == 0 || extent < -1) throw sdk::OptionError("target_shape", "has the extent " + std::to_string(extent) + "; extents are positive, or -1 once");
      open += extent == -1;
    }
    if (open > 1) throw sdk::OptionError("target_shape", "has -1 more than once, so that the shape is open");
  }
  std::int64_t plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.input(0);
    const std::int64_t row = x.shape.row();
    std::int64_t known = 1;
    for (const std::int64_t extent : target) known *= extent == -1 ? 1 : extent;
    sdk::Shape y{x.shape[0]};
    bool open = false;
    for (const std::int64_t extent : target) {
      open = open || extent == -1;
      y.push_back(extent == -1 ? row / known : extent);
    }
    if (open ? row % known != 0 : row != known) {
      sdk::Shape wanted{0};
      for (const std::int64_t extent : target) wanted.push_back(extent);
      throw sdk::ShapeError("reshape cannot make " + wanted.text() + " (" + std::to_string(known) + (open ? " numbers times what is left" : " numbers a sample") +
                                ") of an input of shape " + x.shape.text() + " (" + std::to_string(row) + " numbers a sample)",
                            x.name, "target_shape = " + fitting_target(row));
    }
    return declare(p, x, y);
  }

  // The target with another last extent where that fits, else a flat one.
  std::string fitting_target(std::int64_t row) const {
    std::int64_t before_last = 1;
    std::string text = "[";
    for (std::size_t i = 0; i + 1 < target.size(); ++i) {
      before_last *= target[i];
      text += std::to_string(target[i]) + ", ";
    }
    return before_last > 0 && row % before_last == 0 ? text + std::to_string(row / before_last) + "]" : "[" + std::to_string(row) + "]";
  }
};

}  // namespace teranga::layers
