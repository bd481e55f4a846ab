// SPDX-License-Identifier: Apache-2.0
// The columns of a layout in another table: by name where it has a header, else by place.
#include "csv_layout.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/separator.hpp>
#include <teranga/sdk/error.hpp>

#include "column_kind.hpp"
#include "column_names.hpp"
#include "column_scan.hpp"
#include "rows_left_out.hpp"

namespace teranga::datasets {

namespace {

class Matching {
 public:
  Matching(TextTable& table, const CsvRequest& request, const CsvLayout& layout, bool whole, const std::vector<ColumnRange>& ranges = {}) : table_(table), request_(request), layout_(layout), whole_(whole), ranges_(ranges) {
    if (layout_.named)
      for (const ColumnLayout& column : layout_.columns) known_.insert(column.name);
  }

  // Whether the first record names columns of the training, or can be a row of them.
  bool first_is_known() {
    take_mark_off();
    const auto subsets = subsets_of(table_.first.size());
    if (std::any_of(table_.first.begin(), table_.first.end(), [&](const std::string& name) { return knows(name); })) return true;
    return std::none_of(table_.first.begin(), table_.first.end(), [&](const std::string& cell) { return holds_name(cell); }) &&
           std::any_of(subsets.begin(), subsets.end(), [&](const auto& columns) { return (!layout_.named || may_be_row(columns)) && first_fits(columns); });
  }

  TableForm match() {
    take_mark_off();
    form_.places.assign(layout_.columns.size(), std::nullopt);
    form_.orders.assign(layout_.columns.size(), DateOrder::year_first);
    form_.header = settle_header();
    if (form_.header && layout_.named) match_names();
    else match_places();
    if (table_.longer && !form_.header)
      throw sdk::DataError(fmt::format("{}:{}:1", table_.path(), table_.lines[0]), fmt::format("expected {} cells as in line {}, found {}", table_.first.size(), table_.first_line, table_.first.size() + 1), 0);
    if (table_.records() + !form_.header == 0) throw sdk::DataError(table_.path(), "expected rows under the line of column names, found none");
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (layout_.columns[i].use == ColumnUse::ignored) form_.places[i].reset();
    if (whole_ || (request_.judged && has_targets())) leave_rows_out();
    settle_form();
    return std::move(form_);
  }

 private:
  // As numpy.savetxt writes names; settle_layout() takes them so.
  void take_mark_off() {
    std::string& first = table_.first[0];
    if (!table_.declared.empty() || !first.starts_with('#') || knows(first)) return;
    const std::string name = first.substr(std::min(first.find_first_not_of("# "), first.size()));
    if (knows(name)) first = name;
  }

  // Whether another separator finds a name in the cell.
  bool holds_name(std::string_view cell) const {
    for (const char separator : separator_candidates)
      for (std::string_view left = cell; left.find(separator) != left.npos || left.size() < cell.size();) {
        const std::size_t end = std::min(left.find(separator), left.size());
        if (knows(std::string(left.substr(0, end)))) return true;
        if (end == left.size()) break;
        left.remove_prefix(end + 1);
      }
    return false;
  }

  bool knows(const std::string& name) const {
    return known_.contains(name);
  }

  bool fits(const ColumnLayout& column, const std::string& text) const {
    if (column.kind == ColumnKind::words || request_.missing_among_numbers(text)) return true;
    return column.kind == ColumnKind::dates ? see_date(text).any() : how_written(text) != Written::no_number;
  }

  // Whether the first record can be a row: each cell of a column of numbers or dates is one.
  bool first_fits(const std::vector<std::size_t>& columns) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (const ColumnLayout& column = layout_.columns[columns[i]]; column.use != ColumnUse::ignored && !fits(column, table_.first[i])) return false;
    return true;
  }

  bool settle_header() {
    if (!table_.declared.empty()) return true;
    if (whole_ && request_.header != "auto") return request_.header == "true";
    if (layout_.named) {
      const ColumnNames names(table_.first);
      const auto there = [&](const ColumnLayout& column) { return !names.places(column.name).empty(); };
      if (std::any_of(layout_.columns.begin(), layout_.columns.end(), [&](const ColumnLayout& column) { return there(column) && !is_column_number(column.name); })) return true;
      // Names that are numbers may be values: all of the features, then.
      if (std::all_of(layout_.columns.begin(), layout_.columns.end(), [&](const ColumnLayout& column) { return column.use != ColumnUse::feature || there(column) || column.name == "1"; }) &&
          std::any_of(layout_.columns.begin(), layout_.columns.end(), there))
        return true;
      // None of the names: rows from the first line on, where they can be that; else a header of other names, which match_names() refuses.
      const auto subsets = subsets_of(table_.first.size());
      const bool row = std::any_of(subsets.begin(), subsets.end(), [&](const auto& columns) { return may_be_row(columns) && first_fits(columns); });
      if (row) table_.notes.emplace_back("the first line names no column of the training, so it is read as a row, with the values in the order of the training table");
      return !row;
    }
    const auto subsets = subsets_of(table_.first.size());
    const bool row = subsets.empty() || std::any_of(subsets.begin(), subsets.end(), [&](const auto& columns) { return first_fits(columns); });
    if (!row) table_.notes.emplace_back("the first line names the columns, which the training told by their place");
    return !row;
  }

  // Words alone may be names; where nothing stands below them, they are no names.
  bool may_be_row(const std::vector<std::size_t>& columns) const {
    return std::any_of(columns.begin(), columns.end(), [&](std::size_t c) { return layout_.columns[c].use != ColumnUse::ignored; }) &&
           (std::any_of(columns.begin(), columns.end(), [&](std::size_t c) { return layout_.columns[c].use != ColumnUse::ignored && layout_.columns[c].kind != ColumnKind::words; }) || request_.header == "false" || table_.records() == 0);
  }

  void match_names() {
    const std::vector<std::string> called = table_.declared.empty() ? with_numbers(table_.first) : table_.first;
    const ColumnNames names(called);
    std::unordered_map<std::string, std::size_t> taken;
    std::vector<std::string> missing;
    std::size_t found_targets = 0, targets = 0, used = 0;
    for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
      const ColumnLayout& column = layout_.columns[i];
      const std::vector<std::size_t>& places = names.places(column.name);
      const std::size_t at = taken[column.name]++;  // the second of two columns of one name is the second here, too
      if (at < places.size()) form_.places[i] = places[at], ++used;
      if (column.use == ColumnUse::ignored) continue;
      if (column.use == ColumnUse::target) ++targets, found_targets += at < places.size();
      else if (at >= places.size()) missing.push_back(column.name);
    }
    for (const auto& [name, count] : taken)
      if (names.places(name).size() > count) throw sdk::DataError(fmt::format("{}:{}", table_.path(), table_.first_line), fmt::format("two columns are called \"{}\"", name));
    if (whole_ || found_targets > 0)
      for (std::size_t i = 0; i < layout_.columns.size(); ++i)
        if (layout_.columns[i].use == ColumnUse::target && !form_.places[i]) missing.push_back(layout_.columns[i].name);
    if (!missing.empty()) {
      const std::string where = fmt::format("{}:{}", table_.path(), table_.first_line), renaming = renamed(missing, called);
      if (used == 0 && renaming.empty() && table_.declared.empty())
        throw sdk::DataError(where, fmt::format("the first line holds no name of a column of the training ({}), and is no row: it has {} value{} ({}), and a row has {}{}", listed(names_of_training()), called.size(), called.size() == 1 ? "" : "s", listed(called), widths(), in_order(called.size())), -1,
                             "write the names of the columns into the first line");
      throw sdk::DataError(where, fmt::format("expected the columns of the training, found none called {}; there are {}", listed(missing), listed(called)), -1, !renaming.empty() ? "rename the column" + renaming : features_are(missing) ? without(missing) : "");
    }
    if (used < table_.first.size()) {
      std::vector<bool> known(table_.first.size());
      for (const auto& place : form_.places)
        if (place) known[*place] = true;
      std::vector<std::string> extra;
      for (std::size_t i = 0; i < known.size(); ++i)
        if (!known[i]) extra.push_back(called[i]);
      table_.notes.push_back(fmt::format("columns that the training does not have are passed over: {}", listed(extra)));
    }
  }

  bool features_are(const std::vector<std::string>& names) const {
    return std::all_of(layout_.columns.begin(), layout_.columns.end(), [&](const ColumnLayout& column) { return column.use == ColumnUse::feature || std::find(names.begin(), names.end(), column.name) == names.end(); });
  }

  std::string without(const std::vector<std::string>& names) const {
    return fmt::format("all columns but the target are features; to train without {}: {} in [data], and --fresh", names.size() > 1 ? "these" : "this one", some_in("ignore", request_.ignored, names));
  }

  // What gives all of the missing columns their names, where each has another column of a near name; else empty.
  std::string renamed(const std::vector<std::string>& missing, const std::vector<std::string>& called) const {
    std::vector<std::string> likely;
    for (const std::string& name : missing) {
      std::vector<std::string> free;
      for (const std::string& other : called)
        if (!knows(other) && std::find(likely.begin(), likely.end(), other) == likely.end()) free.push_back(other);
      const std::string like = nearest_column(name, free);
      if (like.empty()) return {};
      likely.push_back(like);
    }
    std::string out;
    for (std::size_t i = 0; i < likely.size(); ++i) out += fmt::format("{}\"{}\" to \"{}\"", i == 0 ? "" : ", ", likely[i], missing[i]);
    return (likely.size() > 1 ? "s " : " ") + out;
  }

  std::vector<std::string> names_of_training() const {
    std::vector<std::string> names;
    for (const ColumnLayout& column : layout_.columns)
      if (column.use != ColumnUse::ignored) names.push_back(column.name);
    return names;
  }

  // How many cells a row may have, and why: those of subsets_of().
  std::string widths() const {
    const auto count = [&](ColumnUse use) { return static_cast<std::size_t>(std::count_if(layout_.columns.begin(), layout_.columns.end(), [&](const ColumnLayout& column) { return column.use == use; })); };
    const std::size_t all = layout_.columns.size(), targets = whole_ ? 0 : count(ColumnUse::target), ignored = count(ColumnUse::ignored);
    const std::string target = targets > 1 ? "the targets" : "the target", others = ignored > 1 ? fmt::format("the {} columns that the training ignores", ignored) : "the column that the training ignores";
    std::vector<std::string> ways{fmt::format("{} cells as in the training table", all)};
    if (targets > 0) ways.push_back(fmt::format("{} without {}", all - targets, target));
    if (ignored > 0) ways.push_back(fmt::format("{} without {}", all - ignored, others));
    if (targets > 0 && ignored > 0) ways.push_back(fmt::format("{} without both", all - targets - ignored));
    const std::string last = ways.back();
    ways.pop_back();
    return ways.empty() ? last : fmt::format("{}, or {}", fmt::join(ways, ", "), last);
  }

  // What a row of so many cells holds; empty where none has so many.
  std::string in_order(std::size_t width) const {
    const std::vector<std::vector<std::size_t>> subsets = subsets_of(width);
    if (subsets.empty()) return {};
    std::vector<std::string> names;
    for (const std::size_t column : subsets.front()) names.push_back(layout_.columns[column].name);
    return fmt::format("; {} cells are those of {}, in this order", width, listed(names));
  }

  // The columns that a table of so many cells may have: all, without targets, without ignored ones, without both.
  std::vector<std::vector<std::size_t>> subsets_of(std::size_t width) const {
    std::vector<std::vector<std::size_t>> out;
    for (const bool targets : {true, false})
      for (const bool ignored : {true, false}) {
        if (whole_ && !targets) continue;
        std::vector<std::size_t> columns;
        for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
          const ColumnUse use = layout_.columns[i].use;
          if ((use != ColumnUse::target || targets) && (use != ColumnUse::ignored || ignored)) columns.push_back(i);
        }
        if (columns.size() == width && std::find(out.begin(), out.end(), columns) == out.end()) out.push_back(columns);
      }
    return out;
  }

  void match_places() {
    auto subsets = subsets_of(table_.first.size());
    if (subsets.size() > 1 && !form_.header) std::erase_if(subsets, [&](const auto& columns) { return !first_fits(columns); });
    if (subsets.size() > 1)
      throw sdk::DataError(table_.path(), fmt::format("cannot tell which columns of the training these {} are: give the table a first line of names", table_.first.size()));
    if (subsets.empty()) throw sdk::DataError(fmt::format("{}:{}:1", table_.path(), table_.first_line), fmt::format("expected {}, found {}", widths(), table_.first.size()), 0);
    for (std::size_t i = 0; i < subsets[0].size(); ++i) form_.places[subsets[0][i]] = i;
  }

  bool has_targets() const {
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (layout_.columns[i].use == ColumnUse::target && !form_.places[i]) return false;
    return true;
  }

  void leave_rows_out() {
    std::vector<TargetColumn> targets;
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (layout_.columns[i].use == ColumnUse::target) targets.push_back({*form_.places[i], layout_.columns[i].kind == ColumnKind::words, layout_.columns[i].values});
    leave_out_rows(table_, targets, form_.header, request_);
  }

  void settle_form() {
    WrittenCounts found;
    for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
      const ColumnLayout& column = layout_.columns[i];
      if (!form_.places[i] || column.kind == ColumnKind::words) continue;
      const ColumnScan scan = scan_rows(table_, *form_.places[i], form_.header, request_);
      if (column.kind == ColumnKind::numbers) found.add(scan.numbers);
      else form_.orders[i] = settle_order(i, scan);
    }
    if (!table_.declared.empty()) {
      form_.numbers = {'.', 0};
      return;
    }
    form_.numbers = judge_other_form(table_.path(), found, request_.numbers, {.learnt = layout_.numbers, .fresh = !whole_, .has_thousands = true, .likely = [&] { return likely_decimal(); }}, table_.notes);
    if (!whole_) form_.decimal_hint = other_decimal(found, form_.numbers);
  }

  // Of numbers such as "2.600": the mark is the decimal one by one reading, and parts thousands by the other. A reading is taken where all of them are near the numbers of the
  // training by it, and none is by the other.
  char likely_decimal() {
    const NumberForm learnt{layout_.numbers.decimal, '*'}, other{layout_.numbers.decimal == '.' ? ',' : '.', '*'};
    std::int64_t cells = 0, near_as_learnt = 0, near_as_other = 0;
    std::string example, column;
    for (std::size_t i = 0; i < layout_.columns.size() && i < ranges_.size(); ++i) {
      if (!form_.places[i] || layout_.columns[i].kind != ColumnKind::numbers) continue;
      each_cell(table_, *form_.places[i], form_.header, [&](std::string_view text, std::int64_t) {
        double one = 0, two = 0;
        if (const Written written = how_written(text); written != Written::either_comma && written != Written::either_point) return;
        if (!parse_number(text, learnt, one) || !parse_number(text, other, two)) return;
        if (cells++ == 0) example = text, column = layout_.columns[i].name;
        if (!ranges_[i].known()) return;
        near_as_learnt += ranges_[i].is_near(one), near_as_other += ranges_[i].is_near(two);
      });
    }
    if (cells == 0 || (near_as_learnt > 0) == (near_as_other > 0) || std::max(near_as_learnt, near_as_other) < cells) return 0;
    const NumberForm taken = near_as_learnt > 0 ? learnt : other;
    double value = 0;
    parse_number(example, taken, value);
    form_.warnings.push_back(fmt::format("\"{}\" in the column \"{}\" is read as {}, for the training table has such numbers there; if it is not, give decimal = \"{}\"", example, column, value, (near_as_learnt > 0 ? other : learnt).decimal));
    return taken.decimal;
  }

  // The order that the recipe gives or that was learnt; where the training table had the year first, the dates tell.
  DateOrder settle_order(std::size_t i, const ColumnScan& scan) const {
    const ColumnLayout& column = layout_.columns[i];
    if (scan.reads_all(DateOrder::year_first)) return DateOrder::year_first;
    if (request_.date_order == "auto" && column.order == DateOrder::year_first) {
      const auto order = order_of(scan, "auto");
      if (!order && scan.reads_all(DateOrder::day_first)) refuse_one(doubtful_order(column.name, scan));
      return order.value_or(column.order);
    }
    const DateOrder order = request_.date_order == "auto" ? column.order : request_.date_order == "dmy" ? DateOrder::day_first : DateOrder::month_first;
    if (scan.reads_all(order)) return order;
    refuse_one(other_order({table_, column.name, scan, *form_.places[i], order, request_.date_order != "auto", form_.header, whole_}));
    return order;
  }

  void refuse_one(const ColumnFault& fault) const { refuse(table_, request_, form_.header, {fault}); }

  TextTable& table_;
  const CsvRequest& request_;
  const CsvLayout& layout_;
  bool whole_;
  const std::vector<ColumnRange>& ranges_;
  std::unordered_set<std::string_view> known_;  // names of the layout
  TableForm form_;
};

}  // namespace

bool fits_layout(const std::vector<std::string>& first, const CsvRequest& request, const CsvLayout& layout, bool whole) {
  TextTable line;
  line.first = first;
  return Matching(line, request, layout, whole).first_is_known();
}

TableForm match_layout(TextTable& table, const CsvRequest& request, const CsvLayout& layout, bool whole, const std::vector<ColumnRange>& ranges) { return Matching(table, request, layout, whole, ranges).match(); }

}  // namespace teranga::datasets
