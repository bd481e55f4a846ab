// SPDX-License-Identifier: Apache-2.0
// Sentences whose tokens carry a tag each: a token a line with a blank line behind each sentence (CoNLL), or a sentence a line as token/tag.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace teranga::datasets {

struct TaggedForm {
  bool inline_tags = false;          // token/tag, a sentence a line; the last '/' counts, for tokens may hold one
  std::int64_t token = 1, tag = -1;  // otherwise: which field of a line, from 1, or from -1 counted from the end
};

struct TaggedToken {
  std::string token, tag;
};

// take(sentence, "file:line" of its first token). Fields stand between tabs where the line has one, else between blanks. Throws DataError where a token
// has no tag. No words are:
//   comments: where tabs part the fields, lines that begin with '#' and have no tab, or with "# "; elsewhere lines that begin with "# " and have another
//     number of fields than the others, for "#" is a token of the Wall Street Journal;
//   in CoNLL-U (universaldependencies.org/format.html) ranges of words (1-2) and nodes that are not in the text (3.1), told by the first field;
//   sentences that are "-DOCSTART-", which begins a document in CoNLL-2003.
void read_tagged_file(const std::string& path, const TaggedForm& form, const std::function<void(const std::vector<TaggedToken>& sentence, const std::string& where)>& take);

}  // namespace teranga::datasets
