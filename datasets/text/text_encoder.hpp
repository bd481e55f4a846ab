// SPDX-License-Identifier: Apache-2.0
// From the tokens of a document to what a network is fed: padded ids, rows of a one each, or a bag of words. It learns the vocabulary, the
// longest document and the weights of tf_idf from training samples, and travels as bytes in checkpoints. With split = "word_piece" words are cut into pieces, and ids are those of
// the WordPiece vocabulary: [CLS], the pieces, [SEP].
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/packed_bytes.hpp>
#include <teranga/sdk/options.hpp>

#include "buckets.hpp"
#include "labelled_texts.hpp"
#include "padding.hpp"
#include "vocabulary.hpp"
#include "word_pieces.hpp"

namespace teranga::datasets {

class TextEncoder {
 public:
  static std::vector<sdk::OptionSpec> options();
  TextEncoder(const sdk::Options& options, const LabelledTexts& texts);
  // Of new texts, by what another one packed; no file of the options is read.
  TextEncoder(const sdk::Options& options, const LabelledTexts& texts, UnpackedBytes& learnt);

  void learn(std::span<const std::int64_t> samples);  // numbers of training samples
  void pack(PackedBytes& bytes) const;
  void unpack(UnpackedBytes& bytes);

  bool ids() const noexcept { return encoding_ == "ids"; }
  std::vector<std::int64_t> shape() const;  // of one sample; -1: as long as its bucket
  const Buckets& buckets() const noexcept { return buckets_; }
  std::int64_t steps(std::span<const std::int32_t> tokens) const { return static_cast<std::int64_t>(numbers(tokens).size()); }  // before padding
  bool knows(std::span<const std::int32_t> tokens) const;  // whether one of them is a word that is kept
  // `length` ids.
  void encode(std::span<const std::int32_t> tokens, std::int64_t length, std::int32_t* to) const;
  // One-hot: `length` rows; a bag: as wide as it is.
  void encode(std::span<const std::int32_t> tokens, std::int64_t length, float* to) const;

  const Vocabulary& vocabulary() const noexcept { return vocabulary_; }
  std::int64_t width() const noexcept { return width_; }   // ids are below it
  std::int64_t named() const;                              // ids below it stand for something; there are no others
  std::vector<std::string> names() const;                  // what each id below the width stands for; empty where words are numbers that nobody named
  double covered() const noexcept { return covered_; }     // share of the training tokens that learn() found in the vocabulary
  // What was learnt, in words.
  void tell(std::vector<sdk::Learnt>& out) const;
  std::string spelled(std::span<const std::int32_t> tokens, std::size_t most) const;  // the ids as words again, for a look

 private:
  // Where ids begin, by scheme; start and unknown may be -1: no such id.
  struct Scheme {
    std::int64_t first_word, start, unknown;
  };
  Scheme scheme() const;
  bool bag() const noexcept { return encoding_ == "binary" || encoding_ == "count" || encoding_ == "tf_idf"; }
  std::vector<std::int32_t> numbers(std::span<const std::int32_t> tokens) const;
  std::vector<std::int32_t> numbers_within(std::span<const std::int32_t> tokens, std::int64_t length) const;  // cut to it, where its marks stay
  void learn_pieces(const std::vector<std::int64_t>& counts);
  std::int64_t largest_id() const;
  void learn_weights(std::span<const std::int64_t> samples);
  void match();

  TextEncoder(const sdk::Options& options, const LabelledTexts& texts, bool numbered);

  const LabelledTexts& texts_;
  bool numbered_;  // of the training: words are known by their ranks in the file
  std::string encoding_;
  Padding padding_;
  Buckets buckets_;
  bool keras_imdb_, pieces_asked_;  // split = "word_piece"
  std::string pieces_file_;         // empty: they are learnt
  std::int64_t index_from_, start_char_, oov_char_;
  std::int64_t asked_words_ = 0, asked_length_ = 0;  // 0: left out
  std::vector<std::string> index_words_;             // by rank, of a word index

  // What is learnt.
  std::int64_t width_ = 0, length_ = 0;
  Vocabulary vocabulary_;
  std::vector<float> weights_;  // of each id, tf_idf only

  WordPieces pieces_;                 // the vocabulary, where they are asked for
  Sequences pieces_of_;               // of each token of the table
  std::vector<std::int32_t> places_;  // likewise, where tokens are not cut
  double covered_ = 0;
};

}  // namespace teranga::datasets
