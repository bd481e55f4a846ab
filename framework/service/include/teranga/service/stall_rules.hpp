// SPDX-License-Identifier: Apache-2.0
// When a process, or a group of processes, has stalled. Rules of numbers alone: whoever asks brings the clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/service/rank_state.hpp>

namespace teranga {

// Limits of what may go on without any progress. They are learnt: a multiple of the longest time that was seen, within a section or in a wait, and at least what stands here.
struct StallLimits {
  bool off = false;
  double fixed = 0;  // s, in place of all learnt ones; 0: learnt
  double factor = 10;
  double least = 900;         // s, of steps, data and waits: a file server that is changed over takes minutes
  double least_long = 900;    // s, of sections that are long by nature: start, evaluation, checkpoint, other work
  double least_first = 1800;  // s, of a section that has not been seen to its end
  double least_late = 60;     // s, when the training should have ended: it is asked to stop, and the next step is where it would
  double silence = 30;        // s after which a process is taken for lost
  double silence_limit() const { return fixed > 0 && fixed < silence ? fixed : silence; }
  double known_wait = 0;      // s that rank 0 may wait for the end of another job
  double unseen_wait() const { return known_wait + (fixed > 0 ? 0 : least_first); }
};

// The watch of a process over itself.
class OwnWatch {
 public:
  explicit OwnWatch(const StallLimits& limits) : limits_(limits) {}

  struct Seen {
    activity::View view;
    bool waits_for_output = false;
    std::uint64_t bytes_moved = 0;  // read and written so far
  };
  struct Verdict {
    double quiet = 0, limit = 0;  // s; limit 0: never
  };
  Verdict look(double now, const Seen& seen);

  // The watch itself did not run for so many seconds: the process was stopped as a whole, or the machine was asleep or overloaded.
  void grant(double seconds) { since_ += seconds; }
  void set_deadline(double at) { deadline_ = at; }  // when the training is asked to stop

 private:
  static constexpr std::size_t kinds = activity::sections + 1;  // the last one: waiting
  double limit_of(std::size_t kind, double now, const activity::View& view) const;

  StallLimits limits_;
  bool began_ = false;
  Seen before_;
  double since_ = 0;
  std::optional<double> deadline_;
  std::array<double, kinds> longest_{};
};

// What is wrong with a group, or soon will be.
struct Finding {
  enum class Kind { stalled, lost, all_wait };
  Kind kind = Kind::stalled;
  int rank = 0;
  double age = 0, limit = 0;  // s
  bool is_final() const { return age >= limit; }
  bool same_as(const Finding& other) const { return kind == other.kind && rank == other.rank; }
};

struct GroupView {
  std::vector<Member> members;  // those that are watched, the one that watches too
  int watcher = 0;              // its rank
  double last_met = -1e300;     // when all ranks met last, as the watcher saw it: a sign of life of all of them
  double silence = 30;          // s
  double beat = 1;              // s between two signs of life
  bool sees_all = true;         // every rank of the group is a member, and known
  double unseen_wait = 0;       // s, the least limit of a wait where sees_all is false
};

// The worst that can be said from half of a limit on. A rank that waits for others is not the cause, as long as one is known that does not wait.
std::optional<Finding> look_at(const GroupView& group, double now);

// "rank 1 on node2 has made no progress for 12 s: in the layer ...", in one sentence, and what the others do, a line each.
std::string describe(const Finding& finding, const GroupView& group, int ranks);
std::vector<std::string> describe_others(const Finding& finding, const GroupView& group, int ranks);

}  // namespace teranga
