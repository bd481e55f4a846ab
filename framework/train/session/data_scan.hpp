// SPDX-License-Identifier: Apache-2.0
// One walk over samples that remembers, field by field, what checks ask for: what is not finite, and the extremes of what is.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <teranga/data/sample_reader.hpp>
#include <teranga/data/source.hpp>

namespace teranga::train {

// A number of a sample.
struct Found {
  data::Part part = data::Part::training;
  std::int64_t sample = 0;
  double value = 0;
};

struct FieldScan {
  std::optional<Found> not_finite;         // the first one
  std::int64_t samples_not_finite = 0;
  std::optional<Found> least, most;        // the first sample that holds it
  std::optional<Found> broken;             // the first number that is not whole
  std::optional<Found> sum_off;            // the first row of the last axis that does not add up to 1: its sum
  bool minus_one = false, zero = false, one = false;  // which of these there are
  std::vector<double> columns;             // of each element of the last axis: the largest magnitude
};

// What to look for beside NaN and infinities.
struct Wanted {
  bool extremes = false;  // least, most, broken and the three flags
  std::optional<std::int64_t> ignored = std::nullopt;  // a number that counts as none
  bool sums = false;
  bool columns = false;
};

class DataScan {
 public:
  // `wanted`: by field. The source must outlive it.
  DataScan(const data::Source& source, std::vector<Wanted> wanted);

  // At most so many samples of the part, and no more than make so many bytes; 0: all.
  void read(data::Part part, std::int64_t most_samples, std::int64_t most_bytes);
  const FieldScan& field(std::size_t index) const { return fields_[index]; }
  bool complete() const noexcept { return complete_; }  // all samples were read

 private:
  void look(std::size_t field, data::Part part, std::int64_t first, std::int64_t rows);
  void look_closely(std::size_t field, data::Part part, std::int64_t sample, std::int64_t begin, std::int64_t count);

  const data::Source& source_;
  std::vector<Wanted> wanted_;
  std::vector<FieldScan> fields_;
  data::SampleReader reader_;
  bool complete_ = true;
};

}  // namespace teranga::train
