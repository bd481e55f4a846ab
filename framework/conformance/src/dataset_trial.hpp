// SPDX-License-Identifier: Apache-2.0
// A data set that describes itself, and batches that it fills between forbidden pages.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <teranga/sdk/c/dataset.h>

#include "held.hpp"
#include "trial_tensor.hpp"

namespace teranga::conformance {

using HeldDataset = Held<trg_dataset_calls>;

struct DescribedField {
  std::string name;
  std::int32_t role = TRG_FEATURE, type = TRG_F32, flags = 0;
  Extents shape;
  std::int64_t classes = 0;
  std::vector<std::string> class_names, columns;
  std::vector<double> offsets, scales;
  bool operator==(const DescribedField&) const = default;
};

struct DescribedData {
  std::array<std::int64_t, 3> counts{};
  std::vector<DescribedField> fields;
  std::vector<std::int64_t> buckets;
  std::array<std::array<std::int64_t, 2>, 3> blocks{};  // rows and window
  bool operator==(const DescribedData&) const = default;

  std::string fault;  // the first thing that makes no sense in what was told; empty: nothing
  Answer answer;
};

inline bool same_description(const DescribedData& a, const DescribedData& b) { return a.counts == b.counts && a.fields == b.fields && a.buckets == b.buckets && a.blocks == b.blocks; }

DescribedData describe(const HeldDataset& data);

const char* part_words(std::int32_t part) noexcept;

struct FillHow {
  std::int64_t bucket = 0;     // how long axes of -1 are
  int only = -1;               // one field alone; -1: all that are not absent
  std::uint64_t random_key = 0;
  std::int64_t epoch = 0;
  unsigned char before = 0xA5;
  Edge edge = Edge::behind;
};

struct FilledBatch {
  Answer answer;
  std::string damage;                               // empty: none
  std::vector<std::vector<std::byte>> rows_of;      // of a field: all rows
  std::vector<std::vector<double>> values;          // of a field
  std::vector<std::size_t> row_bytes;               // of a field; 0: it was not wanted

  // Whether row a here and row b there hold the same bits in all fields that both have; the number of the first field where not, else -1.
  int unequal(std::size_t a, const FilledBatch& other, std::size_t b) const;
};

FilledBatch fill(const HeldDataset& data, const DescribedData& described, std::int32_t part, const std::vector<std::int64_t>& samples, const FillHow& how = {});

struct Learnt {
  Answer answer;
  std::string bytes;
};
Learnt fit(const HeldDataset& data, std::int64_t samples);
Answer restore(const HeldDataset& data, const std::string& bytes);

// A few samples of a part: the first ones, the last, and some between; no more than a batch of moderate size holds.
std::vector<std::int64_t> some_samples(const DescribedData& described, std::int32_t part, std::size_t most);

}  // namespace teranga::conformance
