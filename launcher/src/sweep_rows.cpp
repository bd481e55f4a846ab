// SPDX-License-Identifier: Apache-2.0
#include "sweep_rows.hpp"

#include <teranga/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <random>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::launcher {
namespace {

constexpr std::size_t most_rows = 100'000;

struct Interval {
  double low, high;
  bool logarithmic;
};

struct Axis {
  std::string key;
  std::vector<std::string> values;  // of a list
  std::optional<Interval> interval; // or all numbers between two
};

// At commas outside of brackets and quotes.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote) quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'') quote = c;
    else if (c == '[' || c == '{') ++depth;
    else if (c == ']' || c == '}') --depth;
    if (c == ',' && depth == 0 && !quote) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Error wrong(const std::string& grid, const std::string& what, const std::string& hint = "--grid optimizer.learning_rate=0.1,0.01") { return Error(ExitCode::usage, fmt::format("sweep: --grid {}: {}", grid, what), hint); }

// "1..3" or "1e-4..0.1"; nothing where the text is a value.
bool take_range(const std::string& grid, std::string_view text, Axis& axis) {
  const bool logarithmic = text.starts_with("log:");
  if (logarithmic) text.remove_prefix(4);
  const std::size_t dots = text.find("..");
  if (dots == text.npos) return false;
  const std::string_view from = text.substr(0, dots), to = text.substr(dots + 2);
  const auto low = number_in<double>(from), high = number_in<double>(to);
  if (!low || !high) return false;
  if (!(*low < *high)) throw wrong(grid, fmt::format("expected a range from a smaller to a larger number, found {}..{}", from, to), fmt::format("--grid {}={}..{}", axis.key, to, from));
  const auto first = number_in<std::int64_t>(from), last = number_in<std::int64_t>(to);
  if (logarithmic && *low <= 0) throw wrong(grid, fmt::format("a logarithmic range begins above 0, found {}", from), fmt::format("--grid {}=log:1e-4..{}", axis.key, to));
  if (!first || !last || logarithmic) return axis.interval = {*low, *high, logarithmic}, true;
  if (static_cast<double>(*last) - static_cast<double>(*first) >= static_cast<double>(most_rows)) throw wrong(grid, fmt::format("{} to {} are more than {} values", from, to, most_rows));
  for (std::int64_t value = *first; value <= *last; ++value) axis.values.push_back(fmt::format("{}", value));
  return true;
}

Axis axis_of(const std::string& grid) {
  Axis axis;
  const std::size_t equals = grid.find('=');
  axis.key = grid.substr(0, equals);
  if (equals == grid.npos || axis.key.empty() || equals + 1 == grid.size()) throw wrong(grid, "expected KEY=VALUE,VALUE,... or KEY=FIRST..LAST");
  const std::vector<std::string> parts = parts_of(std::string_view(grid).substr(equals + 1));
  if (parts.size() == 1 && take_range(grid, parts[0], axis)) return axis;
  for (const std::string& part : parts) {
    if (part.empty()) throw wrong(grid, "a value is empty", fmt::format("--grid {}={}", axis.key, fmt::join(parts.begin(), std::find(parts.begin(), parts.end(), ""), ",")));
    if (std::find(axis.values.begin(), axis.values.end(), part) != axis.values.end()) throw wrong(grid, fmt::format("{} is given twice", part), "leave out one of them");
    axis.values.push_back(part);
  }
  return axis;
}

double unit(std::mt19937_64& draws) { return static_cast<double>(draws() >> 11) * 0x1.0p-53; }

std::string drawn(const Axis& axis, std::mt19937_64& draws) {
  if (!axis.interval) return axis.values[static_cast<std::size_t>(unit(draws) * static_cast<double>(axis.values.size()))];
  const auto& [low, high, logarithmic] = *axis.interval;
  const double u = unit(draws);
  return fmt::format("{:#.6g}", logarithmic ? low * std::pow(high / low, u) : low + (high - low) * u);
}

void draw_rows(const std::vector<Axis>& axes, std::int64_t count, std::uint64_t seed, SweepRows& out) {
  double combinations = 1;
  for (const Axis& axis : axes) combinations *= axis.interval ? HUGE_VAL : static_cast<double>(axis.values.size());
  if (static_cast<double>(count) > combinations)
    throw Error(ExitCode::usage, fmt::format("sweep: --random {}: the grid has {} rows only", count, combinations), fmt::format("--random {}, or leave out --random", combinations));
  std::mt19937_64 draws(seed);
  std::set<std::vector<std::string>> known;
  constexpr int most_repeats = 10'000;  // in a row: intervals may be so narrow that their numbers, which have six digits, are few
  for (int repeats = 0; out.rows.size() < static_cast<std::size_t>(count);) {
    if (++repeats > most_repeats) throw Error(ExitCode::usage, fmt::format("sweep: --random {}: {} rows were drawn, and no other ones are found", count, out.rows.size()), fmt::format("--random {}", out.rows.size()));
    std::vector<std::string> row;
    for (const Axis& axis : axes) row.push_back(drawn(axis, draws));
    if (known.insert(row).second) out.rows.push_back(std::move(row)), repeats = 0;
  }
}

void add_all_rows(const std::vector<Axis>& axes, SweepRows& out) {
  out.rows.emplace_back();
  for (const Axis& axis : axes) {
    if (axis.interval) throw wrong(axis.key, "numbers are drawn between two only with --random", "--random 20");
    if (out.rows.size() * axis.values.size() > most_rows) throw Error(ExitCode::usage, fmt::format("sweep: the grid has more than {} rows", most_rows), "--random 10 draws ten of them");
    std::vector<std::vector<std::string>> longer;
    for (const std::vector<std::string>& row : out.rows)
      for (const std::string& value : axis.values) {
        longer.push_back(row);
        longer.back().push_back(value);
      }
    out.rows = std::move(longer);
  }
}

}  // namespace

namespace {

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == text.npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out.push_back(c);
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string out;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) out.push_back(',');
    out.append(csv_cell(cell));
  }
  out.push_back('\n');
  return out;
}

std::vector<std::string> SweepRows::overrides(std::size_t row) const {
  std::vector<std::string> out;
  for (std::size_t k = 0; k < keys.size(); ++k) out.push_back(fmt::format("{}={}", keys[k], rows[row][k]));
  return out;
}

std::string SweepRows::text(const std::vector<std::string>& marks) const {
  std::vector<std::string> cells = {"row", "recipe"};
  cells.insert(cells.end(), keys.begin(), keys.end());
  std::string out = csv_line(cells);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    cells = {fmt::format("{}", row + 1), marks[row]};
    cells.insert(cells.end(), rows[row].begin(), rows[row].end());
    out.append(csv_line(cells));
  }
  return out;
}

SweepRows with_folds(const SweepRows& rows, std::int64_t folds) {
  SweepRows out{rows.keys, {}};
  if (std::find(out.keys.begin(), out.keys.end(), "data.fold") != out.keys.end()) throw Error(ExitCode::usage, "sweep: --folds gives each row all folds, and the grid has data.fold", "leave out --folds, or data.fold");
  out.keys.emplace_back("data.fold");
  for (const std::vector<std::string>& row : rows.rows)
    for (std::int64_t fold = 1; fold <= folds; ++fold) {
      out.rows.push_back(row);
      out.rows.back().push_back(fmt::format("{}/{}", fold, folds));
    }
  return out;
}

SweepRows sweep_rows(const std::vector<std::string>& grids, std::int64_t random, std::uint64_t seed) {
  if (grids.empty()) throw Error(ExitCode::usage, "sweep: there is nothing to vary", "--grid optimizer.learning_rate=0.1,0.01");
  std::vector<Axis> axes;
  SweepRows out;
  for (const std::string& grid : grids) {
    axes.push_back(axis_of(grid));
    if (std::find(out.keys.begin(), out.keys.end(), axes.back().key) != out.keys.end()) throw wrong(grid, "the key is given twice", "one --grid with all values of the key");
    out.keys.push_back(axes.back().key);
  }
  if (random > 0) draw_rows(axes, random, seed, out);
  else add_all_rows(axes, out);
  return out;
}

}  // namespace teranga::launcher
