// SPDX-License-Identifier: Apache-2.0
#include "bert_words.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

#include <utf8proc.h>

#include <teranga/core/utf8.hpp>

namespace teranga::datasets {
namespace {

using Point = utf8proc_int32_t;

Point point_at(std::string_view text, std::size_t at) {
  Point point = 0;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
  return point;
}

void append(std::string& out, Point point) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t size = utf8proc_encode_char(point, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

void append_as_word(std::string& out, std::string_view word) { out.append(" ").append(word).append(" "); }

// The blocks of CJK unified and compatibility ideographs that BERT names; Hangul, Hiragana and Katakana are letters like others.
bool is_chinese(Point point) {
  constexpr std::pair<Point, Point> blocks[] = {{0x4e00, 0x9fff}, {0x3400, 0x4dbf}, {0x20000, 0x2a6df}, {0x2a700, 0x2b73f}, {0x2b740, 0x2b81f}, {0x2b920, 0x2ceaf}, {0xf900, 0xfaff}, {0x2f800, 0x2fa1f}};
  return std::any_of(std::begin(blocks), std::end(blocks), [&](const auto& block) { return point >= block.first && point <= block.second; });
}

bool is_left_out(Point point) {
  const auto category = utf8proc_category(point);
  return point == 0xfffd || category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_CO;
}

bool is_blank(Point point) {
  const auto category = utf8proc_category(point);
  return point == '\t' || point == '\n' || point == '\r' || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool is_punctuation(Point point) {
  if (point < 0x80) return point > ' ' && point < 0x7f && !(point >= '0' && point <= '9') && !(point >= 'a' && point <= 'z') && !(point >= 'A' && point <= 'Z');
  const auto category = utf8proc_category(point);
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

std::string decomposed(const std::string& text) {
  utf8proc_uint8_t* made = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &made, options);
  if (size < 0) throw std::bad_alloc();  // the only error left: the text is repaired UTF-8
  std::string out(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
  std::free(made);
  return out;
}

// Of a stretch without marks.
void add_words(std::string_view text, BertWords rules, std::string& out) {
  std::string clean;
  bool ascii = true;
  for (std::size_t at = 0; at < text.size(); at += code_point_bytes(text[at])) {
    const Point point = point_at(text, at);
    ascii = ascii && point < 0x80;
    if (is_blank(point)) clean += ' ';
    else if (is_left_out(point)) continue;
    else if (is_chinese(point)) append_as_word(clean, text.substr(at, code_point_bytes(text[at])));
    else append(clean, point);
  }
  if (!ascii && rules.strip_accents) clean = decomposed(clean);
  for (std::size_t at = 0; at < clean.size(); at += code_point_bytes(clean[at])) {
    const Point point = point_at(clean, at);
    if (rules.strip_accents && utf8proc_category(point) == UTF8PROC_CATEGORY_MN) continue;
    if (is_punctuation(point)) append_as_word(out, std::string_view(clean).substr(at, code_point_bytes(clean[at])));
    else if (!rules.small_letters) append(out, point);
    else if (point == 0x130) out += "i\xcc\x87";  // the only letter whose small form has two code points
    else append(out, utf8proc_tolower(point));
  }
}

}  // namespace

std::string bert_words(std::string_view text, BertWords rules) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  std::size_t begin = 0;
  for (std::size_t at = text.find('['); at != text.npos; at = text.find('[', at + 1)) {
    const auto mark = std::find_if(bert_marks.begin(), bert_marks.end(), [&](std::string_view one) { return text.substr(at).starts_with(one); });
    if (mark == bert_marks.end()) continue;
    add_words(text.substr(begin, at - begin), rules, out);
    append_as_word(out, *mark);
    begin = at + mark->size();
  }
  add_words(text.substr(begin), rules, out);
  return out;
}

}  // namespace teranga::datasets
