// SPDX-License-Identifier: Apache-2.0
#include "tagged_files.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

#include "text_files.hpp"

namespace teranga::datasets {

namespace {

constexpr std::string_view blanks = " \t";

// Between tabs, where every one parts, or between runs of blanks.
std::vector<std::string_view> fields_of(std::string_view line, bool tabs) {
  std::vector<std::string_view> fields;
  if (tabs) {
    for (std::size_t begin = 0, end = 0; end != line.npos; begin = end + 1) {
      end = line.find('\t', begin);
      fields.push_back(line.substr(begin, end == line.npos ? end : end - begin));
    }
    return fields;
  }
  for (std::size_t begin = line.find_first_not_of(blanks); begin != line.npos;) {
    const std::size_t end = std::min(line.find_first_of(blanks, begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(blanks, end);
  }
  return fields;
}

bool has_tabs(std::string_view line) { return line.find('\t') != line.npos; }

// The place of a field among so many, from 1, or from -1 counted from the end.
std::int64_t place_of(std::int64_t field, std::size_t fields) { return field > 0 ? field - 1 : static_cast<std::int64_t>(fields) + field; }

bool has_token(const std::vector<std::string_view>& fields, const TaggedForm& form) {
  const std::int64_t token = place_of(form.token, fields.size()), tag = place_of(form.tag, fields.size()), count = static_cast<std::int64_t>(fields.size());
  return token >= 0 && token < count && tag >= 0 && tag < count && token != tag && !fields[static_cast<std::size_t>(token)].empty() && !fields[static_cast<std::size_t>(tag)].empty();
}

// Tells comments from lines whose token is "#", by how the other lines of the file are made.
class Comments {
 public:
  Comments(const std::vector<std::string>& lines, const TaggedForm& form) : form_(form) {
    const auto other = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
      const bool may_be_comment = line.starts_with("# ") || (line.starts_with('#') && !has_tabs(line));
      return !may_be_comment && line.find_first_not_of(blanks) != line.npos;
    });
    if (other == lines.end()) return;
    tabs_ = has_tabs(*other);
    count_ = fields_of(*other, tabs_).size();
  }

  bool operator()(std::string_view line) const {
    if (tabs_) return line.starts_with("# ") || (line.starts_with('#') && !has_tabs(line));
    if (!line.starts_with("# ")) return false;
    const std::vector<std::string_view> fields = fields_of(line, false);
    const bool metadata = fields.size() > 2 && fields[2] == "=";  // "# sent_id = 1"
    return metadata || (count_ > 0 && fields.size() != count_) || !has_token(fields, form_);
  }

 private:
  const TaggedForm& form_;
  bool tabs_ = false;
  std::size_t count_ = 0;  // fields of a line; 0: there is no other line
};

// "3" is 3 and nothing; "1-2" is 1, '-' and 2; "3.1" is 3, '.' and 1. False where it is none of these.
bool parse_id(std::string_view text, std::int64_t& first, char& sign, std::int64_t& second) {
  const char* const end = text.data() + text.size();
  sign = 0;
  const auto [after, wrong] = std::from_chars(text.data(), end, first);
  if (wrong != std::errc() || after == end) return wrong == std::errc() && first >= 0;
  sign = *after;
  const auto [last, bad] = std::from_chars(after + 1, end, second);
  return (sign == '-' || sign == '.') && first >= 0 && bad == std::errc() && last == end && second >= 0;
}

// In CoNLL-U the first field numbers the words of a sentence. Lines of a range of words (1-2) and of a node that is not in the text (3.1) are no words: they are
// taken out where all first fields are such numbers, in order.
void take_out_ranges_and_empty_nodes(std::vector<TaggedToken>& sentence, const std::vector<std::string>& first_fields) {
  std::vector<bool> words;
  std::int64_t last = 0;
  for (const std::string& text : first_fields) {
    std::int64_t first = 0, second = 0;
    char sign = 0;
    if (!parse_id(text, first, sign, second)) return;
    if (sign == 0 ? first != last + 1 : sign == '-' ? first != last + 1 || second <= first : first != last || second < 1) return;
    if (sign == 0) last = first;
    words.push_back(sign == 0);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i]) std::swap(sentence[kept++], sentence[i]);
  sentence.resize(kept);
}

struct LineToken {
  TaggedToken token;
  std::string first_field;  // empty where it is the token itself, or the tag
};

bool is_inline(std::string_view word) {
  const std::size_t slash = word.rfind('/');
  return slash != word.npos && slash > 0 && slash + 1 < word.size();
}

// What may be meant by a line that has no token, or no tag, where they are looked for.
std::string form_hint(const std::vector<std::string_view>& fields, const TaggedForm& form) {
  const std::int64_t token = place_of(form.token, fields.size()), tag = place_of(form.tag, fields.size()), count = std::ssize(fields);
  const bool no_token = token < 0 || token >= count, no_tag = tag < 0 || tag >= count || tag == token;
  if (count < 2 || (!no_token && !no_tag)) return "a line holds a token and its tag; between sentences there is a blank line";
  return fmt::format("token_column = {} and tag_column = {}", no_token ? (tag == 0 ? 2 : 1) : form.token, no_tag ? (token == count - 1 ? 1 : -1) : form.tag);
}

LineToken token_of_line(std::string_view line, const TaggedForm& form, const std::string& where) {
  const std::vector<std::string_view> fields = fields_of(line, has_tabs(line));
  if (!has_token(fields, form))
    throw sdk::DataError(where, fmt::format("expected a token and its tag (fields {} and {}), found \"{}\"", form.token, form.tag, line.substr(0, 60)), -1, form_hint(fields, form));
  const auto token = static_cast<std::size_t>(place_of(form.token, fields.size())), tag = static_cast<std::size_t>(place_of(form.tag, fields.size()));
  return {{std::string(fields[token]), std::string(fields[tag])}, std::string(token == 0 || tag == 0 ? std::string_view() : fields[0])};
}

std::vector<TaggedToken> sentence_of_line(std::string_view line, const std::string& where) {
  std::vector<TaggedToken> sentence;
  for (const std::string_view word : fields_of(line, false)) {
    if (!is_inline(word))
      throw sdk::DataError(where, fmt::format("expected token/tag, found \"{}\"", word.substr(0, 60)), -1,
                           line.find('/') == line.npos && fields_of(line, has_tabs(line)).size() > 1 ? "form = \"lines\" reads a token and its tag a line" : "a slash stands between a token and its tag: the/DT");
    const std::size_t slash = word.rfind('/');
    sentence.push_back({std::string(word.substr(0, slash)), std::string(word.substr(slash + 1))});
  }
  return sentence;
}

// Lines of token/tag alone would be read as tokens and tags that have slashes.
void refuse_inline(const std::string& path, const std::vector<std::string>& lines) {
  const auto is_blank = [](const std::string& line) { return line.find_first_not_of(blanks) == std::string::npos; };
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank);
  const bool all = first != lines.end() && std::all_of(first, lines.end(), [&](const std::string& line) {
    const std::vector<std::string_view> fields = fields_of(line, has_tabs(line));
    return is_blank(line) || std::all_of(fields.begin(), fields.end(), is_inline);
  });
  if (all)
    throw sdk::DataError(fmt::format("{}:{}", path, first - lines.begin() + 1), fmt::format("expected a token and its tag a line, found tokens and tags with slashes between them: \"{}\"", first->substr(0, 60)), -1, "form = \"inline\"");
}

// A token a line.
void read_lines_of_tokens(const std::string& path, const std::vector<std::string>& lines, const TaggedForm& form, const std::function<void(std::vector<TaggedToken>&)>& finish,
                          std::string& where) {
  refuse_inline(path, lines);
  const Comments is_comment(lines, form);
  std::vector<TaggedToken> sentence;
  std::vector<std::string> first_fields;
  const auto end_sentence = [&] {
    take_out_ranges_and_empty_nodes(sentence, first_fields);
    if (sentence.size() == 1 && sentence[0].token == "-DOCSTART-") sentence.clear();
    finish(sentence);
    first_fields.clear();
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find_first_not_of(blanks) == std::string::npos) {
      end_sentence();
    } else if (!is_comment(lines[i])) {
      const std::string here = fmt::format("{}:{}", path, i + 1);
      if (sentence.empty()) where = here;
      LineToken line = token_of_line(lines[i], form, here);
      sentence.push_back(std::move(line.token));
      first_fields.push_back(std::move(line.first_field));
    }
  }
  end_sentence();
}

}  // namespace

void read_tagged_file(const std::string& path, const TaggedForm& form, const std::function<void(const std::vector<TaggedToken>& sentence, const std::string& where)>& take) {
  std::string where;
  std::int64_t sentences = 0;
  const auto finish = [&](std::vector<TaggedToken>& sentence) {
    if (sentence.empty()) return;
    take(sentence, where);
    sentence.clear();
    ++sentences;
  };
  const std::vector<std::string> lines = read_lines(path);
  if (!form.inline_tags) {
    read_lines_of_tokens(path, lines, form, finish, where);
  } else {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      where = fmt::format("{}:{}", path, i + 1);
      std::vector<TaggedToken> sentence = sentence_of_line(lines[i], where);
      finish(sentence);
    }
  }
  if (sentences == 0) throw sdk::DataError(path, "expected sentences, found none");
}

}  // namespace teranga::datasets
