// SPDX-License-Identifier: Apache-2.0
// Words for a crash: which array of a rule, or which null pointer, a plugin touched when the signal came. The process that watches adds them to its finding calls/crash.
#pragma once

#include <cstddef>
#include <string>

namespace teranga::conformance {

// As long as it lives, a crash within begin .. end is told of as one at `what`. `mend`: what its author does about it.
class NamedAccess {
 public:
  struct Place {
    const std::byte *begin, *end;  // with the forbidden pages
    const std::byte* data;
    std::size_t bytes;
  };
  NamedAccess(const Place& place, std::string what, std::string mend);
  ~NamedAccess();
  NamedAccess(const NamedAccess&) = delete;
  NamedAccess& operator=(const NamedAccess&) = delete;

  const Place& place() const noexcept { return place_; }
  const std::string& what() const noexcept { return what_; }
  const std::string& mend() const noexcept { return mend_; }
  void is_past(bool past) noexcept { past_ = past; }  // its call has returned
  bool past() const noexcept { return past_; }

 private:
  Place place_;
  std::string what_, mend_;
  bool past_ = false;
};

// As long as it lives, a crash at a null pointer, or at an element of a null array, is told of as one at `what`.
class NamedNull {
 public:
  NamedNull(std::string what, std::string mend);

 private:
  NamedAccess named_;
};

}  // namespace teranga::conformance
