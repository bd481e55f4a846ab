// SPDX-License-Identifier: Apache-2.0
// A WordPiece vocabulary (arXiv 1609.08144, and 1810.04805 for its marks): words are cut into the longest pieces that it has, from left to right; pieces that do not begin
// a word have "##" in front. A word that cannot be cut so, or that has more than 100 characters, is [UNK]. It is learnt as WordPieceTrainer of HuggingFace's tokenizers does it:
// the most frequent pair of neighbouring pieces becomes a piece, again and again.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sequences.hpp"
#include "vocabulary.hpp"

namespace teranga::datasets {

struct CountedWord {
  std::string_view word;
  std::int64_t count;
};

class WordPieces {
 public:
  WordPieces() = default;
  // Pieces by their ids. [PAD] must be the first, and [UNK], [CLS] and [SEP] must be there; `where` is the file, whose lines they are, or empty. Throws DataError.
  WordPieces(std::vector<std::string> pieces, const std::string& where);
  WordPieces(const WordPieces& other) : WordPieces(other.pieces_) {}
  WordPieces& operator=(const WordPieces& other) { return *this = WordPieces(other.pieces_); }
  WordPieces(WordPieces&&) = default;
  WordPieces& operator=(WordPieces&&) = default;

  // A piece a line (vocab.txt). Throws DataError.
  static WordPieces read(const std::string& path);

  // [PAD], [UNK], [CLS], [SEP] and [MASK], the 1,000 most frequent characters, and pieces that occur twice or more, until there are `size`. Pairs that are equally frequent
  // are joined in the order of their ids. Throws OptionError for the option num_words where the characters alone are more than `size`.
  static WordPieces learn(std::span<const CountedWord> words, std::int64_t size);

  bool empty() const noexcept { return pieces_.empty(); }
  std::int64_t size() const noexcept { return static_cast<std::int64_t>(pieces_.size()); }
  const std::vector<std::string>& pieces() const noexcept { return pieces_; }
  std::int32_t find(std::string_view piece) const;  // -1: there is no such piece
  std::int32_t padding() const noexcept { return 0; }
  std::int32_t unknown() const noexcept { return unknown_; }
  std::int32_t start() const noexcept { return start_; }  // [CLS]
  std::int32_t end() const noexcept { return end_; }      // [SEP]
  std::int32_t mask() const noexcept { return mask_; }    // [MASK]; -1: the vocabulary has none

  // The pieces of a word, added to the end.
  void split(std::string_view word, std::vector<std::int32_t>& ids) const;
  // Of each word of the table.
  Sequences cut(const TokenTable& words) const;

 private:
  explicit WordPieces(std::vector<std::string> pieces) : WordPieces(std::move(pieces), std::string()) {}

  std::vector<std::string> pieces_;
  std::unordered_map<std::string_view, std::int32_t> ids_;  // into pieces_
  std::size_t longest_ = 0;  // bytes of a piece
  std::int32_t unknown_ = -1, start_ = -1, end_ = -1, mask_ = -1;
};

// Of words of the table and how often they occur. Throws DataError where none does.
WordPieces learn_pieces(const TokenTable& table, const std::vector<std::int64_t>& counts, std::int64_t size);

}  // namespace teranga::datasets
