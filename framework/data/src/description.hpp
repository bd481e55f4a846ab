// SPDX-License-Identifier: Apache-2.0
// What a data set tells of itself, looked through while it is told. No exception passes through the data set's frames.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/sdk/c/dataset.h>

namespace teranga::data {

struct Told {
  std::array<std::int64_t, 3> counts{};
  std::vector<Field> fields;
  std::vector<std::int64_t> buckets;
  std::array<Blocks, 3> blocks{};
  std::string fault;  // the first thing that is wrong, as "describes a field without a name"; "" where nothing is
};

// Points to what is told.
trg_data_answer answer_into(Told& told) noexcept;

}  // namespace teranga::data
