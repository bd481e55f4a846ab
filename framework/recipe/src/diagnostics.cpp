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

// The message without the names of layers, which differ from use to use of a line.
std::string without_layers(std::string message) {
  constexpr std::string_view opening = "layer \"";
  for (std::size_t at = 0; (at = message.find(opening, at)) != message.npos;) {
    at += opening.size();
    const std::size_t end = message.find('"', at);
    if (end == message.npos) break;
    message.erase(at, end - at);
    at += 1;
  }
  return message;
}

std::string place_text(const Position& position) {
  if (is_override(position) || position.line == 0) return position.file;
  return fmt::format("{}:{}:{}", position.file, position.line, position.column);
}

}  // namespace

void Diagnostics::add(const Position& position, std::string message, std::string hint) {
  for (Entry& entry : entries_) {
    if (std::tie(entry.position.line, entry.position.column, entry.position.file) != std::tie(position.line, position.column, position.file)) continue;
    const bool other_use = position.by != entry.position.by && position.by != nullptr && entry.position.by != nullptr;
    if (entry.message != message && !(other_use && without_layers(entry.message) == without_layers(message))) continue;
    if (other_use) ++entry.alike;
    return;
  }
  entries_.push_back({position, std::move(message), std::move(hint)});
}

void Diagnostics::add(const Diagnostics& others) {
  for (const Entry& entry : others.entries_) {
    const std::size_t before = entries_.size();
    add(entry.position, entry.message, entry.hint);
    if (entries_.size() > before) entries_.back().alike = entry.alike;
  }
}

std::size_t Diagnostics::number_of(const Position& position) const {
  const auto source = std::find_if(sources_->begin(), sources_->end(), [&](const SourceText& one) { return one.path == position.file; });
  return position.file.empty() ? 0 : static_cast<std::size_t>(source - sources_->begin());
}

std::string Diagnostics::source_line(const Position& position) const {
  if (is_override(position)) return position.file;
  const std::size_t number = number_of(position);
  if (position.line == 0 || number == sources_->size()) return {};
  const std::string& text = (*sources_)[number].text;
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < position.line; ++line) {
    const std::size_t end = text.find('\n', start);
    if (end == std::string::npos) return {};
    start = end + 1;
  }
  std::string line = text.substr(start, text.find('\n', start) - start);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::string Diagnostics::print(const Entry& entry) const {
  Position position = entry.position;
  if (position.file.empty()) position.file = path();
  std::string out = fmt::format("{}: error: {}\n", place_text(position), entry.message);
  if (const std::string line = source_line(position); !line.empty() && line.size() <= 400) {
    const bool overridden = is_override(position);
    const std::string number = overridden ? "" : fmt::format("{}", position.line);
    const std::uint32_t shift = overridden ? static_cast<std::uint32_t>(std::string_view(override_prefix).size()) : 0;
    out += fmt::format("{:>5} | {}\n", number, line);
    out += fmt::format("      | {}^\n", padding(line, position.column + shift));
  }
  for (const Detour* step = position.by.get(); step != nullptr; step = step->at.by.get()) out += fmt::format("      {} at {}\n", step->how, place_text(step->at));
  if (entry.alike != 0) out += fmt::format("      the same is wrong in {} more {} of this line\n", entry.alike, entry.alike == 1 ? "use" : "uses");
  if (!entry.hint.empty()) out += fmt::format("      hint: {}\n", entry.hint);
  return out;
}

// What the errors are in: the one file that all of them are in, else the recipe.
std::string Diagnostics::where(const std::vector<Entry>& entries) const {
  if (std::ranges::all_of(entries, [](const Entry& e) { return is_override(e.position); })) return "the options --set";
  const std::string& file = entries.front().position.file;
  const bool one_file = !file.empty() && std::ranges::all_of(entries, [&](const Entry& e) { return e.position.file == file; });
  return one_file ? file : path();
}

std::string Diagnostics::report() const {
  if (entries_.empty()) return {};
  std::vector<Entry> sorted = entries_;
  auto key = [&](const Entry& e) { return std::make_tuple(is_override(e.position), number_of(e.position), e.position.line, e.position.column); };
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Entry& a, const Entry& b) { return key(a) < key(b); });
  std::string out;
  for (std::size_t i = 0; i < std::min(sorted.size(), most_printed); ++i) out += print(sorted[i]);
  if (sorted.size() > most_printed) out += fmt::format("... and {} more\n", sorted.size() - most_printed);
  out += fmt::format("{} {} in {}", sorted.size(), sorted.size() == 1 ? "error" : "errors", where(sorted));
  return out;
}

void Diagnostics::throw_if_any() const {
  if (!empty()) throw Faults(*this);
}

}  // namespace teranga::recipe
