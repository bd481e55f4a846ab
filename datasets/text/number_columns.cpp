// SPDX-License-Identifier: Apache-2.0
#include "number_columns.hpp"

#include "log.hpp"

#include <fmt/format.h>

#include <teranga/datasets/text_column.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

// `all`: the cells of all columns that are read.
[[noreturn]] void refuse(const std::string& column, std::string_view text, const std::string& where, NumberForm form, const WrittenCounts& all, bool may_be_name) {
  const Written written = how_written(text);
  const bool other_mark = written == Written::comma || written == Written::point;
  const NumberForm other{form.decimal == '.' ? ',' : '.', form.thousands};
  std::string hint;
  if (other_mark && all.numbers_of(other) == all.numbers()) hint = fmt::format("decimal = \"{}\"", other.decimal);
  else if (may_be_name && written == Written::no_number && !text.empty()) hint = "header = \"true\"";
  else if (written == Written::no_number) hint = "write a number there: a time series has no gaps";
  throw sdk::DataError(where, fmt::format("expected a number{} in the column \"{}\", found \"{}\"", !other_mark ? "" : form.decimal == '.' ? " with a decimal point" : " with a decimal comma", column, text.substr(0, 60)), -1, hint);
}

// A blank line may be a value that is missing, or the border between two series.
void check_gap(const std::string& path, const std::vector<WantedColumn>& wanted, const TableSeen& seen) {
  if (seen.blank_line == 0) return;
  if (seen.first.size() == 1)
    throw sdk::DataError(fmt::format("{}:{}", path, seen.blank_line), fmt::format("expected a number in the column \"{}\", found a blank line", wanted[0].name), -1, "write a number there, or leave the line out: a time series has no gaps");
  log(TRG_LOG_WARNING, fmt::format("{}: line {} is blank: the row below it is taken as the step after the row above it", path, seen.blank_line));
}

}  // namespace

sdk::OptionSpec decimal_option() {
  return sdk::text("decimal", "auto").choices({"auto", ".", ","}).says("the decimal mark of numbers; auto: by all numbers of the table; where that is unclear, an error asks");
}

NumberColumns read_number_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const sdk::Options& options, const std::optional<OtherTable>& other, const LearntColumns& learnt) {
  TableSeen seen;
  const auto each_row = [&](auto&& take) { seen = read_columns(path, wanted, {options.text("header"), separator_of(options.text("separator")), learnt.marks, learnt.other_columns, true}, take); };
  std::vector<TextColumn> texts(wanted.size());
  WrittenCounts found;
  each_row([&](const std::vector<std::string_view>& cells, const std::string&) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      found.add(how_written(cells[i]), cells[i], texts[i].count());
      texts[i].add(cells[i]);
    }
  });
  check_gap(path, wanted, seen);
  FormRequest request;
  if (const std::string decimal = options.text("decimal"); decimal != "auto") request.decimal = decimal[0];
  NumberColumns columns;
  columns.seen = seen;
  std::vector<std::string> notes;
  columns.form = other ? judge_other_form(path, found, request, *other, notes) : judge_form(path, found, request);
  for (const std::string& note : notes) log(TRG_LOG_INFO, fmt::format("{}: {}", path, note));
  columns.values.resize(static_cast<std::size_t>(texts[0].count()) * wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    texts[i].each([&](std::string_view text, std::int64_t row) {
      if (parse_number(text, columns.form, columns.values[static_cast<std::size_t>(row) * wanted.size() + i])) return;
      std::int64_t at = 0;
      each_row([&](const std::vector<std::string_view>&, const std::string& where) {
        if (at++ == row) refuse(wanted[i].name, text, where, columns.form, found, row == 0 && !seen.named);
      });
    });
  return columns;
}

}  // namespace teranga::datasets
