// SPDX-License-Identifier: Apache-2.0
#include "roff.hpp"

#include <fmt/format.h>

namespace teranga::launcher {
namespace {

constexpr std::size_t roff_width = 78;

std::string escaped_for_roff(const std::string& text, bool code) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\e"; break;
      case '-': out += code ? "\\-" : "-"; break;
      case '\'': out += code ? "\\(aq" : "'"; break;
      case '`': out += "\\(ga"; break;
      case '^': out += "\\(ha"; break;
      case '~': out += "\\(ti"; break;
      default: out += c;
    }
  }
  return out;
}

// A line that begins with a point or an apostrophe is an order for troff.
std::string as_line(const std::string& line) { return line.starts_with('.') || line.starts_with('\'') ? "\\&" + line : line; }

// A word with two hyphens at its front is an option: it is typed as it stands.
std::string word_of_prose(const std::string& word) { return escaped_for_roff(word, word.find("--") != std::string::npos); }

}  // namespace

std::string roff_prose(const std::string& text) {
  std::string out, line;
  const auto end_line = [&] {
    if (!line.empty()) out += as_line(line) + "\n";
    line.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string word = word_of_prose(text.substr(at, end - at));
    if (!line.empty() && line.size() + 1 + word.size() > roff_width) end_line();
    if (!line.empty() && !word.empty()) line += ' ';
    line += word;
    if (text.compare(end, 2, "\n\n") == 0) {
      end_line();
      out += ".PP\n";
      at = end + 2;
    } else {
      at = end + 1;
    }
  }
  end_line();
  return out;
}

std::string roff_code(const std::string& text) { return escaped_for_roff(text, true); }

std::string roff_bold(const std::string& text) { return fmt::format("\\fB{}\\fR", roff_code(text)); }

std::string roff_quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : roff_code(text)) out += c == '"' ? std::string("\\(dq") : std::string(1, c);
  return out + "\"";
}

}  // namespace teranga::launcher
