// SPDX-License-Identifier: Apache-2.0
// A team of threads that shares loops. It is made for many short loops in a row: the threads stay awake for a moment after each loop, the
// caller works too and waits actively, and a loop costs no allocation. What the loops compute must not depend on who takes which index.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace teranga {

class Team {
 public:
  // 0 = one thread for each usable core (see cpu.hpp). The caller of a loop is one of the threads.
  explicit Team(int threads = 0);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int threads() const noexcept;

  // The worker whose stretch of [0, count) holds the index (see for_each). Loops that meet the same memory in other pieces put them in the order of this, so that
  // each piece comes to the caches that know it.
  int owner(std::int64_t index, std::int64_t count) const noexcept { return static_cast<int>(index * threads() / count); }

  // Whether some of its threads run on cores that share no cache with the caller's, so that taking a line from them costs more than going past the caches
  // (past_caches.hpp). Found by what a message takes to and fro, as machines tell of no such thing to their virtual ones, which may also move.
  bool far_apart() const noexcept;
  // That time in nanoseconds, to the farthest of them that was looked at; 0: not measured, as where there is one thread, or more than cores.
  double message_ns() const noexcept;
  // Looks, if the last look was a second ago: half a millisecond at most. Best called right after a loop, while the threads are awake; by one thread, never while
  // another uses the team.
  void look_how_far();
  // For tests: what far_apart() says from now on.
  void pretend_far_apart(bool far) noexcept;

  // Calls f(std::int64_t index, int worker) once for each index in [0, count). A worker is in [0, threads()) and no two calls that run at
  // the same time have the same one. Each takes the indices of its own stretch of [0, count) singly, in ascending order, then those that are
  // left of others' stretches. Returns when all calls have returned.
  //
  // Where a call throws, soon no higher index is started, and the error of the lowest failing index is thrown: the same one whatever the
  // number of threads. A loop inside a loop of the same team runs on the thread that met it, under that thread's worker number. Loops
  // from several threads take turns.
  template <class F>
  void for_each(std::int64_t count, F&& f) {
    using Function = std::remove_reference_t<F>;
    run(count, const_cast<void*>(static_cast<const void*>(&f)),
        [](void* function, std::int64_t index, int worker) { (*static_cast<Function*>(function))(index, worker); });
  }

 private:
  using Call = void (*)(void* function, std::int64_t index, int worker);
  void run(std::int64_t count, void* function, Call call);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace teranga
