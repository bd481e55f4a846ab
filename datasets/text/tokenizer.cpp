// SPDX-License-Identifier: Apache-2.0
#include "tokenizer.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include <utf8proc.h>

#include <teranga/core/small_letters.hpp>

#include "bert_words.hpp"

namespace teranga::datasets {

namespace {

bool is_ascii_punctuation(char c) { return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~'); }

// A tag begins with a letter, '/' or '!' after '<': "a < b" and "<3" stay.
std::string without_tags(std::string_view text) {
  std::string out;
  const std::size_t last = text.rfind('>');  // behind it no tag ends
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char next = at + 1 < text.size() ? small_letter(text[at + 1]) : '\0';
    const std::size_t end = text[at] == '<' && ((next >= 'a' && next <= 'z') || next == '/' || next == '!') && last != text.npos && at < last ? text.find('>', at) : text.npos;
    if (end == text.npos) {
      out += text[at];
      continue;
    }
    out += ' ';
    at = end;
  }
  return out;
}

std::string as_keras(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text)
    if (!is_ascii_punctuation(c)) out += small_letter(c);
  return out;
}

// Blanks of every script, controls, punctuation and symbols part words.
bool parts_words(utf8proc_int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_PC: case UTF8PROC_CATEGORY_PD: case UTF8PROC_CATEGORY_PS: case UTF8PROC_CATEGORY_PE: case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF: case UTF8PROC_CATEGORY_PO: case UTF8PROC_CATEGORY_SM: case UTF8PROC_CATEGORY_SC: case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO: case UTF8PROC_CATEGORY_ZS: case UTF8PROC_CATEGORY_ZL: case UTF8PROC_CATEGORY_ZP: case UTF8PROC_CATEGORY_CC:
      return true;
    default: return false;
  }
}

std::string composed(const std::string& text) {
  utf8proc_uint8_t* made = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &made, options);
  if (size < 0) throw std::bad_alloc();  // the only error left: the text is repaired UTF-8
  std::string out(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
  std::free(made);
  return out;
}

// Small letters, composed; with `part`, what parts words becomes a blank.
std::string as_unicode(std::string_view text, bool part) {
  std::string out;
  out.reserve(text.size());
  bool ascii = true;
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      const char c = text[at++];
      out += part && (is_ascii_punctuation(c) || c < ' ' || c == 0x7f) ? ' ' : small_letter(c);
      continue;
    }
    ascii = false;
    utf8proc_int32_t point = 0;
    const std::size_t bytes = code_point_bytes(text[at]);
    utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at, static_cast<utf8proc_ssize_t>(bytes), &point);
    at += bytes;
    if (part && parts_words(point) && point != 0xfffd) {
      out += ' ';
      continue;
    }
    utf8proc_uint8_t lower[4];
    const utf8proc_ssize_t size = utf8proc_encode_char(utf8proc_tolower(point), lower);
    out.append(reinterpret_cast<const char*>(lower), static_cast<std::size_t>(size));
  }
  return ascii ? out : composed(out);
}

}  // namespace

std::vector<sdk::OptionSpec> token_options(std::string_view standardize) {
  return {sdk::text("standardize", standardize).choices({"keras", "unicode", "none", "bert", "bert_lower", "bert_cased"})
              .says("keras: A-Z become small, ASCII punctuation vanishes; unicode: small letters in every script, punctuation becomes blanks; none: as it is; bert: as for BERT, small letters without accents, each punctuation mark and each Chinese character is a word; bert_lower: the same with accents; bert_cased: the same with accents and capitals"),
          sdk::boolean("strip_html", false).says("each tag such as <br /> becomes a blank before anything else")};
}

std::vector<sdk::OptionSpec> split_options(std::string_view split) {
  return {sdk::text("split", split).choices({"whitespace", "character"}).says("whether tokens are words, between blanks, or characters")};
}

sdk::OptionSpec piece_split_option() {
  return sdk::text("split", "whitespace").choices({"whitespace", "character", "word_piece"}).says("whether tokens are words, between blanks, characters, or the pieces of words of a WordPiece vocabulary, as BERT has it (with standardize = \"bert\")");
}

TokenRules TokenRules::of(const sdk::Options& options) {
  const std::string standardize = options.text("standardize"), split = options.has("split") ? options.text("split") : "";
  TokenRules rules{.standardize = Standardize::none, .characters = split == "character", .pieces = split == "word_piece", .strip_html = options.boolean("strip_html")};
  for (const auto& [name, way] : {std::pair{"keras", Standardize::keras}, {"unicode", Standardize::unicode}, {"bert", Standardize::bert}, {"bert_lower", Standardize::bert_lower}, {"bert_cased", Standardize::bert_cased}})
    if (standardize == name) rules.standardize = way;
  return rules;
}

std::string standardized(std::string_view text, const TokenRules& rules) {
  const std::string bare = rules.strip_html ? without_tags(text) : std::string(text);
  switch (rules.standardize) {
    case TokenRules::Standardize::keras: return as_keras(bare);
    case TokenRules::Standardize::unicode: return as_unicode(bare, true);
    case TokenRules::Standardize::bert: return bert_words(bare, {.small_letters = true, .strip_accents = true});
    case TokenRules::Standardize::bert_lower: return bert_words(bare, {.small_letters = true, .strip_accents = false});
    case TokenRules::Standardize::bert_cased: return bert_words(bare, {.small_letters = false, .strip_accents = false});
    case TokenRules::Standardize::none: break;
  }
  return bare;
}

std::string lower_case(std::string_view text) { return as_unicode(text, false); }

}  // namespace teranga::datasets
