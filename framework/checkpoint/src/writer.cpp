// SPDX-License-Identifier: Apache-2.0
#include "teranga/checkpoint/writer.hpp"

#include <pthread.h>

#include <atomic>
#include <cassert>
#include <chrono>
#include <exception>
#include <thread>
#include <utility>

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
  Outcome result = {};

  void run() noexcept {
    pthread_setname_np(pthread_self(), "teranga-save");
    const auto began = std::chrono::steady_clock::now();
    try {
      const std::string path = write_generation(folder, snapshot);
      result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
      proven.add(path);
      clean_up(folder, snapshot.step, keep, proven);
    } catch (const Error& error) {
      result.failure = error;
    } catch (const std::exception& error) {  // out of memory
      result.failure = Error(ExitCode::failure, error.what());
    }
    running = false;
  }

  std::optional<Outcome> take() {
    if (!thread.joinable()) return std::nullopt;
    thread.join();
    return std::exchange(result, {});
  }
};

Writer::Writer(std::string folder, int keep) : state_(std::make_unique<State>(std::move(folder), keep)) {}

Writer::~Writer() {
  if (state_->thread.joinable()) state_->thread.join();
}

Snapshot& Writer::snapshot() {
  assert(!state_->running);
  return state_->snapshot;
}

void Writer::begin() {
  assert(!state_->running);
  state_->take();
  state_->result.step = state_->snapshot.step;
  state_->running = true;
  try {
    state_->thread = std::thread([state = state_.get()] { state->run(); });
  } catch (...) {
    state_->running = false;
    throw;
  }
}

std::optional<Writer::Outcome> Writer::outcome() {
  if (state_->running) return std::nullopt;
  return state_->take();
}

std::optional<Writer::Outcome> Writer::wait() { return state_->take(); }

}  // namespace teranga::checkpoint
