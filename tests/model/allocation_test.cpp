// SPDX-License-Identifier: Apache-2.0
// A training step allocates nothing of our own: every operator new of the program and its plugins is counted. (Kernel libraries are exempt; this
// network calls none of them.)
#include "rig.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include <boost/test/unit_test.hpp>

namespace {
std::atomic<long> allocations{0};
}

// Out of line, so that the compiler does not see malloc behind new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* bytes = std::malloc(size ? size : 1)) return bytes;
  throw std::bad_alloc();
}
// AddressSanitizer gives one of its own, whose memory free() may not take.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size ? size : 1);
}
[[gnu::noinline]] void operator delete(void* bytes) noexcept { std::free(bytes); }
[[gnu::noinline]] void operator delete(void* bytes, std::size_t) noexcept { std::free(bytes); }

namespace teranga {

BOOST_AUTO_TEST_CASE(a_training_step_allocates_nothing) {
  const std::string net = R"(
[[layer]]
type = "dense"
units = 900
activation = "relu"
[[layer]]
type = "batch_normalization"
[[layer]]
type = "dropout"
rate = 0.5
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
)";
  Rig<float> rig(net, {.rows = 32, .sample = {20}, .classes = 3}, 2, "slice = 8\nmetrics = [\"accuracy\"]\n");
  std::vector<double> sums(rig.network.sum_count());
  const model::Batch batch{32, 32, rig.ids, rig.pointers};
  const model::Step step{1, {}};
  for (int i = 0; i < 3; ++i) rig.network.train(batch, step, sums);  // the first plans
  BOOST_TEST(allocations.load() > 0);
  const long before = allocations.load();
  for (int i = 0; i < 20; ++i) {
    rig.team.pretend_far_apart(i % 2 == 1);
    rig.network.train(batch, step, sums);
  }
  BOOST_TEST(allocations.load() - before == 0);
}

BOOST_AUTO_TEST_CASE(a_training_step_with_noise_and_constant_targets_allocates_nothing) {
  const std::string net = R"(
[[layer]]
type = "input"
name = "x"
[[layer]]
type = "input"
name = "a_noise_with_a_long_name"
from = "normal"
shape = [20]
[[layer]]
type = "add"
input = ["x", "a_noise_with_a_long_name"]
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[[loss]]
type = "sparse_categorical_crossentropy"
[[loss]]
type = "mean_squared_error"
target = 0.5
)";
  Rig<float> rig(net, {.rows = 32, .sample = {20}, .classes = 3}, 2, "slice = 8\n");
  std::vector<double> sums(rig.network.sum_count());
  const model::Batch batch{32, 32, rig.ids, rig.pointers};
  const auto walk = [&](std::uint64_t steps) {
    for (std::uint64_t i = 0; i < steps; ++i) rig.network.train(batch, {i, {}}, sums);
  };
  walk(3);
  const long before = allocations.load();
  walk(20);
  BOOST_TEST(allocations.load() - before == 0);
}

BOOST_AUTO_TEST_CASE(a_training_step_with_states_of_rows_allocates_nothing) {
  const std::string net = R"(
[[layer]]
type = "lstm"
units = 8
stateful = true
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
)";
  Rig<float> rig(net, {.rows = 32, .sample = {5, 4}, .classes = 3}, 2, "slice = 8\n");
  std::vector<double> sums(rig.network.sum_count());
  const model::Batch batch{32, 32, rig.ids, rig.pointers};
  const model::Step step{1, {}};
  const auto walk = [&](int steps) {
    for (int i = 0; i < steps; ++i) {
      if (i % 5 == 0) rig.network.store().row_states().begin_epoch();
      rig.network.train(batch, step, sums);
      rig.network.commit();
    }
  };
  walk(3);
  const long before = allocations.load();
  walk(20);
  BOOST_TEST(allocations.load() - before == 0);
}

BOOST_AUTO_TEST_CASE(a_profiled_training_step_allocates_nothing) {
  const std::string net = R"(
[[layer]]
type = "dense"
units = 40
activation = "relu"
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
)";
  Rig<float> rig(net, {.rows = 32, .sample = {20}, .classes = 3}, 2, "slice = 8\nmetrics = [\"accuracy\"]\n");
  Profile profile(2, {.first = 5, .last = 15, .calls = 1000});
  rig.network.set_profile(profile, "");
  std::vector<double> sums(rig.network.sum_count());
  const model::Batch batch{32, 32, rig.ids, rig.pointers};
  const model::Step step{1, {}};
  const auto walk = [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i <= to; ++i) {
      profile.begin_step(i);
      rig.network.train(batch, step, sums);
      profile.end_step();
    }
  };
  walk(1, 3);
  const long before = allocations.load();
  walk(4, 20);
  BOOST_TEST(allocations.load() - before == 0);
  BOOST_TEST(profile.traced_steps().size() == 11);
}

}  // namespace teranga
