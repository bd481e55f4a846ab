// SPDX-License-Identifier: Apache-2.0
#include "word_pieces.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <teranga/core/printable.hpp>
#include <teranga/core/utf8.hpp>
#include <teranga/sdk/error.hpp>

#include "bert_words.hpp"
#include "text_files.hpp"

namespace teranga::datasets {
namespace {

constexpr std::int64_t most_characters_of_a_word = 100;
constexpr const char* what_it_is = "a WordPiece vocabulary has one piece in each line, as the file vocab.txt of a BERT model does; the first one is [PAD]";

// "vocab.txt:12"; without a file nothing.
std::string line_of(const std::string& where, std::size_t piece) { return where.empty() ? where : fmt::format("{}:{}", where, piece + 1); }

}  // namespace

WordPieces::WordPieces(std::vector<std::string> pieces, const std::string& where) : pieces_(std::move(pieces)) {
  if (pieces_.empty()) return;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const std::string& piece = pieces_[i];
    if (piece.empty()) throw sdk::DataError(line_of(where, i), "expected a piece of a word, found an empty line", -1, what_it_is);
    const auto [first, added] = ids_.emplace(piece, static_cast<std::int32_t>(i));
    if (!added) throw sdk::DataError(line_of(where, i), fmt::format("expected each piece once, found \"{}\" also in line {}", printable_line(piece), first->second + 1), -1, what_it_is);
    longest_ = std::max(longest_, piece.size());
  }
  if (pieces_[0] != bert_marks[0]) throw sdk::DataError(line_of(where, 0), fmt::format("expected [PAD] as the first piece, which pads texts, found \"{}\"", printable_line(pieces_[0])), -1, what_it_is);
  unknown_ = find("[UNK]"), start_ = find("[CLS]"), end_ = find("[SEP]"), mask_ = find("[MASK]");
  for (const auto& [mark, id] : {std::pair{"[UNK]", unknown_}, {"[CLS]", start_}, {"[SEP]", end_}})
    if (id < 0) throw sdk::DataError(where, fmt::format("expected {} among the {} pieces, found none", mark, pieces_.size()), -1, what_it_is);
}

WordPieces WordPieces::read(const std::string& path) {
  std::vector<std::string> lines = read_lines(path);
  if (lines.empty()) throw sdk::DataError(path, "expected pieces of words, found an empty file", -1, what_it_is);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (repair_utf8(lines[i]) > 0) throw sdk::DataError(line_of(path, i), "expected UTF-8, found other bytes");
  return WordPieces(std::move(lines), path);
}

std::int32_t WordPieces::find(std::string_view piece) const {
  const auto at = ids_.find(piece);
  return at == ids_.end() ? -1 : at->second;
}

void WordPieces::split(std::string_view word, std::vector<std::int32_t>& ids) const {
  if (std::find(bert_marks.begin(), bert_marks.end(), word) != bert_marks.end() && find(word) >= 0) {
    ids.push_back(find(word));
    return;
  }
  const auto characters = std::count_if(word.begin(), word.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  const std::size_t before = ids.size();
  std::string piece;
  for (std::size_t begin = 0; begin < word.size();) {
    const std::string_view front = begin > 0 ? "##" : "";
    std::int32_t found = -1;
    std::size_t end = begin + std::min(word.size() - begin, longest_);
    for (; end > begin && found < 0 && characters <= most_characters_of_a_word; --end) {
      if (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xc0) == 0x80) continue;  // within a character
      piece.assign(front).append(word.substr(begin, end - begin));
      found = find(piece);
    }
    if (found < 0) {
      ids.resize(before);
      ids.push_back(unknown_);
      return;
    }
    ids.push_back(found);
    begin = end + 1;  // the loop went one further
  }
}

Sequences WordPieces::cut(const TokenTable& words) const {
  Sequences pieces;
  std::vector<std::int32_t> ids;
  for (std::size_t word = 0; word < words.size(); ++word) {
    ids.clear();
    split(words.token(static_cast<std::int32_t>(word)), ids);
    pieces.append(ids);
    pieces.finish();
  }
  return pieces;
}

WordPieces learn_pieces(const TokenTable& table, const std::vector<std::int64_t>& counts, std::int64_t size) {
  std::vector<CountedWord> words;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) words.push_back({table.token(static_cast<std::int32_t>(i)), counts[i]});
  if (words.empty()) throw sdk::DataError("", "expected words in the training texts, found none: all are empty");
  return WordPieces::learn(words, size);
}

}  // namespace teranga::datasets
