// SPDX-License-Identifier: Apache-2.0
// Between a text that somebody types and ids, by the rules of a data set and the vocabulary that it learnt.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/core/utf8.hpp>

#include "tokenizer.hpp"
#include "word_ids.hpp"

namespace teranga::datasets {

// What parts two tokens.
inline const char* between(const TokenRules& rules) { return rules.characters ? "" : " "; }

inline std::vector<std::int32_t> ids_of(std::string_view text, const TokenRules& rules, const WordIds& ids) {
  std::string repaired(text);
  repair_utf8(repaired);
  std::vector<std::int32_t> out;
  for_each_token(repaired, rules, [&](std::string_view token) { out.push_back(ids.id(token)); });
  return out;
}

// Padding has no name and leaves no trace.
inline std::string text_of(std::span<const std::int32_t> written, const TokenRules& rules, const WordIds& ids) {
  std::string out;
  for (const std::int32_t id : written) {
    const std::string_view name = ids.name(id);
    if (!name.empty() && !out.empty()) out += between(rules);
    out += name;
  }
  return out;
}

}  // namespace teranga::datasets
