// SPDX-License-Identifier: Apache-2.0
#include "call.hpp"

#include <fmt/core.h>

// Data are read on one thread while a checkpoint is written on another.
#ifndef H5_HAVE_THREADSAFE
#error "this HDF5 was built without --enable-threadsafe: install Debian's libhdf5-dev, or another that is thread-safe"
#endif

namespace teranga::h5 {

void start_call() {
  // At exit, HDF5 would close what a failure left open, and crash. All that it holds then is memory.
  static const herr_t stays = H5dont_atexit();
  static_cast<void>(stays);
  thread_local bool quiet = false;
  if (!quiet) {
    H5open();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);  // no filter is ever loaded from disk
    quiet = true;
  }
  H5Eclear2(H5E_DEFAULT);
}

std::string hdf5_reason() {
  std::string reason;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_UPWARD,
      [](unsigned, const H5E_error2_t* error, void* to) -> herr_t {
        auto& text = *static_cast<std::string*>(to);
        if (text.empty() && error->desc != nullptr) text = error->desc;
        return 0;
      },
      &reason);
  return reason.empty() ? "unknown reason" : reason;
}

void fail(ExitCode code, const std::string& who, const std::string& what) {
  throw Error(code, fmt::format("{}: {}: HDF5 says: {}", who, what, hdf5_reason()));
}

}  // namespace teranga::h5
