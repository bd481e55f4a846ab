// SPDX-License-Identifier: Apache-2.0
#include "letters.hpp"

#include <algorithm>
#include <set>

namespace teranga::datasets {

std::string clean_transcript(std::string text, const TokenRules& rules) {
  repair_utf8(text);
  std::string out;
  TokenRules words = rules;
  words.characters = false;
  for_each_token(text, words, [&](std::string_view word) {
    if (!out.empty()) out += ' ';
    out += word;
  });
  return out;
}

namespace {

template <class F>
void each_letter(std::string_view text, F&& take) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = code_point_bytes(text[at]);
    take(text.substr(at, bytes));
    at += bytes;
  }
}

}  // namespace

Letters Letters::of(const std::vector<std::string_view>& transcripts) {
  std::set<std::string, std::less<>> seen;
  for (const std::string_view text : transcripts)
    each_letter(text, [&](std::string_view letter) {
      if (!seen.contains(letter)) seen.emplace(letter);
    });
  return Letters({seen.begin(), seen.end()});
}

std::vector<std::string> Letters::names() const {
  std::vector<std::string> out = {"", "[UNK]"};
  out.insert(out.end(), letters_.begin(), letters_.end());
  return out;
}

void Letters::write(std::string_view transcript, std::int32_t* to) const {
  each_letter(transcript, [&](std::string_view letter) {
    const auto at = std::lower_bound(letters_.begin(), letters_.end(), letter);
    *to++ = at != letters_.end() && *at == letter ? static_cast<std::int32_t>(2 + (at - letters_.begin())) : 1;
  });
}

std::int64_t letters_in(std::string_view transcript) {
  std::int64_t count = 0;
  each_letter(transcript, [&](std::string_view) { ++count; });
  return count;
}

}  // namespace teranga::datasets
