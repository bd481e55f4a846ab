// SPDX-License-Identifier: Apache-2.0
// What this process is doing, so that another thread can look at it at any time: the part of the work, the step, what it does together with other processes, and which call into a
// plugin each thread is in. Publishing takes a few plain stores: no locks, no clocks. Whoever looks finds out how long nothing has changed.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace teranga::activity {

// The parts of a training. What stands between them, such as the writing of reports, is `other`.
enum class Section : std::int32_t { start, data, step, evaluation, checkpoint, other };
constexpr std::size_t sections = 6;
const char* name_of(Section section) noexcept;  // "evaluation"

// From here to the end of the scope the thread that trains is in this section, and then again in the one before.
class InSection {
 public:
  explicit InSection(Section section) noexcept;
  ~InSection();
  InSection(const InSection&) = delete;
  InSection& operator=(const InSection&) = delete;

 private:
  Section before_;
};

void set_step(std::int64_t step, std::int64_t epoch) noexcept;  // that now begins, both from 1

void goes_on() noexcept;  // progress of the thread that trains, where no section ends and no call begins

// Waiting for other processes, from here to the end of the scope: nothing is left to this process but to wait.
class Waiting {
 public:
  Waiting() noexcept;
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
};

// What all processes do together, in the same order, and wait for each other in. They are counted, and their kinds and sizes go into a fingerprint: processes with the same number and
// other fingerprints have gone different ways.
class Collective {
 public:
  // `kind` lives as long as the process, such as "the sum". Where no process comes through before all have come in, `meets` is true.
  Collective(const char* kind, std::size_t bytes, bool meets = true) noexcept;
  ~Collective();
  Collective(const Collective&) = delete;
  Collective& operator=(const Collective&) = delete;

 private:
  Waiting waiting_;
  bool meets_;
};

struct CollectiveRecord {
  std::uint64_t number = 0;  // from 1; 0: none yet
  const char* kind = "";
  std::uint64_t bytes = 0;
  std::uint64_t fingerprint = 0;  // of all up to this one
};

// The call into a plugin that one thread is in. Its thread alone writes it.
struct alignas(64) ThreadPlace {
  std::atomic<const char*> item{nullptr}, layer{nullptr}, call{nullptr};  // null: in no call
  std::atomic<std::uint64_t> calls{0};  // begun so far: who finds the same number twice has seen the same call
  std::atomic<int> thread{0};           // as the kernel counts threads; 0: of no thread
};

namespace detail {
inline constinit thread_local ThreadPlace* own_place = nullptr;
ThreadPlace& take_place() noexcept;
}  // namespace detail

inline ThreadPlace& this_thread() noexcept { return detail::own_place ? *detail::own_place : detail::take_place(); }
std::span<const ThreadPlace> threads() noexcept;  // those that were ever taken

// What one look shows.
struct View {
  Section section = Section::start;
  bool known = false;    // the process has been through this section before
  bool waits = false;    // for other processes
  bool in_collective = false;
  std::int64_t step = 0, epoch = 0;
  std::uint64_t progress = 0;  // grows with whatever the process does
  std::uint64_t met = 0;       // times that all processes have met
  CollectiveRecord collective;  // the present one, else the last one
};
View look() noexcept;

// The last collectives, the latest first; how many.
std::size_t last_collectives(std::span<CollectiveRecord> out) noexcept;

}  // namespace teranga::activity
