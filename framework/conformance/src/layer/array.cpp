// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/layer/array.hpp>

#include <teranga/sdk/c/types.h>

#include <bit>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

// A multiple of 2^-24 in [0, 1) as a pure function of (seed, i).
double draw(std::uint64_t seed, std::uint64_t i) {
  std::uint64_t z = seed * 0x9e3779b97f4a7c15u + 8 * 0xd1b54a32d192ed03u + i * 0x8cb92ba72f3d8dd7u;
  for (int round = 0; round < 2; ++round) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
  }
  return static_cast<double>(z >> 40) / 16777216.0;
}

std::string element_words(std::size_t i, std::size_t count, double found, double expected) {
  return fmt::format("element {} of {} is {:.10g}, expected {:.10g}", i, count, found, expected);
}

}  // namespace

std::int64_t Array::count() const {
  std::int64_t n = 1;
  for (const std::int64_t extent : shape) n *= extent;
  return n;
}

Array array(std::vector<std::int64_t> shape, std::vector<double> values, std::int32_t type) {
  Array a{std::move(shape), std::move(values), type};
  if (a.count() != static_cast<std::int64_t>(a.values.size())) throw std::runtime_error("an array has another number of values than its shape says");
  return a;
}

Array filled(std::vector<std::int64_t> shape, double value) {
  Array a{std::move(shape), {}, -1};
  a.values.assign(static_cast<std::size_t>(a.count()), value);
  return a;
}

Array random_array(std::vector<std::int64_t> shape, std::uint64_t seed, double least, double most) {
  Array a = filled(std::move(shape), 0);
  for (std::size_t i = 0; i < a.values.size(); ++i)
    a.values[i] = static_cast<double>(static_cast<float>(least + (most - least) * static_cast<double>(static_cast<float>(draw(seed, i)))));
  return a;
}

Array random_whole(std::vector<std::int64_t> shape, std::uint64_t seed, std::int64_t end, std::int32_t type) {
  Array a = filled(std::move(shape), 0);
  for (std::size_t i = 0; i < a.values.size(); ++i) a.values[i] = std::floor(draw(seed, i) * static_cast<double>(end));
  a.type = type;
  return a;
}

std::size_t size_of_type(std::int32_t type) {
  switch (type) {
    case TRG_F64:
    case TRG_I64: return 8;
    case TRG_U8: return 1;
    default: return 4;
  }
}

const char* name_of_type(std::int32_t type) {
  switch (type) {
    case TRG_F32: return "f32";
    case TRG_F64: return "f64";
    case TRG_I32: return "i32";
    case TRG_I64: return "i64";
    case TRG_U8: return "u8";
    default: return "an unknown type";
  }
}

std::string words_of_shape(const std::vector<std::int64_t>& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

std::vector<std::string> differences(const Array& found, const Array& expected, const Tolerance& tolerance) {
  if (found.shape != expected.shape || found.values.size() != expected.values.size())
    return {fmt::format("its shape is {}, expected {}", words_of_shape(found.shape), words_of_shape(expected.shape))};
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < found.values.size() && texts.size() < 3; ++i) {
    const double a = found.values[i], b = expected.values[i];
    const bool same = a == b || (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= tolerance.absolute + tolerance.relative * std::fabs(b);
    if (!same) texts.push_back(element_words(i, found.values.size(), a, b));
  }
  return texts;
}

std::string first_other_bits(const Array& found, const Array& expected) {
  if (found.shape != expected.shape || found.values.size() != expected.values.size())
    return fmt::format("its shape is {}, expected {}", words_of_shape(found.shape), words_of_shape(expected.shape));
  for (std::size_t i = 0; i < found.values.size(); ++i)
    if (std::bit_cast<std::uint64_t>(found.values[i]) != std::bit_cast<std::uint64_t>(expected.values[i]))
      return fmt::format("element {} of {} is {:.17g}, expected {:.17g}", i, found.values.size(), found.values[i], expected.values[i]);
  return {};
}

}  // namespace teranga::conformance
