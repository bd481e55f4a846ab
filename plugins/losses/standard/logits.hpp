// SPDX-License-Identifier: Apache-2.0
// Where a cross-entropy takes its logits from: the option from_logits, or a softmax / sigmoid before it that it absorbs. The absorbed form equals Keras's path
// over probabilities up to rounding wherever that one does not clip a probability at 1e-7; where it does, the absorbed loss and gradient are the exact ones.
#pragma once

#include <string>
#include <string_view>

#include <teranga/sdk/training.hpp>

namespace teranga::losses {

inline constexpr double clip_epsilon = 1e-7;  // Keras's backend.epsilon()

inline sdk::OptionSpec from_logits_option(const char* activation) {
  return sdk::boolean("from_logits", false).says(std::string("the output is logits; not needed behind the activation \"") + activation + "\", which is taken in anyway");
}
inline sdk::OptionSpec label_smoothing_option(const char* doc) { return sdk::real("label_smoothing", 0.0).in(0, 1).says(doc); }

// True: evaluate is given logits.
inline bool wants_logits(const sdk::Comparison& c, bool from_logits, std::string_view activation, sdk::LossPlan& answer) {
  const bool produced = c.producer() == activation;
  if (from_logits) {
    if (produced)
      sdk::host().log(TRG_LOG_WARNING, "the loss says from_logits = true but its output comes from a softmax or sigmoid: its probabilities are taken for logits; leave from_logits out");
    return true;
  }
  if (!produced) return false;
  if (const trg_options* options = c.producer_options())
    for (std::size_t i = 0; i < options->count; ++i)
      if (std::string_view(options->items[i].name) == "axis" && options->items[i].value.kind == TRG_INTEGER && options->items[i].value.integer != -1 &&
          options->items[i].value.integer != c.prediction().rank() - 1)
        return false;
  answer.absorbs = 1;
  return true;
}

}  // namespace teranga::losses
