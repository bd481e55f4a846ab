// SPDX-License-Identifier: Apache-2.0
// The variables of a loaded library, to see whether calls change them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace teranga::conformance {

// The statics of the library in which an address lies, and this thread's thread_local ones, as they are now.
class LibraryData {
 public:
  explicit LibraryData(const void* address_within);
  // What was changed since, in words; empty: nothing.
  std::string changed_statics() const;
  std::string changed_thread_locals() const;

 private:
  struct Segment {
    const char* at;
    std::vector<char> bytes;
  };
  static std::string changed(const std::vector<Segment>& segments);
  std::vector<Segment> statics_, thread_locals_;
};

}  // namespace teranga::conformance
