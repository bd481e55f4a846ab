// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/shell_word.hpp>

#include <algorithm>

namespace teranga {

std::string shell_word(std::string_view path) { return shell_text(path.starts_with('-') ? "./" + std::string(path) : std::string(path)); }

std::string shell_text(std::string_view text) {
  const auto plain = [](unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 || std::string_view("_-./,+:@%=").find(static_cast<char>(c)) != std::string_view::npos; };
  if (!text.empty() && text[0] != '=' && std::all_of(text.begin(), text.end(), plain)) return std::string(text);
  std::string word = "'";
  for (const char c : text) c == '\'' ? word += "'\\''" : word += c;
  return word + "'";
}

std::string shell_words(const std::vector<std::string>& texts, std::string_view between) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : between).append(shell_word(text));
  return out;
}

}  // namespace teranga
