// SPDX-License-Identifier: Apache-2.0
// TBB lends the threads: each sits in one long task that looks for loops and gives its thread back after a moment without any. Waking a
// sleeping thread costs 5-50 us, more than many a loop; handing a loop to one that is awake costs well under 1 us. The caller of a loop
// never depends on these tasks: it takes indices itself until none is left, then waits for those that joined.
//
// Each worker begins at a stretch of its own, the same one in each loop of as many indices, and then helps others with theirs: what a worker wrote in
// one loop it finds in its own caches in the next. Between cores that share no cache, and between sockets, a cache line takes 5 times as long.
#include <teranga/parallel/team.hpp>

#include <teranga/parallel/cpu.hpp>
#include <teranga/parallel/past_caches.hpp>
#include <teranga/parallel/thread_setup.hpp>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <sched.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

namespace teranga {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto awake_time = std::chrono::microseconds(1000);  // then the thread goes back to TBB, to sleep
constexpr auto eager_time = std::chrono::microseconds(50);    // then the thread offers its core to others at each look
// What a look at the distance between threads takes.
constexpr auto look_every = std::chrono::seconds(1);
constexpr auto look_again = std::chrono::milliseconds(50);  // where nobody came
constexpr auto look_time = std::chrono::microseconds(500);  // at most
constexpr auto come_time = std::chrono::microseconds(20);   // for each thread: it may be asleep
constexpr int look_rounds = 3, throws_a_round = 32;
// A message to and fro took 50 to 80 ns on cores of an EPYC that share a cache, 300 to 380 on others. Once far, threads are so until it takes less than `near`.
constexpr double far_message_ns = 200, near_message_ns = 150;
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
  std::uint64_t loop = 0;
  std::atomic<std::int64_t> limit{0};  // no index from here on is called: the count, or the lowest that failed
  void* function = nullptr;
  void (*call)(void*, std::int64_t, int) = nullptr;

  alignas(64) std::atomic<std::uint32_t> gate{0};  // open_bit + the number of threads inside the loop
  alignas(64) std::atomic<int> present{0};  // long tasks that run or are about to
  std::atomic<int> running{0};
  std::atomic<bool> stop{false};
  bool crowded = false;  // more threads than cores: waiting actively would hold up the one that is waited for

  std::mutex error_mutex;
  std::exception_ptr error;  // of index `limit`

  // How far each worker's stretch has been handed out. The upper half is the loop that the lower half counts for, so nobody has to set them
  // all back before a loop.
  struct alignas(64) Taken {
    std::atomic<std::uint64_t> value{0};
  };
  std::vector<Taken> taken;

  explicit Shared(int threads) : taken(static_cast<std::size_t>(threads)) {}
  std::int64_t threads() const noexcept { return static_cast<std::int64_t>(taken.size()); }

  std::int64_t stretch_begin(std::int64_t worker) const noexcept {
    return count / threads() * worker + (count % threads() * worker + threads() - 1) / threads();
  }

  void work_on_stretch_of(std::size_t owner, int worker) noexcept {
    const std::int64_t begin = stretch_begin(static_cast<std::int64_t>(owner)), size = stretch_begin(static_cast<std::int64_t>(owner) + 1) - begin;
    if (size == 0) return;
    std::atomic<std::uint64_t>& value = taken[owner].value;
    for (std::uint64_t before = value.load(std::memory_order_relaxed);;) {
      const std::uint64_t done = before >> 32 == loop ? before & 0xffffffff : 0;
      const std::int64_t index = begin + static_cast<std::int64_t>(done);
      if (done >= static_cast<std::uint64_t>(size) || index >= limit.load(std::memory_order_relaxed)) return;
      if (!value.compare_exchange_weak(before, loop << 32 | (done + 1), std::memory_order_relaxed)) continue;
      before = loop << 32 | (done + 1);
      try {
        call(function, index, worker);
      } catch (...) {
        // Indices below the limit are called even so: the lowest error is the same whoever takes which.
        std::lock_guard lock(error_mutex);
        if (index >= limit.load(std::memory_order_relaxed)) continue;
        error = std::current_exception();
        limit.store(index, std::memory_order_relaxed);
      }
    }
  }

  void work(int worker) noexcept {
    const std::size_t workers = taken.size(), own = static_cast<std::size_t>(worker);
    for (std::size_t i = 0; i < workers; ++i) work_on_stretch_of(own + i < workers ? own + i : own + i - workers, worker);
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
  explicit State(int count) : threads(count), balls(static_cast<std::size_t>(count)), arena(count, 1), shared(std::make_shared<Shared>(count)) {}

  struct alignas(64) Ball {
    std::atomic<int> thrown{0}, returned{-1};  // returned: -1 until somebody is there
  };

  int threads;
  std::vector<Ball> balls;  // by index of the loop that looks; index 0 throws
  double message_ns = 0;
  bool far_apart = false, pretended = false;
  Clock::time_point next_look{};
  tbb::task_arena arena;
  std::mutex turn;
  std::shared_ptr<Shared> shared;

  void call_threads(std::int64_t wanted) {
    const auto helpers = static_cast<int>(std::min<std::int64_t>(wanted, threads - 1));
    while (shared->present.load() < helpers) {
      shared->present.fetch_add(1);
      try {
        arena.enqueue([shared = shared] { shared->attend(tbb::this_task_arena::current_thread_index()); });
      } catch (...) {  // no memory for a task: the loop is open, and goes on with those who are here
        shared->present.fetch_sub(1);
        return;
      }
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

bool Team::far_apart() const noexcept { return state_->far_apart; }

double Team::message_ns() const noexcept { return state_->message_ns; }

void Team::pretend_far_apart(bool far) noexcept { state_->far_apart = far, state_->pretended = true; }

// The caller throws a ball to each of the others that comes in time, and measures how soon it is back.
void Team::look_how_far() {
  State& state = *state_;
  if (state.threads == 1 || state.shared->crowded || state.pretended) return;
  const auto begun = Clock::now();
  if (begun < state.next_look) return;
  state.next_look = begun + look_every;
  for (State::Ball& ball : state.balls) ball.thrown = 0, ball.returned = -1;
  std::atomic<bool> over{false};
  const auto late = [&] { return over.load(std::memory_order_relaxed) || Clock::now() - begun > look_time; };
  const auto wait_for = [&](auto&& happened) {
    for (int looks = 1; !happened(); ++looks) {
      pause_briefly();
      if (looks % 256 == 0 && late()) return false;
    }
    return true;
  };
  double longest = 0;
  for_each(state.threads, [&](std::int64_t index, int) {
    if (index > 0) {
      State::Ball& ball = state.balls[static_cast<std::size_t>(index)];
      for (int n = 0; n <= look_rounds * throws_a_round; ++n) {
        ball.returned.store(n, std::memory_order_release);
        if (!wait_for([&] { return ball.thrown.load(std::memory_order_acquire) > n; })) return;
      }
      return;
    }
    for (std::size_t i = 1; i < state.balls.size() && longest < far_message_ns; ++i) {
      if (late()) break;
      State::Ball& ball = state.balls[i];
      const auto since = Clock::now();
      while (ball.returned.load(std::memory_order_acquire) < 0 && Clock::now() - since < come_time) pause_briefly();
      if (ball.returned.load(std::memory_order_acquire) < 0) continue;
      auto soonest = Clock::duration::max();
      for (int round = 0, n = 0; round < look_rounds; ++round) {
        const auto start = Clock::now();
        for (int end = n + throws_a_round; n < end;) {
          ball.thrown.store(++n, std::memory_order_release);
          if (!wait_for([&] { return ball.returned.load(std::memory_order_acquire) == n; })) break;
        }
        soonest = std::min(soonest, Clock::now() - start);
      }
      if (late()) break;
      longest = std::max(longest, std::chrono::duration<double, std::nano>(soonest).count() / throws_a_round);
    }
    over = true;
  });
  if (longest == 0) {
    state.next_look = begun + look_again;
    return;
  }
  state.message_ns = longest;
  state.far_apart = can_go_past_caches && longest >= (state.far_apart ? near_message_ns : far_message_ns);
}

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
  s.limit.store(count, std::memory_order_relaxed);
  assert(count / s.threads() < 0xffffffff);
  s.loop = (s.loop + 1) & 0xffffffff;
  if (s.loop == 0)  // what was last touched 2^32 loops ago must not pass for this one's
    for (Shared::Taken& taken : s.taken) taken.value.store(0, std::memory_order_relaxed);
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
