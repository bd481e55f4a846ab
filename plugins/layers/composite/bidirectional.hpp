// SPDX-License-Identifier: Apache-2.0
// A recurrent layer run over the sequence from both ends. The second copy goes backwards (with whole sequences, its output is turned round
// again, so that both speak of the same step), and the two are merged; masked steps are zeros then, as in Keras. Further inputs are initial
// states, the first half for the forward layer.
#pragma once

#include <string>
#include <vector>

#include <teranga/sdk/composite.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct Bidirectional {
  static sdk::Info info() {
    return {.name = "teranga.bidirectional",
            .author = "Teranga",
            .summary = "A recurrent layer run forwards and backwards",
            .formula = "y = merge(layer(x), reverse(layer'(reverse(x))))",
            .source = "https://keras.io/api/layers/recurrent_layers/bidirectional/; Schuster and Paliwal 1997",
            .options = {sdk::OptionSpec("layer", TRG_COMPONENT).made_by("layer").required().says("the recurrent layer: { type = \"lstm\", units = 16 }"),
                        sdk::component("backward_layer", "layer").says("the layer that reads backwards; left out: a copy of `layer` with the opposite go_backwards"),
                        sdk::text("merge_mode", "concat").choices({"concat", "sum", "mul", "ave", "none"}).says("how the two outputs are joined; none: they stay two outputs")}};
  }

  sdk::Component layer, backward_layer;
  std::string merge_mode;
  explicit Bidirectional(const sdk::Options& options)
      : layer(options.component("layer")), backward_layer(options.component("backward_layer")), merge_mode(options.text("merge_mode")) {
    const sdk::PartOptions there(layer);
    if (!there.has("go_backwards"))
      throw sdk::OptionError("layer", std::string("expected a recurrent layer (one with go_backwards), found \"") + std::string(layer.type()) + "\"", "layer = { type = \"lstm\", units = 16 }");
    if (!backward_layer) return;
    const sdk::PartOptions back(backward_layer);
    if (there.boolean("go_backwards") == back.boolean("go_backwards"))
      throw sdk::OptionError("backward_layer", "both layers go the same way", there.boolean("go_backwards") ? "set go_backwards = false in backward_layer" : "set go_backwards = true in backward_layer");
    for (const char* same : {"return_sequences", "return_state", "stateful"})
      if (there.boolean(same) != back.boolean(same)) throw sdk::OptionError("backward_layer", std::string("\"") + same + "\" differs from that of layer");
  }

  void expand(sdk::Composite& c) const {
    sdk::PartOptions there(layer);
    sdk::PartOptions back(backward_layer ? backward_layer : layer);
    if (!backward_layer) back.set("go_backwards", !there.boolean("go_backwards"));
    for (sdk::PartOptions* part : {&there, &back})
      if (part->has("zero_output_for_mask")) part->set("zero_output_for_mask", part->boolean("return_sequences"));
    const std::int32_t states = c.inputs() - 1;
    if (states % 2 != 0) throw sdk::ShapeError("expects an even number of initial states, the first half for the forward layer, found " + std::to_string(states), "input");
    const auto inputs = [&](std::int32_t first) {
      std::vector<trg_source> out = {c.own(0)};
      for (std::int32_t i = 0; i < states / 2; ++i) out.push_back(c.own(1 + first + i));
      return out;
    };
    const std::string type(layer.type()), back_type(backward_layer ? backward_layer.type() : layer.type());
    const std::int32_t forward = c.add({.type = type, .name = "forward_layer", .options = there, .inputs = inputs(0)});
    const std::int32_t backward = c.add({.type = back_type, .name = "backward_layer", .options = back, .inputs = inputs(states / 2)});
    const bool sequences = there.boolean("return_sequences"), first_turned = there.boolean("go_backwards");
    const auto turn = [&](const std::string& name, std::int32_t part) { return sequences ? c.add({.type = "teranga.reverse_time", .name = name, .inputs = {{part, 0}}}) : part; };
    // Both in the order of the steps, which is that of the mask; Keras's output is in that of `layer`.
    const std::int32_t first = first_turned ? turn("reverse", forward) : forward, second = first_turned ? backward : turn("reverse", backward);
    const auto put_out = [&](const std::string& port, std::int32_t part) { c.output(port, {first_turned ? turn(port + "_turned", part) : part, 0}); };
    if (merge_mode == "none") {
      put_out("output", first);
      put_out("backward", second);
    } else {
      const char* merge = merge_mode == "concat" ? "teranga.concatenate" : merge_mode == "sum" ? "teranga.add" : merge_mode == "mul" ? "teranga.multiply" : "teranga.average";
      put_out("output", c.add({.type = merge, .name = "merge", .inputs = {{first, 0}, {second, 0}}}));
    }
    if (!there.boolean("return_state")) return;
    const std::int32_t kept = type.ends_with("lstm") ? 2 : 1;
    const char* names[] = {"state_h", "state_c"};
    for (std::int32_t i = 0; i < kept; ++i) c.output(std::string("forward_") + names[i], {forward, 1 + i});
    for (std::int32_t i = 0; i < kept; ++i) c.output(std::string("backward_") + names[i], {backward, 1 + i});
  }
};

}  // namespace teranga::layers
