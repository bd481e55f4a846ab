// SPDX-License-Identifier: Apache-2.0
#include "update/row_sums.hpp"

#include <teranga/comm/gradient_exchange.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace teranga::train {

std::size_t sum_touched_rows(model::ParameterStore& store, model::TouchedRows& touched, Communicator& comm, Wire wire, std::vector<float>& packed) {
  const model::Parameter& p = store.parameters()[touched.parameter()];
  auto* const gradient = static_cast<float*>(store.gradient(p));
  const std::vector<std::int64_t>& numbers = touched.numbers();
  const std::string mine(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(std::int64_t));
  for (const std::string& theirs : comm.allgather(mine))
    for (std::size_t at = 0; at < theirs.size(); at += sizeof(std::int64_t)) {
      std::int64_t number = 0;
      std::memcpy(&number, theirs.data() + at, sizeof(number));
      touched.touch(number);
    }
  touched.list();  // the same on all ranks
  const std::size_t row = touched.row();
  if (2 * numbers.size() > static_cast<std::size_t>(touched.rows())) {
    sum_over_ranks(comm, {gradient, p.count}, wire);
    return mine.size() + p.count * bytes_of(wire);
  }
  packed.resize(numbers.size() * row);
  for (std::size_t i = 0; i < numbers.size(); ++i) std::copy_n(gradient + static_cast<std::size_t>(numbers[i]) * row, row, packed.data() + i * row);
  sum_over_ranks(comm, packed, wire);
  for (std::size_t i = 0; i < numbers.size(); ++i) std::copy_n(packed.data() + i * row, row, gradient + static_cast<std::size_t>(numbers[i]) * row);
  return mine.size() + packed.size() * bytes_of(wire);
}

}  // namespace teranga::train
