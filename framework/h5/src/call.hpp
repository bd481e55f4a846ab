// SPDX-License-Identifier: Apache-2.0
// How this module calls HDF5: handles that close themselves, and codes that become errors with HDF5's own reason.
#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

#include <teranga/core/error.hpp>

namespace teranga::h5 {

static_assert(sizeof(hid_t) == sizeof(std::int64_t));

// HDF5 prints errors to stderr unless told otherwise, thread by thread: every public call starts here.
void start_call();

// The innermost reason on HDF5's error stack, or "unknown reason".
std::string hdf5_reason();

[[noreturn]] void fail(ExitCode code, const std::string& who, const std::string& what);

class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle(hid_t id, Close close) noexcept : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  explicit operator bool() const noexcept { return id_ >= 0; }
  operator hid_t() const noexcept { return id_; }

 private:
  hid_t id_;
  Close close_;
};

}  // namespace teranga::h5
