// SPDX-License-Identifier: Apache-2.0
// Every word that ranks tell each other holds the run in its upper and a window in its lower half, so that a later run is above all windows of an earlier one.
#include "node_windows.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>

namespace teranga::data {

namespace {

constexpr std::uint32_t left = 0xffffffffU;  // as a window: the rank has ended its run

template <std::size_t N>
void copy_text(char (&to)[N], std::string_view from) noexcept {
  const std::size_t size = std::min(from.size(), N - 1);
  std::memcpy(to, from.data(), size);
  to[size] = 0;
}

}  // namespace

// Zeros at first: run 0 is before all runs.
struct alignas(cache_line) NodeWindows::Rank {
  std::atomic<std::uint64_t> first_used;  // the earliest window that it still needs
  std::atomic<std::uint64_t> written[2];  // of each half: the window that its part is of, and one
};

struct alignas(cache_line) NodeWindows::Header {
  std::atomic<std::uint64_t> failing;  // one rank writes the failure
  std::atomic<std::uint64_t> failed;   // at this window and one
  std::int32_t code;
  char text[2048], hint[512];
};

NodeWindows::NodeWindows(std::shared_ptr<NodeMemory> node, std::size_t window_bytes) : node_(std::move(node)), number_(node_->next_shared()), window_bytes_(in_whole_lines(window_bytes)) {}

std::size_t NodeWindows::header_bytes() const noexcept { return sizeof(Header) + static_cast<std::size_t>(ranks()) * sizeof(Rank); }

NodeWindows::Rank& NodeWindows::at(int rank) const noexcept { return reinterpret_cast<Rank*>(static_cast<std::byte*>(memory_.get()) + sizeof(Header))[rank]; }

std::byte* NodeWindows::memory(std::int64_t window) const noexcept { return static_cast<std::byte*>(memory_.get()) + header_bytes() + static_cast<std::size_t>(window % 2) * window_bytes_; }

void NodeWindows::begin() {
  while (!memory_) {
    memory_ = node_->shared(number_, header_bytes() + 2 * window_bytes_);
    if (!memory_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ++run_;
  at(rank()).first_used.store(tag(0), std::memory_order_release);
}

void NodeWindows::end() noexcept {
  if (memory_) at(rank()).first_used.store(tag(left), std::memory_order_release);
}

bool NodeWindows::is_free(std::int64_t window) const noexcept {
  for (int r = 0; r < ranks(); ++r)
    if (at(r).first_used.load(std::memory_order_acquire) < tag(std::max<std::int64_t>(window - 1, 0))) return false;
  return true;
}

void NodeWindows::wrote(std::int64_t window, int rank) noexcept { at(rank).written[window % 2].store(tag(window + 1), std::memory_order_release); }

bool NodeWindows::is_there(std::int64_t window, int rank) const noexcept { return at(rank).written[window % 2].load(std::memory_order_acquire) == tag(window + 1); }

bool NodeWindows::has_left(int rank) const noexcept { return at(rank).first_used.load(std::memory_order_acquire) >= tag(left); }

void NodeWindows::used_before(std::int64_t window) noexcept { at(rank()).first_used.store(tag(window), std::memory_order_release); }

void NodeWindows::failed(std::int64_t window, const Error& error) noexcept {
  std::uint64_t before = header().failing.load();
  if (before >= tag(0) || !header().failing.compare_exchange_strong(before, tag(window + 1))) return;  // another rank was first in this run
  header().code = static_cast<std::int32_t>(error.code());
  copy_text(header().text, error.what());
  copy_text(header().hint, error.hint());
  header().failed.store(tag(window + 1), std::memory_order_release);
}

void NodeWindows::check(std::int64_t window) const {
  const std::uint64_t failed = header().failed.load(std::memory_order_acquire);
  if (failed > tag(0) && failed <= tag(window + 1)) throw Error(static_cast<ExitCode>(header().code), header().text, header().hint);
}

}  // namespace teranga::data
