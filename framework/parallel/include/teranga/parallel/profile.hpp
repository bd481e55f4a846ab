// SPDX-License-Identifier: Apache-2.0
// What the threads of a team do in the steps of a run: how long each kind of call takes, what it computes and moves, and how long threads wait. The
// clock is read between calls, on the thread that makes them; nothing is allocated in a step. Who has no profile (a null pointer) pays a branch a call.
//
// Thread 0 is the one that begins steps and loops; rows are added by it, between loops.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace teranga {

using Ticks = std::uint64_t;  // of a clock that costs little to read

inline Ticks ticks_now() noexcept {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  Ticks now;
  asm volatile("mrs %0, cntvct_el0" : "=r"(now));
  return now;
#else
  return static_cast<Ticks>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

enum class Pass { data, prepare, forward, loss, metrics, backward, gradient, averaging, update, other, wait };

const char* to_string(Pass pass);

// What a call does, known before it is made. Where it has no row, its time goes to the next call of its thread.
struct Work {
  int row = -1;
  double flops = 0;
  double bytes = 0;  // of what it reads and writes, each once
};

class Profile {
 public:
  // Steps whose calls are also kept one by one, for a trace. So many calls of a thread have room; steps for which there is none are left out.
  struct Traced {
    std::int64_t first = 1, last = 0;
    std::size_t calls = 0;
  };
  struct Row {
    std::string name;  // "phase/network/layer"
    Pass pass = Pass::other;
    double seconds = 0;  // of threads
    std::int64_t calls = 0;
    double flops = 0, bytes = 0;
  };
  struct Event {
    Ticks begin, end;
    int row;
  };
  struct Step {
    std::int64_t number;
    Ticks begin, end;
  };

  Profile(int threads, Traced traced);

  // The row of that name and pass, a new one if need be.
  int row(const std::string& name, Pass pass);

  // What another thread has done meanwhile, as thread 0 heard from it: no part of the steps.
  void aside(Ticks begin, Ticks end) noexcept;

  void begin_step(std::int64_t number);
  void end_step();
  // Forgets all steps so far: they were to warm up.
  void restart();

  int threads() const noexcept { return static_cast<int>(tracks_.size()); }
  std::int64_t steps() const noexcept { return steps_; }
  double step_seconds() const { return seconds(step_ticks_); }  // of all steps together
  double aside_seconds() const { return seconds(aside_ticks_); }
  // All rows. The seconds of threads that wait while one works alone and of what lies between calls have rows of their own, so that all rows together are
  // step_seconds() x threads().
  std::vector<Row> rows() const;

  // The trace: whole steps, in order. Row numbers are those of rows().
  std::span<const Step> traced_steps() const noexcept { return traced_steps_; }
  std::span<const Event> events(int thread) const noexcept { return tracks_[static_cast<std::size_t>(thread)].events; }
  std::span<const Event> asides() const noexcept { return asides_; }
  bool traces() const noexcept { return wanted_.first <= wanted_.last; }
  bool had_room() const noexcept { return had_room_; }
  double since_start(Ticks at) const { return seconds(at - origin_); }

 private:
  friend class LapTimer;
  friend class LoopWatch;
  struct Tally {
    Ticks ticks = 0;
    std::int64_t calls = 0;
    double flops = 0, bytes = 0;
  };
  struct alignas(64) Track {
    std::vector<Tally> tallies;  // by row
    std::vector<Event> events;
    Ticks busy = 0, last = 0;
    std::uint64_t loop = 0;  // in which `last` was
    bool full = false;
  };

  Ticks lap_begins(int thread) noexcept {
    Track& track = tracks_[static_cast<std::size_t>(thread)];
    if (in_loop_ && track.loop == loop_) return track.last;  // a thread goes from one index of a loop to the next without a pause
    track.loop = loop_;
    return ticks_now();
  }
  Ticks lap_ends(int thread, Ticks begin, const Work& work) noexcept;
  void loop_begins() noexcept;
  void loop_ends(int row) noexcept;
  Ticks busy() const noexcept;
  double seconds(Ticks ticks) const;

  std::vector<Track> tracks_;
  std::vector<Row> rows_;  // names and passes
  const Traced wanted_;
  const Ticks origin_ = ticks_now();
  const std::chrono::steady_clock::time_point clock_origin_ = std::chrono::steady_clock::now();
  std::int64_t steps_ = 0;
  Ticks aside_ticks_ = 0, step_ticks_ = 0, loop_ticks_ = 0, loop_busy_ = 0;  // loop_busy_: of all threads
  Step running_{};
  bool tracing_ = false, had_room_ = true, in_loop_ = false;
  std::vector<Step> traced_steps_;
  std::vector<Event> asides_;
  std::vector<std::size_t> kept_events_;  // by thread: of whole steps
  std::uint64_t loop_ = 0;
  Ticks loop_begin_ = 0, busy_before_ = 0;
};

// Calls of one thread, one after the other: each done() ends one that began where the last one ended.
class LapTimer {
 public:
  LapTimer(Profile* profile, int thread) noexcept : profile_(profile), thread_(thread) {
    if (profile_) since_ = profile_->lap_begins(thread);
  }
  void done(const Work& work) noexcept {
    if (profile_) since_ = profile_->lap_ends(thread_, since_, work);
  }

 private:
  Profile* profile_;
  int thread_;
  Ticks since_ = 0;
};

// Around a loop of the team: the time of all threads in it that is in no call goes to a row of waiting.
class LoopWatch {
 public:
  LoopWatch(Profile* profile, int row) noexcept : profile_(profile), row_(row) {
    if (profile_) profile_->loop_begins();
  }
  ~LoopWatch() {
    if (profile_) profile_->loop_ends(row_);
  }
  LoopWatch(const LoopWatch&) = delete;
  LoopWatch& operator=(const LoopWatch&) = delete;

 private:
  Profile* profile_;
  int row_;
};

}  // namespace teranga
