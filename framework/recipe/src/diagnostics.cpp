// SPDX-License-Identifier: Apache-2.0
#include <teranga/recipe/diagnostics.hpp>

#include <algorithm>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

namespace teranga::recipe {
namespace {

constexpr std::size_t most_printed = 100;

bool is_override(const Position& position) { return position.file.starts_with(override_prefix); }

// Spaces up to the column, with tabs kept as they are, so that the caret stands below its character. Columns count
// code points: continuation bytes take no room of their own.
std::string padding(std::string_view line, std::uint32_t column) {
  std::string out;
  std::uint32_t seen = 1;
  for (unsigned char c : line) {
    if ((c & 0xC0) == 0x80) continue;
    if (seen++ >= column) break;
    out += c == '\t' ? '\t' : ' ';
  }
  return out;
}

}  // namespace

void Diagnostics::add(const Position& position, std::string message, std::string hint) {
  const auto is_known = [&](const Entry& entry) { return std::tie(entry.position.file, entry.position.line, entry.position.column, entry.message) == std::tie(position.file, position.line, position.column, message); };
  if (std::any_of(entries_.begin(), entries_.end(), is_known)) return;
  entries_.push_back({position, std::move(message), std::move(hint)});
}

void Diagnostics::add(const Diagnostics& others) {
  for (const Entry& entry : others.entries_) add(entry.position, entry.message, entry.hint);
}

std::string Diagnostics::source_line(const Position& position) const {
  if (is_override(position)) return position.file;
  if (position.line == 0 || position.file != path_) return {};
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < position.line; ++line) {
    const std::size_t end = text_.find('\n', start);
    if (end == std::string::npos) return {};
    start = end + 1;
  }
  std::string line = text_.substr(start, text_.find('\n', start) - start);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::string Diagnostics::print(const Entry& entry) const {
  Position position = entry.position;
  if (position.file.empty()) position.file = path_;
  std::string out = position.file;
  if (position.line != 0 && !is_override(position)) out += fmt::format(":{}:{}", position.line, position.column);
  out += fmt::format(": error: {}\n", entry.message);
  if (const std::string line = source_line(position); !line.empty() && line.size() <= 400) {
    const bool overridden = is_override(position);
    const std::string number = overridden ? "" : fmt::format("{}", position.line);
    const std::uint32_t shift = overridden ? static_cast<std::uint32_t>(std::string_view(override_prefix).size()) : 0;
    out += fmt::format("{:>5} | {}\n", number, line);
    out += fmt::format("      | {}^\n", padding(line, position.column + shift));
  }
  if (!entry.hint.empty()) out += fmt::format("      hint: {}\n", entry.hint);
  return out;
}

std::string Diagnostics::report() const {
  if (entries_.empty()) return {};
  std::vector<Entry> sorted = entries_;
  auto key = [](const Entry& e) { return std::make_tuple(is_override(e.position), e.position.line, e.position.column); };
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Entry& a, const Entry& b) { return key(a) < key(b); });
  std::string out;
  for (std::size_t i = 0; i < std::min(sorted.size(), most_printed); ++i) out += print(sorted[i]);
  if (sorted.size() > most_printed) out += fmt::format("... and {} more\n", sorted.size() - most_printed);
  const bool overridden = std::ranges::all_of(sorted, [](const Entry& e) { return is_override(e.position); });
  out += fmt::format("{} {} in {}", sorted.size(), sorted.size() == 1 ? "error" : "errors", overridden ? "the options --set" : path_);
  return out;
}

void Diagnostics::throw_if_any() const {
  if (!empty()) throw Faults(*this);
}

}  // namespace teranga::recipe
