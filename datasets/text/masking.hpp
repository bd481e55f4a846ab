// SPDX-License-Identifier: Apache-2.0
// How BERT makes a sample of two stretches of pieces (arXiv 1810.04805): both cut to the length, marks around them, and some pieces hidden, which the network is to tell. Of those
// 80 % become [MASK], 10 % another piece, and 10 % stay.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "word_pieces.hpp"

namespace teranga::datasets {

struct Piece {
  std::int32_t id;
  bool begins_word;
};

struct MaskingRules {
  std::int64_t length, most_masked;
  double share;      // of the steps
  bool whole_words;  // all pieces of a word are hidden, or none
  std::int64_t draws() const { return length + 2 * most_masked; }  // that mask_pieces uses
};

struct BertSample {
  std::vector<Piece> steps;             // [CLS] first [SEP], and where there is a second: second [SEP]
  std::vector<std::int32_t> segments;   // of each step
  std::vector<std::int32_t> places;     // of hidden steps, ascending
  std::vector<std::int32_t> originals;  // what stood there
};

// Takes pieces off the end of the longer one until both and their marks fit.
BertSample joined(std::vector<Piece> first, std::vector<Piece> second, bool has_second, std::int64_t length, const WordPieces& pieces);

// max(1, share x steps), rounded, but most_masked at most, of the steps that are no marks. `ordinary`: the ids that may take the place of a piece. `draws`: rules.draws() uniform numbers.
void mask_pieces(BertSample& sample, const MaskingRules& rules, const WordPieces& pieces, std::span<const std::int32_t> ordinary, std::span<const double> draws);

}  // namespace teranga::datasets
