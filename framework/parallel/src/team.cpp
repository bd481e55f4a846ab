// SPDX-License-Identifier: Apache-2.0
// TBB lends the threads: each sits in one long task that looks for loops and gives its thread back after a moment without any. Waking a
// sleeping thread costs 5-50 us, more than many a loop; handing a loop to one that is awake costs well under 1 us. The caller of a loop
// never depends on these tasks: it takes indices itself until none is left, then waits for those that joined.
#include <teranga/parallel/team.hpp>

#include <teranga/parallel/cpu.hpp>
#include <teranga/parallel/thread_setup.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include <sched.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

namespace teranga {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto awake_time = std::chrono::microseconds(1000);  // then the thread goes back to TBB, to sleep
constexpr auto eager_time = std::chrono::microseconds(50);    // then the thread offers its core to others at each look
constexpr std::uint32_t open_bit = std::uint32_t{1} << 31;

void pause_briefly() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// TBB takes the minimum of all living controls as its limit, so there is one for all teams, which only grows.
void allow_threads(int threads) {
  static std::mutex mutex;
  static auto* control = new std::optional<tbb::global_control>;
  static int allowed = 0;
  std::lock_guard lock(mutex);
  if (threads <= allowed) return;
  allowed = threads;
  control->reset();
  control->emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
}

}  // namespace

// What the long tasks share with the team; it outlives the team where TBB starts one of them late.
struct Shared {
  // The loop. Written by the caller while the gate is closed and nobody is inside; `epoch` is what waiting threads look at.
  alignas(64) std::atomic<std::uint64_t> epoch{0};
  std::int64_t count = 0;
  void* function = nullptr;
  void (*call)(void*, std::int64_t, int) = nullptr;

  alignas(64) std::atomic<std::uint32_t> gate{0};  // open_bit + the number of threads inside the loop
  alignas(64) std::atomic<std::int64_t> next{0};
  alignas(64) std::atomic<int> present{0};  // long tasks that run or are about to
  std::atomic<int> running{0};
  std::atomic<bool> stop{false};
  bool crowded = false;  // more threads than cores: waiting actively would hold up the one that is waited for

  std::mutex error_mutex;
  std::int64_t error_index = 0;
  std::exception_ptr error;

  void work(int worker) noexcept {
    for (std::int64_t index; (index = next.fetch_add(1, std::memory_order_relaxed)) < count;) {
      try {
        call(function, index, worker);
      } catch (...) {
        // Indices below this one have all been handed out and will finish, so the lowest error is always among those found.
        std::lock_guard lock(error_mutex);
        if (!error || index < error_index) {
          error = std::current_exception();
          error_index = index;
        }
        next.store(count, std::memory_order_relaxed);
      }
    }
  }

  void join(int worker) noexcept {
    if (gate.fetch_add(1, std::memory_order_acquire) & open_bit) work(worker);
    gate.fetch_sub(1, std::memory_order_release);
  }

  // The long task.
  void attend(int worker);
};

namespace {

// The loops that this thread is inside of, innermost first.
struct Frame {
  const Shared* team;
  int worker;
  Frame* outer;
};
thread_local Frame* innermost = nullptr;

class FrameGuard {
 public:
  FrameGuard(const Shared* team, int worker) noexcept : frame_{team, worker, innermost} { innermost = &frame_; }
  ~FrameGuard() { innermost = frame_.outer; }
  FrameGuard(const FrameGuard&) = delete;
  FrameGuard& operator=(const FrameGuard&) = delete;

 private:
  Frame frame_;
};

const Frame* frame_of(const Shared* team) noexcept {
  for (const Frame* frame = innermost; frame; frame = frame->outer)
    if (frame->team == team) return frame;
  return nullptr;
}

}  // namespace

void Shared::attend(int worker) {
  running.fetch_add(1);
  const FrameGuard guard(this, worker);
  std::uint64_t seen = epoch.load() - 1;  // the loop that called for this task may be open already
  auto idle_since = Clock::now();
  int looks = 0;
  bool eager = !crowded;
  while (!stop.load(std::memory_order_relaxed)) {
    const std::uint64_t now = epoch.load(std::memory_order_acquire);
    if (now != seen) {
      seen = now;
      prepare_this_thread();
      join(worker);
      idle_since = Clock::now();
      looks = 0;
      eager = !crowded;
      continue;
    }
    if (eager)
      pause_briefly();
    else
      sched_yield();
    if (eager && ++looks % 64 != 0) continue;
    const auto idle = Clock::now() - idle_since;
    eager = !crowded && idle < eager_time;
    if (idle < (crowded ? eager_time : awake_time)) continue;
    present.fetch_sub(1);
    if (epoch.load() == seen || stop.load()) {
      running.fetch_sub(1);
      return;
    }
    present.fetch_add(1);  // a loop came in between, and its caller counted on this thread
  }
  present.fetch_sub(1);
  running.fetch_sub(1);
}

struct Team::State {
  explicit State(int count) : threads(count), arena(count, 1), shared(std::make_shared<Shared>()) {}

  int threads;
  tbb::task_arena arena;
  std::mutex turn;
  std::shared_ptr<Shared> shared;

  void call_threads(std::int64_t wanted) {
    const auto helpers = static_cast<int>(std::min<std::int64_t>(wanted, threads - 1));
    while (shared->present.load() < helpers) {
      shared->present.fetch_add(1);
      arena.enqueue([shared = shared] { shared->attend(tbb::this_task_arena::current_thread_index()); });
    }
  }
};

Team::Team(int threads) {
  const int cores = usable_cores();
  if (threads <= 0) threads = cores;
  allow_threads(threads);
  state_ = std::make_unique<State>(threads);
  state_->shared->crowded = threads > cores;
}

Team::~Team() {
  state_->shared->stop = true;
  while (state_->shared->running.load() > 0) sched_yield();
}

int Team::threads() const noexcept { return state_->threads; }

void Team::run(std::int64_t count, void* function, Call call) {
  if (count <= 0) return;
  Shared& s = *state_->shared;
  if (const Frame* frame = frame_of(&s)) {
    const int worker = frame->worker;
    for (std::int64_t index = 0; index < count; ++index) call(function, index, worker);
    return;
  }
  prepare_this_thread();
  const bool inside_another = innermost != nullptr;
  const std::lock_guard turn(state_->turn);
  const FrameGuard guard(&s, 0);
  if (count == 1 || state_->threads == 1 || inside_another) {
    for (std::int64_t index = 0; index < count; ++index) call(function, index, 0);
    return;
  }
  s.count = count;
  s.function = function;
  s.call = call;
  s.next.store(0, std::memory_order_relaxed);
  s.gate.fetch_or(open_bit, std::memory_order_release);
  s.epoch.fetch_add(1);
  state_->call_threads(count - 1);
  s.work(0);
  s.gate.fetch_and(~open_bit, std::memory_order_acq_rel);
  for (int looks = 0; s.gate.load(std::memory_order_acquire) != 0;) {
    if (s.crowded || ++looks > 4096)
      sched_yield();
    else
      pause_briefly();
  }
  if (s.error) std::rethrow_exception(std::exchange(s.error, nullptr));
}

}  // namespace teranga
