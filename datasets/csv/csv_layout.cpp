// SPDX-License-Identifier: Apache-2.0
// Header, names, uses and the form of numbers; then a kind for each column.
#include "csv_layout.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/numbered_names.hpp>
#include <teranga/datasets/separator.hpp>
#include <teranga/sdk/error.hpp>

#include "column_kind.hpp"
#include "column_names.hpp"
#include "column_scan.hpp"
#include "rows_left_out.hpp"

namespace teranga::datasets {

namespace {

class Settling {
 public:
  Settling(TextTable& table, const CsvRequest& request, TableForm& form, std::vector<ColumnFault>& faults) : table_(table), request_(request), form_(form), faults_(faults) {}

  CsvLayout settle() {
    check_width();
    for (const TextColumn& column : table_.columns) scans_.push_back(scan_column(column, request_));
    form_.header = settle_header();
    layout_.named = form_.header;
    layout_.separator = table_.separator;
    layout_.quotes = table_.quotes;
    if (!form_.header) take_first_as_row();
    if (table_.records() + !form_.header == 0) throw sdk::DataError(table_.path(), "expected rows under the line of column names, found none");
    name_columns();
    settle_uses();
    leave_rows_out();
    settle_form();
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (layout_.columns[i].use != ColumnUse::ignored)
        if (auto fault = settle_kind({table_, request_, form_.numbers, scans_, i, form_.header}, layout_.columns[i], fixed_[i])) fault->at = i, faults_.push_back(std::move(*fault));
    if (std::none_of(layout_.columns.begin(), layout_.columns.end(), [](const ColumnLayout& column) { return column.use == ColumnUse::feature; }))
      throw sdk::OptionError("target", fmt::format("{}: no column is left as a feature", table_.path()));
    for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
      form_.places.emplace_back(i);
      form_.orders.push_back(layout_.columns[i].order);
    }
    return std::move(layout_);
  }

 private:
  // The data set for sentences, where a column holds them: the last one that does not is their label.
  std::string text_hint() const {
    std::size_t text = 0, label = table_.columns.size();
    while (text < table_.columns.size() && !holds_sentences(table_.columns[text])) ++text;
    while (label > 0 && (label - 1 == text || holds_sentences(table_.columns[label - 1]))) --label;
    return text == table_.columns.size() || label == 0 ? "" : fmt::format("; for sentences type = \"text\" with text_column = \"{}\" and label_column = \"{}\"", text + 1, label);
  }

  bool settle_header() {
    if (!table_.declared.empty()) return true;
    if (request_.header != "auto") {
      table_.facts.push_back(request_.header == "true" ? "the first line names the columns, as it is said" : "the first line is a row, as it is said");
      return request_.header == "true";
    }
    for (const std::vector<std::string>* wanted : {&request_.targets, &request_.ignored, &request_.categorical})
      for (const std::string& name : *wanted)
        if (!is_column_number(name) && std::find(table_.first.begin(), table_.first.end(), name) != table_.first.end()) {
          table_.facts.push_back(fmt::format("the first line names the columns: \"{}\" is one", name));
          return true;
        }
    std::optional<std::size_t> names, numbers;  // a column whose first cell is a name over values; one that begins with a value
    for (std::size_t i = 0; i < table_.first.size(); ++i) {
      ColumnScan first;
      first.add(table_.first[i], -1, request_);
      if (first.present() == 0) continue;
      if (first.words == 0) numbers = numbers.value_or(i);
      else if (scans_[i].of_numbers() || scans_[i].of_dates()) names = names.value_or(i);
    }
    const auto doubt = [&](const std::string& why) {
      throw sdk::OptionError("header", fmt::format("{}: cannot tell whether the first line names the columns: {}", table_.path(), why), "header = \"true\", or header = \"false\"" + text_hint());
    };
    if (!names && !numbers) doubt("the table has words alone");
    if (names && numbers) doubt(fmt::format("\"{}\" stands over numbers, as a name does, and \"{}\" is a value itself", table_.first[*names].substr(0, 60), table_.first[*numbers].substr(0, 60)));
    if (!names && (first_may_be_names() || first_has_numbers_behind_names() || first_has_years_and_names())) doubt(fmt::format("{} may be names or values", listed({table_.first.begin(), table_.first.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(table_.first.size(), 4))})));
    table_.facts.push_back(names ? fmt::format("the first line names the columns: \"{}\" stands over numbers or dates", table_.first[*names].substr(0, 60))
                                 : fmt::format("the first line is a row: \"{}\" is a value", table_.first[*numbers].substr(0, 60)));
    return names.has_value();
  }

  // Numbers or dates that look like names; a word in front of them may be a name where its column does not have it again.
  bool first_may_be_names() const {
    const bool fractions = std::all_of(scans_.begin(), scans_.end(), [](const ColumnScan& scan) { return scan.numbers.of(Written::plain) < scan.present(); });
    if (table_.records() == 0 || !may_be_numbered_names(table_.first, fractions)) return false;
    bool again = false;
    if (how_written(table_.first[0]) == Written::no_number) table_.columns[0].each([&](std::string_view text, std::int64_t) { again = again || text == table_.first[0]; });
    return !again;
  }

  // "product,10,20": words that their columns do not have again, the first cell among them, and rising whole numbers.
  bool first_has_numbers_behind_names() const {
    std::vector<double> numbers;
    for (std::size_t i = 0; i < table_.first.size(); ++i) {
      const std::string& cell = table_.first[i];
      if (cell.empty() || see_date(cell).any()) return false;
      if (how_written(cell) == Written::no_number) {
        bool again = false;
        table_.columns[i].each([&](std::string_view text, std::int64_t) { again = again || text == cell; });
        if (again) return false;
        continue;
      }
      double number = 0;
      if (i == 0 || cell.find_first_not_of("0123456789") != cell.npos || !parse_number(cell, NumberForm{}, number) || (!numbers.empty() && number <= numbers.back())) return false;
      numbers.push_back(number);
    }
    return numbers.size() > 1 && table_.records() > 0;
  }

  // "2019,2020,country": rising years, and words that their columns do not have again.
  bool first_has_years_and_names() const {
    std::vector<double> years;
    bool words = false;
    for (std::size_t i = 0; i < table_.first.size(); ++i) {
      const std::string& cell = table_.first[i];
      double number = 0;
      if (how_written(cell) == Written::no_number) {
        bool again = cell.empty() || see_date(cell).any();
        table_.columns[i].each([&](std::string_view text, std::int64_t) { again = again || text == cell; });
        if (again) return false;
        words = true;
      } else if (cell.size() == 4 && parse_number(cell, NumberForm{}, number) && number >= 1800 && number <= 2100 && number == std::floor(number) && (years.empty() || number > years.back())) {
        years.push_back(number);
      } else {
        return false;
      }
    }
    return words && years.size() > 1 && table_.records() > 0;
  }

  void take_first_as_row() {
    if (table_.longer)
      throw sdk::DataError(fmt::format("{}:{}:1", table_.path(), table_.lines[0]), fmt::format("expected {} cells as in line {}, found {}", table_.first.size(), table_.first_line, table_.first.size() + 1), 0);
    for (std::size_t i = 0; i < scans_.size(); ++i) {
      ColumnScan whole;
      whole.add(table_.first[i], -1, request_);
      whole.add(scans_[i]);
      scans_[i] = std::move(whole);
    }
  }

  void name_columns() {
    for (std::size_t i = 0; i < table_.first.size(); ++i) {
      std::string name = form_.header ? table_.first[i] : "";
      if (i == 0 && table_.declared.empty() && name.starts_with('#')) name.erase(0, std::min(name.find_first_not_of("# "), name.size()));
      names_.push_back(name);
    }
    names_ = with_numbers(std::move(names_));
    for (const std::string& name : names_) layout_.columns.push_back({.name = name});
    if (form_.header && table_.first[0].empty()) table_.notes.emplace_back("the first column has no name: it is called 1");
  }

  // With another separator than the table's, each line is one cell.
  void check_width() const {
    if (table_.first.size() > 1 || (!request_.target_is_last && request_.targets.empty())) return;
    if (const auto better = better_separator(table_))
      throw sdk::OptionError("separator", fmt::format("{}: expected cells between {}, found one cell in each line (\"{}\")", table_.path(), written_separator(table_.separator), table_.first[0].substr(0, 60)), fmt::format("separator = {}", written_separator(*better)));
  }

  // Where the target was left out, it is the last column: then the last one that is used was most likely meant.
  [[noreturn]] void refuse_ignored_target(const std::vector<std::string>& ignored) const {
    std::string hint;
    if (!request_.target_is_last) {
      std::vector<std::string> others = request_.ignored;
      std::erase_if(others, [&](const std::string& name) { return std::find(ignored.begin(), ignored.end(), name) != ignored.end(); });
      hint = fewer_in("ignore", others, ignored[0]);
    } else if (const auto last = std::find_if(layout_.columns.rbegin(), layout_.columns.rend(), [](const ColumnLayout& column) { return column.use == ColumnUse::feature; }); last != layout_.columns.rend()) {
      hint = "target = " + in_toml(last->name);
    }
    throw sdk::OptionError("ignore", fmt::format("{}: the column \"{}\" is the target{}", table_.path(), ignored[0], request_.target_is_last ? ", for it is the last one and target was left out" : ""), hint);
  }

  void settle_uses() {
    const ColumnNames names(names_);
    names.need(table_.path(), {{"target", &request_.targets}, {"ignore", &request_.ignored}, {"categorical", &request_.categorical}}, layout_.named);
    const auto column = [&](const std::string& option, const std::vector<std::string>& all, const std::string& name) { return names.find(table_.path(), {option, all, name}, layout_.named); };
    if (request_.target_is_last) layout_.columns.back().use = ColumnUse::target;
    for (const std::string& name : request_.targets) layout_.columns[column("target", request_.targets, name)].use = ColumnUse::target;
    std::vector<std::string> ignored_targets;
    for (const std::string& name : request_.ignored) {
      ColumnLayout& ignored = layout_.columns[column("ignore", request_.ignored, name)];
      if (ignored.use == ColumnUse::target) ignored_targets.push_back(name);
      else ignored.use = ColumnUse::ignored;
    }
    if (!ignored_targets.empty()) refuse_ignored_target(ignored_targets);
    fixed_.assign(layout_.columns.size(), FixedKind::none);
    for (std::size_t i = 0; i < table_.declared.size(); ++i)
      fixed_[i] = table_.declared[i].type == ArffType::numbers ? FixedKind::declared_numbers : table_.declared[i].type == ArffType::words ? FixedKind::declared_words : FixedKind::none;
    for (std::size_t i = 0; i < table_.declared.size(); ++i)
      layout_.columns[i].values = layout_.columns[i].declared = table_.declared[i].values;
    for (const std::string& name : request_.categorical) fixed_[column("categorical", request_.categorical, name)] = FixedKind::words;
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (layout_.columns[i].use == ColumnUse::target && request_.target_is != "auto") fixed_[i] = request_.target_is == "classes" ? FixedKind::words : FixedKind::numbers;
    if (std::none_of(layout_.columns.begin(), layout_.columns.end(), [](const ColumnLayout& one) { return one.use == ColumnUse::feature; }))
      throw sdk::OptionError("target", fmt::format("{}: no column is left as a feature", table_.path()));
  }

  // What the columns are is then settled by the rows that are left.
  void leave_rows_out() {
    std::vector<TargetColumn> targets;
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (layout_.columns[i].use == ColumnUse::target)
        targets.push_back({i, fixed_[i] == FixedKind::words || fixed_[i] == FixedKind::declared_words || (fixed_[i] == FixedKind::none && !scans_[i].of_numbers() && !scans_[i].of_dates()), layout_.columns[i].values});
    leave_out_rows(table_, targets, form_.header, request_);
    for (std::size_t i = 0; i < scans_.size() && !table_.left_out.empty(); ++i) scans_[i] = scan_rows(table_, i, form_.header, request_);
  }

  void settle_form() {
    for (const ColumnScan& scan : scans_) layout_.usual_words.insert(layout_.usual_words.end(), scan.usual_words.begin(), scan.usual_words.end());
    layout_.form = fmt::format("{}", fmt::join(table_.facts, "; "));
    if (!table_.declared.empty()) {
      form_.numbers = {'.', 0};
      return;
    }
    WrittenCounts found;
    for (std::size_t i = 0; i < scans_.size(); ++i)
      if (layout_.columns[i].use != ColumnUse::ignored && fixed_[i] != FixedKind::words && scans_[i].of_numbers()) found.add(scans_[i].numbers);
    form_.numbers = layout_.numbers = judge_form(table_.path(), found, request_.numbers);
    if (form_.numbers.decimal == ',' && !request_.numbers.decimal) table_.notes.emplace_back("numbers have a decimal comma");
    if (const Written groups = form_.numbers.decimal == '.' ? Written::either_comma : Written::either_point; found.of(groups) > 0)
      table_.notes.push_back(fmt::format("thousands are parted: \"{}\"", found.example(groups)));
  }

  TextTable& table_;
  const CsvRequest& request_;
  TableForm& form_;
  std::vector<ColumnFault>& faults_;
  CsvLayout layout_;
  std::vector<ColumnScan> scans_;
  std::vector<std::string> names_;
  std::vector<FixedKind> fixed_;
};

}  // namespace

CsvLayout settle_layout(TextTable& table, const CsvRequest& request, TableForm& form, std::vector<ColumnFault>& faults) { return Settling(table, request, form, faults).settle(); }

}  // namespace teranga::datasets
