// SPDX-License-Identifier: Apache-2.0
// Times one training step (forward, loss, backward, update) of a benchmark network on a batch in memory, and prints one JSON line.
// usage: step_bench RECIPE INPUT_SHAPE(28x28x1) CLASSES [THREADS [SECONDS]]
#include <teranga/math/gemm.hpp>
#include <teranga/math/random.hpp>
#include <teranga/model/network.hpp>
#include <teranga/train/updater.hpp>
#include <teranga/train/workbench.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <sstream>

using namespace teranga;

namespace {

double now_ms() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Shape shape_of(const std::string& text) {
  Shape out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, 'x');) out.push_back(std::stoll(part));
  return out;
}

void run(int argc, char** argv) {
  const Shape shape = shape_of(argv[2]);
  const std::int64_t classes = std::stoll(argv[3]);
  Team team(argc > 4 ? std::stoi(argv[4]) : 0);
  const double budget = (argc > 5 ? std::stod(argv[5]) : 3) * 1000;
  math::keep_openmp_single();
  const host::Registry registry = train::open_plugins();
  const recipe::Recipe recipe = train::load_recipe(argv[1], {}, registry);
  const std::int64_t rows = recipe.training.batch_size;

  const std::vector<model::Field> fields = {{"x", model::Role::feature, ElementType::f32, shape, 0, {}}, {"y", model::Role::target, ElementType::i32, {}, classes, {}}};
  model::Network network(recipe, fields, registry, team);
  train::Updater updater(recipe.optimizer, registry, network.store(), network.trained(), team);
  std::vector<float> x(static_cast<std::size_t>(rows * element_count(shape)));
  math::RandomStream(1, 2).normal(0, static_cast<std::int64_t>(x.size()), x.data());
  std::vector<std::int32_t> y(static_cast<std::size_t>(rows));
  std::vector<std::uint64_t> ids(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<std::int32_t>(i * 7 % static_cast<std::size_t>(classes)), ids[i] = i;
  const void* data[] = {x.data(), y.data()};
  const model::Batch batch{rows, rows, ids, data};

  std::vector<double> sums(network.sum_count()), times;
  double first_loss = 0, loss = 0;
  std::int64_t step = 0;
  for (const double end = now_ms() + budget; now_ms() < end || step < 30; ++step) {
    std::fill(sums.begin(), sums.end(), 0.0);
    const double begin = now_ms();
    network.train(batch, {static_cast<std::uint64_t>(step), {}}, sums);
    network.penalise();
    updater.apply(step, 0);
    if (step >= 10) times.push_back(now_ms() - begin);
    loss = sums[0];
    if (step == 0) first_loss = loss;
  }
  std::sort(times.begin(), times.end());
  const model::Summary summary = network.summary();
  std::printf("{\"recipe\":\"%s\",\"threads\":%d,\"median_ms\":%.4f,\"min_ms\":%.4f,\"steps\":%lld,\"gflops\":%.1f,\"parameters\":%lld,\"slice\":%lld,\"first_loss\":%.4f,\"last_loss\":%.4f}\n",
              recipe.name.c_str(), team.threads(), times[times.size() / 2], times[0], static_cast<long long>(times.size()), summary.step_flops / times[times.size() / 2] / 1e6,
              static_cast<long long>(summary.parameters), static_cast<long long>(summary.slice_rows), first_loss, loss);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fprintf(stderr, "usage: step_bench RECIPE INPUT_SHAPE CLASSES [THREADS [SECONDS]]\n"), 2;
  try {
    run(argc, argv);
  } catch (const Error& error) {
    return std::fprintf(stderr, "%s\nhint: %s\n", error.what(), error.hint().c_str()), static_cast<int>(error.code());
  }
}
