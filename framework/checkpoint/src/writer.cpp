// SPDX-License-Identifier: Apache-2.0
#include "teranga/checkpoint/writer.hpp"

#include <pthread.h>

#include <atomic>
#include <cassert>
#include <chrono>
#include <exception>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include <teranga/core/log.hpp>
#include <teranga/core/no_memory.hpp>

#include "generation.hpp"
#include "retention.hpp"

namespace teranga::checkpoint {

struct Writer::State {
  std::string folder;
  int keep;
  Proven proven = {};
  Snapshot snapshot = {};
  std::thread thread = {};
  std::atomic<bool> running = false;
  bool untold = false;            // there is a result, or will be
  bool told_of_threads = false;
  Outcome result = {};

  void start() {
    take();
    result.step = snapshot.step;
    untold = running = true;
  }

  void run(const LentTensors* lent = nullptr) noexcept {
    const auto began = std::chrono::steady_clock::now();
    try {
      const std::string path = write_generation(folder, snapshot, lent);
      result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      proven.add(path);
      clean_up(folder, snapshot.step, keep, proven);
    } catch (const NoMemory& error) {
      result.failure = error;
      result.no_memory = true;
    } catch (const Error& error) {
      result.failure = error;
    } catch (const std::bad_alloc&) {
      result.failure = Error(ExitCode::failure, "there is not enough memory");
      result.no_memory = true;
    } catch (const std::exception& error) {
      result.failure = Error(ExitCode::failure, error.what());
    }
    running = false;
  }

  std::optional<Outcome> take() {
    if (thread.joinable()) thread.join();
    if (!std::exchange(untold, false)) return std::nullopt;
    return std::exchange(result, {});
  }
};

Writer::Writer(std::string folder, int keep) : state_(new State{std::move(folder), keep}) {}

Writer::~Writer() {
  if (state_->thread.joinable()) state_->thread.join();
}

Snapshot& Writer::snapshot() {
  assert(!state_->running);
  return state_->snapshot;
}

void Writer::begin() {
  assert(!state_->running);
  state_->start();
  try {
    state_->thread = std::thread([state = state_.get()] {
      pthread_setname_np(pthread_self(), "teranga-save");
      state->run();
    });
  } catch (const std::exception& error) {
    if (!std::exchange(state_->told_of_threads, true))
      log::warning(fmt::format("the checkpoint of step {}: the system gives no thread to write it aside ({}): it is written while the training waits, and so are later ones while that lasts; "
                               "look at the limit of processes (ulimit -u) and at the memory", state_->result.step, error.what()));
    state_->run();
  }
}

void Writer::write(const LentTensors& tensors) {
  assert(!state_->running);
  state_->start();
  state_->run(&tensors);
}

std::optional<Writer::Outcome> Writer::outcome() {
  if (state_->running) return std::nullopt;
  return state_->take();
}

std::optional<Writer::Outcome> Writer::wait() { return state_->take(); }

}  // namespace teranga::checkpoint
