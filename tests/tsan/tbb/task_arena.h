// SPDX-License-Identifier: Apache-2.0
// What a Team takes of TBB, made of std::thread: the place of TBB in a build under ThreadSanitizer, which does not see how TBB's threads wait
// for each other. Each task handed over would be reported, and a suppression of libtbb.so would silence all that TBB's threads run.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace tbb {
namespace this_task_arena {

inline thread_local int index_of_this_thread = -1;
inline int current_thread_index() { return index_of_this_thread; }

}  // namespace this_task_arena

class task_arena {
 public:
  // `slots` threads at most work in the arena; `reserved` of these slots, the lowest, are for threads that bring their work themselves.
  task_arena(int slots, unsigned reserved) : tasks_(std::make_shared<Tasks>()), slots_(slots), next_slot_(static_cast<int>(reserved)) {}
  ~task_arena() {
    {
      const std::lock_guard lock(tasks_->mutex);
      tasks_->closed = true;
    }
    tasks_->changed.notify_all();
  }
  task_arena(const task_arena&) = delete;
  task_arena& operator=(const task_arena&) = delete;

  template <class F>
  void enqueue(F&& task) {
    bool one_more = false;
    {
      const std::lock_guard lock(tasks_->mutex);
      tasks_->waiting.emplace_back(std::forward<F>(task));
      one_more = tasks_->idle < static_cast<int>(tasks_->waiting.size()) && next_slot_ < slots_;
    }
    if (one_more) std::thread(&task_arena::work, tasks_, next_slot_++).detach();
    tasks_->changed.notify_one();
  }

 private:
  // Outlives the arena until the last task has run, as TBB's does.
  struct Tasks {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> waiting;
    int idle = 0;  // threads that wait for a task
    bool closed = false;
  };

  static void work(const std::shared_ptr<Tasks>& tasks, int slot) {
    this_task_arena::index_of_this_thread = slot;
    std::unique_lock lock(tasks->mutex);
    for (;;) {
      ++tasks->idle;
      tasks->changed.wait(lock, [&] { return tasks->closed || !tasks->waiting.empty(); });
      --tasks->idle;
      if (tasks->waiting.empty()) return;
      auto task = std::move(tasks->waiting.front());
      tasks->waiting.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }

  const std::shared_ptr<Tasks> tasks_;
  const int slots_;
  int next_slot_;  // of the caller, as enqueue is: a Team's loops take turns
};

}  // namespace tbb
