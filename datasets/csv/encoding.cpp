// SPDX-License-Identifier: Apache-2.0
// Learning, and the bytes.
#include "encoding.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <teranga/datasets/cell_values.hpp>
#include <teranga/datasets/packed_bytes.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr std::string_view signature = "teranga.csv 1\n";
constexpr std::size_t most_categories = 1000;

void learn_numbers(const Column& column, std::span<const std::int64_t> rows, Normalize normalize, ColumnEncoding& encoding) {
  const Spread spread = spread_of([&](auto&& take) {
    for (const std::int64_t row : rows)
      if (const double value = column.numbers[static_cast<std::size_t>(row)]; !std::isnan(value)) take(value);
  });
  if (spread.count == 0) throw sdk::DataError("", fmt::format("the column \"{}\" has no value in any training row", encoding.name), -1, fmt::format("ignore = [\"{}\"]", encoding.name));
  encoding.mean = spread.mean;
  const Scale scale = scale_of(spread, normalize);
  encoding.offset = scale.offset, encoding.factor = scale.factor;
}

void learn_words(const Column& column, ColumnUse use, std::span<const std::int64_t> rows, ColumnEncoding& encoding) {
  std::vector<std::int64_t> seen(column.vocabulary.size(), 0);
  std::int64_t count = 0;
  for (const std::int64_t row : rows)
    if (const std::int32_t word = column.words[static_cast<std::size_t>(row)]; word >= 0) ++seen[static_cast<std::size_t>(word)], ++count;
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (seen[i] > 0) encoding.categories.push_back(column.vocabulary[i]);
  if (use == ColumnUse::feature && encoding.categories.size() > most_categories)
    throw sdk::DataError("", fmt::format("the column \"{}\" has {} different words, more than {} make no categories", encoding.name, encoding.categories.size(), most_categories), -1,
                         fmt::format("ignore = [\"{}\"]", encoding.name));
  sort_labels(encoding.categories);
  encoding.shares.resize(encoding.categories.size());
  for (std::size_t i = 0; i < encoding.categories.size(); ++i)
    encoding.shares[i] = static_cast<double>(seen[static_cast<std::size_t>(column.index.at(encoding.categories[i]))]) / static_cast<double>(std::max<std::int64_t>(count, 1));
}

}  // namespace

Encoding learn(const Table& table, const CsvLayout& layout, std::span<const std::int64_t> rows, Normalize normalize) {
  Encoding encoding;
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    ColumnEncoding& column = encoding.columns.emplace_back();
    if (layout.columns[i].use == ColumnUse::ignored) continue;
    column.name = layout.columns[i].name;
    column.words = layout.columns[i].kind == ColumnKind::words;
    if (column.words) learn_words(table.columns[i], layout.columns[i].use, rows, column);
    else learn_numbers(table.columns[i], rows, layout.columns[i].use == ColumnUse::feature ? normalize : Normalize::none, column);
  }
  return encoding;
}

std::string Encoding::to_bytes() const {
  PackedBytes bytes(signature);
  bytes.put<std::uint64_t>(columns.size());
  for (const ColumnEncoding& column : columns) {
    bytes.text(column.name);
    bytes.put<std::uint8_t>(column.words);
    for (const double value : {column.offset, column.factor, column.mean}) bytes.put(value);
    bytes.put<std::uint64_t>(column.categories.size());
    for (std::size_t i = 0; i < column.categories.size(); ++i) {
      bytes.text(column.categories[i]);
      bytes.put(column.shares[i]);
    }
  }
  return bytes.take();
}

Encoding Encoding::from_bytes(std::string_view bytes, const CsvLayout& layout) {
  UnpackedBytes unpack(bytes, signature, "a table");
  const auto count = unpack.get<std::uint64_t>();
  if (count != layout.columns.size()) throw sdk::DataError("", fmt::format("expected a table of {} columns, as the checkpoint learnt from, found {}", count, layout.columns.size()));
  Encoding encoding;
  for (const ColumnLayout& expected : layout.columns) {
    ColumnEncoding& column = encoding.columns.emplace_back();
    column.name = unpack.text();
    column.words = unpack.get<std::uint8_t>() != 0;
    column.offset = unpack.get<double>();
    column.factor = unpack.get<double>();
    column.mean = unpack.get<double>();
    for (std::uint64_t left = unpack.get<std::uint64_t>(); left > 0; --left) {
      column.categories.push_back(unpack.text());
      column.shares.push_back(unpack.get<double>());
    }
    const bool used = expected.use != ColumnUse::ignored;
    if (column.name != (used ? expected.name : "") || (used && column.words != (expected.kind == ColumnKind::words)))
      throw sdk::DataError("", fmt::format("expected the column \"{}\" of {}, as the checkpoint learnt from, found \"{}\" of {}", column.name, column.words ? "words" : "numbers",
                                           used ? expected.name : "", expected.kind == ColumnKind::words ? "words" : "numbers"));
  }
  return encoding;
}

}  // namespace teranga::datasets
