// SPDX-License-Identifier: Apache-2.0
// The observers of a recipe, on rank 0: they are told how the training goes, and the first one that asks for its end is remembered.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/host/instance.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/measured.hpp>

#include "session/named_numbers.hpp"
#include "update/phase.hpp"

namespace teranga::train {

class Observers {
 public:
  // Throws Error as a plugin reports it, and so do all calls but end_after_failure().
  Observers(const std::vector<recipe::ObserverRecipe>& recipes, const host::Registry& registry);

  bool want_gradient_norm() const noexcept;

  void begin(const trg_training_start& start);
  // Of each phase that made an update in this step (1 = the first).
  void step(std::int64_t step, std::int64_t epoch, const std::deque<Phase>& phases);
  void epoch_end(std::int64_t step, std::int64_t epoch, double seconds, const NamedNumbers& numbers, const std::vector<Measured>& measured);
  // Tells those whose begin has succeeded, once.
  void end(std::int64_t step, std::int64_t epoch, ExitCode code);
  void end_after_failure(std::int64_t step, std::int64_t epoch, ExitCode code) noexcept;  // what they report is a warning

  // `observer stop_at asks for the end of the training: ...`; empty: nobody has asked.
  const std::string& wish() const noexcept { return wish_; }

 private:
  struct One {
    host::Observer observer;
    std::int32_t wants = 0;
    bool begun = false;
  };
  void take(const One& from, trg_stop_request& request);
  static void tell_end(One& one, const trg_training_end& end);

  std::vector<One> all_;
  std::string wish_;
};

}  // namespace teranga::train
