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

  // Calls f(std::int64_t index, int worker) once for each index in [0, count). A worker is in [0, threads()) and no two calls that run at
  // the same time have the same one. Each takes the indices of its own stretch of [0, count) singly, in ascending order, then those that are
  // left of others' stretches. Returns when all calls have returned.
  //
  // Where a call throws, no higher index is started, and the error of the lowest failing index is thrown: the same one whatever the
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
