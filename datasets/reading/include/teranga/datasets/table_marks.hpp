// SPDX-License-Identifier: Apache-2.0
// The marks that part and enclose the cells of a table. What is learnt of them from the training table holds for tables that come later.
#pragma once

#include <cstdint>

#include <teranga/datasets/packed_bytes.hpp>

namespace teranga::datasets {

// Of a quote at the begin of a cell, in a table whose cells stand between tabs: programs that write such tables either put cells into quotes or never do.
enum class Quotes : std::uint8_t {
  judged,   // not known: all records tell
  enclose,  // it encloses the cell
  letters,  // it is a letter like others
};

struct TableMarks {
  char separator = 0;  // 0: not known
  Quotes quotes = Quotes::judged;
};

inline void pack_marks(PackedBytes& bytes, TableMarks marks) {
  bytes.put<char>(marks.separator);
  bytes.put(static_cast<std::uint8_t>(marks.quotes));
}

inline Quotes unpack_quotes(UnpackedBytes& bytes) {
  const auto quotes = bytes.get<std::uint8_t>();
  if (quotes > static_cast<std::uint8_t>(Quotes::letters)) UnpackedBytes::damaged();
  return static_cast<Quotes>(quotes);
}

inline TableMarks unpack_marks(UnpackedBytes& bytes) {
  TableMarks marks;
  marks.separator = bytes.get<char>();
  marks.quotes = unpack_quotes(bytes);
  return marks;
}

}  // namespace teranga::datasets
