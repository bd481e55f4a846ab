// SPDX-License-Identifier: Apache-2.0
// Values for the options of any item, by its schema alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

struct OptionTrial {
  Options options;    // complete, as the host would hand them over
  std::string words;  // what differs from the defaults, for `where`: "units = 3, use_bias = false"
};

// The defaults; required options get a small value within their range; what the user gave wins. Nothing where an option is required that cannot be guessed (a path): `missing` says which one.
std::optional<OptionTrial> default_trial(const Subject& subject, std::string* missing = nullptr);

// The default trial first, and then one for each other choice, each boolean turned, small and odd numbers within the ranges. Not every one need be accepted by the plugin:
// combinations may exclude each other. At level quick a handful.
std::vector<OptionTrial> option_trials(const Subject& subject);

// Each option at both ends of its range, at each choice and left out, the others by default.
std::vector<OptionTrial> range_trials(const Subject& subject);

}  // namespace teranga::conformance
