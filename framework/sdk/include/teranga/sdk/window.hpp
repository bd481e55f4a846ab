// SPDX-License-Identifier: Apache-2.0
// A window that slides along one spatial axis, with Keras's arithmetic for "valid", "same" and "causal" padding. Convolution and pooling
// layers hold one for each axis and ask it which taps of the window lie inside the input.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace teranga::sdk {

struct Window {
  std::int64_t in = 1, size = 1, stride = 1, dilation = 1;
  std::int64_t before = 0, after = 0;  // padding
  std::int64_t out = 1;                // <= 0: the window does not fit

  std::int64_t reach() const { return (size - 1) * dilation + 1; }
  std::int64_t start(std::int64_t output) const { return output * stride - before; }
  // Taps [tap_begin, tap_end) of the window at an output position touch the input, not its padding.
  std::int64_t tap_begin(std::int64_t output) const {
    const std::int64_t missing = -start(output);
    return missing <= 0 ? 0 : std::min(size, (missing + dilation - 1) / dilation);
  }
  std::int64_t tap_end(std::int64_t output) const {
    const std::int64_t room = in - start(output);
    return room <= 0 ? 0 : std::min(size, (room + dilation - 1) / dilation);
  }

  // padding: "valid" (none), "same" (out = ceil(in / stride), the odd cell goes behind), "causal" (all of it in front).
  static Window over(std::int64_t in, std::int64_t size, std::int64_t stride, std::int64_t dilation, std::string_view padding) {
    Window w{in, size, stride, dilation};
    if (padding == "same") {
      w.out = (in + stride - 1) / stride;
      const std::int64_t total = std::max<std::int64_t>(0, (w.out - 1) * stride + w.reach() - in);
      w.before = total / 2;
      w.after = total - w.before;
    } else {
      if (padding == "causal") w.before = w.reach() - 1;
      const std::int64_t room = in + w.before - w.reach();
      w.out = room < 0 ? 0 : room / stride + 1;
    }
    return w;
  }
};

}  // namespace teranga::sdk
