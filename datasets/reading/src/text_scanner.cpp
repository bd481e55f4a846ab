// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/text_scanner.hpp>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

void TextScanner::fail(std::string_view found) const {
  throw sdk::DataError(who_, fmt::format("expected {}, found {} at byte {}", form_, found, at_));
}

void TextScanner::skip_blanks() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
}

bool TextScanner::at_end() {
  skip_blanks();
  return all_taken();
}

bool TextScanner::next_is(char c) {
  skip_blanks();
  return at_ < text_.size() && text_[at_] == c;
}

bool TextScanner::accept(char c) {
  if (!next_is(c)) return false;
  return ++at_, true;
}

bool TextScanner::accept(std::string_view word) {
  skip_blanks();
  return take(word);
}

void TextScanner::expect(char c) {
  if (!accept(c)) fail(fmt::format("no '{}'", c));
}

std::int64_t TextScanner::whole(std::string_view what, std::int64_t least, std::int64_t most) {
  skip_blanks();
  std::int64_t value = 0;
  bool fits = true;
  const std::size_t begin = at_;
  for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
    fits = fits && !__builtin_mul_overflow(value, 10, &value) && !__builtin_add_overflow(value, text_[at_] - '0', &value);
  if (at_ == begin || !fits || value < least || value > most) fail(fmt::format("no {} from {} to {}", what, least, most));
  return value;
}

bool TextScanner::take(std::string_view exactly) {
  if (!text_.substr(at_).starts_with(exactly)) return false;
  return at_ += exactly.size(), true;
}

std::string_view TextScanner::take_until(char end) {
  const std::size_t found = text_.find(end, at_);
  if (found == text_.npos) fail("a text without end");
  const std::string_view taken = text_.substr(at_, found - at_);
  at_ = found + 1;
  return taken;
}

}  // namespace teranga::datasets
