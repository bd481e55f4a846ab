// SPDX-License-Identifier: Apache-2.0
#include "column_names.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <numeric>

#include <fmt/format.h>

#include <teranga/core/small_letters.hpp>
#include <teranga/core/value.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr std::size_t most_listed = 20, most_name = 40, most_typed = 200;  // the last one in bytes

// In small letters, and those of Latin-1 as they are written where a keyboard lacks them: "Größe" as "groesse", "été" as "ete".
std::string without_accents(const std::string& name) {
  constexpr const char* plain[] = {"a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "oe", "", "o", "u", "u", "u", "ue", "y", "", "y"};  // U+00E0 to U+00FF
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto first = static_cast<unsigned char>(name[i]), second = i + 1 < name.size() ? static_cast<unsigned char>(name[i + 1]) : static_cast<unsigned char>(0);
    if (first != 0xC3 || second < 0x80) {
      out += small_letter(name[i]);
      continue;
    }
    out += second == 0x9F ? "ss" : plain[second & 0x1F];
    ++i;
  }
  return out;
}

// Letters to change, add or drop; capitals are as good as small ones.
std::size_t letters_apart(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (small_letter(a[i]) != small_letter(b[j]));
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

bool holds(const std::string& text, const std::string& part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) { return small_letter(a) == small_letter(b); }) != text.end();
}

// The name that holds the wanted one, or is held by it, as "price" and "price_usd": empty where there are none or several.
std::string only_name_around(const std::string& wanted, const std::vector<std::string>& names) {
  std::string found;
  if (wanted.size() < 3) return found;
  for (const std::string& name : names) {
    if (name.size() < 3 || (!holds(name, wanted) && !holds(wanted, name))) continue;
    if (!found.empty()) return {};
    found = name;
  }
  return found;
}

}  // namespace

std::string nearest_column(const std::string& wanted, const std::vector<std::string>& names) {
  std::string best;
  std::size_t least = 3;
  if (wanted.size() > most_name) return best;
  for (const std::string& name : names)
    if (without_accents(name) == without_accents(wanted)) return name;
  for (const std::string& name : names)
    if (name.size() == wanted.size() && letters_apart(wanted, name) == 0) return name;
  if (const std::string alone = only_name_around(wanted, names); !alone.empty()) return alone;
  for (const std::string& name : names)
    if (name.size() <= most_name && name.size() > 2)
      if (const std::size_t apart = letters_apart(wanted, name); apart < least) least = apart, best = name;
  return best;
}

namespace {

// The option as it is typed, with another name for the one that was wanted.
std::string with_other_name(const ColumnNames::Wanted& wanted, const std::string& other) {
  if (wanted.names.size() < 2) return fmt::format("{} = {}", wanted.option, in_toml(other));
  std::vector<std::string> names = wanted.names;
  std::replace(names.begin(), names.end(), wanted.name, other);
  const std::string all = more_in(wanted.option, names, {});
  return all.size() <= 2 * most_typed ? all : fmt::format("write {} in place of {} in {}", in_toml(other), in_toml(wanted.name), wanted.option);
}

// Where no name is near: the last column is the usual target, and what is to be left out or taken as words need not be there.
std::string without_name(const ColumnNames::Wanted& wanted, const std::vector<std::string>& names, bool named) {
  if (wanted.option == "target") return wanted.names.size() == 1 ? fmt::format("target = {}, for the last column", in_toml(named ? names.back() : "-1")) : "";
  std::vector<std::string> others = wanted.names;
  std::erase(others, wanted.name);
  return fewer_in(wanted.option, others, wanted.name);
}

}  // namespace

std::string more_in(const std::string& option, std::vector<std::string> names, const std::vector<std::string>& more) {
  for (const std::string& name : more)
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return fmt::format("{} = [{}]", option, names_in_toml(names));
}

std::string in_toml(const std::string& name) { return to_toml({name, {}}); }

std::string names_in_toml(const std::vector<std::string>& names, std::size_t most_bytes) {
  std::string out;
  for (std::size_t told = 0; told < names.size(); ++told) {
    const std::string name = in_toml(names[told]);
    if (told > 0 && out.size() + name.size() > most_bytes) return out + fmt::format(" and {} more", names.size() - told);
    out.append(told == 0 ? "" : ", ").append(name);
  }
  return out;
}

std::string some_in(const std::string& option, const std::vector<std::string>& given, std::vector<std::string> names) {
  if (names.empty()) return {};
  if (more_in(option, given, {names[0]}).size() > most_typed) return fmt::format("add {} to {}", names_in_toml(names, most_typed), option);
  const std::size_t all = names.size();
  names.resize(std::min(all, most_typed / 4));  // each takes four bytes or more
  while (more_in(option, given, names).size() > most_typed) names.pop_back();
  return more_in(option, given, names) + (names.size() < all ? fmt::format(" and {} more", all - names.size()) : "");
}

std::string fewer_in(const std::string& option, const std::vector<std::string>& others, const std::string& left) {
  if (others.empty()) return "leave out " + option;
  const std::string all = more_in(option, others, {});
  return all.size() <= 2 * most_typed ? all : fmt::format("leave {} out of {}", in_toml(left), option);
}

std::string listed(const std::vector<std::string>& names, std::size_t most_bytes) {
  std::string out;
  std::size_t told = 0;
  for (; told < std::min(names.size(), most_listed) && (told == 0 || out.size() < most_bytes); ++told) out += fmt::format("{}\"{}\"", told ? ", " : "", names[told].substr(0, most_name));
  if (names.size() > told) out += fmt::format(" and {} more", names.size() - told);
  return out;
}

std::vector<std::string> with_numbers(std::vector<std::string> names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].empty()) names[i] = std::to_string(i + 1);
  return names;
}

bool is_column_number(const std::string& name) { return name.find_first_not_of("-0123456789") == std::string::npos; }

std::optional<std::size_t> place_by_number(const std::string& wanted, std::size_t columns) {
  std::int64_t number = 0;
  const auto count = static_cast<std::int64_t>(columns);
  const auto [end, bad] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (bad != std::errc() || end != wanted.data() + wanted.size() || number == 0 || std::abs(number) > count) return std::nullopt;
  return static_cast<std::size_t>(number > 0 ? number - 1 : count + number);
}

ColumnNames::ColumnNames(const std::vector<std::string>& names) : names_(names) {
  for (std::size_t i = 0; i < names.size(); ++i) places_[names[i]].push_back(i);
}

const std::vector<std::size_t>& ColumnNames::places(const std::string& name) const {
  static const std::vector<std::size_t> none;
  const auto at = places_.find(name);
  return at == places_.end() ? none : at->second;
}

void ColumnNames::need(const std::string& path, const std::vector<std::pair<std::string, const std::vector<std::string>*>>& options, bool named) const {
  std::string found, renaming, place;  // place: the option that is told of
  std::size_t wrong = 0;
  for (const auto& [option, names] : options) {
    std::vector<std::string> none, likely;
    for (const std::string& name : *names) {
      const bool known = !places(name).empty() || place_by_number(name, names_.size());
      if (!known) none.push_back(name);
      if (const std::string like = known || !named ? "" : nearest_column(name, names_); known || !like.empty()) likely.push_back(known ? name : like);
    }
    if (none.empty()) continue;
    if (option == "target" && likely.empty()) likely.push_back(named ? names_.back() : "-1");
    wrong += none.size();
    if (place.empty()) place = option;
    found += fmt::format("{}{} in {}", found.empty() ? "" : ", and ", listed(none), option);
    if (!renaming.empty()) renaming += ", and ";
    if (likely.empty()) renaming += "leave out " + option;
    else renaming += likely.size() == 1 && names->size() == 1 ? fmt::format("{} = {}", option, in_toml(likely[0])) : more_in(option, {}, likely);
  }
  if (wrong < 2 || renaming.size() > 2 * most_typed) return;
  throw sdk::OptionError(place, fmt::format("{}: expected its columns {}, or numbers from 1 to {}, found {}", path, listed(names_), names_.size(), found), renaming);
}

std::size_t ColumnNames::find(const std::string& path, const Wanted& wanted, bool named) const {
  const std::vector<std::size_t>& found = places(wanted.name);
  if (found.size() > 1) throw sdk::OptionError(wanted.option, fmt::format("{}: two columns are called \"{}\"", path, wanted.name), with_other_name(wanted, fmt::format("{}", found[0] + 1)));
  if (found.size() == 1) return found[0];
  if (const auto place = place_by_number(wanted.name, names_.size())) return *place;
  const std::size_t count = names_.size();
  const std::string like = named ? nearest_column(wanted.name, names_) : "";
  throw sdk::OptionError(wanted.option,
                         named ? fmt::format("{}: expected one of its columns {}, or a number from 1 to {}, found \"{}\"", path, listed(names_), count, wanted.name)
                               : fmt::format("{}: expected the number of a column, from 1 to {}, since its first line names none, found \"{}\"", path, count, wanted.name),
                         !like.empty() ? with_other_name(wanted, like) : without_name(wanted, names_, named));
}

}  // namespace teranga::datasets
