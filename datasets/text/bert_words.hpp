// SPDX-License-Identifier: Apache-2.0
// The words of a text as BERT has them: what BertNormalizer and BertPreTokenizer of HuggingFace's tokenizers make, with blanks between words. Their tables are of Unicode
// 8, these are newer: characters that Unicode got since then may differ.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace teranga::datasets {

// They stand for no text. Where one of them stands in a text, it is a word.
inline constexpr std::array<std::string_view, 5> bert_marks = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

struct BertWords {
  bool small_letters, strip_accents;
};

// `text` is repaired UTF-8. Control characters and U+FFFD are left out, every kind of blank becomes a blank, and there are blanks around each punctuation character (of ASCII: also
// around symbols) and each Chinese one.
std::string bert_words(std::string_view text, BertWords rules);

}  // namespace teranga::datasets
