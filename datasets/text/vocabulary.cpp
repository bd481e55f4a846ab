// SPDX-License-Identifier: Apache-2.0
#include "vocabulary.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <teranga/core/hash.hpp>

namespace teranga::datasets {

Vocabulary Vocabulary::learn(const TokenTable& table, const std::vector<std::int64_t>& counts, std::int64_t most) {
  std::vector<std::int32_t> seen;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) seen.push_back(static_cast<std::int32_t>(i));
  std::sort(seen.begin(), seen.end(), [&](std::int32_t a, std::int32_t b) {
    const std::int64_t in_a = counts[static_cast<std::size_t>(a)], in_b = counts[static_cast<std::size_t>(b)];
    return in_a != in_b ? in_a > in_b : table.token(a) > table.token(b);  // std::string compares as unsigned bytes
  });
  if (most > 0 && static_cast<std::int64_t>(seen.size()) > most) seen.resize(static_cast<std::size_t>(most));
  Vocabulary vocabulary;
  for (const std::int32_t number : seen) vocabulary.words_.push_back(table.token(number));
  return vocabulary;
}

std::vector<std::int32_t> Vocabulary::places(const TokenTable& table) const {
  std::vector<std::int32_t> places(table.size(), -1);
  for (std::size_t i = 0; i < words_.size(); ++i)
    if (const std::int32_t number = table.find(words_[i]); number >= 0) places[static_cast<std::size_t>(number)] = static_cast<std::int32_t>(i);
  return places;
}

std::string Vocabulary::told() const {
  constexpr std::size_t shown = 5;
  std::string out = fmt::format("{} words: ", size()), all;
  for (std::size_t i = 0; i < std::min(shown, words_.size()); ++i) out.append(i > 0 ? ", " : "").append(words_[i]);
  for (const std::string& word : words_) all.append(word).push_back('\n');
  return out + fmt::format("{} (content {})", words_.size() > shown ? ", ..." : "", content_hash(all.data(), all.size()).substr(0, 8));
}

}  // namespace teranga::datasets
