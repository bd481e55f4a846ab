// SPDX-License-Identifier: Apache-2.0
#include "teranga/checkpoint/run_lock.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>

#include "owner_file.hpp"
#include "process_identity.hpp"

namespace teranga::checkpoint {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto look_again = std::chrono::milliseconds(500);
constexpr double ask_again = 20;  // s between two questions to Slurm
constexpr double a_day = 86400;
constexpr int attempts = 400;  // each lost to another process that came or went in between

double since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

// What is known of the owner that is found, and how long it has been seen to be silent.
class OwnerWatch {
 public:
  explicit OwnerWatch(const OwnerWait& limits) : limits_(limits) {}

  // Looks at what was found now.
  void see(const OwnerFile::Found& found) {
    const bool other = !seen_ || found.content != content_;
    if (other) *this = OwnerWatch(limits_);
    gave_sign_ = gave_sign_ || (!other && found.touched != touched_);
    if (other || found.touched != touched_) watched_from_ = Clock::now();
    content_ = found.content;
    touched_ = found.touched;
    age_ = found.age;
    if (other) owner_ = from_line(found.content);
    seen_ = true;
    judge();
  }

  bool alive() const { return life_ == Life::alive || (gave_sign_ && !silent()); }
  bool gone() const { return life_ == Life::dead || (life_ == Life::unknown && silent()); }
  // s until it is given up, if nothing changes.
  double left() const {
    const double unseen = limits_.silent - since(watched_from_), unheard = std::max(limits_.silent - age_, limits_.watched - since(watched_from_));
    return std::max(0.0, age_ < 0 ? unseen : std::min(unseen, unheard));
  }
  std::string who() const { return owner_ ? spoken(*owner_) : "a process that left no name"; }
  std::string last_sign() const { return age_ < 0 ? "" : fmt::format("; the last sign of life came {:.0f} s ago", age_); }

 private:
  bool silent() const {
    const double watched = since(watched_from_);
    return age_ > a_day || watched > limits_.silent || (age_ > limits_.silent && watched > limits_.watched);
  }

  // By the kernel, by the number of this job's start, by Slurm.
  void judge() {
    if (!owner_) return;
    life_ = life_of(*owner_);
    if (life_ != Life::unknown) return;
    const ProcessIdentity self = this_process();
    // Slurm starts a job anew where a node no longer answers, and the former processes may still run there.
    const bool quiet = !gave_sign_ && (age_ > 2 * touch_seconds || since(watched_from_) > limits_.watched);
    if (quiet && is_former_start(owner_->job, self.job)) {
      life_ = Life::dead;
      return;
    }
    if (!asked_ || since(*asked_) > ask_again) {
      said_ = state_of(owner_->job, owner_->user == self.user);
      asked_ = Clock::now();
    }
    if (quiet && said_ == JobState::over) life_ = Life::dead;
    if (said_ == JobState::suspended) life_ = Life::alive;  // however long it is silent
  }

  OwnerWait limits_;
  bool seen_ = false, gave_sign_ = false;
  std::string content_;
  double touched_ = 0, age_ = -1;
  Clock::time_point watched_from_;
  std::optional<ProcessIdentity> owner_;
  Life life_ = Life::unknown;
  JobState said_ = JobState::unknown;
  std::optional<Clock::time_point> asked_;
};

// Waits as long as the owner may live; tells so once.
class Waiting {
 public:
  Waiting(const std::string& folder, const std::string& path, const OwnerWait& limits) : folder_(folder), path_(path), limits_(limits) {}

  void wait(const OwnerWatch& owner) {
    if (owner.alive()) wait_for_living(owner);
    else if (!std::exchange(told_of_unknown_, true))
      log::info(fmt::format("run folder '{}': owned by {}{}; whether that process still runs cannot be told from here, so this one waits for its next sign of life, for at most {:.0f} s (if it is gone: rm '{}')",
                            folder_, owner.who(), owner.last_sign(), std::ceil(owner.left()) + 1, path_));
    if (limits_.give_up && limits_.give_up())
      throw Error(ExitCode::requeue, fmt::format("run folder '{}': this process was asked to stop while it waited for {}", folder_, owner.who()), "start the same command again");
    std::this_thread::sleep_for(look_again);
  }

 private:
  void wait_for_living(const OwnerWatch& owner) {
    if (since(began_) >= limits_.of_living)
      throw Error(ExitCode::requeue, fmt::format("run folder '{}': {} is writing it{}", folder_, owner.who(), owner.last_sign()),
                  "start the same command again when that run has ended (train --wait-for-owner 1h waits for that), or choose another folder with --run FOLDER");
    if (!std::exchange(told_of_living_, true))
      log::info(fmt::format("run folder '{}': {} is writing it; this process waits for its end, for at most {:.0f} s", folder_, owner.who(), std::ceil(limits_.of_living - since(began_))));
  }

  const std::string &folder_, &path_;
  const OwnerWait& limits_;
  Clock::time_point began_ = Clock::now();
  bool told_of_living_ = false, told_of_unknown_ = false;
};

}  // namespace

RunLock::RunLock(const std::string& folder, const OwnerWait& wait)
    : file_(std::make_unique<OwnerFile>((std::filesystem::path(folder) / "owner").string(), to_line(this_process()) + "\n")) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw Error(ExitCode::failure, fmt::format("run folder '{}': cannot be made: {}", folder, error.message()));
  OwnerWatch owner(wait);
  Waiting waiting(folder, file_->path(), wait);
  for (int attempt = 0; attempt < attempts;) {
    const int code = file_->create();
    if (code == 0) return;
    if (code != EEXIST)
      throw Error(ExitCode::failure, fmt::format("run folder '{}': cannot write '{}': {}", folder, file_->path(), std::strerror(code)));
    const OwnerFile::Found found = file_->look();
    if (found.kind == OwnerFile::Kind::file) owner.see(found);
    if (found.kind == OwnerFile::Kind::file && !owner.gone()) {
      waiting.wait(owner);
      continue;
    }
    if (found.kind != OwnerFile::Kind::absent && file_->replace(found)) {
      if (found.kind != OwnerFile::Kind::file) log::warning(fmt::format("'{}' was no ordinary file, and is replaced; a folder of that name gets another one", file_->path()));
      return;
    }
    ++attempt;
    if (attempt > 10) std::this_thread::sleep_for(std::chrono::milliseconds(100));  // all attempts together take longer than a claim lasts
  }
  throw Error(ExitCode::requeue, fmt::format("run folder '{}': other processes keep taking it", folder), "start the same command again");
}

bool RunLock::touch() const { return file_->touch(); }

bool RunLock::is_there(const std::string& folder) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(folder + "/owner", error));
}

RunLock::~RunLock() { release(); }

void RunLock::moved_to(const std::string& folder) { file_->moved_to((std::filesystem::path(folder) / "owner").string()); }

void RunLock::release() const noexcept {
  try {
    file_->release();
  } catch (const std::exception&) {
    // The file stays; whoever comes next sees that its owner is gone.
  }
}

}  // namespace teranga::checkpoint
