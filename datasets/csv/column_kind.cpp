// SPDX-License-Identifier: Apache-2.0
#include "column_kind.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/small_letters.hpp>

#include "column_names.hpp"

namespace teranga::datasets {

namespace {

constexpr std::size_t few_words = 20;  // so many different words are categories in any table

struct Odd {
  std::int64_t record;
  std::string text;
};

// The cells of a column that are not of its kind, the first ones, in order.
std::vector<Odd> odd_cells(const ColumnScan& scan, bool dates, NumberForm form) {
  std::vector<Odd> odd;
  for (const ColumnScan::Kept& cell : scan.first_words) odd.push_back({cell.record, cell.text});
  if (!dates)
    for (const ColumnScan::Kept& cell : scan.first_dates) odd.push_back({cell.record, cell.text});
  for (const WrittenCounts::Example& cell : scan.numbers.examples) {
    double ignored = 0;
    if (!cell.text.empty() && (dates || !parse_number(cell.text, form, ignored))) odd.push_back({cell.row, cell.text});
  }
  std::sort(odd.begin(), odd.end(), [](const Odd& a, const Odd& b) { return a.record < b.record; });
  return odd;
}

std::string line_of(const TextTable& table, std::int64_t record) { return fmt::format("line {}", record < 0 ? table.first_line : table.lines[static_cast<std::size_t>(record)]); }

// Words that may stand for a missing value: those of this column, and those that do so by themselves where the recipe names none.
std::vector<std::string> words_for_missing(const KindQuestion& q) {
  std::vector<std::string> words;
  for (const ColumnScan& scan : q.scans) words.insert(words.end(), scan.usual_words.begin(), scan.usual_words.end());
  for (const ColumnScan::Kept& cell : q.scans[q.column].first_words) words.push_back(cell.text);
  return words;
}

// The form that reads every number of the columns of numbers, where the one that was asked for does not: the other decimal mark, or whatever parts thousands.
std::string form_hint(const KindQuestion& q) {
  const auto reads_all = [&](NumberForm form) {
    return q.scans[q.column].numbers.numbers_of(form) == q.scans[q.column].numbers.numbers() &&
           std::all_of(q.scans.begin(), q.scans.end(), [&](const ColumnScan& scan) { return !scan.of_numbers() || scan.numbers.numbers_of(form) >= scan.numbers.numbers_of(q.form); });
  };
  const char other = q.form.decimal == '.' ? ',' : '.';
  if (q.form.thousands != other && reads_all({other, q.form.thousands})) return fmt::format("decimal = \"{}\"", other);
  return q.form.thousands != '*' && reads_all({q.form.decimal, '*'}) ? "thousands = \"auto\"" : "";
}

ColumnFault mixed(const KindQuestion& q, const ColumnLayout& column, bool dates, std::int64_t good, bool may_be_words) {
  const ColumnScan& scan = q.scans[q.column];
  const std::vector<Odd> odd = odd_cells(scan, dates, q.form);
  std::string also;
  for (std::size_t i = 1; i < std::min<std::size_t>(odd.size(), ColumnScan::most_kept); ++i) also += fmt::format("{} \"{}\" in {}", i == 1 ? "; also" : ",", odd[i].text.substr(0, ColumnScan::most_told), line_of(q.table, odd[i].record));
  const bool target = column.use == ColumnUse::target;
  const Written written = odd.empty() || dates ? Written::no_number : how_written(odd[0].text);
  const std::string expected = dates ? "date" : written != Written::comma && written != Written::point ? "number" : q.form.decimal == '.' ? "number with a decimal point" : "number with a decimal comma";
  const std::string others = good == 0 ? "" : fmt::format(", as in {} of its {} cells", good, scan.present());
  ColumnFault fault{.column = column.name, .text = fmt::format("expected a {} in the column \"{}\"{}, found \"{}\"{}", expected, column.name, others, odd.empty() ? "" : odd[0].text.substr(0, ColumnScan::most_told), also)};
  fault.may_be_words = fault.may_be_left_out = may_be_words && !target;
  if (!odd.empty()) fault.place = place_of(q.table, odd[0].record, q.column), fault.record = odd[0].record;
  const bool missable = !scan.more_words && scan.first_words.size() == odd.size();
  if (!odd.empty() && !dates && how_written(odd[0].text) != Written::no_number) fault.answer = form_hint(q);
  else if (missable && target) fault.last_answer = words_left_out(q.request, words_for_missing(q));
  else if (missable) fault.missing = words_for_missing(q);
  if (missable && odd.size() == 1 && scan.words == 1) fault.only = odd[0].record;
  if (may_be_words && target && fault.answer.empty()) fault.answer = "target_is = \"classes\"";
  else if (may_be_words && target) fault.last_answer = "target_is = \"classes\"";
  return fault;
}

// Cells that look like numbers and are none that is read.
ColumnFault like_numbers(const KindQuestion& q, const ColumnLayout& column) {
  const ColumnScan& scan = q.scans[q.column];
  const bool target = column.use == ColumnUse::target;
  return {.column = column.name,
          .text = fmt::format("{} of {} cells of the column \"{}\" look like numbers that are not read (\"{}\"){}: are they {}?", scan.like_numbers + scan.with_unit, scan.present(), column.name, scan.like_number, scan.unit.empty() ? "" : fmt::format(", for \"{}\" stands with them", scan.unit), target ? "classes" : "categories"),
          .answer = target ? "target_is = \"classes\"" : "",
          .option = target ? "target_is" : "categorical",
          .may_be_words = !target,
          .may_be_left_out = !target,
          .last_answer = scan.unit.empty() ? "write them as numbers" : "write them as numbers without \"" + scan.unit + "\""};
}

// The format of dates that an ARFF file declares for the column; empty where it declares none.
std::string declared_date(const KindQuestion& q) {
  if (q.column >= q.table.declared.size() || q.table.declared[q.column].type != ArffType::date) return {};
  const std::string& format = q.table.declared[q.column].format;
  return format.empty() ? "yyyy-MM-dd'T'HH:mm:ss" : format;
}

// The order of that format.
std::optional<DateOrder> declared_order(const KindQuestion& q) {
  const std::string format = declared_date(q);
  const std::size_t year = format.find('y'), month = format.find('M'), day = format.find('d');
  if (year == format.npos || month == format.npos || day == format.npos) return std::nullopt;
  return year < month && year < day ? DateOrder::year_first : day < month ? DateOrder::day_first : DateOrder::month_first;
}

std::optional<ColumnFault> settle_dates(const KindQuestion& q, ColumnLayout& column) {
  const ColumnScan& scan = q.scans[q.column];
  const std::string example = scan.first_dates[0].text;
  if (column.use == ColumnUse::target)
    return ColumnFault{.column = column.name, .text = fmt::format("the column \"{}\" holds dates (\"{}\"), and a target holds numbers or classes", column.name, example), .answer = "target_is = \"classes\"", .option = "target"};
  if (q.request.dates == Dates::error)
    return ColumnFault{.column = column.name, .text = fmt::format("the column \"{}\" holds dates (\"{}\")", column.name, example), .answer = "dates = \"split\" (year, month, day and weekday as numbers), or dates = \"ignore\"", .option = "dates", .may_be_left_out = true};
  if (q.request.dates == Dates::ignore) {
    column.use = ColumnUse::ignored;
    column.why = "dates are left out, dates = \"ignore\"";
    q.table.notes.push_back(fmt::format("the column \"{}\" of dates is left out", column.name));
    return std::nullopt;
  }
  auto order = order_of(scan, q.request.date_order);
  if (const auto declared = declared_order(q); declared && q.request.date_order == "auto" && scan.reads_all(*declared)) order = declared;
  const DateOrder asked = q.request.date_order == "dmy" ? DateOrder::day_first : DateOrder::month_first, opposite = asked == DateOrder::day_first ? DateOrder::month_first : DateOrder::day_first;
  if (!order && q.request.date_order != "auto" && scan.reads_all(opposite)) return other_order({q.table, column.name, scan, q.column, asked, true, q.header});
  if (!order && std::count(scan.date_orders.begin(), scan.date_orders.end(), scan.dates) == 0)
    return ColumnFault{.column = column.name, .text = fmt::format("expected dates of one order in the column \"{}\", found \"{}\" and others of another order", column.name, example), .may_be_left_out = true};
  if (!order) return doubtful_order(column.name, scan);
  column.kind = ColumnKind::dates;
  column.order = *order;
  column.with_time = scan.times;
  column.why = fmt::format("dates as \"{}\"{}", example, declared_date(q).empty() ? "" : fmt::format(", declared as {}", declared_date(q)));
  return std::nullopt;
}

}  // namespace

ColumnFault doubtful_order(const std::string& column, const ColumnScan& scan) {
  return {.column = column, .text = fmt::format("cannot tell the day from the month in the column \"{}\" (\"{}\")", column, scan.first_dates[0].text), .answer = "date_order = \"dmy\", or date_order = \"mdy\"", .option = "date_order"};
}

ColumnFault other_order(const OtherOrder& other) {
  const DateOrder opposite = other.order == DateOrder::day_first ? DateOrder::month_first : DateOrder::day_first;
  std::string found;
  std::int64_t at = -1;
  each_cell(other.table, other.place, other.header, [&](std::string_view text, std::int64_t record) {
    double ignored = 0;
    if (found.empty() && see_date(text).any() && !parse_date(text, other.order, ignored)) found = text.substr(0, 60), at = record;
  });
  return {.column = other.column,
          .text = fmt::format("expected dates with the {} first in the column \"{}\", as {}, found \"{}\"", other.order == DateOrder::day_first ? "day" : "month", other.column, other.asked ? "date_order says" : "in the training table", found),
          .answer = other.second ? "write the dates of all tables in one order" : other.scan.reads_all(opposite) ? fmt::format("date_order = \"{}\"", opposite == DateOrder::day_first ? "dmy" : "mdy") : "",
          .place = place_of(other.table, at, other.place),
          .record = at};
}

std::optional<DateOrder> order_of(const ColumnScan& scan, const std::string& asked) {
  if (scan.reads_all(DateOrder::year_first)) return DateOrder::year_first;
  const bool day = scan.reads_all(DateOrder::day_first) && asked != "mdy", month = scan.reads_all(DateOrder::month_first) && asked != "dmy";
  if (day && scan.ask_no_order()) return DateOrder::day_first;
  if (day == month) return std::nullopt;
  return day ? DateOrder::day_first : DateOrder::month_first;
}

std::optional<ColumnFault> settle_kind(const KindQuestion& q, ColumnLayout& column, FixedKind fixed) {
  const ColumnScan& scan = q.scans[q.column];
  const std::int64_t numbers = scan.numbers.numbers_of(q.form), present = scan.present();
  if (fixed == FixedKind::words || fixed == FixedKind::declared_words) {
    column.kind = ColumnKind::words;
    column.asked_for = true;
    column.why = fixed == FixedKind::declared_words ? column.use == ColumnUse::target ? "as declared" : "declared as words" : column.use == ColumnUse::target ? "target_is = \"classes\"" : "categorical";
    return std::nullopt;
  }
  if (present == 0) {
    const bool target = column.use == ColumnUse::target;
    return ColumnFault{.column = column.name, .text = fmt::format("the {}column \"{}\" has no value in any row", target ? "target " : "", column.name), .may_be_left_out = !target};
  }
  const bool must_be_numbers = fixed != FixedKind::none;
  if (fixed == FixedKind::none && !declared_date(q).empty() && !scan.of_dates()) {
    const bool target = column.use == ColumnUse::target;
    std::string found;
    each_cell(q.table, q.column, q.header, [&](std::string_view text, std::int64_t) {
      if (found.empty() && !q.request.missing(text)) found = text.substr(0, 60);
    });
    return ColumnFault{.column = column.name,
                       .text = fmt::format("the column \"{}\" is declared as dates of the format \"{}\", which is not read (\"{}\")", column.name, declared_date(q), found),
                       .answer = target ? "target_is = \"classes\"" : "write the dates as 2024-01-31",
                       .may_be_words = !target,
                       .may_be_left_out = !target};
  }
  if (scan.of_dates() && !must_be_numbers) {
    if (scan.dates < present) return mixed(q, column, true, scan.dates, true);
    return settle_dates(q, column);
  }
  if (must_be_numbers || scan.of_numbers()) {
    if (numbers < present) return mixed(q, column, false, numbers, !must_be_numbers);
    column.kind = ColumnKind::numbers;
    if (fixed == FixedKind::none && column.use == ColumnUse::feature && scan.are_codes())
      q.table.notes.push_back(fmt::format("the column \"{}\" has leading zeros (\"{}\") and is read as numbers; {} takes it as words", column.name, scan.code, more_in("categorical", q.request.categorical, {column.name})));
    column.why = scan.usually_missing ? fmt::format("\"{}\" is a missing one", scan.usual_words[0]) : "";
    return std::nullopt;
  }
  if ((scan.like_numbers + scan.with_unit) * 2 >= present) return like_numbers(q, column);
  column.kind = ColumnKind::words;
  column.why = numbers + scan.dates > 0 ? fmt::format("words: {} of {} cells are no numbers", present - numbers, present) : "";
  return std::nullopt;
}

bool holds_sentences(const TextColumn& column) {
  constexpr std::int64_t cells_looked_at = 1000;
  std::int64_t cells = 0, blanks = 0;
  column.each([&](std::string_view text, std::int64_t cell) {
    if (cell >= cells_looked_at || text.empty()) return;
    ++cells;
    blanks += std::count(text.begin(), text.end(), ' ');
  });
  return cells > 0 && blanks >= 2 * cells;  // three words on average
}

namespace {

// The data set for sentences, where one feature column holds them; a target of numbers is none of its labels.
std::string text_hint(const std::vector<WordsSeen>& columns) {
  const auto of = [&](ColumnUse use) { return std::find_if(columns.begin(), columns.end(), [&](const WordsSeen& seen) { return seen.column.use == use && (use == ColumnUse::target || seen.sentences); }); };
  const auto text = of(ColumnUse::feature), label = of(ColumnUse::target);
  if (text == columns.end() || label == columns.end()) return {};
  return fmt::format("for sentences type = \"text\" with text_column = {} and label_column = {}", in_toml(text->column.name), in_toml(label->column.name));
}

}  // namespace

std::string spellings_of_one_word(const std::vector<std::string>& words) {
  constexpr std::size_t most_told = 5;
  std::map<std::string, std::vector<std::string>> alike;
  for (const std::string& word : words) {
    std::string plain = in_small_letters(word);
    plain.erase(plain.find_last_not_of(" \t") + 1);
    plain.erase(0, std::min(plain.find_first_not_of(" \t"), plain.size()));
    if (plain.size() > 1) alike[plain].push_back(word);
  }
  std::vector<std::string> told;
  for (auto& [plain, same] : alike) {
    if (same.size() < 2) continue;
    std::sort(same.begin(), same.end());
    std::string one;
    for (std::size_t i = 0; i < same.size(); ++i) one.append(i == 0 ? "" : " and ").append(1, '"').append(same[i], 0, 40).append(1, '"');
    told.push_back(one);
  }
  const std::size_t more = told.size() > most_told ? told.size() - most_told : 0;
  told.resize(told.size() - more);
  return told.empty() ? "" : fmt::format("{}{}", fmt::join(told, ", "), more ? fmt::format(" and {} more", more) : "");
}

void check_categories(const CsvRequest& request, const std::vector<WordsSeen>& columns, std::vector<ColumnFault>& faults) {
  const std::string text = text_hint(columns);
  for (const WordsSeen& seen : columns) {
    const bool target = seen.column.use == ColumnUse::target, too_many = seen.different > static_cast<std::size_t>(request.most_categories);
    const bool one_a_row = !seen.column.asked_for && seen.different > few_words && static_cast<std::int64_t>(seen.different) * 2 > seen.cells;
    if (!too_many && !one_a_row) continue;
    const char* kind = target ? "classes" : "categories";
    ColumnFault fault{.column = seen.column.name,
                      .text = too_many ? fmt::format("the column \"{}\" has {} different words, more than {} make no {}", seen.column.name, seen.different, request.most_categories, kind)
                                       : fmt::format("the column \"{}\" has {} different words in {} cells: names of the rows rather than {}", seen.column.name, seen.different, seen.cells, kind)};
    if (target) fault.answer = "target_is = \"classes\"" + (too_many ? fmt::format(" with most_categories = {}", seen.different) : "");
    else fault.answer = seen.sentences ? text : "", fault.may_be_words = fault.may_be_left_out = fault.are_names = true, fault.most_categories = too_many ? seen.different : 0;
    fault.at = seen.at;
    faults.push_back(fault);
  }
}

}  // namespace teranga::datasets
