// SPDX-License-Identifier: Apache-2.0
#include "trial_tensor.hpp"

#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::conformance {
namespace {

// body(a number of the element type) for enum trg_type.
template <class Body>
void with_type(std::int32_t type, Body&& body) {
  switch (type) {
    case TRG_F32: return body(float{});
    case TRG_F64: return body(double{});
    case TRG_I32: return body(std::int32_t{});
    case TRG_I64: return body(std::int64_t{});
    default: return body(std::uint8_t{});
  }
}

}  // namespace

std::int64_t count_of(const Extents& shape) noexcept {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  return count;
}

std::size_t width_of(std::int32_t type) noexcept {
  if (type < TRG_F32 || type > TRG_U8) return 0;
  std::size_t width = 0;
  with_type(type, [&](auto number) { width = sizeof(number); });
  return width;
}

const char* type_words(std::int32_t type) noexcept {
  constexpr const char* words[] = {"f32", "f64", "i32", "i64", "u8"};
  return type >= TRG_F32 && type <= TRG_U8 ? words[type] : "of no known element type";
}

std::string to_words(const Extents& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }
std::string to_words(const Extents& shape, std::int32_t type) { return fmt::format("{} {}", to_words(shape), type_words(type)); }

std::string place_words(const Extents& shape, std::int64_t index) {
  Extents place(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) place[axis] = index % shape[axis], index /= shape[axis];
  return to_words(place);
}

TrialTensor::TrialTensor(Extents shape, std::int32_t type, Edge edge)
    : shape_(std::move(shape)), type_(type), array_(static_cast<std::size_t>(count_of(shape_)) * width_of(type), edge) {}

TrialTensor::TrialTensor(Extents shape, std::int32_t type, const std::vector<double>& values, Edge edge) : TrialTensor(std::move(shape), type, edge) {
  for (std::int64_t i = 0; i < count(); ++i) set(i, values[static_cast<std::size_t>(i)]);
}

double TrialTensor::get(std::int64_t i) const noexcept {
  double value = 0;
  with_type(type_, [&](auto number) {
    std::memcpy(&number, array_.data() + static_cast<std::size_t>(i) * sizeof(number), sizeof(number));
    value = static_cast<double>(number);
  });
  return value;
}

void TrialTensor::set(std::int64_t i, double value) noexcept {
  with_type(type_, [&](auto number) {
    number = static_cast<decltype(number)>(value);
    std::memcpy(array_.data() + static_cast<std::size_t>(i) * sizeof(number), &number, sizeof(number));
  });
}

std::vector<double> TrialTensor::values() const {
  std::vector<double> out(static_cast<std::size_t>(count()));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = get(static_cast<std::int64_t>(i));
  return out;
}

std::vector<std::byte> TrialTensor::bits() const { return {array_.data(), array_.data() + array_.bytes()}; }

bool TrialTensor::same_bits(const TrialTensor& other) const noexcept { return std::memcmp(array_.data(), other.array_.data(), array_.bytes()) == 0; }

trg_tensor TrialTensor::native(bool with_data) const noexcept {
  return {with_data ? array_.data() : nullptr, shape_.data(), static_cast<std::int32_t>(shape_.size()), type_};
}

}  // namespace teranga::conformance
