// SPDX-License-Identifier: Apache-2.0
// Calls of functions that belong to a plugin. No exception may leave them, but a plugin may break that rule, and no thread may end within them. Whatever comes out is made
// a failure of the plugin here, while it is known which one it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <cxxabi.h>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/sdk/c/types.h>

namespace teranga::host {

// "threw an exception: no such table". In a catch clause.
std::string thrown_now() noexcept;
std::int32_t report_thrown(trg_error* error) noexcept;  // the same as a record of an error, with the name of the call
void tell_thrown_by_destroyer() noexcept;               // the same in the log: nobody waits for an answer
// Where pthread_exit() or pthread_cancel() ends the thread: ends the process with exit code 4 and a message that names the plugin. Other threads would wait for this one for ever.
[[noreturn]] void end_for_left_thread() noexcept;

// The status of f(), or TRG_FAILED with a filled record.
template <class F>
std::int32_t foreign_call(trg_error* error, F&& f) {
  try {
    return f();
  } catch (const abi::__forced_unwind&) {
    end_for_left_thread();
  } catch (...) {
    return report_thrown(error);
  }
}

// What f() has thrown, or "".
template <class F>
std::string thrown_by(F&& f) {
  try {
    f();
    return {};
  } catch (const abi::__forced_unwind&) {
    end_for_left_thread();
  } catch (...) {
    return thrown_now();
  }
}

// A call that gives something back to the plugin.
template <class F>
void destroy(const char* item, const char* layer, const char* call, F&& f) noexcept {
  const Breadcrumb crumb(item, layer, call);
  try {
    f();
  } catch (const abi::__forced_unwind&) {
    end_for_left_thread();
  } catch (...) {
    tell_thrown_by_destroyer();
  }
}

// The text of a field of a trg_error: as far as the field goes where a plugin has forgotten the zero at its end, and without bytes that would harm a terminal.
std::string text_of(const char* field, std::size_t size);
template <std::size_t N>
std::string text_of(const char (&field)[N]) {
  return text_of(field, N);
}

}  // namespace teranga::host
