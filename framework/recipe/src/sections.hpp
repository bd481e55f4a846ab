// SPDX-License-Identifier: Apache-2.0
// The keys that the recipe itself gives meaning to, as schemas: so that they are checked, typed and defaulted by the
// same code as the options of plugins.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

const Schema& root_keys();
const Schema& data_keys();
const Schema& layer_keys();
const Schema& loss_keys();
const Schema& metric_keys();
const Schema& regularizer_keys();
const Schema& constraint_keys();  // of every type; what a type does not have is told by the reader
const Schema& optimizer_keys();
const Schema& training_keys();
const Schema& early_stopping_keys();
const Schema& averaging_keys();
const Schema& layer_rate_keys();
const Schema& keep_best_keys();
const Schema& initial_weights_keys();
const Schema& phase_keys();
const Schema& call_keys();
const Schema& checkpoint_keys();
const Schema& log_keys();
const Schema& block_keys();
const Schema& use_keys();     // of a layer that is the use of a block
const Schema& repeat_keys();  // those of them that no other layer has

// "[training]" for "epochs": where a key that stands in the wrong place should be, seen from its owner ("[[phase]]", "optimizer \"adam\""); nothing for names that could
// belong anywhere.
std::optional<std::string> section_of_key(std::string_view key, std::string_view owner);

}  // namespace teranga::recipe
