// SPDX-License-Identifier: Apache-2.0
#include "thread_stacks.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fmt/format.h>

namespace teranga {
namespace {

int asking_signal() { return SIGRTMIN + 7; }

constexpr int most_frames = 64;
std::array<void*, most_frames> frames;
std::atomic<int> asked_thread{0};   // who is to answer
std::atomic<int> answer_frames{-1};  // how many there are; -1: no answer yet

// backtrace() allocates nothing once its library has been loaded.
void answer(int) {
  const int code = errno;
  int self = ::gettid();
  if (asked_thread.compare_exchange_strong(self, 0)) answer_frames.store(::backtrace(frames.data(), most_frames), std::memory_order_release);
  errno = code;
}

std::string first_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string plain_name(const char* symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> plain(abi::__cxa_demangle(symbol, nullptr, nullptr, &status), std::free);
  std::string name = status == 0 && plain ? plain.get() : symbol;
  constexpr std::size_t most = 160;
  if (name.size() > most) name = name.substr(0, most) + "...";
  return name;
}

std::string frame_text(void* address) {
  Dl_info info{};
  if (!::dladdr(address, &info) || !info.dli_fname) return fmt::format("    {}\n", fmt::ptr(address));
  const auto offset = static_cast<const char*>(address) - static_cast<const char*>(info.dli_fbase);
  return fmt::format("    {} +{:#x}{}\n", info.dli_fname, offset, info.dli_sname ? "  " + plain_name(info.dli_sname) : "");
}

std::string stack_of(int thread, std::chrono::steady_clock::time_point end) {
  answer_frames = -1;
  asked_thread = thread;
  if (::syscall(SYS_tgkill, ::getpid(), thread, asking_signal()) != 0) return "    (has ended)\n";
  end = std::min(end, std::chrono::steady_clock::now() + std::chrono::milliseconds(200));
  int count = -1;
  while ((count = answer_frames.load(std::memory_order_acquire)) < 0 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (count < 0) {
    asked_thread = 0;
    return "    (no answer: the kernel holds the thread)\n";
  }
  constexpr int of_the_signal = 2;  // the handler, and how the kernel calls it
  std::string out;
  for (int i = std::min(of_the_signal, count); i < count; ++i) out += frame_text(frames[static_cast<std::size_t>(i)]);
  return out;
}

}  // namespace

void prepare_stacks() noexcept {
  std::array<void*, 2> ignored{};
  ::backtrace(ignored.data(), 2);  // loads its library
  struct sigaction action {};
  action.sa_handler = answer;
  action.sa_flags = SA_RESTART;
  ::sigaction(asking_signal(), &action, nullptr);
}

std::string stacks_of_all_threads() {
  std::vector<int> threads;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", error)) threads.push_back(std::atoi(entry.path().filename().c_str()));
  std::ranges::sort(threads);
  std::string out;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  for (const int thread : threads) {
    if (thread == ::gettid()) continue;
    const std::string folder = fmt::format("/proc/self/task/{}/", thread), status = first_line(folder + "stat");
    const auto state = status.rfind(')');
    out += fmt::format("thread {} ({}), state {}:\n{}", thread, first_line(folder + "comm"), state == std::string::npos || state + 2 >= status.size() ? '?' : status[state + 2], stack_of(thread, end));
  }
  return out + "addr2line -Cfipe FILE ADDRESS gives the line of the source of an address that stands behind a file.\n";
}

}  // namespace teranga
