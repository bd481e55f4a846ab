// SPDX-License-Identifier: Apache-2.0
#include "sentences.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <teranga/core/small_letters.hpp>
#include <teranga/core/utf8.hpp>

namespace teranga::datasets {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

bool is_blank(char c) { return blanks.find(c) != blanks.npos; }

// Behind these words a point ends no sentence; nor behind a single letter.
bool is_abbreviation(std::string_view word) {
  constexpr std::array<std::string_view, 12> known = {"mr", "mrs", "ms", "dr", "st", "prof", "messrs", "vol", "no", "vs", "e.g", "i.e"};
  while (!word.empty() && (word.front() == '"' || word.front() == '\'' || word.front() == '(' || word.front() == '[')) word.remove_prefix(1);
  if (word.size() == 1) return word != "I" && !(word[0] >= '0' && word[0] <= '9');
  return std::find(known.begin(), known.end(), in_small_letters(std::string(word))) != known.end();
}

// The bytes of what ends or closes a sentence at `at`; 0: neither.
std::size_t mark_at(std::string_view text, std::size_t at, std::initializer_list<std::string_view> marks) {
  for (const std::string_view mark : marks)
    if (text.substr(at).starts_with(mark)) return mark.size();
  return 0;
}
std::size_t full_stop_at(std::string_view text, std::size_t at) { return mark_at(text, at, {".", "!", "?", "\xe2\x80\xa6", "\xe3\x80\x82", "\xef\xbc\x81", "\xef\xbc\x9f"}); }
std::size_t closing_at(std::string_view text, std::size_t at) { return mark_at(text, at, {"\"", "'", ")", "]", "\xe2\x80\x9d", "\xe2\x80\x99", "\xc2\xbb", "\xe3\x80\x8d"}); }

void add(std::string_view text, const SentenceTaker& take) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first != text.npos) take.sentence(text.substr(first, text.find_last_not_of(blanks) + 1 - first));
}

// Of one paragraph.
void by_marks(std::string_view text, const SentenceTaker& take) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t stop = full_stop_at(text, at);
    if (stop == 0) {
      at += code_point_bytes(text[at]);
      continue;
    }
    std::size_t end = at + stop;
    while (end < text.size() && full_stop_at(text, end) > 0) end += full_stop_at(text, end);
    const bool point = text[at] == '.' && end == at + 1, wide = stop > 1 && text.substr(at, 3) != "\xe2\x80\xa6";  // Chinese marks need no blank
    while (end < text.size() && closing_at(text, end) > 0) end += closing_at(text, end);
    const std::size_t next = text.find_first_not_of(blanks, end), word = text.find_last_of(blanks, at) + 1;
    const bool goes_on = next < text.size() && text[next] >= 'a' && text[next] <= 'z';
    if (wide || (end < text.size() && is_blank(text[end]) && !goes_on && !(point && is_abbreviation(text.substr(word, at - word))))) {
      add(text.substr(begin, end - begin), take);
      begin = end;
    }
    at = end;
  }
  add(text.substr(begin), take);
}

}  // namespace

void each_sentence(std::string_view text, SentenceEnds ends, const SentenceTaker& take) {
  std::size_t paragraph = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const bool empty = line.find_first_not_of(blanks) == line.npos;
    if (ends == SentenceEnds::lines && empty) take.end_of_document();
    else if (ends == SentenceEnds::lines) add(line, take);
    else if (empty) by_marks(text.substr(paragraph, begin - paragraph), take), paragraph = end;
    begin = end + 1;
  }
  if (ends == SentenceEnds::marks) by_marks(text.substr(std::min(paragraph, text.size())), take);
  take.end_of_document();
}

}  // namespace teranga::datasets
