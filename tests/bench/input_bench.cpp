// SPDX-License-Identifier: Apache-2.0
// How many samples a second the loader makes of a recipe's training part, batches that nobody trains on: input_bench RECIPE [EPOCHS [KEY=VALUE ...]]. The
// first epoch's first batch is not counted: what was opened and read until then is told apart. By hand, or from input_compare.
#include <fmt/core.h>
#include <teranga/core/error.hpp>
#include <teranga/data/loader.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace teranga;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

int run(int count, char** words) {
  const host::Registry registry = train::open_plugins();
  const recipe::Recipe recipe = train::load_recipe(words[1], {words + std::min(count, 3), words + count}, registry);
  const auto began = Clock::now();
  const std::unique_ptr<data::Source> source = train::open_data(recipe, registry);
  source->fit();
  const double opened = seconds_since(began);
  data::LoaderOptions options;
  options.batch_size = recipe.training.batch_size;
  options.shuffle = recipe.training.shuffle;
  options.epochs = count > 2 ? std::stoi(words[2]) : 3;
  data::Loader loader(*source, options);
  loader.next();
  const double first = seconds_since(began);
  std::int64_t samples = 0;
  const auto second = Clock::now();
  double sum = 0;
  while (const data::Batch* batch = loader.next()) {
    samples += batch->rows;
    sum += static_cast<const float*>(batch->fields[0].data)[0];
  }
  fmt::print("{{\"samples_per_second\": {:.0f}, \"opened_seconds\": {:.3f}, \"first_batch_seconds\": {:.3f}, \"samples\": {}, \"sum\": {}}}\n", static_cast<double>(samples) / seconds_since(second), opened,
             first, samples, sum);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return fmt::print(stderr, "usage: input_bench RECIPE [EPOCHS [KEY=VALUE ...]]\n"), 2;
  try {
    return run(count, words);
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
}
