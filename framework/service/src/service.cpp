// SPDX-License-Identifier: Apache-2.0
// Signals arrive through Asio's signal set, whose handlers run on the background thread as ordinary code: they may lock and log.
#include <teranga/service/service.hpp>

#include <teranga/core/activity.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/needed_thread.hpp>
#include <teranga/core/terminal.hpp>
#include <teranga/service/duration.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pthread.h>
#include <unistd.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace teranga {
namespace {

namespace asio = boost::asio;
using Seconds = std::chrono::duration<double>;

constexpr std::array<int, 6> watched = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGXCPU, SIGHUP};

// Batch systems send TERM to a rank and to its launcher, which passes it on: two signals, one request.
constexpr auto same_request = std::chrono::milliseconds(500);

std::atomic<bool> exists{false};
std::atomic<int> last_code{0};  // of a sudden end

const char* name_of(int signal) {
  switch (signal) {
    case SIGUSR1:
      return "USR1";
    case SIGUSR2:
      return "USR2";
    case SIGTERM:
      return "TERM";
    case SIGINT:
      return "INT";
    case SIGXCPU:
      return "XCPU";
    case SIGHUP:
      return "HUP";
    default:
      return "?";
  }
}

std::chrono::steady_clock::duration steady(double seconds) {
  constexpr double century = 3.2e9;  // beyond, the clock's integers overflow
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(Seconds(std::min(seconds, century)));
}

constexpr std::chrono::seconds time_to_stop{3};  // before a word is said

// "within the plugin acme.swish (layer swish, call forward)", of each thread that is in one; "" where none is.
std::string running_calls() {
  constexpr std::size_t most = 4;
  std::vector<std::string> calls;
  for (const activity::ThreadPlace& place : activity::threads()) {
    const char *const item = place.item.load(std::memory_order_relaxed), *const layer = place.layer.load(std::memory_order_relaxed), *const call = place.call.load(std::memory_order_relaxed);
    if (!item || !call) continue;
    std::string text = fmt::format("within the plugin {} ({}call {})", item, layer ? fmt::format("layer {}, ", layer) : "", call);
    if (calls.size() < most && std::ranges::find(calls, text) == calls.end()) calls.push_back(std::move(text));
  }
  return fmt::format("{}", fmt::join(calls, ", "));
}

}  // namespace

struct Service::State {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> stay{context.get_executor()};
  asio::signal_set signals{context};
  asio::steady_timer deadline_timer{context};
  asio::steady_timer tick_timer{context};
  asio::steady_timer slow_stop_timer{context};
  std::array<struct sigaction, watched.size()> former{};
  struct sigaction former_pipe {};
  std::chrono::steady_clock::time_point stop_asked;  // by the first signal that stops

  enum class Stage { preparation, work, end };
  std::atomic<Stage> stage{Stage::work};
  std::atomic<int> exit_code{0};           // of the preparation, and of the end
  std::atomic<bool> told_of_end{false};

  std::atomic<bool> checkpoint{false};
  std::atomic<bool> checkpoint_and_stop{false};
  std::atomic<bool> stop_after_step{false};
  std::atomic<bool> deadline{false};

  std::mutex task_mutex;     // while a task runs
  mutable std::mutex mutex;  // the following
  double deadline_seconds = 0;
  double tick_seconds = 0;
  std::function<void()> tick;
  std::function<void()> last_words;

  std::thread thread;

  // Asio's handlers let system calls of other threads fail with EINTR; with SA_RESTART those go on.
  void arm() {
    for (std::size_t i = 0; i < watched.size(); ++i) sigaction(watched[i], nullptr, &former[i]);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &former_pipe);
    for (std::size_t i = 0; i < watched.size(); ++i) {
      const int signal = watched[i];
      if (signal == SIGHUP && former[i].sa_handler == SIG_IGN) continue;
      signals.add(signal);
      struct sigaction action {};
      sigaction(signal, nullptr, &action);
      action.sa_flags |= SA_RESTART;
      sigaction(signal, &action, nullptr);
    }
  }

  void disarm() noexcept {
    boost::system::error_code ignored;
    signals.clear(ignored);
    for (std::size_t i = 0; i < watched.size(); ++i) sigaction(watched[i], &former[i], nullptr);
    sigaction(SIGPIPE, &former_pipe, nullptr);
  }

  void listen() {
    signals.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      receive(signal);
      listen();
    });
  }

  void receive(int signal) {
    if (stage == Stage::end) return receive_at_end(signal);
    if (stage == Stage::preparation && signal != SIGUSR1) {
      end_within(exit_code, 3);
      log::info(fmt::format("signal {} before the first step: ending at once with exit code {}; the same command starts again", name_of(signal), exit_code.load()));
      end_now(exit_code);
    }
    switch (signal) {
      case SIGUSR1:
        checkpoint = true;
        log::info(stage == Stage::work ? "signal USR1: writing a checkpoint after this step" : "signal USR1: writing a checkpoint after the first step");
        return;
      case SIGUSR2:
        checkpoint_and_stop = true;
        log::info("signal USR2: writing a checkpoint after this step, then stopping");
        return;
      default:
        break;
    }
    const auto now = std::chrono::steady_clock::now();
    if (stop_after_step.exchange(true)) {
      if ((signal == SIGTERM || signal == SIGINT) && now - stop_asked > same_request) {
        end_within(128 + signal, 3);
        tell(fmt::format("second signal {}: ending at once", name_of(signal)));
        end_now(128 + signal);
      }
      return;
    }
    stop_asked = now;
    log::info(fmt::format("signal {}: stopping after this step (a second TERM or INT stops at once)", name_of(signal)));
    tell_if_step_goes_on(signal);
  }

  // A call that never returns would leave the one who waits without a word.
  void tell_if_step_goes_on(int signal) {
    slow_stop_timer.expires_after(time_to_stop);
    slow_stop_timer.async_wait([this, signal, before = activity::look().progress](const boost::system::error_code& error) {
      const std::string calls = running_calls();
      if (error || stage != Stage::work || calls.empty() || activity::look().progress != before) return;
      log::warning(fmt::format("{} s after signal {} the step has not ended, and no call into a plugin has begun since: {}", time_to_stop.count(), name_of(signal), calls));
    });
  }

  void receive_at_end(int signal) {
    if (signal == SIGUSR1 || signal == SIGUSR2) return;
    const auto now = std::chrono::steady_clock::now();
    if (!told_of_end.exchange(true)) {
      stop_asked = now;
      log::info(fmt::format("signal {}: the training has ended already; exit code {} follows", name_of(signal), exit_code.load()));
    } else if ((signal == SIGTERM || signal == SIGINT) && now - stop_asked > same_request) {
      end_now(exit_code);
    }
  }

  static void tell(const std::string& text) noexcept {
    try {
      log::warning(text);
    } catch (...) {  // nothing may keep the process
    }
  }

  // The process ends with this code, whatever its threads wait for.
  static void end_within(int code, unsigned seconds) noexcept {
    last_code = code;
    std::signal(SIGALRM, [](int) { _exit(last_code); });
    alarm(seconds);
  }

  [[noreturn]] void end_now(int code) {
    end_within(code, 2);  // whatever the last words wait for
    const std::lock_guard running(task_mutex);
    std::function<void()> words;
    {
      std::lock_guard lock(mutex);
      words = last_words;
    }
    try {
      if (words) words();
    } catch (...) {  // nothing may keep the process
    }
    terminal::settle(std::chrono::milliseconds(500));
    _exit(code);
  }

  void start_ticks() {
    double seconds = 0;
    {
      std::lock_guard lock(mutex);
      seconds = tick_seconds;
    }
    tick_timer.expires_after(steady(seconds));
    tick_timer.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      if (run_tick()) start_ticks();
    });
  }

  bool run_tick() {
    const std::lock_guard running(task_mutex);
    std::function<void()> function;
    {
      std::lock_guard lock(mutex);
      function = tick;
    }
    try {
      function();
      return true;
    } catch (const std::exception& error) {
      log::warning(fmt::format("a periodic task of the background thread failed and ends here: {}", error.what()));
    } catch (...) {
      log::warning("a periodic task of the background thread failed and ends here");
    }
    return false;
  }

  void run() {
    pthread_setname_np(pthread_self(), "service");
    for (;;) {
      try {
        context.run();
        return;
      } catch (const std::exception& error) {  // a handler of ours; the thread goes on
        log::warning(fmt::format("the background thread met an error: {}", error.what()));
      }
    }
  }
};

Service::Service() : Service(-1) {}

Service::Service(int exit_code) {
  if (exists.exchange(true)) throw Error(ExitCode::failure, "a second Service was made while the first one listens to the signals");
  try {
    state_ = std::make_unique<State>();
    if (exit_code >= 0) prepare(exit_code);
    state_->arm();
    state_->listen();
    state_->thread = needed_thread("to listen to signals", [state = state_.get()] { state->run(); });
  } catch (const Error&) {
    state_->disarm();
    state_.reset();
    exists = false;
    throw;
  } catch (const std::exception& error) {
    if (state_) state_->disarm();
    state_.reset();
    exists = false;
    throw Error(ExitCode::failure, fmt::format("cannot listen to signals: {}", error.what()));
  }
}

Service::~Service() {
  state_->context.stop();
  state_->thread.join();
  state_->disarm();
  state_.reset();
  exists = false;
}

Request Service::requested() const noexcept {
  const State& s = *state_;
  Request request;
  request.checkpoint = s.checkpoint.load(std::memory_order_relaxed);
  request.checkpoint_and_stop = s.checkpoint_and_stop.load(std::memory_order_relaxed);
  request.stop_after_step = s.stop_after_step.load(std::memory_order_relaxed);
  request.deadline = s.deadline.load(std::memory_order_relaxed);
  return request;
}

void Service::clear_checkpoint() noexcept { state_->checkpoint = false; }

void Service::set_deadline(double seconds) {
  State& s = *state_;
  {
    std::lock_guard lock(s.mutex);
    s.deadline_seconds = seconds;
  }
  s.deadline = seconds <= 0;
  asio::post(s.context, [&s, seconds] {
    s.deadline_timer.expires_after(steady(std::max(0.0, seconds)));
    s.deadline_timer.async_wait([&s](const boost::system::error_code& error) {
      if (!error && s.deadline_timer.expiry() <= std::chrono::steady_clock::now()) s.deadline = true;  // not if it was moved meanwhile
    });
  });
}

void Service::every(double seconds, std::function<void()> tick) {
  State& s = *state_;
  if (seconds <= 0 || !tick)
    throw Error(ExitCode::failure, fmt::format("a periodic task needs a function and a period above 0 s, not {} s", seconds));
  {
    std::lock_guard lock(s.mutex);
    s.tick_seconds = seconds;
    s.tick = std::move(tick);
  }
  asio::post(s.context, [&s] { s.start_ticks(); });
}

void Service::on_sudden_end(std::function<void()> last_words) {
  std::lock_guard lock(state_->mutex);
  state_->last_words = std::move(last_words);
}

void Service::forget_tasks() {
  {
    std::lock_guard lock(state_->mutex);
    state_->tick = [] {};
    state_->last_words = {};
  }
  std::lock_guard none_runs(state_->task_mutex);
}

void Service::prepare(int exit_code) {
  state_->exit_code = exit_code;
  state_->stage = State::Stage::preparation;
}

void Service::begin() { state_->stage = State::Stage::work; }

void Service::finish(int exit_code) {
  state_->exit_code = exit_code;
  state_->stage = State::Stage::end;
}

std::vector<std::string> Service::armed() const {
  std::vector<std::string> lines = {
      "USR1: checkpoint and go on",
      "USR2: checkpoint and stop",
      "TERM, INT, XCPU, HUP: stop after this step; a second TERM or INT: stop at once",
  };
  std::lock_guard lock(state_->mutex);
  if (state_->deadline_seconds > 0)
    lines.push_back(fmt::format("time limit: checkpoint and stop after {}", duration_text(state_->deadline_seconds)));
  return lines;
}

}  // namespace teranga
