// SPDX-License-Identifier: Apache-2.0
// Some steps of a sequence. gather_steps: those whose places a second input names for each sample, as where words are masked; pick_step: one that is the same for all samples, as the
// first one, which BERT classifies by. A mask ends here.
#pragma once

#include <algorithm>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

#include "ids.hpp"

namespace teranga::layers {

// y [N, M, C] = x [N, T, C] at the steps that places [N, M] name. A place may be named several times.
struct GatherSteps {
  static sdk::LayerInfo info() {
    return {.name = "teranga.gather_steps",
            .author = "Teranga",
            .summary = "The steps of a sequence at the places that a second input names",
            .formula = "y[n,m] = x[n, places[n,m]]; input = [x, places]",
            .source = "keras.ops.take_along_axis"};
  }
  explicit GatherSteps(const sdk::Options&) {}

  // The port of the places.
  std::string plan(sdk::LayerPlan& p) const {
    const sdk::Input &x = p.real_input(0), &places = p.input(1);
    if (x.shape.rank() != 3) throw sdk::ShapeError("gather_steps expects a first input of rank 3 (samples, steps, features), found " + x.shape.text(), x.name);
    if (x.shape[1] < 2) throw sdk::ShapeError("gather_steps expects 2 steps or more to choose from, found " + x.shape.text(), x.name);
    if (places.shape.rank() != 2) throw sdk::ShapeError("gather_steps expects places of rank 2 (samples, places) as its second input, found " + places.shape.text(), places.name);
    p.input_flags(places, TRG_NO_GRADIENT | (p.mode() == TRG_TRAINING ? TRG_READ_IN_BACKWARD : 0));
    p.output({x.shape[0], places.shape[1], x.shape.last()});
    p.cost(static_cast<double>(x.shape[0] * places.shape[1] * x.shape.last()));
    return places.name;
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const std::string& port) const {
    const auto x = s.in(0), y = s.out(0);
    const std::int64_t width = x.last, picked = y.row / width;
    const Vocabulary steps{x.row / width};
    with_ids(s.native().inputs[1], [&](const auto* places) {
      for (std::int64_t i = 0; i < s.samples() * picked; ++i) {
        if (!steps.has(places[i])) refuse(static_cast<std::int64_t>(places[i]), steps.size, s.first_sample() + i / picked, port);
        std::copy_n(x.at_row(i / picked) + static_cast<std::int64_t>(places[i]) * width, width, y.data + i * width);
      }
    });
  }

  template <class T>
  void backward(const sdk::Slice<T>& s, const std::string&) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0);
    if (!dx) return;
    std::fill_n(dx.data, dx.count(), T(0));
    if (!dy) return;
    const std::int64_t width = dx.last, picked = dy.row / width;
    with_ids(s.native().inputs[1], [&](const auto* places) {
      for (std::int64_t i = 0; i < s.samples() * picked; ++i) {
        const T* from = dy.data + i * width;
        T* into = dx.at_row(i / picked) + static_cast<std::int64_t>(places[i]) * width;
        sdk::each(width, [=](std::int64_t c) { into[c] += from[c]; });
      }
    });
  }

 private:
  [[noreturn]] static void refuse(std::int64_t place, std::int64_t steps, std::int64_t sample, const std::string& port) {
    throw sdk::Error(TRG_BAD_DATA, "place " + std::to_string(place) + " of sample " + std::to_string(sample) + " is outside of the " + std::to_string(steps) + " steps (0 to " + std::to_string(steps - 1) + ")", port);
  }
};

// y [N, ...] = x [N, T, ...] at one step.
struct PickStep {
  static sdk::LayerInfo info() {
    return {.name = "teranga.pick_step",
            .author = "Teranga",
            .summary = "One step of a sequence, such as the first one",
            .formula = "y[n] = x[n, step]",
            .source = "keras.ops.take(x, step, axis=1)",
            .options = {sdk::integer("step", std::int64_t{0}).in(-1e9, 1e9).says("its number, from 0; of negative ones -1 is the last step")}};
  }
  std::int64_t step;
  explicit PickStep(const sdk::Options& options) : step(options.integer("step")) {}

  struct Place {
    std::int64_t first, count;  // numbers of the step within a sample
  };
  Place plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() < 2) throw sdk::ShapeError("pick_step expects an input of rank 2 or more (samples, steps, ...), found " + x.shape.text(), x.name);
    const std::int64_t steps = x.shape[1], at = step < 0 ? step + steps : step;
    if (at < 0 || at >= steps)
      throw sdk::ShapeError("pick_step expects a step from " + std::to_string(-steps) + " to " + std::to_string(steps - 1) + ", found " + std::to_string(step), x.name, step < 0 ? "step = 0" : "step = -1");
    sdk::Shape y{x.shape[0]};
    for (std::int32_t axis = 2; axis < x.shape.rank(); ++axis) y.push_back(x.shape[axis]);
    p.output(y);
    return {at * y.row(), y.row()};
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Place& place) const {
    for (std::int64_t n = 0; n < s.samples(); ++n) std::copy_n(s.in(0).at_row(n) + place.first, place.count, s.out(0).at_row(n));
  }
  template <class T>
  void backward(const sdk::Slice<T>& s, const Place& place) const {
    const auto dx = s.d_in(0);
    const auto dy = s.d_out(0);
    if (!dx) return;
    std::fill_n(dx.data, dx.count(), T(0));
    if (!dy) return;
    for (std::int64_t n = 0; n < s.samples(); ++n) std::copy_n(dy.at_row(n), place.count, dx.at_row(n) + place.first);
  }
};

}  // namespace teranga::layers
