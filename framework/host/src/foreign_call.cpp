// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/foreign_call.hpp>

#include <teranga/core/activity.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/core/terminal.hpp>
#include <teranga/core/utf8.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/exit_guard.hpp>
#include <teranga/sdk/error.hpp>

#include <chrono>
#include <cstring>
#include <exception>
#include <new>

#include <fmt/format.h>
#include <unistd.h>

namespace teranga::host {

std::string thrown_now() noexcept {
  try {
    try {
      throw;
    } catch (const std::bad_alloc&) {
      return "asked for more memory than there is";
    } catch (const std::exception& error) {
      return fmt::format("threw an exception: {}", printable_line(error.what() ? error.what() : ""));
    } catch (...) {
      return "threw an exception of unknown type";
    }
  } catch (...) {  // no memory for the words
    return "threw";
  }
}

std::int32_t report_thrown(trg_error* error) noexcept {
  std::string text = thrown_now();
  try {
    if (const char* const call = activity::this_thread().call.load(std::memory_order_relaxed)) text = fmt::format("its call {} {}", call, text);
  } catch (...) {  // no memory: without the call
  }
  return sdk::detail::report(error, TRG_FAILED, text);
}

void tell_thrown_by_destroyer() noexcept {
  const std::string text = thrown_now();
  try {
    log::warning(fmt::format("{}, {}", Breadcrumb::running_call(), text));
  } catch (...) {  // no memory for the message
  }
}

void end_for_left_thread() noexcept {
  ExitGuard::disarm();
  try {
    const std::string call = Breadcrumb::running_call();
    log::error(fmt::format("a thread was ended {}, and would have left the others waiting; exit code {} follows", call.empty() ? "within a plugin" : call, static_cast<int>(ExitCode::plugin)));
  } catch (...) {  // no memory for the message
  }
  terminal::settle(std::chrono::seconds(2));
  _exit(static_cast<int>(ExitCode::plugin));
}

std::string text_of(const char* field, std::size_t size) {
  std::string text(field, ::strnlen(field, size));
  if (text.size() == size)  // cut anywhere, perhaps within a letter
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  repair_utf8(text);
  return text;
}

}  // namespace teranga::host
