// SPDX-License-Identifier: Apache-2.0
#include "session/data_scan.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace teranga::train {
namespace {

// Whether all are finite: x - x is 0 for those alone.
template <class T>
bool all_finite(const T* x, std::int64_t count) {
  T sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += x[i] - x[i];
  return sum == 0;
}

bool all_finite(const void* memory, ElementType type, std::int64_t count) {
  if (type == ElementType::f32) return all_finite(static_cast<const float*>(memory), count);
  return type != ElementType::f64 || all_finite(static_cast<const double*>(memory), count);
}

}  // namespace

DataScan::DataScan(const data::Source& source, std::vector<Wanted> wanted) : source_(source), wanted_(std::move(wanted)), fields_(source.fields().size()), reader_(source) {
  wanted_.resize(fields_.size());
}

void DataScan::read(data::Part part, std::int64_t most_samples, std::int64_t most_bytes) {
  std::int64_t most = source_.count(part);
  if (most_samples > 0) most = std::min(most, most_samples);
  if (most_bytes > 0) most = std::min(most, std::max<std::int64_t>(1, most_bytes / std::max<std::int64_t>(1, static_cast<std::int64_t>(reader_.bytes_per_sample()))));
  if (most < source_.count(part)) complete_ = false;
  for (std::int64_t first = 0; first < most;) {
    const std::int64_t rows = reader_.read(part, first);
    for (std::size_t f = 0; f < fields_.size(); ++f) look(f, part, first, std::min(rows, most - first));
    first += rows;
  }
}

void DataScan::look(std::size_t field, data::Part part, std::int64_t first, std::int64_t rows) {
  const data::Field& of = source_.fields()[field];
  const std::int64_t width = of.elements();
  const bool closely = wanted_[field].extremes || wanted_[field].sums || wanted_[field].columns || !all_finite(reader_.data(field), of.type, rows * width);
  for (std::int64_t r = 0; closely && r < rows; ++r) look_closely(field, part, first + r, r * width, width);
}

void DataScan::look_closely(std::size_t field, data::Part part, std::int64_t sample, std::int64_t begin, std::int64_t count) {
  FieldScan& out = fields_[field];
  const Wanted& wanted = wanted_[field];
  bool finite = true;
  for (std::int64_t i = begin; i < begin + count; ++i) {
    const double value = reader_.number(field, i);
    if (!std::isfinite(value)) {
      if (!out.not_finite) out.not_finite = {part, sample, value};
      finite = false;
    } else if (wanted.extremes && !(wanted.ignored && value == static_cast<double>(*wanted.ignored))) {
      if (!out.least || value < out.least->value) out.least = {part, sample, value};
      if (!out.most || value > out.most->value) out.most = {part, sample, value};
      if (!out.broken && value != std::trunc(value)) out.broken = {part, sample, value};
      out.minus_one |= value == -1, out.zero |= value == 0, out.one |= value == 1;
    }
  }
  out.samples_not_finite += !finite;
  const data::Field& of = source_.fields()[field];
  const std::int64_t length = of.shape.empty() ? 1 : std::max<std::int64_t>(of.shape.back(), 1);
  if (wanted.columns) {
    out.columns.resize(static_cast<std::size_t>(length));
    for (std::int64_t i = begin; i < begin + count; ++i)
      if (const double size = std::fabs(reader_.number(field, i)); std::isfinite(size)) out.columns[static_cast<std::size_t>((i - begin) % length)] = std::max(out.columns[static_cast<std::size_t>((i - begin) % length)], size);
  }
  for (std::int64_t row = begin; wanted.sums && !out.sum_off && row < begin + count; row += length) {
    double sum = 0;
    for (std::int64_t i = row; i < row + length; ++i) sum += reader_.number(field, i);
    if (!(std::fabs(sum - 1) <= 1e-3)) out.sum_off = {part, sample, sum};
  }
}

}  // namespace teranga::train
