// SPDX-License-Identifier: Apache-2.0
#include "word_index.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include <teranga/datasets/input_file.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) out += static_cast<char>(point);
  else if (point < 0x800) out += {static_cast<char>(0xc0 | point >> 6), static_cast<char>(0x80 | (point & 0x3f))};
  else if (point < 0x10000) out += {static_cast<char>(0xe0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3f)), static_cast<char>(0x80 | (point & 0x3f))};
  else out += {static_cast<char>(0xf0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3f)), static_cast<char>(0x80 | (point >> 6 & 0x3f)), static_cast<char>(0x80 | (point & 0x3f))};
}

// Not JSON at large: texts as keys, whole numbers as values.
class Parser {
 public:
  Parser(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  std::vector<std::string> parse() {
    std::vector<std::string> words(1);
    expect('{');
    for (bool more = !accept('}'); more; more = !accept('}')) {
      if (words.size() > 1 || begun_) expect(',');
      begun_ = true;
      const std::string word = quoted();
      expect(':');
      const std::size_t rank = whole();
      if (words.size() <= rank) words.resize(rank + 1);
      words[rank] = word;
    }
    blanks();
    if (at_ != text_.size()) fail("something after the last '}'");
    if (words.size() == 1) fail("no word");
    return words;
  }

 private:
  [[noreturn]] void fail(const std::string& found) const {
    throw sdk::DataError(path_, fmt::format("expected one JSON object {{\"word\": rank, ...}}, found {} at byte {}", found, at_));
  }
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }
  bool accept(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    return ++at_, true;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("no '{}'", c));
  }
  std::size_t whole() {
    blanks();
    std::size_t value = 0;
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + static_cast<std::size_t>(text_[at_++] - '0');
      if (value > 100'000'000) fail("a rank beyond 100,000,000");
    }
    if (at_ == begin || value == 0) fail("no rank from 1");
    return value;
  }
  std::uint32_t hex4() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = at_ < text_.size() ? text_[at_++] : '\0';
      const char small = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') value = value * 16 + static_cast<std::uint32_t>(c - '0');
      else if (small >= 'a' && small <= 'f') value = value * 16 + static_cast<std::uint32_t>(small - 'a' + 10);
      else fail("a broken \\u");
    }
    return value;
  }
  void escaped(std::string& word) {
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    constexpr std::string_view codes = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
    if (const std::size_t which = codes.find(c); c != '\0' && which != codes.npos) {
      word += meant[which];
      return;
    }
    if (c != 'u') fail("an unknown escape");
    std::uint32_t point = hex4();
    if (point >= 0xd800 && point < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      const std::uint32_t low = hex4();
      point = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
    }
    append_utf8(word, point >= 0xd800 && point < 0xe000 ? 0xfffd : point);
  }
  std::string quoted() {
    expect('"');
    std::string word;
    for (;;) {
      if (at_ >= text_.size()) fail("a text without end");
      const char c = text_[at_++];
      if (c == '"') return word;
      if (c == '\\') escaped(word);
      else word += c;
    }
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0;
  bool begun_ = false;
};

}  // namespace

std::vector<std::string> read_word_index(const std::string& path) {
  const std::string text = read_whole(path, std::uint64_t{1} << 30);
  return Parser(text, path).parse();
}

}  // namespace teranga::datasets
