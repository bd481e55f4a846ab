// SPDX-License-Identifier: Apache-2.0
// Names the call into a plugin that runs, so that the process that watches can say in which one the plugin crashed, ended or did not return. It lies in memory that both processes share: nothing needs
// to work in the process that crashed.
#pragma once

#include <string>
#include <string_view>

#include <teranga/host/breadcrumb.hpp>

namespace teranga::conformance {

// Around every call into the plugin: `const Call call("forward");`. Calls may lie within each other, and each thread has its own.
class Call {
 public:
  explicit Call(const char* name) noexcept;  // a literal
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // What the calls are made with, until it is set anew: "units = 3, x [2, 3] f32". Findings about a crash name it.
  static void set_place(std::string_view place) noexcept;
  static std::string place();

 private:
  const char* before_;
  int slot_, throwing_;
  host::Breadcrumb crumb_;
};

}  // namespace teranga::conformance
