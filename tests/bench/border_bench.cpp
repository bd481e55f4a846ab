// SPDX-License-Identifier: Apache-2.0
// What a call through the border costs: border_bench PLUGIN. It calls a layer that computes nothing as a training does (the name of the call for reports of crashes, a record for
// errors, the table of the plugin, the C++ layer of the sdk), and a function that does as much directly, and prints the nanoseconds of both.
#include <teranga/core/error.hpp>
#include <teranga/host/instance.hpp>
#include <teranga/host/registry.hpp>

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

namespace {

using namespace teranga;

constexpr int rounds = 40, calls = 20000;

// What the layer computes, without a border.
[[gnu::noinline]] void direct(const trg_call& call) { __asm__ volatile("" ::"r"(&call) : "memory"); }

// The fastest of many short rounds: others use the processors as well.
template <class F>
double nanoseconds(F&& f) {
  double fastest = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) f();
    fastest = std::min(fastest, std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - began).count() / calls);
  }
  return fastest;
}

// A plan of one input of 4 samples of 8 numbers; its answers are of no interest.
void* plan_of(const host::Layer& layer) {
  static const std::int64_t shape[] = {4, 8};
  trg_input input{};
  input.size = sizeof(input), input.name = "input", input.tensor = {nullptr, shape, 2, TRG_F32};
  trg_plan_request request{};
  request.size = sizeof(request), request.type = TRG_F32, request.inputs = &input, request.input_count = 1, request.input_stride = sizeof(input), request.max_workers = 1, request.granularity = TRG_SLICE;
  trg_planner planner{};
  planner.size = sizeof(planner);
  planner.input = [](void*, std::int32_t, std::int32_t) {};
  planner.output = [](void*, const trg_port*) {};
  void* plan = nullptr;
  layer.guard("plan", [&](trg_error* error) { return layer.calls().plan(layer.self(), &request, &planner, &plan, error); });
  return plan;
}

int run(const char* plugin) {
  host::Registry registry;
  registry.add_file(plugin);
  const host::Layer layer(registry.need(host::Kind::layer, "guest.empty"), {}, "empty");
  void* const plan = plan_of(layer);
  trg_call call{};
  call.size = sizeof(call), call.rows = 4;

  const double alone = nanoseconds([&] { direct(call); });
  const double across = nanoseconds([&] { layer.guard("forward", [&](trg_error* error) { return layer.calls().forward(plan, &call, error); }); });
  layer.calls().destroy_plan(plan);
  fmt::print("a direct call {:.1f} ns, through the border {:.1f} ns: {:.1f} ns more\n", alone, across, across - alone);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return fmt::print(stderr, "usage: border_bench PLUGIN\n"), 2;
  try {
    return run(words[1]);
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
}
