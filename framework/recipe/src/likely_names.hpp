// SPDX-License-Identifier: Apache-2.0
// Which known name somebody meant who typed another one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

// The names of that kind that may be meant: the one of the same letters written otherwise (MaxPooling2D, SGD), that of a usual short form (mse, fc), that of a slip of
// the pen, or the few that hold what was typed (conv, rnn); none where none is like it.
std::vector<std::string> likely_names(std::string_view kind, const std::string& typed, const std::vector<std::string>& names);

// The choice of an option that others call so, as "int" for the encoding "ids"; empty where that is not known.
std::string meant_choice(std::string_view option, const std::string& typed, const std::vector<std::string>& choices);

// Whether two names are the same but for capitals and signs.
bool same_letters(std::string_view a, std::string_view b);

// The known key that others call so, as "max_tokens" for "num_words"; else what was typed. `owner`: a kind of part ("dataset"), or how messages call a section.
std::string meant_key(std::string_view owner, const std::string& typed, const std::vector<std::string>& names);

struct Surroundings {
  const Options& given;      // all that was typed beside the key
  bool validates = false;    // the data have a validation part
  bool stops_early = false;  // the recipe has early stopping
};
// What to do about a key of others that is no key here; empty where that is not known.
std::string hint_on_key(std::string_view owner, const Option& typed, const std::vector<std::string>& names, const Surroundings& around);

}  // namespace teranga::recipe
