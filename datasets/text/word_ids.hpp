// SPDX-License-Identifier: Apache-2.0
// Ids of tokens where a few come first that are no words: {"", "[UNK]"} gives 0 to padding, 1 to what the vocabulary does not have, and 2 to the
// most frequent word. The last of the reserved ones is always the unknown one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <teranga/datasets/packed_bytes.hpp>

#include "vocabulary.hpp"

namespace teranga::datasets {

class WordIds {
 public:
  explicit WordIds(std::vector<std::string> reserved) : reserved_(std::move(reserved)) {}
  WordIds(const WordIds&) = delete;
  WordIds& operator=(const WordIds&) = delete;

  // num_words: ids are below it, reserved ones included; 0: all words are kept. Throws DataError where no token was counted.
  void learn(const TokenTable& table, const std::vector<std::int64_t>& counts, std::int64_t num_words) {
    const std::int64_t first = static_cast<std::int64_t>(reserved_.size());
    vocabulary_ = Vocabulary::learn(table, counts, num_words > 0 ? num_words - first : 0);
    if (vocabulary_.size() == 0) throw sdk::DataError("", "expected words in the training part, found none");
    width_ = num_words > 0 ? num_words : first + vocabulary_.size();
    index(table);
  }
  void pack(PackedBytes& bytes) const {
    bytes.put<std::int64_t>(width_);
    bytes.texts(vocabulary_.words());
  }
  void unpack(UnpackedBytes& bytes, const TokenTable& table) {
    width_ = bytes.get<std::int64_t>();
    vocabulary_ = Vocabulary(bytes.texts());
    if (width_ > std::int64_t{1} << 30 || width_ < vocabulary_.size() + static_cast<std::int64_t>(reserved_.size())) UnpackedBytes::damaged();
    index(table);
  }

  std::int32_t id(std::int32_t token) const {
    const std::int32_t place = places_[static_cast<std::size_t>(token)];
    return static_cast<std::int32_t>(reserved_.size()) + (place < 0 ? -1 : place);
  }
  // Of a text that need not come from a file.
  std::int32_t id(std::string_view word) const {
    const auto place = places_by_word_.find(word);
    return static_cast<std::int32_t>(reserved_.size()) + (place == places_by_word_.end() ? -1 : place->second);
  }
  std::int32_t unknown() const noexcept { return static_cast<std::int32_t>(reserved_.size()) - 1; }
  bool knows(std::int32_t token) const { return places_[static_cast<std::size_t>(token)] >= 0; }
  // Ids below it stand for something.
  std::int64_t named() const noexcept { return static_cast<std::int64_t>(reserved_.size()) + vocabulary_.size(); }
  // What an id stands for; one beyond the vocabulary is empty. Throws DataError for one that is beyond all ids.
  std::string_view name(std::int32_t id) const {
    if (id < 0 || id >= width_) throw sdk::DataError("", fmt::format("expected ids from 0 to {}, found {}", width_ - 1, id));
    const auto at = static_cast<std::size_t>(id);
    if (at < reserved_.size()) return reserved_[at];
    return at - reserved_.size() < vocabulary_.words().size() ? std::string_view(vocabulary_.words()[at - reserved_.size()]) : std::string_view();
  }
  std::int64_t width() const noexcept { return width_; }
  // What each id stands for; ids beyond the vocabulary are empty.
  std::vector<std::string> names() const {
    std::vector<std::string> names = reserved_;
    names.insert(names.end(), vocabulary_.words().begin(), vocabulary_.words().end());
    names.resize(static_cast<std::size_t>(width_));
    return names;
  }
  const Vocabulary& vocabulary() const noexcept { return vocabulary_; }

 private:
  void index(const TokenTable& table) {
    places_ = vocabulary_.places(table);
    places_by_word_.clear();
    for (std::size_t i = 0; i < vocabulary_.words().size(); ++i) places_by_word_.emplace(vocabulary_.words()[i], static_cast<std::int32_t>(i));
  }

  std::vector<std::string> reserved_;
  Vocabulary vocabulary_;
  std::int64_t width_ = 0;
  std::vector<std::int32_t> places_;
  std::unordered_map<std::string_view, std::int32_t> places_by_word_;  // into the vocabulary
};

}  // namespace teranga::datasets
