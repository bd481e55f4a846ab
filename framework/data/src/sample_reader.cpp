// SPDX-License-Identifier: Apache-2.0
#include <teranga/data/sample_reader.hpp>

#include <utility>

namespace teranga::data {

double number_at(const void* memory, ElementType type, std::int64_t index) noexcept {
  switch (type) {
    case ElementType::f32: return static_cast<double>(static_cast<const float*>(memory)[index]);
    case ElementType::f64: return static_cast<const double*>(memory)[index];
    case ElementType::i32: return static_cast<double>(static_cast<const std::int32_t*>(memory)[index]);
    case ElementType::i64: return static_cast<double>(static_cast<const std::int64_t*>(memory)[index]);
    case ElementType::u8: return static_cast<double>(static_cast<const std::uint8_t*>(memory)[index]);
  }
  return 0;
}

SampleReader::SampleReader(const Source& source, std::vector<bool> wanted, std::int64_t most_rows) : source_(source) {
  constexpr std::size_t most_bytes = std::size_t{8} << 20;
  wanted.resize(source.fields().size(), wanted.empty());
  for (std::size_t f = 0; f < wanted.size(); ++f)
    if (wanted[f]) bytes_ += source.fields()[f].bytes();
  rows_ = std::clamp(static_cast<std::int64_t>(most_bytes / std::max<std::size_t>(bytes_, 1)), std::int64_t{1}, most_rows);
  for (std::size_t f = 0; f < wanted.size(); ++f) {
    memory_.emplace_back(wanted[f] ? std::max<std::size_t>(source.fields()[f].bytes() * static_cast<std::size_t>(rows_), 1) : 0);
    pointers_.push_back(wanted[f] ? memory_.back().data() : nullptr);
  }
}

std::int64_t SampleReader::read(Part part, std::int64_t first, Draws draws) {
  samples_.clear();
  for (std::int64_t s = first; s < std::min(first + rows_, source_.count(part)); ++s) samples_.push_back(s);
  source_.fill(part, samples_, pointers_, draws);
  return static_cast<std::int64_t>(samples_.size());
}

}  // namespace teranga::data
