// SPDX-License-Identifier: Apache-2.0
#include "tagged_files.hpp"

#include <string_view>

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

TaggedToken token_of_line(std::string_view line, const TaggedForm& form, const std::string& where) {
  const std::vector<std::string_view> fields = fields_of(line, line.find('\t') != line.npos);
  const auto count = static_cast<std::int64_t>(fields.size());
  const auto field = [&](std::int64_t number) { return number > 0 ? number - 1 : count + number; };
  const std::int64_t token = field(form.token), tag = field(form.tag);
  if (token < 0 || token >= count || tag < 0 || tag >= count || token == tag || fields[static_cast<std::size_t>(token)].empty() || fields[static_cast<std::size_t>(tag)].empty())
    throw sdk::DataError(where, fmt::format("expected a token and its tag (fields {} and {}), found \"{}\"", form.token, form.tag, line.substr(0, 60)), -1,
                         line.find('/') != line.npos ? "form = \"inline\"" : "a blank line ends a sentence");
  return {std::string(fields[static_cast<std::size_t>(token)]), std::string(fields[static_cast<std::size_t>(tag)])};
}

std::vector<TaggedToken> sentence_of_line(std::string_view line, const std::string& where) {
  std::vector<TaggedToken> sentence;
  for (const std::string_view word : fields_of(line, false)) {
    const std::size_t slash = word.rfind('/');
    if (slash == word.npos || slash == 0 || slash + 1 == word.size())
      throw sdk::DataError(where, fmt::format("expected token/tag, found \"{}\"", word.substr(0, 60)), -1, "form = \"lines\" reads a token and its tag a line");
    sentence.push_back({std::string(word.substr(0, slash)), std::string(word.substr(slash + 1))});
  }
  return sentence;
}

}  // namespace

void read_tagged_file(const std::string& path, const TaggedForm& form, const std::function<void(const std::vector<TaggedToken>& sentence, const std::string& where)>& take) {
  std::vector<TaggedToken> sentence;
  std::string where;
  std::int64_t sentences = 0;
  const auto finish = [&] {
    if (sentence.empty()) return;
    take(sentence, where);
    sentence.clear();
    ++sentences;
  };
  const std::vector<std::string> lines = read_lines(path);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string here = fmt::format("{}:{}", path, i + 1);
    const bool blank = lines[i].find_first_not_of(blanks) == std::string::npos;
    if (sentence.empty()) where = here;
    if (form.inline_tags) sentence = sentence_of_line(lines[i], here);
    else if (!blank && !lines[i].starts_with("# ")) sentence.push_back(token_of_line(lines[i], form, here));
    if (blank || form.inline_tags) finish();
  }
  finish();
  if (sentences == 0) throw sdk::DataError(path, "expected sentences, found blank lines only");
}

}  // namespace teranga::datasets
