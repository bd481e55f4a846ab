// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/terminal.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

namespace teranga::terminal {
namespace {

std::size_t lines_in(std::string_view text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

// False: this descriptor takes no more.
bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EAGAIN) {  // somebody else made it non-blocking
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (count == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

// No signal is handled on a thread that is made while this lives; so none makes its writes fail, and a background job may write to its terminal.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

class Queue {
 public:
  Queue(int descriptor, std::size_t most_bytes) : descriptor_(descriptor), most_bytes_(most_bytes) {}

  // False: there is no thread.
  bool start() noexcept {
    const std::lock_guard lock(mutex_);
    if (started_) return true;
    try {
      const AllSignalsBlocked blocked;
      std::thread([this] { work(); }).detach();  // it may never come back from a write
      started_ = true;
    } catch (const std::exception&) {  // no thread
    }
    return started_;
  }

  bool started() const noexcept { return started_; }
  bool waits() const noexcept { return waiting_ > 0; }
  std::size_t lost() const noexcept { return lost_ + waiting_lines_; }

  void add(std::string_view text) {
    {
      const std::lock_guard lock(mutex_);
      if (broken_ || bytes_ + text.size() > most_bytes_) return leave_out(text);
      try {
        if (gap_ > 0) push(fmt::format("({} lines are missing here, because the terminal took no more)\n", gap_));
        gap_ = 0;
        push(std::string(text));
      } catch (const std::bad_alloc&) {
        return leave_out(text);
      }
    }
    changed_.notify_one();
  }

 private:
  void leave_out(std::string_view text) {
    lost_ += lines_in(text);
    gap_ += lines_in(text);
  }

  void push(std::string text) {
    const std::size_t bytes = text.size(), lines = lines_in(text);
    texts_.push_back(std::move(text));
    bytes_ += bytes;
    waiting_lines_ += lines;
    ++waiting_;
  }

  void work() {
    pthread_setname_np(pthread_self(), writer_name);
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !texts_.empty(); });
      const std::string text = std::move(texts_.front());
      texts_.pop_front();
      bytes_ -= text.size();
      lock.unlock();
      const bool written = !broken_ && write_all(descriptor_, text);
      lock.lock();
      const std::size_t lines = lines_in(text);
      if (!written) {
        broken_ = true;
        lost_ += lines;
      }
      waiting_lines_ -= lines;
      --waiting_;
    }
  }

  const int descriptor_;
  const std::size_t most_bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> texts_;
  std::size_t bytes_ = 0, gap_ = 0;
  std::atomic<bool> started_{false}, broken_{false};
  std::atomic<std::size_t> waiting_{0}, waiting_lines_{0}, lost_{0};
};

struct Queues {
  Queue error{STDERR_FILENO, std::size_t{1} << 20};
  Queue output{STDOUT_FILENO, std::size_t{16} << 20};
};

// They live to the end of the process, and their threads may end with it only.
std::atomic<Queues*> queues{nullptr};

}  // namespace

void begin_queue() noexcept {
  if (queues) return;
  try {
    auto* made = new Queues;
    if (made->error.start()) queues = made;
    else delete made;
  } catch (const std::exception&) {  // no memory: each text is written at once
  }
}

void write(Stream stream, std::string_view text) {
  if (Queues* const found = queues) {
    Queue& queue = stream == Stream::error ? found->error : found->output;
    if (queue.start()) return queue.add(text);
  }
  if (stream == Stream::error) {
    write_all(STDERR_FILENO, text);
    return;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void draw(std::string_view text) {
  if (const Queues* const found = queues; found && found->error.waits()) return;
  write(Stream::error, text);
}

void settle(std::chrono::milliseconds most) noexcept {
  const Queues* const found = queues;
  if (!found) return;
  for (std::chrono::milliseconds waited{0}; waited < most && (found->error.waits() || found->output.waits()); ++waited) {
    const timespec moment{0, 1'000'000};
    ::nanosleep(&moment, nullptr);
  }
}

std::size_t lost_lines() noexcept {
  const Queues* const found = queues;
  return found ? found->error.lost() + found->output.lost() : 0;
}

}  // namespace teranga::terminal
