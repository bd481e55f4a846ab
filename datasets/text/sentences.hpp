// SPDX-License-Identifier: Apache-2.0
// Sentences of running text, and documents, which no sample reaches beyond.
#pragma once

#include <functional>
#include <string_view>

namespace teranga::datasets {

enum class SentenceEnds {
  marks,  // behind . ! ? and what closes quotes, before a blank and no small letter; also at the end of a paragraph (an empty line). A file is a document
  lines   // each line is a sentence, and an empty line ends a document: the files that BERT's own program reads
};

struct SentenceTaker {
  std::function<void(std::string_view sentence)> sentence;  // not blank; it may hold line ends
  std::function<void()> end_of_document;
};

// `text` is repaired UTF-8.
void each_sentence(std::string_view text, SentenceEnds ends, const SentenceTaker& take);

}  // namespace teranga::datasets
