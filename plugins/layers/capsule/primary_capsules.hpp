// SPDX-License-Identifier: Apache-2.0
// Primary capsules: a convolution whose output channels are cut into vectors, which are squashed. x (N, H, W, C) -> y (N, h w num_channels, dim_capsule). The vectors of a cell lie one after
// another, the cells in rows. Made of conv2d, reshape and squash, so that the convolution is the fast one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/composite.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct PrimaryCapsules {
  static sdk::Info info() {
    return {.name = "teranga.primary_capsules",
            .author = "Teranga",
            .summary = "Capsules made by a convolution: its channels, cut into vectors that are squashed",
            .formula = "y = squash(reshape(conv2d(x), (-1, dim_capsule)))",
            .source = "Sabour, Frosst and Hinton 2017, arXiv 1710.09829, section 4",
            .options = {sdk::integer("num_channels").in(1, 1 << 20).says("capsules of each cell of the convolution's output; the paper has 32"),
                        sdk::integer("dim_capsule").in(1, 1 << 20).says("numbers of each capsule; the paper has 8"),
                        sdk::integers("kernel_size").expands_to(2).at_least(1).says("extent of the kernel, one number for both axes or one for each"),
                        sdk::integers("strides", {1, 1}).expands_to(2).at_least(1).says("steps of the kernel from one output to the next"),
                        sdk::text("padding", "valid").choices({"valid", "same"}).says("valid: none; same: the image keeps its size (at stride 1)"),
                        sdk::boolean("use_bias", true).says("whether a bias is added to each output channel"),
                        sdk::component("kernel_initializer", "initializer", "glorot_uniform").says("first values of the kernel"),
                        sdk::component("bias_initializer", "initializer", "zeros").says("first values of the bias"),
                        sdk::component("kernel_regularizer", "regularizer").says("penalty on the kernel"),
                        sdk::component("bias_regularizer", "regularizer").says("penalty on the bias")}};
  }

  std::vector<trg_option> of_convolution;  // with what they point to, they live as long as this
  std::int64_t channels, length;
  explicit PrimaryCapsules(const sdk::Options& options) : channels(options.integer("num_channels")), length(options.integer("dim_capsule")) {
    for (const trg_option& option : options)
      if (const std::string_view name = option.name; name != "num_channels" && name != "dim_capsule") of_convolution.push_back(option);
  }

  void expand(sdk::Composite& c) const {
    if (c.inputs() != 1) throw sdk::ShapeError("primary_capsules expects one input, found " + std::to_string(c.inputs()), "input");
    std::vector<trg_option> options = of_convolution;
    options.push_back({"filters", whole(channels * length)});
    const std::int32_t convolution = c.add({.type = "teranga.conv2d", .name = "conv2d", .options = made_of(options), .inputs = {c.own(0)}});
    const trg_value extents[] = {whole(-1), whole(length)};
    trg_option shape{"target_shape", {}};
    shape.value.kind = TRG_LIST;
    shape.value.items = extents;
    shape.value.count = 2;
    const std::int32_t cut = c.add({.type = "teranga.reshape", .name = "reshape", .options = made_of({shape}), .inputs = {{convolution, 0}}});
    c.output("output", {c.add({.type = "teranga.squash", .name = "squash", .inputs = {{cut, 0}}}), 0});
  }

 private:
  static trg_value whole(std::int64_t number) {
    trg_value value{};
    value.kind = TRG_INTEGER;
    value.integer = number;
    value.real = static_cast<double>(number);
    return value;
  }
  static sdk::PartOptions made_of(const std::vector<trg_option>& options) {
    trg_value all{};
    all.kind = TRG_COMPONENT;
    all.options = options.data();
    all.count = static_cast<std::int32_t>(options.size());
    return sdk::PartOptions(sdk::Component(&all));
  }
};

}  // namespace teranga::layers
