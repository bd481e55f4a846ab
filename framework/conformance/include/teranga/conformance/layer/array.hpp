// SPDX-License-Identifier: Apache-2.0
// What a layer is given and what it gives, as numbers: a tensor of any element type whose values are kept as doubles.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace teranga::conformance {

struct Array {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  std::int32_t type = -1;  // -1: the compute type of the run
  std::int64_t count() const;
};

Array array(std::vector<std::int64_t> shape, std::vector<double> values, std::int32_t type = -1);
Array filled(std::vector<std::int64_t> shape, double value);
// Numbers that f32 holds exactly, so that both compute types are given the same. The same for the same arguments, on every machine.
Array random_array(std::vector<std::int64_t> shape, std::uint64_t seed, double least = -1, double most = 1);
// Whole numbers in [0, end).
Array random_whole(std::vector<std::int64_t> shape, std::uint64_t seed, std::int64_t end, std::int32_t type);

std::size_t size_of_type(std::int32_t type);
const char* name_of_type(std::int32_t type);                   // "f32"; "type 9" where there is none
std::string words_of_shape(const std::vector<std::int64_t>&);  // "(4, 6)"

struct Tolerance {
  double relative = 1e-6, absolute = 1e-8;
};
// "element 3 of 12 is 0.5, expected 0.25" for the first few that differ; empty: none. NaN is equal to NaN.
std::vector<std::string> differences(const Array& found, const Array& expected, const Tolerance& tolerance);
// The first element whose bits differ, in the same words; empty: all are the same.
std::string first_other_bits(const Array& found, const Array& expected);

}  // namespace teranga::conformance
