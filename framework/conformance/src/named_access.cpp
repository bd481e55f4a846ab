// SPDX-License-Identifier: Apache-2.0
#include "named_access.hpp"

#include "watched_page.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <ucontext.h>

namespace teranga::conformance {
namespace {

// The handler takes no lock and no memory. Where all places are taken, a crash is told of without words.
std::array<std::atomic<const NamedAccess*>, 512> all_named{};
struct sigaction former_handlers[2];
constexpr std::uintptr_t most_null = 1u << 20;  // an element of a null array

const char* verb_of_crash(const void* context) {
#if defined(__x86_64__)
  return (static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_ERR] & 2) != 0 ? "wrote" : "read";
#else
  return context ? "touched" : "";
#endif
}

void say_what_was_touched(const NamedAccess& named, const std::byte* at, const char* verb) {
  char text[512];
  const auto& [begin, end, data, bytes] = named.place();
  const std::ptrdiff_t offset = at - data;
  const char *preposition = "", *later = named.past() ? ", when that call had returned" : "";
  if (named.past()) preposition = "";
  else if (!begin) preposition = "at a null pointer: ";
  else if (offset == static_cast<std::ptrdiff_t>(bytes)) preposition = "directly behind the end of ";
  else if (offset > static_cast<std::ptrdiff_t>(bytes)) preposition = "behind the end of ";
  else if (offset < 0) preposition = "before the beginning of ";
  *fmt::format_to_n(text, sizeof(text) - 1, "it {} {}{}{}", verb, preposition, named.what(), later).out = '\0';
  leave_words_of_crash(text, named.mend());
}

void on_crash(int signal, siginfo_t* info, void* context) {
  const auto* const at = static_cast<const std::byte*>(info->si_addr);
  for (const auto& slot : all_named) {
    const NamedAccess* const named = slot.load();
    if (!named) continue;
    const NamedAccess::Place& place = named->place();
    const bool meant = place.begin ? at >= place.begin && at < place.end : reinterpret_cast<std::uintptr_t>(at) < most_null && info->si_code > 0 && info->si_code != SI_KERNEL;
    if (!meant) continue;
    say_what_was_touched(*named, at, verb_of_crash(context));
    break;
  }
  sigaction(signal, &former_handlers[signal == SIGBUS], nullptr);  // and the access is tried again
}

void install_handlers() {
  static const bool installed = [] {
    struct sigaction action {};
    action.sa_sigaction = on_crash;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    sigaction(SIGSEGV, &action, &former_handlers[0]);
    sigaction(SIGBUS, &action, &former_handlers[1]);
    return true;
  }();
  static_cast<void>(installed);
}

}  // namespace

NamedAccess::NamedAccess(const Place& place, std::string what, std::string mend) : place_(place), what_(std::move(what)), mend_(std::move(mend)) {
  install_handlers();
  for (auto& slot : all_named) {
    const NamedAccess* none = nullptr;
    if (slot.compare_exchange_strong(none, this)) return;
  }
}

NamedAccess::~NamedAccess() {
  for (auto& slot : all_named) {
    const NamedAccess* own = this;
    if (slot.compare_exchange_strong(own, nullptr)) return;
  }
}

NamedNull::NamedNull(std::string what, std::string mend) : named_({nullptr, nullptr, nullptr, 0}, std::move(what), std::move(mend)) {}

}  // namespace teranga::conformance
