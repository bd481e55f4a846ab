// SPDX-License-Identifier: Apache-2.0
// An array for a plugin between two pages that nobody may touch: a plugin that reads or writes beyond it crashes in that very call, and what the array leaves of its pages tells of
// writes that come no further.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "named_access.hpp"

namespace teranga::conformance {

enum class Edge { behind, before };  // the array ends where the forbidden page begins, as a slice may lie; or it begins behind one, aligned as a whole tensor is

class GuardedArray {
 public:
  explicit GuardedArray(std::size_t bytes, Edge edge = Edge::behind);
  ~GuardedArray();
  GuardedArray(GuardedArray&& other) noexcept
      : mapping_(std::exchange(other.mapping_, nullptr)), mapped_(other.mapped_), data_(other.data_), bytes_(other.bytes_), taken_back_(other.taken_back_), named_(std::move(other.named_)) {}
  GuardedArray& operator=(GuardedArray&&) = delete;

  std::byte* data() const noexcept { return data_; }
  std::size_t bytes() const noexcept { return bytes_; }
  void fill(unsigned char pattern) noexcept;
  // Whether something beside the array was written.
  bool damaged() const noexcept;
  // A crash on it, or on its forbidden pages, is told of in these words.
  void name(std::string what, std::string mend) { named_ = std::make_unique<NamedAccess>(NamedAccess::Place{mapping_, mapping_ + mapped_, data_, bytes_}, std::move(what), std::move(mend)); }
  // Nobody may touch it any more: what a plugin was given for one call has been taken back.
  void take_back() noexcept;

 private:
  std::byte* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
  bool taken_back_ = false;
  std::unique_ptr<NamedAccess> named_;
};

}  // namespace teranga::conformance
