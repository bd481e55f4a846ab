// SPDX-License-Identifier: Apache-2.0
// Generations written while training goes on: the caller fills a snapshot, whose memory stays from one generation to the next, and a thread of the
// writer's brings it to disk as write() does. One at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/core/error.hpp>

namespace teranga::checkpoint {

class Writer {
 public:
  Writer(std::string folder, int keep);
  ~Writer();  // when the one that was begun is written, or has failed
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  struct Outcome {
    std::int64_t step = 0;
    double seconds = 0;  // from begin() until it was safe on disk
    std::optional<Error> failure = {};
    bool no_memory = false;  // why it failed
  };

  // What the last generation held, to be filled for the next one. Only while none is being written.
  Snapshot& snapshot();
  // Begins to write it, or has written it on return where the system gives no thread, which is told once in the log. Only while none is being written.
  void begin();
  // Writes it, with these tensors in place of its own, before it returns: where there is no memory for a copy of them. Only while none is being written.
  void write(const LentTensors& tensors);
  // Of the generation that was begun last, once: nothing where it has been told, or is still being written.
  std::optional<Outcome> outcome();
  // The same, when it is written.
  std::optional<Outcome> wait();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace teranga::checkpoint
