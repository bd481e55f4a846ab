// SPDX-License-Identifier: Apache-2.0
// Times each pass of the convolutions of LeNet and ResNet-20, and of LeNet's pooling, through the border on one thread, for slices of 4, 8
// and 16 samples: GF/s for convolutions, microseconds for all. The fastest of many repetitions counts; the machine should be idle.
//
//   conv_bench          TERANGA_TEST_ISA and ONEDNN_MAX_CPU_ISA narrow the instruction set
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// The layer, its plan for a slice, and memory for every tensor of a call.
class Bench {
 public:
  Bench(const Case& test, std::int64_t samples)
      : case_(test), layer_(*case_.native().calls, case_.native().options), plan_(layer_.calls, layer_.handle, case_.native(), PlanRequest{.type = TRG_F32, .samples = samples}), rows_(samples) {
    std::vector<std::int64_t> in = test.inputs[0].shape;
    in[0] = samples;
    x_ = drawn(in, 1), dx_ = drawn(in, 2);
    y_ = drawn(plan_.outputs[0].shape, 3), dy_ = drawn(plan_.outputs[0].shape, 4);
    for (const PlannedParameter& p : plan_.parameters) {
      parameters_.push_back(drawn(p.shape, 5));
      d_parameters_.push_back(drawn(p.shape, 6));
    }
    for (const Tensor& t : parameters_) native_parameters_.push_back(native(t));
    for (const Tensor& t : d_parameters_) native_d_parameters_.push_back(native(t));
    for (int kind = 0; kind < 4; ++kind) buffers_.emplace_back(plan_.buffers[kind].per_row * samples + plan_.buffers[kind].bytes);
    tensors_ = {native(x_), native(y_), native(dx_), native(dy_)};
    call_.size = sizeof(call_);
    call_.rows = samples;
    call_.inputs = &tensors_[0], call_.outputs = &tensors_[1], call_.d_inputs = &tensors_[2], call_.d_outputs = &tensors_[3];
    call_.parameters = native_parameters_.data(), call_.d_parameters = native_d_parameters_.data();
    call_.saved = buffers_[TRG_SAVED].data(), call_.carry = buffers_[TRG_CARRY].data();
    call_.scratch = buffers_[TRG_SCRATCH].data(), call_.derived = buffers_[TRG_DERIVED].data();
    if (layer_.calls.derive) once(layer_.calls.derive);
    once(layer_.calls.forward);
  }

  void report(const char* name) {
    std::printf("%-22s %3lld ", name, static_cast<long long>(rows_));
    show("forward", layer_.calls.forward, plan_.calls[TRG_FORWARD].flops);
    if (plan_.parameters.empty()) {
      show("backward", layer_.calls.backward, 0);
    } else {
      show("backward", layer_.calls.backward, plan_.calls[TRG_BACKWARD].flops);
      show("backward_params", layer_.calls.backward_params, plan_.calls[TRG_BACKWARD_PARAMS].flops);
      show("derive", layer_.calls.derive, 0);
    }
    std::printf("\n");
  }

 private:
  using Pass = std::int32_t (*)(void*, const trg_call*, trg_error*);

  static Tensor drawn(const std::vector<std::int64_t>& shape, std::uint64_t seed) {
    Tensor t = make_tensor(shape, TRG_F32);
    t.write(random_array(shape, seed));
    return t;
  }
  static trg_tensor native(const Tensor& t) { return {t.memory->data(), t.shape.data(), static_cast<std::int32_t>(t.shape.size()), TRG_F32}; }

  void once(Pass pass) {
    trg_error error = teranga::conformance::fresh_error();
    teranga::conformance::need_ok(pass(plan_.handle, &call_, &error), error, "call");
  }
  void show(const char* name, Pass pass, double flops) {
    double best = 1e9;
    once(pass);
    for (const auto start = Clock::now(); seconds_since(start) < 0.05;) {
      const auto begin = Clock::now();
      once(pass);
      best = std::min(best, seconds_since(begin));
    }
    if (flops > 0) std::printf("  %s %6.1f GF/s %7.1f us", name, flops / best * 1e-9, best * 1e6);
    else std::printf("  %s %7.1f us", name, best * 1e6);
  }

  BoundCase case_;
  teranga::conformance::LivingLayer layer_;
  LayerPlan plan_;
  std::int64_t rows_;
  Tensor x_, y_, dx_, dy_;
  std::vector<Tensor> parameters_, d_parameters_;
  std::vector<trg_tensor> tensors_, native_parameters_, native_d_parameters_;
  std::vector<Memory> buffers_;
  trg_call call_{};
};

struct Entry {
  const char* name;
  std::int64_t height, width, channels, filters, kernel, stride;
  const char* padding;
};

}  // namespace

int main() {
  const Entry entries[] = {{"lenet conv1", 28, 28, 1, 20, 5, 1, "valid"},     {"lenet conv2", 12, 12, 20, 50, 5, 1, "valid"},
                           {"mnist 3x3x1->32", 28, 28, 1, 32, 3, 1, "valid"}, {"mnist 3x3x32->64", 13, 13, 32, 64, 3, 1, "valid"},
                           {"resnet first", 32, 32, 3, 16, 3, 1, "same"},     {"resnet 16", 32, 32, 16, 16, 3, 1, "same"},
                           {"resnet 16->32 /2", 32, 32, 16, 32, 3, 2, "same"}, {"resnet 32", 16, 16, 32, 32, 3, 1, "same"},
                           {"resnet 32->64 /2", 16, 16, 32, 64, 3, 2, "same"}, {"resnet 64", 8, 8, 64, 64, 3, 1, "same"},
                           {"shortcut 16->32 /2", 32, 32, 16, 32, 1, 2, "same"}, {"shortcut 32->64 /2", 16, 16, 32, 64, 1, 2, "same"}};
  for (const Entry& e : entries)
    for (const std::int64_t samples : {4, 8, 16}) {
      const Case test{.plugin = "layers_convolution",
                      .item = "teranga.conv2d",
                      .options = {{"filters", e.filters}, {"kernel_size", e.kernel}, {"strides", e.stride}, {"padding", e.padding}},
                      .inputs = {filled({1, e.height, e.width, e.channels}, 0)}};
      Bench(test, samples).report(e.name);
    }
  for (const char* item : {"max_pooling2d", "average_pooling2d"})
    for (const auto& [name, shape] : {std::pair{"pool 24x24x20", std::vector<std::int64_t>{1, 24, 24, 20}}, {"pool 8x8x50", {1, 8, 8, 50}}}) {
      const Case test{.plugin = "layers_pooling", .item = std::string("teranga.") + item, .options = {}, .inputs = {filled(shape, 0)}};
      Bench(test, 8).report((std::string(item).substr(0, 8) + name).c_str());
    }
}
