// SPDX-License-Identifier: Apache-2.0
// Tokens as numbers. A TokenTable numbers every token that the files hold, in order of appearance, and means nothing by it; a Vocabulary is
// what is learnt: the tokens of the training samples that are kept, the most frequent first.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace teranga::datasets {

class TokenTable {
 public:
  std::int32_t add(std::string_view token) {
    if (const auto at = index_.find(token); at != index_.end()) return at->second;
    const auto number = static_cast<std::int32_t>(tokens_.size());
    index_.emplace(tokens_.emplace_back(token), number);
    return number;
  }
  // -1: no file has it.
  std::int32_t find(std::string_view token) const {
    const auto at = index_.find(token);
    return at == index_.end() ? -1 : at->second;
  }
  const std::string& token(std::int32_t number) const { return tokens_[static_cast<std::size_t>(number)]; }
  std::size_t size() const noexcept { return tokens_.size(); }

 private:
  std::deque<std::string> tokens_;  // a deque: the index points into it
  std::unordered_map<std::string_view, std::int32_t> index_;
};

class Vocabulary {
 public:
  Vocabulary() = default;
  explicit Vocabulary(std::vector<std::string> words) : words_(std::move(words)) {}

  // counts: how often the training samples hold each token of the table. The order is that of keras.layers.TextVectorization: by frequency,
  // descending; equally frequent ones by their bytes, descending. At most `most` are kept (0: all).
  static Vocabulary learn(const TokenTable& table, const std::vector<std::int64_t>& counts, std::int64_t most);

  const std::vector<std::string>& words() const noexcept { return words_; }
  std::int64_t size() const noexcept { return static_cast<std::int64_t>(words_.size()); }
  // "5000 words: the, a, film, ... (content 01234567)"
  std::string told() const;
  // The place of each token of the table in this vocabulary, from 0; -1: not kept.
  std::vector<std::int32_t> places(const TokenTable& table) const;

 private:
  std::vector<std::string> words_;
};

}  // namespace teranga::datasets
