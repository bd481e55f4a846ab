// SPDX-License-Identifier: Apache-2.0
#include "knowledge.hpp"

#include <fmt/format.h>

namespace teranga::datasets {

namespace {

std::string number_words(const NumberEncoding& number) {
  std::string text = fmt::format("{:.10g} to {:.10g}, mean {:.10g}, deviation {:.10g}", number.least, number.most, number.mean, number.deviation);
  if (number.factor != 1 || number.offset != 0) text += fmt::format(", scaled as (x - {:.10g}) * {:.10g}", number.offset, number.factor);
  return text;
}

std::string column_words(const ColumnLayout& column, const ColumnEncoding& encoding) {
  if (column.use == ColumnUse::ignored) return "left out";
  const bool target = column.use == ColumnUse::target;
  std::string text = target ? "target, " : "";
  if (column.kind == ColumnKind::numbers) return text + "number, " + number_words(encoding.numbers[0]);
  if (column.kind == ColumnKind::dates) {
    text += column.order == DateOrder::year_first ? "date" : column.order == DateOrder::day_first ? "date, the day first" : "date, the month first";
    for (std::size_t part = 0; part < encoding.numbers.size(); ++part) text += fmt::format("; {} {}", date_part_names[part], number_words(encoding.numbers[part]));
    return text;
  }
  text += fmt::format("{} {}: ", encoding.categories.size(), target ? "classes" : "categories");
  for (std::size_t i = 0; i < encoding.categories.size(); ++i) text += fmt::format("{}{} ({})", i ? ", " : "", encoding.categories[i], encoding.counts[i]);
  return text;
}

}  // namespace

std::vector<sdk::Learnt> knowledge_of(const Encoding& encoding, const CsvLayout& at_hand) {
  std::vector<sdk::Learnt> lines;
  if (encoding.layout.numbers.decimal == ',') lines.push_back({"numbers", "written with a decimal comma"});
  const bool here = at_hand.columns.size() == encoding.columns.size();
  if (!at_hand.form.empty()) lines.push_back({"table", at_hand.form});
  for (std::size_t i = 0; i < encoding.columns.size(); ++i) {
    const ColumnLayout& column = encoding.layout.columns[i];
    std::string text = column_words(column, encoding.columns[i]);
    if (here && !at_hand.columns[i].why.empty()) text += fmt::format(" [{}]", at_hand.columns[i].why);
    lines.push_back({"column " + column.name, text});
  }
  return lines;
}

}  // namespace teranga::datasets
