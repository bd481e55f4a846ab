// SPDX-License-Identifier: Apache-2.0
#include "word_index.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/text_scanner.hpp>

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
  Parser(std::string_view text, const std::string& path) : text_(text, path, "one JSON object {\"word\": rank, ...}") {}

  std::vector<std::string> parse() {
    std::vector<std::string> words(1);
    std::vector<std::pair<std::size_t, std::string>> ranked;
    text_.expect('{');
    bool begun = false;
    while (!text_.accept('}')) {
      if (begun) text_.expect(',');
      begun = true;
      const std::string word = quoted();
      text_.expect(':');
      const auto rank = static_cast<std::size_t>(text_.whole("rank", 1, 100'000'000));
      ranked.emplace_back(rank, word);
    }
    if (!text_.at_end()) text_.fail("something after the last '}'");
    if (ranked.empty()) text_.fail("no word");
    for (auto& [rank, word] : ranked) {
      if (rank > 1000 + 10 * ranked.size()) text_.fail(fmt::format("{} words and the rank {}", ranked.size(), rank));
      if (words.size() <= rank) words.resize(rank + 1);
      words[rank] = std::move(word);
    }
    return words;
  }

 private:
  std::uint32_t hex4() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_.take();
      const char small = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') value = value * 16 + static_cast<std::uint32_t>(c - '0');
      else if (small >= 'a' && small <= 'f') value = value * 16 + static_cast<std::uint32_t>(small - 'a' + 10);
      else text_.fail("a broken \\u");
    }
    return value;
  }
  void escaped(std::string& word) {
    const char c = text_.take();
    constexpr std::string_view codes = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
    if (const std::size_t which = codes.find(c); c != '\0' && which != codes.npos) {
      word += meant[which];
      return;
    }
    if (c != 'u') text_.fail("an unknown escape");
    std::uint32_t point = hex4();
    if (point >= 0xd800 && point < 0xdc00 && text_.take("\\u")) {
      const std::uint32_t low = hex4();
      point = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
    }
    append_utf8(word, point >= 0xd800 && point < 0xe000 ? 0xfffd : point);
  }
  std::string quoted() {
    text_.expect('"');
    std::string word;
    while (!text_.take("\"")) {
      if (text_.all_taken()) text_.fail("a text without end");
      const char c = text_.take();
      if (c == '\\') escaped(word);
      else word += c;
    }
    return word;
  }

  TextScanner text_;
};

}  // namespace

std::vector<std::string> read_word_index(const std::string& path) {
  const std::string text = read_whole(path, std::uint64_t{1} << 30);
  return Parser(text, path).parse();
}

}  // namespace teranga::datasets
