# SPDX-License-Identifier: Apache-2.0
"""A loss, a metric and schedules of somebody else: what they say of themselves counts as what the built-in ones say."""
import json
import os
import subprocess
import unittest

from program import SOURCE, ProgramTest

PLUGIN = r"""
#include <cmath>
#include <teranga/sdk/training.hpp>
namespace sdk = teranga::sdk;

// Squared error of roots: no target below 0.
struct RootError {
  static sdk::Info info() { return {.name = "acme.root_error"}; }
  explicit RootError(const sdk::Options&) {}
  struct Plan {};
  Plan plan(const sdk::Comparison&, sdk::LossPlan& answer) const {
    answer.leading = 1;
    answer.targets = TRG_TARGETS_COUNTS;
    return {};
  }
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Plan&) const {
    for (std::int64_t i = 0; i < s.samples(); ++i) {
      const T e = s.prediction().data[i] - std::sqrt(s.target()[i]);
      s.values()[i] = static_cast<double>(e * e);
      if (s.d_prediction()) s.d_prediction().data[i] = static_cast<T>(s.weights()[i]) * 2 * e;
    }
  }
};

// The mean of the prediction; its direction is what the option says.
struct Mean {
  static sdk::Info info() { return {.name = "acme.accuracy_of_acme", .options = {sdk::integer("direction", std::int64_t{0}).in(-1, 1)}}; }
  std::int64_t direction;
  explicit Mean(const sdk::Options& options) : direction(options.integer("direction")) {}
  struct Plan {};
  Plan plan(const sdk::Comparison&, sdk::MetricPlan& answer) const {
    answer.sum_count = 2, answer.leading = 1, answer.direction = static_cast<std::int32_t>(direction);
    return {};
  }
  void update(const sdk::MetricSlice& s, const Plan&) const {
    for (std::int64_t i = 0; i < s.samples(); ++i) s.sums()[0] += s.prediction()[i], s.sums()[1] += 1;
  }
  double value(const double* sums, const Plan&) const { return sums[0] / sums[1]; }
};

// The rate is the direction of "loss" after the first epoch, over ten.
struct Told {
  static sdk::Info info() { return {.name = "acme.told"}; }
  explicit Told(const sdk::Options&) {}
  std::int64_t state_count() const { return 1; }
  double rate(std::int64_t, std::int64_t, const double* state) const { return std::fabs(state[0]) / 10; }
  void epoch_end(std::int64_t, sdk::Measures measures, double* state) const {
    for (const sdk::Measure& one : measures)
      if (one.name == "loss") state[0] = one.direction;
  }
};

TERANGA_PLUGIN(sdk::loss<RootError>(), sdk::metric<Mean>(), sdk::schedule<Told>())
"""
RECIPE = """schema = 1
plugins = ["guest.so"]
[data]
type = "csv"
train = "table.csv"
[[layer]]
type = "dense"
units = 1
[loss]
type = "root_error"
[optimizer]
type = "sgd"
learning_rate = 0.01
[training]
epochs = 3
batch_size = 4
metrics = ["accuracy_of_acme"]
"""


class GuestObjectives(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.place / "guest.cpp").write_text(PLUGIN)
        subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-shared", "-fPIC", "-I", SOURCE / "framework/sdk/include", "-o", self.place / "guest.so", self.place / "guest.cpp"],
                       check=True, timeout=100)
        (self.place / "table.csv").write_text("x,y\n" + "".join(f"{i},{i}\n" for i in range(8)))
        (self.place / "recipe.toml").write_text(RECIPE)

    def rates(self, run, *words):
        self.good("train", "recipe.toml", "--run", run, "--threads", 1, "--progress", "none", *words)
        return [line["learning_rate"] for line in map(json.loads, (self.place / run / "metrics.jsonl").read_text().splitlines()) if line["event"] == "epoch"]

    def test_the_targets_of_its_loss_are_checked(self):
        self.good("check", "recipe.toml", "--data")
        (self.place / "table.csv").write_text("x,y\n1,1\n2,-4\n3,2\n")
        for words in (("check", "recipe.toml", "--data"), ("train", "recipe.toml")):
            self.assertIn('the loss root_error expects targets of 0 or more, found -4 in the field "y" (training part (table.csv), record 1)', self.bad(5, *words))

    def test_the_direction_of_its_metric_is_asked_for_where_it_has_none(self):
        watch = ("--set", 'training.early_stopping={ monitor = "accuracy_of_acme" }')
        self.assertIn("neither the recipe nor the number itself says whether more or less of it is better", self.bad(2, "check", "recipe.toml", *watch))
        self.good("check", "recipe.toml", *watch, "--set", 'training.early_stopping.mode="min"')
        self.good("check", "recipe.toml", *watch, "--set", 'training.metrics=[{ type = "accuracy_of_acme", direction = -1 }]')

    def test_its_schedule_is_told_numbers_with_directions(self):
        self.assertEqual(self.rates("told", "--set", 'optimizer.learning_rate={ type = "told" }'), [0, 0.1, 0.1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
