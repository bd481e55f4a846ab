// SPDX-License-Identifier: Apache-2.0
#include <teranga/service/job_end.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/program_output.hpp>
#include <teranga/service/duration.hpp>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <pthread.h>

namespace teranga {
namespace {

std::string variable(const char* name) {
  const char* const text = std::getenv(name);
  return text ? text : "";
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin == text.npos ? std::string_view() : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// Seconds since 1970, from the environment.
TimeLeft left_by_environment() {
  const std::string text = variable("SLURM_JOB_END_TIME");
  long long end = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), end);
  if (text.empty() || error != std::errc{} || at != text.data() + text.size() || end <= 0) return {};
  const auto seconds = static_cast<double>(end) - static_cast<double>(std::time(nullptr));
  constexpr double year = 366 * 86400.0;  // Slurm writes so where there is no limit
  if (seconds > year) return {TimeLeft::Kind::unlimited, 0, {}};
  return {TimeLeft::Kind::known, std::max(seconds, 0.0), {}};
}

}  // namespace

TimeLeft time_left_of(const std::string& job, double patience, const std::atomic<bool>* stops) {
  const ProgramOutput answer = output_of({"squeue", "-h", "-j", job, "-o", "%L"}, patience, stops);
  TimeLeft left = answer.code == 0 ? time_left_in(answer.text) : TimeLeft{TimeLeft::Kind::unknown, 0, answer.failure};
  if (left.kind != TimeLeft::Kind::unknown) return left;
  const TimeLeft other = left_by_environment();
  return other.kind == TimeLeft::Kind::unknown ? left : other;
}

TimeLeft time_left_in(std::string_view answer) {
  const std::string_view text = without_blanks(answer);
  if (text == "UNLIMITED") return {TimeLeft::Kind::unlimited, 0, {}};
  const TimeLeft unknown{TimeLeft::Kind::unknown, 0, fmt::format("squeue answered \"{}\"", text.substr(0, 40))};
  if (text == "0:00") return {TimeLeft::Kind::known, 0, {}};
  if (text.find(':') == text.npos) return unknown;  // NOT_SET, INVALID, nothing, or a number of something else
  try {
    return {TimeLeft::Kind::known, parse_duration(text, "squeue"), {}};
  } catch (const Error&) {
    return unknown;
  }
}

double until_next_question(const TimeLeft& left, double every) {
  constexpr double least = 5;
  return left.kind == TimeLeft::Kind::known ? std::min(every, std::max(left.seconds / 4, least)) : every;
}

std::string slurm_job() {
  // The number of one job of an array is also that of the whole array.
  const std::string array = variable("SLURM_ARRAY_JOB_ID"), index = variable("SLURM_ARRAY_TASK_ID");
  return !array.empty() && !index.empty() ? array + "_" + index : variable("SLURM_JOB_ID");
}

struct JobEnd::State {
  std::function<void(const TimeLeft&)> told;
  Settings settings;
  std::mutex mutex = {};
  std::condition_variable wakes = {};
  std::atomic<bool> stops = false;
  std::thread thread = {};

  void run() {
    const std::string job = slurm_job();
    std::unique_lock lock(mutex);
    while (!stops) {
      lock.unlock();
      const TimeLeft left = time_left_of(job, settings.patience, &stops);
      lock.lock();
      if (stops) return;
      try {
        told(left);
      } catch (const std::exception&) {  // no memory for a message: the next answer comes in a while
      }
      wakes.wait_for(lock, std::chrono::duration<double>(until_next_question(left, settings.every)), [&] { return stops.load(); });
    }
  }
};

JobEnd::JobEnd(std::function<void(const TimeLeft&)> told) : JobEnd(std::move(told), Settings()) {}

JobEnd::JobEnd(std::function<void(const TimeLeft&)> told, const Settings& settings) : state_(std::make_unique<State>()) {
  state_->told = std::move(told);
  state_->settings = settings;
  state_->thread = std::thread([state = state_.get()] {
    pthread_setname_np(pthread_self(), "job-end");
    state->run();
  });
}

JobEnd::~JobEnd() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stops = true;
  }
  state_->wakes.notify_all();
  state_->thread.join();
}

}  // namespace teranga
