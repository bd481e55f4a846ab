// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/call.hpp>

#include "interposer.hpp"
#include "watched_page.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>

namespace teranga::conformance {
namespace {

WatchedPage own_page;  // of a process that nobody watches
WatchedPage* watched = &own_page;
std::atomic<int> taken_slots{0};
thread_local int own_call_slot = -1;
thread_local const char* own_call = nullptr;

int this_call_slot() noexcept {
  if (own_call_slot < 0) own_call_slot = taken_slots++ % WatchedPage::threads;
  return own_call_slot;
}

void copy_text(char* to, std::size_t room, std::string_view text) noexcept {
  const std::size_t count = std::min(room - 1, text.size());
  std::memcpy(to, text.data(), count);
  to[count] = '\0';
}

void publish(int slot, const char* call) noexcept { copy_text(watched->calls[slot], sizeof(watched->calls[slot]), call ? call : ""); }

}  // namespace

void watch_calls_on(WatchedPage* shared) noexcept { watched = shared; }
bool within_a_call() noexcept { return own_call != nullptr; }
void memory_was_refused(std::uint64_t bytes) noexcept {
  watched->refused_bytes = bytes;
  copy_text(watched->refused_in, sizeof(watched->refused_in), own_call ? own_call : "");
}
bool memory_was_refused() noexcept { return watched->refused_bytes > 0; }
std::string call_that_threw() { return watched->thrown_in; }
void forget_refused_memory() noexcept { watched->refused_bytes = 0; }
void leave_words_of_crash(std::string_view touched, std::string_view mend) noexcept {
  copy_text(watched->touched, sizeof(watched->touched), touched);
  copy_text(watched->touched_mend, sizeof(watched->touched_mend), mend);
}
void leave_last_words(std::string_view text) noexcept { copy_text(watched->last_words, sizeof(watched->last_words), text); }

Call::Call(const char* name) noexcept : before_(own_call), slot_(this_call_slot()), throwing_(std::uncaught_exceptions()), crumb_("plugin", nullptr, name) {
  if (!before_ && throwing_ == 0) watched->thrown_in[0] = '\0';  // what a rule has caught on purpose is no fault of the next call
  own_call = name;
  publish(slot_, name);
}

Call::~Call() {
  if (std::uncaught_exceptions() > throwing_) copy_text(watched->thrown_in, sizeof(watched->thrown_in), own_call);
  own_call = before_;
  publish(slot_, before_);
}

void Call::set_place(std::string_view place) noexcept { copy_text(watched->place, sizeof(watched->place), place); }
std::string Call::place() { return watched->place; }

}  // namespace teranga::conformance
