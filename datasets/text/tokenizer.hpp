// SPDX-License-Identifier: Apache-2.0
// From a text to its tokens. `keras` and `none` follow keras.layers.TextVectorization byte for byte; `unicode` treats the letters of all
// scripts alike; `bert` is the way of BERT's vocabularies.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <teranga/core/utf8.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

struct TokenRules {
  enum class Standardize {
    keras,    // lower_and_strip_punctuation: A-Z become a-z, the 32 ASCII punctuation characters vanish
    unicode,  // every script is lower-cased and composed (NFC); punctuation and symbols become blanks, so l'arbre is two words
    none,
    bert,        // as BertNormalizer and BertPreTokenizer of HuggingFace's tokenizers: small letters without accents; each punctuation character and each Chinese one is a word
    bert_lower,  // the same, and accents stay
    bert_cased,  // the same, and letters and accents stay
  };
  Standardize standardize = Standardize::keras;
  bool characters = false;  // tokens are code points; otherwise what lies between blanks
  bool pieces = false;      // tokens are words, which a WordPiece vocabulary cuts into pieces (word_pieces.hpp)
  bool strip_html = false;  // each <...> becomes a blank first

  static TokenRules of(const sdk::Options& options);  // of "standardize", "strip_html" and, where there is one, "split"
};

// "standardize" and "strip_html".
std::vector<sdk::OptionSpec> token_options(std::string_view standardize);
// "split".
std::vector<sdk::OptionSpec> split_options(std::string_view split);
// "split" with word_piece among its choices.
sdk::OptionSpec piece_split_option();

// The text as it is split; `text` is repaired UTF-8.
std::string standardized(std::string_view text, const TokenRules& rules);

// Small letters in every script, composed (NFC); nothing else changes.
std::string lower_case(std::string_view text);

// Calls each(std::string_view) for every token of a repaired text.
template <class F>
void for_each_token(std::string_view text, const TokenRules& rules, F&& each) {
  const std::string clean = standardized(text, rules);
  const std::string_view all = clean;
  if (rules.characters) {
    for (std::size_t at = 0; at < all.size(); at += code_point_bytes(all[at])) each(all.substr(at, code_point_bytes(all[at])));
    return;
  }
  constexpr std::string_view blanks = " \t\n\v\f\r";
  for (std::size_t begin = all.find_first_not_of(blanks); begin != all.npos;) {
    const std::size_t end = std::min(all.find_first_of(blanks, begin), all.size());
    each(all.substr(begin, end - begin));
    begin = all.find_first_not_of(blanks, end);
  }
}

}  // namespace teranga::datasets
