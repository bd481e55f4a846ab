// SPDX-License-Identifier: Apache-2.0
// Memory that the processes of one machine have in common, so that what all of them need is held once. The first process makes it, without a name in any
// folder; the others map it through /proc/<process>/fd. So nothing is left behind, however the processes end. No collective of MPI is used: a process that
// waits for the first one sees when that has given up.
//
// Blocks are asked for by all processes in the same order. One thread at a time may ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace teranga {

class NodeMemory {
 public:
  // Of the first of so many processes. Null where the kernel has no such memory.
  static std::shared_ptr<NodeMemory> make(int processes);
  // Of the others, numbered from 1: `address` is what the first one's address() gives. Null where that memory cannot be mapped.
  static std::shared_ptr<NodeMemory> join(const std::string& address, int process, int processes);
  ~NodeMemory();
  NodeMemory(const NodeMemory&) = delete;
  NodeMemory& operator=(const NodeMemory&) = delete;

  std::string address() const;  // of the first process; valid while that lives
  int process() const noexcept { return process_; }
  int processes() const noexcept { return processes_; }

  // A stretch of work in which all processes ask for the same blocks: all of them make as many, in the same order, and meet between one and the next. The first
  // process may leave one early, by an exception; the others then wait for no more blocks in it.
  class Work {
   public:
    explicit Work(NodeMemory& memory);
    ~Work();
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

   private:
    NodeMemory& memory_;
  };

  struct Filled {
    std::shared_ptr<const void> bytes;  // null where the filling failed; where it did not, there is no memory
    std::string failure;                // what `fill` gave
  };
  // `bytes` bytes, aligned to a page, that only the first process fills, and all may read. `fill` gets zeros; it throws nothing, and gives what is to be said where it
  // fails, at most most_failure bytes: all processes get the same. `name` says what they are. Nothing where this process must fill memory of its own, which is
  // warned of: the processes asked for different blocks, or the memory cannot be mapped. Throws Error(failure) where the first process has left.
  std::optional<Filled> filled(const std::string& name, std::size_t bytes, const std::function<std::string(void* to)>& fill);
  static constexpr std::size_t most_failure = 2048;

  // Memory that all processes may write to, zeros at first. next_shared() numbers it, without waiting; shared() gives it, or null where the first process has not
  // made it yet. Throws Error(failure) where it cannot be had.
  std::int64_t next_shared() noexcept { return ++shared_; }
  std::shared_ptr<void> shared(std::int64_t number, std::size_t bytes);

 private:
  struct Entry;
  struct Control;
  NodeMemory(int process, int processes) : process_(process), processes_(processes) {}
  bool first_is_gone() const;
  const Entry& await(std::int64_t number, const std::string& name) const;
  Filled make_filled(Entry& entry, const std::function<std::string(void* to)>& fill) const;
  std::shared_ptr<void> mapped(const Entry& entry, bool writable) const;

  const int process_, processes_;
  int first_process_ = 0;  // its id
  int descriptor_ = -1;    // of the control page, of the first process
  Control* control_ = nullptr;
  std::int64_t filled_ = 0, shared_ = 0, works_ = 0;  // so far
  std::vector<std::shared_ptr<const void>> kept_;     // of the first process: blocks of this work, which the others may not have mapped yet
};

}  // namespace teranga
