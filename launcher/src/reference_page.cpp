// SPDX-License-Identifier: Apache-2.0
#include "reference_page.hpp"

#include <fmt/format.h>

#include "table.hpp"

namespace teranga::launcher {
namespace {

// Prose in which no character has a meaning of Markdown's.
std::string escaped(const std::string& prose) {
  std::string out;
  for (const char c : prose) {
    if (c == '|' || c == '<' || c == '*' || c == '`') out += '\\';
    out += c;
  }
  return out;
}

std::string as_markdown(const ReferenceCell& cell) {
  if (!cell.code || cell.text.empty()) return escaped(cell.text);
  std::string out;
  for (const char c : cell.text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return fmt::format("`{}`", out);
}

std::string markdown_of(const ReferenceSection& section) {
  std::string out = fmt::format("{} {}\n", std::string(static_cast<std::size_t>(section.level), '#'), as_markdown(section.heading));
  for (const std::string& paragraph : section.paragraphs) out += fmt::format("\n{}\n", escaped(paragraph));
  if (section.rows.empty()) return out;
  out += "\n|";
  for (const std::string& word : section.head) out += fmt::format(" {} |", word);
  out += "\n|";
  for (std::size_t i = 0; i < section.head.size(); ++i) out += "---|";
  for (const std::vector<ReferenceCell>& row : section.rows) {
    out += "\n|";
    for (const ReferenceCell& cell : row) out += fmt::format(" {} |", as_markdown(cell));
  }
  return out + "\n";
}

std::string plain_text_of(const ReferenceSection& section) {
  std::string out = section.heading.text + "\n";
  for (const std::string& paragraph : section.paragraphs) out += paragraph + "\n";
  if (section.rows.empty()) return out;
  Table table(section.head);
  for (const std::vector<ReferenceCell>& row : section.rows) {
    std::vector<std::string> words;
    for (const ReferenceCell& cell : row) words.push_back(cell.text);
    table.add(std::move(words));
  }
  return out + "\n" + table.text();
}

}  // namespace

std::string page_text(const std::vector<ReferenceSection>& sections, PageFormat format) {
  std::string out;
  for (const ReferenceSection& section : sections) {
    if (!out.empty()) out += '\n';
    out += format == PageFormat::markdown ? markdown_of(section) : plain_text_of(section);
  }
  return out;
}

}  // namespace teranga::launcher
