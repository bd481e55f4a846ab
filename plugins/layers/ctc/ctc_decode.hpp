// SPDX-License-Identifier: Apache-2.0
// The texts of a net that is trained by the loss ctc, as numbers of letters.
#pragma once

#include <algorithm>

#include <teranga/sdk/layer.hpp>

#include "../../ctc/decoding.hpp"

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct CtcDecode {
  static sdk::LayerInfo info() {
    return {.name = "teranga.ctc_decode", .author = "Teranga", .summary = "The text that each sequence of outputs tells, by CTC: class numbers at the front, -1 behind them; nothing is learnt through it",
            .formula = "y = the letters of the likeliest path, or of the likeliest text, equal neighbours taken once and blanks (class 0) left out; masked steps tell nothing", .source = "https://keras.io/api/ops/nn/#ctcdecode-function",
            .options = ctc::Decoding::options()};
  }
  ctc::Decoding decoding;
  explicit CtcDecode(const sdk::Options& options) : decoding(ctc::Decoding::of(options)) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() != 3 || x.shape.last() < 2) throw sdk::ShapeError("ctc_decode expects an input of rank 3 (samples, steps, classes) with two classes or more, found " + x.shape.text(), x.name);
    p.output({x.shape[0], x.shape[1]}, {.flags = TRG_NO_GRADIENT});
    p.input_flags(x, TRG_NO_GRADIENT);
    p.buffer(TRG_SCRATCH, 0, ctc::LogProbabilities::bytes(x.shape[1], x.shape[2]) + ctc::Reader::bytes(x.shape[1], x.shape[2], decoding.kept()));
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0);
    const auto y = s.out(0);
    const auto mask = s.mask(0);
    const std::int64_t classes = x.last, steps = x.row / classes;
    std::pmr::monotonic_buffer_resource memory(s.template scratch<std::byte>(), static_cast<std::size_t>(ctc::LogProbabilities::bytes(steps, classes) + ctc::Reader::bytes(steps, classes, decoding.kept())), std::pmr::null_memory_resource());
    ctc::LogProbabilities told(&memory);
    ctc::Reader reader(&memory);
    told.reserve(steps, classes), reader.reserve(steps, classes, decoding.kept());
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      told.begin(classes);
      for (std::int64_t t = 0; t < steps; ++t)
        if (!mask || mask[n * steps + t]) told.add(x.data + (n * steps + t) * classes);
      const auto& text = decoding.text(told, reader);
      std::fill_n(y.data + n * steps, steps, T(-1));
      std::transform(text.begin(), text.end(), y.data + n * steps, [](std::int32_t letter) { return static_cast<T>(letter); });
    }
  }
};

}  // namespace teranga::layers
