// SPDX-License-Identifier: Apache-2.0
#include <teranga/tensor/tensor.hpp>

#include <teranga/core/error.hpp>

#include <cstdlib>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>

namespace teranga {

Buffer::Buffer(std::size_t bytes) : size_(bytes) {
  if (bytes == 0) return;
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  const std::size_t aligned_to = bytes >= huge_page ? huge_page : alignment;
  if (bytes > std::numeric_limits<std::size_t>::max() - aligned_to) throw Error(ExitCode::failure, fmt::format("cannot allocate {} bytes", bytes));
  const std::size_t rounded = (bytes + aligned_to - 1) / aligned_to * aligned_to;
  bytes_.reset(std::aligned_alloc(aligned_to, rounded));
  if (!bytes_) throw Error(ExitCode::failure, fmt::format("cannot allocate {} bytes", bytes));
  if (aligned_to == huge_page) madvise(bytes_.get(), rounded, MADV_HUGEPAGE);  // a wish: refusal costs speed only
  std::memset(bytes_.get(), 0, rounded);
}

Buffer::Buffer(const Buffer& other) : Buffer(other.size_) {
  if (size_) std::memcpy(bytes_.get(), other.bytes_.get(), size_);
}

Buffer& Buffer::operator=(Buffer other) noexcept {
  bytes_ = std::move(other.bytes_);
  size_ = other.size_;
  return *this;
}

void Buffer::Free::operator()(void* bytes) const noexcept { std::free(bytes); }

const char* to_string(ElementType type) noexcept {
  switch (type) {
    case ElementType::f32: return "f32";
    case ElementType::f64: return "f64";
    case ElementType::i32: return "i32";
    case ElementType::i64: return "i64";
    case ElementType::u8: return "u8";
  }
  return "?";
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape)
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count))
      throw Error(ExitCode::usage, fmt::format("the shape {} has no valid number of elements", to_string(shape)));
  return count;
}

std::string to_string(const Shape& shape) { return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : ""); }

Tensor::Tensor(ElementType type, Shape shape) : type_(type), shape_(std::move(shape)), count_(element_count(shape_)) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(static_cast<std::size_t>(count_), size_of(type), &bytes))
    throw Error(ExitCode::failure, fmt::format("a {} tensor of shape {} does not fit into memory", to_string(type), to_string(shape_)));
  buffer_ = Buffer(bytes);
}

NamedTensor TensorView::copy() const {
  NamedTensor out{name, Tensor(type, shape)};
  if (out.tensor.bytes()) std::memcpy(out.tensor.data(), data, out.tensor.bytes());
  return out;
}

}  // namespace teranga
