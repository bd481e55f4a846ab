// SPDX-License-Identifier: Apache-2.0
#include "update/gradient_sum.hpp"

#include "update/flat_loops.hpp"

#include <algorithm>

namespace teranga::train {

GradientSum::GradientSum(model::ParameterStore& store, const std::vector<std::size_t>& trained, Team& team) : store_(store), team_(team) {
  std::size_t end = 0;
  for (const std::size_t index : trained) {
    const model::Parameter& p = store.parameters()[index];
    if (model::TouchedRows* const touched = store.touched(index)) tables_.push_back({touched, {index, touched->rows(), touched->row()}, p.offset, end});
    else
      for (std::size_t at = 0; at < p.count; at += flat_piece) pieces_.push_back({p.offset + at, std::min(flat_piece, p.count - at), end + at});
    end += (p.count + 15) / 16 * 16;
  }
  sum_.resize(end);
}

void GradientSum::add() {
  team_.for_each(static_cast<std::int64_t>(pieces_.size()), [&](std::int64_t i, int) {
    const Piece& piece = pieces_[static_cast<std::size_t>(i)];
    if (empty_) std::copy_n(gradient(piece.begin), piece.count, sum(piece.at));
    else train::add(sum(piece.at), gradient(piece.begin), piece.count);
  });
  for (Table& table : tables_) {
    const std::vector<std::int64_t>& numbers = table.touched->numbers();
    const std::size_t row = table.touched->row();
    for (const std::int64_t number : numbers) table.rows.touch(number);
    team_.for_each(static_cast<std::int64_t>(numbers.size()), [&](std::int64_t i, int) {
      const std::size_t place = static_cast<std::size_t>(numbers[static_cast<std::size_t>(i)]) * row;
      train::add(sum(table.at + place), gradient(table.begin + place), row);
    });
  }
  empty_ = false;
}

void GradientSum::give(float factor) {
  team_.for_each(static_cast<std::int64_t>(pieces_.size()), [&](std::int64_t i, int) {
    const Piece& piece = pieces_[static_cast<std::size_t>(i)];
    std::copy_n(sum(piece.at), piece.count, gradient(piece.begin));
    multiply(gradient(piece.begin), piece.count, factor);
  });
  for (Table& table : tables_) {
    table.rows.list();
    const std::vector<std::int64_t>& numbers = table.rows.numbers();
    const std::size_t row = table.rows.row();
    for (const std::int64_t number : numbers) table.touched->touch(number);
    table.touched->list();
    team_.for_each(static_cast<std::int64_t>(numbers.size()), [&](std::int64_t i, int) {
      const std::size_t place = static_cast<std::size_t>(numbers[static_cast<std::size_t>(i)]) * row;
      std::copy_n(sum(table.at + place), row, gradient(table.begin + place));
      multiply(gradient(table.begin + place), row, factor);
      std::fill_n(sum(table.at + place), row, 0.0F);
    });
    table.rows.clear();
  }
  empty_ = true;
}

}  // namespace teranga::train
