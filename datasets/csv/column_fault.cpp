// SPDX-License-Identifier: Apache-2.0
#include "column_fault.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <teranga/datasets/path_hints.hpp>
#include <teranga/sdk/error.hpp>

#include "column_names.hpp"

namespace teranga::datasets {

namespace {

constexpr std::size_t most_text = 900, most_names = 200, most_hint = 500;  // bytes; an error holds 511 of a hint

class Refusal {
 public:
  Refusal(const TextTable& table, const CsvRequest& request, bool header, const std::vector<ColumnFault>& faults) : table_(table), request_(request), header_(header), faults_(faults) {}

  [[noreturn]] void refuse_one() const {
    const ColumnFault& fault = faults_.front();
    std::string hint;
    add(hint, fault.answer);
    if (fault.are_names && !hint.empty()) hint += "; otherwise " + names_hint();
    else add(hint, fault.are_names ? names_hint() : words_hint());
    if (!fault.are_names) {
      add(hint, categorical_hint());
      if (fault.option != "dates") add(hint, ignore_hint());  // dates = "ignore" says the same
      add(hint, fault.last_answer);
      add(hint, line_hint());
    }
    if (!fault.option.empty()) throw sdk::OptionError(fault.option, fmt::format("{}: {}", table_.path(), fault.text), hint);
    throw sdk::DataError(fault.place.empty() ? table_.path() : fault.place, fault.text, fault.record, hint);
  }

  // Each fault with its own answers below it, those that have the same answers together; then what can be said to several of them.
  [[noreturn]] void refuse_all() const {
    const bool alike = std::all_of(faults_.begin(), faults_.end(), [&](const ColumnFault& fault) { return own_hint(fault) == own_hint(faults_.front()); });
    std::set<std::size_t> columns;
    for (const ColumnFault& fault : faults_) columns.insert(fault.at);
    std::string text = columns.size() == 1 ? fmt::format("the column \"{}\" cannot be used as it is", faults_.front().column) : fmt::format("{} columns cannot be used as they are", columns.size());
    std::vector<bool> told(faults_.size(), false);
    std::size_t left = faults_.size();
    for (std::size_t i = 0; i < faults_.size(); ++i) {
      if (told[i]) continue;
      const std::string own = own_hint(faults_[i]), last = own.empty() || alike ? "" : fmt::format("\n  hint: {}", own);
      bool any = false;
      for (std::size_t j = i; j < faults_.size(); ++j) {
        if (told[j] || own_hint(faults_[j]) != own) continue;
        told[j] = true;
        const std::string line = fmt::format("\n  {}{}", line_of(faults_[j]), faults_[j].text);
        if (text.size() + line.size() + last.size() > most_text) continue;
        text += line, --left, any = true;
      }
      if (any) text += last;
    }
    if (left > 0) text += fmt::format("\n  and {} more", left);
    std::string hint = alike ? own_hint(faults_.front()) : "";
    if (const std::string names = names_hint(); alike || names.empty()) add(hint, names);
    else add(hint, "besides the hints above, columns can be left out or taken as words: " + names);
    const auto data = std::find_if(faults_.begin(), faults_.end(), [](const ColumnFault& fault) { return fault.option.empty(); });
    if (data == faults_.end()) throw sdk::OptionError(faults_.front().option, fmt::format("{}: {}", table_.path(), text), hint);
    throw sdk::DataError(table_.path(), text, -1, hint);
  }

 private:
  // What has no room is left out, for half of it would lead astray.
  static void add(std::string& hint, const std::string& more) {
    const std::string_view joint = hint.empty() ? "" : ", or ";
    if (!more.empty() && hint.size() + joint.size() + more.size() <= most_hint) hint.append(joint).append(more);
  }

  // "line 5: " of a fault whose place is a cell.
  std::string line_of(const ColumnFault& fault) const {
    if (fault.place.size() <= table_.path().size() + 1) return {};
    const std::string line = fault.place.substr(table_.path().size() + 1);
    return fmt::format("line {}: ", line.substr(0, line.find(':')));
  }

  std::string own_hint(const ColumnFault& fault) const {
    std::string hint = fault.only ? line_hint() : "";
    add(hint, fault.answer);
    if (!fault.missing.empty()) add(hint, words_hint());
    add(hint, fault.last_answer);
    return hint;
  }

  // All words that are to stand for a missing value: also those that do so already, since missing_words stands for all of them.
  std::string words_hint() const {
    const std::vector<std::string>& known = request_.missing_words();
    std::vector<std::string> words;
    for (const ColumnFault& fault : faults_)
      for (const std::string& word : fault.missing)
        if (std::find(known.begin(), known.end(), word) == known.end()) words.push_back(word);
    if (words.empty()) return {};
    return with_missing_words(request_, words) + (request_.missing_is_error ? " with missing = \"mean\"" : "");
  }

  template <class F>
  std::vector<std::string> columns(F&& wanted) const {
    std::vector<std::string> names;
    for (const ColumnFault& fault : faults_)
      if (wanted(fault)) names.push_back(fault.column);
    return names;
  }
  std::string ignore_hint() const {
    const auto names = columns([](const ColumnFault& fault) { return fault.may_be_left_out; });
    return some_in("ignore", request_.ignored, names);
  }
  std::string categorical_hint() const {
    std::size_t most = 0;
    for (const ColumnFault& fault : faults_) most = std::max(most, fault.most_categories);
    const auto names = columns([](const ColumnFault& fault) { return fault.may_be_words; });
    const std::string hint = some_in("categorical", request_.categorical, names);
    return hint.empty() || most == 0 ? hint : fmt::format("{} with most_categories = {}", hint, most);
  }
  std::string names_hint() const {
    std::string hint = ignore_hint();
    add(hint, categorical_hint());
    return hint;
  }

  // Where words stand among numbers in one line alone, under the names or at the end: units, or sums.
  std::string line_hint() const {
    const auto odd = std::find_if(faults_.begin(), faults_.end(), [](const ColumnFault& fault) { return fault.only.has_value(); });
    if (odd == faults_.end() || table_.records() < 2 || !table_.source.lines.empty()) return {};
    const std::int64_t record = *odd->only, last = table_.records() - 1;
    if (!std::all_of(faults_.begin(), faults_.end(), [&](const ColumnFault& fault) { return fault.missing.empty() || fault.only == record; })) return {};
    if (record == last) return without_last_row(table_);
    if (record != 0 || !header_) return {};
    const std::int64_t line = table_.lines[0], next = table_.lines[1];
    const std::string lines = next == line + 1 ? fmt::format("{}d", line) : fmt::format("{},{}d", line, next - 1);
    return fmt::format("{} makes a table without line {}", filter_command(table_.path(), "sed " + lines, "rows"), line);
  }

  const TextTable& table_;
  const CsvRequest& request_;
  bool header_;
  const std::vector<ColumnFault>& faults_;
};

// For words that have no room in a hint. What the recipe names takes the place of the words that stand for a missing value by themselves, so these are told.
std::string named_in_missing_words(const CsvRequest& request, const std::vector<std::string>& more) {
  std::vector<std::string> known = request.missing_words();
  for (const std::string& word : more)
    if (request.missing_among_numbers(word) && std::find(known.begin(), known.end(), word) == known.end()) known.push_back(word);
  if (known.empty()) return "name these words in missing_words";
  const std::string names = names_in_toml(known);
  return names.size() <= most_names ? fmt::format("name {} and these words in missing_words", names) : "add these words to missing_words";
}

}  // namespace

std::string with_missing_words(const CsvRequest& request, const std::vector<std::string>& more) {
  const std::string all = more_in("missing_words", request.missing_words(), more);
  return all.size() <= most_names ? all : named_in_missing_words(request, more);
}

std::string words_left_out(const CsvRequest& request, const std::vector<std::string>& more) {
  return with_missing_words(request, more) + (request.missing_target_is_error ? " with missing_target = \"leave out\"" : "");
}

std::string without_last_row(const TextTable& table) {
  if (!table.source.lines.empty() || table.records() < 2) return {};
  return fmt::format("{} makes a table without line {}", filter_command(table.path(), fmt::format("sed '{},$d'", table.lines.back()), "rows"), table.lines.back());
}

void refuse(const TextTable& table, const CsvRequest& request, bool header, const std::vector<ColumnFault>& faults) {
  if (faults.empty()) return;
  const Refusal refusal(table, request, header, faults);
  if (faults.size() == 1) refusal.refuse_one();
  refusal.refuse_all();
}

}  // namespace teranga::datasets
