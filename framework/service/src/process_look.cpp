// SPDX-License-Identifier: Apache-2.0
#include "process_look.hpp"

#include <teranga/core/terminal.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace teranga {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

// The texts of a call that goes on: they live as long as it does. False: it has ended meanwhile.
struct CallTexts {
  std::string item, layer, call;
  bool take(const activity::ThreadPlace& place, std::uint64_t calls) {
    const char *const i = place.item.load(relaxed), *const l = place.layer.load(relaxed), *const c = place.call.load(relaxed);
    if (!i || !c || place.calls.load(relaxed) != calls) return false;
    item = i, layer = l ? l : "", call = c;
    return place.calls.load(relaxed) == calls && place.item.load(relaxed) == i;
  }
};

}  // namespace

std::uint64_t bytes_moved() {
  std::ifstream in("/proc/self/io");
  std::string name;
  std::uint64_t number = 0, sum = 0;
  while (in >> name >> number)
    if (name == "rchar:" || name == "wchar:" || name == "read_bytes:") sum += number;  // the last one: pages of mapped files
  return sum;
}

bool waits_for_output() {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::string name;
    std::ifstream comm(entry.path() / "comm");
    if (std::getline(comm, name) && name == terminal::writer_name) continue;  // nobody waits for it
    std::ifstream in(entry.path() / "syscall");  // number of the call and its arguments, or "running"
    std::string call, file;
    if (!(in >> call >> file)) continue;
    const long number = std::strtol(call.c_str(), nullptr, 10), where = std::strtol(file.c_str(), nullptr, 16);
    if ((number == SYS_write || number == SYS_writev) && call != "running" && (where == STDOUT_FILENO || where == STDERR_FILENO)) return true;
  }
  return false;
}

void CallWatch::look(double now) {
  const auto places = activity::threads();
  seen_.resize(places.size());
  for (std::size_t i = 0; i < places.size(); ++i)
    if (const std::uint64_t calls = places[i].calls.load(relaxed); calls != seen_[i].calls || !places[i].item.load(relaxed)) seen_[i] = {calls, now};
}

void CallWatch::show(double now, double least, RankState& state) const {
  const auto places = activity::threads();
  CallTexts best;
  double longest = least;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    CallTexts texts;
    if (now - seen_[i].since < longest || !texts.take(places[i], seen_[i].calls)) continue;
    longest = now - seen_[i].since;
    best = std::move(texts);
  }
  put(state.item, best.item);
  put(state.layer, best.layer);
  put(state.call, best.call);
}

std::string CallWatch::list(double now) const {
  const auto places = activity::threads();
  std::string out;
  for (std::size_t i = 0; i < seen_.size(); ++i)
    if (CallTexts texts; texts.take(places[i], seen_[i].calls))
      out += fmt::format("  thread {}: {}{}, call {}, for {:.1f} s\n", places[i].thread.load(relaxed), texts.item, texts.layer.empty() ? "" : " of the layer \"" + texts.layer + "\"", texts.call, now - seen_[i].since);
  return out.empty() ? "  none\n" : out;
}

}  // namespace teranga
